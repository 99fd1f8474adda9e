/* What only its user may know. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <glib.h>

/* What is freed is looked at first: it must be wiped by then. */
static struct {
	gpointer memory; /* NULL: nothing is waited for */
	gsize length;
	char bytes[64];
} watched;

static void watch_free(gpointer memory)
{
	if (memory && memory == watched.memory) {
		memcpy(watched.bytes, memory, watched.length);
		watched.memory = NULL;
	}
	g_free(memory);
}

static void watch(gpointer memory, gsize length)
{
	watched.memory = memory;
	watched.length = length;
	memset(watched.bytes, 'x', sizeof(watched.bytes));
}

static gboolean was_freed_with(char letter)
{
	assert_null(watched.memory);
	return memchr(watched.bytes, letter, watched.length) != NULL;
}

#undef g_free
#define g_free watch_free
#include "base/ims_secret.c"
#undef g_free

static void test_holds_any_bytes(void **state)
{
	g_autoptr(ims_secret) secret = ims_secret_new("ge\0heim", 7);

	(void)state;
	assert_int_equal(ims_secret_length(secret), 7);
	assert_memory_equal(ims_secret_bytes(secret), "ge\0heim", 8); /* a NUL behind them */
}

static void test_is_a_copy(void **state)
{
	char text[] = "geheim";
	g_autoptr(ims_secret) secret = ims_secret_new_text(text);

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	assert_string_equal(ims_secret_text(secret), "geheim");
}

static void test_none(void **state)
{
	(void)state;
	assert_null(ims_secret_new_text(NULL));
	assert_null(ims_secret_take_text(NULL));
	assert_null(ims_secret_text(NULL));
	assert_int_equal(ims_secret_length(NULL), 0);
	assert_null(ims_secret_ref(NULL));
	ims_secret_unref(NULL);
	ims_wipe_text(NULL);
}

static void test_equal(void **state)
{
	g_autoptr(ims_secret) secret = ims_secret_new_text("geheim");
	g_autoptr(ims_secret) same = ims_secret_new_text("geheim");
	g_autoptr(ims_secret) first = ims_secret_new_text("Geheim");
	g_autoptr(ims_secret) last = ims_secret_new_text("geheiM");
	g_autoptr(ims_secret) longer = ims_secret_new_text("geheime");
	g_autoptr(ims_secret) empty = ims_secret_new_text("");

	(void)state;
	assert_true(ims_secret_equal(secret, same));
	assert_false(ims_secret_equal(secret, first));
	assert_false(ims_secret_equal(secret, last));
	assert_false(ims_secret_equal(secret, longer));
	assert_false(ims_secret_equal(longer, secret));
	assert_false(ims_secret_equal(secret, empty));
	assert_false(ims_secret_equal(secret, NULL));
	assert_false(ims_secret_equal(NULL, empty));
	assert_true(ims_secret_equal(NULL, NULL));
}

static void test_wiped_with_the_last_reference(void **state)
{
	ims_secret *secret = ims_secret_new_text("geheim-0123456789");

	(void)state;
	watch(secret, sizeof(*secret) + strlen("geheim-0123456789"));
	ims_secret_ref(secret);
	ims_secret_unref(secret);
	assert_string_equal(ims_secret_text(secret), "geheim-0123456789");
	ims_secret_unref(secret);
	assert_false(was_freed_with('g'));
	assert_false(was_freed_with('9'));
}

static void test_a_taken_text_is_wiped(void **state)
{
	char *text = g_strdup("geheim");
	g_autoptr(ims_secret) secret = NULL;

	(void)state;
	watch(text, strlen(text));
	secret = ims_secret_take_text(text);
	assert_string_equal(ims_secret_text(secret), "geheim");
	assert_false(was_freed_with('g'));
	assert_false(was_freed_with('m'));
}

static void test_a_scope_wipes(void **state)
{
	(void)state;
	{
		ims_autowipe char *text = g_strdup("geheim");

		watch(text, strlen(text));
	}
	assert_false(was_freed_with('g'));
	assert_false(was_freed_with('m'));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_holds_any_bytes),
		cmocka_unit_test(test_is_a_copy),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_wiped_with_the_last_reference),
		cmocka_unit_test(test_a_taken_text_is_wiped),
		cmocka_unit_test(test_a_scope_wipes),
	};

	return cmocka_run_group_tests_name("test_ims_secret", tests, NULL, NULL);
}
