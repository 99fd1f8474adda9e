#include "sip/ims_traces.h"

#include <arpa/inet.h>
#include <string.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/msg_mclass.h>

#include "sip/ims_mask.h"
#include "sip/internal.h"

/* Kept while anybody traces: a trace that begins to follow an INVITE is shown it, and what answered it. */
#define RECENT_MAX 16

/* One message, as it was. */
typedef struct {
	char *call_id, *own_tag, *branch, *peer, *transport, *first;
	char *text; /* NULL: the library sent it */
	gsize length;
	gint64 at_ms;
	gboolean is_out, is_request;
	gboolean begins; /* outside of any dialog */
} seen;

/* What every message of the agent is made by: the library's class, told to show us what it has parsed. */
typedef struct {
	ims_traces *traces;
	msg_mclass_t class; /* its table goes on behind this */
} traced_class;

/* A call or registration of a trace. Calls between two of our users have the same Call-ID on both sides: ours
 * is told by the tag that we have in it, or, before there is one, by the branch of its INVITE. */
typedef struct {
	char *call_id, *peer, *tag, *branch;
	guint messages;
	gsize bytes;
	GHashTable *texts; /* set of hashes of those that came in */
} followed;

struct ims_trace {
	ims_traces *traces;
	ims_trace_told *told;
	gpointer user;
	GPtrArray *known; /* of char * */
	GQueue followed;  /* the newest first */
	guint number;
};

struct ims_traces {
	GQueue all; /* of ims_trace */
	GQueue recent;
	GPtrArray *own_hosts;
	ims_pseudonym_key key;
	GQueue unfinished; /* of msg_t: whose bodies have not come whole */
	traced_class *class;
};

static void seen_free(gpointer data)
{
	seen *s = data;

	g_free(s->call_id);
	g_free(s->own_tag);
	g_free(s->branch);
	g_free(s->peer);
	g_free(s->transport);
	g_free(s->first);
	g_free(s->text);
	g_free(s);
}

static void followed_free(gpointer data)
{
	followed *f = data;

	g_free(f->call_id);
	g_free(f->peer);
	g_free(f->tag);
	g_free(f->branch);
	g_hash_table_unref(f->texts);
	g_free(f);
}

/* Telling */

static char *masked(const ims_trace *trace, const followed *f, const seen *s, gboolean for_operator)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new();

	for (guint i = 0; i < trace->known->len; i++)
		g_ptr_array_add(known, g_ptr_array_index(trace->known, i));
	if (f->peer)
		g_ptr_array_add(known, f->peer);
	return ims_mask_message(
		s->text ? s->text : s->first,
		s->text ? MIN(s->length, (gsize)IMS_TRACE_MESSAGE_MAX) : strlen(s->first),
		&(ims_mask_view){ for_operator, known, trace->traces->own_hosts, &trace->traces->key });
}

static gboolean is_repeated(const followed *f, const seen *s)
{
	g_autofree char *text = s->text ? g_strndup(s->text, s->length) : NULL;

	return text && !s->is_out && !g_hash_table_add(f->texts, GUINT_TO_POINTER(g_str_hash(text) | 1u));
}

static void tell(ims_trace *trace, followed *f, const seen *s)
{
	g_autofree char *text = NULL, *first = NULL, *for_operator = NULL;
	gboolean repeated;

	if (f->messages >= IMS_TRACE_MESSAGES_MAX || f->bytes >= IMS_TRACE_BYTES_MAX)
		return;
	text = masked(trace, f, s, FALSE);
	for_operator = masked(trace, f, s, TRUE);
	first = g_strndup(text, strcspn(text, "\r"));
	repeated = is_repeated(f, s);
	f->messages++;
	f->bytes += strlen(text);
	trace->told(&(ims_trace_entry){ .call_id = s->call_id,
					.number = ++trace->number,
					.at_ms = s->at_ms,
					.is_out = s->is_out,
					.peer = s->peer,
					.transport = s->transport,
					.first = first,
					.text = s->text ? text : NULL,
					.for_operator = s->text ? for_operator : NULL,
					.repeated = repeated,
					.last = f->messages == IMS_TRACE_MESSAGES_MAX ||
						f->bytes >= IMS_TRACE_BYTES_MAX },
		    trace->user);
}

