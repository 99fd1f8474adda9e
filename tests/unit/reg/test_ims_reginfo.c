/* What the network says of registrations: read, merged, and what it means for one contact. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "reg/ims_reginfo.h"

#define INFO(version, state, inside)                                                                         \
	"<?xml version=\"1.0\"?><reginfo xmlns=\"urn:ietf:params:xml:ns:reginfo\" version=\"" version        \
	"\" state=\"" state "\">" inside "</reginfo>"
#define REG(id, aor, state, inside)                                                                          \
	"<registration aor=\"" aor "\" id=\"" id "\" state=\"" state "\">" inside "</registration>"
#define CONTACT(id, uri, state, event, more)                                                                 \
	"<contact id=\"" id "\" state=\"" state "\" event=\"" event "\" " more "><uri>" uri "</uri></"       \
	"contact>"
#define ALICE "sip:alice@ims.example"
#define OURS "sip:us@192.0.2.1:5060"
#define OTHER "sip:other@192.0.2.9"

static ims_reginfo *parse(const char *xml)
{
	g_autoptr(GError) error = NULL;
	ims_reginfo *info = ims_reginfo_parse(xml, strlen(xml), &error);

	assert_int_equal(info == NULL, error != NULL);
	return info;
}

/* REQ-24 to REQ-26 */
static void test_verdicts(void **state)
{
	static const struct {
		const char *xml;
		ims_reginfo_verdict verdict;
		const char *event;
		guint expires_s, retry_after_s;
	} rows[] = {
#define ONE(registered, contact, event, more)                                                                \
	INFO("0", "full", REG("r", ALICE, registered, CONTACT("c", OURS, contact, event, more)))
		{ ONE("active", "active", "registered", "expires=\"60\""), IMS_REGINFO_NOTHING, "registered",
		  60, 0 },
		{ ONE("active", "active", "created", ""), IMS_REGINFO_NOTHING, "created", 0, 0 },
		{ ONE("active", "active", "shortened", "expires=\"60\""), IMS_REGINFO_SHORTENED, "shortened",
		  60, 0 },
		{ ONE("active", "active", "shortened", ""), IMS_REGINFO_NOTHING, "shortened", 0, 0 },
		{ ONE("terminated", "terminated", "expired", ""), IMS_REGINFO_DROPPED, "expired", 0, 0 },
		{ ONE("terminated", "terminated", "deactivated", ""), IMS_REGINFO_DROPPED, "deactivated", 0,
		  0 },
		{ ONE("active", "terminated", "probation", "retry-after=\"7\""), IMS_REGINFO_PUT_OFF,
		  "probation", 0, 7 },
		{ ONE("terminated", "terminated", "rejected", ""), IMS_REGINFO_ENDED, "rejected", 0, 0 },
		{ ONE("active", "terminated", "unregistered", ""), IMS_REGINFO_ENDED, "unregistered", 0, 0 },
		{ ONE("active", "terminated", "unheard-of", ""), IMS_REGINFO_ENDED, "unheard-of", 0, 0 },
		/* of another device, another identity, nobody */
		{ INFO("0", "full",
		       REG("r", ALICE, "active", CONTACT("c", OTHER, "terminated", "rejected", ""))),
		  IMS_REGINFO_NOTHING, NULL, 0, 0 },
		{ INFO("0", "full",
		       REG("r", "sip:bob@ims.example", "terminated",
			   CONTACT("c", OURS, "terminated", "rejected", ""))),
		  IMS_REGINFO_NOTHING, NULL, 0, 0 },
		{ INFO("0", "full", ""), IMS_REGINFO_NOTHING, NULL, 0, 0 },
		{ INFO("0", "full", REG("r", ALICE, "terminated", "")), IMS_REGINFO_ENDED, "terminated", 0,
		  0 },
		/* another namespace, no id */
		{ INFO("0", "full",
		       "<x:registration xmlns:x=\"urn:other\" aor=\"" ALICE
		       "\" id=\"r\" state=\"terminated\"/>"),
		  IMS_REGINFO_NOTHING, NULL, 0, 0 },
		{ INFO("0", "full", "<registration aor=\"" ALICE "\" state=\"terminated\"/>"),
		  IMS_REGINFO_NOTHING, NULL, 0, 0 },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(ims_reginfo) info = parse(rows[i].xml);
		ims_reginfo_finding found = ims_reginfo_find(info, ALICE, "us");

		assert_int_equal(found.verdict, rows[i].verdict);
		assert_int_equal(g_strcmp0(found.event, rows[i].event), 0);
		assert_int_equal(found.expires_s, rows[i].expires_s);
		assert_int_equal(found.retry_after_s, rows[i].retry_after_s);
	}
}

