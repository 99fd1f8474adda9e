#include "session/ims_session.h"

#include <string.h>

#include "base/ims_error.h"
#include "base/ims_log.h"
#include "base/ims_random.h"
#include "session/internal.h"
#include "sip/ims_uri.h"

struct ims_session {
	ims_service *service;
	gpointer handle;
	const ims_session_events *events;
	gpointer user;
	guint64 master_id;

	ims_flow *flow; /* NULL: no registration */
	char *display_name;
	char *reg_transaction;

	ims_call *call; /* one PeerConnection a handle, so one call */
	char *call_transaction;
};

/* Telling */

static void tell(ims_session *session, ims_session_news news)
{
	news.master_id = session->master_id;
	session->events->news(&news, session->user);
}

static void tell_of_call(ims_session *session, const ims_call *call, ims_session_news news)
{
	news.call_id = ims_call_id(call);
	news.username = ims_call_peer(call);
	if (!news.transaction)
		news.transaction = session->call_transaction;
	tell(session, news);
}

static gboolean refuse(GError **error, ims_error_code code, const char *why)
{
	g_set_error_literal(error, IMS_ERROR, code, why);
	return FALSE;
}

/* Life */

ims_session *ims_session_new(ims_service *service, gpointer handle, const ims_session_events *events,
			     gpointer user)
{
	ims_session *session = g_new0(ims_session, 1);

	ims_assert_on(ims_service_worker(service));
	session->service = service;
	session->handle = handle;
	session->events = events;
	session->user = user;
	session->master_id = ims_random_u53();
	g_atomic_int_inc(&service->n_sessions);
	return session;
}

static void forget_call(ims_session *session)
{
	ims_call_free(g_steal_pointer(&session->call));
	g_clear_pointer(&session->call_transaction, g_free);
	g_atomic_int_add(&session->service->n_calls, -1);
}

void ims_session_end(ims_session *session)
{
	ims_assert_on(ims_service_worker(session->service));
	if (session->call) {
		session->events->media(NULL, session->user);
		forget_call(session);
	}
	if (session->flow)
		ims_flows_release(g_steal_pointer(&session->flow), FALSE);
	g_atomic_int_add(&session->service->n_sessions, -1);
	g_free(session->display_name);
	g_free(session->reg_transaction);
	g_free(session);
}

/* Registration */

static void reg_confirmed(ims_reg *reg, gpointer user)
{
	ims_session *session = user;

	tell(session, (ims_session_news){ .kind = IMS_NEWS_REGISTERED,
					  .transaction = session->reg_transaction,
					  .username = ims_reg_impu(reg),
					  .expires_s = ims_reg_expires_s(reg),
					  .associated = ims_reg_associated(reg) });
}

/* Both ends of a registration: without it no call goes on (24.229 5.2.8). */
static void end_registration(ims_session *session, ims_session_news news)
{
	g_autofree char *transaction = g_steal_pointer(&session->reg_transaction);

	if (session->call)
		ims_call_hangup(session->call, NULL, NULL);
	news.transaction = transaction;
	tell(session, news);
	ims_flows_release(g_steal_pointer(&session->flow), TRUE);
}

static void reg_refused(ims_reg *reg, int status, const char *reason, gpointer user)
{
	end_registration(user, (ims_session_news){ .kind = IMS_NEWS_REGISTRATION_FAILED,
						   .username = ims_reg_impu(reg),
						   .code = status,
						   .reason = reason });
}

static void reg_gone(ims_reg *reg, gpointer user)
{
	end_registration(user,
			 (ims_session_news){ .kind = IMS_NEWS_UNREGISTERED, .username = ims_reg_impu(reg) });
}

static const ims_reg_events reg_events = {
	.confirmed = reg_confirmed,
	.refused = reg_refused,
	.gone = reg_gone,
};

static gboolean proxy_fits(const ims_network *network, const char *proxy)
{
	g_auto(ims_uri) uri = { 0 };

	if (!ims_uri_parse(proxy, &uri, NULL) || !uri.host)
		return FALSE;
	return strcmp(uri.host, network->domain) == 0 || (strcmp(uri.host, network->entry_address) == 0 &&
							  (uri.port == 0 || uri.port == network->entry_port));
}

