#include "sdp/ims_sdes_keys.h"

#include "base/ims_random.h"

struct ims_sdes_keys {
	ims_srtp_key *own[IMS_SDP_MAX_MEDIA]; /* by suite; NULL: none needed yet */
};

ims_sdes_keys *ims_sdes_keys_new(void)
{
	return g_new0(ims_sdes_keys, 1);
}

void ims_sdes_keys_free(ims_sdes_keys *keys)
{
	if (!keys)
		return;
	for (guint i = 0; i < G_N_ELEMENTS(keys->own); i++) {
		for (guint suite = 0; keys->own[i] && suite < IMS_SRTP_N_SUITES; suite++)
			ims_srtp_key_clear(&keys->own[i][suite]);
		g_free(keys->own[i]);
	}
	g_free(keys);
}

const ims_srtp_key *ims_sdes_keys_get(ims_sdes_keys *keys, guint mline, ims_srtp_suite suite)
{
	ims_srtp_key *key;

	g_assert(mline < G_N_ELEMENTS(keys->own));
	if (!keys->own[mline])
		keys->own[mline] = g_new0(ims_srtp_key, IMS_SRTP_N_SUITES);
	key = &keys->own[mline][suite];
	if (key->suite == IMS_SRTP_NONE) {
		key->suite = suite;
		ims_random_bytes(key->bytes, ims_srtp_key_length(suite));
	}
	return key;
}
