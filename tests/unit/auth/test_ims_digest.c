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
#define OF_WELCOME "66f4a0c663120b558aee18bdc9edbf59d3d0ac29c4f2d6ebeebeff47c1fe3ab6"
#define OF_NOTHING "5dce05d9ea5d663c15c11d65432227ce4d8ec123d1c6710bd0dc4c81f78a63df"
#define DOE_NONCE "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK"
#define DOE_CNONCE "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v"
#define LONG_NONCE "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
#define LONG_CNONCE "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"

/* One request, with its secret as text. */
typedef struct {
	const char *username, *secret, *method, *uri, *cnonce;
	guint32 nc;
} sample;

/* ... and what few of them have. */
typedef struct {
	const char *body, *session_nonce, *ha1;
} extras;

/* To be cleared. */
static ims_digest_request request_of(const sample *s, const extras *e)
{
	return (ims_digest_request){ .username = s->username,
				     .secret = ims_secret_new_text(e->ha1 ? e->ha1 : s->secret),
				     .is_ha1 = e->ha1 != NULL,
				     .method = s->method,
				     .uri = s->uri,
				     .body = e->body ? g_bytes_new(e->body, strlen(e->body)) : NULL,
				     .cnonce = s->cnonce,
				     .nc = s->nc,
				     .session_nonce = e->session_nonce };
}

static void request_clear(ims_digest_request *request)
{
	ims_secret_unref((ims_secret *)request->secret);
	if (request->body)
		g_bytes_unref(request->body);
}

static char *answer_with(const ims_challenge *challenge, const sample *s, const extras *e, GError **error)
{
	ims_digest_request request = request_of(s, e);
	char *answer = ims_digest_answer(challenge, &request, error);

	request_clear(&request);
	return answer;
}

static char *answer_to(const ims_challenge *challenge, const sample *s, GError **error)
{
	return answer_with(challenge, s, &(extras){ .body = NULL }, error);
}

/* ---- answers ---- */

static const struct answer_case {
	const char *name, *challenge;
	sample request;
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
	{ "RFC 7616 3.9.2 with erratum 4897, SHA-512-256; its user name as it is, userhash is not ours",
	  "Digest realm=\"api@example.org\", qop=\"auth\", algorithm=SHA-512-256, nonce=\"" DOE_NONCE
	  "\", opaque=\"HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS\", charset=UTF-8, userhash=true",
	  { "J\xc3\xa4s\xc3\xb8n Doe", "Secret, or not?", "GET", "/doe.json", DOE_CNONCE, 1 },
	  "Digest username=\"J\xc3\xa4s\xc3\xb8n Doe\", realm=\"api@example.org\", nonce=\"" DOE_NONCE
	  "\", uri=\"/doe.json\", "
	  "response=\"3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5\", "
	  "algorithm=SHA-512-256, opaque=\"HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS\", "
	  "cnonce=\"" DOE_CNONCE "\", qop=auth, nc=00000001" },
	{ "-sess without qop needs a cnonce, too",
	  "Digest realm=\"ims.example\", nonce=\"n1\", algorithm=MD5-sess",
	  { "alice", "hush", "REGISTER", "sip:ims.example", "c1", 1 },
	  "Digest username=\"alice\", realm=\"ims.example\", nonce=\"n1\", uri=\"sip:ims.example\", "
	  "response=\"0e8cf8781be83a3b67c6111bdd5cc9f8\", algorithm=MD5-sess, cnonce=\"c1\"" },
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
	answer = answer_to(challenge, &c->request, &error);
	assert_null(error);
	assert_string_equal(answer, c->answer);
}

/* A password of 8 kB is not cut: its last character counts. */
static void test_long_password(void **state)
{
	g_autoptr(ims_challenge) challenge = ims_challenge_parse("Digest realm=\"r\", nonce=\"n\"", NULL);
	g_autofree char *secret = g_strnfill(8192, 'p');
	const sample request = { "u", secret, "REGISTER", "sip:r", NULL, 0 };
	g_autofree char *one = answer_to(challenge, &request, NULL);
	g_autofree char *other = NULL;

	(void)state;
	assert_non_null(strstr(one, "response=\"5b36777553de53bd0654bc1855c985b6\""));
	secret[8191] = 'q';
	other = answer_to(challenge, &request, NULL);
	assert_string_not_equal(one, other);
}