/* A client never chooses where SIP goes; it may name what is configured. */
static const ims_network *choose_network(const ims_config *config, const ims_register_params *p,
					 const char *host, GError **error)
{
	const ims_network *network = p->network ? ims_config_network(config, p->network)
						: ims_config_network_of_domain(config, host);
	GString *names = g_string_new(NULL);

	for (guint i = 0; i < config->networks->len; i++) {
		const ims_network *n = g_ptr_array_index(config->networks, i);

		g_string_append_printf(names, "%s'%s' (sip:%s)", i ? ", " : "", n->name, n->domain);
	}
	if (!network)
		g_set_error(error, IMS_ERROR, IMS_E_NETWORK_REFUSED,
			    "register: no network serves '%s'; configured: %s",
			    p->network ? p->network : host, names->str);
	else if (p->proxy && !config->allow_client_proxy && !proxy_fits(network, p->proxy))
		g_set_error(error, IMS_ERROR, IMS_E_NETWORK_REFUSED,
			    "register: clients may not choose a proxy, except sip:%s or the configured entry "
			    "point",
			    network->domain);
	else {
		g_string_free(names, TRUE);
		return network;
	}
	g_string_free(names, TRUE);
	return NULL;
}

static gboolean may_register(const ims_session *session, const ims_register_params *p, GError **error)
{
	if (session->service->closing)
		return refuse(error, IMS_E_WRONG_STATE, "register: the gateway is shutting down");
	if (!session->flow || p->refresh)
		return TRUE;
	g_set_error(error, IMS_ERROR, IMS_E_ALREADY_REGISTERED, "Already %s as %s",
		    ims_reg_state_name(session->flow->reg), ims_reg_impu(session->flow->reg));
	return FALSE;
}

static gboolean refresh(ims_session *session, const ims_register_params *p, const char *transaction,
			GError **error)
{
	ims_reg *reg = session->flow->reg;

	if (strcmp(ims_reg_impu(reg), p->username) != 0 || !ims_reg_is_active(reg)) {
		g_set_error(error, IMS_ERROR, IMS_E_WRONG_STATE,
			    "register: only a running registration of %s can be refreshed",
			    ims_reg_impu(reg));
		return FALSE;
	}
	g_free(session->reg_transaction);
	session->reg_transaction = g_strdup(transaction);
	tell(session, (ims_session_news){ .kind = IMS_NEWS_REGISTERING, .transaction = transaction });
	ims_reg_start(reg);
	return TRUE;
}

static gboolean start_registration(ims_session *session, const ims_network *network,
				   const ims_register_params *p, const char *transaction, GError **error)
{
	const ims_service *service = session->service;
	ims_reg_setup setup = {
		.stack = service->stack,
		.network = network,
		.proxy = service->config->allow_client_proxy ? p->proxy : NULL,
		.w2 = service->config->w2,
		.impu = p->username,
		.impi = p->authuser ? p->authuser : p->username + strlen("sip:"),
		.secret = p->secret,
		.headers = p->headers,
		.expires_s = p->expires_s,
	};

	session->flow = ims_flows_claim(service->flows, &setup, &reg_events, session);
	if (!session->flow)
		return refuse(error, IMS_E_LIMIT, "register: this gateway serves no more registrations");
	g_free(session->display_name);
	session->display_name = g_strdup(p->display_name);
	g_free(session->reg_transaction);
	session->reg_transaction = g_strdup(transaction);
	tell(session, (ims_session_news){ .kind = IMS_NEWS_REGISTERING, .transaction = transaction });
	ims_reg_start(session->flow->reg);
	return TRUE;
}

gboolean ims_session_register(ims_session *session, const ims_register_params *p, const char *transaction,
			      GError **error)
{
	const ims_network *network;
	g_auto(ims_uri) impu = { 0 };

	if (!may_register(session, p, error))
		return FALSE;
	if (session->flow)
		return refresh(session, p, transaction, error);
	if (!ims_uri_parse(p->username, &impu, error))
		return FALSE;
	if (strcmp(impu.scheme, "sip") != 0 || !impu.user) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_INVALID_ADDRESS,
				    "register: 'username' must be an identity like sip:user@domain");
		return FALSE;
	}
	network = choose_network(session->service->config, p, impu.host, error);
	if (!network)
		return FALSE;
	return start_registration(session, network, p, transaction, error);
}

gboolean ims_session_unregister(ims_session *session, const char *transaction, GError **error)
{
	if (!session->flow)
		return refuse(error, IMS_E_WRONG_STATE, "unregister: not registered");
	g_free(session->reg_transaction);
	session->reg_transaction = g_strdup(transaction);
	tell(session, (ims_session_news){ .kind = IMS_NEWS_UNREGISTERING, .transaction = transaction });
	/* While the core still serves us: afterwards a BYE might not get through (24.229 5.1.1.6). */
	if (session->call)
		ims_call_hangup(session->call, NULL, NULL);
	ims_reg_stop(session->flow->reg);
	return TRUE;
}

/* Calls: what they tell */

static void call_proceeding(ims_call *call, int code, gpointer user)
{
	tell_of_call(user, call, (ims_session_news){ .kind = IMS_NEWS_PROCEEDING, .code = code });
}

