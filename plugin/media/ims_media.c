#include "media/ims_media.h"

#include "base/ims_error.h"
#include "base/ims_lock.h"
#include "media/ims_anchor.h"
#include "media/ims_dtmf.h"
#include "media/ims_leg.h"
#include "media/ims_loop.h"

/* One m-line: its leg while it has ports, its seat while a loop serves it. */
typedef struct {
	ims_leg *leg;
	ims_seat *seat;
} slot;

struct ims_media {
	gint refs;
	ims_anchor *anchor;

	ims_lock lock; /* for all below */
	gboolean stopped;
	GMainContext *context; /* NULL: not attached */
	slot slots[IMS_SDP_MAX_MEDIA];
};

/* Seats and legs are let go outside the lock: the last reference ends up in Janus. */
typedef struct {
	guint n_seats, n_legs;
	ims_seat *seats[IMS_SDP_MAX_MEDIA];
	ims_leg *legs[IMS_SDP_MAX_MEDIA];
} leavers;

static void take_seat(leavers *out, slot *s)
{
	if (s->seat)
		out->seats[out->n_seats++] = g_steal_pointer(&s->seat);
}

static void let_go(leavers *out)
{
	for (guint i = 0; i < out->n_seats; i++)
		ims_seat_leave(out->seats[i]);
	for (guint i = 0; i < out->n_legs; i++)
		ims_leg_unref(out->legs[i]);
}

ims_media *ims_media_new(const ims_media_setup *setup)
{
	ims_media *media = g_new0(ims_media, 1);

	media->refs = 1;
	media->anchor = ims_anchor_new(setup);
	ims_lock_init(&media->lock);
	return media;
}

ims_media *ims_media_ref(ims_media *media)
{
	g_atomic_int_inc(&media->refs);
	return media;
}

void ims_media_unref(ims_media *media)
{
	if (!media || !g_atomic_int_dec_and_test(&media->refs))
		return;
	ims_media_stop(media);
	for (guint i = 0; i < G_N_ELEMENTS(media->slots); i++)
		ims_leg_unref(media->slots[i].leg);
	ims_anchor_unref(media->anchor);
	ims_lock_clear(&media->lock);
	g_free(media);
}

/* A reference, or NULL. Under the lock. */
static ims_leg *leg_at(const ims_media *media, guint mline)
{
	if (mline >= G_N_ELEMENTS(media->slots) || !media->slots[mline].leg)
		return NULL;
	return ims_leg_ref(media->slots[mline].leg);
}

static ims_leg *find_leg(ims_media *media, guint mline)
{
	g_auto(ims_locked) held = ims_lock_hold(&media->lock);

	return leg_at(media, mline);
}

/* What comes while nothing is attached belongs to the PeerConnection of an earlier call: Janus takes its time
 * to close one, and the next caller may be told our addresses before our user hears of him. */
static ims_leg *find_leg_of_browser(ims_media *media, guint mline)
{
	g_auto(ims_locked) held = ims_lock_hold(&media->lock);

	return media->context ? leg_at(media, mline) : NULL;
}

/* Gives one m-line its seat when it should have one. open and attach may both try at once: the
 * second finds it there. */
static void serve(ims_media *media, guint mline)
{
	slot *s = &media->slots[mline];
	g_autoptr(GMainContext) context = NULL;
	g_autoptr(ims_leg) leg = NULL;
	ims_seat *seat;

	{
		g_auto(ims_locked) held = ims_lock_hold(&media->lock);

		if (!media->context || !s->leg || s->seat)
			return;
		context = g_main_context_ref(media->context);
		leg = ims_leg_ref(s->leg);
	}
	seat = ims_loop_serve(media->anchor->loops, context, leg);
	{
		g_auto(ims_locked) held = ims_lock_hold(&media->lock);

		if (media->context == context && s->leg == leg && !s->seat)
			s->seat = g_steal_pointer(&seat);
	}
	if (seat)
		ims_seat_leave(seat);
}

/* Takes the leg over; FALSE: too late, the call is over. */
static gboolean put_leg(ims_media *media, guint mline, ims_leg *leg)
{
	g_auto(ims_locked) held = ims_lock_hold(&media->lock);

	if (media->stopped)
		return FALSE;
	media->slots[mline].leg = leg;
	return TRUE;
}

static ims_wire *open_wire(const ims_anchor *anchor, GError **error)
{
	g_autoptr(GError) problem = NULL;
	ims_wire *wire = ims_wire_open(anchor->address, anchor->dscp, anchor->ports, anchor->owner, &problem);

	if (wire)
		return wire;
	ims_alarm(anchor->alarms,
		  problem->code == IMS_E_LIMIT ? IMS_ALARM_PORTS_EXHAUSTED : IMS_ALARM_MEDIA_IO, "%s: %s",
		  anchor->owner, problem->message);
	g_propagate_error(error, g_steal_pointer(&problem));
	return NULL;
}

