/* Bodies as JSON has them: what is text, what is base64, and that every byte comes through. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "api/ims_content.h"
#include "base/ims_error.h"

#define LIMIT 1000

static void test_encode(void **state)
{
	static const struct {
		const char *body;
		gsize length;
		const char *encoding, *content;
	} rows[] = {
		{ "Hello", 5, "utf-8", "Hello" },
		{ "Gr\xc3\xbc\xc3\x9f Gott \xf0\x9f\x98\x80\r\n\tzwei\n", 24, "utf-8",
		  "Gr\xc3\xbc\xc3\x9f Gott \xf0\x9f\x98\x80\r\n\tzwei\n" },
		{ "a\0b", 3, "base64", "YQBi" },
		{ "\0", 1, "base64", "AA==" },
		{ "a\x1b[0m", 5, "base64", "YRtbMG0=" },
		{ "a\x7f", 2, "base64", "YX8=" },
		{ "Gr\xfc\xdf", 4, "base64", "R3L83w==" },       /* Latin-1 */
		{ "\xc3", 1, "base64", "ww==" },                 /* cut off */
		{ "\xed\xa0\x80", 3, "base64", "7aCA" },         /* a surrogate */
		{ "\xf4\x90\x80\x80", 4, "base64", "9JCAgA==" }, /* behind the last character */
		{ "\xc0\xaf", 2, "base64", "wK8=" },             /* longer than need be */
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GBytes) body = g_bytes_new_static(rows[i].body, rows[i].length);
		const char *encoding = NULL;
		g_autofree char *content = ims_content_encode(body, &encoding);

		assert_string_equal(encoding, rows[i].encoding);
		assert_string_equal(content, rows[i].content);
	}
}

static void test_no_body(void **state)
{
	g_autoptr(GBytes) empty = g_bytes_new(NULL, 0);
	GBytes *const rows[] = { NULL, empty };

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		const char *encoding = NULL;
		g_autofree char *content = ims_content_encode(rows[i], &encoding);

		assert_string_equal(encoding, "utf-8");
		assert_string_equal(content, "");
	}
}

/* Whatever the bytes, what is encoded and decoded again is the same. */
static void test_every_byte(void **state)
{
	guint8 all[513];

	(void)state;
	for (gsize i = 0; i < sizeof(all); i++)
		all[i] = (guint8)(i * 7);
	for (gsize from = 0; from < 257; from++)
		for (gsize length = 1; length < 4; length++) {
			g_autoptr(GBytes) body = g_bytes_new_static(all + from, length);
			const char *encoding = NULL;
			g_autofree char *content = ims_content_encode(body, &encoding);
			g_autoptr(GBytes) again =
				ims_content_decode("message", content, encoding, LIMIT, NULL);

			assert_non_null(again);
			assert_true(g_bytes_equal(body, again));
		}
}

static void test_decode(void **state)
{
	static const struct {
		const char *content, *encoding;
		int length; /* -1: refused */
	} rows[] = {
		{ "YQBi", NULL, 4 },
		{ "YQBi", "utf-8", 4 },
		{ "YQBi", "base64", 3 },
		{ "YQ==", "base64", 1 },
		{ "YWI=", "base64", 2 },
		{ "+/+/", "base64", 3 },
		{ "", NULL, -1 },
		{ "", "base64", -1 },
		{ "YQ", "base64", -1 },
		{ "YQ=", "base64", -1 },
		{ "=", "base64", -1 },
		{ "====", "base64", -1 },
		{ "Y===", "base64", -1 },
		{ "YQ==YQ==", "base64", -1 },
		{ "YQBi\n", "base64", -1 },
		{ "YQ\nBi", "base64", -1 },
		{ "YQ Bi", "base64", -1 },
		{ "-_-_", "base64", -1 },
		{ "Gr\xc3\xbc", "base64", -1 },
		{ "a=bc", "base64", -1 },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(GBytes) body =
			ims_content_decode("message", rows[i].content, rows[i].encoding, LIMIT, &error);

		if ((body ? (int)g_bytes_get_size(body) : -1) != rows[i].length)
			fail_msg("'%s'", rows[i].content);
		assert_true(body || g_error_matches(error, IMS_ERROR, IMS_E_INVALID_ELEMENT));
	}
}

static void test_size(void **state)
{
	static const char *const encodings[] = { "utf-8", "base64" };

	(void)state;
	for (gsize e = 0; e < G_N_ELEMENTS(encodings); e++)
		for (gsize length = LIMIT; length <= LIMIT + 1; length++) {
			g_autofree char *text = g_strnfill(length, 'a');
			g_autofree char *content =
				e == 0 ? g_strdup(text) : g_base64_encode((const guchar *)text, length);
			g_autoptr(GError) error = NULL;
			g_autoptr(GBytes) body =
				ims_content_decode("message", content, encodings[e], LIMIT, &error);

			assert_true((body != NULL) == (length == LIMIT));
			assert_true(body || strstr(error->message, "1 to 1000 bytes"));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_encode),     cmocka_unit_test(test_no_body),
		cmocka_unit_test(test_every_byte), cmocka_unit_test(test_decode),
		cmocka_unit_test(test_size),
	};

	return cmocka_run_group_tests_name("test_ims_content", tests, NULL, NULL);
}
