#include "media/ims_pacer.h"

void ims_pacer_init(ims_pacer *pacer)
{
	*pacer = (ims_pacer){ .due_us = IMS_PACER_NEVER };
}

void ims_pacer_ask(ims_pacer *pacer, gint64 now_us)
{
	if (pacer->due_us == IMS_PACER_NEVER)
		pacer->due_us = MAX(now_us, pacer->free_us);
}

gboolean ims_pacer_take(ims_pacer *pacer, gint64 gap_us, gint64 now_us)
{
	if (pacer->due_us == IMS_PACER_NEVER || pacer->due_us > now_us)
		return FALSE;
	pacer->due_us = IMS_PACER_NEVER;
	pacer->free_us = now_us + gap_us;
	return TRUE;
}
