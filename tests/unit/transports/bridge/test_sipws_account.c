/* Registrations: SIP in, requests to janus.plugin.ims out, and back. */
#include "bridge_bench.h"

#define FILE_OF_LADDERS "sipws_account.golden"

#define TO_HOME "REGISTER sip:ims.example"
#define JSSIP_CONTACT                                                                                        \
	"Contact: <sip:0567s9sh@client.invalid;transport=ws>;+sip.ice;reg-id=1;"                             \
	"+sip.instance=\"<urn:uuid:0d641c21-e872-4848-8b46-85a7f94eb848>\";expires=600\n"
#define JSSIP JSSIP_CONTACT "Expires: 600\nSupported: path,gruu,outbound\nUser-Agent: JsSIP 3.13.8\n"
#define CONTACT "Contact: <sip:alice@client.invalid;transport=ws>;expires=600\n"
#define DIGEST(nonce)                                                                                        \
	"Authorization: Digest algorithm=MD5, username=\"alice@ims.example\", realm=\"ims.example\", "       \
	"nonce=\"" nonce "\", uri=\"sip:ims.example\", response=\"5ccc069c403ebaf9f0171e9517f40e41\", "      \
	"qop=auth, cnonce=\"7qo2mn9jfq2s\", nc=00000001\n"
#define CHALLENGE(nonce)                                                                                     \
	"{\"event\": \"challenge\", \"method\": \"REGISTER\", \"code\": 401, \"nonce\": \"" nonce "\", "     \
	"\"header\": \"Digest realm=\\\"ims.example\\\", nonce=\\\"" nonce "\\\",  qop=\\\"auth\\\"\"}"
#define REGISTERED(ims)                                                                                      \
	"{\"event\": \"registered\", \"username\": \"sip:alice@ims.example\", \"master_id\": 4711, "         \
	"\"ims\": {\"associated\": [\"sip:alice@ims.example\", \"tel:+1555\"], " ims "}}"

static void registered_by_digest(bench *b, const char *ims)
{
	bench_connect(b, NULL);
	client_says(b, TO_HOME, CONTACT);
	plugin_says(b, CHALLENGE("n1"));
	client_says(b, TO_HOME, CONTACT DIGEST("n1"));
	plugin_says(b, ims);
}

static void registered(bench *b)
{
	registered_by_digest(b, REGISTERED("\"expires\": 3600"));
	g_string_truncate(b->ladder, 0);
}

static void registered_by_token(bench *b)
{
	bench_connect(b, NULL);
	client_says(b, TO_HOME, CONTACT "Authorization: Bearer one\n");
	plugin_says(b, REGISTERED("\"expires\": 3600, \"token_expires\": 1000"));
}

/* ---- the cases: the name of each is that of its ladder ---- */

static void jssip_by_digest(bench *b)
{
	bench_connect(b, NULL);
	client_says(b, TO_HOME, JSSIP);
	plugin_says(b, "{\"event\": \"registering\"}");
	plugin_says(b, CHALLENGE("n1"));
	client_says(b, TO_HOME, JSSIP DIGEST("n1"));
	plugin_says(b, REGISTERED("\"expires\": 3600, \"gruu\": {\"pub\": \"sip:alice@ims.example;gr=u\", "
				  "\"temp\": \"sip:t@ims.example;gr\"}, "
				  "\"authentication_info\": \"qop=auth, rspauth=\\\"66\\\"\""));
}

static void wrong_password(bench *b)
{
	bench_connect(b, NULL);
	client_says(b, TO_HOME, CONTACT);
	plugin_says(b, CHALLENGE("n1"));
	client_says(b, TO_HOME, CONTACT DIGEST("n1"));
	plugin_says(b, "{\"event\": \"registration_failed\", \"code\": 403, "
		       "\"reason\": \"Authentication Failed\"}");
	client_says(b, TO_HOME, CONTACT);
}

