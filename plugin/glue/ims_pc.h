/* ims_pc.h: whether a handle has a PeerConnection, as far as a plugin can know.
 *
 * Janus closes one that we ask it to close up to a second later, and lets go of its ICE agent a moment after
 * it has told us. Meanwhile the handle must be given no offer of a next call, by us or by its client: Janus
 * would take it for a change of the old one, and close that. Nor is the hangup_media that comes of it the
 * next call's end.
 * Thread: any. */
#pragma once
#include <glib.h>
#include "base/ims_lock.h"

typedef struct {
	ims_lock lock;
	pthread_cond_t closed;
	enum { IMS_PC_NONE, IMS_PC_OPEN, IMS_PC_CLOSING } state;
	gboolean offered; /* OPEN, and by the client alone: we have not described it */
	guint ordered;    /* to be closed, so often, by who has not come to it yet */
	gint64 until_us;  /* CLOSING: no longer; NONE: its agent may be there until then */
} ims_pc;

void ims_pc_init(ims_pc *pc);
void ims_pc_clear(ims_pc *pc);

gboolean ims_pc_opened(ims_pc *pc); /* an offer of ours goes. FALSE: there was none before */
void ims_pc_answered(ims_pc *pc);   /* an answer goes, to a client who may have closed it meanwhile */
/* An offer came that Janus takes for a new one; with what is being closed it goes. An answer makes none: it
 * may be told when Janus has closed what it was for. */
void ims_pc_offered(ims_pc *pc);
gboolean ims_pc_is_offered(ims_pc *pc);    /* the client alone has described it */
void ims_pc_order_close(ims_pc *pc);       /* ims_pc_start_closing follows */
gboolean ims_pc_start_closing(ims_pc *pc); /* TRUE: Janus is to be asked; FALSE: there is none */
/* The same, but of an offered one; Janus may have made it after the one that it was asked to close. */
gboolean ims_pc_start_dropping(ims_pc *pc);
/* FALSE: what the client offers goes with what is being closed; or, where Janus took it for a change
 * (amends), with what is gone since. */
gboolean ims_pc_may_offer(ims_pc *pc, gboolean amends);
/* hangup_media. TRUE: it ended by itself or by the client's wish; FALSE: we had asked for it. */
gboolean ims_pc_ended(ims_pc *pc);
void ims_pc_wait_gone(ims_pc *pc); /* [may block] until we may offer, 2 s at most */
