/* Any JSON as a request: refused with a sentence that an event can carry, or each field is what the table of
 * requests says, its header lines are lines, and its description can be parsed or refused.
 *
 * Input: the body, a NUL, the JSEP. */
#include <jansson.h>
#include "api/internal.h"
#include "base/ims_error.h"
#include "input.h"
#include "sdp/ims_sdp_rewrite.h"
#include "sip/ims_headers.h"
#include "sip/ims_uri.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void check_refusal(const GError *error)
{
	json_t *event = ims_event_of_error(error, 0);
	char *text = json_dumps(event, JSON_COMPACT);

	g_assert(error->domain == IMS_ERROR && *error->message);
	g_assert_nonnull(text);
	g_assert_nonnull(json_string_value(json_object_get(event, "error")));
	g_assert_cmpint(json_integer_value(json_object_get(event, "error_code")), ==,
			ims_error_number(error));
	free(text);
	json_decref(event);
}

static void check_headers(const json_t *headers)
{
	g_autofree char *text = ims_schema_headers(headers);
	g_auto(GStrv) lines = text ? g_strsplit(text, "\r\n", -1) : NULL;

	g_assert_cmpuint(json_object_size(headers), <=, IMS_HEADERS_MAX_COUNT);
	g_assert_cmpuint(lines ? g_strv_length(lines) : 0, ==, json_object_size(headers));
	for (guint i = 0; lines && lines[i]; i++) {
		g_assert(!strpbrk(lines[i], "\r\n"));
		g_assert(strchr(lines[i], ':') > lines[i]);
	}
}

static void check_string(const ims_field *field, const json_t *value)
{
	const char *text = json_string_value(value);

	g_assert_nonnull(text);
	g_assert_cmpint((json_int_t)strlen(text), >=, field->min);
	g_assert_cmpint((json_int_t)strlen(text), <=, field->max ? field->max : IMS_MAX_STRING);
	if (field->type == IMS_FIELD_STRING || field->type == IMS_FIELD_STRINGS)
		g_assert(!strpbrk(text, "\r\n"));
}

static void check_hex(const ims_field *field, const json_t *value)
{
	const char *text = json_string_value(value);

	g_assert_cmpint((json_int_t)strlen(text), ==, field->max);
	for (; *text; text++)
		g_assert(g_ascii_isxdigit(*text));
}

static void check_strings(const ims_field *field, const json_t *value)
{
	json_t *element;
	gsize i;

	g_assert_cmpuint(json_array_size(value), <=, IMS_MAX_STRINGS);
	json_array_foreach((json_t *)value, i, element) check_string(field, element);
}

static void check_field(const ims_field *field, const json_t *value)
{
	switch (field->type) {
	case IMS_FIELD_STRING:
	case IMS_FIELD_SECRET:
	case IMS_FIELD_TEXT:
		check_string(field, value);
		break;
	case IMS_FIELD_INTEGER:
		g_assert(json_is_integer(value));
		break;
	case IMS_FIELD_BOOLEAN:
		g_assert(json_is_boolean(value));
		break;
	case IMS_FIELD_HEADERS:
		check_headers(value);
		break;
	case IMS_FIELD_OBJECT:
		g_assert(json_is_object(value));
		break;
	case IMS_FIELD_PARAMS:
		g_assert(json_is_object(value));
		break;
	case IMS_FIELD_STRINGS:
		check_strings(field, value);
		break;
	case IMS_FIELD_OBJECTS:
		g_assert(json_is_array(value));
		g_assert_cmpint((json_int_t)json_array_size(value), >=, field->min);
		g_assert_cmpint((json_int_t)json_array_size(value), <=, field->max);
		break;
	case IMS_FIELD_URN:
		g_assert(ims_uri_is_urn(json_string_value(value)));
		break;
	case IMS_FIELD_HEX:
		check_hex(field, value);
		break;
	}
}

static void check_description(const char *sdp)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(ims_sdp) parsed = ims_sdp_parse(sdp, &error);

	g_assert((parsed == NULL) == (error != NULL));
}

/* place: the body, or an object in it; NULL: it is not there. */
static void check_in(const ims_field *field, const json_t *place)
{
	const char *dot = strchr(field->name, '.');
	const json_t *value = json_object_get(place, dot ? dot + 1 : field->name);

	g_assert(value || !place || field->presence != IMS_REQUIRED);
	if (value)
		check_field(field, value);
}

static void check_request(const ims_api_request *request)
{
	g_assert_nonnull(request->row);
	for (const ims_field *field = request->row->fields; field->name; field++) {
		g_auto(GStrv) parts = g_strsplit(field->name, ".", 2);
		const json_t *place = parts[1] ? json_object_get(request->body, parts[0]) : request->body;

		if (!json_is_array(place))
			check_in(field, place);
		for (gsize i = 0; i < json_array_size(place); i++)
			check_in(field, json_array_get(place, i));
	}
	g_assert(!request->row->jsep || request->sdp);
	if (request->sdp)
		check_description(request->sdp);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	fuzz_input input = { data, size };
	g_autofree char *body_text = fuzz_text(&input, size), *jsep_text = fuzz_text(&input, size);
	json_t *jsep = json_loads(jsep_text, JSON_DECODE_ANY, NULL);

	for (int strict = 0; strict < 2; strict++) {
		ims_api_request *request =
			ims_api_check(json_loads(body_text, JSON_DECODE_ANY, NULL), jsep, "t1", strict);

		if (ims_api_request_error(request))
			check_refusal(ims_api_request_error(request));
		else
			check_request(request);
		ims_api_request_free(request);
	}
	json_decref(jsep);
	return 0;
}
