/* Any text as a crypto line: what is understood is written so that it is understood again as the same tag,
 * suite and key; what is not leaves no key behind. */
#include "input.h"
#include "base/ims_secret.h"
#include "sdp/ims_sdes.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	fuzz_input input = { data, size };
	g_autofree char *text = fuzz_text(&input, size);
	ims_autowipe char *written = NULL;
	ims_sdes_line line, again;

	if (!ims_sdes_parse(text, &line)) {
		g_assert_cmpint(line.key.suite, ==, IMS_SRTP_NONE);
		return 0;
	}
	g_assert_cmpuint(line.key.suite, <, IMS_SRTP_N_SUITES);
	g_assert_cmpuint(ims_srtp_key_length(line.key.suite), <=, IMS_SRTP_MAX_KEY);
	written = ims_sdes_print(&line);
	g_assert_true(ims_sdes_parse(written, &again));
	g_assert_cmpuint(again.tag, ==, line.tag);
	g_assert_true(ims_srtp_key_equal(&again.key, &line.key));
	return 0;
}
