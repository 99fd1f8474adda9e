/* Any bytes as the body of a message: as JSON they are valid UTF-8 and read back as the same bytes; any text
 * is taken as base64 only when it is as long as what is written of those bytes. */
#include "api/ims_content.h"
#include "base/ims_error.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

#define LIMIT 2048

static void check_bytes(const guint8 *data, gsize size)
{
	g_autoptr(GBytes) body = g_bytes_new(data, MIN(size, LIMIT));
	const char *encoding = NULL;
	g_autofree char *content = ims_content_encode(body, &encoding);
	g_autoptr(GBytes) again = NULL;

	g_assert_true(g_utf8_validate(content, -1, NULL));
	if (size == 0) /* comes in, but cannot be sent */
		return;
	again = ims_content_decode("message", content, encoding, LIMIT, NULL);
	g_assert_nonnull(again);
	g_assert_true(g_bytes_equal(body, again));
}

static void check_text(const char *text, const char *encoding)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) body = ims_content_decode("message", text, encoding, LIMIT, &error);
	g_autofree char *written = NULL;

	g_assert((body == NULL) == (error != NULL));
	if (!body) {
		g_assert(error->domain == IMS_ERROR && error->code == IMS_E_INVALID_ELEMENT);
		return;
	}
	g_assert_cmpuint(g_bytes_get_size(body), <=, LIMIT);
	written = g_base64_encode(g_bytes_get_data(body, NULL), g_bytes_get_size(body));
	g_assert(!encoding || strcmp(encoding, IMS_CONTENT_BASE64) != 0 || strlen(written) == strlen(text));
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	g_autofree char *text = g_strndup((const char *)data, size);

	check_bytes(data, size);
	check_text(text, NULL);
	check_text(text, IMS_CONTENT_TEXT);
	check_text(text, IMS_CONTENT_BASE64);
	return 0;
}
