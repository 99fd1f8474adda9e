/* ims_link.h: a TCP connection to the core that registrations stand on: does it live?
 *
 * A registrar that was reached over a connection may reach us over that connection only (RFC 5626), so
 * whoever registered by it must hear when it is gone. Its end, a reset or an error are seen at once; that it
 * is silently dead, by OPTIONS that nobody answers (REQ-107). Shared by all who registered over it; lives as
 * long as one of them watches. Thread: the SIP thread. */
#pragma once
#include <glib.h>

typedef struct ims_link ims_link;
typedef struct ims_link_watch ims_link_watch;

/* lost: at most once, never from within this call, paced when many watch. Free the watch then or before. */
ims_link_watch *ims_link_watch_new(ims_link *link, void (*lost)(gpointer user), gpointer user);
void ims_link_watch_free(ims_link_watch *watch); /* accepts NULL */
ims_link *ims_link_of_watch(ims_link_watch *watch);
