/* What a device has left at a gateway that is gone: found in the network's word, removed, and no fight with
 * one that came later (REQ-158, REQ-23). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "auth/ims_delegated_prover.h"
#include "reg/ims_reg_event.h"
#include "reg_bench.h"

#define DEVICE "urn:uuid:00000000-0000-1000-8000-00000000000a"
#define ROUTE "sip:orig@198.51.100.13:5060;lr"
#define OK_3600 OK_FOR(3600), .routes = { ROUTE }
#define CONTACT(id, uri, state, event, device)                                                               \
	"<contact id=\"" id "\" state=\"" state "\" event=\"" event "\"><uri>" uri                           \
	"</uri><unknown-param name=\"+sip.instance\">\"&lt;" device "&gt;\"</unknown-param></contact>"
#define OURS CONTACT("1", "sip:" TOKEN "@" HOST_PORT, "active", "registered", DEVICE)
#define OURS_GONE CONTACT("1", "sip:" TOKEN "@" HOST_PORT, "terminated", "expired", DEVICE)
#define STRAY_URI "sip:dead@192.0.2.2:5060"
#define STRAY CONTACT("2", STRAY_URI, "active", "registered", DEVICE)
#define OTHER_STRAY CONTACT("3", "sip:dead@192.0.2.3:5060", "active", "registered", DEVICE)
#define STRANGER CONTACT("4", "sip:else@192.0.2.4:5060", "active", "registered", "urn:uuid:b")
#define FULL(inside)                                                                                         \
	"<reginfo xmlns=\"urn:ietf:params:xml:ns:reginfo\" version=\"0\" state=\"full\"><registration "      \
	"aor=\"" IMPU "\" id=\"r\" state=\"active\">" inside "</registration></reginfo>"

static ims_reg_watch *watch;

static void on_told(ims_reg *reg, const ims_reg_word *word, gpointer user)
{
	g_autofree char *what = g_strdup_printf("told %s%s", word->event, word->over ? " over" : "");

	(void)reg;
	hear(user, what);
}

static void on_asked(ims_reg *reg, const ims_prover_question *question, gpointer user)
{
	(void)reg;
	(void)question;
	hear(user, "asked");
}

static ims_reg_events listener;

static int start(void **state)
{
	start_bench(state);
	listener = events;
	listener.told = on_told;
	listener.asked = on_asked;
	((bench *)*state)->network.reg_event = TRUE;
	watch = ims_reg_watch_new();
	return 0;
}

static int end(void **state)
{
	bench *b = *state;

	g_clear_pointer(&b->reg, ims_reg_free);
	ims_reg_watch_free(g_steal_pointer(&watch));
	return end_bench(state);
}

static ims_reg_setup device_of(bench *b)
{
	ims_reg_setup setup = setup_of(b);

	setup.watch = watch;
	setup.instance = DEVICE;
	setup.reg_id = 1;
	return setup;
}

static void begin(bench *b)
{
	ims_reg_setup setup = device_of(b);

	b->reg = ims_reg_new(&setup, &listener, b);
	ims_reg_start(b->reg);
	GIVE(b, OK_3600);
}

static void begin_delegated(bench *b)
{
	ims_reg_setup setup = device_of(b);

	ims_prover_free(setup.prover);
	setup.challenge_timeout_s = 30;
	setup.prover = ims_delegated_prover_new(&(ims_delegated_prover_setup){
		.impi = IMPI, .realm = "ims.example", .order = { { IMS_HASH_MD5 }, 1 } });
	b->reg = ims_reg_new(&setup, &listener, b);
	ims_reg_start(b->reg);
	GIVE(b, OK_3600);
}

static void say(bench *b, const char *xml)
{
	fake_notify(&b->stack, xml);
	fake_clock_pass_ms(&b->stack.clock, 1);
}

static void assert_sent(bench *b, guint count, const char *contact)
{
	assert_int_equal(b->stack.sent->len, count);
	assert_non_null(strstr(fake_last(&b->stack)->contact, contact));
}

static void test_removed(void **state)
{
	bench *b = *state;

	begin(b);
	say(b, FULL(STRANGER STRAY OURS OTHER_STRAY));
	assert_sent(b, 2, "<" STRAY_URI ">;expires=0");
	assert_string_equal(fake_last(&b->stack)->contact, "<" STRAY_URI ">;expires=0");
	assert_true(ims_reg_is_active(b->reg));
	GIVE(b, CHALLENGED("nonce-1"));
	assert_sent(b, 3, "<" STRAY_URI ">;expires=0");
	GIVE(b, .status = 200);
	fake_clock_pass_ms(&b->stack.clock, 1);
	assert_sent(b, 4, "<sip:dead@192.0.2.3:5060>;expires=0");
	GIVE(b, .status = 200);
	assert_true(ims_reg_is_active(b->reg));
	assert_in_range(ims_reg_left_s(b->reg), 3598, 3600);
	assert_in_range(fake_clock_left_ms(&b->stack.clock), 2990 * 1000, 3000 * 1000);
	/* once: who comes now is newer than we are */
	say(b, FULL(OURS STRAY));
	assert_int_equal(b->stack.sent->len, 4);
	assert_string_equal(b->heard->str, "confirmed told registered told registered ");
}

/* Another instance, no instance, and what is ours here. */
static void test_not_removed(void **state)
{
	bench *b = *state;
	ims_reg *first;
	ims_reg_setup setup;

	begin(b);
	first = g_steal_pointer(&b->reg);
	setup = device_of(b);
	setup.flow_token = "second";
	setup.reg_id = 0;
	b->reg = ims_reg_new(&setup, &listener, b);
	ims_reg_start(b->reg);
	GIVE(b, OK_3600);
	say(b, FULL(OURS CONTACT("9", "sip:second@" HOST_PORT, "active", "registered", DEVICE) STRANGER));
	assert_int_equal(b->stack.sent->len, 2);
	ims_reg_free(first);
}

