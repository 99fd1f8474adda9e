/* Several calls on one loop of Janus; the test turns it. */
#include "janus_loop.h"
#include <sys/resource.h>
#include "base/ims_log.h"
#include "media/ims_anchor.h"
#include "media/ims_loop.h"

#define CALLS 3 /* in most cases */
#define CROWD (IMS_LOOP_CROWD + 1)
#define LONGEST_REST_MS 1
#define PT 8 /* in `agreed_stream` the same on both sides */

/* A call of one leg. */
typedef struct {
	recorder rec;
	phone far;
	ims_leg *leg;
	ims_seat *seat; /* NULL: not served */
	guint16 port;   /* ours */
	guint16 seq;    /* of the far end's last packet */
} call;

typedef struct {
	GMainContext *context;
	ims_ports *ports;
	ims_loops *loops;
	guint n;
	call calls[CROWD];
} bench;

static void call_open(call *c, ims_ports *ports)
{
	ims_media_setup setup = { .address = "127.0.0.1",
				  .ports = ports,
				  .gateway = &recorder_gateway,
				  .handle = &c->rec,
				  .owner = "test" };
	ims_wire *wire = ims_wire_open("127.0.0.1", 0, ports, "test", NULL);
	ims_anchor *anchor;
	ims_sdp_stream stream;

	assert_non_null(wire);
	recorder_init(&c->rec);
	phone_open(&c->far);
	anchor = ims_anchor_new(&setup);
	c->port = ims_wire_port(wire);
	c->leg = ims_leg_new(anchor, 0, IMS_MEDIA_AUDIO, wire);
	ims_anchor_unref(anchor);
	stream = agreed_stream(&c->far);
	ims_leg_apply(c->leg, &stream);
}

static void bench_open(bench *b, guint calls)
{
	memset(b, 0, sizeof(*b));
	b->context = g_main_context_new();
	b->ports = test_ports(calls);
	b->loops = ims_loops_new();
	b->n = calls;
	for (guint i = 0; i < calls; i++)
		call_open(&b->calls[i], b->ports);
}

static void serve(bench *b, guint i)
{
	b->calls[i].seat = ims_loop_serve(b->loops, b->context, b->calls[i].leg);
	assert_non_null(b->calls[i].seat);
}

static void leave(bench *b, guint i)
{
	if (b->calls[i].seat)
		ims_seat_leave(g_steal_pointer(&b->calls[i].seat));
}

/* Nobody holds a leg any more, nor the loop: the anchors are gone. */
static void bench_close(bench *b)
{
	for (guint i = 0; i < b->n; i++) {
		call *c = &b->calls[i];

		leave(b, i);
		ims_leg_unref(c->leg);
		assert_int_equal(c->rec.handle_refs, 0);
		phone_close(&c->far);
		recorder_clear(&c->rec);
	}
	ims_ports_free(b->ports);
	ims_loops_free(b->loops);
	g_main_context_unref(b->context);
}

static gint waking(bench *b)
{
	gint sleep_ms;

	return loop_polled(b->context, &sleep_ms);
}

static void far_sends(call *c)
{
	guint8 packet[IMS_RTP_MAX];

	c->seq++;
	phone_send(&c->far, 0, c->port, packet, make_rtp(packet, PT, c->port, c->seq, c->seq * 160u));
}

/* Turns the loop until that is so, but not for ever. */
#define TURN_UNTIL(b, is_so)                                                                                 \
	for (gint64 end_us = g_get_monotonic_time() + PHONE_WAIT_MS * 1000;                                  \
	     !(is_so) && g_get_monotonic_time() < end_us;)                                                   \
	g_main_context_iteration((b)->context, FALSE)

/* Fails the test when nothing comes. */
static void turn_until_readable(bench *b, int fd)
{
	struct pollfd came = { .fd = fd, .events = POLLIN };

	TURN_UNTIL(b, poll(&came, 1, 0) != 0);
	assert_int_equal(came.revents, POLLIN);
}

/* ... or so many packets do not wait for the browser. */
static void turn_until(bench *b, recorder *r, guint packets)
{
	TURN_UNTIL(b, recorder_waiting(r) >= packets);
	assert_int_equal(recorder_waiting(r), packets);
}

static void test_one_descriptor_for_all(void **state)
{
	gint before, with_one;
	bench b;

	(void)state;
	bench_open(&b, CALLS);
	before = waking(&b);
	serve(&b, 0);
	with_one = waking(&b);
	assert_int_equal(with_one, before + 1);
	serve(&b, 1);
	serve(&b, 2);
	assert_int_equal(waking(&b), with_one);
	for (guint i = 0; i < CALLS; i++)
		leave(&b, i);
	assert_int_equal(waking(&b), before);
	serve(&b, 1); /* and once more */
	far_sends(&b.calls[1]);
	turn_until(&b, &b.calls[1].rec, 1);
	bench_close(&b);
}

static void test_each_packet_to_its_leg(void **state)
{
	bench b;

	(void)state;
	bench_open(&b, CALLS);
	for (guint i = 0; i < CALLS; i++)
		serve(&b, i);
	for (guint i = 0; i < CALLS; i++) {
		far_sends(&b.calls[i]);
		far_sends(&b.calls[i]);
	}
	for (guint i = 0; i < CALLS; i++) {
		turn_until(&b, &b.calls[i].rec, 2);
		assert_int_equal(recorder_next_rtp(&b.calls[i].rec).ssrc, b.calls[i].port);
		assert_int_equal(recorder_next_rtp(&b.calls[i].rec).seq, 2);
	}
	bench_close(&b);
}

