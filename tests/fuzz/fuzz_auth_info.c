/* Any text as an Authentication-Info: believed or refused with a reason, and the next nonce that it names is
 * one that a challenge could hold.
 *
 * Input: a choice of the challenge that was answered, then the value. */
#include <string.h>
#include "auth/ims_digest.h"
#include "base/ims_error.h"
#include "input.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static const char *const challenges[] = {
	"Digest realm=\"ims.example\", nonce=\"n1\", algorithm=MD5, qop=\"auth\"",
	"Digest realm=\"ims.example\", nonce=\"n1\", algorithm=SHA-256, qop=\"auth\"",
	"Digest realm=\"ims.example\", nonce=\"n1\"",
};

static ims_digest_request request_with(ims_secret *secret)
{
	return (ims_digest_request){ .username = "alice",
				     .secret = secret,
				     .method = "REGISTER",
				     .uri = "sip:ims.example",
				     .cnonce = "0a4f113b",
				     .nc = 1 };
}

static void check_nonce(ims_challenge *challenge, char *nonce)
{
	g_autoptr(ims_secret) secret = ims_secret_new_text("secret");
	const ims_digest_request request = request_with(secret);
	g_autofree char *answer = NULL;

	g_assert(*nonce && g_utf8_validate(nonce, -1, NULL));
	g_free(challenge->nonce);
	challenge->nonce = nonce;
	answer = ims_digest_answer(challenge, &request, NULL);
	g_assert_nonnull(answer);
	g_assert(!strpbrk(answer, "\r\n"));
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	g_autoptr(ims_secret) secret = ims_secret_new_text("secret");
	const ims_digest_request request = request_with(secret);
	fuzz_input input = { data, size };
	g_autoptr(ims_challenge) challenge =
		ims_challenge_parse(challenges[fuzz_choice(&input, G_N_ELEMENTS(challenges))], NULL);
	g_autofree char *value = fuzz_text(&input, size);
	g_autoptr(GError) error = NULL;
	char *nonce = NULL;

	if (!ims_digest_check_info(challenge, &request, value, NULL, &nonce, &error)) {
		g_assert(error->domain == IMS_ERROR && error->code == IMS_E_BAD_CHALLENGE);
		g_assert_null(nonce);
		return 0;
	}
	g_assert_no_error(error);
	if (nonce)
		check_nonce(challenge, nonce);
	return 0;
}
