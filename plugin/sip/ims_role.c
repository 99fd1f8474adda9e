#include "sip/ims_role.h"

#include <string.h>

#include "sip/ims_edge.h"
#include "sip/ims_headers.h"
#include "sip/ims_privacy.h"
#include "sip/ims_ue.h"

void ims_role_lines_clear(ims_role_lines *lines)
{
	g_free(lines->contact);
	g_free(lines->record_route);
	g_free(lines->first);
	g_free(lines->later);
	memset(lines, 0, sizeof(*lines));
}

static gboolean is_edge(const ims_network *network)
{
	return network->role == IMS_ROLE_EDGE;
}

/* As the core sees us. */
static const char *transport_param(const ims_network *network)
{
	if (network->tls_proxy_uri)
		return ";transport=tls";
	return network->transport == IMS_TRANSPORT_TCP ? ";transport=tcp" : "";
}

static char *own_uri(const ims_role_user *user, const char *params)
{
	return g_strdup_printf("sip:%s@%s%s%s", user->flow_token, user->host_port,
			       transport_param(user->network), params);
}

/* What we can do, as the network's section has it (24.229 5.1.3, REQ-10, REQ-83). */
static void append_tags(GString *contact, const ims_network *network)
{
	for (guint i = 0; i < network->feature_tags->len; i++)
		g_string_append_printf(contact, ";%s", (char *)g_ptr_array_index(network->feature_tags, i));
}

static char *contact_of_call(const ims_role_user *user)
{
	g_autofree char *uri = user->gruu ? g_strdup(user->gruu) : own_uri(user, "");
	GString *contact = g_string_new(NULL);

	g_string_append_printf(contact, "<%s>", uri);
	append_tags(contact, user->network);
	return g_string_free(contact, FALSE);
}

/* A P-CSCF records itself (24.229 5.2.6), a UE is the end. */
static char *recorded_uri(const ims_role_user *user)
{
	return is_edge(user->network) ? own_uri(user, ";lr") : NULL;
}

/* To the core alone, by a UE: when From says something else. */
static gboolean must_be_told(const ims_role_user *user)
{
	return user->chosen || ims_privacy_hides_identity(user->privacy);
}

static void add_privacy(ims_role_lines *lines, const char *privacy)
{
	g_autofree char *line = privacy ? g_strdup_printf("Privacy: %s", privacy) : NULL;
	g_autofree char *first = g_steal_pointer(&lines->first);

	lines->first = ims_header_join(first, line);
}

ims_role_lines ims_role_originating(const ims_role_user *user)
{
	ims_role_lines lines = { .contact = contact_of_call(user), .record_route = recorded_uri(user) };

	if (is_edge(user->network))
		ims_edge_originating(user->network, user->host_port, user->identity, &lines.first,
				     &lines.later);
	else
		lines.first = ims_ue_originating_headers(must_be_told(user) ? user->identity : NULL);
	add_privacy(&lines, user->privacy);
	return lines;
}

ims_role_lines ims_role_terminating(const ims_role_user *user, const ims_sip_news *request)
{
	ims_role_lines lines = { .contact = contact_of_call(user), .record_route = recorded_uri(user) };

	if (is_edge(user->network))
		ims_edge_terminating(user->network, user->identity, request->icid, request->orig_ioi,
				     &lines.first, &lines.later);
	return lines;
}

/* The core lets a P-CSCF listen that is in the Path of the registration. */
ims_role_lines ims_role_watching(const ims_role_user *user, char **ret_watcher)
{
	g_autofree char *uri = own_uri(user, "");
	ims_role_lines lines = { .contact = g_strdup_printf("<%s>", uri) };

	if (is_edge(user->network))
		ims_edge_originating(user->network, user->host_port, uri, &lines.first, &lines.later);
	*ret_watcher = is_edge(user->network) ? g_strdup_printf("sip:%s", user->host_port)
					      : g_strdup(user->identity);
	return lines;
}

/* The one among the feature tags that says multimedia telephony; NULL: not served here. */
static const char *mmtel_tag(const ims_network *network)
{
	for (guint i = 0; i < network->feature_tags->len; i++) {
		const char *tag = g_ptr_array_index(network->feature_tags, i);

		if (g_str_has_prefix(tag, "+g.3gpp.icsi-ref=") && strstr(tag, "3gpp-service.ims.icsi.mmtel"))
			return tag;
	}
	return NULL;
}

