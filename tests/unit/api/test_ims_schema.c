/* Fields as rows: what a value may be, and what the error says of another. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "api/ims_schema.h"
#include "base/ims_error.h"
#include "sip/ims_headers.h"

static const ims_field fields[] = {
	{ "must", IMS_FIELD_STRING, IMS_REQUIRED, 2, 4, NULL, "" },
	{ "any", IMS_FIELD_STRING, IMS_OPTIONAL, 0, 0, NULL, "" },
	{ "one", IMS_FIELD_STRING, IMS_OPTIONAL, 0, 0, "red|green", "" },
	{ "count", IMS_FIELD_INTEGER, IMS_OPTIONAL, -2, 3, NULL, "" },
	{ "number", IMS_FIELD_INTEGER, IMS_OPTIONAL, 0, 0, NULL, "" },
	{ "flag", IMS_FIELD_BOOLEAN, IMS_OPTIONAL, 0, 0, NULL, "" },
	{ "headers", IMS_FIELD_HEADERS, IMS_OPTIONAL, 0, 0, NULL, "" },
	{ "secret", IMS_FIELD_SECRET, IMS_OPTIONAL, 2, 4, NULL, "" },
	{ "card", IMS_FIELD_OBJECT, IMS_OPTIONAL, 0, 0, NULL, "" },
	{ "card.key", IMS_FIELD_HEX, IMS_REQUIRED, 4, 4, NULL, "" },
	{ "card.name", IMS_FIELD_STRING, IMS_OPTIONAL, 0, 0, NULL, "" },
	{ "device", IMS_FIELD_URN, IMS_OPTIONAL, 1, 40, NULL, "" },
	{ "list", IMS_FIELD_OBJECTS, IMS_OPTIONAL, 1, 2, NULL, "" },
	{ "list.id", IMS_FIELD_INTEGER, IMS_REQUIRED, 1, 9, NULL, "" },
	{ "list.pin", IMS_FIELD_SECRET, IMS_OPTIONAL, 1, 8, NULL, "" },
	{ .name = NULL },
};

static json_t *json_of(const char *text)
{
	json_error_t why;
	json_t *json = json_loads(text, JSON_ALLOW_NUL, &why);

	if (!json)
		fail_msg("%s: %s", text, why.text);
	return json;
}

static void test_taken(void **state)
{
	static const char *const rows[] = {
		"{\"must\":\"ab\"}",
		"{\"must\":\"abcd\"}",
		"{\"must\":\"\\u00e4\"}", /* two bytes */
		"{\"must\":\"ab\",\"any\":\"\"}",
		"{\"must\":\"ab\",\"secret\":\"\\r\\n\\t\"}",
		"{\"must\":\"ab\",\"one\":\"red\"}",
		"{\"must\":\"ab\",\"one\":\"green\"}",
		"{\"must\":\"ab\",\"count\":-2}",
		"{\"must\":\"ab\",\"count\":3}",
		"{\"must\":\"ab\",\"number\":-9007199254740993}",
		"{\"must\":\"ab\",\"flag\":false}",
		"{\"must\":\"ab\",\"flag\":true}",
		"{\"must\":\"ab\",\"headers\":{}}",
		"{\"must\":\"ab\",\"headers\":{\"X-A\":\"1\",\"X-B\":\"\"}}",
		"{\"must\":\"ab\",\"request\":7}", /* not this function's */
		"{\"must\":\"ab\",\"card\":{\"key\":\"09aF\"}}",
		"{\"must\":\"ab\",\"card\":{\"name\":\"\",\"key\":\"0000\"}}",
		"{\"must\":\"ab\",\"list\":[{\"id\":1}]}",
		"{\"must\":\"ab\",\"device\":\"urn:uuid:0d641c21\"}",
		"{\"must\":\"ab\",\"list\":[{\"id\":1},{\"id\":9,\"pin\":\"x\"}]}",
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		json_t *body = json_of(rows[i]);
		g_autoptr(GError) error = NULL;
		const char *unknown = "x";

		if (!ims_schema_check("test", fields, body, TRUE, &unknown, &error))
			fail_msg("%s: %s", rows[i], error->message);
		assert_null(unknown);
		json_decref(body);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *body, *message;
		ims_error_code code;
	} rows[] = {
		{ "{}", "test: 'must' is missing", IMS_E_MISSING_ELEMENT },
		{ "{\"Must\":\"ab\"}", "test: 'must' is missing", IMS_E_MISSING_ELEMENT },
		{ "{\"must\":null}", "test: 'must' must be a string", IMS_E_INVALID_ELEMENT },
		{ "{\"must\":7}", "test: 'must' must be a string", IMS_E_INVALID_ELEMENT },
		{ "{\"must\":[\"ab\"]}", "test: 'must' must be a string", IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"a\"}", "test: 'must' must be a string of 2 to 4 bytes",
		  IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"\"}", "test: 'must' must be a string of 2 to 4 bytes", IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"abcde\"}", "test: 'must' must be a string of 2 to 4 bytes",
		  IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\\u0000\"}", "test: 'must' must be a string without NUL",
		  IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"a\\nb\"}",
		  "test: 'must' must be a string without line breaks or other control characters",
		  IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\",\"secret\":\"a\"}", "test: 'secret' must be a string of 2 to 4 bytes",
		  IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\",\"secret\":7}", "test: 'secret' must be a string",
		  IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\",\"one\":\"blue\"}", "test: 'one' must be one of red|green",
		  IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\",\"one\":\"\"}", "test: 'one' must be one of red|green",
		  IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\",\"one\":\"RED\"}", "test: 'one' must be one of red|green",
		  IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\",\"one\":\"red|green\"}", "test: 'one' must be one of red|green",
		  IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\",\"count\":-3}", "test: 'count' must be an integer from -2 to 3",
		  IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\",\"count\":4}", "test: 'count' must be an integer from -2 to 3",
		  IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\",\"list\":{\"id\":1}}", "test: 'list' must be a list of 1 to 2 objects",
		  IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\",\"list\":[]}", "test: 'list' must be a list of 1 to 2 objects",
		  IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\",\"list\":[{\"id\":1},{\"id\":1},{\"id\":1}]}",
		  "test: 'list' must be a list of 1 to 2 objects", IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\",\"list\":[{\"id\":1},7]}",
		  "test: 'list' must be a list of 1 to 2 objects", IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\",\"list\":[{\"id\":1},{}]}", "test: 'list.id' is missing",
		  IMS_E_MISSING_ELEMENT },
		{ "{\"must\":\"ab\",\"list\":[{\"id\":1},{\"id\":10}]}",
		  "test: 'list.id' must be an integer from 1 to 9", IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\",\"count\":1.0}", "test: 'count' must be an integer from -2 to 3",
		  IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\",\"count\":\"1\"}", "test: 'count' must be an integer from -2 to 3",
		  IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\",\"number\":true}", "test: 'number' must be an integer",
		  IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\",\"flag\":0}", "test: 'flag' must be true or false",
		  IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\",\"flag\":\"true\"}", "test: 'flag' must be true or false",
		  IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\",\"headers\":[]}", "test: 'headers' must be an object of strings",
		  IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\",\"headers\":\"X: 1\"}", "test: 'headers' must be an object of strings",
		  IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\",\"headers\":{\"X\\u0000Y\":\"1\"}}", NULL, IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\",\"headers\":{\"X-A\":1}}",
		  "test: 'headers' must be an object of strings without NUL", IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\",\"headers\":{\"X-A\":\"1\\u0000\"}}",
		  "test: 'headers' must be an object of strings without NUL", IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\",\"headers\":{\"X-A\":\"1\\r\\nRoute: x\"}}", NULL,
		  IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\",\"headers\":{\"Route\":\"x\"}}", NULL, IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\",\"device\":\"0d641c21\"}",
		  "test: 'device' must be a URN such as urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
		  IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\",\"device\":\"urn:uuid:0d641c21-e872-4848-8b46-85a7f94eb848\"}",
		  "test: 'device' must be a string of 1 to 40 bytes", IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\",\"card\":\"09af\"}", "test: 'card' must be an object",
		  IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\",\"card\":null}", "test: 'card' must be an object",
		  IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\",\"card\":{}}", "test: 'card.key' is missing", IMS_E_MISSING_ELEMENT },
		{ "{\"must\":\"ab\",\"card\":{\"key\":7}}", "test: 'card.key' must be 4 hexadecimal digits",
		  IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\",\"card\":{\"key\":\"09a\"}}",
		  "test: 'card.key' must be 4 hexadecimal digits", IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\",\"card\":{\"key\":\"09af0\"}}",
		  "test: 'card.key' must be 4 hexadecimal digits", IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\",\"card\":{\"key\":\"09ag\"}}",
		  "test: 'card.key' must be 4 hexadecimal digits", IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\",\"card\":{\"key\":\"09a\\u0000\"}}",
		  "test: 'card.key' must be 4 hexadecimal digits", IMS_E_INVALID_ELEMENT },
		{ "{\"must\":\"ab\",\"card\":{\"key\":\"09af\",\"name\":7}}",
		  "test: 'card.name' must be a string", IMS_E_INVALID_ELEMENT },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		json_t *body = json_loads(rows[i].body, JSON_ALLOW_NUL, NULL);
		g_autoptr(GError) error = NULL;
		const char *unknown;

		if (!body) /* jansson refuses it by itself */
			continue;
		if (ims_schema_check("test", fields, body, FALSE, &unknown, &error))
			fail_msg("%s is taken", rows[i].body);
		if (!g_error_matches(error, IMS_ERROR, (int)rows[i].code) ||
		    (rows[i].message && strcmp(error->message, rows[i].message) != 0))
			fail_msg("%s: %s", rows[i].body, error->message);
		json_decref(body);
	}
}

