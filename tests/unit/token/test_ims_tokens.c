/* Tokens against a verifier as it runs, with providers that the test makes up: the table of make_tokens.py,
 * which a second library signs, introspection, revocation, and who waits for whom. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <jansson.h>
#include <stdlib.h>
#include "../log_recorder.h"
#include "fake_fetcher.h"
#include "token/ims_bearer.h"
#include "token/ims_introspector.h"
#include "token/ims_tokens.h"

#ifndef IMS_SOURCE_DIR
#define IMS_SOURCE_DIR "."
#endif
#define MAKE_TOKENS IMS_SOURCE_DIR "/tests/unit/token/make_tokens.py"
#define SKIP 77

#define METADATA "https://waf.example/.well-known/openid-configuration"
#define JWKS "https://waf.example/jwks"
#define ASK "https://waf.example/introspect"
#define THIRD_ASK "https://third.example/introspect"
#define IDENTITY "\"impi\":\"alice@ims.example\",\"impu\":\"sip:alice@ims.example\""
#define ACTIVE(more)                                                                                         \
	"{\"active\":true,\"aud\":\"https://edge.example\",\"exp\":4000000000,\"scope\":\"ims\"," more "}"

static const char config_text[] =
	"sip: { address = \"192.0.2.1\" }\n"
	"issuers: {\n"
	"  waf: { issuer = \"https://waf.example\"; audience = \"https://edge.example\";\n"
	"    introspection_endpoint = \"" ASK "\"; client_id = \"edge\"; client_secret = \"geheim & 1\";\n"
	"    opaque = true; clients = [ \"page\", \"shop\" ]; claim_wwsf = \"client_id\"; keys_retry_s = "
	"3600;\n"
	"    identities = [ \"*@ims.example\", \"tel:+4930*\" ]; pool = [ \"shop *shop-*@ims.example\" ] }\n"
	"  third: { issuer = \"https://third.example\"; audience = \"https://edge.example\"; scope = \"\";\n"
	"    jwks_uri = \"https://third.example/jwks\"; introspection_endpoint = \"" THIRD_ASK "\";\n"
	"    client_id = \"edge\"; client_secret = \"geheim-3\"; client_auth = \"client_secret_post\"; "
	"opaque = true;\n"
	"    introspection_s = 0 }\n"
	"}\n"
	"networks: { home: { domain = \"ims.example\"; auth_schemes = [ \"token\" ]; token_issuers = [ "
	"\"waf\" ] }\n"
	"  away: { domain = \"away.example\"; auth_schemes = [ \"token\" ]; token_issuers = [ \"third\" ] }\n"
	"  none: { domain = \"none.example\" } }\n";

static json_t *table;

typedef struct {
	ims_config *config;
	ims_worker *home;
	ims_tokens *tokens;
	ims_verification *slot;
	gboolean told;
	guint revoked;
	/* The last verdict. */
	ims_grant *grant;
	GError *error;
	const char *issuer;
} bench;

static void end_at_once(ims_worker *worker, gpointer user)
{
	(void)worker;
	(void)user;
}

static void serve(void)
{
	g_autofree char *keys = json_dumps(json_object_get(table, "jwks"), 0);

	fake_net_answer(METADATA, 200,
			"{\"issuer\":\"https://waf.example\",\"jwks_uri\":\"" JWKS "\","
			"\"introspection_endpoint\":\"https://never.example/\"}");
	fake_net_answer(JWKS, 200, keys);
}

static void begin(bench *b)
{
	b->home = ims_worker_new("home", end_at_once, NULL); /* its mail is read by the test */
	b->tokens = ims_tokens_new(b->config, b->home, NULL);
}

static void end(bench *b)
{
	ims_worker_stop(b->home);
	ims_tokens_close(b->tokens);
	ims_worker_free(b->home);
	ims_tokens_free(b->tokens);
}

