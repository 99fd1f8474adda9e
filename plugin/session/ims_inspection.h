/* ims_inspection.h: what operators see and end of a running service. Thread: the SIP thread. */
#pragma once
#include "session/ims_service.h"
#include "session/ims_session.h"

/* Numbers say nothing to anybody else: unlike a master_id, who knows one can do nothing with it. */
guint64 ims_session_number(const ims_session *session);
const ims_flow *ims_session_flow(const ims_session *session); /* NULL: no registration */
gboolean ims_session_is_helper(const ims_session *session);

ims_session *ims_service_session(const ims_service *service, guint64 number); /* NULL: none */
ims_flow *ims_service_flow(const ims_service *service, const char *name); /* of audit records; NULL: none */
/* of ims_session, of ims_flow; borrowed; in no order. Free with g_ptr_array_unref. */
GPtrArray *ims_service_sessions(const ims_service *service);
GPtrArray *ims_service_flows(const ims_service *service);

/* Both: as who is refused by the network, with 403 and these words. */
void ims_flow_drop(ims_flow *flow, const char *why);
void ims_session_drop(ims_session *session);          /* its call, its registration, and its handle, too */
gboolean ims_session_drop_call(ims_session *session); /* FALSE: there was none */

/* Other networks, while everything runs. fate: "added", "changed", "kept", "removed". ended: registrations of
 * one that is removed. FALSE with IMS_E_CONFIG: nothing has changed. config is referenced. */
typedef void ims_reload_each(const char *network, const char *fate, guint ended, gpointer user);
gboolean ims_service_reload(ims_service *service, const ims_config *config, ims_reload_each *each,
			    gpointer user, GError **error);
