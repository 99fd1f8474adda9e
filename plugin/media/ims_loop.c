#include "media/ims_loop.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/ims_lock.h"
#include "base/ims_log.h"
#include "media/ims_relay.h"
#include "media/ims_spare_loop.h"

#define CHORES                                                                                               \
	32 /* done in one turn; the rest waits for the next, so that a flood does not keep others waiting */
#define REST_US 1000 /* GLib may make it twice that, as its clock has milliseconds */

/* Locks are taken in this order: that of all loops, a loop's, a leg's. */
struct ims_loops {
	ims_lock lock;
	GHashTable *all; /* of ims_loop, those that serve somebody, by context; under lock */
	ims_spare_loop *spare;
};

typedef struct {
	GSource source;
	ims_loops *loops;
	int epoll;
	gpointer polled; /* GLib's name of it */
	GMainContext *context;

	ims_lock lock; /* for all below, and each seat's due_us */
	GHashTable *seats;
	gint64 alarm_us; /* when the first of them is due */
	gint64 rest_us;  /* until then nobody looks for packets; IMS_LEG_NEVER: the first one wakes */
} ims_loop;

/* What epoll tells of: a socket of a seat. */
typedef struct {
	ims_seat *seat;
	ims_wire_socket which;
} outlet;

struct ims_seat {
	gint refs;
	ims_loop *loop; /* a reference */
	ims_leg *leg;   /* a reference */
	outlet outlets[2];
	gint64 due_us; /* as the leg said last */
};

/* Holds a reference on its seat. */
typedef struct {
	ims_seat *seat;
	gboolean readable;
	ims_wire_socket which;
} chore;

ims_loops *ims_loops_new(void)
{
	ims_loops *loops = g_new0(ims_loops, 1);

	ims_lock_init(&loops->lock);
	loops->all = g_hash_table_new(NULL, NULL);
	loops->spare = ims_spare_loop_new();
	return loops;
}

GMainContext *ims_loops_spare(ims_loops *loops)
{
	return ims_spare_loop_context(loops->spare);
}

void ims_loops_free(ims_loops *loops)
{
	if (!loops)
		return;
	ims_spare_loop_free(loops->spare);
	g_hash_table_unref(loops->all);
	ims_lock_clear(&loops->lock);
	g_free(loops);
}

ims_seat *ims_seat_ref(ims_seat *seat)
{
	g_atomic_int_inc(&seat->refs);
	return seat;
}

void ims_seat_unref(ims_seat *seat)
{
	if (!seat || !g_atomic_int_dec_and_test(&seat->refs))
		return;
	ims_leg_unref(seat->leg);
	if (seat->loop)
		g_source_unref(&seat->loop->source);
	g_free(seat);
}

/* Says when the loop is to turn without being woken by a packet. Under its lock. */
static void set_time(ims_loop *loop)
{
	g_source_set_ready_time(&loop->source, ims_leg_sooner(loop->alarm_us, loop->rest_us));
}

/* Under the loop's lock. */
static void set_alarm(ims_loop *loop)
{
	GHashTableIter at;
	gpointer seat;

	loop->alarm_us = IMS_LEG_NEVER;
	g_hash_table_iter_init(&at, loop->seats);
	while (g_hash_table_iter_next(&at, &seat, NULL))
		loop->alarm_us = ims_leg_sooner(loop->alarm_us, ((ims_seat *)seat)->due_us);
	set_time(loop);
}

/* Between two looks for packets a crowded loop does not poll their epoll: it looks again when it has rested,
 * until it finds none. Under the loop's lock, in its thread. */
static void rest(ims_loop *loop, gint64 until_us)
{
	gboolean rested = loop->rest_us != IMS_LEG_NEVER, rests = until_us != IMS_LEG_NEVER;

	if (rests != rested)
		g_source_modify_unix_fd(&loop->source, loop->polled, rests ? 0 : G_IO_IN);
	loop->rest_us = until_us;
	if (rests || rested)
		set_time(loop);
}

/* TRUE: it is due at another time than before. Asked under the loop's lock, so the last word is the true one.
 */
