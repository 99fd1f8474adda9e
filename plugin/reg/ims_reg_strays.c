/* ims_reg_strays.c: what a device has left behind at another gateway, which ended without deregistering it.
 *
 * The network tells of such contacts, all that are registered for an identity (RFC 3680); where it manages
 * flows itself (RFC 5626) there are none. What is removed was there before us, by the same instance and
 * reg-id. Whoever comes later with these has replaced us: so two gateways do not fight over a device. */
#include <string.h>

#include "base/ims_log.h"
#include "reg/internal.h"
#include "sip/ims_uri.h"

#define MAX_STRAYS 8
#define PATIENCE_MS 1000 /* for the network's first word, while a client waits */

static void on_looked(gpointer user)
{
	ims_reg_handle(user, EV_LOOKED);
}

void ims_reg_strays_init(ims_reg *reg)
{
	ims_timer_init(&reg->looking, ims_stack_clock(reg->stack), on_looked, reg);
}

static gboolean is_removable(const ims_reg *reg, const char *contact)
{
	g_auto(ims_uri) uri = { 0 };

	return ims_uri_parse(contact, &uri, NULL) && uri.host &&
	       !(uri.user && ims_reg_event_serves(reg->event, uri.user));
}

static GPtrArray *find_strays(const ims_reg *reg, const ims_reginfo *known)
{
	g_autoptr(GPtrArray) twins =
		ims_reginfo_twins(known, reg->impu, reg->flow_token, reg->instance, reg->reg_id);
	GPtrArray *strays = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < twins->len && strays->len < MAX_STRAYS; i++) {
		const ims_reginfo_contact *twin = g_ptr_array_index(twins, i);

		if (is_removable(reg, twin->uri))
			g_ptr_array_add(strays, g_strdup(twin->uri));
	}
	return strays;
}

void ims_reg_strays_look(ims_reg *reg, const ims_reginfo *known)
{
	if (reg->strays || reg->outbound || !ims_reg_is_active(reg) ||
	    !ims_reginfo_lists(known, reg->impu, reg->flow_token))
		return;
	reg->strays = find_strays(reg, known);
	if (reg->strays->len)
		ims_info(reg->impu, "its device has left %u contacts at gateways that are gone",
			 reg->strays->len);
	ims_timer_arm(&reg->looking, 0);
}

gboolean ims_reg_strays_is_replaced(const ims_reg *reg, const ims_reginfo *known)
{
	g_autoptr(GPtrArray) twins =
		ims_reginfo_twins(known, reg->impu, reg->flow_token, reg->instance, reg->reg_id);

	return twins->len > 0;
}

gboolean ims_reg_strays_settle(ims_reg *reg)
{
	gboolean may_look = reg->event && !reg->outbound && !reg->strays;

	if (ims_reg_strays(reg))
		ims_timer_arm(&reg->looking, 0);
	else if (may_look && reg->patient)
		ims_timer_arm(&reg->looking, PATIENCE_MS);
	return !reg->patient || !ims_timer_is_armed(&reg->looking);
}

guint ims_reg_strays(const ims_reg *reg)
{
	return reg->strays ? reg->strays->len : 0;
}

char *ims_reg_strays_contact(const ims_reg *reg)
{
	return g_strdup_printf("<%s>;expires=0", (const char *)g_ptr_array_index(reg->strays, 0));
}

void ims_reg_strays_drop(ims_reg *reg)
{
	reg->removing = FALSE;
	g_ptr_array_remove_index(reg->strays, 0);
}

void ims_reg_strays_forget(ims_reg *reg)
{
	reg->removing = FALSE;
	ims_timer_stop(&reg->looking);
	g_clear_pointer(&reg->strays, g_ptr_array_unref);
}
