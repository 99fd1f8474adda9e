/* Any two texts as format parameters of H.264: what is understood is written so that it is understood again
 * as the same profile and mode.
 *
 * Input: the offered, a NUL, the answered. */
#include "input.h"
#include "sdp/ims_h264.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void check_same(const ims_h264 *format, const char *written)
{
	ims_h264 again;

	g_assert_true(ims_h264_parse(written, &again));
	g_assert_true(ims_h264_is_same(format, &again));
	g_assert(!strpbrk(written, "\r\n"));
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	fuzz_input input = { data, size };
	g_autofree char *offered = fuzz_text(&input, size), *answered = fuzz_text(&input, size);
	g_autofree char *offer = NULL, *answer = NULL;
	ims_h264 theirs, ours;

	if (strpbrk(offered, "\r\n") || strpbrk(answered, "\r\n")) /* an attribute is one line */
		return 0;
	if (!ims_h264_parse(offered, &theirs) || !ims_h264_parse(answered, &ours))
		return 0;
	ims_h264_max_kbps(&theirs);
	offer = ims_h264_offer(offered);
	check_same(&theirs, offer);
	answer = ims_h264_answer(offered, answered);
	check_same(&theirs, answer);
	return 0;
}
