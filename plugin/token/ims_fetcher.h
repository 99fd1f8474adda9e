/* ims_fetcher.h: HTTP requests to providers, many at once, none of which is waited for.
 *
 * https, or also http where the setup says so; the server's certificate is checked; redirects are answers
 * like others; nothing is sent but what is asked for. Thread: the token thread, all of it. */
#pragma once
#include <glib.h>

typedef struct ims_fetcher ims_fetcher;

ims_fetcher *ims_fetcher_new(gboolean plain); /* plain: http, too */
void ims_fetcher_free(ims_fetcher *fetcher);  /* answers what is under way first; accepts NULL */

typedef struct {
	const char *uri;
	const char *form;            /* body of a POST; NULL: GET */
	const char *client, *secret; /* HTTP Basic; NULL: none */
	const char *ca_file;         /* "": this host's authorities */
	guint timeout_s;             /* for all of it */
} ims_fetch;

/* status: of HTTP; 0: no answer, and problem says why. body: not terminated, at most 256 KiB. */
typedef struct {
	guint status;
	const char *problem;
	gconstpointer body;
	gsize length;
} ims_fetched;

typedef void (*ims_fetch_done)(const ims_fetched *answer, gpointer user);

/* What fetch points to is copied, and wiped afterwards. done is called once, by ims_fetcher_wait or
 * ims_fetcher_free; it may start other fetches. */
void ims_fetcher_start(ims_fetcher *fetcher, const ims_fetch *fetch, ims_fetch_done done, gpointer user);

/* Waits until something happens to a request, fd is readable or limit_ms have passed; calls what is done. */
void ims_fetcher_wait(ims_fetcher *fetcher, int fd, gint64 limit_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ims_fetcher, ims_fetcher_free)
