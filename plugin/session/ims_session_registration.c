/* ims_session_registration.c: the registration of a session. */
#include <string.h>

#include "auth/ims_bearer_prover.h"
#include "auth/ims_delegated_prover.h"
#include "base/ims_error.h"
#include "session/internal.h"
#include "sip/ims_role.h"
#include "sip/ims_uri.h"

static void reg_confirmed(ims_reg *reg, gpointer user)
{
	ims_session *session = user;
	g_auto(ims_turn_offer) turn = ims_session_turn_offer(session);
	g_autofree char *replaces = NULL;

	if (!ims_reg_is_guest(reg))
		ims_session_was_proved(session);
	ims_flows_settle(session->flow);
	replaces = g_steal_pointer(&session->replaces);
	ims_flow_note_active(session->flow);
	ims_session_tell(
		session,
		(ims_session_news){ .kind = IMS_NEWS_REGISTERED,
				    .transaction = session->reg_transaction,
				    .username = ims_reg_impu(reg),
				    .expires_s = ims_reg_expires_s(reg),
				    .token_left_s = ims_session_token_left_s(session),
				    .associated = ims_reg_associated(reg),
				    .pub_gruu = ims_reg_pub_gruu(reg),
				    .conference_factory = ims_reg_network(reg)->conference_factory,
				    .temp_gruu = ims_reg_temp_gruu(reg),
				    .strays = ims_reg_strays(reg),
				    .handle_replaced = replaces,
				    .unsent = ims_reg_is_guest(reg),
				    .authentication_info = ims_delegated_prover_info(ims_reg_prover(reg)),
				    .turn = turn.urls->len ? &turn : NULL });
}

/* Both ends of a registration: without it no call goes on (24.229 5.2.8). */
void ims_session_end_registration(ims_session *session, ims_session_news news)
{
	g_autofree char *transaction = g_steal_pointer(&session->reg_transaction);

	ims_flow_end_calls(session->flow);
	ims_flow_end_subscriptions(session->flow);
	news.transaction = transaction;
	ims_session_tell(session, news);
	ims_session_drop_token(session); /* that was to renew it */
	ims_flows_release(g_steal_pointer(&session->flow), TRUE);
}

/* Nobody asked for it, unless he had asked for another end, or a beginning. */
void ims_session_replaced(ims_session *session, ims_session *heir, gboolean goes_on)
{
	const ims_reg *reg = session->flow->reg;
	const ims_reg_word word = { .event = "replaced", .over = TRUE };
	g_autofree char *transaction = g_steal_pointer(&session->reg_transaction);
	gboolean settled = ims_reg_is_active(reg);

	if (heir) {
		g_free(heir->replaces);
		heir->replaces = g_strdup(session->unique_id);
	}
	if (!goes_on)
		ims_flow_end_calls(session->flow);
	ims_flow_end_subscriptions(session->flow);
	ims_session_tell(session, (ims_session_news){ .kind = IMS_NEWS_UNREGISTERED,
						      .transaction = settled ? NULL : transaction,
						      .username = ims_reg_impu(reg),
						      .word = &word,
						      .unsent = TRUE });
	ims_session_drop_token(session);
	session->flow = NULL;
}

/* It is tried again, so the flow stays; so do calls while the network knows of it. */
static void reg_delayed(ims_reg *reg, int status, const char *reason, guint retry_s, gpointer user)
{
	ims_session *session = user;
	gboolean lasts = ims_reg_is_active(reg);

	if (!lasts)
		ims_flow_end_calls(session->flow);
	ims_session_tell(session, (ims_session_news){ .kind = IMS_NEWS_REGISTRATION_FAILED,
						      .transaction = session->reg_transaction,
						      .username = ims_reg_impu(reg),
						      .code = status,
						      .reason = reason,
						      .expires_s = lasts ? ims_reg_left_s(reg) : 0,
						      .warnings = ims_reg_warnings(reg),
						      .retry_s = retry_s });
}

