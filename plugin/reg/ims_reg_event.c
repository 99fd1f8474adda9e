#include "reg/ims_reg_event.h"

#include <string.h>

#include "base/ims_alarm.h"
#include "base/ims_log.h"
#include "base/ims_pace.h"
#include "reg/internal.h"
#include "sip/ims_role.h"
#include "sip/ims_subscription.h"

#define REGINFO "application/reginfo+xml"
/* Longer than the registration, so that its end is heard of. */
#define MARGIN_S 600
#define LONGEST_MS (1800 * 1000)

struct ims_reg_watch {
	GHashTable *events; /* network and IMPI -> ims_reg_event, borrowed */
};

struct ims_reg_event {
	ims_reg_watch *watch;
	char *key;
	GPtrArray *members; /* of ims_reg; never empty */
	ims_subscription *subscription;
	ims_reginfo *known;
	gboolean asked; /* for all that there is, as something was missed */
	ims_pace pace;
	ims_timer again;
	gboolean telling, empty; /* empty: nobody is left to be told */
};

ims_reg_watch *ims_reg_watch_new(void)
{
	ims_reg_watch *watch = g_new0(ims_reg_watch, 1);

	watch->events = g_hash_table_new(g_str_hash, g_str_equal);
	return watch;
}

void ims_reg_watch_free(ims_reg_watch *watch)
{
	if (!watch)
		return;
	g_hash_table_unref(watch->events);
	g_free(watch);
}

static gint64 now_ms(const ims_reg *reg)
{
	return ims_clock_now_ms(ims_stack_clock(reg->stack));
}

static ims_reg *speaker_of(const ims_reg_event *event)
{
	return g_ptr_array_index(event->members, 0);
}

/* Told */

static gboolean is_member(const ims_reg_event *event, gconstpointer reg)
{
	return g_ptr_array_find(event->members, reg, NULL);
}

static void event_free(ims_reg_event *event)
{
	ims_timer_stop(&event->again);
	ims_subscription_release(event->subscription);
	ims_reginfo_free(event->known);
	g_ptr_array_unref(event->members);
	g_free(event->key);
	g_free(event);
}

/* Each may leave then, and others with it. */
static void tell(ims_reg_event *event, const ims_reginfo *news)
{
	g_autoptr(GPtrArray) members = g_ptr_array_copy(event->members, NULL, NULL);

	event->telling = TRUE;
	for (guint i = 0; i < members->len; i++)
		if (is_member(event, g_ptr_array_index(members, i)))
			ims_reg_heed(g_ptr_array_index(members, i), news, event->known);
	event->telling = FALSE;
	if (event->empty)
		event_free(event);
}

static guint wanted_s(const ims_reg *reg)
{
	return ims_reg_expires_s(reg) + MARGIN_S;
}

/* REQ-27 */
static void ask_for_all(ims_reg_event *event)
{
	const ims_reg *reg = speaker_of(event);

	if (event->asked)
		return;
	ims_info(reg->impu, "reg: something of the reginfo is missing, all of it is asked for");
	event->asked = ims_subscription_renew(event->subscription, wanted_s(reg));
}

static gboolean is_reginfo(const ims_sip_news *sip)
{
	return sip->body && sip->content_type &&
	       g_ascii_strncasecmp(sip->content_type, REGINFO, strlen(REGINFO)) == 0;
}

static void on_notified(const ims_notification *notification, gpointer user)
{
	ims_reg_event *event = user;
	const ims_sip_news *sip = notification->sip;
	g_autoptr(GError) error = NULL;
	g_autoptr(ims_reginfo) news = NULL;

	if (!is_reginfo(sip))
		return;
	news = ims_reginfo_parse(g_bytes_get_data(sip->body, NULL), g_bytes_get_size(sip->body), &error);
	if (!news) {
		ims_warn(speaker_of(event)->impu, "reg: %s", error->message);
		return;
	}
	switch (ims_reginfo_merge(&event->known, news)) {
	case IMS_REGINFO_MERGED:
		event->asked = event->asked && !news->full;
		tell(event, news);
		break;
	case IMS_REGINFO_GAP:
		ask_for_all(event);
		break;
	case IMS_REGINFO_OLD:
	default:
		break;
	}
}

/* The subscription */

static void forget(ims_reg_event *event)
{
	ims_subscription_release(g_steal_pointer(&event->subscription));
	g_clear_pointer(&event->known, ims_reginfo_free);
	event->asked = FALSE;
}

static void on_accepted(const ims_sip_news *answer, guint expires_s, gpointer user)
{
	const ims_reg_event *event = user;

	(void)answer;
	ims_verb(speaker_of(event)->impu, "reg: subscribed for %u s", expires_s);
}

