/* internal.h: what the files of session/ share. */
#pragma once
#include "audit/ims_audit.h"
#include "auth/ims_aka_cards.h"
#include "base/ims_error.h"
#include "base/ims_gate.h"
#include "base/ims_rate.h"
#include "media/ims_forwarder.h"
#include "media/ims_recorder.h"
#include "msg/ims_messages.h"
#include "session/ims_admission.h"
#include "session/ims_failures.h"
#include "session/ims_holders.h"
#include "session/ims_flows.h"
#include "session/ims_inspection.h"
#include "session/ims_service.h"
#include "session/ims_session.h"
#include "sip/ims_refer.h"
#include "sip/ims_referral.h"
#include "sip/ims_role.h"
#include "sip/ims_trace.h"

struct ims_service {
	const ims_config *config;
	const ims_config *serving; /* whose networks are served: config, until others are loaded */
	GPtrArray *snapshots;      /* of ims_config: those that were loaded since */
	GHashTable *sessions;      /* by number */
	guint64 next_number;
	const ims_gateway *gateway;
	ims_alarms *alarms;
	ims_stack *stack;
	ims_flows *flows;
	ims_ports *ports;
	ims_loops *loops;
	ims_tokens *tokens; /* NULL: no issuer is configured */
	ims_holders *holders;
	ims_failures *failures;
	ims_lag events_lag; /* of the queue to Janus */
	ims_admission *admission;
	ims_audit *audit;
	gboolean closing; /* no new registrations or calls */
	ims_aka_cards *cards;
	ims_recorder *recorder; /* NULL: nothing is recorded */

	/* The same as numbers for other threads. */
	gint n_sessions, n_calls;

	ims_gate drained; /* the thread that frees waits for the SIP thread, once */
};

typedef struct ims_token_step ims_token_step;
typedef struct ims_session_trace ims_session_trace;

struct ims_session {
	ims_service *service;
	guint64 number; /* for operators */
	gpointer handle;
	const ims_session_events *events;
	gpointer user;

	ims_flow *flow; /* NULL: no registration; that of another session, its master, when this one helps */
	char *display_name, *user_agent; /* NULL: none */
	char *unique_id;                 /* of this session, a UUID */
	char *replaces; /* that of whose registration its own takes the place, until it is told; NULL: none */
	char *reg_transaction;
	gboolean keeps_calls;       /* of the registration whose place its own takes */
	gboolean spared;            /* calls of its registration go to helpers */
	guint max_calls;            /* so many may wait for helpers, or have them; 0: he does not say */
	ims_token_step *token_step; /* a token that is being verified; NULL: none */
	ims_attempt attempt;        /* to register */
	ims_rate failures;          /* of such */
	ims_rate turn_requests;
	gboolean admitted; /* to a registration, before its token is verified */
	guint again_s;     /* after which who was refused last may try again; 0: nobody can say */

	ims_call *call; /* one PeerConnection a handle, so one call */
	char *call_transaction;
	char *call_identity; /* ours, as which it is made or taken; NULL: it is withheld */
	char *replaced;      /* Call-ID of the call whose place an incoming one takes; NULL: none */
	gboolean call_waits; /* it came while our user had another one */
	ims_refer *refer;    /* the other party is sent to somebody else, now or in the call before */
	char *refer_transaction;
	ims_transfer *following;  /* the transfer that the call comes of; the flow's; NULL: of none */
	char *update_transaction; /* of the browser's change that is under way; NULL: none */
	ims_recording *recordings[IMS_N_TRACKS]; /* of the call; NULL: that track is not recorded */
	GPtrArray *forwarders;                   /* ... of ims_forwarder; NULL: none */

	ims_messages *messages;
	GPtrArray *subscriptions; /* what its user wants to hear of */
	ims_rate infos_out, infos_in;
	gboolean rings_on_demand; /* the caller hears no 180 before our user says so */
	GStrv header_prefixes;    /* of headers that the client wants to see; NULL: of none */
	ims_session_trace *trace; /* NULL: nobody looks at its SIP messages */
};

void ims_session_tell(ims_session *session, ims_session_news news);
void ims_session_tell_in_call(ims_session *session, ims_session_news news); /* names the call and its peer */
gboolean ims_session_refuse(GError **error, ims_error_code code, const char *why); /* FALSE */

/* ims_session_trace.c */
/* Of what is going on now; call_id: of something else than a call, NULL: nothing. Harmless without a trace.
 */
void ims_session_trace_follow(ims_session *session, const char *call_id);
void ims_session_trace_end(ims_session *session);

/* ims_session_calls.c */
void ims_session_forget_call(ims_session *session);
void ims_session_end_call(ims_session *session); /* with a BYE, or what it takes; harmless without a call */
/* How an INVITE is to ring here, where no call is. */
typedef struct {
	gboolean waiting;     /* its user has another call */
	const char *replaced; /* Call-ID of the call whose place it takes; NULL: none */
} ims_ringing;

/* FALSE: refused with ret_status. */
gboolean ims_session_receive(ims_session *session, ims_invite *invite, const ims_sip_news *news,
			     const ims_ringing *how, int *ret_status);
