#include "base/ims_crew.h"

#include <pthread.h>

#include "base/ims_lock.h"

struct ims_crew {
	ims_crew_serve serve;
	gpointer user;
	GPtrArray *threads; /* of GThread */
	ims_lock lock;      /* of all below */
	pthread_cond_t due;
	GQueue line;
	guint serving; /* threads that are awake and in no call that can block */
	guint asleep;
	gboolean called; /* one of these, who has not come yet */
	gboolean ending;
};

/* With the lock held. TRUE: call_one, once it is released, as the thread would wait for it at once. Whoever
 * serves now, or was called, looks at the line before he sleeps. */
static gboolean is_one_wanted(ims_crew *crew)
{
	if (crew->serving > 0 || crew->called || crew->asleep == 0 || g_queue_is_empty(&crew->line))
		return FALSE;
	crew->called = TRUE;
	return TRUE;
}

static void call_one(ims_crew *crew)
{
	pthread_cond_signal(&crew->due);
}

/* With the lock held. */
static void sleep_until_called(ims_crew *crew)
{
	crew->asleep++;
	pthread_cond_wait(&crew->due, &crew->lock);
	crew->asleep--;
	crew->called = FALSE;
}

/* Waits until the line is this thread's to serve. FALSE: the end. */
static gboolean next(ims_crew *crew, gpointer *ret_thing)
{
	g_auto(ims_locked) held = ims_lock_hold(&crew->lock);

	while (!crew->ending && (crew->serving > 0 || g_queue_is_empty(&crew->line)))
		sleep_until_called(crew);
	if (g_queue_is_empty(&crew->line))
		return FALSE;
	*ret_thing = g_queue_pop_head(&crew->line);
	crew->serving++;
	return TRUE;
}

static void rest(ims_crew *crew)
{
	g_auto(ims_locked) held = ims_lock_hold(&crew->lock);

	crew->serving--;
}

static gpointer work(gpointer data)
{
	ims_crew *crew = data;

	for (gpointer thing; next(crew, &thing); rest(crew))
		crew->serve(thing, crew->user);
	return NULL;
}

static void join(gpointer thread)
{
	g_thread_join(thread);
}

ims_crew *ims_crew_new(const char *name, guint threads, ims_crew_serve serve, gpointer user)
{
	ims_crew *crew = g_new0(ims_crew, 1);

	crew->serve = serve;
	crew->user = user;
	ims_lock_init(&crew->lock);
	pthread_cond_init(&crew->due, NULL);
	g_queue_init(&crew->line);
	crew->threads = g_ptr_array_new_with_free_func(join);
	for (guint i = 0; i < threads; i++)
		g_ptr_array_add(crew->threads, g_thread_new(name, work, crew));
	return crew;
}

void ims_crew_push(ims_crew *crew, gpointer thing)
{
	g_auto(ims_locked) held = ims_lock_hold(&crew->lock);

	g_queue_push_tail(&crew->line, thing);
}

static gboolean look_at_line(ims_crew *crew)
{
	g_auto(ims_locked) held = ims_lock_hold(&crew->lock);

	return is_one_wanted(crew);
}

void ims_crew_call(ims_crew *crew)
{
	if (look_at_line(crew))
		call_one(crew);
}

static gboolean leave_line(ims_crew *crew)
{
	g_auto(ims_locked) held = ims_lock_hold(&crew->lock);

	crew->serving--;
	return is_one_wanted(crew);
}

void ims_crew_block(ims_crew *crew)
{
	if (leave_line(crew))
		call_one(crew);
}

void ims_crew_unblock(ims_crew *crew)
{
	g_auto(ims_locked) held = ims_lock_hold(&crew->lock);

	crew->serving++;
}

void ims_crew_free(ims_crew *crew)
{
	if (!crew)
		return;
	{
		g_auto(ims_locked) held = ims_lock_hold(&crew->lock);

		crew->ending = TRUE;
		pthread_cond_broadcast(&crew->due);
	}
	g_ptr_array_unref(crew->threads);
	for (gpointer thing; (thing = g_queue_pop_head(&crew->line));)
		crew->serve(thing, crew->user);
	pthread_cond_destroy(&crew->due);
	ims_lock_clear(&crew->lock);
	g_free(crew);
}
