#include "token/ims_keyring.h"

#include <string.h>
#include "base/ims_log.h"
#include "token/ims_metadata.h"
#include "token/ims_token_error.h"

struct ims_keyring {
	const ims_issuer *issuer;
	gboolean plain;
	ims_fetcher *fetcher;
	ims_clock *clock;
	ims_alarms *alarms;
	ims_keyring_news news;
	gpointer user;

	ims_metadata *metadata; /* NULL: not known */
	ims_jwks *keys;         /* NULL: not known */
	GBytes *text;           /* what they were read from */
	gint64 renewed_ms;      /* when keys were fetched */
	gint64 ended_ms;        /* when the last fetch ended, either way; -1: none has */
	gboolean fetching, failing;
	guint place; /* which of the places of metadata is tried */
};

static gint64 now_ms(const ims_keyring *keyring)
{
	return ims_clock_now_ms(keyring->clock);
}

/* ---- the end of a fetch ---- */

static void say_outcome(ims_keyring *keyring, const char *problem)
{
	const char *name = keyring->issuer->name;

	if (problem)
		ims_alarm(keyring->alarms, IMS_ALARM_ISSUER_DOWN,
			  "%s: the keys of issuer %s cannot be fetched: %s", name, keyring->issuer->issuer,
			  problem);
	else if (keyring->failing || keyring->ended_ms < 0)
		ims_info(name, "%u keys of issuer %s", ims_jwks_count(keyring->keys),
			 keyring->issuer->issuer);
	keyring->failing = problem != NULL;
}

static void end_fetch(ims_keyring *keyring, gboolean changed, const char *problem)
{
	say_outcome(keyring, problem);
	keyring->fetching = FALSE;
	keyring->ended_ms = now_ms(keyring);
	keyring->news(changed, keyring->user);
}

static void fail_fetch(ims_keyring *keyring, const char *what, const ims_fetched *answer)
{
	g_autofree char *problem = answer->status
					   ? g_strdup_printf("%s: HTTP status %u", what, answer->status)
					   : g_strdup_printf("%s: %s", what, answer->problem);

	end_fetch(keyring, FALSE, problem);
}

/* ---- steps ---- */

static void fetch(ims_keyring *keyring, const char *uri, ims_fetch_done done)
{
	ims_fetch get = { .uri = uri,
			  .ca_file = keyring->issuer->ca_file,
			  .timeout_s = keyring->issuer->timeout_s };

	ims_fetcher_start(keyring->fetcher, &get, done, keyring);
}

static void take_keys(ims_keyring *keyring, ims_jwks *keys, const ims_fetched *answer)
{
	g_autoptr(GBytes) text = g_bytes_new(answer->body, answer->length);
	gboolean changed = !keyring->text || !g_bytes_equal(keyring->text, text);

	g_clear_pointer(&keyring->text, g_bytes_unref);
	g_clear_pointer(&keyring->keys, ims_jwks_free);
	keyring->text = g_bytes_ref(text);
	keyring->keys = keys;
	keyring->renewed_ms = now_ms(keyring);
	end_fetch(keyring, changed, NULL);
}

static void on_keys(const ims_fetched *answer, gpointer user)
{
	ims_keyring *keyring = user;
	g_autoptr(GError) error = NULL;
	ims_jwks *keys;

	if (answer->status != 200) {
		fail_fetch(keyring, "its keys", answer);
		return;
	}
	keys = ims_jwks_parse(answer->body, answer->length, &error);
	if (keys)
		take_keys(keyring, keys, answer);
	else
		end_fetch(keyring, FALSE, error->message);
}

static void fetch_keys(ims_keyring *keyring)
{
	const char *uri = keyring->issuer->jwks_uri;

	if (!*uri)
		uri = keyring->metadata->jwks_uri;
	if (uri)
		fetch(keyring, uri, on_keys);
	else
		end_fetch(keyring, FALSE, "its metadata do not say where they are");
}

static void on_metadata(const ims_fetched *answer, gpointer user);

/* FALSE: there is no such place. */
static gboolean fetch_metadata(ims_keyring *keyring, guint place)
{
	g_autofree char *uri = ims_metadata_uri(keyring->issuer, place);

	keyring->place = place;
	if (uri)
		fetch(keyring, uri, on_metadata);
	return uri != NULL;
}