static gboolean belongs(followed *f, const seen *s)
{
	if (strcmp(f->call_id, s->call_id) != 0)
		return FALSE;
	if (!f->tag && !f->branch) { /* the first one says whose it is */
		f->tag = g_strdup(s->own_tag);
		f->branch = g_strdup(s->is_out == s->is_request ? NULL : s->branch);
		return TRUE;
	}
	if (f->tag && g_strcmp0(f->tag, s->own_tag) == 0)
		return TRUE;
	if (!f->branch || g_strcmp0(f->branch, s->branch) != 0)
		return FALSE;
	if (!f->tag)
		f->tag = g_strdup(s->own_tag);
	return TRUE;
}

static void show(ims_traces *traces, seen *s)
{
	for (GList *at = traces->all.head; at; at = at->next) {
		ims_trace *trace = at->data;

		for (GList *of = trace->followed.head; of; of = of->next)
			if (belongs(of->data, s))
				tell(trace, of->data, s);
	}
	g_queue_push_tail(&traces->recent, s);
	if (g_queue_get_length(&traces->recent) > RECENT_MAX)
		seen_free(g_queue_pop_head(&traces->recent));
}

/* A trace */

static void message_free(gpointer message)
{
	msg_destroy(message);
}

/* Without one it costs nothing; with one, what comes in is kept as it was. */
static void note_wanted(ims_traces *traces)
{
	gboolean wanted = !g_queue_is_empty(&traces->all);

	traces->class->class.mc_flags = sip_default_mclass()->mc_flags | (wanted ? MSG_DO_EXTRACT_COPY : 0u);
	if (wanted)
		return;
	g_queue_clear_full(&traces->recent, seen_free);
	g_queue_clear_full(&traces->unfinished, message_free);
}

ims_trace *ims_trace_new(ims_stack *stack, ims_trace_told *told, gpointer user)
{
	ims_trace *trace = g_new0(ims_trace, 1);

	trace->traces = stack->traces;
	trace->told = told;
	trace->user = user;
	trace->known = g_ptr_array_new_with_free_func(g_free);
	g_queue_push_tail(&trace->traces->all, trace);
	note_wanted(trace->traces);
	return trace;
}

void ims_trace_free(ims_trace *trace)
{
	if (!trace)
		return;
	g_queue_remove(&trace->traces->all, trace);
	note_wanted(trace->traces);
	g_ptr_array_unref(trace->known);
	g_queue_clear_full(&trace->followed, followed_free);
	g_free(trace);
}

void ims_trace_know(ims_trace *trace, const GPtrArray *known)
{
	g_ptr_array_set_size(trace->known, 0);
	for (guint i = 0; i < known->len; i++)
		g_ptr_array_add(trace->known, g_strdup(g_ptr_array_index(known, i)));
}

/* What went since the request that began it. */
static void catch_up(ims_trace *trace, followed *f)
{
	GList *from = NULL;

	for (GList *at = trace->traces->recent.head; at; at = at->next) {
		const seen *s = at->data;

		if (strcmp(s->call_id, f->call_id) == 0 && s->begins)
			from = at;
	}
	if (from && !((const seen *)from->data)->is_out)
		f->branch = g_strdup(((const seen *)from->data)->branch);
	for (; from; from = from->next)
		if (belongs(f, from->data))
			tell(trace, f, from->data);
}

