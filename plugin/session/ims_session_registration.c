/* ims_session_registration.c: the registration of a session. */
#include <string.h>

#include "base/ims_error.h"
#include "session/internal.h"
#include "sip/ims_role.h"
#include "sip/ims_uri.h"

static void reg_confirmed(ims_reg *reg, gpointer user)
{
	ims_session *session = user;
	g_auto(ims_turn_offer) turn = ims_session_turn_offer(session);

	ims_session_was_proved(session);
	ims_session_tell(session, (ims_session_news){ .kind = IMS_NEWS_REGISTERED,
						      .transaction = session->reg_transaction,
						      .username = ims_reg_impu(reg),
						      .expires_s = ims_reg_expires_s(reg),
						      .associated = ims_reg_associated(reg),
						      .pub_gruu = ims_reg_pub_gruu(reg),
						      .temp_gruu = ims_reg_temp_gruu(reg),
						      .turn = turn.urls->len ? &turn : NULL });
}

/* Both ends of a registration: without it no call goes on (24.229 5.2.8). */
static void end_registration(ims_session *session, ims_session_news news)
{
	g_autofree char *transaction = g_steal_pointer(&session->reg_transaction);

	if (session->call)
		ims_call_hangup(session->call, NULL, NULL);
	news.transaction = transaction;
	ims_session_tell(session, news);
	ims_flows_release(g_steal_pointer(&session->flow), TRUE);
}

/* It is tried again, so the flow stays. */
static void reg_delayed(ims_reg *reg, int status, const char *reason, guint retry_s, gpointer user)
{
	ims_session *session = user;

	if (session->call)
		ims_call_hangup(session->call, NULL, NULL);
	ims_session_tell(session, (ims_session_news){ .kind = IMS_NEWS_REGISTRATION_FAILED,
						      .transaction = session->reg_transaction,
						      .username = ims_reg_impu(reg),
						      .code = status,
						      .reason = reason,
						      .retry_s = retry_s });
}

static void reg_refused(ims_reg *reg, int status, const char *reason, gpointer user)
{
	ims_session_was_refused(user, status);
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
	.delayed = reg_delayed,
	.refused = reg_refused,
	.gone = reg_gone,
};

void ims_session_heed(ims_session *session, const ims_sip_news *answer)
{
	if (answer->restoration && session->flow)
		ims_reg_restore(session->flow->reg);
}

static gboolean proxy_fits(const ims_network *network, const char *proxy)
{
	g_auto(ims_uri) uri = { 0 };

	if (!ims_uri_parse(proxy, &uri, NULL) || !uri.host)
		return FALSE;
	return strcmp(uri.host, network->domain) == 0 || (strcmp(uri.host, network->entry_host) == 0 &&
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
		return ims_session_refuse(error, IMS_E_WRONG_STATE, "register: the gateway is shutting down");
	if (!session->flow || p->refresh || ims_reg_is_paused(session->flow->reg))
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
	ims_session_tell(session,
			 (ims_session_news){ .kind = IMS_NEWS_REGISTERING, .transaction = transaction });
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
		.prover = ims_session_prover(network, p),
		.headers = p->headers,
		.expires_s = p->expires_s,
	};

	if (session->flow) /* waits for its next attempt: this one takes its place */
		ims_flows_release(g_steal_pointer(&session->flow), TRUE);
	session->flow = ims_flows_claim(service->flows, &setup, &reg_events, session);
	if (!session->flow)
		return ims_session_refuse(error, IMS_E_LIMIT,
					  "register: this gateway serves no more registrations");
	g_free(session->display_name);
	session->display_name = g_strdup(p->display_name);
	g_free(session->reg_transaction);
	session->reg_transaction = g_strdup(transaction);
	ims_session_tell(session,
			 (ims_session_news){ .kind = IMS_NEWS_REGISTERING, .transaction = transaction });
	ims_reg_start(session->flow->reg);
	return TRUE;
}

static gboolean may_try(ims_session *session, const ims_network *network, const ims_register_params *p,
			GError **error)
{
	g_autofree char *impi = p->authuser ? g_strdup(p->authuser) : ims_role_impi(network, p->username);

	return ims_session_may_try(session, network, impi, p->secret, error);
}

gboolean ims_session_register(ims_session *session, const ims_register_params *p, const char *transaction,
			      GError **error)
{
	const ims_network *network;
	g_auto(ims_uri) impu = { 0 };

	if (!may_register(session, p, error))
		return FALSE;
	if (session->flow && !ims_reg_is_paused(session->flow->reg))
		return refresh(session, p, transaction, error);
	if (!ims_uri_parse(p->username, &impu, error))
		return FALSE;
	if (strcmp(impu.scheme, "sip") != 0 || !impu.user) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_INVALID_ADDRESS,
				    "register: 'username' must be an identity like sip:user@domain");
		return FALSE;
	}
	network = choose_network(session->service->config, p, impu.host, error);
	if (!network || !may_try(session, network, p, error))
		return FALSE;
	return start_registration(session, network, p, transaction, error);
}

gboolean ims_session_unregister(ims_session *session, const char *transaction, GError **error)
{
	if (!session->flow)
		return ims_session_refuse(error, IMS_E_WRONG_STATE, "unregister: not registered");
	g_free(session->reg_transaction);
	session->reg_transaction = g_strdup(transaction);
	ims_session_tell(session,
			 (ims_session_news){ .kind = IMS_NEWS_UNREGISTERING, .transaction = transaction });
	/* While the core still serves us: afterwards a BYE might not get through (24.229 5.1.1.6). */
	if (session->call)
		ims_call_hangup(session->call, NULL, NULL);
	ims_reg_stop(session->flow->reg);
	return TRUE;
}
