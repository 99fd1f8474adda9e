/* Every request and field of the table: what is wrong with a message is told, by name. The cases grow out of
 * ims_api_rows, so a new row is tested the day it is written. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "api/internal.h"
#include "base/ims_error.h"
#include "sdp/ims_sdp.h"

/* A value that the field takes. */
static json_t *good_value(const ims_field *field)
{
	g_autofree char *text = NULL;

	switch (field->type) {
	case IMS_FIELD_STRING:
	case IMS_FIELD_SECRET:
	case IMS_FIELD_TEXT:
		if (field->allowed)
			return json_stringn(field->allowed, strcspn(field->allowed, "|"));
		text = g_strnfill((gsize)MAX(field->min, 1), 'a');
		return json_string(text);
	case IMS_FIELD_INTEGER:
		return json_integer(field->min);
	case IMS_FIELD_BOOLEAN:
		return json_true();
	case IMS_FIELD_HEADERS:
		return json_pack("{s:s}", "X-Test", "1");
	case IMS_FIELD_PARAMS:
		return json_pack("{s:s}", "pn-provider", "x");
	case IMS_FIELD_OBJECT:
		return json_object();
	case IMS_FIELD_STRINGS:
		return json_pack("[s]", "a");
	case IMS_FIELD_OBJECTS:
		return json_pack("[{}]");
	case IMS_FIELD_URN:
		return json_string("urn:uuid:1");
	case IMS_FIELD_HEX:
		text = g_strnfill((gsize)field->max, 'a');
		return json_string(text);
	}
	g_assert_not_reached();
}

/* Where it is: the body, an object in it, or the first one of a list; NULL: there is none. */
static json_t *place_of(json_t *body, const char *name)
{
	g_auto(GStrv) parts = g_strsplit(name, ".", 2);
	json_t *object = parts[1] ? json_object_get(body, parts[0]) : body;

	return json_is_array(object) ? json_array_get(object, 0) : object;
}

/* "object.member", too; value NULL: takes it away. */
static void put(json_t *body, const char *name, json_t *value)
{
	json_t *object = place_of(body, name);
	const char *dot = strchr(name, '.'), *member = dot ? dot + 1 : name;

	if (value)
		json_object_set_new(object, member, value);
	else
		json_object_del(object, member);
}

static gboolean takes(const ims_api_row *row, const char *type)
{
	return row->jsep && strstr(row->jsep, type);
}

static json_t *jsep_of(const ims_api_row *row, const char *sdp)
{
	return json_pack("{s:s, s:s}", "type", takes(row, "answer") ? "answer" : "offer", "sdp", sdp);
}

static json_t *good_jsep(const ims_api_row *row)
{
	return row->jsep ? jsep_of(row, "v=0\r\n") : NULL;
}

static json_t *good_body(const ims_api_row *row)
{
	json_t *body = json_pack("{s:s}", "request", row->name);

	for (const ims_field *field = row->fields; field->name; field++)
		put(body, field->name, good_value(field));
	return body;
}

/* code 0: well-formed. names: what the message must name. Takes body and jsep over. */
static void check(json_t *body, json_t *jsep, gboolean strict, int number, const char *names)
{
	ims_api_request *request = ims_api_check(json_incref(body), jsep, "t1", strict);
	const GError *error = ims_api_request_error(request);
	g_autofree char *text = body ? json_dumps(body, JSON_ENCODE_ANY) : NULL;

	if (number == 0 && error)
		fail_msg("%.400s: %s", text, error->message);
	if (number != 0 &&
	    (!error || ims_error_number(error) != number || (names && !strstr(error->message, names))))
		fail_msg("%.400s: %d %s", text ? text : "(none)", error ? ims_error_number(error) : 0,
			 error ? error->message : "is taken");
	if (error)
		assert_true(strlen(error->message) < 600);
	ims_api_request_free(request);
	json_decref(body);
	json_decref(jsep);
}

#define FOR_EACH_ROW(row) for (const ims_api_row *row = ims_api_rows; row->name; row++)
#define FOR_EACH_FIELD(row, field) for (const ims_field *field = (row)->fields; field->name; field++)

static void with(const ims_api_row *row, const ims_field *field, json_t *value, int number)
{
	json_t *body = good_body(row);

	put(body, field->name, value);
	check(body, good_jsep(row), TRUE, number, number ? field->name : NULL);
}