void ims_trace_follow(ims_trace *trace, const char *call_id, const char *peer, const char *tag)
{
	followed *f;

	for (GList *at = trace->followed.head; at; at = at->next)
		if (strcmp(((followed *)at->data)->call_id, call_id) == 0)
			return;
	f = g_new0(followed, 1);
	f->call_id = g_strdup(call_id);
	f->peer = g_strdup(peer);
	f->tag = g_strdup(tag);
	f->texts = g_hash_table_new(NULL, NULL);
	g_queue_push_head(&trace->followed, f);
	if (g_queue_get_length(&trace->followed) > IMS_TRACE_FOLLOWED_MAX)
		followed_free(g_queue_pop_tail(&trace->followed));
	catch_up(trace, f);
}

/* Messages */

static char *address_of(msg_t *message)
{
	const su_sockaddr_t *at = msg_addr(message);
	char text[INET6_ADDRSTRLEN] = "";

	if (at->su_family != AF_INET && at->su_family != AF_INET6)
		return NULL;
	su_inet_ntop(at->su_family, SU_ADDR(at), text, sizeof(text));
	return g_strdup_printf(at->su_family == AF_INET6 ? "[%s]:%u" : "%s:%u", text, ntohs(at->su_port));
}

static char *transport_of(const sip_t *sip)
{
	const char *slash = sip->sip_via ? strrchr(sip->sip_via->v_protocol, '/') : NULL;

	return slash ? g_strdup(slash + 1) : NULL;
}

static const char *own_tag(const sip_t *sip, gboolean is_out, gboolean is_request)
{
	const sip_addr_t *own = is_out == is_request ? sip->sip_from : sip->sip_to;

	return own ? own->a_tag : NULL;
}

static gboolean begins(const sip_t *sip)
{
	return sip->sip_request && sip->sip_request->rq_method != sip_method_cancel &&
	       sip->sip_request->rq_method != sip_method_ack && sip->sip_to && !sip->sip_to->a_tag;
}

static seen *look_at(const sip_t *sip, msg_t *message, gboolean is_out)
{
	su_home_t home[1] = { SU_HOME_INIT(home) };
	gsize length = 0;
	const char *text = msg_as_string(home, message, NULL, 0, &length);
	seen *s = g_new0(seen, 1);

	s->is_out = is_out;
	s->is_request = sip->sip_request != NULL;
	s->begins = begins(sip);
	s->call_id = g_strdup(sip->sip_call_id->i_id);
	s->own_tag = g_strdup(own_tag(sip, is_out, s->is_request));
	s->branch = g_strdup(sip->sip_via ? sip->sip_via->v_branch : NULL);
	s->peer = address_of(message);
	s->transport = transport_of(sip);
	s->length = text ? length : 0;
	s->text = g_malloc(s->length + 1);
	memcpy(s->text, text ? text : "", s->length);
	s->text[s->length] = '\0';
	s->first = g_strndup(s->text, strcspn(s->text, "\r\n"));
	s->at_ms = g_get_real_time() / 1000;
	su_home_deinit(home);
	return s;
}

/* nta acknowledges a refused INVITE by itself (RFC 3261 17.1.1.3). */
static void show_its_ack(ims_traces *traces, const sip_t *answer, const seen *of)
{
	seen *ack;

	if (!answer->sip_status || answer->sip_status->st_status < 300 || !answer->sip_cseq ||
	    answer->sip_cseq->cs_method != sip_method_invite)
		return;
	ack = g_new0(seen, 1);
	ack->is_out = ack->is_request = TRUE;
	ack->call_id = g_strdup(of->call_id);
	ack->own_tag = g_strdup(of->own_tag);
	ack->branch = g_strdup(of->branch);
	ack->peer = g_strdup(of->peer);
	ack->transport = g_strdup(of->transport);
	ack->first = g_strdup("ACK");
	ack->at_ms = of->at_ms;
	show(traces, ack);
}

/* NULL: nobody wants to know. */
static ims_traces *traces_of(msg_t *message)
{
	const char *class = (const char *)msg_mclass(message);
	ims_traces *traces = ((const traced_class *)(class - G_STRUCT_OFFSET(traced_class, class)))->traces;

	return g_queue_is_empty(&traces->all) ? NULL : traces;
}

