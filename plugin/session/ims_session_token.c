/* ims_session_token.c: registrations that stand on an access token: who may have one, a newer token, its end
 * (33.203 X.3, X.4, RFC 8898). */
#include "auth/ims_bearer_prover.h"
#include "auth/ims_trusted_prover.h"
#include "base/ims_log.h"
#include "base/ims_secret.h"
#include "session/ims_grant_watch.h"
#include "session/internal.h"
#include "token/ims_bearer.h"

/* Where no issuer has anything to do with it. */
#define RETRY_AFTER_S 10

/* A token that is being verified, and what its user wants with it. */
struct ims_token_step {
	gboolean renews;    /* else it registers */
	gboolean announces; /* ... and the REGISTER that follows is told */
	const ims_network *network;
	ims_secret *token; /* to show the network; NULL: it does not leave us */
	char *transaction, *username, *authuser, *display_name, *proxy, *headers, *instance;
	guint expires_s, reg_id;
	ims_verification *waiting;
};

static void step_free(ims_token_step *step)
{
	ims_verification_drop(&step->waiting);
	ims_secret_unref(step->token);
	g_free(step->transaction);
	g_free(step->username);
	g_free(step->authuser);
	g_free(step->display_name);
	g_free(step->proxy);
	g_free(step->headers);
	g_free(step->instance);
	g_free(step);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ims_token_step, step_free)

void ims_session_drop_token(ims_session *session)
{
	g_clear_pointer(&session->token_step, step_free);
}

static gboolean shows_token(const ims_network *network)
{
	return network->token_mode == IMS_TOKEN_MODE_BEARER;
}

/* Telling */

/* A challenge is made only where a new token may help (REQ-69, REQ-70). */
static ims_bearer_news challenge_of(const GError *why, const ims_issuer *issuer)
{
	return (ims_bearer_news){ .error = ims_token_error_name((ims_token_error_code)why->code),
				  .scope = issuer && *issuer->scope ? issuer->scope : NULL,
				  .authz_server = issuer ? issuer->issuer : NULL };
}

/* 0: a page need not try again. */
static guint again_s(const GError *why, const ims_issuer *issuer)
{
	if (why->code != IMS_TOKEN_UNAVAILABLE)
		return 0;
	return issuer ? issuer->keys_retry_s : RETRY_AFTER_S;
}

static ims_session_news refusal(ims_session_news news, const GError *why, const ims_bearer_news *challenge)
{
	news.code = (int)ims_token_error_status((ims_token_error_code)why->code);
	news.reason = why->message;
	news.bearer = challenge->error ? challenge : NULL;
	return news;
}

static gboolean not_permitted(GError **error, const char *why)
{
	g_set_error_literal(error, IMS_TOKEN_ERROR, IMS_TOKEN_NOT_PERMITTED, why);
	return FALSE;
}

/* The end of a token, before or after a page is there again */

static void on_ends_soon(guint left_s, gpointer user)
{
	const ims_flow *flow = user;

	if (flow->session)
		ims_session_tell(flow->session, (ims_session_news){ .kind = IMS_NEWS_TOKEN_EXPIRING,
								    .token_left_s = left_s });
}

static void on_over(const GError *why, const ims_issuer *issuer, gpointer user)
{
	ims_flow *flow = user;
	ims_session *session = flow->session;
	const ims_grant *grant = ims_grant_watch_grant(flow->watch);
	ims_bearer_news challenge;

	ims_warn(ims_reg_impu(flow->reg), "its access token serves no more: %s", why->message);
	ims_flow_note_end(flow, 0, why->message);
	if (!session) {
		ims_flows_end(flow);
		return;
	}
	if (!issuer)
		issuer = ims_config_issuer(session->service->config, ims_grant_issuer(grant));
	challenge = challenge_of(why, issuer);
	ims_session_end_registration(session,
				     refusal((ims_session_news){ .kind = IMS_NEWS_REGISTRATION_FAILED,
								 .username = ims_reg_impu(flow->reg) },
					     why, &challenge));
}

static const ims_grant_watch_events watch_events = { .ends_soon = on_ends_soon, .over = on_over };

/* Whose registration it may be */

static gint64 now_s(void)
{
	return g_get_real_time() / G_USEC_PER_SEC;
}

