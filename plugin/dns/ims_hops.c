#include "dns/ims_hops.h"

#include <arpa/inet.h>
#include <string.h>

#define HOPS_MAX 16
#define SIP_PORT 5060
#define SIPS_PORT 5061
#define NAME_MAX_BYTES 253

/* Targets */

/* The normal form, in which addresses are compared as text; NULL: it is none. */
static char *address_of(const char *host)
{
	guchar bytes[sizeof(struct in6_addr)];
	char text[INET6_ADDRSTRLEN];

	if (inet_pton(AF_INET, host, bytes) == 1)
		return g_strdup(inet_ntop(AF_INET, bytes, text, sizeof(text)));
	if (inet_pton(AF_INET6, host, bytes) == 1)
		return g_strdup(inet_ntop(AF_INET6, bytes, text, sizeof(text)));
	return NULL;
}

static gboolean is_name(const char *host)
{
	gsize length = strlen(host);

	return length > 0 && length <= NAME_MAX_BYTES && host[0] != '.' && !strstr(host, "..") &&
	       strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == length &&
	       !g_str_has_suffix(host, ".invalid") && strspn(host, "0123456789.") < length;
}

/* Text up to one of the ends; `at` is moved behind it. */
static char *take(const char **at, const char *ends)
{
	gsize length = strcspn(*at, ends);
	char *text = g_ascii_strdown(*at, (gssize)length);

	*at += length;
	return text;
}

static char *take_host(const char **at)
{
	char *host;

	if (**at != '[')
		return take(at, ":;?>");
	(*at)++;
	host = take(at, "]");
	if (**at != ']' || !strchr(host, ':'))
		host[0] = '\0'; /* which is no host */
	else
		(*at)++;
	return host;
}

static gboolean take_port(const char **at, guint16 *ret_port)
{
	g_autofree char *text = NULL;
	guint64 port;

	if (**at != ':')
		return TRUE;
	(*at)++;
	text = take(at, ";?>");
	if (!g_ascii_string_to_unsigned(text, 10, 1, G_MAXUINT16, &port, NULL))
		return FALSE;
	*ret_port = (guint16)port;
	return TRUE;
}

static gboolean read_transport(const char *name, ims_via *ret_via)
{
	if (strcmp(name, "udp") == 0)
		*ret_via = IMS_VIA_UDP;
	else if (strcmp(name, "tcp") == 0)
		*ret_via = *ret_via == IMS_VIA_TLS ? IMS_VIA_TLS : IMS_VIA_TCP; /* sips: with transport=tcp */
	else if (strcmp(name, "tls") == 0)
		*ret_via = IMS_VIA_TLS;
	else
		return FALSE;
	return TRUE;
}

static gboolean take_parameters(const char **at, ims_hop_target *target)
{
	while (**at == ';') {
		g_autofree char *parameter = NULL;

		(*at)++;
		parameter = take(at, ";?>");
		if (g_str_has_prefix(parameter, "transport=") &&
		    !read_transport(parameter + strlen("transport="), &target->via))
			return FALSE;
		if (g_str_has_prefix(parameter, "maddr=")) {
			g_free(target->host);
			target->host = g_strdup(parameter + strlen("maddr="));
		}
	}
	return TRUE;
}

static gboolean parse(const char *uri, ims_hop_target *target)
{
	const char *at = uri, *user;
	g_autofree char *scheme = take(&at, ":");
	g_autofree char *address = NULL;
	gsize length;

	if (*at != ':' || (strcmp(scheme, "sip") != 0 && strcmp(scheme, "sips") != 0))
		return FALSE;
	at++;
	user = strchr(at, '@');
	if (user)
		at = user + 1;
	target->via = scheme[3] ? IMS_VIA_TLS : IMS_VIA_ANY;
	target->host = take_host(&at);
	if (!take_port(&at, &target->port) || !take_parameters(&at, target))
		return FALSE;
	if (*at && *at != '?' && *at != '>')
		return FALSE;
	length = strlen(target->host);
	if (length > 0 && target->host[length - 1] == '.')
		target->host[length - 1] = '\0';
	address = address_of(target->host);
	target->is_address = address != NULL;
	if (!address)
		return is_name(target->host);
	g_free(target->host);
	target->host = g_steal_pointer(&address);
	return TRUE;
}

