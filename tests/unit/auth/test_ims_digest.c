/* Published vectors, quoting, and challenges as an enemy would write them.
 * Responses without a source were computed with another MD5 (Python's hashlib). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "auth/ims_digest.h"
#include "base/ims_error.h"

#define NONCE "dcd98b7102dd2f0e8b11d0f600bfb0c093"
#define OPAQUE "5ccc069c403ebaf9f0171e9517f40e41"
#define LONG_NONCE "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
#define LONG_CNONCE "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"

/* ---- answers ---- */

static const struct answer_case {
	const char *name, *challenge;
	ims_digest_request request;
	const char *answer;
} answers[] = {
	{ "RFC 2617 3.5",
	  "Digest realm=\"testrealm@host.com\", qop=\"auth,auth-int\", nonce=\"" NONCE "\", opaque=\"" OPAQUE
	  "\"",
	  { "Mufasa", "Circle Of Life", "GET", "/dir/index.html", "0a4f113b", 1 },
	  "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", nonce=\"" NONCE
	  "\", uri=\"/dir/index.html\", response=\"6629fae49393a05397450978507c4ef1\", opaque=\"" OPAQUE
	  "\", cnonce=\"0a4f113b\", qop=auth, nc=00000001" },
	{ "RFC 7616 3.9.1, MD5",
	  "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=MD5, nonce=\"" LONG_NONCE
	  "\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"",
	  { "Mufasa", "Circle of Life", "GET", "/dir/index.html", LONG_CNONCE, 1 },
	  "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", nonce=\"" LONG_NONCE
	  "\", uri=\"/dir/index.html\", response=\"8ca523f5e9506fed4657c9700eebdbec\", algorithm=MD5, "
	  "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\", cnonce=\"" LONG_CNONCE
	  "\", qop=auth, nc=00000001" },
	{ "RFC 7616 3.9.1, SHA-256",
	  "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=SHA-256, "
	  "nonce=\"" LONG_NONCE "\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"",
	  { "Mufasa", "Circle of Life", "GET", "/dir/index.html", LONG_CNONCE, 1 },
	  "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", nonce=\"" LONG_NONCE
	  "\", uri=\"/dir/index.html\", "
	  "response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\", algorithm=SHA-256, "
	  "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\", cnonce=\"" LONG_CNONCE
	  "\", qop=auth, nc=00000001" },
	{ "RFC 2069 2.4 with its erratum: no qop, cnonce not used",
	  "Digest realm=\"testrealm@host.com\", nonce=\"" NONCE "\", opaque=\"" OPAQUE "\"",
	  { "Mufasa", "CircleOfLife", "GET", "/dir/index.html", "unused", 7 },
	  "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", nonce=\"" NONCE
	  "\", uri=\"/dir/index.html\", response=\"1949323746fe6a43ef61f9606e7febea\", opaque=\"" OPAQUE
	  "\"" },
	{ "a REGISTER as RFC 3261 22 has it, nc in hex, md5 as the network writes it, empty opaque",
	  "Digest realm=\"ims.example\",nonce=\"abc\",opaque=\"\",algorithm=md5,qop=\"auth\"",
	  { "alice@ims.example", "secret", "REGISTER", "sip:ims.example", "0123456789abcdef", 0x1f },
	  "Digest username=\"alice@ims.example\", realm=\"ims.example\", nonce=\"abc\", "
	  "uri=\"sip:ims.example\", "
	  "response=\"9efa73c8fcaae1670aa244812934675d\", algorithm=md5, opaque=\"\", "
	  "cnonce=\"0123456789abcdef\", qop=auth, "
	  "nc=0000001f" },
	{ "quotes and backslashes are hashed plain and escaped on the wire",
	  "Digest realm=\"a \\\"b\\\" \\\\c\", nonce=\"n\\o\"",
	  { "al\"ice\\", "x", "REGISTER", "sip:ims.example", NULL, 0 },
	  "Digest username=\"al\\\"ice\\\\\", realm=\"a \\\"b\\\" \\\\c\", nonce=\"no\", "
	  "uri=\"sip:ims.example\", "
	  "response=\"4f1521d7638d6e326c1e15bc7b24541d\"" },
	{ "UTF-8 in user name, realm and password",
	  "Digest realm=\"Zürich\", nonce=\"n\"",
	  { "Jürgen", "пароль ✓", "REGISTER", "sip:ims.example", NULL, 0 },
	  "Digest username=\"Jürgen\", realm=\"Zürich\", nonce=\"n\", uri=\"sip:ims.example\", "
	  "response=\"957a77d6c4f6bcd1a95eef39b148e17b\"" },
	{ "a password of colons, quotes and line ends",
	  "Digest realm=\"r\", nonce=\"n\"",
	  { "u", "a:b:\"c\"\\\r\n\t\x01%s", "REGISTER", "sip:ims.example", NULL, 0 },
	  "Digest username=\"u\", realm=\"r\", nonce=\"n\", uri=\"sip:ims.example\", "
	  "response=\"b7adb00ce897a0acc1e2fb7e310fb22f\"" },
	{ "an empty password and an empty realm",
	  "Digest realm=\"\", nonce=\"n\"",
	  { "u", "", "REGISTER", "sip:ims.example", NULL, 0 },
	  "Digest username=\"u\", realm=\"\", nonce=\"n\", uri=\"sip:ims.example\", "
	  "response=\"98fc0cf604b7b376cafd04f6031c7411\"" },
};

