/* ims_messages.h: the messages of one user: those that wait for their final answer, and how many may come and
 * go.
 *
 * Thread: the SIP thread. Owner: the session. */
#pragma once
#include <glib.h>
#include "sip/ims_pager.h"

typedef struct ims_messages ims_messages;

/* What became of a message, once for each that was sent: 2xx it was taken, 408 nobody answered, ... */
typedef void (*ims_messages_delivered)(const char *call_id, const char *transaction,
				       const ims_sip_news *answer, gpointer user);

/* per_minute: how many may be sent, and as many received; 0: no limit */
ims_messages *ims_messages_new(ims_stack *stack, guint per_minute, ims_messages_delivered delivered,
			       gpointer user);
void ims_messages_free(ims_messages *messages); /* what is on its way is not told any more; accepts NULL */

/* transaction: handed back with the answer, may be NULL. Returns the Call-ID, valid until then, or NULL:
 * IMS_E_LIMIT (too many), or as ims_pager_send. */
const char *ims_messages_send(ims_messages *messages, const ims_pager_request *request,
			      const char *transaction, GError **error);
gboolean ims_messages_admit(ims_messages *messages); /* one has come in. FALSE: too many */
