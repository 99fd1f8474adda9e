/* A call in an arbitrary order of what SIP tells, what the user asks and what time brings. Whatever
 * happens: `ended` comes exactly once and last, SIP is let go of, and media, ports and timers are given back.
 *
 * Input: steps of one byte and what they need. */
#define fail_msg(...) g_error(__VA_ARGS__)
#include "input.h"
#include "reg/network.h"
#include "call/call_samples.h"
#include "call/fake_invite.h"
#include "call/fake_media.h"
#include "call/ims_call.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

#define MAX_STEPS 300
#define BROWSER_H264                                                                                         \
	"m=video 9 UDP/TLS/RTP/SAVPF 97\r\nc=IN IP4 1.1.1.1\r\na=sendrecv\r\na=mid:1\r\na=rtpmap:97 "        \
	"H264/90000\r\na=fmtp:97 profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1\r\n"

typedef struct {
	ims_stack stack;
	ims_network network;
	ims_config config;
	GPtrArray *route;
	ims_call *call;
	guint ended;
	gboolean frees; /* the owner frees the call in `ended`, as the session does */
} bench;

static void alive(bench *b, ims_call *call)
{
	g_assert_cmpuint(b->ended, ==, 0);
	g_assert(!b->call || b->call == call); /* not known yet while it is made */
}

static void on_told(ims_call *call, const ims_sip_news *news, gpointer user)
{
	g_assert_nonnull(news);
	alive(user, call);
}

static void on_updated(ims_call *call, const char *answer, gpointer user)
{
	alive(user, call);
	g_assert(!answer || strstr(answer, "m="));
}

static void on_answer(ims_call *call, const ims_sip_news *news, const char *answer, gpointer user)
{
	g_assert_nonnull(news);
	on_updated(call, answer, user);
}

static void on_asked(ims_call *call, const char *offer, gpointer user)
{
	alive(user, call);
	g_assert_nonnull(strstr(offer, "m="));
}

static void on_update_failed(ims_call *call, int status, const char *reason, gpointer user)
{
	alive(user, call);
	g_assert_cmpint(status, >=, 300);
	g_assert_nonnull(reason);
}

static void on_peer_holds(ims_call *call, ims_direction media, gpointer user)
{
	alive(user, call);
	g_assert_cmpint(media != IMS_DIR_SENDRECV, ==, ims_call_peer_holds(call));
}

static int on_message(ims_call *call, const ims_sip_news *news, gpointer user)
{
	(void)news;
	alive(user, call);
	return 200;
}

static void on_ended(ims_call *call, int status, const char *reason, const ims_sip_news *news, gpointer user)
{
	bench *b = user;

	(void)news;
	alive(b, call);
	g_assert_cmpint(status, >=, 200);
	g_assert_nonnull(reason);
	g_assert_true(media_made->stopped);
	g_assert_cmpuint(b->stack.invites, ==, 0);
	b->ended++;
	if (b->frees)
		g_clear_pointer(&b->call, ims_call_free);
}

static void on_called(ims_call *call, const ims_sip_news *invite, const char *offer, gpointer user)
{
	(void)invite;
	on_answer(call, invite, offer, user);
}

static const ims_call_events events = { .proceeding = on_told,
					.ringing = on_told,
					.progress = on_answer,
					.answered = on_answer,
					.called = on_called,
					.message = on_message,
					.info = on_message,
					.update_asked = on_asked,
					.updated = on_updated,
					.update_failed = on_update_failed,
					.peer_holds = on_peer_holds,
					.ended = on_ended };

static const char *description(fuzz_input *input)
{
	static const char *const texts[] = {
		PHONE,
		OTHER_PHONE,
		PHONE "a=sendonly\r\n",
		PHONE "a=inactive\r\n",
		PHONE_HEAD("0.0.0.0") PHONE_AUDIO("5004"),
		PHONE_HEAD("198.51.100.9") PHONE_AUDIO("0"),
		PHONE PHONE_AUDIO("5006"),
		PHONE
		"m=video 5008 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 profile-level-id=42e01f\r\n",
		PHONE_HEAD("198.51.100.9") "m=audio 5004 RTP/AVP 3\r\na=rtpmap:3 GSM/8000\r\n",
		BROWSER,
		BROWSER BROWSER_VIDEO,
		BROWSER BROWSER_H264,
		BROWSER_HEAD BROWSER_VIDEO,
		"v=0\r\n",
		"",
	};

	return texts[fuzz_choice(input, G_N_ELEMENTS(texts))];
}

