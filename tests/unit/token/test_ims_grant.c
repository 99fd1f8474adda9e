/* Whom a grant lets register what, and until when; identities as equal texts (REQ-52, 54). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "token/ims_identities.h"
#include "token/ims_revocations.h"
#include "token/ims_token_cache.h"
#include "token/internal.h"

static const char *const impus[] = { "sip:Alice@ims.example", "tel:+4930123456", NULL };

static ims_grant_facts facts(void)
{
	return (ims_grant_facts){ .issuer = "waf",
				  .impi = "alice@ims.example",
				  .impus = impus,
				  .wwsf = "page",
				  .jti = "j-1",
				  .subject = "u-1",
				  .expires_s = 1000,
				  .issued_s = 500 };
}

/* ---- identities ---- */

static void test_normal_form(void **state)
{
	static const struct {
		const char *impu, *normal;
	} rows[] = {
		{ "sip:Alice@ims.example", "sip:Alice@ims.example" },
		{ "SIP:Alice@IMS.Example;user=phone", "sip:Alice@ims.example" },
		{ "sips:a@b:5061", NULL },
		{ "sip:a@[2001:DB8::1]:5060", NULL },
		{ "sip:a:secret@b", NULL },
		{ "sip:%61lic%65@b", "sip:alice@b" },
		{ "sip:a%2fb%2A@c", "sip:a%2Fb*@c" },
		{ "sip:%2561@b", "sip:%2561@b" },
		{ "sip:a%@b", NULL },
		{ "sip:a%4@b", NULL },
		{ "sip:a%zz@b", NULL },
		{ "sip:a@b.", NULL },
		{ "sip:a@.b", NULL },
		{ "sip:a@b..c", NULL },
		{ "sip:a@[b", NULL },
		{ "sip:a@[", NULL },
		{ "sip:a@[]", NULL },
		{ "sip:a@[2001:DB8::1]", "sip:a@[2001:db8::1]" },
		{ "tel:+49-(30).123 456", NULL },
		{ "TEL:+49-(30).123456", "tel:+4930123456" },
		{ "tel:911;phone-context=IMS.example", "tel:911;phone-context=ims.example" },
		{ "sip:ims.example", NULL },
		{ "sip:@ims.example", NULL },
		{ "sip:a@", NULL },
		{ "sip:a@;x", NULL },
		{ "sip:a@b@c", NULL },
		{ "sip:a;b@c", NULL },
		{ "sip:a@b?c", NULL },
		{ "sip:a@b/c", NULL },
		{ "sip:a@b,sip:c@d", NULL },
		{ "sip:*", NULL },
		{ "sip:a\"@b", NULL },
		{ "<sip:a@b>", NULL },
		{ " sip:a@b", NULL },
		{ "sip:a@b\r\n", NULL },
		{ "sip:\xc3\xa4@b", NULL },
		{ "tel:", NULL },
		{ "tel:--", NULL },
		{ "tel:+49x", NULL },
		{ "urn:service:sos", NULL },
		{ "alice", NULL },
		{ "", NULL },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *normal = ims_identity_normal(rows[i].impu);

		if (g_strcmp0(normal, rows[i].normal) != 0)
			fail_msg("%s: %s, not %s", rows[i].impu, normal, rows[i].normal);
	}
}

static void test_impi(void **state)
{
	static const char *const wrong[] = { "",      "alice",      "@b",    "a@",    "a@b@c",
					     "a b@c", "a\"@b",      "a@b;c", "a,b@c", "<a@b>",
					     "a@b\n", "\xd0\xb0@b", "a@b." };

	(void)state;
	assert_true(ims_identity_is_impi("alice@ims.example"));
	assert_true(ims_identity_is_impi("001010000000001@ims.mnc001.mcc001.3gppnetwork.org"));
	for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++)
		if (ims_identity_is_impi(wrong[i]))
			fail_msg("%s", wrong[i]);
}

/* ---- grants ---- */

static void test_permits(void **state)
{
	ims_grant_facts f = facts();
	g_autoptr(ims_grant) grant = ims_grant_new(&f, NULL);

	(void)state;
	assert_true(ims_grant_permits(grant, "alice@ims.example", "sip:Alice@IMS.example;user=phone", 999));
	assert_true(ims_grant_permits(grant, NULL, "tel:+49-30-123456", 0));
	assert_false(ims_grant_permits(grant, "alice@ims.example", "sip:Alice@ims.example", 1000));
	assert_false(ims_grant_permits(grant, "bob@ims.example", "sip:Alice@ims.example", 999));
	assert_false(ims_grant_permits(grant, "Alice@ims.example", "sip:Alice@ims.example", 999));
	assert_false(
		ims_grant_permits(grant, NULL, "sip:alice@ims.example", 999)); /* a user is written one way */
	assert_false(ims_grant_permits(grant, NULL, "sip:bob@ims.example", 999));
	assert_false(ims_grant_permits(grant, NULL, "sips:Alice@ims.example", 999));
	assert_false(ims_grant_permits(grant, NULL, "sip:+4930123456@ims.example;user=phone", 999));
	assert_false(ims_grant_permits(grant, NULL, "sip:Alice@ims.example?x=y", 999));
	assert_false(ims_grant_permits(grant, NULL, "", 999));
}

