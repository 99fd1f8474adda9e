/* SRTP keys in descriptions: what a crypto line means, who gets which key, and that nothing is less secret
 * than it must be (REQ-129). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/ims_error.h"
#include "base/ims_secret.h"
#include "sdp/ims_sdes_keys.h"
#include "sdp_result.h"

/* 30, 46, 28 and 44 bytes. */
#define KEY_A "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj"
#define KEY_B "NzB4d1BINUAvLEw6UzF3WSJ+PSdFcGdUJShpX1Zj"
#define KEY_256 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="
#define KEY_GCM "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="
#define KEY_GCM_256 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define SHA1_80 "AES_CM_128_HMAC_SHA1_80"
#define CRYPTO(tag, suite, key) "a=crypto:" tag " " suite " inline:" key "\r\n"

static void test_lines(void **state)
{
	static const struct {
		const char *value;
		guint tag; /* 0: not one that we can do */
		ims_srtp_suite suite;
	} rows[] = {
		{ "1 AES_CM_128_HMAC_SHA1_80 inline:" KEY_A, 1, IMS_SRTP_AES_CM_128_HMAC_SHA1_80 },
		{ "2  aes_cm_128_hmac_sha1_32  INLINE:" KEY_A, 2, IMS_SRTP_AES_CM_128_HMAC_SHA1_32 },
		{ "999999999 AES_256_CM_HMAC_SHA1_80 inline:" KEY_256, 999999999,
		  IMS_SRTP_AES_256_CM_HMAC_SHA1_80 },
		{ "3 AES_256_CM_HMAC_SHA1_32 inline:" KEY_256, 3, IMS_SRTP_AES_256_CM_HMAC_SHA1_32 },
		{ "4 AEAD_AES_128_GCM inline:" KEY_GCM, 4, IMS_SRTP_AEAD_AES_128_GCM },
		{ "5 AEAD_AES_256_GCM inline:" KEY_GCM_256, 5, IMS_SRTP_AEAD_AES_256_GCM },
		/* a lifetime is its owner's to keep */
		{ "1 " SHA1_80 " inline:" KEY_A "|2^31", 1, IMS_SRTP_AES_CM_128_HMAC_SHA1_80 },
		{ "1 " SHA1_80 " inline:" KEY_A "|1048576", 1, IMS_SRTP_AES_CM_128_HMAC_SHA1_80 },
		{ "1 " SHA1_80 " inline:" KEY_A "|2^49", 0, 0 },
		{ "1 " SHA1_80 " inline:" KEY_A "|0", 0, 0 },
		{ "1 " SHA1_80 " inline:" KEY_A "|", 0, 0 },
		/* an MKI, several keys */
		{ "1 " SHA1_80 " inline:" KEY_A "|2^20|1:4", 0, 0 },
		{ "1 " SHA1_80 " inline:" KEY_A "|1:4", 0, 0 },
		{ "1 " SHA1_80 " inline:" KEY_A ";inline:" KEY_B, 0, 0 },
		/* session parameters: hints, and what changes the packets */
		{ "1 " SHA1_80 " inline:" KEY_A " WSH=128 -FUTURE=1", 1, IMS_SRTP_AES_CM_128_HMAC_SHA1_80 },
		{ "1 " SHA1_80 " inline:" KEY_A " UNENCRYPTED_SRTP", 0, 0 },
		{ "1 " SHA1_80 " inline:" KEY_A " WSH=64 UNAUTHENTICATED_SRTP", 0, 0 },
		{ "1 " SHA1_80 " inline:" KEY_A " KDR=1", 0, 0 },
		/* malformed */
		{ "1 F8_128_HMAC_SHA1_80 inline:" KEY_A, 0, 0 },
		{ "1 " SHA1_80 " inline:" KEY_GCM, 0, 0 },
		{ "1 " SHA1_80 " inline:" KEY_A "AAAA", 0, 0 },
		{ "1 " SHA1_80 " inline:*0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj", 0, 0 },
		{ "1 " SHA1_80 " inline:", 0, 0 },
		{ "1 " SHA1_80 " prompt:" KEY_A, 0, 0 },
		{ "1 " SHA1_80, 0, 0 },
		{ "1", 0, 0 },
		{ "", 0, 0 },
		{ "x " SHA1_80 " inline:" KEY_A, 0, 0 },
		{ "-1 " SHA1_80 " inline:" KEY_A, 0, 0 },
		{ "1000000000 " SHA1_80 " inline:" KEY_A, 0, 0 },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		ims_sdes_line line;
		gboolean good = ims_sdes_parse(rows[i].value, &line);

		if (good != (rows[i].tag > 0) ||
		    (good && (line.tag != rows[i].tag || line.key.suite != rows[i].suite)))
			fail_msg("row %zu: %s", i, rows[i].value);
		if (!good)
			assert_int_equal(line.key.suite, IMS_SRTP_NONE);
	}
}

