/* A client that is cut off and comes back on another socket: what its bridge does meanwhile, and then. */
#include "bridge_bench.h"

#define FILE_OF_LADDERS "sipws_absence.golden"

#define INSTANCE "+sip.instance=\"<urn:uuid:0D641C21-e872-4848-8b46-85a7f94eb848>\""
#define CONTACT "Contact: <sip:a1@client.invalid;transport=ws>;reg-id=1;" INSTANCE ";expires=600\n"
#define REGISTERED                                                                                           \
	"{\"event\": \"registered\", \"username\": \"sip:alice@ims.example\", \"unique_id\": \"u1\", "       \
	"\"master_id\": 4711, "                                                                              \
	"\"ims\": {\"associated\": [\"sip:alice@ims.example\"], \"expires\": 3600}}"
#define REPLACED "{\"event\": \"unregistered\", \"ims\": {\"reason\": \"replaced\"}}"
#define SDP "v=0\no=- 5 2 IN IP4 127.0.0.1\ns=-\nt=0 0\nm=audio 9 UDP/TLS/RTP/SAVPF 111\n"
#define OFFER "Contact: <sip:a1@client.invalid;transport=ws;ob>\nContent-Type: application/sdp\n\n" SDP

static void registered(bench *b)
{
	b->config.reclaim_s = 30;
	bench_connect(b, NULL);
	client_says(b, "REGISTER sip:ims.example", CONTACT);
	plugin_says(b, REGISTERED);
}

/* Of the only call: what each request inside it has. */
static char *inside(bench *b, const char *lines)
{
	const sipws_dialog *dialog = sipws_call_dialog(g_ptr_array_index(b->bridge->calls, 0));

	return g_strdup_printf("To: <sip:bob@ims.example>;tag=%s\nCall-ID: of-the-call\n%s",
			       dialog->local_tag, lines);
}

static void dials(bench *b)
{
	client_says(b, "INVITE sip:bob@ims.example", "Call-ID: of-the-call\n" OFFER);
}

static void talks(bench *b)
{
	g_autofree char *ack = NULL;

	registered(b);
	dials(b);
	plugin_says_on(b, b->master, "of-the-call", "{\"event\": \"accepted\"}");
	ack = inside(b, "");
	client_says(b, "ACK sip:gateway", ack);
	assert_true(sipws_bridge_talks(b->bridge));
	g_string_truncate(b->ladder, 0);
}

static void cut(bench *b)
{
	bench_note(b, "--", "cut");
	sipws_bridge_cut(b->bridge);
	bench_serve(b);
}

static void resume(bench *b)
{
	bench_note(b, "--", "back");
	sipws_bridge_resume(b->bridge);
	bench_serve(b);
}

static char *with_crlf(const char *lines)
{
	GString *text = g_string_new(lines);

	g_string_replace(text, "\n", "\r\n", 0);
	return g_string_free(text, FALSE);
}

/* A frame on the new socket. */
static gboolean takes(bench *b, const char *start, const char *lines)
{
	g_autofree char *text =
		g_strdup_printf("%s SIP/2.0\r\nVia: SIP/2.0/WSS client.invalid;branch=z9hG4bKt%u\r\n%s\r\n",
				start, ++b->branches, lines);
	gboolean taken;

	bench_note(b, "->", start);
	taken = sipws_bridge_takes(b->bridge, text, strlen(text));
	bench_note(b, "--", taken ? "taken" : "not taken");
	bench_serve(b);
	return taken;
}

/* ---- the cases: the name of each is that of its ladder ---- */

static void registration_that_keeps_calls(bench *b)
{
	registered(b);
}

static void what_is_said_meanwhile_is_said_again(bench *b)
{
	talks(b);
	cut(b);
	assert_true(sipws_bridge_talks(b->bridge));
	plugin_says_on(b, b->master, "of-the-call", "{\"event\": \"dtmf\", \"signal\": \"5\"}");
	plugin_says_on(b, b->master, "of-the-call", "{\"event\": \"dtmf\", \"signal\": \"6\"}");
	plugin_says_on(b, b->master, "of-the-call", "{\"event\": \"hangup\", \"code\": 200}");
	assert_false(sipws_bridge_talks(b->bridge));
	assert_false(sipws_bridge_is_over(b->bridge));
	resume(b);
	pass_ms(b, 33000);
	assert_true(sipws_bridge_is_over(b->bridge));
}

static void calls_that_are_not_up_end(bench *b)
{
	registered(b);
	dials(b);
	cut(b);
	assert_false(sipws_bridge_talks(b->bridge));
}

static void our_answer_that_nobody_acknowledges(bench *b)
{
	registered(b);
	dials(b);
	plugin_says_on(b, b->master, "of-the-call", "{\"event\": \"accepted\"}");
	g_string_truncate(b->ladder, 0);
	cut(b);
	assert_false(sipws_bridge_talks(b->bridge));
}