gboolean ims_hop_target_parse(const char *uri, ims_hop_target *ret_target)
{
	g_auto(ims_hop_target) target = { 0 };

	if (!parse(uri, &target))
		return FALSE;
	*ret_target = target;
	target.host = NULL;
	return TRUE;
}

void ims_hop_target_clear(ims_hop_target *target)
{
	g_clear_pointer(&target->host, g_free);
}

/* Order */

static gint by_preference(gconstpointer a, gconstpointer b)
{
	const ims_dns_record *x = *(const ims_dns_record *const *)a, *y = *(const ims_dns_record *const *)b;

	return x->first != y->first ? x->first - y->first : x->then - y->then;
}

/* One of those of the same priority from `start` on, whose weights make `sum`, comes to `start`. */
static void draw(GPtrArray *records, guint start, guint end, guint32 sum, guint32 chance)
{
	guint32 at = sum ? chance % (sum + 1) : 0, running = 0;

	for (guint i = start; i < end; i++) {
		ims_dns_record *record = g_ptr_array_index(records, i);

		running += record->then;
		if (running < at)
			continue;
		memmove(&records->pdata[start + 1], &records->pdata[start],
			(i - start) * sizeof(records->pdata[0]));
		records->pdata[start] = record;
		return;
	}
}

void ims_hops_order_srv(GPtrArray *records, guint32 (*random)(gpointer user), gpointer user)
{
	g_ptr_array_sort(records, by_preference); /* those of weight 0 first, as RFC 2782 wants it */
	for (guint start = 0; start < records->len; start++) {
		guint16 priority = ((ims_dns_record *)g_ptr_array_index(records, start))->first;
		guint32 sum = 0;
		guint end = start;

		for (; end < records->len; end++) {
			const ims_dns_record *record = g_ptr_array_index(records, end);

			if (record->first != priority)
				break;
			sum += record->then;
		}
		draw(records, start, end, sum, random(user));
	}
}

/* The search. Each step asks for all it needs before it gives up for a missing answer, so that name
 * servers are asked side by side. */

static void add_hop(GPtrArray *hops, const char *address, guint16 port, ims_via via)
{
	static const char *const shown[] = { "", ";transport=udp", ";transport=tcp", ";transport=tls" };
	guint16 known = via == IMS_VIA_TLS ? SIPS_PORT : SIP_PORT;
	g_autofree char *hop = g_strdup_printf(strchr(address, ':') ? "sip:[%s]:%u%s" : "sip:%s:%u%s",
					       address, port ? port : known, shown[via]);

	if (hops->len < HOPS_MAX && !g_ptr_array_find_with_equal_func(hops, hop, g_str_equal, NULL))
		g_ptr_array_add(hops, g_steal_pointer(&hop));
}

static gboolean find_addresses(const char *name, guint16 port, ims_via via, const ims_hop_search *search,
			       GPtrArray *hops)
{
	const ims_dns_answer *answer = search->ask(IMS_DNS_ADDRESS, name, search->user);
	guint count = answer ? answer->records->len : 0;
	guint start = count ? search->random(search->user) % count : 0; /* a set has no order of its own */

	for (guint i = 0; i < count; i++) {
		const ims_dns_record *record = g_ptr_array_index(answer->records, (start + i) % count);

		if (strchr(record->name, ':') ? search->ip6 : search->ip4)
			add_hop(hops, record->name, port, via);
	}
	return answer != NULL;
}

static gboolean find_srv(const char *name, ims_via via, const ims_hop_search *search, GPtrArray *hops)
{
	const ims_dns_answer *answer = search->ask(IMS_DNS_SRV, name, search->user);
	g_autoptr(GPtrArray) ordered = g_ptr_array_new();
	gboolean complete = answer != NULL;

	for (guint i = 0; answer && i < answer->records->len; i++)
		g_ptr_array_add(ordered, g_ptr_array_index(answer->records, i));
	ims_hops_order_srv(ordered, search->random, search->user);
	for (guint i = 0; i < ordered->len && i < HOPS_MAX; i++) {
		const ims_dns_record *record = g_ptr_array_index(ordered, i);

		if (*record->name && !find_addresses(record->name, record->port, via, search, hops))
			complete = FALSE;
	}
	return complete;
}

