/* ims_recorder.h: recordings of streams, written by a thread of their own.
 *
 * Packets wait in memory, and the thread takes them to Janus's recorder a few times a second: a disk that is
 * slow or full delays no packet and no signalling. When it is too slow, packets are lost and it is said.
 *
 * Threads: recorder_new, _close and _free: the owner's. Recordings: the SIP thread; what they hear: Janus's
 * loops. */
#pragma once
#include "base/ims_gateway.h"
#include "base/ims_worker.h"
#include "media/ims_taps.h"

typedef struct ims_recorder ims_recorder;
typedef struct ims_recording ims_recording; /* one file */

/* folder: where all files go. told: the SIP thread. */
ims_recorder *ims_recorder_new(const ims_gateway *gateway, const char *folder, ims_worker *told);
void ims_recorder_close(ims_recorder *recorder); /* ends the thread: it tells nothing any more */
void ims_recorder_free(ims_recorder *recorder);  /* after close; accepts NULL */

typedef struct {
	const char *name; /* of the file, without .mjr: ims_recorder_check_name */
	const char *codec;
	/* The file could not be made, or goes on no more: the disk is full, another codec runs. At most once,
	 * and not after the stop. [SIP thread] */
	void (*failed)(ims_recording *recording, const char *why, gpointer user);
	gpointer user;
} ims_recording_setup;

/* TRUE: letters, digits and . _ - only, the first no dot, 1 to IMS_RECORDER_NAME_MAX of them. */
#define IMS_RECORDER_NAME_MAX 128
gboolean ims_recorder_check_name(const char *name);

/* TRUE: Janus's recorder knows this codec. */
gboolean ims_recorder_takes(const char *codec);

ims_recording *ims_recording_start(ims_recorder *recorder, const ims_recording_setup *setup);
void ims_recording_pause(ims_recording *recording, gboolean pause);
void ims_recording_stop(ims_recording *recording); /* and unref: what it heard is written, the file closed */
const char *ims_recording_name(const ims_recording *recording);

extern const ims_tap_class ims_recording_tap; /* its listener is an ims_recording */
