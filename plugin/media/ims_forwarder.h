/* ims_forwarder.h: sends what it hears of a stream, as RTP or SRTP over UDP, to one address.
 *
 * Whoever makes one has seen to it that the address may be sent to. Packets go as they are, but for SSRC and
 * payload type where others are wanted; a full queue of the system loses them.
 *
 * Thread: the SIP thread; what it hears: Janus's loops. Owner: counted. */
#pragma once
#include "media/ims_address.h"
#include "media/ims_track.h"
#include "sdp/ims_sdes.h"

typedef struct {
	guint32 id; /* stream_id of the API, not 0 */
	ims_track track;
	ims_address to;
	guint32 ssrc;     /* 0: that of the stream */
	guint8 pt;        /* 0: that of the stream */
	ims_srtp_key key; /* IMS_SRTP_NONE: it is sent in the clear */
} ims_forwarder_setup;

typedef struct ims_forwarder ims_forwarder;

ims_forwarder *
ims_forwarder_new(const ims_forwarder_setup *setup,
		  GError **error); /* IMS_E_IO; IMS_E_INVALID_ELEMENT: a key that libsrtp refuses */
void ims_forwarder_unref(ims_forwarder *forwarder);
const ims_forwarder_setup *ims_forwarder_what(const ims_forwarder *forwarder);

extern const ims_tap_class ims_forwarder_tap; /* its listener is an ims_forwarder */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ims_forwarder, ims_forwarder_unref)
