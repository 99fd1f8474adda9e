#include "sdp/ims_h264.h"

#include <string.h>

#include "sdp/internal.h"

enum { BASELINE = 66, MAIN = 77, EXTENDED = 88 };

#define SET0 0x80 /* constraint_set0_flag, and so on */
#define SET1 0x40
#define SET3 0x10
#define LEVEL_1B 9 /* where it stands among the others; Baseline and Main write it as 11 with SET3 */
#define LEVEL_1_1 11

static gboolean read_profile_level_id(const char *text, ims_h264 *format)
{
	guint64 id;

	if (strlen(text) != 6 || !g_ascii_string_to_unsigned(text, 16, 0, 0xffffff, &id, NULL))
		return FALSE;
	format->profile_idc = (guint8)(id >> 16);
	format->constraints = (guint8)(id >> 8);
	format->level_idc = (guint8)id;
	return TRUE;
}

gboolean ims_h264_parse(const char *fmtp, ims_h264 *ret_format)
{
	g_autofree char *id = ims_sdp_fmtp_get(fmtp, "profile-level-id");
	g_autofree char *mode_text = ims_sdp_fmtp_get(fmtp, "packetization-mode");
	g_autofree char *asymmetry = ims_sdp_fmtp_get(fmtp, "level-asymmetry-allowed");
	ims_h264 format = { .profile_idc = BASELINE, .level_idc = 10 };
	guint64 mode = 0;

	if (id && !read_profile_level_id(id, &format))
		return FALSE;
	if (mode_text && !g_ascii_string_to_unsigned(mode_text, 10, 0, 1, &mode, NULL))
		return FALSE;
	format.mode = (guint8)mode;
	format.asymmetry = asymmetry && strcmp(asymmetry, "1") == 0;
	*ret_format = format;
	return TRUE;
}

/* RFC 6184 table 5: with constraint_set0 the others keep to Baseline's tools. */
gboolean ims_h264_is_baseline(const ims_h264 *format)
{
	if (format->profile_idc == MAIN || format->profile_idc == EXTENDED)
		return (format->constraints & SET0) != 0;
	return format->profile_idc == BASELINE;
}

static gboolean has_level_in_constraints(const ims_h264 *format)
{
	return format->profile_idc == BASELINE || format->profile_idc == MAIN ||
	       format->profile_idc == EXTENDED;
}

/* The constraints that tell profiles apart. */
static guint profile_bits(const ims_h264 *format)
{
	return format->constraints & (guint)(has_level_in_constraints(format) ? ~SET3 : ~0);
}

gboolean ims_h264_is_same(const ims_h264 *a, const ims_h264 *b)
{
	if (a->mode != b->mode)
		return FALSE;
	if (ims_h264_is_baseline(a) || ims_h264_is_baseline(b))
		return ims_h264_is_baseline(a) && ims_h264_is_baseline(b);
	return a->profile_idc == b->profile_idc && profile_bits(a) == profile_bits(b);
}

static guint level_of(const ims_h264 *format)
{
	if (has_level_in_constraints(format) && format->level_idc == LEVEL_1_1 && format->constraints & SET3)
		return LEVEL_1B;
	return format->level_idc;
}

/* 1b lies between 1 and 1.1. */
static guint level_rank(guint level)
{
	return level == LEVEL_1B ? 2 * 10 + 1 : 2 * level;
}

static void set_level(ims_h264 *format, guint level)
{
	if (has_level_in_constraints(format)) {
		format->constraints &= (guint8)~SET3;
		if (level == LEVEL_1B) {
			format->constraints |= SET3;
			level = LEVEL_1_1;
		}
	}
	format->level_idc = (guint8)level;
}

guint ims_h264_max_kbps(const ims_h264 *format)
{
	/* H.264 table A-1, MaxBR. */
	static const struct {
		guint level, kbps;
	} rows[] = { { 10, 64 },   { LEVEL_1B, 128 }, { 11, 192 },   { 12, 384 },   { 13, 768 },
		     { 20, 2000 }, { 22, 4000 },      { 30, 10000 }, { 31, 14000 }, { 40, 20000 } };
	guint rank = level_rank(level_of(format));

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (rank <= level_rank(rows[i].level))
			return rows[i].kbps;
	}
	return 50000;
}

static char *print(const ims_h264 *format, const char *parameter_sets)
{
	char *text = g_strdup_printf("profile-level-id=%02x%02x%02x;packetization-mode=%u%s",
				     format->profile_idc, format->constraints, format->level_idc,
				     format->mode, format->asymmetry ? ";level-asymmetry-allowed=1" : "");
	char *longer;

	if (!parameter_sets ||
	    strlen(text) + strlen(";sprop-parameter-sets=") + strlen(parameter_sets) > IMS_SDP_MAX_FMTP)
		return text;
	longer = g_strdup_printf("%s;sprop-parameter-sets=%s", text, parameter_sets);
	g_free(text);
	return longer;
}

char *ims_h264_offer(const char *fmtp)
{
	g_autofree char *parameter_sets = ims_sdp_fmtp_get(fmtp, "sprop-parameter-sets");
	ims_h264 format;

	g_return_val_if_fail(ims_h264_parse(fmtp, &format), NULL);
	if (ims_h264_is_baseline(&format)) {
		guint level = level_of(&format);

		format.profile_idc = BASELINE;
		format.constraints = SET0 | SET1 | 0x20;
		set_level(&format, level);
	}
	return print(&format, parameter_sets);
}

char *ims_h264_answer(const char *offered, const char *answered)
{
	g_autofree char *parameter_sets = ims_sdp_fmtp_get(answered, "sprop-parameter-sets");
	ims_h264 offer, answer;
	guint level;

	g_return_val_if_fail(ims_h264_parse(offered, &offer) && ims_h264_parse(answered, &answer), NULL);
	level = level_of(&answer);
	offer.asymmetry = offer.asymmetry && answer.asymmetry;
	if (!offer.asymmetry && level_rank(level_of(&offer)) < level_rank(level))
		level = level_of(&offer);
	set_level(&offer, level);
	return print(&offer, parameter_sets);
}