/* In the network's own words, where it takes access tokens itself (RFC 8898 4). */
static void reg_refused(ims_reg *reg, int status, const char *reason, gpointer user)
{
	ims_session *session = user;
	const ims_bearer_challenge *said = ims_bearer_prover_refusal(ims_reg_prover(reg));
	const ims_bearer_news bearer = { .error = said ? said->error : NULL,
					 .scope = said ? said->scope : NULL,
					 .authz_server = said ? said->authz_server : NULL };

	ims_session_was_refused(session, status);
	ims_flow_note_end(session->flow, status, reason);
	ims_session_end_registration(user, (ims_session_news){ .kind = IMS_NEWS_REGISTRATION_FAILED,
							       .username = ims_reg_impu(reg),
							       .code = status,
							       .reason = reason,
							       .retry_after_s = ims_reg_retry_after_s(reg),
							       .warnings = ims_reg_warnings(reg),
							       .bearer = said ? &bearer : NULL });
}

static void reg_gone(ims_reg *reg, gpointer user)
{
	ims_session_end_registration(user, (ims_session_news){ .kind = IMS_NEWS_UNREGISTERED,
							       .username = ims_reg_impu(reg),
							       .unsent = ims_reg_is_guest(reg) });
}

/* By the network's own will (REQ-24 to REQ-26). A token is looked at anew, as what it proves is asked for. */
static void reg_told(ims_reg *reg, const ims_reg_word *word, gpointer user)
{
	ims_session *session = user;
	ims_session_news news = { .kind = word->over ? IMS_NEWS_UNREGISTERED : IMS_NEWS_REGINFO,
				  .username = ims_reg_impu(reg),
				  .word = word,
				  .associated = ims_reg_associated(reg) };

	if (word->over) {
		ims_flow_note_end(session->flow, 0, "The network ended the registration");
		g_clear_pointer(&session->reg_transaction, g_free); /* nobody has asked for it */
		ims_session_end_registration(session, news);
		return;
	}
	if (!ims_reg_is_active(reg))
		ims_flow_end_calls(session->flow);
	ims_session_tell(session, news);
	if (session->flow->watch && strcmp(word->event, "shortened") == 0)
		ims_grant_watch_recheck(session->flow->watch);
}

