/* ims_mask.h: a SIP message as somebody may see it.
 *
 * Nobody sees what proves who somebody is (credentials, challenges, flow tokens, SDES keys), nor what people
 * write or dial: only descriptions of media are shown of bodies. A page moreover sees the identities of its
 * own user and of the call's other party alone, those of others as pseudonyms, and of the network no more
 * than roles: "edge", "core" (REQ-81). A header that is not known here is shown by name only.
 *
 * Pure: any bytes in, text out. */
#pragma once
#include <glib.h>
#include "base/ims_pseudonym.h"

typedef struct {
	gboolean for_operator;        /* identities and addresses are shown */
	const GPtrArray *known;       /* of char *: identities that are shown */
	const GPtrArray *own_hosts;   /* of char *: numeric addresses of this edge */
	const ims_pseudonym_key *key; /* for the identities of others */
} ims_mask_view;

/* Free with g_free. */
char *ims_mask_message(const char *message, gsize length, const ims_mask_view *view);
