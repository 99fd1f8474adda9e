#include "sip/internal.h"

#include <string.h>

sipws_msg *sipws_msg_alloc(void)
{
	sipws_msg *msg = g_new0(sipws_msg, 1);

	msg->texts = g_string_chunk_new(1024);
	msg->headers = g_array_new(FALSE, FALSE, sizeof(sipws_header));
	return msg;
}

void sipws_msg_free(sipws_msg *msg)
{
	if (!msg)
		return;
	g_string_chunk_free(msg->texts);
	g_array_free(msg->headers, TRUE);
	g_clear_pointer(&msg->body, g_bytes_unref);
	g_free(msg);
}

void sipws_msg_put(sipws_msg *msg, const char *name, const char *value)
{
	const sipws_header header = { g_string_chunk_insert_const(msg->texts, name),
				      g_string_chunk_insert(msg->texts, value) };

	g_array_append_val(msg->headers, header);
}

void sipws_msg_blame(sipws_msg *msg, guint status, const char *reason)
{
	if (msg->fault.status == 0)
		msg->fault = (sipws_fault){ status, reason };
}

const sipws_fault *sipws_msg_fault(const sipws_msg *msg)
{
	return &msg->fault;
}

/* ---- start line ---- */

gboolean sipws_msg_is_request(const sipws_msg *msg)
{
	return msg->method != NULL;
}

const char *sipws_msg_method(const sipws_msg *msg)
{
	return msg->method ? msg->method : sipws_msg_cseq_method(msg);
}

const char *sipws_msg_cseq_method(const sipws_msg *msg)
{
	const char *cseq = sipws_msg_header(msg, "CSeq", 0);

	return cseq ? cseq + strspn(cseq, "0123456789 \t") : "";
}

const char *sipws_msg_uri(const sipws_msg *msg)
{
	return msg->uri;
}

guint sipws_msg_status(const sipws_msg *msg)
{
	return msg->status;
}

const char *sipws_msg_phrase(const sipws_msg *msg)
{
	return msg->phrase;
}

/* ---- header fields ---- */

const char *sipws_msg_header(const sipws_msg *msg, const char *name, guint nth)
{
	for (guint i = 0; i < msg->headers->len; i++) {
		const sipws_header *header = &g_array_index(msg->headers, sipws_header, i);

		if (g_ascii_strcasecmp(header->name, name) == 0 && nth-- == 0)
			return header->value;
	}
	return NULL;
}

static const char *header_or_empty(const sipws_msg *msg, const char *name)
{
	const char *value = sipws_msg_header(msg, name, 0);

	return value ? value : "";
}

const char *sipws_msg_call_id(const sipws_msg *msg)
{
	return header_or_empty(msg, "Call-ID");
}

guint32 sipws_msg_cseq(const sipws_msg *msg)
{
	return (guint32)g_ascii_strtoull(header_or_empty(msg, "CSeq"), NULL, 10);
}

const char *sipws_msg_content_type(const sipws_msg *msg)
{
	return header_or_empty(msg, "Content-Type");
}

/* Owned by the message. */
static const char *parameter_of(const sipws_msg *msg, const char *parameters, const char *name)
{
	g_autofree char *value = sipws_parameter(parameters, name);

	return value ? g_string_chunk_insert_const(msg->texts, value) : "";
}

const char *sipws_msg_branch(const sipws_msg *msg)
{
	return parameter_of(msg, header_or_empty(msg, "Via"), "branch");
}

static void address_or_empty(const sipws_msg *msg, const char *name, sipws_address *ret_address)
{
	*ret_address = (sipws_address){ "", "", "" };
	sipws_msg_address(msg, name, 0, ret_address);
}

void sipws_msg_from(const sipws_msg *msg, sipws_address *ret_address)
{
	address_or_empty(msg, "From", ret_address);
}

void sipws_msg_to(const sipws_msg *msg, sipws_address *ret_address)
{
	address_or_empty(msg, "To", ret_address);
}

static const char *tag_of(const sipws_msg *msg, const char *name)
{
	sipws_address address;

	address_or_empty(msg, name, &address);
	return parameter_of(msg, address.parameters, "tag");
}

const char *sipws_msg_from_tag(const sipws_msg *msg)
{
	return tag_of(msg, "From");
}

const char *sipws_msg_to_tag(const sipws_msg *msg)
{
	return tag_of(msg, "To");
}

gboolean sipws_msg_address(const sipws_msg *msg, const char *name, guint nth, sipws_address *ret_address)
{
	const char *value = sipws_msg_header(msg, name, nth);

	return value && sipws_address_read(value, msg->texts, ret_address);
}

gboolean sipws_msg_has_token(const sipws_msg *msg, const char *name, const char *token)
{
	const char *value;

	for (guint i = 0; (value = sipws_msg_header(msg, name, i)); i++) {
		const gsize length = strcspn(value, "; \t");

		if (length == strlen(token) && g_ascii_strncasecmp(value, token, length) == 0)
			return TRUE;
	}
	return FALSE;
}

void sipws_msg_each_header(const sipws_msg *msg,
			   void (*each)(const char *name, const char *value, gpointer user), gpointer user)
{
	static const char *const places[] = {
		"Via",          "From",  "To",           "Call-ID", "CSeq", "Content-Length",
		"Max-Forwards", "Route", "Record-Route", NULL
	};

	for (guint i = 0; i < msg->headers->len; i++) {
		const sipws_header *header = &g_array_index(msg->headers, sipws_header, i);

		if (!g_strv_contains(places, header->name))
			each(header->name, header->value, user);
	}
}

/* ---- body ---- */

GBytes *sipws_msg_body(const sipws_msg *msg)
{
	return msg->body ? g_bytes_ref(msg->body) : NULL;
}
