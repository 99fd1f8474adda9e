/* A frame as a message. What can still be answered is read to its end, however wrong it is: the first thing
 * that is wrong becomes the answer. */
#include "sip/internal.h"

#include <string.h>
#include <sofia-sip/url.h>

#define VERSION "SIP/2.0"

/* ---- the frame ---- */

static gboolean is_exactly(const char *bytes, gsize length, const char *text)
{
	return length == strlen(text) && memcmp(bytes, text, length) == 0;
}

gboolean sipws_msg_is_ping(const char *bytes, gsize length)
{
	return is_exactly(bytes, length, "\r\n\r\n");
}

gboolean sipws_msg_is_pong(const char *bytes, gsize length)
{
	return is_exactly(bytes, length, "\r\n");
}

static gsize count_line_ends(const char *bytes, gsize length)
{
	gsize count = 0;

	while (count < length && (bytes[count] == '\r' || bytes[count] == '\n'))
		count++;
	return count;
}

/* Is this another message? */
static gboolean is_start_line(const char *bytes, gsize length)
{
	const char *end = memchr(bytes, '\r', length);
	const gsize line = end ? (gsize)(end - bytes) : length, version = strlen(VERSION);

	return line > version && (strncmp(bytes, VERSION " ", version + 1) == 0 ||
				  strncmp(bytes + line - version - 1, " " VERSION, version + 1) == 0);
}

/* What ends no line becomes a space, and so does NUL: as a quoted-pair it may stand there (RFC 3261 25.1),
 * but no string here holds it. Folded lines become one. */
static char *unfold(sipws_msg *msg, const char *bytes, gsize length)
{
	char *head = g_malloc0(length + 3); /* so that behind a line end there is something */

	memcpy(head, bytes, length);
	for (gsize i = 0; i < length; i++) {
		const gboolean ends = head[i] == '\r' && head[i + 1] == '\n';

		if (ends && head[i + 2] != ' ' && head[i + 2] != '\t') {
			i++;
			continue;
		}
		if (head[i] == '\0' && (i == 0 || bytes[i - 1] != '\\'))
			sipws_msg_blame(msg, 400, "NUL in a header");
		if (!ends && (head[i] == '\r' || head[i] == '\n'))
			sipws_msg_blame(msg, 400, "A line does not end in CR LF");
		if (ends)
			head[i + 1] = ' ';
		if (strchr("\r\n", head[i]))
			head[i] = ' ';
	}
	return head;
}

/* ---- start line ---- */

static gboolean read_status_line(sipws_msg *msg, const char *line)
{
	const char *code = line + strlen(VERSION " ");

	if (strspn(code, "0123456789") != 3 || code[0] < '1' || code[0] > '6' || (code[3] && code[3] != ' '))
		return FALSE;
	msg->status = (guint)g_ascii_strtoull(code, NULL, 10);
	msg->phrase = g_string_chunk_insert(msg->texts, code[3] ? code + 4 : "");
	return TRUE;
}

static gboolean is_sip_uri(const char *uri)
{
	g_autofree char *copy = g_strdup(uri);
	url_t url[1];

	return url_d(url, copy) == 0 && url->url_host && *url->url_host && !url->url_headers &&
	       (!url->url_port || url->url_port[strspn(url->url_port, "0123456789")] == '\0');
}

static void judge_uri(sipws_msg *msg, const char *uri)
{
	const gsize scheme = strcspn(uri, ":");
	g_autofree char *name = g_ascii_strdown(uri, (gssize)scheme);

	if (uri[strcspn(uri, "<>\"")])
		sipws_msg_blame(msg, 400, "Request-URI in brackets or quotes");
	else if (uri[strcspn(uri, " \t")])
		sipws_msg_blame(msg, 400, "White space in the Request-URI");
	else if (uri[scheme] != ':' || !uri[scheme + 1] || !sipws_is_uri(uri))
		sipws_msg_blame(msg, 400, "Malformed Request-URI");
	else if (strcmp(name, "sip") == 0 || strcmp(name, "sips") == 0) {
		if (!is_sip_uri(uri))
			sipws_msg_blame(msg, 400, "Malformed Request-URI");
	} else if (strcmp(name, "tel") != 0 && strcmp(name, "urn") != 0)
		sipws_msg_blame(msg, 416, "The scheme of the Request-URI is not served");
}

static gboolean read_request_line(sipws_msg *msg, const char *line)
{
	g_autofree char *trimmed = g_strchomp(g_strdup(line));
	char *version = strrchr(trimmed, ' '), *uri = strchr(trimmed, ' ');

	if (!uri || uri == version || g_ascii_strncasecmp(version, " SIP/", 5) != 0)
		return FALSE;
	*version++ = *uri++ = '\0';
	if (g_ascii_strcasecmp(version, VERSION) != 0)
		sipws_msg_blame(msg, 505, "The only version served is " VERSION);
	if (g_str_has_suffix(line, " ") || g_str_has_suffix(line, "\t"))
		sipws_msg_blame(msg, 400, "White space behind the request line");
	if (!sipws_is_token(trimmed, strlen(trimmed)))
		sipws_msg_blame(msg, 400, "Malformed method");
	judge_uri(msg, uri);
	msg->method = g_string_chunk_insert(msg->texts, trimmed);
	msg->uri = g_string_chunk_insert(msg->texts, uri);
	return *trimmed != '\0';
}

