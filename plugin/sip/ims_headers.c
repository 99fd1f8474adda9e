#include "sip/ims_headers.h"

#include <string.h>

#include "base/ims_error.h"

/* With their compact forms. A trailing '*' stands for any rest of the name. */
/* clang-format off */
static const char *const owned[] = {
	"Via", "v", "Route", "Record-Route", "Path", "Service-Route", "From", "f", "To", "t", "Contact", "m",
	"Call-ID", "i", "CSeq", "Max-Forwards", "Content-Length", "l", "Content-Type", "c", "Content-Encoding", "e",
	"Content-Disposition", "MIME-Version", "Require", "Proxy-Require", "Supported", "k", "Allow", "RSeq", "RAck",
	"Expires", "Min-Expires", "Session-Expires", "x", "Min-SE", "Event", "o", "Allow-Events", "u",
	"Authorization", "Proxy-Authorization", "WWW-Authenticate", "Proxy-Authenticate", "Authentication-Info",
	"Proxy-Authentication-Info", "Security-*", "Cookie", "Set-Cookie", "Replaces", "Target-Dialog", "Join", "Refer-To", "r",
	"Remote-Party-ID", "Diversion", "P-Charge-Info",
	"P-Asserted-*", "P-Preferred-*", "P-Charging-*", "P-Visited-Network-ID", "P-Access-Network-Info",
	"P-Associated-URI", "P-Called-Party-ID", "P-Served-User", "P-Profile-Key", "P-User-Database",
	"P-Private-Network-Indication", "P-Early-Media", "P-Media-Authorization", "P-DCS-*", "Feature-Caps",
	"Resource-Priority", "Restoration-Info", "Relayed-Charge", "Service-Interact-Info", "Cellular-Network-Info",
	"Attestation-Info", "Origination-Id", "Additional-Identity", "Response-Source", "Identity", "y", "Identity-Info", "n",
	"Privacy",
};

static const char *const conditional[] = { IMS_CONDITIONAL_HEADERS };

/* Where a caller in need is (24.229 5.2.10): his alone to tell, and of no other call. */
static const char *const emergency[] = { "Geolocation", "Geolocation-*" };
/* clang-format on */

static gboolean is_token(const char *name)
{
	if (!*name)
		return FALSE;
	for (; *name; name++)
		if (!g_ascii_isalnum(*name) && !strchr("-.!%*_+`'~", *name))
			return FALSE;
	return TRUE;
}

static gboolean is_among(const char *const *names, gsize count, const char *name)
{
	for (gsize i = 0; i < count; i++) {
		gsize length = strlen(names[i]);

		if (names[i][length - 1] == '*' ? g_ascii_strncasecmp(name, names[i], length - 1) == 0
						: g_ascii_strcasecmp(name, names[i]) == 0)
			return TRUE;
	}
	return FALSE;
}

static gboolean is_owned(const char *name)
{
	return is_among(owned, G_N_ELEMENTS(owned), name);
}

static gboolean is_of_emergency(const char *name)
{
	return is_among(emergency, G_N_ELEMENTS(emergency), name);
}

/* Cores speak to each other in P- headers of their own, too. */
gboolean ims_header_is_kept(const char *name)
{
	return is_owned(name) || is_of_emergency(name) || g_ascii_strncasecmp(name, "P-", 2) == 0;
}

gboolean ims_header_is_allowed(const char *name, const GPtrArray *allowed)
{
	if (!is_among(conditional, G_N_ELEMENTS(conditional), name))
		return TRUE;
	return is_among((const char *const *)allowed->pdata, allowed->len, name);
}

static gboolean has_control(const char *value)
{
	for (; *value; value++)
		if (((guchar)*value < ' ' && *value != '\t') || *value == 0x7f)
			return TRUE;
	return FALSE;
}

gboolean ims_header_check(const char *name, const char *value, GError **error)
{
	const char *why = NULL;

	if (!is_token(name)) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_INVALID_ELEMENT,
				    "headers: a name may hold letters, digits and -.!%*_+`'~ only");
		return FALSE;
	}
	if (is_owned(name))
		why = "is set by the gateway, not by clients";
	else if (has_control(value))
		why = "holds a line break or another control character";
	else if (strlen(name) + strlen(value) > IMS_HEADERS_MAX_BYTES)
		why = "is longer than 8192 bytes";
	if (!why)
		return TRUE;
	g_set_error(error, IMS_ERROR, IMS_E_INVALID_ELEMENT, "headers: '%.64s' %s", name, why);
	return FALSE;
}

static gboolean check_line(const char *line, const GPtrArray *allowed, gboolean is_emergency, GError **error)
{
	g_autofree char *name = g_strndup(line, strcspn(line, ":"));

	if (is_of_emergency(name) && !is_emergency)
		g_set_error(error, IMS_ERROR, IMS_E_INVALID_ELEMENT,
			    "headers: '%s' is taken with an emergency call only", name);
	else if (!ims_header_is_allowed(name, allowed))
		g_set_error(error, IMS_ERROR, IMS_E_INVALID_ELEMENT,
			    "headers: '%s' is not among those that this network takes from clients", name);
	else
		return TRUE;
	return FALSE;
}

