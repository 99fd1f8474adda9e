/* SRTP of a stream: what one end protects the other opens, once, and nobody else does (REQ-129). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "media/ims_rtp.h"
#include "media/ims_srtp.h"
#include "sdp/ims_sdes_keys.h"

#define BODY 160
#define ROOM (IMS_RTP_HEADER + BODY + IMS_SRTP_TRAILER)

typedef struct {
	ims_sdes_keys *keys;
	ims_srtp near, far;
} pair;

static const ims_srtp_key *key(pair *p, guint whose, ims_srtp_suite suite)
{
	return ims_sdes_keys_get(p->keys, whose, suite);
}

static void join(pair *p, ims_srtp_suite suite)
{
	p->keys = ims_sdes_keys_new();
	assert_true(ims_srtp_set(&p->near, key(p, 0, suite), key(p, 1, suite), 0));
	assert_true(ims_srtp_set(&p->far, key(p, 1, suite), key(p, 0, suite), 0));
}

static void part(pair *p)
{
	ims_srtp_clear(&p->near);
	ims_srtp_clear(&p->far);
	ims_sdes_keys_free(p->keys);
}

static gsize rtp(guint8 *packet, guint16 seq, guint32 ssrc)
{
	ims_rtp_write(packet,
		      &(ims_rtp_header){ .pt = 8, .seq = seq, .timestamp = seq * 160u, .ssrc = ssrc });
	memset(packet + IMS_RTP_HEADER, 0x55, BODY);
	return IMS_RTP_HEADER + BODY;
}

static gsize rtcp(guint8 *packet)
{
	static const guint8 rr[] = { 0x80, 201, 0, 1, 1, 2, 3, 4, 0x81, 202, 0, 2, 1, 2, 3, 4, 1, 1, 'x', 0 };

	memcpy(packet, rr, sizeof(rr));
	return sizeof(rr);
}

static void test_each_suite(void **state)
{
	(void)state;
	for (guint suite = IMS_SRTP_NONE + 1; suite < IMS_SRTP_N_SUITES; suite++) {
		_Alignas(8) guint8 packet[ROOM], plain[ROOM], twice[ROOM];
		pair p = { 0 };
		gsize length, sent;

		join(&p, (ims_srtp_suite)suite);
		length = rtp(plain, 7, 0x11223344);
		memcpy(packet, plain, length);
		sent = ims_srtp_protect(&p.near, IMS_SRTP_RTP, packet, length);
		assert_in_range(sent, length + 4, sizeof(packet));
		assert_memory_not_equal(packet + IMS_RTP_HEADER, plain + IMS_RTP_HEADER, BODY);
		memcpy(twice, packet, sent);
		assert_int_equal(ims_srtp_unprotect(&p.far, IMS_SRTP_RTP, packet, sent, 1), length);
		assert_memory_equal(packet, plain, length);
		assert_int_equal(ims_srtp_unprotect(&p.far, IMS_SRTP_RTP, twice, sent, 2), 0); /* replayed */

		length = rtcp(packet);
		sent = ims_srtp_protect(&p.far, IMS_SRTP_RTCP, packet, length);
		assert_in_range(sent, length + 8, sizeof(packet));
		assert_int_equal(ims_srtp_unprotect(&p.near, IMS_SRTP_RTCP, packet, sent, 3), length);
		rtcp(plain);
		assert_memory_equal(packet, plain, length);
		part(&p);
	}
}

static void test_forgeries(void **state)
{
	_Alignas(8) guint8 packet[ROOM], changed[ROOM];
	pair p = { 0 };
	gsize sent;

	(void)state;
	join(&p, IMS_SRTP_AES_CM_128_HMAC_SHA1_80);
	sent = ims_srtp_protect(&p.near, IMS_SRTP_RTP, packet, rtp(packet, 1, 1));
	for (gsize i = 0; i < sent; i++) {
		memcpy(changed, packet, sent);
		changed[i] ^= 0x10;
		assert_int_equal(ims_srtp_unprotect(&p.far, IMS_SRTP_RTP, changed, sent, 1), 0);
	}
	for (gsize length = 0; length < sent; length++) {
		memcpy(changed, packet, sent);
		assert_int_equal(ims_srtp_unprotect(&p.far, IMS_SRTP_RTP, changed, length, 1), 0);
		assert_int_equal(ims_srtp_unprotect(&p.far, IMS_SRTP_RTCP, changed, length, 1), 0);
	}
	assert_int_equal(ims_srtp_unprotect(&p.far, IMS_SRTP_RTP, changed, rtp(changed, 2, 1), 1),
			 0); /* plain */
	assert_int_equal(ims_srtp_unprotect(&p.far, IMS_SRTP_RTP, packet, sent, 1), IMS_RTP_HEADER + BODY);
	part(&p);
}

