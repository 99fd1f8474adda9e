/* sipws_info.c: INFO inside a call (RFC 6086), both ways. A key is `dtmf_info` and `dtmf`, whatever it came
 * by; anything else is `info`. */
#include <string.h>
#include "bridge/sipws_content.h"
#include "bridge/sipws_pending.h"

enum { KEY_MIN_MS = 40, KEY_MAX_MS = 6000 }; /* that the API takes */

#define RELAY "application/dtmf-relay"
#define PLAIN "application/dtmf"

struct sipws_info {
	sipws_pending *pending; /* until `infosent` or `dtmfsent` */
};

sipws_info *sipws_info_new(sipws_bridge *bridge)
{
	sipws_info *info = g_new0(sipws_info, 1);

	info->pending = sipws_pending_new(bridge, NULL);
	return info;
}

void sipws_info_free(sipws_info *info)
{
	if (!info)
		return;
	sipws_pending_free(info->pending);
	g_free(info);
}

/* ---- the client presses a key ---- */

static gboolean is_type(const char *type, const char *wanted)
{
	const gsize length = strcspn(type, "; \t");

	return length == strlen(wanted) && g_ascii_strncasecmp(type, wanted, length) == 0;
}

/* "5", "#", "d", or the number of the event: "10" is '*'. '\0': it is no key. */
static char key_of(const char *text)
{
	static const char keys[] = "0123456789*#ABCD";
	guint64 event;

	if (strlen(text) == 1 && strchr(keys, g_ascii_toupper(*text)))
		return g_ascii_toupper(*text);
	if (g_ascii_string_to_unsigned(text, 10, 10, 15, &event, NULL))
		return keys[event];
	return '\0';
}

/* "Signal=5", "Duration= 160": lines in any order. */
static char *line_value(const char *text, const char *name)
{
	g_auto(GStrv) lines = g_strsplit_set(text, "\r\n", -1);

	for (char **line = lines; *line; line++) {
		char *value = strchr(*line, '=');

		if (!value)
			continue;
		*value++ = '\0';
		if (g_ascii_strcasecmp(g_strstrip(*line), name) == 0)
			return g_strdup(g_strstrip(value));
	}
	return NULL;
}

/* NULL: that is no key. */
static json_t *key_request(const char *type, const char *text)
{
	g_autofree char *signal = is_type(type, RELAY) ? line_value(text, "Signal") : NULL;
	g_autofree char *duration = is_type(type, RELAY) ? line_value(text, "Duration") : NULL;
	g_autofree char *plain = is_type(type, PLAIN) ? g_strstrip(g_strdup(text)) : NULL;
	const char key = signal ? key_of(signal) : plain ? key_of(plain) : '\0';
	const char digit[] = { key, '\0' };
	guint64 ms;
	json_t *body;

	if (!key)
		return NULL;
	body = json_pack("{ss, ss}", "request", "dtmf_info", "digit", digit);
	if (duration && g_ascii_string_to_unsigned(duration, 10, 0, G_MAXUINT32, &ms, NULL))
		json_object_set_new(body, "duration",
				    json_integer((json_int_t)CLAMP(ms, KEY_MIN_MS, KEY_MAX_MS)));
	return body;
}

/* ---- the client says something ---- */

static json_t *info_request(const sipws_msg *msg, sipws_fault *ret_fault)
{
	const char *type = sipws_msg_content_type(msg);
	g_autoptr(GBytes) bytes = sipws_msg_body(msg);
	gsize length = 0;
	const char *data = bytes ? g_bytes_get_data(bytes, &length) : NULL;
	g_autofree char *text = g_strndup(data ? data : "", MIN(length, 256));
	json_t *headers, *body = key_request(type, text);

	*ret_fault = (sipws_fault){ 0, NULL };
	if (!body) {
		body = json_pack("{ss, ss}", "request", "info", "type", type);
		*ret_fault = sipws_content_to_api(body, msg);
	}
	headers = sipws_headers_to_api(msg);
	if (headers)
		json_object_set_new(body, "headers", headers);
	return body;
}

/* Without a body there is nothing to hand on, and nothing wrong either (RFC 6086 4.2.1: legacy use). */
static void answer(sipws_server_tx *tx, const sipws_msg *msg, const sipws_fault *fault)
{
	g_autoptr(GBytes) body = sipws_msg_body(msg);

	if (body)
		sipws_server_tx_refuse(tx, fault->status, "%s", fault->reason);
	else
		sipws_server_tx_reply(tx, sipws_server_tx_response(tx, 200, NULL));
}

void sipws_info_request(sipws_call *call, sipws_server_tx *tx, const sipws_msg *msg)
{
	sipws_line *line = sipws_call_line(call);
	sipws_fault fault;
	json_t *body;

	body = info_request(msg, &fault);
	if (!line || fault.status) {
		json_decref(body);
		if (fault.status)
			answer(tx, msg, &fault);
		else
			sipws_server_tx_refuse(tx, 481, NULL);
		return;
	}
	sipws_call_name(call, body);
	sipws_pending_ask(line->bridge->info->pending, line->handle, body, tx, NULL);
}

/* ---- the far end says something ---- */

static sipws_msg *info_for(const sipws_line *line)
{
	g_autofree char *contact = sipws_contact(line->bridge);

	return sipws_dialog_request(sipws_call_dialog(line->call), "INFO", contact);
}

static void tell_key(const sipws_line *line, const sipws_news *news)
{
	const char *signal = json_string_value(json_object_get(news->result, "signal"));
	const json_int_t ms = json_integer_value(json_object_get(news->result, "duration"));
	g_autofree char *text =
		g_strdup_printf("Signal=%s\r\nDuration=%d\r\n", signal ? signal : "", ms > 0 ? (int)ms : 160);
	sipws_msg *msg = info_for(line);

	sipws_msg_set_body(msg, RELAY, text, strlen(text));
	sipws_transactions_ask(line->bridge->transactions, msg, NULL, NULL);
}

/* A key among them comes as `dtmf` as well: that is told. */
static void tell_info(const sipws_line *line, const sipws_news *news)
{
	const char *type = json_string_value(json_object_get(news->result, "type"));
	const char *text = json_string_value(json_object_get(news->result, "content"));
	json_t *key = type && text ? key_request(type, text) : NULL;
	sipws_msg *msg;

	if (key) {
		json_decref(key);
		return;
	}
	msg = info_for(line);
	sipws_headers_from_api(msg, json_object_get(news->result, "headers"));
	sipws_content_from_api(msg, news->result, type);
	sipws_transactions_ask(line->bridge->transactions, msg, NULL, NULL);
}

static void carried_out(sipws_line *line, const sipws_news *news)
{
	sipws_server_tx *tx = sipws_pending_take(line->bridge->info->pending, news->transaction);

	if (tx)
		sipws_server_tx_reply(tx, sipws_server_tx_response(tx, 200, NULL));
}

void sipws_info_news(sipws_line *line, const sipws_news *news)
{
	if (strcmp(news->name, "dtmf") != 0 && strcmp(news->name, "info") != 0)
		carried_out(line, news);
	else if (line->call && strcmp(news->name, "dtmf") == 0)
		tell_key(line, news);
	else if (line->call)
		tell_info(line, news);
}
