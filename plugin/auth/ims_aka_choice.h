/* ims_aka_choice.h: which of a network's challenges a USIM answers, whether it is here or with the client.
 *
 * Pure. */
#pragma once
#include <glib.h>
#include "auth/ims_aka.h"
#include "auth/ims_digest.h"

/* AKAv2 when both are offered (RFC 4169 4.1). challenges: of char *, header values. takes_v1: AKAv1-MD5
 * counts too (REQ-44). NULL with the first one's reason; without an error when there is none at all. */
ims_challenge *ims_aka_choose(const GPtrArray *challenges, gboolean takes_v1,
			      ims_aka_algorithm *ret_algorithm, GError **error);