static void test_who_left_hears_nothing(void **state)
{
	bench b;

	(void)state;
	bench_open(&b, CALLS);
	for (guint i = 0; i < CALLS; i++)
		serve(&b, i);
	leave(&b, 0);
	far_sends(&b.calls[0]);
	far_sends(&b.calls[1]);
	turn_until(&b, &b.calls[1].rec, 1);
	assert_int_equal(recorder_waiting(&b.calls[0].rec), 0);
	serve(&b, 0); /* what came meanwhile is old */
	far_sends(&b.calls[0]);
	turn_until(&b, &b.calls[0].rec, 1);
	assert_int_equal(recorder_next_rtp(&b.calls[0].rec).seq, 2);
	bench_close(&b);
}

/* Without a packet: the leg that is due first, and another one when that leaves. */
static void test_alarm_of_the_first(void **state)
{
	guint8 packet[IMS_RTP_MAX];
	ims_rtp_header header;
	bench b;

	(void)state;
	bench_open(&b, CALLS);
	for (guint i = 0; i < CALLS; i++) {
		serve(&b, i);
		assert_true(ims_leg_dtmf(b.calls[i].leg, 1, 40, g_get_monotonic_time(), NULL));
		ims_seat_wake(b.calls[i].seat);
	}
	leave(&b, 0);
	for (guint i = 1; i < CALLS; i++) {
		turn_until_readable(&b, b.calls[i].far.fd[0]);
		phone_receive_rtp(&b.calls[i].far, packet, &header);
		assert_int_equal(header.pt, 101);
	}
	bench_close(&b);
}

static void crowd_open(bench *b)
{
	bench_open(b, CROWD);
	for (guint i = 0; i < CROWD; i++)
		serve(b, i);
}

static void turn_until_polled(bench *b, gint descriptors)
{
	TURN_UNTIL(b, waking(b) == descriptors);
	assert_int_equal(waking(b), descriptors);
}

/* No packet wakes it while it rests, and all that came then are there afterwards. */
static void test_crowd_rests(void **state)
{
	gint before, sleep_ms;
	bench b;

	(void)state;
	crowd_open(&b);
	before = waking(&b);
	far_sends(&b.calls[0]);
	turn_until(&b, &b.calls[0].rec, 1);
	assert_int_equal(loop_polled(b.context, &sleep_ms), before - 1);
	assert_in_range(sleep_ms, 0, LONGEST_REST_MS);
	for (guint i = 0; i < CROWD; i++)
		far_sends(&b.calls[i]);
	for (guint i = 1; i < CROWD; i++)
		turn_until(&b, &b.calls[i].rec, 1);
	turn_until(&b, &b.calls[0].rec, 2);
	turn_until_polled(&b, before); /* nothing came meanwhile */
	far_sends(&b.calls[0]);
	turn_until(&b, &b.calls[0].rec, 3);
	bench_close(&b);
}

static void test_no_crowd_any_more(void **state)
{
	gint before;
	bench b;

	(void)state;
	crowd_open(&b);
	before = waking(&b);
	far_sends(&b.calls[0]);
	turn_until(&b, &b.calls[0].rec, 1);
	leave(&b, CROWD - 1);
	far_sends(&b.calls[0]);
	turn_until(&b, &b.calls[0].rec, 2);
	assert_int_equal(waking(&b), before);
	bench_close(&b);
}

/* What is due by the clock is done in time: a key press of 40 ms, with its end. */
static void test_alarm_in_a_crowd(void **state)
{
	guint8 packet[IMS_RTP_MAX];
	ims_rtp_header header;
	bench b;

	(void)state;
	crowd_open(&b);
	far_sends(&b.calls[0]);
	turn_until(&b, &b.calls[0].rec, 1);
	assert_true(ims_leg_dtmf(b.calls[1].leg, 1, 40, g_get_monotonic_time(), NULL));
	ims_seat_wake(b.calls[1].seat);
	turn_until_readable(&b, b.calls[1].far.fd[0]);
	phone_receive_rtp(&b.calls[1].far, packet, &header);
	assert_int_equal(header.pt, 101);
	bench_close(&b);
}

/* The call goes on without media, and the next one has them. */
static void test_no_descriptor_left(void **state)
{
	struct rlimit before, none;
	ims_seat *seat;
	bench b;

	(void)state;
	bench_open(&b, CALLS);
	getrlimit(RLIMIT_NOFILE, &before);
	none = (struct rlimit){ 0, before.rlim_max };
	setrlimit(RLIMIT_NOFILE, &none);
	seat = ims_loop_serve(b.loops, b.context, b.calls[0].leg);
	setrlimit(RLIMIT_NOFILE, &before);
	assert_null(seat);
	serve(&b, 0);
	far_sends(&b.calls[0]);
	turn_until(&b, &b.calls[0].rec, 1);
	bench_close(&b);
}

static void no_log(ims_log_level level, const char *who, const char *format, va_list args)
{
	(void)level, (void)who, (void)format, (void)args;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_descriptor_for_all),
		cmocka_unit_test(test_each_packet_to_its_leg),
		cmocka_unit_test(test_who_left_hears_nothing),
		cmocka_unit_test(test_alarm_of_the_first),
		cmocka_unit_test(test_crowd_rests),
		cmocka_unit_test(test_no_crowd_any_more),
		cmocka_unit_test(test_alarm_in_a_crowd),
		cmocka_unit_test(test_no_descriptor_left),
	};

	ims_log_set_sink(no_log);
	return cmocka_run_group_tests_name("test_ims_loop", tests, NULL, NULL);
}
