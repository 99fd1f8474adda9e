/* ims_early_media.h: P-Early-Media (RFC 5009): what the network lets through before a call is answered.
 *
 * Pure: values in, values out. */
#pragma once
#include <glib.h>

/* Seen from the far end, one for each m-line. Bits: they combine with &. */
typedef enum {
	IMS_EARLY_MEDIA_INACTIVE = 0,
	IMS_EARLY_MEDIA_SENDONLY = 1, /* the far end to us */
	IMS_EARLY_MEDIA_RECVONLY = 2, /* we to the far end */
	IMS_EARLY_MEDIA_SENDRECV = 3,
} ims_early_media_direction;

#define IMS_EARLY_MEDIA_MAX 8 /* m-lines told apart; what is said beyond is not read */

typedef struct {
	guint n; /* 0: nothing is said */
	guint8 directions[IMS_EARLY_MEDIA_MAX];
} ims_early_media;

/* value: of the header; NULL: there is none. What is no direction ("supported", "gated", others) says
 * nothing.
 */
ims_early_media ims_early_media_parse(const char *value);
/* The last one that is said holds for all m-lines behind it (RFC 5009 8). Something must be said. */
ims_early_media_direction ims_early_media_of(const ims_early_media *media, guint mline);
