/* ims_plugin.c: janus.plugin.ims as Janus sees it: create(), its callbacks, start and stop order.
 *
 * Janus calls from its own threads; each callback looks up the handle, and posts to the SIP thread
 * or hands a packet to the call's media. See docs/architecture.md for threads and lives. */
#include <string.h>
#include <sys/resource.h>

#include "api/ims_admin.h"
#include "api/ims_api.h"
#include "base/ims_error.h"
#include "base/ims_log.h"
#include "config.h"
#include "config/ims_config.h"
#include "glue/ims_handles.h"
#include "glue/ims_janus.h"
#include "glue/ims_janus_log.h"
#include "glue/ims_mail.h"
#include "glue/ims_mjr.h"
#include "glue/ims_push.h"
#include "session/ims_service.h"

#define IMS_PACKAGE "janus.plugin.ims"
#define IMS_VERSION 1
#define OTHER_DESCRIPTORS 200

__attribute__((visibility("default"))) janus_plugin *create(void);
static janus_plugin plugin;

/* The one context of the process. Written in init and destroy only. */
static struct {
	janus_callbacks *gateway;
	ims_gateway below; /* the same, as what is below glue/ sees it */
	ims_service *service;
	ims_push *push;
	ims_handles *handles;
	char *config_path;
	gint running;
	gint inside; /* callbacks of Janus under way; the end waits for them */
} ims;

/* Callbacks that use the context stand between these two; FALSE: it is gone, or about to be. */
static gboolean enter(void)
{
	g_atomic_int_inc(&ims.inside);
	if (g_atomic_int_get(&ims.running))
		return TRUE;
	g_atomic_int_add(&ims.inside, -1);
	return FALSE;
}

static void leave(void)
{
	g_atomic_int_add(&ims.inside, -1);
}

/* Log */

static void log_to_janus(ims_log_level level, const char *who, const char *format, va_list args)
{
	ims_janus_log("ims", level, who, format, args);
}

/* What media asks of Janus */

#define CVO_CAMERA 0x08 /* urn:3gpp:video-orientation as one byte: 0000CFRR (26.114 7.4.5) */
#define CVO_FLIP 0x04
#define CVO_ROTATION 0x03 /* quarters of a turn */

static void relay_rtp(gpointer data, guint mline, gboolean video, char *packet, guint16 length,
		      gint orientation)
{
	ims_handle *handle = data;
	janus_plugin_rtp rtp;

	if (g_atomic_int_get(&handle->gone))
		return;
	janus_plugin_rtp_reset(&rtp);
	rtp.mindex = (int)mline;
	rtp.video = video ? TRUE : FALSE;
	rtp.buffer = packet;
	rtp.length = length;
	if (orientation >= 0) {
		rtp.extensions.video_rotation = (int16_t)((orientation & CVO_ROTATION) * 90);
		rtp.extensions.video_back_camera = (orientation & CVO_CAMERA) != 0;
		rtp.extensions.video_flipped = (orientation & CVO_FLIP) != 0;
	}
	ims.gateway->relay_rtp(handle->janus, &rtp);
}

static void send_pli(gpointer data, guint mline)
{
	ims_handle *handle = data;

	if (!g_atomic_int_get(&handle->gone))
		ims.gateway->send_pli_stream(handle->janus, (int)mline);
}

static void send_remb(gpointer data, guint kbps)
{
	ims_handle *handle = data;

	if (!g_atomic_int_get(&handle->gone))
		ims.gateway->send_remb(handle->janus, kbps * 1000);
}

static void picture_wanted(gpointer handle)
{
	if (!enter())
		return;
	ims_mail_picture_wanted(ims.service, handle);
	leave();
}

static void key_pressed(gpointer handle, char signal, guint duration_ms)
{
	if (!enter())
		return;
	ims_mail_key_pressed(ims.service, handle, signal, duration_ms);
	leave();
}

/* Not when all ends: nobody says which of Janus's event handlers are left then. */
static void audited(json_t *record)
{
	if (!enter()) {
		json_decref(record);
		return;
	}
	json_object_set_new(record, "audit", json_string("registration"));
	ims.gateway->notify_event(&plugin, NULL, record);
	leave();
}

