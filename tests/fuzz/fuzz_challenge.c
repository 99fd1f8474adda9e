/* Any bytes as a challenge: parsed or refused with a reason, and what we answer reads back as the
 * same realm and nonce: nothing in a challenge can break out of its place in our header. */
#include <stdint.h>
#include <string.h>
#include "auth/ims_auth_params.h"
#include "auth/ims_bearer_challenge.h"
#include "auth/ims_digest.h"
#include "base/ims_error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_answer(const ims_challenge *challenge)
{
	g_autoptr(ims_secret) secret = ims_secret_new_text("secret");
	const ims_digest_request request = { .username = "al\"i\\ce",
					     .secret = secret,
					     .method = "REGISTER",
					     .uri = "sip:ims.example",
					     .cnonce = "0a4f113b",
					     .nc = 1 };
	g_autoptr(GError) error = NULL;
	g_autofree char *answer = ims_digest_answer(challenge, &request, &error);
	g_autoptr(ims_challenge) again = NULL;

	g_assert((answer == NULL) == (error != NULL));
	if (!answer) {
		g_assert(error->domain == IMS_ERROR && error->code == IMS_E_BAD_CHALLENGE);
		return;
	}
	for (const char *at = answer; *at; at++)
		g_assert((unsigned char)*at >= 0x20 && *at != 0x7f);
	if (strlen(answer) > 16 * 1024)
		return;
	again = ims_challenge_parse(answer, &error);
	g_assert_no_error(error);
	g_assert(ims_challenge_is_same(challenge, again));
	g_assert_cmpstr(challenge->opaque, ==, again->opaque);
	g_assert_cmpstr(challenge->algorithm, ==, again->algorithm);
	g_assert(challenge->qop_auth == again->qop_auth);
	g_assert(again->qop_auth_int == (challenge->qop_auth_int && !challenge->qop_auth));
}

/* A page may send its user to what stands there. */
static void check_bearer(const char *value)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(ims_bearer_challenge) bearer = ims_bearer_challenge_parse(value, &error);

	g_assert((bearer == NULL) == (error != NULL));
	if (!bearer)
		return;
	g_assert(!bearer->authz_server || g_ascii_strncasecmp(bearer->authz_server, "https://", 8) == 0);
	g_assert(!bearer->error || ims_auth_is_token(bearer->error));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *value = g_strndup((const char *)data, size);
	g_autoptr(GError) error = NULL;
	g_autoptr(ims_challenge) challenge = ims_challenge_parse(value, &error);

	g_assert((challenge == NULL) == (error != NULL));
	if (challenge)
		check_answer(challenge);
	else
		g_assert(error->domain == IMS_ERROR && error->code == IMS_E_BAD_CHALLENGE &&
			 *error->message && g_utf8_validate(error->message, -1, NULL));
	check_bearer(value);
	return 0;
}
