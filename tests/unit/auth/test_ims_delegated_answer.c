/* What a client may say to a challenge, and what not (REQ-06, REQ-30, REQ-33). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "auth/ims_delegated_answer.h"
#include "base/ims_error.h"

#define MD5_32 "0123456789abcdef0123456789ABCDEF"
#define SHA_64 MD5_32 MD5_32
#define AUTS "AAECAwQFBgcICQoLDA0="

static char *answer_to(const char *challenge_text, const ims_prover_reply *reply, GError **error)
{
	g_autoptr(ims_challenge) challenge = ims_challenge_parse(challenge_text, NULL);
	const ims_delegated_ask ask = { "alice@ims.example", "sip:ims.example", challenge };

	assert_non_null(challenge);
	return ims_delegated_answer(&ask, reply, error);
}

/* ---- the parts of an answer ---- */

#define MD5 "Digest realm=\"ims.example\", nonce=\"abc\", qop=\"auth,auth-int\""
#define SHA                                                                                                  \
	"Digest realm=\"ims.example\", nonce=\"abc\", algorithm=SHA-256, qop=\"auth-int\", "                 \
	"opaque=\"o\\\"p\""
#define OLD "Digest realm=\"ims.example\", nonce=\"abc\", algorithm=MD5"
#define AKA "Digest realm=\"ims.example\", nonce=\"abc\", algorithm=AKAv1-MD5, qop=\"auth\""
#define COUNTED .cnonce = "c", .nc = "0000000a"
#define BEGIN                                                                                                \
	"Digest username=\"alice@ims.example\", realm=\"ims.example\", nonce=\"abc\", "                      \
	"uri=\"sip:ims.example\", "

static const struct {
	const char *name, *challenge;
	ims_prover_reply reply;
	const char *answer;
} composed[] = {
	{ "qop auth by itself",
	  MD5,
	  { .response = MD5_32, COUNTED },
	  BEGIN "response=\"" MD5_32 "\", cnonce=\"c\", qop=auth, nc=0000000a" },
	{ "auth-int as wished, and the nonce that is meant",
	  MD5,
	  { .response = MD5_32, COUNTED, .qop = "auth-int", .nonce = "abc" },
	  BEGIN "response=\"" MD5_32 "\", cnonce=\"c\", qop=auth-int, nc=0000000a" },
	{ "algorithm and opaque are the challenge's",
	  SHA,
	  { .response = SHA_64, COUNTED },
	  BEGIN "response=\"" SHA_64
		"\", algorithm=SHA-256, opaque=\"o\\\"p\", cnonce=\"c\", qop=auth-int, nc=0000000a" },
	{ "RFC 2069", OLD, { .response = MD5_32 }, BEGIN "response=\"" MD5_32 "\", algorithm=MD5" },
	{ "AKA out of step",
	  AKA,
	  { .response = MD5_32, COUNTED, .auts = AUTS },
	  BEGIN "response=\"" MD5_32
		"\", algorithm=AKAv1-MD5, cnonce=\"c\", qop=auth, nc=0000000a, auts=\"" AUTS "\"" },
	{ "AKA that does not believe the network",
	  AKA,
	  { .response = "", COUNTED },
	  BEGIN "response=\"\", algorithm=AKAv1-MD5, cnonce=\"c\", qop=auth, nc=0000000a" },
};

static void test_composed(void **state)
{
	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(composed); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *answer = answer_to(composed[i].challenge, &composed[i].reply, &error);

		if (g_strcmp0(answer, composed[i].answer) != 0)
			fail_msg("%s: %s", composed[i].name, answer ? answer : error->message);
	}
}

