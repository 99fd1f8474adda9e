/* ims_next_hops.h: the hosts that a URI leads to, and the one that its user stays with.
 *
 * A registration stays with one host for a challenge and its answer, and for its refreshes; a dialog for
 * all its requests; both move on only when that host fails them. Thread: the SIP thread. Owner: whoever
 * sends. */
#pragma once
#include <glib.h>
#include "dns/ims_resolver.h"

typedef struct {
	ims_resolver *resolver;
	char *uri;       /* NULL: none yet */
	GPtrArray *list; /* of char *: numeric, in the order to try; empty: to be looked up */
	guint at;        /* the one it is with */
	gboolean stale;  /* they are of an earlier URI, and serve until this one's are known, if ever */
	ims_look_up *look_up;
	void (*found)(gpointer user);
	gpointer user;
} ims_next_hops;

void ims_next_hops_init(ims_next_hops *hops, ims_resolver *resolver, const char *uri,
			void (*found)(gpointer user), gpointer user);
void ims_next_hops_clear(ims_next_hops *hops);

/* Another URI; the hosts of the last one serve until it is looked up, and on when it leads nowhere: where a
 * dialog could be reached once, it always can. */
void ims_next_hops_aim(ims_next_hops *hops, const char *uri);
/* found is called once, at once or when name servers have answered, unless it is dropped before. */
void ims_next_hops_find(ims_next_hops *hops);
gboolean ims_next_hops_is_looking(const ims_next_hops *hops);
void ims_next_hops_drop(ims_next_hops *hops);
const char *ims_next_hops_current(const ims_next_hops *hops); /* NULL: none */

gboolean ims_next_hops_have(const ims_next_hops *hops, const char *address); /* one of them is there */

gboolean ims_next_hops_has_next(const ims_next_hops *hops);
void ims_next_hops_fail(ims_next_hops *hops);   /* this one was silent or refuses to serve: on to the next */
void ims_next_hops_forget(ims_next_hops *hops); /* they are looked up again next time */