static void call_ringing(ims_call *call, gpointer user)
{
	tell_of_call(user, call, (ims_session_news){ .kind = IMS_NEWS_RINGING });
}

static void call_progress(ims_call *call, const char *answer, gpointer user)
{
	tell_of_call(user, call,
		     (ims_session_news){ .kind = IMS_NEWS_PROGRESS, .sdp_type = "answer", .sdp = answer });
}

static void call_answered(ims_call *call, const char *answer, gpointer user)
{
	tell_of_call(user, call,
		     (ims_session_news){ .kind = IMS_NEWS_ACCEPTED, .sdp_type = "answer", .sdp = answer });
}

static void call_ended(ims_call *call, int status, const char *reason, const ims_sip_news *sip, gpointer user)
{
	ims_session *session = user;

	session->events->media(NULL, session->user);
	session->events->close_media(session->user);
	tell_of_call(
		session, call,
		(ims_session_news){ .kind = IMS_NEWS_HANGUP, .code = status, .reason = reason, .sip = sip });
	forget_call(session);
}

static const ims_call_events call_events = {
	.proceeding = call_proceeding,
	.ringing = call_ringing,
	.progress = call_progress,
	.answered = call_answered,
	.ended = call_ended,
};

static ims_call_setup call_setup(const ims_session *session)
{
	const ims_service *service = session->service;
	const ims_reg *reg = session->flow->reg;

	return (ims_call_setup){
		.stack = service->stack,
		.config = service->config,
		.network = ims_reg_network(reg),
		.ports = service->ports,
		.gateway = service->gateway,
		.handle = session->handle,
		.flow_token = ims_reg_flow_token(reg),
		.asserted = g_ptr_array_index(ims_reg_associated(reg), 0),
	};
}

static gboolean is_full(const ims_service *service)
{
	guint limit = service->config->max_calls;

	return limit && (guint)g_atomic_int_get(&service->n_calls) >= limit;
}

static void adopt_call(ims_session *session, ims_call *call)
{
	session->call = call;
	g_atomic_int_inc(&session->service->n_calls);
	session->events->media(ims_call_media(call), session->user);
}

/* Calls: outgoing */

static const GPtrArray *emergency_numbers(const ims_session *session)
{
	const ims_network *network = session->flow ? ims_reg_network(session->flow->reg)
						   : g_ptr_array_index(session->service->config->networks, 0);

	return network->emergency_numbers;
}

/* Emergency is screened first, whatever else is wrong (REQ-103); then who is not registered (REQ-85). */
static gboolean may_call(const ims_session *session, const char *uri, GError **error)
{
	g_auto(ims_uri) target = { 0 };

	if (ims_uri_is_emergency(uri, emergency_numbers(session)))
		return refuse(error, IMS_E_EMERGENCY,
			      "Emergency calls are not possible here: please use a telephone");
	if (!session->flow || !ims_reg_is_active(session->flow->reg))
		return refuse(error, IMS_E_WRONG_STATE, "call: register first");
	if (session->call)
		return refuse(error, IMS_E_WRONG_STATE, "call: this handle has a call already");
	if (is_full(session->service))
		return refuse(error, IMS_E_LIMIT, "call: this gateway serves no more calls");
	return ims_uri_parse(uri, &target, error);
}

gboolean ims_session_call(ims_session *session, const char *uri, const char *call_id, const char *headers,
			  const char *offer, const char *transaction, GError **error)
{
	ims_call_setup setup;
	ims_call *call;

	if (!may_call(session, uri, error))
		return FALSE;
	setup = call_setup(session);
	call = ims_call_dial(&setup,
			     &(ims_call_target){ .uri = uri,
						 .caller = ims_reg_impu(session->flow->reg),
						 .caller_name = session->display_name,
						 .call_id = call_id,
						 .headers = headers,
						 .browser_offer = offer,
						 .route = ims_reg_service_route(session->flow->reg) },
			     &call_events, session, error);
	if (!call)
		return FALSE;
	adopt_call(session, call);
	session->call_transaction = g_strdup(transaction);
	tell_of_call(session, call, (ims_session_news){ .kind = IMS_NEWS_CALLING });
	return TRUE;
}

/* Calls: incoming */

static gboolean miss_call(ims_session *session, const ims_sip_news *news, int *ret_status)
{
	*ret_status = 486;
	tell(session, (ims_session_news){ .kind = IMS_NEWS_MISSED_CALL,
					  .call_id = news->call_id,
					  .username = news->caller,
					  .display_name = news->caller_name,
					  .callee = news->callee,
					  .reason = "busy" });
	return FALSE;
}

