/* ims_early.h: what stands open in one dialog whose INVITE has no final answer yet: which reliable
 * provisional answer comes next (RFC 3262 4), and whose offer waits for its answer (RFC 3264 4, RFC
 * 3311 5.2).
 *
 * Pure: values in, values out. For either side of the INVITE. */
#pragma once
#include <glib.h>

/* clang-format off */
#define IMS_TURNS(X)                                                        \
	X(NOBODYS) /* nothing is open: either side may offer */            \
	X(OURS)    /* we offered, and wait */                              \
	X(THEIRS)  /* they offered, and wait */

#define IMS_TURN_EVENTS(X)                                                  \
	X(WE_OFFER) X(WE_ANSWER) X(WE_REFUSE)                              \
	X(THEY_OFFER) X(THEY_ANSWER) X(THEY_REFUSE)
/* clang-format on */

typedef enum {
#define X(name) IMS_TURN_##name,
	IMS_TURNS(X)
#undef X
		IMS_N_TURNS
} ims_turn;

typedef enum {
#define X(name) IMS_##name,
	IMS_TURN_EVENTS(X)
#undef X
		IMS_N_TURN_EVENTS
} ims_turn_event;

/* What is answered to an offer that has no place: another one is open. */
#define IMS_TURN_GLARE 491 /* ... of the same side that is asked */
#define IMS_TURN_BUSY 500  /* ... of him who asks; with Retry-After */

typedef struct {
	ims_turn turn;
	guint32 rseq; /* of the last reliable answer that was taken; 0: none was */
} ims_early;

/* 0: it had a place, and has happened. Else nothing has: a status for an offer of theirs, any other number
 * for what they or we do without being asked. */
int ims_early_handle(ims_early *early, ims_turn_event event);

/* Of a reliable answer: TRUE the first time that the next one comes. What was taken already, or comes before
 * one that is missing, is neither acknowledged nor heeded: it will be repeated. rseq: not 0. */
gboolean ims_early_take(ims_early *early, guint32 rseq);

char *ims_early_text(void); /* who may do what when, as text, for review and its golden test */