/* The registration is of a SIP URI, also when the token names a number first. */
static const char *first_sip(const ims_grant *grant)
{
	for (const char *const *impu = ims_grant_impus(grant); *impu; impu++)
		if (g_str_has_prefix(*impu, "sip:"))
			return *impu;
	return NULL;
}

/* impi NULL: not asked (REQ-52). */
static gboolean check_identity(const ims_grant *grant, const char *impi, const char *impu, GError **error)
{
	if (ims_grant_left_s(grant) == 0) {
		g_set_error_literal(error, IMS_TOKEN_ERROR, IMS_TOKEN_EXPIRED, "the token has expired");
		return FALSE;
	}
	return (impu && ims_grant_permits(grant, impi, impu, now_s())) ||
	       not_permitted(error, "the token is not for this identity");
}

/* Visitors whose tokens name no subject are told apart by their tokens. */
static const char *subject_of(const ims_grant *grant)
{
	if (ims_grant_subject(grant))
		return ims_grant_subject(grant);
	return ims_grant_jti(grant); /* then it has one: token/ims_claims.c */
}

/* FALSE: an identity of a pool that another visitor has (REQ-60). */
static gboolean take_hold(ims_session *session, const ims_grant *grant, ims_hold **ret_hold, GError **error)
{
	if (!ims_grant_is_pool(grant))
		return TRUE;
	*ret_hold = ims_holders_take(session->service->holders, ims_grant_impi(grant),
				     ims_grant_issuer(grant), subject_of(grant));
	return *ret_hold || not_permitted(error, "another visitor is registered with this identity");
}

/* Registering */

static ims_prover *prover_of(const ims_token_step *step, const ims_grant *grant, const char *impu)
{
	if (shows_token(step->network))
		return ims_bearer_prover_new(ims_grant_impi(grant), step->token);
	return ims_trusted_prover_new(
		&(ims_trusted_prover_setup){ .grant = grant,
					     .impu = impu,
					     .realm = step->network->domain,
					     .quoted = step->network->integrity_quoted,
					     .wwsf_parameter = step->network->wwsf_parameter });
}

static void watch_grant(ims_session *session, const ims_network *network, const ims_grant *grant,
			ims_hold *hold)
{
	ims_grant_watch_free(session->flow->watch);
	session->flow->watch = ims_grant_watch_new(
		&(ims_grant_watch_setup){ .clock = ims_stack_clock(session->service->stack),
					  .tokens = session->service->tokens,
					  .network = network,
					  .grant = grant,
					  .hold = hold },
		&watch_events, session->flow);
}

static gboolean claim(ims_session *session, const ims_token_step *step, ims_reg_setup *setup, GError **error)
{
	g_autoptr(GError) full = NULL;

	setup->proxy = step->proxy;
	setup->headers = step->headers;
	setup->instance = step->instance;
	setup->reg_id = step->reg_id;
	setup->expires_s = step->expires_s;
	if (ims_session_claim_registration(session, step->network, setup, step->display_name,
					   step->transaction, &full))
		return TRUE;
	g_set_error_literal(error, IMS_TOKEN_ERROR, IMS_TOKEN_UNAVAILABLE, full->message);
	return FALSE;
}

/* A registration that waited for its page goes on with the token that the page has now. */
static gboolean register_with(ims_session *session, const ims_token_step *step, const ims_grant *grant,
			      GError **error)
{
	const char *impu = step->username ? step->username : first_sip(grant);
	guint left_s = ims_grant_left_s(grant);
	g_autoptr(ims_hold) hold = NULL;
	ims_reg_setup setup = { .impu = impu, .valid_s = left_s };

	if (!check_identity(grant, step->authuser, impu, error) || !take_hold(session, grant, &hold, error))
		return FALSE;
	setup.prover = prover_of(step, grant, impu);
	if (!claim(session, step, &setup, error))
		return FALSE;
	watch_grant(session, step->network, grant, g_steal_pointer(&hold));
	ims_reg_start(session->flow->reg);
	return TRUE;
}

static void renew(ims_session *session, const ims_token_step *step, ims_prover *prover, guint valid_s)
{
	ims_reg_renew(session->flow->reg, prover, valid_s);
	ims_session_tell(session, (ims_session_news){ .kind = IMS_NEWS_TOKEN_REFRESHED,
						      .transaction = step->transaction,
						      .token_left_s = valid_s });
	ims_flow_note(session->flow, "token_renewed");
	/* Last: it may be refused at once. */
	if (!step->announces) {
		ims_reg_refresh(session->flow->reg);
		return;
	}
	g_free(session->reg_transaction);
	session->reg_transaction = g_strdup(step->transaction);
	ims_reg_start(session->flow->reg);
}

