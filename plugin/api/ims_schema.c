#include "api/ims_schema.h"

#include <string.h>

#include "base/ims_error.h"
#include "sip/ims_headers.h"
#include "sip/ims_uri.h"

static gboolean wrong(GError **error, const char *request, const ims_field *field, const char *expected)
{
	g_set_error(error, IMS_ERROR, IMS_E_INVALID_ELEMENT, "%s: '%s' must be %s", request, field->name,
		    expected);
	return FALSE;
}

static gboolean is_one_of(const char *value, const char *allowed)
{
	g_auto(GStrv) values = g_strsplit(allowed, "|", -1);

	return g_strv_contains((const char *const *)values, value);
}

static gboolean has_control(const char *text)
{
	for (; *text; text++)
		if ((guchar)*text < ' ' || *text == 0x7f)
			return TRUE;
	return FALSE;
}

static gboolean check_string(const char *request, const ims_field *field, const json_t *value, GError **error)
{
	json_int_t max = field->max ? field->max : IMS_MAX_STRING;
	json_int_t length = (json_int_t)json_string_length(value);
	g_autofree char *expected = NULL;

	if (!json_is_string(value))
		return wrong(error, request, field, "a string");
	if (length != (json_int_t)strlen(json_string_value(value)))
		return wrong(error, request, field, "a string without NUL");
	if (field->type != IMS_FIELD_SECRET && field->type != IMS_FIELD_TEXT &&
	    has_control(json_string_value(value)))
		return wrong(error, request, field,
			     "a string without line breaks or other control characters");
	if (length < field->min || length > max) {
		expected = g_strdup_printf("a string of %" JSON_INTEGER_FORMAT " to %" JSON_INTEGER_FORMAT
					   " bytes",
					   field->min, max);
		return wrong(error, request, field, expected);
	}
	if (field->allowed && !is_one_of(json_string_value(value), field->allowed)) {
		expected = g_strdup_printf("one of %s", field->allowed);
		return wrong(error, request, field, expected);
	}
	return TRUE;
}

static gboolean check_urn(const char *request, const ims_field *field, const json_t *value, GError **error)
{
	return check_string(request, field, value, error) &&
	       (ims_uri_is_urn(json_string_value(value)) ||
		wrong(error, request, field, "a URN such as urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6"));
}

static gboolean check_hex(const char *request, const ims_field *field, const json_t *value, GError **error)
{
	const char *text = json_string_value(value);
	json_int_t length = (json_int_t)json_string_length(value), digits = 0;
	g_autofree char *expected = NULL;

	while (text && g_ascii_isxdigit(text[digits]))
		digits++;
	if (text && digits == length && length == field->max)
		return TRUE;
	expected = g_strdup_printf("%" JSON_INTEGER_FORMAT " hexadecimal digits", field->max);
	return wrong(error, request, field, expected);
}

static gboolean check_integer(const char *request, const ims_field *field, const json_t *value,
			      GError **error)
{
	json_int_t number = json_integer_value(value);
	g_autofree char *expected = NULL;

	if (json_is_integer(value) &&
	    ((!field->min && !field->max) || (number >= field->min && number <= field->max)))
		return TRUE;
	expected = g_strdup_printf("an integer from %" JSON_INTEGER_FORMAT " to %" JSON_INTEGER_FORMAT,
				   field->min, field->max);
	return wrong(error, request, field, field->max ? expected : "an integer");
}

static gboolean check_headers(const char *request, const ims_field *field, const json_t *value,
			      GError **error)
{
	const char *name;
	json_t *text;

	if (!json_is_object(value))
		return wrong(error, request, field, "an object of strings");
	if (json_object_size(value) > IMS_HEADERS_MAX_COUNT)
		return wrong(error, request, field, "an object of at most 32 strings");
	json_object_foreach((json_t *)value, name, text)
	{
		if (!json_is_string(text) || json_string_length(text) != strlen(json_string_value(text)))
			return wrong(error, request, field, "an object of strings without NUL");
		if (!ims_header_check(name, json_string_value(text), error))
			return FALSE;
	}
	return TRUE;
}