static void test_each_suite_is_read_as_it_is_written(void **state)
{
	g_autoptr(ims_sdes_keys) keys = ims_sdes_keys_new();

	(void)state;
	for (guint suite = IMS_SRTP_NONE + 1; suite < IMS_SRTP_N_SUITES; suite++) {
		ims_sdes_line line = { suite, *ims_sdes_keys_get(keys, 3, (ims_srtp_suite)suite) }, again;
		ims_autowipe char *text = ims_sdes_print(&line);

		assert_true(ims_sdes_parse(text, &again));
		assert_int_equal(again.tag, suite);
		assert_true(ims_srtp_key_equal(&again.key, &line.key));
		assert_true(
			ims_srtp_key_equal(&again.key, ims_sdes_keys_get(keys, 3, (ims_srtp_suite)suite)));
		assert_false(
			ims_srtp_key_equal(&again.key, ims_sdes_keys_get(keys, 4, (ims_srtp_suite)suite)));
	}
}

/* ---- a call ---- */

typedef struct {
	ims_sdp_policy policy;
	ims_sdp_local local;
	ims_sdp *ours;
	GArray *streams;
	GError *error;
} bench;

static gpointer two_suites[] = { (char *)"AEAD_AES_128_GCM", (char *)SHA1_80 };
static const GPtrArray suites = { two_suites, 2 };

static bench *bench_new(ims_sdes_demand demand)
{
	bench *b = g_new0(bench, 1);

	b->policy = policy;
	b->policy.srtp = demand;
	b->policy.srtp_profiles = &suites;
	b->local = local;
	b->local.policy = &b->policy;
	b->local.keys = ims_sdes_keys_new();
	return b;
}

static void bench_free(bench *b)
{
	ims_sdes_keys_free(b->local.keys);
	ims_sdp_free(b->ours);
	g_clear_pointer(&b->streams, g_array_unref);
	g_clear_error(&b->error);
	g_free(b);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(bench, bench_free)

static const ims_sdp_stream *first(const bench *b)
{
	return &g_array_index(b->streams, ims_sdp_stream, 0);
}

static void offer(bench *b)
{
	g_autoptr(ims_sdp) browser = parsed(ANONYMIZED);

	ims_sdp_free(b->ours);
	b->ours = ims_sdp_offer_to_core(browser, NULL, &b->local, NULL);
	assert_non_null(b->ours);
}

/* The core answers our offer; what the browser gets, or NULL and b->error. */
static char *answered(bench *b, const char *answer)
{
	g_autoptr(ims_sdp) browser = parsed(ANONYMIZED), core = parsed(answer), shown = NULL;

	g_clear_pointer(&b->streams, g_array_unref);
	g_clear_error(&b->error);
	shown = ims_sdp_answer_to_browser(browser, b->ours, core, &b->streams, &b->error);
	return shown ? ims_sdp_print(shown) : NULL;
}

/* The core offers, a browser takes it all; our answer, or NULL and b->error. */
static char *offered(bench *b, const char *text)
{
	g_autoptr(ims_sdp) core = parsed(text), shown = NULL, browser = NULL;
	g_autofree char *to_browser = NULL;

	g_clear_pointer(&b->streams, g_array_unref);
	g_clear_error(&b->error);
	shown = ims_sdp_offer_to_browser(core, NULL, &b->policy, &b->error);
	if (!shown)
		return NULL;
	to_browser = ims_sdp_print(shown);
	assert_null(strstr(to_browser, "crypto"));
	browser = parsed(to_browser);
	ims_sdp_free(b->ours);
	b->ours = ims_sdp_answer_to_core(core, shown, browser, &b->local, &b->streams, &b->error);
	return b->ours ? ims_sdp_print(b->ours) : NULL;
}

#define AVP CORE_HEAD "m=audio 5004 RTP/AVP 8\r\n"
#define SAVP CORE_HEAD "m=audio 5004 RTP/SAVP 8\r\n"

static void test_our_offers(void **state)
{
	static const struct {
		ims_sdes_demand demand;
		const char *proto;
		gboolean lines;
	} rows[] = { { IMS_SDES_NONE, "m=audio 40000 RTP/AVP ", FALSE },
		     { IMS_SDES_OPTIONAL, "m=audio 40000 RTP/AVP ", TRUE },
		     { IMS_SDES_MANDATORY, "m=audio 40000 RTP/SAVP ", TRUE } };

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(bench) b = bench_new(rows[i].demand);
		g_autofree char *text = NULL;

		offer(b);
		text = ims_sdp_print(b->ours);
		assert_non_null(strstr(text, rows[i].proto));
		assert_int_equal(strstr(text, "a=crypto:1 AEAD_AES_128_GCM inline:") != NULL, rows[i].lines);
		assert_int_equal(strstr(text, "a=crypto:2 " SHA1_80 " inline:") != NULL, rows[i].lines);
		assert_null(strstr(text, "a=crypto:3"));
	}
}

