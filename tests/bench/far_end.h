/* The SIP end of many calls, on one UDP socket: registrar that takes everybody, caller and callee. It knows
 * each user's one binding and one call by his number, the digits of sip:bench7@... */
#pragma once

#include <glib.h>

typedef struct far_end far_end;

typedef struct {
	void (*ours_answered)(void *context, guint user);       /* its INVITE has its 200, and that its ACK */
	void (*theirs_acknowledged)(void *context, guint user); /* ... the user's */
	void (*ended)(void *context, guint user,
		      gboolean ok); /* its BYE was answered, or its INVITE refused */
} far_end_events;

far_end *far_end_new(const char *address, guint port, guint users, const far_end_events *events,
		     void *context);
int far_end_socket(const far_end *end);

/* Takes all that has come, and answers it. */
void far_end_serve(far_end *end);

/* Calls a user who has registered. */
void far_end_call(far_end *end, guint user);

/* Ends the user's call. */
void far_end_hang_up(far_end *end, guint user);
