/* ims_sdp_profile.c: which RTP profile video has towards the core.
 *
 * Feedback wants RTP/AVPF (RFC 4585), and phones that know only RTP/AVP refuse it with port 0. So we offer
 * AVP, or SAVP, and AVPF, or SAVPF, as what it may become (RFC 5939; 26.114 6.2.3.2). Feedback is named in
 * either case: those that know no more than AVP, or say no more, may know it all the same. */
#include <string.h>
#include "sdp/internal.h"

#define MAX_CAPABILITIES 16 /* that are looked at */

static const char *with_feedback(const ims_sdp_media *media)
{
	return ims_sdes_is_secure(media) ? "RTP/SAVPF" : "RTP/AVPF";
}

void ims_sdp_offer_profile(ims_sdp_media *core)
{
	g_autofree char *capability = g_strdup_printf("1 %s", with_feedback(core));

	if (g_ascii_strcasecmp(core->proto, with_feedback(core)) == 0)
		return;
	ims_sdp_media_add_attribute(core, "tcap", capability);
	ims_sdp_media_add_attribute(core, "pcfg", "1 t=1");
}

/* Is capability `number` the wanted profile? "a=tcap:1 RTP/AVPF RTP/SAVPF" numbers them from 1 on; there is
 * one such line (RFC 5939 3.4.1). */
static gboolean is_capability(const char *tcap, guint64 number, const char *wanted)
{
	g_auto(GStrv) word = g_strsplit(tcap, " ", MAX_CAPABILITIES + 1);
	guint64 first;
	guint n = MIN(g_strv_length(word), MAX_CAPABILITIES);

	return n > 1 && g_ascii_string_to_unsigned(word[0], 10, 1, G_MAXINT, &first, NULL) &&
	       number >= first && number - first < n - 1 &&
	       g_ascii_strcasecmp(word[1 + number - first], wanted) == 0;
}

/* "1 t=1": that configuration and nothing besides. */
static gboolean read_configuration(const char *value, guint64 *ret_configuration, guint64 *ret_capability)
{
	g_auto(GStrv) word = g_strsplit(value, " ", 3);

	return g_strv_length(word) == 2 && g_str_has_prefix(word[1], "t=") &&
	       g_ascii_string_to_unsigned(word[0], 10, 1, G_MAXINT, ret_configuration, NULL) &&
	       g_ascii_string_to_unsigned(word[1] + 2, 10, 1, G_MAXINT, ret_capability, NULL);
}

void ims_sdp_answer_profile(ims_sdp_media *answer, const ims_sdp_media *offer)
{
	const char *tcap = ims_sdp_attribute_value(offer->attributes, "tcap");

	for (guint i = 0; tcap && i < offer->attributes->len; i++) {
		const ims_sdp_attribute *a = offer->attributes->pdata[i];
		g_autofree char *taken = NULL;
		guint64 configuration, capability;

		if (strcmp(a->name, "pcfg") != 0 || !a->value ||
		    !read_configuration(a->value, &configuration, &capability) ||
		    !is_capability(tcap, capability, with_feedback(offer)))
			continue;
		taken = g_strdup_printf("%" G_GUINT64_FORMAT " t=%" G_GUINT64_FORMAT, configuration,
					capability);
		ims_sdp_media_add_attribute(answer, "acfg", taken);
		g_free(answer->proto);
		answer->proto = g_strdup(with_feedback(offer));
		return;
	}
}
