/* ims_reg.c: where the events of a registration come from, and what it sends. */
#include <string.h>

#include "base/ims_error.h"
#include "base/ims_log.h"
#include "base/ims_random.h"
#include "reg/internal.h"
#include "sip/ims_headers.h"
#include "sip/ims_role.h"

#define CALL_ID_BYTES 16
#define TAG_BYTES 8
#define SILENT_CONNECTION_MS 8000

/* Sending */

/* Answers after which the same request may succeed, later or elsewhere. */
static gboolean may_pass(const ims_reg *reg, const ims_register_answer *answer)
{
	switch (answer->status) {
	case 305: /* the network wants us at another of its hosts */
		return ims_next_hops_has_next(&reg->hops);
	case 408:
	case 430: /* a flow failed between the network's hosts */
	case 480:
		return TRUE;
	default:
		return answer->internal || (answer->status >= 500 && answer->status < 600);
	}
}

static gboolean is_refresh(const ims_reg *reg)
{
	return reg->state == REG_REFRESHING || reg->state == REG_REPROVING;
}

static reg_event event_of(const ims_reg *reg, const ims_register_answer *answer)
{
	if (answer->status < 300)
		return EV_OK;
	if (answer->status == 401 || answer->status == 407)
		return EV_CHALLENGE;
	if (answer->status == 423 && answer->min_expires_s > 0)
		return EV_TOO_BRIEF;
	if (answer->status == 439 && reg->reg_id)
		return EV_NO_FLOWS;
	if (answer->restoration && is_refresh(reg) && !reg->restored)
		return EV_FORGOTTEN;
	return may_pass(reg, answer) ? EV_FAILED : EV_REFUSED;
}

void ims_reg_note_outcome(ims_reg *reg, int status, const char *reason)
{
	reg->status = status;
	g_free(reg->reason);
	reg->reason = g_strdup(reason);
	g_clear_pointer(&reg->warnings, g_ptr_array_unref);
}

void ims_reg_note_retry_after(ims_reg *reg, guint seconds)
{
	gint64 until_ms = ims_clock_now_ms(ims_stack_clock(reg->stack)) + (gint64)seconds * 1000;

	reg->not_before_ms = MAX(reg->not_before_ms, until_ms);
}

/* Without Path no call would reach us (REQ-16). */
static void note_unsupported(const ims_reg *reg, const ims_register_answer *answer)
{
	if (answer->status == 420)
		ims_alarm(ims_stack_alarms(reg->stack), IMS_ALARM_NO_PATH,
			  "%s: the registrar does not support '%s', which %s needs: it is no S-CSCF, or the "
			  "entry point is wrong",
			  reg->impu, answer->unsupported ? answer->unsupported : "(unnamed)",
			  reg->network->domain);
}

/* What becomes of another contact is no matter of ours; the network's loss of us is. */
static void conclude(ims_reg *reg, reg_event event)
{
	gboolean goes_on = event == EV_CHALLENGE || event == EV_QUESTION || event == EV_FORGOTTEN;

	ims_reg_handle(reg, reg->removing && !goes_on ? EV_REMOVED : event);
}

static void on_answer(const ims_register_answer *answer, gpointer user)
{
	ims_reg *reg = user;
	reg_event event = event_of(reg, answer);

	reg->transaction = NULL;
	ims_reg_note_outcome(reg, answer->status, answer->reason);
	reg->min_expires_s = answer->min_expires_s;
	reg->retry_after_s = answer->retry_after_s;
	reg->warnings = answer->warnings ? g_ptr_array_ref(answer->warnings) : NULL;
	ims_reg_note_retry_after(reg, answer->retry_after_s);
	note_unsupported(reg, answer);
	if (event == EV_OK && reg->state < REG_LEAVING && !ims_reg_proof_confirm(reg, answer))
		event = EV_FAILED;
	if (event == EV_OK && reg->state < REG_LEAVING && !reg->removing)
		ims_reg_binding_note(reg, answer);
	if (event == EV_CHALLENGE)
		event = ims_reg_proof_note(reg, answer);
	conclude(reg, event);
}

/* The end of a connection is not always seen: an answer that does not come soon does not come. */
static gboolean is_connected(const ims_reg *reg, const char *hop)
{
	return reg->network->transport == IMS_TRANSPORT_TCP || strstr(hop, ";transport=tcp") ||
	       strstr(hop, ";transport=tls");
}

