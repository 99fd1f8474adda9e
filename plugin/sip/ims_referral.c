#include "sip/ims_referral.h"

#include <string.h>

#include "base/ims_log.h"
#include "sip/ims_headers.h"
#include "sip/ims_invite_internal.h"
#include "sip/ims_sip_read.h"

#define MORE_S 64
#define MAX_REASON 128

struct ims_referral {
	ims_invite *invite;      /* NULL: it has ended with the agent */
	nta_incoming_t *request; /* of one outside calls, until it is answered */
	char *flow_token, *source;
	gboolean silent; /* it wants to hear nothing (RFC 4488) */
	guint32 id;      /* of Event: it is not the first one in its dialog; 0: it is */
	gint64 until_ms;
	int said;      /* the last status that was told */
	gboolean over; /* ... is a final one */
};

static ims_referral *referral_new(ims_invite *invite, const sip_t *sip)
{
	ims_referral *referral = g_new0(ims_referral, 1);
	ims_stack *stack = invite->stack;

	referral->invite = invite;
	referral->silent = ims_sip_refuses_subscription(sip);
	referral->id = invite->was_referred ? sip->sip_cseq->cs_seq : 0;
	referral->until_ms =
		ims_clock_now_ms(&stack->clock) + (gint64)(stack->config->ring_timeout_s + MORE_S) * 1000;
	invite->was_referred = TRUE;
	g_ptr_array_add(invite->referrals, referral);
	return referral;
}

static void referral_free(ims_referral *referral)
{
	g_free(referral->flow_token);
	g_free(referral->source);
	g_free(referral);
}

void ims_referral_forsake(ims_referral *referral)
{
	referral->invite = NULL;
	if (referral->request) { /* nobody has heard of it yet */
		nta_incoming_destroy(referral->request);
		referral_free(referral);
	}
}

/* The session may be freed with it. */
static void leave(ims_referral *referral)
{
	ims_invite *invite = g_steal_pointer(&referral->invite);

	if (!invite)
		return;
	g_ptr_array_remove(invite->referrals, referral);
	ims_invite_settle(invite);
}

static void drop(ims_referral *referral)
{
	leave(referral);
	referral_free(referral);
}

/* NOTIFY */

static char *state_lines(const ims_referral *referral, gboolean last)
{
	gint64 left_ms = referral->until_ms - ims_clock_now_ms(&referral->invite->stack->clock);
	g_autofree char *id = referral->id ? g_strdup_printf(";id=%u", referral->id) : NULL;
	g_autofree char *active = g_strdup_printf("active;expires=%d", (int)MAX(left_ms / 1000, 1));

	return g_strdup_printf("Event: refer%s\r\nSubscription-State: %s", id ? id : "",
			       last ? "terminated;reason=noresource" : active);
}

/* A status line of the network's is not believed to be one line. */
static GBytes *sipfrag(int status, const char *reason)
{
	g_autofree char *text = g_strndup(reason ? reason : sip_status_phrase(status), MAX_REASON);
	g_autofree char *line = NULL;

	for (char *c = text; *c; c++)
		if ((guchar)*c < ' ' || *c == 0x7f)
			*c = ' ';
	line = g_strdup_printf("SIP/2.0 %d %s\r\n", status, text);
	return g_bytes_new(line, strlen(line));
}

void ims_referral_report(ims_referral *referral, int status, const char *reason)
{
	ims_invite *invite = referral->invite;
	g_autoptr(GBytes) body = sipfrag(status, reason);
	g_autofree char *state = NULL, *lines = NULL;

	if (!invite || referral->over || status == referral->said) /* each 180 of many branches is no news */
		return;
	referral->said = status;
	referral->over = status >= 200;
	if (!referral->silent) {
		state = state_lines(referral, referral->over);
		lines = ims_header_join(state, invite->later_headers);
		ims_inside_tell(invite->confirmed,
				&(ims_inside_request){ .method = "NOTIFY",
						       .contact = invite->contact,
						       .headers = lines,
						       .content_type = "message/sipfrag;version=2.0",
						       .body = body });
	}
	if (referral->over)
		leave(referral);
}

