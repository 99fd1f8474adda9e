/* ims_handles.h: Janus handle <-> what we know of it. Nothing else.
 *
 * An ims_handle lives from create_session until the last call, packet source and event that
 * names it is gone; destroy_session may return before. It holds a reference on the Janus handle, and
 * the Janus handle one on it (plugin_handle) until destroy_session. */
#pragma once
#include <glib.h>
#include "api/ims_api.h"
#include "base/ims_lock.h"
#include "glue/ims_janus.h"
#include "glue/ims_pc.h"
#include "media/ims_media.h"

typedef struct ims_handle {
	gint refs;
	janus_plugin_session *janus;
	ims_api_client *client; /* the SIP thread's */
	ims_pc pc;
	gint waiting; /* atomic: requests of its client that have not run */
	gint gone;    /* atomic: detached; events to it are dropped */
	guint events; /* that were made for it: the SIP thread's */
	guint told;   /* atomic: the number of the last one that Janus was given */

	ims_lock lock;    /* of all below */
	ims_media *media; /* of the call; NULL: none */
	GQueue pushes;    /* of ims_push item: what Janus is to be told, in order */
	gboolean pushing; /* the pool has it */
	gint64 pushed_us; /* ... since then. Whoever pushes or serves it */
} ims_handle;

/* The directory. [any thread] */
typedef struct ims_handles ims_handles;

ims_handles *ims_handles_new(void);
void ims_handles_free(ims_handles *handles);

ims_handle *ims_handles_add(ims_handles *handles,
			    janus_plugin_session *janus); /* the caller gets a reference */
ims_handle *ims_handles_find(ims_handles *handles,
			     janus_plugin_session *janus); /* with a reference, or NULL */
/* The directory's reference is the caller's now; NULL: it was not there. */
ims_handle *ims_handles_remove(ims_handles *handles, janus_plugin_session *janus);
void ims_handles_remove_all(ims_handles *handles,
			    void (*each)(ims_handle *handle)); /* each is lent a reference */
guint ims_handles_count(ims_handles *handles);

ims_handle *ims_handle_ref(ims_handle *handle);
void ims_handle_unref(ims_handle *handle);
ims_media *ims_handle_media(ims_handle *handle); /* with a reference, or NULL */
void ims_handle_set_media(ims_handle *handle, ims_media *media);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ims_handle, ims_handle_unref)
