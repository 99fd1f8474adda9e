/* ims_media.h: all the media of one call: its streams between Janus and the core.
 *
 * Life: new -> open (ports exist, so an offer can name them) -> apply (what was agreed; may come
 * again) -> attach (Janus's loop serves the sockets) -> detach or stop -> last unref closes.
 *
 * Threads: refcounted. open, apply, dtmf: the SIP thread. attach, detach, from_browser, and the
 * sockets: the handle's Janus loop. stop, ref, unref: any. Nothing here blocks. */
#pragma once
#include <glib.h>
#include "base/ims_gateway.h"
#include "media/ims_loops.h"
#include "media/ims_ports.h"
#include "media/ims_track.h"
#include "sdp/ims_sdp_rewrite.h"

typedef struct ims_media ims_media;

typedef struct {
	const char *address; /* local, numeric */
	guint dscp;
	gboolean strict_source; /* RTP from the signalled address alone, no latching */
	ims_ports *ports;
	ims_loops *loops;
	const ims_gateway *gateway;
	gpointer handle;    /* the Janus handle; a reference is taken and held */
	const char *owner;  /* names the call in port lists and logs */
	ims_alarms *alarms; /* NULL: none */
} ims_media_setup;

ims_media *ims_media_new(const ims_media_setup *setup);
ims_media *ims_media_ref(ims_media *media); /* [any thread] */
void ims_media_unref(ims_media *media);     /* [any thread] */

/* One stream; on success the even RTP port (RTCP is the next). An m-line that has its ports keeps
 * them. Errors: IMS_E_LIMIT no port free, IMS_E_IO with the system's reason, IMS_E_WRONG_STATE
 * after stop; nothing is left half open. */
gboolean ims_media_open(ims_media *media, guint mline, ims_media_kind kind, guint16 *ret_port,
			GError **error);
void ims_media_close(ims_media *media, guint mline); /* a refused m-line gives its ports back */

/* What offer/answer agreed; array of ims_sdp_stream. Before the first call everything that
 * arrives is discarded; on later ones an unchanged remote address keeps its latched source. */
void ims_media_apply(ims_media *media, const GArray *streams);

/* RFC 4733 events at the negotiated payload type, queued behind those still playing. Up to 32 wait.
 * digit: 0-9 * # A-D (case ignored) duration: 40 to 6000 ms.
 * Errors: IMS_E_INVALID_ELEMENT; IMS_E_UNSUPPORTED when telephone-event was not negotiated;
 * IMS_E_LIMIT; IMS_E_WRONG_STATE before media runs, or on hold. */
gboolean ims_media_dtmf(ims_media *media, char digit, guint duration_ms, GError **error);

void ims_media_attach(ims_media *media); /* setup_media; again is harmless. Finds the GMainContext itself */
void ims_media_detach(ims_media *media); /* hangup_media; may be attached again for a next PeerConnection */
void ims_media_stop(
	ims_media *media); /* the call is over: no packet passes any more, RTCP BYE sent. Any thread */

/* What comes before attach or after detach is of an earlier call's PeerConnection, and goes nowhere. */
void ims_media_from_browser(ims_media *media, guint mline, gboolean video, const char *packet, guint length);
void ims_media_rtcp_from_browser(ims_media *media, guint mline, const char *packet, guint length);

/* The far end wants a key frame, and said so in signalling (RFC 5168). Asks all video of the browser.
 * [any thread] */
void ims_media_want_key_frame(ims_media *media);

/* ... and the user of the far end, by whatever it takes. [any thread] */
void ims_media_want_peer_key_frame(ims_media *media);

/* The codec that a track runs in, of the first stream of its kind. FALSE: none runs. [any thread] */
gboolean ims_media_codec(ims_media *media, ims_track track, char ret_codec[IMS_SDP_CODEC_NAME]);
/* Lets a listener hear that track, with a reference of its own, until it is let go or the stream ends. FALSE:
 * none runs, or too many listen. [any thread] */
gboolean ims_media_tap(ims_media *media, ims_track track, const ims_tap_class *class, gpointer listener);
void ims_media_untap(ims_media *media, gpointer listener); /* [any thread] */

typedef struct {
	guint64 packets_to_core, packets_to_browser;
	guint64 bytes_to_core, bytes_to_browser;
	guint64 discarded; /* wrong source, size, version, payload type, or direction */
	guint64 strangers; /* ... of these, RTP whose source is not the far end */
	guint64 forged;    /* ... SRTP and SRTCP that its key does not open, or that came before */
	guint32 lost;      /* core to edge, cumulative (RFC 3550 A.3) */
	guint jitter_ms, round_trip_ms;
	gint64 last_from_core_us;    /* RTP or RTCP of the far end, monotonic; 0: never */
	gint64 last_from_browser_us; /* the same of the browser */
} ims_media_stats;

/* What is known of one stream that runs. */
typedef struct {
	guint mline;
	ims_media_kind kind;
	char codec[IMS_SDP_CODEC_NAME];
	guint64 received; /* of the far end's RTP */
	gint64 lost;
	guint jitter_ms;
	guint64 sent;      /* to the far end */
	guint far_reports; /* that it made about this; 0: the next three are void */
	gint64 far_lost;
	guint32 far_highest; /* extended sequence number */
	guint far_jitter_ms;
	guint round_trip_ms; /* 0: not known */
} ims_media_report;

/* How many; in order of m-lines. [any thread] */
guint ims_media_get_reports(ims_media *media, ims_media_report ret_reports[IMS_SDP_MAX_MEDIA]);

void ims_media_get_stats(ims_media *media, ims_media_stats *ret_stats); /* [any thread] */

/* How many exist in this process, each counted until its last socket is closed and its handle let
 * go: for soak tests, and to wait for before ports and loops are freed. [any thread] */
guint ims_media_alive(void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ims_media, ims_media_unref)
