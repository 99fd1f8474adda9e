/* Which challenge a user with a password answers, with what, and how often. What the answers are worth is
 * computed again by ims_digest, whose own vectors are published ones. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "auth/ims_auth_params.h"
#include "auth/ims_digest_prover.h"

#define SECRET "geheim-\"\\-Jürgen"
#define REALM "ims.example"
#define OF(algorithm, nonce)                                                                                 \
	"Digest realm=\"" REALM "\", nonce=\"" nonce "\", algorithm=" algorithm ", qop=\"auth\""
#define MD5_HA1 "0123456789ABCDEF0123456789abcdef"
#define SHA_HA1 MD5_HA1 MD5_HA1

static ims_prover *prover_with(const char *ha1, const char *const *algorithms)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (; algorithms && *algorithms; algorithms++)
		g_ptr_array_add(names, (char *)*algorithms);
	return ims_digest_prover_new(&(ims_digest_prover_setup){ .impi = "alice@" REALM,
								 .realm = REALM,
								 .secret = ha1 ? NULL : SECRET,
								 .ha1 = ha1,
								 .order = ims_digest_order_of(names),
								 .tells = TRUE });
}

static ims_prover_verdict heed(ims_prover *prover, ims_proof proof, guint answers,
			       const char *const *challenges, char **ret_why)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new();
	g_autoptr(GError) error = NULL;
	ims_prover_verdict verdict;

	for (; *challenges; challenges++)
		g_ptr_array_add(list, (char *)*challenges);
	verdict = ims_prover_heed(prover, &(ims_prover_demand){ proof, list, answers }, &error);
	if (ret_why)
		*ret_why = g_strdup(error ? error->message : "");
	return verdict;
}

#define HEED(prover, proof, answers, ...)                                                                    \
	heed(prover, proof, answers, (const char *const[]){ __VA_ARGS__, NULL }, NULL)

/* The parameters of the next answer; NULL: none. */
static GHashTable *say(ims_prover *prover, ims_proof proof, const char *method, GBytes *body)
{
	gboolean answers;
	g_autofree char *value = ims_prover_authorize(
		prover, &(ims_prover_request){ proof, method, "sip:" REALM, body }, &answers, NULL);

	return value ? ims_auth_params_parse("answer", "Digest", value, NULL) : NULL;
}

static void assert_param(GHashTable *answer, const char *name, const char *value)
{
	const char *is = answer ? g_hash_table_lookup(answer, name) : "no answer";

	if (g_strcmp0(is, value) != 0)
		fail_msg("%s is '%s', not '%s'", name, is ? is : "(none)", value ? value : "(none)");
}

static void assert_nonce(ims_prover *prover, const char *nonce)
{
	g_autoptr(GHashTable) answer = say(prover, IMS_PROOF_REGISTER, "REGISTER", NULL);

	assert_param(answer, "nonce", nonce);
}

/* The response is what ims_digest makes of the same. */
static void assert_right(GHashTable *answer, const char *challenge_text, const char *method, GBytes *body)
{
	g_autoptr(ims_challenge) challenge = ims_challenge_parse(challenge_text, NULL);
	g_autoptr(ims_secret) secret = ims_secret_new_text(SECRET);
	g_autoptr(GHashTable) again = NULL;
	g_autofree char *value = ims_digest_answer(
		challenge,
		&(ims_digest_request){
			.username = "alice@" REALM,
			.secret = secret,
			.method = method,
			.uri = "sip:" REALM,
			.body = body,
			.cnonce = g_hash_table_lookup(answer, "cnonce"),
			.nc = (guint32)g_ascii_strtoull(g_hash_table_lookup(answer, "nc"), NULL, 16) },
		NULL);

	again = ims_auth_params_parse("answer", "Digest", value, NULL);
	assert_param(answer, "response", g_hash_table_lookup(again, "response"));
}

