/* RTP from either side: many packets in one input, each behind its length in two bytes, through
 * one line. What leaves must be a packet again. */
#include <string.h>
#include "media/ims_rtp_line.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

/* Read under each number; what is written behind the header is read again. */
static void check_orientation(const guint8 *packet, const guint8 *written, gsize body)
{
	guint8 out[IMS_RTP_HEADER + IMS_RTP_ORIENTATION + IMS_RTP_MAX];
	ims_rtp_header again;

	for (guint8 id = 0; id <= 14; id++) {
		gint orientation = ims_rtp_orientation(packet, id);

		g_assert(orientation >= -1 && orientation <= 255);
		if (orientation < 0)
			continue;
		memcpy(out, written, IMS_RTP_HEADER);
		ims_rtp_write_orientation(out, id, orientation);
		memcpy(out + IMS_RTP_HEADER + IMS_RTP_ORIENTATION, written + IMS_RTP_HEADER, body);
		if (IMS_RTP_HEADER + IMS_RTP_ORIENTATION + body > IMS_RTP_MAX)
			continue;
		g_assert(ims_rtp_parse(out, IMS_RTP_HEADER + IMS_RTP_ORIENTATION + body, &again));
		g_assert(again.body_at == IMS_RTP_HEADER + IMS_RTP_ORIENTATION);
		g_assert(ims_rtp_orientation(out, id) == orientation);
	}
}

static void one_packet(ims_rtp_line *line, const guint8 *packet, gsize length, gint64 now_us)
{
	guint8 out[IMS_RTP_MAX];
	ims_rtp_header header, again;

	if (!ims_rtp_parse(packet, length, &header))
		return;
	g_assert(header.body_at + header.payload <= length);
	ims_rtp_receiver_time(&line->in, (guint32)now_us, header.timestamp);
	if (!ims_rtp_line_pass(line, &header, now_us))
		return;
	ims_rtp_write(out, &header);
	length -= header.body_at;
	memcpy(out + IMS_RTP_HEADER, packet + header.body_at, length);
	g_assert(ims_rtp_parse(out, IMS_RTP_HEADER + length, &again));
	g_assert(again.payload == header.payload && again.seq == header.seq &&
		 again.body_at == IMS_RTP_HEADER);
	check_orientation(packet, out, length);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	gint64 now_us = G_USEC_PER_SEC;
	ims_rtp_line line;

	ims_rtp_line_start(&line, 8000, 1, 1, now_us);
	while (size >= 2) {
		gsize length = (gsize)(data[0] << 8 | data[1]);

		data += 2;
		size -= 2;
		length = MIN(length, size);
		one_packet(&line, data, length, now_us);
		ims_rtp_receiver_fraction(&line.in);
		now_us += 20000;
		data += length;
		size -= length;
	}
	return 0;
}