static gboolean read_start_line(sipws_msg *msg, const char *line)
{
	return g_ascii_strncasecmp(line, VERSION " ", strlen(VERSION " ")) == 0
		       ? read_status_line(msg, line)
		       : read_request_line(msg, line);
}

/* ---- header fields ---- */

static void read_line(sipws_msg *msg, char *line)
{
	char *colon = strchr(line, ':');

	if (colon)
		*colon = '\0';
	g_strchomp(line);
	if (!colon || !sipws_is_token(line, strlen(line)))
		sipws_msg_blame(msg, 400,
				colon ? "Malformed name of a header" : "A header line has no colon");
	else
		sipws_header_read(msg, line, g_strstrip(colon + 1));
}

static gboolean can_be_copied(const sipws_msg *msg)
{
	static const char *const wanted[] = { "Via", "From", "To", "Call-ID", "CSeq" };

	for (gsize i = 0; i < G_N_ELEMENTS(wanted); i++)
		if (!sipws_msg_header(msg, wanted[i], 0))
			return FALSE;
	return TRUE;
}

static gboolean read_head(sipws_msg *msg, const char *bytes, gsize length)
{
	g_autofree char *head = unfold(msg, bytes, length);
	g_auto(GStrv) lines = g_strsplit(head, "\r\n", -1);

	if (!lines[0] || !read_start_line(msg, lines[0]))
		return FALSE;
	if (!g_utf8_validate(head, -1, NULL))
		sipws_msg_blame(msg, 400, "A header is not UTF-8");
	for (char **line = lines + 1; *line; line++)
		if (**line)
			read_line(msg, *line);
	if (!can_be_copied(msg))
		return FALSE;
	if (msg->method && strcmp(msg->method, sipws_msg_cseq_method(msg)) != 0)
		sipws_msg_blame(msg, 400, "CSeq names another method");
	return TRUE;
}

/* ---- body ---- */

static void blame_rest(sipws_msg *msg, const char *rest, gsize length)
{
	const gsize ends = count_line_ends(rest, length);

	if (is_start_line(rest + ends, length - ends))
		sipws_msg_blame(msg, 400, "Two messages in a frame");
	else if (ends < length)
		sipws_msg_blame(msg, 400, "Content-Length is shorter than the body");
}

/* Without a Content-Length the rest of the frame is the body (RFC 7118 5). */
static void read_body(sipws_msg *msg, const char *bytes, gsize length)
{
	const char *said = sipws_msg_header(msg, "Content-Length", 0);
	const gsize rest = length;

	if (said)
		length = (gsize)MIN(g_ascii_strtoull(said, NULL, 10), rest + 1);
	else if (!*sipws_msg_content_type(msg) && count_line_ends(bytes, rest) == rest)
		length = 0;
	if (length > rest)
		sipws_msg_blame(msg, 400, "Content-Length is longer than the body");
	else
		blame_rest(msg, bytes + length, rest - length);
	length = MIN(length, rest);
	if (length == 0)
		return;
	if (!*sipws_msg_content_type(msg))
		sipws_msg_blame(msg, 400,
				is_start_line(bytes, length) ? "Two messages in a frame"
							     : "A body without Content-Type");
	msg->body = g_bytes_new(bytes, length);
}

/* ---- the whole ---- */

/* The empty line; NULL: there is none. The text may hold NUL. */
static const char *find_head_end(const char *bytes, gsize length)
{
	for (gsize i = 0; i + 4 <= length; i++)
		if (memcmp(bytes + i, "\r\n\r\n", 4) == 0)
			return bytes + i;
	return NULL;
}

static sipws_msg *refuse(sipws_fault *ret_fault, guint status, const char *reason)
{
	*ret_fault = (sipws_fault){ status, reason };
	return NULL;
}

sipws_msg *sipws_msg_parse(const char *bytes, gsize length, sipws_fault *ret_fault)
{
	const gsize before = count_line_ends(bytes, length);
	g_autoptr(sipws_msg) msg = sipws_msg_alloc();
	const char *start = bytes + before, *end;
	gsize head;

	length -= before;
	end = find_head_end(start, MIN(length, SIPWS_MSG_MAX + 4));
	head = end ? (gsize)(end - start) : length;
	if (head > SIPWS_MSG_MAX)
		return refuse(ret_fault, 400, "The headers are too large");
	if (!end)
		sipws_msg_blame(msg, 400, "No empty line ends the headers");
	if (length > SIPWS_MSG_MAX)
		sipws_msg_blame(msg, 413, "The message is too large");
	if (!read_head(msg, start, head))
		return refuse(ret_fault, 400, "Not a SIP message that could be answered");
	if (end)
		read_body(msg, end + 4, length - head - 4);
	*ret_fault = msg->fault;
	return g_steal_pointer(&msg);
}
