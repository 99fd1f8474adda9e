/* ims_quality.h: how good one direction of speech is: an estimate by the E-model (ITU-T G.107), simplified.
 *
 *   R = 93.2 - Id - Ie,eff          Id: what delay costs; Ie,eff: what the codec and its losses cost
 *
 * with everything at its default that a gateway cannot know (noise, echo, loudness), losses taken as random,
 * and a jitter buffer of twice the jitter. Codecs without published figures count as if they cost nothing by
 * themselves. So it compares calls, and is no measurement: 4.4 is the best there is.
 *
 * Pure. Thread: any. */
#pragma once
#include <glib.h>

typedef struct {
	const char *codec; /* as SDP names it */
	double loss;       /* of 1 */
	guint jitter_ms, round_trip_ms;
} ims_quality;

double ims_quality_mos(const ims_quality *quality); /* 1.0 to 4.5 */