static void test_refused(void **state)
{
	static const char *const rows[] = {
		"",
		"<",
		"text",
		"<reginfo/>",
		"<reginfo xmlns=\"urn:other\"/>",
		"<!DOCTYPE reginfo>" INFO("0", "full", ""),
		"<!DOCTYPE reginfo [<!ENTITY a \"b\">]><reginfo "
		"xmlns=\"urn:ietf:params:xml:ns:reginfo\">&a;</reginfo>",
		INFO("0", "full", "<registration>"),
		"<reginfo xmlns=\"urn:ietf:params:xml:ns:reginfo\">&nbsp;</reginfo>",
	};
	g_autofree char *long_text = g_strnfill(70000, ' ');
	g_autofree char *too_long = g_strconcat(INFO("0", "full", ""), long_text, NULL);

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		assert_null(parse(rows[i]));
	assert_null(parse(too_long));
}

/* The merged state as "version aor:contacts ..." */
static void assert_known(const ims_reginfo *known, const char *want)
{
	g_autoptr(GString) text = g_string_new(NULL);

	g_string_append_printf(text, "%u", known->version);
	for (guint i = 0; i < known->registrations->len; i++) {
		const ims_reginfo_registration *r = g_ptr_array_index(known->registrations, i);

		g_string_append_printf(text, " %s:%u", r->aor, r->contacts->len);
	}
	assert_string_equal(text->str, want);
}

/* REQ-27 */
static void test_merging(void **state)
{
#define FIRST REG("r1", ALICE, "active", CONTACT("c1", OURS, "active", "registered", ""))
#define SECOND(state, event) REG("r1", ALICE, "active", CONTACT("c2", OTHER, state, event, ""))
	static const struct {
		const char *xml;
		ims_reginfo_merging merging;
		const char *known;
	} rows[] = {
		{ INFO("3", "full", FIRST REG("r2", "tel:+1", "active", "")), IMS_REGINFO_MERGED,
		  "3 " ALICE ":1 tel:+1:0" },
		{ INFO("4", "partial", SECOND("active", "registered")), IMS_REGINFO_MERGED,
		  "4 " ALICE ":2 tel:+1:0" },
		{ INFO("4", "partial", SECOND("terminated", "expired")), IMS_REGINFO_OLD,
		  "4 " ALICE ":2 tel:+1:0" },
		{ INFO("6", "partial", SECOND("terminated", "expired")), IMS_REGINFO_GAP,
		  "4 " ALICE ":2 tel:+1:0" },
		{ INFO("5", "partial", REG("r2", "tel:+1", "terminated", "")), IMS_REGINFO_MERGED,
		  "5 " ALICE ":2" },
		{ INFO("6", "partial", SECOND("terminated", "expired")), IMS_REGINFO_MERGED,
		  "6 " ALICE ":1" },
		{ INFO("0", "full", REG("r9", "sip:x@y", "active", "")), IMS_REGINFO_MERGED, "0 sip:x@y:0" },
	};
	ims_reginfo *known = NULL;
	g_autoptr(ims_reginfo) partial = parse(INFO("0", "partial", ""));

	(void)state;
	assert_int_equal(ims_reginfo_merge(&known, partial), IMS_REGINFO_GAP);
	assert_null(known);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(ims_reginfo) news = parse(rows[i].xml);

		assert_int_equal(ims_reginfo_merge(&known, news), rows[i].merging);
		assert_known(known, rows[i].known);
	}
	ims_reginfo_free(known);
}

