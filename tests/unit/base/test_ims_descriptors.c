/* How many descriptors are left, whichever numbers they have. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/ims_descriptors.h"

#define MANY 60

static struct rlimit before;
static int opened[MANY];

static int open_many(void **state)
{
	(void)state;
	for (guint i = 0; i < MANY; i++)
		opened[i] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	return getrlimit(RLIMIT_NOFILE, &before);
}

static int close_all(void **state)
{
	(void)state;
	for (guint i = 0; i < MANY; i++)
		if (opened[i] >= 0)
			close(opened[i]);
	return setrlimit(RLIMIT_NOFILE, &before);
}

static gboolean kernel_tells(void)
{
	struct stat all;

	return stat("/proc/self/fd", &all) == 0 && all.st_size > 0;
}

static guint count(void)
{
	GDir *all = g_dir_open("/proc/self/fd", 0, NULL);
	guint n = 0;

	while (g_dir_read_name(all))
		n++;
	g_dir_close(all);
	return n - 1; /* but for the one that reads them */
}

static void allow_further(guint number)
{
	struct rlimit limit = before;

	limit.rlim_cur = count() + number;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static void test_left(void **state)
{
	(void)state;
	if (!kernel_tells())
		skip();
	allow_further(10);
	assert_true(ims_descriptors_has_more_than(9));
	assert_false(ims_descriptors_has_more_than(10));
	assert_false(ims_descriptors_has_more_than(G_MAXUINT));
	allow_further(0);
	assert_false(ims_descriptors_has_more_than(0));
}

/* Three that were closed among the others are room for three. */
static void test_gaps(void **state)
{
	(void)state;
	if (!kernel_tells())
		skip();
	allow_further(10);
	for (guint i = 0; i < 3; i++) {
		close(opened[i]);
		opened[i] = -1;
	}
	assert_true(ims_descriptors_has_more_than(12));
	assert_false(ims_descriptors_has_more_than(13));
}

/* Whatever kernel it is. */
static void test_none_at_all(void **state)
{
	struct rlimit limit = before;

	(void)state;
	limit.rlim_cur = 3;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_false(ims_descriptors_has_more_than(0));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_left, open_many, close_all),
		cmocka_unit_test_setup_teardown(test_gaps, open_many, close_all),
		cmocka_unit_test_setup_teardown(test_none_at_all, open_many, close_all),
	};

	return cmocka_run_group_tests_name("test_ims_descriptors", tests, NULL, NULL);
}