/* Where the network manages flows there is no other; a URI that is none is not sent. */
static void test_not_sent(void **state)
{
	bench *b = *state;

	begin(b);
	say(b, FULL(OURS CONTACT("2", "sip:a@b&gt;,&lt;sip:c@d", "active", "registered", DEVICE)));
	assert_int_equal(b->stack.sent->len, 1);
	g_clear_pointer(&b->reg, ims_reg_free);
	begin(b);
	ims_reg_refresh(b->reg);
	GIVE(b, OK_3600, .outbound = TRUE);
	say(b, FULL(OURS STRAY));
	assert_int_equal(b->stack.sent->len, 3);
}

/* Whatever becomes of it, the registration stands; when the network serves nobody that is seen soon. */
static void test_not_gone(void **state)
{
	static const int rows[] = { 403, 423, 439, 503, 408 };

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		bench *b = *state;

		begin(b);
		say(b, FULL(OURS STRAY));
		GIVE(b, .status = rows[i], .min_expires_s = 60);
		assert_true(ims_reg_is_active(b->reg));
		fake_clock_pass_ms(&b->stack.clock, 1);
		assert_non_null(strstr(fake_last(&b->stack)->contact, TOKEN));
		GIVE(b, OK_3600);
		fake_clock_pass_ms(&b->stack.clock, 1);
		assert_int_equal(fake_pending(&b->stack), 0);
		g_clear_pointer(&b->reg, ims_reg_free);
	}
}

/* What its owner wants comes first. */
static void test_refresh_first(void **state)
{
	bench *b = *state;

	begin(b);
	say(b, FULL(OURS STRAY));
	ims_reg_start(b->reg);
	assert_sent(b, 3, TOKEN);
	GIVE(b, OK_3600);
	assert_string_equal(b->heard->str, "confirmed told registered confirmed ");
	fake_clock_pass_ms(&b->stack.clock, 1);
	assert_sent(b, 4, STRAY_URI);
	ims_reg_stop(b->reg);
	assert_sent(b, 5, TOKEN);
	GIVE(b, .status = 200);
}

/* Who has to prove it himself hears that before he is asked, and what came of it. */
static void test_client_proves(void **state)
{
	bench *b = *state;

	begin_delegated(b);
	assert_string_equal(b->heard->str, "");
	fake_notify(&b->stack, FULL(OURS STRAY));
	assert_string_equal(b->heard->str, "told registered ");
	fake_clock_pass_ms(&b->stack.clock, 1);
	assert_string_equal(b->heard->str, "told registered confirmed ");
	assert_int_equal(ims_reg_strays(b->reg), 1);
	fake_clock_pass_ms(&b->stack.clock, 1);
	assert_sent(b, 2, STRAY_URI);
	GIVE(b, CHALLENGED("nonce-1"));
	assert_string_equal(b->heard->str, "told registered confirmed asked ");
	assert_true(ims_reg_answer(b->reg,
				   &(ims_prover_reply){ .response = "0123456789abcdef0123456789abcdef",
							.nonce = "nonce-1",
							.cnonce = "c",
							.nc = "00000001" },
				   NULL));
	assert_sent(b, 3, STRAY_URI);
	GIVE(b, .status = 200);
	assert_string_equal(b->heard->str, "told registered confirmed asked confirmed ");
	assert_int_equal(ims_reg_strays(b->reg), 0);
}

static void test_client_is_silent(void **state)
{
	bench *b = *state;

	begin_delegated(b);
	fake_notify(&b->stack, FULL(OURS STRAY));
	fake_clock_pass_ms(&b->stack.clock, 2);
	GIVE(b, CHALLENGED("nonce-1"));
	fake_clock_pass_ms(&b->stack.clock, 30 * 1000);
	assert_string_equal(b->heard->str, "told registered confirmed asked confirmed ");
	assert_true(ims_reg_is_active(b->reg));
	assert_int_equal(fake_pending(&b->stack), 0);
}

/* ... but not for a network that says nothing, or nothing to remove. */
static void test_client_waits_no_longer(void **state)
{
	bench *b = *state;

	begin_delegated(b);
	fake_clock_pass_ms(&b->stack.clock, 999);
	assert_string_equal(b->heard->str, "");
	fake_clock_pass_ms(&b->stack.clock, 1);
	assert_string_equal(b->heard->str, "confirmed ");
	g_clear_pointer(&b->reg, ims_reg_free);
	begin_delegated(b);
	say(b, FULL(OURS));
	assert_string_equal(b->heard->str, "confirmed confirmed ");
}

/* The older one of two does not come back, whatever the network calls its end. */
static void test_replaced(void **state)
{
	bench *b = *state;

	begin(b);
	say(b, FULL(OURS));
	say(b, FULL(OURS STRAY));
	assert_int_equal(b->stack.sent->len, 1);
	say(b, FULL(OURS_GONE STRAY));
	assert_string_equal(b->heard->str, "confirmed told registered told replaced over ");
	assert_int_equal(b->stack.sent->len, 1);
}

#define STRAYS(test) cmocka_unit_test_setup_teardown(test, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STRAYS(test_removed),          STRAYS(test_not_removed),
		STRAYS(test_not_sent),         STRAYS(test_not_gone),
		STRAYS(test_refresh_first),    STRAYS(test_client_proves),
		STRAYS(test_client_is_silent), STRAYS(test_client_waits_no_longer),
		STRAYS(test_replaced),
	};

	return cmocka_run_group_tests_name("test_ims_reg_strays", tests, NULL, NULL);
}
