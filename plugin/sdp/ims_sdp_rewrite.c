/* ims_sdp_rewrite.c: offers across the edge, and the lines all our descriptions are made of. */
#include "base/ims_error.h"
#include "sdp/ims_sdp_codec.h"
#include "sdp/internal.h"
#include <string.h>

#define BROWSER_PROTO "UDP/TLS/RTP/SAVPF"
#define FIRST_DYNAMIC_PT 96 /* RFC 3551 3 */
#define FIRST_SPARE_PT 35   /* what RFC 3551 leaves unassigned, and browsers use as well */
#define USUAL_EVENT_PT 101  /* some phones know no other */
#define MAX_OFFERED_TEXT 300

/* ---- lines ---- */

ims_sdp *ims_sdp_new_for_core(const ims_sdp_local *local)
{
	ims_sdp *sdp = ims_sdp_new();

	sdp->username = g_strdup("-");
	sdp->session_id = g_strdup_printf("%" G_GUINT64_FORMAT, local->session_id);
	sdp->session_version = g_strdup_printf("%" G_GUINT64_FORMAT, local->session_version);
	sdp->origin_address = g_strdup(local->address);
	sdp->name = g_strdup("-");
	sdp->address = g_strdup(local->address);
	return sdp;
}

/* Janus fills in identifiers and addresses of its own. */
ims_sdp *ims_sdp_new_for_browser(void)
{
	ims_sdp *sdp = ims_sdp_new();

	sdp->username = g_strdup("-");
	sdp->session_id = g_strdup("0");
	sdp->session_version = g_strdup("0");
	sdp->origin_address = g_strdup("0.0.0.0");
	sdp->name = g_strdup("-");
	return sdp;
}

guint16 ims_sdp_local_port(const ims_sdp_local *local, guint mline)
{
	return mline < local->n_ports ? local->ports[mline] : 0;
}

ims_sdp_media *ims_sdp_core_audio(const ims_sdp_local *local, guint mline, const char *proto)
{
	ims_sdp_media *media = ims_sdp_media_new(IMS_MEDIA_AUDIO, "audio", proto);

	media->port = ims_sdp_local_port(local, mline);
	media->rtcp_port = media->port + 1;
	media->address = g_strdup(local->address);
	ims_sdp_media_add_attribute(media, "ptime", "20");
	return media;
}

ims_sdp_media *ims_sdp_browser_audio(const char *proto, guint ptime_ms)
{
	ims_sdp_media *media = ims_sdp_media_new(IMS_MEDIA_AUDIO, "audio", proto);
	g_autofree char *ptime = g_strdup_printf("%u", ptime_ms);

	media->port = 9; /* RFC 8829 5.2.1: a port means nothing before ICE */
	media->rtcp_port = media->port + 1;
	media->address = g_strdup("0.0.0.0");
	ims_sdp_media_add_attribute(media, "ptime", ptime);
	return media;
}

/* The refusal of a line keeps its shape: media word, and one format it knows. */
ims_sdp_media *ims_sdp_refused(const ims_sdp_media *media, const char *proto)
{
	ims_sdp_media *refused = ims_sdp_media_new(media->kind, media->media, proto);

	if (media->codecs->len > 0) {
		const ims_sdp_codec *codec = media->codecs->pdata[0];

		refused->formats = g_strdup_printf("%u", codec->pt);
	} else if (media->formats) {
		refused->formats = g_strndup(media->formats, strcspn(media->formats, " "));
	}
	return refused;
}

void ims_sdp_add_codec(ims_sdp_media *media, guint8 pt, const ims_sdp_codec *codec, const char *fmtp)
{
	g_ptr_array_add(media->codecs,
			ims_sdp_codec_new(pt, codec->name, codec->clock_hz, codec->channels, fmtp));
}

void ims_sdp_add_bandwidth(ims_sdp_media *media)
{
	gboolean ipv6 = strchr(media->address, ':') != NULL;

	g_ptr_array_add(media->bandwidths,
			g_strdup_printf("AS:%u", ims_sdp_codecs_bandwidth(media->codecs, ipv6)));
}

/* ---- what can be served ---- */

gboolean ims_sdp_media_is_servable(const ims_sdp_media *media)
{
	g_autoptr(GPtrArray) codecs = NULL;

	if (media->kind != IMS_MEDIA_AUDIO || media->port == 0 || !ims_sdp_media_is_rtp(media))
		return FALSE;
	codecs = ims_sdp_codecs_crossing(media);
	return ims_sdp_codecs_have_relayed(codecs);
}

/* The core leg carries no SRTP. */
gboolean ims_sdp_core_is_servable(const ims_sdp_media *media)
{
	return ims_sdp_media_is_servable(media) && (g_ascii_strcasecmp(media->proto, "RTP/AVP") == 0 ||
						    g_ascii_strcasecmp(media->proto, "RTP/AVPF") == 0);
}