void ims_referral_release(ims_referral *referral)
{
	if (!referral)
		return;
	ims_referral_report(referral, 480, NULL);
	drop(referral);
}

/* REFER */

/* What can be said before anybody is asked. 0: nothing is wrong. */
static int check(const sip_t *sip, const ims_sip_news *news)
{
	if (!sip->sip_contact || !sip->sip_from->a_tag)
		return 400;
	return news->refer_to ? 0 : 400;
}

static void take(ims_referral *referral, nta_incoming_t *request)
{
	ims_invite *invite = referral->invite;
	g_autofree char *lines =
		ims_header_join(referral->silent ? "Refer-Sub: false" : NULL, invite->later_headers);

	ims_invite_reply(invite, request, 202, NULL, lines);
	ims_referral_report(referral, 100, "Trying");
}

int ims_referral_receive_inside(ims_invite *invite, nta_incoming_t *request, const sip_t *sip)
{
	g_auto(ims_sip_news) news = { 0 };
	ims_referral *referral;
	int status;

	ims_sip_read_news(sip, &news);
	status = check(sip, &news);
	if (status)
		return status;
	if (!invite->confirmed || invite->over || !invite->events || !invite->events->referred)
		return 403;
	referral = referral_new(invite, sip);
	status = invite->events->referred(referral, &news, invite->user);
	if (status != 202) {
		drop(referral);
		return status;
	}
	take(referral, request);
	nta_incoming_destroy(request);
	return 0;
}

/* Outside calls: in a dialog of its own, of a session that never had a call. */

static void answer_outside(ims_referral *referral, int status)
{
	nta_incoming_t *request = g_steal_pointer(&referral->request);

	if (status == 202) {
		take(referral, request);
	} else {
		ims_invite_reply(referral->invite, request, status, NULL, NULL);
		drop(referral);
	}
	nta_incoming_destroy(request);
}

static void on_reached(ims_dialog *dialog, gboolean reachable)
{
	ims_invite *invite = dialog->invite;
	const ims_stack *stack = invite->stack;
	ims_referral *referral = g_ptr_array_index(invite->referrals, 0);
	const ims_sip_target target = { .flow_token = referral->flow_token, .source = referral->source };
	msg_t *message = nta_incoming_getrequest(referral->request);
	g_auto(ims_sip_news) news = { 0 };

	ims_sip_read_news(sip_object(message), &news);
	msg_destroy(message);
	ims_invite_hold(invite);
	if (!reachable)
		ims_warn(invite->call_id, "REFER from %s refused: its route leads nowhere", referral->source);
	answer_outside(referral,
		       reachable ? stack->events->refer(referral, &target, &news, stack->user) : 503);
	ims_invite_unhold(invite);
}

int ims_referral_receive(ims_stack *stack, nta_incoming_t *request, const sip_t *sip,
			 const ims_sip_target *target)
{
	g_auto(ims_sip_news) news = { 0 };
	ims_referral *referral;
	ims_invite *invite;
	ims_dialog *dialog;
	int status;

	ims_sip_read_news(sip, &news);
	status = check(sip, &news);
	if (status)
		return status;
	invite = ims_invite_alloc(stack);
	invite->over = TRUE; /* there is no call in it */
	invite->call_id = g_strdup(sip->sip_call_id->i_id);
	invite->network = ims_peers_network(stack->peers, target->source);
	dialog = ims_dialog_of_invite(invite, stack, request, sip, ims_invite_in_dialog);
	if (!dialog) {
		ims_invite_free(invite);
		return 500;
	}
	g_ptr_array_add(invite->dialogs, dialog);
	invite->confirmed = dialog;
	referral = referral_new(invite, sip);
	referral->request = request;
	referral->flow_token = g_strdup(target->flow_token);
	referral->source = g_strdup(target->source);
	ims_invite_hold(invite);
	ims_dialog_reach(dialog, on_reached);
	ims_invite_unhold(invite);
	return 0;
}

void ims_referral_bind(ims_referral *referral, const ims_invite_style *style)
{
	ims_invite_restyle(referral->invite, style, NULL);
}
