#include "token/ims_revocations.h"

#include "base/ims_log.h"
#include "token/internal.h"

struct ims_revocations {
	GHashTable
		*when; /* "issuer\njti\nvalue" -> gint64 *: seconds since 1970; names of issuers are words */
	GQueue order;  /* of the keys, oldest first */
};

static char *key_of(const char *issuer, const char *what, const char *value)
{
	return g_strdup_printf("%s\n%s\n%s", issuer, what, value);
}

ims_revocations *ims_revocations_new(void)
{
	ims_revocations *revocations = g_new0(ims_revocations, 1);

	revocations->when = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_queue_init(&revocations->order);
	return revocations;
}

void ims_revocations_free(ims_revocations *revocations)
{
	if (!revocations)
		return;
	g_queue_clear(&revocations->order);
	g_hash_table_unref(revocations->when);
	g_free(revocations);
}

static void forget_oldest(ims_revocations *revocations)
{
	ims_warn(NULL, "more than %d revocations: the oldest is forgotten", IMS_REVOCATIONS_MAX);
	g_hash_table_remove(revocations->when, g_queue_pop_head(&revocations->order));
}

void ims_revocations_add(ims_revocations *revocations, const char *issuer, const char *jti,
			 const char *subject, gint64 now_s)
{
	char *key = jti ? key_of(issuer, "jti", jti) : key_of(issuer, "sub", subject);
	gint64 *known = g_hash_table_lookup(revocations->when, key);

	if (known) {
		*known = now_s;
		g_free(key);
		return;
	}
	if (g_hash_table_size(revocations->when) >= IMS_REVOCATIONS_MAX)
		forget_oldest(revocations);
	known = g_new(gint64, 1);
	*known = now_s;
	g_hash_table_insert(revocations->when, key, known);
	g_queue_push_tail(&revocations->order, key);
}

static const gint64 *find(const ims_revocations *revocations, const ims_grant *grant, const char *what,
			  const char *value)
{
	g_autofree char *key = value ? key_of(ims_grant_issuer(grant), what, value) : NULL;

	return key ? g_hash_table_lookup(revocations->when, key) : NULL;
}

gboolean ims_revocations_has(const ims_revocations *revocations, const ims_grant *grant)
{
	const gint64 *since_s = find(revocations, grant, "sub", ims_grant_subject(grant));

	return find(revocations, grant, "jti", ims_grant_jti(grant)) ||
	       (since_s && ims_grant_issued_s(grant) <= *since_s);
}

guint ims_revocations_count(const ims_revocations *revocations)
{
	return g_hash_table_size(revocations->when);
}
