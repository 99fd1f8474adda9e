/* Any bytes as descriptions: parsed or refused with a reason; what is parsed prints and reads the
 * same; and across the edge, both ways, what comes out is sound whatever went in.
 *
 * Input: up to three descriptions with a NUL after each: an offer, its answer, a later offer. A
 * missing one is the first again. */
#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>
#include "base/ims_error.h"
#include "sdp/ims_sdp_rewrite.h"
#include "sdp_equal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const guint16 ports[] = { 40000, 40002, 0, 40006 };
static gpointer video_codecs[] = { "VP8", "H264" };
static const GPtrArray video_list = { video_codecs, G_N_ELEMENTS(video_codecs) };
static const GPtrArray any_audio = { NULL, 0 };
static const ims_sdp_policy policy = { .video_codecs = &video_list, .video_kbps = 1000, .audio_codecs = &any_audio };
static const ims_sdp_local local = { "203.0.113.7", ports, G_N_ELEMENTS(ports), 1, 1, &policy, NULL };

static void check_error(const GError *error)
{
	g_assert_nonnull(error);
	g_assert(error->domain == IMS_ERROR);
	g_assert(error->code == IMS_E_BAD_SDP || error->code == IMS_E_NO_COMMON_MEDIA);
	g_assert(strlen(error->message) < 600 && g_utf8_validate(error->message, -1, NULL));
}

static ims_sdp *parse(const char *text)
{
	g_autoptr(GError) error = NULL;
	ims_sdp *sdp = ims_sdp_parse(text, &error);

	if (!sdp)
		check_error(error);
	return sdp;
}

static void check_round_trip(const ims_sdp *sdp)
{
	g_autofree char *text = ims_sdp_print(sdp);
	g_autoptr(ims_sdp) copy = ims_sdp_copy(sdp);
	g_autoptr(ims_sdp) again = NULL;
	guint lines = 0;

	g_assert(sdp_equal(sdp, copy));
	for (const char *at = text; *at; at++)
		lines += *at == '\n';
	if (strlen(text) > IMS_SDP_MAX_BYTES || lines > IMS_SDP_MAX_LINES)
		return; /* grown by what was implied */
	again = ims_sdp_parse(text, NULL);
	g_assert_nonnull(again);
	g_assert(sdp_equal(sdp, again));
}

static void check_made(const ims_sdp *sdp, const GError *error, guint mlines)
{
	g_autofree char *text = NULL;
	g_autoptr(ims_sdp) again = NULL;

	if (!sdp) {
		check_error(error);
		return;
	}
	g_assert_no_error(error);
	text = ims_sdp_print(sdp);
	again = ims_sdp_parse(text, NULL);
	g_assert_nonnull(again);
	g_assert_cmpuint(sdp->media->len, ==, mlines);
	g_assert_cmpuint(again->media->len, ==, mlines);
}

/* REQ-109, 128 */
static void check_made_for_core(const ims_sdp *sdp, const GError *error, guint mlines)
{
	check_made(sdp, error, mlines);
	for (guint i = 0; sdp && i < mlines; i++) {
		const ims_sdp_media *media = sdp->media->pdata[i];

		g_assert(!media->address || strcmp(media->address, local.address) == 0);
		g_assert(media->port == 0 || (i < G_N_ELEMENTS(ports) && media->port == ports[i]));
		g_assert(media->port == 0 || media->codecs->len > 0);
		g_assert_null(media->mid);
	}
}

/* Janus reads no longer m= lines, and cuts longer attributes. */
static void check_made_for_browser(const ims_sdp *sdp, const GError *error, guint mlines)
{
	g_autofree char *text = sdp ? ims_sdp_print(sdp) : NULL;
	g_auto(GStrv) lines = g_strsplit(text ? text : "", "\r\n", -1);

	check_made(sdp, error, mlines);
	for (guint i = 0; lines[i]; i++)
		g_assert_cmpuint(strlen(lines[i]), <=, 500);
}

static void check_stream(const ims_sdp_stream *stream)
{
	struct in_addr raw;

	g_assert(stream->port != 0 && stream->rtcp_port != 0);
	g_assert(inet_pton(AF_INET, stream->address, &raw) == 1);
	g_assert(inet_pton(AF_INET, stream->rtcp_address, &raw) == 1);
	g_assert((stream->direction & ~stream->allowed) == 0);
	g_assert(strcmp(stream->address, "0.0.0.0") != 0 || !(stream->direction & IMS_DIR_SENDONLY));
	g_assert(stream->browser_pt >= 0 && stream->to_core[stream->browser_pt] >= 0);
	g_assert(stream->refusal == IMS_SDP_SERVED);
	if (stream->kind == IMS_MEDIA_VIDEO) {
		g_assert(stream->clock_hz == 90000 && stream->dtmf_pt < 0);
		g_assert(stream->max_kbps >= 30 && stream->max_kbps <= policy.video_kbps);
		g_assert(stream->core_cvo_id <= 14 && stream->browser_cvo_id <= 14);
	} else {
		g_assert(stream->clock_hz == 8000 || stream->clock_hz == 48000);
	}
	g_assert((stream->dtmf_pt >= 0) == (stream->dtmf_clock_hz != 0));
	g_assert(stream->ptime_ms >= 10 && stream->ptime_ms <= 60);
	for (guint pt = 0; pt < 128; pt++) {
		g_assert(stream->to_core[pt] >= -1 && stream->to_core[pt] < 128);
		g_assert(stream->to_browser[pt] >= -1 && stream->to_browser[pt] < 128);
	}
}