/* Janus only puts it into the queue of its event handlers, so the SIP thread may come here too. */
static void alarmed(const ims_alarm_report *report)
{
	if (!enter())
		return;
	if (ims_service_config(ims.service)->events && ims.gateway->events_is_enabled())
		ims.gateway->notify_event(&plugin, NULL, ims_admin_alarm_event(report));
	leave();
}

/* It runs before there is a pool, too. */
static void settled(void)
{
	if (g_atomic_int_get(&ims.running))
		ims_push_settle(ims.push);
}

static gpointer gateway_handle_ref(gpointer handle)
{
	return ims_handle_ref(handle);
}

static void gateway_handle_unref(gpointer handle)
{
	ims_handle_unref(handle);
}

static const ims_gateway gateway_of_janus = {
	.relay_rtp = relay_rtp,
	.send_pli = send_pli,
	.send_remb = send_remb,
	.picture_wanted = picture_wanted,
	.key_pressed = key_pressed,
	.record_open = ims_mjr_open,
	.record_write = ims_mjr_write,
	.record_pause = ims_mjr_pause,
	.record_close = ims_mjr_close,
	.audited = audited,
	.alarmed = alarmed,
	.settled = settled,
	.handle_ref = gateway_handle_ref,
	.handle_unref = gateway_handle_unref,
};

/* What the API tells, on the SIP thread */

static guint outlet_event(gpointer handle, const char *transaction, json_t *event, json_t *jsep)
{
	return ims_push_event(ims.push, handle, transaction, event, jsep);
}

static gboolean outlet_may_offer(gpointer handle, gboolean amends)
{
	return ims_pc_may_offer(&((ims_handle *)handle)->pc, amends);
}

static void outlet_close_pc(gpointer handle)
{
	ims_push_close_pc(ims.push, handle);
}

static void outlet_drop_offer(gpointer handle)
{
	ims_push_drop_offer(ims.push, handle);
}

static void outlet_end(gpointer handle)
{
	ims_push_end(ims.push, handle);
}

static void outlet_media(gpointer handle, ims_media *media)
{
	ims_handle_set_media(handle, media);
}

static const ims_api_outlet outlet = {
	.event = outlet_event,
	.may_offer = outlet_may_offer,
	.close_pc = outlet_close_pc,
	.drop_offer = outlet_drop_offer,
	.end = outlet_end,
	.media = outlet_media,
};

static void close_handle(ims_handle *handle)
{
	g_atomic_int_set(&handle->gone, 1);
	ims_mail_close(ims.service, handle);
}

static void on_push_failed(ims_handle *handle, const char *call_id)
{
	if (!enter())
		return;
	ims_mail_media_failed(ims.service, handle, call_id);
	leave();
}

/* Start and stop */

/* RTP and RTCP of each stream have a socket each, the loop that serves them has its epoll; Janus needs some
 * for itself. */
static void check_descriptors(const ims_config *config)
{
	guint ports = config->media.port_max - config->media.port_min + 1u;
	guint sockets = config->limits.max_calls ? MIN(ports, config->limits.max_calls * 4) : ports;
	guint wanted = sockets + sockets / 2 + OTHER_DESCRIPTORS;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < wanted)
		ims_warn(NULL,
			 "this process may open %lu descriptors, the calls that ports and limits allow take "
			 "%u: "
			 "raise LimitNOFILE, or set limits.max_calls",
			 (gulong)limit.rlim_cur, wanted);
}

static int plugin_init(janus_callbacks *callback, const char *config_path)
{
	g_autofree char *path = g_strdup_printf("%s/%s.jcfg", config_path, IMS_PACKAGE);
	g_autoptr(GError) error = NULL;
	g_autoptr(ims_config) config = NULL;

	ims_log_set_sink(log_to_janus);
	config = ims_config_load(path, &error);
	ims.gateway = callback;
	ims.below = gateway_of_janus;
	if (config &&
	    !(config->events && callback->events_is_enabled())) /* Janus has asked before plugins start */
		ims.below.audited = NULL;
	if (config)
		ims.service = ims_service_new(config, &ims.below, &error);
	if (!ims.service) {
		ims_err(NULL, "%s cannot start: %s", IMS_PACKAGE, error->message);
		return -1;
	}
	if (config->w2 == IMS_W2_PLAIN_LAB)
		ims_warn(NULL, "general.w2 = \"plain-lab\": clients are not protected by TLS, for "
			       "laboratories only");
	ims.push = ims_push_new(&(ims_push_setup){ .gateway = callback,
						   .plugin = &plugin,
						   .threads = config->gateway_threads,
						   .notify = config->events,
						   .alarms = ims_service_alarms(ims.service),
						   .lag = ims_service_events_lag(ims.service),
						   .failed = on_push_failed });
	ims.handles = ims_handles_new();
	ims.config_path = g_strdup(path);
	g_atomic_int_set(&ims.running, 1);
	check_descriptors(config);
	ims_info(NULL, "%s " PACKAGE_VERSION " serves SIP at %s port %u", IMS_PACKAGE, config->sip.address,
		 config->sip.port);
	return 0;
}