static void test_longest_string(void **state)
{
	json_t *body = json_object();
	g_autofree char *text = g_strnfill(IMS_MAX_STRING + 1, 'a');
	g_autoptr(GError) error = NULL;
	const char *unknown;

	(void)state;
	json_object_set_new(body, "must", json_string("ab"));
	json_object_set_new(body, "any", json_string(text));
	assert_false(ims_schema_check("test", fields, body, FALSE, &unknown, &error));
	assert_true(strlen(error->message) < 200);
	json_object_set_new(body, "any", json_string(text + 1));
	assert_true(ims_schema_check("test", fields, body, FALSE, &unknown, NULL));
	json_decref(body);
}

static void test_unknown(void **state)
{
	json_t *body = json_of("{\"must\":\"ab\",\"colour\":1,\"size\":2}");
	g_autoptr(GError) error = NULL;
	const char *unknown = NULL;

	(void)state;
	assert_true(ims_schema_check("test", fields, body, FALSE, &unknown, NULL));
	assert_string_equal(unknown, "colour");
	assert_false(ims_schema_check("test", fields, body, TRUE, &unknown, &error));
	assert_true(g_error_matches(error, IMS_ERROR, IMS_E_INVALID_ELEMENT));
	assert_string_equal(error->message, "test: 'colour' is not a field of this request");
	json_decref(body);
}

