#include "media/ims_rtcp.h"

#include <string.h>

enum { PT_SR = 200, PT_RR = 201, PT_SDES = 202, PT_BYE = 203, PT_RTPFB = 205, PT_PSFB = 206 };
enum { FMT_PLI = 1, FMT_FIR = 4 };

#define SDES_CNAME 1
#define BLOCK_BYTES 24
#define NTP_OF_1970 2208988800u

static guint8 *put32(guint8 *at, guint32 value)
{
	value = GUINT32_TO_BE(value);
	memcpy(at, &value, sizeof(value));
	return at + sizeof(value);
}

static guint32 get32(const guint8 *at)
{
	guint32 value;

	memcpy(&value, at, sizeof(value));
	return GUINT32_FROM_BE(value);
}

static guint8 *put_head(guint8 *at, guint count, guint8 type, gsize bytes)
{
	at[0] = (guint8)(0x80 | count);
	at[1] = type;
	at[2] = (guint8)((bytes / 4 - 1) >> 8);
	at[3] = (guint8)(bytes / 4 - 1);
	return at + 4;
}

static guint8 *put_block(guint8 *at, const ims_rtcp_block *block)
{
	gint32 lost = CLAMP(block->lost, -0x800000, 0x7fffff);

	at = put32(at, block->about);
	at = put32(at, (guint32)block->fraction << 24 | ((guint32)lost & 0xffffff));
	at = put32(at, block->highest);
	at = put32(at, block->jitter);
	at = put32(at, block->last_sr);
	return put32(at, block->since_last_sr);
}

static guint8 *put_report(guint8 *at, const ims_rtcp_report *r)
{
	gsize bytes = (r->is_sr ? 28u : 8u) + (r->block ? BLOCK_BYTES : 0u);

	at = put_head(at, r->block ? 1 : 0, r->is_sr ? PT_SR : PT_RR, bytes);
	at = put32(at, r->ssrc);
	if (r->is_sr) {
		at = put32(at, (guint32)(r->ntp >> 32));
		at = put32(at, (guint32)r->ntp);
		at = put32(at, r->timestamp);
		at = put32(at, r->packets);
		at = put32(at, r->octets);
	}
	return r->block ? put_block(at, r->block) : at;
}

static guint8 *put_sdes(guint8 *at, const ims_rtcp_report *r)
{
	gsize length = strlen(r->cname);
	gsize chunk = 4 + 2 + length;
	gsize bytes = 4 + chunk + (4 - chunk % 4); /* one to four zeros end the items */

	g_assert(length <= 255);
	memset(at, 0, bytes);
	put32(put_head(at, 1, PT_SDES, bytes), r->ssrc);
	at[8] = SDES_CNAME;
	at[9] = (guint8)length;
	memcpy(at + 10, r->cname, length);
	return at + bytes;
}

static guint8 *put_fir(guint8 *at, const ims_rtcp_report *r)
{
	at = put32(put_head(at, FMT_FIR, PT_PSFB, 20), r->ssrc);
	at = put32(put32(at, 0), r->asked);
	return put32(at, (guint32)r->fir_seq << 24);
}

static guint8 *put_extra(guint8 *at, const ims_rtcp_report *r)
{
	switch (r->extra) {
	case IMS_RTCP_PLAIN:
		return at;
	case IMS_RTCP_BYE:
		return put32(put_head(at, 1, PT_BYE, 8), r->ssrc);
	case IMS_RTCP_PLI:
		return put32(put32(put_head(at, FMT_PLI, PT_PSFB, 12), r->ssrc), r->asked);
	case IMS_RTCP_FIR:
		return put_fir(at, r);
	}
	g_assert_not_reached();
}

gsize ims_rtcp_build(guint8 ret_packet[IMS_RTCP_MAX], const ims_rtcp_report *report)
{
	guint8 *at = put_sdes(put_report(ret_packet, report), report);

	at = put_extra(at, report);
	return (gsize)(at - ret_packet);
}

static void read_block(const guint8 *at, ims_rtcp_block *ret_block)
{
	guint32 losses = get32(at + 4);
	gint32 lost = (gint32)(losses & 0xffffff);

	*ret_block = (ims_rtcp_block){
		.about = get32(at),
		.fraction = (guint8)(losses >> 24),
		.lost = lost & 0x800000 ? lost - 0x1000000 : lost,
		.highest = get32(at + 8),
		.jitter = get32(at + 12),
		.last_sr = get32(at + 16),
		.since_last_sr = get32(at + 20),
	};
}

/* One packet of the compound, whole, padding taken off. */
typedef struct {
	guint count;
	guint8 type;
	const guint8 *body; /* behind the four bytes of the head */
	gsize length;       /* of the body */
} piece;