static const struct {
	const char *name, *challenge;
	ims_prover_reply reply;
	const char *error;
} refused[] = {
	{ "nothing", MD5, { .cnonce = "c" }, "authenticate: 'response' or 'authorization' is missing" },
	{ "both",
	  MD5,
	  { .authorization = "Digest x=y", .response = MD5_32 },
	  "'response' does not go with it" },
	{ "too short", MD5, { .response = "0123", COUNTED }, "'response' must be 32 hexadecimal digits" },
	{ "SHA-256 is longer",
	  SHA,
	  { .response = MD5_32, COUNTED },
	  "'response' must be 64 hexadecimal digits" },
	{ "empty without AKA", MD5, { .response = "", COUNTED }, "'response' must be" },
	{ "no hex", MD5, { .response = "0123456789abcdef0123456789abcdeg", COUNTED }, "'response' must be" },
	{ "a parameter more", MD5, { .response = MD5_32 "\", x=\"", COUNTED }, "'response' must be" },
	{ "line break",
	  MD5,
	  { .response = MD5_32, .cnonce = "c\r\nVia: x", .nc = "00000001" },
	  "'cnonce' must be" },
	{ "quote",
	  MD5,
	  { .response = MD5_32, .cnonce = "c\", integrity-protected=\"yes", .nc = "00000001" },
	  "'cnonce' must be" },
	{ "escape", MD5, { .response = MD5_32, .cnonce = "c\\", .nc = "00000001" }, "'cnonce' must be" },
	{ "what a core may find, if it does not look for quotes",
	  MD5,
	  { .response = MD5_32, .cnonce = "Integrity-Protected=auth-done", .nc = "00000001" },
	  "'cnonce' must be without integrity-protected" },
	{ "empty cnonce", MD5, { .response = MD5_32, .cnonce = "", .nc = "00000001" }, "'cnonce' must be" },
	{ "not UTF-8", MD5, { .response = MD5_32, .cnonce = "\xff", .nc = "00000001" }, "'cnonce' must be" },
	{ "no cnonce", MD5, { .response = MD5_32, .nc = "00000001" }, "'cnonce' is missing" },
	{ "no nc", MD5, { .response = MD5_32, .cnonce = "c" }, "'nc' must be 8" },
	{ "long nc", MD5, { .response = MD5_32, .cnonce = "c", .nc = "000000001" }, "'nc' must be 8" },
	{ "nc alone", OLD, { .response = MD5_32, .nc = "00000001" }, "'nc' goes with a qop only" },
	{ "qop that nobody offered",
	  SHA,
	  { .response = SHA_64, COUNTED, .qop = "auth" },
	  "'qop' must be one" },
	{ "another nonce",
	  MD5,
	  { .response = MD5_32, COUNTED, .nonce = "abd" },
	  "'nonce' is not that of the challenge" },
	{ "auts to a password", MD5, { .response = MD5_32, COUNTED, .auts = AUTS }, "'auts' belongs to AKA" },
	{ "short auts", AKA, { .response = MD5_32, COUNTED, .auts = "AAEC" }, "'auts' must be 14 bytes" },
	{ "auts with a quote",
	  AKA,
	  { .response = MD5_32, COUNTED, .auts = "AAECAwQFBgcICQoLDA\"=" },
	  "'auts' must be 14 bytes" },
};

static void assert_refused(const char *name, const char *challenge, const ims_prover_reply *reply,
			   const char *wanted)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *answer = answer_to(challenge, reply, &error);

	if (answer)
		fail_msg("%s: %s", name, answer);
	if (!g_str_has_prefix(error->message, "authenticate: ") || !strstr(error->message, wanted))
		fail_msg("%s: '%s' instead of '%s'", name, error->message, wanted);
	assert_true(g_error_matches(error, IMS_ERROR, IMS_E_INVALID_ELEMENT) ||
		    g_error_matches(error, IMS_ERROR, IMS_E_MISSING_ELEMENT));
}

static void test_refused(void **state)
{
	g_autofree char *endless = g_strnfill(257, 'c');

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(refused); i++)
		assert_refused(refused[i].name, refused[i].challenge, &refused[i].reply, refused[i].error);
	assert_refused("long cnonce", MD5,
		       &(ims_prover_reply){ .response = MD5_32, .cnonce = endless, .nc = "00000001" },
		       "'cnonce' must be");
}

/* ---- a whole value ---- */