static void test_answer(void **state)
{
	const struct answer_case *c = *state;
	g_autoptr(GError) error = NULL;
	g_autoptr(ims_challenge) challenge = ims_challenge_parse(c->challenge, &error);
	g_autofree char *answer = NULL;

	assert_non_null(challenge);
	answer = ims_digest_answer(challenge, &c->request, &error);
	assert_null(error);
	assert_string_equal(answer, c->answer);
}

/* A password of 8 kB is not cut: its last character counts. */
static void test_long_password(void **state)
{
	g_autoptr(ims_challenge) challenge = ims_challenge_parse("Digest realm=\"r\", nonce=\"n\"", NULL);
	g_autofree char *secret = g_strnfill(8192, 'p');
	ims_digest_request request = {
		.username = "u", .secret = secret, .method = "REGISTER", .uri = "sip:r"
	};
	g_autofree char *one = ims_digest_answer(challenge, &request, NULL);
	g_autofree char *other = NULL;

	(void)state;
	assert_non_null(strstr(one, "response=\"5b36777553de53bd0654bc1855c985b6\""));
	secret[8191] = 'q';
	other = ims_digest_answer(challenge, &request, NULL);
	assert_string_not_equal(one, other);
}

/* ---- challenges we read but cannot answer, inputs we cannot send ---- */

static const struct refusal_case {
	const char *name, *challenge;
	ims_digest_request request;
	int code;
	const char *says;
} refusals[] = {
	{ "SHA-512-256",
	  "Digest realm=\"r\", nonce=\"n\", algorithm=SHA-512-256",
	  { "u", "hush", "REGISTER", "sip:r", "c", 1 },
	  IMS_E_BAD_CHALLENGE,
	  "'SHA-512-256'" },
	{ "MD5-sess",
	  "Digest realm=\"r\", nonce=\"n\", algorithm=MD5-sess, qop=\"auth\"",
	  { "u", "hush", "REGISTER", "sip:r", "c", 1 },
	  IMS_E_BAD_CHALLENGE,
	  "'MD5-sess'" },
	{ "AKAv1-MD5",
	  "Digest realm=\"r\", nonce=\"n\", algorithm=AKAv1-MD5, qop=\"auth\"",
	  { "u", "hush", "REGISTER", "sip:r", "c", 1 },
	  IMS_E_BAD_CHALLENGE,
	  "'AKAv1-MD5'" },
	{ "only auth-int",
	  "Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\"",
	  { "u", "hush", "REGISTER", "sip:r", "c", 1 },
	  IMS_E_BAD_CHALLENGE,
	  "auth-int" },
	{ "user name with CR LF",
	  "Digest realm=\"r\", nonce=\"n\"",
	  { "u\r\nRoute: x", "hush", "REGISTER", "sip:r", NULL, 0 },
	  IMS_E_INVALID_ELEMENT,
	  "username" },
	{ "method with LF",
	  "Digest realm=\"r\", nonce=\"n\"",
	  { "u", "hush", "REG\nISTER", "sip:r", NULL, 0 },
	  IMS_E_INVALID_ELEMENT,
	  "method" },
	{ "uri with CR",
	  "Digest realm=\"r\", nonce=\"n\"",
	  { "u", "hush", "REGISTER", "sip:r\r", NULL, 0 },
	  IMS_E_INVALID_ELEMENT,
	  "uri" },
	{ "cnonce with DEL",
	  "Digest realm=\"r\", nonce=\"n\", qop=\"auth\"",
	  { "u", "hush", "REGISTER", "sip:r", "\x7f", 1 },
	  IMS_E_INVALID_ELEMENT,
	  "cnonce" },
};