/* Said again the same key is no new one: counts and window go on. */
static void test_the_same_again(void **state)
{
	const ims_srtp_suite suite = IMS_SRTP_AES_CM_128_HMAC_SHA1_80;
	_Alignas(8) guint8 packet[ROOM], twice[ROOM];
	pair p = { 0 };
	gsize sent;

	(void)state;
	join(&p, suite);
	sent = ims_srtp_protect(&p.near, IMS_SRTP_RTP, packet, rtp(packet, 1, 1));
	memcpy(twice, packet, sent);
	assert_true(ims_srtp_unprotect(&p.far, IMS_SRTP_RTP, packet, sent, 1) > 0);
	assert_true(ims_srtp_set(&p.far, key(&p, 1, suite), key(&p, 0, suite), 2));
	assert_int_equal(ims_srtp_unprotect(&p.far, IMS_SRTP_RTP, twice, sent, 3), 0);
	part(&p);
}

/* Packets with the key before are on their way for a while, and then are not taken any more. */
static void test_rekeying(void **state)
{
	static const ims_srtp_suite to[] = { IMS_SRTP_AES_CM_128_HMAC_SHA1_80, IMS_SRTP_AEAD_AES_256_GCM };
	const ims_srtp_suite suite = IMS_SRTP_AES_CM_128_HMAC_SHA1_80;

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(to); i++) {
		_Alignas(8) guint8 before[ROOM], late[ROOM], after[ROOM];
		pair p = { 0 };
		gsize n_before, n_late, n_after;

		join(&p, suite);
		n_before = ims_srtp_protect(&p.near, IMS_SRTP_RTP, before, rtp(before, 1, 1));
		n_late = ims_srtp_protect(&p.near, IMS_SRTP_RTP, late, rtp(late, 2, 1));
		assert_true(ims_srtp_set(&p.near, key(&p, 2, to[i]), key(&p, 1, suite), 10));
		assert_true(ims_srtp_set(&p.far, key(&p, 1, suite), key(&p, 2, to[i]), 10));
		n_after = ims_srtp_protect(&p.near, IMS_SRTP_RTP, after, rtp(after, 3, 1));
		assert_true(ims_srtp_unprotect(&p.far, IMS_SRTP_RTP, after, n_after, 20) > 0);
		assert_int_equal(ims_srtp_unprotect(&p.far, IMS_SRTP_RTP, before, n_before, 20),
				 IMS_RTP_HEADER + BODY);
		assert_int_equal(before[IMS_RTP_HEADER], 0x55);
		assert_int_equal(ims_srtp_unprotect(&p.far, IMS_SRTP_RTP, late, n_late, 60 * G_USEC_PER_SEC),
				 0);
		part(&p);
	}
}

/* Who knows the key cannot make us remember ever more. */
static void test_many_sources(void **state)
{
	pair p = { 0 };

	(void)state;
	join(&p, IMS_SRTP_AES_CM_128_HMAC_SHA1_80);
	for (guint32 ssrc = 1; ssrc <= 100; ssrc++) {
		_Alignas(8) guint8 packet[ROOM];
		gsize sent = ims_srtp_protect(&p.near, IMS_SRTP_RTP, packet, rtp(packet, 1, ssrc));

		assert_true(ims_srtp_unprotect(&p.far, IMS_SRTP_RTP, packet, sent, 1) > 0);
	}
	part(&p);
}

/* Keys that libsrtp does not take are no reason to send in the clear. */
static void test_no_session(void **state)
{
	const ims_srtp_key bad = { .suite = IMS_SRTP_N_SUITES };
	_Alignas(8) guint8 packet[ROOM];
	ims_srtp srtp = { 0 };

	(void)state;
	assert_false(ims_srtp_set(&srtp, &bad, &bad, 0));
	assert_true(srtp.on);
	assert_int_equal(ims_srtp_protect(&srtp, IMS_SRTP_RTP, packet, rtp(packet, 1, 1)), 0);
	assert_int_equal(ims_srtp_unprotect(&srtp, IMS_SRTP_RTP, packet, rtp(packet, 1, 1), 1), 0);
	ims_srtp_clear(&srtp);
	assert_true(ims_srtp_set(&srtp, &(ims_srtp_key){ 0 }, &(ims_srtp_key){ 0 }, 0));
	assert_false(srtp.on);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_suite),     cmocka_unit_test(test_forgeries),
		cmocka_unit_test(test_the_same_again), cmocka_unit_test(test_rekeying),
		cmocka_unit_test(test_many_sources),   cmocka_unit_test(test_no_session),
	};

	return cmocka_run_group_tests_name("test_ims_srtp", tests, NULL, NULL);
}
