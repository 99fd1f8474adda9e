/* The whole of a call's media on real sockets, with a thread that stands for Janus's loop. */
#include "janus_loop.h"
#include <dirent.h>
#include "base/ims_error.h"
#include "base/ims_log.h"
#include "media/ims_dtmf.h"
#include "media/ims_rtcp.h"

#define BROWSER 0xb0b0b0b0u
#define CORE 0xc0c0c0c0u
#define CALLS 60 /* rounds of the races */

typedef struct {
	recorder rec;
	janus_loop loop;
	ims_ports *ports;
	ims_loops *loops;
	ims_media *media;
	phone far;
	ims_sdp_stream stream;
	guint16 port; /* ours, of m-line 0 */
	guint fds;    /* open before */
} bench;

static guint open_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	guint n = 0;

	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static ims_media *new_media(bench *b, const char *address)
{
	ims_media_setup setup = {
		.address = address,
		.dscp = 46,
		.ports = b->ports,
		.loops = b->loops,
		.gateway = &recorder_gateway,
		.handle = &b->rec,
		.owner = "test",
	};

	return ims_media_new(&setup);
}

static void bench_open(bench *b)
{
	memset(b, 0, sizeof(*b));
	b->ports = test_ports(4);
	b->fds = open_fds();
	recorder_init(&b->rec);
	janus_loop_start(&b->loop);
	b->loops = ims_loops_new();
	phone_open(&b->far);
	b->stream = agreed_stream(&b->far);
	b->media = new_media(b, "127.0.0.1");
	assert_true(ims_media_open(b->media, 0, IMS_MEDIA_AUDIO, &b->port, NULL));
}

/* Everything is back where it was: references, ports, descriptors. A loop's thread may be the last to let go.
 */
static void bench_close(bench *b)
{
	ims_media_unref(b->media);
	AWAIT(ims_media_alive() == 0);
	janus_loop_stop(&b->loop);
	ims_loops_free(b->loops); /* from here on no thread of ours runs */
	assert_int_equal(b->rec.handle_refs, 0);
	assert_int_equal(ims_ports_in_use(b->ports), 0);
	ims_ports_free(b->ports);
	phone_close(&b->far);
	recorder_clear(&b->rec);
	assert_int_equal(open_fds(), b->fds);
}

static void apply(bench *b)
{
	g_autoptr(GArray) streams = g_array_new(FALSE, FALSE, sizeof(ims_sdp_stream));

	g_array_append_val(streams, b->stream);
	ims_media_apply(b->media, streams);
}

static void attach_now(gpointer media)
{
	g_assert(g_main_current_source());
	ims_media_attach(media);
}

static void attach(bench *b)
{
	janus_loop_call(&b->loop, attach_now, b->media);
}

static void far_sends(bench *b, guint8 pt, guint16 seq)
{
	guint8 packet[IMS_RTP_MAX];

	phone_send(&b->far, 0, b->port, packet, make_rtp(packet, pt, CORE, seq, seq * 160u));
}

static void browser_sends(bench *b, guint8 pt, guint16 seq)
{
	guint8 packet[IMS_RTP_MAX];
	gsize length = make_rtp(packet, pt, BROWSER, seq, seq * 160u);

	ims_media_from_browser(b->media, 0, FALSE, (const char *)packet, (guint)length);
}

static ims_media_stats stats_of(bench *b)
{
	ims_media_stats stats;

	ims_media_get_stats(b->media, &stats);
	return stats;
}

static void test_both_ways(void **state)
{
	guint8 packet[IMS_RTP_MAX];
	ims_rtp_header h;
	bench b;

	(void)state;
	bench_open(&b);
	apply(&b);
	attach(&b);
	far_sends(&b, 97, 1);
	h = recorder_next_rtp(&b.rec);
	assert_int_equal(h.pt, 111);
	assert_int_equal(h.seq, 1);
	assert_int_equal(b.rec.mline, 0);
	assert_false(b.rec.video);
	browser_sends(&b, 111, 1);
	phone_receive_rtp(&b.far, packet, &h);
	assert_int_equal(h.pt, 97);
	assert_int_equal(stats_of(&b).packets_to_core, 1);
	assert_int_equal(stats_of(&b).packets_to_browser, 1);
	bench_close(&b);
}

