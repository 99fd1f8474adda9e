/* ims_session_headers.c: headers that cross the edge: what a client may say, and what it gets to see
 * (REQ-101). */
#include <string.h>

#include "session/internal.h"
#include "sip/ims_headers.h"

/* NULL: not registered anywhere. */
static const ims_network *network_of(const ims_session *session)
{
	const ims_reg *reg = ims_session_reg(session);

	return reg ? ims_reg_network(reg) : NULL;
}

gboolean ims_session_check_headers(const ims_session *session, const char *lines, const char *callee,
				   GError **error)
{
	const ims_network *network = network_of(session);
	g_autoptr(GPtrArray) none = g_ptr_array_new();

	return ims_header_check_allowed(lines, network ? network->headers_from_client : none,
					callee && ims_session_is_emergency(session, callee), error);
}

char *ims_session_lines(const ims_session *session, const char *lines)
{
	g_autofree char *agent = NULL;

	if (session->user_agent && !ims_header_stands_in(lines, "User-Agent", NULL))
		agent = g_strdup_printf("User-Agent: %s", session->user_agent);
	return ims_header_join(agent, lines);
}

gboolean ims_session_shows(const ims_session *session, const char *header)
{
	const ims_network *network = network_of(session);

	return network && ims_header_is_allowed(header, network->headers_to_client);
}

void ims_session_ask_headers(ims_session *session, GStrv prefixes)
{
	g_strfreev(session->header_prefixes);
	session->header_prefixes = g_strdupv(prefixes);
}

static gboolean is_asked_for(const ims_session *session, const char *name)
{
	for (char **prefix = session->header_prefixes; *prefix; prefix++)
		if (g_ascii_strncasecmp(name, *prefix, strlen(*prefix)) == 0)
			return TRUE;
	return FALSE;
}

GPtrArray *ims_session_shown_headers(const ims_session *session, const ims_sip_news *news)
{
	GPtrArray *shown;

	if (!session->header_prefixes || !news)
		return NULL;
	shown = g_ptr_array_new();
	for (guint i = 0; news->headers && i < news->headers->len; i++) {
		ims_sip_header *header = g_ptr_array_index(news->headers, i);

		if (is_asked_for(session, header->name) && ims_session_shows(session, header->name))
			g_ptr_array_add(shown, header);
	}
	return shown;
}
