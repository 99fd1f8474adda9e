/* ims_request_table.c: every request that clients make, its fields, and the function that does it. */
#include "api/internal.h"
#include "sip/ims_pager.h"

#define MESSAGE_MAX_BASE64 43692
G_STATIC_ASSERT(MESSAGE_MAX_BASE64 == (IMS_PAGER_MAX_BYTES + 2) / 3 * 4);

/* clang-format off */
#define HEADERS  { "headers", IMS_FIELD_HEADERS, IMS_OPTIONAL, 0, 0, NULL, "Further SIP header lines; those that the gateway owns are refused" }
#define SPEAK \
	{ "identity", IMS_FIELD_STRING, IMS_OPTIONAL, 1, 1024, NULL, "As which of the associated identities; default: the network's default one" }, \
	{ "display_name", IMS_FIELD_STRING, IMS_OPTIONAL, 0, 256, NULL, "The name that the other party sees; empty: none; default: that of `register`. With `privacy` id, header or user it is withheld, too" }, \
	{ "privacy", IMS_FIELD_STRING, IMS_OPTIONAL, 1, 64, NULL, "What to withhold (RFC 3323, RFC 3325): id (who it is), header, user, session, critical, history, with ; between them; or none" }
#define CALL_ID  { "call_id", IMS_FIELD_STRING, IMS_OPTIONAL, 1, 256, NULL, "Of the call that is meant: when the handle has another one by now, nothing happens to that, and error 454 says so" }
#define END      { NULL, IMS_FIELD_STRING, IMS_OPTIONAL, 0, 0, NULL, NULL }

static const ims_field no_fields[] = { END };
static const ims_field in_call_fields[] = { CALL_ID, END };

