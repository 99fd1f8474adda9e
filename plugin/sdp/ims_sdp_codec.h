/* ims_sdp_codec.h: which codecs the edge knows, which of them two sides share.
 *
 * Pure. What passes through untouched: Opus, G.722, PCMU, PCMA (REQ-122), AMR, AMR-WB and EVS
 * between ends that have one payload format (REQ-121), with comfort noise and telephone-event beside them
 * (REQ-123); H.264 and VP8 (REQ-124). Others are not offered across
 * the edge. */
#pragma once
#include "sdp/ims_sdp.h"

gboolean ims_sdp_codec_is_relayed(const ims_sdp_codec *codec); /* a codec that may cross the edge */
gboolean ims_sdp_codec_is_h264(const ims_sdp_codec *codec);
gboolean ims_sdp_codec_is_event(const ims_sdp_codec *codec);   /* telephone-event (RFC 4733) */
gboolean ims_sdp_codec_is_comfort(const ims_sdp_codec *codec); /* CN (RFC 3389) */
gboolean ims_sdp_codec_is_same(
	const ims_sdp_codec *a,
	const ims_sdp_codec *b); /* name, clock, channels; of H.264, AMR and EVS also the format */
