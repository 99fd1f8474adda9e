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
#define IMS_SDP_MAX_FMTP 200
gboolean ims_sdp_codec_fits(const ims_sdp_codec *codec);
ims_sdp_codec *ims_sdp_codecs_find(const GPtrArray *codecs,
				   const ims_sdp_codec *like); /* NULL: none the same */
gboolean ims_sdp_codecs_have_relayed(const GPtrArray *codecs);
gboolean ims_sdp_codecs_have_clock(const GPtrArray *codecs, guint clock_hz); /* a relayed one of it */

/* The codecs of an m-line that may cross the edge, in order, each only once: relayed ones, comfort
 * noise at the clock of one of them, telephone-event. The codecs stay the m-line's; free the array. */
GPtrArray *ims_sdp_codecs_crossing(const ims_sdp_media *media);

/* Those of them that the network lets us offer to either side, in its order if it has one. */
GPtrArray *ims_sdp_codecs_offered(const ims_sdp_media *media, const ims_sdp_policy *policy);

char *
ims_sdp_fmtp_get(const char *fmtp,
		 const char *name); /* of "minptime=10;useinbandfec=1"; NULL: not there; free with g_free */

/* b=AS in kbit/s of the most demanding codec in 20 ms packets, headers counted (RFC 4566 5.8). */
guint ims_sdp_codecs_bandwidth(const GPtrArray *codecs, gboolean ipv6);

/* ims_sdp_numbers.c: payload types of one description. What a number meant before, it means for good
 * (RFC 3264 8.3.2); under BUNDLE it means one thing in all m-lines (RFC 8843 9.1). */
typedef struct {
	gboolean wanted[128];            /* the other side's own number for something */
	const ims_sdp_codec *known[128]; /* from a description before */
	const ims_sdp_codec *used[128];  /* given out */
} ims_sdp_numbers;

void ims_sdp_numbers_want(ims_sdp_numbers *numbers, const ims_sdp_media *media);
void ims_sdp_numbers_know(ims_sdp_numbers *numbers, const ims_sdp_media *before); /* NULL: nothing */
/* The number it had before, else its own, else one that is free. */
gboolean ims_sdp_numbers_take(ims_sdp_numbers *numbers, const ims_sdp_codec *codec,
			      const ims_sdp_media *before, guint8 *ret_pt);
/* The same for a codec of ours, which has none of its own: a usual one if free. */
gboolean ims_sdp_numbers_give(ims_sdp_numbers *numbers, const ims_sdp_codec *codec,
			      const ims_sdp_media *before, guint8 usual, guint8 *ret_pt);

/* ims_sdp_lines.c: the lines our descriptions are made of */
ims_sdp *ims_sdp_new_for_core(const ims_sdp_local *local);
ims_sdp *ims_sdp_new_for_browser(void);
guint16 ims_sdp_local_port(const ims_sdp_local *local, guint mline); /* 0: not served */
ims_sdp_media *ims_sdp_core_media(const ims_sdp_local *local, ims_media_kind kind, guint mline,
				  const char *proto);
ims_sdp_media *ims_sdp_browser_media(ims_media_kind kind, const char *proto);
/* After the codecs: ptime and maxptime, as the end behind us wishes to receive. */
void ims_sdp_add_packet_time(ims_sdp_media *media, const ims_sdp_media *wishes);
ims_sdp_media *ims_sdp_refused(const ims_sdp_media *media, const char *proto);
void ims_sdp_add_codec(ims_sdp_media *media, guint8 pt, const ims_sdp_codec *codec, const char *fmtp);
/* One that was offered to us and is answered, under the number of either. */
void ims_sdp_add_answered(ims_sdp_media *media, guint8 pt, const ims_sdp_codec *offered,
			  const ims_sdp_codec *answered);
/* policy NULL: whoever has agreed to the keys knows. */
gboolean ims_sdp_core_is_servable(const ims_sdp_media *media, const ims_sdp_policy *policy);
ims_sdp_refusal ims_sdp_why_not_served(const ims_sdp_media *offered);
void ims_sdp_say_nothing_left(const ims_sdp *sdp, GError **error); /* sets it, and lists what sdp holds */

/* ims_sdp_bandwidth.c */
/* b=AS, b=RS, b=RR (REQ-116, 117). like: whose RTCP bandwidth we follow if it has any; NULL: ours. */
void ims_sdp_add_bandwidths(ims_sdp_media *media, const ims_sdp_local *local, const ims_sdp_media *like);
guint ims_sdp_rtcp_bps(const ims_sdp_media *core);
guint ims_sdp_max_kbps(const ims_sdp_media *media); /* b=TIAS or b=AS; G_MAXUINT: not said */

