/* What a soft SIM says to a network, REGISTER after REGISTER. Responses were computed with Python's hashlib
 * of RES and of the AKAv2 password of test set 1 of TS 35.207. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "auth/ims_aka_prover.h"
#include "base/ims_error.h"

#define K "465b5ce8b199b49faa5f0a2ee238a6bc"
#define OP "cdc202d5123e20f62b6d676ac72cb318"
#define IMPI "001010000000001@ims.example"
#define NONCE "I1U8vpY3qJ0hiuZNrke/NVXzKLQ1d7m5Sp/6w1Tfr7M="
#define SQN_OF_NONCE G_GUINT64_CONSTANT(0xff9bb4d0b607)
#define WHO                                                                                                  \
	"Digest username=\"" IMPI "\", realm=\"ims.example\", nonce=\"" NONCE                                \
	"\", uri=\"sip:ims.example\", response="
#define V1_RESPONSE "a94bb0d1182f3bbea84a945dd51b0a7c"
#define V2_RESPONSE "43f154a4483845aad56b4515e4610930c152417a4e6edb721ec7725e0300f841"
#define V2_RSPAUTH "7a5cc30856dcd0c43bd6a1113d3731b37022a24f251377fbf22986e75eb9409c"
#define V2_EMPTY "4daffedd1b7fd5d210f8e74bc2e4bc4a139622df54c5edd556fac86f29ec3231"
#define EMPTY                                                                                                \
	"Digest username=\"" IMPI "\", realm=\"ims.example\", nonce=\"\", uri=\"sip:ims.example\", "         \
	"response=\"\", algorithm=AKAv2-SHA-256"

static ims_aka_cards *cards;

static int make_cards(void **state)
{
	(void)state;
	cards = ims_aka_cards_new(10);
	return 0;
}

static int free_cards(void **state)
{
	(void)state;
	ims_aka_cards_free(cards);
	return 0;
}

static ims_aka_card card_of(const char *k)
{
	ims_aka_card card;

	assert_true(ims_aka_card_parse(k, OP, NULL, NULL, &card, NULL));
	return card;
}

static ims_prover *prover_of(const char *k, guint64 sqn, gboolean takes_v1)
{
	const ims_aka_card card = card_of(k);

	return ims_aka_prover_new(&(ims_aka_prover_setup){ .impi = IMPI,
							   .realm = "ims.example",
							   .card = &card,
							   .cards = cards,
							   .sqn = sqn,
							   .takes_v1 = takes_v1 });
}

static const ims_prover_request request = { IMS_PROOF_REGISTER, "REGISTER", "sip:ims.example", NULL };

static void assert_says(ims_prover *prover, gboolean answers, const char *value)
{
	g_autoptr(GError) error = NULL;
	gboolean answered = !answers;
	g_autofree char *said = ims_prover_authorize(prover, &request, &answered, &error);

	assert_null(error);
	assert_string_equal(said, value);
	assert_int_equal(answered, answers);
}

/* NULL: it is answered; "": refused in the network's own words. */
static void assert_heeds(ims_prover *prover, guint answers, const char *refusal, ...)
{
	g_autoptr(GPtrArray) challenges = g_ptr_array_new();
	const ims_prover_demand demand = { IMS_PROOF_REGISTER, challenges, answers };
	g_autoptr(GError) error = NULL;
	va_list values;
	char *value;

	va_start(values, refusal);
	while ((value = va_arg(values, char *)))
		g_ptr_array_add(challenges, value);
	va_end(values);
	assert_int_equal(ims_prover_heed(prover, &demand, &error),
			 refusal ? IMS_PROVER_REFUSES : IMS_PROVER_ANSWERS);
	assert_string_equal(error ? error->message : "", refusal ? refusal : "");
}

#define V2(nonce) "Digest realm=\"ims.example\", nonce=\"" nonce "\", algorithm=AKAv2-SHA-256"
#define V1(nonce) "Digest realm=\"ims.example\", nonce=\"" nonce "\", algorithm=AKAv1-MD5"

/* The network's side: a challenge with this sequence number, and MAC. */
static char *challenge_of(const char *k, guint64 number)
{
	const ims_aka_card card = card_of(k);
	static const guint8 amf[2] = { 0x80, 0 };
	guint8 bytes[32], sqn[6], mac_s[8], *autn = bytes + 16;
	ims_milenage_outputs outputs;
	g_autofree char *nonce = NULL;

	for (gsize i = 0; i < 16; i++)
		bytes[i] = (guint8)(number + i);
	ims_aka_sqn_write(number, sqn);
	ims_milenage_f2345(&card.keys, bytes, &outputs);
	for (gsize i = 0; i < sizeof(sqn); i++)
		autn[i] = sqn[i] ^ outputs.ak[i];
	memcpy(autn + 6, amf, sizeof(amf));
	ims_milenage_f1(&card.keys, bytes, sqn, amf, autn + 8, mac_s);
	nonce = g_base64_encode(bytes, sizeof(bytes));
	return g_strdup_printf(V2("%s"), nonce);
}

