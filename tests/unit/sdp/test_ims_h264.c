/* Format parameters of H.264: what is the same, what is answered (REQ-124, RFC 6184 8). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "sdp/ims_h264.h"

static void test_same(void **state)
{
	static const struct {
		const char *name, *a, *b;
		gboolean same;
	} rows[] = {
		{ "the level is no matter", "profile-level-id=42e01f", "profile-level-id=42e00d", TRUE },
		{ "case, spaces, order", "packetization-mode=1; profile-level-id=42E01F",
		  "Profile-Level-Id=42e01f;level-asymmetry-allowed=1;packetization-mode=1", TRUE },
		{ "what is not said: Baseline 1.0, single NAL units", NULL,
		  "profile-level-id=42000a;packetization-mode=0", TRUE },
		{ "Constrained Baseline and Baseline", "profile-level-id=42e01f", "profile-level-id=42801f",
		  TRUE },
		{ "Constrained Baseline has three names", "profile-level-id=42e01f",
		  "profile-level-id=4d801f", TRUE },
		{ "... this is the third", "profile-level-id=42e01f", "profile-level-id=58c01f", TRUE },
		{ "1b", "profile-level-id=42f00b", "profile-level-id=42e00b", TRUE },
		{ "modes", "profile-level-id=42e01f;packetization-mode=1", "profile-level-id=42e01f", FALSE },
		{ "Baseline, Main", "profile-level-id=42001f", "profile-level-id=4d001f", FALSE },
		{ "Main, High", "profile-level-id=4d001f", "profile-level-id=64001f", FALSE },
		{ "High, Constrained High", "profile-level-id=64001f", "profile-level-id=640c1f", FALSE },
		{ "High 4:4:4 twice", "profile-level-id=f4001f", "profile-level-id=f40028", TRUE },
		{ "Extended, Baseline", "profile-level-id=58001f", "profile-level-id=42001f", FALSE },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		ims_h264 a, b;

		assert_true(ims_h264_parse(rows[i].a, &a));
		assert_true(ims_h264_parse(rows[i].b, &b));
		if (ims_h264_is_same(&a, &b) != rows[i].same || ims_h264_is_same(&b, &a) != rows[i].same)
			fail_msg("%s", rows[i].name);
	}
}

static void test_malformed(void **state)
{
	static const char *const rows[] = {
		"profile-level-id=",
		"profile-level-id=42e01",
		"profile-level-id=42e01f0",
		"profile-level-id=42g01f",
		"profile-level-id=-2e01f",
		"packetization-mode=2",
		"packetization-mode=-1",
		"packetization-mode=",
		"profile-level-id=0x42e0",
		"packetization-mode=one",
		"packetization-mode=1 ; profile-level-id= 42e0",
	};
	ims_h264 format = { .profile_idc = 7 };

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		if (ims_h264_parse(rows[i], &format))
			fail_msg("%s", rows[i]);
	assert_int_equal(format.profile_idc, 7);
}

static void test_offer(void **state)
{
	static const struct {
		const char *given, *shown;
	} rows[] = {
		{ NULL, "profile-level-id=42e00a;packetization-mode=0" },
		{ "profile-level-id=42801F; packetization-mode=1; max-br=5000",
		  "profile-level-id=42e01f;packetization-mode=1" },
		{ "profile-level-id=42f00b", "profile-level-id=42f00b;packetization-mode=0" },
		{ "profile-level-id=640c1f;level-asymmetry-allowed=1",
		  "profile-level-id=640c1f;packetization-mode=0;level-asymmetry-allowed=1" },
		{ "profile-level-id=42c00d;sprop-parameter-sets=Z0LADdoHgUSA,aM4xsg==",
		  "profile-level-id=42e00d;packetization-mode=0;sprop-parameter-sets=Z0LADdoHgUSA,aM4xsg==" },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *shown = ims_h264_offer(rows[i].given);

		assert_string_equal(shown, rows[i].shown);
	}
}

static void test_long_parameter_sets(void **state)
{
	g_autofree char *zeros = g_strnfill(400, '0');
	g_autofree char *given = g_strdup_printf("sprop-parameter-sets=%s;profile-level-id=42e01f", zeros);
	g_autofree char *shown = ims_h264_offer(given);

	(void)state;
	assert_string_equal(shown, "profile-level-id=42e01f;packetization-mode=0");
}

static void test_answer(void **state)
{
#define ASYMMETRY ";level-asymmetry-allowed=1"
	static const struct {
		const char *offered, *answered, *shown;
	} rows[] = {
		{ "profile-level-id=42e01f" ASYMMETRY, "profile-level-id=42e00d" ASYMMETRY,
		  "profile-level-id=42e00d;packetization-mode=0" ASYMMETRY },
		{ "profile-level-id=42e00d" ASYMMETRY, "profile-level-id=42e01f" ASYMMETRY,
		  "profile-level-id=42e01f;packetization-mode=0" ASYMMETRY },
		/* one side alone is none: the lower level */
		{ "profile-level-id=42e01f" ASYMMETRY, "profile-level-id=42e00d",
		  "profile-level-id=42e00d;packetization-mode=0" },
		{ "profile-level-id=42e00d", "profile-level-id=42e01f" ASYMMETRY,
		  "profile-level-id=42e00d;packetization-mode=0" },
		/* 1 < 1b < 1.1, whatever way it is written */
		{ "profile-level-id=42f00b", "profile-level-id=42e00b",
		  "profile-level-id=42f00b;packetization-mode=0" },
		{ "profile-level-id=42e00b", "profile-level-id=42f00b",
		  "profile-level-id=42f00b;packetization-mode=0" },
		{ "profile-level-id=42e00a", "profile-level-id=42f00b",
		  "profile-level-id=42e00a;packetization-mode=0" },
		/* the profile in the words of the one who offered */
		{ "profile-level-id=42001f;packetization-mode=1",
		  "profile-level-id=42e01f;packetization-mode=1",
		  "profile-level-id=42001f;packetization-mode=1" },
		{ "profile-level-id=4d801f", "profile-level-id=42e01e",
		  "profile-level-id=4d801e;packetization-mode=0" },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *shown = ims_h264_answer(rows[i].offered, rows[i].answered);

		assert_string_equal(shown, rows[i].shown);
	}
}

static void test_max_kbps(void **state)
{
	static const struct {
		const char *fmtp;
		guint kbps;
	} rows[] = {
		{ NULL, 64 },
		{ "profile-level-id=42f00b", 128 },
		{ "profile-level-id=42e00b", 192 },
		{ "profile-level-id=42e00c", 384 },
		{ "profile-level-id=42e00d", 768 },
		{ "profile-level-id=42e015", 4000 },
		{ "profile-level-id=42e01f", 14000 },
		{ "profile-level-id=640034", 50000 },
		{ "profile-level-id=640009", 128 },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		ims_h264 format;

		assert_true(ims_h264_parse(rows[i].fmtp, &format));
		assert_int_equal(ims_h264_max_kbps(&format), rows[i].kbps);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),   cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_offer),  cmocka_unit_test(test_long_parameter_sets),
		cmocka_unit_test(test_answer), cmocka_unit_test(test_max_kbps),
	};

	return cmocka_run_group_tests_name("test_ims_h264", tests, NULL, NULL);
}
