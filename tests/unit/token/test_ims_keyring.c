/* When keys are fetched, and how long they serve, in a time that the test owns (REQ-66). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "../fake_clock.h"
#include "../log_recorder.h"
#include "fake_fetcher.h"
#include "token/ims_keyring.h"

#define OPENID "https://waf.example/tenant/.well-known/openid-configuration"
#define RFC8414 "https://waf.example/.well-known/oauth-authorization-server/tenant"
#define JWKS "https://waf.example/jwks"
#define METADATA(iss)                                                                                        \
	"{\"issuer\":\"" iss "\",\"jwks_uri\":\"" JWKS "\",\"introspection_endpoint\":\"https://ask/\"}"
#define GOOD_METADATA METADATA("https://waf.example/tenant")
#define ED(kid)                                                                                              \
	"{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"" kid                                     \
	"\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}"

typedef struct {
	fake_clock clock;
	ims_config *config;
	ims_fetcher *fetcher;
	ims_keyring *keyring;
	ims_alarms *alarms;
	guint ended, changed;
} bench;

static void on_news(gboolean changed, gpointer user)
{
	bench *b = user;

	b->ended++;
	b->changed += changed ? 1 : 0;
}

static int start_with(void **state, const char *more)
{
	bench *b = g_new0(bench, 1);
	g_autofree char *text = g_strdup_printf("general: { lab = true } sip: { address = \"192.0.2.1\" } "
						"networks: { n: { domain = \"n.example\" } }\n"
						"issuers: { waf: { issuer = \"https://waf.example/tenant\"; "
						"audience = \"edge\"; client_id = \"edge\";\n"
						"client_secret = \"geheim\"; keys_lifetime_s = 600; "
						"keys_retry_s = 30; keys_outage_s = 3600; %s } }",
						more);
	g_autoptr(GError) error = NULL;

	log_recorder_start();
	fake_net_start();
	fake_clock_init(&b->clock);
	b->config = ims_config_parse(text, "test", &error);
	if (!b->config)
		fail_msg("%s", error->message);
	b->fetcher = ims_fetcher_new(FALSE);
	b->alarms = ims_alarms_new(NULL, NULL);
	b->keyring = ims_keyring_new(b->config->issuers->pdata[0], FALSE, b->fetcher, &b->clock.clock, b->alarms,
				     on_news, b);
	fake_net_answer(OPENID, 200, GOOD_METADATA);
	fake_net_answer(JWKS, 200, ED("one"));
	*state = b;
	return 0;
}

static int start(void **state)
{
	return start_with(state, "");
}

static int start_with_jwks_uri(void **state)
{
	return start_with(state, "jwks_uri = \"" JWKS "\"; introspection_endpoint = \"https://own/\"");
}

static int start_with_metadata(void **state)
{
	return start_with(state, "metadata = \"https://elsewhere.example/m\"");
}

static int stop(void **state)
{
	bench *b = *state;

	ims_fetcher_free(b->fetcher);
	ims_keyring_free(b->keyring);
	ims_config_unref(b->config);
	fake_clock_clear(&b->clock);
	fake_net_stop();
	ims_alarms_free(b->alarms);
	log_recorder_stop();
	g_free(b);
	return 0;
}

/* Until nothing is under way that does not hang. */
static void settle(bench *b)
{
	for (guint i = 0; i < 5; i++)
		fake_fetcher_work(b->fetcher);
}

static void tick(bench *b, gint64 later_s)
{
	b->clock.now_ms += later_s * 1000;
	ims_keyring_tick(b->keyring);
	settle(b);
}

static ims_key_answer find(bench *b, const char *kid)
{
	const ims_jwk *key;
	ims_key_answer answer = ims_keyring_find(b->keyring, kid, "EdDSA", &key);

	assert_true((answer == IMS_KEY_FOUND) == (key != NULL));
	return answer;
}

