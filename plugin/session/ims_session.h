/* ims_session.h: one actor per browser handle: its registration, or the one that it helps with, and its call.
 *
 * Thread: the SIP thread. Owner: glue's handle; it ends the session when the handle ends. */
#pragma once
#include <glib.h>
#include "auth/ims_turn.h"
#include "call/ims_call.h"
#include "session/ims_service.h"
#include "sip/ims_subscription.h"
#include "sip/ims_trace.h"
#include "token/ims_grant.h"

typedef enum {
	IMS_NEWS_REGISTERING,
	IMS_NEWS_CHALLENGE,
	IMS_NEWS_AUTHENTICATING,
	IMS_NEWS_REGISTERED,
	IMS_NEWS_REGISTRATION_FAILED,
	IMS_NEWS_UNREGISTERING,
	IMS_NEWS_UNREGISTERED,
	IMS_NEWS_REGINFO,
	IMS_NEWS_TOKEN_EXPIRING,
	IMS_NEWS_TOKEN_REFRESHED,
	IMS_NEWS_TOKEN_REFUSED, /* ... of refresh_token: the one before still serves */
	IMS_NEWS_CALLING,
	IMS_NEWS_PROCEEDING,
	IMS_NEWS_RINGING,
	IMS_NEWS_PROGRESS,
	IMS_NEWS_ACCEPTING,
	IMS_NEWS_ACCEPTED,
	IMS_NEWS_INCOMING_CALL,
	IMS_NEWS_MISSED_CALL,
	IMS_NEWS_HELPER_WANTED, /* a call waits for a handle to ring at */
	IMS_NEWS_TRANSFERRING,
	IMS_NEWS_TRANSFER_FAILED,
	IMS_NEWS_TRANSFER, /* our user is to call somebody */
	IMS_NEWS_RINGING_SENT,
	IMS_NEWS_PROGRESSING,
	IMS_NEWS_DECLINING,
	IMS_NEWS_HANGING_UP,
	IMS_NEWS_HANGUP,
	IMS_NEWS_HOLDING,
	IMS_NEWS_RESUMING,
	IMS_NEWS_PEER_HOLDING,
	IMS_NEWS_PEER_RESUMING,
	IMS_NEWS_UPDATING,
	IMS_NEWS_UPDATED,
	IMS_NEWS_UPDATE_FAILED,
	IMS_NEWS_UPDATING_CALL,
	IMS_NEWS_QUALITY, /* of the media of a call */
	IMS_NEWS_DTMF_SENT,
	IMS_NEWS_DTMF, /* the other party pressed a key */
	IMS_NEWS_INFO_SENT,
	IMS_NEWS_INFO,
	IMS_NEWS_RESET,
	IMS_NEWS_RECORDING_UPDATED,
	IMS_NEWS_RECORDING_FAILED,
	IMS_NEWS_KEY_FRAME_SENT,
	IMS_NEWS_FORWARDED,
	IMS_NEWS_FORWARD_STOPPED,
	IMS_NEWS_FORWARDERS,
	IMS_NEWS_MESSAGE_SENT,
	IMS_NEWS_MESSAGE_DELIVERY,
	IMS_NEWS_MESSAGE,
	IMS_NEWS_SUBSCRIBING,
	IMS_NEWS_SUBSCRIBED,
	IMS_NEWS_SUBSCRIBE_FAILED,
	IMS_NEWS_UNSUBSCRIBING,
	IMS_NEWS_NOTIFY,
	IMS_NEWS_ICE_SERVERS,
	IMS_NEWS_TRACING,
	IMS_NEWS_TRACE,
	IMS_NEWS_N_KINDS, /* how many there are */
} ims_news_kind;

/* TURN servers that a registered user may use. */
typedef struct {
	const GPtrArray *urls; /* of char *; borrowed; empty: there are none */
	guint ttl_s;
	ims_turn_credentials credentials;
} ims_turn_offer;

void ims_turn_offer_clear(ims_turn_offer *offer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ims_turn_offer, ims_turn_offer_clear)
/* What a network, or we in its place, say of an access token that is not taken (RFC 8898 4). NULL: not said.
 */
