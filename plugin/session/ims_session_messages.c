/* ims_session_messages.c: the messages of a session, outside calls and inside. */
#include "base/ims_error.h"
#include "base/ims_log.h"
#include "session/internal.h"
#include "sip/ims_headers.h"
#include "sip/ims_role.h"
#include "sip/ims_uri.h"

/* Out */

void ims_session_delivered(const char *call_id, const char *transaction, const ims_sip_news *answer,
			   gpointer user)
{
	ims_session_tell(user, (ims_session_news){ .kind = IMS_NEWS_MESSAGE_DELIVERY,
						   .transaction = transaction,
						   .call_id = call_id,
						   .code = answer->status,
						   .reason = answer->reason,
						   .retry_after_s = answer->retry_after_s,
						   .sip = answer });
	ims_session_heed(user, answer);
}

static gboolean send_it(ims_session *session, const ims_pager_request *request, const char *transaction,
			GError **error)
{
	const char *call_id = ims_messages_send(session->messages, request, transaction, error);

	if (!call_id)
		return FALSE;
	ims_session_tell(session, (ims_session_news){ .kind = IMS_NEWS_MESSAGE_SENT,
						      .transaction = transaction,
						      .call_id = call_id });
	return TRUE;
}

static gboolean send_inside(ims_session *session, const ims_message_params *p, const char *transaction,
			    GError **error)
{
	ims_invite *dialog = session->call ? ims_call_dialog(session->call) : NULL;

	if (p->speak.identity || p->speak.privacy || p->speak.name)
		return ims_session_refuse(error, IMS_E_WRONG_STATE,
					  "message: inside a call 'identity', 'privacy' and 'display_name' "
					  "are those of the call");
	if (!dialog)
		return ims_session_refuse(error, IMS_E_WRONG_STATE,
					  "message: without 'uri' it goes into the call, and no call is up");
	return send_it(session,
		       &(ims_pager_request){ .dialog = dialog,
					     .headers = p->headers,
					     .content_type = p->content_type,
					     .body = p->body },
		       transaction, error);
}

/* As of a call: emergency first (REQ-103), then who is not registered (REQ-85). */
static gboolean may_send(const ims_session *session, const char *uri, GError **error)
{
	if (ims_session_is_emergency(session, uri))
		return ims_session_refuse(error, IMS_E_EMERGENCY,
					  "Emergency messages are not possible here: please use a telephone");
	if (!session->flow || !ims_reg_is_active(session->flow->reg))
		return ims_session_refuse(error, IMS_E_WRONG_STATE, "message: register first");
	return TRUE;
}

static gboolean send_outside(ims_session *session, const ims_message_params *p, const char *transaction,
			     GError **error)
{
	g_auto(ims_role_lines) lines = { 0 };
	g_autofree char *headers = NULL, *own = NULL, *target = NULL;
	ims_speaker speaker;
	const ims_reg *reg;

	if (!may_send(session, p->uri, error) ||
	    !ims_session_speak(session, "message", &p->speak, &speaker, error))
		return FALSE;
	target = ims_uri_target(p->uri, speaker.user.network->domain, error);
	if (!target)
		return FALSE;
	reg = session->flow->reg;
	lines = ims_role_originating(&speaker.user);
	own = ims_session_lines(session, p->headers);
	headers = ims_header_join(lines.first, own);
	return send_it(session,
		       &(ims_pager_request){ .network = ims_reg_network(reg),
					     .target = target,
					     .sender = speaker.from,
					     .sender_name = speaker.from_name,
					     .call_id = p->call_id,
					     .route = ims_reg_route(reg),
					     .credentials = speaker.user.credentials,
					     .headers = headers,
					     .content_type = p->content_type,
					     .body = p->body },
		       transaction, error);
}

gboolean ims_session_message(ims_session *session, const ims_message_params *p, const char *transaction,
			     GError **error)
{
	return p->uri ? send_outside(session, p, transaction, error)
		      : send_inside(session, p, transaction, error);
}

/* In */

char *ims_session_answer_headers(const ims_session *session, const ims_sip_news *news)
{
	const ims_role_user user = ims_session_called(session, news->callee);
	g_auto(ims_role_lines) lines = ims_role_terminating(&user, news);

	return g_steal_pointer(&lines.first);
}

int ims_session_receive_message(ims_session *session, const ims_sip_news *news)
{
	if (!ims_reg_is_active(session->flow->reg) || !news->caller)
		return 480;
	if (!ims_messages_admit(session->messages)) {
		ims_warn(ims_reg_impu(session->flow->reg), "a message from %s refused: too many in a minute",
			 news->caller);
		return 480;
	}
	ims_session_tell(session, (ims_session_news){ .kind = IMS_NEWS_MESSAGE,
						      .call_id = news->call_id,
						      .username = news->caller,
						      .display_name = news->caller_name,
						      .callee = news->callee,
						      .sip = news });
	return 200;
}
