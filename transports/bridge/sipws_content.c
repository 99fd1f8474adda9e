#include "bridge/sipws_content.h"

#include <string.h>

static void set_text_or_base64(json_t *request, const char *bytes, gsize length)
{
	g_autofree char *coded = NULL;

	if (g_utf8_validate(bytes, (gssize)length, NULL)) {
		json_object_set_new(request, "content", json_stringn(bytes, length));
		json_object_set_new(request, "encoding", json_string("utf-8"));
		return;
	}
	coded = g_base64_encode((const guchar *)bytes, length);
	json_object_set_new(request, "content", json_string(coded));
	json_object_set_new(request, "encoding", json_string("base64"));
}

static gboolean is_coded(const sipws_msg *msg)
{
	const char *coding = sipws_msg_header(msg, "Content-Encoding", 0);

	return coding && g_ascii_strcasecmp(coding, "identity") != 0;
}

sipws_fault sipws_content_to_api(json_t *request, const sipws_msg *msg)
{
	g_autoptr(GBytes) body = sipws_msg_body(msg);
	gsize length = 0;
	const char *bytes = body ? g_bytes_get_data(body, &length) : NULL;

	if (!length)
		return (sipws_fault){ 400, "There is no body" };
	if (is_coded(msg))
		return (sipws_fault){ 415, "Content-Encoding is not served" };
	if (length > SIPWS_CONTENT_MAX)
		return (sipws_fault){ 413, "The body is too large" };
	set_text_or_base64(request, bytes, length);
	return (sipws_fault){ 0, NULL };
}

void sipws_content_from_api(sipws_msg *msg, const json_t *result, const char *content_type)
{
	const json_t *content = json_object_get(result, "content");
	const char *encoding = json_string_value(json_object_get(result, "encoding"));
	const char *text = json_string_value(content);
	gsize length = text ? json_string_length(content) : 0;
	g_autofree guchar *bytes = NULL;

	if (!length || !content_type || !*content_type)
		return;
	if (g_strcmp0(encoding, "base64") == 0) {
		bytes = g_base64_decode(text, &length);
		sipws_msg_set_body(msg, content_type, bytes, length);
	} else
		sipws_msg_set_body(msg, content_type, text, length);
}
