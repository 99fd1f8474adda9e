/* ims_event_table.c: every event that clients are told, as docs/api.md says it. */
#include "api/internal.h"

/* clang-format off */
#define END       { NULL, NULL }
#define USERNAME_OF_USER { "username", "The identity (IMPU)" }
#define OF_CALL \
	{ "call_id",  "SIP Call-ID; also beside `result`" }, \
	{ "username", "URI of the other party" }

#define BEARER \
	{ "bearer.error",        "Of an access token that is not taken, where another one may help (RFC 8898): `invalid_token`, `invalid_scope`; none: no token was shown where one is needed" }, \
	{ "bearer.scope",        "... the scope that it must have" }, \
	{ "bearer.authz_server", "... where it comes from; an https URI" }

static const ims_event_field no_fields[] = { END };
static const ims_event_field call_fields[] = { OF_CALL, END };

#define SHOWN { "headers", "Headers of the message behind it whose names begin as `incoming_header_prefixes` of `register` says, by name; absent when it says nothing" }
static const ims_event_field ringing_fields[] = { OF_CALL, SHOWN, END };
static const ims_event_field proceeding_fields[] = { OF_CALL, { "code", "SIP status" }, SHOWN, END };

#define WARNINGS \
	{ "ims.warnings", "Code and text of each Warning (RFC 3261 20.43) of the refusal, such as `370 Insufficient bandwidth`, when it has any and the network's `headers_to_client` names Warning" }

static const ims_event_field failed_call_fields[] = { OF_CALL, { "code", "SIP status" }, { "reason", "A sentence" }, END };

#define FOCUS \
	{ "isfocus",        "True when the other party is a conference (RFC 4579); else absent" }, \
	{ "ims.conference", "... the URI of the conference" }

#define REFUSED_MEDIA \
	{ "ims.refused_media", "Media that one side wanted and that does not run, each with `mline` (its index in the JSEP), `media` (`video`, ...) and `reason`: `no_common_codec` (that the network allows), `refused_by_peer`, `refused_by_browser`, `unsupported`; absent when all runs" }, \
	{ "ims.srtp", "Crypto suite of the media towards the network; absent when any of it is plain RTP" }

static const ims_event_field updated_fields[] = { OF_CALL, FOCUS, REFUSED_MEDIA, END };
static const ims_event_field agreed_fields[] = { OF_CALL, FOCUS, REFUSED_MEDIA, SHOWN, END };

#define TURN_SERVERS \
	{ "ice_servers", "TURN servers with credentials of this user, each as RTCPeerConnection takes it: `urls`, `username`, `credential`" }, \
	{ "ice_ttl",     "Seconds that the credentials are good: then new connections need new ones, of the request `ice_servers`" }

static const ims_event_field registered_fields[] = {
	USERNAME_OF_USER,
	{ "register_sent",  "Whether it took a REGISTER; false for a helper and a guest" },
	{ "unique_id",      "UUID of this handle's session here" },
	{ "helper",         "Whether this handle shares the registration of another one, its master" },
	{ "master_id",      "Number of this registration: helpers name it to share it. To be kept secret" },
	{ "ims.associated", "URIs that the network registered along (P-Associated-URI), the default identity first" },
	{ "ims.conference_factory", "Whom to call to open a conference, when the network's section names it" },
	{ "ims.gruu.pub",   "Public GRUU of this registration (RFC 5627), when the network gives one: it reaches this device, and is the Contact of its calls" },
	{ "ims.gruu.temp",  "Temporary GRUU: the same without telling whose it is, for calls with `privacy`" },
	{ "ims.expires",    "Seconds of registration that the network granted; refreshed here" },
	{ "ims.token_expires", "Seconds until the access token ends, by which the user is registered, and the registration with it" },
	{ "ims.strays",     "How many contacts the same `instance` and `reg_id` have left at other gateways: they are removed next. With `auth` delegated `challenge` asks for the proof of that, and another `registered` follows" },
	{ "ims.replaced",   "`unique_id` of the handle whose registration this one takes the place of (`instance`): it hears `unregistered` with `replaced`, before or after this" },
	{ "ims.authentication_info", "With `auth` delegated: the network's Authentication-Info, when it sends one, by which the client sees that it knows the password" },
	TURN_SERVERS,
	END
};

