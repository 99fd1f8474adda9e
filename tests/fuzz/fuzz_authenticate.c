/* Anything that a client answers to a challenge: refused with a sentence, or a header value that names the
 * user, the challenge and the request that are meant, and nothing about the protection of the access; neither
 * for who reads quoted strings as RFC 3261 does, nor for who ends them at the first quote, as Kamailio.
 *
 * Input: a choice of the challenge; whether the value is whole; then it, or each part that is flagged. */
#include <string.h>
#include "auth/ims_auth_params.h"
#include "auth/ims_delegated_answer.h"
#include "base/ims_error.h"
#include "input.h"

#define IMPI "alice@ims.example"
#define URI "sip:ims.example"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static const char *const challenges[] = {
	"Digest realm=\"ims.example\", nonce=\"n1\", algorithm=MD5, qop=\"auth,auth-int\", opaque=\"o1\"",
	"Digest realm=\"ims.example\", nonce=\"n1\", algorithm=SHA-256-sess, qop=\"auth\"",
	"Digest realm=\"ims.example\", nonce=\"n1\"",
	"Digest realm=\"ims.example\", nonce=\"n1\", algorithm=AKAv2-SHA-256, qop=\"auth\"",
};

/* The value of the last parameter of that name, where a quoted string ends at the first quote; NULL: none. */
static char *read_simply(const char *value, const char *wanted)
{
	char *found = NULL;

	for (const char *at = strchr(value, ' '); at && *at;) {
		gsize name, length;
		const char *start;

		at += strspn(at, " \t,");
		name = strcspn(at, " \t=,");
		start = at + name;
		start += strspn(start, " \t=");
		length = *start == '"' ? strcspn(start + 1, "\"") : strcspn(start, " \t,");
		if (g_ascii_strncasecmp(at, wanted, MAX(name, strlen(wanted))) == 0) {
			g_free(found);
			found = g_strndup(*start == '"' ? start + 1 : start, length);
		}
		at = *start == '"' ? start + 1 + length + (start[1 + length] == '"') : start + length;
	}
	return found;
}

static void check_reader(const char *value, const char *name, const char *wanted)
{
	g_autofree char *found = read_simply(value, name);

	g_assert_cmpstr(found, ==, wanted);
}

static void check_value(const char *value, const ims_challenge *challenge)
{
	g_autoptr(GHashTable) said = ims_auth_params_parse("value", "Digest", value, NULL);

	g_assert_nonnull(said);
	g_assert_cmpstr(g_hash_table_lookup(said, "username"), ==, IMPI);
	g_assert_cmpstr(g_hash_table_lookup(said, "realm"), ==, challenge->realm);
	g_assert_cmpstr(g_hash_table_lookup(said, "nonce"), ==, challenge->nonce);
	g_assert_cmpstr(g_hash_table_lookup(said, "uri"), ==, URI);
	g_assert_false(g_hash_table_contains(said, "integrity-protected"));
	check_reader(value, "integrity-protected", NULL);
	check_reader(value, "username", IMPI);
	check_reader(value, "uri", URI);
	for (const char *at = value; *at; at++)
		g_assert(!ims_auth_is_control(*at) || *at == '\t');
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	fuzz_input input = { data, size };
	g_autoptr(ims_challenge) challenge =
		ims_challenge_parse(challenges[fuzz_choice(&input, G_N_ELEMENTS(challenges))], NULL);
	const ims_delegated_ask ask = { IMPI, URI, challenge };
	gboolean whole = fuzz_flag(&input);
	char *texts[7] = { NULL };
	g_autoptr(GError) error = NULL;
	g_autofree char *value = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		if (whole ? i == 0 : i > 0 && fuzz_flag(&input))
			texts[i] = fuzz_text(&input, size);
	value = ims_delegated_answer(&ask,
				     &(ims_prover_reply){ .authorization = texts[0],
							  .response = texts[1],
							  .cnonce = texts[2],
							  .qop = texts[3],
							  .nc = texts[4],
							  .auts = texts[5],
							  .nonce = texts[6] },
				     &error);
	g_assert((value != NULL) == (error == NULL));
	if (value)
		check_value(value, challenge);
	else
		g_assert(g_str_has_prefix(error->message, "authenticate: ") &&
			 g_utf8_validate(error->message, -1, NULL));
	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(texts[i]);
	return 0;
}
