#include "media/ims_latch.h"

gboolean ims_latch_signal(ims_latch *latch, const char *address, guint16 port)
{
	ims_address wanted;
	gboolean same;

	if (!ims_address_parse(address, port, &wanted) || !ims_address_is_unicast(&wanted))
		wanted = (ims_address){ .length = 0 };
	same = wanted.length == 0 ? latch->signalled.length == 0
				  : ims_address_equal(&wanted, &latch->signalled);
	if (!same)
		*latch = (ims_latch){ .strict = latch->strict, .signalled = wanted };
	return !same;
}

gboolean ims_latch_would_accept(const ims_latch *latch, const ims_address *from)
{
	return (latch->source.length == 0 && !latch->strict) || ims_address_equal(&latch->source, from) ||
	       ims_address_equal(&latch->signalled, from);
}

gboolean ims_latch_accept(ims_latch *latch, const ims_address *from, gboolean may_latch)
{
	if (ims_address_equal(&latch->source, from))
		return TRUE;
	if (!may_latch || !ims_latch_would_accept(latch, from))
		return FALSE;
	latch->source = *from;
	return TRUE;
}

const ims_address *ims_latch_target(const ims_latch *latch)
{
	if (latch->signalled.length == 0)
		return NULL;
	return latch->source.length ? &latch->source : &latch->signalled;
}
