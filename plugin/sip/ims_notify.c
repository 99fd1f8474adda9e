#include "sip/ims_notify.h"

#include "sip/ims_screen.h"

#define TOO_OFTEN "Retry-After: 30"
#define MAX_RETRY_AFTER_S 86400

/* From the core, or from a host that the dialog's own route leads to. */
static gboolean is_from_peer(const ims_subscription *s, const ims_next_hops *hops, nta_incoming_t *request)
{
	msg_t *message = nta_incoming_getrequest(request);
	char source[64];
	gboolean is_core = ims_stack_is_core(s->stack, message, source, sizeof(source));

	msg_destroy(message);
	return is_core || ims_next_hops_have(hops, source);
}

static gboolean is_ours(const ims_subscription *s, const sip_event_t *event)
{
	return event && event->o_type && g_ascii_strcasecmp(event->o_type, s->package) == 0 &&
	       g_strcmp0(event->o_id, s->event_id) == 0;
}

int ims_notify_screen(ims_subscription *s, const ims_next_hops *hops, nta_incoming_t *request,
		      const sip_t *sip)
{
	int refused;

	if (!is_from_peer(s, hops, request))
		return 403;
	if (!is_ours(s, sip->sip_event))
		return 489;
	if (!sip->sip_subscription_state || !sip->sip_subscription_state->ss_substate) {
		nta_incoming_treply(request, 400, "Subscription-State is missing", TAG_END());
		return 400;
	}
	refused = ims_screen(request, sip, s->network);
	refused = refused ? refused : ims_screen_body(request, sip, IMS_NOTIFY_MAX_BYTES);
	if (refused || ims_rate_take(&s->rate, ims_clock_now_ms(&s->stack->clock)))
		return refused;
	nta_incoming_treply(request, SIP_503_SERVICE_UNAVAILABLE, SIPTAG_HEADER_STR(TOO_OFTEN), TAG_END());
	return 503;
}

static guint seconds(const char *text, guint max)
{
	return text ? (guint)MIN(g_ascii_strtoull(text, NULL, 10), max) : 0;
}

guint ims_notify_expires_s(const sip_subscription_state_t *state)
{
	return seconds(state->ss_expires, IMS_SUBSCRIPTION_MAX_S);
}

/* RFC 6665 4.1.3 */
gint64 ims_notify_again_s(const sip_subscription_state_t *state)
{
	static const char *const at_once[] = { "deactivated", "timeout", NULL };
	static const char *const never[] = { "rejected", "noresource", "invariant", NULL };
	g_autofree char *reason = g_ascii_strdown(state->ss_reason ? state->ss_reason : "", -1);

	if (g_strv_contains(never, reason))
		return IMS_SUBSCRIPTION_NEVER;
	return g_strv_contains(at_once, reason) ? 0 : seconds(state->ss_retry_after, MAX_RETRY_AFTER_S);
}
