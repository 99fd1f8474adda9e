#include "base/ims_secret.h"

#include <string.h>

struct ims_secret {
	gint references;
	gsize length;
	char bytes[]; /* and a NUL */
};

ims_secret *ims_secret_new(gconstpointer bytes, gsize length)
{
	ims_secret *secret = g_malloc(sizeof(*secret) + length + 1);

	secret->references = 1;
	secret->length = length;
	if (length)
		memcpy(secret->bytes, bytes, length);
	secret->bytes[length] = '\0';
	return secret;
}

ims_secret *ims_secret_new_text(const char *text)
{
	return text ? ims_secret_new(text, strlen(text)) : NULL;
}

ims_secret *ims_secret_take_text(char *text)
{
	ims_secret *secret = ims_secret_new_text(text);

	ims_wipe_text(text);
	return secret;
}

ims_secret *ims_secret_ref(ims_secret *secret)
{
	if (secret)
		g_atomic_int_inc(&secret->references);
	return secret;
}

void ims_secret_unref(ims_secret *secret)
{
	if (!secret || !g_atomic_int_dec_and_test(&secret->references))
		return;
	explicit_bzero(secret->bytes, secret->length);
	g_free(secret);
}

gsize ims_secret_length(const ims_secret *secret)
{
	return secret ? secret->length : 0;
}

const guint8 *ims_secret_bytes(const ims_secret *secret)
{
	return (const guint8 *)ims_secret_text(secret);
}

const char *ims_secret_text(const ims_secret *secret)
{
	return secret ? secret->bytes : NULL;
}

gboolean ims_bytes_equal(gconstpointer a, gconstpointer b, gsize length)
{
	const volatile guint8 *left = a, *right = b;
	guint8 difference = 0;

	for (gsize i = 0; i < length; i++)
		difference = (guint8)(difference | (left[i] ^ right[i]));
	return difference == 0;
}

gboolean ims_secret_equal(const ims_secret *a, const ims_secret *b)
{
	if (!a || !b)
		return a == b;
	return a->length == b->length && ims_bytes_equal(a->bytes, b->bytes, a->length);
}

void ims_wipe_text(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
	g_free(text);
}
