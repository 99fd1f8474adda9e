/* sipws_door.h: how many may come from where, and how often (REQ-144). Pure.
 *
 * An address is an IPv4 address, or the 64 bits of an IPv6 network: who has one of these has all its
 * addresses. What is remembered of those that are not connected lasts a minute, and is bounded. */
#pragma once
#include <glib.h>
#include <sys/socket.h>

typedef struct sipws_door sipws_door;
typedef struct sipws_visitor sipws_visitor;

typedef enum {
	SIPWS_DOOR_OPEN,
	SIPWS_DOOR_FULL,     /* as many as there may be are connected */
	SIPWS_DOOR_TOO_MANY, /* ... of this address */
	SIPWS_DOOR_TOO_OFTEN,
} sipws_door_answer;

/* Limits: 0: none. */
sipws_door *sipws_door_new(guint connections, guint per_address, guint per_minute);
void sipws_door_free(sipws_door *door);

/* Somebody knocks: counts as an attempt. */
sipws_door_answer sipws_door_knock(sipws_door *door, const struct sockaddr *address, gint64 now_ms);
/* He is in. To be handed back by sipws_door_leave. */
sipws_visitor *sipws_door_enter(sipws_door *door, const struct sockaddr *address, gint64 now_ms);
void sipws_door_leave(sipws_door *door, sipws_visitor *visitor);
guint sipws_door_count(const sipws_door *door);      /* connected */
guint sipws_door_remembered(const sipws_door *door); /* addresses */
