#include "media/ims_rtp_line.h"

void ims_rtp_line_start(ims_rtp_line *line, guint clock_hz, guint16 seq, guint32 timestamp, gint64 now_us)
{
	*line = (ims_rtp_line){
		.broken = IMS_LINE_SOURCE,
		.clock_hz = clock_hz,
		.last_seq = (guint16)(seq - 1),
		.last_timestamp = timestamp,
		.last_us = now_us,
	};
}

void ims_rtp_line_follow(ims_rtp_line *line, guint clock_hz)
{
	*line = (ims_rtp_line){ .broken = IMS_LINE_BLANK, .clock_hz = clock_hz };
}

static guint32 elapsed(const ims_rtp_line *line, gint64 now_us)
{
	gint64 us = MAX(now_us - line->last_us, 0);

	/* Seconds apart from their rest: hours of microseconds times the clock stay in range. */
	return (guint32)(us / G_USEC_PER_SEC * line->clock_hz +
			 us % G_USEC_PER_SEC * line->clock_hz / G_USEC_PER_SEC);
}

guint32 ims_rtp_line_clock(const ims_rtp_line *line, gint64 now_us)
{
	return line->last_timestamp + elapsed(line, now_us);
}

static void need(ims_rtp_line *line, ims_line_break broken)
{
	line->broken = MAX(line->broken, broken);
}

static ims_rtp_verdict feed(ims_rtp_line *line, const ims_rtp_header *header)
{
	ims_rtp_verdict verdict;

	if (!line->fed || line->in_ssrc != header->ssrc) {
		gint64 lost = ims_rtp_line_lost(line);

		ims_rtp_receiver_start(&line->in, header->seq);
		line->in.lost_before = lost;
		line->in_ssrc = header->ssrc;
		line->fed = TRUE;
		need(line, IMS_LINE_SOURCE);
		return IMS_RTP_NEXT;
	}
	verdict = ims_rtp_receiver_update(&line->in, header->seq);
	if (verdict == IMS_RTP_RESTARTED)
		need(line, IMS_LINE_SOURCE);
	return verdict;
}

/* A source that stood still on hold may come back with its clock where it was: after a silence
 * or a cut, a timestamp more than a second off the time that really passed is not kept. */
static gboolean lost_its_time(const ims_rtp_line *line, const ims_rtp_header *header, gint64 now_us)
{
	guint32 would_be = header->timestamp + line->timestamp_shift;
	gint32 off = (gint32)(would_be - ims_rtp_line_clock(line, now_us));

	if (line->broken == IMS_LINE_WHOLE && now_us - line->last_us < G_USEC_PER_SEC)
		return FALSE;
	return ABS((gint64)off) > line->clock_hz;
}

static void mend(ims_rtp_line *line, const ims_rtp_header *header, gint64 now_us)
{
	if (line->broken == IMS_LINE_WHOLE)
		return;
	if (line->broken == IMS_LINE_BLANK)
		line->seq_shift = 0;
	else
		line->seq_shift = (guint16)(line->last_seq + 1 - header->seq);
	line->floor = ims_rtp_receiver_highest(&line->in);
	if (line->broken == IMS_LINE_SOURCE) {
		/* At least a frame further, also when the change took no time. */
		guint32 step = MAX(elapsed(line, now_us), line->clock_hz / 50);

		line->timestamp_shift = line->last_timestamp + step - header->timestamp;
	}
	line->in.timed = FALSE; /* what happened in between is no jitter */
	line->broken = IMS_LINE_WHOLE;
}

static gboolean pass_late(const ims_rtp_line *line, ims_rtp_header *header)
{
	guint32 highest = ims_rtp_receiver_highest(&line->in);
	guint32 number = highest - (guint16)(line->in.max_seq - header->seq);

	if (line->broken != IMS_LINE_WHOLE || (gint32)(number - line->floor) < 0)
		return FALSE;
	header->seq = (guint16)(header->seq + line->seq_shift);
	header->timestamp += line->timestamp_shift;
	return TRUE;
}

gboolean ims_rtp_line_pass(ims_rtp_line *line, ims_rtp_header *header, gint64 now_us)
{
	ims_rtp_verdict verdict = feed(line, header);

	if (verdict == IMS_RTP_HELD)
		return FALSE;
	if (verdict == IMS_RTP_LATE)
		return pass_late(line, header);
	if (line->broken < IMS_LINE_SOURCE && lost_its_time(line, header, now_us))
		line->broken = IMS_LINE_SOURCE;
	mend(line, header, now_us);
	header->seq = (guint16)(header->seq + line->seq_shift);
	header->timestamp += line->timestamp_shift;
	line->last_seq = header->seq;
	line->last_timestamp = header->timestamp;
	line->last_us = now_us;
	return TRUE;
}

void ims_rtp_line_skip(ims_rtp_line *line, const ims_rtp_header *header)
{
	feed(line, header);
	need(line, IMS_LINE_NUMBERS);
}

guint16 ims_rtp_line_insert(ims_rtp_line *line)
{
	need(line, IMS_LINE_NUMBERS);
	return ++line->last_seq;
}

gint64 ims_rtp_line_lost(const ims_rtp_line *line)
{
	if (!line->fed)
		return 0;
	return line->in.lost_before + ims_rtp_receiver_lost(&line->in);
}
