#include "dns/ims_next_hops.h"

#include <string.h>

#include "dns/ims_hops.h"

void ims_next_hops_init(ims_next_hops *hops, ims_resolver *resolver, const char *uri,
			void (*found)(gpointer user), gpointer user)
{
	*hops = (ims_next_hops){ .resolver = resolver,
				 .uri = g_strdup(uri),
				 .list = g_ptr_array_new_with_free_func(g_free),
				 .found = found,
				 .user = user };
}

void ims_next_hops_clear(ims_next_hops *hops)
{
	ims_next_hops_drop(hops);
	g_ptr_array_unref(hops->list);
	g_free(hops->uri);
}

static void on_looked_up(const GPtrArray *list, gpointer user)
{
	ims_next_hops *hops = user;

	if (list->len > 0)
		ims_next_hops_forget(hops);
	for (guint i = 0; i < list->len; i++)
		g_ptr_array_add(hops->list, g_strdup(g_ptr_array_index(list, i)));
	hops->found(hops->user);
}

void ims_next_hops_find(ims_next_hops *hops)
{
	ims_next_hops_drop(hops);
	if (!hops->stale && ims_next_hops_current(hops))
		hops->found(hops->user);
	else
		ims_resolver_look_up(hops->resolver, hops->uri, on_looked_up, hops, &hops->look_up);
}

void ims_next_hops_aim(ims_next_hops *hops, const char *uri)
{
	if (g_strcmp0(hops->uri, uri) == 0)
		return;
	ims_next_hops_drop(hops);
	g_free(hops->uri);
	hops->uri = g_strdup(uri);
	hops->stale = TRUE;
}

gboolean ims_next_hops_is_looking(const ims_next_hops *hops)
{
	return hops->look_up != NULL;
}

void ims_next_hops_drop(ims_next_hops *hops)
{
	ims_look_up_drop(&hops->look_up);
}

const char *ims_next_hops_current(const ims_next_hops *hops)
{
	return hops->at < hops->list->len ? g_ptr_array_index(hops->list, hops->at) : NULL;
}

gboolean ims_next_hops_have(const ims_next_hops *hops, const char *address)
{
	for (guint i = 0; i < hops->list->len; i++) {
		g_auto(ims_hop_target) target = { 0 };

		if (ims_hop_target_parse(g_ptr_array_index(hops->list, i), &target) &&
		    strcmp(target.host, address) == 0)
			return TRUE;
	}
	return FALSE;
}

gboolean ims_next_hops_has_next(const ims_next_hops *hops)
{
	return hops->at + 1 < hops->list->len;
}

void ims_next_hops_fail(ims_next_hops *hops)
{
	if (ims_next_hops_current(hops))
		ims_resolver_avoid(hops->resolver, ims_next_hops_current(hops));
	hops->at++;
	if (!ims_next_hops_current(hops))
		ims_next_hops_forget(hops);
}

void ims_next_hops_forget(ims_next_hops *hops)
{
	g_ptr_array_set_size(hops->list, 0);
	hops->at = 0;
	hops->stale = FALSE;
}
