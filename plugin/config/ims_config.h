/* ims_config.h: janus.plugin.ims.jcfg -> an immutable, refcounted snapshot.
 *
 * Every key is listed once, in ims_config_table.c, with its type, range, default and
 * sentence of documentation; a key is called like its field, its section like its struct. A wrong or unknown
 * value refuses the whole file with IMS_E_CONFIG: "file: section.key = value: what is allowed". Read with
 * libconfig.
 *
 * Thread: any; a snapshot never changes. */
#pragma once
#include <glib.h>

typedef enum {
	IMS_ROLE_EDGE, /* eP-CSCF on Mw */
	IMS_ROLE_UE,   /* user agent towards a P-CSCF or any registrar */
} ims_role;

/* A private identity that is not named. */
typedef enum { IMS_IMPI_BY_ROLE, IMS_IMPI_OF_IDENTITY, IMS_IMPI_OF_USER } ims_impi_form;

typedef enum {
	IMS_TRANSPORT_AUTO, /* UDP, and TCP for requests over 1300 bytes (RFC 3261 18.1.1, REQ-107) */
	IMS_TRANSPORT_UDP,  /* whatever the size */
	IMS_TRANSPORT_TCP,
} ims_transport;

typedef enum {
	IMS_W2_TLS,       /* the operator's Janus transports are https and wss only */
	IMS_W2_PLAIN_LAB, /* they are not: laboratory, needs general.lab = true */
} ims_w2;

typedef enum {
	IMS_RTP_LATCH,  /* from where its first valid packet comes */
	IMS_RTP_STRICT, /* from the address and port that it signalled */
} ims_rtp_source;

typedef enum {
	IMS_SRTP_UNLESS_ASKED, /* nothing is offered unless a client wants it; what is offered is taken */
	IMS_SRTP_IF_TAKEN,     /* RTP/AVP with keys beside */
	IMS_SRTP_ALWAYS,       /* RTP/SAVP, and no plain RTP */
} ims_srtp_rule;

typedef enum {
	IMS_CLIENT_SECRET_BASIC, /* RFC 6749 2.3.1, in a header */
	IMS_CLIENT_SECRET_POST,  /* ... in the body */
} ims_client_auth;

/* A web authorisation function (WAF) whose access tokens are taken. URIs are https; also http where
 * general.lab = true. Keys that say so are optional and "" when not given. */
typedef struct {
	char *name;                   /* key of its section */
	char *issuer;                 /* iss of its tokens, letter by letter */
	char *metadata;               /* optional; default: where OpenID and RFC 8414 put it */
	char *jwks_uri;               /* optional; default: what the metadata say */
	char *introspection_endpoint; /* optional; default: what the metadata say */
	char *client_id;              /* optional: ours, at the introspection endpoint */
	char *client_secret;          /* optional */
	char *client_secret_file;     /* optional: where it is read from */
	ims_client_auth client_auth;
	gboolean opaque;       /* tokens that are no JWTs are asked about here */
	char *ca_file;         /* optional: PEM, instead of this host's authorities */
	char *audience;        /* that aud must have: us */
	char *scope;           /* that scope must have, "ims"; "": none */
	GPtrArray *typ;        /* of char *, lower case: types of JWTs; default at+jwt (REQ-64) */
	GPtrArray *algorithms; /* of char *; default RS256, PS256, ES256, EdDSA (REQ-62) */
	char *claim_impi;      /* REQ-71; defaults impi, impu, client_id */
	char *claim_impu;
	char *claim_wwsf;
	GPtrArray *clients;    /* of char *: WWSFs whose tokens are taken; empty: all */
	GPtrArray *identities; /* of char *: patterns of what it may speak for; empty: everything */
	GPtrArray *pool;       /* of char *, "CLIENT PATTERN": what a WWSF may hand out (REQ-59) */
	guint skew_s;          /* of clocks; 0 to 60 */
	guint timeout_s;       /* of a request to it; 1 to 30 */
	guint keys_lifetime_s; /* 60 to 86400 */
	guint keys_retry_s;    /* least time between two fetches; 1 to 3600 */
	guint keys_outage_s;   /* how long keys serve that cannot be renewed; 0 to 2592000 */
	guint introspection_s; /* how long an answer serves; 0 to 300 */
} ims_issuer;

typedef enum {
	IMS_TOKEN_MODE_TRUSTED_NODE, /* we verify it, and the network takes our word (33.203 X.3) */
	IMS_TOKEN_MODE_BEARER,       /* the network gets it and verifies it (RFC 8898) */
} ims_token_mode;

