/* ims_keyring.h: the keys of one issuer, kept fresh.
 *
 * They are fetched before they are needed, and again every keys_lifetime_s; at once when a token names one
 * that is not there, but never more often than every keys_retry_s. Keys that cannot be renewed serve on for
 * keys_outage_s (REQ-66). Nobody waits for a fetch whose key is there. Thread: the token thread. */
#pragma once
#include <glib.h>
#include "base/ims_alarm.h"
#include "base/ims_clock.h"
#include "config/ims_config.h"
#include "token/ims_fetcher.h"
#include "token/ims_jwks.h"

typedef struct ims_keyring ims_keyring;

/* A fetch has ended: whoever got IMS_KEY_LATER asks again. changed: the keys are others than before. */
typedef void (*ims_keyring_news)(gboolean changed, gpointer user);

/* plain: http is allowed, too. clock: only its now is asked. */
ims_keyring *ims_keyring_new(const ims_issuer *issuer, gboolean plain, ims_fetcher *fetcher, ims_clock *clock,
			     ims_alarms *alarms, ims_keyring_news news, gpointer user);
void ims_keyring_free(ims_keyring *keyring); /* after the fetcher; accepts NULL */

/* Fetches what is due. Returns when to come again, in the clock's time. */
gint64 ims_keyring_tick(ims_keyring *keyring);

typedef enum {
	IMS_KEY_FOUND,
	IMS_KEY_LATER,   /* a fetch is under way that may bring it */
	IMS_KEY_UNKNOWN, /* the issuer has no such key, or said so keys_retry_s ago at most */
	IMS_KEY_NONE,    /* what the issuer has is not known */
} ims_key_answer;

/* ret_key: on FOUND; valid until the next fetch ends. */
ims_key_answer ims_keyring_find(ims_keyring *keyring, const char *kid, const char *alg,
				const ims_jwk **ret_key);

/* Where the issuer is asked about tokens, as configured, else as its metadata say. UNKNOWN: there is no such
 * place. */
ims_key_answer ims_keyring_find_endpoint(ims_keyring *keyring, const char **ret_uri);
