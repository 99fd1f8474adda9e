#include "media/ims_spare_loop.h"

#include <glib-unix.h>

#include "base/ims_lock.h"
#include "base/ims_worker.h"

static ims_lock spare_lock = IMS_LOCK_INIT;
static ims_worker *spare_worker;    /* under spare_lock */
static GMainContext *spare_context; /* under spare_lock */

static gboolean take_mail(gint fd, GIOCondition condition, gpointer user)
{
	(void)fd;
	(void)condition;
	ims_worker_drain(*(ims_worker **)user);
	return G_SOURCE_CONTINUE;
}

static void run(ims_worker *worker, gpointer user)
{
	g_autoptr(GMainContext) context = user;
	GSource *mail = g_unix_fd_source_new(ims_worker_fd(worker), G_IO_IN);

	g_source_set_callback(mail, G_SOURCE_FUNC(take_mail), &worker, NULL);
	g_source_attach(mail, context);
	while (!ims_worker_is_stopping(worker))
		g_main_context_iteration(context, TRUE);
	g_source_destroy(mail);
	g_source_unref(mail);
}

GMainContext *ims_spare_loop_context(void)
{
	g_auto(ims_locked) held = ims_lock_hold(&spare_lock);

	if (!spare_worker) {
		spare_context = g_main_context_new();
		spare_worker = ims_worker_new("ims-media", run, g_main_context_ref(spare_context));
	}
	return g_main_context_ref(spare_context);
}

void ims_spare_loop_end(void)
{
	ims_worker *worker;
	GMainContext *context;

	{
		g_auto(ims_locked) held = ims_lock_hold(&spare_lock);

		worker = g_steal_pointer(&spare_worker);
		context = g_steal_pointer(&spare_context);
	}
	if (!worker)
		return;
	ims_worker_stop(worker);
	ims_worker_free(worker);
	g_main_context_unref(context);
}
