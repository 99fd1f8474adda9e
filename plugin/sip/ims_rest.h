/* ims_rest.h: the SIP thread sleeps until the next timer is due. For sip/ only.
 *
 * sofia-sip sleeps for whole milliseconds, rounded down: in the last one before a timer is due it asks the
 * kernel again and again instead, and where timers are many that takes more CPU than all else. So here it
 * only does what is ready, and the thread sleeps by itself until something comes that sofia-sip waits for:
 * its epoll descriptor, which it keeps to itself, becomes readable then. Thread: the SIP thread. Owner:
 * ims_stack. */
#pragma once
#include <glib.h>
#include <sofia-sip/su_wait.h>

typedef struct {
	su_root_t *root;
	int fd; /* sofia's; -1: not found, and all is as sofia-sip does it */
} ims_rest;

/* watched: a descriptor that is registered with this root and nowhere else. */
void ims_rest_init(ims_rest *rest, su_root_t *root, int watched);
/* Does what is ready, or some of it. Until a timer is due; negative: there is none. */
su_duration_t ims_rest_after_work(const ims_rest *rest);
/* Timers are served at most a millisecond late. */
void ims_rest_until_due(const ims_rest *rest, su_duration_t due_ms);
