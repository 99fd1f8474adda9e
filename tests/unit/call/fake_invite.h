/* fake_invite.h: stands where sip/ims_invite and sip/ims_stack are: what the call asks of SIP is written
 * down, what SIP tells is the test's, and so is time. For one source file of a program. */
#pragma once
#include "../fake_clock.h"
#include "base/ims_error.h"
#include "sip/ims_invite.h"
#include "sip/ims_stack.h"

struct ims_stack {
	fake_clock clock;
	GString *said;     /* one word or more for each request of the call */
	gboolean broken;   /* no INVITE or re-INVITE can be made */
	gboolean acks;     /* the peer's changes come in re-INVITEs */
	gboolean reliable; /* the caller takes reliable provisional answers */
	guint invites;     /* alive */
	ims_invite *last;
};

struct ims_invite {
	ims_stack *stack;
	const ims_invite_events *events; /* NULL: not bound */
	gpointer user;
	char *call_id;
	char *contact, *record_route, *first_headers, *later_headers;
	char *target, *caller, *caller_name, *sdp, *route; /* of what was sent last */
	char *headers;
};

static inline void fake_stack_init(ims_stack *stack)
{
	fake_clock_init(&stack->clock);
	stack->said = g_string_new(NULL);
	stack->broken = stack->acks = stack->reliable = FALSE;
	stack->invites = 0;
	stack->last = NULL;
}

static inline void fake_stack_clear(ims_stack *stack)
{
	g_assert_cmpuint(stack->invites, ==, 0);
	fake_clock_clear(&stack->clock);
	g_string_free(stack->said, TRUE);
}

ims_alarms *ims_stack_alarms(ims_stack *stack)
{
	(void)stack;
	return NULL;
}

ims_clock *ims_stack_clock(ims_stack *stack)
{
	return &stack->clock.clock;
}

const char *ims_stack_host_port(const ims_stack *stack)
{
	(void)stack;
	return "192.0.2.1:5060";
}

static inline void fake_keep(char **to, const char *text)
{
	g_free(*to);
	*to = g_strdup(text);
}

static inline void fake_style(ims_invite *invite, const ims_invite_style *style)
{
	fake_keep(&invite->contact, style->contact);
	fake_keep(&invite->record_route, style->record_route);
	fake_keep(&invite->first_headers, style->first_headers);
	fake_keep(&invite->later_headers, style->later_headers);
}

static inline void fake_say(ims_invite *invite, const char *what)
{
	g_string_append_printf(invite->stack->said, "%s ", what);
}

static inline void fake_say_number(ims_invite *invite, const char *what, int number)
{
	g_string_append_printf(invite->stack->said, "%s %d ", what, number);
}

static inline ims_invite *fake_invite_new(ims_stack *stack, const char *call_id)
{
	ims_invite *invite = g_new0(ims_invite, 1);

	invite->stack = stack;
	invite->call_id = g_strdup(call_id);
	stack->invites++;
	stack->last = invite;
	return invite;
}

static inline void fake_invite_free(ims_invite *invite)
{
	invite->stack->invites--;
	if (invite->stack->last == invite)
		invite->stack->last = NULL;
	g_free(invite->call_id);
	g_free(invite->contact);
	g_free(invite->record_route);
	g_free(invite->first_headers);
	g_free(invite->later_headers);
	g_free(invite->target);
	g_free(invite->caller);
	g_free(invite->caller_name);
	g_free(invite->sdp);
	g_free(invite->route);
	g_free(invite->headers);
	g_free(invite);
}

ims_invite *ims_invite_call(ims_stack *stack, const ims_invite_request *r, const ims_invite_events *events,
			    gpointer user, GError **error)
{
	ims_invite *invite;

	if (stack->broken) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_SIP, "broken");
		return NULL;
	}
	invite = fake_invite_new(stack, r->call_id ? r->call_id : "made-call-id");
	invite->events = events;
	invite->user = user;
	fake_style(invite, &r->style);
	fake_keep(&invite->target, r->target);
	fake_keep(&invite->caller, r->caller);
	fake_keep(&invite->caller_name, r->caller_name);
	fake_keep(&invite->sdp, r->sdp);
	if (r->route->len)
		fake_keep(&invite->route, g_ptr_array_index(r->route, 0));
	fake_say(invite, "invite");
	return invite;
}

