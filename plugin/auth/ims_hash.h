/* ims_hash.h: the hashes of Digest (RFC 8760), of libcrypto. Pure. */
#pragma once
#include <glib.h>

typedef enum { IMS_HASH_MD5, IMS_HASH_SHA_256, IMS_HASH_SHA_512_256, IMS_HASH_N } ims_hash;

typedef char ims_hash_hex[65]; /* lower case, with its NUL */

typedef struct {
	gconstpointer data;
	gsize length;
} ims_hash_part;

ims_hash_part ims_hash_text(const char *text);

const char *ims_hash_name(ims_hash hash);   /* as in `algorithm`: "SHA-512-256" */
gsize ims_hash_digits(ims_hash hash);       /* of its hexadecimal form */
gboolean ims_hash_is_served(ims_hash hash); /* FALSE: not by this libcrypto, as MD5 where FIPS rules */
gboolean ims_hash_of(const char *name, ims_hash *ret_hash); /* in any case; FALSE: not one of these */

/* The parts with ':' between them, hashed. FALSE: not served. */
gboolean ims_hash_joined(ims_hash hash, const ims_hash_part *parts, gsize count, ims_hash_hex ret_hex);
