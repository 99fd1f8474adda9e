/* ims_service.h: the whole edge below the API: configuration, SIP stack, flows, ports, sessions.
 *
 * Owner: glue. Everything inside belongs to the SIP thread. */
#pragma once
#include <glib.h>
#include "base/ims_alarm.h"
#include "base/ims_gateway.h"
#include "config/ims_config.h"
#include "media/ims_ports.h"
#include "session/ims_admission.h"
#include "session/ims_flows.h"
#include "sip/ims_stack.h"

typedef struct ims_service ims_service;

/* IMS_E_IO when the SIP port cannot be had, IMS_E_CONFIG when the audit log cannot. gateway must outlive it.
 * [any thread] */
ims_service *ims_service_new(const ims_config *config, const ims_gateway *gateway, GError **error);
/* After all sessions are ended, or their end is posted: deregisters everybody, waits for the network up to
 * general.shutdown_s, then ends the SIP thread, and waits for media that Janus's loops still hold. [any other
 * thread] */
void ims_service_free(ims_service *service);

ims_worker *ims_service_worker(ims_service *service);             /* [any thread] */
const ims_config *ims_service_config(const ims_service *service); /* [any thread] */
ims_alarms *ims_service_alarms(ims_service *service);             /* [any thread] */

/* Access tokens are revoked: nobody registers with them any more, and who is registered is no longer
 * (REQ-61). Exactly one of jti and subject. FALSE with the reason: no such issuer. [any thread] */
gboolean ims_service_revoke(ims_service *service, const char *issuer, const char *jti, const char *subject,
			    GError **error);

/* What is alive, for operators and soak tests. [any thread] */
typedef struct {
	guint sessions, registrations, calls, invites, subscriptions, media, ports;
} ims_counters;

void ims_service_count(ims_service *service, ims_counters *ret_counters);

/* How it copes. */
typedef struct {
	ims_admission_report admission;
	guint requests_waiting;
	ims_backlog messages;
} ims_load;

void ims_service_weigh(ims_service *service, ims_load *ret_load); /* [the SIP thread] */
ims_lag *
ims_service_events_lag(ims_service *service); /* of the queue to Janus, which glue has. [any thread] */
