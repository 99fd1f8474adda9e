/* ims_config_compare.c: what is different in another file, key by key of the table. */
#include "config/internal.h"

#include <string.h>

static gboolean same_lists(const GPtrArray *a, const GPtrArray *b)
{
	gboolean same = a->len == b->len;

	for (guint i = 0; same && i < a->len; i++)
		same = strcmp(a->pdata[i], b->pdata[i]) == 0;
	return same;
}

static gboolean is_same(const ims_config_key *key, gconstpointer a, gconstpointer b)
{
	const char *one = (const char *)a + key->at, *two = (const char *)b + key->at;

	switch (key->type) {
	case IMS_KEY_BOOLEAN:
	case IMS_KEY_NUMBER:
	case IMS_KEY_CHOICE:
		return memcmp(one, two, sizeof(guint)) == 0;
	case IMS_KEY_PORT:
		return memcmp(one, two, sizeof(guint16)) == 0;
	case IMS_KEY_STRING:
		return g_strcmp0(*(char *const *)one, *(char *const *)two) == 0;
	case IMS_KEY_LIST:
		return same_lists(*(GPtrArray *const *)one, *(GPtrArray *const *)two);
	}
	g_assert_not_reached();
}

/* Names of the keys that differ are added to changes, with prefix before them; NULL: they are only counted.
 */
static guint compare(const char *section, gconstpointer a, gconstpointer b, const char *prefix,
		     GPtrArray *changes)
{
	guint count = 0;

	for (gsize i = 0; i < ims_config_keys.count; i++) {
		const ims_config_key *key = &ims_config_keys.rows[i];

		if (strcmp(key->section, section) != 0 || is_same(key, a, b))
			continue;
		count++;
		if (changes)
			g_ptr_array_add(changes, g_strdup_printf("%s.%s", prefix, key->name));
	}
	return count;
}

gboolean ims_config_same_network(const ims_network *a, const ims_network *b)
{
	return compare("networks", a, b, NULL, NULL) == 0;
}

static void compare_issuers(const ims_config *a, const ims_config *b, GPtrArray *changes)
{
	for (guint i = 0; i < b->issuers->len; i++) {
		const ims_issuer *after = b->issuers->pdata[i], *before = ims_config_issuer(a, after->name);
		g_autofree char *prefix = g_strdup_printf("issuers.%s", after->name);

		if (before)
			compare("issuers", before, after, prefix, changes);
		else
			g_ptr_array_add(changes, g_steal_pointer(&prefix));
	}
	for (guint i = 0; i < a->issuers->len; i++) {
		const ims_issuer *before = a->issuers->pdata[i];

		if (!ims_config_issuer(b, before->name))
			g_ptr_array_add(changes, g_strdup_printf("issuers.%s", before->name));
	}
}

GPtrArray *ims_config_changes(const ims_config *a, const ims_config *b)
{
	GPtrArray *changes = g_ptr_array_new_with_free_func(g_free);

	compare("general", a, b, "general", changes);
	compare("limits", &a->limits, &b->limits, "limits", changes);
	compare("sip", &a->sip, &b->sip, "sip", changes);
	compare("media", &a->media, &b->media, "media", changes);
	compare("turn", &a->turn, &b->turn, "turn", changes);
	compare_issuers(a, b, changes);
	return changes;
}
