/* Messages of ours, as text. Values go out letter for letter: what sofia prints is what it has understood,
 * and a challenge has to reach the client as it came (REQ-33). */
#include "sip/internal.h"

#include <string.h>
#include "sip/sipws_phrase.h"

/* Nothing a value holds ends its line. */
static char *on_one_line(char *text)
{
	return g_strdelimit(text, "\r\n", ' ');
}

static const char *keep(sipws_msg *msg, const char *text)
{
	g_autofree char *line = on_one_line(g_strdup(text));

	return g_string_chunk_insert(msg->texts, line);
}

/* ---- making ---- */

static void copy(sipws_msg *msg, const sipws_msg *request, const char *name)
{
	const char *value;

	for (guint i = 0; (value = sipws_msg_header(request, name, i)); i++)
		sipws_msg_put(msg, name, value);
}

static void put_to(sipws_msg *msg, const sipws_msg *request, const char *tag)
{
	const char *to = sipws_msg_header(request, "To", 0);

	if (tag && !*sipws_msg_to_tag(request))
		sipws_msg_add(msg, "To", "%s;tag=%s", to, tag);
	else
		sipws_msg_put(msg, "To", to);
}

sipws_msg *sipws_msg_new_response(const sipws_msg *request, guint status, const char *phrase,
				  const char *to_tag)
{
	sipws_msg *msg = sipws_msg_alloc();

	msg->status = status;
	msg->phrase = keep(msg, phrase ? phrase : sipws_phrase(status));
	copy(msg, request, "Via");
	sipws_msg_put(msg, "From", sipws_msg_header(request, "From", 0));
	put_to(msg, request, to_tag);
	sipws_msg_put(msg, "Call-ID", sipws_msg_call_id(request));
	sipws_msg_put(msg, "CSeq", sipws_msg_header(request, "CSeq", 0));
	return msg;
}

sipws_msg *sipws_msg_new_request(const char *method, const char *uri)
{
	sipws_msg *msg = sipws_msg_alloc();

	msg->method = keep(msg, method);
	msg->uri = keep(msg, uri);
	return msg;
}

void sipws_msg_add(sipws_msg *msg, const char *name, const char *format, ...)
{
	g_autofree char *value = NULL;
	va_list arguments;

	va_start(arguments, format);
	value = on_one_line(g_strdup_vprintf(format, arguments));
	va_end(arguments);
	sipws_msg_put(msg, name, value);
}

void sipws_msg_set_body(sipws_msg *msg, const char *content_type, const void *bytes, gsize length)
{
	sipws_msg_add(msg, "Content-Type", "%s", content_type);
	g_clear_pointer(&msg->body, g_bytes_unref);
	msg->body = g_bytes_new(bytes, length);
}

/* ---- printing ---- */

static void print_start_line(GString *text, const sipws_msg *msg)
{
	if (msg->method)
		g_string_append_printf(text, "%s %s SIP/2.0\r\n", msg->method, msg->uri);
	else
		g_string_append_printf(text, "SIP/2.0 %u %s\r\n", msg->status, msg->phrase);
}

static void print_headers(GString *text, const sipws_msg *msg)
{
	for (guint i = 0; i < msg->headers->len; i++) {
		const sipws_header *header = &g_array_index(msg->headers, sipws_header, i);

		if (strcmp(header->name, "Content-Length") != 0)
			g_string_append_printf(text, "%s: %s\r\n", header->name, header->value);
	}
}

GBytes *sipws_msg_print(const sipws_msg *msg)
{
	GString *text = g_string_new(NULL);
	gsize length = 0;
	const char *body = msg->body ? g_bytes_get_data(msg->body, &length) : "";

	print_start_line(text, msg);
	print_headers(text, msg);
	g_string_append_printf(text, "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n", length);
	g_string_append_len(text, body, (gssize)length);
	return g_string_free_to_bytes(text);
}
