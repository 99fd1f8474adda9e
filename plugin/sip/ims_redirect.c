#include "sip/ims_redirect.h"

#include "sip/ims_uri.h"

/* In thousandths (RFC 3261 20.10). */
static int wanted(const sip_contact_t *contact)
{
	return contact->m_q ? (int)(g_ascii_strtod(contact->m_q, NULL) * 1000) : 1000;
}

/* NULL: it may not be called. */
static char *usable(const sip_contact_t *contact, const ims_network *network)
{
	g_autofree char *text = ims_url_text(contact->m_url);
	g_auto(ims_uri) uri = { 0 };

	if (!text || !ims_uri_parse(text, &uri, NULL) || g_strcmp0(uri.scheme, "sip") != 0 || !uri.user ||
	    g_ascii_strcasecmp(uri.host, network->domain) != 0 || uri.port != 0 ||
	    ims_uri_is_emergency(text, network->emergency_numbers))
		return NULL;
	return g_steal_pointer(&text);
}

/* Moved, one way or the other; 305 is a proxy's address, 380 another service. */
static gboolean is_redirection(const sip_t *sip)
{
	return sip && sip->sip_status && sip->sip_status->st_status >= 300 &&
	       sip->sip_status->st_status <= 302;
}

char *ims_redirect_target(const sip_t *sip, const ims_network *network)
{
	g_autofree char *best = NULL;
	int best_wanted = -1;

	if (!network->follow_redirects || !is_redirection(sip))
		return NULL;
	for (const sip_contact_t *contact = sip->sip_contact; contact; contact = contact->m_next) {
		g_autofree char *uri = wanted(contact) > best_wanted ? usable(contact, network) : NULL;

		if (!uri)
			continue;
		g_free(best);
		best = g_steal_pointer(&uri);
		best_wanted = wanted(contact);
	}
	return g_steal_pointer(&best);
}
