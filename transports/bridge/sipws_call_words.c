/* sipws_call_words.c: why a call ends, as SIP says it. */
#include <string.h>
#include "bridge/sipws_call_internal.h"

static const char *text_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

/* ---- Reason (RFC 3326) ---- */

static gboolean is_token(const char *text)
{
	for (; text && *text; text++)
		if (!g_ascii_isalnum(*text) && !strchr("-.!%*_+`'~", *text))
			return FALSE;
	return text != NULL;
}

static char *reason(const char *protocol, const char *cause, const char *text)
{
	g_autofree char *said = text && *text ? sipws_quote(text) : NULL;

	return g_strconcat(protocol, is_token(cause) && *cause ? ";cause=" : "", is_token(cause) ? cause : "",
			   said ? ";text=" : "", said, NULL);
}

char *sipws_call_reason_of(guint status, const char *text)
{
	g_autofree char *cause = g_strdup_printf("%u", status);

	return reason("SIP", cause, text);
}

/* What the far end's network says comes first; 200 is an ordinary end, of which there is nothing to say. */
char *sipws_call_reason(const sipws_news *news)
{
	const char *protocol = text_of(news->result, "reason_header_protocol");
	json_int_t code = json_integer_value(json_object_get(news->result, "code"));

	if (is_token(protocol) && *protocol)
		return reason(protocol, text_of(news->result, "reason_header_cause"),
			      text_of(news->result, "reason_header"));
	if (code < 300 || code > 699)
		return NULL;
	return sipws_call_reason_of((guint)code, text_of(news->result, "reason"));
}

/* ---- a final response to the client's INVITE ---- */

/* What has no place in an answer to this INVITE, or would make the client prove itself in vain. */
static guint status_of(const sipws_news *news)
{
	json_int_t code = json_integer_value(json_object_get(news->result, "code"));

	if (code < 300 || code > 699)
		return 480;
	return code == 401 || code == 407 ? 403 : (guint)code;
}

static void add_tags(sipws_msg *msg, const char *name, const json_t *tags)
{
	const json_t *tag;
	size_t i;

	json_array_foreach(tags, i, tag) if (is_token(json_string_value(tag)))
		sipws_msg_add(msg, name, "%s", json_string_value(tag));
}

static void append_element(GString *xml, const char *name, const json_t *service)
{
	const char *text = text_of(service, name);
	g_autofree char *escaped = text ? g_markup_escape_text(text, -1) : NULL;

	if (escaped)
		g_string_append_printf(xml, "<%s>%s</%s>", name, escaped, name);
}

/* 3GPP TS 24.229 7.6: what is to be done in place of this call. */
static void add_alternative(sipws_msg *msg, const json_t *service)
{
	g_autoptr(GString) xml = g_string_new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<ims-3gpp "
					      "version=\"1\"><alternative-service>");

	append_element(xml, "type", service);
	append_element(xml, "reason", service);
	append_element(xml, "action", service);
	g_string_append(xml, "</alternative-service></ims-3gpp>\r\n");
	sipws_msg_set_body(msg, "application/3gpp-ims+xml", xml->str, xml->len);
}

sipws_msg *sipws_call_refusal(sipws_call *call, const sipws_msg *invite, const sipws_news *news)
{
	const json_t *ims = json_object_get(news->result, "ims");
	const char *phrase = text_of(news->result, "reason");
	json_int_t retry_s = json_integer_value(json_object_get(ims, "retry_after"));
	guint status = status_of(news);
	sipws_msg *refusal = sipws_call_response(call, invite, status, phrase && *phrase ? phrase : NULL);

	if (text_of(news->result, "reason_header_protocol")) {
		g_autofree char *why = sipws_call_reason(news);

		sipws_msg_add(refusal, "Reason", "%s", why);
	}
	sipws_warnings_from_api(refusal, news->result);
	if (retry_s > 0)
		sipws_msg_add(refusal, "Retry-After", "%" JSON_INTEGER_FORMAT, retry_s);
	if (status == 420 || status == 421)
		add_tags(refusal, status == 420 ? "Unsupported" : "Require",
			 json_object_get(ims, "extensions"));
	if (status == 380 && json_object_get(ims, "alternative_service"))
		add_alternative(refusal, json_object_get(ims, "alternative_service"));
	sipws_headers_from_api(refusal, json_object_get(news->result, "headers"));
	return refusal;
}

/* ---- towards the gateway ---- */

json_t *sipws_call_headers(const sipws_msg *msg, gboolean with_reason)
{
	json_t *headers = msg ? sipws_headers_to_api(msg) : NULL;
	const char *why = msg && with_reason ? sipws_msg_header(msg, "Reason", 0) : NULL;

	if (!why)
		return headers;
	headers = headers ? headers : json_object();
	json_object_set_new(headers, "Reason", json_string(why));
	return headers;
}