static void test_table(void **state)
{
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);

	(void)state;
	FOR_EACH_ROW(row)
	{
		g_autoptr(GHashTable) of_row = g_hash_table_new(g_str_hash, g_str_equal);

		assert_true(g_hash_table_add(names, (char *)row->name));
		assert_non_null(row->run);
		assert_true(row->text && *row->text);
		assert_true(row->answered_by && *row->answered_by);
		assert_true(!row->jsep || g_str_equal(row->jsep, "offer") ||
			    g_str_equal(row->jsep, "answer") || g_str_equal(row->jsep, IMS_JSEP_EITHER));
		FOR_EACH_FIELD(row, field)
		{
			assert_true(g_hash_table_add(of_row, (char *)field->name));
			assert_true(field->text && *field->text);
			assert_true(field->min <= field->max || field->max == 0);
		}
	}
}

static void test_good(void **state)
{
	(void)state;
	FOR_EACH_ROW(row)
	{
		json_t *bare = json_pack("{s:s}", "request", row->name);

		check(good_body(row), good_jsep(row), TRUE, 0, NULL);
		FOR_EACH_FIELD(row, field)
		if (field->presence == IMS_REQUIRED && place_of(bare, field->name))
			put(bare, field->name, good_value(field));
		check(bare, good_jsep(row), TRUE, 0, NULL);
	}
}

/* What the manual shows can be sent as it stands. */
static void test_examples(void **state)
{
	(void)state;
	FOR_EACH_ROW(row)
	{
		json_t *example = json_loads(row->example, JSON_REJECT_DUPLICATES, NULL);

		assert_string_equal(json_string_value(json_object_get(example, "request")), row->name);
		check(example, good_jsep(row), TRUE, 0, NULL);
	}
}

static void test_missing(void **state)
{
	(void)state;
	FOR_EACH_ROW(row)
	{
		FOR_EACH_FIELD(row, field)
		{
			json_t *body = good_body(row);

			put(body, field->name, NULL);
			check(body, good_jsep(row), TRUE, field->presence == IMS_REQUIRED ? 443 : 0,
			      field->presence == IMS_REQUIRED ? field->name : NULL);
		}
	}
}

static gboolean fits(ims_field_type type, const json_t *value)
{
	switch (type) {
	case IMS_FIELD_STRING:
	case IMS_FIELD_SECRET:
	case IMS_FIELD_TEXT:
		return json_is_string(value);
	case IMS_FIELD_INTEGER:
		return json_is_integer(value);
	case IMS_FIELD_BOOLEAN:
		return json_is_boolean(value);
	case IMS_FIELD_HEADERS:
	case IMS_FIELD_PARAMS:
	case IMS_FIELD_OBJECT:
		return json_is_object(value);
	case IMS_FIELD_STRINGS:
		return json_is_array(value);
	case IMS_FIELD_OBJECTS:
	case IMS_FIELD_URN:
	case IMS_FIELD_HEX:
		return FALSE;
	}
	g_assert_not_reached();
}

static void test_wrong_type(void **state)
{
	json_t *values =
		json_pack("[n, b, i, f, s, [], {}, [s], {s:s}]", 1, 7, 7.5, "text", "text", "X-A", "1");
	json_t *value;
	gsize i;

	(void)state;
	FOR_EACH_ROW(row)
	{
		FOR_EACH_FIELD(row, field)
		{
			json_array_foreach(values, i, value) if (!fits(field->type, value))
				with(row, field, json_incref(value), 444);
		}
	}
	json_decref(values);
}

static void test_range(void **state)
{
	(void)state;
	FOR_EACH_ROW(row)
	{
		FOR_EACH_FIELD(row, field)
		{
			if (field->type != IMS_FIELD_INTEGER)
				continue;
			with(row, field, json_integer(field->min), 0);
			with(row, field, json_integer(field->max), 0);
			with(row, field, json_integer(field->min - 1), 444);
			with(row, field, json_integer(field->max + 1), 444);
			with(row, field, json_integer(G_MAXINT64), 444);
			with(row, field, json_integer(G_MININT64), 444);
		}
	}
}

static void test_length(void **state)
{
	(void)state;
	FOR_EACH_ROW(row)
	{
		FOR_EACH_FIELD(row, field)
		{
			gsize max = field->max ? (gsize)field->max : IMS_MAX_STRING;
			g_autofree char *text = NULL;

			if (field->type != IMS_FIELD_STRING && field->type != IMS_FIELD_SECRET &&
			    field->type != IMS_FIELD_TEXT)
				continue;
			text = g_strnfill(max + 1, 'a');
			with(row, field, json_string(text), 444);
			if (field->min > 0)
				with(row, field, json_string(""), 444);
			if (!field->allowed)
				with(row, field, json_string(text + 1), 0);
			with(row, field, json_stringn("a\0b", 3), 444);
		}
	}
}

