#include "token/ims_introspector.h"

#include "base/ims_log.h"
#include "base/ims_secret.h"
#include "token/ims_introspection.h"
#include "token/ims_token_error.h"

struct ims_introspector {
	const ims_issuer *issuer;
	ims_fetcher *fetcher;
	ims_alarms *alarms;
	guint open;
	gboolean failing;
};

typedef struct {
	ims_introspector *introspector;
	ims_introspected done;
	gpointer user;
} question;

static void say_outcome(ims_introspector *introspector, const GError *error)
{
	gboolean failing = g_error_matches(error, IMS_TOKEN_ERROR, IMS_TOKEN_UNAVAILABLE);
	const ims_issuer *issuer = introspector->issuer;

	if (failing)
		ims_alarm(introspector->alarms, IMS_ALARM_ISSUER_DOWN,
			  "%s: issuer %s cannot be asked about tokens: %s", issuer->name, issuer->issuer,
			  error->message);
	else if (introspector->failing)
		ims_info(issuer->name, "issuer %s can be asked about tokens again", issuer->issuer);
	introspector->failing = failing;
}

static void on_fetched(const ims_fetched *fetched, gpointer user)
{
	question *q = user;
	ims_introspector *introspector = q->introspector;
	g_autoptr(GError) error = NULL;
	json_t *answer = NULL;

	introspector->open--;
	if (fetched->status)
		answer = ims_introspection_read(fetched->status, fetched->body, fetched->length, &error);
	else
		g_set_error(&error, IMS_TOKEN_ERROR, IMS_TOKEN_UNAVAILABLE, "the issuer does not answer: %s",
			    fetched->problem);
	say_outcome(introspector, error);
	q->done(answer, error, q->user);
	json_decref(answer);
	g_free(q);
}

void ims_introspector_ask(ims_introspector *introspector, const char *endpoint, const char *token,
			  ims_introspected done, gpointer user)
{
	const ims_issuer *issuer = introspector->issuer;
	ims_autowipe char *form = ims_introspection_form(issuer, token);
	g_autofree char *client = ims_introspection_basic(issuer, issuer->client_id);
	ims_autowipe char *secret = ims_introspection_basic(issuer, issuer->client_secret);
	ims_fetch post = { .uri = endpoint,
			   .form = form,
			   .client = client,
			   .secret = secret,
			   .ca_file = issuer->ca_file,
			   .timeout_s = issuer->timeout_s };
	question *q;

	if (introspector->open >= IMS_QUESTIONS_MAX) {
		g_autoptr(GError) error = g_error_new_literal(IMS_TOKEN_ERROR, IMS_TOKEN_UNAVAILABLE,
							      "too many questions to the issuer are open");

		done(NULL, error, user);
		return;
	}
	introspector->open++;
	q = g_new(question, 1);
	*q = (question){ introspector, done, user };
	ims_fetcher_start(introspector->fetcher, &post, on_fetched, q);
}

ims_introspector *ims_introspector_new(const ims_issuer *issuer, ims_fetcher *fetcher, ims_alarms *alarms)
{
	ims_introspector *introspector = g_new0(ims_introspector, 1);

	introspector->issuer = issuer;
	introspector->fetcher = fetcher;
	introspector->alarms = alarms;
	return introspector;
}

void ims_introspector_free(ims_introspector *introspector)
{
	g_free(introspector);
}