static void test_unknown_member(void **state)
{
	static const struct {
		const char *body, *unknown;
	} rows[] = {
		{ "{\"must\":\"ab\",\"card\":{\"key\":\"09af\",\"size\":2}}", "size" },
		{ "{\"must\":\"ab\",\"card\":{\"key\":\"09af\",\"must\":2}}", "must" },
		{ "{\"must\":\"ab\",\"card\":{\"key\":\"09af\",\"request\":2}}", "request" },
		{ "{\"must\":\"ab\",\"card.key\":\"09af\"}", "card.key" },
		{ "{\"must\":\"ab\",\"key\":\"09af\"}", "key" },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		json_t *body = json_of(rows[i].body);
		const char *unknown = NULL;

		assert_true(ims_schema_check("test", fields, body, FALSE, &unknown, NULL));
		assert_string_equal(unknown, rows[i].unknown);
		assert_false(ims_schema_check("test", fields, body, TRUE, &unknown, NULL));
		json_decref(body);
	}
}

static void test_get(void **state)
{
	json_t *body = json_of("{\"must\":\"ab\",\"card\":{\"key\":\"09af\"}}");

	(void)state;
	assert_string_equal(json_string_value(ims_schema_get(body, "must")), "ab");
	assert_string_equal(json_string_value(ims_schema_get(body, "card.key")), "09af");
	assert_null(ims_schema_get(body, "card.name"));
	assert_null(ims_schema_get(body, "must.key"));
	assert_null(ims_schema_get(body, "other.key"));
	json_decref(body);
}

