/* recorder.h: the ims_gateway of the tests: keeps what would go to the browser, counts references. */
#pragma once
#include <pthread.h>
#include <time.h>
#include "base/ims_gateway.h"
#include "media/ims_media.h"
#include "phone.h"

/* pthread, as base/ims_lock: ThreadSanitizer sees it. */
typedef struct {
	pthread_mutex_t lock;
	pthread_cond_t grew;
	GQueue packets; /* of GBytes */
	guint mline;    /* of the last one */
	gboolean video;
	gint handle_refs;
	gint orientation;              /* of the last packet */
	guint plis, remb_kbps, wanted; /* what else was asked of Janus */
} recorder;

static inline void recorder_init(recorder *r)
{
	pthread_condattr_t monotonic;

	memset(r, 0, sizeof(*r));
	pthread_mutex_init(&r->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&r->grew, &monotonic);
	pthread_condattr_destroy(&monotonic);
	g_queue_init(&r->packets);
}

static inline void recorder_clear(recorder *r)
{
	g_queue_clear_full(&r->packets, (GDestroyNotify)g_bytes_unref);
	pthread_cond_destroy(&r->grew);
	pthread_mutex_destroy(&r->lock);
}

static inline void recorder_relay_rtp(gpointer handle, guint mline, gboolean video, char *packet,
				      guint16 length, gint orientation)
{
	recorder *r = handle;

	pthread_mutex_lock(&r->lock);
	g_assert(r->handle_refs > 0);
	g_queue_push_tail(&r->packets, g_bytes_new(packet, length));
	r->mline = mline;
	r->video = video;
	r->orientation = orientation;
	pthread_cond_signal(&r->grew);
	pthread_mutex_unlock(&r->lock);
}

static inline void recorder_set(recorder *r, guint *figure, guint value)
{
	pthread_mutex_lock(&r->lock);
	g_assert(r->handle_refs > 0);
	*figure = value;
	pthread_cond_signal(&r->grew);
	pthread_mutex_unlock(&r->lock);
}

static inline void recorder_send_pli(gpointer handle, guint mline)
{
	recorder *r = handle;

	(void)mline;
	recorder_set(r, &r->plis, r->plis + 1);
}

static inline void recorder_send_remb(gpointer handle, guint kbps)
{
	recorder *r = handle;

	recorder_set(r, &r->remb_kbps, kbps);
}

static inline void recorder_picture_wanted(gpointer handle)
{
	recorder *r = handle;

	recorder_set(r, &r->wanted, r->wanted + 1);
}

static inline gpointer recorder_ref(gpointer handle)
{
	recorder *r = handle;

	pthread_mutex_lock(&r->lock);
	r->handle_refs++;
	pthread_mutex_unlock(&r->lock);
	return handle;
}

static inline void recorder_unref(gpointer handle)
{
	recorder *r = handle;

	pthread_mutex_lock(&r->lock);
	g_assert(r->handle_refs > 0);
	r->handle_refs--;
	pthread_cond_signal(&r->grew);
	pthread_mutex_unlock(&r->lock);
}

static const ims_gateway recorder_gateway = {
	.relay_rtp = recorder_relay_rtp,
	.send_pli = recorder_send_pli,
	.send_remb = recorder_send_remb,
	.picture_wanted = recorder_picture_wanted,
	.handle_ref = recorder_ref,
	.handle_unref = recorder_unref,
};

static inline gboolean recorder_wait(recorder *r)
{
	struct timespec end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += PHONE_WAIT_MS / 1000;
	return pthread_cond_timedwait(&r->grew, &r->lock, &end) == 0;
}

/* The next packet for the browser; fails the test when none comes. Free with g_bytes_unref. */
static inline GBytes *recorder_next(recorder *r)
{
	GBytes *packet = NULL;

	pthread_mutex_lock(&r->lock);
	while (!(packet = g_queue_pop_head(&r->packets)) && recorder_wait(r))
		;
	pthread_mutex_unlock(&r->lock);
	assert_non_null(packet);
	return packet;
}

/* Until one of the figures is this. */
static inline void recorder_wait_for(recorder *r, const guint *figure, guint value)
{
	gboolean in_time = TRUE;

	pthread_mutex_lock(&r->lock);
	while (*figure != value && in_time)
		in_time = recorder_wait(r);
	assert_int_equal(*figure, value);
	pthread_mutex_unlock(&r->lock);
}

static inline guint recorder_waiting(recorder *r)
{
	guint n;

	pthread_mutex_lock(&r->lock);
	n = g_queue_get_length(&r->packets);
	pthread_mutex_unlock(&r->lock);
	return n;
}

static inline ims_rtp_header recorder_next_rtp(recorder *r)
{
	g_autoptr(GBytes) bytes = recorder_next(r);
	gsize length;
	const guint8 *packet = g_bytes_get_data(bytes, &length);
	ims_rtp_header header = { 0 };

	assert_true(ims_rtp_parse(packet, length, &header));
	return header;
}

/* What the tests agree on: the browser's 8 and 111 are the core's 8 and 97, its 126 their 101 (DTMF). */
static inline ims_sdp_stream agreed_stream(const phone *far)
{
	ims_sdp_stream s = {
		.kind = IMS_MEDIA_AUDIO,
		.used = TRUE,
		.port = ims_address_port(&far->at[0]),
		.rtcp_port = ims_address_port(&far->at[1]),
		.direction = IMS_DIR_SENDRECV,
		.clock_hz = 8000,
		.dtmf_pt = 101,
		.dtmf_clock_hz = 8000,
		.ptime_ms = 20,
		.rtcp_bps = 2600,
	};

	g_strlcpy(s.address, "127.0.0.1", sizeof(s.address));
	g_strlcpy(s.rtcp_address, "127.0.0.1", sizeof(s.rtcp_address));
	for (guint i = 0; i < 128; i++)
		s.to_core[i] = s.to_browser[i] = -1;
	s.to_core[8] = s.to_browser[8] = 8;
	s.to_core[111] = 97;
	s.to_browser[97] = 111;
	s.to_core[126] = 101;
	s.to_browser[101] = 126;
	return s;
}
