/* ims_dialog_id.h: what names a dialog to who is in it: Call-ID and both tags, seen from our end.
 *
 * Pure. Values of Replaces (RFC 3891) and Target-Dialog (RFC 4538) to and from the core. */
#pragma once
#include <glib.h>

typedef struct {
	char *call_id, *local_tag, *remote_tag;
	gboolean early_only; /* of a Replaces: only while the call is not answered */
} ims_dialog_id;

void ims_dialog_id_clear(ims_dialog_id *id);
/* FALSE: malformed. Our own dialog, as the other end names it. */
gboolean ims_dialog_id_of_replaces(const char *value, ims_dialog_id *ret_id);
gboolean ims_dialog_id_of_target_dialog(const char *value, ims_dialog_id *ret_id);
/* Our dialog, as a value for the other end of it. Free with g_free. */
char *ims_dialog_id_replaces(const ims_dialog_id *id);
gboolean ims_dialog_id_equal(const ims_dialog_id *a, const ims_dialog_id *b); /* early_only aside */
ims_dialog_id ims_dialog_id_copy(const ims_dialog_id *id);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ims_dialog_id, ims_dialog_id_clear)