static void describe(GString *text, const ims_sdp_media *media)
{
	g_string_append_printf(text, "%s%s %s%s", text->len > 0 ? "; " : "", media->media, media->proto,
			       media->port == 0 ? " (port 0)" : "");
	for (guint i = 0; i < media->codecs->len && text->len < MAX_OFFERED_TEXT; i++) {
		const ims_sdp_codec *codec = media->codecs->pdata[i];

		g_string_append_printf(text, " %s/%u", codec->name, codec->clock_hz);
	}
}

void ims_sdp_say_nothing_left(const ims_sdp *sdp, GError **error)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < sdp->media->len && text->len < MAX_OFFERED_TEXT; i++)
		describe(text, sdp->media->pdata[i]);
	g_set_error(error, IMS_ERROR, IMS_E_NO_COMMON_MEDIA, "Nothing in common with: %s",
		    text->len > 0 ? text->str : "no media at all");
	g_string_free(text, TRUE);
}

gboolean ims_sdp_check_offer(const ims_sdp *offer, GError **error)
{
	for (guint i = 0; i < offer->media->len; i++) {
		if (ims_sdp_media_is_servable(offer->media->pdata[i]))
			return TRUE;
	}
	ims_sdp_say_nothing_left(offer, error);
	return FALSE;
}

/* ---- payload types of one description ---- */

/* Under BUNDLE a number means one thing in all m-lines (RFC 8843 9.1). */
typedef struct {
	gboolean wanted[128];           /* the other side's own number for something */
	const ims_sdp_codec *used[128]; /* given out */
} pt_table;

static void want_all(pt_table *table, const ims_sdp_media *media)
{
	for (guint i = 0; i < media->codecs->len; i++) {
		const ims_sdp_codec *codec = media->codecs->pdata[i];

		table->wanted[codec->pt] = TRUE;
	}
}

static gboolean find_free_pt(const pt_table *table, guint first, guint last, guint8 *ret_pt)
{
	for (guint pt = first; pt <= last; pt++) {
		if (table->wanted[pt] || table->used[pt])
			continue;
		*ret_pt = (guint8)pt;
		return TRUE;
	}
	return FALSE;
}

static gboolean find_any_pt(const pt_table *table, guint8 *ret_pt)
{
	return find_free_pt(table, FIRST_DYNAMIC_PT, 127, ret_pt) ||
	       find_free_pt(table, FIRST_SPARE_PT, 63, ret_pt);
}

/* 64 to 95 look like RTCP once multiplexed (RFC 5761 4); static numbers mean what they mean. */
static gboolean pt_suits_browser(const ims_sdp_codec *codec)
{
	return codec->pt >= FIRST_DYNAMIC_PT || (codec->pt >= FIRST_SPARE_PT && codec->pt < 64) ||
	       ims_sdp_codec_has_static_pt(codec);
}

static gboolean take_pt(pt_table *table, const ims_sdp_codec *codec, guint8 *ret_pt)
{
	const ims_sdp_codec *other = table->used[codec->pt];
	gboolean free_or_same =
		!other || (ims_sdp_codec_is_same(other, codec) && g_strcmp0(other->fmtp, codec->fmtp) == 0);

	if (pt_suits_browser(codec) && free_or_same)
		*ret_pt = codec->pt;
	else if (!find_any_pt(table, ret_pt))
		return FALSE;
	table->used[*ret_pt] = codec;
	return TRUE;
}

/* ---- browser's offer to the core ---- */

/* REQ-123: an event at the clock of each codec, whether or not the browser has one: the edge makes
 * the tones itself. */
static void add_missing_events(ims_sdp_media *core, const ims_sdp_media *browser)
{
	static const guint clocks_hz[] = { 8000, 16000, 48000 };
	pt_table table = { .wanted = { FALSE } };

	want_all(&table, browser);
	for (gsize i = 0; i < G_N_ELEMENTS(clocks_hz); i++) {
		char name[] = "telephone-event";
		ims_sdp_codec event = { .name = name, .clock_hz = clocks_hz[i], .channels = 1 };

		if (!ims_sdp_codecs_have_clock(core->codecs, event.clock_hz) ||
		    ims_sdp_codecs_find(core->codecs, &event) ||
		    !(find_free_pt(&table, USUAL_EVENT_PT, USUAL_EVENT_PT, &event.pt) ||
		      find_any_pt(&table, &event.pt)))
			continue;
		table.wanted[event.pt] = TRUE;
		ims_sdp_add_codec(core, event.pt, &event, "0-15");
	}
}

