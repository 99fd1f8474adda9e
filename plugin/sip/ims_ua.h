/* ims_ua.h: requests outside any dialog: REGISTER. Thread: the SIP thread. */
#pragma once
#include <glib.h>
#include "sip/ims_link.h"
#include "sip/ims_stack.h"

typedef struct {
	const ims_network *network;
	const char *registrar; /* Request-URI, "sip:ims.example" */
	const char *next_hop;  /* numeric SIP URI where it is sent */
	const char *aor;       /* From and To: the IMPU */
	const char *from_tag;
	const char *call_id;
	guint32 cseq;
	const char *contact;             /* whole header value, with parameters and expires */
	const char *contact_user;        /* finds our contact again in the answer */
	const char *authorization;       /* header value; NULL: none */
	const char *proxy_authorization; /* the same */
	const char *headers;             /* further header lines, CRLF between them; NULL: none */
} ims_register_request;

typedef struct {
	int status;
	char *reason;
	gboolean internal;        /* made by the stack: nobody answered, or unreachable */
	GPtrArray *challenges;    /* of char *: WWW-Authenticate and Proxy-Authenticate values in order */
	gboolean proxy;           /* they are Proxy-Authenticate (407) */
	GPtrArray *service_route; /* of char *: URIs, in order */
	GPtrArray *associated;    /* of char *: P-Associated-URI, the default IMPU first */
	char *pub_gruu;           /* of our contact (RFC 5627); NULL: none */
	char *temp_gruu;          /* the same, that does not tell who we are */
	guint expires_s;          /* granted for our contact; Expires if it is not listed; 0: none said */
	guint min_expires_s;      /* 423; 0: none */
	guint retry_after_s;      /* 0: none */
	gboolean outbound;    /* a 2xx of a registrar that manages flows (Require: outbound, RFC 5626 6) */
	GPtrArray *warnings;  /* of char *, as in ims_sip_news; NULL: none */
	char *info;           /* Authentication-Info; NULL: none */
	char *proxy_info;     /* Proxy-Authentication-Info; NULL: none */
	GBytes *body;         /* NULL: none */
	char *unsupported;    /* of a 420: the first option-tag; NULL: none */
	gboolean restoration; /* 504 that asks for a new initial registration (24.229 5.1.2A) */
	ims_link *link;       /* the connection that the registration depends on; NULL: none */
} ims_register_answer;

/* Called exactly once, unless the transaction is dropped before. */
typedef void (*ims_register_done)(const ims_register_answer *answer, gpointer user);

typedef struct ims_transaction ims_transaction;

/* NULL with IMS_E_SIP when the stack cannot make it, for instance of a malformed URI. */
ims_transaction *ims_ua_register(ims_stack *stack, const ims_register_request *request,
				 ims_register_done done, gpointer user, GError **error);
void ims_transaction_drop(ims_transaction *transaction); /* done will not be called; accepts NULL */
