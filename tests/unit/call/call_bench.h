/* call_bench.h: a call, what its owner hears, and the records that stand for SIP, media and time. For one
 * source file of a program. */
#pragma once
#include <string.h>
#include "../golden.h"
#include "../log_recorder.h"
#include "../reg/network.h"
#include "call/ims_call.h"
#include "call/ims_change.h"
#include "call_samples.h"
#include "fake_invite.h"
#include "fake_media.h"

#define NORMAL "Reason: Q.850;cause=16;text=\"Normal call clearing\""
#define LOST "Reason: SIP;cause=503;text=\"Media of the browser lost\""
#define NO_MEDIA "Reason: SIP;cause=488;text=\"No usable media\""
#define SILENCE "Reason: SIP;cause=408;text=\"Media of the far end lost\""
#define RING_S 180
#define GOODBYE_MS 2000
#define ANSWER_S 20

typedef struct {
	ims_stack stack;
	ims_network network;
	ims_config config;
	GPtrArray *route;
	ims_call *call;
	GString *heard;
	char *answer;      /* the last one for the browser */
	char *offer;       /* of a call that came */
	guint called;      /* so often our user was told that he is called */
	gboolean frees;    /* the owner frees the call in `ended` */
	gboolean hangs_up; /* ... hangs up as soon as it hears something */
	const ims_sip_news *ended_by;
} bench;

static void after(bench *b)
{
	if (b->hangs_up && b->call) {
		b->hangs_up = FALSE;
		assert_true(ims_call_hangup(b->call, NULL, NULL));
	}
}

static void on_proceeding(ims_call *call, const ims_sip_news *news, gpointer user)
{
	bench *b = user;

	assert_ptr_equal(call, b->call);
	g_string_append_printf(b->heard, "proceeding %d ", news->status);
	after(b);
}

static void on_ringing(ims_call *call, const ims_sip_news *news, gpointer user)
{
	bench *b = user;

	(void)call;
	(void)news; /* of another end, when the one that was heard is gone */
	g_string_append(b->heard, "ringing ");
	after(b);
}

static void keep_answer(bench *b, const char *what, const char *answer)
{
	g_free(b->answer);
	b->answer = g_strdup(answer);
	g_string_append_printf(b->heard, "%s%s ", what, answer ? "+sdp" : "");
	after(b);
}

static void on_called(ims_call *call, const ims_sip_news *invite, const char *offer, gpointer user)
{
	bench *b = user;

	assert_ptr_equal(call, b->call);
	assert_string_equal(invite->call_id, "core-call-id");
	g_free(b->offer);
	b->offer = g_strdup(offer);
	b->called++;
}

static void on_progress(ims_call *call, const ims_sip_news *news, const char *answer, gpointer user)
{
	(void)call;
	(void)news;
	keep_answer(user, "progress", answer);
}

static void on_answered(ims_call *call, const ims_sip_news *news, const char *answer, gpointer user)
{
	(void)call;
	(void)news;
	keep_answer(user, "answered", answer);
}

static void on_update_asked(ims_call *call, const char *offer, gpointer user)
{
	(void)call;
	keep_answer(user, "asked", offer);
}

static void on_updated(ims_call *call, const char *answer, gpointer user)
{
	(void)call;
	keep_answer(user, "updated", answer);
}

static void on_update_failed(ims_call *call, int status, const char *reason, gpointer user)
{
	bench *b = user;

	(void)call;
	assert_non_null(reason);
	g_string_append_printf(b->heard, "failed %d ", status);
	after(b);
}

static int on_message(ims_call *call, const ims_sip_news *news, gpointer user)
{
	bench *b = user;

	(void)call;
	g_string_append_printf(b->heard, "message %s ", news->content_type);
	return 200;
}

static int on_info(ims_call *call, const ims_sip_news *news, gpointer user)
{
	bench *b = user;

	(void)call;
	g_string_append_printf(b->heard, "info %s ", news->content_type);
	return 200;
}

static void on_peer_holds(ims_call *call, ims_direction media, gpointer user)
{
	static const char *const does[] = {
		[IMS_DIR_INACTIVE] = "is silent", [IMS_DIR_SENDONLY] = "holds", [IMS_DIR_SENDRECV] = "resumes"
	};
	bench *b = user;

	(void)call;
	g_string_append_printf(b->heard, "peer %s ", does[media]);
	after(b);
}

static void on_quality(ims_call *call, const ims_quality_report *report, gpointer user)
{
	bench *b = user;

	(void)call;
	g_string_append(b->heard, report->final ? "final" : "quality");
	for (guint i = 0; i < report->n; i++) {
		const ims_quality_way *in = &report->stream[i].from_peer, *out = &report->stream[i].to_peer;

		g_string_append_printf(b->heard, " %s %d/%d", report->stream[i].codec, (int)in->packets,
				       (int)in->lost);
		if (out->known)
			g_string_append_printf(b->heard, " %d/%d", (int)out->packets, (int)out->lost);
		g_string_append_printf(b->heard, " %.1f", in->mos);
	}
	g_string_append_c(b->heard, ' ');
}

static void on_ended(ims_call *call, int status, const char *reason, const ims_sip_news *news, gpointer user)
{
	bench *b = user;

	assert_non_null(reason);
	assert_string_equal(ims_call_state_name(call), "ending");
	assert_true(media_made->stopped);
	assert_int_equal(b->stack.invites, 0); /* SIP is told before */
	b->ended_by = news;
	g_string_append_printf(b->heard, "ended %d ", status);
	if (b->frees)
		ims_call_free(g_steal_pointer(&b->call));
}

