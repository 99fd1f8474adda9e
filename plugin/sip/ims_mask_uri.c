#include "sip/ims_mask_uri.h"

#include <arpa/inet.h>
#include <string.h>

#include "sip/ims_identity.h"
#include "sip/ims_uri.h"

#define HIDDEN "***"
#define PSEUDONYM_DIGITS 8

static gboolean is_own(const char *host, const ims_mask_view *view)
{
	return g_ptr_array_find_with_equal_func((GPtrArray *)view->own_hosts, host, g_str_equal, NULL);
}

const char *ims_mask_role(const char *host, const ims_mask_view *view)
{
	return is_own(host, view) ? "edge" : "core";
}

/* The domains of those who are known say nothing that he does not know. */
static gboolean is_known_domain(const char *host, const ims_mask_view *view)
{
	for (guint i = 0; i < view->known->len; i++) {
		g_auto(ims_uri) known = { 0 };

		if (ims_uri_parse(g_ptr_array_index(view->known, i), &known, NULL) &&
		    g_strcmp0(known.host, host) == 0)
			return TRUE;
	}
	return FALSE;
}

static const char *shown_host(const char *host, const ims_mask_view *view)
{
	return is_known_domain(host, view) ? host : ims_mask_role(host, view);
}

/* Our own name in it is a flow token: who has one can call its user. */
static void append_hidden(GString *into, const ims_uri *uri, const ims_mask_view *view)
{
	const char *host = uri->host ? uri->host : "";
	g_autofree char *whole = g_strdup_printf("%s@%s", uri->user ? uri->user : "", host);
	g_autofree char *pseudonym = ims_pseudonym(view->key, "trace", whole);

	g_string_append_printf(into, "%s:", uri->scheme);
	if (uri->user && is_own(host, view))
		g_string_append(into, HIDDEN);
	else if (uri->user)
		g_string_append_printf(into, "user-%.*s", PSEUDONYM_DIGITS, pseudonym);
	if (uri->host)
		g_string_append_printf(into, "%s%s", uri->user ? "@" : "", shown_host(host, view));
}

static void append_for_operator(GString *into, const char *text, const ims_uri *uri,
				const ims_mask_view *view)
{
	const char *at = strchr(text, '@');

	if (uri->user && uri->host && at && is_own(uri->host, view))
		g_string_append_printf(into, "%s:%s%s", uri->scheme, HIDDEN, at);
	else
		g_string_append(into, text);
}

gboolean ims_mask_uri(GString *into, const char *text, const ims_mask_view *view)
{
	/* Parameters may name hosts, devices, tokens. */
	g_autofree char *bare = g_strndup(text, strcspn(text, ";?"));
	g_auto(ims_uri) uri = { 0 };
	const char *known;

	if (!ims_uri_parse(bare, &uri, NULL)) {
		g_string_append(into, g_ascii_strncasecmp(text, "urn:service:", 12) == 0 ? bare : HIDDEN);
		return FALSE;
	}
	if (view->for_operator) {
		append_for_operator(into, text, &uri, view);
		return TRUE;
	}
	known = ims_identity_find(view->known, bare);
	if (known || g_strcmp0(uri.host, "anonymous.invalid") == 0)
		g_string_append(into, bare);
	else
		append_hidden(into, &uri, view);
	return known != NULL;
}

/* Lists: elements between commas that are in no quotes and no angle brackets */

static const char *end_of_element(const char *at, char end)
{
	gboolean quoted = FALSE, inside = FALSE;

	for (; *at; at++) {
		if (*at == '\\' && quoted && at[1])
			at++;
		else if (*at == '"')
			quoted = !quoted;
		else if (!quoted && *at == end && !inside)
			break;
		else if (!quoted && (*at == '<' || *at == '>'))
			inside = *at == '<';
	}
	return at;
}

/* Of the parameters behind it those that say nothing of hosts and devices. */
static void append_params(GString *into, const char *params, const ims_mask_view *view)
{
	static const char *const shown[] = {
		"tag", "lr", "q", "expires", "index", "cause", "rc", "mp", "np"
	};

	while (*params == ';') {
		const char *end = params + 1 + strcspn(params + 1, ";");
		g_autofree char *param = g_strndup(params + 1, (gsize)(end - params - 1));
		g_autofree char *name = g_strndup(g_strstrip(param), strcspn(param, "= \t"));

		for (gsize i = 0; i < G_N_ELEMENTS(shown); i++)
			if (g_ascii_strcasecmp(name, shown[i]) == 0) {
				g_string_append_c(into, ';');
				ims_mask_numeric(into, param, view);
			}
		params = end;
	}
}

