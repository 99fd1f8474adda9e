/* ims_session_limits.c: whom the gateway has no room for, and who does not prove who he is, has to wait
 * before he tries again (REQ-144). */
#include "base/ims_pace.h"
#include "session/internal.h"

static gint64 now_ms(const ims_session *session)
{
	return ims_clock_now_ms(ims_stack_clock(session->service->stack));
}

void ims_session_limits_init(ims_session *session)
{
	ims_rate_init(&session->failures, session->service->config->limits.handle_failures_per_minute,
		      now_ms(session));
}

/* Room */

static guint calls_there(const ims_session *session)
{
	return (guint)g_atomic_int_get(&session->service->n_calls);
}

gboolean ims_session_admits_call(ims_session *session, GError **error)
{
	return ims_admission_lets_in(session->service->admission, IMS_NEW_CALL, calls_there(session),
				     &session->again_s, error);
}

static gboolean admits_registration(ims_session *session, gboolean was_let_in, GError **error)
{
	ims_service *service = session->service;
	guint there = ims_flows_count(service->flows);

	return was_let_in ? ims_admission_has_room(service->admission, IMS_NEW_REGISTRATION, there,
						   &session->again_s, error)
			  : ims_admission_lets_in(service->admission, IMS_NEW_REGISTRATION, there,
						  &session->again_s, error);
}

gboolean ims_session_admits_registration(ims_session *session, GError **error)
{
	gboolean was_let_in = session->admitted;

	session->admitted = FALSE;
	return admits_registration(session, was_let_in, error);
}

gboolean ims_session_admits_token(ims_session *session, GError **error)
{
	session->admitted = admits_registration(session, FALSE, error);
	return session->admitted;
}

void ims_session_heed_limit(ims_session *session, const GError *error)
{
	if (!g_error_matches(error, IMS_ERROR, IMS_E_LIMIT))
		return;
	ims_admission_count(session->service->admission, IMS_REFUSED_PORTS);
	session->again_s = ims_pace_spread_s(session->service->config->limits.retry_after_s);
}

guint ims_session_take_again_s(ims_session *session)
{
	guint again_s = session->again_s;

	session->again_s = 0;
	return again_s;
}

/* Proof. whom: NULL: nobody in particular. */
static gboolean may_go_on(ims_session *session, const char *request, const char *whom, guint wait_s,
			  GError **error)
{
	if (wait_s == 0)
		return TRUE;
	session->again_s = wait_s;
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
