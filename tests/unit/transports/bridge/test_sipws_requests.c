/* What a client may ask, where, and as whom. */
#include "bridge_bench.h"
#include "log_recorder.h"

#define FILE_OF_LADDERS "sipws_requests.golden"

static void registered(bench *b)
{
	bench_connect(b, "of-the-handshake");
	client_says(b, "REGISTER sip:ims.example", "Contact: <sip:alice@client.invalid>\n");
	plugin_says(b,
		    "{\"event\": \"registered\", \"username\": \"sip:alice@ims.example\", \"master_id\": 1, "
		    "\"ims\": {\"associated\": [\"sip:alice@ims.example\", \"tel:+1-555-0100\"], "
		    "\"expires\": 3600}}");
	g_string_truncate(b->ladder, 0);
}

/* ---- the cases: the name of each is that of its ladder ---- */

static void who_is_not_registered(bench *b)
{
	bench_connect(b, NULL);
	client_says(b, "OPTIONS sip:ims.example", "");
	client_says(b, "OPTIONS sip:ims.example", "Max-Forwards: 0\n");
	client_says(b, "MESSAGE sip:bob@ims.example", "");
	client_says(b, "INVITE sip:bob@ims.example", "");
	client_says(b, "SUBSCRIBE sip:bob@ims.example", "");
	client_says(b, "REFER sip:bob@ims.example", "");
	client_says(b, "BYE sip:bob@ims.example", "");
}

static void outside_dialogs(bench *b)
{
	registered(b);
	client_says(b, "BYE sip:bob@ims.example", "");
	client_says(b, "UPDATE sip:bob@ims.example", "");
	client_says(b, "INFO sip:bob@ims.example", "");
	client_says(b, "NOTIFY sip:bob@ims.example", "");
	client_says(b, "PRACK sip:bob@ims.example", "");
	client_says(b, "PUBLISH sip:bob@ims.example", "");
	client_says(b, "SURPRISE sip:bob@ims.example", "");
	client_says(b, "register sip:ims.example", "");
}

/* Of nobody's dialog. */
static void inside_dialogs(bench *b)
{
	static const char *const methods[] = { "INVITE", "BYE",   "UPDATE",   "INFO",    "MESSAGE",
					       "REFER",  "PRACK", "REGISTER", "OPTIONS", "SURPRISE" };

	registered(b);
	for (gsize i = 0; i < G_N_ELEMENTS(methods); i++) {
		g_autofree char *start = g_strdup_printf("%s sip:bob@ims.example", methods[i]);

		client_says(b, start, "To: <sip:bob@ims.example>;tag=b1\n");
	}
	client_says(b, "ACK sip:bob@ims.example", "To: <sip:bob@ims.example>;tag=b1\n");
	client_says(b, "CANCEL sip:bob@ims.example", "");
}

static void what_is_insisted_on(bench *b)
{
	registered(b);
	client_says(b, "PUBLISH sip:bob@ims.example", "Require: timer, REPLACES\n");
	client_says(b, "INVITE sip:bob@ims.example", "Require: timer, 100rel\nProxy-Require: sec-agree\n");
	client_says(b, "INVITE sip:bob@ims.example", "Max-Forwards: 0\n");
	client_says(b, "REGISTER sip:ims.example", "Require: warp\n");
}

static void as_whom(bench *b)
{
	registered(b);
	client_says(b, "INVITE sip:carol@ims.example", "From: <sip:bob@ims.example>;tag=1\n");
	client_says(b, "INVITE sip:carol@ims.example", "From: <sips:alice@ims.example>;tag=1\n");
	client_says(b, "INVITE sip:carol@ims.example", "From: <sip:Alice@ims.example>;tag=1\n");
	client_says(b, "INVITE sip:carol@ims.example", "From: <sip:alice@ims.example:5060>;tag=1\n");
	client_says(b, "REFER sip:carol@ims.example",
		    "From: <sip:anonymous@anonymous.invalid>;tag=1\n"
		    "P-Preferred-Identity: <sip:bob@ims.example>\n");
}

static void malformed(bench *b)
{
	registered(b);
	client_says(b, "OPTIONS sip:ims.example", "CSeq: one OPTIONS\n");
	client_says(b, "OPTIONS sip:ims.example", "CSeq: 1 INFO\n");
	client_says(b, "OPTIONS sip:ims.example", "Content-Length: 9\n");
	client_says(b, "OPTIONS sip:ims.example", "Contact: <<sip:alice\n");
}

#define LADDER(name)                                                                                         \
	static void test_##name(void **state)                                                                \
	{                                                                                                    \
		name(*state);                                                                                \
		assert_ladder(*state, FILE_OF_LADDERS, #name);                                               \
	}
#define CASES(X)                                                                                             \
	X(who_is_not_registered)                                                                             \
	X(outside_dialogs)                                                                                   \
	X(inside_dialogs)                                                                                    \
	X(what_is_insisted_on)                                                                               \
	X(as_whom)                                                                                           \
	X(malformed)

CASES(LADDER)

/* No SIP at all: the socket is of no use. Keep-alives are none of its business (REQ-154). */
static void test_frames(void **state)
{
	static const struct {
		const char *frame;
		gboolean good;
		const char *ladder;
	} cases[] = {
		{ "\r\n\r\n", TRUE, "<- \n" },           { "\r\n", TRUE, "" }, { "hello", FALSE, "" },
		{ "GET / HTTP/1.1\r\n\r\n", FALSE, "" }, { "", FALSE, "" },
	};
	bench *b = *state;

	bench_connect(b, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		gboolean good =
			sipws_bridge_receive(b->bridge, cases[i].frame, strlen(cases[i].frame), &error);

		assert_int_equal(good, cases[i].good);
		assert_int_equal(error != NULL, !good);
		assert_string_equal(b->ladder->str, cases[i].ladder);
		g_string_truncate(b->ladder, 0);
	}
}

static void test_log_names_the_socket(void **state)
{
	bench *b = *state;

	log_recorder_start();
	registered(b);
	plugin_refuses(b, 499, "nobody asked"); /* its request has been answered */
	assert_non_null(strstr(logged->str, "192.0.2.7: The gateway says: nobody asked\n"));
	log_recorder_stop();
}

int main(void)
{
#define TEST(name) { #name, test_##name, bench_start, bench_stop, NULL },
	const struct CMUnitTest tests[] = {
		CASES(TEST) cmocka_unit_test_setup_teardown(test_frames, bench_start, bench_stop),
		cmocka_unit_test_setup_teardown(test_log_names_the_socket, bench_start, bench_stop),
	};

	return cmocka_run_group_tests_name("sipws_requests", tests, NULL, NULL);
}