gboolean ims_media_open(ims_media *media, guint mline, ims_media_kind kind, guint16 *ret_port, GError **error)
{
	g_autoptr(ims_leg) leg = NULL;
	ims_wire *wire;
	guint16 port;

	if (mline >= G_N_ELEMENTS(media->slots)) {
		g_set_error(error, IMS_ERROR, IMS_E_LIMIT, "m-line %u: at most %u are served", mline,
			    IMS_SDP_MAX_MEDIA);
		return FALSE;
	}
	leg = find_leg(media, mline);
	if (leg) {
		*ret_port = ims_wire_port(ims_leg_wire(leg));
		return TRUE;
	}
	wire = open_wire(media->anchor, error);
	if (!wire)
		return FALSE;
	port = ims_wire_port(wire);
	leg = ims_leg_new(media->anchor, mline, kind, wire);
	if (!put_leg(media, mline, leg)) {
		g_set_error(error, IMS_ERROR, IMS_E_WRONG_STATE, "The media of this call have ended");
		return FALSE;
	}
	g_steal_pointer(&leg);
	serve(media, mline);
	*ret_port = port;
	return TRUE;
}

void ims_media_close(ims_media *media, guint mline)
{
	leavers out = { 0 };

	g_assert(mline < G_N_ELEMENTS(media->slots));
	{
		g_auto(ims_locked) held = ims_lock_hold(&media->lock);

		take_seat(&out, &media->slots[mline]);
		if (media->slots[mline].leg)
			out.legs[out.n_legs++] = g_steal_pointer(&media->slots[mline].leg);
	}
	if (out.n_legs)
		ims_leg_stop(out.legs[0], g_get_monotonic_time());
	let_go(&out);
}

static void wake(ims_media *media, const ims_leg *leg)
{
	g_autoptr(ims_seat) seat = NULL;

	{
		g_auto(ims_locked) held = ims_lock_hold(&media->lock);
		const slot *s = &media->slots[ims_leg_mline(leg)];

		if (s->leg == leg && s->seat)
			seat = ims_seat_ref(s->seat);
	}
	if (seat)
		ims_seat_wake(seat);
}

void ims_media_apply(ims_media *media, const GArray *streams)
{
	for (guint i = 0; i < streams->len; i++) {
		const ims_sdp_stream *stream = &g_array_index(streams, ims_sdp_stream, i);
		g_autoptr(ims_leg) leg = find_leg(media, stream->mline);

		if (!leg)
			continue;
		ims_leg_apply(leg, stream);
		wake(media, leg);
	}
}

/* The first audio leg that runs; a reference. */
static ims_leg *find_audio(ims_media *media)
{
	g_auto(ims_locked) held = ims_lock_hold(&media->lock);

	for (guint i = 0; i < G_N_ELEMENTS(media->slots); i++) {
		const slot *s = &media->slots[i];

		if (s->leg && s->seat && ims_leg_kind(s->leg) == IMS_MEDIA_AUDIO)
			return ims_leg_ref(s->leg);
	}
	return NULL;
}

gboolean ims_media_dtmf(ims_media *media, char digit, guint duration_ms, GError **error)
{
	int event = ims_dtmf_event(digit);
	g_autoptr(ims_leg) leg = NULL;

	if (event < 0) {
		g_set_error(error, IMS_ERROR, IMS_E_INVALID_ELEMENT, "A digit is one of 0-9 * # A-D");
		return FALSE;
	}
	if (duration_ms < IMS_DTMF_MIN_MS || duration_ms > IMS_DTMF_MAX_MS) {
		g_set_error(error, IMS_ERROR, IMS_E_INVALID_ELEMENT, "A tone lasts %d to %d ms, not %u",
			    IMS_DTMF_MIN_MS, IMS_DTMF_MAX_MS, duration_ms);
		return FALSE;
	}
	leg = find_audio(media);
	if (!leg) {
		g_set_error(error, IMS_ERROR, IMS_E_WRONG_STATE, "No tone can be sent: no audio runs");
		return FALSE;
	}
	if (!ims_leg_dtmf(leg, (guint8)event, duration_ms, g_get_monotonic_time(), error))
		return FALSE;
	wake(media, leg);
	return TRUE;
}

/* That of the loop of Janus which we were called from; a reference. */
static GMainContext *find_context(const ims_media *media)
{
	GSource *current = g_main_current_source();

	return current ? g_main_context_ref(g_source_get_context(current))
		       : ims_loops_spare(media->anchor->loops);
}

void ims_media_attach(ims_media *media)
{
	g_autoptr(GMainContext) context = find_context(media);

	{
		g_auto(ims_locked) held = ims_lock_hold(&media->lock);

		if (media->stopped || media->context)
			return;
		media->context = g_main_context_ref(context);
	}
	for (guint i = 0; i < G_N_ELEMENTS(media->slots); i++)
		serve(media, i);
}