static const ims_event_field challenge_fields[] = {
	USERNAME_OF_USER,
	{ "authuser",  "The private identity (IMPI) that is to answer" },
	{ "scheme",    "`Digest`" },
	{ "realm",     "All these as the network says them" },
	{ "nonce",     "Of AKA: base64 of RAND and AUTN" },
	{ "algorithm", "Absent: none is named, which means MD5" },
	{ "qop",       "`auth`, `auth-int` or `auth,auth-int`; absent: none is named" },
	{ "opaque",    "Absent: there is none" },
	{ "stale",     "Whether only the nonce of the last answer was too old" },
	{ "method",    "Of the request that the answer goes into" },
	{ "uri",       "Its Request-URI, which the answer must name" },
	{ "call_id",   "Its SIP Call-ID; also beside `result`. Absent: it is a REGISTER" },
	{ "code",      "401 or 407" },
	{ "header",    "The whole value of WWW-Authenticate or Proxy-Authenticate, without ik and ck, and of another request than REGISTER without the qop auth-int: the network sees another body than the page" },
	{ "rand",      "Of an AKA challenge: RAND in hexadecimal digits" },
	{ "autn",      "... AUTN" },
	END
};

static const ims_event_field turn_fields[] = { TURN_SERVERS, END };

static const ims_event_field failed_fields[] = {
	{ "username", "The identity (IMPU); absent when the token alone would have named it" },
	{ "code",   "SIP status" },
	{ "reason", "The network's sentence, or why its challenge cannot be answered" },
	{ "ims.expires", "Seconds for which the registration is good all the same, calls and all: a refresh that the page has asked for has failed. Absent: it is over" },
	{ "ims.retry_in", "Seconds to the gateway's own next attempt; absent: there is none, the refusal is final" },
	{ "ims.retry_after", "Seconds after which the page may try again: its token cannot be checked for now, or the network says so" },
	BEARER,
	WARNINGS,
	END
};

#define OF_SUBSCRIPTION { "call_id", "SIP Call-ID of the subscription, which it keeps; also beside `result`" }

static const ims_event_field subscription_fields[] = { OF_SUBSCRIPTION, END };

static const ims_event_field subscribed_fields[] = {
	OF_SUBSCRIPTION,
	{ "code",    "SIP status: 200 or 202" },
	{ "reason",  "The network's sentence" },
	{ "expires", "Seconds that it lasts; refreshed here. 0: it ends" },
	SHOWN,
	END
};

static const ims_event_field subscribe_failed_fields[] = {
	OF_SUBSCRIPTION,
	{ "code",    "SIP status" },
	{ "reason",  "The network's sentence, or ours" },
	WARNINGS,
	SHOWN,
	END
};

static const ims_event_field notify_fields[] = {
	OF_SUBSCRIPTION,
	{ "notify",       "Name of the event package" },
	{ "substate",     "`active`, `pending` or `terminated`" },
	{ "content-type", "Media type of the body, without parameters; absent when there is none" },
	{ "content",      "The body, 65536 bytes at most; empty when there is none" },
	{ "encoding",     "As in `message`" },
	{ "ims.reason",   "Why it is terminated (RFC 6665 4.1.3). After `deactivated`, `timeout`, `probation` and `giveup` the gateway subscribes again" },
	{ "ims.expires",  "Seconds that are left, when the network says so" },
	SHOWN,
	END
};