#define WHO "username=\"alice@ims.example\", realm=\"ims.example\", nonce=\"abc\", uri=\"sip:ims.example\""
#define SAID "response=\"" MD5_32 "\", cnonce=\"c\", qop=auth, nc=00000001"

static const struct {
	const char *said, *passed; /* NULL: as it is */
} passed[] = {
	{ "Digest " WHO ", " SAID, NULL },
	{ "digest  " SAID ",algorithm = MD5 ,\t" WHO, NULL },
	{ "Digest " WHO ", " SAID ", opaque=\"other\", unheard-of=\"x, y=z\"", NULL },
	/* As JsSIP 3.13 and SIP.js 0.21 write it, the second with an opaque. */
	{ "Digest algorithm=MD5, username=\"alice@ims.example\", realm=\"ims.example\", nonce=\"abc\", "
	  "uri=\"sip:ims.example\", response=\"" MD5_32 "\", qop=auth, cnonce=\"7qo2mn9jfq2s\", nc=00000001",
	  NULL },
	{ "Digest algorithm=MD5, username=\"alice@ims.example\", realm=\"ims.example\", nonce=\"abc\", "
	  "uri=\"sip:ims.example\", response=\"" MD5_32
	  "\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\", qop=auth, cnonce=\"g4b0gv189q2n\", nc=00000002",
	  NULL },
	{ "Digest username=\"alice@ims.example\",realm=\"ims.example\",nonce=\"abc\",uri=\"sip:ims.example\","
	  "algorithm=\"md5\",qop=\"auth\",response=\"" MD5_32 "\",cnonce=\"x\",nc=0000000A",
	  NULL },
	{ "Digest " WHO ", " SAID ", integrity-protected=\"yes\"", "Digest " WHO ", " SAID },
	{ "Digest " WHO ",Integrity-Protected = tls-yes , " SAID, "Digest " WHO " , " SAID },
	{ "Digest integrity-protected=\"auth-done\", " WHO ", " SAID, "Digest " WHO ", " SAID },
};

static void test_passed(void **state)
{
	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(passed); i++) {
		const ims_prover_reply reply = { .authorization = passed[i].said };
		g_autoptr(GError) error = NULL;
		g_autofree char *answer = answer_to(MD5, &reply, &error);

		if (!answer)
			fail_msg("%s: %s", passed[i].said, error->message);
		assert_string_equal(answer, passed[i].passed ? passed[i].passed : passed[i].said);
	}
}

/* The network's own escapes come back as they are. */
static void test_escapes_of_the_network(void **state)
{
	const ims_prover_reply reply = {
		.authorization =
			"Digest username=\"alice@ims.example\", realm=\"i\\\"ms\", nonce=\"a\\\\bc\", "
			"uri=\"sip:ims.example\", opaque=\"\\\"\", response=\"" MD5_32 "\""
	};
	g_autofree char *answer =
		answer_to("Digest realm=\"i\\\"ms\", nonce=\"a\\\\bc\", opaque=\"\\\"\"", &reply, NULL);

	(void)state;
	assert_string_equal(answer, reply.authorization);
}

