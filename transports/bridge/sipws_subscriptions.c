/* sipws_subscriptions.c: SUBSCRIBE and NOTIFY (RFC 6665). The client's subscription is with this gateway, and
 * lasts as long as the client refreshes it; the network's is refreshed by janus.plugin.ims. */
#include <string.h>
#include "bridge/sipws_content.h"
#include "bridge/sipws_pending.h"

enum {
	EXPIRES_S = 3600,      /* when the client does not say */
	EXPIRES_MAX_S = 86400, /* that it is granted */
	LAST_NOTIFY_MS = 5000, /* for the network's last word on a subscription that ends */
	HELD_MAX = 8,          /* NOTIFYs that came before the answer to the SUBSCRIBE */
	CALL_ID_MAX = 256,     /* bytes that the API takes */
};

typedef struct {
	sipws_subscriptions *owner;
	sipws_dialog dialog;
	char *call_id;              /* the API's */
	char *event;                /* as the client says it, with its id */
	char *package;              /* ... without */
	char *whose;                /* URI; NULL: the user's own */
	gboolean accepted;          /* a SUBSCRIBE was answered 2xx: NOTIFYs may go out */
	gboolean ending;            /* unsubscribed: the network has the last word */
	gboolean fetch;             /* the client wants to hear it once (RFC 6665 4.4.3) */
	guint asked_s;              /* by the last SUBSCRIBE */
	gint64 ends_ms;             /* for the client */
	GQueue held;                /* of json_t *: results of `notify` */
	sipws_client_tx *notifying; /* the last NOTIFY, while it is not answered */
	ims_timer timer;            /* ends_ms; LAST_NOTIFY_MS */
} subscription;

struct sipws_subscriptions {
	sipws_bridge *bridge;
	GPtrArray *all;         /* of subscription * */
	sipws_pending *pending; /* until `subscribe_succeeded` or `subscribe_failed` */
};

/* ---- the list ---- */

static void release(gpointer result)
{
	json_decref(result);
}

static void subscription_free(gpointer data)
{
	subscription *s = data;

	if (s->notifying)
		sipws_client_tx_forget(s->notifying);
	ims_timer_stop(&s->timer);
	sipws_dialog_clear(&s->dialog);
	g_queue_clear_full(&s->held, release);
	g_free(s->call_id);
	g_free(s->event);
	g_free(s->package);
	g_free(s->whose);
	g_free(s);
}

static subscription *find(sipws_subscriptions *subscriptions, const char *call_id)
{
	for (guint i = 0; call_id && i < subscriptions->all->len; i++) {
		subscription *s = subscriptions->all->pdata[i];

		if (strcmp(s->call_id, call_id) == 0)
			return s;
	}
	return NULL;
}

static subscription *find_dialog(sipws_subscriptions *subscriptions, const sipws_msg *msg)
{
	for (guint i = 0; i < subscriptions->all->len; i++) {
		subscription *s = subscriptions->all->pdata[i];

		if (sipws_dialog_matches(&s->dialog, msg))
			return s;
	}
	return NULL;
}

static void drop(subscription *s)
{
	g_ptr_array_remove_fast(s->owner->all, s);
}

/* The first SUBSCRIBE has failed: there is no subscription. */
static void refused(sipws_bridge *bridge, const char *call_id)
{
	subscription *s = find(bridge->subscriptions, call_id);

	if (s && !s->accepted)
		drop(s);
}

sipws_subscriptions *sipws_subscriptions_new(sipws_bridge *bridge)
{
	sipws_subscriptions *subscriptions = g_new0(sipws_subscriptions, 1);

	subscriptions->bridge = bridge;
	subscriptions->all = g_ptr_array_new_with_free_func(subscription_free);
	subscriptions->pending = sipws_pending_new(bridge, refused);
	return subscriptions;
}

void sipws_subscriptions_free(sipws_subscriptions *subscriptions)
{
	if (!subscriptions)
		return;
	g_ptr_array_unref(subscriptions->all);
	sipws_pending_free(subscriptions->pending);
	g_free(subscriptions);
}