static const ims_field register_fields[] = {
	{ "username",       IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 1024,   NULL, "The identity (IMPU): sip:user@domain. Mandatory, except with an access token that names one: default then the first of them" },
	{ "secret",         IMS_FIELD_SECRET,  IMS_OPTIONAL, 1, 0,      NULL, "The password; with digest either this or `ha1_secret` is mandatory" },
	{ "ha1_secret",     IMS_FIELD_SECRET,  IMS_OPTIONAL, 1, 0,    NULL, "Instead of the password its hash H(IMPI:realm:password) in hexadecimal digits: 32 of MD5, 64 of SHA-256. Challenges of other algorithms are not answered, and those of another realm wrongly" },
	{ "access_token",   IMS_FIELD_SECRET,  IMS_OPTIONAL, 1, 0,      NULL, "The access token, without `Bearer`; mandatory with token" },
	{ "aka",            IMS_FIELD_OBJECT,  IMS_OPTIONAL, 0, 0,      NULL, "The keys of a USIM; mandatory with aka" },
	{ "aka.k",          IMS_FIELD_HEX,     IMS_REQUIRED, 32, 32,    NULL, "K" },
	{ "aka.opc",        IMS_FIELD_HEX,     IMS_OPTIONAL, 32, 32,    NULL, "OPc; mandatory without `op`" },
	{ "aka.op",         IMS_FIELD_HEX,     IMS_OPTIONAL, 32, 32,    NULL, "OP, of which OPc is computed" },
	{ "aka.amf",        IMS_FIELD_HEX,     IMS_OPTIONAL, 4, 4,      NULL, "Take a challenge for the network's only when it has this AMF; default: any" },
	{ "aka.sqn",        IMS_FIELD_HEX,     IMS_OPTIONAL, 12, 12,    NULL, "The highest sequence number that the USIM has accepted. Default: what the gateway remembers, and nothing of a USIM that it has not seen: then the first one is taken as it comes" },
	{ "authuser",       IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 4096,   NULL, "The private identity (IMPI); default: as `private_identity` of the network has it: the identity without sip:, or its user part" },
	{ "display_name",   IMS_FIELD_STRING,  IMS_OPTIONAL, 0, 256,    NULL, "The name that called parties see" },
	{ "network",        IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 256,    NULL, "Name of a configured network; default: the one of the identity's domain" },
	{ "auth",           IMS_FIELD_STRING,  IMS_OPTIONAL, 0, 0,      "digest|aka|token|delegated", "How the user proves who he is: by a password (default), by the keys of a USIM (IMS-AKA, only where access is encrypted), by an access token (OAuth 2.0) of an issuer that the network trusts, or by himself: the client answers each `challenge`, and is told in `registration_failed` when it is an access token that the network wants" },
	{ "algorithm",      IMS_FIELD_STRING,  IMS_OPTIONAL, 0, 0,      "AKAv2-SHA-256", "With delegated: the client answers with a USIM, so the network is asked for AKA" },
	{ "type",           IMS_FIELD_STRING,  IMS_OPTIONAL, 0, 0,      "account|guest|helper", "An account (default); a guest, who calls without being registered, where the operator lets him (`general.allow_guest`, role ue); or a helper of an account: one more handle, so one more call, of the registration with `master_id`" },
	{ "master_id",      IMS_FIELD_INTEGER, IMS_OPTIONAL, 1, 9007199254740991, NULL, "Mandatory for a helper: the number that the `registered` of its master said. Of the other fields only `username`, which must be the master's, and `display_name` are looked at" },
	{ "register_ttl",   IMS_FIELD_INTEGER, IMS_OPTIONAL, 60, 600000, NULL, "Seconds to ask the network for; default: the network's register_expires_s" },
	{ "proxy",          IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 1024,   NULL, "A configured entry point, or sip:<domain>; others are refused" },
	{ "outbound_proxy", IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 1024,   NULL, "The same as proxy" },
	{ "send_register",  IMS_FIELD_BOOLEAN, IMS_OPTIONAL, 0, 0,      NULL, "false is `type` guest" },
	{ "user_agent",     IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 256,    NULL, "User-Agent of the REGISTER, and of the calls and messages of this handle" },
	{ "contact_params", IMS_FIELD_PARAMS,  IMS_OPTIONAL, 0, 0,      NULL, "Further parameters of the URI in the registered Contact, by name; those that the gateway owns are refused" },
	{ "instance",       IMS_FIELD_URN,     IMS_OPTIONAL, 1, 256,    NULL, "Of the client's device, always the same (RFC 5626): who registers with the same identity, `instance` and `reg_id` again takes the place of the registration before, whose handle hears `unregistered` with `replaced`, at another gateway too where the network tells of it (`reg_event`); another instance is another contact. Default: one of this registration alone" },
	{ "reg_id",         IMS_FIELD_INTEGER, IMS_OPTIONAL, 1, 2147483647, NULL, "With `instance`: which of the device's ways to the network; the network hears of it and of `outbound`" },
	{ "keep_calls",     IMS_FIELD_BOOLEAN, IMS_OPTIONAL, 0, 0,      NULL, "With `instance`: calls that are up when this registration takes the place of the device's one before go on, on the handles that have them, which become helpers of this one; default false: they end" },
	{ "calls_on_helpers", IMS_FIELD_BOOLEAN, IMS_OPTIONAL, 0, 0,    NULL, "An incoming call rings at a helper: at an idle one, else at the next one that registers, which `helper_wanted` asks for; after 2 s without one it rings at this handle after all. For a handle that shares its event loop with thousands of idle ones (`loop_index` of Janus, docs/large-deployments.md); default false" },
	{ "max_calls",      IMS_FIELD_INTEGER, IMS_OPTIONAL, 1, 33,     NULL, "How many calls the user may have at the same time, each on a handle of its own: while there are fewer, one that comes and finds no idle handle waits for a helper, which `helper_wanted` asks for, 2 s at most. Default: it is refused at once (486), or, with `calls_on_helpers`, always waits" },
	{ "automatic_ringing", IMS_FIELD_BOOLEAN, IMS_OPTIONAL, 0, 0, NULL, "Whether the caller of a call that comes hears that it rings (180) as soon as `incomingcall` is told; default true. With false `send_ringing` says so" },
	{ "incoming_header_prefixes", IMS_FIELD_STRINGS, IMS_OPTIONAL, 1, 64, NULL, "Beginnings of names of SIP headers that events are to show, such as `X-` and `Alert-Info`; those of the trust domain, and those that the network's `headers_to_client` leaves out, are not shown" },
	{ "refresh",        IMS_FIELD_BOOLEAN, IMS_OPTIONAL, 0, 0,      NULL, "Refresh the running registration of this handle now, whatever its `auth`; no other field is needed, but `access_token` if there is a newer one. `challenge`, `registered` or `registration_failed` follows, the latter with `ims.expires` when the registration is still good" },
	HEADERS,
	END
};

