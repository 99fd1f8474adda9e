/* ims_identities.h: public and private identities as text, and what an issuer may say about them. Pure. */
#pragma once
#include <glib.h>

/* A public identity in its normal form, so that equal ones are equal texts: scheme and host in lower case,
 * sip: and sips: without parameters and needless escapes, tel: without separators. NULL: neither
 * sip:user@host nor sips: nor a tel: number; a password or a port; over 255 bytes; a header part; spaces,
 * controls, quotes, angle brackets, bytes beyond ASCII. Free with g_free. */
char *ims_identity_normal(const char *impu);

/* user@realm, with nothing in it that would need quoting or could be taken for something else. */
gboolean ims_identity_is_impi(const char *impi);

/* pattern: with * for any characters; an identity in normal form. */
gboolean ims_identity_matches(const char *pattern, const char *identity);
/* ... in any case: cores differ in whether that makes another identity. */
gboolean ims_identity_resembles(const char *pattern, const char *identity);
