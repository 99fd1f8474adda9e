/* ims_audit.h: who was let in, on whose word, and how it ended: a record of each (REQ-147, TR 33.871 5.2).
 *
 * A record is a line of JSON in a file, if one is wanted, and an object for whoever is told (event handlers
 * of Janus). It has nothing secret: no password, no token, nothing computed of them.
 *
 * Thread: noted on any; written and told on a thread of its own, so that a slow disk delays nobody. Records
 * that it cannot follow with are lost, which raises an alarm. The file may be renamed at any time: the next
 * record begins a new one. */
#pragma once
#include <glib.h>
#include <jansson.h>
#include "base/ims_alarm.h"

typedef struct ims_audit ims_audit;

/* Members that do not apply are NULL or 0, and not in the record. Borrowed. */
typedef struct {
	const char *event;  /* "registered", "failed", "ended", "token_renewed", "token_refused" */
	const char *reason; /* a sentence */
	int code;           /* SIP status */
	const char *scheme; /* "digest", "aka", "token", "delegated" */
	const char *network, *impi, *impu;
	const char *issuer, *client, *jti; /* of the token: its issuer, the WWSF's client id */
	const char *flow;                  /* names this registration in all its records, and nowhere else */
	const char *turn_user;             /* his name at TURN servers, behind the time */
	const char *icid;                  /* of the last REGISTER (P-Charging-Vector) */
	guint expires_s;
} ims_audit_record;

/* path: absolute; NULL or "": no file. told: with the record, given away; on our thread; NULL: nobody.
 * IMS_E_CONFIG: the file cannot be written. */
ims_audit *ims_audit_new(const char *path, void (*told)(json_t *record), ims_alarms *alarms, GError **error);
void ims_audit_free(ims_audit *audit); /* after what was noted is written; accepts NULL */
/* audit NULL: nobody wants to know. [any thread] */
void ims_audit_note(ims_audit *audit, const ims_audit_record *record);

json_t *ims_audit_json(const ims_audit_record *record,
		       gint64 at_ms); /* at_ms: wall clock, since 1970; pure */