static const struct {
	const char *name, *said, *error;
} refused_whole[] = {
	{ "empty", "", "scheme is expected" },
	{ "Bearer", "Bearer " WHO ", " SAID, "scheme" },
	{ "malformed", "Digest " WHO ", " SAID ", x=\"", "unbalanced" },
	{ "line break", "Digest " WHO ", " SAID "\r\nVia: SIP/2.0/UDP x", "',' is expected" },
	{ "line break in quotes", "Digest " WHO ", " SAID ", x=\"\r\nVia: y\"", "control character" },
	{ "folded", "Digest " WHO ",\r\n " SAID, "name is expected" },
	{ "twice", "Digest " WHO ", username=\"bob@ims.example\", " SAID, "twice" },
	{ "twice protected", "Digest " WHO ", " SAID ", integrity-protected=yes, INTEGRITY-protected=yes",
	  "twice" },
	{ "two values", "Digest " WHO ", " SAID ", Digest " WHO, "several challenges" },
	{ "another user",
	  "Digest username=\"bob@ims.example\", realm=\"ims.example\", nonce=\"abc\", "
	  "uri=\"sip:ims.example\", " SAID,
	  "has a username that is not that of the registration" },
	{ "no user", "Digest realm=\"ims.example\", nonce=\"abc\", uri=\"sip:ims.example\", " SAID,
	  "has no username" },
	{ "a user in RFC 5987", "Digest " WHO ", username*=UTF-8''bob, " SAID,
	  "in a way that SIP does not know" },
	{ "a hashed user", "Digest " WHO ", userhash=true, " SAID, "in a way that SIP does not know" },
	{ "another realm",
	  "Digest username=\"alice@ims.example\", realm=\"x\", nonce=\"abc\", uri=\"sip:ims.example\", " SAID,
	  "has a realm that is not that of the challenge" },
	{ "another nonce",
	  "Digest username=\"alice@ims.example\", realm=\"ims.example\", nonce=\"x\", "
	  "uri=\"sip:ims.example\", " SAID,
	  "has a nonce that is not" },
	{ "another uri",
	  "Digest username=\"alice@ims.example\", realm=\"ims.example\", nonce=\"abc\", "
	  "uri=\"sip:evil.example\", " SAID,
	  "has a uri that is not" },
	{ "another algorithm", "Digest " WHO ", algorithm=SHA-256, response=\"" SHA_64 "\"",
	  "another algorithm" },
	{ "no response", "Digest " WHO ", qop=auth, cnonce=\"c\", nc=00000001", "has no response" },
	{ "a short response", "Digest " WHO ", response=\"12\"", "'response' must be" },
	{ "a strange qop",
	  "Digest " WHO ", response=\"" MD5_32 "\", qop=auth-conf, cnonce=\"c\", nc=00000001",
	  "'qop' must be" },
	{ "a quote, which Kamailio reads as the end",
	  "Digest " WHO ", " SAID ", x=\"\\\", integrity-protected=\\\"yes\"", "backslash within a value" },
	{ "the same in the count",
	  "Digest " WHO ", response=\"" MD5_32
	  "\", qop=auth, nc=00000001, cnonce=\"\\\", integrity-protected=yes,y=\\\"\"",
	  "'cnonce' must be" },
	{ "a letter that is escaped, which Kamailio reads as another name",
	  "Digest username=\"\\alice@ims.example\", realm=\"ims.example\", nonce=\"abc\", "
	  "uri=\"sip:ims.example\", " SAID,
	  "backslash within a value" },
	{ "found in a value", "Digest " WHO ", " SAID ", x=\"integrity-protected = auth-done\"",
	  "has integrity-protected within" },
	{ "found in a name", "Digest " WHO ", " SAID ", X-Integrity-Protected=auth-done",
	  "has integrity-protected within" },
	{ "found beside one of its own",
	  "Digest " WHO ", integrity-protected=no, " SAID ", x=\"integrity-protected=yes\"",
	  "has integrity-protected within" },
	{ "found in the count",
	  "Digest " WHO ", response=\"" MD5_32
	  "\", qop=auth, nc=00000001, cnonce=\"integrity-protected=auth-done\"",
	  "'cnonce' must be without integrity-protected" },
	{ "the same in opaque", "Digest " WHO ", " SAID ", opaque=\"\\\", integrity-protected=\\\"yes\"",
	  "backslash within a value" },
};

static void test_refused_whole(void **state)
{
	g_autofree char *endless = g_strdup_printf("Digest " WHO ", " SAID ", x=\"%0100000d\"", 0);

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(refused_whole); i++)
		assert_refused(refused_whole[i].name, MD5,
			       &(ims_prover_reply){ .authorization = refused_whole[i].said },
			       refused_whole[i].error);
	assert_refused("100 KB", MD5, &(ims_prover_reply){ .authorization = endless }, "longer than");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_composed),      cmocka_unit_test(test_refused),
		cmocka_unit_test(test_passed),        cmocka_unit_test(test_escapes_of_the_network),
		cmocka_unit_test(test_refused_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