/* Headers that say something about a call, and cross the edge only where the operator lets them (REQ-101). */
#define IMS_CONDITIONAL_HEADERS "Alert-Info", "Call-Info", "History-Info", "Reason", "Warning"

/* One IMS home network and how we stand to it. */
typedef struct {
	char *name;   /* key of its section */
	char *domain; /* home network domain name, "ims.example" */
	ims_role role;
	ims_transport transport;    /* where the core's URIs name none */
	char *entry_point;          /* "host", "host:port", with ";transport=": the I-CSCF, or in role ue
				       the P-CSCF, proxy or registrar; default: the domain */
	char *entry_host;           /* the same taken apart: a name, or an address in normal form */
	guint16 entry_port;         /* 0: none given */
	char *entry_uri;            /* ... and as a SIP URI */
	char *tls_proxy;            /* "address:port" that carries our TCP to the core over TLS; NULL: none */
	char *tls_proxy_uri;        /* the same as a SIP URI */
	GPtrArray *core_addresses;  /* of char *: numeric addresses that may send us SIP (REQ-143), among
				       them the TLS proxy's, without one a numeric entry point's */
	char *visited_network_id;   /* P-Visited-Network-ID; default: the domain */
	char *visited_network_name; /* orig-ioi "Type 1<name>"; default: visited_network_id */
	char *access_network_info;  /* P-Access-Network-Info without network-provided, which the edge adds;
				       NULL: none sent (REQ-09) */
	gboolean integrity_quoted;  /* integrity-protected="x" or the bare token; default TRUE */
	ims_impi_form private_identity;
	GPtrArray *auth_schemes; /* of char *, as register's `auth`; not empty (REQ-39) */
	GPtrArray *
		digest_algorithms; /* of char *, as in a challenge, the preferred first; not empty (REQ-37) */
	guint register_expires_s;  /* asked for; 60 to 600000, default 600000 (24.229 5.1.1.2) */
	char *conference_factory;  /* URI that opens a conference; "": none */
	char *e_cscf;     /* where emergency calls go, as entry_point; NULL: they are refused (REQ-103) */
	char *e_cscf_uri; /* the same as a SIP URI */
	GPtrArray *emergency_numbers; /* of char *; default 112, 911, 999, 110, 118, 119, 000, 08 (22.101) */
	gboolean reg_event;           /* ask what the network knows of registrations (REQ-23); default TRUE */
	gboolean gruu;                /* ask for GRUUs, and use them (REQ-88); default TRUE */
	GPtrArray *feature_tags; /* of char *: Contact parameters besides +sip.instance, as they stand on the
				    wire */
	GPtrArray *
		video_codecs; /* of char *, "H264" or "VP8", in order of preference; default H264 (REQ-126) */
	guint video_kbps;     /* of a video stream; 64 to 20000, default 1500 */
	GPtrArray *codecs;    /* of char *, audio, as SDP names them; empty: what browsers know, as who offers
				 likes */
	gboolean preconditions;   /* offered in calls to the network (RFC 3312); default TRUE */
	ims_srtp_rule srtp;       /* towards this network (SDES) */
	GPtrArray *srtp_profiles; /* of char *: crypto suites, as RFC 4568 names them, the preferred first;
				     not empty */
	ims_rtp_source rtp_source;
	guint dscp;              /* of RTP; 0 to 63, default 46 (EF) */
	guint quality_s;         /* between quality events; 0: none, default 30 */
	guint rtp_timeout_s;     /* of silence of the far end; 0: never, default 300 */
	guint session_expires_s; /* Session-Expires of ours (RFC 4028); 0: we do not ask for one; up to 86400,
				    default 1800 */
	guint min_se_s; /* the least that we take; 1 to 86400, below 90 in a laboratory; default 90 */
	GPtrArray *token_issuers; /* of char *: names of issuers; empty: no tokens, or unverified in mode
				     bearer */
	ims_token_mode token_mode;
	char *wwsf_parameter;   /* of Authorization, that names the WWSF beside auth-done; NULL: none (REQ-58)
				 */
	guint token_expiring_s; /* a client hears so long before its token ends; 0: never, default 60 */
	guint token_recheck_s;  /* between questions whether a token is good yet; 0: never, default 300 */
	gboolean follow_redirects;    /* of a 3xx to users of the domain, once; default FALSE */
	GPtrArray *headers_to_client; /* of char *: of IMS_CONDITIONAL_HEADERS, that clients may see, ... */
	GPtrArray
		*headers_from_client; /* ... that they may send; default of both: but History-Info, Warning */
	guint max_answers; /* how often a registration attempt, or another request, answers challenges; 2 for
			      Digest */
} ims_network;

