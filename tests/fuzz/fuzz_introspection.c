/* Any bytes as an issuer's answer about a token: the first one is the HTTP status, in steps. */
#include <stdint.h>
#include "issuer.h"
#include "token/ims_introspection.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const guint statuses[] = { 200, 200, 200, 200, 401, 403, 500, 302 };
	g_autoptr(GError) error = NULL;
	guint status = size > 0 ? statuses[data[0] % G_N_ELEMENTS(statuses)] : 200;
	json_t *answer = size > 0 ? ims_introspection_read(status, data + 1, size - 1, &error) : NULL;

	g_assert(size == 0 || (answer == NULL) == (error != NULL));
	if (error)
		fuzz_check_error(error);
	if (answer) {
		g_assert(status == 200 && json_is_true(json_object_get(answer, "active")));
		fuzz_check_claims(IMS_TOKEN_OPAQUE, answer);
	}
	json_decref(answer);
	return 0;
}