static const ims_field refresh_token_fields[] = {
	{ "access_token",   IMS_FIELD_SECRET,  IMS_REQUIRED, 1, 0,      NULL, "A newer access token of the same user" },
	END
};

static const ims_field authenticate_fields[] = {
	{ "response",       IMS_FIELD_STRING,  IMS_OPTIONAL, 0, 64,     NULL, "Hexadecimal digits, as many as the algorithm has; the gateway writes the rest of the header. To an AKA challenge that proves wrongly: empty" },
	{ "cnonce",         IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 256,    NULL, "The client's nonce, with a qop or an algorithm in -sess; no quotes and backslashes" },
	{ "nc",             IMS_FIELD_STRING,  IMS_OPTIONAL, 8, 8,      NULL, "With a qop: how often the nonce was used, 8 hexadecimal digits" },
	{ "qop",            IMS_FIELD_STRING,  IMS_OPTIONAL, 0, 0,      "auth|auth-int", "One that the challenge offers; default auth if it does" },
	{ "auts",           IMS_FIELD_STRING,  IMS_OPTIONAL, 20, 20,    NULL, "AKA out of step: AUTS in base64" },
	{ "nonce",          IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 0,      NULL, "Of the challenge that is meant; another is refused" },
	{ "authorization",  IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 0,      NULL, "Instead of all these: the whole value of the header, which is passed on byte by byte, without integrity-protected. Its username, realm, nonce, uri and algorithm must be those of the challenge" },
	END
};

#define SRTP \
	{ "srtp",           IMS_FIELD_STRING,  IMS_OPTIONAL, 0, 0, "sdes_optional|sdes_mandatory", "SRTP towards the network with keys in the session description: where the other end takes it, or not without it; default: what the network's `srtp` says, which may also demand more" }, \
	{ "srtp_profile",   IMS_FIELD_STRING,  IMS_OPTIONAL, 0, 0, "AES_CM_128_HMAC_SHA1_32|AES_CM_128_HMAC_SHA1_80|AES_256_CM_HMAC_SHA1_32|AES_256_CM_HMAC_SHA1_80|AEAD_AES_128_GCM|AEAD_AES_256_GCM", "With srtp: the only crypto suite; default: those of the network's `srtp_profiles`" }

#define REFER_ID(text) { "refer_id", IMS_FIELD_INTEGER, IMS_OPTIONAL, 1, 9007199254740991, NULL, text }

static const ims_field call_fields[] = {
	{ "uri",            IMS_FIELD_STRING,  IMS_REQUIRED, 1, 1024,   NULL, "Whom to call: a sip:, sips: or tel: URI, or a number as it is dialled" },
	{ "call_id",        IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 256,    NULL, "The SIP Call-ID to use" },
	REFER_ID("Of the `transfer` event that asks for this call: the transferor hears how it goes"),
	{ "authuser",       IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 4096,   NULL, "Of a guest whose call is challenged: as in register; serves his later calls as well" },
	{ "secret",         IMS_FIELD_SECRET,  IMS_OPTIONAL, 1, 0,      NULL, "... the password; of other users not used" },
	{ "ha1_secret",     IMS_FIELD_SECRET,  IMS_OPTIONAL, 1, 0,      NULL, "... or its hash" },
	SPEAK,
	{ "autoaccept_reinvites", IMS_FIELD_BOOLEAN, IMS_OPTIONAL, 0, 0, NULL, "What the gateway can answer alone when the other party changes the call it answers alone; default true. With false a change that adds or removes media comes as `updatingcall`" },
	SRTP,
	HEADERS,
	END
};

static const ims_field transfer_fields[] = {
	{ "uri",            IMS_FIELD_STRING,  IMS_REQUIRED, 1, 1024,   NULL, "To whom, as in call" },
	{ "replace",        IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 256,    NULL, "`call_id` of a call of another handle of this registration, with that party: it is to take that call's place (attended). Default: none (blind)" },
	CALL_ID,
	HEADERS,
	END
};

static const ims_field accept_fields[] = {
	{ "autoaccept_reinvites", IMS_FIELD_BOOLEAN, IMS_OPTIONAL, 0, 0, NULL, "As in call" },
	SRTP,
	CALL_ID,
	HEADERS,
	END
};

