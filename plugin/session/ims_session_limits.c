/* ims_session_limits.c: who does not prove who he is has to wait before he tries again (REQ-144). */
#include "session/internal.h"

static gint64 now_ms(const ims_session *session)
{
	return ims_clock_now_ms(ims_stack_clock(session->service->stack));
}

void ims_session_limits_init(ims_session *session)
{
	ims_rate_init(&session->failures, session->service->config->handle_failures_per_minute,
		      now_ms(session));
}

/* whom: NULL: nobody in particular. */
static gboolean may_go_on(const ims_session *session, const char *request, const char *whom, guint wait_s,
			  GError **error)
{
	if (wait_s == 0)
		return TRUE;
	ims_alarm(session->service->alarms, IMS_ALARM_GUESSING,
		  "%s refused for %u s: too many attempts have failed%s%s", request, wait_s,
		  whom ? "; the last was as " : "", whom ? whom : "");
	g_set_error(error, IMS_ERROR, IMS_E_LIMIT, "%s: too many attempts have failed; try again in %u s",
		    request, wait_s);
	return FALSE;
}

gboolean ims_session_may_try(ims_session *session, const ims_network *network, const char *impi,
			     const char *credentials, GError **error)
{
	ims_failures *failures = session->service->failures;
	g_autofree char *whom = impi ? g_strdup_printf("%s %s", network->name, impi) : NULL;
	guint wait_s = ims_rate_wait_s(&session->failures, now_ms(session));

	ims_failures_was_neither(failures, &session->attempt, now_ms(session));
	session->attempt = ims_failures_attempt(failures, whom, credentials);
	if (wait_s == 0)
		wait_s = ims_failures_begin(failures, &session->attempt, now_ms(session));
	return may_go_on(session, "register", whom, wait_s, error);
}

gboolean ims_session_may_renew(ims_session *session, GError **error)
{
	return may_go_on(session, "refresh_token", NULL, ims_rate_wait_s(&session->failures, now_ms(session)),
			 error);
}

void ims_session_was_proved(ims_session *session)
{
	ims_failures_was_right(session->service->failures, &session->attempt, now_ms(session));
}

static gboolean is_about_proof(int status)
{
	return status == 401 || status == 403 || status == 407;
}

void ims_session_was_refused(ims_session *session, int status)
{
	if (!session->attempt.open)
		return;
	if (is_about_proof(status)) {
		ims_rate_take(&session->failures, now_ms(session));
		ims_failures_was_wrong(session->service->failures, &session->attempt, now_ms(session));
	} else {
		ims_failures_was_neither(session->service->failures, &session->attempt, now_ms(session));
	}
}

void ims_session_was_not_renewed(ims_session *session, int status)
{
	if (is_about_proof(status))
		ims_rate_take(&session->failures, now_ms(session));
}
