/* sipws_transfers.c: REFER (RFC 3515), both ways.
 *
 * The client transfers its far end: `transfer`, and what `notify` tells of it goes on as NOTIFY in the call's
 * dialog. The network transfers the client: a REFER to it; the INVITE that follows carries the number of the
 * `transfer` event, so the gateway tells the transferor by itself, and what the client tells with its NOTIFYs
 * is only looked at for a refusal. Dialogs named in Replaces are the client's: the API has call_ids. */
#include <string.h>
#include "bridge/sipws_pending.h"

enum {
	REFER_S = 180,    /* what a NOTIFY says is left of a transfer */
	ASKED_MAX = 8,    /* REFERs of the network that wait for the client */
	ASKED_MS = 70000, /* ... so long: the gateway waits a minute */
};

/* The client's REFER in a call, which has been told 202. There is one at a time: of another before it the
 * gateway tells no more. */
typedef struct {
	sipws_transfers *owner;
	char *call_id;   /* of the API: of the call that is transferred */
	guint32 cseq;    /* of the REFER: the id of its NOTIFYs (RFC 3515 2.4.6) */
	gboolean silent; /* Refer-Sub: false (RFC 4488) */
} sent_refer;

/* The network's REFER. */
typedef struct {
	sipws_transfers *owner;
	guint64 id;
	char *uri;
	sipws_dialog dialog; /* of a REFER outside calls; call_id NULL: it was inside one */
	sipws_client_tx *asking;
	gboolean used; /* the client calls */
	ims_timer timer;
} asked_refer;

struct sipws_transfers {
	sipws_bridge *bridge;
	sipws_pending *pending; /* until `transferring` */
	GPtrArray *sent;        /* of sent_refer * */
	GPtrArray *asked;       /* of asked_refer * */
};

/* ---- the lists ---- */

static void sent_free(gpointer data)
{
	sent_refer *t = data;

	g_free(t->call_id);
	g_free(t);
}

static void asked_free(gpointer data)
{
	asked_refer *t = data;

	if (t->asking)
		sipws_client_tx_forget(t->asking);
	ims_timer_stop(&t->timer);
	sipws_dialog_clear(&t->dialog);
	g_free(t->uri);
	g_free(t);
}

static sent_refer *find_sent(sipws_transfers *transfers, const char *call_id)
{
	for (guint i = 0; call_id && i < transfers->sent->len; i++) {
		sent_refer *t = transfers->sent->pdata[i];

		if (strcmp(t->call_id, call_id) == 0)
			return t;
	}
	return NULL;
}

static void drop_sent(sent_refer *t)
{
	g_ptr_array_remove_fast(t->owner->sent, t);
}

static void drop_asked(asked_refer *t)
{
	g_ptr_array_remove_fast(t->owner->asked, t);
}

void sipws_transfers_call_over(sipws_bridge *bridge, const char *call_id)
{
	sent_refer *t = find_sent(bridge->transfers, call_id);

	if (t)
		drop_sent(t);
}

sipws_transfers *sipws_transfers_new(sipws_bridge *bridge)
{
	sipws_transfers *transfers = g_new0(sipws_transfers, 1);

	transfers->bridge = bridge;
	transfers->pending = sipws_pending_new(bridge, NULL);
	transfers->sent = g_ptr_array_new_with_free_func(sent_free);
	transfers->asked = g_ptr_array_new_with_free_func(asked_free);
	return transfers;
}

void sipws_transfers_free(sipws_transfers *transfers)
{
	if (!transfers)
		return;
	g_ptr_array_unref(transfers->sent);
	g_ptr_array_unref(transfers->asked);
	sipws_pending_free(transfers->pending);
	g_free(transfers);
}

/* ---- the client transfers its far end ---- */

/* Its own tag is from-tag (RFC 3891 3); in a call that came JsSIP says to-tag for it. */
static gboolean are_tags_of(const sipws_dialog *dialog, const char *one, const char *other)
{
	return (g_strcmp0(dialog->local_tag, one) == 0 && g_strcmp0(dialog->remote_tag, other) == 0) ||
	       (g_strcmp0(dialog->local_tag, other) == 0 && g_strcmp0(dialog->remote_tag, one) == 0);
}

static sipws_call *with_dialog(sipws_bridge *bridge, const char *call_id, const char *to_tag,
			       const char *from_tag)
{
	for (guint i = 0; i < bridge->calls->len; i++) {
		sipws_call *call = bridge->calls->pdata[i];
		const sipws_dialog *dialog = sipws_call_dialog(call);

		if (g_strcmp0(dialog->call_id, call_id) == 0 && are_tags_of(dialog, to_tag, from_tag))
			return call;
	}
	return NULL;
}

