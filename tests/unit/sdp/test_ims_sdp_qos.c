/* Preconditions: what an offer of the core insists on, and what we say to it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "sdp/ims_sdp_qos.h"
#include "sdp_result.h"

#define AUDIO CORE_AUDIO "8\r\n"
#define VIDEO "m=video 5006 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
#define NOT_READY                                                                                            \
	"a=curr:qos local none\r\na=curr:qos remote none\r\n"                                                \
	"a=des:qos mandatory local sendrecv\r\na=des:qos none remote sendrecv\r\n"
#define READY                                                                                                \
	"a=curr:qos local sendrecv\r\na=curr:qos remote none\r\n"                                            \
	"a=des:qos mandatory local sendrecv\r\na=des:qos mandatory remote sendrecv\r\n"

#define MET "a=curr:qos local sendrecv\r\n"
#define OURS "a=des:qos mandatory local sendrecv\r\n"
#define CONFIRM "a=conf:qos remote sendrecv\r\n"

static const struct {
	const char *name, *theirs;
	ims_sdp_qos qos;
	const char *answer; /* what it adds to the first m-line of ours */
} offers[] = {
	{ "none", AUDIO, IMS_SDP_QOS_NONE, "" },
	{ "nothing reserved yet", AUDIO NOT_READY, IMS_SDP_QOS_PENDING,
	  MET "a=curr:qos remote none\r\n" OURS "a=des:qos mandatory remote sendrecv\r\n" CONFIRM },
	{ "reserved", AUDIO READY, IMS_SDP_QOS_MET,
	  MET "a=curr:qos remote sendrecv\r\n" OURS "a=des:qos mandatory remote sendrecv\r\n" },
	{ "one way is missing", AUDIO "a=curr:qos local send\r\na=des:qos mandatory local sendrecv\r\n",
	  IMS_SDP_QOS_PENDING,
	  MET "a=curr:qos remote recv\r\n" OURS "a=des:qos mandatory remote sendrecv\r\n" CONFIRM },
	{ "one way is wanted", AUDIO "a=curr:qos local recv\r\na=des:qos mandatory local recv\r\n",
	  IMS_SDP_QOS_MET, MET "a=curr:qos remote send\r\n" OURS "a=des:qos mandatory remote sendrecv\r\n" },
	{ "nobody insists", AUDIO "a=curr:qos local none\r\na=des:qos optional local sendrecv\r\n",
	  IMS_SDP_QOS_MET, MET "a=curr:qos remote none\r\n" OURS "a=des:qos optional remote sendrecv\r\n" },
	{ "only we are asked", AUDIO "a=curr:qos remote none\r\na=des:qos mandatory remote sendrecv\r\n",
	  IMS_SDP_QOS_MET, MET "a=curr:qos remote none\r\n" OURS "a=des:qos optional remote sendrecv\r\n" },
	{ "end to end is nobody's to say",
	  AUDIO "a=curr:qos e2e none\r\na=des:qos mandatory e2e sendrecv\r\n", IMS_SDP_QOS_IMPOSSIBLE, NULL },
	{ "another kind", AUDIO "a=des:sec mandatory e2e sendrecv\r\n", IMS_SDP_QOS_IMPOSSIBLE, NULL },
	{ "another kind that nobody insists on",
	  AUDIO "a=curr:sec e2e none\r\na=des:sec optional e2e sendrecv\r\n", IMS_SDP_QOS_NONE, "" },
	{ "rubbish that insists", AUDIO "a=des:qos mandatory\r\n", IMS_SDP_QOS_IMPOSSIBLE, NULL },
	{ "rubbish", AUDIO "a=curr:\r\na=curr\r\na=des: \r\na=curr:qos local\r\na=des:qos\r\n",
	  IMS_SDP_QOS_NONE, "" },
	{ "of a line that is off", AUDIO "m=video 0 RTP/AVP 96\r\n" NOT_READY, IMS_SDP_QOS_NONE, "" },
	{ "of the second line", AUDIO READY VIDEO NOT_READY, IMS_SDP_QOS_PENDING,
	  MET "a=curr:qos remote sendrecv\r\n" OURS "a=des:qos mandatory remote sendrecv\r\n" },
};

static char *lines_of(const ims_sdp *sdp)
{
	const ims_sdp_media *media = sdp->media->pdata[0];
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < media->attributes->len; i++) {
		const ims_sdp_attribute *a = media->attributes->pdata[i];

		g_string_append_printf(text, "a=%s:%s\r\n", a->name, a->value);
	}
	return g_string_free(text, FALSE);
}

static void test_offers(void **state)
{
	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(offers); i++) {
		g_autoptr(ims_sdp) theirs = parsed(offers[i].theirs), ours = parsed(AUDIO);
		g_autofree char *lines = NULL;

		if (ims_sdp_qos_of(theirs) != offers[i].qos)
			fail_msg("%s: %d", offers[i].name, ims_sdp_qos_of(theirs));
		if (!offers[i].answer)
			continue;
		ims_sdp_qos_answer(ours, theirs);
		lines = lines_of(ours);
		if (strcmp(lines, offers[i].answer) != 0)
			fail_msg("%s:\n%s", offers[i].name, lines);
	}
}

/* A line that we refuse has nothing to reserve. */
static void test_refused_line(void **state)
{
	g_autoptr(ims_sdp) theirs = parsed(AUDIO NOT_READY);
	g_autoptr(ims_sdp) ours = parsed(CORE_HEAD "m=audio 0 RTP/AVP 8\r\n");
	g_autofree char *lines = NULL;

	(void)state;
	ims_sdp_qos_answer(ours, theirs);
	lines = lines_of(ours);
	assert_string_equal(lines, "");
}

static const struct {
	const char *name, *theirs, *offer;
} ours[] = {
	{ "nothing is known of them", NULL,
	  MET "a=curr:qos remote none\r\n" OURS "a=des:qos optional remote sendrecv\r\n" },
	{ "they have none", AUDIO, "" },
	{ "they are ready", AUDIO READY,
	  MET "a=curr:qos remote sendrecv\r\n" OURS "a=des:qos mandatory remote sendrecv\r\n" },
	{ "they are not", AUDIO NOT_READY,
	  MET "a=curr:qos remote none\r\n" OURS "a=des:qos mandatory remote sendrecv\r\n" },
};

static void test_our_offers(void **state)
{
	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(ours); i++) {
		g_autoptr(ims_sdp) theirs = ours[i].theirs ? parsed(ours[i].theirs) : NULL;
		g_autoptr(ims_sdp) offer = parsed(AUDIO);
		g_autofree char *lines = NULL;

		ims_sdp_qos_offer(offer, theirs);
		lines = lines_of(offer);
		if (strcmp(lines, ours[i].offer) != 0)
			fail_msg("%s:\n%s", ours[i].name, lines);
	}
}

/* The browser never sees any of it (REQ-91). */
static void test_stripped(void **state)
{
	g_autoptr(ims_sdp) theirs = parsed(AUDIO NOT_READY CONFIRM);
	g_autoptr(GError) error = NULL;
	g_autoptr(ims_sdp) browser = ims_sdp_offer_to_browser(theirs, NULL, &policy, &error);
	g_autofree char *text = browser ? ims_sdp_print(browser) : NULL;

	(void)state;
	assert_non_null(text);
	assert_null(strstr(text, "qos"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_offers),
		cmocka_unit_test(test_refused_line),
		cmocka_unit_test(test_our_offers),
		cmocka_unit_test(test_stripped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
