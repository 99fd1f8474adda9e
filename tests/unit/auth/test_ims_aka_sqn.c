/* Which sequence numbers are fresh, as sequences of what a network sends: 33.102 annex C. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "auth/ims_aka_sqn.h"

#define SQN(seq, ind) ((guint64)(seq) << 5 | (ind))
#define DELTA ((guint64)1 << 28)
#define TOP (((guint64)1 << 48) - 1)

static const struct story {
	const char *name;
	struct {
		char verdict; /* '+': fresh, '-': not, '^': named as used; 0: the end */
		guint64 sqn;
	} steps[12];
	guint64 highest;
} stories[] = {
	{ "the first is taken as it comes", { { '+', SQN(1000000000000, 7) } }, SQN(1000000000000, 7) },
	{ "even zero", { { '+', 0 }, { '-', 0 }, { '+', SQN(1, 0) } }, SQN(1, 0) },
	{ "one after another", { { '+', SQN(1, 1) }, { '+', SQN(2, 2) }, { '+', SQN(3, 3) } }, SQN(3, 3) },
	{ "none twice", { { '+', SQN(9, 1) }, { '-', SQN(9, 1) } }, SQN(9, 1) },
	{ "none that its IND has passed", { { '+', SQN(9, 1) }, { '-', SQN(8, 1) } }, SQN(9, 1) },
	{ "vectors of other nodes may come late",
	  { { '+', SQN(9, 1) },
	    { '+', SQN(5, 2) },
	    { '+', SQN(7, 3) },
	    { '-', SQN(5, 2) },
	    { '+', SQN(6, 2) } },
	  SQN(9, 1) },
	{ "all INDs are apart",
	  { { '+', SQN(2, 0) },
	    { '+', SQN(1, 31) },
	    { '-', SQN(1, 0) },
	    { '-', SQN(1, 31) },
	    { '+', SQN(1, 30) } },
	  SQN(2, 0) },
	{ "as far ahead as delta",
	  { { '+', SQN(10, 0) },
	    { '-', SQN(11 + DELTA, 0) },
	    { '-', SQN(11 + DELTA, 5) },
	    { '+', SQN(10 + DELTA, 5) } },
	  SQN(10 + DELTA, 5) },
	{ "delta counts from the highest of all",
	  { { '+', SQN(10 + DELTA, 0) }, { '+', SQN(1, 1) }, { '+', SQN(10 + 2 * DELTA, 1) } },
	  SQN(10 + 2 * DELTA, 1) },
	{ "the end of the numbers", { { '+', TOP - 32 }, { '+', TOP }, { '-', TOP }, { '-', 31 } }, TOP },
	{ "what is named was used, for every IND",
	  { { '^', SQN(50, 3) },
	    { '-', SQN(50, 3) },
	    { '-', SQN(50, 4) },
	    { '-', SQN(1, 9) },
	    { '+', SQN(51, 9) } },
	  SQN(51, 9) },
	{ "delta counts from what is named, too",
	  { { '^', 0 }, { '-', SQN(1 + DELTA, 0) }, { '+', SQN(DELTA, 0) } },
	  SQN(DELTA, 0) },
	{ "naming lowers nothing",
	  { { '+', SQN(50, 3) }, { '^', SQN(40, 0) }, { '-', SQN(50, 3) }, { '-', SQN(40, 1) } },
	  SQN(50, 3) },
};

static void test_story(void **state)
{
	const struct story *story = *state;
	ims_aka_sqn sqn = { 0 };

	for (gsize i = 0; story->steps[i].verdict; i++) {
		ims_aka_sqn before = sqn;
		gboolean fresh = story->steps[i].verdict == '+';

		if (story->steps[i].verdict == '^') {
			ims_aka_sqn_raise(&sqn, story->steps[i].sqn);
			continue;
		}
		assert_int_equal(ims_aka_sqn_accept(&sqn, story->steps[i].sqn), fresh);
		if (!fresh)
			assert_memory_equal(&sqn, &before, sizeof(sqn));
	}
	assert_true(sqn.highest == story->highest);
}

static void test_bytes(void **state)
{
	static const guint8 bytes[6] = { 0xff, 0x9b, 0xb4, 0xd0, 0xb6, 0x07 };
	guint8 again[6];

	(void)state;
	assert_true(ims_aka_sqn_read(bytes) == G_GUINT64_CONSTANT(0xff9bb4d0b607));
	ims_aka_sqn_write(G_GUINT64_CONSTANT(0xff9bb4d0b607), again);
	assert_memory_equal(again, bytes, sizeof(bytes));
}

int main(void)
{
	struct CMUnitTest tests[G_N_ELEMENTS(stories) + 1] = { cmocka_unit_test(test_bytes) };

	for (gsize i = 0; i < G_N_ELEMENTS(stories); i++)
		tests[i + 1] =
			(struct CMUnitTest){ stories[i].name, test_story, NULL, NULL, (void *)&stories[i] };
	return cmocka_run_group_tests_name("test_ims_aka_sqn", tests, NULL, NULL);
}