/* Strangers, giants and unknown payload types get nowhere; what comes next does. */
static void test_discards(void **state)
{
	guint8 packet[IMS_RTP_MAX + 100] = { 0x80, 8 };
	phone stranger;
	bench b;

	(void)state;
	bench_open(&b);
	phone_open(&stranger);
	apply(&b);
	attach(&b);
	far_sends(&b, 8, 1);
	assert_int_equal(recorder_next_rtp(&b.rec).seq, 1);
	phone_send(&b.far, 0, b.port, packet, sizeof(packet));
	phone_send(&b.far, 0, b.port, packet, 5);
	phone_send(&b.far, 0, b.port, packet, 0);
	far_sends(&b, 9, 2);
	phone_send(&stranger, 0, b.port, packet, make_rtp(packet, 8, CORE, 2, 320));
	far_sends(&b, 8, 3);
	assert_int_equal(recorder_next_rtp(&b.rec).timestamp, 3 * 160);
	assert_int_equal(stats_of(&b).discarded, 5);
	phone_close(&stranger);
	bench_close(&b);
}

/* What arrived before the loop served us is old: it must not reach the browser as a burst. */
static void test_old_packets_are_dropped(void **state)
{
	bench b;

	(void)state;
	bench_open(&b);
	apply(&b);
	for (guint16 i = 0; i < 50; i++)
		far_sends(&b, 8, i);
	attach(&b);
	attach(&b); /* harmless */
	far_sends(&b, 8, 50);
	assert_int_equal(recorder_next_rtp(&b.rec).seq, 50);
	bench_close(&b);
}

static void test_attached_before_the_agreement(void **state)
{
	bench b;

	(void)state;
	bench_open(&b);
	attach(&b);
	far_sends(&b, 8, 1);
	browser_sends(&b, 8, 1);
	AWAIT(stats_of(&b).discarded == 2);
	apply(&b);
	far_sends(&b, 8, 2);
	assert_int_equal(recorder_next_rtp(&b.rec).seq, 2);
	bench_close(&b);
}

static void detach_now(gpointer media)
{
	ims_media_detach(media);
}

static void test_next_peer_connection(void **state)
{
	guint8 packet[IMS_RTP_MAX];
	ims_rtp_header first, second;
	bench b;

	(void)state;
	bench_open(&b);
	apply(&b);
	browser_sends(&b, 8, 70); /* of a call before */
	attach(&b);
	browser_sends(&b, 8, 1);
	phone_receive_rtp(&b.far, packet, &first);
	janus_loop_call(&b.loop, detach_now, b.media);
	janus_loop_call(&b.loop, detach_now, b.media);
	far_sends(&b, 8, 1);
	browser_sends(&b, 8, 71);
	assert_int_equal(stats_of(&b).packets_to_core, 1);
	attach(&b);
	far_sends(&b, 8, 2);
	assert_int_equal(recorder_next_rtp(&b.rec).seq, 2);
	browser_sends(&b, 8, 2);
	phone_receive_rtp(&b.far, packet, &second);
	assert_int_equal(second.ssrc, first.ssrc);
	assert_int_equal((guint16)(second.seq - first.seq), 1);
	bench_close(&b);
}

/* What g_main_current_source cannot tell: a thread of our own serves the call. */
static void test_without_a_loop(void **state)
{
	bench b;

	(void)state;
	bench_open(&b);
	apply(&b);
	assert_null(g_main_current_source());
	ims_media_attach(b.media);
	far_sends(&b, 8, 1);
	assert_int_equal(recorder_next_rtp(&b.rec).seq, 1);
	bench_close(&b);
}

