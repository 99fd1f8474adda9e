/* ims_session_info.c: what is said inside a call beside it: INFO both ways, and the keys that the other party
 * presses (REQ-105). */
#include "base/ims_error.h"
#include "base/ims_log.h"
#include "call/ims_dtmf_info.h"
#include "session/internal.h"

/* Each way: a transaction lives for 64*T1 when nobody answers. */
#define PER_MINUTE 600

static gint64 now_ms(const ims_session *session)
{
	return ims_clock_now_ms(ims_stack_clock(session->service->stack));
}

void ims_session_info_init(ims_session *session)
{
	ims_rate_init(&session->infos_out, PER_MINUTE, now_ms(session));
	ims_rate_init(&session->infos_in, PER_MINUTE, now_ms(session));
}

gboolean ims_session_info(ims_session *session, const ims_info_params *p, const char *transaction,
			  GError **error)
{
	ims_invite *dialog = session->call ? ims_call_dialog(session->call) : NULL;

	if (!dialog)
		return ims_session_refuse(error, IMS_E_WRONG_STATE, "info: no call is up");
	if (!ims_rate_take(&session->infos_out, now_ms(session)))
		return ims_session_refuse(error, IMS_E_LIMIT, "info: too many in a minute");
	ims_invite_info(dialog, p->content_type, p->body, p->headers);
	ims_session_tell(session, (ims_session_news){ .kind = IMS_NEWS_INFO_SENT,
						      .transaction = transaction,
						      .call_id = ims_call_id(session->call),
						      .username = ims_call_peer(session->call) });
	return TRUE;
}

void ims_session_key_pressed(ims_session *session, const ims_call *call, char signal, guint duration_ms)
{
	const char text[] = { signal, '\0' };

	ims_session_tell(session, (ims_session_news){ .kind = IMS_NEWS_DTMF,
						      .call_id = ims_call_id(call),
						      .username = ims_call_peer(call),
						      .signal = text,
						      .duration_ms = duration_ms });
}

void ims_session_reset(ims_session *session, const char *transaction)
{
	ims_session_tell(session, (ims_session_news){ .kind = IMS_NEWS_RESET, .transaction = transaction });
}

int ims_session_receive_info(ims_session *session, const ims_call *call, const ims_sip_news *news)
{
	guint duration_ms;
	char signal;

	if (!ims_rate_take(&session->infos_in, now_ms(session))) {
		ims_warn(ims_call_peer(call), "an INFO refused: too many in a minute");
		return 480;
	}
	ims_session_tell(session, (ims_session_news){ .kind = IMS_NEWS_INFO,
						      .call_id = ims_call_id(call),
						      .username = news->caller,
						      .display_name = news->caller_name,
						      .sip = news });
	if (ims_dtmf_info_parse(news->content_type, news->body, &signal, &duration_ms))
		ims_session_key_pressed(session, call, signal, duration_ms);
	return 200;
}
