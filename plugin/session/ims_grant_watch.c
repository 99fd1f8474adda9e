#include "session/ims_grant_watch.h"

#include "base/ims_log.h"

struct ims_grant_watch {
	ims_clock *clock;
	ims_tokens *tokens;
	const ims_network *network;
	ims_grant *grant;
	ims_hold *hold;
	const ims_grant_watch_events *events;
	gpointer user;
	gint64 ends_ms; /* of the clock */
	ims_timer soon, end, recheck;
	ims_verification *rechecking; /* NULL: no answer is waited for */
};

guint ims_grant_left_s(const ims_grant *grant)
{
	gint64 left_s = ims_grant_expires_s(grant) - g_get_real_time() / G_USEC_PER_SEC - 1;

	return (guint)CLAMP(left_s, 0, G_MAXINT32);
}

static void be_silent(ims_grant_watch *watch)
{
	ims_timer_stop(&watch->soon);
	ims_timer_stop(&watch->end);
	ims_timer_stop(&watch->recheck);
	ims_verification_drop(&watch->rechecking);
}

static void on_soon(gpointer user)
{
	ims_grant_watch *watch = user;

	watch->events->ends_soon(ims_grant_watch_left_s(watch), watch->user);
}

static void on_end(gpointer user)
{
	ims_grant_watch *watch = user;
	g_autoptr(GError) why =
		g_error_new_literal(IMS_TOKEN_ERROR, IMS_TOKEN_EXPIRED, "the token has expired");

	be_silent(watch);
	watch->events->over(why, NULL, watch->user);
}

/* Who cannot ask its issuer knows no more than before: the grant holds until it expires. */
static void on_rechecked(const ims_verdict *verdict, gpointer user)
{
	ims_grant_watch *watch = user;

	if (verdict->grant)
		return;
	if (g_error_matches(verdict->error, IMS_TOKEN_ERROR, IMS_TOKEN_UNAVAILABLE)) {
		ims_warn(ims_grant_impi(watch->grant), "its access token cannot be checked again: %s",
			 verdict->error->message);
		return;
	}
	be_silent(watch);
	watch->events->over(verdict->error, verdict->issuer, watch->user);
}

void ims_grant_watch_recheck(ims_grant_watch *watch)
{
	if (watch->network->token_recheck_s > 0)
		ims_timer_arm(&watch->recheck, (gint64)watch->network->token_recheck_s * 1000);
	ims_verification_drop(&watch->rechecking);
	ims_tokens_recheck(watch->tokens, watch->network, watch->grant, on_rechecked, watch,
			   &watch->rechecking);
}

static void on_recheck(gpointer user)
{
	ims_grant_watch_recheck(user);
}

/* A page that gets a new token at each warning must not be warned at once of one that lives shorter than the
 * lead. */
static void arm(ims_grant_watch *watch)
{
	guint left_s = ims_grant_left_s(watch->grant);
	guint lead_s = MIN(watch->network->token_expiring_s, left_s / 2);

	be_silent(watch);
	watch->ends_ms = ims_clock_now_ms(watch->clock) + (gint64)left_s * 1000;
	ims_timer_arm(&watch->end, (gint64)left_s * 1000);
	if (lead_s > 0)
		ims_timer_arm(&watch->soon, (gint64)(left_s - lead_s) * 1000);
	if (watch->network->token_recheck_s > 0)
		ims_timer_arm(&watch->recheck, (gint64)watch->network->token_recheck_s * 1000);
}

ims_grant_watch *ims_grant_watch_new(const ims_grant_watch_setup *setup, const ims_grant_watch_events *events,
				     gpointer user)
{
	ims_grant_watch *watch = g_new0(ims_grant_watch, 1);

	watch->clock = setup->clock;
	watch->tokens = setup->tokens;
	watch->network = setup->network;
	watch->grant = ims_grant_ref(setup->grant);
	watch->hold = setup->hold;
	watch->events = events;
	watch->user = user;
	ims_timer_init(&watch->soon, setup->clock, on_soon, watch);
	ims_timer_init(&watch->end, setup->clock, on_end, watch);
	ims_timer_init(&watch->recheck, setup->clock, on_recheck, watch);
	arm(watch);
	return watch;
}

void ims_grant_watch_free(ims_grant_watch *watch)
{
	if (!watch)
		return;
	be_silent(watch);
	ims_hold_free(watch->hold);
	ims_grant_unref(watch->grant);
	g_free(watch);
}

void ims_grant_watch_renew(ims_grant_watch *watch, const ims_grant *grant)
{
	ims_grant *before = watch->grant;

	watch->grant = ims_grant_ref(grant);
	ims_grant_unref(before);
	arm(watch);
}

const ims_grant *ims_grant_watch_grant(const ims_grant_watch *watch)
{
	return watch->grant;
}

guint ims_grant_watch_left_s(const ims_grant_watch *watch)
{
	gint64 left_ms = watch->ends_ms - ims_clock_now_ms(watch->clock);

	return left_ms > 0 ? (guint)((left_ms + 999) / 1000) : 0;
}
