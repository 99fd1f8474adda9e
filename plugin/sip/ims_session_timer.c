#include "sip/ims_session_timer.h"

/* More is as good as none, and no peer's number may overflow. */
#define MAX_S (7 * 86400)
#define MAX_REFUSALS 3

void ims_session_timer_init(ims_session_timer *timer, guint wanted_s, guint min_s)
{
	*timer = (ims_session_timer){ .wanted_s = wanted_s, .min_s = min_s };
}

static void begin(ims_session_timer *timer, guint interval_s, gboolean ours)
{
	timer->interval_s = interval_s ? CLAMP(interval_s, timer->min_s, MAX_S) : 0;
	timer->ours = ours;
	timer->moments = 0;
	timer->refused = 0;
}

/* We ask */

char *ims_session_timer_ask(const ims_session_timer *timer)
{
	guint asked_s = MAX(timer->interval_s ? timer->interval_s : timer->wanted_s, timer->least_s);
	const char *refresher = !timer->interval_s ? "" : timer->ours ? ";refresher=uac" : ";refresher=uas";

	if (!timer->interval_s && !timer->wanted_s)
		return NULL;
	return g_strdup_printf("Session-Expires: %u%s\r\nMin-SE: %u", asked_s, refresher,
			       MAX(timer->min_s, timer->least_s));
}

void ims_session_timer_answered(ims_session_timer *timer, const ims_session_terms *terms)
{
	begin(timer, terms->expires_s, terms->refresher != IMS_REFRESHER_UAS);
}

gboolean ims_session_timer_refused(ims_session_timer *timer, const ims_session_terms *terms)
{
	if (terms->min_s <= timer->least_s || terms->min_s > MAX_S || ++timer->refused > MAX_REFUSALS)
		return FALSE;
	timer->least_s = terms->min_s;
	return TRUE;
}

/* We are asked */

/* Who knows nothing of timers has not asked, and could not ask again: a proxy did. */
gboolean ims_session_timer_refuses(const ims_session_timer *timer, const ims_session_terms *terms,
				   char **ret_lines)
{
	if (!terms->supported || !terms->expires_s || terms->expires_s >= timer->min_s)
		return FALSE;
	*ret_lines = g_strdup_printf("Min-SE: %u", timer->min_s);
	return TRUE;
}

/* It may be less than was asked for, but not less than everybody on the way takes (RFC 4028 9). */
static guint accepted_s(const ims_session_timer *timer, const ims_session_terms *terms)
{
	guint least_s = MAX(timer->min_s, terms->min_s);

	if (!timer->wanted_s)
		return terms->expires_s;
	if (!terms->expires_s)
		return MAX(timer->wanted_s, least_s);
	return MIN(terms->expires_s, MAX(timer->wanted_s, least_s));
}

/* Who asked, if he can and nothing else is said; in a call it stays with whom it is. */
static gboolean is_for_us(const ims_session_timer *timer, const ims_session_terms *terms)
{
	if (!terms->supported || terms->refresher == IMS_REFRESHER_UAS)
		return TRUE;
	return terms->refresher == IMS_REFRESHER_OPEN && timer->interval_s && timer->ours;
}

char *ims_session_timer_answer(ims_session_timer *timer, const ims_session_terms *terms)
{
	begin(timer, accepted_s(timer, terms), is_for_us(timer, terms));
	if (!timer->interval_s)
		return NULL;
	if (timer->ours)
		return g_strdup_printf("Session-Expires: %u;refresher=uas", timer->interval_s);
	return g_strdup_printf("Session-Expires: %u;refresher=uac\r\nRequire: timer", timer->interval_s);
}

/* Time */

/* Who gives the signs has two moments for it, whatever fails at the first. */
static gint64 moment_ms(const ims_session_timer *timer, guint n)
{
	gint64 all_ms = (gint64)timer->interval_s * 1000;

	if (timer->ours && n == 0)
		return all_ms / 2;
	if (timer->ours && n == 1)
		return all_ms * 7 / 12;
	return all_ms - MIN(32000, all_ms / 3); /* RFC 4028 10 */
}

gint64 ims_session_timer_wait_ms(const ims_session_timer *timer)
{
	gint64 before_ms = timer->moments ? moment_ms(timer, timer->moments - 1) : 0;

	return timer->interval_s ? moment_ms(timer, timer->moments) - before_ms : -1;
}

ims_session_moment ims_session_timer_pass(ims_session_timer *timer)
{
	return timer->ours && timer->moments++ < 2 ? IMS_SESSION_REFRESH : IMS_SESSION_EXPIRE;
}