static gboolean renew_with(ims_session *session, const ims_token_step *step, const ims_grant *grant,
			   GError **error)
{
	ims_flow *flow = session->flow;
	const char *impu = ims_reg_impu(flow->reg);

	if (!ims_grant_is_same_user(grant, ims_grant_watch_grant(flow->watch)))
		return not_permitted(error, "the token is not of the user who is registered");
	if (!check_identity(grant, NULL, impu, error))
		return FALSE;
	ims_grant_watch_renew(flow->watch, grant);
	renew(session, step, prover_of(step, grant, impu), ims_grant_left_s(grant));
	return TRUE;
}

/* The verdict, ours */

/* Who showed it is not known: what he says of himself proves nothing. */
static void note_refusal(const ims_session *session, const ims_token_step *step, const GError *why,
			 const ims_issuer *issuer)
{
	const ims_flow *flow = step->renews ? session->flow : NULL;

	ims_audit_note(
		session->service->audit,
		&(ims_audit_record){ .event = step->renews ? "token_refused" : "failed",
				     .code = (int)ims_token_error_status((ims_token_error_code)why->code),
				     .reason = why->message,
				     .scheme = "token",
				     .network = step->network->name,
				     .impu = flow ? ims_reg_impu(flow->reg) : step->username,
				     .issuer = issuer ? issuer->name : NULL,
				     .flow = flow ? flow->name : NULL });
}

static void tell_refusal(ims_session *session, const ims_token_step *step, const GError *why,
			 const ims_issuer *issuer)
{
	const ims_bearer_news challenge = challenge_of(why, issuer);
	int status = (int)ims_token_error_status((ims_token_error_code)why->code);

	ims_warn(step->username ? step->username : step->network->name, "access token refused: %u %s",
		 ims_token_error_status((ims_token_error_code)why->code), why->message);
	note_refusal(session, step, why, issuer);
	if (step->renews)
		ims_session_was_not_renewed(session, status);
	else
		ims_session_was_refused(session, status);
	ims_session_tell(
		session,
		refusal((ims_session_news){ .kind = step->renews && !step->announces
							    ? IMS_NEWS_TOKEN_REFUSED
							    : IMS_NEWS_REGISTRATION_FAILED,
					    .transaction = step->transaction,
					    .username = step->username,
					    .expires_s =
						    step->announces ? ims_reg_left_s(session->flow->reg) : 0,
					    .retry_after_s = again_s(why, issuer) },
			why, &challenge));
}

static void on_verified(const ims_verdict *verdict, gpointer user)
{
	ims_session *session = user;
	g_autoptr(ims_token_step) step = g_steal_pointer(&session->token_step);
	g_autoptr(GError) error = NULL;

	if (!verdict->grant)
		error = g_error_copy(verdict->error);
	else if (step->renews ? renew_with(session, step, verdict->grant, &error)
			      : register_with(session, step, verdict->grant, &error))
		return;
	tell_refusal(session, step, error, verdict->issuer);
}

/* Asked for by the user */

static ims_token_step *step_new(const ims_network *network, const char *token, const char *transaction)
{
	ims_token_step *step = g_new0(ims_token_step, 1);

	step->network = network;
	step->token = shows_token(network) ? ims_secret_new_text(token) : NULL;
	step->transaction = g_strdup(transaction);
	return step;
}

static gboolean verifies(const ims_network *network)
{
	return network->token_issuers->len > 0;
}

/* The network alone knows whose token it is, and whether it is one. */
static gboolean go_unverified(ims_session *session, const ims_token_step *step, GError **error)
{
	g_autofree char *impi = NULL;
	ims_reg_setup setup = { .impu = step->username };

	if (!ims_bearer_is_token(ims_secret_text(step->token), error))
		return FALSE;
	if (step->renews) {
		renew(session, step,
		      ims_bearer_prover_new(ims_reg_prover(session->flow->reg)->impi, step->token), 0);
		return TRUE;
	}
	impi = ims_session_impi(step->network, step->authuser, step->username);
	setup.prover = ims_bearer_prover_new(impi, step->token);
	if (!claim(session, step, &setup, error))
		return FALSE;
	ims_reg_start(session->flow->reg);
	return TRUE;
}