typedef struct {
	const char *error, *scope, *authz_server;
} ims_bearer_news;

/* What happened; borrowed during the call back. Members a kind has no use for are 0. */
typedef struct {
	ims_news_kind kind;
	const char *transaction; /* of the request it answers or follows; NULL: none */
	const char *call_id;
	int code;
	const char *reason;
	const char *username;     /* of a registration: the IMPU; of a call: the peer's URI */
	const char *display_name; /* the peer's */
	const char *callee;
	const char *sdp_type, *sdp;        /* JSEP; NULL: none */
	const ims_quality_report *quality; /* NULL: nothing is said of it */
	ims_sdes_demand srtp;              /* what a caller offers */
	ims_direction peer_media;          /* of who holds: what still comes of him, SENDONLY or INACTIVE */
	const GArray *streams; /* of ims_sdp_stream: the media of a call as agreed last; NULL: none */
	guint64 master_id;     /* of the registration */
	gboolean helper;       /* ... which is another session's */
	guint expires_s;
	guint retry_s;       /* of a failed registration: it is tried again then; 0: it is not */
	guint retry_after_s; /* ... the client may try again then */
	guint token_left_s;  /* of the access token by which he is registered; 0: by none */
	const GPtrArray
		*warnings; /* of a refusal: of char *, as in ims_sip_news; NULL: none that may be told */
	const ims_bearer_news *bearer;
	const GPtrArray *associated;
	const char *pub_gruu, *temp_gruu;
	const char
		*handle_replaced; /* unique_id of whose registration this one takes the place; NULL: none */
	guint strays;             /* contacts that his device has left elsewhere, to be removed yet */
	const char *conference_factory;       /* URI; "": none is told */
	const ims_turn_offer *turn;           /* NULL: nothing is said of TURN */
	const char *authentication_info;      /* of a registration that the client proved; NULL: none */
	const ims_notification *notification; /* to a subscription, that of a transfer too */
	const ims_reg_word *word;             /* the network's, of a registration; NULL: it has none */
	const ims_prover_question *question;  /* what the client is to answer */
	const ims_sip_news *sip;              /* the message that says so; NULL: none does */
	const GPtrArray *headers;    /* of ims_sip_header: of it, as the client asked; NULL: he did not */
	const char *unique_id;       /* of the session */
	gboolean unsent;             /* of a registration: the network was not told */
	gboolean hides_reason;       /* its Reason is not for clients */
	const char *signal;          /* a key */
	guint duration_ms;           /* ... 0: not told */
	const GPtrArray *files;      /* of char *: recordings, by name; NULL: none */
	const GPtrArray *forwarders; /* of ims_forwarder_setup */
	guint32 stream_id;           /* of a forwarder */
	guint64 refer_id;
	const char *refer_to, *referred_by;
	const char *replaces;  /* Call-ID of the call whose place the one that is told of takes; NULL: none */
	const char *focus;     /* URI of the other party, if it is a conference */
	gboolean call_waiting; /* our user has another call */
	gboolean enabled;      /* of tracing */
	const ims_trace_entry *trace; /* a message that came or went */
} ims_session_news;

typedef struct {
	void (*news)(const ims_session_news *news, gpointer user);
	/* A call's media comes (served from now on) or goes (NULL). */
	void (*media)(ims_media *media, gpointer user);
	/* The call is over: the PeerConnection is not needed any more. Comes before the news of the hang-up.
	 */
	void (*close_media)(gpointer user);
	/* It has nothing to do any more: its handle is to end. */
	void (*dismissed)(gpointer user);
} ims_session_events;

/* handle: the Janus handle, for the gateway's relay. user goes to the events. */
ims_session *ims_session_new(ims_service *service, gpointer handle, const ims_session_events *events,
			     gpointer user);
void ims_session_end(
	ims_session *session); /* the handle ended: ends the call, parks the registration; no event comes */

/* The keys of a USIM, in hexadecimal digits, checked: k, and opc or op. NULL: not given. */
typedef struct {
	const char *k, *op, *opc;
	const char *amf; /* that the network has to use */
	const char *sqn; /* the highest one that the USIM has accepted */
} ims_aka_params;