/* The answer's tag and suite are those of one of our lines, or it is no answer. */
static void test_answers_to_us(void **state)
{
	static const struct {
		ims_sdes_demand demand;
		const char *answer;
		ims_srtp_suite suite;
		const char *error; /* NULL: none */
	} rows[] = {
		{ IMS_SDES_MANDATORY, SAVP CRYPTO("2", SHA1_80, KEY_A), IMS_SRTP_AES_CM_128_HMAC_SHA1_80,
		  NULL },
		{ IMS_SDES_MANDATORY, SAVP CRYPTO("1", "AEAD_AES_128_GCM", KEY_GCM),
		  IMS_SRTP_AEAD_AES_128_GCM, NULL },
		{ IMS_SDES_MANDATORY, SAVP CRYPTO("1", SHA1_80, KEY_A), 0, "no key in the answer" },
		{ IMS_SDES_MANDATORY, SAVP CRYPTO("2", "AES_CM_128_HMAC_SHA1_32", KEY_A), 0,
		  "no key in the answer" },
		{ IMS_SDES_MANDATORY, SAVP, 0, "no key in the answer" },
		{ IMS_SDES_MANDATORY, AVP, 0, "is not encrypted" },
		{ IMS_SDES_OPTIONAL, AVP, 0, NULL },
		{ IMS_SDES_OPTIONAL, AVP CRYPTO("2", SHA1_80, KEY_A), IMS_SRTP_AES_CM_128_HMAC_SHA1_80,
		  NULL },
		{ IMS_SDES_OPTIONAL, SAVP CRYPTO("2", SHA1_80, KEY_A), IMS_SRTP_AES_CM_128_HMAC_SHA1_80,
		  NULL },
		{ IMS_SDES_OPTIONAL, SAVP CRYPTO("7", SHA1_80, KEY_A), 0, "no key in the answer" },
		{ IMS_SDES_NONE, AVP CRYPTO("1", SHA1_80, KEY_A), 0, NULL },
		{ IMS_SDES_NONE, SAVP CRYPTO("1", SHA1_80, KEY_A), 0, "no key in the answer" },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(bench) b = bench_new(rows[i].demand);
		g_autofree char *text = NULL;

		offer(b);
		text = answered(b, rows[i].answer);
		if (rows[i].error) {
			if (text || b->error->code != IMS_E_TOO_STRICT ||
			    !strstr(b->error->message, rows[i].error))
				fail_msg("row %zu: %s", i, text ? text : b->error->message);
			assert_null(strstr(b->error->message, "inline"));
			continue;
		}
		assert_non_null(text);
		assert_null(strstr(text, "crypto"));
		assert_int_equal(first(b)->ours.suite, rows[i].suite);
		assert_int_equal(first(b)->theirs.suite, rows[i].suite);
	}
}