void ims_session_miss_call(ims_session *session, const ims_sip_news *news, const char *why);

/* ims_session_helper.c */
/* A session that has no registration becomes a helper of another one. */
gboolean ims_session_help(ims_session *session, const ims_register_params *params, const char *transaction,
			  GError **error);
void ims_session_stop_helping(ims_session *session, const char *transaction); /* its user does not want to */
void ims_session_dismissed(ims_session *helper);                              /* the registration ends */
/* ims_flows_events: a call that is up goes on when the device has registered anew. */
gboolean ims_session_goes_along(const ims_session *session, const ims_session *heir);
void ims_session_join(ims_session *caller, ims_flow *flow);
/* FALSE with IMS_E_HELPER: what `request` is about is the master's. */
gboolean ims_session_is_master(const ims_session *session, const char *request, GError **error);

/* ims_flow_calls.c: the calls of all whom a registration serves. */
/* An INVITE for its user. FALSE: refused with ret_status. */
gboolean ims_flow_receive(ims_flow *flow, ims_invite *invite, const ims_sip_news *news, int *ret_status);
gboolean ims_flow_ring(ims_flow *flow, ims_invite *invite, const ims_sip_news *news,
		       int *ret_status);          /* ... now, at whoever is there */
gboolean ims_flow_has_room(const ims_flow *flow); /* a handle for one more call is there */
int ims_flow_absent(const ims_flow *flow);        /* what the network is told when nobody is there */
void ims_flow_end_calls(ims_flow *flow);
void ims_flow_end_subscriptions(ims_flow *flow);                             /* of all these users */
ims_session *ims_flow_session_of(const ims_flow *flow, const char *call_id); /* NULL: nobody has this call */
/* A REFER outside calls: the final status. */
int ims_flow_receive_referral(ims_flow *flow, ims_referral *referral, const ims_sip_news *news);

/* ims_flow_waiting.c: calls that wait for a helper. */
/* Takes the INVITE over, and asks its user for one. FALSE: too many wait, or help. */
gboolean ims_flow_wait(ims_flow *flow, ims_invite *invite, const ims_sip_news *news);
void ims_flow_serve_waiting(ims_flow *flow); /* a handle is idle now: the first one rings there */
void ims_flow_drop_waiting(ims_flow *flow);  /* refuses them */

/* ims_session_transfer.c */
void ims_session_drop_refer(ims_session *session);
int ims_session_receive_referral(ims_session *session, ims_referral *referral, const ims_sip_news *news);
/* NULL with IMS_E_WRONG_STATE. request: for the sentence. */
ims_transfer *ims_session_find_transfer(const ims_session *session, const char *request, guint64 refer_id,
					GError **error);
/* Lines of the call that follows it, and further ones. Free with g_free; NULL: none. */
char *ims_session_transfer_headers(const ims_transfer *transfer, const char *headers);
/* To the transferor, if the call comes of a transfer; 200 and more is the last word. reason NULL: the usual
 * one. */
void ims_session_report_transfer(ims_session *session, int status, const char *reason);

/* ims_session_recording.c: a key frame, of whoever sends that track; nothing of sound. */
void ims_session_want_picture(ims_session *session, ims_track track);
/* ims_session_recording.c, ims_session_forward.c: the call is over, or about to be: nobody listens any more.
 */
void ims_session_stop_recordings(ims_session *session);
void ims_session_stop_forwarders(ims_session *session);

/* ims_session_identity.c: as whom a request is sent. Borrowed from the session and its registration. */
typedef struct {
	const char *from, *from_name; /* From */
	ims_role_user user;
} ims_speaker;

/* FALSE with IMS_E_IDENTITY_REFUSED (not his; his are named) or IMS_E_INVALID_ELEMENT (privacy). Only with an
 * active registration. request: for the sentence. */
gboolean ims_session_speak(const ims_session *session, const char *request, const ims_speak_params *params,
			   ims_speaker *ret_speaker, GError **error);
/* As whom he answers who was called as `callee` (24.229 5.2.6.4). */
ims_role_user ims_session_called(const ims_session *session, const char *callee);

/* ims_session_messages.c */
void ims_session_delivered(const char *call_id, const char *transaction, const ims_sip_news *answer,
			   gpointer session); /* ims_messages_delivered */
/* Lines of our 2xx to a request that came outside any dialog. Free with g_free. */
char *ims_session_answer_headers(const ims_session *session, const ims_sip_news *news);
/* A MESSAGE for this session's user: its final status. */
int ims_session_receive_message(ims_session *session, const ims_sip_news *news);

/* ims_session_emergency.c */
gboolean ims_session_is_emergency(const ims_session *session, const char *uri);
/* IMS_E_EMERGENCY: what the user is to do instead. */
gboolean ims_session_may_call_for_help(const ims_session *session, GError **error);
/* Whom to call then: the service that the URN names, of a number the one for all (24.229 5.2.10.3). Free with
 * g_free. */
char *ims_session_help_target(const char *uri);
/* Straight to the E-CSCF: no Service-Route (REQ-103). Free with g_ptr_array_unref. */
GPtrArray *ims_session_help_route(const ims_session *session);

