/* test_sipws_call_ladders.c: calls through the whole bridge, from a client that types SIP to a Janus that
 * takes whatever it is asked. */
#include "bridge_bench.h"

#define FILE_OF_LADDERS "sipws_call_ladders.golden"
#define SDP "\nv=0\no=- 1 1 IN IP4 0.0.0.0\ns=-\nt=0 0\nm=audio 9 UDP/TLS/RTP/SAVPF 0\na=sendrecv\n"
#define OFFER "Contact: <sip:alice@client.invalid>\nContent-Type: application/sdp\n" SDP

static void registered(bench *b)
{
	bench_connect(b, "of-the-handshake");
	client_says(b, "REGISTER sip:ims.example", "Contact: <sip:alice@client.invalid>\n");
	plugin_says(b,
		    "{\"event\": \"registered\", \"username\": \"sip:alice@ims.example\", \"master_id\": 1, "
		    "\"ims\": {\"associated\": [\"sip:alice@ims.example\"], \"expires\": 3600}}");
	g_string_truncate(b->ladder, 0);
}

/* ---- the cases: the name of each is that of its ladder ---- */

#define PROOF                                                                                                \
	"Proxy-Authorization: Digest username=\"u\", realm=\"r\", nonce=\"n1\", "                            \
	"uri=\"sip:bob@ims.example\", "                                                                      \
	"response=\"0\"\n"

static void called_and_challenged(bench *b)
{
	registered(b);
	client_says(b, "INVITE sip:bob@ims.example", "CSeq: 1 INVITE\n" OFFER);
	plugin_says_on(b, 1, "of-the-client",
		       "{\"event\": \"challenge\", \"method\": \"INVITE\", \"code\": 407, \"nonce\": \"n1\", "
		       "\"header\": \"Digest realm=\\\"r\\\", nonce=\\\"n1\\\", qop=\\\"auth\\\"\"}");
	client_says(b, "ACK sip:bob@ims.example", "CSeq: 1 ACK\n");
}

static void challenged(bench *b)
{
	called_and_challenged(b);
	client_says(b, "INVITE sip:bob@ims.example", "CSeq: 2 INVITE\n" PROOF OFFER);
	plugin_says_on(b, 1, "of-the-client", "{\"event\": \"hangup\", \"code\": 603, \"reason\": \"No\"}");
}

/* The gateway cannot take what the client says, and asks on. */
static void wrongly_proved(bench *b)
{
	called_and_challenged(b);
	client_says(b, "INVITE sip:bob@ims.example", "CSeq: 2 INVITE\n" PROOF OFFER);
	plugin_refuses(b, 444, "authenticate: 'response' must be 32 hexadecimal digits");
	client_says(b, "ACK sip:bob@ims.example", "CSeq: 2 ACK\n");
	client_says(b, "INVITE sip:bob@ims.example", "CSeq: 3 INVITE\n" PROOF OFFER);
	plugin_says_on(b, 1, "of-the-client", "{\"event\": \"ringing\", \"code\": 180}");
}

/* One idle line is there before it is needed, and each call has its own. */
static void two_at_a_time(bench *b)
{
	registered(b);
	client_says(b, "INVITE sip:bob@ims.example", "Call-ID: first\n" OFFER);
	client_says(b, "INVITE sip:carol@ims.example", "Call-ID: second\n" OFFER);
	plugin_says_on(b, 2, "second", "{\"event\": \"hangup\", \"code\": 486}");
	plugin_says_on(b, 1, "first", "{\"event\": \"hangup\", \"code\": 404}");
}

static void session_is_gone(bench *b)
{
	registered(b);
	client_says(b, "INVITE sip:bob@ims.example", "Call-ID: first\n" OFFER);
	sipws_bridge_session_over(b->bridge, TRUE, FALSE);
}

static void socket_is_gone(bench *b)
{
	registered(b);
	client_says(b, "INVITE sip:bob@ims.example", "Call-ID: first\n" OFFER);
	bench_cut(b);
}

#define LADDER(name)                                                                                         \
	static void test_##name(void **state)                                                                \
	{                                                                                                    \
		name(*state);                                                                                \
		assert_ladder(*state, FILE_OF_LADDERS, #name);                                               \
	}
#define CASES(X) X(challenged) X(wrongly_proved) X(two_at_a_time) X(session_is_gone) X(socket_is_gone)

CASES(LADDER)

int main(void)
{
#define TEST(name) { #name, test_##name, bench_start, bench_stop, NULL },
	const struct CMUnitTest tests[] = { CASES(TEST) };

	return cmocka_run_group_tests_name("sipws_call_ladders", tests, NULL, NULL);
}
