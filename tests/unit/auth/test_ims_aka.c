/* What a USIM says to challenges made of the test sets of TS 35.207, right and damaged, and the passwords
 * that become of its answers. AUTS, AUTN and the AKAv2 passwords were computed with another Milenage and
 * another HMAC (tests/ims-lab/hss/milenage.py, Python's hmac). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "../hex.h"
#include "auth/ims_aka.h"
#include "base/ims_error.h"

#define K "465b5ce8b199b49faa5f0a2ee238a6bc"
#define OP "cdc202d5123e20f62b6d676ac72cb318"
#define OPC "cd63cb71954a9f4e48a5994e37a02baf"
#define NONCE "I1U8vpY3qJ0hiuZNrke/NVXzKLQ1d7m5Sp/6w1Tfr7M="
#define SQN G_GUINT64_CONSTANT(0xff9bb4d0b607)

static const struct vector {
	const char *name, *k, *op, *nonce, *res, *ck, *ik, *v2, *auts; /* auts: nothing above 0 was used */
} vectors[] = {
	{ "test set 1", K, OP, NONCE, "a54211d5e3ba50bf", "b40ba9a3c58b2a05bbf0d987b21bf8cb",
	  "f769bcd751044604127672711c6d3441",
	  "wpC+5dv/7kC35JEI2hluv8XcBd+vf8XcfedJBan1buk=", "RR6L7KQ7wWEfMKnv1zw=" },
	{ "test set 2", "0396eb317b6d1c36f19c1c84cd6ffd16", "ff53bade17df5d4e793073ce9d7579fa",
	  "wA1gMQPc7lLER4EZSUIC6Dn5bNmAD68XXfWzGAfiWLA=", "d3a628ed988620f0",
	  "58c433ff7a7082acd424220f2b67c556", "21a8c1f929702adb3e738488b9f5c5da",
	  "glupm0GfvJkAmj5nc1Vi0Zi5iQkdxAaMrsEE0oniIF8=", "MPEZcGHBHN713HtK4fA=" },
	{ "test set 3", "fec86ba6eb707ed08905757b1bb44b8f", "dbc59adcb6f9a0ef735477b7fadf8374",
	  "n3yNAhrM9NshPM/wx/caaq5KOptMl3JcnKvD6ZuvcoE=", "8011c48c0c214ed2",
	  "5dbdbb2954e8f3cde665b046179a5098", "59a92d3b476a0443487055cf88b2307b",
	  "Cfp27lgJNdkqal7T/zQvhwnu3xPNSGtxjHCEZ8Abebo=", "3qzdhIzGKHpk49aC/wM=" },
	{ "test set 4", "9e5944aea94b81165c82fbf9f32db751", "223014c5806694c007ca1eeef57f004f",
	  "zoPbxUrAJ0oVfBf4DQF71vvZigs8hp4JdKWCIMuoTEk=", "f365cd683cd92e96",
	  "e203edb3971574f5a94b0d61b816345d", "0c4524adeac041c4dd830d20854fc46b",
	  "8cW3yKhO2yBX07AR7YE+6Sh0z3Bn2T6DjFozJDz1py0=", "YIWobG9jQ0wh+95Aufo=" },
	{ "test set 5", "4ab1deb05ca6ceb051fc98e77d026a84", "2d16c5cd1fdf6b22383584e3bef2a8d8",
	  "dLDNYDGhyDObK2ziuMShhtlhu9URrp8HSeeF3RJibvI=", "5860fc1bce351e7e",
	  "7657766b373d1c2138f307e3de9242f9", "1c42e960d89b8fa99f2744e0708ccb53",
	  "X2ZiK9HrwI57CuiN1V+tqgbNOTmeeW3PvfEUiyYstS0=", "/iVV5Uqp0WicaxjjOv8=" },
	{ "test set 6", "6c38a116ac280c454f59332ee35c8c4f", "1ba00a1a7c6700ac8c3ff3e96ad08725",
	  "7mRmvJYgLFpVervv+Lq/YwT7briR7URkB4rftIgkGlc=", "16c8233f05a0ac28",
	  "3f8c7587fe8e4b233af676aede30ba3b", "a7466cc1e6b2a1337d49d3b66e95d7b4",
	  "zRO0KcWCT0xPW8tPmiUDPYj7J2VUcTvjNacrLCXPBFU=", "H1PNKxET+8VH2HOUzPg=" },
};

