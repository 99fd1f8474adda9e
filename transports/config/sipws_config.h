/* sipws_config.h: what the operator has chosen, read once, immutable.
 *
 * Thread: any. Owner: reference counted. The keys, their defaults and ranges stand once, in
 * sipws_config_table.c; the sample is conf/janus.transport.sipws.jcfg.sample. */
#pragma once
#include <glib.h>

typedef struct {
	char *file; /* where it was read from */
	gboolean enabled;

	/* where clients come from */
	char *address;  /* numeric, to listen on; NULL: all */
	guint wss_port; /* 0: no wss */
	char *cert_pem, *cert_key, *cert_pwd;
	gboolean lab;            /* without it there is no ws (REQ-140) and no "*" among origins */
	guint ws_port;           /* 0: no ws */
	char *path;              /* of the handshake's URL; NULL: any */
	GPtrArray *origins;      /* of char *: scheme://host[:port], or "*" (REQ-141) */
	gboolean without_origin; /* clients that send no Origin are let in */

	/* how they may prove themselves beside SIP (REQ-155) */
	char *token_cookie; /* name of the cookie that holds an access token; NULL: none is looked at */
	char *token_query;  /* ... of the parameter of the URL */

	/* limits (REQ-144) */
	guint connections, connections_per_address, connections_per_minute;
	guint overload_lag_ms;                     /* that work may wait; 0: however long */
	guint message_size;                        /* bytes of a frame, put together */
	guint messages_per_minute;                 /* of a connection */
	guint transactions;                        /* open at a time, of a connection */
	guint calls;                               /* at a time, of a connection */
	guint subscriptions;                       /* of a connection */
	guint send_queue;                          /* bytes that wait for a slow reader */
	guint reclaim_s;                           /* calls whose socket is gone go on for so long; 0: not */
	guint handshake_s, idle_s, ping_s, pong_s; /* idle_s: without a registration */

	/* registrations */
	guint expires_min_s,
		expires_max_s; /* that a client is granted; the network's own is the gateway's to refresh */

	/* Janus */
	char *api_secret, *token;
	guint event_loop; /* of the handles of registrations, from 1; 0: the first where Janus has several and
			     lets clients choose, else its own choice */
} sipws_config;

/* file: path. NULL with IMS_E_CONFIG: file, key, value and what is allowed. A file that is not there: enabled
 * is FALSE. */
sipws_config *sipws_config_read(const char *file, GError **error);
sipws_config *sipws_config_parse(const char *text, const char *name_for_errors, GError **error);
sipws_config *sipws_config_ref(const sipws_config *config);
void sipws_config_unref(sipws_config *config);
/* Whether it stands among origins as it is; so "*" has to be asked for by itself. */
gboolean sipws_config_has_origin(const sipws_config *config, const char *origin);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(sipws_config, sipws_config_unref)
