/* ims_sip_read_parties.c: who calls whom, as the core says it of a request, and how it is charged. */
#include <string.h>

#include "sip/ims_headers.h"
#include "sip/ims_privacy.h"
#include "sip/ims_sip_read.h"

/* The first URI among all values of a header the parser does not know, and the first display name: of the two
 * URIs that a core may assert, SIP and tel (RFC 3325 9.1), the second may be the one with a name. ret_display
 * NULL: not asked. */
static char *first_uri(const sip_t *sip, const char *name, char **ret_display)
{
	su_home_t home[1] = { SU_HOME_INIT(home) };
	g_autofree char *uri = NULL, *display = NULL;

	for (const sip_unknown_t *h = sip->sip_unknown; h; h = h->un_next) {
		const sip_contact_t *value = NULL;

		if (h->un_name && h->un_value && g_ascii_strcasecmp(h->un_name, name) == 0)
			value = sip_contact_make(home, h->un_value);
		for (; value; value = value->m_next) {
			if (!uri)
				uri = ims_url_text(value->m_url);
			if (!display && value->m_display && *value->m_display)
				display = g_strdup(value->m_display);
		}
	}
	su_home_deinit(home);
	if (ret_display)
		*ret_display = g_steal_pointer(&display);
	return g_steal_pointer(&uri);
}

static gboolean wants_privacy(const sip_t *sip)
{
	const sip_privacy_t *privacy = sip->sip_privacy;

	for (gsize i = 0; privacy && privacy->priv_values && privacy->priv_values[i]; i++)
		if (g_ascii_strcasecmp(privacy->priv_values[i], "id") == 0 ||
		    g_ascii_strcasecmp(privacy->priv_values[i], "user") == 0 ||
		    g_ascii_strcasecmp(privacy->priv_values[i], "header") == 0)
			return TRUE;
	return FALSE;
}

/* What the core asserts is to be believed, unless the caller wants it withheld from whoever is
 * outside the trust domain, as a browser is (RFC 3325 7). */
static void read_caller(const sip_t *sip, ims_sip_news *news)
{
	g_autofree char *display = NULL;

	if (wants_privacy(sip)) {
		news->caller = g_strdup(IMS_ANONYMOUS);
		return;
	}
	news->caller = first_uri(sip, "P-Asserted-Identity", &display);
	if (!news->caller && sip->sip_from)
		news->caller = ims_url_text(sip->sip_from->a_url);
	/* The name that the core vouches for comes before the one the caller chose. */
	if (display)
		news->caller_name = ims_sip_unquoted(display);
	else if (sip->sip_from && sip->sip_from->a_display && *sip->sip_from->a_display)
		news->caller_name = ims_sip_unquoted(sip->sip_from->a_display);
}

static void read_callee(const sip_t *sip, ims_sip_news *news)
{
	news->callee = first_uri(sip, "P-Called-Party-ID", NULL);
	if (!news->callee && sip->sip_to)
		news->callee = ims_url_text(sip->sip_to->a_url);
}

/* Where this parameter ends: at a semicolon that stands in no quotes. */
static const char *parameter_end(const char *at)
{
	gboolean quoted = FALSE;

	for (; *at && (quoted || *at != ';'); at++) {
		if (quoted && *at == '\\' && at[1])
			at++;
		else if (*at == '"')
			quoted = !quoted;
	}
	return at;
}

static char *parameter(const char *value, const char *name)
{
	while (*value) {
		const char *end = parameter_end(value);
		g_autofree char *part = g_strndup(value, (gsize)(end - value));
		char *equals = strchr(part, '=');

		if (equals) {
			*equals = '\0';
			if (g_ascii_strcasecmp(g_strstrip(part), name) == 0)
				return ims_sip_unquoted(g_strstrip(equals + 1));
		}
		value = *end ? end + 1 : end;
	}
	return NULL;
}

static void read_charging(const sip_t *sip, ims_sip_news *news)
{
	const char *vector = ims_sip_read_header(sip, "P-Charging-Vector");

	if (!vector)
		return;
	news->icid = parameter(vector, "icid-value");
	news->orig_ioi = parameter(vector, "orig-ioi");
}

void ims_sip_read_parties(const sip_t *sip, ims_sip_news *news)
{
	read_caller(sip, news);
	read_callee(sip, news);
	read_charging(sip, news);
}