static ims_aka_card card_of(const char *k, const char *op, const char *opc, const char *amf)
{
	ims_aka_card card;
	g_autoptr(GError) error = NULL;

	assert_true(ims_aka_card_parse(k, op, opc, amf, &card, &error));
	assert_null(error);
	return card;
}

static ims_aka_challenge challenge_of(const char *nonce)
{
	ims_aka_challenge challenge;

	assert_true(ims_aka_challenge_parse(nonce, &challenge, NULL));
	return challenge;
}

static void assert_hex(const guint8 *bytes, gsize length, const char *hex)
{
	guint8 want[16];

	assert_int_equal(unhex(hex, want, sizeof(want)), length);
	assert_memory_equal(bytes, want, length);
}

static void assert_zero(const void *bytes, gsize length)
{
	static const ims_aka_answer zero;

	assert_memory_equal(bytes, &zero, length);
}

static void test_vector(void **state)
{
	const struct vector *v = *state;
	ims_aka_card card = card_of(v->k, v->op, NULL, NULL);
	ims_aka_challenge challenge = challenge_of(v->nonce);
	ims_aka_sqn sqn = { 0 };
	ims_aka_answer answer;
	g_autoptr(ims_secret) v1 = NULL, v2 = NULL;

	assert_int_equal(ims_aka_run(&card, &sqn, &challenge, &answer), IMS_AKA_ANSWERED);
	assert_hex(answer.res, sizeof(answer.res), v->res);
	assert_hex(answer.ck, sizeof(answer.ck), v->ck);
	assert_hex(answer.ik, sizeof(answer.ik), v->ik);
	assert_zero(answer.auts, sizeof(answer.auts));
	v1 = ims_aka_password(IMS_AKA_V1_MD5, &answer);
	assert_int_equal(ims_secret_length(v1), 8);
	assert_hex(ims_secret_bytes(v1), 8, v->res);
	v2 = ims_aka_password(IMS_AKA_V2_SHA_256, &answer);
	assert_string_equal(ims_secret_text(v2), v->v2);
}

static void test_out_of_step(void **state)
{
	const struct vector *v = *state;
	ims_aka_card card = card_of(v->k, v->op, NULL, NULL);
	ims_aka_challenge challenge = challenge_of(v->nonce);
	ims_aka_sqn sqn = { .is_known = TRUE }; /* all of theirs are over delta ahead */
	ims_aka_answer answer;
	g_autofree char *auts = NULL;

	assert_int_equal(ims_aka_run(&card, &sqn, &challenge, &answer), IMS_AKA_OUT_OF_STEP);
	auts = g_base64_encode(answer.auts, sizeof(answer.auts));
	assert_string_equal(auts, v->auts);
	assert_zero(&answer, offsetof(ims_aka_answer, auts));
	assert_true(sqn.highest == 0);
}

static void test_none_twice(void **state)
{
	ims_aka_card card = card_of(K, NULL, OPC, NULL);
	ims_aka_challenge challenge = challenge_of(NONCE);
	ims_aka_sqn sqn = { 0 };
	ims_aka_answer answer;

	(void)state;
	assert_int_equal(ims_aka_run(&card, &sqn, &challenge, &answer), IMS_AKA_ANSWERED);
	assert_true(sqn.highest == SQN);
	assert_int_equal(ims_aka_run(&card, &sqn, &challenge, &answer), IMS_AKA_OUT_OF_STEP);
	assert_hex(answer.auts, sizeof(answer.auts), "ba853f3c123ccf44e93596e355c6");
}

static void assert_unproved(const ims_aka_card *card, const ims_aka_challenge *challenge)
{
	ims_aka_sqn sqn = { .is_known = TRUE, .highest = SQN };
	const ims_aka_sqn before = sqn;
	ims_aka_answer answer;

	assert_int_equal(ims_aka_run(card, &sqn, challenge, &answer), IMS_AKA_UNPROVED);
	assert_zero(&answer, sizeof(answer));
	assert_memory_equal(&sqn, &before, sizeof(sqn));
}

/* Also where the sequence number alone would ask for AUTS: a forged challenge gets nothing of us. */
static void test_each_bit(void **state)
{
	ims_aka_card card = card_of(K, OP, NULL, NULL);
	ims_aka_challenge challenge = challenge_of(NONCE);
	guint8 *bytes = challenge.rand;

	(void)state;
	for (gsize i = 0; i < 8 * sizeof(challenge); i++) {
		bytes[i / 8] ^= (guint8)(1 << i % 8);
		assert_unproved(&card, &challenge);
		bytes[i / 8] ^= (guint8)(1 << i % 8);
	}
}

