#include "api/ims_admin.h"

#include <string.h>

#include "api/ims_admin_internal.h"
#include "base/ims_error.h"

static const ims_admin_row *find_row(const json_t *message, GError **error)
{
	const char *name = json_string_value(json_object_get(message, "request"));

	for (const ims_admin_row *row = ims_admin_rows; name && row->name; row++)
		if (strcmp(row->name, name) == 0)
			return row;
	g_set_error(error, IMS_ERROR, IMS_E_INVALID_REQUEST, "Unknown request '%.64s'", name ? name : "");
	return NULL;
}

/* Operators are told of what they have misspelt. */
static json_t *run(ims_service *service, const json_t *message, guint handles, GError **error)
{
	const ims_admin_row *row = find_row(message, error);
	const char *unknown;

	if (!row || !ims_schema_check(row->name, row->fields, message, TRUE, &unknown, error))
		return NULL;
	return row->run(&(ims_admin_request){ service, message, handles }, error);
}

json_t *ims_admin_run(ims_service *service, const json_t *message, guint handles)
{
	g_autoptr(GError) error = NULL;
	json_t *answer = run(service, message, handles, &error);

	return answer ? answer
		      : json_pack("{s:i, s:o}", "error_code", ims_error_number(error), "error",
				  ims_event_text(error->message));
}

json_t *ims_admin_revoke(const ims_admin_request *request, GError **error)
{
	const char *issuer = json_string_value(json_object_get(request->body, "issuer"));
	const char *jti = json_string_value(json_object_get(request->body, "jti"));
	const char *subject = json_string_value(json_object_get(request->body, "subject"));

	if (!jti == !subject) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_INVALID_ELEMENT,
				    "revoke: exactly one of 'jti' and 'subject' is needed");
		return NULL;
	}
	if (!ims_service_revoke(request->service, issuer, jti, subject, error))
		return NULL;
	return json_pack("{s:b}", "revoked", TRUE);
}
