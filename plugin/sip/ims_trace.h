/* ims_trace.h: the SIP messages of one user, as they go out and come in, for who looks into a fault.
 *
 * Off unless somebody asks for it; then every message that belongs to a registration or call that the trace
 * follows is told once, masked as ims_mask.h says. Bounded: of each call so many messages and bytes, and so
 * many calls at a time. What the library repeats or sends by itself is not seen, but for the ACK of a
 * refused INVITE, which is told without its text. Thread: the SIP thread. Owner: ims_session. */
#pragma once
#include <glib.h>
#include "sip/ims_stack.h"

#define IMS_TRACE_MESSAGES_MAX 200      /* of a call or registration */
#define IMS_TRACE_BYTES_MAX (256 << 10) /* ... and of their texts */
#define IMS_TRACE_FOLLOWED_MAX 16
#define IMS_TRACE_MESSAGE_MAX (16 << 10) /* a longer one is cut */

typedef struct ims_trace ims_trace;

/* Borrowed. */
typedef struct {
	const char *call_id;
	guint number; /* in this trace, from 1 */
	gint64 at_ms; /* wall clock, since 1970 */
	gboolean is_out;
	const char *peer;         /* "192.0.2.1:5060" */
	const char *transport;    /* "UDP" or "TCP"; NULL: not known */
	const char *first;        /* the request or status line */
	const char *text;         /* the whole; NULL: not seen, the library sent it */
	const char *for_operator; /* the same with addresses and identities; NULL as text */
	gboolean repeated;        /* the same came before */
	gboolean last;            /* as much as is told of this call: no more comes */
} ims_trace_entry;

typedef void ims_trace_told(const ims_trace_entry *entry, gpointer user);

ims_trace *ims_trace_new(ims_stack *stack, ims_trace_told *told, gpointer user);
void ims_trace_free(ims_trace *trace); /* accepts NULL */

/* Whom its reader knows: his own identities. Replaces those of before. known: of char *. */
void ims_trace_know(ims_trace *trace, const GPtrArray *known);
/* From now on, and what just went of it. peer: the other party as our user may know it; NULL: nobody. tag:
 * ours in its dialog, where there is one already, else NULL. Again is harmless. Of more than
 * IMS_TRACE_FOLLOWED_MAX the oldest is let go. */
void ims_trace_follow(ims_trace *trace, const char *call_id, const char *peer, const char *tag);