/* All that the far end is told up to the BYE: on a slow machine a report comes before it. */
static ims_rtcp_news far_hears_bye(bench *b)
{
	ims_rtcp_news news, all = { 0 };
	guint8 packet[IMS_RTP_MAX];

	do {
		assert_true(ims_rtcp_parse(packet, phone_receive(&b->far, 1, packet), CORE, &news));
		all.sender = news.sender;
		all.has_sr |= news.has_sr;
		all.has_block |= news.has_block;
		if (news.has_block)
			all.block = news.block;
	} while (!news.bye);
	return all;
}

/* A stream that a re-INVITE adds is served at once; one that is closed gives its ports back. */
static void test_more_streams(void **state)
{
	guint8 packet[IMS_RTP_MAX];
	guint16 again, second;
	g_autoptr(GError) error = NULL;
	bench b;

	(void)state;
	bench_open(&b);
	apply(&b);
	attach(&b);
	assert_true(ims_media_open(b.media, 0, IMS_MEDIA_AUDIO, &again, NULL));
	assert_int_equal(again, b.port);
	assert_true(ims_media_open(b.media, 2, IMS_MEDIA_VIDEO, &second, NULL));
	assert_int_equal(ims_ports_in_use(b.ports), 2);
	b.stream.mline = 2;
	apply(&b);
	phone_send(&b.far, 0, second, packet, make_rtp(packet, 8, CORE, 7, 0));
	assert_int_equal(recorder_next_rtp(&b.rec).seq, 7);
	assert_int_equal(b.rec.mline, 2);
	assert_true(b.rec.video);
	ims_media_from_browser(b.media, 2, FALSE, (const char *)packet, 172); /* audio on a video line */
	packet[12] = 42;
	ims_media_from_browser(b.media, 2, TRUE, (const char *)packet, 172);
	phone_receive(&b.far, 0, packet);
	assert_int_equal(packet[12], 42);
	ims_media_close(b.media, 2);
	ims_media_close(b.media, 2);
	far_hears_bye(&b);
	AWAIT(ims_ports_in_use(b.ports) == 1);
	ims_media_from_browser(b.media, 2, TRUE, (const char *)packet, 172);
	ims_media_from_browser(b.media, 99, TRUE, (const char *)packet, 172);
	assert_false(ims_media_open(b.media, 32, IMS_MEDIA_AUDIO, &second, &error));
	assert_true(g_error_matches(error, IMS_ERROR, IMS_E_LIMIT));
	bench_close(&b);
}

static void test_open_fails_whole(void **state)
{
	g_autoptr(GError) limit = NULL, io = NULL, over = NULL;
	guint16 port = 7;
	ims_media *elsewhere;
	bench b;

	(void)state;
	bench_open(&b);
	for (guint i = 1; i < 4; i++)
		assert_true(ims_media_open(b.media, i, IMS_MEDIA_AUDIO, &b.port, NULL));
	assert_false(ims_media_open(b.media, 4, IMS_MEDIA_AUDIO, &port, &limit));
	assert_true(g_error_matches(limit, IMS_ERROR, IMS_E_LIMIT));
	ims_media_close(b.media, 3);
	elsewhere = new_media(&b, "192.0.2.1");
	assert_int_equal(ims_media_alive(), 2);
	assert_false(ims_media_open(elsewhere, 0, IMS_MEDIA_AUDIO, &port, &io));
	assert_true(g_error_matches(io, IMS_ERROR, IMS_E_IO));
	assert_int_equal(ims_ports_in_use(b.ports), 3);
	ims_media_unref(elsewhere);
	ims_media_stop(b.media);
	assert_false(ims_media_open(b.media, 3, IMS_MEDIA_AUDIO, &port, &over));
	assert_true(g_error_matches(over, IMS_ERROR, IMS_E_WRONG_STATE));
	assert_int_equal(port, 7);
	bench_close(&b);
}