static void check_streams(const GArray *streams, guint mlines)
{
	guint used = 0;

	g_assert_cmpuint(streams->len, ==, mlines);
	for (guint i = 0; i < streams->len; i++) {
		const ims_sdp_stream *stream = &g_array_index(streams, ims_sdp_stream, i);

		g_assert_cmpuint(stream->mline, ==, i);
		if (!stream->used) {
			g_assert(stream->refusal != IMS_SDP_SERVED);
			continue;
		}
		check_stream(stream);
		used++;
	}
	g_assert_cmpuint(used, >, 0);
}

static void later(const ims_sdp *offer, const ims_sdp *our_last, GArray *streams)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(ims_sdp) sdp = ims_sdp_answer_reoffer(offer, our_last, &local, streams, &error);

	check_made_for_core(sdp, error, offer->media->len);
	if (sdp)
		check_streams(streams, offer->media->len);
}

/* Our hold; the core answers it with anything. */
static void hold(const ims_sdp *answer, const ims_sdp *our_last, GArray *streams)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(ims_sdp) sdp = ims_sdp_reoffer(our_last, streams, IMS_DIR_SENDONLY, &local);
	gboolean ok = ims_sdp_take_answer(sdp, answer, streams, &error);

	check_made_for_core(sdp, NULL, our_last->media->len);
	check_streams(streams, our_last->media->len);
	if (!ok)
		check_error(error);
}

/* Either side describes the whole call anew. */
static void again(const ims_sdp *offer, const ims_sdp *our_last, const ims_sdp *of_browser)
{
	g_autoptr(GError) out_error = NULL, in_error = NULL;
	g_autoptr(ims_sdp) out = ims_sdp_offer_to_core(offer, our_last, &local, &out_error);
	g_autoptr(ims_sdp) in = ims_sdp_offer_to_browser(offer, of_browser, &policy, &in_error);

	check_made_for_core(out, out_error, MAX(offer->media->len, our_last->media->len));
	check_made_for_browser(in, in_error, offer->media->len);
}

static void browser_calls(const ims_sdp *offer, const ims_sdp *answer, const ims_sdp *reoffer)
{
	g_autoptr(GError) offer_error = NULL, answer_error = NULL;
	g_autoptr(ims_sdp) ours = ims_sdp_offer_to_core(offer, NULL, &local, &offer_error);
	g_autoptr(ims_sdp) sdp = NULL;
	g_autoptr(GArray) streams = NULL;

	check_made_for_core(ours, offer_error, offer->media->len);
	if (!ours)
		return;
	sdp = ims_sdp_answer_to_browser(offer, ours, answer, &streams, &answer_error);
	check_made_for_browser(sdp, answer_error, offer->media->len);
	if (!sdp)
		return;
	check_streams(streams, offer->media->len);
	again(reoffer, ours, offer);
	hold(reoffer, ours, streams);
	later(reoffer, ours, streams);
}

static void core_calls(const ims_sdp *offer, const ims_sdp *answer, const ims_sdp *reoffer)
{
	g_autoptr(GError) offer_error = NULL, answer_error = NULL;
	g_autoptr(ims_sdp) shown = ims_sdp_offer_to_browser(offer, NULL, &policy, &offer_error);
	g_autoptr(ims_sdp) ours = NULL;
	g_autoptr(GArray) streams = NULL;

	check_made_for_browser(shown, offer_error, offer->media->len);
	if (!shown)
		return;
	ours = ims_sdp_answer_to_core(offer, shown, answer, &local, &streams, &answer_error);
	check_made_for_core(ours, answer_error, offer->media->len);
	if (!ours)
		return;
	check_streams(streams, offer->media->len);
	again(reoffer, ours, answer);
	hold(reoffer, ours, streams);
	later(reoffer, ours, streams);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_malloc0(size + 1);
	const char *end = text + size, *second, *third;
	g_autoptr(ims_sdp) offer = NULL, answer = NULL, reoffer = NULL;

	if (size > 0)
		memcpy(text, data, size);
	second = text + strlen(text) + 1;
	third = second < end ? second + strlen(second) + 1 : end;
	offer = parse(text);
	answer = parse(second < end ? second : text);
	reoffer = parse(third < end ? third : text);
	if (offer)
		check_round_trip(offer);
	if (!offer || !answer || !reoffer)
		return 0;
	browser_calls(offer, answer, reoffer);
	core_calls(offer, answer, reoffer);
	return 0;
}