static int start_with(void **state, const char *text)
{
	bench *b = g_new0(bench, 1);
	g_autoptr(GError) error = NULL;

	b->config = ims_config_parse(text, "test", &error);
	if (!b->config)
		fail_msg("%s", error->message);
	begin(b);
	*state = b;
	return 0;
}

static void open_net(void)
{
	log_recorder_start();
	fake_net_start();
	serve();
}

static int start(void **state)
{
	open_net();
	return start_with(state, config_text);
}

static void forget(bench *b)
{
	g_clear_pointer(&b->grant, ims_grant_unref);
	g_clear_error(&b->error);
	b->told = FALSE;
}

static int stop(void **state)
{
	bench *b = *state;

	forget(b);
	end(b);
	ims_config_unref(b->config);
	assert_null(strstr(logged->str, "eyJ")); /* how every JWT begins (REQ-73) */
	assert_null(strstr(logged->str, "geheim"));
	fake_net_stop();
	log_recorder_stop();
	g_free(b);
	return 0;
}

static void on_verdict(const ims_verdict *verdict, gpointer user)
{
	bench *b = user;

	assert_null(b->slot);
	forget(b);
	b->told = TRUE;
	b->grant = verdict->grant ? ims_grant_ref(verdict->grant) : NULL;
	b->error = verdict->error ? g_error_copy(verdict->error) : NULL;
	b->issuer = verdict->issuer ? verdict->issuer->name : NULL;
	assert_true(!b->grant != !b->error);
}

static void read_mail(bench *b)
{
	struct pollfd mail = { ims_worker_fd(b->home), POLLIN, 0 };

	assert_int_equal(poll(&mail, 1, 120000), 1);
	ims_worker_drain(b->home);
}

static void await(bench *b)
{
	while (b->slot)
		read_mail(b);
	assert_true(b->told);
}

static void ask(bench *b, const char *network, const char *token)
{
	b->told = FALSE;
	ims_tokens_verify(b->tokens, ims_config_network(b->config, network), token, on_verdict, b, &b->slot);
	assert_non_null(b->slot);
	assert_false(b->told);
}

static void verify(bench *b, const char *network, const char *token)
{
	ask(b, network, token);
	await(b);
}

static void recheck(bench *b, const ims_grant *grant)
{
	ims_tokens_recheck(b->tokens, ims_config_network(b->config, "home"), grant, on_verdict, b, &b->slot);
	await(b);
}

static void assert_refused(const bench *b, ims_token_error_code code, const char *says)
{
	if (b->grant)
		fail_msg("it was let in");
	if (b->error->code != (gint)code || !strstr(b->error->message, says))
		fail_msg("refused with %d '%s', not with %d '%s'", b->error->code, b->error->message,
			 (int)code, says);
}

static void assert_good(const bench *b)
{
	if (b->error)
		fail_msg("refused: %s", b->error->message);
}

/* ---- the table ---- */

static ims_token_error_code code_of(const char *name)
{
	static const char *const names[] = { [IMS_TOKEN_MALFORMED] = "MALFORMED",
					     [IMS_TOKEN_INVALID] = "INVALID",
					     [IMS_TOKEN_EXPIRED] = "EXPIRED",
					     [IMS_TOKEN_INSUFFICIENT_SCOPE] = "INSUFFICIENT_SCOPE",
					     [IMS_TOKEN_NOT_PERMITTED] = "NOT_PERMITTED" };

	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		if (g_str_equal(names[i], name))
			return i;
	fail_msg("no such error: %s", name);
	return 0;
}

static const char *text_of(const json_t *row, const char *name)
{
	return json_string_value(json_object_get(row, name));
}

static const json_t *row_named(const char *name)
{
	const json_t *rows = json_object_get(table, "rows"), *row;
	gsize i;

	json_array_foreach((json_t *)rows, i, row)
	{
		if (g_str_equal(text_of(row, "name"), name))
			return row;
	}
	fail_msg("no such row: %s", name);
	return NULL;
}

