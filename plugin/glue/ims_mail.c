#include "glue/ims_mail.h"

/* Requests of one handle: a client that does not wait for answers is cut off here. */
#define MAX_WAITING 64

typedef struct {
	ims_service *service;
	const ims_api_outlet *outlet;
} opening;

typedef struct {
	char signal;
	guint duration_ms;
} key_press;

static void post(ims_service *service, ims_task task, ims_handle *handle, gpointer args)
{
	ims_worker_post(ims_service_worker(service), task, ims_handle_ref(handle), args);
}

static void do_open(gpointer subject, gpointer args)
{
	g_autoptr(ims_handle) handle = subject;
	g_autofree opening *o = args;

	handle->client = ims_api_client_new(o->service, handle, o->outlet, handle);
}

void ims_mail_open(ims_service *service, ims_handle *handle, const ims_api_outlet *outlet)
{
	opening *o = g_new(opening, 1);

	*o = (opening){ service, outlet };
	post(service, do_open, handle, o);
}

static void do_request(gpointer subject, gpointer args)
{
	g_autoptr(ims_handle) handle = subject;
	ims_api_request *request = args;

	g_atomic_int_add(&handle->waiting, -1);
	if (handle->client)
		ims_api_run(handle->client, request);
	ims_api_request_free(request);
}

gboolean ims_mail_may_request(ims_service *service, ims_handle *handle)
{
	if (g_atomic_int_add(&handle->waiting, 1) < MAX_WAITING)
		return TRUE;
	g_atomic_int_add(&handle->waiting, -1);
	ims_alarm(ims_service_alarms(service), IMS_ALARM_QUEUE_OVERFLOW,
		  "a client does not wait for its answers: %d requests wait, one is refused", MAX_WAITING);
	return FALSE;
}

void ims_mail_request(ims_service *service, ims_handle *handle, ims_api_request *request)
{
	post(service, do_request, handle, request);
}

static void do_picture_wanted(gpointer subject, gpointer args)
{
	g_autoptr(ims_handle) handle = subject;

	(void)args;
	if (handle->client)
		ims_api_picture_wanted(handle->client);
}

void ims_mail_picture_wanted(ims_service *service, ims_handle *handle)
{
	post(service, do_picture_wanted, handle, NULL);
}

static void do_key_pressed(gpointer subject, gpointer args)
{
	g_autoptr(ims_handle) handle = subject;
	g_autofree key_press *key = args;

	if (handle->client)
		ims_api_key_pressed(handle->client, key->signal, key->duration_ms);
}

void ims_mail_key_pressed(ims_service *service, ims_handle *handle, char signal, guint duration_ms)
{
	key_press *key = g_new(key_press, 1);

	*key = (key_press){ signal, duration_ms };
	post(service, do_key_pressed, handle, key);
}

static void do_media_gone(gpointer subject, gpointer args)
{
	g_autoptr(ims_handle) handle = subject;

	(void)args;
	if (handle->client)
		ims_api_media_gone(handle->client);
}

void ims_mail_media_gone(ims_service *service, ims_handle *handle)
{
	post(service, do_media_gone, handle, NULL);
}

static void do_media_failed(gpointer subject, gpointer args)
{
	g_autoptr(ims_handle) handle = subject;
	g_autofree char *call_id = args;

	if (handle->client)
		ims_api_media_failed(handle->client, call_id);
}

void ims_mail_media_failed(ims_service *service, ims_handle *handle, const char *call_id)
{
	post(service, do_media_failed, handle, g_strdup(call_id));
}

static void do_close(gpointer subject, gpointer args)
{
	g_autoptr(ims_handle) handle = subject;

	(void)args;
	ims_api_client_free(g_steal_pointer(&handle->client));
}

void ims_mail_close(ims_service *service, ims_handle *handle)
{
	post(service, do_close, handle, NULL);
}