typedef struct {
	const char *auth;         /* "digest", "aka", "token" or "delegated"; NULL: digest */
	const char *username;     /* SIP URI of the IMPU; NULL, by token only: the first one that it names */
	const char *authuser;     /* IMPI; NULL: the IMPU without scheme, in role ue its user part */
	const char *secret;       /* of digest: the password, or */
	const char *ha1_secret;   /* ... H(IMPI:realm:password) in hex; exactly one of them */
	const char *access_token; /* of token */
	ims_aka_params aka;
	const char
		*algorithm; /* of delegated: what the client's USIM is to be asked for; NULL: he has none */
	const char *display_name;   /* NULL: none */
	const char *network;        /* NULL: that of the IMPU's domain, else the first */
	const char *proxy;          /* NULL: none; else it must name that network's entry point or domain */
	const char *headers;        /* checked lines; NULL: none */
	const char *contact_params; /* of the Contact's URI, checked, ";name=value"; NULL: none */
	const char *instance;       /* URN of his device, checked; NULL: he does not say */
	guint reg_id;               /* which of its flows; 0: he does not say */
	gboolean keep_calls;        /* of the registration whose place this one takes */
	gboolean calls_on_helpers;  /* incoming calls ring at this handle only when no helper comes */
	guint max_calls;            /* up to so many calls one that comes waits for a helper; 0: none does */
	const char *user_agent;     /* of his requests; NULL: none */
	gboolean guest;             /* he calls without being registered */
	guint expires_s;            /* 0: the network's */
	gboolean refresh;           /* again, now, although registered */
	gboolean helper;            /* no registration of its own: it shares that of */
	guint64 master_id;          /* ... this number; 0: none is given */
} ims_register_params;

/* As whom a user speaks. */
typedef struct {
	const char *identity; /* one of his associated IMPUs; NULL: the default one */
	const char *privacy;  /* value of Privacy (RFC 3323); NULL: none is sent */
	const char *name;     /* display name in From; NULL: that of his registration, "": none */
} ims_speak_params;

/* Encryption towards the network; it may demand more. */
typedef struct {
	ims_sdes_demand demand;
	const char *profile; /* the only suite; NULL: those of the network */
} ims_srtp_params;

typedef struct {
	const char *uri;     /* whom */
	const char *call_id; /* NULL: one is made */
	const char *headers; /* checked lines; NULL: none */
	const char *offer;   /* the browser's */
	ims_srtp_params srtp;
	const char *authuser, *secret, *ha1_secret; /* of a guest, as in ims_register_params */
	ims_speak_params speak;
	guint64 refer_id; /* of the transfer that asks for it; 0: none */
} ims_call_params;

typedef struct {
	const char *uri;          /* whom; NULL: the other party of the call */
	const char *call_id;      /* outside calls; NULL: one is made */
	const char *headers;      /* checked lines; NULL: none */
	const char *content_type; /* checked */
	GBytes *body;
	ims_speak_params speak; /* outside calls */
} ims_message_params;

typedef struct {
	const char *content_type; /* checked */
	GBytes *body;
	const char *headers; /* checked lines; NULL: none */
} ims_info_params;

/* Header lines that have the right shape: does the user's network take them from clients? callee: of a call;
 * NULL: it is none. */
gboolean ims_session_check_headers(const ims_session *session, const char *lines, const char *callee,
				   GError **error);
/* From now on the client is shown the headers whose names begin so. NULL: none. */
void ims_session_ask_headers(ims_session *session, GStrv prefixes);

typedef struct {
	const char *event;        /* checked value of Event */
	const char *to;           /* whose; NULL: the user himself */
	const char *accept;       /* checked; NULL: none */
	const char *call_id;      /* checked; NULL: one is made */
	const char *headers;      /* checked lines; NULL: none */
	const char *content;      /* of its SUBSCRIBEs; NULL: none */
	const char *content_type; /* checked; NULL with content */
	guint expires_s;
	ims_speak_params speak;
} ims_subscribe_params;

/* All requests: FALSE with the reason and nothing has happened; on TRUE the immediate answer has
 * been told as news already, and more may follow. transaction may be NULL. */
gboolean ims_session_register(ims_session *session, const ims_register_params *params,
			      const char *transaction, GError **error);