static const struct tone {
	char digit;
	guint duration_ms;
	int code; /* 0: fine */
} tones[] = {
	{ '5', 40, 0 },
	{ 'd', 60, 0 },
	{ '*', 39, IMS_E_INVALID_ELEMENT },
	{ '#', 6001, IMS_E_INVALID_ELEMENT },
	{ 'E', 100, IMS_E_INVALID_ELEMENT },
	{ '\0', 100, IMS_E_INVALID_ELEMENT },
};

/* REQ-123: key presses as a phone decodes them. */
static void test_dtmf(void **state)
{
	static const guint8 events[] = { 5, 15 }, ends[] = { 4, 5 };
	g_autoptr(GError) early = NULL;
	bench b;

	(void)state;
	bench_open(&b);
	apply(&b);
	assert_false(ims_media_dtmf(b.media, '5', 100, &early));
	assert_true(g_error_matches(early, IMS_ERROR, IMS_E_WRONG_STATE));
	attach(&b);
	for (gsize i = 0; i < G_N_ELEMENTS(tones); i++) {
		g_autoptr(GError) error = NULL;

		assert_int_equal(ims_media_dtmf(b.media, tones[i].digit, tones[i].duration_ms, &error),
				 tones[i].code == 0);
		assert_true(tones[i].code == 0 || g_error_matches(error, IMS_ERROR, tones[i].code));
	}
	for (guint digit = 0; digit < 2; digit++)
		for (guint i = 0; i < ends[digit]; i++) {
			guint8 packet[IMS_RTP_MAX];
			const guint8 *body = packet + IMS_RTP_HEADER;
			ims_rtp_header h;

			phone_receive_rtp(&b.far, packet, &h);
			assert_int_equal(h.pt, 101);
			assert_int_equal(h.marker, i == 0);
			assert_int_equal(body[0], events[digit]);
			assert_int_equal(body[1] >> 7, i + 3 >= ends[digit]);
		}
	bench_close(&b);
}

static gboolean attach_once(gpointer media)
{
	attach_now(media);
	return G_SOURCE_REMOVE;
}

/* By itself the loop, which the test turns here, would sleep until the first report. */
static void test_dtmf_wakes_the_loop(void **state)
{
	g_autoptr(GMainContext) context = g_main_context_new();
	GSource *call = g_idle_source_new();
	gint sleep_ms;
	bench b;

	(void)state;
	bench_open(&b);
	apply(&b);
	g_source_set_callback(call, attach_once, b.media, NULL);
	g_source_attach(call, context);
	g_source_unref(call);
	g_main_context_iteration(context, TRUE);
	assert_true(ims_media_dtmf(b.media, '5', 40, NULL));
	loop_polled(context, &sleep_ms);
	assert_int_equal(sleep_ms, 0);
	bench_close(&b);
}

static void browser_talks(gpointer media)
{
	guint8 packet[IMS_RTP_MAX];

	for (guint16 seq = 0; seq < 20; seq++)
		ims_media_from_browser(media, 0, FALSE, (const char *)packet,
				       (guint)make_rtp(packet, 8, BROWSER, seq, seq * 160u));
}

/* The BYE's compound names our SSRC as sender and the core's in its block. */
static void test_stop(void **state)
{
	guint8 packet[IMS_RTP_MAX];
	ims_rtcp_news news;
	ims_rtp_header h;
	bench b;

	(void)state;
	bench_open(&b);
	apply(&b);
	attach(&b);
	far_sends(&b, 8, 1);
	recorder_next_rtp(&b.rec);
	browser_sends(&b, 8, 1);
	phone_receive_rtp(&b.far, packet, &h);
	ims_media_stop(b.media);
	news = far_hears_bye(&b);
	assert_true(news.has_sr && news.has_block);
	assert_int_equal(news.sender, h.ssrc);
	assert_int_equal(news.block.about, CORE);
	ims_media_stop(b.media);
	browser_sends(&b, 8, 2);
	attach(&b); /* too late */
	far_sends(&b, 8, 2);
	janus_loop_call(&b.loop, browser_talks, b.media);
	janus_loop_call(&b.loop, browser_talks, b.media);
	assert_int_equal(stats_of(&b).packets_to_core, 1);
	assert_int_equal(stats_of(&b).packets_to_browser, 1);
	assert_int_equal(recorder_waiting(&b.rec), 0);
	bench_close(&b);
}

