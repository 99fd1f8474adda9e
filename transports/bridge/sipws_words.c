/* sipws_words.c: what is said beside a request, both ways: headers, who speaks, and how. */
#include <string.h>
#include "bridge/internal.h"

/* ---- headers ---- */

/* Of what a client says, these are for the far end; janus.plugin.ims and its network's policy have the last
 * word. Whatever else a client sends is between it and this gateway. A '*' stands for any rest of the name.
 */
static const char *const for_the_far_end[] = {
	"X-*",
	"Subject",
	"Priority",
	"Organization",
	"In-Reply-To",
	"Reply-To",
	"User-to-User",
	"Call-Info",
	"Alert-Info",
	"Error-Info",
	"Accept-Language",
	"Accept-Contact",
	"Reject-Contact",
	"Request-Disposition",
};

static gboolean is_for_the_far_end(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(for_the_far_end); i++) {
		const gsize length = strlen(for_the_far_end[i]);

		if (for_the_far_end[i][length - 1] == '*'
			    ? g_ascii_strncasecmp(name, for_the_far_end[i], length - 1) == 0
			    : g_ascii_strcasecmp(name, for_the_far_end[i]) == 0)
			return TRUE;
	}
	return FALSE;
}

/* Several of a name are one, with commas (RFC 3261 7.3.1). */
static void collect(const char *name, const char *value, gpointer user)
{
	json_t *headers = user;
	const char *before = json_string_value(json_object_get(headers, name));
	g_autofree char *all = before ? g_strconcat(before, ", ", value, NULL) : NULL;

	if (*value && is_for_the_far_end(name))
		json_object_set_new(headers, name, json_string(all ? all : value));
}

json_t *sipws_headers_to_api(const sipws_msg *msg)
{
	json_t *headers = json_object();

	sipws_msg_each_header(msg, collect, headers);
	if (json_object_size(headers))
		return headers;
	json_decref(headers);
	return NULL;
}

/* Names come from the far end. */
static gboolean is_name(const char *name)
{
	for (const char *at = name; *at; at++)
		if (!g_ascii_isgraph(*at) || *at == ':')
			return FALSE;
	return *name != '\0';
}

void sipws_headers_from_api(sipws_msg *msg, const json_t *headers)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)headers, name, value) if (json_is_string(value) && is_name(name) &&
								!sipws_msg_header(msg, name, 0))
		sipws_msg_add(msg, name, "%s", json_string_value(value));
}

/* ---- who speaks ---- */

static void set(json_t *body, const char *name, const char *value)
{
	if (value && *value)
		json_object_set_new(body, name, json_string(value));
}

/* RFC 3323 4.1.1.3 */
static gboolean is_anonymous(const char *uri)
{
	return g_str_has_suffix(uri, "@anonymous.invalid");
}

/* NULL: the network's default one. */
static const char *identity_of(const sipws_msg *msg, const sipws_address *from)
{
	sipws_address preferred;

	if (!is_anonymous(from->uri))
		return from->uri;
	return sipws_msg_address(msg, "P-Preferred-Identity", 0, &preferred) ? preferred.uri : NULL;
}

void sipws_speaker_to_api(json_t *body, const sipws_msg *msg)
{
	json_t *headers = sipws_headers_to_api(msg);
	const char *privacy = sipws_msg_header(msg, "Privacy", 0);
	sipws_address from;
	gboolean anonymous;

	sipws_msg_from(msg, &from);
	anonymous = is_anonymous(from.uri);
	set(body, "identity", identity_of(msg, &from));
	set(body, "privacy", privacy ? privacy : anonymous ? "id" : NULL);
	set(body, "display_name", anonymous ? NULL : from.name);
	if (headers)
		json_object_set_new(body, "headers", headers);
}

/* ---- addresses ---- */

char *sipws_contact(const sipws_bridge *bridge)
{
	return g_strdup_printf("<sip:%s;transport=ws>", bridge->via_host);
}

#define NOBODY "sip:anonymous@anonymous.invalid"

/* JsSIP and SIP.js know no other scheme. */
static char *sip_uri(const sipws_bridge *bridge, const char *uri)
{
	const char *impu = sipws_account_impu(bridge->account), *at = impu ? strchr(impu, '@') : NULL;

	if (!uri)
		return g_strdup(NOBODY);
	if (g_ascii_strncasecmp(uri, "tel:", 4) != 0)
		return g_strdup(uri);
	return g_strdup_printf("sip:%.*s@%s;user=phone", (int)strcspn(uri + 4, ";"), uri + 4,
			       at ? at + 1 : "anonymous.invalid");
}

char *sipws_far_end(const sipws_bridge *bridge, const json_t *result, const char *uri_field)
{
	const char *uri = json_string_value(json_object_get(result, uri_field));
	const char *name = json_string_value(json_object_get(result, "displayname"));
	g_autofree char *sip = sip_uri(bridge, uri);

	return sipws_address_print(name, sip, NULL);
}

char *sipws_near_end(const sipws_bridge *bridge, const json_t *result)
{
	const char *uri = json_string_value(json_object_get(result, "callee"));
	g_autofree char *sip = sip_uri(bridge, uri ? uri : sipws_account_impu(bridge->account));

	return sipws_address_print(NULL, sip, NULL);
}