static gboolean ask_due(ims_seat *seat)
{
	gint64 before = seat->due_us;

	seat->due_us = ims_leg_due(seat->leg);
	return seat->due_us != before;
}

/* What is to be done now; a seat that leaves meanwhile is served once more. */
static guint take_chores(ims_loop *loop, gint64 now_us, chore ret_chores[CHORES])
{
	g_auto(ims_locked) held = ims_lock_hold(&loop->lock);
	struct epoll_event ready[CHORES];
	int got = epoll_wait(loop->epoll, ready, CHORES, 0);
	guint n = 0;
	GHashTableIter at;
	gpointer key;

	for (int i = 0; i < got; i++) {
		const outlet *from = ready[i].data.ptr;

		ret_chores[n++] = (chore){ ims_seat_ref(from->seat), TRUE, from->which };
	}
	if (loop->alarm_us == IMS_LEG_NEVER || loop->alarm_us > now_us)
		return n;
	g_hash_table_iter_init(&at, loop->seats);
	while (n < CHORES && g_hash_table_iter_next(&at, &key, NULL)) {
		ims_seat *seat = key;

		if (seat->due_us != IMS_LEG_NEVER && seat->due_us <= now_us)
			ret_chores[n++] = (chore){ .seat = ims_seat_ref(seat) };
	}
	return n;
}

static gint64 rest_until(const ims_loop *loop, guint n, gboolean packets, gint64 now_us)
{
	if (!packets || g_hash_table_size(loop->seats) <= IMS_LOOP_CROWD)
		return IMS_LEG_NEVER;
	return n < CHORES ? now_us + REST_US : now_us;
}

static void settle(ims_loop *loop, const chore *chores, guint n, gint64 now_us)
{
	g_auto(ims_locked) held = ims_lock_hold(&loop->lock);
	gboolean changed = FALSE, packets = FALSE;

	for (guint i = 0; i < n; i++) {
		changed |= ask_due(chores[i].seat);
		packets |= chores[i].readable;
	}
	if (changed)
		set_alarm(loop);
	rest(loop, rest_until(loop, n, packets, now_us));
}

static gboolean dispatch(GSource *source, GSourceFunc callback, gpointer user)
{
	ims_loop *loop = (ims_loop *)source;
	gint64 now_us = g_get_monotonic_time();
	chore chores[CHORES];
	guint n = take_chores(loop, now_us, chores);

	(void)callback;
	(void)user;
	for (guint i = 0; i < n; i++) {
		if (chores[i].readable)
			ims_relay_receive(chores[i].seat->leg, chores[i].which, now_us);
		ims_relay_tick(chores[i].seat->leg, now_us);
	}
	settle(loop, chores, n, now_us);
	for (guint i = 0; i < n; i++)
		ims_seat_unref(chores[i].seat);
	return G_SOURCE_CONTINUE;
}

static void finalize(GSource *source)
{
	ims_loop *loop = (ims_loop *)source;

	close(loop->epoll);
	g_hash_table_unref(loop->seats);
	g_main_context_unref(loop->context);
	ims_lock_clear(&loop->lock);
}

static GSourceFuncs loop_funcs = { NULL, NULL, dispatch, finalize, NULL, NULL };

/* NULL: errno. */
static ims_loop *loop_new(ims_loops *loops, GMainContext *context)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	ims_loop *loop;

	if (epoll < 0)
		return NULL;
	loop = (ims_loop *)g_source_new(&loop_funcs, sizeof(ims_loop));
	loop->loops = loops;
	loop->epoll = epoll;
	loop->context = g_main_context_ref(context);
	loop->seats = g_hash_table_new(NULL, NULL);
	loop->alarm_us = loop->rest_us = IMS_LEG_NEVER;
	ims_lock_init(&loop->lock);
	g_source_set_name(&loop->source, "ims-media");
	/* It never does recurse. But a source that may not is taken out of the poll set and put back around
	 * each dispatch, and for each of its descriptors GLib wakes its own loop twice for that. */
	g_source_set_can_recurse(&loop->source, TRUE);
	loop->polled = g_source_add_unix_fd(&loop->source, epoll, G_IO_IN);
	return loop;
}

