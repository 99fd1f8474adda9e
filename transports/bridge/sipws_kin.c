/* sipws_kin.c: the bridges of one socket: its own, and those that came along to it. A call of one may be to
 * take the place of another's. */
#include "bridge/internal.h"

void sipws_bridge_join(sipws_bridge *bridge, sipws_bridge *host)
{
	sipws_bridge_part(bridge);
	if (!host->kin) {
		host->kin = g_ptr_array_new();
		g_ptr_array_add(host->kin, host);
	}
	bridge->kin = g_ptr_array_ref(host->kin);
	g_ptr_array_add(bridge->kin, bridge);
}

void sipws_bridge_part(sipws_bridge *bridge)
{
	if (!bridge->kin)
		return;
	g_ptr_array_remove(bridge->kin, bridge);
	g_clear_pointer(&bridge->kin, g_ptr_array_unref);
}

sipws_bridge *sipws_bridge_kin(sipws_bridge *bridge, guint i)
{
	if (!bridge->kin)
		return i == 0 ? bridge : NULL;
	return i < bridge->kin->len ? g_ptr_array_index(bridge->kin, i) : NULL;
}

guint sipws_bridge_count_calls(sipws_bridge *bridge)
{
	guint calls = 0;

	for (guint i = 0; (sipws_bridge_kin(bridge, i)); i++)
		calls += sipws_bridge_kin(bridge, i)->calls->len;
	return calls;
}
