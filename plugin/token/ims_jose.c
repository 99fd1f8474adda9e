#include "token/ims_jose.h"

json_t *ims_jose_object(gconstpointer bytes, gsize length)
{
	json_t *value = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, NULL);

	if (json_is_object(value))
		return value;
	json_decref(value);
	return NULL;
}

static int six_bits(char letter)
{
	if (letter >= 'A' && letter <= 'Z')
		return letter - 'A';
	if (letter >= 'a' && letter <= 'z')
		return letter - 'a' + 26;
	if (letter >= '0' && letter <= '9')
		return letter - '0' + 52;
	if (letter == '-')
		return 62;
	return letter == '_' ? 63 : -1;
}

guint8 *ims_jose_decode(const char *text, gsize length, gsize *ret_length)
{
	g_autofree guint8 *bytes = g_malloc(length * 3 / 4 + 1);
	guint32 held = 0;
	guint bits = 0;
	gsize count = 0;

	if (length == 0 || length % 4 == 1)
		return NULL;
	for (gsize i = 0; i < length; i++) {
		int six = six_bits(text[i]);

		if (six < 0)
			return NULL;
		held = held << 6 | (guint32)six;
		bits += 6;
		if (bits < 8)
			continue;
		bits -= 8;
		bytes[count++] = (guint8)(held >> bits);
		held &= (1u << bits) - 1;
	}
	if (held != 0)
		return NULL;
	*ret_length = count;
	return g_steal_pointer(&bytes);
}

const char *ims_jose_string(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}