static const ims_reg_events reg_events = {
	.confirmed = reg_confirmed,
	.delayed = reg_delayed,
	.refused = reg_refused,
	.gone = reg_gone,
	.asked = ims_session_asked,
	.told = reg_told,
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

static gboolean takes(const ims_network *network, const char *scheme)
{
	return g_ptr_array_find_with_equal_func(network->auth_schemes, scheme, g_str_equal, NULL);
}

/* His token says who he is, and no domain. */
static const ims_network *first_with_tokens(const ims_config *config)
{
	for (guint i = 0; i < config->networks->len; i++) {
		const ims_network *network = g_ptr_array_index(config->networks, i);

		if (ims_session_takes_tokens(network) && takes(network, "token"))
			return network;
	}
	return g_ptr_array_index(config->networks, 0);
}

static void refuse_network(const ims_config *config, const char *asked, GError **error)
{
	g_autoptr(GString) names = g_string_new(NULL);

	for (guint i = 0; i < config->networks->len; i++) {
		const ims_network *n = g_ptr_array_index(config->networks, i);

		g_string_append_printf(names, "%s'%s' (sip:%s)", i ? ", " : "", n->name, n->domain);
	}
	g_set_error(error, IMS_ERROR, IMS_E_NETWORK_REFUSED,
		    "register: no network serves '%s'; configured: %s", asked, names->str);
}

/* A client never chooses where SIP goes; it may name what is configured. */
static const ims_network *choose_network(const ims_config *config, const ims_register_params *p,
					 const char *host, GError **error)
{
	const ims_network *network = p->network ? ims_config_network(config, p->network)
				     : host     ? ims_config_network_of_domain(config, host)
						: first_with_tokens(config);

	if (!network) {
		refuse_network(config, p->network ? p->network : host, error);
		return NULL;
	}
	if (!p->proxy || config->allow_client_proxy || proxy_fits(network, p->proxy))
		return network;
	g_set_error(error, IMS_ERROR, IMS_E_NETWORK_REFUSED,
		    "register: clients may not choose a proxy, except sip:%s or the configured entry point",
		    network->domain);
	return NULL;
}

static gboolean may_register(const ims_session *session, const ims_register_params *p, GError **error)
{
	if (session->service->closing)
		return ims_session_refuse(error, IMS_E_WRONG_STATE, "register: the gateway is shutting down");
	if (ims_session_is_verifying(session))
		return ims_session_refuse(error, IMS_E_ALREADY_REGISTERED, "Already registering");
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

	if ((p->username && strcmp(ims_reg_impu(reg), p->username) != 0) || !ims_reg_is_active(reg)) {
		g_set_error(error, IMS_ERROR, IMS_E_WRONG_STATE,
			    "register: only a running registration of %s can be refreshed",
			    ims_reg_impu(reg));
		return FALSE;
	}
	if (p->access_token)
		return ims_session_refresh_token(session, p->access_token, TRUE, transaction, error);
	g_free(session->reg_transaction);
	session->reg_transaction = g_strdup(transaction);
	ims_session_tell(session,
			 (ims_session_news){ .kind = IMS_NEWS_REGISTERING, .transaction = transaction });
	ims_reg_start(reg);
	return TRUE;
}

gboolean ims_session_claim_registration(ims_session *session, const ims_network *network,
					ims_reg_setup *setup, const char *display_name,
					const char *transaction, GError **error)
{
	const ims_service *service = session->service;

	setup->stack = service->stack;
	setup->network = network;
	setup->w2 = service->config->w2;
	setup->challenge_timeout_s = service->config->challenge_timeout_s;
	if (!service->config->allow_client_proxy)
		setup->proxy = NULL;
	if (session->flow) /* waits for its next attempt: this one takes its place */
		ims_flows_release(g_steal_pointer(&session->flow), TRUE);
	session->flow = ims_flows_claim(service->flows, setup, &reg_events, session, error);
	/* A proof that ends is newer than the one that he had before. */
	if (session->flow && setup->prover && setup->valid_s)
		ims_reg_renew(session->flow->reg, g_steal_pointer(&setup->prover), setup->valid_s);
	g_clear_pointer(&setup->prover, ims_prover_free);
	if (!session->flow)
		return FALSE;
	g_free(session->display_name);
	session->display_name = g_strdup(display_name);
	g_free(session->reg_transaction);
	session->reg_transaction = g_strdup(transaction);
	return TRUE;
}

static gboolean start_registration(ims_session *session, const ims_network *network,
				   const ims_register_params *p, const char *transaction, GError **error)
{
	g_autofree char *lines = ims_session_lines(session, p->headers);
	ims_reg_setup setup = {
		.proxy = p->proxy,
		.impu = p->username,
		.prover = ims_session_prover(session->service, network, p, error),
		.headers = lines,
		.contact_params = p->contact_params,
		.instance = p->instance,
		.reg_id = p->reg_id,
		.guest = p->guest,
		.expires_s = p->expires_s,
	};

	if (!setup.prover)
		return FALSE;
	if (!ims_session_claim_registration(session, network, &setup, p->display_name, transaction, error))
		return FALSE;
	ims_session_tell(session,
			 (ims_session_news){ .kind = IMS_NEWS_REGISTERING, .transaction = transaction });
	ims_reg_start(session->flow->reg);
	return TRUE;
}

static gboolean is_by(const ims_register_params *p, const char *auth)
{
	return g_strcmp0(p->auth, auth) == 0;
}

/* NULL: they are not told to us. */
static const char *credentials_of(const ims_register_params *p)
{
	if (is_by(p, "aka"))
		return p->aka.k;
	return p->secret ? p->secret : p->ha1_secret;
}

/* A token cannot be guessed, and tells itself as whom. */
static gboolean may_try(ims_session *session, const ims_network *network, const ims_register_params *p,
			GError **error)
{
	g_autofree char *impi = NULL;

	if (p->guest) /* who proves nothing, until a call is challenged */
		return TRUE;
	if (is_by(p, "token"))
		return ims_session_may_try(session, network, NULL, NULL, error);
	impi = ims_session_impi(network, p->authuser, p->username);
	return ims_session_may_try(session, network, impi, credentials_of(p), error);
}

/* REQ-39 */
static gboolean check_scheme(const ims_network *network, const char *scheme, GError **error)
{
	g_autoptr(GString) allowed = NULL;

	if (takes(network, scheme))
		return TRUE;
	allowed = g_string_new(NULL);
	for (guint i = 0; i < network->auth_schemes->len; i++)
		g_string_append_printf(allowed, "%s%s", i ? ", " : "",
				       (const char *)g_ptr_array_index(network->auth_schemes, i));
	g_set_error(error, IMS_ERROR, IMS_E_UNSUPPORTED,
		    "register: network '%s' takes no 'auth' %s; allowed: %s", network->name, scheme,
		    allowed->str);
	return FALSE;
}

/* Who delegates asks what there is to prove (RFC 8898 2.1.1). */
static gboolean is_told_to_bring_a_token(ims_session *session, const ims_network *network,
					 const ims_register_params *p, const char *transaction)
{
	return is_by(p, "delegated") && !takes(network, "delegated") && takes(network, "token") &&
	       ims_session_asks_for_token(session, network, p->username, transaction);
}

/* What is needed depends on how he proves who he is. */
static gboolean check_fields(const ims_register_params *p, GError **error)
{
	const char *missing = NULL;

	if (is_by(p, "token"))
		missing = p->access_token ? NULL : "access_token";
	else if (!p->username)
		missing = "username";
	else if (is_by(p, "aka"))
		missing = p->aka.k ? NULL : "aka";
	else if (!p->secret && !p->ha1_secret && !p->guest && !is_by(p, "delegated"))
		missing = "secret";
	if (!missing && p->reg_id && !p->instance)
		missing = "instance";
	if (missing)
		g_set_error(error, IMS_ERROR, IMS_E_MISSING_ELEMENT, "register: '%s' is missing", missing);
	return !missing;
}

/* ret_host: NULL when none is named. */
static gboolean check_username(const char *username, char **ret_host, GError **error)
{
	g_auto(ims_uri) impu = { 0 };

	if (!username)
		return TRUE;
	if (!ims_uri_parse(username, &impu, error))
		return FALSE;
	if (strcmp(impu.scheme, "sip") != 0 || !impu.user)
		return ims_session_refuse(error, IMS_E_INVALID_ADDRESS,
					  "register: 'username' must be an identity like sip:user@domain");
	*ret_host = g_strdup(impu.host);
	return TRUE;
}

gboolean ims_session_register(ims_session *session, const ims_register_params *p, const char *transaction,
			      GError **error)
{
	const ims_network *network;
	g_autofree char *host = NULL;

	if (p->helper)
		return ims_session_help(session, p, transaction, error);
	if (!ims_session_is_master(session, "register", error) || !may_register(session, p, error))
		return FALSE;
	session->keeps_calls = p->keep_calls;
	if (!p->refresh) {
		session->spared = p->calls_on_helpers;
		session->max_calls = p->max_calls;
	}
	if (session->flow && !ims_reg_is_paused(session->flow->reg))
		return refresh(session, p, transaction, error);
	if (!check_fields(p, error) || !check_username(p->username, &host, error))
		return FALSE;
	network = choose_network(session->service->serving, p, host, error);
	if (network && is_told_to_bring_a_token(session, network, p, transaction))
		return TRUE;
	if (!network || !check_scheme(network, p->auth ? p->auth : "digest", error) ||
	    (p->guest && !ims_session_may_be_guest(session, network, error)) ||
	    !may_try(session, network, p, error))
		return FALSE;
	g_free(session->user_agent);
	session->user_agent = g_strdup(p->user_agent);
	ims_session_drop_token(session); /* it was for one that this one takes the place of */
	if (is_by(p, "token") && !ims_session_admits_token(session, error))
		return FALSE;
	return is_by(p, "token") ? ims_session_register_by_token(session, network, p, transaction, error)
				 : start_registration(session, network, p, transaction, error);
}

static void tell_unregistering(ims_session *session, const char *transaction)
{
	ims_session_tell(session,
			 (ims_session_news){ .kind = IMS_NEWS_UNREGISTERING, .transaction = transaction });
}

gboolean ims_session_unregister(ims_session *session, const char *transaction, GError **error)
{
	gboolean verifying = ims_session_is_verifying(session);

	if (!session->flow && !verifying)
		return ims_session_refuse(error, IMS_E_WRONG_STATE, "unregister: not registered");
	ims_session_drop_token(session);
	tell_unregistering(session, transaction);
	if (ims_session_is_helper(session)) {
		ims_session_stop_helping(session, transaction);
		return TRUE;
	}
	if (verifying) { /* the network has heard nothing yet */
		ims_session_tell(session, (ims_session_news){ .kind = IMS_NEWS_UNREGISTERED,
							      .unsent = TRUE,
							      .transaction = transaction });
		return TRUE;
	}
	g_free(session->reg_transaction);
	session->reg_transaction = g_strdup(transaction);
	/* While the core still serves us: afterwards a BYE might not get through (24.229 5.1.1.6). */
	ims_flow_end_calls(session->flow);
	ims_flow_end_subscriptions(session->flow);
	ims_flow_note_end(session->flow, 0, "Its user deregistered");
	ims_flows_end(session->flow);
	return TRUE;
}
