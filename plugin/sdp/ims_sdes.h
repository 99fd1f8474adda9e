/* ims_sdes.h: SRTP keys in a description: a=crypto lines (RFC 4568).
 *
 * A line that we cannot do exactly as it says is none: another suite, session parameters that are not hints,
 * several keys, an MKI. A lifetime is its owner's to keep. Keys are in no error text and no log.
 *
 * Pure. Thread: any. */
#pragma once
#include "sdp/ims_sdp.h"

/* clang-format off */
#define IMS_SRTP_SUITES(X)                                                           \
	X(AES_CM_128_HMAC_SHA1_80, 16, 14) /* RFC 4568 6.2 */                        \
	X(AES_CM_128_HMAC_SHA1_32, 16, 14)                                           \
	X(AES_256_CM_HMAC_SHA1_80, 32, 14) /* RFC 6188 */                            \
	X(AES_256_CM_HMAC_SHA1_32, 32, 14)                                           \
	X(AEAD_AES_128_GCM,        16, 12) /* RFC 7714 14.2 */                       \
	X(AEAD_AES_256_GCM,        32, 12)
/* clang-format on */

typedef enum {
	IMS_SRTP_NONE, /* plain RTP */
#define X(name, key, salt) IMS_SRTP_##name,
	IMS_SRTP_SUITES(X)
#undef X
		IMS_SRTP_N_SUITES,
} ims_srtp_suite;

#define IMS_SRTP_MAX_KEY 46

/* Of who sends. */
typedef struct {
	ims_srtp_suite suite;
	guint8 bytes[IMS_SRTP_MAX_KEY]; /* master key, then master salt */
} ims_srtp_key;

typedef enum {
	IMS_SDES_NONE,      /* nothing is offered; what the core offers is taken */
	IMS_SDES_OPTIONAL,  /* RTP/AVP with keys beside */
	IMS_SDES_MANDATORY, /* RTP/SAVP, and nothing else is taken */
} ims_sdes_demand;

typedef struct {
	guint tag; /* 1 to 9 digits */
	ims_srtp_key key;
} ims_sdes_line;

ims_srtp_suite ims_srtp_suite_of(const char *name); /* IMS_SRTP_NONE: not one of ours */
const char *ims_srtp_suite_name(ims_srtp_suite suite);
gsize ims_srtp_key_length(ims_srtp_suite suite); /* master key and salt */
gboolean ims_srtp_key_equal(const ims_srtp_key *a, const ims_srtp_key *b);
void ims_srtp_key_clear(ims_srtp_key *key); /* wiped */

/* The value of a crypto attribute. FALSE: not one that we can do; ret_line is void then. */
gboolean ims_sdes_parse(const char *value, ims_sdes_line *ret_line);
char *ims_sdes_print(const ims_sdes_line *line); /* a secret: ims_wipe_text */

/* The line of an m-line that we can do: with that tag, of that suite; 0, IMS_SRTP_NONE: the first. FALSE:
 * there is none. */
gboolean ims_sdes_find(const ims_sdp_media *media, guint tag, ims_srtp_suite suite, ims_sdes_line *ret_line);
gboolean ims_sdes_is_secure(const ims_sdp_media *media); /* RTP/SAVP, RTP/SAVPF: it is that or nothing */