char *ims_role_call_headers(const ims_network *network, const char *asked)
{
	const char *tag = mmtel_tag(network);
	g_autofree char *wanted = NULL, *service = NULL;

	if (!tag)
		return g_strdup(asked);
	if (!ims_header_stands_in(asked, "Accept-Contact", "a"))
		wanted = g_strdup_printf("Accept-Contact: *;%s", tag);
	service = ims_header_join("P-Preferred-Service: urn:urn-7:3gpp-service.ims.icsi.mmtel", wanted);
	return ims_header_join(service, asked);
}

char *ims_role_emergency_headers(const char *asked)
{
	return ims_header_join(ims_header_stands_in(asked, "Priority", NULL) ? NULL : "Priority: emergency",
			       asked);
}

GPtrArray *ims_role_route(const ims_network *network, const char *entry_point, const GPtrArray *service_route)
{
	GPtrArray *route = g_ptr_array_new_with_free_func(g_free);

	if (network->tls_proxy_uri) /* which is not a hop of SIP */
		entry_point = network->entry_uri;
	if (!is_edge(network))
		g_ptr_array_add(route, g_strdup_printf("%s;lr", entry_point));
	for (guint i = 0; i < service_route->len; i++)
		g_ptr_array_add(route, g_strdup(g_ptr_array_index(service_route, i)));
	return route;
}

const char *ims_role_way(const ims_network *network, const char *uri)
{
	return network && network->tls_proxy_uri ? network->tls_proxy_uri : uri;
}

gboolean ims_role_is_proxy(const ims_network *network)
{
	return network && is_edge(network);
}

gboolean ims_role_proves_requests(const ims_network *network)
{
	return !is_edge(network);
}

char *ims_role_impi(const ims_network *network, const char *impu)
{
	const char *name = strchr(impu, ':') + 1;
	gboolean whole = network->private_identity == IMS_IMPI_BY_ROLE
				 ? is_edge(network)
				 : network->private_identity == IMS_IMPI_OF_IDENTITY;

	return g_strndup(name, whole ? strlen(name) : strcspn(name, "@"));
}

char *ims_role_icid(const ims_network *network)
{
	return is_edge(network) ? ims_edge_icid() : NULL;
}

/* A first hop that keeps flows says so in its Path (RFC 5626 5.1). */
char *ims_role_register_headers(const ims_role_user *user, const ims_role_contact *contact, const char *icid)
{
	g_autofree char *path = own_uri(user, contact->reg_id ? ";lr;ob" : ";lr");
	g_autofree char *supported = g_strconcat("path", user->network->gruu ? ", gruu" : "",
						 contact->reg_id ? ", outbound" : "", NULL);

	if (!is_edge(user->network))
		return ims_ue_register_headers(supported);
	return ims_edge_register_headers(user->network, user->host_port, path, supported, icid);
}

char *ims_role_register_contact(const ims_role_user *user, const ims_role_contact *contact)
{
	g_autofree char *uri = own_uri(user, contact->params ? contact->params : "");
	GString *value = g_string_new(NULL);

	g_string_append_printf(value, "<%s>;+sip.instance=\"<%s>\"", uri, contact->instance);
	if (contact->reg_id)
		g_string_append_printf(value, ";reg-id=%u", contact->reg_id);
	append_tags(value, user->network);
	g_string_append_printf(value, ";expires=%u", contact->expires_s);
	return g_string_free(value, FALSE);
}

/* An edge always knows and tells. So does a UE that has an IMPI, a name with a realm (24.229 5.1.1.2.2);
 * a plain user name is an account at a registrar, which would take an empty answer for a wrong one. */
gboolean ims_role_tells_impi(const ims_network *network, const char *impi)
{
	return is_edge(network) || strchr(impi, '@');
}

const char *ims_role_integrity(const ims_network *network, ims_w2 w2, gboolean proved)
{
	return is_edge(network) ? ims_edge_integrity(w2, proved) : NULL;
}

const char *ims_role_integrity_connected(const ims_network *network)
{
	return is_edge(network) ? "tls-connected" : NULL;
}