static void credentials_of_the_last_registration_are_asked_anew(bench *b)
{
	bench_connect(b, NULL);
	client_says(b, TO_HOME, CONTACT DIGEST("old"));
	plugin_says(b, CHALLENGE("n1"));
	client_says(b, TO_HOME, CONTACT DIGEST("old"));
	client_says(b, TO_HOME, CONTACT DIGEST("n1"));
	plugin_says(b, CHALLENGE("n2"));
	client_says(b, TO_HOME, CONTACT DIGEST("n2"));
	plugin_says(b, REGISTERED("\"expires\": 3600"));
}

static void usim(bench *b)
{
	bench_connect(b, NULL);
	client_says(b, TO_HOME,
		    CONTACT "Authorization: Digest username=\"001010@ims.example\", realm=\"ims.example\", "
			    "nonce=\"\", uri=\"sip:ims.example\", response=\"\", algorithm=AKAv2-SHA-256\n");
}

static void bearer_of_the_rfc(bench *b)
{
	bench_connect(b, NULL);
	client_says(b, TO_HOME, CONTACT "Authorization: Bearer one.two-three\n");
	plugin_says(b, REGISTERED("\"expires\": 3600, \"token_expires\": 100"));
}

static void bearer_of_3gpp(bench *b)
{
	bench_connect(b, NULL);
	client_says(b, TO_HOME, CONTACT "Authorization: bearer access_token=\"one.two-three\"\n");
}

static void token_of_the_handshake(bench *b)
{
	bench_connect(b, "of-the-cookie");
	client_says(b, TO_HOME, CONTACT);
	plugin_says(b, REGISTERED("\"expires\": 3600, \"token_expires\": 3600"));
	client_says(b, TO_HOME, CONTACT);
}

static void digest_beside_the_token_of_the_handshake(bench *b)
{
	bench_connect(b, "of-the-cookie");
	client_says(b, TO_HOME, CONTACT DIGEST("old"));
}

static void token_that_is_not_taken(bench *b)
{
	bench_connect(b, NULL);
	client_says(b, TO_HOME, CONTACT "Authorization: Bearer one\n");
	plugin_says(b, "{\"event\": \"registration_failed\", \"code\": 401, \"reason\": \"expired\", "
		       "\"bearer\": {\"error\": \"invalid_token\", \"scope\": \"ims\", "
		       "\"authz_server\": \"https://login.ims.example\"}}");
}

static void newer_token(bench *b)
{
	registered_by_token(b);
	client_says(b, TO_HOME, CONTACT "Authorization: Bearer one\n");
	client_says(b, TO_HOME, CONTACT "Authorization: Bearer two\n");
	plugin_says(b, "{\"event\": \"token_refreshed\", \"ims\": {\"token_expires\": 3598}}");
	client_says(b, TO_HOME, CONTACT "Authorization: Bearer two\n");
	client_says(b, TO_HOME, CONTACT "Authorization: Bearer three\n");
	plugin_says(b, "{\"event\": \"token_refresh_failed\", \"code\": 401, \"reason\": \"not yours\", "
		       "\"bearer\": {\"error\": \"invalid_token\"}}");
}

static void refresh_by_token(bench *b)
{
	bench_connect(b, NULL);
	client_says(b, TO_HOME, CONTACT "Authorization: Bearer one\n");
	plugin_says(b, REGISTERED("\"expires\": 1000, \"token_expires\": 36000"));
	g_string_truncate(b->ladder, 0);
	client_says(b, TO_HOME, CONTACT "Authorization: Bearer one\n");
	plugin_says(b, REGISTERED("\"expires\": 3600, \"token_expires\": 36000"));
	client_says(b, TO_HOME, CONTACT "Authorization: Bearer one\n");
}

static void requests_by_token(bench *b)
{
	registered_by_token(b);
	g_string_truncate(b->ladder, 0);
	client_says(b, "PUBLISH sip:bob@ims.example", "Authorization: Bearer one\n");
	client_says(b, "INVITE sip:bob@ims.example", "Authorization: Basic one\n");
	client_says(b, "INVITE sip:bob@ims.example", "Authorization: Bearer two\nCSeq: 7 INVITE\n");
	client_says(b, "INVITE sip:bob@ims.example", "Authorization: Bearer three\nCall-ID: c3\n");
	client_says(b, "SUBSCRIBE sip:bob@ims.example", "Authorization: Bearer two\nCall-ID: c4\n");
	plugin_says(b, "{\"event\": \"token_refresh_failed\", \"code\": 401, \"reason\": \"not yours\", "
		       "\"bearer\": {\"error\": \"invalid_token\"}}");
	client_says(b, "INVITE sip:bob@ims.example", "Authorization: Bearer four\nCall-ID: c5\n");
	plugin_refuses(b, 465, "too many tokens");
}

