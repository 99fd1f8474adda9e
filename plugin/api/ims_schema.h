/* ims_schema.h: what a request may look like: fields as rows, checked by one function.
 *
 * Pure. The rows drive the check, its error texts, and what is generated from the table. */
#pragma once
#include <glib.h>
#include <jansson.h>

typedef enum {
	IMS_FIELD_STRING, /* without control characters: most of them end up in SIP headers */
	IMS_FIELD_SECRET, /* a string of any characters */
	IMS_FIELD_TEXT,   /* the same; what people write to each other */
	IMS_FIELD_INTEGER,
	IMS_FIELD_BOOLEAN,
	IMS_FIELD_HEADERS, /* object of strings: SIP header lines */
	IMS_FIELD_OBJECT,  /* its members are rows of their own behind it, "object.member", one level deep */
	IMS_FIELD_PARAMS,  /* object of strings: parameters of a SIP URI */
	IMS_FIELD_STRINGS, /* array of strings, each like IMS_FIELD_STRING, IMS_MAX_STRINGS of them */
	IMS_FIELD_URN,     /* the same, and a URN */
	IMS_FIELD_HEX,     /* a secret, `max` hexadecimal digits */
	IMS_FIELD_OBJECTS, /* `min` to `max` objects, whose members are rows of their own as those of one */
} ims_field_type;

typedef enum {
	IMS_OPTIONAL,
	IMS_REQUIRED,
} ims_presence;

typedef struct {
	const char *name;
	ims_field_type type;
	ims_presence presence; /* of a member: when its object is there */
	json_int_t min,
		max; /* of an integer; of a string its length in bytes; both 0: no limit but IMS_MAX_STRING */
	const char *allowed; /* of a string: the values, '|' between them; NULL: any */
	const char *text;    /* documentation, one sentence */
} ims_field;

#define IMS_MAX_STRING 16384
#define IMS_MAX_STRINGS 32

/* The value of a field, "aka.k" too. NULL: there is none. */
json_t *ims_schema_get(const json_t *body, const char *name);
/* Overwrites what is secret in it, so that it does not stay in freed memory. */
void ims_schema_wipe(const ims_field *fields, json_t *body);

/* fields end with a NULL name. IMS_E_MISSING_ELEMENT or IMS_E_INVALID_ELEMENT: "request: 'field' must be
 * ...". strict: a field that is not listed is an error, else the first is named in ret_unknown (NULL: none;
 * borrowed). */
gboolean ims_schema_check(const char *request, const ims_field *fields, const json_t *body, gboolean strict,
			  const char **ret_unknown, GError **error);

/* An array of strings; NULL when it is absent. Checked before. */
GStrv ims_schema_strings(const json_t *strings);

/* An object of strings as ";name=value;name"; NULL when it is absent or empty. Checked before. */
char *ims_schema_params(const json_t *params);

/* An object of strings as header lines with CRLF between them; NULL when it is absent or empty. Checked
 * before. */
char *ims_schema_headers(const json_t *headers);
