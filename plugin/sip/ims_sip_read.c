#include "sip/ims_sip_read.h"

#include <string.h>

#include "sip/ims_headers.h"

#define MAX_HEADER (4 * 1024 * 1024) /* twice what the stack takes of a message */

#define MAX_EXTENSIONS 16
#define MAX_WARNINGS 8
#define MAX_WARNING_BYTES 256

void ims_sip_news_clear(ims_sip_news *news)
{
	g_free(news->reason);
	g_free(news->call_id);
	g_free(news->peer_tag);
	g_free(news->sdp);
	g_clear_pointer(&news->headers, g_ptr_array_unref);
	ims_alternative_service_clear(&news->alternative);
	g_clear_pointer(&news->extensions, g_ptr_array_unref);
	g_clear_pointer(&news->warnings, g_ptr_array_unref);
	g_free(news->content_type);
	g_clear_pointer(&news->body, g_bytes_unref);
	g_free(news->in_reply_to);
	g_free(news->caller);
	g_free(news->caller_name);
	g_free(news->callee);
	g_free(news->icid);
	g_free(news->orig_ioi);
	g_free(news->replaces);
	g_free(news->refer_to);
	g_free(news->refer_method);
	g_free(news->referred_by);
	g_free(news->target_dialog);
	g_free(news->focus);
	g_free(news->reason_header);
	g_free(news->reason_protocol);
	g_free(news->reason_cause);
	memset(news, 0, sizeof(*news));
}

const char *ims_sip_read_header(const sip_t *sip, const char *name)
{
	for (const sip_unknown_t *h = sip->sip_unknown; h; h = h->un_next)
		if (h->un_name && g_ascii_strcasecmp(h->un_name, name) == 0)
			return h->un_value;
	return NULL;
}

gboolean ims_sip_refuses_subscription(const sip_t *sip)
{
	const sip_refer_sub_t *subscribes = sip_refer_sub(sip);

	return subscribes && subscribes->rs_value && g_ascii_strcasecmp(subscribes->rs_value, "false") == 0;
}

char *ims_url_text(const url_t *url)
{
	char *text = url ? url_as_string(NULL, url) : NULL;
	char *copy = g_strdup(text);

	su_free(NULL, text);
	return copy;
}

char *ims_sip_unquoted(const char *text)
{
	gsize length = text ? strlen(text) : 0;
	GString *plain;

	if (length < 2 || text[0] != '"' || text[length - 1] != '"')
		return g_strdup(text);
	plain = g_string_new(NULL);
	for (const char *at = text + 1; at < text + length - 1; at++) {
		if (*at == '\\' && at + 1 < text + length - 1)
			at++;
		g_string_append_c(plain, *at);
	}
	return g_string_free(plain, FALSE);
}

static void read_reason(const sip_t *sip, ims_sip_news *news)
{
	const sip_reason_t *reason = sip->sip_reason;

	if (!reason)
		return;
	news->reason_protocol = g_strdup(reason->re_protocol);
	news->reason_cause = g_strdup(reason->re_cause);
	news->reason_header = ims_sip_unquoted(reason->re_text);
}

static void read_body(const sip_t *sip, ims_sip_news *news)
{
	const sip_payload_t *body = sip->sip_payload;
	const sip_content_type_t *type = sip->sip_content_type;

	if (!body || body->pl_len == 0)
		return;
	if (type && type->c_type && g_ascii_strcasecmp(type->c_type, "application/sdp") == 0 &&
	    !memchr(body->pl_data, '\0', body->pl_len))
		news->sdp = g_strndup(body->pl_data, body->pl_len);
	else
		news->bad_body = TRUE;
}

/* Not by sip_header_as_string: of a long header it gives memory that nobody has written. */
char *ims_sip_header_text(const void *header)
{
	for (gsize size = 256; header && size <= MAX_HEADER; size *= 2) {
		g_autofree char *text = g_malloc(size);
		issize_t length = sip_header_field_e(text, (isize_t)size, header, 0);

		if (length < 0 || (gsize)length >= size)
			continue;
		text[length] = '\0';
		return g_steal_pointer(&text);
	}
	return NULL;
}

static void read_message(const sip_t *sip, ims_sip_news *news)
{
	const sip_payload_t *body = sip->sip_payload;

	news->content_type = ims_sip_header_text(sip->sip_content_type);
	news->in_reply_to = ims_sip_header_text(sip->sip_in_reply_to);
	if (body && body->pl_len > 0)
		news->body = g_bytes_new(body->pl_data, body->pl_len);
}

static void header_free(gpointer data)
{
	ims_sip_header *header = data;

	g_free(header->name);
	g_free(header->value);
	g_free(header);
}

static ims_sip_header *find_header(const GPtrArray *headers, const char *name)
{
	for (guint i = 0; i < headers->len; i++) {
		ims_sip_header *header = g_ptr_array_index(headers, i);

		if (g_ascii_strcasecmp(header->name, name) == 0)
			return header;
	}
	return NULL;
}

