#include "sip/ims_refer.h"

#include "base/ims_error.h"
#include "base/ims_rate.h"
#include "sip/ims_headers.h"
#include "sip/ims_invite_internal.h"
#include "sip/ims_sip_read.h"

/* Beyond the time that the call it asks for may ring: it has to be dialled, too. */
#define MORE_S 64
#define NOTIFYS_PER_MINUTE 120

struct ims_refer {
	ims_invite *invite; /* NULL: it has ended with the agent */
	const ims_refer_events *events;
	gpointer user;
	ims_inside *request; /* until its final answer */
	ims_timer patience;
	ims_rate rate; /* of NOTIFYs */
};

static void end(ims_refer *refer, const ims_sip_news *refusal)
{
	ims_timer_stop(&refer->patience);
	refer->events->over(refusal, refer->user);
}

static void on_answer(const sip_t *sip, gpointer user)
{
	ims_refer *refer = user;
	ims_invite *invite = refer->invite;
	g_auto(ims_sip_news) news = { 0 };

	ims_sip_read_news(sip, &news);
	ims_invite_hold(invite);
	ims_inside_drop(g_steal_pointer(&refer->request));
	if (news.status >= 300)
		end(refer, &news);
	else if (ims_sip_refuses_subscription(sip))
		end(refer, NULL);
	ims_invite_unhold(invite);
}

static void on_patience_over(gpointer user)
{
	ims_refer *refer = user;
	ims_invite *invite = refer->invite;
	const ims_sip_news silence = { .status = 408,
				       .reason = (char *)"Nothing is heard of the transfer any more",
				       .internal = TRUE };

	ims_invite_hold(invite);
	end(refer, &silence);
	ims_invite_unhold(invite);
}

static gboolean may_refer(const ims_invite *invite, GError **error)
{
	if (invite->confirmed && !invite->over && !invite->refer)
		return TRUE;
	g_set_error_literal(error, IMS_ERROR, IMS_E_WRONG_STATE,
			    invite->refer ? "Another transfer of this call is under way"
					  : "The call is not up");
	return FALSE;
}

ims_refer *ims_refer_send(ims_invite *invite, const char *refer_to, const char *headers,
			  const ims_refer_events *events, gpointer user, GError **error)
{
	g_autofree char *line = g_strdup_printf("Refer-To: %s", refer_to);
	g_autofree char *more = ims_header_join(line, headers);
	g_autofree char *lines = ims_header_join(more, invite->later_headers);
	ims_refer *refer;

	if (!may_refer(invite, error))
		return NULL;
	refer = g_new0(ims_refer, 1);
	refer->invite = invite;
	refer->events = events;
	refer->user = user;
	ims_timer_init(&refer->patience, &invite->stack->clock, on_patience_over, refer);
	ims_rate_init(&refer->rate, NOTIFYS_PER_MINUTE, ims_clock_now_ms(&invite->stack->clock));
	refer->request = ims_inside_ask(
		invite->confirmed,
		&(ims_inside_request){ .method = "REFER", .contact = invite->contact, .headers = lines },
		on_answer, refer);
	if (!refer->request) {
		g_free(refer);
		g_set_error_literal(error, IMS_ERROR, IMS_E_SIP, "The REFER cannot be made");
		return NULL;
	}
	invite->refer = refer;
	ims_timer_arm(&refer->patience, (gint64)(invite->stack->config->ring_timeout_s + MORE_S) * 1000);
	return refer;
}

void ims_refer_forsake(ims_refer *refer)
{
	if (!refer)
		return;
	ims_timer_stop(&refer->patience);
	ims_inside_drop(g_steal_pointer(&refer->request));
	refer->invite = NULL;
}

void ims_refer_release(ims_refer *refer)
{
	ims_invite *invite = refer ? refer->invite : NULL;

	ims_refer_forsake(refer);
	if (invite) {
		invite->refer = NULL;
		ims_invite_settle(invite);
	}
	g_free(refer);
}

/* NOTIFY */

int ims_refer_receive_notify(ims_invite *invite, const sip_t *sip)
{
	const sip_subscription_state_t *state = sip->sip_subscription_state;
	g_auto(ims_sip_news) news = { 0 };
	ims_refer *refer = invite->refer;
	gboolean is_last;

	if (!sip->sip_event || g_ascii_strcasecmp(sip->sip_event->o_type, "refer") != 0)
		return 489;
	if (!refer)
		return 481;
	if (!state || !state->ss_substate)
		return 400;
	is_last = g_ascii_strcasecmp(state->ss_substate, "terminated") == 0;
	if (!is_last && !ims_rate_take(&refer->rate, ims_clock_now_ms(&invite->stack->clock)))
		return 480; /* the page would hear of nothing else */
	ims_sip_read_news(sip, &news);
	refer->events->notified(&(ims_notification){ .event = "refer",
						     .state = state->ss_substate,
						     .reason = state->ss_reason,
						     .sip = &news },
				refer->user);
	if (is_last && invite->refer == refer)
		end(refer, NULL);
	return 200;
}
