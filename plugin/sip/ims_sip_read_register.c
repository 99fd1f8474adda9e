/* ims_sip_read_register.c: what a registrar answers. */
#include <stdlib.h>
#include <string.h>

#include "sip/ims_sip_read.h"
#include "sip/ims_uri.h"

/* All values of a header the parser does not know, as URIs in order. */
static void collect_uris(const sip_t *sip, const char *name, GPtrArray *uris)
{
	su_home_t home[1] = { SU_HOME_INIT(home) };

	for (const sip_unknown_t *h = sip->sip_unknown; h; h = h->un_next) {
		sip_contact_t *list;

		if (!h->un_name || !h->un_value || g_ascii_strcasecmp(h->un_name, name) != 0)
			continue;
		list = sip_contact_make(home, h->un_value);
		for (; list; list = list->m_next)
			g_ptr_array_add(uris, ims_url_text(list->m_url));
	}
	su_home_deinit(home);
}

static char *info_of(const msg_auth_info_t *info)
{
	return info && info->ai_params ? g_strjoinv(", ", (char **)info->ai_params) : NULL;
}

static guint seconds(const char *text)
{
	return text ? (guint)MIN(strtoull(text, NULL, 10), G_MAXINT32) : 0;
}

/* A registrar may rewrite the Contact, or list those of other devices beside it: ours is known by
 * its user part. If it is not there, Expires counts, else the shortest time listed, to be safe. */
static guint granted_s(const sip_t *sip, const char *contact_user)
{
	guint expires = sip->sip_expires ? (guint)MIN(sip->sip_expires->ex_delta, G_MAXINT32) : 0;
	guint shortest = 0;

	for (const sip_contact_t *m = sip->sip_contact; m; m = m->m_next) {
		guint own = m->m_expires ? seconds(m->m_expires) : expires;

		if (m->m_url->url_user && strcmp(m->m_url->url_user, contact_user) == 0)
			return own;
		if (own > 0 && (shortest == 0 || own < shortest))
			shortest = own;
	}
	return expires > 0 ? expires : shortest;
}

/* It is going to be a Contact of ours: nothing that is no URI may get there. */
static char *gruu_of(const sip_contact_t *contact, const char *name)
{
	const char *value = msg_params_find(contact->m_params, name);
	g_autofree char *uri = value ? ims_sip_unquoted(value) : NULL;
	g_auto(ims_uri) parsed = { 0 };

	return uri && ims_uri_parse(uri, &parsed, NULL) && parsed.host ? g_steal_pointer(&uri) : NULL;
}

static void read_gruus(const sip_t *sip, const char *contact_user, ims_register_answer *answer)
{
	for (const sip_contact_t *m = sip->sip_contact; m; m = m->m_next) {
		if (g_strcmp0(m->m_url->url_user, contact_user) != 0)
			continue;
		answer->pub_gruu = gruu_of(m, "pub-gruu=");
		answer->temp_gruu = gruu_of(m, "temp-gruu=");
		return;
	}
}

void ims_register_answer_clear(ims_register_answer *answer)
{
	g_free(answer->reason);
	g_free(answer->info);
	g_free(answer->proxy_info);
	g_clear_pointer(&answer->body, g_bytes_unref);
	g_clear_pointer(&answer->warnings, g_ptr_array_unref);
	g_free(answer->unsupported);
	g_free(answer->pub_gruu);
	g_free(answer->temp_gruu);
	g_ptr_array_unref(answer->challenges);
	g_ptr_array_unref(answer->service_route);
	g_ptr_array_unref(answer->associated);
	memset(answer, 0, sizeof(*answer));
}

void ims_sip_read_register(const sip_t *sip, const char *contact_user, ims_register_answer *answer)
{
	*answer = (ims_register_answer){
		.status = sip ? sip->sip_status->st_status : 408,
		.reason = g_strdup(sip ? sip->sip_status->st_phrase : sip_408_Request_timeout),
		.internal = !sip || nta_sip_is_internal(sip),
		.challenges = g_ptr_array_new_with_free_func(g_free),
		.service_route = g_ptr_array_new_with_free_func(g_free),
		.associated = g_ptr_array_new_with_free_func(g_free),
	};
	if (!sip)
		return;
	answer->proxy = ims_sip_read_challenges(sip, answer->challenges);
	for (const sip_service_route_t *r = sip->sip_service_route; r; r = r->r_next)
		g_ptr_array_add(answer->service_route, ims_url_text(r->r_url));
	collect_uris(sip, "P-Associated-URI", answer->associated);
	answer->expires_s = granted_s(sip, contact_user);
	read_gruus(sip, contact_user, answer);
	if (sip->sip_min_expires)
		answer->min_expires_s = (guint)MIN(sip->sip_min_expires->me_delta, G_MAXINT32);
	if (sip->sip_retry_after)
		answer->retry_after_s = (guint)MIN(sip->sip_retry_after->af_delta, 86400);
	answer->outbound = sip_has_feature(sip->sip_require, "outbound");
	answer->warnings = ims_sip_read_warnings(sip);
	if (sip->sip_unsupported && sip->sip_unsupported->k_items && sip->sip_unsupported->k_items[0])
		answer->unsupported = g_strdup(sip->sip_unsupported->k_items[0]);
	answer->info = info_of(sip->sip_authentication_info);
	answer->proxy_info = info_of(sip->sip_proxy_authentication_info);
	if (sip->sip_payload && sip->sip_payload->pl_len > 0)
		answer->body = g_bytes_new(sip->sip_payload->pl_data, sip->sip_payload->pl_len);
	answer->restoration = ims_sip_asks_restoration(sip);
}
