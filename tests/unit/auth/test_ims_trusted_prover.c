/* Who is let in on our word: the user of a grant, by the identities of the grant, as long as it lasts. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "auth/ims_trusted_prover.h"
#include "base/ims_error.h"
#include "token/internal.h"

#define TOKEN "geheim-token-5b1d"

static ims_grant *grant_of(const char *subject, const char *impi, gint64 left_s)
{
	const char *impus[] = { "sip:carol@ims.example", "tel:+15550177", NULL };
	const ims_grant_facts facts = { .issuer = "waf",
					.impi = impi,
					.impus = impus,
					.wwsf = "shop \"1\"",
					.subject = subject,
					.expires_s = g_get_real_time() / G_USEC_PER_SEC + left_s };

	return ims_grant_new(&facts, TOKEN);
}

static ims_prover *prover_for(const char *subject, const char *impu, gint64 left_s, gboolean quoted)
{
	g_autoptr(ims_grant) grant = grant_of(subject, "carol@ims.example", left_s);

	return ims_trusted_prover_new(&(ims_trusted_prover_setup){
		.grant = grant, .impu = impu, .realm = "ims.example", .quoted = quoted });
}

static char *say(ims_prover *prover, ims_proof proof, GError **error)
{
	const ims_prover_request request = { proof, proof == IMS_PROOF_REGISTER ? "REGISTER" : "INVITE",
					     "sip:ims.example", NULL };
	gboolean answers = TRUE;
	char *value = ims_prover_authorize(prover, &request, &answers, error);

	assert_false(answers);
	return value;
}

/* REQ-49, REQ-50: this and nothing else of the token. */
static void test_auth_done(void **state)
{
	g_autoptr(ims_prover) prover = prover_for("u1", "sip:carol@ims.example", 100, TRUE);
	g_autoptr(ims_prover) bare = prover_for("u1", "sip:carol@ims.example", 100, FALSE);
	g_autofree char *value = say(prover, IMS_PROOF_REGISTER, NULL);
	g_autofree char *unquoted = say(bare, IMS_PROOF_REGISTER, NULL);

	(void)state;
	assert_string_equal(value,
			    "Digest username=\"carol@ims.example\", realm=\"ims.example\", nonce=\"\", "
			    "uri=\"sip:ims.example\", response=\"\", integrity-protected=\"auth-done\"");
	assert_non_null(strstr(unquoted, ", integrity-protected=auth-done"));
	assert_null(strstr(value, TOKEN));
}

/* REQ-58 */
static void test_wwsf(void **state)
{
	g_autoptr(ims_grant) grant = grant_of("u1", "carol@ims.example", 100);
	g_autoptr(ims_prover) prover = ims_trusted_prover_new(
		&(ims_trusted_prover_setup){ .grant = grant,
					     .impu = "sip:carol@ims.example",
					     .realm = "ims.example",
					     .quoted = TRUE,
					     .wwsf_parameter = "authorization-entity" });
	g_autofree char *value = say(prover, IMS_PROOF_REGISTER, NULL);

	(void)state;
	assert_true(g_str_has_suffix(value, ", integrity-protected=\"auth-done\", "
					    "authorization-entity=\"shop \\\"1\\\"\""));
}

/* REQ-51 */
static void test_not_for_others(void **state)
{
	static const char *const impus[] = { "sip:alice@ims.example", "sip:carol@other.example",
					     "sip:carol@ims.example.org", "" };

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(impus); i++) {
		g_autoptr(ims_prover) prover = prover_for("u1", impus[i], 100, TRUE);
		g_autoptr(GError) error = NULL;

		assert_null(say(prover, IMS_PROOF_REGISTER, &error));
		assert_true(g_error_matches(error, IMS_ERROR, IMS_E_IDENTITY_REFUSED));
	}
}

static void test_not_after_the_end(void **state)
{
	g_autoptr(ims_prover) prover = prover_for("u1", "sip:carol@ims.example", 0, TRUE);
	g_autoptr(GError) error = NULL;

	(void)state;
	assert_null(say(prover, IMS_PROOF_REGISTER, &error));
	assert_non_null(error);
}

static void test_registers_alone(void **state)
{
	g_autoptr(ims_prover) prover = prover_for("u1", "sip:carol@ims.example", 100, TRUE);
	g_autoptr(GError) error = NULL;

	(void)state;
	assert_null(say(prover, IMS_PROOF_REQUEST, &error));
	assert_null(say(prover, IMS_PROOF_REQUEST_TO_PROXY, &error));
	assert_null(error);
}

/* REQ-53 */
static void test_challenged(void **state)
{
	g_autoptr(ims_prover) prover = prover_for("u1", "sip:carol@ims.example", 100, TRUE);
	g_autoptr(GPtrArray) challenges = g_ptr_array_new();
	const ims_prover_demand demand = { IMS_PROOF_REGISTER, challenges, 0 };
	g_autoptr(GError) error = NULL;

	(void)state;
	g_ptr_array_add(challenges,
			(char *)"Digest realm=\"ims.example\", nonce=\"n\", algorithm=MD5, qop=\"auth\"");
	assert_int_equal(ims_prover_heed(prover, &demand, &error), IMS_PROVER_ALARMS);
	assert_non_null(error);
}

/* REQ-60 */
static void test_is_same(void **state)
{
	g_autoptr(ims_prover) one = prover_for("u1", "sip:carol@ims.example", 100, TRUE);
	g_autoptr(ims_prover) newer = prover_for("u1", "sip:carol@ims.example", 500, TRUE);
	g_autoptr(ims_prover) next = prover_for("u2", "sip:carol@ims.example", 100, TRUE);

	(void)state;
	assert_true(ims_prover_is_same(one, newer));
	assert_false(ims_prover_is_same(one, next));
	assert_string_equal(ims_grant_subject(ims_trusted_prover_grant(next)), "u2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_auth_done),
		cmocka_unit_test(test_not_for_others),
		cmocka_unit_test(test_not_after_the_end),
		cmocka_unit_test(test_registers_alone),
		cmocka_unit_test(test_challenged),
		cmocka_unit_test(test_is_same),
		cmocka_unit_test(test_wwsf),
	};

	return cmocka_run_group_tests_name("test_ims_trusted_prover", tests, NULL, NULL);
}
