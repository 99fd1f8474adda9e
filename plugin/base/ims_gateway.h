/* ims_gateway.h: the few things we ask of Janus, as a struct of functions.
 *
 * glue/ fills it with the Janus callbacks, unit tests with a recorder, so nothing below glue/
 * needs a Janus symbol. `handle` is the Janus handle, opaque here and valid as long as the
 * caller holds a reference by handle_ref. */
#pragma once
#include <glib.h>
#include <jansson.h>
#include "base/ims_alarm.h"

typedef struct {
	/* Media towards the browser. [the handle's Janus loop, or any thread] Never blocks.
	 * mline: index of the m-line in the browser's description, from 0.
	 * orientation: of video, the byte of urn:3gpp:video-orientation (26.114 7.4.5); -1: none.
	 * The bytes are copied before it returns. */
	void (*relay_rtp)(gpointer handle, guint mline, gboolean video, char *packet, guint16 length,
			  gint orientation);
	void (*send_pli)(gpointer handle, guint mline); /* the browser is asked for a key frame */
	void (*send_remb)(gpointer handle, guint kbps); /* ... and told how much video it may send */
	/* The far end is to be asked for a key frame, and RTCP cannot. */
	void (*picture_wanted)(gpointer handle);
	/* The far end has pressed a key, and let it go. signal: 0-9 * # A-D */
	void (*key_pressed)(gpointer handle, char signal, guint duration_ms);
	/* Janus's own recorder, one file each. [the recorder's thread] They may block.
	 * folder/name.mjr must not exist; codec: in lower case. NULL: it cannot be opened. */
	gpointer (*record_open)(const char *folder, const char *name, const char *codec);
	int (*record_write)(gpointer file, char *packet,
			    guint length);                   /* one RTP packet; 0, or why not (errno) */
	void (*record_pause)(gpointer file, gboolean pause); /* what is written meanwhile is dropped */
	void (*record_close)(gpointer file);
	/* Event handlers are to know who was let in; the record is given away. NULL: there are none. */
	void (*audited)(json_t *record); /* [any thread] */
	ims_alarm_told *alarmed;         /* [any thread] ... or what an operator has to know */
	/* What was ready is done, and the SIP thread may sleep: what was put off until then is due. NULL:
	 * nothing ever is. [the SIP thread] */
	void (*settled)(void);
	gpointer (*handle_ref)(gpointer handle); /* [any thread] */
	void (*handle_unref)(gpointer handle);   /* [any thread] */
} ims_gateway;