static void token_that_nobody_looks_at(bench *b)
{
	registered_by_token(b);
	g_string_truncate(b->ladder, 0);
	client_says(b, TO_HOME, CONTACT "Authorization: Bearer two\n");
	client_says(b, "SUBSCRIBE sip:bob@ims.example", "Authorization: Bearer two\nCall-ID: c4\n");
	pass_ms(b, 30001);
	client_says(b, TO_HOME, CONTACT "Authorization: Bearer three\n");
	plugin_says(b, "{\"event\": \"token_refreshed\", \"ims\": {\"token_expires\": 3598}}");
}

static void subscriptions_end_with_it(bench *b)
{
	registered(b);
	client_says(b, "SUBSCRIBE sip:bob@ims.example", "Event: presence\nCall-ID: s1\n");
	plugin_says_on(b, b->master, "s1",
		       "{\"event\": \"subscribe_succeeded\", \"code\": 200, \"expires\": 600}");
	client_says(b, TO_HOME, "Contact: <sip:alice@client.invalid;transport=ws>;expires=0\n");
	plugin_says(b, "{\"event\": \"unregistered\", \"code\": 200}");
	pass_ms(b, 610000); /* nothing is left of it */
}

static void refresh_is_answered_here(bench *b)
{
	registered(b);
	pass_ms(b, 550000);
	client_says(b, TO_HOME, CONTACT DIGEST("n1"));
	client_says(b, TO_HOME, "");
}

static void refresh_that_the_network_needs(bench *b)
{
	registered_by_digest(b, REGISTERED("\"expires\": 600"));
	g_string_truncate(b->ladder, 0);
	client_says(b, TO_HOME, CONTACT);
	client_says(b, TO_HOME, CONTACT);
	plugin_says(b, CHALLENGE("n2"));
	client_says(b, TO_HOME, CONTACT DIGEST("n1"));
	client_says(b, TO_HOME, CONTACT DIGEST("n2"));
	plugin_says(b, REGISTERED("\"expires\": 600"));
}

static void challenge_that_nobody_asked_for(bench *b)
{
	registered(b);
	plugin_says(b, CHALLENGE("n2"));
	client_says(b, TO_HOME, CONTACT);
	client_says(b, TO_HOME, CONTACT DIGEST("n2"));
	plugin_says(b, REGISTERED("\"expires\": 3600"));
}

/* Each REGISTER of JsSIP answers one challenge, so another is to come soon (several nodes). */
static void something_left_at_another_gateway(bench *b)
{
	registered_by_digest(b, REGISTERED("\"expires\": 3600, \"strays\": 1"));
	g_string_truncate(b->ladder, 0);
	client_says(b, TO_HOME, CONTACT);
	plugin_says(b, CHALLENGE("n2"));
	client_says(b, TO_HOME, CONTACT);
	client_says(b, TO_HOME, CONTACT DIGEST("n2"));
	plugin_says(b, REGISTERED("\"expires\": 3600"));
}

/* ... but not for ever, when the network asks for no proof. */
static void nothing_to_prove_for_it(bench *b)
{
	registered_by_digest(b, REGISTERED("\"expires\": 3600, \"strays\": 1"));
	g_string_truncate(b->ladder, 0);
	for (guint i = 0; i < 3; i++)
		client_says(b, TO_HOME, CONTACT);
}

static void refresh_that_is_refused(bench *b)
{
	registered_by_digest(b, REGISTERED("\"expires\": 600"));
	g_string_truncate(b->ladder, 0);
	client_says(b, TO_HOME, CONTACT);
	plugin_says(b, "{\"event\": \"registration_failed\", \"code\": 404, \"reason\": \"Unknown\"}");
}

