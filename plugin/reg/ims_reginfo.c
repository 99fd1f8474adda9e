#include "reg/ims_reginfo.h"

#include <string.h>

#include "base/ims_error.h"
#include "base/ims_xml.h"
#include "sip/ims_identity.h"
#include "sip/ims_uri.h"

#define NAMESPACE "urn:ietf:params:xml:ns:reginfo"
#define MAX_REGISTRATIONS 64
#define MAX_CONTACTS 64 /* of one registration */
#define MAX_TEXT 2048
#define MAX_NUMBER G_MAXINT32

static void contact_free(gpointer data)
{
	ims_reginfo_contact *c = data;

	g_free(c->id);
	g_free(c->uri);
	g_free(c->event);
	g_free(c->instance);
	g_free(c);
}

static void registration_free(gpointer data)
{
	ims_reginfo_registration *r = data;

	g_free(r->id);
	g_free(r->aor);
	g_ptr_array_unref(r->contacts);
	g_free(r);
}

void ims_reginfo_free(ims_reginfo *info)
{
	if (!info)
		return;
	g_ptr_array_unref(info->registrations);
	g_free(info);
}

/* XML */

/* Only what is in the namespace of reginfo counts; other documents may stand inside. */
static gboolean is_element(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0 && node->ns &&
	       strcmp((const char *)node->ns->href, NAMESPACE) == 0;
}

static char *take(xmlChar *text)
{
	char *copy = text && xmlStrlen(text) <= MAX_TEXT ? g_strdup((const char *)text) : NULL;

	xmlFree(text);
	return copy;
}

/* NULL: there is none, or it is too long to be one. */
static char *attribute(xmlNode *node, const char *name)
{
	return take(xmlGetNoNsProp(node, (const xmlChar *)name));
}

static guint number(xmlNode *node, const char *name)
{
	g_autofree char *text = attribute(node, name);

	return text ? (guint)MIN(g_ascii_strtoull(text, NULL, 10), MAX_NUMBER) : 0;
}

static char *uri_of(xmlNode *contact)
{
	for (xmlNode *at = contact->children; at; at = at->next)
		if (is_element(at, "uri")) {
			g_autofree char *text = take(xmlNodeGetContent(at));

			return text ? g_strdup(g_strstrip(text)) : NULL;
		}
	return NULL;
}

/* What was `"<urn:...>"` in the Contact: networks differ in how much of it they quote. */
static char *bare(char *text)
{
	char *at = g_strstrip(text), *end;

	at += strspn(at, "\"<");
	end = at + strcspn(at, "\">");
	*end = '\0';
	return at;
}

static guint flow_of(const char *text)
{
	return (guint)CLAMP(g_ascii_strtoull(text, NULL, 10), 1, MAX_NUMBER);
}

/* Some networks do not tell reg-id (Kamailio): it stands in the URI of those that are not the first, too. */
static guint flow_in(const char *uri)
{
	const char *found = uri ? strstr(uri, IMS_REGINFO_FLOW) : NULL;

	return found ? flow_of(found + strlen(IMS_REGINFO_FLOW)) : 1;
}

/* Parameters of the Contact that reginfo has no place of its own for (24.229 5.4.2.1.2). */
static void read_parameter(xmlNode *node, ims_reginfo_contact *c)
{
	g_autofree char *name = attribute(node, "name");
	g_autofree char *text = take(xmlNodeGetContent(node));

	if (!name || !text)
		return;
	if (!c->instance && g_ascii_strcasecmp(name, "+sip.instance") == 0)
		c->instance = g_strdup(bare(text));
	else if (g_ascii_strcasecmp(name, "reg-id") == 0)
		c->reg_id = flow_of(bare(text));
}

static ims_reginfo_contact *read_contact(xmlNode *node)
{
	ims_reginfo_contact *c = g_new0(ims_reginfo_contact, 1);
	g_autofree char *state = attribute(node, "state");

	c->id = attribute(node, "id");
	c->event = attribute(node, "event");
	c->uri = uri_of(node);
	c->active = g_strcmp0(state, "active") == 0;
	c->expires_s = number(node, "expires");
	c->retry_after_s = number(node, "retry-after");
	c->reg_id = flow_in(c->uri);
	for (xmlNode *at = node->children; at; at = at->next)
		if (is_element(at, "unknown-param"))
			read_parameter(at, c);
	if (c->id && c->uri && c->event && state)
		return c;
	contact_free(c);
	return NULL;
}

