#include "glue/ims_handles.h"

#include "glue/ims_push.h"

struct ims_handles {
	ims_lock lock;
	GHashTable *all; /* janus_plugin_session -> ims_handle, one reference each */
};

ims_handles *ims_handles_new(void)
{
	ims_handles *handles = g_new0(ims_handles, 1);

	ims_lock_init(&handles->lock);
	handles->all = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)ims_handle_unref);
	return handles;
}

void ims_handles_free(ims_handles *handles)
{
	g_hash_table_unref(handles->all);
	ims_lock_clear(&handles->lock);
	g_free(handles);
}

ims_handle *ims_handles_add(ims_handles *handles, janus_plugin_session *janus)
{
	ims_handle *handle = g_new0(ims_handle, 1);

	handle->refs = 2; /* the directory's and the caller's */
	handle->janus = janus;
	janus_refcount_increase(&janus->ref);
	ims_lock_init(&handle->lock);
	ims_pc_init(&handle->pc);
	g_queue_init(&handle->pushes);
	g_auto(ims_locked) held = ims_lock_hold(&handles->lock);
	g_hash_table_insert(handles->all, janus, handle);
	return handle;
}

ims_handle *ims_handles_find(ims_handles *handles, janus_plugin_session *janus)
{
	g_auto(ims_locked) held = ims_lock_hold(&handles->lock);
	ims_handle *handle = g_hash_table_lookup(handles->all, janus);

	return handle ? ims_handle_ref(handle) : NULL;
}

ims_handle *ims_handles_remove(ims_handles *handles, janus_plugin_session *janus)
{
	g_auto(ims_locked) held = ims_lock_hold(&handles->lock);
	ims_handle *handle = g_hash_table_lookup(handles->all, janus);

	if (handle)
		g_hash_table_steal(handles->all, janus);
	return handle;
}

void ims_handles_remove_all(ims_handles *handles, void (*each)(ims_handle *handle))
{
	g_autoptr(GList) all = NULL;

	{
		g_auto(ims_locked) held = ims_lock_hold(&handles->lock);

		all = g_hash_table_get_values(handles->all);
		g_hash_table_steal_all(handles->all);
	}
	for (GList *at = all; at; at = at->next) {
		each(at->data);
		ims_handle_unref(at->data);
	}
}

guint ims_handles_count(ims_handles *handles)
{
	g_auto(ims_locked) held = ims_lock_hold(&handles->lock);

	return g_hash_table_size(handles->all);
}

ims_handle *ims_handle_ref(ims_handle *handle)
{
	g_atomic_int_inc(&handle->refs);
	return handle;
}

void ims_handle_unref(ims_handle *handle)
{
	if (!handle || !g_atomic_int_dec_and_test(&handle->refs))
		return;
	ims_push_clear(handle);
	ims_media_unref(handle->media);
	janus_refcount_decrease(&handle->janus->ref);
	ims_lock_clear(&handle->lock);
	ims_pc_clear(&handle->pc);
	g_free(handle);
}

ims_media *ims_handle_media(ims_handle *handle)
{
	g_auto(ims_locked) held = ims_lock_hold(&handle->lock);

	return handle->media ? ims_media_ref(handle->media) : NULL;
}

void ims_handle_set_media(ims_handle *handle, ims_media *media)
{
	ims_media *old;

	{
		g_auto(ims_locked) held = ims_lock_hold(&handle->lock);

		old = handle->media;
		handle->media = media ? ims_media_ref(media) : NULL;
	}
	ims_media_unref(old);
}
