/* RTCP from the core: the reporter reads it, then must still be able to report. */
#include "media/ims_reporter.h"

#define OURS 0x01020304u

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	const gint64 now_us = 1000 * (gint64)G_USEC_PER_SEC;
	guint8 packet[IMS_RTCP_MAX];
	ims_rtp_line in, out;
	ims_reporter reporter;
	ims_rtcp_news news;
	gboolean key_frame;
	gsize length;

	ims_reporter_init(&reporter, OURS, "name", now_us);
	ims_rtp_line_start(&out, 8000, 1, 1, now_us);
	ims_rtp_line_follow(&in, 8000);
	if (!ims_reporter_hear(&reporter, data, size, now_us, &key_frame))
		return 0;
	g_assert(size >= 8 && size % 4 == 0); /* all else is no compound */
	g_assert(reporter.round_trip_us >= 0 && reporter.round_trip_us <= 60 * (gint64)G_USEC_PER_SEC);
	length = ims_reporter_make(&reporter, &out, &in, key_frame ? IMS_RTCP_FIR : IMS_RTCP_BYE, now_us + 1,
				   packet);
	g_assert(length <= sizeof(packet) && ims_rtcp_parse(packet, length, 0, &news));
	return 0;
}