static ims_sdp_media *audio_to_core(const ims_sdp_media *browser, const ims_sdp_local *local, guint mline)
{
	g_autoptr(GPtrArray) codecs = ims_sdp_codecs_crossing(browser);
	ims_sdp_media *core = ims_sdp_core_audio(local, mline, "RTP/AVP");

	core->direction = browser->direction;
	for (guint i = 0; i < codecs->len; i++) {
		const ims_sdp_codec *codec = codecs->pdata[i];

		ims_sdp_add_codec(core, codec->pt, codec, codec->fmtp);
	}
	add_missing_events(core, browser);
	ims_sdp_add_bandwidth(core);
	return core;
}

ims_sdp *ims_sdp_offer_to_core(const ims_sdp *browser_offer, const ims_sdp_local *local, GError **error)
{
	g_autoptr(ims_sdp) sdp = ims_sdp_new_for_core(local);
	gboolean any = FALSE;

	for (guint i = 0; i < browser_offer->media->len; i++) {
		const ims_sdp_media *media = browser_offer->media->pdata[i];
		gboolean served = ims_sdp_media_is_servable(media) && ims_sdp_local_port(local, i) != 0;
		const char *proto = ims_sdp_media_is_rtp(media) ? "RTP/AVP" : media->proto;

		any |= served;
		g_ptr_array_add(sdp->media,
				served ? audio_to_core(media, local, i) : ims_sdp_refused(media, proto));
	}
	if (!any) {
		ims_sdp_say_nothing_left(browser_offer, error);
		return NULL;
	}
	return g_steal_pointer(&sdp);
}

/* ---- core's offer to the browser ---- */

/* What the browser is shown of a line it cannot have. Janus reads no m=text or m=message, and turns
 * port 0 of a first m-line into 9, as it keeps its ICE there: so it must be something a browser can
 * say yes to, though nothing flows. */
static ims_sdp_media *stand_in(const ims_sdp_media *core, pt_table *table)
{
	gboolean audio = core->kind == IMS_MEDIA_AUDIO;
	ims_sdp_media *media = ims_sdp_media_new(audio ? IMS_MEDIA_AUDIO : IMS_MEDIA_VIDEO,
						 audio ? "audio" : "video", BROWSER_PROTO);
	guint8 pt = 0;

	media->direction = IMS_DIR_INACTIVE;
	media->address = g_strdup("0.0.0.0");
	if (audio)
		g_ptr_array_add(media->codecs, ims_sdp_codec_new(0, "PCMU", 8000, 1, NULL));
	else if (find_any_pt(table, &pt))
		g_ptr_array_add(media->codecs, ims_sdp_codec_new(pt, "VP8", 90000, 1, NULL));
	table->wanted[pt] = TRUE;
	return media;
}

static ims_sdp_media *audio_to_browser(const ims_sdp_media *core, pt_table *table)
{
	g_autoptr(GPtrArray) codecs = ims_sdp_codecs_crossing(core);
	ims_sdp_media *browser = ims_sdp_browser_audio(BROWSER_PROTO, ims_sdp_ptime_ms(core));
	guint8 pt;

	for (guint i = 0; i < codecs->len; i++) {
		const ims_sdp_codec *codec = codecs->pdata[i];

		if (take_pt(table, codec, &pt))
			ims_sdp_add_codec(browser, pt, codec, codec->fmtp);
	}
	return browser;
}

/* Before the browser is bothered: can we send where the core wants it? */
static gboolean check_target(const ims_sdp_media *core, guint mline, GError **error)
{
	ims_sdp_stream stream;

	ims_sdp_stream_init(&stream, core->kind, mline);
	return ims_sdp_stream_set_remote(&stream, core, IMS_SDP_ANY_FAMILY, error);
}

ims_sdp *ims_sdp_offer_to_browser(const ims_sdp *core_offer, GError **error)
{
	g_autoptr(ims_sdp) sdp = ims_sdp_new_for_browser();
	pt_table table = { .wanted = { FALSE } };
	gboolean any = FALSE;

	for (guint i = 0; i < core_offer->media->len; i++) {
		if (ims_sdp_core_is_servable(core_offer->media->pdata[i]))
			want_all(&table, core_offer->media->pdata[i]);
	}
	for (guint i = 0; i < core_offer->media->len; i++) {
		const ims_sdp_media *media = core_offer->media->pdata[i];
		gboolean served = ims_sdp_core_is_servable(media);

		if (served && !check_target(media, i, error))
			return NULL;
		any |= served;
		g_ptr_array_add(sdp->media,
				served ? audio_to_browser(media, &table) : stand_in(media, &table));
	}
	if (!any) {
		ims_sdp_say_nothing_left(core_offer, error);
		return NULL;
	}
	return g_steal_pointer(&sdp);
}