/* ---- towards the gateway ---- */

static json_t *request_of(const subscription *s, const char *request)
{
	json_t *body =
		json_pack("{ss, ss, ss}", "request", request, "event", s->package, "call_id", s->call_id);

	if (s->whose)
		json_object_set_new(body, "to", json_string(s->whose));
	return body;
}

static void unsubscribe(subscription *s)
{
	sipws_line *line = sipws_lines_master(s->owner->bridge);

	if (line && !s->ending)
		sipws_handle_ask(line->handle, request_of(s, "unsubscribe"), NULL, NULL, NULL, NULL);
	s->ending = TRUE;
	ims_timer_arm(&s->timer, LAST_NOTIFY_MS);
}

/* ---- NOTIFY ---- */

/* Whoever does not know it any more, or does not answer, wants no more of it (RFC 6665 4.2.2). */
static void on_notified(const sipws_msg *response, gpointer user)
{
	subscription *s = user;

	if (response && sipws_msg_status(response) < 200)
		return;
	s->notifying = NULL;
	if (response && sipws_msg_status(response) != 481)
		return;
	unsubscribe(s);
	drop(s);
}

/* state: the whole of Subscription-State. result: of `notify`; NULL: without content. */
static void notify(subscription *s, const char *state, const json_t *result)
{
	g_autofree char *contact = sipws_contact(s->owner->bridge);
	sipws_msg *msg = sipws_dialog_request(&s->dialog, "NOTIFY", contact);

	sipws_msg_add(msg, "Event", "%s", s->event);
	sipws_msg_add(msg, "Subscription-State", "%s", state);
	sipws_headers_from_api(msg, json_object_get(result, "headers"));
	sipws_content_from_api(msg, result, json_string_value(json_object_get(result, "content-type")));
	if (s->notifying)
		sipws_client_tx_forget(s->notifying);
	s->notifying = sipws_transactions_ask(s->owner->bridge->transactions, msg, on_notified, s);
}

static void notify_last(subscription *s, const char *reason, const json_t *result)
{
	g_autofree char *state = g_strdup_printf("terminated;reason=%s", reason);

	notify(s, state, result);
	drop(s);
}

/* The client's time is up, or the network's last word does not come. */
static void timer_fired(gpointer user)
{
	subscription *s = user;

	if (s->ending)
		notify_last(s, "timeout", NULL);
	else
		unsubscribe(s);
}

/* After these the gateway subscribes again by itself (docs/api.md): the client's subscription goes on. */
static gboolean goes_on(const char *reason)
{
	static const char *const again[] = { "deactivated", "timeout", "probation", "giveup", NULL };

	return reason && g_strv_contains(again, reason);
}

static guint left_s(const subscription *s)
{
	const gint64 left_ms = s->ends_ms - ims_clock_now_ms(s->owner->bridge->clock);

	return left_ms > 0 ? (guint)((left_ms + 999) / 1000) : 0;
}

/* Its own time, not the network's, is what the client hears. FALSE: the subscription is no more. */
static gboolean hand_on(subscription *s, const json_t *result)
{
	const char *substate = json_string_value(json_object_get(result, "substate"));
	const char *reason = json_string_value(json_object_get(json_object_get(result, "ims"), "reason"));
	const gboolean over = g_strcmp0(substate, "terminated") == 0;
	g_autofree char *state = NULL;

	if (s->fetch)
		unsubscribe(s);
	if (s->fetch || (s->ending && over)) {
		notify_last(s, "timeout", result);
		return FALSE;
	}
	if (over && !goes_on(reason)) {
		notify_last(s, reason ? reason : "noresource", result);
		return FALSE;
	}
	if (s->ending)
		return TRUE;
	state = g_strdup_printf("%s;expires=%u", g_strcmp0(substate, "pending") == 0 ? "pending" : "active",
				left_s(s));
	notify(s, state, result);
	return TRUE;
}

/* ---- SUBSCRIBE ---- */

