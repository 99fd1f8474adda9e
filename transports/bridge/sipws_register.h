/* sipws_register.h: what a REGISTER says (RFC 3261 10, RFC 5626 4.2), and by what its sender proves himself.
 * Pure. */
#pragma once
#include "base/ims_secret.h"
#include "config/sipws_config.h"
#include "sip/sipws_msg.h"

/* Of an Authorization or Proxy-Authorization. */
typedef struct {
	char *digest;                       /* the whole value, when the scheme is Digest; NULL: it is not */
	char *username, *nonce, *algorithm; /* ... of it; NULL: not there */
	ims_secret *token;                  /* when the scheme is Bearer; NULL: it is not */
} sipws_credentials;

typedef struct {
	char *impu, *display_name;
	char *contact;            /* URI; NULL: none is named, or "*" */
	char *contact_name;       /* "": none */
	char *contact_parameters; /* of the header, as they came, without those that the registrar sets */
	char *instance;  /* URN of the device, without < and >, made of a contact that is random if it
			    names none; NULL: it cannot be told from others */
	guint reg_id;    /* 0: none */
	gboolean leaves; /* asks for the end; else, without a contact, only for what is there */
	guint expires_s;
	gboolean outbound, gruu; /* supported */
	sipws_credentials credentials;
} sipws_register;

/* Without a header of that name all are NULL. FALSE, and ret_fault: it cannot be read. */
gboolean sipws_credentials_read(sipws_credentials *ret, const sipws_msg *msg, const char *header,
				sipws_fault *ret_fault);
void sipws_credentials_clear(sipws_credentials *credentials);

/* NULL, and ret_fault: 400, 403, 423. */
sipws_register *sipws_register_read(const sipws_msg *msg, const sipws_config *config, sipws_fault *ret_fault);
void sipws_register_free(sipws_register *r);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(sipws_register, sipws_register_free)
