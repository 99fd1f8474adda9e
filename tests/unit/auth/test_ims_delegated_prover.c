/* The network's challenge goes to the client, his answer goes once to the network (REQ-33, REQ-34, REQ-37,
 * REQ-38, REQ-40, REQ-42, REQ-44). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "auth/ims_delegated_prover.h"
#include "base/ims_error.h"

#define RESPONSE "0123456789abcdef0123456789abcdef"
#define ANSWER                                                                                               \
	"Digest username=\"alice@ims.example\", realm=\"ims.example\", nonce=\"n1\", "                       \
	"uri=\"sip:ims.example\", response=\"" RESPONSE "\""
#define WHO                                                                                                  \
	"Digest username=\"alice@ims.example\", realm=\"ims.example\", nonce=\"\", "                         \
	"uri=\"sip:ims.example\", response=\"\""

static const ims_prover_request to_register = { IMS_PROOF_REGISTER, "REGISTER", "sip:ims.example", NULL };

static ims_prover *new_prover(gboolean tells)
{
	return ims_delegated_prover_new(
		&(ims_delegated_prover_setup){ .impi = "alice@ims.example",
					       .realm = "ims.example",
					       .order = { { IMS_HASH_SHA_256, IMS_HASH_MD5 }, 2 },
					       .tells = tells });
}

static ims_prover *new_usim(gboolean takes_v1)
{
	return ims_delegated_prover_new(&(ims_delegated_prover_setup){ .impi = "alice@ims.example",
								       .realm = "ims.example",
								       .tells = TRUE,
								       .usim = TRUE,
								       .takes_v1 = takes_v1 });
}

/* first NULL: no challenge at all. */
static ims_prover_verdict challenge(ims_prover *prover, guint answers, const char *first, const char *second)
{
	g_autoptr(GPtrArray) challenges = g_ptr_array_new();
	const ims_prover_demand demand = { IMS_PROOF_REGISTER, challenges, answers };

	if (first)
		g_ptr_array_add(challenges, (char *)first);
	if (second)
		g_ptr_array_add(challenges, (char *)second);
	return ims_prover_heed(prover, &demand, NULL);
}

static void assert_says(ims_prover *prover, gboolean answers, const char *what)
{
	const ims_prover_request request = { IMS_PROOF_REGISTER, "REGISTER", "sip:ims.example", NULL };
	gboolean answered = FALSE;
	g_autofree char *said = ims_prover_authorize(prover, &request, &answered, NULL);

	assert_int_equal(answered, answers);
	if (what)
		assert_string_equal(said, what);
	else
		assert_null(said);
}

#define CHALLENGE(nonce) "Digest realm=\"ims.example\", nonce=\"" nonce "\""

static void test_asked_and_answered(void **state)
{
	g_autoptr(ims_prover) prover = new_prover(TRUE);
	ims_prover_question question;

	(void)state;
	assert_says(prover, FALSE, WHO);
	assert_int_equal(challenge(prover, 0, CHALLENGE("n1"), NULL), IMS_PROVER_ASKS);
	question = ims_prover_question_of(prover, &to_register);
	assert_string_equal(question.text, CHALLENGE("n1"));
	assert_string_equal(question.challenge->nonce, "n1");
	assert_string_equal(question.impi, "alice@ims.example");
	assert_string_equal(question.method, "REGISTER");
	assert_string_equal(question.uri, "sip:ims.example");
	assert_false(
		ims_prover_reply_with(prover, &to_register, &(ims_prover_reply){ .response = "1" }, NULL));
	assert_true(ims_prover_reply_with(prover, &to_register, &(ims_prover_reply){ .response = RESPONSE },
					  NULL));
	assert_says(prover, TRUE, ANSWER);
	assert_says(prover, FALSE, WHO); /* a response is never said twice */
}

static void test_nothing_said_first(void **state)
{
	g_autoptr(ims_prover) prover = new_prover(FALSE);

	(void)state;
	assert_says(prover, FALSE, NULL);
}

/* The same nonce again, and not because it is old: another answer would be as wrong. */
static void test_wrong_or_stale(void **state)
{
	g_autoptr(ims_prover) prover = new_prover(TRUE);

	(void)state;
	assert_int_equal(challenge(prover, 0, CHALLENGE("n1"), NULL), IMS_PROVER_ASKS);
	assert_int_equal(challenge(prover, 1, CHALLENGE("n1"), NULL), IMS_PROVER_REFUSES);
	assert_int_equal(challenge(prover, 1, CHALLENGE("n1") ", stale=true", NULL), IMS_PROVER_ASKS);
	assert_int_equal(challenge(prover, 1, CHALLENGE("n2"), NULL), IMS_PROVER_ASKS);
	assert_int_equal(challenge(prover, 0, CHALLENGE("n2"), NULL), IMS_PROVER_ASKS);
}