/* A transport that name servers chose is UDP by default, which a large message may leave for TCP; one that
 * the URI names is obeyed. */
static gboolean find_service(const ims_hop_target *target, ims_via via, const ims_hop_search *search,
			     GPtrArray *hops)
{
	static const char *const names[] = { NULL, "_sip._udp.%s", "_sip._tcp.%s", "_sips._tcp.%s" };
	g_autofree char *name = g_strdup_printf(names[via], target->host);

	return find_srv(name, via == IMS_VIA_UDP && target->via == IMS_VIA_ANY ? IMS_VIA_ANY : via, search,
			hops);
}

static ims_via via_of_service(const char *service, const ims_hop_search *search)
{
	if (strcmp(service, "sip+d2u") == 0)
		return IMS_VIA_UDP;
	if (strcmp(service, "sip+d2t") == 0)
		return IMS_VIA_TCP;
	return search->tls && strcmp(service, "sips+d2t") == 0 ? IMS_VIA_TLS : IMS_VIA_ANY;
}

static gboolean follow_naptr(const ims_dns_answer *answer, const ims_hop_search *search, GPtrArray *hops)
{
	g_autoptr(GPtrArray) ordered = g_ptr_array_new();
	gboolean complete = TRUE;

	for (guint i = 0; i < answer->records->len; i++)
		g_ptr_array_add(ordered, g_ptr_array_index(answer->records, i));
	g_ptr_array_sort(ordered, by_preference);
	for (guint i = 0; i < ordered->len && i < HOPS_MAX; i++) {
		const ims_dns_record *record = g_ptr_array_index(ordered, i);
		ims_via via = via_of_service(record->service, search);
		ims_via shown = via == IMS_VIA_UDP ? IMS_VIA_ANY : via;

		if (via == IMS_VIA_ANY || !*record->name)
			continue;
		if (record->flag == 's' && !find_srv(record->name, shown, search, hops))
			complete = FALSE;
		if (record->flag == 'a' && !find_addresses(record->name, 0, shown, search, hops))
			complete = FALSE;
	}
	return complete;
}

/* The URI names no port and no transport: the domain says which it prefers. */
static gboolean find_domain(const ims_hop_target *target, const ims_hop_search *search, GPtrArray *hops)
{
	const ims_dns_answer *naptr = search->ask(IMS_DNS_NAPTR, target->host, search->user);
	gboolean complete;

	if (!naptr)
		return FALSE;
	if (!follow_naptr(naptr, search, hops))
		return FALSE;
	if (hops->len > 0)
		return TRUE;
	complete = find_service(target, IMS_VIA_UDP, search, hops);
	complete = find_service(target, IMS_VIA_TCP, search, hops) && complete;
	if (search->tls)
		complete = find_service(target, IMS_VIA_TLS, search, hops) && complete;
	return complete;
}

static gboolean find(const ims_hop_target *target, const ims_hop_search *search, GPtrArray *hops)
{
	gboolean complete = TRUE;

	if (target->is_address) {
		add_hop(hops, target->host, target->port, target->via);
		return TRUE;
	}
	if (target->port == 0 && target->via == IMS_VIA_ANY)
		complete = find_domain(target, search, hops);
	else if (target->port == 0)
		complete = find_service(target, target->via, search, hops);
	if (!complete || hops->len > 0)
		return complete;
	return find_addresses(target->host, target->port, target->via, search, hops);
}

GPtrArray *ims_hops_find(const ims_hop_target *target, const ims_hop_search *search)
{
	g_autoptr(GPtrArray) hops = g_ptr_array_new_with_free_func(g_free);

	return find(target, search, hops) ? g_steal_pointer(&hops) : NULL;
}