/* No new work; calls end and everybody is deregistered, within a bound; then the SIP thread ends, then what
 * it used. Janus's transports are gone by now: nobody is told anything. */
static void plugin_destroy(void)
{
	if (!g_atomic_int_compare_and_exchange(&ims.running, 1, 0))
		return;
	while (g_atomic_int_get(&ims.inside) > 0)
		g_thread_yield(); /* they never block */
	ims_push_stop(ims.push);
	ims_handles_remove_all(ims.handles, close_handle);
	ims_service_free(ims.service); /* the mail that is left looks for it */
	ims.service = NULL;
	ims_push_free(g_steal_pointer(&ims.push));
	g_clear_pointer(&ims.handles, ims_handles_free);
	g_clear_pointer(&ims.config_path, g_free);
	ims_log_set_sink(NULL);
}

/* Handles */

static void plugin_create_session(janus_plugin_session *janus, int *error)
{
	g_autoptr(ims_handle) handle = NULL;

	if (!enter()) {
		*error = -1;
		return;
	}
	handle = ims_handles_add(ims.handles, janus);
	janus->plugin_handle = ims_handle_ref(handle);
	ims_mail_open(ims.service, handle, &outlet);
	leave();
}

static void plugin_destroy_session(janus_plugin_session *janus, int *error)
{
	g_autoptr(ims_handle) own = g_steal_pointer(&janus->plugin_handle);
	g_autoptr(ims_handle) handle = NULL;

	if (!enter())
		return;
	handle = ims_handles_remove(ims.handles, janus);
	if (handle)
		close_handle(handle);
	else
		*error = -2;
	leave();
}

static json_t *plugin_query_session(janus_plugin_session *janus)
{
	g_autoptr(ims_handle) handle = NULL;
	g_autoptr(ims_media) media = NULL;
	ims_media_stats stats;

	if (enter()) {
		handle = ims_handles_find(ims.handles, janus);
		leave();
	}
	media = handle ? ims_handle_media(handle) : NULL;
	if (!media)
		return json_pack("{s:b}", "in_call", FALSE);
	ims_media_get_stats(media, &stats);
	return json_pack("{s:b, s:I, s:I, s:I, s:I, s:I, s:i, s:i, s:i}", "in_call", TRUE, "packets_to_core",
			 (json_int_t)stats.packets_to_core, "packets_to_browser",
			 (json_int_t)stats.packets_to_browser, "discarded", (json_int_t)stats.discarded,
			 "strangers", (json_int_t)stats.strangers, "forged", (json_int_t)stats.forged, "lost",
			 (int)stats.lost, "jitter_ms", (int)stats.jitter_ms, "round_trip_ms",
			 (int)stats.round_trip_ms);
}

/* Requests. Every one is acknowledged; what is wrong with it comes as an event. */

static void take_message(ims_handle *handle, const char *transaction, json_t *message, const json_t *jsep)
{
	gboolean strict = ims_service_config(ims.service)->strict_api;
	ims_api_request *request = ims_api_check(message, jsep, transaction, strict);

	ims_api_request_after(request, (guint)g_atomic_int_get(&handle->told));
	if (ims_api_request_opens_pc(request))
		ims_pc_offered(&handle->pc);
	ims_mail_request(ims.service, handle, request);
}

