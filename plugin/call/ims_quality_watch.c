#include "call/ims_quality_watch.h"

#include <string.h>

#include "media/ims_quality.h"

/* Who replaces a source counts anew: what went backwards is no loss. */
static double share(gint64 lost, gint64 received)
{
	gint64 expected = MAX(lost, 0) + MAX(received, 0);

	return expected > 0 ? (double)MAX(lost, 0) / (double)expected : 0;
}

static void estimate(ims_quality_way *way, const ims_media_report *now)
{
	const ims_quality quality = { now->codec, way->loss, way->jitter_ms, now->round_trip_ms };

	if (now->kind == IMS_MEDIA_AUDIO && way->known)
		way->mos = ims_quality_mos(&quality);
}

static ims_quality_way from_peer(const ims_media_report *now, const ims_media_report *before)
{
	ims_quality_way way = {
		.known = now->received > before->received,
		.packets = now->received - before->received,
		.lost = now->lost - before->lost,
		.jitter_ms = now->jitter_ms,
	};

	way.loss = share(way.lost, (gint64)way.packets);
	estimate(&way, now);
	return way;
}

/* What the far end counts is of its last report; what we have sent is of now. */
static ims_quality_way to_peer(const ims_media_report *now, const ims_media_report *before)
{
	gint64 expected = (gint64)now->far_highest - before->far_highest;
	ims_quality_way way = {
		.known = now->far_reports > before->far_reports,
		.packets = now->sent - before->sent,
		.lost = (gint64)now->far_lost - before->far_lost,
		.jitter_ms = now->far_jitter_ms,
	};

	if (before->far_reports == 0) /* its first report counts from where we began */
		expected = (gint64)now->sent;
	way.loss = share(way.lost, expected - way.lost);
	estimate(&way, now);
	return way;
}

static void look(ims_quality_watch *watch, gboolean final)
{
	static const ims_media_report nothing;
	ims_media_report now[IMS_SDP_MAX_MEDIA];
	guint n = ims_media_get_reports(watch->media, now);
	ims_quality_report report = { .final = final };

	for (guint i = 0; i < n; i++) {
		const ims_media_report *before = final ? &nothing : &watch->before[now[i].mline];
		ims_quality_stream *stream = &report.stream[report.n++];

		stream->mline = now[i].mline;
		stream->kind = now[i].kind;
		g_strlcpy(stream->codec, now[i].codec, sizeof(stream->codec));
		stream->from_peer = from_peer(&now[i], before);
		stream->to_peer = to_peer(&now[i], before);
		stream->round_trip_ms = now[i].round_trip_ms;
		watch->before[now[i].mline] = now[i];
	}
	if (report.n > 0)
		watch->tell(&report, watch->user);
}

static void on_timer(gpointer user)
{
	ims_quality_watch *watch = user;

	ims_timer_arm(&watch->timer, watch->every_ms);
	look(watch, FALSE);
}

void ims_quality_watch_init(ims_quality_watch *watch, ims_clock *clock, ims_media *media, guint every_s,
			    void (*tell)(const ims_quality_report *report, gpointer user), gpointer user)
{
	memset(watch, 0, sizeof(*watch));
	watch->media = media;
	watch->every_ms = (gint64)every_s * 1000;
	watch->tell = tell;
	watch->user = user;
	ims_timer_init(&watch->timer, clock, on_timer, watch);
}

void ims_quality_watch_start(ims_quality_watch *watch)
{
	if (watch->every_ms == 0)
		return;
	watch->running = TRUE;
	ims_timer_arm(&watch->timer, watch->every_ms);
}

void ims_quality_watch_stop(ims_quality_watch *watch)
{
	ims_timer_stop(&watch->timer);
	if (watch->running)
		look(watch, TRUE);
	watch->running = FALSE;
}