static ims_call_setup setup_of(bench *b)
{
	return (ims_call_setup){ .stack = &b->stack,
				 .config = &b->config,
				 .user = { .network = &b->network,
					   .host_port = "192.0.2.1:5060",
					   .flow_token = "TOKEN",
					   .identity = "sip:alice@ims.example" } };
}

static gboolean dial(bench *b, fuzz_input *input)
{
	ims_call_setup setup = setup_of(b);
	ims_call_target target = { .uri = "sip:bob@ims.example",
				   .caller = "sip:alice@ims.example",
				   .browser_offer = fuzz_choice(input, 4) ? BROWSER : description(input),
				   .route = b->route };
	g_autoptr(GError) error = NULL;

	b->call = ims_call_dial(&setup, &target, &events, b, &error);
	g_assert((b->call == NULL) == (error != NULL));
	return b->call != NULL;
}

static gboolean receive(bench *b, fuzz_input *input)
{
	ims_call_setup setup = setup_of(b);
	ims_sip_news news = { .call_id = (char *)"core-call-id",
			      .caller = (char *)"sip:bob@ims.example",
			      .icid = (char *)"icid-7",
			      .sdp = fuzz_choice(input, 8) == 1
					     ? NULL
					     : (char *)(fuzz_choice(input, 4) ? PHONE : description(input)) };
	g_autoptr(GError) error = NULL;

	b->stack.reliable = fuzz_flag(input);
	fake_invite_new(&b->stack, "core-call-id");
	b->call = ims_call_receive(&setup, b->stack.last, &news, &events, b, &error);
	g_assert((b->call == NULL) == (error != NULL));
	if (!b->call) /* whoever brought it refuses it */
		fake_invite_free(b->stack.last);
	else
		ims_call_begin(b->call);
	return b->call != NULL;
}

#define TELL(b, event, news)                                                                                 \
	do {                                                                                                 \
		ims_invite *invite_ = (b)->stack.last;                                                       \
		if (invite_ && invite_->events->event)                                                       \
			invite_->events->event(news, invite_->user);                                         \
	} while (0)

static void sip_tells(bench *b, fuzz_input *input)
{
	static const char *const tags[] = { NULL, "t", "u" };
	guint what = fuzz_choice(input, 19);
	ims_sip_news news = { .reason = (char *)"because", .peer_tag = (char *)tags[fuzz_choice(input, 3)] };

	if (fuzz_choice(input, 3))
		news.sdp = (char *)description(input);
	else
		news.bad_body = fuzz_choice(input, 4) == 1;
	switch (what) {
	case 0:
		news.status = (int)(101 + fuzz_choice(input, 99));
		news.rseq = fuzz_choice(input, 2);
		news.early_media.n = fuzz_choice(input, 3);
		news.early_media.directions[0] = (guint8)fuzz_choice(input, 4);
		TELL(b, progress, &news);
		break;
	case 1:
		news.status = 200;
		TELL(b, answered, &news);
		break;
	case 2:
		news.status = (int)(300 + fuzz_choice(input, 200) * 2);
		TELL(b, failed, &news);
		break;
	case 3:
		TELL(b, cancelled, &news);
		break;
	case 4:
		TELL(b, confirmed, &news);
		break;
	case 5:
		if (b->stack.last)
			b->stack.last->events->unconfirmed(b->stack.last->user);
		break;
	case 6:
		TELL(b, reoffered, &news);
		break;
	case 7:
		news.status = fuzz_flag(input) ? 200 : (int)(400 + fuzz_choice(input, 100));
		TELL(b, reanswered, &news);
		break;
	case 8:
		TELL(b, reconfirmed, &news);
		break;
	case 9:
		TELL(b, withdrawn, &news);
		break;
	case 10:
		TELL(b, message, &news);
		break;
	case 11:
		if (b->stack.last)
			b->stack.last->events->picture_wanted(b->stack.last->user);
		break;
	case 12:
		if (news.sdp)
			TELL(b, early_offered, &news);
		break;
	case 13:
		news.status = fuzz_flag(input) ? 200 : fuzz_flag(input) ? 491 : 500;
		news.retry_after_s = 1;
		TELL(b, early_answered, &news);
		break;
	case 14:
		TELL(b, early_ended, &news);
		break;
	case 15:
		TELL(b, pracked, &news);
		break;
	case 16:
		if (b->stack.last)
			b->stack.last->events->expired(b->stack.last->user);
		break;
	case 17:
		if (b->stack.last)
			b->stack.last->events->refresh_wanted(b->stack.last->user);
		break;
	default:
		TELL(b, ended, &news);
		break;
	}
}