static struct janus_plugin_result *plugin_handle_message(janus_plugin_session *janus, char *transaction,
							 json_t *message, json_t *jsep)
{
	g_autoptr(ims_handle) handle = NULL;
	gboolean taken = FALSE;

	if (enter()) {
		handle = ims_handles_find(ims.handles, janus);
		taken = handle && ims_mail_may_request(ims.service, handle);
		if (taken)
			take_message(handle, transaction, g_steal_pointer(&message), jsep);
		leave();
	}
	json_decref(message);
	json_decref(jsep);
	g_free(transaction);
	return taken ? janus_plugin_result_new(JANUS_PLUGIN_OK_WAIT, NULL, NULL)
		     : janus_plugin_result_new(JANUS_PLUGIN_ERROR,
					       handle ? "Too many requests wait" : "No such handle", NULL);
}

static json_t *plugin_handle_admin_message(json_t *message)
{
	json_t *answer;

	if (!enter())
		return json_pack("{s:i, s:s}", "error_code", 499, "error", "The plugin is ending");
	answer = ims_admin_run(
		&(ims_admin_setup){ ims.service, ims_handles_count(ims.handles), ims.config_path }, message);
	leave();
	return answer;
}

/* Media, on the handle's own loop, where destroy_session runs too: plugin_handle, with the reference it
 * holds, stays valid meanwhile, also while the plugin ends */

static void plugin_setup_media(janus_plugin_session *janus)
{
	ims_handle *handle = janus->plugin_handle;
	g_autoptr(ims_media) media = handle ? ims_handle_media(handle) : NULL;

	if (media)
		ims_media_attach(media);
}

static void plugin_hangup_media(janus_plugin_session *janus)
{
	ims_handle *handle = janus->plugin_handle;
	g_autoptr(ims_media) media = handle ? ims_handle_media(handle) : NULL;

	if (media)
		ims_media_detach(media);
	if (handle && ims_pc_ended(&handle->pc) && enter()) {
		ims_mail_media_gone(ims.service, handle);
		leave();
	}
}

static void plugin_incoming_rtp(janus_plugin_session *janus, janus_plugin_rtp *packet)
{
	ims_handle *handle = janus->plugin_handle;
	g_autoptr(ims_media) media = handle ? ims_handle_media(handle) : NULL;

	if (media && packet->mindex >= 0)
		ims_media_from_browser(media, (guint)packet->mindex, packet->video, packet->buffer,
				       packet->length);
}

/* A sign of life; of video also where key frames are asked for. */
static void plugin_incoming_rtcp(janus_plugin_session *janus, janus_plugin_rtcp *packet)
{
	ims_handle *handle = janus->plugin_handle;
	g_autoptr(ims_media) media = handle ? ims_handle_media(handle) : NULL;

	if (media && packet->mindex >= 0)
		ims_media_rtcp_from_browser(media, (guint)packet->mindex, packet->buffer, packet->length);
}

/* The face */

static int plugin_get_api_compatibility(void)
{
	return JANUS_PLUGIN_API_VERSION;
}

static int plugin_get_version(void)
{
	return IMS_VERSION;
}

static const char *plugin_get_version_string(void)
{
	return PACKAGE_VERSION;
}

static const char *plugin_get_description(void)
{
	return "The edge of an IMS network (eP-CSCF and eIMS-AGW): browsers register, call and are called.";
}

static const char *plugin_get_name(void)
{
	return "Janus IMS plugin";
}

static const char *plugin_get_author(void)
{
	return "The janus-ims authors";
}

static const char *plugin_get_package(void)
{
	return IMS_PACKAGE;
}

/* The macro sets every member to NULL first. */
#pragma GCC diagnostic ignored "-Woverride-init"
static janus_plugin plugin =
	JANUS_PLUGIN_INIT(.init = plugin_init, .destroy = plugin_destroy,
			  .get_api_compatibility = plugin_get_api_compatibility,
			  .get_version = plugin_get_version, .get_version_string = plugin_get_version_string,
			  .get_description = plugin_get_description, .get_name = plugin_get_name,
			  .get_author = plugin_get_author, .get_package = plugin_get_package,
			  .create_session = plugin_create_session, .handle_message = plugin_handle_message,
			  .handle_admin_message = plugin_handle_admin_message,
			  .setup_media = plugin_setup_media, .incoming_rtp = plugin_incoming_rtp,
			  .incoming_rtcp = plugin_incoming_rtcp, .hangup_media = plugin_hangup_media,
			  .destroy_session = plugin_destroy_session, .query_session = plugin_query_session, );

janus_plugin *create(void)
{
	return &plugin;
}
