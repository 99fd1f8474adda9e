/* ims_alarm.h: what an operator has to know of, by cause: said once in a minute each, counted always.
 *
 * The first of a cause is said at once, to the log and to whoever is told (event handlers); those that
 * follow within a minute are counted, and the next one says how many went unsaid. Sentences are for
 * operators: addresses may be in them, secrets never.
 *
 * Thread: any. Owner: ims_service. */
#pragma once
#include <glib.h>
#include "base/ims_log.h"

/* clang-format off */
#define IMS_ALARMS(X)                                                                                              \
	X(IMS_ALARM_CORE_UNREACHABLE, "core_unreachable", WARN, "A host of the core does not serve requests")      \
	X(IMS_ALARM_CONNECTION_LOST,  "connection_lost",  WARN, "A connection to the core is lost")                \
	X(IMS_ALARM_NO_PATH,          "no_path",          ERR,  "A registrar does not support what registrations need: it is no S-CSCF, or the entry point is wrong") \
	X(IMS_ALARM_NOT_TRUSTED,      "not_trusted",      ERR,  "The core does not take the edge's word for a user") \
	X(IMS_ALARM_NO_REG_EVENT,     "no_reg_event",     WARN, "A registrar does not let the edge hear what it knows of registrations: it cannot end one, or ask for a new proof") \
	X(IMS_ALARM_DNS_DOWN,         "dns_down",         ERR,  "Name servers do not answer")                       \
	X(IMS_ALARM_NO_ROUTE,         "no_route",         WARN, "A name or a route leads to no host of the core")  \
	X(IMS_ALARM_MALFORMED,        "malformed",        WARN, "SIP came that cannot be understood")               \
	X(IMS_ALARM_STRANGER,         "stranger",         WARN, "SIP came from outside the core, and was dropped") \
	X(IMS_ALARM_BAD_FLOW_TOKEN,   "bad_flow_token",   WARN, "A request came with a flow token that the edge never made") \
	X(IMS_ALARM_ISSUER_DOWN,      "issuer_down",      ERR,  "An issuer of access tokens cannot be asked")      \
	X(IMS_ALARM_GUESSING,         "guessing",         WARN, "Too many have failed to prove who they are, and have to wait") \
	X(IMS_ALARM_PORTS_EXHAUSTED,  "ports_exhausted",  ERR,  "No RTP port is free")                              \
	X(IMS_ALARM_LIMIT_REACHED,    "limit_reached",    WARN, "A limit of the configuration is reached")          \
	X(IMS_ALARM_OVERLOAD,         "overload",         WARN, "Work waits too long: new registrations and calls are refused until it does no more") \
	X(IMS_ALARM_OVERLOAD_OVER,    "overload_over",    WARN, "The overload is over: all are let in again")       \
	X(IMS_ALARM_QUEUE_OVERFLOW,   "queue_overflow",   WARN, "A client does not take its events, or sends requests without end: some are lost") \
	X(IMS_ALARM_JANUS_REFUSED,    "janus_refused",    WARN, "Janus did not take a session description")         \
	X(IMS_ALARM_RTP_STRANGER,     "rtp_stranger",     WARN, "RTP of a call came from elsewhere than its far end, and was dropped") \
	X(IMS_ALARM_MEDIA_IO,         "media_io",         ERR,  "Media cannot be sent or received")                \
	X(IMS_ALARM_AUDIT_LOST,       "audit_lost",       ERR,  "Audit records are lost")
/* clang-format on */

typedef enum {
#define X(cause, name, level, text) cause,
	IMS_ALARMS(X)
#undef X
		IMS_ALARM_N_CAUSES, /* how many there are */
} ims_alarm_cause;

typedef struct {
	ims_alarm_cause cause;
	const char *sentence; /* of the last one; NULL: there was none */
	guint64 count;        /* since the start */
	guint64 unsaid;       /* of them, not said since the last that was */
	gint64 age_ms;        /* since the last one */
} ims_alarm_report;

typedef struct ims_alarms ims_alarms;

/* [the thread that raises it] Borrowed. May not block, nor raise alarms. */
typedef void ims_alarm_told(const ims_alarm_report *report);

/* told: NULL: nobody. now_ms: monotonic; NULL: the machine's clock. */
ims_alarms *ims_alarms_new(ims_alarm_told *told, gint64 (*now_ms)(void));
void ims_alarms_free(ims_alarms *alarms); /* accepts NULL */

/* alarms NULL: it is only logged. The sentence says who or what, and why; without a final stop. */
void ims_alarm(ims_alarms *alarms, ims_alarm_cause cause, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* For the Admin API. each: once for every cause, in order; borrowed. */
void ims_alarms_each(ims_alarms *alarms, void (*each)(const ims_alarm_report *report, gpointer user),
		     gpointer user);
const char *ims_alarm_name(ims_alarm_cause cause);
const char *ims_alarm_text(ims_alarm_cause cause); /* what it means in general */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ims_alarms, ims_alarms_free)