static void test_refusal(void **state)
{
	const struct refusal_case *c = *state;
	g_autoptr(GError) error = NULL;
	g_autoptr(ims_challenge) challenge = ims_challenge_parse(c->challenge, NULL);

	assert_non_null(challenge);
	assert_null(ims_digest_answer(challenge, &c->request, &error));
	assert_true(g_error_matches(error, IMS_ERROR, c->code));
	assert_non_null(strstr(error->message, c->says));
	assert_null(strstr(error->message, "hush"));
	assert_null(strpbrk(error->message, "\r\n\x7f"));
}

/* ---- good challenges ---- */

static void test_fields(void **state)
{
	g_autoptr(ims_challenge) challenge =
		ims_challenge_parse(" dIgEsT \t REALM = \"r, =x\" ,nonce=n1,Stale=TRUE, algorithm=\"MD5\" , "
				    "opaque=\"o\",qop=auth-int,"
				    "domain=\"sip:a sip:b\", x=y \t",
				    NULL);

	(void)state;
	assert_non_null(challenge);
	assert_string_equal(challenge->realm, "r, =x");
	assert_string_equal(challenge->nonce, "n1");
	assert_string_equal(challenge->algorithm, "MD5");
	assert_string_equal(challenge->opaque, "o");
	assert_true(challenge->stale);
	assert_true(challenge->qop_auth_int);
	assert_false(challenge->qop_auth);
}

static void test_fields_left_out(void **state)
{
	g_autoptr(ims_challenge) challenge = ims_challenge_parse(
		"Digest realm=\"r\", nonce=\"n\", stale=false, qop=\"token, AUTH\"", NULL);

	(void)state;
	assert_non_null(challenge);
	assert_null(challenge->algorithm);
	assert_null(challenge->opaque);
	assert_false(challenge->stale);
	assert_true(challenge->qop_auth);
	assert_false(challenge->qop_auth_int);
}

/* REQ-38: a new nonce is another challenge, so is another realm; the rest does not count. */
static void test_same(void **state)
{
	g_autoptr(ims_challenge) a = ims_challenge_parse("Digest realm=\"r\", nonce=\"n\"", NULL);
	g_autoptr(ims_challenge) b = ims_challenge_parse("Digest nonce=\"n\", realm=\"r\", stale=true", NULL);
	g_autoptr(ims_challenge) nonce = ims_challenge_parse("Digest realm=\"r\", nonce=\"m\"", NULL);
	g_autoptr(ims_challenge) realm = ims_challenge_parse("Digest realm=\"R\", nonce=\"n\"", NULL);

	(void)state;
	assert_true(ims_challenge_is_same(a, b));
	assert_false(ims_challenge_is_same(a, nonce));
	assert_false(ims_challenge_is_same(a, realm));
}

/* ---- bad challenges ---- */

