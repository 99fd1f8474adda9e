#include "sip/ims_credentials.h"

/* Requests of one user that wait at the same time; more go without. */
#define MAX_WAITING 16

struct ims_credentials {
	guint refs;
	ims_credentials_source *source; /* NULL: revoked */
	ims_credentials_due *due;
	gpointer user;
	GQueue waiting; /* of ims_authorization: somebody is asked about the first */
};

ims_credentials *ims_credentials_new(ims_credentials_source *source, ims_credentials_due *due, gpointer user)
{
	ims_credentials *credentials = g_new0(ims_credentials, 1);

	*credentials = (ims_credentials){ 1, source, due, user, G_QUEUE_INIT };
	return credentials;
}

ims_credentials *ims_credentials_ref(ims_credentials *credentials)
{
	if (credentials)
		credentials->refs++;
	return credentials;
}

void ims_credentials_unref(ims_credentials *credentials)
{
	if (credentials && --credentials->refs == 0)
		g_free(credentials);
}

/* One request */

static ims_credentials_ask ask_of(const ims_authorization *a, const char *uri, const GPtrArray *challenges,
				  gboolean proxy)
{
	return (ims_credentials_ask){ .method = a->setup.method,
				      .uri = uri,
				      .call_id = a->setup.call_id,
				      .body = a->setup.body,
				      .challenges = challenges,
				      .proxy = proxy,
				      .answers = a->answers };
}

static ims_credentials_verdict ask(const ims_authorization *a, const ims_credentials_ask *what,
				   char **ret_lines)
{
	*ret_lines = NULL;
	return a->credentials && a->credentials->source
		       ? a->credentials->source(what, ret_lines, a->credentials->user)
		       : IMS_CREDENTIALS_NONE;
}

void ims_authorization_init(ims_authorization *a, ims_credentials *credentials,
			    const ims_authorization_setup *setup)
{
	*a = (ims_authorization){ .credentials = ims_credentials_ref(credentials), .setup = *setup };
	a->setup.method = g_strdup(setup->method);
	a->setup.call_id = g_strdup(setup->call_id);
	a->setup.body = setup->body ? g_bytes_ref(setup->body) : NULL;
}

static void take(ims_authorization *a, char *lines)
{
	g_free(a->lines);
	a->lines = lines;
	a->answers++;
}

void ims_authorization_begin(ims_authorization *a, const char *uri)
{
	const ims_credentials_ask what = ask_of(a, uri, NULL, FALSE);

	g_free(a->lines);
	ask(a, &what, &a->lines);
}

/* Waiting */

static ims_credentials_verdict wait_for(ims_authorization *a, const char *uri, GPtrArray *challenges,
					gboolean proxy)
{
	GQueue *waiting = &a->credentials->waiting;

	if (g_queue_get_length(waiting) >= MAX_WAITING)
		return IMS_CREDENTIALS_NONE;
	a->asked = g_queue_is_empty(waiting);
	a->uri = g_strdup(uri);
	a->challenges = g_ptr_array_ref(challenges);
	a->proxy = proxy;
	g_queue_push_tail(waiting, a);
	return IMS_CREDENTIALS_ASKED;
}

static void leave(ims_authorization *a)
{
	g_queue_remove(&a->credentials->waiting, a);
	a->asked = FALSE;
	g_clear_pointer(&a->uri, g_free);
	g_clear_pointer(&a->challenges, g_ptr_array_unref);
}

/* lines NULL: it goes without. */
static void resume(ims_authorization *a, char *lines)
{
	gboolean given = lines != NULL;

	leave(a);
	if (given)
		take(a, lines);
	a->setup.resumed(given, a->setup.user);
}

static void call_next(ims_credentials *credentials)
{
	if (credentials->source && credentials->due && !g_queue_is_empty(&credentials->waiting))
		credentials->due(credentials->user);
}

void ims_authorization_clear(ims_authorization *a)
{
	gboolean had_turn = a->asked;

	if (a->uri)
		leave(a);
	if (had_turn)
		call_next(a->credentials);
	ims_credentials_unref(a->credentials);
	g_clear_pointer(&a->setup.body, g_bytes_unref);
	g_free((char *)a->setup.method);
	g_free((char *)a->setup.call_id);
	g_free(a->lines);
	*a = (ims_authorization){ 0 };
}

ims_credentials_verdict ims_authorization_heed(ims_authorization *a, const char *uri, GPtrArray *challenges,
					       gboolean proxy)
{
	const ims_credentials_ask what = ask_of(a, uri, challenges, proxy);
	ims_credentials_verdict verdict = IMS_CREDENTIALS_ASKED;
	char *lines = NULL;

	if (!a->credentials || g_queue_is_empty(&a->credentials->waiting))
		verdict = ask(a, &what, &lines);
	if (verdict == IMS_CREDENTIALS_ASKED)
		return wait_for(a, uri, challenges, proxy);
	if (verdict == IMS_CREDENTIALS_GIVEN)
		take(a, lines);
	return verdict;
}

/* The queue */

gboolean ims_credentials_asks(const ims_credentials *credentials, ims_credentials_ask *ret_ask)
{
	const ims_authorization *first =
		credentials ? g_queue_peek_head((GQueue *)&credentials->waiting) : NULL;

	if (!first || !first->asked)
		return FALSE;
	*ret_ask = ask_of(first, first->uri, first->challenges, first->proxy);
	return TRUE;
}

void ims_credentials_answered(ims_credentials *credentials)
{
	ims_authorization *first = g_queue_peek_head(&credentials->waiting);
	const ims_credentials_ask what = ask_of(first, first->uri, NULL, first->proxy);
	char *lines;

	ask(first, &what, &lines);
	ims_credentials_ref(credentials);
	resume(first, lines);
	call_next(credentials);
	ims_credentials_unref(credentials);
}

void ims_credentials_next(ims_credentials *credentials)
{
	ims_authorization *first = g_queue_peek_head(&credentials->waiting);
	ims_credentials_ask what;
	char *lines;

	if (!first || first->asked)
		return;
	what = ask_of(first, first->uri, first->challenges, first->proxy);
	first->asked = ask(first, &what, &lines) == IMS_CREDENTIALS_ASKED;
	if (first->asked)
		return;
	ims_credentials_ref(credentials);
	resume(first, lines);
	call_next(credentials);
	ims_credentials_unref(credentials);
}

void ims_credentials_give_up(ims_credentials *credentials)
{
	ims_authorization *first;

	ims_credentials_ref(credentials);
	while (credentials && (first = g_queue_peek_head(&credentials->waiting)))
		resume(first, NULL);
	ims_credentials_unref(credentials);
}

void ims_credentials_revoke(ims_credentials *credentials)
{
	if (credentials)
		credentials->source = NULL;
	ims_credentials_give_up(credentials);
}
