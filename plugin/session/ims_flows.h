/* ims_flows.h: the directory of registrations: by flow token, by the number that its helpers name, and those
 * that wait to be reclaimed.
 *
 * A flow is one registration and whom it serves: its master, the session that registered, and helpers,
 * further sessions that call and are called by it. When the master's handle ends the flow waits for another
 * one for reclaim_s seconds, then it is deregistered. Helpers stay as long as the registration.
 *
 * A client that names its device (RFC 5626: instance, reg-id) has one flow of each IMPU: who registers with
 * the same names takes the place of the one before, parked or not, once he has proved that he is the same
 * user: to us by the credentials that we know, at once, or to the network, which then has confirmed another
 * REGISTER of the same contact (REQ-158). Sessions whose calls he wants to keep go over to him as helpers.
 * Thread: the SIP thread. Owner: ims_service. */
#pragma once
#include <glib.h>
#include "audit/ims_audit.h"
#include "auth/ims_flow_token.h"
#include "reg/ims_reg.h"
#include "session/ims_grant_watch.h"
#include "session/ims_transfers.h"

typedef struct ims_flows ims_flows;
typedef struct ims_session ims_session;

typedef struct {
	ims_flows *flows;
	ims_audit *audit;
	guint64 id;    /* in its token; a device's is always the same */
	char *binding; /* which device; NULL: it does not say */
	ims_reg *reg;
	ims_session *session;     /* the master; NULL: parked, or leaving */
	guint64 master_id;        /* 53 bits that nobody guesses: who knows them may help */
	GPtrArray *helpers;       /* of ims_session, in the order in which they came */
	GPtrArray *waiting;       /* calls, for a helper to come; NULL: none ever did */
	ims_transfers *transfers; /* NULL: it leaves */
	GQueue ended;             /* of ims_dialog_id: the last calls that were up, the latest first */
	ims_grant_watch
		*watch; /* of the access token that it stands on, while it lasts; NULL: it needs none */
	ims_timer reclaim;
	char *name;          /* in audit records */
	char *turn_user;     /* his pseudonym at TURN servers (REQ-145) */
	gboolean was_active; /* ... and noted */
	int end_code;        /* why it ends: SIP status, 0: none is to blame */
	char *end_cause;     /* a sentence; NULL: it has not ended */
} ims_flow;

#define IMS_FLOW_HELPERS_MAX 32
#define IMS_FLOW_ENDED_MAX 16

typedef struct {
	void (*dismissed)(
		ims_session *helper); /* the registration is about to end; it is no helper any more */
	/* heir (NULL: nobody) is about to be it; it is to let go of the flow. goes_on: its call does. */
	void (*replaced)(ims_session *master, ims_session *heir, gboolean goes_on);
	/* Has it a call that heir, who is to be the master, wants to go on? heir NULL: nobody is. */
	gboolean (*goes_along)(const ims_session *session, const ims_session *heir);
	/* It becomes a helper of this flow, whose user it has been all the time. */
	void (*joins)(ims_session *caller, ims_flow *flow);
	/* May it have a registration that is not there yet? NULL: it may. FALSE with the reason. */
	gboolean (*admits)(ims_session *session, GError **error);
} ims_flows_events;

/* audit: NULL: none, else to outlive it. */
ims_flows *ims_flows_new(guint reclaim_s, ims_audit *audit, const ims_flows_events *events);
void ims_flows_clear(ims_flows *flows); /* forgets all without a word to the network */
void ims_flows_free(ims_flows *flows);  /* cleared before */

/* A new registration, or the one that the same credentials prove to be his: a parked one, or his device's
 * (design: no second contact). setup's flow token is filled in here; its prover goes over to a new
 * registration, and is left where it is else. Serves `session` from now on. NULL with the reason: it is not
 * admitted. */
ims_flow *ims_flows_claim(ims_flows *flows, ims_reg_setup *setup, const ims_reg_events *events,
			  ims_session *session, GError **error);
/* The network has confirmed it: from now on it is the one of its device. Harmless when it was before. */
void ims_flows_settle(ims_flow *flow);
/* For the audit (REQ-147). event: as in ims_audit_record. */
void ims_flow_note(const ims_flow *flow, const char *event);
/* Its registration is confirmed: noted once. */
void ims_flow_note_active(ims_flow *flow);
/* Why it is about to end; the first to say so is right. cause: a sentence. */
void ims_flow_note_end(ims_flow *flow, int code, const char *cause);
/* It is over: refused, or given up, if it was never confirmed. cause: if nobody has said one. */
void ims_flow_note_over(ims_flow *flow, const char *cause);

/* The session lets go. now: deregister at once instead of after reclaim_s. The flow is not to be used any
 * more. */
void ims_flows_release(ims_flow *flow, gboolean now);

/* The one with this number, while it has a master; NULL: none. */
ims_flow *ims_flows_of_master(ims_flows *flows, guint64 master_id);
/* FALSE: it has IMS_FLOW_HELPERS_MAX. */
gboolean ims_flow_add_helper(ims_flow *flow, ims_session *helper);
void ims_flow_remove_helper(ims_flow *flow, ims_session *helper);

/* A call that was up is over; the last IMS_FLOW_ENDED_MAX are known again. */
void ims_flow_note_call(ims_flow *flow, const ims_dialog_id *id);
gboolean ims_flow_had_call(const ims_flow *flow, const ims_dialog_id *id);
void ims_flow_forget_calls(ims_flow *flow, guint but); /* ... but for the latest */

/* Deregisters it: at the will of its user, who hears of it, or because it may not wait to be reclaimed any
 * longer. */
void ims_flows_end(ims_flow *flow);

/* Looks at the access tokens of that issuer anew, now: those with this jti, or of this subject; NULL: of any.
 */
void ims_flows_recheck(ims_flows *flows, const char *issuer, const char *jti, const char *subject);

/* IMS_E_BAD_TOKEN when the token is not ours; NULL without error when its registration is gone. */
ims_flow *ims_flows_find(ims_flows *flows, const char *token, GError **error);

/* Deregisters whatever is parked; drained is called once, when no flow is left (maybe at once). */
void ims_flows_drain(ims_flows *flows, void (*drained)(gpointer user), gpointer user);
GPtrArray *ims_flows_all(const ims_flows *flows); /* of ims_flow; borrowed. Free with g_ptr_array_unref */
guint ims_flows_count(ims_flows *flows);          /* [any thread] */
