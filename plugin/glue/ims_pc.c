#include "glue/ims_pc.h"

#include <time.h>

#define MAX_WAIT_S 2

void ims_pc_init(ims_pc *pc)
{
	pthread_condattr_t monotonic;

	ims_lock_init(&pc->lock);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&pc->closed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pc->state = IMS_PC_NONE;
}

void ims_pc_clear(ims_pc *pc)
{
	pthread_cond_destroy(&pc->closed);
	ims_lock_clear(&pc->lock);
}

void ims_pc_opened(ims_pc *pc)
{
	g_auto(ims_locked) held = ims_lock_hold(&pc->lock);

	pc->state = IMS_PC_OPEN;
}

gboolean ims_pc_start_closing(ims_pc *pc)
{
	g_auto(ims_locked) held = ims_lock_hold(&pc->lock);

	if (pc->state != IMS_PC_OPEN)
		return FALSE;
	pc->state = IMS_PC_CLOSING;
	return TRUE;
}

gboolean ims_pc_ended(ims_pc *pc)
{
	g_auto(ims_locked) held = ims_lock_hold(&pc->lock);
	gboolean by_itself = pc->state != IMS_PC_CLOSING;

	pc->state = IMS_PC_NONE;
	pthread_cond_broadcast(&pc->closed);
	return by_itself;
}

void ims_pc_wait_closed(ims_pc *pc)
{
	g_auto(ims_locked) held = ims_lock_hold(&pc->lock);
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += MAX_WAIT_S;
	while (pc->state == IMS_PC_CLOSING && pthread_cond_timedwait(&pc->closed, &pc->lock, &until) == 0)
		;
}