static const char *token_named(const char *name)
{
	return text_of(row_named(name), "token");
}

/* No sentence may have a piece of the token in it. */
static void assert_no_piece(const char *sentence, const char *token)
{
	for (gsize i = 0; i + 12 < strlen(token) && i < 4000; i += 4) {
		g_autofree char *piece = g_strndup(token + i, 12);

		assert_null(strstr(sentence, piece));
	}
}

/* An opaque issuer would be asked about what is no JWT: here there is none. */
static const char jwts_only[] = "opaque = true; clients";

static int start_for_jwts(void **state)
{
	const char *at = strstr(config_text, jwts_only);
	g_autofree char *text = g_strdup_printf("%.*s%s", (int)(at - config_text), config_text,
						at + strlen("opaque = true;"));

	open_net();
	return start_with(state, text);
}

static void test_table(void **state)
{
	bench *b = *state;
	const json_t *row;
	guint failed = 0;
	gsize i;

	json_array_foreach(json_object_get(table, "rows"), i, row)
	{
		const char *expected = text_of(row, "error"), *says = text_of(row, "says");
		gboolean good;

		verify(b, "home", text_of(row, "token"));
		good = *expected ? b->error && b->error->code == (gint)code_of(expected) &&
					   strstr(b->error->message, says)
				 : b->grant != NULL;
		if (!good)
			print_error("%s: %s, not %s '%s'\n", text_of(row, "name"),
				    b->error ? b->error->message : "let in", expected, says);
		if (b->error)
			assert_no_piece(b->error->message, text_of(row, "token"));
		failed += !good;
	}
	assert_int_equal(failed, 0);
	assert_true(i > 130);
	/* Nothing in a token made us ask anybody: jku, x5u, unknown kids (REQ-65, 66). */
	assert_int_equal(fake_net_count(JWKS), 1);
	assert_int_equal(fake_net_count(""), 1 + fake_net_count("https://waf.example/.well-known/") +
						     fake_net_count("https://third.example/jwks"));
}

/* ---- what a grant says ---- */

static void test_grant(void **state)
{
	bench *b = *state;

	verify(b, "home", token_named("RS256"));
	assert_good(b);
	assert_string_equal(b->issuer, "waf");
	assert_string_equal(ims_grant_issuer(b->grant), "waf");
	assert_string_equal(ims_grant_impi(b->grant), "alice@ims.example");
	assert_string_equal(ims_grant_impus(b->grant)[0], "sip:alice@ims.example");
	assert_string_equal(ims_grant_impus(b->grant)[1], "tel:+4930123456");
	assert_null(ims_grant_impus(b->grant)[2]);
	assert_string_equal(ims_grant_wwsf(b->grant), "page");
	assert_string_equal(ims_grant_jti(b->grant), "j-1");
	assert_string_equal(ims_grant_subject(b->grant), "user-1");
	assert_int_equal(ims_grant_kind(b->grant), IMS_TOKEN_JWT);
	assert_false(ims_grant_is_pool(b->grant));
	verify(b, "home", token_named("pool: one of it"));
	assert_good(b);
	assert_true(ims_grant_is_pool(b->grant));
}

/* A token of one network's issuer is nothing in another network. */
static void test_networks(void **state)
{
	bench *b = *state;

	verify(b, "none", token_named("RS256"));
	assert_refused(b, IMS_TOKEN_INVALID, "takes no access tokens");
	assert_null(b->issuer);
	verify(b, "home", token_named("RS256"));
	assert_good(b);
	verify(b, "away", token_named("RS256"));
	assert_refused(b, IMS_TOKEN_INVALID, "iss");
	assert_string_equal(b->issuer, "third");
}

/* ---- claims by other names (REQ-71) ---- */

