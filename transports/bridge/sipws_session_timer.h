/* sipws_session_timer.h: how long a call lives without a sign of the client (RFC 4028), in its messages.
 * The rules are those of ims_session_timer. Pure. */
#pragma once
#include "base/ims_clock.h"
#include "sip/ims_session_timer.h"
#include "sip/sipws_msg.h"

enum { SIPWS_SESSION_MIN_S = 90 }; /* RFC 4028 4 */

typedef struct {
	void (*due)(gpointer user);     /* the client is to be given a sign */
	void (*expired)(gpointer user); /* it gave none: the call ends */
} sipws_session_timer_events;

typedef struct {
	ims_session_timer agreed;
	ims_timer timer;
	const sipws_session_timer_events *events;
	gpointer user;
} sipws_session_timer;

void sipws_session_timer_init(sipws_session_timer *timer, ims_clock *clock,
			      const sipws_session_timer_events *events, gpointer user);
void sipws_session_timer_stop(sipws_session_timer *timer);

/* The client's INVITE or UPDATE asks for less than is taken: the answer to it, 422; NULL: it does not. */
sipws_msg *sipws_session_timer_refusal(const sipws_session_timer *timer, const sipws_msg *request,
				       const char *to_tag);
/* ... its 2xx says what is agreed, and the time begins anew. */
void sipws_session_timer_answer(sipws_session_timer *timer, const sipws_msg *request, sipws_msg *response);
/* Our INVITE or UPDATE says what is agreed. */
void sipws_session_timer_ask(const sipws_session_timer *timer, sipws_msg *request);
/* ... the client's 2xx: the time begins anew. */
void sipws_session_timer_answered(sipws_session_timer *timer, const sipws_msg *response);
