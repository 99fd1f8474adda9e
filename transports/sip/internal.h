/* internal.h: what a message is made of. Reading and writing end in the same form: a start line, header
 * fields as text, a body. */
#pragma once
#include "sip/sipws_msg.h"

typedef struct {
	const char *name;  /* long form; of a header that nobody here knows as it came */
	const char *value; /* one element of a list; on one line, without white space around it */
} sipws_header;

struct sipws_msg {
	GStringChunk *texts; /* owns every string of the message */
	const char *method;  /* NULL: it is a response */
	const char *uri, *phrase;
	guint status;
	GArray *headers; /* of sipws_header */
	GBytes *body;    /* NULL: none */
	sipws_fault fault;
};

/* ---- sipws_msg.c ---- */
sipws_msg *sipws_msg_alloc(void);
void sipws_msg_put(sipws_msg *msg, const char *name, const char *value); /* both are copied */
const char *sipws_msg_cseq_method(const sipws_msg *msg);                 /* "": there is none */
/* The first one stays. */
void sipws_msg_blame(sipws_msg *msg, guint status, const char *reason);

/* ---- sipws_headers.c: what is known of header fields ---- */
/* A line that came: puts it, each element of a list by itself, and blames the message for what is wrong. */
void sipws_header_read(sipws_msg *msg, const char *name, const char *value);

/* ---- sipws_address.c ---- */
/* FALSE: neither name-addr nor addr-spec, or followed by what are no parameters. texts: owner of what is
 * returned; NULL: only look. */
gboolean sipws_address_read(const char *value, GStringChunk *texts, sipws_address *ret_address);
gboolean sipws_is_uri(const char *text); /* what may stand between < and > */
gboolean sipws_is_token(const char *text, gsize length);
