/* Credentials for a TURN server; the expected passwords were made with Python's hmac. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "auth/ims_turn.h"

static void assert_made(const char *secret, const char *pseudonym, gint64 until_s, const char *username,
			const char *credential)
{
	g_auto(ims_turn_credentials) made = ims_turn_credentials_make(secret, pseudonym, until_s);

	assert_string_equal(made.username, username);
	assert_string_equal(made.credential, credential);
}

static void test_vectors(void **state)
{
	(void)state;
	assert_made("geheim-turn-secret", "3f2a9c0b11d5e877", 1790000000, "1790000000:3f2a9c0b11d5e877",
		    "TQUS+7LrbLJ6nbRhPjcR62ApoFU=");
	/* longer than a block of SHA-1 */
	assert_made(
		"kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"
		"kkkkkkkk",
		"x", 0, "0:x", "6ZdpilbIrvvc961SotS2fFmpNrc=");
	assert_made("geheim-ü", "a b:c", 4102444800, "4102444800:a b:c", "Z2/vUlPkWtqIBRvys6GE3bLRBsM=");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
	};

	return cmocka_run_group_tests_name("test_ims_turn", tests, NULL, NULL);
}
