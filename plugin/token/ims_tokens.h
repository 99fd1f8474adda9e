/* ims_tokens.h: verifies access tokens (REQ-62 to 71): JWTs with the keys of their issuer (RFC 9068), opaque
 * ones by introspection (RFC 7662).
 *
 * Thread: the SIP thread, unless marked. Nothing here blocks: signatures are checked, and providers asked,
 * on the token thread (libcurl); an answer comes by mail to `home`. A provider that is slow or dead delays
 * only its own tokens, and lets nobody in (REQ-68). No error text or log line has a piece of a token
 * (REQ-73). Owner: session/ims_service. */
#pragma once
#include <glib.h>
#include "base/ims_alarm.h"
#include "base/ims_worker.h"
#include "config/ims_config.h"
#include "token/ims_grant.h"
#include "token/ims_token_error.h"

typedef struct ims_tokens ims_tokens;
typedef struct ims_verification ims_verification;

/* home: the SIP thread. The issuers that networks name are asked for their keys at once, and from then on as
 * configured. config is kept by reference. */
ims_tokens *ims_tokens_new(const ims_config *config, ims_worker *home, ims_alarms *alarms);
/* After the SIP thread has ended, before its worker is freed: [any other thread] ends ours, no mail comes any
 * more. */
ims_lag *ims_tokens_lag(ims_tokens *tokens); /* [any thread] how long they wait to be looked at */
void ims_tokens_close(ims_tokens *tokens);
void ims_tokens_free(ims_tokens *tokens); /* after the worker is freed; accepts NULL */

/* What became of a token. Borrowed for the length of the call. */
typedef struct {
	ims_grant *grant;    /* keep it with ims_grant_ref; NULL: refused */
	const GError *error; /* of IMS_TOKEN_ERROR, when refused: ims_token_error.h */
	/* Whose token it is, or, when that cannot be told, the first issuer of the network: its scope and
	 * its issuer URI are what a challenge names (REQ-69). NULL: the network has none. */
	const ims_issuer *issuer;
} ims_verdict;

typedef void (*ims_verification_done)(const ims_verdict *verdict, gpointer user);

/* done is called once, later, never before this returns. slot: where the owner keeps the verification: set
 * until the answer comes, NULL again before done is called. token: as the client wrote it, without "Bearer";
 * any bytes; copied, and wiped after use. network: of `config`. */
void ims_tokens_verify(ims_tokens *tokens, const ims_network *network, const char *token,
		       ims_verification_done done, gpointer user, ims_verification **slot);

/* Is what a grant says still so? Asks its issuer where that has an introspection endpoint for us, for both
 * kinds of tokens, past what is remembered, and looks whether the administration has revoked it (REQ-61). The
 * verdict's grant is the same one. IMS_TOKEN_UNAVAILABLE: not known; the grant then holds until it expires,
 * or as the caller wants it. */
void ims_tokens_recheck(ims_tokens *tokens, const ims_network *network, const ims_grant *grant,
			ims_verification_done done, gpointer user, ims_verification **slot);

/* [the SIP thread] done will not be called; *slot = NULL; harmless when nothing waits. */
void ims_verification_drop(ims_verification **slot);

/* [any thread] The administration revokes: from now on no token with this jti is good, or none of this
 * subject that was issued before now. issuer: its name in the configuration. Exactly one of jti and subject.
 * revoked: on the SIP thread, after the last verdict that did not know of it yet. Registrations that stand
 * then are for the caller to end: ims_tokens_recheck tells which. Kept while the process lives; of 10,000 the
 * oldest is forgotten. */
typedef void ims_tokens_revoked(const char *issuer, const char *jti, const char *subject, gpointer user);
void ims_tokens_revoke(ims_tokens *tokens, const char *issuer, const char *jti, const char *subject,
		       ims_tokens_revoked *revoked, gpointer user);
