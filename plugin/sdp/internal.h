/* internal.h: what only sdp/ needs of itself. */
#pragma once
#include "sdp/ims_sdp.h"
#include "sdp/ims_sdp_rewrite.h"

/* ims_sdp.c */
ims_sdp *ims_sdp_new(void);
ims_sdp_codec *ims_sdp_codec_new(guint8 pt, const char *name, guint clock_hz, guint channels,
				 const char *fmtp);
void ims_sdp_codec_free(ims_sdp_codec *codec);
void ims_sdp_media_free(ims_sdp_media *media);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ims_sdp_media, ims_sdp_media_free)
void ims_sdp_media_add_attribute(ims_sdp_media *media, const char *name, const char *value);
void ims_sdp_attribute_add(GPtrArray *attributes, const char *name, const char *value);
const ims_sdp_media *ims_sdp_media_at(const ims_sdp *sdp, guint mline); /* NULL: so many there are not */
const char *ims_sdp_address_type(const char *address);                  /* "IP4" or "IP6" */

/* ims_sdp_codec.c */
gboolean ims_sdp_codec_fill_static(ims_sdp_codec *codec, ims_media_kind kind); /* FALSE: not a static type */
gboolean ims_sdp_codec_has_static_pt(const ims_sdp_codec *codec); /* its number is the one RFC 3551 gave it */
/* Janus cuts attribute values at 512 bytes without a line end; no codec of ours needs half of it. */
gboolean ims_sdp_codec_fits(const ims_sdp_codec *codec);
ims_sdp_codec *ims_sdp_codecs_find(const GPtrArray *codecs,
				   const ims_sdp_codec *like); /* NULL: none the same */
gboolean ims_sdp_codecs_have_relayed(const GPtrArray *codecs);
gboolean ims_sdp_codecs_have_clock(const GPtrArray *codecs, guint clock_hz); /* a relayed one of it */

/* The codecs of an m-line that may cross the edge, in order, each only once: relayed ones, comfort
 * noise at the clock of one of them, telephone-event. The codecs stay the m-line's; free the array. */
GPtrArray *ims_sdp_codecs_crossing(const ims_sdp_media *media);

/* b=AS in kbit/s of the most demanding codec in 20 ms packets, headers counted (RFC 4566 5.8). */
guint ims_sdp_codecs_bandwidth(const GPtrArray *codecs, gboolean ipv6);

/* ims_sdp_rewrite.c: the lines our descriptions are made of */
ims_sdp *ims_sdp_new_for_core(const ims_sdp_local *local);
ims_sdp *ims_sdp_new_for_browser(void);
guint16 ims_sdp_local_port(const ims_sdp_local *local, guint mline); /* 0: not served */
ims_sdp_media *ims_sdp_core_audio(const ims_sdp_local *local, guint mline, const char *proto);
ims_sdp_media *ims_sdp_browser_audio(const char *proto, guint ptime_ms);
ims_sdp_media *ims_sdp_refused(const ims_sdp_media *media, const char *proto);
void ims_sdp_add_codec(ims_sdp_media *media, guint8 pt, const ims_sdp_codec *codec, const char *fmtp);
void ims_sdp_add_bandwidth(ims_sdp_media *media);
gboolean ims_sdp_core_is_servable(const ims_sdp_media *media);
void ims_sdp_say_nothing_left(const ims_sdp *sdp, GError **error); /* sets it, and lists what sdp holds */

/* ims_sdp_stream.c */
#define IMS_SDP_ANY_FAMILY 0
void ims_sdp_stream_init(ims_sdp_stream *stream, ims_media_kind kind, guint mline);
/* What the core says about itself in one m-line: where it listens, how it packs. Refuses what cannot
 * be sent to: names, multicast, a family that is not AF_INET or AF_INET6 as asked. */
gboolean ims_sdp_stream_set_remote(ims_sdp_stream *stream, const ims_sdp_media *core, int family,
				   GError **error);
void ims_sdp_stream_add_codec(ims_sdp_stream *stream, const ims_sdp_codec *codec, guint8 browser_pt);
void ims_sdp_stream_offer_dtmf(ims_sdp_stream *stream, const ims_sdp_codec *event);
guint ims_sdp_ptime_ms(const ims_sdp_media *core); /* what it would like to receive, else 20 */
ims_direction
ims_sdp_core_direction(const ims_sdp_media *core); /* the core's own; c=0.0.0.0 does not receive */
int ims_sdp_address_family(const char *address);
/* Understand packets numbered as in the core's answer, too. */
void ims_sdp_stream_add_answered(ims_sdp_stream *stream);
GArray *ims_sdp_streams_new(void);
gboolean ims_sdp_streams_check(const GArray *streams, const ims_sdp *theirs,
			       GError **error); /* one is used? */

/* ims_sdp_answer.c */
gboolean ims_sdp_check_shape(const ims_sdp *offer, const ims_sdp *answer, GError **error);
void ims_sdp_add_events(ims_sdp_media *answer, ims_sdp_stream *stream, const ims_sdp_media *core);
void ims_sdp_agree_on_events(ims_sdp_stream *stream, const ims_sdp_media *ours, const GPtrArray *accepted);
