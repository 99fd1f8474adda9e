/* ims_reg_link.c: the connection that a registration stands on, and what its loss means. */
#include "base/ims_pace.h"
#include "reg/internal.h"

#define LASTING_MS (5 * 60 * 1000)
#define QUICK_LOSSES 2

/* At once, unless the last connections did not last either. */
static void on_lost(gpointer user)
{
	ims_reg *reg = user;
	gint64 now_ms = ims_clock_now_ms(ims_stack_clock(reg->stack));

	ims_reg_link_forget(reg);
	reg->losses = now_ms - reg->linked_ms < LASTING_MS ? reg->losses + 1 : 1;
	if (reg->losses <= QUICK_LOSSES)
		ims_reg_again(reg, 0);
	else
		ims_reg_again(reg, MIN(ims_pace_back_off_ms(reg->losses - QUICK_LOSSES - 1),
				       MAX(reg->ends_ms - now_ms, 2) / 2));
}

void ims_reg_link_follow(ims_reg *reg, ims_link *link)
{
	if (reg->link && link == ims_link_of_watch(reg->link))
		return;
	ims_reg_link_forget(reg);
	reg->link = link ? ims_link_watch_new(link, on_lost, reg) : NULL;
	reg->linked_ms = ims_clock_now_ms(ims_stack_clock(reg->stack));
}

void ims_reg_link_forget(ims_reg *reg)
{
	g_clear_pointer(&reg->link, ims_link_watch_free);
}