typedef struct {
	char *address;        /* local SIP address, numeric; no default */
	guint16 port;         /* 5060 */
	char *public_address; /* what Via, Contact and Path show; default: address */
	guint sip_t1_ms;      /* RFC 3261 T1, 500 */
	guint keepalive_s;    /* between questions over an idle TCP connection; 1 to 3600, 30 */
} ims_config_sip;

typedef struct {
	char *address;              /* local RTP address towards the core; default: sip.address */
	char *public_address;       /* what SDP shows; default: address */
	guint16 port_min, port_max; /* RTP/RTCP port pairs; even min; default 20000 to 29999 */
	guint browser_timeout_s;    /* of silence of the browser; 0: never, default 60 */
	char *recordings;           /* absolute path of the folder of recordings; "": nothing is recorded */
	GPtrArray *forward_to;      /* of char *, "192.0.2.5" or "192.0.2.0/24": where rtp_forward may send */
} ims_config_media;

/* Of everybody together, unless it says of whom. 0: no limit. */
typedef struct {
	guint max_registrations, max_calls;               /* at a time */
	guint registrations_per_second, calls_per_second; /* that begin */
	guint overload_lag_ms;   /* that work may wait before new work is refused; 0 to 10000, default 250 */
	guint spare_descriptors; /* that calls leave to the rest of the process; default 200 */
	guint retry_after_s;     /* what the refused are told, about; 1 to 3600, default 10 */
	guint messages_per_minute; /* of one user, each way; default 120 */
	/* Registrations that may fail because somebody does not prove who he is. */
	guint handle_failures_per_minute;   /* default 5 */
	guint identity_failures_per_minute; /* default 10 */
	guint failures_per_minute;          /* default 1000 */
} ims_config_limits;

/* TURN servers whose credentials registered users are given (REQ-145). Keys not given are "". */
typedef struct {
	GPtrArray *urls;   /* of char *, as RTCIceServer has them; empty: none */
	char *secret;      /* shared with the servers; wiped at the end */
	char *secret_file; /* optional: where it is read from */
	guint ttl_s;       /* how long credentials are good; 60 to 86400, default 3600 */
} ims_config_turn;

typedef struct ims_config {
	gboolean allow_guest; /* users who call and are not registered */
	gboolean lab, strict_api, allow_client_proxy, allow_client_trace,
		events;           /* events: notify event handlers */
	gboolean allow_plain_aka; /* AKA although w2 is plain-lab (REQ-41) */
	ims_w2 w2;
	guint reclaim_s;           /* 0 to 3600, default 10 */
	guint update_timeout_s;    /* a change by the peer that waits for the browser; 1 to 30, default 20 */
	guint challenge_timeout_s; /* a challenge that waits for the client; 1 to 240, default 30 */
	guint ring_timeout_s;      /* call unanswered; 10 to 600, default 180 */
	guint shutdown_s;          /* bound of deregistering everybody at the end; 0 to 60, default 5 */
	char *audit_log;           /* absolute path; "": none */
	char *admin_key;           /* what rtp_forward has to bring; "": nothing. Wiped at the end */
	char *admin_key_file;      /* optional: where it is read from */
	guint gateway_threads;     /* pool that pushes events to Janus; 1 to 256, default 16 */
	GPtrArray *dns_servers;    /* of char *: "address" or "address:port"; empty: /etc/resolv.conf */
	ims_config_limits limits;
	ims_config_sip sip;
	ims_config_media media;
	ims_config_turn turn;
	GPtrArray *issuers;  /* of ims_issuer */
	GPtrArray *networks; /* of ims_network, at least one; the first is the default */
} ims_config;

ims_config *ims_config_load(const char *path, GError **error);
ims_config *ims_config_parse(const char *text, const char *name_for_errors, GError **error);
ims_config *ims_config_ref(const ims_config *config);
void ims_config_unref(ims_config *config);

const ims_network *ims_config_network(const ims_config *config,
				      const char *name); /* NULL: none of that name */
const ims_network *ims_config_network_of_domain(const ims_config *config, const char *domain);
const ims_issuer *ims_config_issuer(const ims_config *config, const char *name); /* NULL: none of that name */
gboolean ims_config_names_issuer(const ims_config *config, const char *name); /* a network takes its tokens */
/* ims_config_compare.c: what an operator has changed. */
gboolean ims_config_same_network(const ims_network *a, const ims_network *b);
/* Outside of networks: of char *, "general.reclaim_s". Free with g_ptr_array_unref. */
GPtrArray *ims_config_changes(const ims_config *a, const ims_config *b);
/* The i-th of its token_issuers; NULL: it has no more. */
const ims_issuer *ims_config_issuer_of(const ims_config *config, const ims_network *network, guint i);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ims_config, ims_config_unref)
