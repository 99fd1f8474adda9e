/* ims_silence.h: notices that nothing comes from one end of a call any more (REQ-113; of the browser REQ-102:
 * Janus does not tell when ICE consent is lost).
 *
 * RTP or RTCP of any stream counts as a sign of life; while nothing is expected, as on hold, it does not
 * listen. Thread: the SIP thread. Owner: the call; embedded. */
#pragma once
#include "base/ims_clock.h"
#include "call/ims_offer_answer.h"

typedef enum {
	IMS_SILENCE_OF_CORE,
	IMS_SILENCE_OF_BROWSER,
} ims_silence_end;

typedef struct {
	ims_silence_end end;
	ims_timer timer;
	ims_clock *clock;
	ims_media *media;
	const ims_offer_answer *oa;
	gint64 limit_ms;
	gint64 looked_ms; /* when it looked last */
	gboolean listens; /* whether something was expected then */
	gint64 sign_us;   /* the sign of life that media had counted then */
	gint64 quiet_ms;  /* so long there was none */
	void (*silent)(gpointer user);
	gpointer user;
} ims_silence;

/* limit_s: 0: never silent. clock, media and oa live longer. */
void ims_silence_init(ims_silence *silence, ims_silence_end end, ims_clock *clock, ims_media *media,
		      const ims_offer_answer *oa, guint limit_s, void (*silent)(gpointer user),
		      gpointer user);
void ims_silence_start(ims_silence *silence);
void ims_silence_stop(ims_silence *silence);