static const struct bad_case {
	const char *name, *value, *says;
} bad[] = {
	{ "missing header", NULL, "none" },
	{ "empty", "", "scheme" },
	{ "blank", " \t ", "scheme" },
	{ "Basic", "Basic realm=\"r\"", "'Basic'" },
	{ "Bearer", "Bearer realm=\"r\", nonce=\"n\"", "'Bearer'" },
	{ "scheme and parameter in one", "Digestrealm=\"r\", nonce=\"n\"", "'Digestrealm'" },
	{ "scheme alone", "Digest", "parameter name" },
	{ "comma behind the scheme", "Digest, realm=\"r\", nonce=\"n\"", "parameter name" },
	{ "realm missing", "Digest nonce=\"n\"", "realm" },
	{ "nonce missing", "Digest realm=\"r\"", "nonce" },
	{ "nonce empty", "Digest realm=\"r\", nonce=\"\"", "nonce" },
	{ "unbalanced quotes", "Digest realm=\"r, nonce=n", "unbalanced" },
	{ "quote escaped away", "Digest nonce=\"n\", realm=\"r\\\"", "unbalanced" },
	{ "backslash at the end", "Digest nonce=\"n\", realm=\"r\\", "unbalanced" },
	{ "realm twice", "Digest realm=\"r\", nonce=\"n\", realm=\"s\"", "twice" },
	{ "nonce twice, in capitals", "Digest realm=\"r\", nonce=\"n\", NONCE=\"n\"", "twice" },
	{ "unknown parameter twice", "Digest realm=\"r\", nonce=\"n\", x=1, x=1", "twice" },
	{ "value missing", "Digest realm=\"r\", nonce=", "value" },
	{ "value missing in the middle", "Digest realm=, nonce=\"n\"", "value" },
	{ "nonce in base64 without quotes", "Digest realm=\"r\", nonce=a/b==", "','" },
	{ "no comma", "Digest realm=\"r\" nonce=\"n\"", "','" },
	{ "text behind a quoted string", "Digest realm=\"r\"x, nonce=\"n\"", "','" },
	{ "two commas", "Digest realm=\"r\",, nonce=\"n\"", "parameter name" },
	{ "comma at the end", "Digest realm=\"r\", nonce=\"n\",", "parameter name" },
	{ "name without value", "Digest realm=\"r\", nonce=\"n\", stale", "'='" },
	{ "two Digests", "Digest realm=\"r\", nonce=\"n\", Digest realm=\"s\", nonce=\"m\"",
	  "several challenges" },
	{ "Digest, then Basic", "Digest realm=\"r\", nonce=\"n\", Basic realm=\"r\"", "several challenges" },
	{ "line folded", "Digest realm=\"r\",\r\n nonce=\"n\"", "parameter name" },
	{ "line end in a string", "Digest realm=\"r\r\nRoute: x\", nonce=\"n\"", "control" },
	{ "tab in a string", "Digest realm=\"r\ts\", nonce=\"n\"", "control" },
	{ "escaped control character", "Digest realm=\"r\\\x01\", nonce=\"n\"", "control" },
	{ "DEL", "Digest realm=\"r\x7f\", nonce=\"n\"", "control" },
	{ "not UTF-8", "Digest realm=\"r\xff\", nonce=\"n\"", "UTF-8" },
	{ "algorithm that is not a token", "Digest realm=\"r\", nonce=\"n\", algorithm=\"MD5, x=1\"",
	  "algorithm" },
	{ "algorithm empty", "Digest realm=\"r\", nonce=\"n\", algorithm=\"\"", "algorithm" },
	{ "qop unknown", "Digest realm=\"r\", nonce=\"n\", qop=\"auth-conf\"", "qop" },
	{ "qop empty", "Digest realm=\"r\", nonce=\"n\", qop=\"\"", "qop" },
};

static void assert_bad(const char *value, const char *says)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(ims_challenge) challenge = ims_challenge_parse(value, &error);

	assert_null(challenge);
	assert_true(g_error_matches(error, IMS_ERROR, IMS_E_BAD_CHALLENGE));
	assert_non_null(strstr(error->message, says));
	assert_null(strpbrk(error->message, "\r\n\x7f"));
}