/* Takes all off the loop; the caller lets them go. */
static GMainContext *take_seats(ims_media *media, leavers *out)
{
	for (guint i = 0; i < G_N_ELEMENTS(media->slots); i++)
		take_seat(out, &media->slots[i]);
	return g_steal_pointer(&media->context);
}

void ims_media_detach(ims_media *media)
{
	g_autoptr(GMainContext) context = NULL;
	leavers out = { 0 };

	{
		g_auto(ims_locked) held = ims_lock_hold(&media->lock);

		context = take_seats(media, &out);
	}
	let_go(&out);
}

void ims_media_stop(ims_media *media)
{
	g_autoptr(GMainContext) context = NULL;
	leavers out = { 0 };

	{
		g_auto(ims_locked) held = ims_lock_hold(&media->lock);

		if (media->stopped)
			return;
		media->stopped = TRUE;
		context = take_seats(media, &out);
		for (guint i = 0; i < G_N_ELEMENTS(media->slots); i++)
			if (media->slots[i].leg)
				out.legs[out.n_legs++] = ims_leg_ref(media->slots[i].leg);
	}
	for (guint i = 0; i < out.n_legs; i++)
		ims_leg_stop(out.legs[i], g_get_monotonic_time());
	let_go(&out);
}

void ims_media_from_browser(ims_media *media, guint mline, gboolean video, const char *packet, guint length)
{
	g_autoptr(ims_leg) leg = find_leg_of_browser(media, mline);

	if (leg && (ims_leg_kind(leg) == IMS_MEDIA_VIDEO) == !!video)
		ims_leg_from_browser(leg, (const guint8 *)packet, length, g_get_monotonic_time());
}

void ims_media_rtcp_from_browser(ims_media *media, guint mline, const char *packet, guint length)
{
	g_autoptr(ims_leg) leg = find_leg_of_browser(media, mline);

	if (!leg)
		return;
	ims_leg_rtcp_from_browser(leg, (const guint8 *)packet, length, g_get_monotonic_time());
	wake(media, leg);
}

void ims_media_want_key_frame(ims_media *media)
{
	for (guint i = 0; i < G_N_ELEMENTS(media->slots); i++) {
		g_autoptr(ims_leg) leg = find_leg(media, i);

		if (!leg)
			continue;
		ims_leg_want_key_frame(leg, g_get_monotonic_time());
		wake(media, leg);
	}
}

void ims_media_want_peer_key_frame(ims_media *media)
{
	for (guint i = 0; i < G_N_ELEMENTS(media->slots); i++) {
		g_autoptr(ims_leg) leg = find_leg(media, i);

		if (!leg)
			continue;
		ims_leg_want_peer_key_frame(leg, g_get_monotonic_time());
		wake(media, leg);
	}
}

gboolean ims_media_codec(ims_media *media, ims_track track, char ret_codec[IMS_SDP_CODEC_NAME])
{
	for (guint i = 0; i < G_N_ELEMENTS(media->slots); i++) {
		g_autoptr(ims_leg) leg = find_leg(media, i);

		if (leg && ims_leg_kind(leg) == ims_track_kind(track) && ims_leg_codec(leg, ret_codec))
			return TRUE;
	}
	return FALSE;
}

gboolean ims_media_tap(ims_media *media, ims_track track, const ims_tap_class *class, gpointer listener)
{
	for (guint i = 0; i < G_N_ELEMENTS(media->slots); i++) {
		g_autoptr(ims_leg) leg = find_leg(media, i);

		if (leg && ims_leg_kind(leg) == ims_track_kind(track) &&
		    ims_leg_tap(leg, ims_track_side(track), class, listener))
			return TRUE;
	}
	return FALSE;
}

void ims_media_untap(ims_media *media, gpointer listener)
{
	for (guint i = 0; i < G_N_ELEMENTS(media->slots); i++) {
		g_autoptr(ims_leg) leg = find_leg(media, i);

		if (leg)
			ims_leg_untap(leg, listener);
	}
}

guint ims_media_get_reports(ims_media *media, ims_media_report ret_reports[IMS_SDP_MAX_MEDIA])
{
	guint n = 0;

	for (guint i = 0; i < G_N_ELEMENTS(media->slots); i++) {
		g_autoptr(ims_leg) leg = find_leg(media, i);

		if (leg && ims_leg_get_report(leg, &ret_reports[n]))
			n++;
	}
	return n;
}

void ims_media_get_stats(ims_media *media, ims_media_stats *ret_stats)
{
	*ret_stats = (ims_media_stats){ 0 };
	for (guint i = 0; i < G_N_ELEMENTS(media->slots); i++) {
		g_autoptr(ims_leg) leg = find_leg(media, i);

		if (leg)
			ims_leg_add_stats(leg, ret_stats);
	}
}

guint ims_media_alive(void)
{
	return ims_anchor_alive();
}