static const ims_call_events events = {
	.proceeding = on_proceeding,
	.ringing = on_ringing,
	.progress = on_progress,
	.called = on_called,
	.answered = on_answered,
	.update_asked = on_update_asked,
	.updated = on_updated,
	.update_failed = on_update_failed,
	.peer_holds = on_peer_holds,
	.message = on_message,
	.info = on_info,
	.quality = on_quality,
	.ended = on_ended,
};

static int start(void **state)
{
	bench *b = g_new0(bench, 1);

	fake_stack_init(&b->stack);
	network_init(&b->network);
	b->config.ring_timeout_s = RING_S;
	b->config.update_timeout_s = ANSWER_S;
	b->config.media.address = (char *)"192.0.2.1";
	b->config.media.public_address = (char *)"203.0.113.7";
	b->route = g_ptr_array_new();
	g_ptr_array_add(b->route, (char *)"sip:orig@198.51.100.8;lr");
	b->heard = g_string_new(NULL);
	b->frees = TRUE;
	log_recorder_start();
	*state = b;
	return 0;
}

static int end(void **state)
{
	bench *b = *state;

	ims_call_free(b->call);
	if (b->stack.last)
		fake_invite_free(b->stack.last);
	assert_int_equal(media_alive, 0);
	fake_stack_clear(&b->stack);
	network_clear(&b->network);
	g_ptr_array_unref(b->route);
	g_string_free(b->heard, TRUE);
	log_recorder_stop();
	g_free(b->offer);
	g_free(b->answer);
	g_free(b);
	return 0;
}

static ims_call_setup setup_of(bench *b)
{
	return (ims_call_setup){ .stack = &b->stack,
				 .config = &b->config,
				 .user = { .network = &b->network,
					   .host_port = "192.0.2.1:5060",
					   .flow_token = "TOKEN",
					   .identity = "sip:alice@ims.example" },
				 .rings = TRUE };
}

static ims_call_target target_of(bench *b)
{
	return (ims_call_target){ .uri = "sip:bob@ims.example",
				  .caller = "sip:alice@ims.example",
				  .caller_name = "Alice",
				  .browser_offer = BROWSER,
				  .route = b->route };
}

static gboolean dial(bench *b, const ims_call_target *target, GError **error)
{
	ims_call_setup setup = setup_of(b);

	b->call = ims_call_dial(&setup, target, &events, b, error);
	return b->call != NULL;
}

static inline void to_calling(bench *b)
{
	ims_call_target target = target_of(b);

	assert_true(dial(b, &target, NULL));
}

static gboolean receive(bench *b, const char *sdp, GError **error)
{
	ims_call_setup setup = setup_of(b);
	ims_sip_news news = { .call_id = (char *)"core-call-id",
			      .caller = (char *)"sip:bob@ims.example",
			      .icid = (char *)"icid-7",
			      .orig_ioi = (char *)"Type 1home",
			      .sdp = (char *)sdp };

	fake_invite_new(&b->stack, "core-call-id");
	g_clear_pointer(&b->offer, g_free);
	b->called = 0;
	b->call = ims_call_receive(&setup, b->stack.last, &news, &events, b, error);
	if (!b->call)
		return FALSE;
	ims_call_begin(b->call);
	if (b->offer) {
		assert_non_null(strstr(b->offer, "SAVPF"));
		assert_string_equal(b->offer, ims_call_open_offer(b->call));
	}
	return TRUE;
}

static inline void to_incoming(bench *b)
{
	assert_true(receive(b, PHONE, NULL));
}

/* What SIP tells. */
#define TELL(b, event, ...)                                                                                  \
	do {                                                                                                 \
		ims_invite *invite_ = (b)->stack.last;                                                       \
		ims_sip_news news_ = { __VA_ARGS__ };                                                        \
		invite_->events->event(&news_, invite_->user);                                               \
	} while (0)
#define PROGRESS(b, code, text) TELL(b, progress, .status = (code), .sdp = (char *)(text))
#define ANSWER(b, text) TELL(b, answered, .status = 200, .sdp = (char *)(text))

static inline void to_early(bench *b)
{
	to_calling(b);
	PROGRESS(b, 180, NULL);
}

static inline void to_answered(bench *b)
{
	to_incoming(b);
	assert_true(ims_call_accept(b->call, BROWSER, FALSE, NULL, NULL));
}

static inline void to_up(bench *b)
{
	to_early(b);
	ANSWER(b, PHONE);
}

static inline void to_up_called(bench *b)
{
	to_answered(b);
	TELL(b, confirmed, 0);
}

static inline void to_changing(bench *b)
{
	to_up(b);
	assert_true(ims_call_hold(b->call, IMS_DIR_SENDONLY, NULL));
}

static inline void to_over(bench *b)
{
	b->frees = FALSE;
	to_up(b);
	TELL(b, ended, 0);
}

static inline void fresh(bench *b)
{
	g_string_truncate(b->heard, 0);
	g_string_truncate(b->stack.said, 0);
}

/* What the owner heard and SIP was asked for since the last look. */
static inline void expect(bench *b, const char *heard, const char *said)
{
	if (strcmp(b->heard->str, heard) != 0 || strcmp(b->stack.said->str, said) != 0)
		fail_msg("the owner heard '%s', not '%s'; SIP '%s', not '%s'", b->heard->str, heard,
			 b->stack.said->str, said);
	fresh(b);
}