static const ims_field decline_fields[] = {
	{ "code",           IMS_FIELD_INTEGER, IMS_OPTIONAL, 400, 699,  NULL, "SIP status to refuse with; default 486, of a change 488, of a transfer 603" },
	{ "uri",            IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 1024,   NULL, "Whom the network is to call instead of the user whose call rings, as in call: it is answered with 302, and what comes of it the network decides (communication deflection, 24.604)" },
	REFER_ID("Of a `transfer` event: that is what is refused"),
	CALL_ID,
	HEADERS,
	END
};

static const ims_field hangup_fields[] = { CALL_ID, HEADERS, END };

static const ims_field hold_fields[] = {
	{ "direction",      IMS_FIELD_STRING,  IMS_OPTIONAL, 0, 0, "sendonly|recvonly|inactive", "Media that still flows, seen from the user; default sendonly" },
	CALL_ID,
	END
};

static const ims_field dtmf_fields[] = {
	{ "digit",          IMS_FIELD_STRING,  IMS_REQUIRED, 1, 1, "0|1|2|3|4|5|6|7|8|9|*|#|A|B|C|D|a|b|c|d", "The key" },
	{ "duration",       IMS_FIELD_INTEGER, IMS_OPTIONAL, 40, 6000, NULL, "Milliseconds; default 160" },
	CALL_ID,
	HEADERS,
	END
};

static const ims_field info_fields[] = {
	{ "type",           IMS_FIELD_STRING,  IMS_REQUIRED, 1, 256,    NULL, "Its media type" },
	{ "content",        IMS_FIELD_TEXT,    IMS_REQUIRED, 1, MESSAGE_MAX_BASE64, NULL, "The body: 1 to 32768 bytes, as text or in base64" },
	{ "encoding",       IMS_FIELD_STRING,  IMS_OPTIONAL, 0, 0, "utf-8|base64", "As in message" },
	CALL_ID,
	HEADERS,
	END
};

static const ims_field message_fields[] = {
	{ "content",        IMS_FIELD_TEXT,    IMS_REQUIRED, 1, MESSAGE_MAX_BASE64, NULL, "The body: 1 to 32768 bytes, as text or in base64" },
	{ "encoding",       IMS_FIELD_STRING,  IMS_OPTIONAL, 0, 0, "utf-8|base64", "What content is: the text itself (default), or any bytes in base64, padded, without line breaks" },
	{ "content_type",   IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 256,    NULL, "Its media type; default text/plain;charset=UTF-8; mandatory with base64" },
	{ "uri",            IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 1024,   NULL, "Whom to send it to, as in call; without it, the other party of the call, inside the call's dialog" },
	{ "call_id",        IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 256,    NULL, "With uri: the SIP Call-ID to use; without it: of the call that is meant, as in hangup" },
	SPEAK,
	HEADERS,
	END
};

static const ims_field recording_fields[] = {
	{ "action",         IMS_FIELD_STRING,  IMS_REQUIRED, 0, 0, "start|stop|pause|resume", "Of what follows; what is not recorded is neither stopped nor paused nor resumed" },
	{ "audio",          IMS_FIELD_BOOLEAN, IMS_OPTIONAL, 0, 0, NULL, "What our user says; one of these four must be true. Of those, what runs in the call is recorded" },
	{ "video",          IMS_FIELD_BOOLEAN, IMS_OPTIONAL, 0, 0, NULL, "... and shows" },
	{ "peer_audio",     IMS_FIELD_BOOLEAN, IMS_OPTIONAL, 0, 0, NULL, "What the other party says" },
	{ "peer_video",     IMS_FIELD_BOOLEAN, IMS_OPTIONAL, 0, 0, NULL, "... and shows" },
	{ "filename",       IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 256, NULL, "With start: how the names of the files begin: up to 116 letters, digits and . _ -, the first no dot, and no path. `-user-audio`, `-user-video`, `-peer-audio` or `-peer-video` and .mjr follow. Default: the time and a random number" },
	{ "send_peer_pli",  IMS_FIELD_BOOLEAN, IMS_OPTIONAL, 0, 0, NULL, "Taken and not needed: the other party is asked for a key frame anyway when its video begins to be recorded" },
	CALL_ID,
	END
};

static const ims_field keyframe_fields[] = {
	{ "user",           IMS_FIELD_BOOLEAN, IMS_OPTIONAL, 0, 0, NULL, "Ask the browser for one" },
	{ "peer",           IMS_FIELD_BOOLEAN, IMS_OPTIONAL, 0, 0, NULL, "Ask the other party for one, as it takes it: RTCP PLI or FIR, or INFO" },
	CALL_ID,
	END
};

