/* Port pairs: each has one owner, none is lost, and a freed one waits longest. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "media/ims_ports.h"

static const struct range {
	guint16 min, max;
	guint pairs;
	guint16 first, last;
} ranges[] = {
	{ 10000, 10003, 2, 10000, 10002 },
	{ 10000, 10002, 1, 10000, 10000 }, /* the odd half of the second is missing */
	{ 10001, 10004, 1, 10002, 10002 },
	{ 10001, 10002, 0, 0, 0 },
	{ 10000, 10000, 0, 0, 0 },
	{ 0, 3, 1, 2, 2 }, /* port 0 is none */
	{ 65532, 65535, 2, 65532, 65534 },
	{ 65535, 65535, 0, 0, 0 },
	{ 20000, 10000, 0, 0, 0 },
};

static void test_ranges(void **state)
{
	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(ranges); i++) {
		const struct range *r = &ranges[i];
		ims_ports *ports = ims_ports_new(r->min, r->max);
		guint16 first = ims_ports_take(ports, "a"), last = first, port;
		guint n = first ? 1 : 0;

		while ((port = ims_ports_take(ports, "a"))) {
			last = port;
			n++;
		}
		assert_int_equal(n, r->pairs);
		assert_int_equal(first, r->first);
		assert_int_equal(last, r->last);
		assert_int_equal(ims_ports_in_use(ports), n);
		for (guint p = r->first; n > 0; p += 2, n--)
			ims_ports_give_back(ports, (guint16)p);
		assert_int_equal(ims_ports_in_use(ports), 0);
		ims_ports_free(ports);
	}
}

static void test_freed_is_reused_last(void **state)
{
	ims_ports *ports = ims_ports_new(10000, 10007);

	(void)state;
	assert_int_equal(ims_ports_take(ports, "a"), 10000);
	assert_int_equal(ims_ports_take(ports, "b"), 10002);
	ims_ports_give_back(ports, 10002);
	ims_ports_give_back(ports, 10000);
	assert_int_equal(ims_ports_take(ports, "c"), 10004);
	assert_int_equal(ims_ports_take(ports, "c"), 10006);
	assert_int_equal(ims_ports_take(ports, "c"), 10002);
	assert_int_equal(ims_ports_take(ports, "c"), 10000);
	assert_int_equal(ims_ports_take(ports, "c"), 0);
	for (guint16 p = 10000; p < 10008; p += 2)
		ims_ports_give_back(ports, p);
	ims_ports_free(ports);
}

static void test_owner(void **state)
{
	ims_ports *ports = ims_ports_new(10000, 10003);
	g_autofree char *owner = NULL;

	(void)state;
	assert_int_equal(ims_ports_take(ports, "call 7"), 10000);
	owner = ims_ports_owner(ports, 10000);
	assert_string_equal(owner, "call 7");
	assert_null(ims_ports_owner(ports, 10002));
	assert_null(ims_ports_owner(ports, 9998));
	assert_null(ims_ports_owner(ports, 10004));
	ims_ports_give_back(ports, 10000);
	assert_null(ims_ports_owner(ports, 10000));
	ims_ports_free(ports);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_freed_is_reused_last),
		cmocka_unit_test(test_owner),
	};

	return cmocka_run_group_tests_name("test_ims_ports", tests, NULL, NULL);
}
