#include "media/ims_relay.h"

#include <glib-unix.h>

#include "base/ims_lock.h"
#include "base/ims_log.h"
#include "base/ims_worker.h"

struct ims_relay {
	GSource source;
	ims_leg *leg;
	gpointer rtp, rtcp; /* GLib's names of the two descriptors */
};

/* The thread for handles whose loop cannot be had. */
static ims_lock own_lock = IMS_LOCK_INIT;
static ims_worker *own_worker;    /* under own_lock */
static GMainContext *own_context; /* under own_lock */

static gboolean own_mail(gint fd, GIOCondition condition, gpointer user)
{
	(void)fd;
	(void)condition;
	ims_worker_drain(*(ims_worker **)user);
	return G_SOURCE_CONTINUE;
}

static void own_loop(ims_worker *worker, gpointer user)
{
	g_autoptr(GMainContext) context = user;
	GSource *mail = g_unix_fd_source_new(ims_worker_fd(worker), G_IO_IN);

	g_source_set_callback(mail, G_SOURCE_FUNC(own_mail), &worker, NULL);
	g_source_attach(mail, context);
	while (!ims_worker_is_stopping(worker))
		g_main_context_iteration(context, TRUE);
	g_source_destroy(mail);
	g_source_unref(mail);
}

static GMainContext *own_thread_context(void)
{
	g_auto(ims_locked) held = ims_lock_hold(&own_lock);

	if (!own_worker) {
		own_context = g_main_context_new();
		own_worker = ims_worker_new("ims-media", own_loop, g_main_context_ref(own_context));
	}
	return g_main_context_ref(own_context);
}

void ims_relay_end_thread(void)
{
	ims_worker *worker;
	GMainContext *context;

	{
		g_auto(ims_locked) held = ims_lock_hold(&own_lock);

		worker = g_steal_pointer(&own_worker);
		context = g_steal_pointer(&own_context);
	}
	if (!worker)
		return;
	ims_worker_stop(worker);
	ims_worker_free(worker);
	g_main_context_unref(context);
}

GMainContext *ims_relay_find_context(void)
{
	GSource *current = g_main_current_source();

	return current ? g_main_context_ref(g_source_get_context(current)) : own_thread_context();
}

static void serve_rtp(ims_leg *leg)
{
	const ims_anchor *anchor = ims_leg_anchor(leg);
	ims_wire_batch batch;
	guint n = ims_wire_receive(ims_leg_wire(leg), IMS_WIRE_RTP, &batch);
	gint64 now_us = g_get_monotonic_time();

	for (guint i = 0; i < n; i++) {
		ims_leg_packet out;

		if (ims_leg_from_core(leg, batch.packet[i], batch.length[i], &batch.from[i], now_us, &out))
			anchor->gateway->relay_rtp(anchor->handle, ims_leg_mline(leg),
						   ims_leg_kind(leg) == IMS_MEDIA_VIDEO, (char *)out.bytes,
						   (guint16)out.length, out.orientation);
	}
}

static void serve_rtcp(ims_leg *leg)
{
	ims_wire_batch batch;
	guint n = ims_wire_receive(ims_leg_wire(leg), IMS_WIRE_RTCP, &batch);
	gint64 now_us = g_get_monotonic_time();

	for (guint i = 0; i < n; i++)
		ims_leg_rtcp_from_core(leg, batch.packet[i], batch.length[i], &batch.from[i], now_us);
}

static void tick(ims_leg *leg)
{
	const ims_anchor *anchor = ims_leg_anchor(leg);
	ims_leg_asks asks = ims_leg_tick(leg, g_get_monotonic_time());

	if (asks.key_frame)
		anchor->gateway->send_pli(anchor->handle, ims_leg_mline(leg));
	if (asks.kbps > 0)
		anchor->gateway->send_remb(anchor->handle, asks.kbps);
	for (guint i = 0; i < asks.heard.n; i++)
		anchor->gateway->key_pressed(anchor->handle, ims_dtmf_key(asks.heard.key[i].event),
					     asks.heard.key[i].duration_ms);
	if (asks.picture_wanted)
		anchor->gateway->picture_wanted(anchor->handle);
}

/* The loop and the SIP thread may both be here: whoever finds that the leg became due at another
 * time meanwhile says it again, so the last word is the true one. */
static void set_alarm(ims_relay *relay)
{
	gint64 due;

	do {
		due = ims_leg_due(relay->leg);
		g_source_set_ready_time(&relay->source, due);
	} while (ims_leg_due(relay->leg) != due);
}

static gboolean dispatch(GSource *source, GSourceFunc callback, gpointer user)
{
	ims_relay *relay = (ims_relay *)source;

	(void)callback;
	(void)user;
	if (g_source_query_unix_fd(source, relay->rtp))
		serve_rtp(relay->leg);
	if (g_source_query_unix_fd(source, relay->rtcp))
		serve_rtcp(relay->leg);
	tick(relay->leg);
	set_alarm(relay);
	return G_SOURCE_CONTINUE;
}

static void finalize(GSource *source)
{
	ims_leg_unref(((ims_relay *)source)->leg);
}

static GSourceFuncs relay_funcs = { NULL, NULL, dispatch, finalize, NULL, NULL };

ims_relay *ims_relay_start(GMainContext *context, ims_leg *leg)
{
	GSource *source = g_source_new(&relay_funcs, sizeof(ims_relay));
	ims_relay *relay = (ims_relay *)source;
	const ims_wire *wire = ims_leg_wire(leg);

	relay->leg = ims_leg_ref(leg);
	relay->rtp = g_source_add_unix_fd(source, ims_wire_fd(wire, IMS_WIRE_RTP), G_IO_IN);
	relay->rtcp = g_source_add_unix_fd(source, ims_wire_fd(wire, IMS_WIRE_RTCP), G_IO_IN);
	g_source_set_name(source, "ims-media");
	/* It never does recurse. But a source that may not is taken out of the poll set and put back around
	 * each dispatch, and for each of its descriptors GLib wakes its own loop twice for that. */
	g_source_set_can_recurse(source, TRUE);
	ims_wire_drain(wire);
	tick(leg); /* plans the first report */
	set_alarm(relay);
	g_source_attach(source, context);
	return relay;
}

ims_relay *ims_relay_ref(ims_relay *relay)
{
	g_source_ref(&relay->source);
	return relay;
}

void ims_relay_unref(ims_relay *relay)
{
	if (relay)
		g_source_unref(&relay->source);
}

void ims_relay_wake(ims_relay *relay)
{
	set_alarm(relay);
}

void ims_relay_stop(ims_relay *relay)
{
	g_source_destroy(&relay->source);
	g_source_unref(&relay->source);
}
