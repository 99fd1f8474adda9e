/* ims_invite_answers.c: what we answer to the peer's INVITE, in order: what is reliable waits for the PRACK
 * of what went before it, and a 2xx for that of a description (RFC 3262). */
#include "base/ims_log.h"
#include "sip/ims_headers.h"
#include "sip/ims_invite_internal.h"
#include "sip/ims_sip_read.h"

/* A user who lets it ring again and again while the caller says nothing. */
#define MAX_OWED 8

typedef struct {
	int status; /* 180, 183 or 200 */
	char *sdp, *lines;
} owed_answer;

static void owed_free(gpointer data)
{
	owed_answer *answer = data;

	g_free(answer->sdp);
	g_free(answer->lines);
	g_free(answer);
}

void ims_invite_read_reliability(ims_invite *invite, const sip_t *sip)
{
	invite->wants_reliable = sip_has_feature(sip->sip_require, "100rel");
	invite->takes_reliable = invite->wants_reliable || sip_has_feature(sip->sip_supported, "100rel");
	invite->owed_answers = g_ptr_array_new_with_free_func(owed_free);
}

void ims_invite_forget_answers(ims_invite *invite)
{
	nta_reliable_destroy(g_steal_pointer(&invite->unpracked));
	g_clear_pointer(&invite->owed_answers, g_ptr_array_unref);
	g_clear_pointer(&invite->told, g_free);
}

/* Sending */

static int on_prack(nta_reliable_magic_t *magic, nta_reliable_t *answer, nta_incoming_t *prack,
		    const sip_t *sip);

static void send_reliable(ims_invite *invite, const owed_answer *answer)
{
	invite->unpracked = nta_reliable_treply(
		invite->invited, on_prack, (nta_reliable_magic_t *)invite, answer->status,
		sip_status_phrase(answer->status), SIPTAG_CONTACT_STR(invite->contact),
		SIPTAG_ALLOW_STR(IMS_ALLOW), SIPTAG_SUPPORTED_STR(IMS_SUPPORTED),
		TAG_IF(invite->record_routes, SIPTAG_RECORD_ROUTE_STR(invite->record_routes)),
		TAG_IF(answer->lines, SIPTAG_HEADER_STR(answer->lines)),
		TAG_IF(answer->sdp, SIPTAG_CONTENT_TYPE_STR("application/sdp")),
		TAG_IF(answer->sdp, SIPTAG_PAYLOAD_STR(answer->sdp)), TAG_END());
	if (!invite->unpracked)
		ims_warn(invite->call_id, "a reliable %d could not be sent", answer->status);
	else if (answer->sdp)
		ims_early_handle(&invite->confirmed->early, invite->asked ? IMS_WE_OFFER : IMS_WE_ANSWER);
	if (answer->sdp)
		invite->asked = FALSE;
}

static void send_answer(ims_invite *invite, const owed_answer *answer)
{
	if (answer->status < 200 && (answer->sdp ? invite->takes_reliable : invite->wants_reliable)) {
		send_reliable(invite, answer);
		return;
	}
	if (answer->status >= 200) {
		invite->accepted = TRUE;
		invite->offering = invite->asked;
	}
	ims_invite_reply(invite, invite->invited, answer->status, answer->sdp ? answer->sdp : invite->told,
			 answer->lines);
	if (answer->status < 200 && answer->sdp) { /* it may be lost, so the 2xx says it again */
		g_free(invite->told);
		invite->told = g_strdup(answer->sdp);
	}
}

static void send_owed(ims_invite *invite)
{
	while (invite->owed_answers && invite->owed_answers->len && invite->invited && !invite->unpracked) {
		owed_answer *answer = g_ptr_array_steal_index(invite->owed_answers, 0);

		send_answer(invite, answer);
		owed_free(answer);
	}
}

static void owe(ims_invite *invite, int status, const char *sdp, const char *headers)
{
	owed_answer *answer;

	if (!invite->invited || invite->accepted || invite->given_up ||
	    (status < 200 && invite->owed_answers->len >= MAX_OWED))
		return;
	answer = g_new0(owed_answer, 1);
	answer->status = status;
	answer->sdp = g_strdup(sdp);
	answer->lines = ims_header_join(headers, invite->first_headers);
	g_ptr_array_add(invite->owed_answers, answer);
	send_owed(invite);
}

void ims_invite_ring(ims_invite *invite)
{
	owe(invite, 180, NULL, invite->ring_headers);
}

gboolean ims_invite_progress(ims_invite *invite, const char *sdp, const char *headers)
{
	owe(invite, 183, sdp, headers);
	return invite->takes_reliable;
}

void ims_invite_accept(ims_invite *invite, const char *sdp, const char *headers)
{
	owe(invite, 200, sdp, headers);
}

gboolean ims_invite_takes_reliable(const ims_invite *invite)
{
	return invite->takes_reliable;
}

/* PRACK */

/* The answer to our offer; else a new offer, or nothing. -> a final status, or 0: it is answered later */
static int receive_prack(ims_invite *invite, nta_incoming_t *prack, const sip_t *sip)
{
	ims_dialog *dialog = invite->confirmed;
	g_auto(ims_sip_news) news = { 0 };

	if (!ims_invite_is_from_peer(dialog, prack))
		return 403;
	if (dialog->early.turn != IMS_TURN_OURS || dialog->update)
		return ims_invite_receive_early(dialog, prack, sip);
	ims_sip_read_news(sip, &news);
	ims_early_handle(&dialog->early, IMS_THEY_ANSWER);
	ims_invite_reply(invite, prack, 200, NULL, invite->later_headers);
	ims_invite_tell(invite, pracked, &news);
	return 200;
}

/* The stack refuses the INVITE with 503 now, and waits for the ACK of that. */
static void on_no_prack(ims_invite *invite)
{
	invite->given_up = TRUE;
	ims_warn(invite->call_id, "nobody has acknowledged a reliable provisional answer");
	if (invite->events && invite->events->unconfirmed)
		invite->events->unconfirmed(invite->user);
}

static int on_prack(nta_reliable_magic_t *magic, nta_reliable_t *answer, nta_incoming_t *prack,
		    const sip_t *sip)
{
	ims_invite *invite = (ims_invite *)magic;
	int status = 0;

	ims_invite_hold(invite);
	invite->unpracked = NULL;
	nta_reliable_destroy(answer);
	if (prack)
		status = receive_prack(invite, prack, sip);
	else
		on_no_prack(invite);
	if (status && nta_incoming_status(prack) < 200)
		nta_incoming_treply(prack, status, sip_status_phrase(status), TAG_END());
	if (status)
		nta_incoming_destroy(prack);
	send_owed(invite);
	ims_invite_unhold(invite);
	return 0;
}