/* REQ-36: every algorithm with every qop, and its -sess; by password and by HA1. Of Python's hashlib. */
static const struct algorithm_case {
	const char *name, *algorithm, *ha1;
	const char *plain, *sess, *integrity, *sess_integrity, *no_body;
	const char *rspauth, *sess_rspauth;
} all_algorithms[] = {
	{ "MD5", "MD5", "d96a247e58d0d67241002dc4c4a0b6f3", "ecd9b8d1eabe34d53fc2f51b066b9fbe",
	  "e197307342cef2ce9bcf95cb4e67ae02", "0f75cd4591d8e3b830bdaf46e292fe64",
	  "401b4b5a7b5afcde0ee60e1718d333e9", "1f4018195255236be5fcc89fd98f7dd6",
	  "a25ee64483883a169c207a8a39a3d3be", "6a601f6b1b0fb723c642f6a5d5e347be" },
	{ "SHA-256", "SHA-256", "c448396d13f1ec9967ba9a3b21af717c24ba7bceeca1dfe52e9eed772053baa9",
	  "a9d185a12ea8eede0010b4e13389f40f05d5d91cbb1c3cd77169cf16151d528b",
	  "890665beb60d5942c993b5c0cc50dbaa7c2ee17660c7bfa1696c686741e77949",
	  "22787b887e0d4936b7501225c3501ecb2b2e4713b573ad780c1fc2597a74fd17",
	  "50bcbf8347ee78560a3288bf5fd7d6110a5c8d90b6f0a3776d781e31c48ddd65",
	  "476a73db5385888c85569e67dab0ee3b4e2e6534535cb3af61f3e5ea3ef707d3",
	  "6435a898a8984b9471363b282f3dbf2f0479e89cf171a56924c60bf3b45b1c4e",
	  "82d5ae60e0656a93108571208229a787240c96f778272ff47de38919a685c3e7" },
	{ "SHA-512-256", "SHA-512-256", "c50caf323591cde354688fd3852ef123714fbc5587da0e9c05341a3cf94e4803",
	  "9a7ba70a7d0bb5126bcde48adc50693f53fbb306a0945b3ec0055e0a23bcac2f",
	  "a0cae2020721b504eb968c81d8fde384465c9393738971e7e00abe18a59a7c8b",
	  "1a6bc0c6a382026ca2cb92e0714f97a6082fe02f548f524014c76c58f6771a36",
	  "606d61e1aa504a25d3abb54cf93bf94348b43d1366b4be44118ff36ce9851d73",
	  "4b4734b45159802a1b090976638c35d4f0c675a2cf2c437181ae2657820a1dd8",
	  "14cf6e4c2b05f98857b1c675bd12da92bf01d88400b3d2a4cda07e6843300965",
	  "cd4a5b5da1558895b312bba0365bf3a2942620281936180319fb98b487a3d427" },
};

static void assert_response(const struct algorithm_case *c, const char *suffix, const char *qop,
			    const sample *request, const char *body, const char *response)
{
	g_autofree char *text = g_strdup_printf("Digest realm=\"ims.example\", nonce=\"n1\", "
						"algorithm=%s%s, qop=\"%s\"",
						c->algorithm, suffix, qop);
	g_autofree char *wanted =
		g_strdup_printf("response=\"%s\", algorithm=%s%s, ", response, c->algorithm, suffix);
	g_autoptr(ims_challenge) challenge = ims_challenge_parse(text, NULL);
	g_autofree char *by_password = answer_with(challenge, request, &(extras){ .body = body }, NULL);
	g_autofree char *by_ha1 =
		answer_with(challenge, request, &(extras){ .body = body, .ha1 = c->ha1 }, NULL);

	if (!strstr(by_password, wanted))
		fail_msg("%s %s: '%s' is not in '%s'", text, request->method, wanted, by_password);
	assert_string_equal(by_password, by_ha1);
}

static void test_algorithm(void **state)
{
	const struct algorithm_case *c = *state;
	const sample first = { "alice", "hush", "REGISTER", "sip:ims.example", "c1", 1 };
	const sample second = { "alice", "hush", "REGISTER", "sip:ims.example", "c1", 2 };
	const sample message = { "alice", "hush", "MESSAGE", "sip:bob@ims.example", "c1", 1 };
	const char *body = "Gr\xc3\xbc\xc3\x9f"
			   "e\r\n";

	assert_response(c, "", "auth", &first, NULL, c->plain);
	assert_response(c, "", "auth-int, auth", &first, NULL, c->plain);
	assert_response(c, "-sess", "auth", &second, NULL, c->sess);
	assert_response(c, "", "auth-int", &message, body, c->integrity);
	assert_response(c, "-sess", "auth-int", &message, body, c->sess_integrity);
	assert_response(c, "", "auth-int", &first, NULL, c->no_body);
}

