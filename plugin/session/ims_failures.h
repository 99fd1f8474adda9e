/* ims_failures.h: how often somebody may fail to prove who he is, before he has to wait (REQ-144).
 *
 * Two limits, each an ims_rate (a third, of one handle, is its session's): of failures with one identity,
 * from wherever they come, and of failures altogether. An attempt is counted against its identity when it
 * begins, so that many at once gain nothing, and given back unless it fails.
 *
 * A limit must be no way to lock somebody out. So who was right before passes the limit of all failures, and
 * with the same credentials that of his identity: a hash of the last ones is kept, 16 bits long. That is too
 * little to find a password by, and lets one wrong guess of 65,536 pass. The hashes are in a table of fixed
 * size, where a user may take another's place. Proofs that cannot be guessed, access tokens, are not counted
 * here: whoever sends bad ones without end would keep good ones out.
 *
 * Pure; the caller brings the time. Owner: ims_service. Thread: the SIP thread. */
#pragma once
#include <glib.h>

typedef struct ims_failures ims_failures;

/* One attempt to register. */
typedef struct {
	guint64 who;      /* of ims_failures_attempt; 0: nobody in particular */
	guint16 proof;    /* 0: nothing is known of his credentials */
	gboolean open;    /* begun, and not told yet what came of it */
	gboolean counted; /* ... against its identity */
} ims_attempt;

/* of_identity, of_all: a minute; 0: no limit. */
ims_failures *ims_failures_new(guint of_identity, guint of_all, gint64 now_ms);
void ims_failures_free(ims_failures *failures);

/* identity: as whom; NULL: his proof cannot be guessed. credentials: what he proves it with, in any one form;
 * NULL: not told to us. */
ims_attempt ims_failures_attempt(const ims_failures *failures, const char *identity, const char *credentials);
/* 0: it may begin, and has. Else: too many have failed, so many seconds are to be waited. */
guint ims_failures_begin(ims_failures *failures, ims_attempt *attempt, gint64 now_ms);
/* What came of it; harmless when it is not open. */
void ims_failures_was_right(ims_failures *failures, ims_attempt *attempt, gint64 now_ms);
void ims_failures_was_wrong(ims_failures *failures, ims_attempt *attempt, gint64 now_ms);
/* Neither: the network did not say, or refuses him for another reason. */
void ims_failures_was_neither(ims_failures *failures, ims_attempt *attempt, gint64 now_ms);

guint ims_failures_identities(const ims_failures *failures); /* how many are watched */