static void accept(subscription *s, sipws_server_tx *tx, guint expires_s)
{
	g_autofree char *contact = sipws_contact(s->owner->bridge);
	sipws_msg *ok = sipws_msg_new_response(sipws_server_tx_request(tx), 200, NULL, s->dialog.local_tag);

	sipws_msg_add(ok, "Expires", "%u", expires_s);
	sipws_msg_add(ok, "Contact", "%s", contact);
	sipws_server_tx_reply(tx, ok);
	s->accepted = TRUE;
}

/* RFC 6665 4.1.2.1: 3600 s where the client does not say. */
static guint expires_of(const sipws_msg *msg)
{
	const char *expires = sipws_msg_header(msg, "Expires", 0);

	return expires ? (guint)MIN(g_ascii_strtoull(expires, NULL, 10), EXPIRES_MAX_S) : EXPIRES_S;
}

static void set_accept(json_t *body, const sipws_msg *msg)
{
	g_autoptr(GString) types = g_string_new(NULL);
	const char *type;

	for (guint i = 0; (type = sipws_msg_header(msg, "Accept", i)); i++)
		g_string_append_printf(types, "%s%s", i ? ", " : "", type);
	if (types->len)
		json_object_set_new(body, "accept", json_string(types->str));
}

/* A filter (RFC 4660) is text. */
static void set_content(json_t *body, const sipws_msg *msg)
{
	g_autoptr(GBytes) content = sipws_msg_body(msg);
	gsize length = 0;
	const char *bytes = content ? g_bytes_get_data(content, &length) : NULL;
	json_t *text = length ? json_stringn(bytes, length) : NULL;

	if (!text)
		return;
	json_object_set_new(body, "content", text);
	json_object_set_new(body, "content_type", json_string(sipws_msg_content_type(msg)));
}

static void ask(subscription *s, sipws_server_tx *tx, const sipws_msg *msg, gboolean anew)
{
	sipws_line *line = sipws_lines_master(s->owner->bridge);
	json_t *body = request_of(s, "subscribe");

	s->asked_s = expires_of(msg);
	json_object_set_new(body, "subscribe_ttl",
			    json_integer(s->asked_s ? (json_int_t)s->asked_s : EXPIRES_S));
	if (anew) {
		set_accept(body, msg);
		set_content(body, msg);
		sipws_speaker_to_api(body, msg);
	}
	sipws_pending_ask(s->owner->pending, line->handle, body, tx, s->call_id);
}

static gboolean may_begin(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg)
{
	if (!sipws_msg_header(msg, "Event", 0))
		sipws_server_tx_refuse(tx, 489, "Event is missing");
	else if (bridge->subscriptions->all->len >= bridge->config->subscriptions)
		sipws_refuse(tx, &(sipws_failure){ .status = 503, .text = "Too many subscriptions" });
	else if (!sipws_lines_master(bridge))
		sipws_refuse(tx, &(sipws_failure){ .status = 503, .text = "The gateway is not in service" });
	else if (strlen(sipws_msg_call_id(msg)) > CALL_ID_MAX ||
		 find(bridge->subscriptions, sipws_msg_call_id(msg)))
		sipws_server_tx_refuse(tx, 400, "Call-ID is too long, or another subscription's");
	else
		return TRUE;
	return FALSE;
}

static void begin(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg)
{
	subscription *s;

	if (!may_begin(bridge, tx, msg))
		return;
	s = g_new0(subscription, 1);
	s->owner = bridge->subscriptions;
	sipws_dialog_init_uas(&s->dialog, msg);
	s->call_id = g_strdup(sipws_msg_call_id(msg));
	s->event = g_strdup(sipws_msg_header(msg, "Event", 0));
	s->package = g_strndup(s->event, strcspn(s->event, "; \t"));
	s->whose =
		sipws_account_owns(bridge->account, sipws_msg_uri(msg)) ? NULL : g_strdup(sipws_msg_uri(msg));
	s->fetch = expires_of(msg) == 0;
	ims_timer_init(&s->timer, bridge->clock, timer_fired, s);
	g_ptr_array_add(s->owner->all, s);
	ask(s, tx, msg, TRUE);
}

