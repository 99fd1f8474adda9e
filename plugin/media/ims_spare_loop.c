#include "media/ims_spare_loop.h"

#include <glib-unix.h>

#include "base/ims_lock.h"
#include "base/ims_worker.h"

struct ims_spare_loop {
	ims_lock lock;
	ims_worker *worker; /* under lock; NULL: not needed yet */
	GMainContext *context;
};

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

ims_spare_loop *ims_spare_loop_new(void)
{
	ims_spare_loop *spare = g_new0(ims_spare_loop, 1);

	ims_lock_init(&spare->lock);
	spare->context = g_main_context_new();
	return spare;
}

GMainContext *ims_spare_loop_context(ims_spare_loop *spare)
{
	g_auto(ims_locked) held = ims_lock_hold(&spare->lock);

	if (!spare->worker)
		spare->worker = ims_worker_new("ims-media", run, g_main_context_ref(spare->context));
	return g_main_context_ref(spare->context);
}

void ims_spare_loop_free(ims_spare_loop *spare)
{
	if (spare->worker) {
		ims_worker_stop(spare->worker);
		ims_worker_free(spare->worker);
	}
	g_main_context_unref(spare->context);
	ims_lock_clear(&spare->lock);
	g_free(spare);
}
