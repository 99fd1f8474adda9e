#include "sip/ims_credentials.h"

struct ims_credentials {
	guint refs;
	ims_credentials_source *source; /* NULL: revoked */
	gpointer user;
};

ims_credentials *ims_credentials_new(ims_credentials_source *source, gpointer user)
{
	ims_credentials *credentials = g_new0(ims_credentials, 1);

	*credentials = (ims_credentials){ 1, source, user };
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

void ims_credentials_revoke(ims_credentials *credentials)
{
	if (credentials)
		credentials->source = NULL;
}

/* One request */

static char *ask(const ims_authorization *a, const char *uri, const GPtrArray *challenges, gboolean proxy)
{
	const ims_credentials_ask what = { a->method, uri, a->body, challenges, proxy, a->answers };

	return a->credentials && a->credentials->source ? a->credentials->source(&what, a->credentials->user)
							: NULL;
}

void ims_authorization_init(ims_authorization *a, ims_credentials *credentials, const char *method,
			    GBytes *body)
{
	*a = (ims_authorization){ .credentials = ims_credentials_ref(credentials),
				  .method = g_strdup(method),
				  .body = body ? g_bytes_ref(body) : NULL };
}

void ims_authorization_clear(ims_authorization *a)
{
	ims_credentials_unref(a->credentials);
	g_clear_pointer(&a->body, g_bytes_unref);
	g_free(a->method);
	g_free(a->lines);
	*a = (ims_authorization){ 0 };
}

void ims_authorization_begin(ims_authorization *a, const char *uri)
{
	g_free(a->lines);
	a->lines = ask(a, uri, NULL, FALSE);
}

gboolean ims_authorization_heed(ims_authorization *a, const char *uri, const GPtrArray *challenges,
				gboolean proxy)
{
	char *lines = ask(a, uri, challenges, proxy);

	if (!lines)
		return FALSE;
	g_free(a->lines);
	a->lines = lines;
	a->answers++;
	return TRUE;
}