static const char other_names[] =
	"sip: { address = \"192.0.2.1\" }\n"
	"issuers: { odd: { issuer = \"https://waf.example\"; audience = \"https://edge.example\";\n"
	"    introspection_endpoint = \"" ASK
	"\"; client_id = \"edge\"; client_secret = \"geheim-4\"; opaque = true;\n"
	"    claim_impi = \"private\"; claim_impu = \"numbers\"; claim_wwsf = \"azp\"; clients = [ \"page\" "
	"] } }\n"
	"networks: { home: { domain = \"ims.example\"; auth_schemes = [ \"token\" ]; token_issuers = [ "
	"\"odd\" ] } }\n";

static int start_with_other_names(void **state)
{
	open_net();
	return start_with(state, other_names);
}

static void test_other_names(void **state)
{
	bench *b = *state;

	fake_net_answer(ASK, 200,
			ACTIVE("\"private\":\"bob@ims.example\",\"numbers\":[\"sip:bob@ims.example\"],"
			       "\"azp\":\"page\",\"client_id\":\"eve\"," IDENTITY));
	verify(b, "home", "geheim-odd");
	assert_good(b);
	assert_string_equal(ims_grant_impi(b->grant), "bob@ims.example");
	assert_string_equal(ims_grant_impus(b->grant)[0], "sip:bob@ims.example");
	assert_null(ims_grant_impus(b->grant)[1]);
	assert_string_equal(ims_grant_wwsf(b->grant), "page");
	fake_net_answer(ASK, 200, ACTIVE(IDENTITY ",\"azp\":\"page\""));
	verify(b, "home", "geheim-usual");
	assert_refused(b, IMS_TOKEN_INVALID, "private");
}

/* ---- introspection (REQ-67, 68) ---- */

static void test_opaque(void **state)
{
	bench *b = *state;
	g_autofree char *asked = NULL;

	fake_net_answer(ASK, 200, ACTIVE(IDENTITY ",\"client_id\":\"page\",\"sub\":\"u\""));
	verify(b, "home", "geheim-opaque+/token==");
	assert_good(b);
	assert_int_equal(ims_grant_kind(b->grant), IMS_TOKEN_OPAQUE);
	assert_string_equal(ims_grant_impi(b->grant), "alice@ims.example");
	asked = fake_net_last();
	assert_string_equal(asked, ASK " token=geheim-opaque%2B%2Ftoken%3D%3D&token_type_hint=access_token "
				       "edge:geheim%20%26%201");
}

static void test_client_secret_post(void **state)
{
	bench *b = *state;
	g_autofree char *asked = NULL;

	fake_net_answer(THIRD_ASK, 200, ACTIVE(IDENTITY));
	verify(b, "away", "geheim-opaque");
	assert_good(b);
	asked = fake_net_last();
	assert_string_equal(asked,
			    THIRD_ASK " token=geheim-opaque&token_type_hint=access_token&client_id=edge"
				      "&client_secret=geheim-3 -:-");
}