static void test_identities(void **state)
{
	g_autoptr(ims_reginfo) info = parse(
		INFO("0", "full",
		     FIRST REG("r2", "tel:+1", "active", CONTACT("c1", OURS, "active", "registered", ""))
			     REG("r3", "sip:x@y", "active", CONTACT("c3", OTHER, "active", "registered", ""))
				     REG("r4", "sip:z@y", "terminated",
					 CONTACT("c1", OURS, "terminated", "expired", ""))));
	g_autoptr(GPtrArray) identities = ims_reginfo_identities(info, "us");

	(void)state;
	assert_int_equal(identities->len, 2);
	assert_string_equal(g_ptr_array_index(identities, 0), ALICE);
	assert_string_equal(g_ptr_array_index(identities, 1), "tel:+1");
	assert_int_equal(ims_reginfo_contacts(info, ALICE), 1);
	assert_int_equal(ims_reginfo_contacts(info, "sip:nobody@y"), 0);
}

#define DEVICE "urn:uuid:00000000-0000-1000-8000-00000000000a"
#define PARAM(name, value) "<unknown-param name=\"" name "\">" value "</unknown-param>"
#define AT(id, uri, state, params)                                                                           \
	"<contact id=\"" id "\" state=\"" state "\" event=\"registered\"><uri>" uri "</uri>" params          \
	"</contact>"
#define QUOTED(urn) PARAM("+sip.instance", "\"&lt;" urn "&gt;\"")

/* REQ-158: the same flow of the same device, elsewhere; networks differ in what they quote. */
static void test_twins(void **state)
{
	static const char xml[] = INFO(
		"0", "full",
		REG("r", ALICE, "active",
		    AT("0", OURS, "active", QUOTED(DEVICE)) AT("1", "sip:1@y", "active", QUOTED(DEVICE))
			    AT("2", "sip:2@y", "active", PARAM("+SIP.Instance", "URN" DEVICE))
				    AT("3", "sip:3@y", "active", QUOTED(DEVICE "b"))
					    AT("4", "sip:4@y", "active", QUOTED(DEVICE) PARAM("reg-id", "2"))
						    AT("5", "sip:5@y;flow=2", "active", QUOTED(DEVICE)) AT(
							    "6", "sip:6@y", "terminated",
							    QUOTED(DEVICE)) AT("7", "sip:7@y", "active", "")
							    AT("8", "sip:8@y", "active",
							       PARAM("+sip.instance", "&lt;" DEVICE "&gt;")
								       PARAM("reg-id", "\"1\"")))
			REG("r2", "sip:bob@ims.example", "active",
			    AT("9", "sip:9@y", "active", QUOTED(DEVICE))));
	static const struct {
		const char *instance;
		guint reg_id;
		const char *want;
	} rows[] = {
		{ DEVICE, 0, "1 8 " },
		{ DEVICE, 1, "1 8 " },
		{ "URN:UUID:00000000-0000-1000-8000-00000000000A", 1, "1 8 " },
		{ DEVICE, 2, "4 5 " },
		{ DEVICE, 3, "" },
		{ "urn:uuid:other", 1, "" },
	};
	g_autoptr(ims_reginfo) info = parse(xml);

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GPtrArray) twins =
			ims_reginfo_twins(info, ALICE, "us", rows[i].instance, rows[i].reg_id);
		g_autoptr(GString) found = g_string_new(NULL);

		for (guint n = 0; n < twins->len; n++)
			g_string_append_printf(found, "%s ",
					       ((ims_reginfo_contact *)g_ptr_array_index(twins, n))->id);
		assert_string_equal(found->str, rows[i].want);
	}
	assert_true(ims_reginfo_lists(info, ALICE, "us"));
	assert_false(ims_reginfo_lists(info, ALICE, "nobody"));
	assert_false(ims_reginfo_lists(NULL, ALICE, "us"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_merging),  cmocka_unit_test(test_identities),
		cmocka_unit_test(test_twins),
	};

	return cmocka_run_group_tests_name("test_ims_reginfo", tests, NULL, NULL);
}
