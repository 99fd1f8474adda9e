/* ims_sip_news.h: what a SIP message says, in plain values.
 *
 * Made by sip/ from a parsed message, borrowed by whoever is told; nothing of the stack in it. */
#pragma once
#include <glib.h>
#include "sip/ims_alternative_service.h"
#include "sip/ims_early_media.h"

typedef struct {
	char *name, *value;
} ims_sip_header;

typedef struct ims_sip_news {
	int status;           /* of a response; 0 in a request */
	char *reason;         /* reason phrase of a response */
	gboolean internal;    /* a response made by the stack itself: time-out, unreachable */
	gboolean restoration; /* a response: the network has lost our registration */
	char *call_id;
	char *peer_tag;    /* of the other end: which of several dialogs it is. NULL: none */
	char *sdp;         /* NULL: none */
	gboolean bad_body; /* a body that is not a session description came instead */

	/* A response. */
	guint retry_after_s;                 /* 0: not said */
	ims_alternative_service alternative; /* of a 380 or 504 */
	GPtrArray *extensions; /* of char *: option tags that a 420 or 421 is about; NULL: none */
	GPtrArray *warnings;   /* of char *: Warning as "370 Insufficient bandwidth", whoever says so; NULL:
				  none */
	guint32 rseq;          /* of a reliable provisional one (RFC 3262); 0: it is not */
	ims_early_media early_media;

	/* Headers that are not the edge's own (ims_headers.h), each name once: of ims_sip_header.
	 * At most IMS_HEADERS_MAX_COUNT; a list ends before IMS_HEADERS_MAX_BYTES. */
	GPtrArray *headers;

	/* A MESSAGE, an INFO or a NOTIFY. */
	char *content_type; /* with parameters; NULL: none */
	GBytes *body;       /* any bytes; NULL: none */
	char *in_reply_to;  /* Call-IDs it answers; NULL: none */

	/* In requests: who asks for whom. */
	char *caller;      /* P-Asserted-Identity's first URI, else From's, withheld ones as
			      sip:anonymous@anonymous.invalid */
	char *caller_name; /* display name, NULL: none, or withheld */
	char *callee;      /* P-Called-Party-ID, else To */
	char *icid;        /* icid-value of P-Charging-Vector, NULL: none */
	char *orig_ioi;

	/* Of calls that take the place of others, or are asked for. */
	char *replaces; /* value of Replaces (RFC 3891), "": unusable; of a REFER that of the call it asks for
			 */
	char *refer_to; /* of a REFER: whom to call, a URI without headers; NULL: unusable, or none */
	char *refer_method;    /* ... by another method than INVITE; NULL: by INVITE */
	char *referred_by;     /* value of Referred-By (RFC 3892); NULL: none */
	char *target_dialog;   /* value of Target-Dialog (RFC 4538); NULL: none */
	gboolean urgent;       /* the network says that it is about an emergency (Priority) */
	char *focus;           /* URI of the other end, which is a conference (RFC 4579); NULL: it is none */
	gboolean call_waiting; /* the network says so, by Alert-Info (24.615) */

	/* Reason (RFC 3326), of the first value. */
	char *reason_header; /* the text parameter */
	char *reason_protocol;
	char *reason_cause;
} ims_sip_news;

void ims_sip_news_clear(ims_sip_news *news);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ims_sip_news, ims_sip_news_clear)