/* Races: the far end and the browser talk all the time, while calls come and go from a third thread. */
typedef struct {
	bench *b;
	gint end;
} traffic;

static gpointer far_talks(gpointer data)
{
	traffic *t = data;
	guint8 packet[IMS_RTP_MAX];
	phone p;

	phone_open(&p);
	for (guint16 seq = 0; !g_atomic_int_get(&t->end); seq++) {
		gsize length = make_rtp(packet, 8, CORE, seq, seq * 160u);

		for (guint i = 0; i < 4; i++) { /* whichever pair the call has */
			ims_address to;

			ims_address_parse("127.0.0.1", (guint16)(t->b->port + 2 * i), &to);
			sendto(p.fd[0], packet, length, 0, &to.any, to.length);
			to.v4.sin_port = htons((guint16)(t->b->port + 2 * i + 1));
			sendto(p.fd[0], packet, length, 0, &to.any, to.length);
		}
		g_thread_yield();
	}
	phone_close(&p);
	return NULL;
}

static gpointer stops_and_leaves(gpointer media)
{
	ims_media_stats stats;

	ims_media_get_stats(media, &stats);
	ims_media_stop(media);
	ims_media_unref(media);
	return NULL;
}

static void one_call(bench *b, guint round)
{
	ims_media *media = new_media(b, "127.0.0.1");
	bench call = *b;
	GThread *third;
	guint16 port;

	call.media = media;
	assert_true(ims_media_open(media, 0, IMS_MEDIA_AUDIO, &port, NULL));
	if (round % 2)
		apply(&call);
	janus_loop_call(&b->loop, attach_now, media);
	apply(&call);
	ims_media_dtmf(media, '1', 40, NULL);
	if (round % 3 == 0)
		janus_loop_call(&b->loop, browser_talks, media);
	third = g_thread_new("third", stops_and_leaves, ims_media_ref(media));
	if (round % 5 == 0)
		janus_loop_call(&b->loop, detach_now, media);
	janus_loop_call(&b->loop, browser_talks, media);
	ims_media_unref(media);
	g_thread_join(third);
}

static void test_races(void **state)
{
	traffic t = { 0 };
	GThread *far;
	bench b;

	(void)state;
	bench_open(&b);
	ims_media_close(b.media, 0);
	t.b = &b;
	far = g_thread_new("far", far_talks, &t);
	/* More of them where the far end hardly comes to talk: on a loaded machine. */
	for (guint i = 0; i < CALLS || (i < 100 * CALLS && recorder_waiting(&b.rec) == 0); i++)
		one_call(&b, i);
	g_atomic_int_set(&t.end, 1);
	g_thread_join(far);
	assert_true(recorder_waiting(&b.rec) > 0); /* there was traffic */
	bench_close(&b);
}

static void no_log(ims_log_level level, const char *who, const char *format, va_list args)
{
	(void)level, (void)who, (void)format, (void)args;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_ways),
		cmocka_unit_test(test_discards),
		cmocka_unit_test(test_old_packets_are_dropped),
		cmocka_unit_test(test_attached_before_the_agreement),
		cmocka_unit_test(test_next_peer_connection),
		cmocka_unit_test(test_without_a_loop),
		cmocka_unit_test(test_more_streams),
		cmocka_unit_test(test_open_fails_whole),
		cmocka_unit_test(test_dtmf),
		cmocka_unit_test(test_dtmf_wakes_the_loop),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_races),
	};

	ims_log_set_sink(no_log);
	return cmocka_run_group_tests_name("test_ims_media", tests, NULL, NULL);
}
