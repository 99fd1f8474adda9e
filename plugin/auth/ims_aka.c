#include "auth/ims_aka.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <string.h>
#include "base/ims_error.h"

#define V2_LABEL "http-digest-akav2-password"

/* AUTN: SQN xor AK, AMF, MAC (33.102 6.3.2). */
enum {
	AT_AMF = IMS_MILENAGE_SQN_BYTES,
	AT_MAC = AT_AMF + IMS_MILENAGE_AMF_BYTES,
};
G_STATIC_ASSERT(AT_MAC + IMS_MILENAGE_MAC_BYTES == IMS_AKA_AUTN_BYTES);

static gboolean refuse(GError **error, ims_error_code code, const char *what)
{
	g_set_error_literal(error, IMS_ERROR, code, what);
	return FALSE;
}

/* The alphabet, then padding. Its amount is not held against anybody: the example of RFC 3310 has it wrong.
 */
static gboolean is_base64(const char *text)
{
	while (g_ascii_isalnum(*text) || *text == '+' || *text == '/')
		text++;
	while (*text == '=')
		text++;
	return *text == '\0';
}

gboolean ims_aka_challenge_parse(const char *nonce, ims_aka_challenge *ret_challenge, GError **error)
{
	g_autofree guint8 *bytes = NULL;
	gsize length = 0;

	if (!is_base64(nonce))
		return refuse(error, IMS_E_BAD_CHALLENGE,
			      "challenge: the nonce is not base64, AKA needs RAND and AUTN");
	bytes = g_base64_decode(nonce, &length);
	if (length < IMS_MILENAGE_RAND_BYTES + IMS_AKA_AUTN_BYTES)
		return refuse(error, IMS_E_BAD_CHALLENGE,
			      "challenge: the nonce is too short for RAND and AUTN");
	memcpy(ret_challenge->rand, bytes, IMS_MILENAGE_RAND_BYTES);
	memcpy(ret_challenge->autn, bytes + IMS_MILENAGE_RAND_BYTES, IMS_AKA_AUTN_BYTES);
	return TRUE;
}

/* ---- the card ---- */

static gboolean read_hex(const char *field, const char *text, guint8 *ret_bytes, gsize bytes, GError **error)
{
	gboolean fits = strlen(text) == 2 * bytes;

	for (gsize i = 0; fits && i < 2 * bytes; i++)
		fits = g_ascii_isxdigit(text[i]);
	for (gsize i = 0; fits && i < bytes; i++)
		ret_bytes[i] = (guint8)(g_ascii_xdigit_value(text[2 * i]) << 4 |
					g_ascii_xdigit_value(text[2 * i + 1]));
	if (!fits)
		g_set_error(error, IMS_ERROR, IMS_E_INVALID_ELEMENT,
			    "aka: '%s' must be %zu hexadecimal digits", field, 2 * bytes);
	return fits;
}

static gboolean read_keys(const char *k, const char *op, const char *opc, ims_milenage_keys *ret_keys,
			  GError **error)
{
	guint8 variant[IMS_MILENAGE_KEY_BYTES];

	if (!read_hex("k", k, ret_keys->k, sizeof(ret_keys->k), error) ||
	    !read_hex(op ? "op" : "opc", op ? op : opc, variant, sizeof(variant), error))
		return FALSE;
	if (op)
		ims_milenage_opc(ret_keys->k, variant, ret_keys->opc);
	else
		memcpy(ret_keys->opc, variant, sizeof(variant));
	explicit_bzero(variant, sizeof(variant));
	return TRUE;
}

gboolean ims_aka_card_parse(const char *k, const char *op, const char *opc, const char *amf,
			    ims_aka_card *ret_card, GError **error)
{
	ims_aka_card card = { .has_amf = amf != NULL };
	gboolean fine;

	if (!k)
		return refuse(error, IMS_E_MISSING_ELEMENT, "aka: 'k' is missing");
	if (!op == !opc)
		return refuse(error, op ? IMS_E_INVALID_ELEMENT : IMS_E_MISSING_ELEMENT,
			      op ? "aka: 'op' and 'opc' exclude each other"
				 : "aka: 'opc' (or 'op') is missing");
	fine = read_keys(k, op, opc, &card.keys, error) &&
	       (!amf || read_hex("amf", amf, card.amf, sizeof(card.amf), error));
	if (fine)
		*ret_card = card;
	explicit_bzero(&card, sizeof(card));
	return fine;
}

static void exclusive_or(guint8 *ret_bytes, const guint8 *a, const guint8 *b)
{
	for (gsize i = 0; i < IMS_MILENAGE_SQN_BYTES; i++)
		ret_bytes[i] = a[i] ^ b[i];
}

