/* ims_ue.h: what the role `ue` (a user agent towards a P-CSCF or any registrar) adds to requests: 24.229 5.1.
 *
 * Nothing that only the trust domain may say: no assertion, no charging, no Path, no visited network. Pure.
 * For ims_role only. */
#pragma once
#include <glib.h>

char *ims_ue_register_headers(const char *supported); /* option-tags */
/* P-Preferred-Identity. preferred NULL: From says it; NULL then. */
char *ims_ue_originating_headers(const char *preferred);