/* Several of a name are one with commas (RFC 3261 7.3.1), up to a length: a datagram has room for thousands,
 * each of which would copy all before it. */
static void add_header(GPtrArray *headers, const char *name, const char *value)
{
	ims_sip_header *header = find_header(headers, name);

	if (header && strlen(header->value) + strlen(value) > IMS_HEADERS_MAX_BYTES)
		return;
	if (header) {
		g_autofree char *before = header->value;

		header->value = g_strconcat(before, ", ", value, NULL);
	} else if (headers->len < IMS_HEADERS_MAX_COUNT) {
		header = g_new0(ims_sip_header, 1);
		header->name = g_strdup(name);
		header->value = g_strdup(value);
		g_ptr_array_add(headers, header);
	}
}

/* Fragments of the message stand in a chain, each value of a list by itself, the body at its end. */
static void read_headers(const sip_t *sip, ims_sip_news *news)
{
	const sip_header_t *line = sip->sip_request ? (const sip_header_t *)sip->sip_request
						    : (const sip_header_t *)sip->sip_status;
	const sip_header_t *h = line ? (const sip_header_t *)line->sh_succ : NULL;

	news->headers = g_ptr_array_new_with_free_func(header_free);
	for (; h; h = (const sip_header_t *)h->sh_succ) {
		gboolean known = !sip_is_unknown(h);
		const char *name = known ? h->sh_class->hc_name : h->sh_unknown->un_name;
		g_autofree char *value = NULL;

		if (!name || !*name || ims_header_is_kept(name))
			continue;
		value = known ? ims_sip_header_text(h) : g_strdup(h->sh_unknown->un_value);
		if (value)
			add_header(news->headers, name, value);
	}
}

/* RFC 3261 20.26; RFC 7090: an emergency service calls back. */
static gboolean is_urgent(const sip_t *sip)
{
	const char *priority = sip->sip_priority ? sip->sip_priority->g_string : NULL;

	return priority && (g_ascii_strcasecmp(priority, "emergency") == 0 ||
			    g_ascii_strcasecmp(priority, "psap-callback") == 0);
}

static gboolean says_call_waiting(const sip_t *sip)
{
	for (const sip_unknown_t *h = sip->sip_unknown; h; h = h->un_next)
		if (h->un_name && h->un_value && g_ascii_strcasecmp(h->un_name, "Alert-Info") == 0 &&
		    strstr(h->un_value, "urn:alert:service:call-waiting"))
			return TRUE;
	return FALSE;
}

static void read_focus(const sip_t *sip, ims_sip_news *news)
{
	const sip_contact_t *contact = sip->sip_contact;

	for (gsize i = 0; contact && contact->m_params && contact->m_params[i] && !news->focus; i++)
		if (g_ascii_strncasecmp(contact->m_params[i], "isfocus", 7) == 0 &&
		    (!contact->m_params[i][7] || contact->m_params[i][7] == '='))
			news->focus = ims_url_text(contact->m_url);
}

/* What the network wants done instead: of a 380 or 504 (24.229 5.1.2A, 5.1.3.1). */
static ims_alternative_service alternative_of(const sip_t *sip)
{
	const sip_payload_t *body = sip->sip_payload;
	const sip_content_type_t *type = sip->sip_content_type;
	int status = sip->sip_status ? sip->sip_status->st_status : 0;

	if ((status != 380 && status != 504) || !body || !type || !type->c_type ||
	    g_ascii_strcasecmp(type->c_type, IMS_ALTERNATIVE_SERVICE) != 0)
		return (ims_alternative_service){ 0 };
	return ims_alternative_service_parse(body->pl_data, body->pl_len);
}

gboolean ims_sip_asks_restoration(const sip_t *sip)
{
	g_auto(ims_alternative_service) alternative = alternative_of(sip);

	return sip->sip_status->st_status == 504 && ims_alternative_service_is_restoration(&alternative);
}

/* NULL: it is about none. */
static GPtrArray *extensions_of(const sip_t *sip)
{
	const msg_list_t *list = sip->sip_status->st_status == 420 ? (const msg_list_t *)sip->sip_unsupported
				 : sip->sip_status->st_status == 421 ? (const msg_list_t *)sip->sip_require
								     : NULL;
	GPtrArray *tags;

	if (!list || !list->k_items)
		return NULL;
	tags = g_ptr_array_new_with_free_func(g_free);
	for (gsize i = 0; list->k_items[i] && i < MAX_EXTENSIONS; i++)
		g_ptr_array_add(tags, g_strdup(list->k_items[i]));
	return tags;
}

GPtrArray *ims_sip_read_warnings(const sip_t *sip)
{
	GPtrArray *warnings = NULL;

	for (const sip_warning_t *w = sip->sip_warning; w; w = w->w_next) {
		g_autofree char *text = ims_sip_unquoted(w->w_text);

		if (!warnings)
			warnings = g_ptr_array_new_with_free_func(g_free);
		if (warnings->len == MAX_WARNINGS)
			break;
		g_ptr_array_add(warnings,
				g_strdup_printf("%u %.*s", w->w_code, MAX_WARNING_BYTES, text ? text : ""));
	}
	return warnings;
}