static gboolean refuse_media(ims_session *session, const ims_sip_news *news, const GError *error,
			     int *ret_status)
{
	*ret_status = error->code == IMS_E_LIMIT || error->code == IMS_E_IO ? 503 : 488;
	ims_warn(ims_reg_impu(session->flow->reg), "call from %s refused: %s", news->caller, error->message);
	tell(session, (ims_session_news){ .kind = IMS_NEWS_MISSED_CALL,
					  .call_id = news->call_id,
					  .username = news->caller,
					  .display_name = news->caller_name,
					  .callee = news->callee,
					  .reason = ims_error_text((ims_error_code)error->code) });
	return FALSE;
}

gboolean ims_session_receive(ims_session *session, ims_invite *invite, const ims_sip_news *news,
			     int *ret_status)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *offer = NULL;
	ims_call_setup setup;
	ims_call *call;

	*ret_status = 480;
	if (!ims_reg_is_active(session->flow->reg) || !news->caller)
		return FALSE;
	if (session->call)
		return miss_call(session, news, ret_status);
	*ret_status = 503;
	if (is_full(session->service))
		return FALSE;
	*ret_status = news->bad_body ? 415 : 488;
	if (!news->sdp)
		return FALSE;
	setup = call_setup(session);
	call = ims_call_receive(&setup, invite, news, &call_events, session, &offer, &error);
	if (!call)
		return refuse_media(session, news, error, ret_status);
	adopt_call(session, call);
	tell_of_call(session, call,
		     (ims_session_news){ .kind = IMS_NEWS_INCOMING_CALL,
					 .display_name = news->caller_name,
					 .callee = news->callee,
					 .sdp_type = "offer",
					 .sdp = offer });
	return TRUE;
}

/* Calls: requests inside */

static gboolean has_call(const ims_session *session, const char *request, GError **error)
{
	if (session->call)
		return TRUE;
	g_set_error(error, IMS_ERROR, IMS_E_WRONG_STATE, "%s: there is no call", request);
	return FALSE;
}

gboolean ims_session_accept(ims_session *session, const char *answer, const char *headers,
			    const char *transaction, GError **error)
{
	if (!has_call(session, "accept", error) || !ims_call_accept(session->call, answer, headers, error))
		return FALSE;
	tell_of_call(session, session->call,
		     (ims_session_news){ .kind = IMS_NEWS_ACCEPTED, .transaction = transaction });
	return TRUE;
}

gboolean ims_session_decline(ims_session *session, int code, const char *headers, const char *transaction,
			     GError **error)
{
	if (!has_call(session, "decline", error))
		return FALSE;
	if (!ims_call_is_unanswered(session->call))
		return refuse(error, IMS_E_WRONG_STATE,
			      "decline: only a call that rings here can be declined");
	tell_of_call(
		session, session->call,
		(ims_session_news){ .kind = IMS_NEWS_DECLINING, .transaction = transaction, .code = code });
	return ims_call_decline(session->call, code, headers, error);
}

gboolean ims_session_hangup(ims_session *session, const char *headers, const char *transaction,
			    GError **error)
{
	if (!has_call(session, "hangup", error))
		return FALSE;
	tell_of_call(session, session->call,
		     (ims_session_news){ .kind = IMS_NEWS_HANGING_UP, .transaction = transaction });
	return ims_call_hangup(session->call, headers, error);
}

gboolean ims_session_hold(ims_session *session, ims_direction direction, const char *transaction,
			  GError **error)
{
	ims_news_kind kind = direction == IMS_DIR_SENDRECV ? IMS_NEWS_RESUMING : IMS_NEWS_HOLDING;

	if (!has_call(session, kind == IMS_NEWS_HOLDING ? "hold" : "unhold", error) ||
	    !ims_call_hold(session->call, direction, error))
		return FALSE;
	tell_of_call(session, session->call, (ims_session_news){ .kind = kind, .transaction = transaction });
	return TRUE;
}

gboolean ims_session_dtmf(ims_session *session, char digit, guint duration_ms, const char *headers,
			  const char *transaction, GError **error)
{
	if (!has_call(session, "dtmf_info", error) ||
	    !ims_call_dtmf(session->call, digit, duration_ms, headers, error))
		return FALSE;
	tell_of_call(session, session->call,
		     (ims_session_news){ .kind = IMS_NEWS_DTMF_SENT, .transaction = transaction });
	return TRUE;
}

void ims_session_media_gone(ims_session *session)
{
	if (session->call)
		ims_call_media_gone(session->call);
}

void ims_session_media_failed(ims_session *session, const char *call_id)
{
	if (session->call && g_strcmp0(ims_call_id(session->call), call_id) == 0)
		ims_call_unreachable(session->call);
}

/* Looking at it */

const ims_reg *ims_session_reg(const ims_session *session)
{
	return session->flow ? session->flow->reg : NULL;
}

const ims_call *ims_session_ongoing(const ims_session *session)
{
	return session->call;
}