#define ADMIN_KEY { "admin_key", IMS_FIELD_SECRET, IMS_OPTIONAL, 1, 1024, NULL, "The operator's admin_key, where he has set one" }

static const ims_field rtp_forward_fields[] = {
	{ "streams",        IMS_FIELD_OBJECTS, IMS_REQUIRED, 1, 8,      NULL, "What to forward, and where to: all of them or none" },
	{ "streams.type",   IMS_FIELD_STRING,  IMS_REQUIRED, 0, 0,      "audio|video|peer_audio|peer_video", "What our user says or shows, or the other party" },
	{ "streams.host",   IMS_FIELD_STRING,  IMS_REQUIRED, 1, 64,     NULL, "The numeric address to send to, one that the operator allows (forward_to)" },
	{ "streams.port",   IMS_FIELD_INTEGER, IMS_REQUIRED, 1, 65535,  NULL, "... its UDP port" },
	{ "streams.host_family", IMS_FIELD_STRING, IMS_OPTIONAL, 0, 0,  "ipv4|ipv6", "What kind of address that must be" },
	{ "streams.ssrc",   IMS_FIELD_INTEGER, IMS_OPTIONAL, 1, 4294967295, NULL, "SSRC to send under; default: that of the stream" },
	{ "streams.srtp_suite", IMS_FIELD_INTEGER, IMS_OPTIONAL, 32, 80, NULL, "Send SRTP (AES-CM, 128 bits) with authentication tags of so many bits: 32 or 80" },
	{ "streams.srtp_crypto", IMS_FIELD_SECRET, IMS_OPTIONAL, 1, 64, NULL, "... with this master key and salt, as SDES has them: 30 bytes in base64" },
	{ "streams.pt",     IMS_FIELD_INTEGER, IMS_OPTIONAL, 1, 127,    NULL, "Payload type to send under; default: that of the stream" },
	ADMIN_KEY,
	CALL_ID,
	END
};

static const ims_field stop_rtp_forward_fields[] = {
	{ "stream_id",      IMS_FIELD_INTEGER, IMS_REQUIRED, 1, 4294967295, NULL, "The forwarder, as `rtp_forward` numbered it" },
	ADMIN_KEY,
	CALL_ID,
	END
};

static const ims_field listforwarders_fields[] = { ADMIN_KEY, CALL_ID, END };

static const ims_field subscribe_fields[] = {
	{ "event",          IMS_FIELD_STRING,  IMS_REQUIRED, 1, 256,    NULL, "The event package: message-summary, presence, dialog, conference, ..." },
	{ "to",             IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 1024,   NULL, "Whose, as in call; default: the user himself" },
	{ "accept",         IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 1024,   NULL, "Media types that NOTIFYs may have; default: that of the package" },
	{ "content",        IMS_FIELD_TEXT,    IMS_OPTIONAL, 1, 32768,  NULL, "The body of its SUBSCRIBEs, such as a filter (RFC 4660); default: none" },
	{ "content_type",   IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 256,    NULL, "... its media type; mandatory with content" },
	{ "subscribe_ttl",  IMS_FIELD_INTEGER, IMS_OPTIONAL, 1, 2592000, NULL, "Seconds to ask for; default 3600. The gateway refreshes it" },
	{ "call_id",        IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 256,    NULL, "The SIP Call-ID to use" },
	SPEAK,
	HEADERS,
	END
};

static const ims_field unsubscribe_fields[] = {
	{ "event",          IMS_FIELD_STRING,  IMS_REQUIRED, 1, 256,    NULL, "As in subscribe" },
	{ "to",             IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 1024,   NULL, "Whose; default: the user himself, or who is the only one" },
	{ "call_id",        IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 256,    NULL, "Of the subscription that is meant, when there are several" },
	END
};

static const ims_field trace_fields[] = {
	{ "enable",         IMS_FIELD_BOOLEAN, IMS_REQUIRED, 0, 0, NULL, "Whether to show them" },
	END
};

