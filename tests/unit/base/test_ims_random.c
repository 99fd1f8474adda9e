/* Chance is tested where a wrong shift or mask would show: each bit must be seen as 0 and as 1.
 * With 512 draws a right one fails once in 2^500. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "base/ims_random.h"

#define DRAWS 512
#define HEX "0123456789abcdef"

static void test_bytes(void **state)
{
	guint8 any[600] = { 0 };
	guint8 all[600];

	(void)state;
	memset(all, 0xff, sizeof(all));
	/* Over 256 bytes the kernel is asked more than once; the edges must stay. */
	for (int i = 0; i < DRAWS; i++) {
		guint8 bytes[602];

		memset(bytes, 0x5a, sizeof(bytes));
		ims_random_bytes(bytes + 1, 600);
		assert_int_equal(bytes[0], 0x5a);
		assert_int_equal(bytes[601], 0x5a);
		for (gsize j = 0; j < 600; j++) {
			any[j] |= bytes[j + 1];
			all[j] &= bytes[j + 1];
		}
	}
	for (gsize j = 0; j < 600; j++) {
		assert_int_equal(any[j], 0xff);
		assert_int_equal(all[j], 0);
	}
}

static void test_no_bytes(void **state)
{
	guint8 byte = 0x5a;

	(void)state;
	ims_random_bytes(&byte, 0);
	assert_int_equal(byte, 0x5a);
}

/* 1 to 2^53 - 1, and all of it: what JavaScript holds exactly. */
static void test_u53(void **state)
{
	const guint64 max = (G_GUINT64_CONSTANT(1) << 53) - 1;
	guint64 any = 0, all = G_MAXUINT64;

	(void)state;
	for (int i = 0; i < DRAWS; i++) {
		guint64 value = ims_random_u53();

		assert_true(value >= 1 && value <= max);
		any |= value;
		all &= value;
	}
	assert_true(any == max);
	assert_true(all == 0);
}

static void test_hex(void **state)
{
	static const gsize sizes[] = { 0, 1, 16, 300 };

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
		g_autofree char *hex = ims_random_hex(sizes[i]);

		assert_int_equal(strlen(hex), 2 * sizes[i]);
		assert_int_equal(strspn(hex, HEX), 2 * sizes[i]);
	}
}

static void test_hex_covers(void **state)
{
	guint seen[2] = { 0, 0 };

	(void)state;
	for (int i = 0; i < DRAWS; i++) {
		g_autofree char *hex = ims_random_hex(1);

		seen[0] |= 1u << g_ascii_xdigit_value(hex[0]);
		seen[1] |= 1u << g_ascii_xdigit_value(hex[1]);
	}
	assert_int_equal(seen[0], 0xffff);
	assert_int_equal(seen[1], 0xffff);
}

/* RFC 4122 4.4: version 4, variant 10x. */
static void test_uuid(void **state)
{
	static const char form[] = "urn:uuid:xxxxxxxx-xxxx-4xxx-vxxx-xxxxxxxxxxxx";
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	(void)state;
	for (int i = 0; i < DRAWS; i++) {
		char *urn = ims_random_uuid_urn();

		assert_int_equal(strlen(urn), strlen(form));
		for (gsize j = 0; form[j]; j++) {
			if (j >= 9 && form[j] == 'x')
				assert_non_null(strchr(HEX, urn[j]));
			else if (form[j] == 'v')
				assert_non_null(strchr("89ab", urn[j]));
			else
				assert_int_equal(urn[j], form[j]);
		}
		assert_true(g_hash_table_add(seen, urn));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes), cmocka_unit_test(test_no_bytes),   cmocka_unit_test(test_u53),
		cmocka_unit_test(test_hex),   cmocka_unit_test(test_hex_covers), cmocka_unit_test(test_uuid),
	};

	return cmocka_run_group_tests_name("test_ims_random", tests, NULL, NULL);
}
