#include "sip/ims_mask.h"

#include <string.h>

#include "sip/ims_mask_uri.h"

#define HIDDEN "***"

typedef void show(GString *into, const char *value, const ims_mask_view *view);

static void show_all(GString *into, const char *value, const ims_mask_view *view)
{
	if (view->for_operator)
		g_string_append(into, value);
	else
		ims_mask_numeric(into, value, view);
}

static void show_nothing(GString *into, const char *value, const ims_mask_view *view)
{
	(void)value;
	(void)view;
	g_string_append(into, HIDDEN);
}

/* The network's own affair. */
static void show_to_operator(GString *into, const char *value, const ims_mask_view *view)
{
	g_string_append(into, view->for_operator ? value : HIDDEN);
}

/* Which way somebody proves himself, and nothing by which he does. */
static void show_scheme(GString *into, const char *value, const ims_mask_view *view)
{
	gsize scheme = strcspn(value, " \t");

	(void)view;
	if (value[scheme])
		g_string_append_printf(into, "%.*s ", (int)scheme, value);
	g_string_append(into, HIDDEN);
}

static void show_via(GString *into, const char *value, const ims_mask_view *view)
{
	gsize protocol = strcspn(value, " \t");
	const char *sent_by = value + protocol + strspn(value + protocol, " \t");
	gsize bracketed = *sent_by == '[' ? 1 : 0;
	gsize length = bracketed ? strcspn(sent_by, "]") : strcspn(sent_by, ":; ,\t");
	g_autofree char *host = g_strndup(sent_by + bracketed, length - bracketed);
	const char *branch = strstr(sent_by, ";branch=");

	if (view->for_operator ||
	    strchr(value, ',')) { /* nta writes one in a line; who does not stays hidden */
		show_to_operator(into, value, view);
		return;
	}
	g_string_append_len(into, value, (gssize)protocol);
	g_string_append_printf(into, " %s", ims_mask_role(host, view));
	if (branch)
		g_string_append_len(into, branch, (gssize)(1 + strcspn(branch + 1, ";, \t")));
}

/* `399 host "text"` */
static void show_warning(GString *into, const char *value, const ims_mask_view *view)
{
	const char *text = strchr(value, '"');

	if (view->for_operator)
		g_string_append(into, value);
	else
		g_string_append_printf(into, "%.*s core %s", (int)strcspn(value, " "), value,
				       text ? text : HIDDEN);
}

static const struct {
	const char *name, *compact;
	show *show;
} headers[] = {
	{ "Via", "v", show_via },
	{ "Route", NULL, ims_mask_routes },
	{ "Record-Route", NULL, ims_mask_routes },
	{ "Path", NULL, ims_mask_routes },
	{ "Service-Route", NULL, ims_mask_routes },
	{ "From", "f", ims_mask_addresses },
	{ "To", "t", ims_mask_addresses },
	{ "Contact", "m", ims_mask_addresses },
	{ "P-Asserted-Identity", NULL, ims_mask_addresses },
	{ "P-Preferred-Identity", NULL, ims_mask_addresses },
	{ "P-Associated-URI", NULL, ims_mask_addresses },
	{ "P-Called-Party-ID", NULL, ims_mask_addresses },
	{ "P-Served-User", NULL, ims_mask_addresses },
	{ "Remote-Party-ID", NULL, ims_mask_addresses },
	{ "Reply-To", NULL, ims_mask_addresses },
	{ "Refer-To", "r", ims_mask_addresses },
	{ "Referred-By", "b", ims_mask_addresses },
	{ "History-Info", NULL, ims_mask_addresses },
	{ "Diversion", NULL, ims_mask_addresses },
	{ "Alert-Info", NULL, ims_mask_addresses },
	{ "Call-Info", NULL, ims_mask_addresses },
	{ "Authorization", NULL, show_scheme },
	{ "Proxy-Authorization", NULL, show_scheme },
	{ "WWW-Authenticate", NULL, show_scheme },
	{ "Proxy-Authenticate", NULL, show_scheme },
	{ "Authentication-Info", NULL, show_nothing },
	{ "Proxy-Authentication-Info", NULL, show_nothing },
	{ "P-Charging-Vector", NULL, show_to_operator },
	{ "P-Charging-Function-Addresses", NULL, show_to_operator },
	{ "P-Access-Network-Info", NULL, show_to_operator },
	{ "P-Visited-Network-ID", NULL, show_to_operator },
	{ "Server", NULL, show_to_operator },
	{ "Warning", NULL, show_warning },
	{ "Accept", NULL, show_all },
	{ "Accept-Contact", "a", show_all },
	{ "Allow", NULL, show_all },
	{ "Allow-Events", "u", show_all },
	{ "Call-ID", "i", show_all },
	{ "Content-Disposition", NULL, show_all },
	{ "Content-Length", "l", show_all },
	{ "Content-Type", "c", show_all },
	{ "CSeq", NULL, show_all },
	{ "Date", NULL, show_all },
	{ "Event", "o", show_all },
	{ "Expires", NULL, show_all },
	{ "In-Reply-To", NULL, show_all },
	{ "Max-Forwards", NULL, show_all },
	{ "Min-Expires", NULL, show_all },
	{ "Min-SE", NULL, show_all },
	{ "P-Asserted-Service", NULL, show_all },
	{ "P-Early-Media", NULL, show_all },
	{ "P-Preferred-Service", NULL, show_all },
	{ "Priority", NULL, show_all },
	{ "Privacy", NULL, show_all },
	{ "Proxy-Require", NULL, show_all },
	{ "RAck", NULL, show_all },
	{ "Reason", NULL, show_all },
	{ "Reject-Contact", "j", show_all },
	{ "Replaces", NULL, show_all },
	{ "Require", NULL, show_all },
	{ "Retry-After", NULL, show_all },
	{ "RSeq", NULL, show_all },
	{ "Session-Expires", "x", show_all },
	{ "Subject", "s", show_nothing },
	{ "Subscription-State", NULL, show_all },
	{ "Supported", "k", show_all },
	{ "Target-Dialog", NULL, show_all },
	{ "Timestamp", NULL, show_all },
	{ "Unsupported", NULL, show_all },
	{ "User-Agent", NULL, show_all },
};