static void append_element(GString *into, char *element, const ims_mask_view *view)
{
	const char *open = end_of_element(element, '<'), *close = *open ? strchr(open, '>') : NULL;
	g_autofree char *uri = NULL;
	g_autoptr(GString) shown = g_string_new(NULL);
	gboolean known;

	if (!close) { /* addr-spec: what follows belongs to the header */
		gsize length = strcspn(element, ";");

		uri = g_strndup(element, length);
		known = ims_mask_uri(shown, g_strstrip(uri), view);
		g_string_append(into, shown->str);
		append_params(into, known && view->for_operator ? "" : element + length, view);
		if (known && view->for_operator)
			g_string_append(into, element + length);
		return;
	}
	uri = g_strndup(open + 1, (gsize)(close - open - 1));
	known = ims_mask_uri(shown, uri, view);
	if (known)
		g_string_append_len(into, element, open - element);
	g_string_append_printf(into, "<%s>", shown->str);
	if (view->for_operator)
		g_string_append(into, close + 1);
	else
		append_params(into, close + 1 + strspn(close + 1, " \t"), view);
}

typedef void append(GString *into, char *element, const ims_mask_view *view);

static void each_element(GString *into, const char *value, const ims_mask_view *view, append *append_one)
{
	while (*value) {
		const char *end = end_of_element(value, ',');
		g_autofree char *element = g_strndup(value, (gsize)(end - value));

		append_one(into, g_strstrip(element), view);
		if (*end)
			g_string_append(into, ", ");
		value = *end ? end + 1 : end;
	}
}

void ims_mask_addresses(GString *into, const char *value, const ims_mask_view *view)
{
	each_element(into, value, view, append_element);
}

static void append_route(GString *into, char *element, const ims_mask_view *view)
{
	const char *open = end_of_element(element, '<');
	g_autofree char *uri =
		g_strndup(*open ? open + 1 : element, strcspn(*open ? open + 1 : element, ">"));
	g_autofree char *bare = g_strndup(uri, strcspn(uri, ";?"));
	g_auto(ims_uri) parsed = { 0 };

	if (!ims_uri_parse(bare, &parsed, NULL) || !parsed.host) {
		g_string_append(into, HIDDEN);
	} else if (view->for_operator) {
		g_string_append_c(into, '<');
		append_for_operator(into, uri, &parsed, view);
		g_string_append_c(into, '>');
	} else {
		g_string_append_printf(into, "<%s:%s%s>", parsed.scheme, ims_mask_role(parsed.host, view),
				       strstr(uri, ";lr") ? ";lr" : "");
	}
}

void ims_mask_routes(GString *into, const char *value, const ims_mask_view *view)
{
	each_element(into, value, view, append_route);
}

/* Numeric addresses */

static gboolean is_of_address(char c)
{
	return g_ascii_isxdigit(c) || c == '.' || c == ':';
}

static gboolean is_numeric(const char *text)
{
	guint8 any[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, text, any) == 1 || inet_pton(AF_INET6, text, any) == 1;
}

/* The longest address that text begins with; 0: none. At most `length` bytes of it. */
static gsize address_length(const char *text, gsize length)
{
	for (gsize n = MIN(length, (gsize)INET6_ADDRSTRLEN); n > 1; n--) {
		g_autofree char *word = g_strndup(text, n);

		if (is_numeric(word))
			return n;
	}
	return 0;
}

void ims_mask_numeric(GString *into, const char *text, const ims_mask_view *view)
{
	while (*text) {
		gsize word = 0, digits = 0, found = 0;

		while (text[word] && is_of_address(text[word]))
			word++;
		while (g_ascii_isxdigit(text[digits]))
			digits++;
		/* Most words of hexadecimal digits have neither dot nor colon. */
		if (word > 2 && (memchr(text, '.', word) || memchr(text, ':', word)))
			found = address_length(text, word);
		if (found) {
			g_autofree char *address = g_strndup(text, found);

			g_string_append(into, ims_mask_role(address, view));
			text += found;
		} else {
			gsize skipped = MAX(digits, 1); /* one may begin behind its next separator */

			g_string_append_len(into, text, (gssize)skipped);
			text += skipped;
		}
	}
}
