/* sipws_absence.c: the client's socket is gone, and the client is not: it comes back on another one, for the
 * calls that were up (RFC 5626 4.4.1). A bridge whose client has registered on a socket of its own by then
 * goes on beside the new one's: its host name, which no other bridge has, says which messages are its. */
#include <string.h>
#include "bridge/internal.h"
#include "bridge/sipws_identity.h"

gboolean sipws_bridge_talks(const sipws_bridge *bridge)
{
	for (guint i = 0; i < bridge->calls->len; i++)
		if (sipws_call_is_up(g_ptr_array_index(bridge->calls, i)))
			return TRUE;
	return FALSE;
}

void sipws_bridge_cut(sipws_bridge *bridge)
{
	g_autoptr(GPtrArray) calls = g_ptr_array_copy(bridge->calls, NULL, NULL);

	bridge->away = TRUE;
	for (guint i = 0; i < calls->len; i++)
		sipws_call_cut(g_ptr_array_index(calls, i));
}

void sipws_bridge_resume(sipws_bridge *bridge)
{
	bridge->away = FALSE;
	if (!bridge->closing)
		sipws_transactions_repeat(bridge->transactions);
}

void sipws_bridge_yield(sipws_bridge *bridge, const char *unique_id)
{
	if (!bridge->closing)
		sipws_account_yield(bridge->account, unique_id);
}

gboolean sipws_bridge_is_replaced(const sipws_bridge *bridge)
{
	return !bridge->closing && sipws_account_is_replaced(bridge->account);
}

gboolean sipws_bridge_is_over(const sipws_bridge *bridge)
{
	return bridge->closing ||
	       (bridge->calls->len == 0 && !sipws_transactions_is_asking(bridge->transactions));
}

/* ---- whose a message is ---- */

/* "SIP/2.0/WS HOST;branch=..." */
static gboolean is_answer_to(const sipws_bridge *bridge, const sipws_msg *response)
{
	const char *via = sipws_msg_header(response, "Via", 0);
	const char *host = via ? strchr(via, ' ') : NULL;
	gsize length = strlen(bridge->via_host);

	return host && strncmp(host + 1, bridge->via_host, length) == 0 &&
	       (host[1 + length] == ';' || host[1 + length] == '\0');
}

/* Within a dialog the client asks our Contact. */
static gboolean is_asked(sipws_bridge *bridge, const sipws_msg *request)
{
	g_autofree char *host = sipws_identity_host(sipws_msg_uri(request));

	return *sipws_msg_to_tag(request) &&
	       (strcmp(host, bridge->via_host) == 0 || sipws_call_find(bridge, request));
}

gboolean sipws_bridge_takes(sipws_bridge *bridge, const char *bytes, gsize length)
{
	sipws_fault fault = { 0 };
	g_autoptr(sipws_msg) msg = NULL;

	if (bridge->closing || sipws_msg_is_ping(bytes, length) || sipws_msg_is_pong(bytes, length) ||
	    !(msg = sipws_msg_parse(bytes, length, &fault)) || sipws_msg_fault(msg)->status)
		return FALSE;
	if (!(sipws_msg_is_request(msg) ? is_asked(bridge, msg) : is_answer_to(bridge, msg)))
		return FALSE;
	sipws_transactions_receive(bridge->transactions, g_steal_pointer(&msg));
	return TRUE;
}
