/* ims_rest.h: the SIP thread sleeps until the next timer is due. For sip/ only.
 *
 * sofia-sip sleeps for whole milliseconds, rounded down: in the last one before a timer is due it asks the
 * kernel again and again instead, and where timers are many that takes more CPU than all else. So here that
 * one is slept away, unless something comes that sofia-sip waits for: its epoll descriptor, which it keeps to
 * itself, becomes readable then. Thread: the SIP thread. Owner: ims_stack. */
#pragma once
#include <glib.h>
#include <sofia-sip/su_wait.h>

typedef struct {
	su_root_t *root;
	int fd; /* sofia's; -1: not found, and all is as sofia-sip does it */
} ims_rest;

/* watched: a descriptor that is registered with this root and nowhere else. */
void ims_rest_init(ims_rest *rest, su_root_t *root, int watched);
/* Between two steps of the root. Serves timers that are due, each at most a millisecond late. */
void ims_rest_until_due(const ims_rest *rest);