gboolean ims_header_check_allowed(const char *lines, const GPtrArray *allowed, gboolean is_emergency,
				  GError **error)
{
	g_auto(GStrv) all = g_strsplit(lines ? lines : "", "\r\n", -1);

	for (char **line = all; *line; line++)
		if (!check_line(*line, allowed, is_emergency, error))
			return FALSE;
	return TRUE;
}

gboolean ims_header_check_call_id(const char *request, const char *call_id, GError **error)
{
	const char *at = strchr(call_id, '@');

	if (*call_id && at != call_id && !(at && (!at[1] || strchr(at + 1, '@'))) &&
	    strspn(call_id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
			    "-.!%*_+`'~()<>:\\\"/[]?{}@") == strlen(call_id))
		return TRUE;
	g_set_error(
		error, IMS_ERROR, IMS_E_INVALID_ELEMENT,
		"%s: 'call_id' must be a SIP Call-ID: letters, digits and punctuation, at most one @ inside",
		request);
	return FALSE;
}

/* type "/" subtype *(";" name "=" (token / quoted text)), RFC 3261 25.1 */
#define TOKEN "[A-Za-z0-9.!%*_+`'~-]+"
#define QUOTED "\"([^\"\\\\]|\\\\.)*\""
#define MEDIA_TYPE TOKEN "/" TOKEN "( *; *" TOKEN "=(" TOKEN "|" QUOTED "))*"

gboolean ims_header_check_content_type(const char *request, const char *content_type, GError **error)
{
	if (!has_control(content_type) &&
	    g_regex_match_simple("^" MEDIA_TYPE "$", content_type, G_REGEX_RAW, 0))
		return TRUE;
	g_set_error(error, IMS_ERROR, IMS_E_INVALID_ELEMENT,
		    "%s: 'content_type' must be like text/plain;charset=UTF-8", request);
	return FALSE;
}

#define EVENT "^" TOKEN "( *; *" TOKEN "=(" TOKEN "|" QUOTED "))*$"

gboolean ims_header_check_event(const char *request, const char *event, GError **error)
{
	if (!has_control(event) && g_regex_match_simple(EVENT, event, G_REGEX_RAW, 0))
		return TRUE;
	g_set_error(error, IMS_ERROR, IMS_E_INVALID_ELEMENT,
		    "%s: 'event' must be like message-summary or dialog;id=1", request);
	return FALSE;
}

gboolean ims_header_check_accept(const char *request, const char *accept, GError **error)
{
	if (!has_control(accept) &&
	    g_regex_match_simple("^" MEDIA_TYPE "( *, *" MEDIA_TYPE ")*$", accept, G_REGEX_RAW, 0))
		return TRUE;
	g_set_error(error, IMS_ERROR, IMS_E_INVALID_ELEMENT,
		    "%s: 'accept' must be media types like application/pidf+xml", request);
	return FALSE;
}

gboolean ims_header_stands_in(const char *lines, const char *name, const char *compact)
{
	g_auto(GStrv) all = g_strsplit(lines ? lines : "", "\r\n", -1);

	for (char **line = all; *line; line++) {
		g_autofree char *found = g_strndup(*line, strcspn(*line, ": \t"));

		if (g_ascii_strcasecmp(found, name) == 0 ||
		    (compact && g_ascii_strcasecmp(found, compact) == 0))
			return TRUE;
	}
	return FALSE;
}

char *ims_header_join(const char *lines, const char *more)
{
	if (lines && *lines && more && *more)
		return g_strconcat(lines, "\r\n", more, NULL);
	lines = lines && *lines ? lines : more;
	return lines && *lines ? g_strdup(lines) : NULL;
}

char *ims_header_name_addr(const char *name, const char *uri, const char *tag)
{
	GString *text = g_string_new(NULL);

	if (name) {
		g_string_append_c(text, '"');
		for (; *name; name++) {
			if (*name == '"' || *name == '\\')
				g_string_append_c(text, '\\');
			if ((guchar)*name >= ' ' && *name != 0x7f)
				g_string_append_c(text, *name);
		}
		g_string_append(text, "\" ");
	}
	g_string_append_printf(text, "<%s>", uri);
	if (tag)
		g_string_append_printf(text, ";tag=%s", tag);
	return g_string_free(text, FALSE);
}

char *ims_header_routes(const GPtrArray *route)
{
	GString *lines = g_string_new(NULL);

	for (guint i = 0; i < route->len; i++)
		g_string_append_printf(lines, "%s<%s>", i ? ", " : "", (char *)g_ptr_array_index(route, i));
	return g_string_free(lines, FALSE);
}
