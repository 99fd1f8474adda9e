/* ims_lock.h: the mutex for what two of our threads share.
 *
 * A plain pthread mutex: ThreadSanitizer sees it, GLib's futex mutex it does not. */
#pragma once
#include <pthread.h>
#include <glib.h>

typedef pthread_mutex_t ims_lock;

#define IMS_LOCK_INIT PTHREAD_MUTEX_INITIALIZER

static inline void ims_lock_init(ims_lock *lock)
{
	pthread_mutex_init(lock, NULL);
}

static inline void ims_lock_clear(ims_lock *lock)
{
	pthread_mutex_destroy(lock);
}

/* Holds the lock to the end of the scope: g_auto(ims_locked) held = ims_lock_hold(&x->lock); */
typedef ims_lock *ims_locked G_GNUC_UNUSED; /* clang does not count the clean-up as a use */

static inline ims_locked ims_lock_hold(ims_lock *lock)
{
	pthread_mutex_lock(lock);
	return lock;
}

static inline void ims_lock_release(ims_locked *held)
{
	if (*held)
		pthread_mutex_unlock(*held);
	*held = NULL;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ims_locked, ims_lock_release)