static void refresh_that_nobody_serves_for_now(bench *b)
{
	registered_by_digest(b, REGISTERED("\"expires\": 600"));
	g_string_truncate(b->ladder, 0);
	client_says(b, TO_HOME, CONTACT);
	plugin_says(b, "{\"event\": \"registration_failed\", \"code\": 503, \"reason\": \"Overload\", "
		       "\"ims\": {\"retry_in\": 23}}");
	client_says(b, TO_HOME, CONTACT);
	plugin_says(b, REGISTERED("\"expires\": 600"));
}

/* The client has what is left of the registration, and asks again. */
static void refresh_that_fails_while_it_stands(bench *b)
{
	registered_by_digest(b, REGISTERED("\"expires\": 600"));
	g_string_truncate(b->ladder, 0);
	client_says(b, TO_HOME, CONTACT);
	plugin_says(b, "{\"event\": \"registration_failed\", \"code\": 503, \"reason\": \"Overload\", "
		       "\"ims\": {\"retry_in\": 23, \"expires\": 200}}");
	client_says(b, TO_HOME, CONTACT);
	plugin_says(b, REGISTERED("\"expires\": 600"));
}

static void late_client(bench *b)
{
	registered(b);
	pass_ms(b, 611000);
	plugin_says(b, "{\"event\": \"unregistered\"}");
	client_says(b, TO_HOME, CONTACT);
}

static void deregistration(bench *b)
{
	registered(b);
	client_says(b, TO_HOME, "Contact: <sip:alice@client.invalid;transport=ws>;expires=0\n");
	plugin_says(b, REGISTERED("\"expires\": 3600")); /* of a refresh before */
	plugin_says(b, "{\"event\": \"unregistering\"}");
	plugin_says(b, "{\"event\": \"unregistered\"}");
	client_says(b, TO_HOME, "Contact: *\nExpires: 0\n");
}

static void deregistration_of_all(bench *b)
{
	registered(b);
	client_says(b, TO_HOME, "Contact: *\nExpires: 0\n");
	plugin_says(b, CHALLENGE("n2"));
	client_says(b, TO_HOME, "Contact: *\nExpires: 0\n" DIGEST("n2"));
	plugin_says(b, "{\"event\": \"unregistered\"}");
}

static void registered_anew_while_leaving(bench *b)
{
	registered(b);
	pass_ms(b, 611000);
	client_says(b, TO_HOME, CONTACT);
	plugin_says(b, "{\"event\": \"unregistered\"}");
	plugin_says(b, CHALLENGE("n2"));
}

static void the_network_ends_it(bench *b)
{
	registered(b);
	plugin_says(b, "{\"event\": \"unregistered\", \"ims\": {\"reason\": \"rejected\"}}");
}

static void the_token_ends(bench *b)
{
	registered_by_token(b);
	g_string_truncate(b->ladder, 0);
	plugin_says(b,
		    "{\"event\": \"registration_failed\", \"code\": 401, \"reason\": \"The access token is "
		    "over\", \"bearer\": {\"error\": \"invalid_token\"}}");
}

static void the_same_instance_elsewhere(bench *b)
{
	registered(b);
	plugin_says(b, "{\"event\": \"unregistered\", \"ims\": {\"reason\": \"replaced\"}}");
	client_says(b, "SUBSCRIBE sip:alice@ims.example", "");
	client_says(b, TO_HOME, CONTACT);
}

static void the_network_says_more_of_it(bench *b)
{
	registered(b);
	plugin_says(b, "{\"event\": \"reginfo\", \"username\": \"sip:alice@ims.example\", \"ims\": "
		       "{\"reason\": \"registered\", \"expires\": 3000, "
		       "\"associated\": [\"sip:alice@ims.example\", \"sip:al@ims.example\"]}}");
	client_says(b, TO_HOME, CONTACT);
}

static void what_the_plugin_cannot_do(bench *b)
{
	bench_connect(b, NULL);
	client_says(b, TO_HOME, CONTACT);
	plugin_refuses(b, 468, "register: network 'home' takes no 'auth' delegated; allowed: token");
	client_says(b, TO_HOME, CONTACT);
	plugin_refuses(b, 465, "register: this gateway serves no more registrations");
}

