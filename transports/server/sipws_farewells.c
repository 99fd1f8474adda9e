/* sipws_farewells.c: a socket is gone, and Janus may still have its session.
 *
 * Its bridge has asked Janus to destroy it, which is done with when session_over comes: then Janus need not
 * look for it among all its sessions, as transport_gone makes it, with everybody waiting; 5,000 sockets cut
 * at once would have it look at 25 million. Who is not done with after a while, or whose session was only
 * being made when the socket went, is gone in Janus's terms too, a few at a time. */
#include "server/internal.h"

enum {
	PATIENCE_MS = 5000,
	BATCH = 50,    /* transport_gone in a row, ... */
	PAUSE_MS = 20, /* ... and until the next ones */
};

typedef struct {
	gsize number;
	gpointer session;
	gint64 due_ms;
} farewell;

struct sipws_farewells {
	const sipws_gateway *gateway;
	ims_clock *clock;
	GHashTable *links; /* number -> GList of queue */
	GQueue queue;      /* of farewell, the oldest first */
	ims_timer timer;
};

static void let_go(sipws_farewells *farewells, GList *link)
{
	farewell *leaving = link->data;

	g_hash_table_remove(farewells->links, GSIZE_TO_POINTER(leaving->number));
	g_queue_delete_link(&farewells->queue, link);
	farewells->gateway->close(leaving->session);
	g_free(leaving);
}

static void wait_for_first(sipws_farewells *farewells, gint64 least_ms)
{
	const farewell *first = g_queue_peek_head(&farewells->queue);

	if (first)
		ims_timer_arm(&farewells->timer,
			      MAX(first->due_ms - ims_clock_now_ms(farewells->clock), least_ms));
	else
		ims_timer_stop(&farewells->timer);
}

static void too_late(gpointer user)
{
	sipws_farewells *farewells = user;
	gint64 now_ms = ims_clock_now_ms(farewells->clock);

	for (guint i = 0; i < BATCH; i++) {
		GList *link = farewells->queue.head;
		farewell *first = link ? link->data : NULL;

		if (!first || first->due_ms > now_ms)
			break;
		farewells->gateway->gone(first->session);
		let_go(farewells, link);
	}
	wait_for_first(farewells, PAUSE_MS);
}

sipws_farewells *sipws_farewells_new(const sipws_gateway *gateway, ims_clock *clock)
{
	sipws_farewells *farewells = g_new0(sipws_farewells, 1);

	farewells->gateway = gateway;
	farewells->clock = clock;
	farewells->links = g_hash_table_new(NULL, NULL);
	g_queue_init(&farewells->queue);
	ims_timer_init(&farewells->timer, clock, too_late, farewells);
	return farewells;
}

void sipws_farewells_free(sipws_farewells *farewells)
{
	if (!farewells)
		return;
	ims_timer_stop(&farewells->timer);
	while (farewells->queue.head)
		let_go(farewells, farewells->queue.head);
	g_hash_table_unref(farewells->links);
	g_free(farewells);
}

void sipws_farewells_add(sipws_farewells *farewells, gsize number, gpointer session, gboolean had_session)
{
	farewell *leaving;

	if (!had_session) {
		farewells->gateway->close(session);
		return;
	}
	leaving = g_new(farewell, 1);
	*leaving = (farewell){ number, session, ims_clock_now_ms(farewells->clock) + PATIENCE_MS };
	g_queue_push_tail(&farewells->queue, leaving);
	g_hash_table_insert(farewells->links, GSIZE_TO_POINTER(number), farewells->queue.tail);
	if (!ims_timer_is_armed(&farewells->timer))
		wait_for_first(farewells, 0);
}

void sipws_farewells_session_over(sipws_farewells *farewells, gsize number)
{
	GList *link = g_hash_table_lookup(farewells->links, GSIZE_TO_POINTER(number));

	if (link)
		let_go(farewells, link);
}

guint sipws_farewells_count(const sipws_farewells *farewells)
{
	return farewells->queue.length;
}
