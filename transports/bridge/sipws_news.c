/* sipws_news.c: what janus.plugin.ims says (docs/api.md, "Events"), and whom it concerns: a table. */
#include <string.h>

#include "base/ims_log.h"
#include "bridge/internal.h"

/* Of its registration a helper hears that it is one, and no more. */
static void to_registration(sipws_line *line, const sipws_news *news)
{
	if (line->master)
		sipws_account_news(line, news);
	else if (strcmp(news->name, "registered") == 0)
		line->ready = TRUE;
}

static gboolean is_of_a_transfer(const sipws_news *news)
{
	const char *package = json_string_value(json_object_get(news->result, "notify"));

	return package && strcmp(package, "refer") == 0;
}

static void to_subscriber(sipws_line *line, const sipws_news *news)
{
	if (is_of_a_transfer(news))
		sipws_transfers_news(line, news);
	else
		sipws_subscriptions_news(line, news);
}

static void to_lines(sipws_line *line, const sipws_news *news)
{
	(void)news;
	sipws_lines_wanted(line->bridge);
}

/* The request that it answers has done its part, or nobody on this side can have asked. */
static void to_nobody(sipws_line *line, const sipws_news *news)
{
	(void)line, (void)news;
}

/* What is not here is new in the API: it is named in the log. */
static const struct {
	const char *name;
	void (*concerns)(sipws_line *line, const sipws_news *news);
} rows[] = {
	/* clang-format off */
	{ "registering",          to_nobody },
	{ "registered",           to_registration },
	{ "registration_failed",  to_registration },
	{ "challenge",            to_registration },
	{ "authenticating",       to_nobody },
	{ "unregistering",        to_nobody },
	{ "unregistered",         to_registration },
	{ "reginfo",              to_registration },
	{ "token_expiring",       to_registration },
	{ "token_refreshed",      to_registration },
	{ "token_refresh_failed", to_registration },

	{ "incomingcall",         sipws_call_news },
	{ "missed_call",          to_nobody },
	{ "helper_wanted",        to_lines },
	{ "calling",              sipws_call_news },
	{ "proceeding",           sipws_call_news },
	{ "ringing",              sipws_call_news },
	{ "progress",             sipws_call_news },
	{ "ringingsent",          to_nobody },
	{ "progressing",          sipws_call_news },
	{ "accepting",            sipws_call_news },
	{ "accepted",             sipws_call_news },
	{ "declining",            to_nobody },
	{ "hangingup",            to_nobody },
	{ "hangup",               sipws_call_news },
	{ "holding",              sipws_call_news },
	{ "resuming",             sipws_call_news },
	{ "peerholding",          sipws_call_news },
	{ "peerresuming",         sipws_call_news },
	{ "updating",             sipws_call_news },
	{ "updated",              sipws_call_news },
	{ "updatefailed",         sipws_call_news },
	{ "updatingcall",         sipws_call_news },
	{ "quality",              to_nobody },

	{ "dtmfsent",             sipws_info_news },
	{ "dtmf",                 sipws_info_news },
	{ "infosent",             sipws_info_news },
	{ "info",                 sipws_info_news },

	{ "messagesent",          sipws_pager_news },
	{ "messagedelivery",      sipws_pager_news },
	{ "message",              sipws_pager_news },

	{ "subscribing",          sipws_subscriptions_news },
	{ "subscribe_succeeded",  sipws_subscriptions_news },
	{ "subscribe_failed",     sipws_subscriptions_news },
	{ "unsubscribing",        sipws_subscriptions_news },
	{ "notify",               to_subscriber },

	{ "transferring",         sipws_transfers_news },
	{ "transferfailed",       sipws_transfers_news },
	{ "transfer",             sipws_transfers_news },
	/* clang-format on */
};

static void news_came(const sipws_news *news, gpointer user)
{
	sipws_line *line = user;

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		if (strcmp(rows[i].name, news->name) == 0) {
			rows[i].concerns(line, news);
			return;
		}
	ims_verb(line->bridge->peer, "nobody here knows the event '%s'", news->name);
}

static void may_offer(gpointer user)
{
	sipws_lines_rest(user);
}

static void gone(const sipws_failure *failure, gpointer user)
{
	sipws_lines_gone(user, failure);
}

const sipws_handle_events sipws_line_events = {
	.news = news_came,
	.may_offer = may_offer,
	.gone = gone,
};
