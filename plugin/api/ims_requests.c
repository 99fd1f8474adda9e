/* ims_requests.c: what the functions of all requests read in common. */
#include "api/internal.h"

const char *ims_request_text(const ims_api_request *request, const char *name)
{
	return json_string_value(ims_schema_get(request->body, name));
}

json_int_t ims_request_number(const ims_api_request *request, const char *name, json_int_t otherwise)
{
	const json_t *value = json_object_get(request->body, name);

	return value ? json_integer_value(value) : otherwise;
}

char *ims_request_headers(const ims_api_request *request)
{
	return ims_schema_headers(json_object_get(request->body, "headers"));
}

ims_speak_params ims_request_speak(const ims_api_request *request)
{
	return (ims_speak_params){ .identity = ims_request_text(request, "identity"),
				   .privacy = ims_request_text(request, "privacy"),
				   .name = ims_request_text(request, "display_name") };
}
