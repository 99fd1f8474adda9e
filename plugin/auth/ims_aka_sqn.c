#include "auth/ims_aka_sqn.h"

#include "auth/ims_milenage.h"

enum { IND_BITS = 5 };
G_STATIC_ASSERT(IMS_AKA_INDS == 1 << IND_BITS);

#define DELTA (G_GUINT64_CONSTANT(1) << 28) /* C.3 */

gboolean ims_aka_sqn_accept(ims_aka_sqn *state, guint64 sqn)
{
	guint64 seq = sqn >> IND_BITS, *last = &state->seq[sqn % IMS_AKA_INDS];
	guint64 highest = state->highest >> IND_BITS;

	if (state->is_known && (seq <= *last || (seq > highest && seq - highest > DELTA)))
		return FALSE;
	*last = seq;
	state->highest = MAX(state->highest, sqn);
	state->is_known = TRUE;
	return TRUE;
}

void ims_aka_sqn_raise(ims_aka_sqn *state, guint64 sqn)
{
	for (gsize ind = 0; ind < IMS_AKA_INDS; ind++)
		state->seq[ind] = MAX(state->seq[ind], sqn >> IND_BITS);
	state->highest = MAX(state->highest, sqn);
	state->is_known = TRUE;
}

guint64 ims_aka_sqn_read(const guint8 *bytes)
{
	guint64 sqn = 0;

	for (gsize i = 0; i < IMS_MILENAGE_SQN_BYTES; i++)
		sqn = sqn << 8 | bytes[i];
	return sqn;
}

void ims_aka_sqn_write(guint64 sqn, guint8 *ret_bytes)
{
	for (gsize i = IMS_MILENAGE_SQN_BYTES; i-- > 0; sqn >>= 8)
		ret_bytes[i] = (guint8)sqn;
}