/* RFC 8760: the strongest that is supported; of equals the network's first. */
static void test_strongest(void **state)
{
	static const struct {
		const char *challenges[5], *nonce;
	} rows[] = {
		{ { OF("MD5", "m"), OF("SHA-256", "s"), OF("SHA-512-256", "t") }, "t" },
		{ { OF("SHA-256", "s"), OF("MD5", "m") }, "s" },
		{ { OF("MD5", "m"), OF("SHA-256-sess", "s"), OF("SHA-256", "later") }, "s" },
		{ { OF("SHA-512", "x"), OF("AKAv1-MD5", "y"), "Basic realm=\"" REALM "\"", OF("MD5", "m") },
		  "m" },
		{ { "Digest realm=\"" REALM "\", nonce=\"none\"", OF("sha-256", "s") }, "s" },
		{ { "Digest realm=\"unfinished", OF("MD5-SESS", "m") }, "m" },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(ims_prover) prover = prover_with(NULL, NULL);

		assert_int_equal(heed(prover, IMS_PROOF_REGISTER, 0, rows[i].challenges, NULL),
				 IMS_PROVER_ANSWERS);
		assert_nonce(prover, rows[i].nonce);
	}
}

/* REQ-37: the network's own order, and what it leaves out. */
static void test_order(void **state)
{
	static const char *const md5_first[] = { "MD5", "SHA-256", "MD5", "MD5", NULL };
	static const char *const sha_only[] = { "SHA-256", NULL };
	g_autoptr(ims_prover) old = prover_with(NULL, md5_first), strict = prover_with(NULL, sha_only);
	g_autofree char *why = NULL;

	(void)state;
	HEED(old, IMS_PROOF_REGISTER, 0, OF("SHA-512-256", "t"), OF("SHA-256", "s"), OF("MD5", "m"));
	assert_nonce(old, "m");
	HEED(old, IMS_PROOF_REGISTER, 0, OF("SHA-512-256", "t"), OF("SHA-256", "s"));
	assert_nonce(old, "s");
	assert_int_equal(heed(strict, IMS_PROOF_REGISTER, 0,
			      (const char *const[]){ OF("MD5", "m"), OF("SHA-512-256", "t"), NULL }, &why),
			 IMS_PROVER_REFUSES);
	assert_string_equal(why, "challenge: algorithm 'MD5', answered are only SHA-256");
	assert_nonce(strict, ""); /* nothing of it was kept */
	assert_int_equal(HEED(strict, IMS_PROOF_REGISTER, 0, OF("MD5", "m"), OF("SHA-256", "s")),
			 IMS_PROVER_ANSWERS);
	assert_nonce(strict, "s");
}

/* An HA1 is good for what it was made of. */
static void test_ha1(void **state)
{
	g_autoptr(ims_prover) md5 = prover_with(MD5_HA1, NULL), sha = prover_with(SHA_HA1, NULL);
	g_autoptr(GHashTable) answer = NULL;
	g_autoptr(ims_challenge) challenge = ims_challenge_parse(OF("MD5", "m"), NULL);
	g_autoptr(ims_secret) lower = ims_secret_new_text("0123456789abcdef0123456789abcdef");
	g_autofree char *wanted = NULL, *why = NULL;

	(void)state;
	HEED(md5, IMS_PROOF_REGISTER, 0, OF("SHA-256", "s"), OF("MD5", "m"));
	answer = say(md5, IMS_PROOF_REGISTER, "REGISTER", NULL);
	assert_param(answer, "nonce", "m");
	wanted = ims_digest_answer(challenge,
				   &(ims_digest_request){ .username = "alice@" REALM,
							  .secret = lower,
							  .is_ha1 = TRUE,
							  .method = "REGISTER",
							  .uri = "sip:" REALM,
							  .cnonce = g_hash_table_lookup(answer, "cnonce"),
							  .nc = 1 },
				   NULL);
	assert_non_null(strstr(wanted, g_hash_table_lookup(answer, "response")));
	HEED(sha, IMS_PROOF_REGISTER, 0, OF("SHA-512-256", "t"), OF("SHA-256", "s"), OF("MD5", "m"));
	assert_nonce(sha, "s");
	assert_int_equal(
		heed(md5, IMS_PROOF_REGISTER, 0, (const char *const[]){ OF("SHA-256", "s"), NULL }, &why),
		IMS_PROVER_REFUSES);
	assert_string_equal(why, "challenge: algorithm 'SHA-256', answered are only MD5");
}

