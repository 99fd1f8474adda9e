/* ims_admission.h: what this gateway takes on: registrations and calls at a time, how many begin in a second,
 * and fewer of them when work waits too long, or descriptors run short.
 *
 * Whoever is refused is counted by cause, raises an alarm, and is to come again after a while that differs
 * from one to the next. What stands is not asked about here: refreshes, requests of calls, ends, emergencies.
 * Thread: the SIP thread, unless marked. Owner: ims_service. */
#pragma once
#include <glib.h>
#include "base/ims_alarm.h"
#include "base/ims_clock.h"
#include "base/ims_lag.h"
#include "config/ims_config.h"
#include "media/ims_ports.h"

typedef struct ims_admission ims_admission;

typedef enum { IMS_NEW_REGISTRATION, IMS_NEW_CALL, IMS_N_NEW } ims_new;

/* clang-format off */
#define IMS_REFUSALS(X)                       \
	X(IMS_REFUSED_FULL,        "full")        \
	X(IMS_REFUSED_RATE,        "rate")        \
	X(IMS_REFUSED_OVERLOAD,    "overload")    \
	X(IMS_REFUSED_DESCRIPTORS, "descriptors") \
	X(IMS_REFUSED_PORTS,       "ports")
/* clang-format on */

typedef enum {
#define X(cause, name) cause,
	IMS_REFUSALS(X)
#undef X
		IMS_N_REFUSALS, /* how many there are */
} ims_refused;

/* The queues that work goes through. */
typedef enum {
	IMS_QUEUE_REQUESTS, /* of clients, and all else that is posted to the SIP thread */
	IMS_QUEUE_MESSAGES, /* SIP over UDP, in the kernel's buffer */
	IMS_QUEUE_EVENTS,   /* to Janus */
	IMS_QUEUE_TOKENS,   /* to be verified */
	IMS_N_QUEUES,
} ims_queue;

typedef struct {
	guint refused[IMS_N_REFUSALS];  /* since the start */
	guint longest_ms[IMS_N_QUEUES]; /* wait in the last interval that was looked at */
	guint share;                    /* of new work that is let in, in thousandths */
	guint overloads;                /* how often it began */
} ims_admission_report;

/* limits, alarms, ports, queues and what they point to: outlive it. A queue may be NULL: it is not there. */
ims_admission *ims_admission_new(const ims_config_limits *limits, ims_clock *clock, ims_alarms *alarms,
				 ims_ports *ports, ims_lag *const queues[IMS_N_QUEUES]);
void ims_admission_free(ims_admission *admission); /* accepts NULL */

/* May another one begin, beside those that are there? FALSE with IMS_E_LIMIT: it is refused, counted,
 * and may come again after so many seconds. */
gboolean ims_admission_lets_in(ims_admission *admission, ims_new what, guint there, guint *ret_again_s,
			       GError **error);
/* ... which has been let in before, and comes now: only how many are there counts. */
gboolean ims_admission_has_room(ims_admission *admission, ims_new what, guint there, guint *ret_again_s,
				GError **error);
/* Something else has refused it. */
void ims_admission_count(ims_admission *admission, ims_refused cause);

void ims_admission_look(ims_admission *admission, ims_admission_report *ret_report);
const char *ims_refused_name(ims_refused cause);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ims_admission, ims_admission_free)
