#include "media/ims_srtp.h"

#include <srtp2/srtp.h>
#include <string.h>

#include "media/ims_rtp.h"

#define GRACE_US (5 * G_USEC_PER_SEC) /* of a key that was replaced */
#define SOURCES 8                     /* SSRCs of the far end that are kept apart */

struct ims_srtp_context {
	srtp_t session;
	guint32 sources[SOURCES]; /* in it, network order; libsrtp keeps each for good */
	guint n_sources, oldest;
};

static void init_once(void)
{
	static gsize done;

	if (!g_once_init_enter(&done))
		return;
	srtp_init(); /* Janus did it already; what counts is whether sessions can be made */
	g_once_init_leave(&done, 1);
}

static gboolean set_policy(srtp_policy_t *policy, ims_srtp_suite suite)
{
	switch (suite) {
	case IMS_SRTP_AES_CM_128_HMAC_SHA1_80:
		srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy->rtp);
		srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy->rtcp);
		return TRUE;
	case IMS_SRTP_AES_CM_128_HMAC_SHA1_32: /* SRTCP has 80 bits all the same (RFC 4568 6.2.2) */
		srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32(&policy->rtp);
		srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy->rtcp);
		return TRUE;
	case IMS_SRTP_AES_256_CM_HMAC_SHA1_80:
		srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80(&policy->rtp);
		srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80(&policy->rtcp);
		return TRUE;
	case IMS_SRTP_AES_256_CM_HMAC_SHA1_32:
		srtp_crypto_policy_set_aes_cm_256_hmac_sha1_32(&policy->rtp);
		srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80(&policy->rtcp);
		return TRUE;
	case IMS_SRTP_AEAD_AES_128_GCM:
		srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy->rtp);
		srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy->rtcp);
		return TRUE;
	case IMS_SRTP_AEAD_AES_256_GCM:
		srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy->rtp);
		srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy->rtcp);
		return TRUE;
	case IMS_SRTP_NONE:
	case IMS_SRTP_N_SUITES:
		return FALSE;
	}
	return FALSE;
}

/* NULL: not possible. */
static ims_srtp_context *context_new(const ims_srtp_key *key, srtp_ssrc_type_t direction)
{
	ims_srtp_key copy = *key;
	srtp_policy_t policy = { .ssrc = { direction, 0 }, .key = copy.bytes, .window_size = 128 };
	ims_srtp_context *context = g_new0(ims_srtp_context, 1);

	init_once();
	if (!set_policy(&policy, key->suite) || srtp_create(&context->session, &policy) != srtp_err_status_ok)
		g_clear_pointer(&context, g_free);
	ims_srtp_key_clear(&copy);
	return context;
}

static void context_free(ims_srtp_context *context)
{
	if (!context)
		return;
	srtp_dealloc(context->session); /* which wipes what it derived */
	g_free(context);
}

static void set_out(ims_srtp *srtp, const ims_srtp_key *ours)
{
	if (srtp->out && ims_srtp_key_equal(&srtp->ours, ours))
		return;
	g_clear_pointer(&srtp->out, context_free);
	srtp->out = context_new(ours, ssrc_any_outbound);
	srtp->ours = *ours;
}

static void set_in(ims_srtp *srtp, const ims_srtp_key *theirs, gint64 now_us)
{
	if (srtp->in && ims_srtp_key_equal(&srtp->theirs, theirs))
		return;
	g_clear_pointer(&srtp->in_before, context_free);
	srtp->in_before = srtp->in;
	srtp->before_until_us = now_us + GRACE_US;
	srtp->in = context_new(theirs, ssrc_any_inbound);
	srtp->theirs = *theirs;
}

gboolean ims_srtp_set(ims_srtp *srtp, const ims_srtp_key *ours, const ims_srtp_key *theirs, gint64 now_us)
{
	if (ours->suite == IMS_SRTP_NONE) {
		ims_srtp_clear(srtp);
		return TRUE;
	}
	srtp->on = TRUE;
	set_out(srtp, ours);
	set_in(srtp, theirs, now_us);
	return srtp->out && srtp->in;
}

void ims_srtp_clear(ims_srtp *srtp)
{
	context_free(srtp->out);
	context_free(srtp->in);
	context_free(srtp->in_before);
	ims_srtp_key_clear(&srtp->ours);
	ims_srtp_key_clear(&srtp->theirs);
	*srtp = (ims_srtp){ 0 };
}

gsize ims_srtp_protect(ims_srtp *srtp, ims_srtp_kind kind, guint8 *packet, gsize length)
{
	int n = (int)length;
	srtp_err_status_t failed;

	if (!srtp->out)
		return 0;
	failed = kind == IMS_SRTP_RTP ? srtp_protect(srtp->out->session, packet, &n)
				      : srtp_protect_rtcp(srtp->out->session, packet, &n);
	return failed ? 0 : (gsize)n;
}

/* Who has the key could name a new SSRC in each packet, and libsrtp would remember them all. */
static void note_source(ims_srtp_context *context, const guint8 *at)
{
	guint32 ssrc;

	memcpy(&ssrc, at, sizeof(ssrc));
	for (guint i = 0; i < context->n_sources; i++)
		if (context->sources[i] == ssrc)
			return;
	if (context->n_sources < SOURCES) {
		context->sources[context->n_sources++] = ssrc;
		return;
	}
	srtp_remove_stream(context->session, context->sources[context->oldest]);
	context->sources[context->oldest] = ssrc;
	context->oldest = (context->oldest + 1) % SOURCES;
}

static gsize unprotect(ims_srtp_context *context, ims_srtp_kind kind, guint8 *packet, gsize length)
{
	int n = (int)length;
	srtp_err_status_t failed;

	failed = kind == IMS_SRTP_RTP ? srtp_unprotect(context->session, packet, &n)
				      : srtp_unprotect_rtcp(context->session, packet, &n);
	if (failed)
		return 0;
	note_source(context, packet + (kind == IMS_SRTP_RTP ? 8 : 4));
	return (gsize)n;
}

/* A packet that the new key does not open is opened by the one before. The attempt may spoil it. */
static gsize unprotect_with_either(ims_srtp *srtp, ims_srtp_kind kind, guint8 *packet, gsize length)
{
	guint8 copy[IMS_RTP_MAX];
	gsize n;

	memcpy(copy, packet, length);
	n = unprotect(srtp->in, kind, packet, length);
	if (n > 0)
		return n;
	memcpy(packet, copy, length);
	return unprotect(srtp->in_before, kind, packet, length);
}

gsize ims_srtp_unprotect(ims_srtp *srtp, ims_srtp_kind kind, guint8 *packet, gsize length, gint64 now_us)
{
	if (!srtp->in || length < IMS_RTP_HEADER || length > IMS_RTP_MAX)
		return 0;
	if (srtp->in_before && now_us >= srtp->before_until_us)
		g_clear_pointer(&srtp->in_before, context_free);
	if (srtp->in_before)
		return unprotect_with_either(srtp, kind, packet, length);
	return unprotect(srtp->in, kind, packet, length);
}