static gboolean send_request(ims_reg *reg, GError **error)
{
	const ims_role_user user = { .network = reg->network,
				     .host_port = ims_stack_host_port(reg->stack),
				     .flow_token = reg->flow_token };
	g_autofree char *to_server = NULL, *to_proxy = NULL;
	g_autofree char *icid = ims_role_icid(reg->network);
	const ims_role_contact registered = { reg->contact_params, reg->instance, reg->reg_id, reg->sent_s };
	g_autofree char *of_role = ims_role_register_headers(&user, &registered, icid);
	g_autofree char *lines = ims_header_join(of_role, reg->headers);
	g_autofree char *contact =
		reg->removing ? ims_reg_strays_contact(reg) : ims_role_register_contact(&user, &registered);
	ims_register_request request = {
		.network = reg->network,
		.registrar = reg->registrar,
		.next_hop = ims_next_hops_current(&reg->hops),
		.aor = reg->impu,
		.from_tag = reg->from_tag,
		.call_id = reg->call_id,
		.cseq = ++reg->cseq,
		.contact = contact,
		.contact_user = reg->flow_token,
		.headers = lines,
	};

	if (!ims_reg_proof_credentials(reg, &to_server, &to_proxy, error))
		return FALSE;
	g_free(reg->icid);
	reg->icid = g_steal_pointer(&icid);
	request.authorization = to_server;
	request.proxy_authorization = to_proxy;
	reg->transaction = ims_ua_register(reg->stack, &request, on_answer, reg, error);
	if (is_connected(reg, request.next_hop))
		ims_timer_arm(&reg->timer, SILENT_CONNECTION_MS);
	return reg->transaction != NULL;
}

static void on_hops(gpointer user)
{
	ims_reg *reg = user;
	g_autoptr(GError) error = NULL;

	if (!ims_next_hops_current(&reg->hops)) {
		ims_reg_note_outcome(reg, 503, "The entry point of the network cannot be found");
		conclude(reg, EV_FAILED);
	} else if (!send_request(reg, &error)) {
		ims_reg_note_outcome(reg, 500, error->message);
		conclude(reg, EV_REFUSED);
	}
}

void ims_reg_be_silent(ims_reg *reg)
{
	ims_timer_stop(&reg->timer);
	ims_next_hops_drop(&reg->hops);
	ims_transaction_drop(g_steal_pointer(&reg->transaction));
}

void ims_reg_send(ims_reg *reg, guint expires_s)
{
	ims_reg_be_silent(reg);
	reg->sent_s = expires_s;
	ims_next_hops_find(&reg->hops);
}

/* Outside */

static void on_timer(gpointer user)
{
	ims_reg *reg = user;

	if (!reg->transaction) {
		ims_reg_handle(reg, EV_TIMER);
		return;
	}
	ims_transaction_drop(g_steal_pointer(&reg->transaction));
	ims_reg_note_outcome(reg, 408, "No answer on the connection");
	conclude(reg, EV_FAILED);
}

static char *contact_params(const ims_reg_setup *s)
{
	const char *asked = s->contact_params ? s->contact_params : "";

	return s->reg_id > 1 ? g_strdup_printf("%s" IMS_REGINFO_FLOW "%u", asked, s->reg_id)
			     : g_strdup(asked);
}