/* The client's answer to IMS_NEWS_CHALLENGE. */
gboolean ims_session_authenticate(ims_session *session, const ims_prover_reply *reply,
				  const char *transaction, GError **error);
void ims_session_ask_again(ims_session *session,
			   const char *transaction); /* tells the challenge that waits, if one does */
gboolean ims_session_unregister(ims_session *session, const char *transaction, GError **error);
/* Another token of the same user, for a registration by token: IMS_NEWS_TOKEN_REFRESHED or _REFUSED follows.
 * announce: then IMS_NEWS_REGISTERED, too, once the network has confirmed it. */
gboolean ims_session_refresh_token(ims_session *session, const char *access_token, gboolean announce,
				   const char *transaction, GError **error);
gboolean ims_session_call(ims_session *session, const ims_call_params *params, const char *transaction,
			  GError **error);
/* Whether the caller of a call that comes hears 180 at once; TRUE unless set. */
void ims_session_set_automatic_ringing(ims_session *session, gboolean automatic);
gboolean ims_session_send_ringing(ims_session *session, const char *transaction, GError **error);
/* offers: sdp is an offer, because the caller made none. */
gboolean ims_session_progress(ims_session *session, const char *sdp, gboolean offers, const char *headers,
			      const char *transaction, GError **error);
gboolean ims_session_accept(ims_session *session, const char *sdp, gboolean offers, const char *headers,
			    const char *transaction, GError **error);
/* code 0: the usual one. */
gboolean ims_session_decline(ims_session *session, int code, const char *headers, const char *transaction,
			     GError **error);
/* The network is to call `uri` in place of our user, whose call rings (302; 24.604). */
gboolean ims_session_deflect(ims_session *session, const char *uri, const char *headers,
			     const char *transaction, GError **error);
/* Sends the other party of the call to `uri`, in place of the call `replace` of our user (NULL: of none). */
gboolean ims_session_transfer(ims_session *session, const char *uri, const char *replace, const char *headers,
			      const char *transaction, GError **error);
/* code 0: the usual one. */
gboolean ims_session_decline_transfer(ims_session *session, guint64 refer_id, int code,
				      const char *transaction, GError **error);
gboolean ims_session_hangup(ims_session *session, const char *headers, const char *transaction,
			    GError **error);
gboolean ims_session_hold(ims_session *session, ims_direction direction, const char *transaction,
			  GError **error);
/* offers: the browser wants another description; else it answers the one that the peer wants. */
gboolean ims_session_update(ims_session *session, const char *sdp, gboolean offers, const char *transaction,
			    GError **error);
/* Of the call, if there is one: what the gateway can answer alone when the peer changes the call, it does.
 * TRUE unless set. */
void ims_session_set_srtp(ims_session *session, const ims_srtp_params *srtp); /* before accept */
void ims_session_set_autoaccept(ims_session *session, gboolean autoaccept);
gboolean ims_session_dtmf(ims_session *session, char digit, guint duration_ms, const char *headers,
			  const char *transaction, GError **error);
/* Nothing is under way that could be stuck: told, as pages expect it. */
void ims_session_reset(ims_session *session, const char *transaction);
gboolean ims_session_info(ims_session *session, const ims_info_params *params, const char *transaction,
			  GError **error);
/* What became of it is told once, as IMS_NEWS_MESSAGE_DELIVERY with the same transaction. */
gboolean ims_session_message(ims_session *session, const ims_message_params *params, const char *transaction,
			     GError **error);
/* What of the call is recorded. start: of what is asked for, what runs and is not recorded yet;
 * IMS_E_RECORDING when that is nothing, or recordings are not possible. Others: what is recorded of what is
 * asked for. IMS_NEWS_RECORDING_UPDATED, and _FAILED whenever a file comes to nothing. */
typedef enum {
	IMS_RECORD_START,
	IMS_RECORD_STOP,
	IMS_RECORD_PAUSE,
	IMS_RECORD_RESUME,
} ims_record_action;

typedef struct {
	ims_record_action action;
	gboolean tracks[IMS_N_TRACKS];
	const char *filename; /* the files' names begin so; NULL: one is made */
} ims_record_params;