static void test_keys_are_stripped(void **state)
{
	static const char *const texts[] = {
		"Digest realm=\"r\", nonce=\"n\", algorithm=AKAv1-MD5, ik=\"00112233\", ck=\"44556677\"",
		"Digest ik=\"00112233\", realm=\"r\", CK = 44556677 , nonce=\"n\", algorithm=AKAv1-MD5",
		"Digest ck=\"44556677\",ik=\"00112233\",realm=\"r\", nonce=\"n\", algorithm=AKAv1-MD5",
	};
	g_autoptr(ims_prover) prover = new_usim(TRUE);

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		const char *told;

		assert_int_equal(challenge(prover, 0, texts[i], NULL), IMS_PROVER_ASKS);
		told = ims_prover_question_of(prover, &to_register).text;
		assert_null(strstr(told, "00112233"));
		assert_null(strstr(told, "44556677"));
		assert_non_null(strstr(told, "realm=\"r\""));
	}
}

#define AKA "Digest realm=\"r\", nonce=\"v2\", algorithm=AKAv2-SHA-256, qop=\"auth\""
#define OLD_AKA "Digest realm=\"r\", nonce=\"v1\", algorithm=AKAv1-MD5, qop=\"auth\""
#define SHA "Digest realm=\"r\", nonce=\"sha\", algorithm=SHA-256, qop=\"auth\""
#define MD5 "Digest realm=\"r\", nonce=\"sha\", algorithm=MD5, qop=\"auth\""
#define ODD "Digest realm=\"r\", nonce=\"odd\", algorithm=SHA3-512"

static void assert_asks(ims_prover *prover, const char *first, const char *second, const char *asked)
{
	assert_int_equal(challenge(prover, 0, first, second), asked ? IMS_PROVER_ASKS : IMS_PROVER_REFUSES);
	if (asked)
		assert_string_equal(ims_prover_question_of(prover, &to_register).text, asked);
}

/* REQ-37: in the network's order, whatever a client can. */
static void test_strongest_that_fits(void **state)
{
	g_autoptr(ims_prover) prover = new_prover(TRUE);

	(void)state;
	assert_asks(prover, NULL, NULL, NULL);
	assert_asks(prover, ODD, NULL, NULL);
	assert_asks(prover, AKA, NULL, NULL);
	assert_asks(prover, ODD, MD5, MD5);
	assert_asks(prover, MD5, SHA, SHA);
	assert_asks(prover, AKA, SHA, SHA);
}

/* REQ-40, REQ-44 */
static void test_usim(void **state)
{
	g_autoptr(ims_prover) prover = new_usim(FALSE);
	g_autoptr(ims_prover) old = new_usim(TRUE);

	(void)state;
	assert_int_equal(prover->integrity, IMS_INTEGRITY_CONNECTED);
	assert_int_equal(prover->more_answers, 1);
	assert_says(prover, FALSE, WHO ", algorithm=AKAv2-SHA-256");
	assert_asks(prover, SHA, NULL, NULL);
	assert_asks(prover, OLD_AKA, SHA, NULL);
	assert_asks(prover, SHA, AKA, AKA);
	assert_asks(old, OLD_AKA, NULL, OLD_AKA);
	assert_asks(old, OLD_AKA, AKA, AKA);
	assert_asks(old, AKA, OLD_AKA, AKA);
}

static ims_prover_verdict challenge_invite(ims_prover *prover, const char *text)
{
	g_autoptr(GPtrArray) challenges = g_ptr_array_new();
	g_autoptr(GError) error = NULL;
	ims_prover_verdict verdict;

	g_ptr_array_add(challenges, (char *)text);
	verdict = ims_prover_heed(prover, &(ims_prover_demand){ IMS_PROOF_REQUEST_TO_PROXY, challenges, 0 },
				  &error);
	assert_int_equal(error != NULL, verdict == IMS_PROVER_REFUSES);
	return verdict;
}

/* ... with a challenge and an answer apart from those of the REGISTER. */
static void test_another_request(void **state)
{
	g_autoptr(ims_prover) prover = new_prover(TRUE);
	const ims_prover_request invite = { IMS_PROOF_REQUEST, "INVITE", "sip:bob@far.example", NULL };
	const ims_prover_request to_proxy = { IMS_PROOF_REQUEST_TO_PROXY, "INVITE", "sip:bob@far.example",
					      NULL };
	gboolean answers;
	g_autofree char *said = NULL;
	ims_prover_question question;

	(void)state;
	assert_int_equal(challenge(prover, 0, CHALLENGE("n1"), NULL), IMS_PROVER_ASKS);
	assert_int_equal(challenge_invite(prover, CHALLENGE("n2")), IMS_PROVER_ASKS);
	question = ims_prover_question_of(prover, &invite);
	assert_int_equal(question.proof, IMS_PROOF_REQUEST_TO_PROXY);
	assert_string_equal(question.text, CHALLENGE("n2"));
	assert_string_equal(question.method, "INVITE");
	assert_string_equal(question.uri, "sip:bob@far.example");
	assert_string_equal(ims_prover_question_of(prover, &to_register).text, CHALLENGE("n1"));
	assert_true(
		ims_prover_reply_with(prover, &invite, &(ims_prover_reply){ .response = RESPONSE }, NULL));
	assert_says(prover, FALSE, WHO);
	assert_null(ims_prover_authorize(prover, &invite, &answers, NULL)); /* which nobody challenged */
	said = ims_prover_authorize(prover, &to_proxy, &answers, NULL);
	assert_true(answers);
	assert_non_null(strstr(said, "nonce=\"n2\", uri=\"sip:bob@far.example\""));
	assert_null(ims_prover_authorize(prover, &to_proxy, &answers, NULL));
}