/* ims_sdp_profile.c */
void ims_sdp_offer_profile(ims_sdp_media *core);
void ims_sdp_answer_profile(ims_sdp_media *answer,
			    const ims_sdp_media *offer); /* another one than offered at first */

/* ims_sdp_srtp.c: crypto lines (REQ-129) */
void ims_sdp_offer_srtp(ims_sdp_media *core, guint mline, const ims_sdp_local *local);
void ims_sdp_offer_srtp_again(ims_sdp_media *core, const ims_sdp_stream *stream,
			      const ims_sdp_local *local); /* what runs */
/* Keys for a stream, of the core's answer to our line; of ours to the core's, which gets its line by it.
 * IMS_E_TOO_STRICT: what must be encrypted is not. */
gboolean ims_sdp_take_srtp(ims_sdp_stream *stream, const ims_sdp_media *ours, const ims_sdp_media *core,
			   GError **error);
gboolean ims_sdp_answer_srtp(ims_sdp_media *answer, ims_sdp_stream *stream, const ims_sdp_media *core,
			     ims_srtp_suite running, const ims_sdp_local *local, GError **error);
/* Is it as secret as it must be, and not more than we can? */
gboolean ims_sdp_srtp_is_servable(const ims_sdp_media *core, const ims_sdp_policy *policy);

/* ims_sdp_video.c: what video m-lines have besides codecs: feedback, orientation, a limit */
void ims_sdp_offer_video(ims_sdp_media *core, guint8 cvo_id); /* 0: without orientation */
void ims_sdp_answer_video(ims_sdp_media *answer, const ims_sdp_media *core, gboolean cvo);
guint8 ims_sdp_cvo_id(const ims_sdp_media *media); /* 1 to 14; 0: none */
void ims_sdp_offer_browser_video(ims_sdp_media *browser, const ims_sdp_media *core, const ims_sdp *previous);
void ims_sdp_answer_browser_video(ims_sdp_media *answer, const ims_sdp_media *browser,
				  const ims_sdp_stream *stream);
/* After the codecs. ours, core: what each side said last. */
void ims_sdp_stream_set_video(ims_sdp_stream *stream, const ims_sdp_media *ours, const ims_sdp_media *core);

/* ims_sdp_stream.c */
#define IMS_SDP_ANY_FAMILY 0
void ims_sdp_stream_init(ims_sdp_stream *stream, ims_media_kind kind, guint mline);
/* What the core says about itself in one m-line: where it listens, how it packs. Refuses what cannot
 * be sent to: names, multicast, a family that is not AF_INET or AF_INET6 as asked. */
gboolean ims_sdp_stream_set_remote(ims_sdp_stream *stream, const ims_sdp_media *core, int family,
				   GError **error);
void ims_sdp_stream_add_codec(ims_sdp_stream *stream, const ims_sdp_codec *codec, guint8 browser_pt);
void ims_sdp_stream_offer_dtmf(ims_sdp_stream *stream, const ims_sdp_codec *event);
guint ims_sdp_ptime_ms(const ims_sdp_media *media);    /* what it would like to receive, else 20 */
guint ims_sdp_maxptime_ms(const ims_sdp_media *media); /* ... can; 0: it does not say */
ims_direction
ims_sdp_core_direction(const ims_sdp_media *core); /* the core's own; c=0.0.0.0 does not receive */
int ims_sdp_address_family(const char *address);
/* Understand packets numbered as in the core's answer, too. */
void ims_sdp_stream_add_answered(ims_sdp_stream *stream);
GArray *ims_sdp_streams_new(void);
gboolean ims_sdp_streams_check(const GArray *streams, const ims_sdp *theirs,
			       GError **error); /* one is used? */

/* Events of the browser that the core has in another clock only, and the reverse, cross all the same. */
void ims_sdp_stream_bridge_events(ims_sdp_stream *stream);

/* ims_sdp_answer.c */
gboolean ims_sdp_check_shape(const ims_sdp *offer, const ims_sdp *answer, GError **error);
void ims_sdp_add_events(ims_sdp_media *answer, ims_sdp_stream *stream, const ims_sdp_media *core);
void ims_sdp_agree_on_events(ims_sdp_stream *stream, const ims_sdp_media *ours, const GPtrArray *accepted);
