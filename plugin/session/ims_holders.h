/* ims_holders.h: who holds which identity of a pool (33.203 X.4): one subject at a time.
 *
 * A pool's identities are handed to one visitor after another, and two of them must never be registered as
 * the same one (REQ-60). The same visitor may hold his identity several times, with several pages.
 * Pure. Thread: the SIP thread. */
#pragma once
#include <glib.h>

typedef struct ims_holders ims_holders;
typedef struct ims_hold ims_hold;

ims_holders *ims_holders_new(void);
void ims_holders_free(ims_holders *holders); /* after all holds; accepts NULL */

/* NULL: another subject holds it. Who: the issuer and the subject of a token. */
ims_hold *ims_holders_take(ims_holders *holders, const char *impi, const char *issuer, const char *subject);
void ims_hold_free(ims_hold *hold); /* accepts NULL */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ims_hold, ims_hold_free)
