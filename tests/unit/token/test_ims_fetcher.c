/* Requests over real TLS to tests/lib/issuer.py, which has a certificate of its own and bad manners. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <glib/gstdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "token/ims_fetcher.h"

#ifndef IMS_SOURCE_DIR
#define IMS_SOURCE_DIR "."
#endif
#define ISSUER IMS_SOURCE_DIR "/tests/lib/issuer.py"

#define LONG_S 600

typedef struct {
	GPid pid;
	int in;                                /* closed: it ends */
	char *folder, *uri, *ca_file, *silent; /* silent: takes connections and says nothing */
} server;

static server theirs;

typedef struct {
	ims_fetcher *fetcher;
	int fd;
	guint done;
	/* The last answer. */
	guint status;
	char *problem, *body;
	gsize length;
} bench;

/* ---- the server ---- */

static char *read_line(int fd)
{
	GString *line = g_string_new(NULL);
	char letter;

	while (read(fd, &letter, 1) == 1 && letter != '\n')
		g_string_append_c(line, letter);
	return g_string_free(line, FALSE);
}

static int start_server(void **state)
{
	char *command[] = { (char *)"python3", (char *)ISSUER, NULL, NULL };
	g_autofree char *line = NULL;
	g_auto(GStrv) words = NULL;
	int out;

	(void)state;
	theirs.folder = g_dir_make_tmp("ims-issuer-XXXXXX", NULL);
	command[2] = theirs.folder;
	if (!g_spawn_async_with_pipes(NULL, command, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD,
				      NULL, NULL, &theirs.pid, &theirs.in, &out, NULL, NULL))
		return -1;
	line = read_line(out);
	close(out);
	words = g_strsplit(line, " ", 3);
	if (g_strv_length(words) != 3)
		return -1;
	theirs.uri = g_strdup(words[0]);
	theirs.ca_file = g_strdup(words[1]);
	theirs.silent = g_strdup_printf("https://127.0.0.1:%s/", words[2]);
	return 0;
}

static int stop_server(void **state)
{
	static const char *const files[] = { "issuer.key", "issuer.crt" };

	(void)state;
	close(theirs.in);
	g_spawn_close_pid(theirs.pid);
	for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree char *path = g_build_filename(theirs.folder, files[i], NULL);

		g_unlink(path);
	}
	g_rmdir(theirs.folder);
	g_free(theirs.folder);
	g_free(theirs.uri);
	g_free(theirs.ca_file);
	g_free(theirs.silent);
	return 0;
}

/* ---- requests ---- */

static int start(void **state)
{
	bench *b = g_new0(bench, 1);

	b->fetcher = ims_fetcher_new(FALSE);
	b->fd = eventfd(0, EFD_CLOEXEC);
	*state = b;
	return 0;
}

static int stop(void **state)
{
	bench *b = *state;

	ims_fetcher_free(b->fetcher);
	close(b->fd);
	g_free(b->problem);
	g_free(b->body);
	g_free(b);
	return 0;
}

static void on_answer(const ims_fetched *answer, gpointer user)
{
	bench *b = user;

	b->done++;
	b->status = answer->status;
	g_free(b->problem);
	b->problem = g_strdup(answer->problem);
	g_free(b->body);
	b->length = answer->length;
	b->body = g_strndup(answer->length ? answer->body : "", answer->length);
}

static void ask(bench *b, const ims_fetch *fetch)
{
	ims_fetcher_start(b->fetcher, fetch, on_answer, b);
}

static void await(bench *b, guint done)
{
	while (b->done < done)
		ims_fetcher_wait(b->fetcher, b->fd, 60000);
}

static void fetch(bench *b, const char *path, const char *ca_file)
{
	g_autofree char *uri = g_strconcat(theirs.uri, path, NULL);
	ims_fetch get = { .uri = uri, .ca_file = ca_file, .timeout_s = LONG_S };

	ask(b, &get);
	await(b, b->done + 1);
}

static void assert_no_answer(const bench *b, const char *says)
{
	assert_int_equal(b->status, 0);
	assert_non_null(b->problem);
	if (says && !strstr(b->problem, says))
		fail_msg("'%s' does not say '%s'", b->problem, says);
}

static void test_get(void **state)
{
	bench *b = *state;

	fetch(b, "/echo", theirs.ca_file);
	assert_null(b->problem);
	assert_int_equal(b->status, 200);
	assert_string_equal(b->body, "[null, null]");
	fetch(b, "/nothing", theirs.ca_file);
	assert_int_equal(b->status, 404);
}

static void test_post(void **state)
{
	bench *b = *state;
	g_autofree char *uri = g_strconcat(theirs.uri, "/echo", NULL);
	ims_fetch post = { .uri = uri,
			   .form = "token=geheim%2B",
			   .client = "edge",
			   .secret = "geheim%20",
			   .ca_file = theirs.ca_file,
			   .timeout_s = LONG_S };

	ask(b, &post);
	await(b, 1);
	assert_string_equal(b->body, "[\"token=geheim%2B\", \"Basic ZWRnZTpnZWhlaW0lMjA=\"]");
}