static void test_opaque_refused(void **state)
{
	static const struct {
		int status;
		const char *body;
		ims_token_error_code code;
		const char *says;
	} rows[] = {
		{ 200, "{\"active\":false}", IMS_TOKEN_INVALID, "not active" },
		{ 200, "{}", IMS_TOKEN_UNAVAILABLE, "active" },
		{ 200, "{\"active\":\"true\"}", IMS_TOKEN_UNAVAILABLE, "active" },
		{ 200, "{\"active\":1}", IMS_TOKEN_UNAVAILABLE, "active" },
		{ 200, "{\"active\":false,\"active\":true}", IMS_TOKEN_UNAVAILABLE, "JSON" },
		{ 200, "<html>all is well</html>", IMS_TOKEN_UNAVAILABLE, "JSON" },
		{ 200, "", IMS_TOKEN_UNAVAILABLE, "JSON" },
		{ 200, "[true]", IMS_TOKEN_UNAVAILABLE, "JSON" },
		{ 302, "", IMS_TOKEN_UNAVAILABLE, "302" },
		{ 401, "{\"active\":true}", IMS_TOKEN_UNAVAILABLE, "client id" },
		{ 500, "", IMS_TOKEN_UNAVAILABLE, "500" },
		{ 0, NULL, IMS_TOKEN_UNAVAILABLE, "nobody is there" },
		{ 200, ACTIVE(IDENTITY ",\"token_type\":\"DPoP\""), IMS_TOKEN_INVALID, "bearer" },
		{ 200, ACTIVE(IDENTITY ",\"iss\":\"https://evil.example\""), IMS_TOKEN_INVALID, "iss" },
		{ 200, ACTIVE(IDENTITY ",\"cnf\":{}"), IMS_TOKEN_INVALID, "cnf" },
		{ 200, ACTIVE("\"username\":\"alice\""), IMS_TOKEN_INVALID, "impi" },
		{ 200, "{\"active\":true,\"aud\":\"https://edge.example\",\"scope\":\"ims\"}",
		  IMS_TOKEN_INVALID, "exp" },
		{ 200, "{\"active\":true,\"aud\":\"https://edge.example\",\"exp\":5}", IMS_TOKEN_EXPIRED,
		  "expired" },
		{ 200, "{\"active\":true,\"exp\":4000000000}", IMS_TOKEN_INVALID, "aud" },
		{ 200, "{\"active\":true,\"aud\":\"https://other.example\",\"exp\":4000000000}",
		  IMS_TOKEN_INVALID, "aud" },
	};
	bench *b = *state;

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		fake_net_answer(THIRD_ASK, rows[i].status, rows[i].body);
		verify(b, "away", "geheim-opaque");
		assert_refused(b, rows[i].code, rows[i].says);
		assert_string_equal(b->issuer, "third");
	}
}

/* Two who show the same token, and one who comes again soon, are one question; a failure is not remembered.
 */
static void test_asked_once(void **state)
{
	bench *b = *state;
	bench twin = { .config = b->config, .tokens = b->tokens, .home = b->home };

	fake_net_answer(ASK, 503, "");
	verify(b, "home", "geheim-opaque");
	assert_refused(b, IMS_TOKEN_UNAVAILABLE, "503");
	fake_net_answer(ASK, FAKE_HANGS, NULL);
	ask(b, "home", "geheim-opaque");
	ask(&twin, "home", "geheim-opaque");
	fake_net_answer(ASK, 200, ACTIVE(IDENTITY ",\"client_id\":\"page\""));
	while (b->slot || twin.slot)
		read_mail(b);
	assert_good(b);
	assert_good(&twin);
	verify(b, "home", "geheim-opaque");
	assert_good(b);
	assert_int_equal(fake_net_count(ASK), 2);
	fake_net_answer(ASK, 200, "{\"active\":false}");
	verify(b, "home", "geheim-opaque-2");
	verify(b, "home", "geheim-opaque-2");
	assert_refused(b, IMS_TOKEN_INVALID, "not active");
	assert_int_equal(fake_net_count(ASK), 3);
	forget(&twin);
}

/* introspection_s = 0: each time anew. */
static void test_asked_each_time(void **state)
{
	bench *b = *state;

	fake_net_answer(THIRD_ASK, 200, ACTIVE(IDENTITY));
	for (guint i = 0; i < 3; i++) {
		verify(b, "away", "geheim-opaque");
		assert_good(b);
	}
	assert_int_equal(fake_net_count(THIRD_ASK), 3);
}

static void test_questions_are_limited(void **state)
{
	bench *b = *state;
	ims_verification *slots[IMS_QUESTIONS_MAX] = { NULL };

	fake_net_answer(ASK, FAKE_HANGS, NULL);
	for (guint i = 0; i < IMS_QUESTIONS_MAX; i++) {
		g_autofree char *token = g_strdup_printf("geheim-opaque-%u", i);

		ims_tokens_verify(b->tokens, ims_config_network(b->config, "home"), token, on_verdict, b,
				  &slots[i]);
	}
	verify(b, "home", "geheim-opaque-last");
	assert_refused(b, IMS_TOKEN_UNAVAILABLE, "too many");
	for (guint i = 0; i < IMS_QUESTIONS_MAX; i++)
		ims_verification_drop(&slots[i]);
}