static void answer_that_the_plugin_refuses(bench *b)
{
	bench_connect(b, NULL);
	client_says(b, TO_HOME, CONTACT);
	plugin_says(b, CHALLENGE("n1"));
	client_says(b, TO_HOME, CONTACT DIGEST("n1"));
	plugin_refuses(b, 444, "authenticate: 'authorization' is of another username");
}

static void silence_of_the_network(bench *b)
{
	bench_connect(b, NULL);
	client_says(b, TO_HOME, CONTACT);
	pass_ms(b, 29999);
	client_says(b, TO_HOME, CONTACT);
	pass_ms(b, 2);
	client_says(b, TO_HOME, CONTACT);
}

static void janus_goes(bench *b)
{
	registered_by_digest(b, REGISTERED("\"expires\": 600"));
	g_string_truncate(b->ladder, 0);
	client_says(b, TO_HOME, CONTACT);
	sipws_bridge_session_over(b->bridge, FALSE, TRUE);
	bench_serve(b);
	client_says(b, TO_HOME, CONTACT);
	pass_ms(b, 40000);
}

static void janus_is_silent(bench *b)
{
	b->silent = TRUE;
	bench_connect(b, NULL);
	client_says(b, TO_HOME, CONTACT);
	pass_ms(b, 11000);
}

static void the_handle_goes(bench *b)
{
	registered(b);
	sipws_bridge_hear(b->bridge, json_pack("{ss, si, si}", "janus", "detached", "session_id",
					       BENCH_SESSION, "sender", b->master));
	bench_serve(b);
}

static void another_identity(bench *b)
{
	registered(b);
	client_says(b, TO_HOME, CONTACT "From: <sip:bob@ims.example>;tag=1\nTo: <sip:bob@ims.example>\n");
	client_says(b, TO_HOME, CONTACT "From: <sip:bob@ims.example>;tag=1\nTo: <sip:alice@ims.example>\n");
	client_says(b, TO_HOME, CONTACT "Authorization: Bearer one\n");
}

static void wrong_contacts(bench *b)
{
	bench_connect(b, NULL);
	client_says(b, TO_HOME, "Contact: <sip:a@client.invalid>, <sip:b@client.invalid>\n");
	client_says(b, TO_HOME, "Contact: *\n");
	client_says(b, TO_HOME, "Contact: <sip:a@client.invalid>;expires=59\n");
	client_says(b, TO_HOME, "Contact: <sip:a@client.invalid>;expires=soon\n");
	client_says(b, TO_HOME, "Contact: <sip:a@client.invalid>;reg-id=0;+sip.instance=\"<urn:x>\"\n");
	client_says(b, TO_HOME, "Contact: <sip:a@client.invalid>;+sip.instance=\"urn:x\"\n");
	client_says(b, TO_HOME, "Contact: <sip:a@client.invalid>;reg-id=7;expires=99999\n");
}

/* Given back as they came, but for what the registrar says. */
static void odd_contacts(bench *b)
{
	registered(b);
	client_says(b, TO_HOME,
		    "Contact: \"A;B\" <sip:a@client.invalid;transport=ws>;x=\"1;expires=5\";EXPIRES=100;y\n");
	client_says(b, TO_HOME, "m: sip:a@client.invalid;expires=100;q=0.5\nExpires: 200\n");
	client_says(b, TO_HOME,
		    "Contact: <sip:a@client.invalid>;pub-gruu=\"sip:x\";reg-id=3\nExpires: 200\n");
	client_says(b, TO_HOME, "Contact: <sip:a@client.invalid>;expires=9999999999\n");
}

static void names(bench *b)
{
	bench_connect(b, NULL);
	client_says(b, TO_HOME,
		    CONTACT
		    "From: \"Al \\\"x\\\"\" <sip:alice@ims.example>;tag=1\nTo: <sip:alice@ims.example>\n");
}

