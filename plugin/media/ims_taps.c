#include "media/ims_taps.h"

gboolean ims_taps_add(ims_taps *taps, ims_tap_side side, const ims_tap_class *class, gpointer listener)
{
	if (taps->n == G_N_ELEMENTS(taps->tap))
		return FALSE;
	taps->tap[taps->n].class = class;
	taps->tap[taps->n].listener = class->ref(listener);
	taps->tap[taps->n].side = side;
	taps->n++;
	return TRUE;
}

static void drop(ims_taps *taps, guint i)
{
	taps->tap[i].class->unref(taps->tap[i].listener);
	taps->tap[i] = taps->tap[--taps->n];
}

void ims_taps_remove(ims_taps *taps, gpointer listener)
{
	for (guint i = taps->n; i-- > 0;)
		if (taps->tap[i].listener == listener)
			drop(taps, i);
}

void ims_taps_codec_changed(ims_taps *taps)
{
	for (guint i = taps->n; i-- > 0;) {
		if (!taps->tap[i].class->codec_changed)
			continue;
		taps->tap[i].class->codec_changed(taps->tap[i].listener);
		drop(taps, i);
	}
}

void ims_taps_clear(ims_taps *taps)
{
	while (taps->n > 0)
		drop(taps, taps->n - 1);
}

void ims_taps_tell(const ims_taps *taps, ims_tap_side side, gboolean codec, const guint8 *packet,
		   gsize length)
{
	for (guint i = 0; i < taps->n; i++)
		if (taps->tap[i].side == side && (codec || !taps->tap[i].class->codec_only))
			taps->tap[i].class->hear(taps->tap[i].listener, packet, length);
}