static void who_rings_and_who_is_to_ring(bench *b)
{
	registered(b);
	g_string_truncate(b->ladder, 0);
	plugin_says_on(b, b->master, "c1",
		       "{\"event\": \"incomingcall\", \"username\": \"sip:bob@ims.example\"}");
	cut(b);
	plugin_says_on(b, b->master, "c1", "{\"event\": \"hangup\", \"code\": 480}");
	plugin_says_on(b, b->master, "c2",
		       "{\"event\": \"incomingcall\", \"username\": \"sip:bob@ims.example\"}");
	assert_int_equal(b->bridge->calls->len, 0);
}

static void beside_another_bridge(bench *b)
{
	g_autofree char *request = NULL, *to_us = NULL, *bye = NULL, *outside = NULL;

	talks(b);
	cut(b);
	plugin_says(b, REPLACED);
	assert_true(sipws_bridge_is_replaced(b->bridge));
	assert_true(sipws_bridge_talks(b->bridge));
	resume(b);
	assert_false(takes(b, "OPTIONS sip:ims.example",
			   "From: <sip:alice@ims.example>;tag=x\r\nTo: <sip:ims.example>\r\nCall-ID: "
			   "o\r\nCSeq: 1 OPTIONS\r\n"));
	outside = g_strdup_printf("MESSAGE sip:%s", b->bridge->via_host);
	assert_false(takes(b, outside,
			   "From: <sip:alice@ims.example>;tag=x\r\nTo: <sip:ims.example>\r\nCall-ID: "
			   "o\r\nCSeq: 1 MESSAGE\r\n"));
	assert_false(sipws_bridge_takes(b->bridge, "\r\n\r\n", 4));
	assert_false(sipws_bridge_takes(b->bridge, "junk", 4));
	request = inside(b, "From: <sip:alice@ims.example>;tag=a1\nCSeq: 50 BYE\n");
	bye = with_crlf(request);
	to_us = g_strdup_printf("BYE sip:%s;transport=ws", b->bridge->via_host);
	assert_true(takes(b, to_us, bye));
	plugin_says_on(b, b->master, "of-the-call", "{\"event\": \"hangup\", \"code\": 200}");
	assert_true(sipws_bridge_is_over(b->bridge));
}

/* The new one's has heard of it first. */
static void replaced_before_it_is_told(bench *b)
{
	talks(b);
	cut(b);
	sipws_bridge_yield(b->bridge, "u2");
	assert_false(sipws_bridge_is_replaced(b->bridge));
	sipws_bridge_yield(b->bridge, "u1");
	assert_true(sipws_bridge_is_replaced(b->bridge));
	resume(b);
	plugin_says(b, REPLACED);
	assert_true(sipws_bridge_talks(b->bridge));
}

static void takes_the_place_of_another(bench *b)
{
	registered(b);
	g_string_truncate(b->ladder, 0);
	bench_cut(b);
	bench_connect(b, NULL);
	client_says(b, "REGISTER sip:ims.example", CONTACT);
	plugin_says(
		b,
		"{\"event\": \"registered\", \"username\": \"sip:alice@ims.example\", \"unique_id\": \"u2\", "
		"\"master_id\": 4711, \"ims\": {\"expires\": 3600, \"replaced\": \"u1\"}}");
}

static void back_on_the_same_socket(bench *b)
{
	talks(b);
	plugin_says(b, REPLACED);
	client_says(b, "REGISTER sip:ims.example", CONTACT);
	assert_false(sipws_bridge_is_replaced(b->bridge));
	plugin_says(b, REGISTERED);
	assert_true(sipws_bridge_talks(b->bridge));
}

#define LADDER(name)                                                                                         \
	static void test_##name(void **state)                                                                \
	{                                                                                                    \
		name(*state);                                                                                \
		assert_ladder(*state, FILE_OF_LADDERS, #name);                                               \
	}

#define CASES(X)                                                                                             \
	X(registration_that_keeps_calls)                                                                     \
	X(what_is_said_meanwhile_is_said_again)                                                              \
	X(calls_that_are_not_up_end)                                                                         \
	X(our_answer_that_nobody_acknowledges)                                                               \
	X(who_rings_and_who_is_to_ring)                                                                      \
	X(beside_another_bridge)                                                                             \
	X(replaced_before_it_is_told)                                                                        \
	X(takes_the_place_of_another)                                                                        \
	X(back_on_the_same_socket)

CASES(LADDER)

int main(void)
{
#define TEST(name) { #name, test_##name, bench_start, bench_stop, NULL },
	const struct CMUnitTest tests[] = { CASES(TEST) };

	return cmocka_run_group_tests_name("sipws_absence", tests, NULL, NULL);
}
