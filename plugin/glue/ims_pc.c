#include "glue/ims_pc.h"

#include <time.h>

#define CLOSES_US (2 * G_USEC_PER_SEC) /* Janus needs one second; or there was none */
#define RESTS_US (G_USEC_PER_SEC / 10)

void ims_pc_init(ims_pc *pc)
{
	pthread_condattr_t monotonic;

	ims_lock_init(&pc->lock);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&pc->closed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pc->state = IMS_PC_NONE;
	pc->offered = FALSE;
	pc->ordered = 0;
	pc->until_us = 0;
}

void ims_pc_clear(ims_pc *pc)
{
	pthread_cond_destroy(&pc->closed);
	ims_lock_clear(&pc->lock);
}

/* With the lock held. */
static gboolean is_closing(const ims_pc *pc)
{
	return pc->state == IMS_PC_CLOSING && g_get_monotonic_time() < pc->until_us;
}

gboolean ims_pc_opened(ims_pc *pc)
{
	g_auto(ims_locked) held = ims_lock_hold(&pc->lock);
	gboolean again = pc->state == IMS_PC_OPEN;

	pc->state = IMS_PC_OPEN;
	pc->offered = FALSE;
	return again;
}

void ims_pc_answered(ims_pc *pc)
{
	g_auto(ims_locked) held = ims_lock_hold(&pc->lock);

	pc->offered = FALSE;
}

void ims_pc_offered(ims_pc *pc)
{
	g_auto(ims_locked) held = ims_lock_hold(&pc->lock);

	if (pc->state == IMS_PC_OPEN || is_closing(pc))
		return;
	pc->state = IMS_PC_OPEN;
	pc->offered = TRUE;
}

/* With the lock held. */
static gboolean is_offered(const ims_pc *pc)
{
	return pc->state == IMS_PC_OPEN && pc->offered;
}

gboolean ims_pc_is_offered(ims_pc *pc)
{
	g_auto(ims_locked) held = ims_lock_hold(&pc->lock);

	return is_offered(pc);
}

void ims_pc_order_close(ims_pc *pc)
{
	g_auto(ims_locked) held = ims_lock_hold(&pc->lock);

	pc->ordered++;
}

static gboolean start_closing(ims_pc *pc, gboolean only_offered)
{
	g_auto(ims_locked) held = ims_lock_hold(&pc->lock);

	pc->ordered--;
	if (pc->state == IMS_PC_CLOSING)
		return only_offered;
	if (only_offered ? !is_offered(pc) : pc->state != IMS_PC_OPEN)
		return FALSE;
	pc->state = IMS_PC_CLOSING;
	pc->until_us = g_get_monotonic_time() + CLOSES_US;
	return TRUE;
}

gboolean ims_pc_start_closing(ims_pc *pc)
{
	return start_closing(pc, FALSE);
}

gboolean ims_pc_start_dropping(ims_pc *pc)
{
	return start_closing(pc, TRUE);
}

gboolean ims_pc_may_offer(ims_pc *pc, gboolean amends)
{
	g_auto(ims_locked) held = ims_lock_hold(&pc->lock);

	return !pc->ordered && (amends ? pc->state == IMS_PC_OPEN : !is_closing(pc));
}

gboolean ims_pc_ended(ims_pc *pc)
{
	g_auto(ims_locked) held = ims_lock_hold(&pc->lock);
	gboolean by_itself = pc->state != IMS_PC_CLOSING;

	pc->state = IMS_PC_NONE;
	pc->until_us = g_get_monotonic_time() + RESTS_US;
	pthread_cond_broadcast(&pc->closed);
	return by_itself;
}

static void wait_closed(ims_pc *pc)
{
	struct timespec until = { .tv_sec = pc->until_us / G_USEC_PER_SEC,
				  .tv_nsec = pc->until_us % G_USEC_PER_SEC * 1000 };

	while (is_closing(pc))
		pthread_cond_timedwait(&pc->closed, &pc->lock, &until);
}

void ims_pc_wait_gone(ims_pc *pc)
{
	gint64 rest_us = 0;

	{
		g_auto(ims_locked) held = ims_lock_hold(&pc->lock);

		wait_closed(pc);
		if (pc->state == IMS_PC_NONE)
			rest_us = pc->until_us - g_get_monotonic_time();
	}
	if (rest_us > 0)
		g_usleep((gulong)rest_us);
}
