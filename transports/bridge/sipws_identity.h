/* sipws_identity.h: identities of users, as URIs: sip:, sips:, tel:. Pure. */
#pragma once
#include <glib.h>

/* User parts by their letters, hosts in any case; parameters do not count. Numbers of tel: without their
 * visual separators (RFC 3966 4). */
gboolean sipws_identity_equal(const char *a, const char *b);
gboolean sipws_identity_is_anonymous(const char *uri); /* of RFC 3323 4.1.1.3 */
char *sipws_identity_host(const char *uri);            /* "": it has none; free with g_free */
