/* A name for a user by which nobody finds out who he is. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "base/ims_pseudonym.h"

static void test_vector(void **state)
{
	ims_pseudonym_key key;
	g_autofree char *name = NULL;

	(void)state;
	memset(key.bytes, 7, sizeof(key.bytes));
	name = ims_pseudonym(&key, "impi", "alice@ims.example");
	assert_string_equal(name, "ddc9d966bd5e2326"); /* Python's hashlib says so */
}

static void test_same_and_other(void **state)
{
	ims_pseudonym_key key, another;
	guint64 alice;

	(void)state;
	ims_pseudonym_key_init(&key);
	ims_pseudonym_key_init(&another);
	alice = ims_pseudonym_number(&key, "impi", "alice");
	assert_true(ims_pseudonym_number(&key, "impi", "alice") == alice);
	assert_false(ims_pseudonym_number(&key, "impi", "alicf") == alice);
	assert_false(ims_pseudonym_number(&key, "impu", "alice") == alice);
	assert_false(ims_pseudonym_number(&key, "impia", "lice") == alice);
	assert_false(ims_pseudonym_number(&another, "impi", "alice") == alice);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vector),
		cmocka_unit_test(test_same_and_other),
	};

	return cmocka_run_group_tests_name("test_ims_pseudonym", tests, NULL, NULL);
}