static const ims_event_field unregistered_fields[] = {
	USERNAME_OF_USER,
	{ "register_sent", "As in `registered`" },
	{ "ims.reason", "`replaced`: the same device has registered anew elsewhere, with the same `instance` and `reg_id`. Or why the network has ended it, in the words of RFC 3680: `rejected`, `unregistered`, ...; `terminated`: it does not say" },
	END
};

static const ims_event_field reginfo_fields[] = {
	USERNAME_OF_USER,
	{ "ims.reason",     "`shortened`: it is to be proved anew; `deactivated`, `expired`: it is made anew; `registered`: others have changed" },
	{ "ims.expires",    "Seconds that are left of the registration; 0: it is made anew" },
	{ "ims.associated", "As in `registered`, now" },
	{ "ims.contacts",   "How many devices are registered as this identity, this one included; 0: it is not known" },
	END
};

static const ims_event_field expiring_fields[] = {
	{ "expires_in", "Seconds until the access token ends" },
	END
};

static const ims_event_field refreshed_fields[] = {
	{ "ims.token_expires", "Seconds until the newer one ends; absent when the network alone knows" },
	END
};

static const ims_event_field token_failed_fields[] = {
	{ "code",   "400, 401, 403 or 503, as in `registration_failed`" },
	{ "reason", "What is wrong with it" },
	{ "ims.retry_after", "As in `registration_failed`" },
	BEARER,
	END
};

static const ims_event_field quality_fields[] = {
	OF_CALL,
	{ "final", "The call is over, and this is about all of it" },
	{ "media", "One for each stream that runs: `mline` (its index in the JSEP), `media` (`audio`, `video`), `codec`, `from_peer` and `to_peer`, and `round_trip_ms` between gateway and far end when its reports tell. `from_peer`: as it arrives; absent when nothing came. `to_peer`: as the far end reports it; absent when it reports nothing. Each has `packets`, `lost`, `loss` (per cent), `jitter_ms`, and of audio `mos`: 1 to 4.5, an estimate by the E-model (ITU-T G.107), simplified" },
	END
};

static const ims_event_field incoming_fields[] = {
	OF_CALL,
	{ "displayname", "Name of the caller; absent when there is none, or it is withheld" },
	{ "callee",      "Which identity was called" },
	{ "srtp",        "The caller offers SRTP: `sdes_optional`, or nothing else: `sdes_mandatory`; absent: plain RTP" },
	{ "referred_by", "Who sent the caller here (Referred-By), if he was sent" },
	{ "replaces",    "`call_id` of the call of another handle whose place this one takes: that ends when this is accepted" },
	FOCUS,
	{ "ims.call_waiting", "True when the user is in a call already, or the network says so" },
	SHOWN,
	END
};

static const ims_event_field declining_fields[] = {
	OF_CALL,
	{ "code",     "SIP status" },
	{ "refer_id", "Of the `transfer` that is declined" },
	END
};

static const ims_event_field call_id_fields[] = { { "call_id", "SIP Call-ID of the call; also beside `result`" }, END };

static const ims_event_field transfer_failed_fields[] = {
	{ "code",   "SIP status" },
	{ "reason", "The other party's sentence" },
	END
};

static const ims_event_field transfer_fields[] = {
	{ "call_id",     "SIP Call-ID of the call in which it is asked for; absent outside calls" },
	{ "refer_id",    "Its number, for `call` or `decline`" },
	{ "refer_to",    "Whom to call" },
	{ "referred_by", "Who asks for it" },
	{ "replaces",    "SIP Call-ID of the call, of others, that the new one takes the place of (attended transfer)" },
	SHOWN,
	END
};

static const ims_event_field missed_fields[] = {
	{ "caller",      "URI of the caller" },
	{ "displayname", "Name of the caller" },
	{ "callee",      "Which identity was called" },
	{ "reason",      "`busy`, `cancelled`: the caller gave up before it could ring, or why it could not be taken" },
	END
};

static const ims_event_field hold_fields[] = {
	OF_CALL,
	{ "direction", "As the other party has it: `sendonly`, it may be heard (music, an announcement); or `inactive`" },
	END
};