static void test_their_offers(void **state)
{
	static const struct {
		ims_sdes_demand demand;
		const char *offer;
		const char *has;   /* of our answer */
		const char *error; /* NULL: none */
	} rows[] = {
		{ IMS_SDES_NONE, SAVP CRYPTO("5", SHA1_80, KEY_A), "RTP/SAVP 8\r\n", NULL },
		{ IMS_SDES_NONE, SAVP CRYPTO("5", SHA1_80, KEY_A), "a=crypto:5 " SHA1_80 " inline:", NULL },
		{ IMS_SDES_NONE, AVP CRYPTO("5", SHA1_80, KEY_A), "a=crypto:5 " SHA1_80 " inline:", NULL },
		/* the first of theirs that we can do and may */
		{ IMS_SDES_NONE,
		  SAVP CRYPTO("1", "F8_128_HMAC_SHA1_80", KEY_A) CRYPTO("2", "AES_CM_128_HMAC_SHA1_32", KEY_A)
			  CRYPTO("3", SHA1_80, KEY_A "|2^20|1:4") CRYPTO("4", SHA1_80, KEY_A)
				  CRYPTO("5", "AEAD_AES_128_GCM", KEY_GCM),
		  "a=crypto:4 " SHA1_80, NULL },
		{ IMS_SDES_OPTIONAL, AVP, "RTP/AVP 8\r\n", NULL },
		{ IMS_SDES_NONE, SAVP, NULL, "Nothing in common" },
		{ IMS_SDES_NONE, SAVP CRYPTO("1", "AES_CM_128_HMAC_SHA1_32", KEY_A), NULL,
		  "Nothing in common" },
		{ IMS_SDES_MANDATORY, AVP, NULL, "SRTP is mandatory" },
		{ IMS_SDES_MANDATORY, AVP CRYPTO("5", SHA1_80, KEY_A), "a=crypto:5 " SHA1_80, NULL },
		/* 24.229 7.5.2: for UEs with SDES; means nothing to us, and nothing is said of it */
		{ IMS_SDES_NONE, SAVP "a=3ge2ae:applied\r\n" CRYPTO("5", SHA1_80, KEY_A), "a=crypto:5 ",
		  NULL },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(bench) b = bench_new(rows[i].demand);
		g_autofree char *text = offered(b, rows[i].offer);

		if (rows[i].error) {
			if (text || !strstr(b->error->message, rows[i].error))
				fail_msg("row %zu: %s", i, text ? text : b->error->message);
			continue;
		}
		if (!text || !strstr(text, rows[i].has) || strstr(text, "3ge2ae"))
			fail_msg("row %zu: %s", i, text ? text : b->error->message);
	}
}

/* The page may insist after the offer was shown. */
static void test_too_strict_an_answer(void **state)
{
	g_autoptr(bench) b = bench_new(IMS_SDES_NONE);
	g_autoptr(ims_sdp) core = parsed(AVP), shown = NULL, browser = NULL;
	g_autofree char *text = NULL;

	(void)state;
	shown = ims_sdp_offer_to_browser(core, NULL, &b->policy, NULL);
	text = ims_sdp_print(shown);
	browser = parsed(text);
	b->policy.srtp = IMS_SDES_MANDATORY;
	assert_null(ims_sdp_answer_to_core(core, shown, browser, &b->local, &b->streams, &b->error));
	assert_true(g_error_matches(b->error, IMS_ERROR, IMS_E_TOO_STRICT));
}

static void test_what_an_offer_demands(void **state)
{
	static const struct {
		const char *offer;
		ims_sdes_demand demand;
	} rows[] = { { AVP, IMS_SDES_NONE },
		     { AVP CRYPTO("1", SHA1_80, KEY_A), IMS_SDES_OPTIONAL },
		     { SAVP CRYPTO("1", SHA1_80, KEY_A), IMS_SDES_MANDATORY },
		     { SAVP CRYPTO("1", "F8_128_HMAC_SHA1_80", KEY_A), IMS_SDES_NONE } };
	g_autoptr(bench) b = bench_new(IMS_SDES_NONE);

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(ims_sdp) core = parsed(rows[i].offer);

		assert_int_equal(ims_sdp_srtp_demand(core, &b->policy), rows[i].demand);
	}
}

/* ---- a call changes ---- */

static char *reoffered(bench *b, const char *text)
{
	g_autoptr(ims_sdp) core = parsed(text);
	ims_sdp *answer;

	g_clear_error(&b->error);
	answer = ims_sdp_answer_reoffer(core, b->ours, &b->local, b->streams, &b->error);
	if (!answer)
		return NULL;
	ims_sdp_free(b->ours);
	b->ours = answer;
	return ims_sdp_print(answer);
}

