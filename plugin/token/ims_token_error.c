#include "token/ims_token_error.h"

G_DEFINE_QUARK(ims - token - error - quark, ims_token_error)

static const struct {
	guint status;
	const char *name;
} errors[] = {
	[IMS_TOKEN_MALFORMED] = { 400, NULL },
	[IMS_TOKEN_INVALID] = { 401, "invalid_token" },
	[IMS_TOKEN_EXPIRED] = { 401, "invalid_token" },
	[IMS_TOKEN_INSUFFICIENT_SCOPE] = { 401, "invalid_scope" },
	[IMS_TOKEN_NOT_PERMITTED] = { 403, NULL },
	[IMS_TOKEN_UNAVAILABLE] = { 503, NULL },
};

guint ims_token_error_status(ims_token_error_code code)
{
	return errors[code].status;
}

const char *ims_token_error_name(ims_token_error_code code)
{
	return errors[code].name;
}