static gboolean check_params(const char *request, const ims_field *field, const json_t *value, GError **error)
{
	const char *name;
	json_t *text;

	if (!json_is_object(value) || json_object_size(value) > IMS_MAX_STRINGS)
		return wrong(error, request, field, "an object of at most 32 strings");
	json_object_foreach((json_t *)value, name, text)
	{
		if (!json_is_string(text) || json_string_length(text) != strlen(json_string_value(text)))
			return wrong(error, request, field, "an object of strings without NUL");
		if (!ims_uri_check_parameter(field->name, name, json_string_value(text), error))
			return FALSE;
	}
	return TRUE;
}

static gboolean check_strings(const char *request, const ims_field *field, const json_t *value,
			      GError **error)
{
	json_t *element;
	gsize i;

	if (!json_is_array(value) || json_array_size(value) > IMS_MAX_STRINGS)
		return wrong(error, request, field, "an array of at most 32 strings");
	json_array_foreach((json_t *)value, i, element)
	{
		if (!check_string(request, field, element, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean check_objects(const char *request, const ims_field *field, const json_t *value,
			      GError **error)
{
	json_int_t size = (json_int_t)json_array_size(value);
	g_autofree char *expected = NULL;
	gboolean good = json_is_array(value) && size >= field->min && size <= field->max;

	for (json_int_t i = 0; good && i < size; i++)
		good = json_is_object(json_array_get(value, (gsize)i));
	if (good)
		return TRUE;
	expected = g_strdup_printf("a list of %" JSON_INTEGER_FORMAT " to %" JSON_INTEGER_FORMAT " objects",
				   field->min, field->max);
	return wrong(error, request, field, expected);
}

static gboolean check_field(const char *request, const ims_field *field, const json_t *value, GError **error)
{
	switch (field->type) {
	case IMS_FIELD_STRING:
	case IMS_FIELD_SECRET:
	case IMS_FIELD_TEXT:
		return check_string(request, field, value, error);
	case IMS_FIELD_INTEGER:
		return check_integer(request, field, value, error);
	case IMS_FIELD_BOOLEAN:
		return json_is_boolean(value) || wrong(error, request, field, "true or false");
	case IMS_FIELD_HEADERS:
		return check_headers(request, field, value, error);
	case IMS_FIELD_OBJECT:
		return json_is_object(value) || wrong(error, request, field, "an object");
	case IMS_FIELD_PARAMS:
		return check_params(request, field, value, error);
	case IMS_FIELD_STRINGS:
		return check_strings(request, field, value, error);
	case IMS_FIELD_URN:
		return check_urn(request, field, value, error);
	case IMS_FIELD_HEX:
		return check_hex(request, field, value, error);
	case IMS_FIELD_OBJECTS:
		return check_objects(request, field, value, error);
	}
	g_assert_not_reached();
}

/* Where this field would be: the body, or an object or a list of objects in it, which may be missing.
 * ret_member: its name there. */
static const json_t *place_of(const json_t *body, const char *name, const char **ret_member)
{
	const char *dot = strchr(name, '.');
	g_autofree char *object = dot ? g_strndup(name, (gsize)(dot - name)) : NULL;

	*ret_member = dot ? dot + 1 : name;
	return dot ? json_object_get(body, object) : body;
}

json_t *ims_schema_get(const json_t *body, const char *name)
{
	const char *member;
	const json_t *place = place_of(body, name, &member);

	return json_object_get(place, member);
}

static const ims_field *find_field(const ims_field *fields, const char *name)
{
	for (; fields->name; fields++)
		if (strcmp(fields->name, name) == 0)
			return fields;
	return NULL;
}

/* The row of a member of an object, or, with object "", of the body. A client's name has no dot of ours. */
static const ims_field *row_of(const ims_field *fields, const char *object, const char *name)
{
	g_autofree char *whole = g_strconcat(object, *object ? "." : "", name, NULL);

	return strchr(name, '.') ? NULL : find_field(fields, whole);
}

static const char *find_unknown(const ims_field *fields, const json_t *members, const char *object);

static const char *find_unknown_inside(const ims_field *fields, const ims_field *field, const json_t *value)
{
	const char *unknown = NULL;

	if (field->type == IMS_FIELD_OBJECT)
		return find_unknown(fields, value, field->name);
	for (gsize i = 0; field->type == IMS_FIELD_OBJECTS && !unknown && i < json_array_size(value); i++)
		unknown = find_unknown(fields, json_array_get(value, i), field->name);
	return unknown;
}

/* NULL: there is none. */
static const char *find_unknown(const ims_field *fields, const json_t *members, const char *object)
{
	const char *name, *inside;
	json_t *value;

	json_object_foreach((json_t *)members, name, value)
	{
		const ims_field *field = row_of(fields, object, name);

		if (!*object && strcmp(name, "request") == 0)
			continue;
		if (!field)
			return name;
		inside = find_unknown_inside(fields, field, value);
		if (inside)
			return inside;
	}
	return NULL;
}

/* One field, in the body or one of its objects. */
static gboolean check_in(const char *request, const ims_field *field, const json_t *place, const char *member,
			 GError **error)
{
	const json_t *given = json_object_get(place, member);

	if (given)
		return check_field(request, field, given, error);
	if (!place || field->presence != IMS_REQUIRED)
		return TRUE;
	g_set_error(error, IMS_ERROR, IMS_E_MISSING_ELEMENT, "%s: '%s' is missing", request, field->name);
	return FALSE;
}

static gboolean check_everywhere(const char *request, const ims_field *field, const json_t *body,
				 GError **error)
{
	const char *member;
	const json_t *place = place_of(body, field->name, &member);

	if (!json_is_array(place))
		return check_in(request, field, place, member, error);
	for (gsize i = 0; i < json_array_size(place); i++)
		if (!check_in(request, field, json_array_get(place, i), member, error))
			return FALSE;
	return TRUE;
}

gboolean ims_schema_check(const char *request, const ims_field *fields, const json_t *body, gboolean strict,
			  const char **ret_unknown, GError **error)
{
	*ret_unknown = NULL;
	for (const ims_field *field = fields; field->name; field++)
		if (!check_everywhere(request, field, body, error))
			return FALSE;
	*ret_unknown = find_unknown(fields, body, "");
	if (!*ret_unknown || !strict)
		return TRUE;
	g_set_error(error, IMS_ERROR, IMS_E_INVALID_ELEMENT, "%s: '%.64s' is not a field of this request",
		    request, *ret_unknown);
	return FALSE;
}

static void wipe(json_t *value)
{
	if (json_is_string(value))
		explicit_bzero((char *)json_string_value(value), json_string_length(value));
}

void ims_schema_wipe(const ims_field *fields, json_t *body)
{
	for (; fields->name; fields++) {
		const char *member;
		const json_t *place = place_of(body, fields->name, &member);

		if (fields->type != IMS_FIELD_SECRET && fields->type != IMS_FIELD_HEX)
			continue;
		wipe(json_object_get(place, member));
		for (gsize i = 0; i < json_array_size(place); i++)
			wipe(json_object_get(json_array_get(place, i), member));
	}
}

char *ims_schema_params(const json_t *params)
{
	GString *text;
	const char *name;
	json_t *value;

	if (json_object_size(params) == 0)
		return NULL;
	text = g_string_new(NULL);
	json_object_foreach((json_t *)params, name, value) g_string_append_printf(
		text, ";%s%s%s", name, json_string_length(value) ? "=" : "", json_string_value(value));
	return g_string_free(text, FALSE);
}

GStrv ims_schema_strings(const json_t *strings)
{
	GPtrArray *list;
	json_t *element;
	gsize i;

	if (!strings)
		return NULL;
	list = g_ptr_array_new();
	json_array_foreach((json_t *)strings, i, element)
		g_ptr_array_add(list, g_strdup(json_string_value(element)));
	g_ptr_array_add(list, NULL);
	return (GStrv)g_ptr_array_free(list, FALSE);
}

char *ims_schema_headers(const json_t *headers)
{
	GString *lines;
	const char *name;
	json_t *value;

	if (json_object_size(headers) == 0)
		return NULL;
	lines = g_string_new(NULL);
	json_object_foreach((json_t *)headers, name, value) g_string_append_printf(
		lines, "%s%s: %s", lines->len ? "\r\n" : "", name, json_string_value(value));
	return g_string_free(lines, FALSE);
}