/* The call whose dialog a Replaces names, as the client sees it. NULL: none. */
static sipws_call *replaced_by(sipws_bridge *bridge, const char *replaces)
{
	g_autofree char *call_id = g_strstrip(g_strndup(replaces, strcspn(replaces, ";")));
	g_autofree char *to_tag = sipws_parameter(replaces, "to-tag");
	g_autofree char *from_tag = sipws_parameter(replaces, "from-tag");
	sipws_bridge *kin;
	sipws_call *call = NULL;

	for (guint i = 0; !call && (kin = sipws_bridge_kin(bridge, i)); i++)
		call = with_dialog(kin, call_id, to_tag, from_tag);
	return call;
}

/* The Replaces among the headers of a URI (RFC 3261 19.1.1), unescaped. NULL: there is none. */
static char *replaces_in(const char *uri)
{
	const char *query = strchr(uri, '?');
	g_auto(GStrv) headers = query ? g_strsplit(query + 1, "&", -1) : NULL;

	for (char **header = headers; header && *header; header++)
		if (g_ascii_strncasecmp(*header, "Replaces=", strlen("Replaces=")) == 0)
			return g_uri_unescape_string(*header + strlen("Replaces="), NULL);
	return NULL;
}

/* Whom the client calls there, as the client knows him: the URI in its Refer-To may be our own Contact. */
static char *far_end_of(sipws_call *call)
{
	return sipws_address_uri(sipws_call_dialog(call)->local);
}

/* NULL, and what is wrong: there is nobody to be transferred to. */
static json_t *transfer_request(sipws_bridge *bridge, const sipws_call *call, const sipws_msg *msg,
				sipws_fault *ret_fault)
{
	sipws_address to = { "", "", "" };
	g_autofree char *replaces = NULL, *uri = NULL;
	sipws_call *other;

	if (!sipws_msg_address(msg, "Refer-To", 0, &to)) {
		*ret_fault = (sipws_fault){ 400, "Refer-To is missing" };
		return NULL;
	}
	replaces = replaces_in(to.uri);
	other = replaces ? replaced_by(bridge, replaces) : NULL;
	if (replaces && (!other || other == call)) {
		*ret_fault = (sipws_fault){ 400, "Replaces in Refer-To names no other call of this socket" };
		return NULL;
	}
	uri = other ? far_end_of(other) : g_strndup(to.uri, strcspn(to.uri, "?"));
	if (!other)
		return json_pack("{ss, ss}", "request", "transfer", "uri", uri);
	return json_pack("{ss, ss, ss}", "request", "transfer", "uri", uri, "replace", sipws_call_id(other));
}

static gboolean wants_no_notify(const sipws_msg *msg)
{
	const char *wish = sipws_msg_header(msg, "Refer-Sub", 0);

	return wish && g_ascii_strncasecmp(wish, "false", strlen("false")) == 0;
}

void sipws_transfers_request(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg,
			     sipws_call *call)
{
	sipws_line *line = call ? sipws_call_line(call) : NULL;
	sipws_fault fault = { 0, NULL };
	json_t *body, *headers;

	if (!call || !line || !sipws_call_id(call)) {
		sipws_server_tx_refuse(tx, call ? 481 : 403,
				       call ? NULL : "REFER is served inside calls only");
		return;
	}
	body = transfer_request(bridge, call, msg, &fault);
	if (!body) {
		sipws_server_tx_refuse(tx, fault.status, "%s", fault.reason);
		return;
	}
	sipws_call_name(call, body);
	headers = sipws_headers_to_api(msg);
	if (headers)
		json_object_set_new(body, "headers", headers);
	sipws_pending_ask(bridge->transfers->pending, line->handle, body, tx, NULL);
}

/* result: of `notify`; NULL: none. */
static void notify(sent_refer *t, const char *state, const char *status_line, const json_t *result)
{
	sipws_bridge *bridge = t->owner->bridge;
	sipws_call *call = sipws_call_of(bridge, t->call_id);
	g_autofree char *contact = sipws_contact(bridge);
	g_autofree char *fragment = g_strconcat(status_line, "\r\n", NULL);
	sipws_msg *msg;

	if (!call || t->silent)
		return;
	msg = sipws_dialog_request(sipws_call_dialog(call), "NOTIFY", contact);
	sipws_msg_add(msg, "Event", "refer;id=%u", t->cseq);
	sipws_msg_add(msg, "Subscription-State", "%s", state);
	sipws_headers_from_api(msg, json_object_get(result, "headers"));
	sipws_msg_set_body(msg, "message/sipfrag;version=2.0", fragment, strlen(fragment));
	sipws_transactions_ask(bridge->transactions, msg, NULL, NULL);
}

