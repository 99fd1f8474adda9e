/* sipws_msg.h: one SIP message: read from a frame, or written for one. The only door to sofia-sip's parser.
 *
 * Pure. Thread: the server's. Owner: whoever made it; what is borrowed from a message lives as long as it.
 * A frame holds exactly one message (RFC 7118 5; REQ-150); Content-Length may be missing, and is exact in
 * what is printed (REQ-151). */
#pragma once
#include <glib.h>

typedef struct sipws_msg sipws_msg;

enum { SIPWS_MSG_MAX = 65536 }; /* bytes of a message that is read */

/* Name, URI and tag of a From, To, Contact, Refer-To, ... Empty strings: not there. URIs without < and >. */
typedef struct {
	const char *name; /* unquoted */
	const char *uri;
	const char *parameters; /* of the header, each with its leading ';' */
} sipws_address;

/* ---- reading ---- */

/* What is wrong with it, in the terms of an answer. status 0: nothing. */
typedef struct {
	guint status;       /* 400, 413, 416, 505, ... */
	const char *reason; /* a sentence for the reason phrase: what and where; static */
} sipws_fault;

/* NULL, and why in ret_fault: nothing that could be answered (not SIP, no Via, From, To, Call-ID or CSeq that
 * can be copied). A message with a fault: to be answered with that, if it is a request that may be answered.
 */
sipws_msg *sipws_msg_parse(const char *bytes, gsize length, sipws_fault *ret_fault);
const sipws_fault *sipws_msg_fault(const sipws_msg *msg);
/* CR LF CR LF, or CR LF: a keep-alive (RFC 5626 3.5.1; REQ-154), no message. */
gboolean sipws_msg_is_ping(const char *bytes, gsize length);
gboolean sipws_msg_is_pong(const char *bytes, gsize length);

gboolean sipws_msg_is_request(const sipws_msg *msg);
const char *sipws_msg_method(const sipws_msg *msg); /* of a request; of a response that of its CSeq */
const char *sipws_msg_uri(const sipws_msg *msg);    /* Request-URI; NULL: it is a response */
guint sipws_msg_status(const sipws_msg *msg);       /* 0: it is a request */
const char *sipws_msg_phrase(const sipws_msg *msg); /* reason phrase; NULL: it is a request */

const char *sipws_msg_call_id(const sipws_msg *msg);
guint32 sipws_msg_cseq(const sipws_msg *msg);
const char *sipws_msg_branch(const sipws_msg *msg);   /* of the topmost Via; "": it has none */
const char *sipws_msg_from_tag(const sipws_msg *msg); /* "": it has none */
const char *sipws_msg_to_tag(const sipws_msg *msg);
void sipws_msg_from(const sipws_msg *msg, sipws_address *ret_address);
void sipws_msg_to(const sipws_msg *msg, sipws_address *ret_address);

/* Value of the nth header of that name (long form, any case), from 0, as it came; NULL: there is none. Of
 * lists (Contact, Allow, Supported, ...) each element counts. */
const char *sipws_msg_header(const sipws_msg *msg, const char *name, guint nth);
/* ... as an address. FALSE: there is none. "*" of Contact is an address with that URI. */
gboolean sipws_msg_address(const sipws_msg *msg, const char *name, guint nth, sipws_address *ret_address);
/* URI of a name-addr or addr-spec, as a dialog keeps its ends. NULL: it is none. Free with g_free. */
char *sipws_address_uri(const char *value);
/* Whether a list such as Supported, Require, Allow has this token. */
gboolean sipws_msg_has_token(const sipws_msg *msg, const char *name, const char *token);
/* A parameter in ";a=b;c" or "value;a=b;c": unquoted, "" when it has no value; NULL: not there. Free with
 * g_free. */
char *sipws_parameter(const char *parameters, const char *name);
/* Those of an address that are none of these (NULL ends them), values as they came. Free with g_free. */
char *sipws_parameters_without(const char *parameters, const char *const *names);
/* Each header whose name is in no typed place (Via, From, To, Call-ID, CSeq, Content-Length, Max-Forwards,
 * Route, Record-Route excepted): for handing on what a policy of the gateway lets through. */
void sipws_msg_each_header(const sipws_msg *msg,
			   void (*each)(const char *name, const char *value, gpointer user), gpointer user);

GBytes *sipws_msg_body(const sipws_msg *msg);             /* NULL: none; unref it */
const char *sipws_msg_content_type(const sipws_msg *msg); /* whole value; "": none */

/* ---- writing ---- */

/* phrase NULL: that of RFC 3261. Copies Via, From, To, Call-ID and CSeq; to_tag is added when To has none;
 * NULL: none is added (100). */
sipws_msg *sipws_msg_new_response(const sipws_msg *request, guint status, const char *phrase,
				  const char *to_tag);
/* Without any header. */
sipws_msg *sipws_msg_new_request(const char *method, const char *uri);
/* Appends a header line. What a value may not hold (CR, LF, NUL) becomes a space: no caller can split a
 * message. */
void sipws_msg_add(sipws_msg *msg, const char *name, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* As a quoted string (RFC 3261 25.1), what may not be in one as a space. Free with g_free. */
char *sipws_quote(const char *text);
/* "name" <uri>, quoted as it must be. name may be NULL or "". Free with g_free. */
char *sipws_address_print(const char *name, const char *uri, const char *tag);
void sipws_msg_set_body(sipws_msg *msg, const char *content_type, const void *bytes, gsize length);
/* The bytes of a frame. Content-Length is exact. */
GBytes *sipws_msg_print(const sipws_msg *msg);

void sipws_msg_free(sipws_msg *msg);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(sipws_msg, sipws_msg_free)
