#include "api/ims_content.h"

#include <string.h>

#include "base/ims_error.h"

static gboolean is_text(const char *bytes, gsize length)
{
	if (!g_utf8_validate_len(bytes, length, NULL))
		return FALSE;
	for (gsize i = 0; i < length; i++)
		if (((guchar)bytes[i] < ' ' && !strchr("\t\n\r", bytes[i])) || bytes[i] == 0x7f)
			return FALSE;
	return TRUE;
}

char *ims_content_encode(GBytes *body, const char **ret_encoding)
{
	gsize length = body ? g_bytes_get_size(body) : 0;
	const char *bytes = length > 0 ? g_bytes_get_data(body, NULL) : ""; /* of no bytes it is NULL */
	gboolean text = is_text(bytes, length);

	*ret_encoding = text ? IMS_CONTENT_TEXT : IMS_CONTENT_BASE64;
	return text ? g_strndup(bytes, length) : g_base64_encode((const guchar *)bytes, length);
}

/* g_base64_decode skips what it does not know, and a body must not change on its way. */
static gboolean is_base64(const char *content)
{
	gsize length = strlen(content);
	gsize digits = strspn(content, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

	return length % 4 == 0 && length - digits <= 2 && strspn(content + digits, "=") == length - digits;
}

GBytes *ims_content_decode(const char *request, const char *content, const char *encoding, gsize max,
			   GError **error)
{
	gboolean base64 = g_strcmp0(encoding, IMS_CONTENT_BASE64) == 0;
	gsize length = strlen(content);
	guchar *bytes;

	if (base64 && !is_base64(content)) {
		g_set_error(error, IMS_ERROR, IMS_E_INVALID_ELEMENT,
			    "%s: 'content' must be padded base64 without line breaks, as 'encoding' says",
			    request);
		return NULL;
	}
	bytes = base64 ? g_base64_decode(content, &length) : (guchar *)g_strdup(content);
	if (length > 0 && length <= max)
		return g_bytes_new_take(bytes, length);
	g_free(bytes);
	g_set_error(error, IMS_ERROR, IMS_E_INVALID_ELEMENT,
		    "%s: 'content' must be 1 to %" G_GSIZE_FORMAT " bytes", request, max);
	return NULL;
}