static void notify_active(sent_refer *t, const char *status_line, const json_t *result)
{
	g_autofree char *state = g_strdup_printf("active;expires=%d", REFER_S);

	notify(t, state, status_line, result);
}

static void notify_last(sent_refer *t, const char *status_line, const json_t *result)
{
	notify(t, "terminated;reason=noresource", status_line, result);
	drop_sent(t);
}

static sent_refer *begin(sipws_bridge *bridge, const char *call_id, const sipws_msg *msg)
{
	sent_refer *t = g_new0(sent_refer, 1);

	sipws_transfers_call_over(bridge, call_id); /* that of before */
	t->owner = bridge->transfers;
	t->call_id = g_strdup(call_id);
	t->cseq = sipws_msg_cseq(msg);
	t->silent = wants_no_notify(msg);
	g_ptr_array_add(bridge->transfers->sent, t);
	return t;
}

/* The far end's answer to the REFER is not told, only what comes of it: the client's is accepted now. */
static void transferring(sipws_line *line, const sipws_news *news)
{
	sipws_server_tx *tx = sipws_pending_take(line->bridge->transfers->pending, news->transaction);
	sipws_msg *accepted;
	sent_refer *t;

	if (!tx)
		return;
	accepted = sipws_server_tx_response(tx, 202, NULL);
	t = begin(line->bridge, news->call_id, sipws_server_tx_request(tx));
	if (t->silent)
		sipws_msg_add(accepted, "Refer-Sub", "false");
	sipws_server_tx_reply(tx, accepted);
	notify_active(t, "SIP/2.0 100 Trying", NULL);
}

static void progressed(sent_refer *t, const json_t *result)
{
	const char *content = json_string_value(json_object_get(result, "content"));
	const char *substate = json_string_value(json_object_get(result, "substate"));
	g_autofree char *line = g_strndup(content ? content : "", content ? strcspn(content, "\r\n") : 0);

	if (g_strcmp0(substate, "terminated") == 0)
		notify_last(t, *line ? line : "SIP/2.0 500 Nothing is known of it", result);
	else if (*line)
		notify_active(t, line, result);
}

static void transfer_failed(sent_refer *t, const json_t *result)
{
	const json_int_t code = json_integer_value(json_object_get(result, "code"));
	const char *reason = json_string_value(json_object_get(result, "reason"));
	g_autofree char *line = g_strdup_printf("SIP/2.0 %d %s", code >= 300 && code <= 699 ? (int)code : 500,
						reason ? reason : "");

	notify_last(t, line, NULL);
}

/* ---- the network transfers the client ---- */

static void decline(asked_refer *t, guint status)
{
	sipws_line *line = sipws_lines_master(t->owner->bridge);
	json_t *body = json_pack("{ss, sI, si}", "request", "decline", "refer_id", (json_int_t)t->id, "code",
				 status >= 400 && status <= 699 ? (int)status : 603);

	if (line)
		sipws_handle_ask(line->handle, body, NULL, NULL, NULL, NULL);
	else
		json_decref(body);
	drop_asked(t);
}

static void on_referred(const sipws_msg *response, gpointer user)
{
	asked_refer *t = user;
	const guint status = response ? sipws_msg_status(response) : 480;

	if (status < 200)
		return;
	t->asking = NULL;
	if (status >= 300)
		decline(t, status);
	else if (t->dialog.call_id)
		sipws_dialog_learn(&t->dialog, response);
}

static void asked_too_long(gpointer user)
{
	drop_asked(user);
}

static sipws_msg *refer_for(asked_refer *t, sipws_call *call, const json_t *result)
{
	sipws_bridge *bridge = t->owner->bridge;
	g_autofree char *contact = sipws_contact(bridge), *from = NULL, *to = NULL;

	if (call)
		return sipws_dialog_request(sipws_call_dialog(call), "REFER", contact);
	from = sipws_far_end(bridge, NULL, NULL);
	to = sipws_near_end(bridge, result);
	sipws_dialog_init_uac(&t->dialog, from, to, sipws_account_contact(bridge->account));
	return sipws_dialog_request(&t->dialog, "REFER", contact);
}