/* The body counts where auth-int is all there is; only then. */
static void test_auth_int(void **state)
{
	const char *integrity =
		"Digest realm=\"" REALM "\", nonce=\"n\", algorithm=SHA-256, qop=\"auth-int\"";
	const char *both =
		"Digest realm=\"" REALM "\", nonce=\"n\", algorithm=SHA-256, qop=\"auth-int,auth\"";
	g_autoptr(ims_prover) prover = prover_with(NULL, NULL);
	g_autoptr(GBytes) body = g_bytes_new("a\0b\xff", 4);
	g_autoptr(GHashTable) one = NULL, other = NULL;

	(void)state;
	HEED(prover, IMS_PROOF_REQUEST, 0, integrity);
	one = say(prover, IMS_PROOF_REQUEST, "MESSAGE", body);
	assert_param(one, "qop", "auth-int");
	assert_right(one, integrity, "MESSAGE", body);
	HEED(prover, IMS_PROOF_REQUEST_TO_PROXY, 0, both);
	other = say(prover, IMS_PROOF_REQUEST_TO_PROXY, "MESSAGE", body);
	assert_param(other, "qop", "auth");
	assert_right(other, both, "MESSAGE", NULL);
}

/* -sess: one cnonce for all that the session proves; of the others each has its own. */
static void test_session(void **state)
{
	static const char *const challenges[] = { OF("SHA-256-sess", "n"), OF("SHA-256", "n") };

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(challenges); i++) {
		g_autoptr(ims_prover) prover = prover_with(NULL, NULL);
		g_autoptr(GHashTable) one = NULL, two = NULL;
		gboolean same;

		HEED(prover, IMS_PROOF_REGISTER, 0, challenges[i]);
		one = say(prover, IMS_PROOF_REGISTER, "REGISTER", NULL);
		two = say(prover, IMS_PROOF_REGISTER, "REGISTER", NULL);
		assert_right(one, challenges[i], "REGISTER", NULL);
		assert_right(two, challenges[i], "REGISTER", NULL);
		assert_param(two, "nc", "00000002");
		same = g_str_equal(g_hash_table_lookup(one, "cnonce"), g_hash_table_lookup(two, "cnonce"));
		assert_true(same == (i == 0));
	}
}

/* ... also when the network names the next nonce (RFC 7616 3.4.2). */
static void test_session_with_nextnonce(void **state)
{
	g_autoptr(ims_prover) prover = prover_with(NULL, NULL);
	g_autoptr(GHashTable) one = NULL, two = NULL;
	g_autoptr(ims_challenge) next = ims_challenge_parse(OF("MD5-sess", "n2"), NULL);
	g_autoptr(ims_secret) secret = ims_secret_new_text(SECRET);
	g_autofree char *wanted = NULL;

	(void)state;
	HEED(prover, IMS_PROOF_REGISTER, 0, OF("MD5-sess", "n1"));
	one = say(prover, IMS_PROOF_REGISTER, "REGISTER", NULL);
	assert_true(ims_prover_confirm(
		prover, &(ims_prover_success){ IMS_PROOF_REGISTER, "nextnonce=\"n2\"", NULL }, NULL));
	two = say(prover, IMS_PROOF_REGISTER, "REGISTER", NULL);
	assert_param(two, "nonce", "n2");
	assert_param(two, "nc", "00000001");
	wanted = ims_digest_answer(next,
				   &(ims_digest_request){ .username = "alice@" REALM,
							  .secret = secret,
							  .method = "REGISTER",
							  .uri = "sip:" REALM,
							  .cnonce = g_hash_table_lookup(one, "cnonce"),
							  .nc = 1,
							  .session_nonce = "n1" },
				   NULL);
	assert_non_null(strstr(wanted, g_hash_table_lookup(two, "response")));
}

