/* Port pairs on real sockets: bound, marked, read in batches, closed once. */
#include "phone.h"
#include <netinet/ip.h>
#include "base/ims_error.h"
#include "media/ims_wire.h"

static ims_wire *open_wire(ims_ports *ports, const char *address, guint dscp)
{
	g_autoptr(GError) error = NULL;
	ims_wire *wire = ims_wire_open(address, dscp, ports, "test", &error);

	if (!wire)
		fail_msg("%s", error->message);
	return wire;
}

static void test_pair(void **state)
{
	ims_ports *ports = test_ports(4);
	ims_wire *wire = open_wire(ports, "127.0.0.1", 46);
	g_autofree char *owner = ims_ports_owner(ports, ims_wire_port(wire));

	(void)state;
	assert_string_equal(owner, "test");
	assert_int_equal(ims_wire_port(wire) % 2, 0);
	for (ims_wire_socket which = IMS_WIRE_RTP; which <= IMS_WIRE_RTCP; which++) {
		ims_address at = { .length = sizeof(at.v6) };
		int tos = 0;
		socklen_t size = sizeof(tos);

		assert_int_equal(getsockname(ims_wire_fd(wire, which), &at.any, &at.length), 0);
		assert_int_equal(ims_address_port(&at), ims_wire_port(wire) + which);
		assert_int_equal(getsockopt(ims_wire_fd(wire, which), IPPROTO_IP, IP_TOS, &tos, &size), 0);
		assert_int_equal(tos, 46 << 2);
	}
	ims_wire_close(wire);
	assert_int_equal(ims_ports_in_use(ports), 0);
	ims_ports_free(ports);
}

static void test_ipv6(void **state)
{
	ims_ports *ports = test_ports(4);
	int probe = socket(AF_INET6, SOCK_DGRAM, 0);
	int tos = 0;
	socklen_t size = sizeof(tos);
	ims_address loopback;
	ims_wire *wire;

	(void)state;
	assert_true(ims_address_parse("::1", 0, &loopback));
	if (probe < 0 || bind(probe, &loopback.any, loopback.length) < 0) {
		print_message("no IPv6 here\n");
		skip();
	}
	close(probe);
	wire = open_wire(ports, "::1", 34);
	getsockopt(ims_wire_fd(wire, IMS_WIRE_RTP), IPPROTO_IPV6, IPV6_TCLASS, &tos, &size);
	assert_int_equal(tos, 34 << 2);
	ims_wire_close(wire);
	ims_ports_free(ports);
}

/* A port that another program has is passed over, not leaked; one that has only the RTCP half too. */
static void test_taken_ports(void **state)
{
	ims_ports *ports = test_ports(3);
	ims_wire *first = open_wire(ports, "127.0.0.1", 0);
	guint16 port = ims_wire_port(first);
	ims_address squat;
	ims_wire *wire;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	(void)state;
	ims_address_parse("127.0.0.1", (guint16)(port + 3), &squat); /* the RTCP port of the next pair */
	assert_int_equal(bind(fd, &squat.any, squat.length), 0);
	wire = open_wire(ports, "127.0.0.1", 0);
	assert_int_equal(ims_wire_port(wire), port + 4);
	assert_int_equal(ims_ports_in_use(ports), 2);
	ims_wire_close(wire);
	ims_wire_close(first);
	assert_int_equal(ims_ports_in_use(ports), 0);
	close(fd);
	ims_ports_free(ports);
}

static const struct failure {
	const char *address;
	guint pairs;
	int code;
	const char *says;
} failures[] = {
	{ "192.0.2.1", 2, IMS_E_IO, "No RTP socket on 192.0.2.1: " },
	{ "phone.example", 2, IMS_E_IO, "No RTP socket on phone.example: " },
	{ "127.0.0.1", 0, IMS_E_LIMIT, "No RTP port is free, 0 pairs are in use" },
};

