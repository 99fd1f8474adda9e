/* internal.h: what the files of api/ share. */
#pragma once
#include "api/ims_api.h"
#include "api/ims_schema.h"

#define IMS_JSEP_EITHER "offer or answer"

typedef struct {
	const char *name;
	const ims_field *fields;
	const char *jsep; /* mandatory JSEP type: "offer", "answer", or IMS_JSEP_EITHER; NULL: none is used */
	gboolean (*run)(ims_api_client *client, const ims_api_request *request, GError **error);
	/* Documentation, from which docs/api.md is made. */
	const char *text;        /* one sentence */
	const char *answered_by; /* the events that follow, in order */
	const char *example;     /* a body; well-formed, as a test holds */
	gboolean in_call;        /* it is about the call that the handle has, and may name it by `call_id` */
} ims_api_row;

typedef struct {
	const char *name; /* "ims.expires" is a member of an object */
	const char *text;
} ims_event_field;

/* What one event looks like. Events are built by hand in ims_events*.c; that they hold what stands here, and
 * nothing else, is held by ims_api_manual.c and, for every event of every case, by the integration tests. */
typedef struct {
	const char *name;
	const char *jsep; /* "offer", "answer"; NULL: none. May be absent in an event of that name */
	void (*add)(json_t *result, const ims_session_news *news); /* its members; NULL: the common ones */
	const char *text;                                          /* when it comes */
	const ims_event_field *fields; /* of `result` besides `event`; a NULL name ends them */
	const char *example;           /* a whole event; NULL: the manual makes one */
} ims_event_row;

extern const ims_event_row ims_event_rows[IMS_NEWS_N_KINDS]; /* ims_event_table.c */
extern const ims_event_row ims_event_status_row;

struct ims_api_request {
	GError *error;          /* NULL: well-formed */
	const ims_api_row *row; /* NULL: not known */
	json_t *body;
	gboolean offers; /* a JSEP offer came along: Janus has made a PeerConnection for it */
	gboolean amends; /* or changed the one that there was */
	char *sdp;       /* of the JSEP, NULL: none */
	char *transaction;
	guint after; /* its client knew of events up to this one, at most */
};

struct ims_api_client {
	ims_session *session;
	guint called; /* the number of its last incomingcall */
	const ims_api_outlet *outlet;
	gpointer handle;
};

extern const ims_api_row ims_api_rows[]; /* ims_request_table.c; ends with a NULL name */

/* ims_requests.c: fields of a request. */
const char *ims_request_text(const ims_api_request *request, const char *name); /* NULL: not there */
json_int_t ims_request_number(const ims_api_request *request, const char *name, json_int_t otherwise);
char *ims_request_headers(const ims_api_request *request); /* checked lines; free with g_free; NULL: none */
ims_speak_params ims_request_speak(const ims_api_request *request);

/* ims_requests_NOUN.c: one function for each request. FALSE with the reason: nothing has happened. */
#define IMS_REQUEST(name)                                                                                    \
	gboolean ims_req_##name(ims_api_client *client, const ims_api_request *r, GError **error)
/* clang-format off */
IMS_REQUEST(register);
IMS_REQUEST(authenticate);
IMS_REQUEST(unregister);
IMS_REQUEST(refresh_token);
IMS_REQUEST(ice_servers);

IMS_REQUEST(call);
IMS_REQUEST(send_ringing);
IMS_REQUEST(progress);
IMS_REQUEST(accept);
IMS_REQUEST(decline);
IMS_REQUEST(hangup);
IMS_REQUEST(hold);
IMS_REQUEST(unhold);
IMS_REQUEST(update);
IMS_REQUEST(dtmf_info);
IMS_REQUEST(info);

IMS_REQUEST(recording);
IMS_REQUEST(keyframe);
IMS_REQUEST(rtp_forward);
IMS_REQUEST(stop_rtp_forward);
IMS_REQUEST(listforwarders);

IMS_REQUEST(transfer);

IMS_REQUEST(message);

IMS_REQUEST(subscribe);
IMS_REQUEST(unsubscribe);

IMS_REQUEST(reset);
IMS_REQUEST(status);
IMS_REQUEST(trace);
/* clang-format on */

/* Every event that we send is built in these files, and nowhere else. */

/* ims_events.c */
json_t *ims_event_of_news(const ims_session_news *news);
/* again_s: after which the request may be tried again; 0: nobody can say. */
json_t *ims_event_of_error(const GError *error, guint again_s);
json_t *ims_event_jsep(const char *type, const char *sdp); /* NULL when sdp is NULL */
/* What came from the network may not be UTF-8, and JSON must be. */
json_t *ims_event_text(const char *value);
void ims_event_set(json_t *object, const char *name, const char *value); /* nothing when value is NULL */
void ims_event_set_content(json_t *object, GBytes *body);                /* `content` and `encoding` */
json_t *ims_event_list(const GPtrArray *texts);                          /* of char *; NULL: an empty one */
json_t *
ims_event_ims(json_t *result); /* its member of what that plugin does not have; made when it is not there */
void ims_event_add_common(json_t *result, const ims_session_news *news);

/* ims_events_NOUN.c: what ims_event_row.add is. */
/* clang-format off */
#define IMS_EVENT_ADD(what) void ims_event_add_##what(json_t *result, const ims_session_news *news)
IMS_EVENT_ADD(registered);
IMS_EVENT_ADD(unregistered);
IMS_EVENT_ADD(challenge);
IMS_EVENT_ADD(refusal);
IMS_EVENT_ADD(word);
IMS_EVENT_ADD(token_expiring);
IMS_EVENT_ADD(token_refreshed);
IMS_EVENT_ADD(ice_servers);

IMS_EVENT_ADD(incoming);
IMS_EVENT_ADD(hold);
IMS_EVENT_ADD(quality);
IMS_EVENT_ADD(missed);
IMS_EVENT_ADD(agreed);
IMS_EVENT_ADD(hangup);
IMS_EVENT_ADD(key);
IMS_EVENT_ADD(info);

IMS_EVENT_ADD(recording);
IMS_EVENT_ADD(forwarded);
IMS_EVENT_ADD(forward_stopped);
IMS_EVENT_ADD(forwarders);

IMS_EVENT_ADD(declining);
IMS_EVENT_ADD(transfer);

IMS_EVENT_ADD(message);

IMS_EVENT_ADD(subscribed);
IMS_EVENT_ADD(notify);
IMS_EVENT_ADD(delivery);
IMS_EVENT_ADD(tracing);
IMS_EVENT_ADD(trace);
/* clang-format on */

json_t *ims_event_of_status(const ims_session *session); /* ims_events_status.c */
