/* As whom a user speaks: what he asks for, against what the network registered for him. The registration is
 * of this file. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "base/ims_error.h"
#include "session/internal.h"

#define ALICE "sip:alice@ims.example"
#define WORK "sip:+4930@ims.example;user=phone"
#define PHONE "tel:+4930"
#define ANONYMOUS "sip:anonymous@anonymous.invalid"
#define PUB ALICE ";gr=urn:uuid:1"
#define TEMP "sip:t1@ims.example;gr"

struct ims_reg {
	GPtrArray *associated;
	gboolean has_gruus;
};

static const ims_network network = { .name = (char *)"lab" };

const ims_network *ims_reg_network(const ims_reg *reg)
{
	(void)reg;
	return &network;
}

const char *ims_reg_flow_token(const ims_reg *reg)
{
	(void)reg;
	return "TOKEN";
}

const char *ims_reg_impu(const ims_reg *reg)
{
	(void)reg;
	return ALICE;
}

const GPtrArray *ims_reg_associated(const ims_reg *reg)
{
	return reg->associated;
}

const char *ims_reg_pub_gruu(const ims_reg *reg)
{
	return reg->has_gruus ? PUB : NULL;
}

const char *ims_reg_temp_gruu(const ims_reg *reg)
{
	return reg->has_gruus ? TEMP : NULL;
}

ims_credentials *ims_reg_credentials(const ims_reg *reg)
{
	(void)reg;
	return NULL;
}

const char *ims_stack_host_port(const ims_stack *stack)
{
	(void)stack;
	return "192.0.2.1:5060";
}

typedef struct {
	ims_reg reg;
	ims_flow flow;
	ims_service service;
	ims_session session;
} bench;

/* He registered as ALICE; the network's default identity is WORK. */
static int start(void **state)
{
	bench *b = g_new0(bench, 1);

	b->reg.associated = g_ptr_array_new();
	g_ptr_array_add(b->reg.associated, (char *)WORK);
	g_ptr_array_add(b->reg.associated, (char *)ALICE);
	g_ptr_array_add(b->reg.associated, (char *)PHONE);
	b->flow.reg = &b->reg;
	b->session.flow = &b->flow;
	b->session.service = &b->service;
	b->session.display_name = (char *)"Alice";
	*state = b;
	return 0;
}

static int end(void **state)
{
	bench *b = *state;

	g_ptr_array_unref(b->reg.associated);
	g_free(b);
	return 0;
}

/* REQ-74, REQ-75, REQ-77, REQ-88 */
static void test_choice(void **state)
{
	static const struct {
		const char *identity, *privacy;                  /* asked for */
		const char *from, *name, *asserted, *contact_by; /* with GRUUs */
		gboolean chosen;
	} rows[] = {
		{ NULL, NULL, ALICE, "Alice", WORK, PUB, FALSE },
		{ NULL, "none", ALICE, "Alice", WORK, PUB, FALSE },
		{ ALICE, NULL, ALICE, "Alice", ALICE, PUB, TRUE },
		{ "SIP:alice@IMS.example", NULL, ALICE, "Alice", ALICE, PUB, TRUE },
		{ "sip:+4930@ims.example", NULL, WORK, "Alice", WORK, NULL, TRUE },
		{ "tel:+49-30", NULL, PHONE, "Alice", PHONE, NULL, TRUE },
		{ NULL, "id", ANONYMOUS, "Anonymous", WORK, TEMP, FALSE },
		{ PHONE, "header;id", ANONYMOUS, "Anonymous", PHONE, TEMP, TRUE },
		{ PHONE, "session", PHONE, "Alice", PHONE, NULL, TRUE },
	};
	bench *b = *state;

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		const ims_speak_params params = { .identity = rows[i].identity, .privacy = rows[i].privacy };
		ims_speaker s;

		for (int gruus = 0; gruus <= 1; gruus++) {
			b->reg.has_gruus = gruus;
			assert_true(ims_session_speak(&b->session, "call", &params, &s, NULL));
			assert_string_equal(s.from, rows[i].from);
			assert_string_equal(s.from_name, rows[i].name);
			assert_string_equal(s.user.identity, rows[i].asserted);
			assert_int_equal(s.user.chosen, rows[i].chosen);
			assert_ptr_equal(s.user.privacy, rows[i].privacy);
			if (g_strcmp0(s.user.gruu, gruus ? rows[i].contact_by : NULL) != 0)
				fail_msg("row %zu: %s", i, s.user.gruu ? s.user.gruu : "none");
		}
	}
}

/* Of one request, and none at all; who withholds who he is withholds that, too. */
static void test_name(void **state)
{
	static const struct {
		const char *name, *privacy, *told;
	} rows[] = { { NULL, NULL, "Alice" },
		     { "Dr. A", NULL, "Dr. A" },
		     { "", NULL, NULL },
		     { "Dr. A", "id", "Anonymous" } };
	bench *b = *state;

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		const ims_speak_params params = { .name = rows[i].name, .privacy = rows[i].privacy };
		ims_speaker s;

		assert_true(ims_session_speak(&b->session, "call", &params, &s, NULL));
		if (g_strcmp0(s.from_name, rows[i].told) != 0)
			fail_msg("row %zu: %s", i, s.from_name ? s.from_name : "none");
	}
}

static void test_not_his(void **state)
{
	static const char *const wrong[] = { "sip:bob@ims.example", "sip:Alice@ims.example", "tel:+49301", "",
					     "x" };
	bench *b = *state;

	for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
		const ims_speak_params params = { .identity = wrong[i] };
		g_autoptr(GError) error = NULL;
		ims_speaker s;

		assert_false(ims_session_speak(&b->session, "message", &params, &s, &error));
		assert_true(g_error_matches(error, IMS_ERROR, IMS_E_IDENTITY_REFUSED));
		assert_non_null(strstr(error->message, "message: 'identity'"));
		assert_non_null(strstr(error->message, WORK ", " ALICE ", " PHONE));
	}
}

static void test_bad_privacy(void **state)
{
	const ims_speak_params params = { .privacy = "id;nonsense" };
	bench *b = *state;
	g_autoptr(GError) error = NULL;
	ims_speaker s;

	assert_false(ims_session_speak(&b->session, "call", &params, &s, &error));
	assert_true(g_error_matches(error, IMS_ERROR, IMS_E_INVALID_ELEMENT));
}

/* 24.229 5.2.6.4: who was called answers; one that is not his, such as a service number, is answered by
 * default. */
static void test_called(void **state)
{
	static const char *const rows[][3] = {
		{ ALICE, ALICE, PUB },  { "sip:+4930@ims.example", WORK, NULL },
		{ PHONE, PHONE, NULL }, { "sip:bob@ims.example", WORK, NULL },
		{ NULL, WORK, NULL },
	};
	bench *b = *state;

	b->reg.has_gruus = TRUE;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		const ims_role_user user = ims_session_called(&b->session, rows[i][0]);

		assert_string_equal(user.identity, rows[i][1]);
		assert_true(g_strcmp0(user.gruu, rows[i][2]) == 0);
		assert_false(user.chosen);
		assert_null(user.privacy);
		assert_string_equal(user.flow_token, "TOKEN");
		assert_ptr_equal(user.network, &network);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_choice, start, end),
		cmocka_unit_test_setup_teardown(test_name, start, end),
		cmocka_unit_test_setup_teardown(test_not_his, start, end),
		cmocka_unit_test_setup_teardown(test_bad_privacy, start, end),
		cmocka_unit_test_setup_teardown(test_called, start, end),
	};

	return cmocka_run_group_tests_name("test_ims_session_identity", tests, NULL, NULL);
}
