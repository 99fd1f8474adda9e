/* ims_credentials.h: how our requests other than REGISTER prove whose they are (RFC 3261 22.2, 22.3).
 *
 * Whoever has the secret makes ims_credentials of it and revokes them when it is gone; requests under way
 * keep references. When it is the client who has it, requests wait for him in a queue, and he is asked about
 * one after the other. Pure. Thread: the SIP thread. */
#pragma once
#include <glib.h>

typedef struct ims_credentials ims_credentials;

/* What one request needs. Borrowed. */
typedef struct {
	const char *method, *uri;    /* its request line */
	const char *call_id;         /* NULL: not known */
	GBytes *body;                /* NULL: none */
	const GPtrArray *challenges; /* of char *: header values of the 401 or 407; NULL: none has come, or
					the last ones have been answered by whom they were told */
	gboolean proxy;              /* they are Proxy-Authenticate */
	guint answers;               /* that this request has given before */
} ims_credentials_ask;

typedef enum {
	IMS_CREDENTIALS_NONE,  /* none are known yet; or the challenges are not to be answered (again) */
	IMS_CREDENTIALS_GIVEN, /* the request can be sent */
	IMS_CREDENTIALS_ASKED, /* ... later, if at all: somebody else is asked. To challenges only */
} ims_credentials_verdict;

/* ret_lines: when given, Authorization, Proxy-Authorization, or both. Free with g_free. */
typedef ims_credentials_verdict ims_credentials_source(const ims_credentials_ask *ask, char **ret_lines,
						       gpointer user);
/* Nobody is asked at the moment, and a request waits: call ims_credentials_next soon, but not at once. */
typedef void ims_credentials_due(gpointer user);

/* due: NULL for a source that asks nobody. */
ims_credentials *ims_credentials_new(ims_credentials_source *source, ims_credentials_due *due, gpointer user);
ims_credentials *ims_credentials_ref(ims_credentials *credentials); /* both accept NULL */
void ims_credentials_unref(ims_credentials *credentials);
/* The source will not be asked any more; who waits goes without. Accepts NULL. */
void ims_credentials_revoke(ims_credentials *credentials);

/* What one request is asked about at the moment. FALSE: nobody is asked. Accepts NULL. Borrowed until the
 * next call. */
gboolean ims_credentials_asks(const ims_credentials *credentials, ims_credentials_ask *ret_ask);
void ims_credentials_answered(ims_credentials *credentials); /* the source has the answer, and gives it now */
void ims_credentials_next(ims_credentials *credentials);     /* asks about the next, if nobody is asked */
void ims_credentials_give_up(ims_credentials *credentials);  /* who waits goes without; accepts NULL */

/* What one request says about itself, sending after sending. Zeroed: nothing, and challenges are not
 * answered. It stays where it is while it waits. */
typedef struct {
	const char *method;
	const char *call_id; /* NULL: not known */
	GBytes *body;        /* NULL: none */
	/* After IMS_CREDENTIALS_ASKED, once, unless it is cleared before. given: it is to be sent again;
	 * else the network's answer stands. It may be cleared there. */
	void (*resumed)(gboolean given, gpointer user);
	gpointer user;
} ims_authorization_setup;

typedef struct {
	ims_credentials *credentials;
	ims_authorization_setup setup; /* its texts and body are owned */
	guint answers;
	char *lines; /* of the next sending, later of the last; NULL: none */

	char *uri; /* NULL: it does not wait */
	GPtrArray *challenges;
	gboolean proxy, asked; /* asked: it is its turn */
} ims_authorization;

void ims_authorization_init(ims_authorization *authorization, ims_credentials *credentials,
			    const ims_authorization_setup *setup);
void ims_authorization_clear(ims_authorization *authorization);
/* Before it is sent for the first time, or to another host: what is known already. */
void ims_authorization_begin(ims_authorization *authorization, const char *uri);
/* A final answer has come. GIVEN: it is a challenge, and the request is to be sent again with these lines;
 * ASKED: perhaps later, `resumed` says. */
ims_credentials_verdict ims_authorization_heed(ims_authorization *authorization, const char *uri,
					       GPtrArray *challenges, gboolean proxy);
