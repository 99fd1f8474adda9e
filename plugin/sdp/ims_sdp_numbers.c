/* ims_sdp_numbers.c: which number a codec gets. */
#include "sdp/ims_sdp_codec.h"
#include "sdp/internal.h"

#define FIRST_DYNAMIC_PT 96 /* RFC 3551 3 */
#define FIRST_SPARE_PT 35   /* what RFC 3551 leaves unassigned, and browsers use as well */

void ims_sdp_numbers_want(ims_sdp_numbers *numbers, const ims_sdp_media *media)
{
	for (guint i = 0; i < media->codecs->len; i++) {
		const ims_sdp_codec *codec = media->codecs->pdata[i];

		numbers->wanted[codec->pt] = TRUE;
	}
}

void ims_sdp_numbers_know(ims_sdp_numbers *numbers, const ims_sdp_media *before)
{
	for (guint i = 0; before && i < before->codecs->len; i++) {
		const ims_sdp_codec *codec = before->codecs->pdata[i];

		numbers->known[codec->pt] = codec;
	}
}

static gboolean is_free(const ims_sdp_numbers *numbers, guint pt)
{
	return !numbers->wanted[pt] && !numbers->known[pt] && !numbers->used[pt];
}

static gboolean find_free(const ims_sdp_numbers *numbers, guint first, guint last, guint8 *ret_pt)
{
	for (guint pt = first; pt <= last; pt++) {
		if (!is_free(numbers, pt))
			continue;
		*ret_pt = (guint8)pt;
		return TRUE;
	}
	return FALSE;
}

static gboolean find_any(const ims_sdp_numbers *numbers, guint8 *ret_pt)
{
	return find_free(numbers, FIRST_DYNAMIC_PT, 127, ret_pt) ||
	       find_free(numbers, FIRST_SPARE_PT, 63, ret_pt);
}

/* 64 to 95 look like RTCP once multiplexed (RFC 5761 4); static numbers mean what they mean. */
static gboolean suits(const ims_sdp_codec *codec)
{
	return codec->pt >= FIRST_DYNAMIC_PT || (codec->pt >= FIRST_SPARE_PT && codec->pt < 64) ||
	       ims_sdp_codec_has_static_pt(codec);
}

static gboolean may_be(const ims_sdp_codec *other, const ims_sdp_codec *codec)
{
	return !other || ims_sdp_codec_is_same(other, codec);
}

static gboolean may_have(const ims_sdp_numbers *numbers, const ims_sdp_codec *codec, guint8 pt)
{
	const ims_sdp_codec *other = numbers->used[pt];

	return may_be(numbers->known[pt], codec) && may_be(other, codec) &&
	       (!other || g_strcmp0(other->fmtp, codec->fmtp) == 0);
}

static gboolean find_before(const ims_sdp_numbers *numbers, const ims_sdp_codec *codec,
			    const ims_sdp_media *before, guint8 *ret_pt)
{
	const ims_sdp_codec *known = before ? ims_sdp_codecs_find(before->codecs, codec) : NULL;

	if (!known || !may_have(numbers, codec, known->pt))
		return FALSE;
	*ret_pt = known->pt;
	return TRUE;
}

gboolean ims_sdp_numbers_take(ims_sdp_numbers *numbers, const ims_sdp_codec *codec,
			      const ims_sdp_media *before, guint8 *ret_pt)
{
	guint8 pt = codec->pt;

	if (!find_before(numbers, codec, before, &pt) && !(suits(codec) && may_have(numbers, codec, pt)) &&
	    !find_any(numbers, &pt))
		return FALSE;
	numbers->used[pt] = codec;
	*ret_pt = pt;
	return TRUE;
}

gboolean ims_sdp_numbers_give(ims_sdp_numbers *numbers, const ims_sdp_codec *codec,
			      const ims_sdp_media *before, guint8 usual, guint8 *ret_pt)
{
	guint8 pt = usual;

	if (!find_before(numbers, codec, before, &pt) && !is_free(numbers, usual) && !find_any(numbers, &pt))
		return FALSE;
	numbers->wanted[pt] = TRUE;
	*ret_pt = pt;
	return TRUE;
}
