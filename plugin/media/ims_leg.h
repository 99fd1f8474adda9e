/* ims_leg.h: one stream between the browser and the core: what may pass, and as what.
 *
 * Towards the core it speaks as a source of its own: own SSRC, own unbroken numbers (ims_rtp_line),
 * the core's payload types, key presses between the speech. Towards the browser the far end's
 * numbers are kept as long as they are continuous; Janus sets the SSRC. Neither CSRCs nor header
 * extensions cross (REQ-114), but for the orientation of video (REQ-115). RTCP is made and read here, nothing
 * of it crosses: a key frame that one side wants is asked of the other in its own way (REQ-125).
 *
 * Threads: all it knows sits behind one short lock, so any. In practice: apply, dtmf: the SIP
 * thread; packets and ticks: the handle's Janus loop, in order. Janus is never called from here.
 * Owner: counted; the last reference closes the sockets. */
#pragma once
#include "media/ims_anchor.h"
#include "media/ims_dtmf.h"
#include "media/ims_taps.h"
#include "media/ims_wire.h"

typedef struct ims_leg ims_leg;

#define IMS_LEG_NEVER (-1) /* as g_source_set_ready_time has it */

static inline gint64 ims_leg_sooner(gint64 a, gint64 b)
{
	return a == IMS_LEG_NEVER || (b != IMS_LEG_NEVER && b < a) ? b : a;
}

ims_leg *ims_leg_new(ims_anchor *anchor, guint mline, ims_media_kind kind,
		     ims_wire *wire); /* the wire is the leg's now */
ims_leg *ims_leg_ref(ims_leg *leg);
void ims_leg_unref(ims_leg *leg);

/* These never change. */
ims_media_kind ims_leg_kind(const ims_leg *leg);
guint ims_leg_mline(const ims_leg *leg);
const ims_wire *ims_leg_wire(const ims_leg *leg);
const ims_anchor *ims_leg_anchor(const ims_leg *leg);

void ims_leg_apply(ims_leg *leg, const ims_sdp_stream *stream);
gboolean ims_leg_dtmf(ims_leg *leg, guint8 event, guint duration_ms, gint64 now_us, GError **error);

/* Nothing passes after it. RTCP BYE, when there was anybody to leave. Harmless twice. */
void ims_leg_stop(ims_leg *leg, gint64 now_us);

/* now_us: monotonic. */
void ims_leg_from_browser(ims_leg *leg, const guint8 *packet, gsize length, gint64 now_us);

/* What to hand to the browser: a part of the packet that came, changed in place. */
typedef struct {
	guint8 *bytes;
	gsize length;
	gint orientation; /* as the gateway has it */
} ims_leg_packet;

gboolean ims_leg_from_core(ims_leg *leg, guint8 *packet, gsize length, const ims_address *from, gint64 now_us,
			   ims_leg_packet *ret_packet); /* FALSE: nothing */
void ims_leg_rtcp_from_browser(ims_leg *leg, const guint8 *packet, gsize length, gint64 now_us);
void ims_leg_rtcp_from_core(ims_leg *leg, const guint8 *packet, gsize length, const ims_address *from,
			    gint64 now_us);
void ims_leg_want_key_frame(ims_leg *leg, gint64 now_us); /* the far end wants one of the browser */

void ims_leg_want_peer_key_frame(ims_leg *leg, gint64 now_us); /* somebody here wants one of the far end */

/* Lets a listener hear one side, until it is let go or the leg is. FALSE: nothing runs here, or too many
 * listen. */
gboolean ims_leg_tap(ims_leg *leg, ims_tap_side side, const ims_tap_class *class, gpointer listener);
void ims_leg_untap(ims_leg *leg, gpointer listener); /* harmless when it does not listen */
/* Of the codec that runs; FALSE: none does. */
gboolean ims_leg_codec(ims_leg *leg, char ret_codec[IMS_SDP_CODEC_NAME]);

/* Keys of the far end that were let go. */
#define IMS_LEG_KEYS 4
typedef struct {
	guint n;
	ims_dtmf_digit key[IMS_LEG_KEYS];
} ims_leg_keys;

/* What is to be asked of Janus now. */
typedef struct {
	gboolean key_frame;      /* of the browser */
	gboolean picture_wanted; /* of the far end, by signalling: it took neither PLI nor FIR */
	guint kbps;              /* the limit that the browser is told; 0: none */
	ims_leg_keys heard;
} ims_leg_asks;

/* RTCP reports, key presses, key frames: tick when due, any time is harmless. */
ims_leg_asks ims_leg_tick(ims_leg *leg, gint64 now_us);
gint64 ims_leg_due(ims_leg *leg); /* monotonic; or IMS_LEG_NEVER */

gboolean ims_leg_get_report(ims_leg *leg, ims_media_report *ret_report); /* FALSE: nothing runs */
void ims_leg_add_stats(ims_leg *leg, ims_media_stats *stats); /* sums; the worst jitter and round trip */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ims_leg, ims_leg_unref)