static void on_metadata(const ims_fetched *answer, gpointer user)
{
	ims_keyring *keyring = user;
	g_autoptr(GError) error = NULL;
	ims_metadata *metadata;

	if (answer->status >= 400 && answer->status < 500 && fetch_metadata(keyring, keyring->place + 1))
		return;
	if (answer->status != 200) {
		fail_fetch(keyring, "its metadata", answer);
		return;
	}
	metadata = ims_metadata_parse(keyring->issuer, keyring->plain, answer->body, answer->length, &error);
	if (!metadata) {
		end_fetch(keyring, FALSE, error->message);
		return;
	}
	g_clear_pointer(&keyring->metadata, ims_metadata_free);
	keyring->metadata = metadata;
	fetch_keys(keyring);
}

static gboolean needs_metadata(const ims_issuer *issuer)
{
	return !*issuer->jwks_uri || (*issuer->client_id && !*issuer->introspection_endpoint);
}

static void start_fetch(ims_keyring *keyring)
{
	keyring->fetching = TRUE;
	if (needs_metadata(keyring->issuer))
		fetch_metadata(keyring, 0);
	else
		fetch_keys(keyring);
}

/* ---- when ---- */

static gboolean may_fetch(const ims_keyring *keyring)
{
	gint64 retry_ms = (gint64)keyring->issuer->keys_retry_s * 1000;

	return !keyring->fetching &&
	       (keyring->ended_ms < 0 || now_ms(keyring) - keyring->ended_ms >= retry_ms);
}

static gboolean is_good(const ims_keyring *keyring)
{
	gint64 lifetime_s = (gint64)keyring->issuer->keys_lifetime_s + keyring->issuer->keys_outage_s;

	return keyring->keys && now_ms(keyring) - keyring->renewed_ms < lifetime_s * 1000;
}

gint64 ims_keyring_tick(ims_keyring *keyring)
{
	gint64 retry_ms = (gint64)keyring->issuer->keys_retry_s * 1000;
	gint64 lifetime_ms = (gint64)keyring->issuer->keys_lifetime_s * 1000;
	gint64 stale_ms = keyring->keys ? keyring->renewed_ms + lifetime_ms : now_ms(keyring);

	if (now_ms(keyring) >= stale_ms && may_fetch(keyring))
		start_fetch(keyring);
	if (keyring->fetching) /* its end is an event */
		return now_ms(keyring) + retry_ms;
	return MAX(stale_ms, keyring->ended_ms + retry_ms);
}

/* otherwise: the answer when no fetch may begin now. */
static ims_key_answer ask_again(ims_keyring *keyring, ims_key_answer otherwise)
{
	if (may_fetch(keyring))
		start_fetch(keyring);
	return keyring->fetching ? IMS_KEY_LATER : otherwise;
}

ims_key_answer ims_keyring_find(ims_keyring *keyring, const char *kid, const char *alg,
				const ims_jwk **ret_key)
{
	gboolean good = is_good(keyring);

	*ret_key = good ? ims_jwks_find(keyring->keys, kid, alg) : NULL;
	if (*ret_key)
		return IMS_KEY_FOUND;
	return ask_again(keyring, good && !keyring->failing ? IMS_KEY_UNKNOWN : IMS_KEY_NONE);
}

static const char *endpoint_of(const ims_keyring *keyring)
{
	if (*keyring->issuer->introspection_endpoint)
		return keyring->issuer->introspection_endpoint;
	return keyring->metadata ? keyring->metadata->introspection_endpoint : NULL;
}

ims_key_answer ims_keyring_find_endpoint(ims_keyring *keyring, const char **ret_uri)
{
	*ret_uri = *keyring->issuer->client_id ? endpoint_of(keyring) : NULL;
	if (*ret_uri)
		return IMS_KEY_FOUND;
	if (!*keyring->issuer->client_id || keyring->metadata)
		return IMS_KEY_UNKNOWN;
	return ask_again(keyring, IMS_KEY_NONE);
}

/* ---- life ---- */

ims_keyring *ims_keyring_new(const ims_issuer *issuer, gboolean plain, ims_fetcher *fetcher, ims_clock *clock,
			     ims_alarms *alarms, ims_keyring_news news, gpointer user)
{
	ims_keyring *keyring = g_new0(ims_keyring, 1);

	keyring->issuer = issuer;
	keyring->plain = plain;
	keyring->fetcher = fetcher;
	keyring->clock = clock;
	keyring->alarms = alarms;
	keyring->news = news;
	keyring->user = user;
	keyring->ended_ms = -1;
	return keyring;
}

void ims_keyring_free(ims_keyring *keyring)
{
	if (!keyring)
		return;
	ims_metadata_free(keyring->metadata);
	ims_jwks_free(keyring->keys);
	g_clear_pointer(&keyring->text, g_bytes_unref);
	g_free(keyring);
}