/* Takes the step over. */
static void go(ims_session *session, ims_token_step *taken, const char *token)
{
	g_autoptr(ims_token_step) step = taken;
	g_autoptr(GError) error = NULL;

	if (!verifies(step->network)) {
		if (!go_unverified(session, step, &error))
			tell_refusal(session, step, error, NULL);
		return;
	}
	ims_tokens_verify(session->service->tokens, step->network, token, on_verified, session,
			  &step->waiting);
	session->token_step = g_steal_pointer(&step);
}

gboolean ims_session_takes_tokens(const ims_network *network)
{
	return verifies(network) || shows_token(network);
}

gboolean ims_session_asks_for_token(ims_session *session, const ims_network *network, const char *username,
				    const char *transaction)
{
	const ims_issuer *issuer = ims_config_issuer_of(session->service->serving, network, 0);
	const ims_bearer_news whence = { .scope = issuer && *issuer->scope ? issuer->scope : NULL,
					 .authz_server = issuer ? issuer->issuer : NULL };

	if (!issuer)
		return FALSE;
	ims_session_tell(session, (ims_session_news){ .kind = IMS_NEWS_REGISTRATION_FAILED,
						      .transaction = transaction,
						      .username = username,
						      .code = 401,
						      .reason = "An access token is needed",
						      .bearer = &whence });
	return TRUE;
}

static gboolean check_network(const ims_network *network, const ims_register_params *p, GError **error)
{
	if (!ims_session_takes_tokens(network)) {
		g_set_error(error, IMS_ERROR, IMS_E_UNSUPPORTED,
			    "register: the network '%s' takes no access tokens", network->name);
		return FALSE;
	}
	return verifies(network) || p->username ||
	       ims_session_refuse(error, IMS_E_MISSING_ELEMENT, "register: 'username' is missing");
}

gboolean ims_session_register_by_token(ims_session *session, const ims_network *network,
				       const ims_register_params *p, const char *transaction, GError **error)
{
	ims_token_step *step;

	if (!check_network(network, p, error))
		return FALSE;
	if (session->flow) /* waits for its next attempt: this one takes its place */
		ims_flows_release(g_steal_pointer(&session->flow), TRUE);
	step = step_new(network, p->access_token, transaction);
	step->username = g_strdup(p->username);
	step->authuser = g_strdup(p->authuser);
	step->display_name = g_strdup(p->display_name);
	step->proxy = g_strdup(p->proxy);
	step->headers = g_strdup(p->headers);
	step->instance = g_strdup(p->instance);
	step->reg_id = p->reg_id;
	step->expires_s = p->expires_s;
	ims_session_tell(session,
			 (ims_session_news){ .kind = IMS_NEWS_REGISTERING, .transaction = transaction });
	go(session, step, p->access_token);
	return TRUE;
}

static gboolean is_by_token(const ims_flow *flow)
{
	return flow->watch || (!verifies(ims_reg_network(flow->reg)) &&
			       g_str_equal(ims_reg_prover(flow->reg)->kind->name, "token"));
}

gboolean ims_session_refresh_token(ims_session *session, const char *access_token, gboolean announce,
				   const char *transaction, GError **error)
{
	ims_token_step *step;

	if (!ims_session_is_master(session, "refresh_token", error))
		return FALSE;
	if (!session->flow || !is_by_token(session->flow))
		return ims_session_refuse(error, IMS_E_WRONG_STATE,
					  "refresh_token: nobody is registered by a token here");
	if (session->token_step)
		return ims_session_refuse(error, IMS_E_WRONG_STATE,
					  "refresh_token: another token is being looked at");
	if (!ims_session_may_renew(session, error))
		return FALSE;
	step = step_new(ims_reg_network(session->flow->reg), access_token, transaction);
	step->renews = TRUE;
	step->announces = announce;
	go(session, step, access_token);
	return TRUE;
}

/* Looking at it */

gboolean ims_session_is_verifying(const ims_session *session)
{
	return session->token_step && !session->token_step->renews;
}

const ims_grant *ims_session_grant(const ims_session *session)
{
	return session->flow && session->flow->watch ? ims_grant_watch_grant(session->flow->watch) : NULL;
}

guint ims_session_token_left_s(const ims_session *session)
{
	return session->flow && session->flow->watch ? ims_grant_watch_left_s(session->flow->watch) : 0;
}
