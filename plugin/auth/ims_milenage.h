/* ims_milenage.h: the functions f1 to f5* of a USIM and its operator variant (TS 35.205, TS 35.206).
 *
 * Computed by libosmogsm. Pure. */
#pragma once
#include <glib.h>

enum {
	IMS_MILENAGE_KEY_BYTES = 16, /* K, OP, OPc, CK, IK */
	IMS_MILENAGE_RAND_BYTES = 16,
	IMS_MILENAGE_SQN_BYTES = 6, /* and AK */
	IMS_MILENAGE_AMF_BYTES = 2,
	IMS_MILENAGE_MAC_BYTES = 8,
	IMS_MILENAGE_RES_BYTES = 8,
};

typedef struct {
	guint8 k[IMS_MILENAGE_KEY_BYTES], opc[IMS_MILENAGE_KEY_BYTES];
} ims_milenage_keys;

/* What f2 to f5* make of a challenge. */
typedef struct {
	guint8 res[IMS_MILENAGE_RES_BYTES];
	guint8 ck[IMS_MILENAGE_KEY_BYTES], ik[IMS_MILENAGE_KEY_BYTES];
	guint8 ak[IMS_MILENAGE_SQN_BYTES], ak_resync[IMS_MILENAGE_SQN_BYTES]; /* f5, f5* */
} ims_milenage_outputs;

void ims_milenage_opc(const guint8 *k, const guint8 *op, guint8 *ret_opc);
void ims_milenage_f1(const ims_milenage_keys *keys, const guint8 *rand, const guint8 *sqn, const guint8 *amf,
		     guint8 *ret_mac_a, guint8 *ret_mac_s); /* f1, f1*; IMS_MILENAGE_MAC_BYTES each */
/* Secret, all of it: wipe it. */
void ims_milenage_f2345(const ims_milenage_keys *keys, const guint8 *rand, ims_milenage_outputs *ret_outputs);
