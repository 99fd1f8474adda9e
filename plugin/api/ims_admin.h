/* ims_admin.h: what operators ask and order, by the Admin API of Janus (message_plugin), and are told.
 *
 * Thread: any; what belongs to the SIP thread is done there, and waited for, within a bound. */
#pragma once
#include <glib.h>
#include <jansson.h>
#include "session/ims_service.h"

/* message: borrowed. handles: how many clients glue has. The answer, or what is wrong: "error_code" and
 * "error". */
json_t *ims_admin_run(ims_service *service, const json_t *message, guint handles);

/* For event handlers. */
json_t *ims_admin_alarm_event(const ims_alarm_report *report);