static gboolean read_report(const piece *p, guint32 our_ssrc, ims_rtcp_news *news)
{
	gsize fixed = p->type == PT_SR ? 24 : 4;

	if (p->length < fixed + (gsize)p->count * BLOCK_BYTES)
		return FALSE;
	if (p->type == PT_SR && !news->has_sr && get32(p->body) == news->sender) {
		news->has_sr = TRUE;
		news->sr_ntp = (guint64)get32(p->body + 4) << 32 | get32(p->body + 8);
	}
	for (guint i = 0; i < p->count && !news->has_block; i++) {
		const guint8 *at = p->body + fixed + (gsize)i * BLOCK_BYTES;

		if (get32(at) != our_ssrc)
			continue;
		read_block(at, &news->block);
		news->has_block = TRUE;
	}
	return TRUE;
}

static gboolean read_bye(const piece *p, ims_rtcp_news *news)
{
	if (p->length < 4 * (gsize)p->count)
		return FALSE;
	for (guint i = 0; i < p->count; i++)
		news->bye = news->bye || get32(p->body + 4 * (gsize)i) == news->sender;
	return TRUE;
}

/* Two SSRCs, and behind those of a FIR at least one entry. */
static gboolean read_feedback(const piece *p, ims_rtcp_news *news)
{
	if (p->length < 8 || (p->count == FMT_FIR && p->length < 16))
		return FALSE;
	news->key_frame = news->key_frame || p->count == FMT_PLI || p->count == FMT_FIR;
	return TRUE;
}

static gboolean read_piece(const piece *p, guint32 our_ssrc, ims_rtcp_news *news)
{
	switch (p->type) {
	case PT_SR:
	case PT_RR:
		return read_report(p, our_ssrc, news);
	case PT_BYE:
		return read_bye(p, news);
	case PT_PSFB:
		return read_feedback(p, news);
	default:
		return TRUE; /* holds nothing we use */
	}
}

static gboolean may_be_first(const piece *p)
{
	return (p->type == PT_SR || p->type == PT_RR || p->type == PT_RTPFB || p->type == PT_PSFB) &&
	       p->length >= 4;
}

/* Cuts the next piece off; FALSE: what is there is none. Padding is for the last one only (A.2). */
static gboolean cut(const guint8 **at, gsize *left, piece *ret_piece)
{
	gsize bytes, padding = 0;

	if (*left < 4 || (*at)[0] >> 6 != 2)
		return FALSE;
	bytes = 4u * ((gsize)((*at)[2] << 8 | (*at)[3]) + 1);
	if (bytes > *left)
		return FALSE;
	if ((*at)[0] & 0x20) {
		padding = (*at)[bytes - 1];
		if (bytes != *left || padding == 0 || padding % 4 || padding > bytes - 4)
			return FALSE;
	}
	*ret_piece = (piece){ (*at)[0] & 0x1f, (*at)[1], *at + 4, bytes - 4 - padding };
	*at += bytes;
	*left -= bytes;
	return TRUE;
}

gboolean ims_rtcp_parse(const guint8 *packet, gsize length, guint32 our_ssrc, ims_rtcp_news *ret_news)
{
	ims_rtcp_news news = { 0 };
	gboolean first = TRUE;
	piece p;

	while (first || length > 0) {
		if (!cut(&packet, &length, &p))
			return FALSE;
		if (first) {
			if (!may_be_first(&p))
				return FALSE;
			news.sender = get32(p.body);
			first = FALSE;
		}
		if (!read_piece(&p, our_ssrc, &news))
			return FALSE;
	}
	*ret_news = news;
	return TRUE;
}

guint64 ims_rtcp_ntp(gint64 unix_us)
{
	guint64 us = (guint64)MAX(unix_us, 0);
	guint64 seconds = us / G_USEC_PER_SEC + (us ? NTP_OF_1970 : 0);

	return seconds << 32 | ((us % G_USEC_PER_SEC) << 32) / G_USEC_PER_SEC;
}

guint32 ims_rtcp_ntp_middle(guint64 ntp)
{
	return (guint32)(ntp >> 16);
}

gboolean ims_rtcp_round_trip(guint64 now_ntp, const ims_rtcp_block *block, gint64 *ret_us)
{
	guint32 trip = ims_rtcp_ntp_middle(now_ntp) - block->last_sr - block->since_last_sr;

	/* Longer than a minute is not a round trip but figures of a peer that went wrong. */
	if (block->last_sr == 0 || trip > 60u << 16)
		return FALSE;
	*ret_us = (gint64)trip * G_USEC_PER_SEC >> 16;
	return TRUE;
}