/* Nobody vouches for it; or for another name. */
static void test_certificates(void **state)
{
	bench *b = *state;
	g_autofree char *elsewhere =
		g_strconcat("https://localhost", strrchr(theirs.uri, ':'), "/echo", NULL);
	ims_fetch get = { .uri = elsewhere, .ca_file = theirs.ca_file, .timeout_s = LONG_S };

	fetch(b, "/echo", "");
	assert_no_answer(b, "certificate");
	fetch(b, "/echo", "/nonexistent/ca.pem");
	assert_no_answer(b, NULL);
	ask(b, &get);
	await(b, 3);
	assert_no_answer(b, "localhost");
}

static void test_redirect_is_not_followed(void **state)
{
	bench *b = *state;

	fetch(b, "/away", theirs.ca_file);
	assert_int_equal(b->status, 302);
	assert_int_equal(b->length, 0);
}

static void test_size(void **state)
{
	bench *b = *state;

	fetch(b, "/bytes/262144", theirs.ca_file);
	assert_int_equal(b->status, 200);
	assert_int_equal(b->length, 262144);
	fetch(b, "/bytes/262145", theirs.ca_file);
	assert_no_answer(b, "longer");
}

static void test_schemes(void **state)
{
	static const char *const uris[] = { "http://127.0.0.1:1/", "file:///etc/passwd", "ftp://127.0.0.1:1/",
					    "" };
	bench *b = *state;

	for (gsize i = 0; i < G_N_ELEMENTS(uris); i++) {
		ims_fetch get = { .uri = uris[i], .ca_file = "", .timeout_s = LONG_S };

		ask(b, &get);
		await(b, (guint)i + 1);
		assert_no_answer(b, i < 3 ? "rotocol" : NULL);
	}
}

static void test_nobody_there(void **state)
{
	bench *b = *state;
	ims_fetch get = { .uri = "https://127.0.0.1:1/", .ca_file = theirs.ca_file, .timeout_s = LONG_S };

	ask(b, &get);
	await(b, 1);
	assert_no_answer(b, "onnect");
}

/* In the handshake, and later. */
static void ask_who_hang(bench *b, guint timeout_s)
{
	g_autofree char *hanging = g_strconcat(theirs.uri, "/hang", NULL);
	ims_fetch silent = { .uri = theirs.silent, .ca_file = theirs.ca_file, .timeout_s = timeout_s };
	ims_fetch hang = { .uri = hanging, .ca_file = theirs.ca_file, .timeout_s = timeout_s };

	ask(b, &silent);
	ask(b, &hang);
}

static void test_who_hangs_delays_nobody(void **state)
{
	bench *b = *state;

	ask_who_hang(b, LONG_S);
	fetch(b, "/echo", theirs.ca_file);
	assert_int_equal(b->status, 200);
	assert_int_equal(b->done, 1);
}

static void test_time_out(void **state)
{
	bench *b = *state;

	ask_who_hang(b, 1);
	for (guint i = 1; i <= 2; i++) {
		await(b, i);
		assert_no_answer(b, "timed out");
	}
}

/* More than the connections that one server is given; each is answered. */
static void test_many(void **state)
{
	bench *b = *state;
	g_autofree char *uri = g_strconcat(theirs.uri, "/echo", NULL);
	ims_fetch get = { .uri = uri, .ca_file = theirs.ca_file, .timeout_s = LONG_S };

	for (guint i = 0; i < 100; i++)
		ask(b, &get);
	await(b, 100);
	assert_int_equal(b->status, 200);
}

static void test_end(void **state)
{
	bench *b = *state;
	ims_fetch silent = { .uri = theirs.silent, .ca_file = theirs.ca_file, .timeout_s = LONG_S };

	ask(b, &silent);
	ims_fetcher_wait(b->fetcher, b->fd, 0);
	ims_fetcher_free(g_steal_pointer(&b->fetcher));
	assert_int_equal(b->done, 1);
	assert_no_answer(b, "ends");
}

#define FETCHER_TEST(function) cmocka_unit_test_setup_teardown(function, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FETCHER_TEST(test_get),          FETCHER_TEST(test_post),
		FETCHER_TEST(test_certificates), FETCHER_TEST(test_redirect_is_not_followed),
		FETCHER_TEST(test_size),         FETCHER_TEST(test_schemes),
		FETCHER_TEST(test_nobody_there), FETCHER_TEST(test_who_hangs_delays_nobody),
		FETCHER_TEST(test_time_out),     FETCHER_TEST(test_many),
		FETCHER_TEST(test_end),
	};

	g_unsetenv("http_proxy");
	g_unsetenv("https_proxy");
	g_unsetenv("all_proxy");
	return cmocka_run_group_tests(tests, start_server, stop_server);
}
