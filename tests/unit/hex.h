/* hex.h: bytes written as text, for tables of packets. Blanks are for the reader. */
#pragma once
#include <glib.h>

static inline gsize unhex(const char *text, guint8 *ret_bytes, gsize size)
{
	gsize n = 0;

	for (; *text; text += 2) {
		while (*text == ' ')
			text++;
		if (!*text)
			break;
		g_assert(n < size);
		ret_bytes[n++] = (guint8)(g_ascii_xdigit_value(text[0]) << 4 | g_ascii_xdigit_value(text[1]));
	}
	return n;
}