static void test_bad(void **state)
{
	const struct bad_case *c = *state;

	assert_bad(c->value, c->says);
}

/* Good but for its size: 16 KiB pass, 17 KiB do not. */
static void test_size(void **state)
{
	static const char head[] = "Digest realm=\"r\", nonce=\"";
	g_autofree char *fill = g_strnfill(16 * 1024 - strlen(head) - 1, 'n');
	g_autofree char *fits = g_strconcat(head, fill, "\"", NULL);
	g_autofree char *more = g_strconcat(fits, " ", NULL);
	g_autofree char *kib = g_strnfill(1024, ' ');
	g_autofree char *far_more = g_strconcat(fits, kib, NULL);
	g_autoptr(ims_challenge) challenge = ims_challenge_parse(fits, NULL);

	(void)state;
	assert_int_equal(strlen(fits), 16 * 1024);
	assert_non_null(challenge);
	assert_bad(more, "longer");
	assert_bad(far_more, "longer");
}

static void test_many_parameters(void **state)
{
	g_autoptr(GString) value = g_string_new("Digest realm=\"r\", nonce=\"n\"");
	g_autoptr(ims_challenge) challenge = NULL;

	(void)state;
	for (int i = 0; i < 30; i++)
		g_string_append_printf(value, ", x%d=1", i);
	challenge = ims_challenge_parse(value->str, NULL);
	assert_non_null(challenge);
	g_string_append(value, ", y=1");
	assert_bad(value->str, "too many");
}

static void test_free_null(void **state)
{
	(void)state;
	ims_challenge_free(NULL);
}

/* ---- what the server proves ---- */

/* RFC 2617 3.2.3 gives no figures: H(H(Mufasa:testrealm@host.com:Circle Of
 * Life):nonce:00000001:0a4f113b:auth: H(:/dir/index.html)), by Python. */
static void test_info(void **state)
{
	static const struct {
		const char *value, *nextnonce;
		gboolean good;
	} rows[] = {
		{ "rspauth=\"376602cfd2f4e8e5e78b948a85263e85\", cnonce=\"0a4f113b\", nc=00000001, qop=auth",
		  NULL, TRUE },
		{ "rspauth=\"376602CFD2F4E8E5E78B948A85263E85\"", NULL, TRUE },
		{ "nextnonce=\"next\"", "next", TRUE },
		{ "nextnonce=\"\"", NULL, TRUE },
		{ "qop=auth", NULL, TRUE },
		{ "rspauth=\"376602cfd2f4e8e5e78b948a85263e80\"", NULL, FALSE },
		{ "rspauth=\"\"", NULL, FALSE },
		{ "rspauth=\"376602cfd2f4e8e5e78b948a85263e85\", cnonce=\"other\"", NULL, FALSE },
		{ "rspauth=\"376602cfd2f4e8e5e78b948a85263e85\", nc=00000002", NULL, FALSE },
		{ "", NULL, FALSE },
		{ "nextnonce", NULL, FALSE },
		{ "nextnonce=\"a", NULL, FALSE },
		{ "nextnonce=\"a\", nextnonce=\"b\"", NULL, FALSE },
		{ "nextnonce=\"a\xff\"", NULL, FALSE },
	};
	g_autoptr(ims_challenge) challenge = ims_challenge_parse(
		"Digest realm=\"testrealm@host.com\", qop=\"auth\", nonce=\"" NONCE "\"", NULL);
	const ims_digest_request request = { "Mufasa",          "Circle Of Life", "GET",
					     "/dir/index.html", "0a4f113b",       1 };

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *nextnonce = NULL;

		if (ims_digest_check_info(challenge, &request, rows[i].value, &nextnonce, &error) !=
		    rows[i].good)
			fail_msg("%s: %s", rows[i].value, error ? error->message : "taken");
		assert_true((error == NULL) == rows[i].good);
		assert_int_equal(g_strcmp0(nextnonce, rows[i].nextnonce), 0);
	}
}

