#include "auth/ims_aka_choice.h"

#include "base/ims_error.h"

static ims_challenge *read_challenge(const char *value, gboolean takes_v1, ims_aka_algorithm *ret_algorithm,
				     GError **error)
{
	g_autoptr(ims_challenge) challenge = ims_challenge_parse(value, error);

	if (!challenge)
		return NULL;
	if (!ims_aka_algorithm_of(challenge->algorithm, ret_algorithm)) {
		g_set_error(error, IMS_ERROR, IMS_E_BAD_CHALLENGE,
			    "challenge: algorithm '%.40s', a USIM needs %s",
			    challenge->algorithm ? challenge->algorithm : "MD5",
			    ims_aka_algorithm_name(IMS_AKA_V2_SHA_256));
		return NULL;
	}
	if (*ret_algorithm == IMS_AKA_V1_MD5 && !takes_v1) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_BAD_CHALLENGE,
				    "challenge: algorithm 'AKAv1-MD5' is for a laboratory, in role ue");
		return NULL;
	}
	return g_steal_pointer(&challenge);
}

ims_challenge *ims_aka_choose(const GPtrArray *challenges, gboolean takes_v1,
			      ims_aka_algorithm *ret_algorithm, GError **error)
{
	g_autoptr(ims_challenge) best = NULL;
	g_autoptr(GError) first = NULL;

	for (guint i = 0; i < challenges->len; i++) {
		ims_aka_algorithm algorithm;
		g_autoptr(ims_challenge) challenge = read_challenge(
			g_ptr_array_index(challenges, i), takes_v1, &algorithm, first ? NULL : &first);

		if (!challenge || (best && algorithm <= *ret_algorithm))
			continue;
		ims_challenge_free(best);
		best = g_steal_pointer(&challenge);
		*ret_algorithm = algorithm;
	}
	if (!best && first)
		g_propagate_error(error, g_steal_pointer(&first));
	return g_steal_pointer(&best);
}
