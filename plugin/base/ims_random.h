/* ims_random.h: unguessable values from the kernel. Thread: any. */
#pragma once
#include <glib.h>

void ims_random_bytes(void *ret_bytes, gsize length); /* aborts when the kernel has none */
guint64 ims_random_u53(void);                         /* 1 to 2^53 - 1: exact in a JSON number */
char *ims_random_hex(gsize bytes);                    /* 2 * bytes lower-case digits; free with g_free */
char *ims_random_uuid_urn(void);                      /* "urn:uuid:..." version 4 (RFC 4122) */