/* ---- who waits for whom ---- */

/* A dead provider delays nobody else's users, and lets nobody in (REQ-68). */
static void test_dead_provider(void **state)
{
	bench *b = *state;
	ims_verification *stuck = NULL;

	fake_net_answer(THIRD_ASK, FAKE_HANGS, NULL);
	ims_tokens_verify(b->tokens, ims_config_network(b->config, "away"), "geheim-opaque", on_verdict, b,
			  &stuck);
	verify(b, "home", token_named("RS256"));
	assert_good(b);
	assert_non_null(stuck);
	b->told = FALSE;
	fake_net_answer(THIRD_ASK, 0, NULL);
	while (!b->told) {
		b->slot = NULL;
		read_mail(b);
	}
	assert_null(stuck);
	assert_refused(b, IMS_TOKEN_UNAVAILABLE, "does not answer");
}

/* Whoever comes before the keys are there waits for them; without keys nobody is let in. */
static void test_keys_come_late(void **state)
{
	bench *b = *state;

	end(b);
	fake_net_answer(JWKS, FAKE_HANGS, NULL);
	begin(b);
	ask(b, "home", token_named("RS256"));
	serve();
	await(b);
	assert_good(b);
}

static int start_without_keys(void **state)
{
	open_net();
	fake_net_answer(JWKS, 500, "");
	return start_with(state, config_text);
}

static void test_no_keys(void **state)
{
	bench *b = *state;

	verify(b, "home", token_named("RS256"));
	assert_refused(b, IMS_TOKEN_UNAVAILABLE, "keys of the issuer");
	assert_string_equal(b->issuer, "waf");
}

static void test_drop(void **state)
{
	bench *b = *state;

	ask(b, "home", token_named("RS256"));
	ims_verification_drop(&b->slot);
	assert_null(b->slot);
	ims_verification_drop(&b->slot);
	b->told = FALSE;
	read_mail(b);
	assert_false(b->told);
}

/* What hangs at the end is dropped by its owner, as the SIP thread does. */
static void test_end_while_waiting(void **state)
{
	bench *b = *state;

	fake_net_answer(ASK, FAKE_HANGS, NULL);
	ask(b, "home", "geheim-opaque");
	ims_verification_drop(&b->slot);
}

/* ---- revocation (REQ-61) ---- */

static ims_grant *grant_of(bench *b, const char *row)
{
	verify(b, "home", token_named(row));
	assert_good(b);
	return ims_grant_ref(b->grant);
}

static void test_recheck(void **state)
{
	bench *b = *state;
	g_autoptr(ims_grant) grant = grant_of(b, "RS256");

	fake_net_answer(ASK, 200, "{\"active\":true}"); /* whoever is active is who he was */
	recheck(b, grant);
	assert_good(b);
	assert_ptr_equal(b->grant, grant);
	fake_net_answer(ASK, 500, "");
	recheck(b, grant);
	assert_refused(b, IMS_TOKEN_UNAVAILABLE, "500");
	fake_net_answer(ASK, 200, "{\"active\":false}");
	recheck(b, grant);
	assert_refused(b, IMS_TOKEN_INVALID, "not active");
	assert_string_equal(b->issuer, "waf");
	verify(b, "home", token_named("RS256")); /* nor does its signature help any more */
	assert_refused(b, IMS_TOKEN_INVALID, "not active");
}

static void on_revoked(const char *issuer, const char *jti, const char *subject, gpointer user)
{
	bench *b = user;

	(void)issuer;
	(void)jti;
	(void)subject;
	b->revoked++;
}

