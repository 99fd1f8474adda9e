#include "media/ims_rtp.h"

#include <string.h>

/* RFC 3550 A.1 */
#define MAX_DROPOUT 3000
#define MAX_MISORDER 100
#define SEQ_MOD 0x10000u

static guint16 get16(const guint8 *at)
{
	return (guint16)(at[0] << 8 | at[1]);
}

static guint32 get32(const guint8 *at)
{
	return (guint32)get16(at) << 16 | get16(at + 2);
}

/* Where the payload begins; 0: beyond the end. */
static gsize find_body(const guint8 *packet, gsize length)
{
	gsize at = IMS_RTP_HEADER + 4u * (packet[0] & 0x0f);

	if (packet[0] & 0x10) {
		if (at + 4 > length)
			return 0;
		at += 4 + 4u * get16(packet + at + 2);
	}
	return at <= length ? at : 0;
}

gboolean ims_rtp_parse(const guint8 *packet, gsize length, ims_rtp_header *ret_header)
{
	gsize body_at, padding;

	if (length < IMS_RTP_HEADER || length > IMS_RTP_MAX || packet[0] >> 6 != 2)
		return FALSE;
	body_at = find_body(packet, length);
	if (body_at == 0)
		return FALSE;
	padding = 0;
	if (packet[0] & 0x20) {
		padding = packet[length - 1];
		if (padding == 0 || padding > length - body_at)
			return FALSE;
	}
	*ret_header = (ims_rtp_header){
		.pt = packet[1] & 0x7f,
		.marker = packet[1] >> 7,
		.padded = padding > 0,
		.seq = get16(packet + 2),
		.timestamp = get32(packet + 4),
		.ssrc = get32(packet + 8),
		.body_at = body_at,
		.payload = length - body_at - padding,
	};
	return TRUE;
}

void ims_rtp_write(guint8 *ret_packet, const ims_rtp_header *header)
{
	guint16 seq = GUINT16_TO_BE(header->seq);
	guint32 timestamp = GUINT32_TO_BE(header->timestamp), ssrc = GUINT32_TO_BE(header->ssrc);

	ret_packet[0] = header->padded ? 0xa0 : 0x80;
	ret_packet[1] = (guint8)((header->marker ? 0x80 : 0) | header->pt);
	memcpy(ret_packet + 2, &seq, sizeof(seq));
	memcpy(ret_packet + 4, &timestamp, sizeof(timestamp));
	memcpy(ret_packet + 8, &ssrc, sizeof(ssrc));
}

/* One element; its data is at *at, and *at moves behind it. FALSE: no further one. */
static gboolean next_element(const guint8 **at, const guint8 *end, gboolean two_byte, guint *ret_id,
			     gsize *ret_length)
{
	while (*at < end && **at == 0) /* padding */
		(*at)++;
	if (end - *at < (two_byte ? 2 : 1))
		return FALSE;
	*ret_id = two_byte ? (*at)[0] : (*at)[0] >> 4;
	*ret_length = two_byte ? (*at)[1] : ((*at)[0] & 0x0fu) + 1;
	*at += two_byte ? 2 : 1;
	if ((!two_byte && *ret_id == 15) || (gsize)(end - *at) < *ret_length)
		return FALSE;
	*at += *ret_length;
	return TRUE;
}

gint ims_rtp_orientation(const guint8 *packet, guint8 id)
{
	const guint8 *at = packet + IMS_RTP_HEADER + 4u * (packet[0] & 0x0f), *end;
	gboolean two_byte;
	gsize length;
	guint found;

	if (id == 0 || !(packet[0] & 0x10))
		return -1;
	two_byte = (get16(at) & 0xfff0) == 0x1000;
	if (!two_byte && get16(at) != 0xbede)
		return -1;
	end = at + 4 + 4u * get16(at + 2);
	for (at += 4; next_element(&at, end, two_byte, &found, &length);)
		if (found == id && length == 1)
			return at[-1];
	return -1;
}

void ims_rtp_write_orientation(guint8 *packet, guint8 id, gint orientation)
{
	const guint8 extension[IMS_RTP_ORIENTATION] = {
		0xbe, 0xde, 0, 1, (guint8)(id << 4), (guint8)orientation
	};

	packet[0] |= 0x10;
	memcpy(packet + IMS_RTP_HEADER, extension, sizeof(extension));
}

void ims_rtp_receiver_start(ims_rtp_receiver *receiver, guint16 seq)
{
	*receiver = (ims_rtp_receiver){
		.max_seq = seq,
		.base_seq = seq,
		.bad_seq = SEQ_MOD + 1, /* no number equals it */
		.received = 1,
	};
}

static void restart(ims_rtp_receiver *receiver, guint16 seq)
{
	gint64 lost = receiver->lost_before + ims_rtp_receiver_lost(receiver);

	ims_rtp_receiver_start(receiver, seq);
	receiver->lost_before = lost;
}

ims_rtp_verdict ims_rtp_receiver_update(ims_rtp_receiver *receiver, guint16 seq)
{
	guint16 ahead = (guint16)(seq - receiver->max_seq);

	if (ahead >= MAX_DROPOUT && ahead <= SEQ_MOD - MAX_MISORDER) {
		if (seq == receiver->bad_seq) {
			restart(receiver, seq);
			return IMS_RTP_RESTARTED;
		}
		receiver->bad_seq = (seq + 1u) % SEQ_MOD;
		return IMS_RTP_HELD;
	}
	receiver->received++;
	if (ahead == 0 || ahead >= MAX_DROPOUT)
		return IMS_RTP_LATE;
	if (seq < receiver->max_seq)
		receiver->cycles += SEQ_MOD;
	receiver->max_seq = seq;
	return IMS_RTP_NEXT;
}

void ims_rtp_receiver_time(ims_rtp_receiver *receiver, guint32 arrival, guint32 timestamp)
{
	guint32 transit = arrival - timestamp;
	gint32 change = (gint32)(transit - receiver->transit);

	receiver->transit = transit;
	if (!receiver->timed) {
		receiver->timed = TRUE;
		return;
	}
	/* A.8, in whole numbers; 64 bits because a hostile timestamp makes any change possible. */
	receiver->jitter = (guint32)MIN(receiver->jitter + (guint64)ABS((gint64)change) -
						((receiver->jitter + 8ull) >> 4),
					G_MAXUINT32);
}

guint32 ims_rtp_receiver_jitter(const ims_rtp_receiver *receiver)
{
	return receiver->jitter >> 4;
}

guint32 ims_rtp_receiver_highest(const ims_rtp_receiver *receiver)
{
	return receiver->cycles + receiver->max_seq;
}

static guint32 expected(const ims_rtp_receiver *receiver)
{
	return ims_rtp_receiver_highest(receiver) - receiver->base_seq + 1;
}

gint64 ims_rtp_receiver_lost(const ims_rtp_receiver *receiver)
{
	return (gint64)expected(receiver) - receiver->received;
}

guint8 ims_rtp_receiver_fraction(ims_rtp_receiver *receiver)
{
	guint32 due = expected(receiver) - receiver->expected_prior;
	guint32 came = receiver->received - receiver->received_prior;

	receiver->expected_prior += due;
	receiver->received_prior += came;
	if (due == 0 || came >= due)
		return 0;
	return (guint8)MIN(((guint64)(due - came) << 8) / due, 255);
}
