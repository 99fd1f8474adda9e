/* sipws_description.h: what the client was told last of the media of its call, and how that is told again.
 *
 * The client sees one SDP session (RFC 3264 8): one session id, and a version that grows by one with each
 * description, whoever made it. Besides, directions are as the far end wants them: what it holds Janus knows
 * nothing of. What is said again as an offer of ours says a=setup:actpass.
 * Pure. */
#pragma once
#include <glib.h>

typedef enum {
	SIPWS_SDP_INACTIVE = 0,
	SIPWS_SDP_SENDONLY = 1,
	SIPWS_SDP_RECVONLY = 2,
	SIPWS_SDP_SENDRECV = 3,
} sipws_sdp_direction;

typedef struct {
	char *origin;     /* "- 8423 " and what else stands before the version; NULL: nothing was said */
	guint64 version;  /* of what was said last */
	char *source;     /* as Janus gave it */
	char *before;     /* ... the one before, while that may come back; NULL: it may not */
	char *said;       /* as the client has it */
	char *directions; /* ... a digit for each stream */
} sipws_description;

void sipws_description_clear(sipws_description *description);
/* Of Janus, to be said now; streams flow at most in `most`, seen from us. Borrowed until the next one. */
const char *sipws_description_say(sipws_description *description, const char *sdp, sipws_sdp_direction most);
/* The client does not take what was said last: what was said before holds. */
void sipws_description_take_back(sipws_description *description);
void sipws_description_settle(sipws_description *description); /* what was said last stays */
/* What was said last, once more, as an offer. NULL: nothing was said. */
const char *sipws_description_offer(sipws_description *description, sipws_sdp_direction most);

/* Whether the client knows that streams flow at most so. */
gboolean sipws_description_is_said(const sipws_description *description, sipws_sdp_direction most);

gboolean sipws_sdp_direction_parse(const char *name, sipws_sdp_direction *ret_direction);
