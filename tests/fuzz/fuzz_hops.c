/* Any URI, and name servers that say anything about any name: the search ends, with at most sixteen hops,
 * each a numeric SIP URI.
 *
 * Input: the URI, a NUL, then records; each name that is asked for takes the next ones. */
#include "dns/ims_hops.h"
#include "input.h"

/* More than a name of DNS has; what is asked for is never longer than what was told. */
#define MAX_NAME 300

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

typedef struct {
	fuzz_input input;
	GHashTable *answers; /* "type name" -> ims_dns_answer; NULL: not known yet */
	guint asked;
} servers;

static void add_record(servers *s, ims_dns_answer *answer, ims_dns_type type)
{
	static const char *const services[] = { "sip+d2u", "sip+d2t", "sips+d2t", "sip+d2w", "" };
	static const char flags[] = { 's', 'a', 'u', 0 };
	static const char *const addresses[] = { "192.0.2.1", "192.0.2.2", "2001:db8::1", "10.0.0.1" };
	g_autofree char *name = fuzz_text(&s->input, MAX_NAME);
	ims_dns_record *record;

	/* c-ares makes addresses itself. */
	record = ims_dns_answer_add(
		answer,
		type == IMS_DNS_ADDRESS ? addresses[fuzz_choice(&s->input, G_N_ELEMENTS(addresses))] : name);
	record->first = fuzz_byte(&s->input);
	record->then = (guint16)(fuzz_byte(&s->input) * 256);
	record->port = (guint16)(fuzz_byte(&s->input) * 20);
	if (type == IMS_DNS_NAPTR) {
		record->service = g_strdup(services[fuzz_choice(&s->input, G_N_ELEMENTS(services))]);
		record->flag = flags[fuzz_choice(&s->input, G_N_ELEMENTS(flags))];
	}
}

static ims_dns_answer *make_answer(servers *s, ims_dns_type type)
{
	static const ims_dns_outcome outcomes[] = { IMS_DNS_FOUND, IMS_DNS_FOUND, IMS_DNS_FOUND, IMS_DNS_NONE,
						    IMS_DNS_FAILED };
	ims_dns_answer *answer = ims_dns_answer_new(outcomes[fuzz_choice(&s->input, 5)], 60);

	if (answer->outcome == IMS_DNS_FOUND)
		for (guint i = 0, n = 1 + fuzz_choice(&s->input, 40); i < n; i++)
			add_record(s, answer, type);
	return answer;
}

/* An answer that is not known yet is known the next time. */
static const ims_dns_answer *ask(ims_dns_type type, const char *name, gpointer user)
{
	servers *s = user;
	g_autofree char *key = g_strdup_printf("%d %s", type, name);
	gpointer known;

	g_assert_cmpuint(++s->asked, <, 100000);
	g_assert_cmpuint(strlen(name), <=, MAX_NAME);
	if (g_hash_table_lookup_extended(s->answers, key, NULL, &known) && known)
		return known;
	if (!g_hash_table_contains(s->answers, key) && fuzz_choice(&s->input, 4) == 1) {
		g_hash_table_insert(s->answers, g_steal_pointer(&key), NULL);
		return NULL;
	}
	known = make_answer(s, type);
	g_hash_table_insert(s->answers, g_steal_pointer(&key), known);
	return known;
}

static guint32 dice(gpointer user)
{
	servers *s = user;

	return fuzz_byte(&s->input) * 0x01010101u;
}

static void check_hop(const char *hop)
{
	ims_hop_target numeric = { 0 };

	g_assert_true(ims_hop_target_parse(hop, &numeric));
	g_assert(g_hostname_is_ip_address(numeric.host));
	ims_hop_target_clear(&numeric);
}

static void search(servers *s, const ims_hop_target *target)
{
	const ims_hop_search how = { ask,
				     dice,
				     s,
				     .ip4 = fuzz_choice(&s->input, 4) != 1,
				     .ip6 = fuzz_flag(&s->input),
				     .tls = fuzz_flag(&s->input) };
	g_autoptr(GPtrArray) hops = NULL;

	/* Each round waits for answers that are there in the next. */
	for (guint rounds = 0; !hops; rounds++) {
		g_assert_cmpuint(rounds, <, 2000);
		hops = ims_hops_find(target, &how);
	}
	g_assert_cmpuint(hops->len, <=, 16);
	for (guint i = 0; i < hops->len; i++)
		check_hop(hops->pdata[i]);
}

static void free_answer(gpointer answer)
{
	ims_dns_answer_free(answer);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	servers s = { { data, size }, NULL, 0 };
	g_autofree char *uri = fuzz_text(&s.input, size);
	ims_hop_target target = { 0 };

	if (!ims_hop_target_parse(uri, &target))
		return 0;
	g_assert(target.host && *target.host && !strpbrk(target.host, "[] \r\n"));
	s.answers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_answer);
	search(&s, &target);
	g_hash_table_unref(s.answers);
	ims_hop_target_clear(&target);
	return 0;
}