/* Fetched before anybody asks, and again when they are old. */
static void test_fetched_ahead(void **state)
{
	bench *b = *state;

	tick(b, 0);
	assert_int_equal(fake_net_count(OPENID), 1);
	assert_int_equal(fake_net_count(JWKS), 1);
	assert_int_equal(b->changed, 1);
	assert_int_equal(find(b, "one"), IMS_KEY_FOUND);
	assert_true(ims_keyring_tick(b->keyring) == b->clock.now_ms + 600 * 1000);
	tick(b, 599);
	assert_int_equal(fake_net_count(JWKS), 1);
	tick(b, 1);
	assert_int_equal(fake_net_count(JWKS), 2);
	assert_int_equal(b->ended, 2);
	assert_int_equal(b->changed, 1); /* the same keys */
}

/* A new key is found at once, the old one is gone, and nobody waits whose key is there. */
static void test_rotation(void **state)
{
	bench *b = *state;

	tick(b, 0);
	tick(b, 100);
	fake_net_answer(JWKS, FAKE_HANGS, NULL);
	assert_int_equal(find(b, "two"), IMS_KEY_LATER);
	settle(b);
	assert_int_equal(find(b, "two"), IMS_KEY_LATER);
	assert_int_equal(find(b, "one"), IMS_KEY_FOUND);
	fake_net_answer(JWKS, 200, ED("two"));
	settle(b);
	assert_int_equal(find(b, "two"), IMS_KEY_FOUND);
	assert_int_equal(find(b, "one"), IMS_KEY_UNKNOWN);
	assert_int_equal(b->changed, 2);
	assert_int_equal(fake_net_count(JWKS), 2);
}

static void test_unknown_kid_asks_seldom(void **state)
{
	bench *b = *state;

	tick(b, 0);
	for (guint s = 0; s < 300; s++) {
		g_autofree char *kid = g_strdup_printf("nobody-%u", s);

		find(b, kid);
		settle(b);
		assert_int_equal(find(b, kid), IMS_KEY_UNKNOWN);
		b->clock.now_ms += 1000;
	}
	assert_int_equal(fake_net_count(JWKS), 1 + 9); /* at 30, 60, ... 270 s */
	assert_int_equal(b->changed, 1);
}

static void test_outage(void **state)
{
	bench *b = *state;

	tick(b, 0);
	fake_net_answer(JWKS, 503, "");
	tick(b, 600);
	assert_int_equal(find(b, "one"), IMS_KEY_FOUND);
	assert_int_equal(find(b, "two"), IMS_KEY_NONE); /* perhaps it has it by now */
	fake_net_answer(OPENID, 0, NULL);
	tick(b, 600 + 3600 - 600 - 1);
	assert_int_equal(find(b, "one"), IMS_KEY_FOUND);
	b->clock.now_ms += 1000;
	assert_int_equal(find(b, "one"), IMS_KEY_NONE);
	/* It is said once, however often it is tried. */
	assert_non_null(strstr(logged->str, "alarm issuer_down"));
	assert_non_null(strstr(logged->str, "its keys: HTTP status 503"));
	assert_null(strstr(strstr(logged->str, "alarm issuer_down") + 1, "alarm issuer_down"));
	fake_net_answer(OPENID, 200, GOOD_METADATA);
	fake_net_answer(JWKS, 200, ED("one"));
	tick(b, 30);
	assert_int_equal(find(b, "one"), IMS_KEY_FOUND);
}

static void test_retries_are_spaced(void **state)
{
	bench *b = *state;

	fake_net_answer(JWKS, 200, "rubbish");
	for (guint s = 0; s < 90; s++) {
		tick(b, s ? 1 : 0);
		find(b, "one");
		settle(b);
		assert_int_equal(find(b, "one"), IMS_KEY_NONE);
	}
	assert_int_equal(fake_net_count(JWKS), 3);
}

/* One fetch at a time, however many ask. */
static void test_one_fetch(void **state)
{
	bench *b = *state;

	fake_net_answer(OPENID, FAKE_HANGS, NULL);
	for (guint i = 0; i < 10; i++) {
		assert_int_equal(find(b, "one"), IMS_KEY_LATER);
		tick(b, 60);
	}
	assert_int_equal(fake_net_count(OPENID), 1);
}

