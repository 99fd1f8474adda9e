/* sipws_config_table.c: every key of the file, once. conf/janus.transport.sipws.jcfg.sample says the same to
 * operators; a unit test holds the two together. */
#include "config/ims_config_rows.h"
#include "config/internal.h"

enum { MESSAGE_MAX = 65536 };

#define GENERAL(field) KEY("general", sipws_config, field)
#define TOKENS(field) KEY("tokens", sipws_config, field)
#define LIMITS(field) KEY("limits", sipws_config, field)
#define REGISTRATIONS(field) KEY("registrations", sipws_config, field)
#define JANUS(field) KEY("janus", sipws_config, field)

#define STRING(check_, allowed_) STRING_AS(sipws_config_check_##check_, allowed_)
#define NAME "up to 64 letters, digits, -, . and _, or \"\""

/* clang-format off */
static const ims_config_key rows[] = {
	{ GENERAL(enabled), BOOLEAN("false"),
	  .doc = "Whether clients are served." },
	{ GENERAL(address), STRING(address_or_none, IMS_CONFIG_ADDRESS ", or \"\""), .fallback = "\"\"",
	  .doc = "Where clients come in. With \"\" at every address of this host." },
	{ GENERAL(wss_port), NUMBER(0, 65535, "8443"),
	  .doc = "Port of wss, SIP over WebSocket over TLS. 0: none, which needs ws_port." },
	{ GENERAL(cert_pem), STRING_AS(ims_config_check_path, "the path of a file, or \"\""), .fallback = "\"\"",
	  .doc = "Certificate of this host in PEM, with those that it depends on behind it. When this file or cert_key changes "
		 "it is read anew within a minute." },
	{ GENERAL(cert_key), STRING_AS(ims_config_check_path, "the path of a file, or \"\""), .fallback = "\"\"",
	  .doc = "Its private key in PEM. With \"\" it is in cert_pem as well." },
	{ GENERAL(cert_pwd), STRING_AS(ims_config_check_secret, IMS_CONFIG_SECRET), .fallback = "\"\"", .secret = TRUE,
	  .doc = "Passphrase of the private key." },
	{ GENERAL(lab), BOOLEAN("false"),
	  .doc = "This is a laboratory: settings that must never meet the public are allowed." },
	{ GENERAL(ws_port), NUMBER(0, 65535, "0"),
	  .doc = "Port of ws, without TLS; needs lab = true. 0: none." },
	{ GENERAL(path), STRING(path, "\"/...\", or \"\""), .fallback = "\"\"",
	  .doc = "Path of the URL that clients ask for; others are answered 404. With \"\" any." },
	{ GENERAL(origins), LIST_AS(sipws_config_check_origin, "scheme://host or scheme://host:port, or \"*\" in a laboratory"),
	  .fallback = "[ ]",
	  .doc = "Web pages that may come, as browsers name them in Origin; all others are answered 403." },
	{ GENERAL(without_origin), BOOLEAN("false"),
	  .doc = "Let clients in that send no Origin: those are no browsers." },

	{ TOKENS(token_cookie), STRING(name, NAME), .fallback = "\"\"",
	  .doc = "Name of a cookie of the handshake that holds an access token, with which its client may register. With \"\" "
		 "none is looked at." },
	{ TOKENS(token_query), STRING(name, NAME), .fallback = "\"\"",
	  .doc = "Name of a parameter of the URL that holds one. URLs are written down in many places. With \"\" none is looked at." },

	{ LIMITS(connections), NUMBER(1, 1000000, "500"),
	  .doc = "Connections at a time. Each needs a descriptor (LimitNOFILE)." },
	{ LIMITS(connections_per_address), NUMBER(0, 1000000, "50"),
	  .doc = "... of one address, an IPv6 network of 64 bits counting as one. 0: no limit, as behind a proxy, where all have "
		 "its address." },
	{ LIMITS(connections_per_minute), NUMBER(0, 1000000, "120"),
	  .doc = "Attempts to connect in a minute, of one address. 0: no limit." },
	{ LIMITS(overload_lag_ms), NUMBER(0, 10000, "250"),
	  .doc = "Milliseconds that what clients send and Janus says may wait for this transport, all of it and for a while, before "
		 "fewer new clients are let in; those are answered 503. 0: all are let in." },
	{ LIMITS(message_size), NUMBER(1024, MESSAGE_MAX, "65536"),
	  .doc = "Bytes of a message, however many fragments it comes in." },
	{ LIMITS(messages_per_minute), NUMBER(0, 1000000, "600"),
	  .doc = "Messages, keep-alives included, that one connection may send in a minute. 0: no limit." },
	{ LIMITS(transactions), NUMBER(1, 10000, "64"),
	  .doc = "SIP transactions of a connection that may be open at a time; more are answered 503." },
	{ LIMITS(calls), NUMBER(1, 30, "8"),
	  .doc = "Calls of a connection at a time; more are answered 486 or 503." },
	{ LIMITS(subscriptions), NUMBER(0, 1000, "16"),
	  .doc = "Subscriptions of a connection at a time; more are answered 503." },
	{ LIMITS(send_queue), NUMBER(MESSAGE_MAX, 16777216, "262144"),
	  .doc = "Bytes that may wait for a client that does not read them; then its connection is cut." },
	{ LIMITS(reclaim_s), NUMBER(0, 3600, "30"),
	  .doc = "Seconds that the calls of a connection that was cut go on, for its client to come back and register. "
		 "0: they end with it." },
	{ LIMITS(handshake_s), NUMBER(1, 300, "10"),
	  .doc = "Seconds that a client may take for TLS, and for the HTTP headers after it." },
	{ LIMITS(idle_s), NUMBER(1, 86400, "60"),
	  .doc = "Seconds that a connection may last without a registration or a call." },
	{ LIMITS(ping_s), NUMBER(0, 3600, "25"),
	  .doc = "Seconds of silence of a client after which it is sent a Ping; 0: never." },
	{ LIMITS(pong_s), NUMBER(1, 300, "10"),
	  .doc = "Seconds that it may take to show that it is still there; then its connection is cut." },

	{ REGISTRATIONS(expires_min_s), NUMBER(10, 86400, "60"),
	  .doc = "The shortest registration that a client may ask for; less is answered 423." },
	{ REGISTRATIONS(expires_max_s), NUMBER(10, 604800, "600"),
	  .doc = "The longest one that a client is granted; towards the core it is refreshed by the gateway in its own time." },

	{ JANUS(api_secret), STRING_AS(ims_config_check_secret, IMS_CONFIG_SECRET), .fallback = "\"\"", .secret = TRUE,
	  .doc = "The api_secret of janus.jcfg, if it has one." },
	{ JANUS(token), STRING_AS(ims_config_check_secret, IMS_CONFIG_SECRET), .fallback = "\"\"", .secret = TRUE,
	  .doc = "A token of Janus's stored tokens (token_auth), if it wants one." },
	{ JANUS(event_loop), NUMBER(0, 4096, "0"),
	  .doc = "The static event loop of Janus that serves the handles of registrations, from 1; calls have others. 0: the first, where "
		 "Janus has several (event_loops) and lets clients choose (allow_loop_indication); else Janus chooses." },
};
/* clang-format on */

const ims_config_table sipws_config_keys = { rows, G_N_ELEMENTS(rows) };