/* Most texts end up in a SIP header; a password is only hashed, a body is any text. */
static void test_controls(void **state)
{
	static const char *const texts[] = { "a\r\nRoute: b", "a\nb", "a\rb", "\ta", "a\x7f", "\x1b[0m" };

	(void)state;
	FOR_EACH_ROW(row)
	{
		FOR_EACH_FIELD(row, field)
		{
			for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
				if (field->type == IMS_FIELD_STRING)
					with(row, field, json_string(texts[i]), 444);
				else if (field->type == IMS_FIELD_SECRET || field->type == IMS_FIELD_TEXT)
					with(row, field, json_string(texts[i]), 0);
		}
	}
}

static void test_allowed(void **state)
{
	(void)state;
	FOR_EACH_ROW(row)
	{
		FOR_EACH_FIELD(row, field)
		{
			g_auto(GStrv) values = field->allowed ? g_strsplit(field->allowed, "|", -1) : NULL;

			for (char **value = values; value && *value; value++)
				with(row, field, json_string(*value), 0);
			if (field->allowed)
				with(row, field, json_string("E"), 444);
		}
	}
}

/* REQ-08, REQ-76 in each request that takes header lines. */
static void test_headers(void **state)
{
	(void)state;
	FOR_EACH_ROW(row)
	{
		FOR_EACH_FIELD(row, field)
		{
			json_t *body;

			if (field->type != IMS_FIELD_HEADERS)
				continue;
			for (const char *const *name =
				     (const char *const[]){ "Route", "via", "P-Asserted-Identity", "X Y", "",
							    NULL };
			     *name; name++) {
				body = good_body(row);
				json_object_set_new(body, field->name, json_pack("{s:s}", *name, "x"));
				check(body, good_jsep(row), TRUE, 444, "headers");
			}
			body = good_body(row);
			json_object_set_new(body, field->name, json_pack("{s:s}", "X-A", "x\r\nRoute: y"));
			check(body, good_jsep(row), TRUE, 444, "X-A");
		}
	}
}

static void test_unknown_field(void **state)
{
	(void)state;
	FOR_EACH_ROW(row)
	{
		for (int strict = 0; strict < 2; strict++) {
			json_t *body = good_body(row);

			json_object_set_new(body, "colour", json_integer(1));
			check(body, good_jsep(row), strict, strict ? 444 : 0, strict ? "colour" : NULL);
		}
	}
}

static void test_jsep(void **state)
{
	static const struct {
		const char *text;
		int number; /* where an offer is wanted */
	} rows[] = {
		{ "{\"type\":\"offer\",\"sdp\":\"v=0\"}", 0 },
		{ "{\"type\":\"offer\",\"sdp\":\"v=0\",\"x\":1}", 0 },
		{ "{\"type\":\"answer\",\"sdp\":\"v=0\"}", 448 },
		{ "{\"type\":\"OFFER\",\"sdp\":\"v=0\"}", 448 },
		{ "{\"type\":\"offer\"}", 448 },
		{ "{\"sdp\":\"v=0\"}", 448 },
		{ "{\"type\":7,\"sdp\":\"v=0\"}", 448 },
		{ "{\"type\":\"offer\",\"sdp\":7}", 448 },
		{ "{\"type\":\"offer\",\"sdp\":null}", 448 },
		{ "{\"type\":null,\"sdp\":\"v=0\"}", 448 },
		{ "{}", 448 },
		{ "[]", 448 },
		{ "\"offer\"", 448 },
		{ "null", 448 },
	};

	(void)state;
	FOR_EACH_ROW(row)
	{
		check(good_body(row), NULL, TRUE, row->jsep ? 448 : 0, NULL);
		for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
			json_t *jsep = json_loads(rows[i].text, JSON_DECODE_ANY, NULL);
			int number = rows[i].number;

			assert_non_null(jsep);
			if (i < 3)
				number = takes(row, i == 2 ? "answer" : "offer") ? 0 : 448;
			check(good_body(row), jsep, TRUE, row->jsep ? number : 0, NULL);
		}
	}
}

static void test_jsep_length(void **state)
{
	g_autofree char *text = g_strnfill(IMS_SDP_MAX_BYTES + 1, 'a');

	(void)state;
	FOR_EACH_ROW(row)
	{
		if (!row->jsep)
			continue;
		check(good_body(row), jsep_of(row, text), TRUE, 462, row->name);
		check(good_body(row), jsep_of(row, text + 1), TRUE, 0, NULL);
	}
}