static gboolean is_reliable(const sip_t *sip)
{
	const int status = sip->sip_status->st_status;

	return sip->sip_rseq && status > 100 && status < 200 && sip_has_feature(sip->sip_require, "100rel");
}

static void read_response(const sip_t *sip, ims_sip_news *news)
{
	news->status = sip->sip_status->st_status;
	news->reason = g_strdup(sip->sip_status->st_phrase);
	if (sip->sip_to)
		news->peer_tag = g_strdup(sip->sip_to->a_tag);
	if (sip->sip_retry_after)
		news->retry_after_s = (guint)MIN(sip->sip_retry_after->af_delta, 86400);
	news->alternative = alternative_of(sip);
	news->restoration = news->status == 504 && ims_alternative_service_is_restoration(&news->alternative);
	news->extensions = extensions_of(sip);
	news->warnings = ims_sip_read_warnings(sip);
	if (is_reliable(sip))
		news->rseq = (guint32)sip->sip_rseq->rs_response;
	news->early_media = ims_early_media_parse(ims_sip_read_header(sip, "P-Early-Media"));
}

/* That is for somebody, and no description of a session. */
static gboolean has_content(const sip_t *sip)
{
	return sip->sip_request && (sip->sip_request->rq_method == sip_method_message ||
				    sip->sip_request->rq_method == sip_method_info ||
				    sip->sip_request->rq_method == sip_method_notify);
}

void ims_sip_read_news(const sip_t *sip, ims_sip_news *news)
{
	memset(news, 0, sizeof(*news));
	if (!sip) { /* nobody answered, and the stack gave up */
		news->status = 408;
		news->reason = g_strdup(sip_408_Request_timeout);
		news->internal = TRUE;
		return;
	}
	news->internal = nta_sip_is_internal(sip);
	if (sip->sip_call_id)
		news->call_id = g_strdup(sip->sip_call_id->i_id);
	if (sip->sip_status)
		read_response(sip, news);
	else if (sip->sip_from)
		news->peer_tag = g_strdup(sip->sip_from->a_tag);
	read_headers(sip, news);
	if (has_content(sip))
		read_message(sip, news);
	else
		read_body(sip, news);
	read_reason(sip, news);
	read_focus(sip, news);
	if (!sip->sip_request)
		return;
	ims_sip_read_transfer(sip, news);
	news->urgent = is_urgent(sip);
	news->call_waiting = says_call_waiting(sip);
	ims_sip_read_parties(sip, news);
}

/* Session timers */

static ims_refresher read_refresher(const char *role)
{
	if (role && g_ascii_strcasecmp(role, "uac") == 0)
		return IMS_REFRESHER_UAC;
	return role && g_ascii_strcasecmp(role, "uas") == 0 ? IMS_REFRESHER_UAS : IMS_REFRESHER_OPEN;
}

ims_session_terms ims_sip_read_terms(const sip_t *sip)
{
	const sip_session_expires_t *expires = sip->sip_session_expires;
	const sip_min_se_t *least = sip->sip_min_se;

	return (ims_session_terms){
		.expires_s = expires ? (guint32)MIN(expires->x_delta, G_MAXUINT32) : 0,
		.refresher = read_refresher(expires ? expires->x_refresher : NULL),
		.min_s = least ? (guint32)MIN(least->min_delta, G_MAXUINT32) : 0,
		.supported = sip_has_feature(sip->sip_supported, "timer") ||
			     sip_has_feature(sip->sip_require, "timer"),
	};
}

/* Challenges */

static void collect_challenges(const msg_auth_t *header, GPtrArray *challenges)
{
	for (; header; header = header->au_next) {
		g_autofree char *params =
			header->au_params ? g_strjoinv(", ", (char **)header->au_params) : NULL;

		g_ptr_array_add(challenges,
				g_strdup_printf("%s %s", header->au_scheme, params ? params : ""));
	}
}

gboolean ims_sip_read_challenges(const sip_t *sip, GPtrArray *challenges)
{
	gboolean proxy = !sip->sip_www_authenticate && sip->sip_proxy_authenticate;

	collect_challenges(proxy ? sip->sip_proxy_authenticate : sip->sip_www_authenticate, challenges);
	return proxy;
}

ims_credentials_verdict ims_sip_heed_challenge(const sip_t *sip, ims_authorization *authorization,
					       const char *uri)
{
	g_autoptr(GPtrArray) challenges = NULL;
	gboolean proxy;

	if (!sip || (sip->sip_status->st_status != 401 && sip->sip_status->st_status != 407))
		return IMS_CREDENTIALS_NONE;
	challenges = g_ptr_array_new_with_free_func(g_free);
	proxy = ims_sip_read_challenges(sip, challenges);
	return ims_authorization_heed(authorization, uri, challenges, proxy);
}