static void take(ims_traces *traces, msg_t *message, gboolean is_out)
{
	const sip_t *sip = sip_object(message);
	seen *s;

	if (!sip || !sip->sip_call_id || (!sip->sip_request && !sip->sip_status))
		return;
	s = look_at(sip, message, is_out);
	show(traces, s);
	if (!is_out)
		show_its_ack(traces, sip, s);
}

void ims_traces_finish(ims_traces *traces)
{
	for (guint left = g_queue_get_length(&traces->unfinished); left > 0; left--) {
		msg_t *message = g_queue_pop_head(&traces->unfinished);

		if (!msg_is_complete(message) && left <= RECENT_MAX) {
			g_queue_push_tail(&traces->unfinished, message);
			continue;
		}
		if (msg_is_complete(message))
			take(traces, message, FALSE);
		msg_destroy(message);
	}
}

static issize_t extract_body(msg_t *message, msg_pub_t *content, char *bytes, isize_t size, int is_end)
{
	issize_t result = sip_default_mclass()->mc_extract_body(message, content, bytes, size, is_end);
	ims_traces *traces = result > 0 ? traces_of(message) : NULL;
	int flags = ((const sip_t *)content)->sip_flags;

	if (traces && flags & MSG_FLG_COMPLETE)
		take(traces, message, FALSE);
	else if (traces && flags & MSG_FLG_FRAGS) /* the rest of its body comes later */
		g_queue_push_tail(&traces->unfinished, msg_ref_create(message));
	return result;
}

static void sent(msg_t *message)
{
	ims_traces *traces = message ? traces_of(message) : NULL;

	if (traces)
		take(traces, message, TRUE);
	if (message)
		msg_destroy(message);
}

nta_outgoing_t *ims_traces_sent(nta_outgoing_t *request)
{
	sent(nta_outgoing_getrequest(request));
	return request;
}

int ims_traces_answered(nta_incoming_t *request, int result)
{
	if (result >= 0)
		sent(nta_incoming_getresponse(request));
	return result;
}

nta_reliable_t *ims_traces_answered_reliably(nta_incoming_t *request, nta_reliable_t *reliable)
{
	if (reliable)
		sent(nta_incoming_getresponse(request));
	return reliable;
}

/* Life */

static traced_class *class_new(ims_traces *traces)
{
	const msg_mclass_t *original = sip_default_mclass();
	gsize size = G_STRUCT_OFFSET(msg_mclass_t, mc_hash) +
		     (gsize)original->mc_hash_size * sizeof(original->mc_hash[0]);
	traced_class *class =
		g_malloc0(G_STRUCT_OFFSET(traced_class, class) + MAX(size, sizeof(msg_mclass_t)));

	class->traces = traces;
	memcpy(&class->class, original, size);
	class->class.mc_extract_body = extract_body;
	return class;
}

static void add_host(GPtrArray *hosts, const char *host)
{
	if (host && *host)
		g_ptr_array_add(hosts, g_strdup(host));
}

ims_traces *ims_traces_new(const ims_config *config)
{
	ims_traces *traces = g_new0(ims_traces, 1);

	traces->class = class_new(traces);
	traces->own_hosts = g_ptr_array_new_with_free_func(g_free);
	add_host(traces->own_hosts, config->sip.address);
	add_host(traces->own_hosts, config->sip.public_address);
	add_host(traces->own_hosts, config->media.address);
	add_host(traces->own_hosts, config->media.public_address);
	ims_pseudonym_key_init(&traces->key);
	return traces;
}

void ims_traces_free(ims_traces *traces)
{
	if (!traces)
		return;
	g_assert(g_queue_is_empty(&traces->all));
	g_queue_clear_full(&traces->recent, seen_free);
	g_ptr_array_unref(traces->own_hosts);
	g_free(traces->class);
	g_free(traces);
}

const msg_mclass_t *ims_traces_class(const ims_traces *traces)
{
	return &traces->class->class;
}