static gboolean says_response(ims_prover *prover)
{
	gboolean answers;
	g_autofree char *said = ims_prover_authorize(prover, &request, &answers, NULL);

	return strstr(said, ", response=\"\"") == NULL;
}

/* REQ-40 */
static void test_asks_for_v2(void **state)
{
	g_autoptr(ims_prover) prover = prover_of(K, 0, TRUE);

	(void)state;
	assert_says(prover, FALSE, EMPTY);
	assert_int_equal(prover->integrity, IMS_INTEGRITY_CONNECTED);
	assert_string_equal(prover->impi, IMPI);
}

/* REQ-43 */
static void test_v2(void **state)
{
	g_autoptr(ims_prover) prover = prover_of(K, 0, FALSE);

	(void)state;
	assert_heeds(prover, 0, NULL, V2(NONCE), NULL);
	assert_says(prover, TRUE, WHO "\"" V2_RESPONSE "\", algorithm=AKAv2-SHA-256");
}

/* The password is RES, bytes that are no text. */
static void test_v1(void **state)
{
	g_autoptr(ims_prover) prover = prover_of(K, 0, TRUE);

	(void)state;
	assert_heeds(prover, 0, NULL, V1(NONCE), NULL);
	assert_says(prover, TRUE, WHO "\"" V1_RESPONSE "\", algorithm=AKAv1-MD5");
}

/* REQ-44 */
static void test_v1_is_for_the_lab(void **state)
{
	g_autoptr(ims_prover) prover = prover_of(K, 0, FALSE);

	(void)state;
	assert_heeds(prover, 0, "challenge: algorithm 'AKAv1-MD5' is for a laboratory, in role ue", V1(NONCE),
		     NULL);
	assert_says(prover, FALSE, EMPTY);
}

/* RFC 4169 4.1 */
static void test_v2_before_v1(void **state)
{
	g_autoptr(ims_prover) one = prover_of(K, 0, TRUE), other = prover_of(K, 0, TRUE);

	(void)state;
	assert_heeds(one, 0, NULL, "Digest realm=\"ims.example\", nonce=\"x\", algorithm=SHA-256", V1(NONCE),
		     V2(NONCE), NULL);
	assert_says(one, TRUE, WHO "\"" V2_RESPONSE "\", algorithm=AKAv2-SHA-256");
	free_cards(NULL);
	make_cards(NULL);
	ims_prover_free(g_steal_pointer(&other));
	other = prover_of(K, 0, TRUE);
	assert_heeds(other, 0, NULL, V2(NONCE), V1(NONCE), NULL);
	assert_says(other, TRUE, WHO "\"" V2_RESPONSE "\", algorithm=AKAv2-SHA-256");
}

static void test_no_aka(void **state)
{
	g_autoptr(ims_prover) prover = prover_of(K, 0, TRUE);

	(void)state;
	assert_heeds(prover, 0, "challenge: algorithm 'MD5', a USIM needs AKAv2-SHA-256",
		     "Digest realm=\"ims.example\", nonce=\"x\"", NULL);
	assert_heeds(prover, 0, "challenge: algorithm 'AKAv2-MD5', a USIM needs AKAv2-SHA-256",
		     "Digest realm=\"ims.example\", nonce=\"" NONCE "\", algorithm=AKAv2-MD5", NULL);
	assert_heeds(prover, 0, "challenge: the nonce is too short for RAND and AUTN", V2("AAAA"), NULL);
	assert_heeds(prover, 0, "", NULL);
	assert_says(prover, FALSE, EMPTY);
}

/* Keys for IPsec in a challenge are ignored (REQ-42). */
static void test_keys_of_the_network(void **state)
{
	g_autoptr(ims_prover) prover = prover_of(K, 0, FALSE);

	(void)state;
	assert_heeds(prover, 0, NULL,
		     V2(NONCE) ", ik=\"00112233445566778899aabbccddeeff\", "
			       "ck=\"ffeeddccbbaa99887766554433221100\"",
		     NULL);
	assert_says(prover, TRUE, WHO "\"" V2_RESPONSE "\", algorithm=AKAv2-SHA-256");
}

/* ---- what is not fresh, or not the network's ---- */