static void user_asks(bench *b, fuzz_input *input)
{
	static const ims_direction directions[] = { IMS_DIR_SENDONLY, IMS_DIR_SENDRECV, IMS_DIR_RECVONLY,
						    IMS_DIR_INACTIVE };
	g_autoptr(GError) error = NULL;
	gboolean done = TRUE;

	switch (fuzz_choice(input, 13)) {
	case 0:
		done = ims_call_accept(b->call, fuzz_choice(input, 4) ? BROWSER : description(input),
				       fuzz_choice(input, 4) ? ims_call_is_offerless(b->call)
							     : !ims_call_is_offerless(b->call),
				       NULL, &error);
		break;
	case 8:
	case 9:
		done = ims_call_update(b->call, fuzz_flag(input) ? BROWSER : description(input),
				       fuzz_flag(input), &error);
		break;
	case 10:
		ims_call_set_autoaccept(b->call, fuzz_flag(input));
		break;
	case 11:
		done = ims_call_progress(b->call, fuzz_choice(input, 4) ? BROWSER : description(input),
					 ims_call_is_offerless(b->call), NULL, &error);
		break;
	case 12:
		done = ims_call_send_ringing(b->call, &error);
		break;
	case 1:
		done = ims_call_decline(b->call, 400 + fuzz_byte(input), NULL, &error);
		break;
	case 2:
		done = ims_call_hangup(b->call, NULL, &error);
		break;
	case 3:
	case 4:
		done = ims_call_hold(b->call, directions[fuzz_choice(input, 4)], &error);
		break;
	case 5:
		done = ims_call_dtmf(b->call, '5', 160, NULL, &error);
		break;
	case 6:
		ims_call_media_gone(b->call);
		break;
	default:
		ims_call_unreachable(b->call);
		break;
	}
	g_assert(done == (error == NULL));
}

static void step(bench *b, fuzz_input *input)
{
	switch (fuzz_choice(input, 8)) {
	case 0:
		b->stack.broken = fuzz_choice(input, 4) == 1;
		b->stack.acks = fuzz_flag(input);
		break;
	case 1:
		if (media_made)
			media_made->full = fuzz_choice(input, 4) == 1;
		break;
	case 2:
		fake_clock_pass_ms(&b->stack.clock, 50 * fuzz_byte(input));
		break;
	case 3:
		if (fake_clock_left_ms(&b->stack.clock) >= 0)
			fake_clock_skip(&b->stack.clock);
		break;
	case 4:
		user_asks(b, input);
		break;
	default:
		sip_tells(b, input);
		break;
	}
}

static void one_call(bench *b, fuzz_input *input)
{
	guint steps = 0;

	b->ended = 0;
	b->frees = fuzz_choice(input, 4) != 1;
	b->stack.broken = FALSE;
	if (!(fuzz_flag(input) ? dial(b, input) : receive(b, input)))
		return;
	for (; b->call && input->left > 0 && steps < MAX_STEPS; steps++)
		step(b, input);
	g_assert(b->call || b->ended == 1);
	g_clear_pointer(&b->call, ims_call_free);
	g_assert_cmpuint(b->ended, <=, 1); /* freeing tells nobody */
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	fuzz_input input = { data, size };
	bench b = { 0 };

	fake_stack_init(&b.stack);
	network_init(&b.network);
	b.config.ring_timeout_s = 180;
	b.config.update_timeout_s = 20;
	b.network.rtp_timeout_s = 300;
	b.config.media.address = (char *)"192.0.2.1";
	b.config.media.public_address = (char *)"203.0.113.7";
	b.route = g_ptr_array_new();
	g_ptr_array_add(b.route, (char *)"sip:orig@198.51.100.8;lr");
	do
		one_call(&b, &input);
	while (input.left > 0);
	g_assert_cmpuint(media_alive, ==, 0);
	g_assert_cmpuint(b.stack.invites, ==, 0);
	fake_stack_clear(&b.stack);
	network_clear(&b.network);
	g_ptr_array_unref(b.route);
	return 0;
}
