/* Names, URIs and parameters, cut out of header values as they came: sofia's own forms lose escapes and white
 * space, and what is handed on is to be what was said. */
#include "sip/internal.h"

#include <string.h>

#define WHITE " \t"

typedef struct {
	const char *at;
	gsize length;
} slice;

gboolean sipws_is_token(const char *text, gsize length)
{
	for (gsize i = 0; i < length; i++)
		if (!g_ascii_isalnum(text[i]) && (text[i] == '\0' || !strchr("-.!%*_+`'~", text[i])))
			return FALSE;
	return length > 0;
}

/* Behind the quoted string; NULL: it does not end. */
static const char *skip_quoted(const char *at)
{
	for (at++; *at && *at != '"'; at++)
		if (*at == '\\' && *++at == '\0')
			return NULL;
	return *at ? at + 1 : NULL;
}

static const char *skip_white(const char *at)
{
	return at + strspn(at, WHITE);
}

static void trim_end(slice *text)
{
	while (text->length > 0 && strchr(WHITE, text->at[text->length - 1]))
		text->length--;
}

static char *unquote(slice text)
{
	GString *plain = g_string_new(NULL);

	if (text.length < 2 || *text.at != '"')
		return g_string_free(g_string_append_len(plain, text.at, (gssize)text.length), FALSE);
	for (gsize i = 1; i + 1 < text.length; i++) {
		if (text.at[i] == '\\')
			i++;
		g_string_append_c(plain, text.at[i]);
	}
	return g_string_free(plain, FALSE);
}

/* ---- parameters ---- */

/* at: a ';'. Behind the parameter; NULL: that is none. */
static const char *read_parameter(const char *at, slice *ret_name, slice *ret_value)
{
	*ret_value = (slice){ "", 0 };
	at = skip_white(at + 1);
	*ret_name = (slice){ at, strcspn(at, "=;," WHITE) };
	if (!sipws_is_token(ret_name->at, ret_name->length))
		return NULL;
	at = skip_white(at + ret_name->length);
	if (*at != '=')
		return at;
	at = skip_white(at + 1);
	ret_value->at = at;
	at = *at == '"' ? skip_quoted(at) : at + strcspn(at, ";,\"" WHITE);
	if (!at || at == ret_value->at)
		return NULL;
	ret_value->length = (gsize)(at - ret_value->at);
	return skip_white(at);
}

static gboolean are_parameters(const char *at)
{
	slice name, value;

	while (at && *at == ';')
		at = read_parameter(at, &name, &value);
	return at && *at == '\0';
}

/* The next ';' that is in no quotes and no angle brackets */
static const char *next_semicolon(const char *at)
{
	gboolean within = FALSE;

	while (at && *at && (within || *at != ';')) {
		if (*at == '<' || *at == '>')
			within = *at == '<';
		at = *at == '"' ? skip_quoted(at) : at + 1;
	}
	return at && *at ? at : NULL;
}

char *sipws_parameter(const char *parameters, const char *name)
{
	const char *at = next_semicolon(parameters);
	slice found, value;

	while (at) {
		const char *next = read_parameter(at, &found, &value);

		if (next && found.length == strlen(name) &&
		    g_ascii_strncasecmp(found.at, name, found.length) == 0)
			return unquote(value);
		at = next_semicolon(next ? next : at + 1);
	}
	return NULL;
}

static gboolean is_one_of(slice name, const char *const *names)
{
	for (; *names; names++)
		if (strlen(*names) == name.length && g_ascii_strncasecmp(*names, name.at, name.length) == 0)
			return TRUE;
	return FALSE;
}

char *sipws_parameters_without(const char *parameters, const char *const *names)
{
	GString *kept = g_string_new(NULL);
	slice name, value;

	for (const char *at = parameters, *next; at && *at == ';'; at = next) {
		next = read_parameter(at, &name, &value);
		if (!next || is_one_of(name, names))
			continue;
		g_string_append_printf(kept, ";%.*s", (int)name.length, name.at);
		if (value.length)
			g_string_append_printf(kept, "=%.*s", (int)value.length, value.at);
	}
	return g_string_free(kept, FALSE);
}