/* A REGISTER at another host does not take back what an INVITE is asked about. */
static void test_forgets_registers_only(void **state)
{
	g_autoptr(ims_prover) prover = new_prover(TRUE);
	const ims_prover_request invite = { IMS_PROOF_REQUEST, "INVITE", "sip:bob@far.example", NULL };

	(void)state;
	assert_int_equal(challenge_invite(prover, CHALLENGE("n2")), IMS_PROVER_ASKS);
	ims_prover_forget(prover);
	assert_string_equal(ims_prover_question_of(prover, &invite).text, CHALLENGE("n2"));
}

/* Of another request than REGISTER the client is not offered what he would hash another body for. */
static void test_body_is_not_his(void **state)
{
	const ims_prover_request invite = { IMS_PROOF_REQUEST, "INVITE", "sip:bob@far.example", NULL };
	g_autoptr(ims_prover) prover = new_prover(TRUE);
	ims_prover_question asked;

	(void)state;
	assert_int_equal(challenge_invite(prover, CHALLENGE("n") ", qop=\"auth-int,auth\", opaque=\"o\""),
			 IMS_PROVER_ASKS);
	asked = ims_prover_question_of(prover, &invite);
	assert_string_equal(asked.text, CHALLENGE("n") ", opaque=\"o\", qop=\"auth\"");
	assert_true(asked.challenge->qop_auth && !asked.challenge->qop_auth_int);
	assert_int_equal(challenge_invite(prover, CHALLENGE("n2") ", qop=\"auth\""), IMS_PROVER_ASKS);
	assert_string_equal(ims_prover_question_of(prover, &invite).text, CHALLENGE("n2") ", qop=\"auth\"");
}

static void test_realm_of_the_registration(void **state)
{
	g_autoptr(ims_prover) prover = new_prover(TRUE);

	(void)state;
	assert_int_equal(challenge_invite(prover, "Digest realm=\"evil.example\", nonce=\"n\""),
			 IMS_PROVER_REFUSES);
	assert_int_equal(challenge_invite(prover, CHALLENGE("n") ", qop=\"auth-int\""), IMS_PROVER_REFUSES);
	assert_int_equal(challenge_invite(prover, CHALLENGE("n") ", qop=\"auth-int,auth\""), IMS_PROVER_ASKS);
	assert_int_equal(challenge(prover, 0, "Digest realm=\"other.example\", nonce=\"n\"", NULL),
			 IMS_PROVER_ASKS);
	assert_int_equal(challenge_invite(prover, CHALLENGE("n")), IMS_PROVER_REFUSES);
	assert_int_equal(challenge_invite(prover, "Digest realm=\"other.example\", nonce=\"n\""),
			 IMS_PROVER_ASKS);
}

static void test_info_for_the_client(void **state)
{
	const ims_prover_success success = { IMS_PROOF_REGISTER, "rspauth=\"x\"", NULL };
	g_autoptr(ims_prover) prover = new_prover(TRUE);

	(void)state;
	assert_null(ims_delegated_prover_info(prover));
	assert_true(ims_prover_confirm(prover, &success, NULL));
	assert_string_equal(ims_delegated_prover_info(prover), "rspauth=\"x\"");
	assert_says(prover, FALSE, WHO);
	assert_null(ims_delegated_prover_info(prover));
}

/* Nothing says that two clients know the same secret. */
static void test_is_nobody_else(void **state)
{
	g_autoptr(ims_prover) a = new_prover(TRUE);
	g_autoptr(ims_prover) b = new_prover(TRUE);

	(void)state;
	assert_false(ims_prover_is_same(a, b));
}

static void test_forgotten(void **state)
{
	g_autoptr(ims_prover) prover = new_prover(TRUE);

	(void)state;
	assert_int_equal(challenge(prover, 0, CHALLENGE("n1"), NULL), IMS_PROVER_ASKS);
	assert_true(ims_prover_reply_with(prover, &to_register, &(ims_prover_reply){ .response = RESPONSE },
					  NULL));
	ims_prover_forget(prover);
	assert_says(prover, FALSE, WHO);
	assert_int_equal(challenge(prover, 1, CHALLENGE("n1"), NULL), IMS_PROVER_ASKS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_asked_and_answered),  cmocka_unit_test(test_nothing_said_first),
		cmocka_unit_test(test_wrong_or_stale),      cmocka_unit_test(test_keys_are_stripped),
		cmocka_unit_test(test_strongest_that_fits), cmocka_unit_test(test_usim),
		cmocka_unit_test(test_another_request),     cmocka_unit_test(test_forgets_registers_only),
		cmocka_unit_test(test_body_is_not_his),     cmocka_unit_test(test_realm_of_the_registration),
		cmocka_unit_test(test_info_for_the_client), cmocka_unit_test(test_is_nobody_else),
		cmocka_unit_test(test_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