/* 33.102 6.3.3: a MAC over AMF 0, so that an AUTS is no AUTN. */
static void make_auts(const ims_aka_card *card, guint64 highest, const guint8 *rand, const guint8 *ak_resync,
		      guint8 *ret_auts)
{
	static const guint8 no_amf[IMS_MILENAGE_AMF_BYTES];
	guint8 sqn[IMS_MILENAGE_SQN_BYTES], mac_a[IMS_MILENAGE_MAC_BYTES];

	ims_aka_sqn_write(highest, sqn);
	ims_milenage_f1(&card->keys, rand, sqn, no_amf, mac_a, ret_auts + IMS_MILENAGE_SQN_BYTES);
	exclusive_or(ret_auts, sqn, ak_resync);
}

static gboolean is_proved(const ims_aka_card *card, const ims_aka_challenge *challenge, const guint8 *sqn)
{
	const guint8 *amf = challenge->autn + AT_AMF;
	guint8 mac_a[IMS_MILENAGE_MAC_BYTES], mac_s[IMS_MILENAGE_MAC_BYTES];

	ims_milenage_f1(&card->keys, challenge->rand, sqn, amf, mac_a, mac_s);
	return ims_bytes_equal(mac_a, challenge->autn + AT_MAC, sizeof(mac_a)) &&
	       (!card->has_amf || memcmp(card->amf, amf, sizeof(card->amf)) == 0);
}

ims_aka_verdict ims_aka_run(const ims_aka_card *card, ims_aka_sqn *sqn, const ims_aka_challenge *challenge,
			    ims_aka_answer *ret_answer)
{
	ims_milenage_outputs outputs;
	ims_aka_verdict verdict = IMS_AKA_ANSWERED;
	guint8 given[IMS_MILENAGE_SQN_BYTES];

	*ret_answer = (ims_aka_answer){ 0 };
	ims_milenage_f2345(&card->keys, challenge->rand, &outputs);
	exclusive_or(given, challenge->autn, outputs.ak);
	if (!is_proved(card, challenge, given)) {
		verdict = IMS_AKA_UNPROVED;
	} else if (!ims_aka_sqn_accept(sqn, ims_aka_sqn_read(given))) {
		make_auts(card, sqn->highest, challenge->rand, outputs.ak_resync, ret_answer->auts);
		verdict = IMS_AKA_OUT_OF_STEP;
	} else {
		memcpy(ret_answer->res, outputs.res, sizeof(outputs.res));
		memcpy(ret_answer->ck, outputs.ck, sizeof(outputs.ck));
		memcpy(ret_answer->ik, outputs.ik, sizeof(outputs.ik));
	}
	explicit_bzero(&outputs, sizeof(outputs));
	return verdict;
}

/* ---- Digest ---- */

static const struct {
	const char *name, *hash;
} algorithms[] = {
	[IMS_AKA_V1_MD5] = { "AKAv1-MD5", "MD5" },
	[IMS_AKA_V2_SHA_256] = { "AKAv2-SHA-256", "SHA-256" },
};

gboolean ims_aka_algorithm_of(const char *name, ims_aka_algorithm *ret_algorithm)
{
	for (gsize i = 0; name && i < G_N_ELEMENTS(algorithms); i++)
		if (g_ascii_strcasecmp(name, algorithms[i].name) == 0) {
			*ret_algorithm = (ims_aka_algorithm)i;
			return TRUE;
		}
	return FALSE;
}

const char *ims_aka_algorithm_name(ims_aka_algorithm algorithm)
{
	return algorithms[algorithm].name;
}

const char *ims_aka_algorithm_hash(ims_aka_algorithm algorithm)
{
	return algorithms[algorithm].hash;
}

/* The PRF is HMAC with the hash of the digest, its key RES || IK || CK. */
static ims_secret *derive(const ims_aka_answer *answer)
{
	guint8 key[IMS_MILENAGE_RES_BYTES + 2 * IMS_MILENAGE_KEY_BYTES], mac[SHA256_DIGEST_LENGTH];
	guint8 *ik = key + sizeof(answer->res), *ck = ik + sizeof(answer->ik);

	memcpy(key, answer->res, sizeof(answer->res));
	memcpy(ik, answer->ik, sizeof(answer->ik));
	memcpy(ck, answer->ck, sizeof(answer->ck));
	if (!HMAC(EVP_sha256(), key, sizeof(key), (const guint8 *)V2_LABEL, strlen(V2_LABEL), mac, NULL))
		g_error("AKAv2: no HMAC-SHA-256");
	explicit_bzero(key, sizeof(key));
	return ims_secret_take_text(g_base64_encode(mac, sizeof(mac)));
}

ims_secret *ims_aka_password(ims_aka_algorithm algorithm, const ims_aka_answer *answer)
{
	switch (algorithm) {
	case IMS_AKA_V1_MD5:
		return ims_secret_new(answer->res, sizeof(answer->res));
	case IMS_AKA_V2_SHA_256:
		return derive(answer);
	}
	g_assert_not_reached();
}
