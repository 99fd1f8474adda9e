#include "bridge/sipws_pending.h"

#include <string.h>

enum {
	PENDING_MS = 45000, /* 10 s of Janus and 64*T1 of the network: the plugin has answered by then */
	RETRY_AFTER_S = 5,
};

typedef struct {
	sipws_pending *owner;
	sipws_handle *handle; /* a reference: where its request may still be open */
	sipws_server_tx *tx;  /* NULL: given away */
	char *transaction, *call_id;
	ims_timer timer;
} entry;

struct sipws_pending {
	sipws_bridge *bridge;
	sipws_refused refused;
	GPtrArray *entries; /* of entry *, the oldest first */
};

static void entry_free(gpointer data)
{
	entry *e = data;

	sipws_handle_disown(e->handle, e);
	sipws_handle_unref(e->handle);
	ims_timer_stop(&e->timer);
	g_free(e->transaction);
	g_free(e->call_id);
	g_free(e);
}

sipws_pending *sipws_pending_new(sipws_bridge *bridge, sipws_refused refused)
{
	sipws_pending *pending = g_new0(sipws_pending, 1);

	pending->bridge = bridge;
	pending->refused = refused;
	pending->entries = g_ptr_array_new_with_free_func(entry_free);
	return pending;
}

void sipws_pending_free(sipws_pending *pending)
{
	if (!pending)
		return;
	g_ptr_array_unref(pending->entries);
	g_free(pending);
}

/* ---- refusing ---- */

void sipws_refuse(sipws_server_tx *tx, const sipws_failure *failure)
{
	sipws_msg *response = sipws_server_tx_response(tx, failure->status, failure->text);

	if (failure->status == 503)
		sipws_msg_add(response, "Retry-After", "%u",
			      failure->again_s ? failure->again_s : RETRY_AFTER_S);
	sipws_server_tx_reply(tx, response);
}

/* A challenge of the network's that is shown here is nobody's to answer any more. */
static guint status_of(const sipws_news *news)
{
	const json_int_t code = json_integer_value(json_object_get(news->result, "code"));

	if (code < 300 || code > 699)
		return 500;
	return code == 401 || code == 407 ? 403 : (guint)code;
}

void sipws_refuse_by_news(sipws_server_tx *tx, const sipws_news *news)
{
	const char *reason = json_string_value(json_object_get(news->result, "reason"));
	const json_t *ims = json_object_get(news->result, "ims");
	const json_int_t retry_s = json_integer_value(json_object_get(ims, "retry_after"));
	sipws_msg *response =
		sipws_server_tx_response(tx, status_of(news), reason && *reason ? reason : NULL);

	if (retry_s > 0)
		sipws_msg_add(response, "Retry-After", "%" JSON_INTEGER_FORMAT, retry_s);
	sipws_headers_from_api(response, json_object_get(news->result, "headers"));
	sipws_server_tx_reply(tx, response);
}

/* ---- the list ---- */

static void refuse(entry *e, const sipws_failure *failure)
{
	const sipws_pending *pending = e->owner;
	sipws_server_tx *tx = g_steal_pointer(&e->tx);
	g_autofree char *call_id = g_strdup(e->call_id);

	if (tx)
		sipws_refuse(tx, failure);
	if (tx && pending->refused)
		pending->refused(pending->bridge, call_id);
}

static void on_failed(const sipws_failure *failure, gpointer user)
{
	entry *e = user;

	refuse(e, failure);
	g_ptr_array_remove(e->owner->entries, e);
}

/* The plugin says nothing, or its handle is gone. */
static void on_silence(gpointer user)
{
	on_failed(&(sipws_failure){ .status = 504, .text = "The gateway did not answer in time" }, user);
}

void sipws_pending_ask(sipws_pending *pending, sipws_handle *handle, json_t *body, sipws_server_tx *tx,
		       const char *call_id)
{
	entry *e = g_new0(entry, 1);

	e->owner = pending;
	e->handle = sipws_handle_ref(handle);
	e->tx = tx;
	e->call_id = g_strdup(call_id);
	ims_timer_init(&e->timer, pending->bridge->clock, on_silence, e);
	ims_timer_arm(&e->timer, PENDING_MS);
	g_ptr_array_add(pending->entries, e);
	e->transaction = g_strdup(sipws_handle_ask(handle, body, NULL, NULL, on_failed, e));
}

static entry *find(sipws_pending *pending, const char *transaction, const char *call_id)
{
	for (guint i = 0; i < pending->entries->len; i++) {
		entry *e = pending->entries->pdata[i];

		if ((transaction && g_strcmp0(e->transaction, transaction) == 0) ||
		    (call_id && g_strcmp0(e->call_id, call_id) == 0))
			return e;
	}
	return NULL;
}

static sipws_server_tx *take(sipws_pending *pending, entry *e)
{
	sipws_server_tx *tx = e ? e->tx : NULL;

	if (e)
		g_ptr_array_remove(pending->entries, e);
	return tx;
}

sipws_server_tx *sipws_pending_take(sipws_pending *pending, const char *transaction)
{
	return take(pending, find(pending, transaction, NULL));
}

sipws_server_tx *sipws_pending_take_of(sipws_pending *pending, const char *call_id)
{
	return take(pending, find(pending, NULL, call_id));
}

sipws_server_tx *sipws_pending_give(sipws_pending *pending, const char *call_id)
{
	entry *e = find(pending, NULL, call_id);

	return e ? g_steal_pointer(&e->tx) : NULL;
}

gboolean sipws_pending_go_on(sipws_pending *pending, const char *call_id, sipws_server_tx *tx)
{
	entry *e = find(pending, NULL, call_id);

	if (!e || e->tx)
		return FALSE;
	e->tx = tx;
	return TRUE;
}
