/* ims_taps.h: who listens to one stream besides its two ends: recordings and forwarders.
 *
 * Heard is what passes, as it leaves: whole RTP packets, towards the core (the user) or towards the browser
 * (the peer). While nobody listens it costs a comparison.
 *
 * Thread: the owner's lock guards it; a listener is called under that lock, so it never blocks. */
#pragma once
#include <glib.h>

typedef enum {
	IMS_TAP_USER, /* what the browser says */
	IMS_TAP_PEER, /* what the far end says */
	IMS_TAP_N_SIDES
} ims_tap_side;

/* A kind of listeners. */
typedef struct {
	gboolean codec_only; /* no key presses, no comfort noise: the stream's codec and nothing else */
	void (*hear)(gpointer listener, const guint8 *packet, gsize length);
	/* The stream goes on in another codec, and is not heard any more. NULL: it is. */
	void (*codec_changed)(gpointer listener);
	gpointer (*ref)(gpointer listener);
	void (*unref)(gpointer listener);
} ims_tap_class;

#define IMS_TAPS_MAX 16

typedef struct {
	guint n;
	struct {
		const ims_tap_class *class;
		gpointer listener;
		ims_tap_side side;
	} tap[IMS_TAPS_MAX];
} ims_taps;

gboolean ims_taps_add(ims_taps *taps, ims_tap_side side, const ims_tap_class *class,
		      gpointer listener);                /* with a reference; FALSE: too many */
void ims_taps_remove(ims_taps *taps, gpointer listener); /* harmless when it is not there */
void ims_taps_codec_changed(ims_taps *taps);
void ims_taps_clear(ims_taps *taps);

void ims_taps_tell(const ims_taps *taps, ims_tap_side side, gboolean codec, const guint8 *packet,
		   gsize length);

/* codec: the packet is of the stream's codec. */
static inline void ims_taps_hear(const ims_taps *taps, ims_tap_side side, gboolean codec,
				 const guint8 *packet, gsize length)
{
	if (G_UNLIKELY(taps->n > 0))
		ims_taps_tell(taps, side, codec, packet, length);
}