const ims_api_row ims_api_rows[] = {
	{ "register",   register_fields, NULL,     ims_req_register,   "Registers an identity with its IMS network",
	  "`registering`, then `registered` or `registration_failed`; with `auth` delegated `challenge` comes between them",
	  "{\"request\": \"register\", \"username\": \"sip:alice@ims.example\", \"secret\": \"...\", \"display_name\": \"Alice\"}", FALSE },
	{ "authenticate", authenticate_fields, NULL, ims_req_authenticate, "Answers a `challenge`, within `challenge_timeout_s`",
	  "`authenticating`, then what the challenged request leads to: `registered`, `registration_failed`, `unregistered`, an event of the call or message, or another `challenge`",
	  "{\"request\": \"authenticate\", \"nonce\": \"T3t0dE97fZE=\", \"response\": \"8ca523f5e9506fed4657c9700eebdbec\", \"cnonce\": \"f2wE4q74E6zIJEtW\", \"nc\": \"00000001\"}", FALSE },
	{ "refresh_token", refresh_token_fields, NULL, ims_req_refresh_token, "Goes on with a newer access token, also while a call runs: no registration outlasts its token",
	  "`token_refreshed` or `token_refresh_failed`",
	  "{\"request\": \"refresh_token\", \"access_token\": \"...\"}", FALSE },
	{ "unregister", no_fields,       NULL,     ims_req_unregister, "Ends the registration, and the call if there is one",
	  "`unregistering`, then `unregistered` after the network's answer or the time-out",
	  "{\"request\": \"unregister\"}", FALSE },
	{ "call",       call_fields,     "offer",  ims_req_call,       "Calls somebody",
	  "`calling`, then `proceeding`, `ringing` or `progress`, then `accepted` or `hangup`",
	  "{\"request\": \"call\", \"uri\": \"sip:bob@ims.example\"}", FALSE },
	{ "send_ringing", in_call_fields, NULL, ims_req_send_ringing, "Lets the caller hear that it rings here (180), where `automatic_ringing` of `register` is false; may come again",
	  "`ringingsent`",
	  "{\"request\": \"send_ringing\"}", TRUE },
	{ "progress",   accept_fields,   IMS_JSEP_EITHER, ims_req_progress, "Answers the call that rings here with media, and does not accept it yet (183): early media flow both ways. `accept` follows; its JSEP is not looked at",
	  "`progressing`",
	  "{\"request\": \"progress\"}", TRUE },
	{ "accept",     accept_fields,   IMS_JSEP_EITHER, ims_req_accept, "Answers the call that rings here; with an offer when `incomingcall` brought none",
	  "`accepted`; after an offer by `accepting`, then `accepted` with the JSEP answer",
	  "{\"request\": \"accept\"}", TRUE },
	{ "decline",    decline_fields,  NULL,     ims_req_decline,    "Refuses the call that rings here, the change that `updatingcall` asks for, or, with `refer_id`, the call that `transfer` asks for",
	  "`declining`, then `hangup`, or `updatefailed` and the call goes on",
	  "{\"request\": \"decline\", \"code\": 486}", TRUE },
	{ "transfer",   transfer_fields, NULL,     ims_req_transfer, "Sends the other party of the call to somebody else (REFER); the call itself is the page's to end",
	  "`transferring`, then `notify` each time that it says how far it has come, or `transferfailed`",
	  "{\"request\": \"transfer\", \"uri\": \"sip:carol@ims.example\", \"replace\": \"a84b4c76e66710\"}", TRUE },
	{ "hangup",     hangup_fields,   NULL,     ims_req_hangup,     "Ends the call in whatever state it is",
	  "`hangingup`, then `hangup`",
	  "{\"request\": \"hangup\"}", TRUE },
	{ "hold",       hold_fields,     NULL,     ims_req_hold,       "Holds the call",
	  "`holding`",
	  "{\"request\": \"hold\", \"direction\": \"sendonly\"}", TRUE },
	{ "unhold",     in_call_fields, NULL,  ims_req_unhold,     "Takes the call up again",
	  "`resuming`",
	  "{\"request\": \"unhold\"}", TRUE },
	{ "update",     in_call_fields, IMS_JSEP_EITHER, ims_req_update, "Changes the media of the call by an offer, or answers the `updatingcall` of the other party",
	  "`updating`, then `updated` with the JSEP answer, or `updatefailed`; after an answer by `updated`",
	  "{\"request\": \"update\"}", TRUE },
	{ "dtmf_info",  dtmf_fields,     NULL,     ims_req_dtmf_info,  "Sends a digit to the other party",
	  "`dtmfsent`",
	  "{\"request\": \"dtmf_info\", \"digit\": \"5\", \"duration\": 160}", TRUE },
	{ "info",       info_fields,     NULL,     ims_req_info,   "Sends an INFO inside the call, of any type",
	  "`infosent`",
	  "{\"request\": \"info\", \"type\": \"application/vnd.example+json\", \"content\": \"{}\"}", TRUE },
	{ "recording",  recording_fields, NULL,    ims_req_recording,  "Records the call into files of Janus (.mjr), a file for each side and medium, where the operator has set a folder. It ends with the call",
	  "`recordingupdated`; `recordingfailed` whenever a file comes to nothing",
	  "{\"request\": \"recording\", \"action\": \"start\", \"audio\": true, \"peer_audio\": true, \"filename\": \"call-4711\"}", TRUE },
	{ "keyframe",   keyframe_fields, NULL,     ims_req_keyframe,   "Asks for a key frame of the video of one side or both",
	  "`keyframesent`",
	  "{\"request\": \"keyframe\", \"user\": true, \"peer\": true}", TRUE },
	{ "rtp_forward", rtp_forward_fields, NULL, ims_req_rtp_forward, "Sends the RTP of the call to somebody else as well, as far as the operator allows. It ends with the call, which has 8 forwarders at most",
	  "`rtp_forward`",
	  "{\"request\": \"rtp_forward\", \"streams\": [{\"type\": \"peer_audio\", \"host\": \"192.0.2.5\", \"port\": 5002}]}", TRUE },
	{ "stop_rtp_forward", stop_rtp_forward_fields, NULL, ims_req_stop_rtp_forward, "Ends a forwarder",
	  "`stop_rtp_forward`",
	  "{\"request\": \"stop_rtp_forward\", \"stream_id\": 3405691582}", TRUE },
	{ "listforwarders", listforwarders_fields, NULL, ims_req_listforwarders, "Lists the forwarders of the call",
	  "`forwarders`",
	  "{\"request\": \"listforwarders\"}", TRUE },
	{ "message",    message_fields,  NULL,     ims_req_message,    "Sends a message (SIP MESSAGE), any bytes, to somebody or to the other party of the call",
	  "`messagesent`, then exactly one `messagedelivery`",
	  "{\"request\": \"message\", \"uri\": \"sip:bob@ims.example\", \"content\": \"Hello Bob\"}", FALSE },
	{ "subscribe",  subscribe_fields, NULL,    ims_req_subscribe,  "Subscribes to an event of the network's (SIP SUBSCRIBE), or refreshes that; 16 at most, which end with the registration",
	  "`subscribing`, then `subscribe_succeeded` or `subscribe_failed`; each `notify` may come before",
	  "{\"request\": \"subscribe\", \"event\": \"message-summary\", \"accept\": \"application/simple-message-summary\"}", FALSE },
	{ "unsubscribe", unsubscribe_fields, NULL, ims_req_unsubscribe, "Ends a subscription",
	  "`unsubscribing`, then `subscribe_succeeded` with `expires` 0; a last `notify` if the network sends one",
	  "{\"request\": \"unsubscribe\", \"event\": \"message-summary\"}", FALSE },
	{ "ice_servers", no_fields,      NULL,     ims_req_ice_servers, "Asks for TURN servers and fresh credentials for them; only when registered, 20 times a minute at most",
	  "`ice_servers`, with an empty list when the operator has none",
	  "{\"request\": \"ice_servers\"}", FALSE },
	{ "reset",      no_fields,       NULL,     ims_req_reset,      "Does nothing: here no call can leave anything behind; for pages that send it",
	  "`reset`",
	  "{\"request\": \"reset\"}", FALSE },
	{ "status",     no_fields,       NULL,     ims_req_status,     "Tells registration and call, as after a reconnect",
	  "`status`, with the offer of a call that rings unanswered",
	  "{\"request\": \"status\"}", FALSE },
	{ "trace",      trace_fields,    NULL,     ims_req_trace,      "Shows the SIP messages of this handle's registration and calls from now on, where the operator allows it (`general.allow_client_trace`)",
	  "`tracing`, then a `trace` for each message",
	  "{\"request\": \"trace\", \"enable\": true}", FALSE },
	{ NULL, NULL, NULL, NULL, NULL, NULL, NULL, FALSE }
};
/* clang-format on */