static void test_wrong_keys(void **state)
{
	ims_aka_challenge challenge = challenge_of(NONCE);
	ims_aka_card k = card_of("565b5ce8b199b49faa5f0a2ee238a6bc", NULL, OPC, NULL);
	ims_aka_card opc = card_of(K, NULL, OP, NULL);

	(void)state;
	assert_unproved(&k, &challenge);
	assert_unproved(&opc, &challenge);
}

static void test_amf(void **state)
{
	ims_aka_challenge challenge = challenge_of(NONCE);
	ims_aka_card wrong = card_of(K, OP, NULL, "8000"), right = card_of(K, OP, NULL, "B9b9");
	ims_aka_sqn sqn = { 0 };
	ims_aka_answer answer;

	(void)state;
	assert_unproved(&wrong, &challenge);
	assert_int_equal(ims_aka_run(&right, &sqn, &challenge, &answer), IMS_AKA_ANSWERED);
}

/* ---- texts ---- */

#define LETTERS "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAA"

static const struct nonce_case {
	const char *name, *nonce, *error; /* NULL: it is read */
} nonces[] = {
	{ "RAND and AUTN", NONCE, NULL },
	{ "RAND, AUTN and data of the server",
	  "I1U8vpY3qJ0hiuZNrke/NVXzKLQ1d7m5Sp/6w1Tfr7M" LETTERS "==", NULL },
	{ "RFC 3310 4, with its wrong padding", "CjPk9mRqNuT25eRkajM09uTl9nM09uTl9nMz5OX25PZz==", NULL },
	{ "without padding", "I1U8vpY3qJ0hiuZNrke/NVXzKLQ1d7m5Sp/6w1Tfr7MA", NULL },
	{ "nothing", "", "challenge: the nonce is too short for RAND and AUTN" },
	{ "padding only", "====", "challenge: the nonce is too short for RAND and AUTN" },
	{ "31 bytes", "I1U8vpY3qJ0hiuZNrke/NVXzKLQ1d7m5Sp/6w1Tfrw==",
	  "challenge: the nonce is too short for RAND and AUTN" },
	{ "a nonce of plain Digest", "dcd98b7102dd2f0e8b11d0f600bfb0c093",
	  "challenge: the nonce is too short for RAND and AUTN" },
	{ "not base64", "I1U8vpY3qJ0hiuZNrke/NVXzKLQ1d7m5Sp/6w1Tfr7M=*",
	  "challenge: the nonce is not base64, AKA needs RAND and AUTN" },
	{ "base64url", "I1U8vpY3qJ0hiuZNrke_NVXzKLQ1d7m5Sp_6w1Tfr7M=",
	  "challenge: the nonce is not base64, AKA needs RAND and AUTN" },
	{ "padding in the middle", "I1U8vpY3qJ0hiuZN=rke/NVXzKLQ1d7m5Sp/6w1Tfr7M",
	  "challenge: the nonce is not base64, AKA needs RAND and AUTN" },
};

static void test_nonce(void **state)
{
	const struct nonce_case *c = *state;
	ims_aka_challenge challenge;
	g_autoptr(GError) error = NULL;

	assert_int_equal(ims_aka_challenge_parse(c->nonce, &challenge, &error), c->error == NULL);
	if (!c->error) {
		assert_null(error);
		return;
	}
	assert_true(g_error_matches(error, IMS_ERROR, IMS_E_BAD_CHALLENGE));
	assert_string_equal(error->message, c->error);
}

static void test_nonce_bytes(void **state)
{
	ims_aka_challenge challenge = challenge_of(NONCE);

	(void)state;
	assert_hex(challenge.rand, 16, "23553cbe9637a89d218ae64dae47bf35");
	assert_hex(challenge.autn, 16, "55f328b43577b9b94a9ffac354dfafb3");
}

