/* ims_change.c: the changes of a call begin and end with it; what its user wants, and what SIP tells. */
#include "base/ims_error.h"
#include "base/ims_log.h"
#include "call/ims_change_internal.h"

/* ---- life ---- */

static void on_timer(gpointer user)
{
	ims_change_handle(user, EV_TIMER, &(change_input){ 0 });
}

ims_change *ims_change_new(const ims_change_setup *setup, const ims_change_events *events, gpointer user)
{
	ims_change *change = g_new0(ims_change, 1);

	change->setup = *setup;
	change->events = events;
	change->user = user;
	change->state = CHANGE_CLOSED;
	change->autoaccept = TRUE;
	ims_timer_init(&change->timer, setup->clock, on_timer, change);
	return change;
}

void ims_change_start(ims_change *change, ims_invite *invite, gboolean confirmed)
{
	change->invite = invite;
	change->state = confirmed ? CHANGE_STEADY : CHANGE_CONFIRMING;
	change->told_hold = ims_offer_answer_peer_media(change->setup.oa);
	change->owed = ims_offer_answer_fit(change->setup.oa) == IMS_SDP_CORE_MORE;
	if (confirmed && ims_offer_answer_fit(change->setup.oa) != IMS_SDP_FITS)
		ims_timer_arm(&change->timer, 1); /* when all know that the call is up */
}

void ims_change_stop(ims_change *change)
{
	change->state = CHANGE_CLOSED;
	change->invite = NULL;
	ims_timer_stop(&change->timer);
	g_clear_pointer(&change->update, g_free);
	g_clear_pointer(&change->browser_offer, g_free);
}

void ims_change_free(ims_change *change)
{
	if (!change)
		return;
	ims_change_stop(change);
	if (change->inside)
		change->freed = TRUE;
	else
		g_free(change);
}

void ims_change_refresh(ims_change *change)
{
	ims_change_handle(change, EV_REFRESH, &(change_input){ 0 });
}

void ims_change_owe(ims_change *change)
{
	change->owed = TRUE;
}

void ims_change_set_autoaccept(ims_change *change, gboolean autoaccept)
{
	change->autoaccept = autoaccept;
}

/* ---- requests of the user ---- */

gboolean ims_change_hold(ims_change *change, ims_direction direction, GError **error)
{
	if (!ims_change_allows(change, EV_HOLD, error))
		return FALSE;
	ims_offer_answer_want(change->setup.oa, direction);
	change->owed = TRUE;
	ims_change_handle(change, EV_HOLD, &(change_input){ 0 });
	return TRUE;
}

gboolean ims_change_update(ims_change *change, const char *browser_offer, GError **error)
{
	GError *failed = NULL;

	if (!ims_change_allows(change, EV_UPDATE, error) ||
	    !ims_offer_answer_check(change->setup.oa, browser_offer, error))
		return FALSE;
	if (change->update) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_WRONG_STATE,
				    "Another update is under way already");
		return FALSE;
	}
	change->update = g_strdup(browser_offer);
	ims_change_handle(change, EV_UPDATE, &(change_input){ .error = &failed });
	if (failed)
		g_propagate_error(error, failed);
	return failed == NULL;
}

gboolean ims_change_answer(ims_change *change, const char *browser_answer, GError **error)
{
	g_autofree char *answer = NULL;

	if (!ims_change_allows(change, EV_ANSWER, error))
		return FALSE;
	if (change->state == CHANGE_FITTING) { /* nothing for the peer to know */
		if (!ims_offer_answer_refitted(change->setup.oa, browser_answer, error))
			return FALSE;
		ims_change_handle(change, EV_ANSWER, &(change_input){ 0 });
		return TRUE;
	}
	answer = ims_offer_answer_accept(change->setup.oa, browser_answer, error);
	if (!answer)
		return FALSE;
	ims_change_handle(change, EV_ANSWER, &(change_input){ .sdp = answer });
	return TRUE;
}

gboolean ims_change_decline(ims_change *change, int status, GError **error)
{
	if (!ims_change_allows(change, EV_DECLINE, error))
		return FALSE;
	ims_change_handle(change, EV_DECLINE, &(change_input){ .status = status });
	return TRUE;
}

/* ---- what the INVITE session tells ---- */

static change_event event_of_offer(const ims_change *change, const ims_sip_news *news)
{
	g_autoptr(GError) error = NULL;
	ims_sdp_change difference;

	if (!news->sdp)
		return EV_BLANK;
	if (!ims_offer_answer_compare(change->setup.oa, news->sdp, &difference, &error)) {
		ims_warn(change->setup.who, "change by the peer refused: %s", error->message);
		return EV_REFUSABLE;
	}
	if (difference == IMS_SDP_RESHAPED || (difference == IMS_SDP_STREAMS && !change->autoaccept))
		return EV_RESHAPE;
	return EV_KEEP;
}

void ims_change_reoffered(ims_change *change, const ims_sip_news *news)
{
	if (change->state == CHANGE_CLOSED) /* the INVITE session lets nothing through so early */
		return;
	ims_change_handle(change, event_of_offer(change, news), &(change_input){ .news = news });
}

void ims_change_reanswered(ims_change *change, const ims_sip_news *news)
{
	ims_change_handle(change, EV_REANSWER, &(change_input){ .news = news });
}

void ims_change_confirmed(ims_change *change, const ims_sip_news *news)
{
	ims_change_handle(change, EV_CONFIRM, &(change_input){ .news = news });
}

void ims_change_withdrawn(ims_change *change, const ims_sip_news *news)
{
	ims_change_handle(change, EV_WITHDRAWN, &(change_input){ .news = news });
}

const char *ims_change_browser_offer(const ims_change *change)
{
	return change->browser_offer;
}