static const ims_event_field hangup_fields[] = {
	OF_CALL,
	{ "code",                   "SIP status; 200 when the call had been up and somebody hung up" },
	{ "reason",                 "A sentence" },
	{ "reason_header",          "Text of the Reason header (RFC 3326), when the message that ended the call had one" },
	{ "reason_header_protocol", "`SIP` or `Q.850`" },
	{ "reason_header_cause",    "Its cause" },
	{ "ims.alternative_service.type",   "Of a 380: `emergency`: this is to be called by a telephone" },
	{ "ims.alternative_service.reason", "... the network's sentence" },
	{ "ims.alternative_service.action", "... what a device would do: `emergency-registration`, ..." },
	{ "ims.extensions",         "Option tags that the network does not know (420), or insists on (421)" },
	{ "ims.retry_after",        "Seconds after which the network wants it tried again, if it says so" },
	WARNINGS,
	SHOWN,
	END
};

static const ims_event_field status_fields[] = {
	{ "registration.state",      "`unregistered`, `registering`, `registered` or `unregistering`" },
	{ "registration.username",   "The identity; these only when there is a registration" },
	{ "registration.expires",    "Seconds granted" },
	{ "registration.associated", "As in `registered`" },
	{ "registration.token_expires", "As `ims.token_expires` in `registered`" },
	{ "call",                    "null, or" },
	{ "call.call_id",            "SIP Call-ID" },
	{ "call.state",              "`calling`, `ringing`, `reserving` (a call that comes: its caller's network is not ready, and `incomingcall` follows), `incoming`, `up` or `ending`" },
	{ "call.direction",          "`in` or `out`" },
	{ "call.peer",               "URI of the other party" },
	{ "call.held",               "Whether our user holds it" },
	{ "call.peer_holds",         "Whether the other party does" },
	END
};

static const ims_event_field sent_fields[] = {
	{ "call_id", "Its SIP Call-ID; also beside `result`. Inside a call, the call's" },
	END
};

static const ims_event_field delivery_fields[] = {
	{ "call_id", "SIP Call-ID of the message; also beside `result`" },
	{ "code",    "SIP status: 200 or 202 when it was taken, 408 when nobody answered, ..." },
	{ "reason",  "The network's sentence" },
	{ "ims.retry_after", "Seconds after which the network wants it tried again, if it says so" },
	WARNINGS,
	SHOWN,
	END
};

static const ims_event_field message_fields[] = {
	{ "call_id",      "SIP Call-ID of the message; also beside `result`. Inside a call, the call's" },
	{ "sender",       "URI of the sender, as the network vouches for it" },
	{ "displayname",  "Name of the sender; absent when there is none, or it is withheld" },
	{ "callee",       "Which identity it was sent to" },
	{ "content_type", "Media type, with parameters; absent when there is no body" },
	{ "content",      "The body, as `encoding` says" },
	{ "encoding",     "`utf-8`: content is the body itself; `base64`: the body is not UTF-8, or holds control characters other than TAB, LF and CR" },
	{ "in_reply_to",  "Call-ID of the message that this one reports about (In-Reply-To, 24.341)" },
	SHOWN,
	END
};

static const ims_event_field info_fields[] = {
	{ "call_id",      "SIP Call-ID; also beside `result`" },
	{ "sender",       "URI of the other party" },
	{ "displayname",  "Its name; absent when there is none, or it is withheld" },
	{ "type",         "Media type, with parameters" },
	{ "content",      "The body, as `encoding` says" },
	{ "encoding",     "As in `message`" },
	SHOWN,
	END
};

static const ims_event_field key_fields[] = {
	{ "call_id",      "SIP Call-ID; also beside `result`" },
	{ "sender",       "URI of the other party" },
	{ "signal",       "The key: 0 to 9, *, #, A to D" },
	{ "duration",     "Milliseconds; absent when the other party does not say" },
	END
};