static gboolean read_state(xmlNode *node, ims_reginfo_state *ret_state)
{
	static const char *const names[] = { "init", "active", "terminated" };
	g_autofree char *state = attribute(node, "state");

	for (guint i = 0; state && i < G_N_ELEMENTS(names); i++)
		if (strcmp(state, names[i]) == 0) {
			*ret_state = (ims_reginfo_state)i;
			return TRUE;
		}
	return FALSE;
}

static ims_reginfo_registration *read_registration(xmlNode *node)
{
	ims_reginfo_registration *r = g_new0(ims_reginfo_registration, 1);
	ims_reginfo_contact *contact;

	r->contacts = g_ptr_array_new_with_free_func(contact_free);
	r->id = attribute(node, "id");
	r->aor = attribute(node, "aor");
	for (xmlNode *at = node->children; at && r->contacts->len < MAX_CONTACTS; at = at->next)
		if (is_element(at, "contact") && (contact = read_contact(at)))
			g_ptr_array_add(r->contacts, contact);
	if (r->id && r->aor && read_state(node, &r->state))
		return r;
	registration_free(r);
	return NULL;
}

static ims_reginfo *read_info(xmlNode *root)
{
	ims_reginfo *info = g_new0(ims_reginfo, 1);
	g_autofree char *state = attribute(root, "state");
	ims_reginfo_registration *registration;

	info->full = g_strcmp0(state, "full") == 0;
	info->version = number(root, "version");
	info->registrations = g_ptr_array_new_with_free_func(registration_free);
	for (xmlNode *at = root->children; at && info->registrations->len < MAX_REGISTRATIONS; at = at->next)
		if (is_element(at, "registration") && (registration = read_registration(at)))
			g_ptr_array_add(info->registrations, registration);
	return info;
}

ims_reginfo *ims_reginfo_parse(const void *xml, gsize size, GError **error)
{
	xmlDoc *doc = ims_xml_parse(xml, size);
	xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
	ims_reginfo *info = root && is_element(root, "reginfo") ? read_info(root) : NULL;

	if (!info)
		g_set_error(error, IMS_ERROR, IMS_E_SIP, "The reginfo is %s",
			    size > IMS_XML_MAX_BYTES ? "longer than 65536 bytes"
			    : root                   ? "another document"
						     : "not well-formed, or has a DTD");
	if (doc)
		xmlFreeDoc(doc);
	return info;
}

/* Merging */

static ims_reginfo_contact *copy_contact(const ims_reginfo_contact *c)
{
	ims_reginfo_contact *copy = g_memdup2(c, sizeof(*c));

	copy->id = g_strdup(c->id);
	copy->uri = g_strdup(c->uri);
	copy->event = g_strdup(c->event);
	copy->instance = g_strdup(c->instance);
	return copy;
}

static void merge_contact(ims_reginfo_registration *r, const ims_reginfo_contact *news)
{
	for (guint i = 0; i < r->contacts->len; i++)
		if (strcmp(((ims_reginfo_contact *)g_ptr_array_index(r->contacts, i))->id, news->id) == 0) {
			g_ptr_array_remove_index(r->contacts, i);
			break;
		}
	if (news->active && r->contacts->len < MAX_CONTACTS)
		g_ptr_array_add(r->contacts, copy_contact(news));
}

static guint index_of(const ims_reginfo *info, const char *id)
{
	guint i = 0;

	while (i < info->registrations->len &&
	       strcmp(((ims_reginfo_registration *)g_ptr_array_index(info->registrations, i))->id, id) != 0)
		i++;
	return i;
}

static void merge_registration(ims_reginfo *known, const ims_reginfo_registration *news)
{
	guint at = index_of(known, news->id);
	ims_reginfo_registration *r;

	if (news->state == IMS_REGINFO_TERMINATED) {
		if (at < known->registrations->len)
			g_ptr_array_remove_index(known->registrations, at);
		return;
	}
	if (at >= MAX_REGISTRATIONS)
		return;
	if (at == known->registrations->len) {
		r = g_new0(ims_reginfo_registration, 1);
		r->id = g_strdup(news->id);
		r->aor = g_strdup(news->aor);
		r->contacts = g_ptr_array_new_with_free_func(contact_free);
		g_ptr_array_add(known->registrations, r);
	}
	r = g_ptr_array_index(known->registrations, at);
	r->state = news->state;
	for (guint i = 0; i < news->contacts->len; i++)
		merge_contact(r, g_ptr_array_index(news->contacts, i));
}

/* A full document needs no earlier one, and NOTIFYs come in the order of their CSeq: its version, which some
 * networks do not count, is taken as it is. */
