/* ims_credentials.h: how our requests other than REGISTER prove whose they are (RFC 3261 22.2, 22.3).
 *
 * Whoever has the secret makes ims_credentials of it and revokes them when it is gone; requests under way
 * keep references. Pure. Thread: the SIP thread. */
#pragma once
#include <glib.h>

typedef struct ims_credentials ims_credentials;

/* What one request needs. Borrowed. */
typedef struct {
	const char *method, *uri;    /* its request line */
	GBytes *body;                /* NULL: none */
	const GPtrArray *challenges; /* of char *: header values of the 401 or 407; NULL: none has come */
	gboolean proxy;              /* they are Proxy-Authenticate */
	guint answers;               /* that this request has given before */
} ims_credentials_ask;

/* Header lines: Authorization, Proxy-Authorization, or both. NULL: none are known yet; or the challenges are
 * not to be answered (again). Free with g_free. */
typedef char *ims_credentials_source(const ims_credentials_ask *ask, gpointer user);

ims_credentials *ims_credentials_new(ims_credentials_source *source, gpointer user);
ims_credentials *ims_credentials_ref(ims_credentials *credentials); /* both accept NULL */
void ims_credentials_unref(ims_credentials *credentials);
void ims_credentials_revoke(ims_credentials *credentials); /* the source will not be asked any more */

/* What one request says about itself, sending after sending. Zeroed: nothing, and challenges are not
 * answered. */
typedef struct {
	ims_credentials *credentials;
	char *method;
	GBytes *body;
	guint answers;
	char *lines; /* of the next sending, later of the last; NULL: none */
} ims_authorization;

/* body: of the request; NULL: none. */
void ims_authorization_init(ims_authorization *authorization, ims_credentials *credentials,
			    const char *method, GBytes *body);
void ims_authorization_clear(ims_authorization *authorization);
/* Before it is sent for the first time, or to another host: what is known already. */
void ims_authorization_begin(ims_authorization *authorization, const char *uri);
/* A final answer has come. TRUE: it is a challenge, and the request is to be sent again with these lines. */
gboolean ims_authorization_heed(ims_authorization *authorization, const char *uri,
				const GPtrArray *challenges, gboolean proxy);