/* RFC 7616 3.4.2: the nonce that began the session stays in A1. */
static void test_session_goes_on(void **state)
{
	g_autoptr(ims_challenge) challenge = ims_challenge_parse(
		"Digest realm=\"ims.example\", nonce=\"n2\", algorithm=SHA-256-sess, qop=\"auth\"", NULL);
	const sample request = { "alice", "hush", "REGISTER", "sip:ims.example", "c1", 1 };
	g_autofree char *answer = answer_with(challenge, &request, &(extras){ .session_nonce = "n1" }, NULL);

	(void)state;
	assert_non_null(strstr(answer, "fcfae5af96dc87d33dd3fa8b2bcd831f964a7421255f1468b1d4d70b89b6016f"));
}

static gboolean proves(const struct algorithm_case *c, const char *suffix, const char *rspauth)
{
	const sample s = { "alice", "hush", "REGISTER", "sip:ims.example", "c1", 1 };
	ims_digest_request request = request_of(&s, &(extras){ .body = NULL });
	g_autofree char *text = g_strdup_printf("Digest realm=\"ims.example\", nonce=\"n1\", "
						"algorithm=%s%s, qop=\"auth\"",
						c->algorithm, suffix);
	g_autofree char *info =
		g_strdup_printf("qop=auth, rspauth=\"%s\", cnonce=\"c1\", nc=00000001", rspauth);
	g_autoptr(ims_challenge) challenge = ims_challenge_parse(text, NULL);
	g_autofree char *nextnonce = NULL;
	gboolean proved = ims_digest_check_info(challenge, &request, info, NULL, &nextnonce, NULL);

	request_clear(&request);
	return proved;
}

/* REQ-35, of all algorithms. */
static void test_rspauth(void **state)
{
	const struct algorithm_case *c = *state;

	assert_true(proves(c, "", c->rspauth));
	assert_true(proves(c, "-sess", c->sess_rspauth));
	assert_false(proves(c, "", c->sess_rspauth));
	assert_false(proves(c, "-sess", c->rspauth));
	assert_false(proves(c, "", c->plain));
}

/* ---- challenges we read but cannot answer, inputs we cannot send ---- */

static const struct refusal_case {
	const char *name, *challenge;
	sample request;
	int code;
	const char *says;
} refusals[] = {
	{ "SHA-512",
	  "Digest realm=\"r\", nonce=\"n\", algorithm=SHA-512",
	  { "u", "hush", "REGISTER", "sip:r", "c", 1 },
	  IMS_E_BAD_CHALLENGE,
	  "'SHA-512'" },
	{ "-sess alone",
	  "Digest realm=\"r\", nonce=\"n\", algorithm=-sess, qop=\"auth\"",
	  { "u", "hush", "REGISTER", "sip:r", "c", 1 },
	  IMS_E_BAD_CHALLENGE,
	  "'-sess'" },
	{ "AKAv1-MD5",
	  "Digest realm=\"r\", nonce=\"n\", algorithm=AKAv1-MD5, qop=\"auth\"",
	  { "u", "hush", "REGISTER", "sip:r", "c", 1 },
	  IMS_E_BAD_CHALLENGE,
	  "'AKAv1-MD5'" },
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
	assert_null(answer_to(challenge, &c->request, &error));
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
		{ "nextnonce=\"next\", qop=, rspauth=\"376602cfd2f4e8e5e78b948a85263e85\", cnonce=\"\", nc=",
		  "next", TRUE },
		{ "rspauth=", NULL, FALSE },
		{ "=", NULL, FALSE },
		{ "", NULL, FALSE },
		{ "nextnonce", NULL, FALSE },
		{ "nextnonce=\"a", NULL, FALSE },
		{ "nextnonce=\"a\", nextnonce=\"b\"", NULL, FALSE },
		{ "nextnonce=\"a\xff\"", NULL, FALSE },
	};
	g_autoptr(ims_challenge) challenge = ims_challenge_parse(
		"Digest realm=\"testrealm@host.com\", qop=\"auth\", nonce=\"" NONCE "\"", NULL);
	const sample s = { "Mufasa", "Circle Of Life", "GET", "/dir/index.html", "0a4f113b", 1 };
	ims_digest_request request = request_of(&s, &(extras){ .body = NULL });

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *nextnonce = NULL;

		if (ims_digest_check_info(challenge, &request, rows[i].value, NULL, &nextnonce, &error) !=
		    rows[i].good)
			fail_msg("%s: %s", rows[i].value, error ? error->message : "taken");
		assert_true((error == NULL) == rows[i].good);
		assert_int_equal(g_strcmp0(nextnonce, rows[i].nextnonce), 0);
	}
	request_clear(&request);
}