ims_reginfo_merging ims_reginfo_merge(ims_reginfo **known, const ims_reginfo *news)
{
	if (!news->full && *known && news->version <= (*known)->version)
		return IMS_REGINFO_OLD;
	if (!news->full && (!*known || news->version != (*known)->version + 1))
		return IMS_REGINFO_GAP;
	if (news->full) {
		ims_reginfo_free(*known);
		*known = g_new0(ims_reginfo, 1);
		(*known)->full = TRUE;
		(*known)->registrations = g_ptr_array_new_with_free_func(registration_free);
	}
	(*known)->version = news->version;
	for (guint i = 0; i < news->registrations->len; i++)
		merge_registration(*known, g_ptr_array_index(news->registrations, i));
	return IMS_REGINFO_MERGED;
}

/* What it means */

static gboolean is_at(const ims_reginfo_contact *contact, const char *user)
{
	g_auto(ims_uri) uri = { 0 };

	return ims_uri_parse(contact->uri, &uri, NULL) && g_strcmp0(uri.user, user) == 0;
}

static const ims_reginfo_contact *find_contact(const ims_reginfo_registration *r, const char *user)
{
	for (guint i = 0; i < r->contacts->len; i++)
		if (is_at(g_ptr_array_index(r->contacts, i), user))
			return g_ptr_array_index(r->contacts, i);
	return NULL;
}

static const ims_reginfo_registration *find_registration(const ims_reginfo *info, const char *impu)
{
	for (guint i = 0; info && i < info->registrations->len; i++) {
		const ims_reginfo_registration *r = g_ptr_array_index(info->registrations, i);

		if (ims_identity_equal(r->aor, impu))
			return r;
	}
	return NULL;
}

static ims_reginfo_verdict verdict_of(const ims_reginfo_contact *contact)
{
	const char *event = contact->event;

	if (contact->active)
		return strcmp(event, "shortened") == 0 && contact->expires_s > 0 ? IMS_REGINFO_SHORTENED
										 : IMS_REGINFO_NOTHING;
	if (strcmp(event, "expired") == 0 || strcmp(event, "deactivated") == 0)
		return IMS_REGINFO_DROPPED;
	return strcmp(event, "probation") == 0 ? IMS_REGINFO_PUT_OFF : IMS_REGINFO_ENDED;
}

/* Who ends an identity without a word about its contacts (Kamailio, at the HSS's order) wants nobody back. */
ims_reginfo_finding ims_reginfo_find(const ims_reginfo *info, const char *impu, const char *contact_user)
{
	const ims_reginfo_registration *r = find_registration(info, impu);
	const ims_reginfo_contact *contact = r ? find_contact(r, contact_user) : NULL;

	if (contact)
		return (ims_reginfo_finding){ verdict_of(contact), contact->event, contact->expires_s,
					      contact->retry_after_s };
	if (r && r->state == IMS_REGINFO_TERMINATED)
		return (ims_reginfo_finding){ .verdict = IMS_REGINFO_ENDED, .event = "terminated" };
	return (ims_reginfo_finding){ .verdict = IMS_REGINFO_NOTHING };
}

GPtrArray *ims_reginfo_identities(const ims_reginfo *info, const char *contact_user)
{
	GPtrArray *identities = g_ptr_array_new();

	for (guint i = 0; info && i < info->registrations->len; i++) {
		const ims_reginfo_registration *r = g_ptr_array_index(info->registrations, i);

		if (r->state == IMS_REGINFO_ACTIVE && find_contact(r, contact_user))
			g_ptr_array_add(identities, r->aor);
	}
	return identities;
}

guint ims_reginfo_contacts(const ims_reginfo *info, const char *impu)
{
	const ims_reginfo_registration *r = find_registration(info, impu);

	return r ? r->contacts->len : 0;
}

gboolean ims_reginfo_lists(const ims_reginfo *info, const char *impu, const char *contact_user)
{
	const ims_reginfo_registration *r = find_registration(info, impu);

	return r && find_contact(r, contact_user);
}

GPtrArray *ims_reginfo_twins(const ims_reginfo *info, const char *impu, const char *contact_user,
			     const char *instance, guint reg_id)
{
	const ims_reginfo_registration *r = find_registration(info, impu);
	GPtrArray *twins = g_ptr_array_new();

	for (guint i = 0; r && i < r->contacts->len; i++) {
		ims_reginfo_contact *c = g_ptr_array_index(r->contacts, i);

		if (c->active && c->instance && g_ascii_strcasecmp(c->instance, instance) == 0 &&
		    c->reg_id == MAX(reg_id, 1) && !is_at(c, contact_user))
			g_ptr_array_add(twins, c);
	}
	return twins;
}
