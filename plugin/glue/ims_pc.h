/* ims_pc.h: whether a handle has a PeerConnection, as far as a plugin can know.
 *
 * Janus closes one that we ask it to close up to a second later. Meanwhile the handle must not be given
 * the session description of a next call (Janus would take it for a change of the old one, and close that),
 * and the hangup_media that comes of it is not the next call's end.
 * Thread: any. */
#pragma once
#include <glib.h>
#include "base/ims_lock.h"

typedef struct {
	ims_lock lock;
	pthread_cond_t closed;
	enum { IMS_PC_NONE, IMS_PC_OPEN, IMS_PC_CLOSING } state;
} ims_pc;

void ims_pc_init(ims_pc *pc);
void ims_pc_clear(ims_pc *pc);

void ims_pc_opened(ims_pc *pc);            /* a session description went or came */
gboolean ims_pc_start_closing(ims_pc *pc); /* TRUE: Janus is to be asked; FALSE: there is none */
/* hangup_media. TRUE: it ended by itself or by the client's wish; FALSE: we had asked for it. */
gboolean ims_pc_ended(ims_pc *pc);
void ims_pc_wait_closed(ims_pc *pc); /* [may block] until one that is being closed is gone, 2 s at most */
