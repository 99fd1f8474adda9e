/* ims_token_error.h: why a token is refused, and what a client is told then. Pure.
 *
 * The message of the GError says what is wrong with which claim, or with which provider; for the user and the
 * log. */
#pragma once
#include <glib.h>

typedef enum {
	IMS_TOKEN_MALFORMED,          /* not a token: its form, its size */
	IMS_TOKEN_INVALID,            /* nobody's we trust, not for us, forged, revoked, not valid yet */
	IMS_TOKEN_EXPIRED,            /* it was one */
	IMS_TOKEN_INSUFFICIENT_SCOPE, /* good, but not for telephony */
	IMS_TOKEN_NOT_PERMITTED, /* good, but this WWSF or these identities are not allowed: a new one is no
				    help */
	IMS_TOKEN_UNAVAILABLE,   /* the provider cannot be asked: later */
} ims_token_error_code;

#define IMS_TOKEN_ERROR ims_token_error_quark()
GQuark ims_token_error_quark(void);

/* As SIP says it: 400, 401, 401, 401, 403, 503 (RFC 8898 2.2, REQ-55, 68). */
guint ims_token_error_status(ims_token_error_code code);
/* The error parameter of the Bearer challenge: "invalid_token" or "invalid_scope" (REQ-70); NULL: none, as
 * no challenge is made. */
const char *ims_token_error_name(ims_token_error_code code);
