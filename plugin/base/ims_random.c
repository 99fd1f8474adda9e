#include "base/ims_random.h"

#include <sys/random.h>

void ims_random_bytes(void *ret_bytes, gsize length)
{
	guint8 *at = ret_bytes;

	/* Up to 256 bytes getrandom() neither stops short nor is interrupted. */
	while (length > 0) {
		gsize step = MIN(length, 256);

		g_assert(getrandom(at, step, 0) == (gssize)step);
		at += step;
		length -= step;
	}
}

guint64 ims_random_u53(void)
{
	guint64 value = 0;

	while (value == 0) {
		ims_random_bytes(&value, sizeof(value));
		value >>= 11;
	}
	return value;
}

char *ims_random_hex(gsize bytes)
{
	static const char digits[] = "0123456789abcdef";
	g_autofree guint8 *random = g_malloc(bytes);
	char *hex = g_malloc(2 * bytes + 1);

	ims_random_bytes(random, bytes);
	for (gsize i = 0; i < bytes; i++) {
		hex[2 * i] = digits[random[i] >> 4];
		hex[2 * i + 1] = digits[random[i] & 0x0f];
	}
	hex[2 * bytes] = '\0';
	return hex;
}

char *ims_random_uuid_urn(void)
{
	guint8 b[16];

	ims_random_bytes(b, sizeof(b));
	b[6] = (guint8)((b[6] & 0x0f) | 0x40);
	b[8] = (guint8)((b[8] & 0x3f) | 0x80);
	return g_strdup_printf("urn:uuid:%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
			       "%02x%02x%02x%02x%02x%02x",
			       b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11],
			       b[12], b[13], b[14], b[15]);
}
