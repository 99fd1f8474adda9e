/* A soft SIM and a network that says anything: challenges in any text, true ones with any sequence number,
 * and true ones with a bit changed. Nothing but a true challenge gets a response or AUTS, and whatever is
 * said is one header value that reads back.
 *
 * Input: the sequence number that was used before, whether AKAv1 is taken, then steps: what comes, and of
 * which text, sequence number or bit. */
#include <string.h>
#include "auth/ims_aka_prover.h"
#include "auth/ims_auth_params.h"
#include "base/ims_error.h"
#include "input.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

enum { STEPS_MAX = 16, NONCE_BYTES = IMS_MILENAGE_RAND_BYTES + IMS_AKA_AUTN_BYTES };
static const ims_aka_card card = { .keys = { .k = "0123456789abcde", .opc = "fedcba987654321" } };

static guint64 some_sqn(fuzz_input *input)
{
	guint64 sqn = (guint64)fuzz_byte(input) << 8;

	sqn |= fuzz_byte(input);
	return sqn << 4 * fuzz_choice(input, 9);
}

/* What the network makes of the keys (33.102 6.3.2). */
static void make_nonce(fuzz_input *input, guint8 *ret_bytes)
{
	guint8 *rand = ret_bytes, *autn = ret_bytes + IMS_MILENAGE_RAND_BYTES;
	guint8 sqn[IMS_MILENAGE_SQN_BYTES], mac_s[IMS_MILENAGE_MAC_BYTES];
	ims_milenage_outputs outputs;

	memset(rand, fuzz_byte(input), IMS_MILENAGE_RAND_BYTES);
	ims_aka_sqn_write(some_sqn(input), sqn);
	ims_milenage_f2345(&card.keys, rand, &outputs);
	for (gsize i = 0; i < sizeof(sqn); i++)
		autn[i] = sqn[i] ^ outputs.ak[i];
	autn += sizeof(sqn);
	memset(autn, fuzz_byte(input), IMS_MILENAGE_AMF_BYTES);
	ims_milenage_f1(&card.keys, rand, sqn, autn, autn + IMS_MILENAGE_AMF_BYTES, mac_s);
}

static char *challenge_of(fuzz_input *input, const guint8 *bytes)
{
	static const char *const algorithms[] = { "AKAv2-SHA-256", "AKAv1-MD5", "akav2-sha-256",
						  "AKAv2-MD5" };
	static const char *const qops[] = { "", ", qop=\"auth\"", ", qop=\"auth,auth-int\"", ", stale=true" };
	g_autofree char *nonce = g_base64_encode(bytes, NONCE_BYTES);

	return g_strdup_printf("Digest realm=\"r\", nonce=\"%s\", algorithm=%s%s", nonce,
			       algorithms[fuzz_choice(input, G_N_ELEMENTS(algorithms))],
			       qops[fuzz_choice(input, G_N_ELEMENTS(qops))]);
}

static ims_prover_verdict heed(ims_prover *prover, char *challenge, guint answers)
{
	g_autoptr(GPtrArray) challenges = g_ptr_array_new_with_free_func(g_free);
	const ims_prover_demand demand = { IMS_PROOF_REGISTER, challenges, answers };
	g_autoptr(GError) error = NULL;
	ims_prover_verdict verdict;

	g_ptr_array_add(challenges, challenge);
	verdict = ims_prover_heed(prover, &demand, &error);
	g_assert(verdict == IMS_PROVER_ANSWERS || verdict == IMS_PROVER_REFUSES);
	g_assert(!error || (verdict == IMS_PROVER_REFUSES && error->code == IMS_E_BAD_CHALLENGE));
	return verdict;
}

static GHashTable *say(ims_prover *prover)
{
	const ims_prover_request request = { IMS_PROOF_REGISTER, "REGISTER", "sip:r", NULL };
	g_autoptr(GError) error = NULL;
	gboolean answers;
	g_autofree char *value = ims_prover_authorize(prover, &request, &answers, &error);
	GHashTable *said;

	g_assert_no_error(error);
	said = ims_auth_params_parse("answer", "Digest", value, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(g_hash_table_lookup(said, "username"), ==, "i");
	return said;
}

static void check_silence(ims_prover *prover)
{
	g_autoptr(GHashTable) said = say(prover);

	g_assert_cmpstr(g_hash_table_lookup(said, "response"), ==, "");
	g_assert_null(g_hash_table_lookup(said, "auts"));
}

static void check_answer(ims_prover *prover)
{
	g_autoptr(GHashTable) said = say(prover);

	g_assert_cmpuint(strlen(g_hash_table_lookup(said, "response")), >=, 32);
}

static void confirm(ims_prover *prover, fuzz_input *input)
{
	g_autofree char *info = fuzz_text(input, 200);
	const ims_prover_success success = { IMS_PROOF_REGISTER, info, NULL };
	g_autoptr(GError) error = NULL;

	g_assert(ims_prover_confirm(prover, &success, &error) == (error == NULL));
}

static void step(ims_prover *prover, fuzz_input *input, guint answers)
{
	guint8 bytes[NONCE_BYTES], bit;

	switch (fuzz_choice(input, 5)) {
	case 0:
		heed(prover, fuzz_text(input, 400), answers);
		g_hash_table_unref(say(prover));
		return;
	case 1:
		make_nonce(input, bytes);
		if (heed(prover, challenge_of(input, bytes), answers) == IMS_PROVER_ANSWERS)
			check_answer(prover);
		return;
	case 2:
		make_nonce(input, bytes);
		bit = fuzz_byte(input);
		bytes[bit / 8] ^= (guint8)(1 << bit % 8);
		if (heed(prover, challenge_of(input, bytes), answers) == IMS_PROVER_ANSWERS)
			check_silence(prover);
		return;
	case 3:
		confirm(prover, input);
		return;
	default:
		ims_prover_forget(prover);
		check_silence(prover);
	}
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	fuzz_input input = { data, size };
	ims_aka_cards *cards = ims_aka_cards_new(1);
	const ims_aka_prover_setup setup = { .impi = "i",
					     .realm = "r",
					     .card = &card,
					     .cards = cards,
					     .sqn = some_sqn(&input),
					     .takes_v1 = fuzz_flag(&input) };
	ims_prover *prover = ims_aka_prover_new(&setup);

	for (guint i = 0; i < STEPS_MAX && input.left > 0; i++)
		step(prover, &input, i % 4);
	ims_prover_free(prover);
	ims_aka_cards_free(cards);
	return 0;
}