/* Whoever is let in by a verdict of before is found by who looks at registrations then. */
static void test_revoked_behind_a_verdict(void **state)
{
	bench *b = *state;

	verify(b, "home", token_named("ES256")); /* the keys are there */
	ask(b, "home", token_named("RS256"));
	ims_tokens_revoke(b->tokens, "waf", "j-1", NULL, on_revoked, b);
	while (b->revoked == 0)
		read_mail(b);
	assert_true(b->told);
	assert_good(b);
	verify(b, "home", token_named("RS256"));
	assert_refused(b, IMS_TOKEN_INVALID, "revoked");
}

static void test_revoke_jti(void **state)
{
	bench *b = *state;
	g_autoptr(ims_grant) grant = grant_of(b, "RS256");

	ims_tokens_revoke(b->tokens, "third", "j-1", NULL, on_revoked, b); /* another issuer's */
	verify(b, "home", token_named("RS256"));
	assert_good(b);
	ims_tokens_revoke(b->tokens, "waf", "j-1", NULL, on_revoked, b);
	verify(b, "home", token_named("RS256"));
	assert_refused(b, IMS_TOKEN_INVALID, "revoked");
	recheck(b, grant);
	assert_refused(b, IMS_TOKEN_INVALID, "revoked");
	verify(b, "home", token_named("no nbf, iat, jti, sub"));
	assert_good(b);
}

static void test_revoke_subject(void **state)
{
	bench *b = *state;
	g_autofree char *newer = NULL;

	ims_tokens_revoke(b->tokens, "waf", NULL, "user-1", on_revoked, b);
	verify(b, "home", token_named("ES256"));
	assert_refused(b, IMS_TOKEN_INVALID, "revoked");
	newer = g_strdup_printf(
		ACTIVE(IDENTITY ",\"client_id\":\"page\",\"sub\":\"user-1\",\"iat\":%" G_GINT64_FORMAT),
		g_get_real_time() / G_USEC_PER_SEC + 1);
	fake_net_answer(ASK, 200, newer);
	verify(b, "home", "geheim-made-after-the-revocation");
	assert_good(b);
	verify(b, "home", token_named("letters beyond ASCII where they do no harm"));
	assert_good(b);
}

/* ---- */

/* FALSE: that library is not here. */
static gboolean make_table(void)
{
	static const char *const pythons[] = { "python3", "/usr/bin/python3" };

	for (gsize i = 0; i < G_N_ELEMENTS(pythons) && !table; i++) {
		char *command[] = { (char *)pythons[i], (char *)MAKE_TOKENS, NULL };
		g_autofree char *text = NULL;
		int status = 0;

		if (g_spawn_sync(NULL, command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &text, NULL, &status,
				 NULL) &&
		    status == 0)
			table = json_loads(text, 0, NULL);
	}
	return table != NULL;
}

#define TOKENS_TEST(function) cmocka_unit_test_setup_teardown(function, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_table, start_for_jwts, stop),
		TOKENS_TEST(test_grant),
		TOKENS_TEST(test_networks),
		TOKENS_TEST(test_opaque),
		TOKENS_TEST(test_client_secret_post),
		TOKENS_TEST(test_opaque_refused),
		TOKENS_TEST(test_asked_once),
		TOKENS_TEST(test_asked_each_time),
		TOKENS_TEST(test_questions_are_limited),
		TOKENS_TEST(test_dead_provider),
		TOKENS_TEST(test_keys_come_late),
		cmocka_unit_test_setup_teardown(test_no_keys, start_without_keys, stop),
		cmocka_unit_test_setup_teardown(test_other_names, start_with_other_names, stop),
		TOKENS_TEST(test_drop),
		TOKENS_TEST(test_end_while_waiting),
		TOKENS_TEST(test_recheck),
		TOKENS_TEST(test_revoked_behind_a_verdict),
		TOKENS_TEST(test_revoke_jti),
		TOKENS_TEST(test_revoke_subject),
	};
	int failed;

	if (!make_table()) {
		print_message("skipped: make_tokens.py needs python3-cryptography\n");
		return SKIP;
	}
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	json_decref(table);
	return failed;
}
