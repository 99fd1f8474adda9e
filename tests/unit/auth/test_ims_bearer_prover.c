/* The token goes to the network as it is, in REGISTERs alone, and what it says of one it did not take is
 * told. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "auth/ims_bearer_prover.h"
#include "base/ims_error.h"

#define TOKEN "geheim-token.of-a~user+1/2=="
#define REFUSAL                                                                                              \
	"Bearer realm=\"ims.example\", scope=\"ims telephony\", authz_server=\"https://waf.example/as\", "   \
	"error=\"invalid_token\""

static ims_prover *prover_of(const char *impi, const char *token)
{
	g_autoptr(ims_secret) secret = ims_secret_new_text(token);

	return ims_bearer_prover_new(impi, secret);
}

static int start(void **state)
{
	*state = prover_of("alice@ims.example", TOKEN);
	return 0;
}

static int end(void **state)
{
	ims_prover_free(*state);
	return 0;
}

static char *say(ims_prover *prover, ims_proof proof, const char *method)
{
	const ims_prover_request request = { proof, method, "sip:ims.example", NULL };
	gboolean answers = TRUE;
	g_autoptr(GError) error = NULL;
	char *value = ims_prover_authorize(prover, &request, &answers, &error);

	assert_null(error);
	assert_false(answers);
	return value;
}

static ims_prover_verdict challenge(ims_prover *prover, ims_proof proof, const char *one, const char *two,
				    GError **error)
{
	g_autoptr(GPtrArray) challenges = g_ptr_array_new();
	const ims_prover_demand demand = { proof, challenges, 0 };

	g_ptr_array_add(challenges, (char *)one);
	if (two)
		g_ptr_array_add(challenges, (char *)two);
	return ims_prover_heed(prover, &demand, error);
}

/* RFC 8898 2.1.3 */
static void test_said_unasked(void **state)
{
	g_autofree char *value = say(*state, IMS_PROOF_REGISTER, "REGISTER");

	assert_string_equal(value, "Bearer " TOKEN);
}

/* A far end could ask for it, and be the user from then on. */
static void test_registers_alone(void **state)
{
	g_autoptr(GError) error = NULL;

	assert_null(say(*state, IMS_PROOF_REQUEST, "INVITE"));
	assert_null(say(*state, IMS_PROOF_REQUEST_TO_PROXY, "MESSAGE"));
	assert_int_equal(challenge(*state, IMS_PROOF_REQUEST, REFUSAL, NULL, &error), IMS_PROVER_REFUSES);
	assert_null(ims_bearer_prover_refusal(*state));
	assert_null(say(*state, IMS_PROOF_REQUEST, "INVITE"));
}

static void test_refused(void **state)
{
	const ims_bearer_challenge *said;
	g_autoptr(GError) error = NULL;

	assert_int_equal(
		challenge(*state, IMS_PROOF_REGISTER, "Digest realm=\"r\", nonce=\"n\"", REFUSAL, &error),
		IMS_PROVER_REFUSES);
	assert_null(error); /* the network's own words say why */
	said = ims_bearer_prover_refusal(*state);
	assert_string_equal(said->realm, "ims.example");
	assert_string_equal(said->scope, "ims telephony");
	assert_string_equal(said->authz_server, "https://waf.example/as");
	assert_string_equal(said->error, "invalid_token");
}

static void test_no_bearer(void **state)
{
	g_autoptr(GError) error = NULL;

	assert_int_equal(
		challenge(*state, IMS_PROOF_REGISTER, "Digest realm=\"r\", nonce=\"n\"", NULL, &error),
		IMS_PROVER_REFUSES);
	assert_true(g_error_matches(error, IMS_ERROR, IMS_E_BAD_CHALLENGE));
	assert_null(strstr(error->message, TOKEN));
	assert_null(ims_bearer_prover_refusal(*state));
}

static const struct {
	const char *value, *authz_server, *error;
} odd[] = {
	{ "Bearer realm=\"r\"", NULL, NULL },
	{ "bearer realm=\"r\", authz_server=\"http://waf.example\", error=invalid_token", NULL,
	  "invalid_token" },
	{ "Bearer realm=\"r\", authz_server=\"javascript:alert(1)\"", NULL, NULL },
	{ "Bearer realm=\"r\", authz_server=\"https://\"", NULL, NULL },
	{ "Bearer realm=\"r\", authz_server=\"HTTPS://waf.example\"", "HTTPS://waf.example", NULL },
	{ "Bearer realm=\"r\", error=\"a <b>sentence</b>\"", NULL, NULL },
};

/* A page sends its user there: only what it may be. */
static void test_odd_challenges(void **state)
{
	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(odd); i++) {
		g_autoptr(ims_bearer_challenge) read = ims_bearer_challenge_parse(odd[i].value, NULL);

		assert_non_null(read);
		assert_true(g_strcmp0(read->authz_server, odd[i].authz_server) == 0);
		assert_true(g_strcmp0(read->error, odd[i].error) == 0);
	}
}

static void test_not_a_challenge(void **state)
{
	static const char *const values[] = { "",
					      "Bearer",
					      "Bearer ",
					      "Bearer realm=\"r",
					      "Basic realm=\"r\"",
					      "Bearer realm=\"a\", realm=\"b\"",
					      "Bearer abc.def.ghi" };

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
		g_autoptr(GError) error = NULL;

		assert_null(ims_bearer_challenge_parse(values[i], &error));
		assert_true(g_error_matches(error, IMS_ERROR, IMS_E_BAD_CHALLENGE));
	}
}

static void test_is_same(void **state)
{
	g_autoptr(ims_prover) same = prover_of("alice@ims.example", TOKEN);
	g_autoptr(ims_prover) another = prover_of("alice@ims.example", TOKEN "x");
	g_autoptr(ims_prover) person = prover_of("bob@ims.example", TOKEN);

	assert_true(ims_prover_is_same(*state, same));
	assert_false(ims_prover_is_same(*state, another));
	assert_false(ims_prover_is_same(*state, person));
}

#define IN_BENCH(test) cmocka_unit_test_setup_teardown(test, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_BENCH(test_said_unasked),
		IN_BENCH(test_registers_alone),
		IN_BENCH(test_refused),
		IN_BENCH(test_no_bearer),
		cmocka_unit_test(test_odd_challenges),
		cmocka_unit_test(test_not_a_challenge),
		IN_BENCH(test_is_same),
	};

	return cmocka_run_group_tests_name("test_ims_bearer_prover", tests, NULL, NULL);
}