static void ask_client(sipws_bridge *bridge, const sipws_news *news)
{
	asked_refer *t = g_new0(asked_refer, 1);
	const char *referred_by = json_string_value(json_object_get(news->result, "referred_by"));
	sipws_msg *msg;

	t->owner = bridge->transfers;
	t->id = (guint64)json_integer_value(json_object_get(news->result, "refer_id"));
	t->uri = g_strdup(json_string_value(json_object_get(news->result, "refer_to")));
	ims_timer_init(&t->timer, bridge->clock, asked_too_long, t);
	ims_timer_arm(&t->timer, ASKED_MS);
	g_ptr_array_add(bridge->transfers->asked, t);
	msg = refer_for(t, news->call_id ? sipws_call_of(bridge, news->call_id) : NULL, news->result);
	sipws_msg_add(msg, "Refer-To", "<%s>", t->uri ? t->uri : "");
	if (referred_by)
		sipws_msg_add(msg, "Referred-By", "%s", referred_by);
	sipws_headers_from_api(msg, json_object_get(news->result, "headers"));
	t->asking = sipws_transactions_ask(bridge->transactions, msg, on_referred, t);
}

guint64 sipws_transfers_refer_id(sipws_transfers *transfers, const char *uri)
{
	for (guint i = 0; i < transfers->asked->len; i++) {
		asked_refer *t = transfers->asked->pdata[i];

		if (t->used || g_strcmp0(t->uri, uri) != 0)
			continue;
		t->used = TRUE;
		return t->id;
	}
	return 0;
}

/* The status of a message/sipfrag; 0: it has none. */
static guint status_in(const sipws_msg *msg)
{
	g_autoptr(GBytes) body = sipws_msg_body(msg);
	gsize length = 0;
	const char *bytes = body ? g_bytes_get_data(body, &length) : "";
	g_autofree char *line = g_strndup(bytes, MIN(length, 64));

	return g_str_has_prefix(line, "SIP/2.0 ") ? (guint)g_ascii_strtoull(line + 8, NULL, 10) : 0;
}

/* The one that the NOTIFY is about; several in one call are told apart by nobody. NULL: none waits. */
static asked_refer *told_of(sipws_transfers *transfers, const sipws_msg *msg, const sipws_call *call)
{
	for (guint i = 0; i < transfers->asked->len; i++) {
		asked_refer *t = transfers->asked->pdata[i];

		if (call ? !t->dialog.call_id : t->dialog.call_id && sipws_dialog_matches(&t->dialog, msg))
			return t;
	}
	return NULL;
}

void sipws_transfers_notify(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg, sipws_call *call)
{
	const char *event = sipws_msg_header(msg, "Event", 0);
	asked_refer *t = told_of(bridge->transfers, msg, call);
	const guint status = status_in(msg);

	if (!call && !t)
		sipws_server_tx_refuse(tx, 481, NULL);
	else if (!event || g_ascii_strncasecmp(event, "refer", strlen("refer")) != 0)
		sipws_server_tx_refuse(tx, 489, NULL);
	else {
		sipws_server_tx_reply(tx, sipws_server_tx_response(tx, 200, NULL));
		if (t && !t->used && status >= 300)
			decline(t, status);
	}
}

/* ---- what the gateway says ---- */

static void asked(sipws_line *line, const sipws_news *news)
{
	sipws_bridge *bridge = line->bridge;
	const json_int_t id = json_integer_value(json_object_get(news->result, "refer_id"));

	if (bridge->transfers->asked->len < ASKED_MAX && sipws_account_contact(bridge->account))
		ask_client(bridge, news);
	else
		sipws_handle_ask(line->handle,
				 json_pack("{ss, sI, si}", "request", "decline", "refer_id", id, "code", 480),
				 NULL, NULL, NULL, NULL);
}

void sipws_transfers_news(sipws_line *line, const sipws_news *news)
{
	sent_refer *t = line->call ? find_sent(line->bridge->transfers, sipws_call_id(line->call)) : NULL;

	if (strcmp(news->name, "transfer") == 0)
		asked(line, news);
	else if (strcmp(news->name, "transferring") == 0)
		transferring(line, news);
	else if (t && strcmp(news->name, "transferfailed") == 0)
		transfer_failed(t, news->result);
	else if (t)
		progressed(t, news->result);
}
