/* ims_session_transfer.c: transfers (RFC 5589): the user sends the other party of his call to somebody else,
 * or is sent himself. */
#include <string.h>

#include "base/ims_log.h"
#include "session/internal.h"
#include "sip/ims_headers.h"
#include "sip/ims_refer_to.h"
#include "sip/ims_uri.h"

/* Out: our user is the transferor */

static void refer_notified(const ims_notification *notification, gpointer user)
{
	ims_session *session = user;

	ims_session_tell(session, (ims_session_news){ .kind = IMS_NEWS_NOTIFY,
						      .call_id = notification->sip->call_id,
						      .notification = notification,
						      .sip = notification->sip });
}

static void refer_over(const ims_sip_news *refusal, gpointer user)
{
	ims_session *session = user;
	g_autofree char *transaction = g_steal_pointer(&session->refer_transaction);

	ims_session_drop_refer(session);
	if (!refusal)
		return;
	ims_session_tell(session, (ims_session_news){ .kind = IMS_NEWS_TRANSFER_FAILED,
						      .transaction = transaction,
						      .code = refusal->status,
						      .reason = refusal->reason });
	ims_session_heed(session, refusal);
}

static const ims_refer_events refer_events = { .notified = refer_notified, .over = refer_over };

void ims_session_drop_refer(ims_session *session)
{
	ims_refer_release(g_steal_pointer(&session->refer));
	g_clear_pointer(&session->refer_transaction, g_free);
}

/* A tel: URI has no place for the Replaces of an attended transfer. */
static char *with_place_for_headers(const char *target, const char *domain)
{
	return g_str_has_prefix(target, "tel:")
		       ? g_strdup_printf("sip:%s@%s;user=phone", target + strlen("tel:"), domain)
		       : g_strdup(target);
}

/* The identifiers are those of the core's dialog with the call's other party, to whom they will be shown
 * (REQ-99). NULL with IMS_E_NO_SUCH_CALL_ID. */
static char *replaces_of(const ims_session *session, const char *call_id, GError **error)
{
	ims_session *other = ims_flow_session_of(session->flow, call_id);

	if (other && other != session && ims_call_dialog(other->call))
		return ims_dialog_id_replaces(ims_call_dialog_id(other->call));
	g_set_error(error, IMS_ERROR, IMS_E_NO_SUCH_CALL_ID,
		    "transfer: 'replace' must be the call_id of another call of this user that is up");
	return NULL;
}

static char *refer_to_of(const ims_session *session, const char *uri, const char *replace, GError **error)
{
	const char *domain = ims_reg_network(session->flow->reg)->domain;
	g_autofree char *target = ims_uri_target(uri, domain, error);
	g_autofree char *replaces = NULL, *place = NULL;

	if (!target)
		return NULL;
	if (!replace)
		return ims_refer_to_make(target, NULL);
	replaces = replaces_of(session, replace, error);
	place = with_place_for_headers(target, domain);
	return replaces ? ims_refer_to_make(place, replaces) : NULL;
}

gboolean ims_session_transfer(ims_session *session, const char *uri, const char *replace, const char *headers,
			      const char *transaction, GError **error)
{
	ims_invite *dialog = session->call ? ims_call_dialog(session->call) : NULL;
	g_autofree char *refer_to = NULL, *referred_by = NULL, *lines = NULL;
	ims_refer *refer;

	if (ims_session_is_emergency(session, uri))
		return ims_session_refuse(error, IMS_E_EMERGENCY,
					  "Nobody can be transferred to an emergency service here");
	if (!dialog)
		return ims_session_refuse(error, IMS_E_WRONG_STATE, "transfer: no call is up");
	refer_to = refer_to_of(session, uri, replace, error);
	if (!refer_to)
		return FALSE;
	referred_by = g_strdup_printf("Referred-By: <%s>", session->call_identity);
	lines = ims_header_join(session->call_identity ? referred_by : NULL, headers);
	refer = ims_refer_send(dialog, refer_to, lines, &refer_events, session, error);
	if (!refer)
		return FALSE;
	ims_session_drop_refer(session); /* that of a call before */
	session->refer = refer;
	session->refer_transaction = g_strdup(transaction);
	ims_session_tell(session, (ims_session_news){ .kind = IMS_NEWS_TRANSFERRING,
						      .transaction = transaction,
						      .call_id = ims_call_id(session->call) });
	return TRUE;
}

