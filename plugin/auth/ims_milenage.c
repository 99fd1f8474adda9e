/* ims_milenage.c: libosmogsm exports Milenage (hostap's code, as its symbol map says) but installs no header
 * for it. Its public osmo_auth_gen_vec is the network's side, which cannot make an AUTS; its milenage_check
 * is no USIM: it judges the sequence number before the MAC, and knows no annex C. */
#include "auth/ims_milenage.h"

int milenage_opc_gen(guint8 *opc, const guint8 *k, const guint8 *op);
int milenage_f1(const guint8 *opc, const guint8 *k, const guint8 *rand, const guint8 *sqn, const guint8 *amf,
		guint8 *mac_a, guint8 *mac_s);
int milenage_f2345(const guint8 *opc, const guint8 *k, const guint8 *rand, guint8 *res, guint8 *ck,
		   guint8 *ik, guint8 *ak, guint8 *ak_resync);

/* It fails when it cannot allocate an AES key schedule, only. */
static void must(int failed)
{
	if (failed)
		g_error("Milenage: out of memory");
}

void ims_milenage_opc(const guint8 *k, const guint8 *op, guint8 *ret_opc)
{
	must(milenage_opc_gen(ret_opc, k, op));
}

void ims_milenage_f1(const ims_milenage_keys *keys, const guint8 *rand, const guint8 *sqn, const guint8 *amf,
		     guint8 *ret_mac_a, guint8 *ret_mac_s)
{
	must(milenage_f1(keys->opc, keys->k, rand, sqn, amf, ret_mac_a, ret_mac_s));
}

void ims_milenage_f2345(const ims_milenage_keys *keys, const guint8 *rand, ims_milenage_outputs *ret_outputs)
{
	must(milenage_f2345(keys->opc, keys->k, rand, ret_outputs->res, ret_outputs->ck, ret_outputs->ik,
			    ret_outputs->ak, ret_outputs->ak_resync));
}