static void wrong_credentials(bench *b)
{
	bench_connect(b, NULL);
	client_says(b, TO_HOME, CONTACT "Authorization: Bearer\n");
	client_says(b, TO_HOME, CONTACT "Authorization: Bearer one two\n");
	client_says(b, TO_HOME, CONTACT "Authorization: Basic YTpi\n");
	client_says(b, TO_HOME, CONTACT "Authorization: Digest username=\"alice, nonce=\"n1\"\n");
}

#define LADDER(name)                                                                                         \
	static void test_##name(void **state)                                                                \
	{                                                                                                    \
		name(*state);                                                                                \
		assert_ladder(*state, FILE_OF_LADDERS, #name);                                               \
	}
#define CASES(X)                                                                                             \
	X(jssip_by_digest)                                                                                   \
	X(wrong_password)                                                                                    \
	X(credentials_of_the_last_registration_are_asked_anew)                                               \
	X(usim)                                                                                              \
	X(bearer_of_the_rfc)                                                                                 \
	X(bearer_of_3gpp)                                                                                    \
	X(token_of_the_handshake)                                                                            \
	X(digest_beside_the_token_of_the_handshake)                                                          \
	X(token_that_is_not_taken)                                                                           \
	X(newer_token)                                                                                       \
	X(refresh_by_token)                                                                                  \
	X(requests_by_token)                                                                                 \
	X(subscriptions_end_with_it)                                                                         \
	X(token_that_nobody_looks_at)                                                                        \
	X(refresh_is_answered_here)                                                                          \
	X(refresh_that_the_network_needs)                                                                    \
	X(challenge_that_nobody_asked_for)                                                                   \
	X(something_left_at_another_gateway)                                                                 \
	X(nothing_to_prove_for_it)                                                                           \
	X(refresh_that_is_refused)                                                                           \
	X(refresh_that_nobody_serves_for_now)                                                                \
	X(refresh_that_fails_while_it_stands)                                                                \
	X(late_client)                                                                                       \
	X(deregistration)                                                                                    \
	X(deregistration_of_all)                                                                             \
	X(registered_anew_while_leaving)                                                                     \
	X(the_network_ends_it)                                                                               \
	X(the_token_ends)                                                                                    \
	X(the_same_instance_elsewhere)                                                                       \
	X(the_network_says_more_of_it)                                                                       \
	X(what_the_plugin_cannot_do)                                                                         \
	X(answer_that_the_plugin_refuses)                                                                    \
	X(silence_of_the_network)                                                                            \
	X(janus_goes)                                                                                        \
	X(janus_is_silent)                                                                                   \
	X(the_handle_goes)                                                                                   \
	X(another_identity)                                                                                  \
	X(wrong_contacts)                                                                                    \
	X(odd_contacts)                                                                                      \
	X(names)                                                                                             \
	X(wrong_credentials)

CASES(LADDER)

/* The socket dies after each step of a registration: Janus is asked to destroy the session, if there is one,
 * and no timer stays (bench_stop looks). */
static void test_cut_at_each_step(void **state)
{
	(void)state;
	for (guint steps = 0; steps < 7; steps++) {
		void *one;
		bench *b;

		bench_start(&one);
		b = one;
		b->silent = steps == 1;
		bench_connect(b, NULL);
		if (steps > 0)
			client_says(b, TO_HOME, CONTACT);
		if (steps > 2)
			plugin_says(b, CHALLENGE("n1"));
		if (steps > 3)
			client_says(b, TO_HOME, CONTACT DIGEST("n1"));
		if (steps > 4)
			plugin_says(b, REGISTERED("\"expires\": 600"));
		if (steps > 5)
			client_says(b, TO_HOME, CONTACT);
		g_string_truncate(b->ladder, 0);
		bench_cut(b);
		assert_string_equal(b->ladder->str, steps > 1 ? "=> 0 destroy\n" : "");
		bench_stop(&one);
	}
}

int main(void)
{
#define TEST(name) { #name, test_##name, bench_start, bench_stop, NULL },
	const struct CMUnitTest tests[] = {
		CASES(TEST) cmocka_unit_test(test_cut_at_each_step),
	};

	return cmocka_run_group_tests_name("sipws_account", tests, NULL, NULL);
}
