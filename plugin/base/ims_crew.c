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
	gboolean ending;
};

/* With the lock held: whoever serves now looks at the line before he sleeps. */
static void call_one(ims_crew *crew)
{
	if (crew->serving == 0 && !g_queue_is_empty(&crew->line))
		pthread_cond_signal(&crew->due);
}

/* Waits until the line is this thread's to serve. FALSE: the end. */
static gboolean next(ims_crew *crew, gpointer *ret_thing)
{
	g_auto(ims_locked) held = ims_lock_hold(&crew->lock);

	while (!crew->ending && (crew->serving > 0 || g_queue_is_empty(&crew->line)))
		pthread_cond_wait(&crew->due, &crew->lock);
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

void ims_crew_call(ims_crew *crew)
{
	g_auto(ims_locked) held = ims_lock_hold(&crew->lock);

	call_one(crew);
}

void ims_crew_block(ims_crew *crew)
{
	g_auto(ims_locked) held = ims_lock_hold(&crew->lock);

	crew->serving--;
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
