/* Any bytes as a flow token: taken only if it is, letter for letter, what we would have made. */
#include <stdint.h>
#include <string.h>
#include "auth/ims_flow_token.h"
#include "base/ims_error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The key of tests/unit/auth/test_ims_flow_token.c, so that the corpus holds good tokens. */
static ims_flow_key test_key(void)
{
	ims_flow_key key;

	for (uint8_t i = 0; i < sizeof(key.bytes); i++)
		key.bytes[i] = i;
	return key;
}

static void check(const ims_flow_key *key, const char *token)
{
	g_autoptr(GError) error = NULL;
	guint64 flow = 77;

	if (ims_flow_token_check(key, token, &flow, &error)) {
		g_autofree char *ours = ims_flow_token_make(key, flow);

		g_assert_no_error(error);
		g_assert_cmpstr(ours, ==, token);
	} else {
		g_assert(error->domain == IMS_ERROR && error->code == IMS_E_BAD_TOKEN);
		g_assert(flow == 77);
	}
}

/* A good token with what the input says changed in it. */
static void check_changed(const ims_flow_key *key, const uint8_t *data, size_t size)
{
	g_autofree char *token = NULL;
	guint64 flow = 0;
	size_t length;

	memcpy(&flow, data, MIN(size, sizeof(flow)));
	token = ims_flow_token_make(key, flow);
	length = strlen(token);
	check(key, token);
	for (size_t i = sizeof(flow); i + 1 < size; i += 2)
		token[data[i] % length] = (char)(token[data[i] % length] ^ data[i + 1]);
	check(key, token);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const ims_flow_key key = test_key();
	g_autofree char *token = g_strndup((const char *)data, size);

	check(&key, token);
	check_changed(&key, data, size);
	return 0;
}
