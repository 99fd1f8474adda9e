/* Any bytes as a SIP message: through sofia's parser as nta runs it, then everything that reads it here.
 * What is read is text that a JSON event can carry, and what is written back into SIP headers cannot break
 * out of its place in them. */
#include "auth/ims_digest.h"
#include "base/ims_error.h"
#include "sip/ims_sip_read.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

/* Goes into a quoted parameter of ours, where only a fold may break the line. */
static void check_one_line(const char *value)
{
	for (; value && *value; value++)
		g_assert((*value != '\r' && *value != '\n') || strchr(" \t\r\n", value[1]));
}

static void check_news(const sip_t *sip)
{
	g_auto(ims_sip_news) news = { 0 };

	ims_sip_read_news(sip, &news);
	g_assert(!news.sdp || !news.bad_body);
	g_assert_cmpint(news.status, ==, sip->sip_status ? sip->sip_status->st_status : 0);
	g_assert(!sip->sip_request || news.caller);
	g_assert(!sip->sip_request || news.callee);
	check_one_line(news.call_id);
	check_one_line(news.peer_tag);
	check_one_line(news.icid);
	check_one_line(news.orig_ioi);
}

static ims_digest_request request_with(const ims_secret *secret)
{
	return (ims_digest_request){ .username = "alice@ims.example",
				     .secret = secret,
				     .method = "REGISTER",
				     .uri = "sip:ims.example",
				     .cnonce = "0a4f113b",
				     .nc = 1 };
}

static void check_challenge(const char *value)
{
	g_autoptr(ims_secret) secret = ims_secret_new_text("secret");
	const ims_digest_request request = request_with(secret);
	g_autoptr(GError) error = NULL, answer_error = NULL;
	g_autoptr(ims_challenge) challenge = ims_challenge_parse(value, &error);
	g_autofree char *answer = NULL;

	g_assert((challenge == NULL) == (error != NULL));
	if (!challenge)
		return;
	answer = ims_digest_answer(challenge, &request, &answer_error);
	g_assert(!answer || !strpbrk(answer, "\r\n"));
}

static void check_info(const char *value, GBytes *body)
{
	g_autoptr(ims_secret) secret = ims_secret_new_text("secret");
	const ims_digest_request request = request_with(secret);
	g_autoptr(ims_challenge) challenge =
		ims_challenge_parse("Digest realm=\"r\", nonce=\"n\", qop=\"auth\"", NULL);
	g_autoptr(GError) error = NULL;
	g_autofree char *nonce = NULL;

	g_assert(ims_digest_check_info(challenge, &request, value, body, &nonce, &error) == (error == NULL));
}

static void check_register(const sip_t *sip)
{
	g_auto(ims_register_answer) answer = { 0 };

	ims_sip_read_register(sip, "token", &answer);
	for (guint i = 0; i < answer.challenges->len; i++)
		check_challenge(answer.challenges->pdata[i]);
	for (guint i = 0; i < answer.service_route->len; i++)
		g_assert_nonnull(answer.service_route->pdata[i]);
	for (guint i = 0; i < answer.associated->len; i++)
		g_assert_nonnull(answer.associated->pdata[i]);
	if (answer.info)
		check_info(answer.info, answer.body);
	if (answer.proxy_info)
		check_info(answer.proxy_info, answer.body);
	g_assert_cmpuint(answer.expires_s, <=, G_MAXINT32);
	g_assert_cmpuint(answer.retry_after_s, <=, 86400);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	msg_t *message = msg_make(sip_default_mclass(), 0, data, (isize_t)size);
	const sip_t *sip = message ? sip_object(message) : NULL;

	/* nta answers or drops what fails this, and tells nobody. */
	if (sip && (sip->sip_request || sip->sip_status) && !sip->sip_error && sip_sanity_check(sip) == 0) {
		check_news(sip);
		if (sip->sip_status)
			check_register(sip);
	}
	if (message)
		msg_destroy(message);
	return 0;
}
