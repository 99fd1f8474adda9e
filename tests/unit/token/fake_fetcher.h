/* fake_fetcher.h: providers that the test makes up, in place of token/ims_fetcher. Threads: any. */
#pragma once
#include <poll.h>
#include <string.h>
#include <glib.h>
#include "base/ims_lock.h"
#include "token/ims_fetcher.h"

enum { FAKE_HANGS = -1 };

typedef struct {
	int status; /* FAKE_HANGS; 0: no answer */
	char *body;
} fake_answer;

typedef struct {
	char *uri, *form, *client, *secret;
	ims_fetch_done done;
	gpointer user;
} fake_request;

static struct {
	ims_lock lock;
	GHashTable *answers; /* URI -> fake_answer */
	GPtrArray *asked;    /* of char *: "URI FORM CLIENT:SECRET", what was left out as "-" */
} fake_net;

struct ims_fetcher {
	GQueue pending; /* of fake_request */
	gboolean plain;
};

static void fake_answer_free(gpointer data)
{
	fake_answer *answer = data;

	g_free(answer->body);
	g_free(answer);
}

static inline void fake_net_start(void)
{
	ims_lock_init(&fake_net.lock);
	fake_net.answers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, fake_answer_free);
	fake_net.asked = g_ptr_array_new_with_free_func(g_free);
}

static inline void fake_net_stop(void)
{
	g_hash_table_unref(fake_net.answers);
	g_ptr_array_unref(fake_net.asked);
	ims_lock_clear(&fake_net.lock);
}

/* From now on this URI answers so; one that was never told of does not answer. */
static inline void fake_net_answer(const char *uri, int status, const char *body)
{
	g_auto(ims_locked) held = ims_lock_hold(&fake_net.lock);
	fake_answer *answer = g_new(fake_answer, 1);

	*answer = (fake_answer){ status, g_strdup(body) };
	g_hash_table_replace(fake_net.answers, g_strdup(uri), answer);
}

/* How many requests began so. */
static inline guint fake_net_count(const char *prefix)
{
	g_auto(ims_locked) held = ims_lock_hold(&fake_net.lock);
	guint count = 0;

	for (guint i = 0; i < fake_net.asked->len; i++)
		count += g_str_has_prefix(fake_net.asked->pdata[i], prefix) ? 1 : 0;
	return count;
}

static inline char *fake_net_last(void)
{
	g_auto(ims_locked) held = ims_lock_hold(&fake_net.lock);

	return g_strdup(fake_net.asked->pdata[fake_net.asked->len - 1]);
}

/* ---- the functions of ims_fetcher.h ---- */

ims_fetcher *ims_fetcher_new(gboolean plain)
{
	ims_fetcher *fetcher = g_new0(ims_fetcher, 1);

	fetcher->plain = plain;
	g_queue_init(&fetcher->pending);
	return fetcher;
}

void ims_fetcher_start(ims_fetcher *fetcher, const ims_fetch *fetch, ims_fetch_done done, gpointer user)
{
	g_auto(ims_locked) held = ims_lock_hold(&fake_net.lock);
	fake_request *request = g_new0(fake_request, 1);

	*request = (fake_request){ .uri = g_strdup(fetch->uri), .done = done, .user = user };
	g_queue_push_tail(&fetcher->pending, request);
	g_ptr_array_add(fake_net.asked,
			g_strdup_printf("%s %s %s:%s", fetch->uri, fetch->form ? fetch->form : "-",
					fetch->client ? fetch->client : "-",
					fetch->secret ? fetch->secret : "-"));
}

static void fake_finish(fake_request *request, const ims_fetched *answer)
{
	request->done(answer, request->user);
	g_free(request->uri);
	g_free(request);
}

/* FALSE: it hangs. ret_body: free it. */
static gboolean fake_take_answer(const char *uri, ims_fetched *ret, char **ret_body)
{
	g_auto(ims_locked) held = ims_lock_hold(&fake_net.lock);
	const fake_answer *answer = g_hash_table_lookup(fake_net.answers, uri);

	*ret = (ims_fetched){ .problem = "nobody is there" };
	*ret_body = NULL;
	if (!answer)
		return TRUE;
	if (answer->status == FAKE_HANGS)
		return FALSE;
	*ret_body = g_strdup(answer->body);
	ret->status = (guint)answer->status;
	ret->body = *ret_body;
	ret->length = *ret_body ? strlen(*ret_body) : 0;
	return TRUE;
}

/* Answers all that do not hang. */
static void fake_fetcher_work(ims_fetcher *fetcher)
{
	for (guint left = g_queue_get_length(&fetcher->pending); left > 0; left--) {
		fake_request *request = g_queue_pop_head(&fetcher->pending);
		g_autofree char *body = NULL;
		ims_fetched answer;

		if (fake_take_answer(request->uri, &answer, &body))
			fake_finish(request, &answer);
		else
			g_queue_push_tail(&fetcher->pending, request);
	}
}

void ims_fetcher_wait(ims_fetcher *fetcher, int fd, gint64 limit_ms)
{
	struct pollfd mail = { fd, POLLIN, 0 };

	/* What hangs may be answered in a while: nobody wakes us then. */
	poll(&mail, 1, g_queue_is_empty(&fetcher->pending) ? (int)MIN(limit_ms, 1000) : 5);
	fake_fetcher_work(fetcher);
}

void ims_fetcher_free(ims_fetcher *fetcher)
{
	ims_fetched gone = { .problem = "this gateway ends" };
	fake_request *request;

	while ((request = g_queue_pop_head(&fetcher->pending)))
		fake_finish(request, &gone);
	g_free(fetcher);
}