static gint64 pause_ms(ims_reg_event *event, const ims_subscription_end *end)
{
	gint64 wait_ms = ims_pace_end_ms(&event->pace, !end->lost, now_ms(speaker_of(event)));

	return end->again_s == IMS_SUBSCRIPTION_NEVER ? LONGEST_MS : MAX(wait_ms, end->again_s * 1000);
}

static void on_ended(const ims_subscription_end *end, gpointer user)
{
	ims_reg_event *event = user;
	gint64 wait_ms = pause_ms(event, end);

	if (!end->lost && end->again_s == IMS_SUBSCRIPTION_NEVER)
		ims_alarm(
			ims_stack_alarms(speaker_of(event)->stack), IMS_ALARM_NO_REG_EVENT,
			"%s refuses a subscription to the event reg (%d %s); reg_event = false does without",
			speaker_of(event)->network->name, end->status, end->reason ? end->reason : "");
	ims_info(speaker_of(event)->impu,
		 "reg: the subscription has ended (%d %s), the next one is made in %" G_GINT64_FORMAT " s",
		 end->status, end->reason ? end->reason : "", wait_ms / 1000);
	forget(event);
	ims_timer_arm(&event->again, wait_ms);
}

static const ims_subscription_events subscription_events = { .accepted = on_accepted,
							     .notified = on_notified,
							     .ended = on_ended };

/* The default identity, unless it is a number. */
static const char *target_of(const ims_reg *reg)
{
	const GPtrArray *associated = ims_reg_associated(reg);
	const char *first = associated->len ? g_ptr_array_index(associated, 0) : reg->impu;

	return g_ascii_strncasecmp(first, "sip:", 4) == 0 ? first : reg->impu;
}

static void subscribe(ims_reg_event *event)
{
	ims_reg *reg = speaker_of(event);
	const ims_role_user user = { .network = reg->network,
				     .host_port = ims_stack_host_port(reg->stack),
				     .flow_token = reg->flow_token,
				     .identity = reg->impu };
	g_autofree char *watcher = NULL;
	g_auto(ims_role_lines) lines = ims_role_watching(&user, &watcher);
	const ims_subscription_request request = {
		.target = target_of(reg),
		.sender = watcher,
		.route = reg->route,
		.event = "reg",
		.accept = REGINFO,
		.expires_s = wanted_s(reg),
		.style = { .contact = lines.contact,
			   .first_headers = lines.first,
			   .later_headers = lines.later,
			   .network = reg->network,
			   .credentials = reg->credentials },
	};
	g_autoptr(GError) error = NULL;

	ims_pace_begin(&event->pace, now_ms(reg));
	event->subscription =
		ims_subscription_start(reg->stack, &request, &subscription_events, event, &error);
	if (event->subscription)
		return;
	ims_warn(reg->impu, "reg: %s", error->message);
	ims_timer_arm(&event->again, ims_pace_end_ms(&event->pace, TRUE, now_ms(reg)));
}

static void on_again(gpointer user)
{
	subscribe(user);
}

/* Who listens */

ims_reg_event *ims_reg_event_join(ims_reg_watch *watch, ims_reg *reg)
{
	g_autofree char *key = g_strdup_printf("%s\n%s", reg->network->name, reg->prover->impi);
	ims_reg_event *event = g_hash_table_lookup(watch->events, key);

	if (event) {
		g_ptr_array_add(event->members, reg);
		return event;
	}
	event = g_new0(ims_reg_event, 1);
	event->watch = watch;
	event->key = g_steal_pointer(&key);
	event->members = g_ptr_array_new();
	g_ptr_array_add(event->members, reg);
	ims_timer_init(&event->again, ims_stack_clock(reg->stack), on_again, event);
	g_hash_table_insert(watch->events, event->key, event);
	subscribe(event);
	return event;
}

void ims_reg_event_leave(ims_reg_event *event, ims_reg *reg)
{
	gboolean spoke = speaker_of(event) == reg;

	g_ptr_array_remove(event->members, reg);
	if (event->members->len == 0) {
		g_hash_table_remove(event->watch->events, event->key);
		event->empty = TRUE;
		forget(event);
		ims_timer_stop(&event->again);
		if (!event->telling)
			event_free(event);
	} else if (spoke) {
		forget(event);
		ims_timer_arm(&event->again, 0);
	}
}

gboolean ims_reg_event_serves(const ims_reg_event *event, const char *contact_user)
{
	for (guint i = 0; i < event->members->len; i++)
		if (strcmp(ims_reg_flow_token(g_ptr_array_index(event->members, i)), contact_user) == 0)
			return TRUE;
	return FALSE;
}

const ims_reginfo *ims_reg_event_known(const ims_reg_event *event)
{
	return event->known;
}