static void test_same_user(void **state)
{
	ims_grant_facts f = facts(), other[4] = { f, f, f, f };
	g_autoptr(ims_grant) grant = ims_grant_new(&f, NULL);
	g_autoptr(ims_grant) newer = NULL;

	(void)state;
	f.jti = "j-2";
	f.expires_s = 2000;
	newer = ims_grant_new(&f, NULL);
	assert_true(ims_grant_is_same_user(grant, newer));
	other[0].subject = "u-2";
	other[1].issuer = "third";
	other[2].wwsf = NULL;
	other[3].impi = "bob@ims.example";
	for (gsize i = 0; i < G_N_ELEMENTS(other); i++) {
		g_autoptr(ims_grant) stranger = ims_grant_new(&other[i], NULL);

		assert_false(ims_grant_is_same_user(grant, stranger));
		assert_false(ims_grant_is_same_user(stranger, grant));
	}
}

/* ---- revocations ---- */

static void test_revocations(void **state)
{
	ims_revocations *revocations = ims_revocations_new();
	ims_grant_facts f = facts();
	g_autoptr(ims_grant) grant = ims_grant_new(&f, NULL);
	g_autoptr(ims_grant) later = NULL;
	g_autoptr(ims_grant) nameless = NULL;

	(void)state;
	f.issued_s = 701;
	later = ims_grant_new(&f, NULL);
	f.jti = f.subject = NULL;
	nameless = ims_grant_new(&f, NULL);
	ims_revocations_add(revocations, "third", "j-1", NULL, 700);
	ims_revocations_add(revocations, "waf", "u-1", NULL, 700); /* a jti that looks like the subject */
	assert_false(ims_revocations_has(revocations, grant));
	ims_revocations_add(revocations, "waf", NULL, "u-1", 700);
	assert_true(ims_revocations_has(revocations, grant));
	assert_false(ims_revocations_has(revocations, later));
	ims_revocations_add(revocations, "waf", NULL, "u-1", 701);
	assert_true(ims_revocations_has(revocations, later));
	assert_int_equal(ims_revocations_count(revocations), 3);
	ims_revocations_add(revocations, "waf", "j-1", NULL, 700);
	assert_true(ims_revocations_has(revocations, later));
	assert_false(ims_revocations_has(revocations, nameless));
	ims_revocations_free(revocations);
}

static void test_oldest_revocation_is_forgotten(void **state)
{
	ims_revocations *revocations = ims_revocations_new();
	ims_grant_facts f = facts();
	g_autoptr(ims_grant) grant = ims_grant_new(&f, NULL);

	(void)state;
	ims_revocations_add(revocations, "waf", "j-1", NULL, 700);
	for (guint i = 0; i < IMS_REVOCATIONS_MAX; i++) {
		g_autofree char *jti = g_strdup_printf("other-%u", i);

		assert_true(ims_revocations_has(revocations, grant));
		ims_revocations_add(revocations, "waf", jti, NULL, 700);
	}
	assert_false(ims_revocations_has(revocations, grant));
	assert_int_equal(ims_revocations_count(revocations), IMS_REVOCATIONS_MAX);
	ims_revocations_free(revocations);
}

/* ---- the cache ---- */

static ims_token_digest digest_of(const char *network, const char *token)
{
	ims_token_digest digest;

	ims_token_digest_make(network, token, &digest);
	return digest;
}

static void test_cache(void **state)
{
	ims_token_cache *cache = ims_token_cache_new();
	ims_grant_facts f = facts();
	g_autoptr(ims_grant) grant = ims_grant_new(&f, NULL);
	g_autoptr(GError) error = g_error_new_literal(IMS_TOKEN_ERROR, IMS_TOKEN_INVALID, "no");
	ims_verdict good = { .grant = grant }, bad = { .error = error };
	ims_token_digest here = digest_of("home", "token"), there = digest_of("hom", "etoken");

	(void)state;
	assert_null(ims_token_cache_get(cache, &here, 0));
	ims_token_cache_put(cache, &here, &good, 100);
	assert_ptr_equal(ims_token_cache_get(cache, &here, 99)->grant, grant);
	assert_null(ims_token_cache_get(cache, &there, 99));
	ims_token_cache_put(cache, &here, &bad, 200);
	assert_null(ims_token_cache_get(cache, &here, 99)->grant);
	assert_string_equal(ims_token_cache_get(cache, &here, 199)->error->message, "no");
	assert_null(ims_token_cache_get(cache, &here, 200));
	assert_int_equal(ims_token_cache_count(cache), 0);
	ims_token_cache_put(cache, &here, &good, 300);
	ims_token_cache_clear(cache);
	assert_int_equal(ims_token_cache_count(cache), 0);
	ims_token_cache_put(cache, &here, &good, 300);
	ims_token_cache_free(cache);
}

static void test_cache_is_bounded(void **state)
{
	ims_token_cache *cache = ims_token_cache_new();
	ims_grant_facts f = facts();
	g_autoptr(ims_grant) grant = ims_grant_new(&f, NULL);
	ims_verdict good = { .grant = grant };
	ims_token_digest first = digest_of("home", "0"), second = digest_of("home", "1");

	(void)state;
	for (guint i = 0; i <= IMS_TOKEN_CACHE_MAX; i++) {
		g_autofree char *token = g_strdup_printf("%u", i);
		ims_token_digest digest = digest_of("home", token);

		ims_token_cache_put(cache, &digest, &good, 100);
	}
	assert_int_equal(ims_token_cache_count(cache), IMS_TOKEN_CACHE_MAX);
	assert_null(ims_token_cache_get(cache, &first, 0));
	assert_non_null(ims_token_cache_get(cache, &second, 0));
	ims_token_cache_free(cache);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_normal_form), cmocka_unit_test(test_impi),
		cmocka_unit_test(test_permits),     cmocka_unit_test(test_same_user),
		cmocka_unit_test(test_revocations), cmocka_unit_test(test_oldest_revocation_is_forgotten),
		cmocka_unit_test(test_cache),       cmocka_unit_test(test_cache_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
