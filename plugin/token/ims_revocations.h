/* ims_revocations.h: what the administration has revoked (REQ-61). Pure. */
#pragma once
#include <glib.h>
#include "token/ims_grant.h"

enum { IMS_REVOCATIONS_MAX = 10000 };

typedef struct ims_revocations ims_revocations;

ims_revocations *ims_revocations_new(void);
void ims_revocations_free(ims_revocations *revocations); /* accepts NULL */

/* As ims_tokens_revoke; now_s: wall clock. */
void ims_revocations_add(ims_revocations *revocations, const char *issuer, const char *jti,
			 const char *subject, gint64 now_s);
/* Of a subject also when the token does not tell its age (iat). */
gboolean ims_revocations_has(const ims_revocations *revocations, const ims_grant *grant);
guint ims_revocations_count(const ims_revocations *revocations);