/* REQ-35: rspauth of the answer that was given last, and of its request. */
static void test_confirm(void **state)
{
	g_autoptr(ims_prover) prover = prover_with(NULL, NULL);
	g_autoptr(GError) error = NULL;
	const ims_prover_success lie = { IMS_PROOF_REGISTER,
					 "rspauth=\"00112233445566778899aabbccddeeff\", qop=auth", NULL };

	(void)state;
	assert_true(ims_prover_confirm(prover, &lie, NULL)); /* about nothing that was proved */
	HEED(prover, IMS_PROOF_REGISTER, 0, OF("MD5", "n"));
	assert_nonce(prover, "n");
	assert_false(ims_prover_confirm(prover, &lie, &error));
	assert_non_null(strstr(error->message, "rspauth"));
	assert_null(strstr(error->message, SECRET));
}

/* What is registered by a proxy and a registrar of two realms is proved in both, and in no third. */
static void test_realms(void **state)
{
	const char *proxy = "Digest realm=\"proxy.example\", nonce=\"p\", qop=\"auth\"";
	g_autoptr(ims_prover) prover = prover_with(NULL, NULL);
	g_autoptr(GHashTable) to_server = NULL, to_proxy = NULL;

	(void)state;
	HEED(prover, IMS_PROOF_REGISTER_TO_PROXY, 0, proxy);
	HEED(prover, IMS_PROOF_REGISTER, 1, OF("MD5", "r"));
	to_server = say(prover, IMS_PROOF_REGISTER, "REGISTER", NULL);
	to_proxy = say(prover, IMS_PROOF_REGISTER_TO_PROXY, "REGISTER", NULL);
	assert_param(to_server, "realm", REALM);
	assert_param(to_proxy, "realm", "proxy.example");
	assert_int_equal(HEED(prover, IMS_PROOF_REQUEST_TO_PROXY, 0, proxy), IMS_PROVER_ANSWERS);
	assert_int_equal(HEED(prover, IMS_PROOF_REQUEST, 0, OF("MD5", "q")), IMS_PROVER_ANSWERS);
	assert_int_equal(HEED(prover, IMS_PROOF_REQUEST, 0,
			      "Digest realm=\"evil.example\", nonce=\"e\", qop=\"auth\""),
			 IMS_PROVER_REFUSES);
}

static void test_is_same(void **state)
{
	g_autoptr(ims_prover) password = prover_with(NULL, NULL), same = prover_with(NULL, NULL);
	g_autoptr(ims_prover) md5 = prover_with(MD5_HA1, NULL), sha = prover_with(SHA_HA1, NULL);
	g_autoptr(ims_prover) text_of_ha1 = ims_digest_prover_new(&(ims_digest_prover_setup){
		.impi = "alice@" REALM, .realm = REALM, .secret = "0123456789abcdef0123456789abcdef" });

	(void)state;
	assert_true(ims_prover_is_same(password, same));
	assert_false(ims_prover_is_same(password, md5));
	assert_false(ims_prover_is_same(md5, sha));
	assert_false(ims_prover_is_same(md5, text_of_ha1)); /* a password that looks like one */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strongest), cmocka_unit_test(test_order),
		cmocka_unit_test(test_ha1),       cmocka_unit_test(test_auth_int),
		cmocka_unit_test(test_session),   cmocka_unit_test(test_session_with_nextnonce),
		cmocka_unit_test(test_confirm),   cmocka_unit_test(test_realms),
		cmocka_unit_test(test_is_same),
	};

	return cmocka_run_group_tests_name("test_ims_digest_prover", tests, NULL, NULL);
}