static void test_wipe(void **state)
{
	json_t *body =
		json_of("{\"must\":\"ab\",\"secret\":\"abc\",\"card\":{\"key\":\"09af\",\"name\":\"x\"}}");
	json_t *odd = json_of("{\"must\":7,\"secret\":[\"abc\"],\"card\":7}");
	static const char nothing[4];

	(void)state;
	ims_schema_wipe(fields, body);
	assert_memory_equal(json_string_value(ims_schema_get(body, "secret")), nothing, 3);
	assert_memory_equal(json_string_value(ims_schema_get(body, "card.key")), nothing, 4);
	assert_string_equal(json_string_value(ims_schema_get(body, "card.name")), "x");
	assert_string_equal(json_string_value(ims_schema_get(body, "must")), "ab");
	ims_schema_wipe(fields, odd);
	json_decref(body);
	json_decref(odd);
}

/* In each object of a list, too. */
static void test_lists(void **state)
{
	json_t *body =
		json_of("{\"must\":\"ab\",\"list\":[{\"id\":1,\"pin\":\"0815\"},{\"id\":2,\"odd\":1}]}");
	json_t *pin = json_object_get(json_array_get(json_object_get(body, "list"), 0), "pin");
	g_autoptr(GError) error = NULL;
	const char *unknown;

	(void)state;
	assert_true(ims_schema_check("test", fields, body, FALSE, &unknown, NULL));
	assert_string_equal(unknown, "odd");
	assert_false(ims_schema_check("test", fields, body, TRUE, &unknown, &error));
	ims_schema_wipe(fields, body);
	assert_memory_equal(json_string_value(pin), "\0\0\0\0", 4);
	json_decref(body);
}

static void test_header_count(void **state)
{
	json_t *body = json_object(), *headers = json_object();
	const char *unknown;

	(void)state;
	json_object_set_new(body, "must", json_string("ab"));
	json_object_set_new(body, "headers", headers);
	for (int i = 0; i < IMS_HEADERS_MAX_COUNT; i++) {
		g_autofree char *name = g_strdup_printf("X-%d", i);

		json_object_set_new(headers, name, json_string("1"));
	}
	assert_true(ims_schema_check("test", fields, body, FALSE, &unknown, NULL));
	json_object_set_new(headers, "X-more", json_string("1"));
	assert_false(ims_schema_check("test", fields, body, FALSE, &unknown, NULL));
	json_decref(body);
}

static void test_header_lines(void **state)
{
	json_t *none = json_object(), *two = json_of("{\"X-A\":\"1\",\"X-B\":\"\"}");
	g_autofree char *lines = ims_schema_headers(two);

	(void)state;
	assert_null(ims_schema_headers(NULL));
	assert_null(ims_schema_headers(none));
	assert_string_equal(lines, "X-A: 1\r\nX-B: ");
	json_decref(none);
	json_decref(two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_taken),          cmocka_unit_test(test_refused),
		cmocka_unit_test(test_longest_string), cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_unknown_member), cmocka_unit_test(test_get),
		cmocka_unit_test(test_wipe),           cmocka_unit_test(test_header_count),
		cmocka_unit_test(test_header_lines),   cmocka_unit_test(test_lists),
	};

	return cmocka_run_group_tests_name("test_ims_schema", tests, NULL, NULL);
}
