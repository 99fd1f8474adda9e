/* sipws_candidates.h: the ICE candidates of a PeerConnection of Janus's, and session descriptions with all of
 * them.
 *
 * Without full_trickle Janus puts them into its descriptions, with a=end-of-candidates behind them. With it
 * they come as "trickle" events of their own, the first of them before the description as well as after it; a
 * later description of the same PeerConnection has none, and none follow. So they are kept as long as that.
 *
 * Pure. */
#pragma once
#include <glib.h>
#include <jansson.h>

typedef struct {
	GPtrArray *lines; /* of char *, without "a="; NULL: none yet */
	char *mid;        /* of the m-line that they are for; NULL: the first */
	gboolean all;     /* no more will come */
} sipws_candidates;

void sipws_candidates_clear(sipws_candidates *candidates); /* also when the PeerConnection is over */
void sipws_candidates_take(sipws_candidates *candidates, const json_t *candidate); /* of a "trickle" event */

gboolean sipws_candidates_are_in(const char *sdp); /* it came with its own */
/* The description with what there is. Free with g_free. */
char *sipws_candidates_put(const sipws_candidates *candidates, const char *sdp);