ims_reg *ims_reg_new(const ims_reg_setup *s, const ims_reg_events *listener, gpointer user)
{
	ims_reg *reg = g_new0(ims_reg, 1);

	reg->listener = listener;
	reg->user = user;
	reg->stack = s->stack;
	reg->network = s->network;
	reg->w2 = s->w2;
	reg->watch = s->watch;
	reg->impu = g_strdup(s->impu);
	reg->prover = s->prover;
	reg->challenge_timeout_s = s->challenge_timeout_s;
	reg->headers = g_strdup(s->headers);
	reg->contact_params = contact_params(s);
	reg->guest = s->guest;
	reg->flow_token = g_strdup(s->flow_token);
	reg->asked_s = s->expires_s ? s->expires_s : s->network->register_expires_s;
	ims_reg_proof_limit(reg, s->valid_s);
	reg->instance = s->instance ? g_strdup(s->instance) : ims_random_uuid_urn();
	reg->reg_id = s->reg_id;
	reg->patient = s->instance && s->prover->kind->reply;
	reg->shares = s->shares;
	reg->call_id = ims_random_hex(CALL_ID_BYTES);
	reg->from_tag = ims_random_hex(TAG_BYTES);
	reg->registrar = g_strdup_printf("sip:%s", s->network->domain);
	ims_next_hops_init(&reg->hops, ims_stack_resolver(s->stack),
			   ims_role_way(s->network, s->proxy ? s->proxy : s->network->entry_uri), on_hops,
			   reg);
	reg->route = g_ptr_array_new_with_free_func(g_free);
	reg->associated = g_ptr_array_new_with_free_func(g_free);
	ims_timer_init(&reg->timer, ims_stack_clock(s->stack), on_timer, reg);
	ims_reg_strays_init(reg);
	ims_reg_credentials_init(reg);
	return reg;
}

void ims_reg_free(ims_reg *reg)
{
	if (!reg)
		return;
	ims_reg_be_silent(reg);
	ims_reg_listen_no_more(reg);
	ims_reg_credentials_clear(reg);
	ims_next_hops_clear(&reg->hops);
	ims_reg_binding_forget(reg);
	ims_reg_proof_forget(reg);
	ims_reg_link_forget(reg);
	ims_prover_free(reg->prover);
	g_free(reg->impu);
	g_free(reg->headers);
	g_free(reg->contact_params);
	g_free(reg->flow_token);
	g_free(reg->instance);
	g_free(reg->call_id);
	g_free(reg->from_tag);
	g_free(reg->registrar);
	g_free(reg->reason);
	g_clear_pointer(&reg->warnings, g_ptr_array_unref);
	g_ptr_array_unref(reg->route);
	g_ptr_array_unref(reg->associated);
	g_free(reg->icid);
	g_free(reg->pub_gruu);
	g_free(reg->temp_gruu);
	g_free(reg);
}

void ims_reg_bind(ims_reg *reg, const ims_reg_events *listener, gpointer user)
{
	reg->listener = listener;
	reg->user = user;
	ims_credentials_give_up(reg->credentials); /* whoever was asked is gone */
}

void ims_reg_start(ims_reg *reg)
{
	reg->announce = TRUE;
	reg->told = FALSE;
	reg->warned = FALSE;
	ims_reg_handle(reg, EV_START);
}

gboolean ims_reg_question(const ims_reg *reg, ims_prover_question *ret_question)
{
	const ims_prover_request request = ims_reg_proof_request(reg, IMS_PROOF_REGISTER);

	if (!ims_reg_is_asking(reg))
		return ims_reg_credentials_question(reg, ret_question);
	*ret_question = ims_prover_question_of(reg->prover, &request);
	return TRUE;
}

gboolean ims_reg_answer(ims_reg *reg, const ims_prover_reply *reply, GError **error)
{
	const ims_prover_request request = ims_reg_proof_request(reg, IMS_PROOF_REGISTER);

	if (!ims_reg_is_asking(reg))
		return ims_reg_credentials_answer(reg, reply, error);
	if (!ims_prover_reply_with(reg->prover, &request, reply, error))
		return FALSE;
	ims_reg_handle(reg, EV_ANSWER);
	return TRUE;
}

void ims_reg_renew(ims_reg *reg, ims_prover *prover, guint valid_s)
{
	ims_prover_free(reg->prover);
	reg->prover = prover;
	reg->unshown = TRUE;
	ims_reg_proof_limit(reg, valid_s);
}

void ims_reg_refresh(ims_reg *reg)
{
	if (!ims_reg_is_idle(reg))
		ims_reg_again(reg, 0);
}

void ims_reg_stop(ims_reg *reg)
{
	ims_reg_handle(reg, EV_STOP);
}

void ims_reg_restore(ims_reg *reg)
{
	if (!reg->restored) /* else it is on its way */
		ims_reg_handle(reg, EV_FORGOTTEN);
}

void ims_reg_again(ims_reg *reg, gint64 delay_ms)
{
	if (delay_ms == 0)
		ims_reg_handle(reg, EV_START);
	else if (reg->state == REG_ACTIVE)
		ims_timer_arm(&reg->timer, delay_ms);
}
