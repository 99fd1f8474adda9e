#include "base/ims_error.h"

G_DEFINE_QUARK(ims - error - quark, ims_error)

static const struct {
	int number;
	const char *text;
} errors[] = {
#define X(code, number, text) [code] = { number, text },
	IMS_ERRORS(X)
#undef X
};

int ims_error_number(const GError *error)
{
	if (!error || error->domain != IMS_ERROR)
		return errors[IMS_E_UNKNOWN].number;
	return errors[error->code].number;
}

const char *ims_error_text(ims_error_code code)
{
	return errors[code].text;
}