gboolean ims_session_record(ims_session *session, const ims_record_params *params, const char *transaction,
			    GError **error);
/* Of video; user: the browser is asked for one, peer: the far end. */
gboolean ims_session_key_frame(ims_session *session, gboolean user, gboolean peer, const char *transaction,
			       GError **error);

typedef struct {
	ims_track track;
	const char *host; /* numeric */
	guint16 port;
	guint32 ssrc;            /* 0: as it is */
	guint8 pt;               /* 0: as it is */
	guint srtp_suite;        /* bits of the tag: 32 or 80; 0: it is sent in the clear */
	const char *srtp_crypto; /* ... base64 of master key and salt */
} ims_forward_params;

/* streams: array of ims_forward_params; all of them or none. key: what the client brings as admin_key; NULL:
 * nothing. IMS_E_NOT_ALLOWED: not this key, or not to this address; IMS_E_NO_SUCH_STREAM. Told as
 * IMS_NEWS_FORWARDED, _FORWARD_STOPPED and _FORWARDERS. */
gboolean ims_session_forward(ims_session *session, const GArray *streams, const char *key,
			     const char *transaction, GError **error);
gboolean ims_session_stop_forward(ims_session *session, guint32 stream_id, const char *key,
				  const char *transaction, GError **error);
gboolean ims_session_list_forwarders(ims_session *session, const char *key, const char *transaction,
				     GError **error);
/* One subscription for each event and whom it is about: again, it is refreshed. IMS_NEWS_SUBSCRIBED or
 * _SUBSCRIBE_FAILED follows, and IMS_NEWS_NOTIFY may come before. */
gboolean ims_session_subscribe(ims_session *session, const ims_subscribe_params *params,
			       const char *transaction, GError **error);
/* Which one: by call_id, or event and to, or event alone if there is one such. IMS_NEWS_SUBSCRIBED, for no
 * more time, and a last IMS_NEWS_NOTIFY may follow. */
gboolean ims_session_unsubscribe(ims_session *session, const ims_subscribe_params *params,
				 const char *transaction, GError **error);
/* Of the request that was refused last: seconds after which it may be tried again, once; 0: nobody can say.
 */
guint ims_session_take_again_s(ims_session *session);

/* Told as IMS_NEWS_ICE_SERVERS. IMS_E_LIMIT: asked too often. */
gboolean ims_session_ice_servers(ims_session *session, const char *transaction, GError **error);
/* A key of the other party, in an INFO or in RTP. duration_ms 0: not told. */
void ims_session_key_pressed(ims_session *session, const ims_call *call, char signal, guint duration_ms);
/* The SIP messages of this session, for its user, as IMS_NEWS_TRACE. IMS_E_UNSUPPORTED: the configuration
 * does not allow it. */
gboolean ims_session_trace_for_user(ims_session *session, gboolean enabled, const char *transaction,
				    GError **error);
/* The same for an operator, kept until he looks; the last 500. */
typedef struct {
	char *call_id, *peer, *transport, *first;
	char *text; /* NULL: not seen, the library sent it */
	gint64 at_ms;
	gboolean is_out, repeated;
} ims_session_traced;
void ims_session_trace_for_operator(ims_session *session, gboolean enabled);
void ims_session_traced_each(ims_session *session,
			     void (*each)(const ims_session_traced *message, gpointer user), gpointer user);
void ims_session_picture_wanted(ims_session *session); /* the peer's, a key frame, by signalling */
void ims_session_media_gone(ims_session *session);     /* the browser's PeerConnection ended */
/* Janus could not set one up for this call. */
void ims_session_media_failed(ims_session *session, const char *call_id);

const ims_reg *ims_session_reg(const ims_session *session);    /* NULL: none */
gboolean ims_session_is_helper(const ims_session *session);    /* ... and it is another session's */
gboolean ims_session_is_verifying(const ims_session *session); /* there is none yet: its token is looked at */
const ims_grant *ims_session_grant(const ims_session *session); /* by which he is registered; NULL: by none */
guint ims_session_token_left_s(const ims_session *session);     /* as in the news */
const ims_call *ims_session_ongoing(const ims_session *session); /* NULL: no call */
