/* internal.h: what the files of api/ share. */
#pragma once
#include "api/ims_api.h"
#include "api/ims_schema.h"

typedef struct {
	const char *name;
	const ims_field *fields;
	const char *jsep; /* mandatory JSEP type: "offer", "answer"; NULL: none is used */
	gboolean (*run)(ims_api_client *client, const ims_api_request *request, GError **error);
	const char *text; /* documentation, one sentence */
} ims_api_row;

struct ims_api_request {
	GError *error;          /* NULL: well-formed */
	const ims_api_row *row; /* NULL: not known */
	json_t *body;
	gboolean offers; /* a JSEP offer came along: Janus has made a PeerConnection for it */
	char *sdp;       /* of the JSEP, NULL: none */
	char *transaction;
};

struct ims_api_client {
	ims_session *session;
	const ims_api_outlet *outlet;
	gpointer handle;
};

extern const ims_api_row ims_api_rows[]; /* ims_requests.c; ends with a NULL name */

/* ims_events.c: every event we ever send is built there. */
json_t *ims_event_of_news(const ims_session_news *news);
json_t *ims_event_of_error(const GError *error);
json_t *ims_event_of_status(const ims_session *session);
json_t *ims_event_jsep(const char *type, const char *sdp); /* NULL when sdp is NULL */