void ims_invite_bind(ims_invite *invite, const ims_invite_style *style, const ims_invite_events *events,
		     gpointer user)
{
	fake_style(invite, style);
	invite->events = events;
	invite->user = user;
}

void ims_invite_ring(ims_invite *invite)
{
	fake_say(invite, "ring");
}

void ims_invite_read_request(const ims_invite *invite, ims_sip_news *ret_news)
{
	ret_news->call_id = g_strdup(invite->call_id);
}

void ims_sip_news_clear(ims_sip_news *news)
{
	g_clear_pointer(&news->call_id, g_free);
}

gboolean ims_invite_takes_reliable(const ims_invite *invite)
{
	return invite->stack->reliable;
}

gboolean ims_invite_progress(ims_invite *invite, const char *sdp, const char *headers)
{
	fake_keep(&invite->sdp, sdp);
	fake_keep(&invite->headers, headers);
	fake_say(invite, "progress");
	return invite->stack->reliable;
}

void ims_invite_accept(ims_invite *invite, const char *sdp, const char *headers)
{
	fake_keep(&invite->sdp, sdp);
	fake_keep(&invite->headers, headers);
	fake_say(invite, "accept");
}

void ims_invite_refuse(ims_invite *invite, int status, const char *headers)
{
	fake_keep(&invite->headers, headers);
	fake_say_number(invite, "refuse", status);
}

gboolean ims_invite_reoffer(ims_invite *invite, const char *sdp, GError **error)
{
	if (invite->stack->broken) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_WRONG_STATE, "another change");
		return FALSE;
	}
	fake_keep(&invite->sdp, sdp);
	fake_say(invite, "reoffer");
	return TRUE;
}

/* As if the peer's change had come in an UPDATE, which needs no ACK, unless acks is set. */
gboolean ims_invite_reanswer(ims_invite *invite, int status, const char *sdp)
{
	g_assert_true((status == 200) == (sdp != NULL));
	fake_keep(&invite->sdp, sdp);
	fake_say_number(invite, "reanswer", status);
	return status == 200 && invite->stack->acks;
}

/* Of any dialog. */
gboolean ims_invite_early_offer(ims_invite *invite, const char *tag, const char *sdp, GError **error)
{
	g_autofree char *what = g_strdup_printf("early-offer[%s]", tag ? tag : "");

	if (invite->stack->broken) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_WRONG_STATE, "another offer");
		return FALSE;
	}
	fake_keep(&invite->sdp, sdp);
	fake_say(invite, what);
	return TRUE;
}

void ims_invite_early_answer(ims_invite *invite, const char *tag, int status, const char *sdp)
{
	g_autofree char *what = g_strdup_printf("early-answer[%s]", tag ? tag : "");

	g_assert_true((status == 200) == (sdp != NULL));
	fake_keep(&invite->sdp, sdp);
	fake_say_number(invite, what, status);
}

void ims_invite_info(ims_invite *invite, const char *content_type, GBytes *body, const char *headers)
{
	gsize size;
	const char *bytes = g_bytes_get_data(body, &size);
	g_autofree char *text = g_strdup_printf("%s|%.*s", content_type, (int)size, bytes);

	fake_keep(&invite->sdp, text);
	fake_keep(&invite->headers, headers);
	fake_say(invite, "info");
}

/* Once, and nothing after it. headers in brackets. */
void ims_invite_release(ims_invite *invite, const char *headers)
{
	g_autofree char *text = NULL;

	if (!invite)
		return;
	text = g_strdup_printf("release[%s]", headers ? headers : "");
	fake_say(invite, text);
	fake_invite_free(invite);
}

gboolean ims_invite_has_dialog(const ims_invite *invite, const ims_dialog_id *id)
{
	return g_strcmp0(invite->call_id, id->call_id) == 0;
}

gboolean ims_invite_dialog_id(const ims_invite *invite, ims_dialog_id *ret_id)
{
	*ret_id = (ims_dialog_id){ g_strdup(invite->call_id), g_strdup("ours"), g_strdup("theirs"), FALSE };
	return TRUE;
}

const char *ims_invite_own_tag(const ims_invite *invite)
{
	(void)invite;
	return NULL;
}

const char *ims_invite_call_id(const ims_invite *invite)
{
	return invite->call_id;
}
