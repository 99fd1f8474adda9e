/* ims_admin.h: what operators ask and order, by the Admin API of Janus (message_plugin), and are told.
 *
 * Thread: any but the SIP thread; what belongs to that one is done there, and waited for, within a bound. */
#pragma once
#include <glib.h>
#include <jansson.h>
#include "session/ims_service.h"

typedef struct {
	ims_service *service;
	guint handles;           /* how many glue has */
	const char *config_path; /* that `reload` reads */
} ims_admin_setup;

/* message: borrowed. The answer, or what is wrong: "error_code" and "error". */
json_t *ims_admin_run(const ims_admin_setup *setup, const json_t *message);

/* For event handlers. */
json_t *ims_admin_alarm_event(const ims_alarm_report *report);