/* REQ-45: once AUTS, with the response of an empty password; then the network is in step, or it is over. */
static void test_resynchronises(void **state)
{
	g_autoptr(ims_prover) prover = prover_of(K, SQN_OF_NONCE, FALSE);
	g_autofree char *next = challenge_of(K, SQN_OF_NONCE + 32);

	(void)state;
	assert_heeds(prover, 0, NULL, V2(NONCE), NULL);
	assert_says(prover, TRUE,
		    WHO "\"" V2_EMPTY "\", algorithm=AKAv2-SHA-256, auts=\"uoU/PBI8z0TpNZbjVcY=\"");
	assert_heeds(prover, 1, NULL, next, NULL);
	assert_true(says_response(prover));
	assert_int_equal(prover->more_answers, 1);
}

static void test_never_in_step(void **state)
{
	g_autoptr(ims_prover) prover = prover_of(K, SQN_OF_NONCE, FALSE);
	g_autofree char *old = challenge_of(K, 64);

	(void)state;
	assert_heeds(prover, 0, NULL, V2(NONCE), NULL);
	assert_heeds(prover, 1, "AKA: the network's sequence number is not fresh, also after AUTS", old,
		     NULL);
	assert_says(prover, FALSE, EMPTY);
	assert_heeds(prover, 0, NULL, old, NULL); /* the next attempt may */
}

/* REQ-45: no response and no AUTS to who does not prove that he has the keys; the second time nothing. */
static void test_wrong_mac(void **state)
{
	g_autoptr(ims_prover) prover = prover_of("565b5ce8b199b49faa5f0a2ee238a6bc", SQN_OF_NONCE, FALSE);
	g_autofree char *second = challenge_of(K, 64);

	(void)state;
	assert_heeds(prover, 0, NULL, V2(NONCE), NULL);
	assert_says(prover, TRUE, WHO "\"\", algorithm=AKAv2-SHA-256");
	assert_heeds(prover, 1, "AKA: the network's MAC is wrong: its k, opc or amf is not this user's",
		     second, NULL);
	assert_says(prover, FALSE, EMPTY);
	assert_heeds(prover, 0, NULL, second, NULL);
	assert_false(says_response(prover));
}

static void test_wrong_mac_again(void **state)
{
	g_autoptr(ims_prover) prover = prover_of("565b5ce8b199b49faa5f0a2ee238a6bc", 0, FALSE);

	(void)state;
	assert_heeds(prover, 0, NULL, V2(NONCE), NULL);
	assert_heeds(prover, 1, "AKA: the network's MAC is wrong: its k, opc or amf is not this user's",
		     V2(NONCE), NULL);
}

static void test_a_forged_one_between(void **state)
{
	g_autoptr(ims_prover) prover = prover_of(K, 0, FALSE);
	g_autofree char *forged = challenge_of("565b5ce8b199b49faa5f0a2ee238a6bc", 64);

	(void)state;
	assert_heeds(prover, 0, NULL, forged, NULL);
	assert_false(says_response(prover));
	assert_heeds(prover, 1, NULL, V2(NONCE), NULL);
	assert_says(prover, TRUE, WHO "\"" V2_RESPONSE "\", algorithm=AKAv2-SHA-256");
	assert_heeds(prover, 2, NULL, forged, NULL);
}

/* ---- challenges that come again ---- */

#define QOP ", qop=\"auth\""

static char *parameter(const char *said, const char *name)
{
	g_autofree char *start = g_strdup_printf(", %s=", name);
	const char *at = strstr(said, start);

	assert_non_null(at);
	at += strlen(start);
	at += *at == '"';
	return g_strndup(at, strcspn(at, "\","));
}

/* The USIM is not asked twice; Digest counts. */
static void test_counts(void **state)
{
	g_autoptr(ims_prover) prover = prover_of(K, 0, FALSE);

	(void)state;
	assert_heeds(prover, 0, NULL, V2(NONCE) QOP, NULL);
	for (guint i = 1; i <= 3; i++) {
		gboolean answers;
		g_autofree char *said = ims_prover_authorize(prover, &request, &answers, NULL);
		g_autofree char *nc = parameter(said, "nc"), *want = g_strdup_printf("%08x", i);

		assert_string_equal(nc, want);
	}
	assert_heeds(prover, 0, NULL, V2(NONCE) QOP, NULL);
	assert_true(says_response(prover));
	assert_heeds(prover, 1, NULL, V2(NONCE) QOP ", stale=true", NULL);
	assert_true(says_response(prover));
	assert_heeds(prover, 1, "", V2(NONCE) QOP, NULL); /* it does not like our answer */
}

/* ---- what the network proves ---- */

static void assert_confirms(ims_prover *prover, const char *info, const char *refusal)
{
	const ims_prover_success success = { IMS_PROOF_REGISTER, info, NULL };
	g_autoptr(GError) error = NULL;

	assert_int_equal(ims_prover_confirm(prover, &success, &error), refusal == NULL);
	assert_string_equal(error ? error->message : "", refusal ? refusal : "");
}