/* In: our user is to call somebody */

static const char *call_id_of(const char *replaces, ims_dialog_id *id)
{
	return replaces && ims_dialog_id_of_replaces(replaces, id) ? id->call_id : NULL;
}

/* 0: nothing is wrong with it. */
static int check_referral(const ims_session *session, const ims_sip_news *news)
{
	g_auto(ims_dialog_id) id = { 0 };
	g_auto(ims_uri) uri = { 0 };

	if (!session->flow || !ims_reg_is_active(session->flow->reg) || !news->caller)
		return 480;
	if (news->refer_method || ims_session_is_emergency(session, news->refer_to))
		return 403;
	if (!ims_uri_parse(news->refer_to, &uri, NULL) ||
	    (news->replaces && !call_id_of(news->replaces, &id)))
		return 400;
	return 0;
}

int ims_session_receive_referral(ims_session *session, ims_referral *referral, const ims_sip_news *news)
{
	int refusal = check_referral(session, news);
	g_auto(ims_dialog_id) id = { 0 };
	ims_transfer *transfer;

	if (refusal)
		return refusal;
	transfer = ims_transfers_add(session->flow->transfers, referral, news->replaces, news->referred_by);
	if (!transfer) {
		ims_warn(ims_reg_impu(session->flow->reg), "a REFER refused: too many wait for our user");
		return 480;
	}
	ims_session_tell(session, (ims_session_news){
					  .kind = IMS_NEWS_TRANSFER,
					  .call_id = session->call ? ims_call_id(session->call) : NULL,
					  .refer_id = transfer->id,
					  .refer_to = news->refer_to,
					  .referred_by = news->referred_by ? news->referred_by : news->caller,
					  .replaces = call_id_of(news->replaces, &id),
					  .sip = news });
	return 202;
}

ims_transfer *ims_session_find_transfer(const ims_session *session, const char *request, guint64 refer_id,
					GError **error)
{
	ims_transfer *transfer =
		session->flow ? ims_transfers_find(session->flow->transfers, refer_id) : NULL;

	if (!transfer)
		g_set_error(error, IMS_ERROR, IMS_E_WRONG_STATE, "%s: no transfer with this 'refer_id' waits",
			    request);
	return transfer;
}

char *ims_session_transfer_headers(const ims_transfer *transfer, const char *headers)
{
	g_autofree char *replaces =
		transfer->replaces ? g_strdup_printf("Replaces: %s", transfer->replaces) : NULL;
	g_autofree char *by =
		transfer->referred_by ? g_strdup_printf("Referred-By: %s", transfer->referred_by) : NULL;
	g_autofree char *lines = ims_header_join(replaces, by);

	return ims_header_join(lines, headers);
}

void ims_session_report_transfer(ims_session *session, int status, const char *reason)
{
	if (!session->following)
		return;
	ims_transfer_report(session->following, status, reason);
	if (status >= 200)
		session->following = NULL;
}

gboolean ims_session_decline_transfer(ims_session *session, guint64 refer_id, int code,
				      const char *transaction, GError **error)
{
	ims_transfer *transfer = ims_session_find_transfer(session, "decline", refer_id, error);

	if (!transfer)
		return FALSE;
	code = code ? code : 603;
	ims_session_tell(session, (ims_session_news){ .kind = IMS_NEWS_DECLINING,
						      .transaction = transaction,
						      .code = code,
						      .refer_id = refer_id });
	ims_transfer_report(transfer, code, NULL);
	return TRUE;
}
