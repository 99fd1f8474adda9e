/* ims_sdp.h: a session description (RFC 4566, RFC 3264): parse, look at, print.
 *
 * Pure: bytes in, values out. Thread: any, as long as one thread at a time uses a value.
 * Owner: whoever made it; free with ims_sdp_free. Members may be read and replaced. */
#pragma once
#include <glib.h>

typedef enum {
	IMS_MEDIA_AUDIO,
	IMS_MEDIA_VIDEO,
	IMS_MEDIA_TEXT,
	IMS_MEDIA_MESSAGE,
	IMS_MEDIA_APPLICATION,
	IMS_MEDIA_OTHER,
} ims_media_kind;

/* Seen from the side whose description it is. Bits, so that two sides combine with &. */
typedef enum {
	IMS_DIR_INACTIVE = 0,
	IMS_DIR_SENDONLY = 1,
	IMS_DIR_RECVONLY = 2,
	IMS_DIR_SENDRECV = 3,
} ims_direction;

ims_direction ims_direction_reverse(ims_direction direction);

typedef struct {
	guint8 pt;      /* 0 to 127 */
	char *name;     /* as written; compare without case */
	guint clock_hz; /* G.722 says 8000 (RFC 3551 4.5.2) */
	guint channels; /* at least 1 */
	char *fmtp;     /* format parameters, NULL: none */
} ims_sdp_codec;

typedef struct {
	char *name;  /* "ptime" */
	char *value; /* NULL for a flag such as a=rtcp-mux */
} ims_sdp_attribute;

typedef struct {
	ims_media_kind kind;
	char *media;        /* first word of the m= line, as written */
	guint port;         /* 0: refused or disabled */
	char *proto;        /* "RTP/AVP", "UDP/TLS/RTP/SAVPF", ... */
	char *formats;      /* rest of the m= line, as written; for RTP derived from codecs when printed */
	char *address;      /* own c= or the session's; numeric as a rule; NULL: none given */
	guint rtcp_port;    /* a=rtcp, else port + 1; 0 when port is 0 or the last */
	char *rtcp_address; /* a=rtcp with an address, NULL: same as address */
	ims_direction direction; /* own attribute, else the session's, else sendrecv */
	char *mid;               /* NULL: none */
	GPtrArray *codecs;       /* of ims_sdp_codec, in order of preference; empty when not RTP.
				  * Static payload types without a=rtpmap are filled in (RFC 3551). */
	GPtrArray *attributes;   /* of ims_sdp_attribute: all others, in order (no rtpmap, fmtp, rtcp, mid,
				  * direction) */
	GPtrArray *bandwidths;   /* of char *: "AS:64" */
} ims_sdp_media;

typedef struct ims_sdp {
	char *username, *session_id, *session_version, *origin_address; /* o= */
	char *name;                                                     /* s= */
	char *address;                                                  /* session level c=, NULL: none */
	GPtrArray *attributes; /* session level, of ims_sdp_attribute (no direction) */
	GPtrArray *media;      /* of ims_sdp_media, one for each m= line, in order */
} ims_sdp;

/* Limits of what a remote party can make us build. Over one of them the whole is refused. */
#define IMS_SDP_MAX_BYTES (64 * 1024)
#define IMS_SDP_MAX_LINES 2000
#define IMS_SDP_MAX_MEDIA 32
#define IMS_SDP_MAX_CODECS 64

/* NULL with IMS_E_BAD_SDP: the message names the line number and what is wrong with it.
 * Accepts LF and CRLF. Lines of types we do not know are skipped. */
ims_sdp *ims_sdp_parse(const char *text, GError **error);
char *ims_sdp_print(const ims_sdp *sdp); /* CRLF line ends; free with g_free */
ims_sdp *ims_sdp_copy(const ims_sdp *sdp);
void ims_sdp_free(ims_sdp *sdp); /* accepts NULL */

ims_sdp_media *ims_sdp_media_new(ims_media_kind kind, const char *media, const char *proto);
ims_sdp_codec *ims_sdp_codec_copy(const ims_sdp_codec *codec);
const char *ims_sdp_attribute_value(const GPtrArray *attributes,
				    const char *name);     /* NULL: not there; "": flag */
gboolean ims_sdp_media_is_rtp(const ims_sdp_media *media); /* AVP, AVPF, SAVP, SAVPF in any spelling */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ims_sdp, ims_sdp_free)