static void test_places_of_metadata(void **state)
{
	bench *b = *state;
	const char *endpoint;

	fake_net_answer(OPENID, 404, "");
	fake_net_answer(RFC8414, 200, GOOD_METADATA);
	tick(b, 0);
	assert_int_equal(find(b, "one"), IMS_KEY_FOUND);
	assert_int_equal(ims_keyring_find_endpoint(b->keyring, &endpoint), IMS_KEY_FOUND);
	assert_string_equal(endpoint, "https://ask/");
}

static void test_bad_metadata(void **state)
{
	static const char *const bodies[] = {
		"",
		"[]",
		"{}",
		METADATA("https://evil.example"),
		METADATA("https://waf.example/tenant/"),
		"{\"issuer\":\"https://waf.example/tenant\"}",
		"{\"issuer\":\"https://waf.example/tenant\",\"jwks_uri\":\"http://waf.example/jwks\"}",
		"{\"issuer\":\"https://waf.example/tenant\",\"jwks_uri\":\"file:///etc/passwd\"}",
		"{\"issuer\":\"https://waf.example/tenant\",\"jwks_uri\":[\"" JWKS "\"]}",
		"{\"issuer\":\"https://waf.example/tenant\",\"jwks_uri\":\"https://a b/\"}",
		"{\"issuer\":\"https://evil.example\",\"issuer\":\"https://waf.example/"
		"tenant\",\"jwks_uri\":\"" JWKS "\"}",
	};
	bench *b = *state;

	for (gsize i = 0; i < G_N_ELEMENTS(bodies); i++) {
		fake_net_answer(OPENID, 200, bodies[i]);
		tick(b, 30);
		assert_int_equal(b->ended, i + 1);
		assert_int_equal(find(b, "one"), IMS_KEY_NONE);
	}
	assert_int_equal(fake_net_count(JWKS), 0);
}

/* What is configured needs no metadata. */
static void test_configured(void **state)
{
	bench *b = *state;
	const char *endpoint;

	fake_net_answer(OPENID, 404, "");
	tick(b, 0);
	assert_int_equal(find(b, "one"), IMS_KEY_FOUND);
	assert_int_equal(ims_keyring_find_endpoint(b->keyring, &endpoint), IMS_KEY_FOUND);
	assert_string_equal(endpoint, "https://own/");
	assert_int_equal(fake_net_count(""), 1);
}

/* A configured place of metadata is the only one. */
static void test_configured_metadata(void **state)
{
	bench *b = *state;
	const char *endpoint;

	fake_net_answer("https://elsewhere.example/m", 404, "");
	tick(b, 0);
	assert_int_equal(find(b, "one"), IMS_KEY_NONE);
	assert_int_equal(ims_keyring_find_endpoint(b->keyring, &endpoint), IMS_KEY_NONE);
	assert_int_equal(fake_net_count(""), 1);
}

static void test_no_endpoint(void **state)
{
	bench *b = *state;
	const char *endpoint;

	fake_net_answer(OPENID, 200, "{\"issuer\":\"https://waf.example/tenant\",\"jwks_uri\":\"" JWKS "\"}");
	assert_int_equal(ims_keyring_find_endpoint(b->keyring, &endpoint), IMS_KEY_LATER);
	settle(b);
	assert_int_equal(ims_keyring_find_endpoint(b->keyring, &endpoint), IMS_KEY_UNKNOWN);
	assert_null(endpoint);
}

#define KEYRING_TEST(function) cmocka_unit_test_setup_teardown(function, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		KEYRING_TEST(test_fetched_ahead),
		KEYRING_TEST(test_rotation),
		KEYRING_TEST(test_unknown_kid_asks_seldom),
		KEYRING_TEST(test_outage),
		KEYRING_TEST(test_retries_are_spaced),
		KEYRING_TEST(test_one_fetch),
		KEYRING_TEST(test_places_of_metadata),
		KEYRING_TEST(test_bad_metadata),
		cmocka_unit_test_setup_teardown(test_configured, start_with_jwks_uri, stop),
		cmocka_unit_test_setup_teardown(test_configured_metadata, start_with_metadata, stop),
		KEYRING_TEST(test_no_endpoint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