static const ims_event_field recording_fields[] = {
	OF_CALL,
	{ "ims.files", "What is being recorded now, by the names of the files, without .mjr; of an event after `stop` the rest" },
	END
};

static const ims_event_field recording_failed_fields[] = {
	OF_CALL,
	{ "ims.files", "The file, without .mjr; what is in it stays" },
	{ "reason",    "A sentence: it cannot be made, a file of that name exists, the disk is full, the call goes on in another codec" },
	END
};

static const ims_event_field forwarded_fields[] = {
	OF_CALL,
	{ "forwarders", "The new ones, each with `stream_id` (its number, for `stop_rtp_forward`), `type`, `host`, `port`, `media` (`audio`, `video`), `srtp` (whether it is encrypted), and `ssrc` and `pt` where they were asked for" },
	END
};

static const ims_event_field forward_stopped_fields[] = { OF_CALL, { "stream_id", "Its number" }, END };

static const ims_event_field forwarders_fields[] = {
	OF_CALL,
	{ "rtp_forwarders", "All of the call, as in `rtp_forward`" },
	END
};

static const ims_event_field tracing_fields[] = { { "enabled", "Whether SIP messages are shown from now on" }, END };

static const ims_event_field trace_fields[] = {
	{ "call_id",   "SIP Call-ID, by which messages of a call belong together; also beside `result`" },
	{ "number",    "Counts the messages of this handle, from 1" },
	{ "time",      "When, in milliseconds since 1970 (as Date.now())" },
	{ "direction", "`out`: sent by the gateway; `in`: it came" },
	{ "from",      "`edge` (the gateway) or `core` (the network): the two ends of a ladder's arrow" },
	{ "to",        "... the other one" },
	{ "transport", "`UDP` or `TCP`; absent when not known" },
	{ "first",     "The request or status line, as in `INVITE sip:bob@ims.example SIP/2.0`" },
	{ "text",      "The whole message, lines ended by CR LF. Masked as said below; absent: the SIP library sent it by itself, the ACK of a refused INVITE" },
	{ "repeated",  "Whether this very message has come before; absent when not" },
	{ "last",      "Present when of this Call-ID as much was shown as will be: 200 messages, or 256 KB" },
	END
};

