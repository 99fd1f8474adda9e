/* How many may come from where, and how often. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <string.h>
#include "server/sipws_door.h"

static struct sockaddr_storage address_of(const char *text)
{
	struct sockaddr_storage storage = { 0 };
	struct sockaddr_in *ip4 = (struct sockaddr_in *)&storage;
	struct sockaddr_in6 *ip6 = (struct sockaddr_in6 *)&storage;

	if (inet_pton(AF_INET, text, &ip4->sin_addr) == 1) {
		storage.ss_family = AF_INET;
	} else {
		assert_int_equal(inet_pton(AF_INET6, text, &ip6->sin6_addr), 1);
		storage.ss_family = AF_INET6;
	}
	return storage;
}

static sipws_door_answer knock(sipws_door *door, const char *from, gint64 now_ms)
{
	struct sockaddr_storage address = address_of(from);

	return sipws_door_knock(door, (struct sockaddr *)&address, now_ms);
}

static sipws_visitor *enter(sipws_door *door, const char *from)
{
	struct sockaddr_storage address = address_of(from);

	assert_int_equal(knock(door, from, 0), SIPWS_DOOR_OPEN);
	return sipws_door_enter(door, (struct sockaddr *)&address, 0);
}

static void test_full(void **state)
{
	sipws_door *door = sipws_door_new(2, 0, 0);
	sipws_visitor *first = enter(door, "192.0.2.1");

	(void)state;
	enter(door, "192.0.2.2");
	assert_int_equal(knock(door, "192.0.2.3", 0), SIPWS_DOOR_FULL);
	assert_int_equal(sipws_door_count(door), 2);
	sipws_door_leave(door, first);
	assert_int_equal(knock(door, "192.0.2.3", 0), SIPWS_DOOR_OPEN);
	sipws_door_free(door);
}

static void test_too_many_of_one(void **state)
{
	sipws_door *door = sipws_door_new(0, 2, 0);
	sipws_visitor *first = enter(door, "192.0.2.1");

	(void)state;
	enter(door, "192.0.2.1");
	assert_int_equal(knock(door, "192.0.2.1", 0), SIPWS_DOOR_TOO_MANY);
	assert_int_equal(knock(door, "::ffff:192.0.2.1", 0), SIPWS_DOOR_TOO_MANY);
	assert_int_equal(knock(door, "192.0.2.2", 0), SIPWS_DOOR_OPEN);
	sipws_door_leave(door, first);
	assert_int_equal(knock(door, "192.0.2.1", 0), SIPWS_DOOR_OPEN);
	sipws_door_free(door);
}

/* Who has one address of 64 bits' worth has them all. */
static void test_ipv6_network(void **state)
{
	sipws_door *door = sipws_door_new(0, 1, 0);

	(void)state;
	enter(door, "2001:db8:0:1::1");
	assert_int_equal(knock(door, "2001:db8:0:1:ffff::2", 0), SIPWS_DOOR_TOO_MANY);
	assert_int_equal(knock(door, "2001:db8:0:2::1", 0), SIPWS_DOOR_OPEN);
	sipws_door_free(door);
}

static void test_too_often(void **state)
{
	sipws_door *door = sipws_door_new(0, 0, 3);

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(knock(door, "192.0.2.1", 0), SIPWS_DOOR_OPEN);
	assert_int_equal(knock(door, "192.0.2.1", 0), SIPWS_DOOR_TOO_OFTEN);
	assert_int_equal(knock(door, "192.0.2.2", 0), SIPWS_DOOR_OPEN);
	assert_int_equal(knock(door, "192.0.2.1", 20000), SIPWS_DOOR_OPEN); /* one comes back in 20 s */
	assert_int_equal(knock(door, "192.0.2.1", 20000), SIPWS_DOOR_TOO_OFTEN);
	sipws_door_free(door);
}

/* Those who come from ever new addresses make it grow no further than its bound; who is connected stays
 * known. */
static void test_flood(void **state)
{
	sipws_door *door = sipws_door_new(0, 1, 1000);
	sipws_visitor *inside = enter(door, "192.0.2.1");

	(void)state;
	for (guint32 i = 0; i < 300000; i++) {
		struct sockaddr_in address = { .sin_family = AF_INET,
					       .sin_addr.s_addr = htonl(0x0a000000 + i) };

		sipws_door_knock(door, (struct sockaddr *)&address, 0);
	}
	assert_true(sipws_door_remembered(door) <= 100000);
	assert_int_equal(knock(door, "192.0.2.1", 0), SIPWS_DOOR_TOO_MANY);
	sipws_door_leave(door, inside);
	sipws_door_free(door);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full),         cmocka_unit_test(test_too_many_of_one),
		cmocka_unit_test(test_ipv6_network), cmocka_unit_test(test_too_often),
		cmocka_unit_test(test_flood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
