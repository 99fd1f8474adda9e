/* ims_session_turn.c: the TURN servers that a registered user may use, for a while (REQ-145). */
#include "session/internal.h"

/* A page asks once before each call, and when its network has changed. */
#define REQUESTS_PER_MINUTE 20

void ims_session_turn_init(ims_session *session)
{
	ims_rate_init(&session->turn_requests, REQUESTS_PER_MINUTE,
		      ims_clock_now_ms(ims_stack_clock(session->service->stack)));
}

void ims_turn_offer_clear(ims_turn_offer *offer)
{
	ims_turn_credentials_clear(&offer->credentials);
}

ims_turn_offer ims_session_turn_offer(const ims_session *session)
{
	const ims_config_turn *turn = &session->service->config->turn;
	gint64 until_s = g_get_real_time() / G_USEC_PER_SEC + turn->ttl_s;

	if (turn->urls->len == 0)
		return (ims_turn_offer){ .urls = turn->urls };
	return (ims_turn_offer){ .urls = turn->urls,
				 .ttl_s = turn->ttl_s,
				 .credentials = ims_turn_credentials_make(
					 turn->secret, session->flow->turn_user, until_s) };
}

gboolean ims_session_ice_servers(ims_session *session, const char *transaction, GError **error)
{
	gint64 now_ms = ims_clock_now_ms(ims_stack_clock(session->service->stack));
	g_auto(ims_turn_offer) offer = { 0 };

	if (!session->flow || !ims_reg_is_active(session->flow->reg))
		return ims_session_refuse(error, IMS_E_WRONG_STATE, "ice_servers: not registered");
	if (!ims_rate_take(&session->turn_requests, now_ms)) {
		g_set_error(error, IMS_ERROR, IMS_E_LIMIT, "ice_servers: asked too often; try again in %u s",
			    ims_rate_wait_s(&session->turn_requests, now_ms));
		return FALSE;
	}
	offer = ims_session_turn_offer(session);
	ims_session_tell(session, (ims_session_news){ .kind = IMS_NEWS_ICE_SERVERS,
						      .transaction = transaction,
						      .turn = &offer });
	return TRUE;
}