static void go_on(subscription *s, sipws_server_tx *tx, const sipws_msg *msg)
{
	if (!sipws_dialog_accepts(&s->dialog, msg)) {
		sipws_server_tx_refuse(tx, 500, "CSeq is not above the last one");
	} else if (!s->accepted || s->ending) {
		sipws_server_tx_refuse(tx, s->ending ? 481 : 491, NULL);
	} else if (expires_of(msg) == 0) {
		accept(s, tx, 0);
		unsubscribe(s);
	} else if (!sipws_lines_master(s->owner->bridge)) {
		sipws_refuse(tx, &(sipws_failure){ .status = 503, .text = "The gateway is not in service" });
	} else {
		sipws_dialog_learn(&s->dialog, msg);
		ask(s, tx, msg, FALSE);
	}
}

void sipws_subscriptions_request(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg)
{
	subscription *s = find_dialog(bridge->subscriptions, msg);

	if (s)
		go_on(s, tx, msg);
	else if (*sipws_msg_to_tag(msg))
		sipws_server_tx_refuse(tx, 481, NULL);
	else
		begin(bridge, tx, msg);
}

sipws_server_tx *sipws_subscriptions_give(sipws_bridge *bridge, const char *call_id)
{
	return sipws_pending_give(bridge->subscriptions->pending, call_id);
}

void sipws_subscriptions_go_on(sipws_bridge *bridge, const char *call_id, sipws_server_tx *tx)
{
	subscription *s = find(bridge->subscriptions, call_id);

	if (!s || !sipws_pending_go_on(bridge->subscriptions->pending, call_id, tx)) {
		sipws_server_tx_refuse(tx, 500, "The subscription that this was about is over");
		return;
	}
	s->dialog.remote_cseq = sipws_msg_cseq(sipws_server_tx_request(tx));
}

/* ---- what the gateway says ---- */

static void succeeded(subscription *s, const json_t *result)
{
	sipws_server_tx *tx = sipws_pending_take_of(s->owner->pending, s->call_id);
	const json_int_t granted_s = json_integer_value(json_object_get(result, "expires"));
	const guint expires_s = (guint)CLAMP(granted_s, 0, (json_int_t)s->asked_s);
	gboolean lives = TRUE;
	json_t *held;

	if (tx && s->ending)
		sipws_server_tx_refuse(tx, 481, NULL);
	if (!tx || s->ending)
		return;
	accept(s, tx, expires_s);
	s->ends_ms = ims_clock_now_ms(s->owner->bridge->clock) + (gint64)expires_s * 1000;
	ims_timer_arm(&s->timer, s->fetch ? LAST_NOTIFY_MS : (gint64)expires_s * 1000);
	while (lives && (held = g_queue_pop_head(&s->held))) {
		lives = hand_on(s, held);
		json_decref(held);
	}
}

static void failed(subscription *s, const sipws_news *news)
{
	sipws_server_tx *tx = sipws_pending_take_of(s->owner->pending, s->call_id);

	if (tx)
		sipws_refuse_by_news(tx, news);
	if (s->accepted)
		notify_last(s, "noresource", NULL);
	else
		drop(s);
}

static void notified(subscription *s, const json_t *result)
{
	if (s->accepted)
		hand_on(s, result);
	else if (s->held.length < HELD_MAX)
		g_queue_push_tail(&s->held, json_incref((json_t *)result));
}

void sipws_subscriptions_news(sipws_line *line, const sipws_news *news)
{
	subscription *s = find(line->bridge->subscriptions, news->call_id);

	if (!s)
		return;
	if (strcmp(news->name, "subscribe_succeeded") == 0)
		succeeded(s, news->result);
	else if (strcmp(news->name, "subscribe_failed") == 0)
		failed(s, news);
	else if (strcmp(news->name, "notify") == 0)
		notified(s, news->result);
}

void sipws_subscriptions_end(sipws_bridge *bridge)
{
	const GPtrArray *all = bridge->subscriptions->all;

	while (all->len) {
		subscription *s = all->pdata[all->len - 1];

		if (s->accepted)
			notify_last(s, "timeout", NULL);
		else
			drop(s);
	}
}