/* ---- addresses ---- */

/* Tokens with white space between them */
static gboolean is_plain_name(slice name)
{
	for (gsize i = 0; i < name.length; i++)
		if (!strchr(WHITE, name.at[i]) && !sipws_is_token(name.at + i, 1))
			return FALSE;
	return TRUE;
}

/* What stands before the '<'; NULL: no name. */
static const char *read_name(const char *at, slice *ret_name)
{
	const char *end = *at == '"' ? skip_quoted(at) : at + strcspn(at, "<");

	if (!end)
		return NULL;
	*ret_name = (slice){ at, (gsize)(end - at) };
	trim_end(ret_name);
	end = skip_white(end);
	return *end == '<' && (*at == '"' || is_plain_name(*ret_name)) ? end : NULL;
}

/* So many bytes may be of a URI: nothing that is not seen, and none of the stops. */
static gsize span_uri(const char *at, const char *stops)
{
	gsize length = 0;

	while ((guchar)at[length] > ' ' && at[length] != 0x7f && !strchr(stops, at[length]))
		length++;
	return length;
}

gboolean sipws_is_uri(const char *text)
{
	return *text && text[span_uri(text, "<>\"")] == '\0';
}

static const char *read_name_addr(const char *at, slice *ret_name, slice *ret_uri)
{
	at = read_name(at, ret_name);
	if (!at)
		return NULL;
	*ret_uri = (slice){ at + 1, span_uri(at + 1, "<>\"") };
	at = ret_uri->at + ret_uri->length;
	return *at == '>' ? skip_white(at + 1) : NULL;
}

/* Without brackets, what follows a ';' is the header's, and a '?' or ',' cannot be (RFC 3261 20). */
static const char *read_addr_spec(const char *at, slice *ret_uri)
{
	*ret_uri = (slice){ at, span_uri(at, ";,?<>\"") };
	return skip_white(at + ret_uri->length);
}

gboolean sipws_address_read(const char *value, GStringChunk *texts, sipws_address *ret_address)
{
	const char *at = skip_white(value);
	slice name = { "", 0 }, uri;
	g_autofree char *plain = NULL;

	at = *at == '"' || strchr(at, '<') ? read_name_addr(at, &name, &uri) : read_addr_spec(at, &uri);
	if (!at || uri.length == 0 || !are_parameters(at))
		return FALSE;
	if (!texts)
		return TRUE;
	plain = unquote(name);
	ret_address->name = g_string_chunk_insert_const(texts, plain);
	ret_address->uri = g_string_chunk_insert_len(texts, uri.at, (gssize)uri.length);
	ret_address->parameters = g_string_chunk_insert_const(texts, at);
	return TRUE;
}

char *sipws_address_uri(const char *value)
{
	GStringChunk *texts = g_string_chunk_new(256);
	sipws_address address;
	char *uri = sipws_address_read(value, texts, &address) ? g_strdup(address.uri) : NULL;

	g_string_chunk_free(texts);
	return uri;
}

char *sipws_quote(const char *text)
{
	GString *quoted = g_string_new("\"");

	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			g_string_append_c(quoted, '\\');
		g_string_append_c(quoted, g_ascii_iscntrl(*text) ? ' ' : *text);
	}
	g_string_append_c(quoted, '"');
	return g_string_free(quoted, FALSE);
}

/* What would end the URI, or the header, is escaped. */
static void append_uri(GString *line, const char *uri)
{
	g_string_append_c(line, '<');
	for (; *uri; uri++) {
		if ((guchar)*uri <= ' ' || strchr("<>\"", *uri))
			g_string_append_printf(line, "%%%02X", (guchar)*uri);
		else
			g_string_append_c(line, *uri);
	}
	g_string_append_c(line, '>');
}

char *sipws_address_print(const char *name, const char *uri, const char *tag)
{
	g_autofree char *quoted = name && *name ? sipws_quote(name) : NULL;
	GString *line = g_string_new(quoted);

	if (quoted)
		g_string_append_c(line, ' ');
	append_uri(line, uri);
	if (tag && *tag)
		g_string_append_printf(line, ";tag=%s", tag);
	return g_string_free(line, FALSE);
}
