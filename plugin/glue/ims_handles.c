#include "glue/ims_handles.h"

#include "glue/ims_push.h"

static struct {
	ims_lock lock;
	GHashTable *all; /* janus_plugin_session -> ims_handle, one reference each */
} handles = { .lock = IMS_LOCK_INIT };

void ims_handles_init(void)
{
	handles.all = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)ims_handle_unref);
}

void ims_handles_clear(void)
{
	g_clear_pointer(&handles.all, g_hash_table_unref);
}

ims_handle *ims_handles_add(janus_plugin_session *janus)
{
	ims_handle *handle = g_new0(ims_handle, 1);

	handle->refs = 2; /* the directory's and the caller's */
	handle->janus = janus;
	janus_refcount_increase(&janus->ref);
	ims_lock_init(&handle->lock);
	g_queue_init(&handle->pushes);
	g_auto(ims_locked) held = ims_lock_hold(&handles.lock);
	g_hash_table_insert(handles.all, janus, handle);
	return handle;
}

ims_handle *ims_handles_find(janus_plugin_session *janus)
{
	g_auto(ims_locked) held = ims_lock_hold(&handles.lock);
	ims_handle *handle = handles.all ? g_hash_table_lookup(handles.all, janus) : NULL;

	return handle ? ims_handle_ref(handle) : NULL;
}

ims_handle *ims_handles_remove(janus_plugin_session *janus)
{
	g_auto(ims_locked) held = ims_lock_hold(&handles.lock);
	ims_handle *handle = handles.all ? g_hash_table_lookup(handles.all, janus) : NULL;

	if (handle)
		g_hash_table_steal(handles.all, janus);
	return handle;
}

void ims_handles_remove_all(void (*each)(ims_handle *handle))
{
	g_autoptr(GList) all = NULL;

	{
		g_auto(ims_locked) held = ims_lock_hold(&handles.lock);

		all = g_hash_table_get_values(handles.all);
		g_hash_table_steal_all(handles.all);
	}
	for (GList *at = all; at; at = at->next) {
		each(at->data);
		ims_handle_unref(at->data);
	}
}

guint ims_handles_count(void)
{
	g_auto(ims_locked) held = ims_lock_hold(&handles.lock);

	return handles.all ? g_hash_table_size(handles.all) : 0;
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