static show *how_to_show(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(headers); i++)
		if (g_ascii_strcasecmp(name, headers[i].name) == 0 ||
		    (headers[i].compact && g_ascii_strcasecmp(name, headers[i].compact) == 0))
			return headers[i].show;
	return show_nothing;
}

/* line: unfolded. ret_type: of the body, where it stands here. */
static void append_header(GString *into, const char *line, const ims_mask_view *view, char **ret_type)
{
	gsize length = strcspn(line, ":");
	g_autofree char *name = g_strndup(line, length);
	g_autofree char *value = g_strdup(line[length] ? line + length + 1 : "");

	g_strstrip(name);
	g_strstrip(value);
	if (g_ascii_strcasecmp(name, "Content-Type") == 0 || g_ascii_strcasecmp(name, "c") == 0) {
		g_free(*ret_type);
		*ret_type = g_ascii_strdown(value, (gssize)strcspn(value, "; \t"));
	}
	g_string_append_printf(into, "%s: ", name);
	how_to_show(name)(into, value, view);
	g_string_append(into, "\r\n");
}

/* "INVITE sip:bob@ims.example SIP/2.0", "SIP/2.0 180 Ringing" */
static void append_first(GString *into, const char *line, const ims_mask_view *view)
{
	g_auto(GStrv) parts = g_strsplit(line, " ", 3);

	if (g_str_has_prefix(line, "SIP/2.0 ") || g_strv_length(parts) != 3) {
		ims_mask_numeric(into, line, view);
	} else {
		g_string_append_printf(into, "%s ", parts[0]);
		ims_mask_uri(into, parts[1], view);
		g_string_append_printf(into, " %s", parts[2]);
	}
	g_string_append(into, "\r\n");
}

/* Descriptions of media */

static void append_sdp_line(GString *into, const char *line, const ims_mask_view *view)
{
	static const char *const secret[] = { "k=", "a=ice-pwd:", "a=key-mgmt:", "e=", "p=", "u=" };
	static const char *const inline_key = "inline:";
	const char *key = g_str_has_prefix(line, "a=crypto:") ? strstr(line, inline_key) : NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(secret); i++)
		if (g_str_has_prefix(line, secret[i])) {
			g_string_append_printf(into, "%s" HIDDEN "\r\n", secret[i]);
			return;
		}
	if (key)
		g_string_append_printf(into, "%.*s" HIDDEN, (int)(key - line + (gssize)strlen(inline_key)),
				       line);
	else if (g_str_has_prefix(line, "a=crypto:"))
		g_string_append(into, "a=crypto:" HIDDEN);
	else
		show_all(into, line, view);
	g_string_append(into, "\r\n");
}

static void append_sdp(GString *into, const char *sdp, const ims_mask_view *view)
{
	g_auto(GStrv) lines = g_strsplit(sdp, "\n", -1);

	for (guint i = 0; lines[i]; i++)
		if (*g_strchomp(lines[i]))
			append_sdp_line(into, lines[i], view);
}

static void append_body(GString *into, const char *body, gsize length, const char *type,
			const ims_mask_view *view)
{
	g_autofree char *text = g_strndup(body, length);

	if (length > 0 && g_strcmp0(type, "application/sdp") == 0)
		append_sdp(into, text, view);
	else if (length > 0)
		g_string_append_printf(into, "(%" G_GSIZE_FORMAT " bytes)\r\n", length);
}

/* The next line, continuation lines joined to it; NULL at the end of the headers. */
static char *next_line(const char **at, const char *end)
{
	GString *line = g_string_new(NULL);

	do {
		const char *stop = memchr(*at, '\n', (gsize)(end - *at));
		const char *next = stop ? stop + 1 : end;

		stop = stop ? stop : end;
		if (stop > *at && stop[-1] == '\r')
			stop--;
		g_string_append_len(line, *at, stop - *at);
		*at = next;
	} while (line->len > 0 && *at < end && (**at == ' ' || **at == '\t'));
	return g_string_free(line, line->len == 0);
}

char *ims_mask_message(const char *message, gsize length, const ims_mask_view *view)
{
	GString *shown = g_string_new(NULL);
	const char *at = message, *end = message + length;
	g_autofree char *type = NULL;
	g_autofree char *first = next_line(&at, end);
	char *line;

	if (first)
		append_first(shown, first, view);
	while (first && at < end && (line = next_line(&at, end))) {
		append_header(shown, line, view, &type);
		g_free(line);
	}
	g_string_append(shown, "\r\n");
	append_body(shown, at, (gsize)(end - at), type, view);
	return g_string_free(shown, FALSE);
}