static void test_rspauth(void **state)
{
	g_autoptr(ims_prover) prover = prover_of(K, 0, FALSE);

	(void)state;
	assert_confirms(prover, NULL, NULL);
	assert_heeds(prover, 0, NULL, V2(NONCE), NULL);
	assert_says(prover, TRUE, WHO "\"" V2_RESPONSE "\", algorithm=AKAv2-SHA-256");
	assert_confirms(prover, NULL, NULL);
	assert_confirms(prover, "rspauth=\"" V2_RSPAUTH "\"", NULL);
	assert_confirms(prover, "rspauth=\"" V2_RESPONSE "\"",
			"Authentication-Info: rspauth is wrong: the registrar does not know the password");
}

/* A network that is content with an answer that proves nothing is none. */
static void test_accepts_without_proof(void **state)
{
	g_autoptr(ims_prover) wrong = prover_of("565b5ce8b199b49faa5f0a2ee238a6bc", 0, FALSE);
	g_autoptr(ims_prover) stale = prover_of(K, SQN_OF_NONCE, FALSE);

	(void)state;
	assert_heeds(wrong, 0, NULL, V2(NONCE), NULL);
	assert_confirms(wrong, NULL, "AKA: the network accepted the user and did not prove itself");
	assert_heeds(stale, 0, NULL, V2(NONCE), NULL);
	assert_confirms(stale, "rspauth=\"" V2_RSPAUTH "\"",
			"AKA: the network accepted the user and did not prove itself");
}

/* ---- the rest ---- */

static void test_remembers_sequence_numbers(void **state)
{
	g_autoptr(ims_prover) one = prover_of(K, 0, FALSE), other = NULL;

	(void)state;
	assert_heeds(one, 0, NULL, V2(NONCE), NULL);
	ims_prover_free(g_steal_pointer(&one));
	other = prover_of(K, 1, FALSE); /* which lowers nothing */
	assert_heeds(other, 0, NULL, V2(NONCE), NULL);
	assert_says(other, TRUE,
		    WHO "\"" V2_EMPTY "\", algorithm=AKAv2-SHA-256, auts=\"uoU/PBI8z0TpNZbjVcY=\"");
}

static void test_forgets(void **state)
{
	g_autoptr(ims_prover) prover = prover_of(K, 0, FALSE);

	(void)state;
	assert_heeds(prover, 0, NULL, V2(NONCE), NULL);
	ims_prover_forget(prover);
	assert_says(prover, FALSE, EMPTY);
}

static void test_same(void **state)
{
	g_autoptr(ims_prover) one = prover_of(K, 0, FALSE), same = prover_of(K, 9, TRUE);
	g_autoptr(ims_prover) other = prover_of("565b5ce8b199b49faa5f0a2ee238a6bc", 0, FALSE);

	(void)state;
	assert_true(ims_prover_is_same(one, same));
	assert_false(ims_prover_is_same(one, other));
}

static void test_registers_only(void **state)
{
	g_autoptr(ims_prover) prover = prover_of(K, 0, FALSE);
	g_autoptr(GPtrArray) challenges = g_ptr_array_new();
	const ims_prover_demand demand = { IMS_PROOF_REQUEST_TO_PROXY, challenges, 0 };
	const ims_prover_request invite = { IMS_PROOF_REQUEST_TO_PROXY, "INVITE", "sip:bob@ims.example",
					    NULL };
	g_autoptr(GError) error = NULL;
	gboolean answers;

	(void)state;
	g_ptr_array_add(challenges, (char *)V2(NONCE));
	assert_int_equal(ims_prover_heed(prover, &demand, &error), IMS_PROVER_REFUSES);
	assert_string_equal(error->message, "challenge: a USIM proves the registration only");
	assert_null(ims_prover_authorize(prover, &invite, &answers, NULL));
}

int main(void)
{
#define CASE(test) cmocka_unit_test_setup_teardown(test, make_cards, free_cards)
	static const struct CMUnitTest tests[] = {
		CASE(test_asks_for_v2),
		CASE(test_v2),
		CASE(test_v1),
		CASE(test_v1_is_for_the_lab),
		CASE(test_v2_before_v1),
		CASE(test_no_aka),
		CASE(test_keys_of_the_network),
		CASE(test_resynchronises),
		CASE(test_never_in_step),
		CASE(test_wrong_mac),
		CASE(test_wrong_mac_again),
		CASE(test_a_forged_one_between),
		CASE(test_counts),
		CASE(test_rspauth),
		CASE(test_accepts_without_proof),
		CASE(test_remembers_sequence_numbers),
		CASE(test_forgets),
		CASE(test_same),
		CASE(test_registers_only),
	};

	return cmocka_run_group_tests_name("test_ims_aka_prover", tests, NULL, NULL);
}
