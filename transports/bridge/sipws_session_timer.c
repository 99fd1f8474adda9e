#include "bridge/sipws_session_timer.h"

#include <string.h>

static void arm(sipws_session_timer *timer)
{
	gint64 wait_ms = ims_session_timer_wait_ms(&timer->agreed);

	if (wait_ms < 0)
		ims_timer_stop(&timer->timer);
	else
		ims_timer_arm(&timer->timer, wait_ms);
}

static void on_moment(gpointer user)
{
	sipws_session_timer *timer = user;

	if (ims_session_timer_pass(&timer->agreed) == IMS_SESSION_EXPIRE) {
		timer->events->expired(timer->user);
		return;
	}
	arm(timer);
	timer->events->due(timer->user);
}

void sipws_session_timer_init(sipws_session_timer *timer, ims_clock *clock,
			      const sipws_session_timer_events *events, gpointer user)
{
	timer->events = events;
	timer->user = user;
	ims_timer_init(&timer->timer, clock, on_moment, timer);
	ims_session_timer_init(&timer->agreed, 0, SIPWS_SESSION_MIN_S);
}

void sipws_session_timer_stop(sipws_session_timer *timer)
{
	ims_timer_stop(&timer->timer);
}

/* ---- what a message says ---- */

static guint32 seconds(const char *value)
{
	return value ? (guint32)MIN(g_ascii_strtoull(value, NULL, 10), G_MAXUINT32) : 0;
}

static ims_refresher refresher_of(const char *value)
{
	const char *parameters = value ? strchr(value, ';') : NULL;
	g_autofree char *who = parameters ? sipws_parameter(parameters, "refresher") : NULL;

	if (who && g_ascii_strcasecmp(who, "uac") == 0)
		return IMS_REFRESHER_UAC;
	if (who && g_ascii_strcasecmp(who, "uas") == 0)
		return IMS_REFRESHER_UAS;
	return IMS_REFRESHER_OPEN;
}

static ims_session_terms terms_of(const sipws_msg *msg)
{
	const char *expires = sipws_msg_header(msg, "Session-Expires", 0);

	return (ims_session_terms){
		.expires_s = seconds(expires),
		.refresher = refresher_of(expires),
		.min_s = seconds(sipws_msg_header(msg, "Min-SE", 0)),
		.supported = sipws_msg_has_token(msg, "Supported", "timer"),
	};
}

/* "Name: value", one or more. */
static void add_lines(sipws_msg *msg, const char *lines)
{
	g_auto(GStrv) each = lines ? g_strsplit(lines, "\r\n", -1) : NULL;

	for (guint i = 0; each && each[i]; i++) {
		g_auto(GStrv) parts = g_strsplit(each[i], ": ", 2);

		sipws_msg_add(msg, parts[0], "%s", parts[1]);
	}
}

/* ---- the client asks ---- */

sipws_msg *sipws_session_timer_refusal(const sipws_session_timer *timer, const sipws_msg *request,
				       const char *to_tag)
{
	const ims_session_terms terms = terms_of(request);
	g_autofree char *lines = NULL;
	sipws_msg *refusal;

	if (!ims_session_timer_refuses(&timer->agreed, &terms, &lines))
		return NULL;
	refusal = sipws_msg_new_response(request, 422, NULL, to_tag);
	add_lines(refusal, lines);
	return refusal;
}

/* Who knows no timers gets none: JsSIP and its kin ask, SIP.js does not, and the socket tells who is gone. */
void sipws_session_timer_answer(sipws_session_timer *timer, const sipws_msg *request, sipws_msg *response)
{
	ims_session_terms terms = terms_of(request);
	g_autofree char *lines = NULL;

	if (!terms.supported)
		terms.expires_s = 0;
	lines = ims_session_timer_answer(&timer->agreed, &terms);
	add_lines(response, lines);
	arm(timer);
}

/* ---- we ask ---- */

void sipws_session_timer_ask(const sipws_session_timer *timer, sipws_msg *request)
{
	g_autofree char *lines = ims_session_timer_ask(&timer->agreed);

	add_lines(request, lines);
}

void sipws_session_timer_answered(sipws_session_timer *timer, const sipws_msg *response)
{
	const ims_session_terms terms = terms_of(response);

	ims_session_timer_answered(&timer->agreed, &terms);
	arm(timer);
}
