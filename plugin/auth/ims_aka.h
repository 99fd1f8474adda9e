/* ims_aka.h: AKA as a USIM answers it (33.102 6.3), and what becomes of it in Digest: RFC 3310 (AKAv1), RFC
 * 4169 (AKAv2).
 *
 * Pure. Keys and results are secret: whoever holds them wipes them. */
#pragma once
#include <glib.h>
#include "auth/ims_aka_sqn.h"
#include "auth/ims_milenage.h"
#include "base/ims_secret.h"

enum {
	IMS_AKA_AUTN_BYTES = 16,
	IMS_AKA_AUTS_BYTES = IMS_MILENAGE_SQN_BYTES + IMS_MILENAGE_MAC_BYTES,
};

typedef struct {
	guint8 rand[IMS_MILENAGE_RAND_BYTES], autn[IMS_AKA_AUTN_BYTES];
} ims_aka_challenge;

/* The nonce of a Digest challenge: base64 of RAND, AUTN and whatever the network adds (RFC 3310 3.2).
 * FALSE: IMS_E_BAD_CHALLENGE. */
gboolean ims_aka_challenge_parse(const char *nonce, ims_aka_challenge *ret_challenge, GError **error);

typedef struct {
	ims_milenage_keys keys;
	gboolean has_amf; /* only challenges with this AMF are believed */
	guint8 amf[IMS_MILENAGE_AMF_BYTES];
} ims_aka_card;

/* Texts of hexadecimal digits, as they come from a client: k, and either op or opc; amf may be NULL. FALSE
 * with IMS_E_MISSING_ELEMENT or IMS_E_INVALID_ELEMENT, which names the field and never its value. */
gboolean ims_aka_card_parse(const char *k, const char *op, const char *opc, const char *amf,
			    ims_aka_card *ret_card, GError **error);

typedef enum {
	IMS_AKA_ANSWERED,    /* res, ck and ik hold */
	IMS_AKA_OUT_OF_STEP, /* auts holds: the network's sequence number is not fresh */
	IMS_AKA_UNPROVED,    /* MAC or AMF is wrong: it is not our network, or not our key */
} ims_aka_verdict;

typedef struct {
	guint8 res[IMS_MILENAGE_RES_BYTES];
	guint8 ck[IMS_MILENAGE_KEY_BYTES], ik[IMS_MILENAGE_KEY_BYTES];
	guint8 auts[IMS_AKA_AUTS_BYTES];
} ims_aka_answer;

/* The MAC is verified before anything else is believed, and only then the sequence number, which an answer
 * uses up. ret_answer holds what the verdict says; the rest is zero. */
ims_aka_verdict ims_aka_run(const ims_aka_card *card, ims_aka_sqn *sqn, const ims_aka_challenge *challenge,
			    ims_aka_answer *ret_answer);

typedef enum {
	IMS_AKA_V1_MD5,
	IMS_AKA_V2_SHA_256,
} ims_aka_algorithm;

/* The algorithm parameter of a challenge, in any case. FALSE: no AKA, or one that we do not have. */
gboolean ims_aka_algorithm_of(const char *name, ims_aka_algorithm *ret_algorithm);
const char *ims_aka_algorithm_name(ims_aka_algorithm algorithm); /* "AKAv2-SHA-256" */
const char *ims_aka_algorithm_hash(ims_aka_algorithm algorithm); /* Digest's: "SHA-256" */

/* Digest's password: RES itself, any 8 bytes (RFC 3310 3.3), or what a PRF makes of RES, IK and CK (RFC 4169
 * 3; REQ-43). */
ims_secret *ims_aka_password(ims_aka_algorithm algorithm, const ims_aka_answer *answer);
