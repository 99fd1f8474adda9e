/* ims_quality_watch.h: tells how good the media of a call are: each so many seconds about these seconds, and
 * at its end about all of it.
 *
 * Thread: the SIP thread. Owner: the call; embedded. */
#pragma once
#include "base/ims_clock.h"
#include "media/ims_media.h"

/* One direction of one stream. */
typedef struct {
	gboolean known; /* else nothing is: the far end reports nothing, or nothing came */
	guint64 packets;
	gint64 lost;
	double loss; /* of 1 */
	guint jitter_ms;
	double mos; /* of audio; 0: no estimate */
} ims_quality_way;

typedef struct {
	guint mline;
	ims_media_kind kind;
	char codec[IMS_SDP_CODEC_NAME];
	ims_quality_way from_peer, to_peer;
	guint round_trip_ms; /* 0: not known */
} ims_quality_stream;

typedef struct {
	gboolean final; /* the call is over: these are its totals */
	guint n;
	ims_quality_stream stream[IMS_SDP_MAX_MEDIA];
} ims_quality_report;

typedef struct {
	ims_timer timer;
	ims_media *media;
	gint64 every_ms;
	gboolean running;
	ims_media_report before[IMS_SDP_MAX_MEDIA]; /* by m-line, as last told */
	void (*tell)(const ims_quality_report *report, gpointer user);
	gpointer user;
} ims_quality_watch;

/* every_s 0: nothing is told. clock and media live longer. */
void ims_quality_watch_init(ims_quality_watch *watch, ims_clock *clock, ims_media *media, guint every_s,
			    void (*tell)(const ims_quality_report *report, gpointer user), gpointer user);
void ims_quality_watch_start(ims_quality_watch *watch);
void ims_quality_watch_stop(ims_quality_watch *watch); /* tells the last; harmless when it does not run */
