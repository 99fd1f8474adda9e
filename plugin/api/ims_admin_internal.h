/* ims_admin_internal.h: what the files of the Admin API share. */
#pragma once
#include "api/ims_admin.h"
#include "api/ims_schema.h"
#include "api/internal.h"
#include "session/ims_inspection.h"

typedef struct {
	ims_service *service;
	const json_t *body; /* checked */
	guint handles;
	const ims_config *config; /* what the file says now, to a request that reads it; else NULL */
} ims_admin_request;

typedef struct {
	const char *name;
	const ims_field *fields;
	gboolean at_home;    /* it is about what belongs to the SIP thread, and runs there */
	gboolean reads_file; /* the configuration, before it runs */
	/* NULL with the reason. */
	json_t *(*run)(const ims_admin_request *request, GError **error);
	const char *text;    /* one sentence */
	const char *example; /* a body; well-formed, as a test holds */
	const char *answer;  /* ... and what comes back */
} ims_admin_row;

extern const ims_admin_row ims_admin_rows[]; /* ims_admin_table.c; ends with a NULL name */

/* ims_admin_NOUN.c */
/* clang-format off */
#define IMS_ADMIN(name) json_t *ims_admin_##name(const ims_admin_request *request, GError **error)
IMS_ADMIN(counters);
IMS_ADMIN(alarms);
IMS_ADMIN(list);
IMS_ADMIN(show);
IMS_ADMIN(drop);
IMS_ADMIN(trace);
IMS_ADMIN(reload);
IMS_ADMIN(revoke);
/* clang-format on */

/* ims_admin_list.c: whom a request names. NULL, FALSE: the reason is said. */
ims_session *ims_admin_session(const ims_admin_request *request, GError **error);
ims_flow *ims_admin_flow(const ims_admin_request *request, GError **error);
gboolean ims_admin_names_one(const ims_admin_request *request, GError **error);
