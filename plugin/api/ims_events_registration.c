/* ims_events_registration.c: what the events of registrations, their challenges and tokens say. */
#include "api/internal.h"
#include "auth/ims_aka.h"

static void set_hex(json_t *object, const char *name, const guint8 *bytes, gsize length)
{
	g_autoptr(GString) hex = g_string_new(NULL);

	for (gsize i = 0; i < length; i++)
		g_string_append_printf(hex, "%02x", bytes[i]);
	json_object_set_new(object, name, json_string(hex->str));
}

static void add_turn(json_t *result, const ims_turn_offer *turn)
{
	json_t *servers = json_array();

	if (turn->urls->len > 0) {
		json_array_append_new(servers,
				      json_pack("{s:o, s:s, s:s}", "urls", ims_event_list(turn->urls),
						"username", turn->credentials.username, "credential",
						turn->credentials.credential));
		json_object_set_new(result, "ice_ttl", json_integer(turn->ttl_s));
	}
	json_object_set_new(result, "ice_servers", servers);
}

void ims_event_add_registered(json_t *result, const ims_session_news *news)
{
	json_t *ims = json_pack("{s:o, s:i}", "associated", ims_event_list(news->associated), "expires",
				(int)news->expires_s);

	ims_event_add_common(result, news);
	if (news->conference_factory && *news->conference_factory)
		ims_event_set(ims, "conference_factory", news->conference_factory);
	if (news->pub_gruu || news->temp_gruu) {
		json_t *gruu = json_object();

		ims_event_set(gruu, "pub", news->pub_gruu);
		ims_event_set(gruu, "temp", news->temp_gruu);
		json_object_set_new(ims, "gruu", gruu);
	}
	if (news->token_left_s)
		json_object_set_new(ims, "token_expires", json_integer(news->token_left_s));
	if (news->strays)
		json_object_set_new(ims, "strays", json_integer(news->strays));
	ims_event_set(ims, "replaced", news->handle_replaced);
	ims_event_set(ims, "authentication_info", news->authentication_info);
	json_object_set_new(result, "register_sent", json_boolean(!news->unsent));
	ims_event_set(result, "unique_id", news->unique_id);
	json_object_set_new(result, "helper", json_boolean(news->helper));
	json_object_set_new(result, "master_id", json_integer((json_int_t)news->master_id));
	json_object_set_new(result, "ims", ims);
	if (news->turn)
		add_turn(result, news->turn);
}

void ims_event_add_ice_servers(json_t *result, const ims_session_news *news)
{
	add_turn(result, news->turn);
}

static void add_aka(json_t *result, const ims_challenge *challenge)
{
	ims_aka_algorithm algorithm;
	ims_aka_challenge aka;

	if (!challenge->algorithm || !ims_aka_algorithm_of(challenge->algorithm, &algorithm) ||
	    !ims_aka_challenge_parse(challenge->nonce, &aka, NULL))
		return;
	set_hex(result, "rand", aka.rand, sizeof(aka.rand));
	set_hex(result, "autn", aka.autn, sizeof(aka.autn));
}

void ims_event_add_challenge(json_t *result, const ims_session_news *news)
{
	const ims_prover_question *question = news->question;
	const ims_challenge *challenge = question->challenge;

	ims_event_add_common(result, news);
	ims_event_set(result, "authuser", question->impi);
	ims_event_set(result, "scheme", "Digest");
	ims_event_set(result, "realm", challenge->realm);
	ims_event_set(result, "nonce", challenge->nonce);
	ims_event_set(result, "algorithm", challenge->algorithm);
	if (challenge->qop_auth || challenge->qop_auth_int)
		ims_event_set(result, "qop",
			      !challenge->qop_auth_int ? "auth"
			      : challenge->qop_auth    ? "auth,auth-int"
						       : "auth-int");
	ims_event_set(result, "opaque", challenge->opaque);
	json_object_set_new(result, "stale", json_boolean(challenge->stale));
	ims_event_set(result, "method", question->method);
	ims_event_set(result, "uri", question->uri);
	json_object_set_new(result, "code", json_integer(ims_proof_is_to_proxy(question->proof) ? 407 : 401));
	ims_event_set(result, "header", question->text);
	add_aka(result, challenge);
}

static void add_retry(json_t *result, const ims_session_news *news)
{
	json_t *ims;

	if (!news->retry_s && !news->retry_after_s && !news->expires_s)
		return;
	ims = json_object();
	if (news->expires_s)
		json_object_set_new(ims, "expires", json_integer(news->expires_s));
	if (news->retry_s)
		json_object_set_new(ims, "retry_in", json_integer(news->retry_s));
	if (news->retry_after_s)
		json_object_set_new(ims, "retry_after", json_integer(news->retry_after_s));
	json_object_set_new(result, "ims", ims);
}

static void add_bearer(json_t *result, const ims_bearer_news *news)
{
	json_t *bearer;

	if (!news)
		return;
	bearer = json_object();
	ims_event_set(bearer, "error", news->error);
	ims_event_set(bearer, "scope", news->scope);
	ims_event_set(bearer, "authz_server", news->authz_server);
	json_object_set_new(result, "bearer", bearer);
}

void ims_event_add_refusal(json_t *result, const ims_session_news *news)
{
	ims_event_add_common(result, news);
	add_retry(result, news);
	add_bearer(result, news->bearer);
}

void ims_event_add_word(json_t *result, const ims_session_news *news)
{
	const ims_reg_word *word = news->word;
	json_t *ims;

	ims_event_add_common(result, news);
	if (!word)
		return;
	ims = json_object();
	ims_event_set(ims, "reason", word->event);
	if (!word->over) {
		json_object_set_new(ims, "expires", json_integer(word->expires_s));
		json_object_set_new(ims, "associated", ims_event_list(news->associated));
		json_object_set_new(ims, "contacts", json_integer(word->contacts));
	}
	json_object_set_new(result, "ims", ims);
}

void ims_event_add_token_expiring(json_t *result, const ims_session_news *news)
{
	json_object_set_new(result, "expires_in", json_integer(news->token_left_s));
}

void ims_event_add_token_refreshed(json_t *result, const ims_session_news *news)
{
	if (news->token_left_s)
		json_object_set_new(result, "ims",
				    json_pack("{s:i}", "token_expires", (int)news->token_left_s));
}

void ims_event_add_unregistered(json_t *result, const ims_session_news *news)
{
	ims_event_add_word(result, news);
	json_object_set_new(result, "register_sent", json_boolean(!news->unsent));
}