/* ims_session_guest.c */
gboolean ims_session_may_be_guest(const ims_session *session, const ims_network *network, GError **error);
gboolean ims_session_is_guest(const ims_session *session);
/* What a call of his brings to answer challenges with; harmless for others. FALSE with the reason. */
gboolean ims_session_prove_guest(ims_session *session, const ims_call_params *params, GError **error);
/* His call ended so: guesses are counted (REQ-144). */
void ims_session_guest_was_answered(ims_session *session, int status);

/* ims_session_info.c */
void ims_session_info_init(ims_session *session);
/* An INFO inside its call: its final status. */
int ims_session_receive_info(ims_session *session, const ims_call *call, const ims_sip_news *news);

/* ims_session_subscriptions.c */
void ims_session_subscriptions_init(ims_session *session);
void ims_session_end_subscriptions(ims_session *session); /* the network hears of it, the user does not */

/* ims_session_headers.c */
/* Lines of a request of his (NULL: none), with the User-Agent that he wants to be. Free with g_free. */
char *ims_session_lines(const ims_session *session, const char *lines);
/* May a client see this one of the headers that are not the edge's own? */
gboolean ims_session_shows(const ims_session *session, const char *header);
/* Of ims_sip_header, borrowed from news, which may be NULL. NULL: he asked for none. */
GPtrArray *ims_session_shown_headers(const ims_session *session, const ims_sip_news *news);

/* ims_session_challenge.c */
void ims_session_asked(ims_reg *reg, const ims_prover_question *question,
		       gpointer session); /* ims_reg_events */

/* ims_session_prover.c: how the user of this request proves who he is. NULL with the reason. */
ims_prover *ims_session_prover(const ims_service *service, const ims_network *network,
			       const ims_register_params *params, GError **error);

/* ims_session_limits.c */
void ims_session_limits_init(ims_session *session);
/* Does the gateway take on one more (ims_admission.h)? FALSE with IMS_E_LIMIT. */
gboolean ims_session_admits_call(ims_session *session, GError **error);
gboolean ims_session_admits_registration(ims_session *session, GError **error); /* ims_flows_events */
/* The same before a token is verified: its registration is asked about no more. */
gboolean ims_session_admits_token(ims_session *session, GError **error);
/* What was refused for this reason may be tried again in a while, if it was for want of ports. */
void ims_session_heed_limit(ims_session *session, const GError *error);
/* As whom he proves himself: authuser, or by NULL what the network's role makes of username. Free with
 * g_free. */
char *ims_session_impi(const ims_network *network, const char *authuser, const char *username);
/* Before anything is done for a register. impi: as whom; NULL: his proof cannot be guessed. credentials: as
 * ims_failures_attempt has them. FALSE with IMS_E_LIMIT: he has to wait, the sentence says how long. */
gboolean ims_session_may_try(ims_session *session, const ims_network *network, const char *impi,
			     const char *credentials, GError **error);
/* What came of it, told once or more often. status: SIP's; 401, 403 and 407 are failures. */
void ims_session_was_proved(ims_session *session);
void ims_session_was_refused(ims_session *session, int status);
/* The same of a newer token, which has no IMPI to be counted against: its issuer is not to be asked about
 * whatever comes to a client's mind. */
gboolean ims_session_may_renew(ims_session *session, GError **error);
void ims_session_was_not_renewed(ims_session *session, int status);

/* ims_session_turn.c */
void ims_session_turn_init(ims_session *session);
ims_turn_offer ims_session_turn_offer(const ims_session *session); /* of a registered user */
/* ims_session_registration.c */
/* A new registration for this session, or one that is taken back, to be started. setup: without stack,
 * network and w2; its prover is gone afterwards. FALSE with IMS_E_LIMIT: it is not admitted. Tells nothing.
 */
gboolean ims_session_claim_registration(ims_session *session, const ims_network *network,
					ims_reg_setup *setup, const char *display_name,
					const char *transaction, GError **error);
/* heir has its registration now (ims_flows_events): its calls end, unless they go on, and its user
 * hears why. */
void ims_session_replaced(ims_session *session, ims_session *heir, gboolean goes_on);
/* For good: its call ends, the user hears news (but for their transaction), and the network. */
void ims_session_end_registration(ims_session *session, ims_session_news news);

/* ims_session_token.c */
gboolean ims_session_takes_tokens(const ims_network *network);
/* TRUE: `registering` is told, and more follows. */
gboolean ims_session_register_by_token(ims_session *session, const ims_network *network,
				       const ims_register_params *params, const char *transaction,
				       GError **error);
/* Nothing was shown: an access token of the network's first issuer is asked for (RFC 8898 2.1.1). FALSE: it
 * has none. */
gboolean ims_session_asks_for_token(ims_session *session, const ims_network *network, const char *username,
				    const char *transaction);
void ims_session_drop_token(
	ims_session *session); /* one that is being verified; harmless when there is none */

/* ims_session_registration.c: an answer to a request of ours may say that the network has lost the
 * registration (24.229 5.1.2A, REQ-20): then it is made anew. */
void ims_session_heed(ims_session *session, const ims_sip_news *answer);
