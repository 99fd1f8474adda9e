/* ims_pseudonym.h: a name for a user by which nobody who does not know the key finds out who he is.
 *
 * The same text has the same pseudonym under the same key, which is made anew with each process. Pure. */
#pragma once
#include <glib.h>

typedef struct {
	guint8 bytes[32];
} ims_pseudonym_key;

void ims_pseudonym_key_init(ims_pseudonym_key *key);
/* space: what the text is, as "impi", so that equal texts of different meanings have nothing in common. */
guint64 ims_pseudonym_number(const ims_pseudonym_key *key, const char *space, const char *text);
char *ims_pseudonym(const ims_pseudonym_key *key, const char *space, const char *text); /* 16 hex digits */