static void test_no_request(void **state)
{
	static const struct {
		const char *text;
		int number;
	} rows[] = {
		{ "[]", 441 },
		{ "\"register\"", 441 },
		{ "7", 441 },
		{ "null", 441 },
		{ "{}", 443 },
		{ "{\"Request\":\"status\"}", 443 },
		{ "{\"request\":7}", 444 },
		{ "{\"request\":null}", 444 },
		{ "{\"request\":[\"status\"]}", 444 },
		{ "{\"request\":\"\"}", 442 },
		{ "{\"request\":\"stat\"}", 442 },
		{ "{\"request\":\"status \"}", 442 },
		{ "{\"request\":\"transfers\"}", 442 },
		{ "{\"request\":\"STATUS\"}", 0 }, /* as janus.plugin.sip */
	};

	(void)state;
	check(NULL, NULL, FALSE, 440, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		check(json_loads(rows[i].text, JSON_DECODE_ANY, NULL), NULL, FALSE, rows[i].number, NULL);
}

/* A long name is cut somewhere in the message, which stays text that JSON can carry. */
static void test_cut_names(void **state)
{
	(void)state;
	for (guint shift = 0; shift < 4; shift++) {
		GString *name = g_string_new(NULL);
		ims_api_request *request;
		json_t *body, *event;

		for (guint i = 0; i < shift; i++)
			g_string_append_c(name, 'a');
		for (guint i = 0; i < 100; i++)
			g_string_append(name, "\xe2\x82\xac");
		body = json_pack("{s:s}", "request", name->str);
		request = ims_api_check(body, NULL, NULL, FALSE);
		event = ims_event_of_error(ims_api_request_error(request), 0);
		assert_non_null(event);
		assert_int_equal(json_integer_value(json_object_get(event, "error_code")), 442);
		assert_non_null(json_string_value(json_object_get(event, "error")));
		json_decref(event);
		ims_api_request_free(request);
		g_string_free(name, TRUE);
	}
}

/* What the request keeps: its own copies; of the password nothing is left in the message after it. */
static void test_kept(void **state)
{
	json_t *body =
		json_pack("{s:s, s:s, s:s, s:s}", "request", "register", "username", "sip:a@ims.example",
			  "secret", "wonderland-7", "access_token", "geheim-token");
	json_t *call = json_pack("{s:s, s:s}", "request", "call", "uri", "sip:b@ims.example");
	json_t *jsep = json_pack("{s:s, s:s}", "type", "offer", "sdp", "v=0\r\n");
	ims_api_request *request = ims_api_check(json_incref(body), NULL, "t1", FALSE);
	const char *secret = json_string_value(json_object_get(body, "secret"));
	const char *token = json_string_value(json_object_get(body, "access_token"));

	(void)state;
	assert_string_equal(request->row->name, "register");
	assert_string_equal(request->transaction, "t1");
	assert_null(request->sdp);
	assert_false(request->offers);
	ims_api_request_free(request);
	for (gsize i = 0; i < strlen("wonderland-7"); i++)
		assert_int_equal(secret[i], 0);
	for (gsize i = 0; i < strlen("geheim-token"); i++)
		assert_int_equal(token[i], 0);
	json_decref(body);

	request = ims_api_check(call, jsep, NULL, FALSE);
	json_decref(jsep);
	assert_string_equal(request->sdp, "v=0\r\n");
	assert_true(request->offers);
	assert_null(request->transaction);
	ims_api_request_free(request);
	ims_api_request_free(NULL);
}

/* An offer that came with a wrong request has made a PeerConnection all the same, or changed the one that
 * there was. */
static void test_offers(void **state)
{
	json_t *body = json_pack("{s:s}", "request", "no-such-request");
	json_t *jsep = json_pack("{s:s}", "type", "offer");
	ims_api_request *request = ims_api_check(body, jsep, NULL, FALSE);

	(void)state;
	assert_non_null(ims_api_request_error(request));
	assert_true(request->offers);
	assert_true(ims_api_request_opens_pc(request));
	ims_api_request_free(request);
	json_object_set_new(jsep, "update", json_true());
	request = ims_api_check(json_pack("{s:s}", "request", "no-such-request"), jsep, NULL, FALSE);
	assert_true(request->offers);
	assert_false(ims_api_request_opens_pc(request));
	ims_api_request_free(request);
	json_decref(jsep);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),         cmocka_unit_test(test_good),
		cmocka_unit_test(test_examples),      cmocka_unit_test(test_missing),
		cmocka_unit_test(test_wrong_type),    cmocka_unit_test(test_range),
		cmocka_unit_test(test_length),        cmocka_unit_test(test_allowed),
		cmocka_unit_test(test_controls),      cmocka_unit_test(test_headers),
		cmocka_unit_test(test_unknown_field), cmocka_unit_test(test_jsep),
		cmocka_unit_test(test_jsep_length),   cmocka_unit_test(test_no_request),
		cmocka_unit_test(test_cut_names),     cmocka_unit_test(test_kept),
		cmocka_unit_test(test_offers),
	};

	return cmocka_run_group_tests_name("test_ims_api_check", tests, NULL, NULL);
}
