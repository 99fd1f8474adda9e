/* What names a dialog: Replaces and Target-Dialog, read and written (REQ-99), and what a REFER is about. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "sip/ims_dialog_id.h"
#include "sip/ims_refer_to.h"

static void test_replaces(void **state)
{
	g_auto(ims_dialog_id) id = { 0 };
	g_autofree char *there = NULL;

	(void)state;
	assert_true(
		ims_dialog_id_of_replaces("a84b@x ;to-tag=ours; From-Tag = theirs;early-only;x=\"y\"", &id));
	assert_string_equal(id.call_id, "a84b@x");
	assert_string_equal(id.local_tag, "ours");
	assert_string_equal(id.remote_tag, "theirs");
	assert_true(id.early_only);
	there = ims_dialog_id_replaces(&id);
	assert_string_equal(there, "a84b@x;to-tag=theirs;from-tag=ours;early-only");
}

/* What we write is for the other end: it reads its own dialog. */
static void test_to_the_other_end(void **state)
{
	const ims_dialog_id ours = { (char *)"c", (char *)"here", (char *)"there", FALSE };
	g_autofree char *value = ims_dialog_id_replaces(&ours);
	g_auto(ims_dialog_id) theirs = { 0 }, target = { 0 }, copy = ims_dialog_id_copy(&ours);

	(void)state;
	assert_true(ims_dialog_id_of_replaces(value, &theirs));
	assert_string_equal(theirs.local_tag, "there");
	assert_string_equal(theirs.remote_tag, "here");
	assert_true(ims_dialog_id_of_target_dialog("c;local-tag=there;remote-tag=here", &target));
	assert_true(ims_dialog_id_equal(&target, &ours));
	assert_true(ims_dialog_id_equal(&copy, &ours));
	assert_false(ims_dialog_id_equal(&theirs, &ours));
}

static void test_malformed(void **state)
{
	static const char *const rows[] = { "",
					    "c",
					    ";to-tag=a;from-tag=b",
					    "c;to-tag=a",
					    "c;from-tag=b",
					    "c;to-tag=;from-tag=b",
					    "c;to-tag;from-tag=b",
					    "c;to-tag=a b;from-tag=b",
					    "c;to-tag=a\r\nVia: x;from-tag=b",
					    "c d;to-tag=a;from-tag=b",
					    "c@d@e;to-tag=a;from-tag=b",
					    "c;to-tag=\"a\";from-tag=b",
					    "c,d;to-tag=a;from-tag=b",
					    "c;local-tag=a;remote-tag=b" };
	g_autofree char *many = g_strnfill(2000, 'c');
	g_autofree char *huge = g_strdup_printf("%s;to-tag=a;from-tag=b", many);
	g_auto(ims_dialog_id) id = { 0 };

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		if (ims_dialog_id_of_replaces(rows[i], &id))
			fail_msg("taken: %s", rows[i]);
	assert_false(ims_dialog_id_of_replaces(huge, &id));
	assert_null(id.call_id);
}

static void test_refer_to(void **state)
{
	g_autofree char *blind = ims_refer_to_make("sip:b@x", NULL);
	g_autofree char *attended = ims_refer_to_make("sip:b@x", "c@y;to-tag=a&b;from-tag=d");

	(void)state;
	assert_string_equal(blind, "<sip:b@x>");
	assert_string_equal(attended, "<sip:b@x?Replaces=c%40y%3Bto-tag%3Da%26b%3Bfrom-tag%3Dd>");
}

static void test_refer_to_header(void **state)
{
	static const struct {
		const char *headers, *value;
	} rows[] = {
		{ "Replaces=c%40y%3Bto-tag%3Da", "c@y;to-tag=a" },
		{ "x=1&replaces=c", "c" },
		{ "Replaces=", "" },
		{ "Replacesx=c", NULL },
		{ "Replaces", NULL },
		{ "", NULL },
		{ "Replaces=a%0d%0aVia:b", NULL },
		{ "Replaces=a%00b", NULL },
		{ "Replaces=a%zz", NULL },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *value = ims_refer_to_header(rows[i].headers, "Replaces");

		if (g_strcmp0(value, rows[i].value) != 0)
			fail_msg("%s became %s", rows[i].headers, value ? value : "nothing");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replaces),        cmocka_unit_test(test_to_the_other_end),
		cmocka_unit_test(test_malformed),       cmocka_unit_test(test_refer_to),
		cmocka_unit_test(test_refer_to_header),
	};

	return cmocka_run_group_tests_name("test_ims_dialog_id", tests, NULL, NULL);
}
