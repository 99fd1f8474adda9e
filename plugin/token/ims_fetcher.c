#include "token/ims_fetcher.h"

#include <curl/curl.h>
#include "base/ims_secret.h"

enum { BODY_MAX = 256 * 1024, CONNECTIONS_MAX = 64, CONNECTIONS_PER_HOST = 8 };

struct ims_fetcher {
	CURLM *multi;
	struct curl_slist *headers;
	gboolean plain, closing;
	GQueue transfers; /* of transfer: under way */
};

typedef struct {
	CURL *easy;
	ims_secret *form;
	GByteArray *body;
	gboolean too_long;
	char problem[CURL_ERROR_SIZE];
	ims_fetch_done done;
	gpointer user;
} transfer;

/* ---- one request ---- */

static size_t on_body(char *bytes, size_t size, size_t count, void *user)
{
	transfer *t = user;

	(void)size; /* 1 */
	t->too_long = count > BODY_MAX - t->body->len;
	if (t->too_long)
		return 0;
	g_byte_array_append(t->body, (const guint8 *)bytes, (guint)count);
	return count;
}

static void transfer_free(transfer *t)
{
	curl_easy_cleanup(t->easy);
	ims_secret_unref(t->form);
	g_byte_array_unref(t->body);
	g_free(t);
}

static void finish(ims_fetcher *fetcher, transfer *t, ims_fetched *answer)
{
	g_queue_remove(&fetcher->transfers, t);
	curl_multi_remove_handle(fetcher->multi, t->easy);
	t->done(answer, t->user);
	transfer_free(t);
}

static void set_security(CURL *easy, const ims_fetch *fetch, gboolean plain)
{
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, plain ? "http,https" : "https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (*fetch->ca_file) {
		curl_easy_setopt(easy, CURLOPT_CAINFO, fetch->ca_file);
		curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	}
}

static void set_limits(CURL *easy, const ims_fetch *fetch)
{
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)fetch->timeout_s * 1000);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)fetch->timeout_s * 1000);
	/* Or the end of a request would wait for a name server that is silent, and everybody with it. */
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
}

static void set_body(transfer *t, const ims_fetch *fetch)
{
	if (fetch->form) {
		curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE, (long)ims_secret_length(t->form));
		curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, ims_secret_text(t->form));
	}
	if (fetch->client) {
		curl_easy_setopt(t->easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
		curl_easy_setopt(t->easy, CURLOPT_USERNAME, fetch->client);
		curl_easy_setopt(t->easy, CURLOPT_PASSWORD, fetch->secret);
	}
}

void ims_fetcher_start(ims_fetcher *fetcher, const ims_fetch *fetch, ims_fetch_done done, gpointer user)
{
	transfer *t = g_new0(transfer, 1);

	t->easy = curl_easy_init();
	g_assert(t->easy); /* out of memory */
	t->form = ims_secret_new_text(fetch->form);
	t->body = g_byte_array_new();
	t->done = done;
	t->user = user;
	curl_easy_setopt(t->easy, CURLOPT_URL, fetch->uri);
	curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
	curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->problem);
	curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, fetcher->headers);
	curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
	set_security(t->easy, fetch, fetcher->plain);
	set_limits(t->easy, fetch);
	set_body(t, fetch);
	g_queue_push_tail(&fetcher->transfers, t);
	if (!fetcher->closing)
		curl_multi_add_handle(fetcher->multi, t->easy);
}

/* ---- all of them ---- */

static const char *problem_of(const transfer *t, CURLcode code)
{
	if (t->too_long)
		return "its answer is longer than 256 KiB";
	return *t->problem ? t->problem : curl_easy_strerror(code);
}

static void on_message(ims_fetcher *fetcher, const CURLMsg *message)
{
	CURLcode code = message->data.result;
	ims_fetched answer = { 0 };
	transfer *t = NULL;
	long status = 0;

	curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&t);
	curl_easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &status);
	answer.problem = code == CURLE_OK && status > 0 ? NULL : problem_of(t, code);
	answer.status = answer.problem ? 0 : (guint)status;
	answer.body = t->body->data;
	answer.length = t->body->len;
	finish(fetcher, t, &answer);
}

void ims_fetcher_wait(ims_fetcher *fetcher, int fd, gint64 limit_ms)
{
	struct curl_waitfd mail = { fd, CURL_WAIT_POLLIN, 0 };
	CURLMsg *message;
	int left;

	curl_multi_poll(fetcher->multi, &mail, 1, (int)CLAMP(limit_ms, 0, G_MAXINT), NULL);
	curl_multi_perform(fetcher->multi, &left);
	while ((message = curl_multi_info_read(fetcher->multi, &left)))
		if (message->msg == CURLMSG_DONE)
			on_message(fetcher, message);
}

ims_fetcher *ims_fetcher_new(gboolean plain)
{
	ims_fetcher *fetcher = g_new0(ims_fetcher, 1);

	curl_global_init(CURL_GLOBAL_ALL); /* counted, and safe beside Janus's own */
	fetcher->plain = plain;
	g_queue_init(&fetcher->transfers);
	fetcher->headers = curl_slist_append(NULL, "Accept: application/json");
	fetcher->multi = curl_multi_init();
	g_assert(fetcher->multi); /* out of memory */
	curl_multi_setopt(fetcher->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)CONNECTIONS_MAX);
	curl_multi_setopt(fetcher->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)CONNECTIONS_PER_HOST);
	return fetcher;
}

void ims_fetcher_free(ims_fetcher *fetcher)
{
	ims_fetched gone = { .problem = "this gateway ends" };
	transfer *t;

	if (!fetcher)
		return;
	fetcher->closing = TRUE;
	while ((t = g_queue_peek_head(&fetcher->transfers)))
		finish(fetcher, t, &gone);
	curl_multi_cleanup(fetcher->multi);
	curl_slist_free_all(fetcher->headers);
	curl_global_cleanup();
	g_free(fetcher);
}