static void test_failures(void **state)
{
	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(failures); i++) {
		ims_ports *ports = test_ports(failures[i].pairs);
		g_autoptr(GError) error = NULL;

		assert_null(ims_wire_open(failures[i].address, 46, ports, "test", &error));
		assert_true(g_error_matches(error, IMS_ERROR, failures[i].code));
		assert_true(g_str_has_prefix(error->message, failures[i].says));
		ims_ports_free(ports); /* asserts that nothing is held */
	}
}

static void receive_all(const ims_wire *wire, guint wanted, ims_wire_batch *batch)
{
	struct pollfd wait = { .fd = ims_wire_fd(wire, IMS_WIRE_RTP), .events = POLLIN };
	guint n = 0;

	while (n < wanted) {
		assert_int_equal(poll(&wait, 1, PHONE_WAIT_MS), 1);
		n += ims_wire_receive(wire, IMS_WIRE_RTP, batch);
	}
	assert_int_equal(n, wanted);
}

static void test_receive(void **state)
{
	ims_ports *ports = test_ports(2);
	ims_wire *wire = open_wire(ports, "127.0.0.1", 0);
	static guint8 bytes[IMS_RTP_MAX + 1] = { 0x80 };
	static const struct {
		gsize sent, seen;
	} sizes[] = { { 1, 1 }, { 12, 12 }, { IMS_RTP_MAX, IMS_RTP_MAX }, { IMS_RTP_MAX + 1, 0 }, { 0, 0 } };
	static ims_wire_batch batch;
	phone p;

	(void)state;
	phone_open(&p);
	assert_int_equal(ims_wire_receive(wire, IMS_WIRE_RTP, &batch), 0);
	for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
		phone_send(&p, 0, ims_wire_port(wire), bytes, sizes[i].sent);
		receive_all(wire, 1, &batch);
		assert_int_equal(batch.length[0], sizes[i].seen);
		assert_true(ims_address_equal(&batch.from[0], &p.at[0]));
	}
	for (guint i = 0; i < 2 * IMS_WIRE_BATCH + 3; i++)
		phone_send(&p, 0, ims_wire_port(wire), bytes, 12);
	receive_all(wire, 2 * IMS_WIRE_BATCH + 3, &batch);
	phone_close(&p);
	ims_wire_close(wire);
	ims_ports_free(ports);
}

static void test_send_and_drain(void **state)
{
	ims_ports *ports = test_ports(2);
	ims_wire *wire = open_wire(ports, "127.0.0.1", 0);
	static guint8 bytes[IMS_RTP_MAX] = { 0x80 };
	static ims_wire_batch batch;
	ims_address unreachable;
	phone p;

	(void)state;
	phone_open(&p);
	assert_int_equal(ims_wire_send(wire, IMS_WIRE_RTCP, &p.at[1], bytes, 20), 0);
	assert_int_equal(phone_receive(&p, 1, bytes), 20);
	assert_true(ims_address_parse("2001:db8::1", 9, &unreachable));
	assert_int_not_equal(ims_wire_send(wire, IMS_WIRE_RTP, &unreachable, bytes, 20), 0);

	for (guint i = 0; i < 20; i++)
		phone_send(&p, 0, ims_wire_port(wire), bytes, 12);
	receive_all(wire, 1 * IMS_WIRE_BATCH, &batch); /* they are there */
	ims_wire_drain(wire);
	phone_send(&p, 0, ims_wire_port(wire), bytes, 13);
	receive_all(wire, 1, &batch);
	assert_int_equal(batch.length[0], 13);
	phone_close(&p);
	ims_wire_close(wire);
	ims_ports_free(ports);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pair),        cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_taken_ports), cmocka_unit_test(test_failures),
		cmocka_unit_test(test_receive),     cmocka_unit_test(test_send_and_drain),
	};

	return cmocka_run_group_tests_name("test_ims_wire", tests, NULL, NULL);
}
