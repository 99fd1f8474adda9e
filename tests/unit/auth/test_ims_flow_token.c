/* REQ-01, REQ-02: who changes a flow token in any way has none. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "auth/ims_flow_token.h"
#include "base/ims_error.h"

#define ALPHABET "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
#define FLOW G_GUINT64_CONSTANT(0x0123456789abcdef)
#define TOKEN "ASNFZ4mrze9bse-TiIIn4ug2kd4lBNs0"

static ims_flow_key key; /* bytes 0 to 31 */

static int make_key(void **state)
{
	(void)state;
	for (guint8 i = 0; i < sizeof(key.bytes); i++)
		key.bytes[i] = i;
	return 0;
}

static void assert_refused(const ims_flow_key *with, const char *token)
{
	g_autoptr(GError) error = NULL;
	guint64 flow = 77;

	assert_false(ims_flow_token_check(with, token, &flow, &error));
	assert_true(g_error_matches(error, IMS_ERROR, IMS_E_BAD_TOKEN));
	assert_true(flow == 77);
	if (token && *token)
		assert_null(strstr(error->message, token));
}

/* Computed with another HMAC-SHA-256 and base64url (Python's hmac and base64). */
static void test_vectors(void **state)
{
	static const struct {
		guint64 flow;
		const char *token;
	} rows[] = {
		{ FLOW, TOKEN },
		{ 0, "AAAAAAAAAACfDNm5QJf-SSmRjSuJQrNE" },
		{ G_MAXUINT64, "__________9R4Xk-rmbiwzES-AT5uDTr" },
		{ (G_GUINT64_CONSTANT(1) << 53) - 1, "AB________-CTEhlOn91pZg8T7YeQGVB" },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *token = ims_flow_token_make(&key, rows[i].flow);
		guint64 flow = 77;

		assert_string_equal(token, rows[i].token);
		assert_true(ims_flow_token_check(&key, token, &flow, &error));
		assert_null(error);
		assert_true(flow == rows[i].flow);
	}
}

/* It is the user part of a URI: unreserved characters only (RFC 3261 25.1). */
static void test_alphabet(void **state)
{
	ims_flow_key own;

	(void)state;
	ims_flow_key_init(&own);
	for (guint64 flow = 1; flow < 200; flow++) {
		g_autofree char *token =
			ims_flow_token_make(&own, flow * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15));

		assert_int_equal(strlen(token), 32);
		assert_int_equal(strspn(token, ALPHABET), 32);
	}
}

/* All 192 bits, through the alphabet: 32 characters of 6. */
static void test_each_bit(void **state)
{
	(void)state;
	for (gsize i = 0; i < strlen(TOKEN); i++) {
		for (int bit = 0; bit < 6; bit++) {
			char forged[] = TOKEN;

			forged[i] = ALPHABET[(strchr(ALPHABET, TOKEN[i]) - ALPHABET) ^ (1 << bit)];
			assert_string_not_equal(forged, TOKEN);
			assert_refused(&key, forged);
		}
	}
}

/* All 8 bits of each character as it is sent. */
static void test_each_character_bit(void **state)
{
	(void)state;
	for (gsize i = 0; i < strlen(TOKEN); i++) {
		for (int bit = 0; bit < 8; bit++) {
			char forged[] = TOKEN;

			forged[i] = (char)(forged[i] ^ (1 << bit));
			assert_refused(&key, forged);
		}
	}
}

static void test_length(void **state)
{
	(void)state;
	for (gsize length = 0; length < strlen(TOKEN); length++) {
		g_autofree char *shorter = g_strndup(TOKEN, length);

		assert_refused(&key, shorter);
		assert_refused(&key, &TOKEN[strlen(TOKEN) - length]);
	}
	for (const char *extra = ALPHABET "= \n"; *extra; extra++) {
		g_autofree char *longer = g_strdup_printf("%s%c", TOKEN, *extra);
		g_autofree char *before = g_strdup_printf("%c%s", *extra, TOKEN);

		assert_refused(&key, longer);
		assert_refused(&key, before);
	}
	assert_refused(&key, NULL);
	assert_refused(&key, TOKEN TOKEN);
	assert_refused(&key, TOKEN "@attacker.example");
}

/* The same 24 bytes in other spellings. */
static void test_other_alphabet(void **state)
{
	(void)state;
	assert_refused(&key, "ASNFZ4mrze9bse+TiIIn4ug2kd4lBNs0");
	assert_refused(&key, "asnfz4mrze9bse-tiiin4ug2kd4lbns0");
	assert_refused(&key, "ASNFZ4mrze9bse%2DTiIIn4ug2kd4lBNs0");
	assert_refused(&key, "0123456789abcdef5bb1ef93888227e2e83691de2504db34");
	assert_refused(&key, "ASNFZ4mrze9bse-TiIIn4ug2kd4lBN==");
	assert_refused(&key, "ASNFZ4mrze9bse-TiIIn4ug2 d4lBNs0");
}

/* The MAC of one flow does not fit another, nor another process's key. */
static void test_other_key_and_flow(void **state)
{
	g_autofree char *other = ims_flow_token_make(&key, FLOW + 1);
	g_autofree char *mixed = g_strdup_printf("%.11s%s", other, &TOKEN[11]);
	ims_flow_key close = key, fresh;

	(void)state;
	assert_refused(&key, mixed);
	for (gsize i = 0; i < sizeof(key.bytes); i++) {
		close = key;
		close.bytes[i] ^= 1;
		assert_refused(&close, TOKEN);
	}
	ims_flow_key_init(&fresh);
	assert_refused(&fresh, TOKEN);
}

static void test_keys_differ(void **state)
{
	ims_flow_key a, b;

	(void)state;
	ims_flow_key_init(&a);
	ims_flow_key_init(&b);
	assert_memory_not_equal(a.bytes, b.bytes, sizeof(a.bytes));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_alphabet),
		cmocka_unit_test(test_each_bit),
		cmocka_unit_test(test_each_character_bit),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_other_alphabet),
		cmocka_unit_test(test_other_key_and_flow),
		cmocka_unit_test(test_keys_differ),
	};

	return cmocka_run_group_tests_name("test_ims_flow_token", tests, make_key, NULL);
}
