/* What is remembered of USIMs, and for how many. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "auth/ims_aka_cards.h"

static const ims_milenage_keys keys = { .k = "0123456789abcde", .opc = "fedcba987654321" };

/* The card's sequence number is then the mark that it is known by. */
static void mark(ims_aka_cards *cards, const char *impi, const ims_milenage_keys *of, guint64 number)
{
	ims_aka_sqn *sqn = ims_aka_cards_sqn(cards, impi, of);

	ims_aka_sqn_raise(sqn, number);
	ims_aka_sqn_unref(sqn);
}

static guint64 marked(ims_aka_cards *cards, const char *impi, const ims_milenage_keys *of)
{
	ims_aka_sqn *sqn = ims_aka_cards_sqn(cards, impi, of);
	guint64 number = sqn->highest;

	ims_aka_sqn_unref(sqn);
	return number;
}

static void test_remembers(void **state)
{
	ims_aka_cards *cards = ims_aka_cards_new(10);

	(void)state;
	mark(cards, "alice@ims.example", &keys, 7);
	mark(cards, "bob@ims.example", &keys, 8);
	assert_int_equal(marked(cards, "alice@ims.example", &keys), 7);
	assert_int_equal(marked(cards, "bob@ims.example", &keys), 8);
	assert_int_equal(marked(cards, "alice@ims.exampl", &keys), 0);
	ims_aka_cards_free(cards);
}

/* Who gives another's IMPI with keys of his own does nothing to him. */
static void test_keys_belong_to_it(void **state)
{
	ims_aka_cards *cards = ims_aka_cards_new(10);
	ims_milenage_keys k = keys, opc = keys;

	(void)state;
	k.k[15] ^= 1;
	opc.opc[0] ^= 1;
	mark(cards, "alice@ims.example", &keys, 7);
	mark(cards, "alice@ims.example", &k, 1000);
	mark(cards, "alice@ims.example", &opc, 2000);
	assert_int_equal(marked(cards, "alice@ims.example", &keys), 7);
	ims_aka_cards_free(cards);
}

static void test_limit(void **state)
{
	ims_aka_cards *cards = ims_aka_cards_new(2);

	(void)state;
	mark(cards, "a", &keys, 1);
	mark(cards, "b", &keys, 2);
	assert_int_equal(marked(cards, "a", &keys), 1);
	mark(cards, "c", &keys, 3); /* b was used longest ago */
	assert_int_equal(marked(cards, "a", &keys), 1);
	assert_int_equal(marked(cards, "c", &keys), 3);
	assert_int_equal(marked(cards, "b", &keys), 0);
	ims_aka_cards_free(cards);
}

/* A registration goes on with what it has when its card is forgotten, and when all are. */
static void test_outlives(void **state)
{
	ims_aka_cards *cards = ims_aka_cards_new(1);
	ims_aka_sqn *held = ims_aka_cards_sqn(cards, "a", &keys);

	(void)state;
	mark(cards, "b", &keys, 2);
	ims_aka_sqn_raise(held, 9);
	assert_int_equal(marked(cards, "a", &keys), 0);
	ims_aka_cards_free(cards);
	assert_int_equal(held->highest, 9);
	ims_aka_sqn_unref(held);
	ims_aka_sqn_unref(NULL);
	ims_aka_cards_free(NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_remembers),
		cmocka_unit_test(test_keys_belong_to_it),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_outlives),
	};

	return cmocka_run_group_tests_name("test_ims_aka_cards", tests, NULL, NULL);
}
