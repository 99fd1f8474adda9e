/* P-Early-Media as it comes, and as nobody should write it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "sip/ims_early_media.h"

static void test_directions(void **state)
{
	static const struct {
		const char *value;
		guint n;
		ims_early_media_direction first, second;
	} rows[] = {
		{ "sendrecv", 1, IMS_EARLY_MEDIA_SENDRECV, IMS_EARLY_MEDIA_SENDRECV },
		{ "sendonly, gated", 1, IMS_EARLY_MEDIA_SENDONLY, IMS_EARLY_MEDIA_SENDONLY },
		{ "SendOnly,inactive", 2, IMS_EARLY_MEDIA_SENDONLY, IMS_EARLY_MEDIA_INACTIVE },
		{ "gated , recvonly\t, sendrecv", 2, IMS_EARLY_MEDIA_RECVONLY, IMS_EARLY_MEDIA_SENDRECV },
		{ "inactive", 1, IMS_EARLY_MEDIA_INACTIVE, IMS_EARLY_MEDIA_INACTIVE },
	};

	(void)state;
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		ims_early_media media = ims_early_media_parse(rows[i].value);

		assert_int_equal(media.n, rows[i].n);
		assert_int_equal(ims_early_media_of(&media, 0), rows[i].first);
		assert_int_equal(ims_early_media_of(&media, 1), rows[i].second);
		assert_int_equal(ims_early_media_of(&media, 99), ims_early_media_of(&media, rows[i].n - 1));
	}
}

static void test_nothing_said(void **state)
{
	static const char *const values[] = { NULL,  "",          "supported",  "gated",
					      ", ,", "send only", "sendrecv;x", "\xff" };

	(void)state;
	for (guint i = 0; i < G_N_ELEMENTS(values); i++)
		assert_int_equal(ims_early_media_parse(values[i]).n, 0);
}

static void test_too_many(void **state)
{
	GString *value = g_string_new("inactive");
	ims_early_media media;

	(void)state;
	for (guint i = 0; i < 10000; i++)
		g_string_append(value, ",sendrecv");
	media = ims_early_media_parse(value->str);
	assert_int_equal(media.n, IMS_EARLY_MEDIA_MAX);
	assert_int_equal(ims_early_media_of(&media, 0), IMS_EARLY_MEDIA_INACTIVE);
	assert_int_equal(ims_early_media_of(&media, 10000), IMS_EARLY_MEDIA_SENDRECV);
	g_string_free(value, TRUE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_directions),
		cmocka_unit_test(test_nothing_said),
		cmocka_unit_test(test_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