/* auth-int of an answer has the answer's body in it. */
static void test_info_of_body(void **state)
{
	static const struct {
		const char *body, *info;
		gboolean good;
	} rows[] = {
		{ "welcome", "rspauth=\"" OF_WELCOME "\", qop=auth-int", TRUE },
		{ "welcome", "rspauth=\"" OF_WELCOME "\"", TRUE },
		{ "welcomE", "rspauth=\"" OF_WELCOME "\", qop=auth-int", FALSE },
		{ NULL, "rspauth=\"" OF_WELCOME "\", qop=auth-int", FALSE },
		{ NULL, "rspauth=\"" OF_NOTHING "\", qop=auth-int", TRUE },
		{ NULL, "rspauth=\"" OF_NOTHING "\", qop=auth", FALSE },
		{ NULL,
		  "rspauth=\"6435a898a8984b9471363b282f3dbf2f0479e89cf171a56924c60bf3b45b1c4e\", qop=auth",
		  TRUE },
	};
	g_autoptr(ims_challenge) challenge = ims_challenge_parse(
		"Digest realm=\"ims.example\", nonce=\"n1\", algorithm=SHA-256, qop=\"auth-int\"", NULL);
	const sample s = { "alice", "hush", "REGISTER", "sip:ims.example", "c1", 1 };
	ims_digest_request request = request_of(&s, &(extras){ .body = NULL });

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GBytes) body =
			rows[i].body ? g_bytes_new(rows[i].body, strlen(rows[i].body)) : NULL;
		g_autofree char *nextnonce = NULL;

		if (ims_digest_check_info(challenge, &request, rows[i].info, body, &nextnonce, NULL) !=
		    rows[i].good)
			fail_msg("row %zu", i);
	}
	request_clear(&request);
}

/* What an HA1 says of itself: MD5 or SHA-256. */
static void test_ha1_hash(void **state)
{
	g_autofree char *md5 = g_strnfill(32, 'A'), *sha = g_strnfill(64, 'f');
	static const char *const wrong[] = { "", "abc", "0123456789abcdef0123456789abcdeg",
					     "0123456789abcdef0123456789abcdef0" };
	ims_hash hash;

	(void)state;
	assert_true(ims_digest_ha1_hash(md5, &hash));
	assert_int_equal(hash, IMS_HASH_MD5);
	assert_true(ims_digest_ha1_hash(sha, &hash));
	assert_int_equal(hash, IMS_HASH_SHA_256);
	for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++)
		assert_false(ims_digest_ha1_hash(wrong[i], &hash));
}

/* ---- the edge's headers ---- */

/* REQ-31: the first REGISTER names the IMPI and proves nothing. */
static void test_empty(void **state)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *value =
		ims_digest_empty("a\"b@ims.example", "ims.example", "sip:ims.example", NULL, &error);

	(void)state;
	assert_string_equal(value,
			    "Digest username=\"a\\\"b@ims.example\", realm=\"ims.example\", nonce=\"\", "
			    "uri=\"sip:ims.example\", response=\"\"");
	assert_null(ims_digest_empty("a\nb", "r", "sip:r", NULL, &error));
	assert_true(g_error_matches(error, IMS_ERROR, IMS_E_INVALID_ELEMENT));
	g_clear_error(&error);
	assert_null(ims_digest_empty("a", "r\r", "sip:r", NULL, &error));
	assert_true(g_error_matches(error, IMS_ERROR, IMS_E_INVALID_ELEMENT));
	g_clear_error(&error);
	assert_null(ims_digest_empty("a", "r", "sip:r\x01", NULL, &error));
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
		cmocka_unit_test(test_info_of_body),
		cmocka_unit_test(test_session_goes_on),
		cmocka_unit_test(test_ha1_hash),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_integrity),
		cmocka_unit_test(test_integrity_never),
	};
	g_autoptr(GArray) tests = g_array_new(FALSE, TRUE, sizeof(struct CMUnitTest));

	ADD_TABLE(tests, answers, test_answer);
	ADD_TABLE(tests, all_algorithms, test_algorithm);
	ADD_TABLE(tests, all_algorithms, test_rspauth);
	ADD_TABLE(tests, refusals, test_refusal);
	ADD_TABLE(tests, bad, test_bad);
	g_array_append_vals(tests, singles, G_N_ELEMENTS(singles));
	return _cmocka_run_group_tests("test_ims_digest", (void *)tests->data, tests->len, NULL, NULL);
}
