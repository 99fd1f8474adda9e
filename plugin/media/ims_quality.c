#include "media/ims_quality.h"

#define R_MAX 93.2
#define PACKET_MS 20
#define CODEC_MS 20 /* look-ahead and the sound card at either end */
#define DELAY_NOTICED_MS 177.3

/* G.113 appendix I: what a codec costs (Ie), and how it stands losses (Bpl). */
typedef struct {
	const char *name;
	double ie, bpl;
} impairment;

static const impairment impairments[] = {
	{ "PCMU", 0, 25.1 }, { "PCMA", 0, 25.1 }, { "AMR", 5, 10 },  { "G722", 0, 10 },
	{ "AMR-WB", 0, 10 }, { "EVS", 0, 20 },    { "opus", 0, 20 },
};
static const impairment unknown = { "", 5, 10 };

static const impairment *find(const char *codec)
{
	for (gsize i = 0; i < G_N_ELEMENTS(impairments); i++)
		if (g_ascii_strcasecmp(impairments[i].name, codec) == 0)
			return &impairments[i];
	return &unknown;
}

static double delay_cost(const ims_quality *quality)
{
	double one_way_ms = quality->round_trip_ms / 2.0 + 2.0 * quality->jitter_ms + PACKET_MS + CODEC_MS;
	double over_ms = MAX(one_way_ms - DELAY_NOTICED_MS, 0);

	return 0.024 * one_way_ms + 0.11 * over_ms;
}

/* G.107 7.5 with BurstR 1. */
static double codec_cost(const ims_quality *quality)
{
	const impairment *codec = find(quality->codec);
	double per_cent = 100 * CLAMP(quality->loss, 0, 1);

	return codec->ie + (95 - codec->ie) * per_cent / (per_cent + codec->bpl);
}

/* G.107 annex B. */
double ims_quality_mos(const ims_quality *quality)
{
	double r = CLAMP(R_MAX - delay_cost(quality) - codec_cost(quality), 0, 100);

	return CLAMP(1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6, 1, 4.5);
}