static void test_rekeying_by_them(void **state)
{
	g_autoptr(bench) b = bench_new(IMS_SDES_NONE);
	g_autofree char *answer = offered(b, SAVP CRYPTO("1", SHA1_80, KEY_A));
	g_autofree char *again = NULL, *other = NULL, *plain = NULL, *moved = NULL;
	ims_srtp_key ours = first(b)->ours, theirs = first(b)->theirs;

	(void)state;
	assert_non_null(answer);
	/* the same again; their own key anew, under another tag; the running suite goes before a better one
	 */
	again = reoffered(b, SAVP CRYPTO("1", SHA1_80, KEY_A));
	assert_true(ims_srtp_key_equal(&ours, &first(b)->ours));
	assert_true(ims_srtp_key_equal(&theirs, &first(b)->theirs));
	other = reoffered(b, SAVP CRYPTO("8", "AEAD_AES_128_GCM", KEY_GCM) CRYPTO("9", SHA1_80, KEY_B));
	assert_non_null(strstr(other, "a=crypto:9 " SHA1_80));
	assert_true(ims_srtp_key_equal(&ours, &first(b)->ours));
	assert_false(ims_srtp_key_equal(&theirs, &first(b)->theirs));
	/* another suite: then another key of ours */
	moved = reoffered(b, SAVP CRYPTO("1", "AEAD_AES_128_GCM", KEY_GCM));
	assert_int_equal(first(b)->ours.suite, IMS_SRTP_AEAD_AES_128_GCM);
	/* no key that we can use: refused, and all stays */
	plain = reoffered(b, SAVP);
	assert_null(plain);
	assert_true(g_error_matches(b->error, IMS_ERROR, IMS_E_TOO_STRICT));
	assert_int_equal(first(b)->ours.suite, IMS_SRTP_AEAD_AES_128_GCM);
	/* mandatory here: no way back to plain RTP */
	b->policy.srtp = IMS_SDES_MANDATORY;
	assert_null(reoffered(b, AVP));
	assert_true(g_error_matches(b->error, IMS_ERROR, IMS_E_TOO_STRICT));
}

/* A hold says the line that runs, with its key, and nothing else. */
static void test_our_reoffers(void **state)
{
	g_autoptr(bench) b = bench_new(IMS_SDES_OPTIONAL);
	g_autofree char *answer = NULL, *text = NULL, *line = NULL;
	g_autoptr(ims_sdp) hold = NULL, refusing = parsed(SAVP), taking = NULL;
	ims_srtp_key ours;

	(void)state;
	offer(b);
	answer = answered(b, AVP CRYPTO("2", SHA1_80, KEY_A));
	ours = first(b)->ours;
	hold = ims_sdp_reoffer(b->ours, b->streams, IMS_DIR_SENDONLY, &b->local);
	text = ims_sdp_print(hold);
	line = ims_sdes_print(&(ims_sdes_line){ 2, ours });
	assert_non_null(strstr(text, line));
	assert_null(strstr(text, "GCM"));
	assert_false(ims_sdp_take_answer(hold, refusing, b->streams, &b->error));
	assert_true(ims_srtp_key_equal(&ours, &first(b)->ours));
	taking = parsed(AVP CRYPTO("2", SHA1_80, KEY_B));
	assert_true(ims_sdp_take_answer(hold, taking, b->streams, NULL));
	assert_true(ims_srtp_key_equal(&ours, &first(b)->ours));
}

/* Video keeps its way to feedback. */
static void test_profiles_of_video(void **state)
{
	g_autoptr(bench) b = bench_new(IMS_SDES_MANDATORY);
	g_autoptr(ims_sdp) browser = parsed(CHROMIUM);
	g_autofree char *text = NULL;

	(void)state;
	b->ours = ims_sdp_offer_to_core(browser, NULL, &b->local, NULL);
	text = ims_sdp_print(b->ours);
	assert_non_null(strstr(text, "m=video 40002 RTP/SAVP "));
	assert_non_null(strstr(text, "a=tcap:1 RTP/SAVPF\r\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_each_suite_is_read_as_it_is_written),
		cmocka_unit_test(test_our_offers),
		cmocka_unit_test(test_answers_to_us),
		cmocka_unit_test(test_their_offers),
		cmocka_unit_test(test_too_strict_an_answer),
		cmocka_unit_test(test_what_an_offer_demands),
		cmocka_unit_test(test_rekeying_by_them),
		cmocka_unit_test(test_our_reoffers),
		cmocka_unit_test(test_profiles_of_video),
	};

	return cmocka_run_group_tests_name("test_ims_sdes", tests, NULL, NULL);
}