/* With a reference; NULL: errno. Under the lock of all loops. */
static ims_loop *find_or_start(ims_loops *loops, GMainContext *context)
{
	ims_loop *loop = g_hash_table_lookup(loops->all, context);

	if (loop)
		return (ims_loop *)g_source_ref(&loop->source);
	loop = loop_new(loops, context);
	if (!loop)
		return NULL;
	g_hash_table_insert(loops->all, context, loop);
	g_source_attach(&loop->source, context);
	return loop;
}

/* Under the lock of all loops. */
static void end_if_empty(ims_loop *loop)
{
	if (g_hash_table_size(loop->seats) > 0)
		return;
	g_source_destroy(&loop->source);
	g_hash_table_remove(loop->loops->all, loop->context);
}

static gboolean watch(const ims_loop *loop, ims_seat *seat)
{
	const ims_wire *wire = ims_leg_wire(seat->leg);

	for (ims_wire_socket which = IMS_WIRE_RTP; which <= IMS_WIRE_RTCP; which++) {
		struct epoll_event wanted = { .events = EPOLLIN, .data.ptr = &seat->outlets[which] };

		seat->outlets[which] = (outlet){ seat, which };
		if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, ims_wire_fd(wire, which), &wanted) < 0)
			return FALSE;
	}
	return TRUE;
}

static void unwatch(const ims_loop *loop, const ims_seat *seat)
{
	const ims_wire *wire = ims_leg_wire(seat->leg);

	for (ims_wire_socket which = IMS_WIRE_RTP; which <= IMS_WIRE_RTCP; which++)
		epoll_ctl(loop->epoll, EPOLL_CTL_DEL, ims_wire_fd(wire, which), NULL);
}

/* FALSE: errno. Under the lock of all loops. */
static gboolean seat_on(ims_loop *loop, ims_seat *seat)
{
	g_auto(ims_locked) held = ims_lock_hold(&loop->lock);

	seat->loop = loop;
	if (!watch(loop, seat)) {
		unwatch(loop, seat);
		return FALSE;
	}
	g_hash_table_add(loop->seats, seat);
	ask_due(seat);
	set_alarm(loop);
	return TRUE;
}

/* FALSE: errno. */
static gboolean sit_down(ims_seat *seat, ims_loops *loops, GMainContext *context)
{
	g_auto(ims_locked) held = ims_lock_hold(&loops->lock);
	ims_loop *loop = find_or_start(loops, context);
	int why;

	if (!loop)
		return FALSE;
	if (seat_on(loop, seat))
		return TRUE;
	why = errno;
	end_if_empty(loop);
	errno = why;
	return FALSE;
}

ims_seat *ims_loop_serve(ims_loops *loops, GMainContext *context, ims_leg *leg)
{
	g_autoptr(ims_seat) seat = g_new0(ims_seat, 1);
	const ims_anchor *anchor = ims_leg_anchor(leg);

	seat->refs = 1;
	seat->leg = ims_leg_ref(leg);
	seat->due_us = IMS_LEG_NEVER;
	ims_wire_drain(ims_leg_wire(leg));
	ims_relay_tick(leg, g_get_monotonic_time()); /* plans the first report */
	if (sit_down(seat, loops, context))
		return g_steal_pointer(&seat);
	ims_alarm(anchor->alarms, IMS_ALARM_MEDIA_IO, "%s: m-line %u: no packet of it can be waited for: %s",
		  anchor->owner, ims_leg_mline(leg), g_strerror(errno));
	return NULL;
}

void ims_seat_wake(ims_seat *seat)
{
	g_auto(ims_locked) held = ims_lock_hold(&seat->loop->lock);

	if (ask_due(seat))
		set_alarm(seat->loop);
}

void ims_seat_leave(ims_seat *seat)
{
	{
		ims_loop *loop = seat->loop;
		g_auto(ims_locked) held_all = ims_lock_hold(&loop->loops->lock);

		{
			g_auto(ims_locked) held = ims_lock_hold(&loop->lock);

			unwatch(loop, seat);
			g_hash_table_remove(loop->seats, seat);
			set_alarm(loop);
		}
		end_if_empty(loop);
	}
	ims_seat_unref(seat);
}