static const struct card_case {
	const char *name, *k, *op, *opc, *amf;
	ims_error_code code;
	const char *error;
} cards[] = {
	{ "no k", NULL, OP, NULL, NULL, IMS_E_MISSING_ELEMENT, "aka: 'k' is missing" },
	{ "no op", K, NULL, NULL, NULL, IMS_E_MISSING_ELEMENT, "aka: 'opc' (or 'op') is missing" },
	{ "op and opc", K, OP, OPC, NULL, IMS_E_INVALID_ELEMENT, "aka: 'op' and 'opc' exclude each other" },
	{ "short k", "465b5ce8b199b49faa5f0a2ee238a6b", OP, NULL, NULL, IMS_E_INVALID_ELEMENT,
	  "aka: 'k' must be 32 hexadecimal digits" },
	{ "long op", K, OP "00", NULL, NULL, IMS_E_INVALID_ELEMENT,
	  "aka: 'op' must be 32 hexadecimal digits" },
	{ "opc with a letter", K, NULL, "cd63cb71954a9f4e48a5994e37a02bag", NULL, IMS_E_INVALID_ELEMENT,
	  "aka: 'opc' must be 32 hexadecimal digits" },
	{ "opc with a sign", K, NULL, "+d63cb71954a9f4e48a5994e37a02baf", NULL, IMS_E_INVALID_ELEMENT,
	  "aka: 'opc' must be 32 hexadecimal digits" },
	{ "empty k", "", OP, NULL, NULL, IMS_E_INVALID_ELEMENT, "aka: 'k' must be 32 hexadecimal digits" },
	{ "short amf", K, OP, NULL, "b9b", IMS_E_INVALID_ELEMENT, "aka: 'amf' must be 4 hexadecimal digits" },
	{ "k of blanks", "                                ", OP, NULL, NULL, IMS_E_INVALID_ELEMENT,
	  "aka: 'k' must be 32 hexadecimal digits" },
};

static void test_bad_card(void **state)
{
	const struct card_case *c = *state;
	ims_aka_card card = { .has_amf = 77 };
	g_autoptr(GError) error = NULL;

	assert_false(ims_aka_card_parse(c->k, c->op, c->opc, c->amf, &card, &error));
	assert_true(g_error_matches(error, IMS_ERROR, (gint)c->code));
	assert_string_equal(error->message, c->error);
	assert_int_equal(card.has_amf, 77);
}

static void test_card(void **state)
{
	ims_aka_card of_op = card_of(K, OP, NULL, NULL), of_opc = card_of(K, NULL, OPC, "8000");

	(void)state;
	assert_memory_equal(&of_op.keys, &of_opc.keys, sizeof(of_op.keys));
	assert_false(of_op.has_amf);
	assert_true(of_opc.has_amf);
	assert_hex(of_opc.amf, 2, "8000");
}

static void test_algorithms(void **state)
{
	static const char *const others[] = {
		"MD5", "AKAv1", "AKAv2-MD5", "AKAv1-SHA-256", "AKAv2-SHA-256-sess", "AKAv3-MD5", "", NULL
	};
	ims_aka_algorithm algorithm;

	(void)state;
	assert_true(ims_aka_algorithm_of("akav1-md5", &algorithm));
	assert_string_equal(ims_aka_algorithm_name(algorithm), "AKAv1-MD5");
	assert_string_equal(ims_aka_algorithm_hash(algorithm), "MD5");
	assert_true(ims_aka_algorithm_of("AKAv2-SHA-256", &algorithm));
	assert_string_equal(ims_aka_algorithm_name(algorithm), "AKAv2-SHA-256");
	assert_string_equal(ims_aka_algorithm_hash(algorithm), "SHA-256");
	for (gsize i = 0; others[i]; i++)
		assert_false(ims_aka_algorithm_of(others[i], &algorithm));
	assert_false(ims_aka_algorithm_of(NULL, &algorithm));
}

#define ADD_TABLE(tests, rows, function)                                                                     \
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)                                                       \
	g_array_append_vals(tests,                                                                           \
			    &(struct CMUnitTest){ .name = (rows)[i].name,                                    \
						  .test_func = function,                                     \
						  .initial_state = (void *)&(rows)[i] },                     \
			    1)

int main(void)
{
	static const struct CMUnitTest singles[] = {
		cmocka_unit_test(test_none_twice),  cmocka_unit_test(test_each_bit),
		cmocka_unit_test(test_wrong_keys),  cmocka_unit_test(test_amf),
		cmocka_unit_test(test_nonce_bytes), cmocka_unit_test(test_card),
		cmocka_unit_test(test_algorithms),
	};
	g_autoptr(GArray) tests = g_array_new(FALSE, TRUE, sizeof(struct CMUnitTest));

	ADD_TABLE(tests, vectors, test_vector);
	ADD_TABLE(tests, vectors, test_out_of_step);
	ADD_TABLE(tests, nonces, test_nonce);
	ADD_TABLE(tests, cards, test_bad_card);
	g_array_append_vals(tests, singles, G_N_ELEMENTS(singles));
	return _cmocka_run_group_tests("test_ims_aka", (void *)tests->data, tests->len, NULL, NULL);
}