const ims_event_row ims_event_rows[IMS_NEWS_N_KINDS] = {
	[IMS_NEWS_REGISTERING]         = { "registering", NULL, NULL, "The REGISTER is on its way.", no_fields, NULL },
	[IMS_NEWS_CHALLENGE]           = { "challenge", NULL, ims_event_add_challenge, "With `auth` delegated the network wants to see proved what only the client can prove: `authenticate` answers, within `challenge_timeout_s`. Comes when registering, when the network insists on it for a refresh or the end, in role ue when it challenges a call, a message or another request, and again after `status`.", challenge_fields, NULL },
	[IMS_NEWS_AUTHENTICATING]      = { "authenticating", NULL, NULL, "`authenticate` is on its way.", no_fields, NULL },
	[IMS_NEWS_REGISTERED]          = { "registered", NULL, ims_event_add_registered, "The network confirms for the first time after `register`, or a helper has found its master.", registered_fields, NULL },
	[IMS_NEWS_REGISTRATION_FAILED] = { "registration_failed", NULL, ims_event_add_refusal, "Refused (401, 403, 404, ...): final, unless `ims.expires` says that the registration before goes on. It ends a registration, too, whose token is over. With `ims.retry_in` nobody serves the user for now (408, 5xx): the gateway goes on trying, and `registered` follows by itself.", failed_fields, NULL },
	[IMS_NEWS_UNREGISTERING]       = { "unregistering", NULL, NULL, "Deregistration is on its way.", no_fields, NULL },
	[IMS_NEWS_UNREGISTERED]        = { "unregistered", NULL, ims_event_add_unregistered, "The network answered it, or nobody does; or, with `ims.reason`, it has ended without this page: by the network, or by its user elsewhere. To a helper also: the registration of its master has ended, and Janus detaches this handle.", unregistered_fields, NULL },
	[IMS_NEWS_REGINFO]             = { "reginfo", NULL, ims_event_add_word, "The network says something of the registration (RFC 3680): it wants it proved anew, or has dropped it, which the gateway sees to; `registered`, `registration_failed` or `challenge` may follow. Or the identities or devices registered together with this one have changed.", reginfo_fields, NULL },
	[IMS_NEWS_TOKEN_EXPIRING]      = { "token_expiring", NULL, ims_event_add_token_expiring, "The access token ends soon (`token_expiring_s`): `refresh_token` keeps the registration, and the call.", expiring_fields, NULL },
	[IMS_NEWS_TOKEN_REFRESHED]     = { "token_refreshed", NULL, ims_event_add_token_refreshed, "The newer access token is taken. Where the network verifies tokens itself it is handed on, and a refusal comes as `registration_failed`.", refreshed_fields, NULL },
	[IMS_NEWS_TOKEN_REFUSED]       = { "token_refresh_failed", NULL, ims_event_add_refusal, "The newer access token is not taken; the registration goes on with the one before, while that lasts.", token_failed_fields, NULL },
	[IMS_NEWS_CALLING]             = { "calling", NULL, NULL, "The INVITE is sent.", call_fields, NULL },
	[IMS_NEWS_PROCEEDING]          = { "proceeding", NULL, NULL, "A provisional answer without media, other than 180.", proceeding_fields, NULL },
	[IMS_NEWS_RINGING]             = { "ringing", NULL, NULL, "It rings at the other party, and nobody is heard: the page makes its own ringback tone. Again, when early media end before the answer.", ringing_fields, NULL },
	[IMS_NEWS_PROGRESS]            = { "progress", "answer", ims_event_add_agreed, "Early media: the other party is heard, the network's ringback tone for instance; the first one brings the JSEP answer. `P-Early-Media` of the network decides, and where it says nothing 183 with a description is heard, 180 is not. When several ends are called the one that spoke last is heard, and what they agree on stays behind the one JSEP answer. If the end that answers has chosen a codec that it does not hold, `updatingcall` follows `accepted`.", agreed_fields, NULL },
	[IMS_NEWS_ACCEPTING]           = { "accepting", NULL, NULL, "`accept` with an offer is carried out; `accepted` follows.", call_fields, NULL },
	[IMS_NEWS_ACCEPTED]            = { "accepted", "answer", ims_event_add_agreed, "The call is up; with the JSEP answer for who made the offer, unless `progress` brought it. To the one who accepts: his own `accept` was sent.", agreed_fields, NULL },
	[IMS_NEWS_INCOMING_CALL]       = { "incomingcall", "offer", ims_event_add_incoming, "Somebody calls. Without a JSEP when the caller made no offer: then `accept` takes one.", incoming_fields, NULL },
	[IMS_NEWS_MISSED_CALL]         = { "missed_call", NULL, ims_event_add_missed, "A call came and could not be taken: each handle of this registration has one already (it was refused with 486), which its master is told, or no codec is common.", missed_fields, NULL },
	[IMS_NEWS_HELPER_WANTED]       = { "helper_wanted", NULL, NULL, "A call waits for a helper to ring at (`calls_on_helpers`, `max_calls` of `register`): the next one that registers gets it, unless another handle is idle before. If the caller gives up before, `missed_call` follows.", call_id_fields, NULL },
	[IMS_NEWS_RINGING_SENT]        = { "ringingsent", NULL, NULL, "`send_ringing` is carried out.", call_fields, NULL },
	[IMS_NEWS_PROGRESSING]         = { "progressing", NULL, NULL, "`progress` is carried out.", call_fields, NULL },
	[IMS_NEWS_DECLINING]           = { "declining", NULL, ims_event_add_declining, "`decline` is carried out.", declining_fields, NULL },
	[IMS_NEWS_TRANSFERRING]        = { "transferring", NULL, NULL, "The REFER is on its way.", call_id_fields, NULL },
	[IMS_NEWS_TRANSFER_FAILED]     = { "transferfailed", NULL, NULL, "The other party does not let itself be transferred, or is not heard of any more (408).", transfer_failed_fields, NULL },
	[IMS_NEWS_TRANSFER]            = { "transfer", NULL, ims_event_add_transfer, "Our user is asked to call somebody (REFER): `call` with this `refer_id` does it, on any idle handle of this registration, `decline` refuses. After a minute it is over (408).", transfer_fields, NULL },
	[IMS_NEWS_HANGING_UP]          = { "hangingup", NULL, NULL, "`hangup` is carried out.", call_fields, NULL },
	[IMS_NEWS_HANGUP]              = { "hangup", NULL, ims_event_add_hangup, "The call is over; exactly once for each call. 503: the browser's media were lost; 408, 481: the far end was.", hangup_fields, NULL },
	[IMS_NEWS_HOLDING]             = { "holding", NULL, NULL, "`hold` is carried out.", call_fields, NULL },
	[IMS_NEWS_RESUMING]            = { "resuming", NULL, NULL, "`unhold` is carried out.", call_fields, NULL },
	[IMS_NEWS_PEER_HOLDING]        = { "peerholding", NULL, ims_event_add_hold, "The other party holds the call: it does not hear us. Again when that is so still, and only the direction is another.", hold_fields, NULL },
	[IMS_NEWS_PEER_RESUMING]       = { "peerresuming", NULL, NULL, "... and has taken it up again.", call_fields, NULL },
	[IMS_NEWS_UPDATING]            = { "updating", NULL, NULL, "`update` with an offer is carried out.", call_fields, NULL },
	[IMS_NEWS_UPDATED]             = { "updated", "answer", ims_event_add_agreed, "A change is done: with the JSEP answer to the offer of `update`, whose directions answer those of that offer, whoever holds the call; without one after its answer.", updated_fields, NULL },
	[IMS_NEWS_UPDATE_FAILED]       = { "updatefailed", NULL, NULL, "A change is not to be, and the call stays as it was: the page takes its offer back (rollback), or that of `updatingcall`. 408: the page answered too late; 487: the other party withdrew it.", failed_call_fields, NULL },
	[IMS_NEWS_UPDATING_CALL]       = { "updatingcall", "offer", NULL, "The other party changes the call in a way that needs the page: `update` with an answer, or `decline`, within `update_timeout_s`.", call_fields, NULL },
	[IMS_NEWS_QUALITY]             = { "quality", NULL, ims_event_add_quality, "How good the media between gateway and network are: each `quality_s` seconds about the time since the last one, and before `hangup` about the whole call.", quality_fields, NULL },
	[IMS_NEWS_DTMF_SENT]           = { "dtmfsent", NULL, NULL, "The digit is on its way.", call_fields, NULL },
	[IMS_NEWS_DTMF]                = { "dtmf", NULL, ims_event_add_key, "The other party pressed a key.", key_fields, NULL },
	[IMS_NEWS_INFO_SENT]           = { "infosent", NULL, NULL, "`info` is on its way.", call_fields, NULL },
	[IMS_NEWS_INFO]                = { "info", NULL, ims_event_add_info, "The other party sends an INFO inside the call. A key among them comes as `dtmf`, too.", info_fields, NULL },
	[IMS_NEWS_RECORDING_UPDATED]   = { "recordingupdated", NULL, ims_event_add_recording, "`recording` is carried out.", recording_fields, NULL },
	[IMS_NEWS_RECORDING_FAILED]    = { "recordingfailed", NULL, ims_event_add_recording, "A recording is over before its time: its file cannot be made, or goes on no more. The call goes on.", recording_failed_fields, NULL },
	[IMS_NEWS_KEY_FRAME_SENT]      = { "keyframesent", NULL, NULL, "`keyframe` is carried out.", call_fields, NULL },
	[IMS_NEWS_FORWARDED]           = { "rtp_forward", NULL, ims_event_add_forwarded, "`rtp_forward` is carried out.", forwarded_fields, NULL },
	[IMS_NEWS_FORWARD_STOPPED]     = { "stop_rtp_forward", NULL, ims_event_add_forward_stopped, "`stop_rtp_forward` is carried out.", forward_stopped_fields, NULL },
	[IMS_NEWS_FORWARDERS]          = { "forwarders", NULL, ims_event_add_forwarders, "Answers `listforwarders`.", forwarders_fields, NULL },
	[IMS_NEWS_MESSAGE_SENT]        = { "messagesent", NULL, NULL, "The message is on its way.", sent_fields, NULL },
	[IMS_NEWS_SUBSCRIBING]         = { "subscribing", NULL, NULL, "The SUBSCRIBE is on its way.", subscription_fields, NULL },
	[IMS_NEWS_SUBSCRIBED]          = { "subscribe_succeeded", NULL, ims_event_add_subscribed, "The network took a SUBSCRIBE: of `subscribe`, `unsubscribe`, or of a new subscription in the place of one that it had ended.", subscribed_fields, NULL },
	[IMS_NEWS_SUBSCRIBE_FAILED]    = { "subscribe_failed", NULL, NULL, "The network refused it, or nobody answers; or a refresh of it, later. There is no subscription then.", subscribe_failed_fields, NULL },
	[IMS_NEWS_UNSUBSCRIBING]       = { "unsubscribing", NULL, NULL, "The end of the subscription is on its way.", subscription_fields, NULL },
	[IMS_NEWS_NOTIFY]              = { "notify", NULL, ims_event_add_notify, "The network says something about what the page has subscribed to, or how far a transfer has come (`refer`, whose content is a status line such as `SIP/2.0 180 Ringing`); 200 is sent. Of the first one on, in any order with `subscribe_succeeded`.", notify_fields, NULL },
	[IMS_NEWS_RESET]               = { "reset", NULL, NULL, "Answers `reset`.", no_fields, NULL },
	[IMS_NEWS_MESSAGE_DELIVERY]    = { "messagedelivery", NULL, ims_event_add_delivery, "What became of a message; exactly once for each `messagesent`, with the transaction of its request.", delivery_fields, NULL },
	[IMS_NEWS_ICE_SERVERS]         = { "ice_servers", NULL, ims_event_add_ice_servers, "Answers `ice_servers`.", turn_fields, NULL },
	[IMS_NEWS_TRACING]             = { "tracing", NULL, ims_event_add_tracing, "Answers `trace`.", tracing_fields, NULL },
	[IMS_NEWS_TRACE]               = { "trace", NULL, ims_event_add_trace, "A SIP message of the registration or of a call of this handle, after `trace`. Event handlers are not told.", trace_fields, NULL },
	[IMS_NEWS_MESSAGE]             = { "message", NULL, ims_event_add_message, "Somebody sends a message. The network is told 200 when it has come this far.", message_fields, NULL },
};

const ims_event_row ims_event_status_row = {
	"status", "offer", NULL, "Answers `status`; the JSEP is the offer of an incoming call, or of an `updatingcall`, that is not answered yet.", status_fields,
	"{\"sip\": \"event\", \"result\": {\"event\": \"status\", "
	"\"registration\": {\"state\": \"registered\", \"username\": \"sip:alice@ims.example\", \"expires\": 3600, \"associated\": [\"sip:alice@ims.example\"]}, "
	"\"call\": {\"call_id\": \"a84b4c76e66710\", \"state\": \"up\", \"direction\": \"out\", \"peer\": \"sip:bob@ims.example\", \"held\": false, \"peer_holds\": false}}}"
};
/* clang-format on */