/* ---- the edge's headers ---- */

/* REQ-31: the first REGISTER names the IMPI and proves nothing. */
static void test_empty(void **state)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *value =
		ims_digest_empty("a\"b@ims.example", "ims.example", "sip:ims.example", &error);

	(void)state;
	assert_string_equal(value,
			    "Digest username=\"a\\\"b@ims.example\", realm=\"ims.example\", nonce=\"\", "
			    "uri=\"sip:ims.example\", response=\"\"");
	assert_null(ims_digest_empty("a\nb", "r", "sip:r", &error));
	assert_true(g_error_matches(error, IMS_ERROR, IMS_E_INVALID_ELEMENT));
	g_clear_error(&error);
	assert_null(ims_digest_empty("a", "r\r", "sip:r", &error));
	assert_true(g_error_matches(error, IMS_ERROR, IMS_E_INVALID_ELEMENT));
	g_clear_error(&error);
	assert_null(ims_digest_empty("a", "r", "sip:r\x01", &error));
	assert_true(g_error_matches(error, IMS_ERROR, IMS_E_INVALID_ELEMENT));
}

/* REQ-32, and the bare token that some cores expect. */
static void test_integrity(void **state)
{
	static const char *const values[] = { "tls-pending", "tls-yes", "ip-assoc-pending", "ip-assoc-yes" };
	g_autofree char *none = ims_digest_with_integrity("Digest a=b", NULL);
	g_autofree char *no_token = ims_digest_with_integrity_token("Digest a=b", NULL);

	(void)state;
	assert_string_equal(none, "Digest a=b");
	assert_string_equal(no_token, "Digest a=b");
	for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
		g_autofree char *quoted = ims_digest_with_integrity("Digest a=b", values[i]);
		g_autofree char *token = ims_digest_with_integrity_token("Digest a=b", values[i]);
		g_autofree char *want = g_strdup_printf("Digest a=b, integrity-protected=\"%s\"", values[i]);
		g_autofree char *want_token =
			g_strdup_printf("Digest a=b, integrity-protected=%s", values[i]);

		assert_string_equal(quoted, want);
		assert_string_equal(token, want_token);
	}
}

/* REQ-07: anything else ends the process rather than reaching the core. */
static void test_integrity_never(void **state)
{
	static const char *const values[] = { "yes", "no", "", "auth-done", "TLS-YES" };

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
		int status = 0;
		pid_t child = fork();

		assert_true(child >= 0);
		if (child == 0) {
			signal(SIGABRT, SIG_DFL);
			close(STDOUT_FILENO); /* GLib says "Bail out!" there, which ends a TAP stream */
			close(STDERR_FILENO);
			g_free(ims_digest_with_integrity("Digest a=b", values[i]));
			_exit(0);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	}
}

#define ADD_TABLE(tests, rows, function)                                                                     \
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)                                                       \
	g_array_append_vals(tests,                                                                           \
			    &(struct CMUnitTest){ .name = (rows)[i].name,                                    \
						  .test_func = function,                                     \
						  .initial_state = (void *)&(rows)[i] },                     \
			    1)

int main(void)
{
	static const struct CMUnitTest singles[] = {
		cmocka_unit_test(test_long_password),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_fields_left_out),
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_many_parameters),
		cmocka_unit_test(test_free_null),
		cmocka_unit_test(test_info),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_integrity),
		cmocka_unit_test(test_integrity_never),
	};
	g_autoptr(GArray) tests = g_array_new(FALSE, TRUE, sizeof(struct CMUnitTest));

	ADD_TABLE(tests, answers, test_answer);
	ADD_TABLE(tests, refusals, test_refusal);
	ADD_TABLE(tests, bad, test_bad);
	g_array_append_vals(tests, singles, G_N_ELEMENTS(singles));
	return _cmocka_run_group_tests("test_ims_digest", (void *)tests->data, tests->len, NULL, NULL);
}
