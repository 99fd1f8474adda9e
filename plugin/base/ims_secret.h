/* ims_secret.h: what only its user may know: passwords, keys, tokens, and what is computed of them.
 *
 * A copy of its own, immutable and refcounted, wiped with its last reference. There is no way to print one:
 * whoever needs the bytes asks for them by name. Comparison takes the same time wherever two differ.
 *
 * Thread: any. */
#pragma once
#include <glib.h>

typedef struct ims_secret ims_secret;

ims_secret *ims_secret_new(gconstpointer bytes, gsize length);
ims_secret *ims_secret_new_text(const char *text); /* NULL of NULL */
ims_secret *ims_secret_take_text(char *text);      /* the same; text is wiped and freed */
ims_secret *ims_secret_ref(ims_secret *secret);    /* accepts NULL */
void ims_secret_unref(ims_secret *secret);         /* accepts NULL */

gsize ims_secret_length(const ims_secret *secret); /* bytes; NULL: 0 */
const guint8 *ims_secret_bytes(const ims_secret *secret);
const char *
ims_secret_text(const ims_secret *secret); /* the same bytes, with a NUL behind them; NULL of NULL */

gboolean ims_secret_equal(const ims_secret *a, const ims_secret *b); /* NULL equals only NULL */

/* What has to be in a buffer or a string for a while. */
gboolean ims_bytes_equal(gconstpointer a, gconstpointer b, gsize length); /* in constant time */
void ims_wipe_text(char *text);                                           /* wiped and freed; accepts NULL */

/* Wiped and freed at the end of the scope: ims_autowipe char *line = g_strdup_printf(...); */
static inline void ims_wipe_text_p(char **text)
{
	ims_wipe_text(*text);
}
#define ims_autowipe __attribute__((cleanup(ims_wipe_text_p)))

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ims_secret, ims_secret_unref)
