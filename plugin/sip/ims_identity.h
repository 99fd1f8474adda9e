/* ims_identity.h: which of a user's identities is meant. Pure. */
#pragma once
#include <glib.h>

/* Whether two URIs name the same identity: scheme, user and host with port; parameters do not count, nor do
 * the separators in a number. FALSE for what is no URI. */
gboolean ims_identity_equal(const char *a, const char *b);
/* The one of `identities` (of char *: URIs) that is the same as uri, as it is written there; NULL: none. */
const char *ims_identity_find(const GPtrArray *identities, const char *uri);
