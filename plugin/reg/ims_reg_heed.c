/* ims_reg_heed.c: what the network's word on registrations (RFC 3680) means for one of them. */
#include <string.h>

#include "base/ims_log.h"
#include "reg/internal.h"
#include "reg/ims_reg_event.h"
#include "sip/ims_identity.h"

void ims_reg_tell_word(ims_reg *reg, gboolean over)
{
	const ims_reginfo *known = reg->event ? ims_reg_event_known(reg->event) : NULL;
	const ims_reg_word word = { .event = reg->reason,
				    .over = over,
				    .expires_s = ims_reg_is_active(reg) ? reg->granted_s : 0,
				    .contacts = ims_reginfo_contacts(known, reg->impu) };

	if (reg->listener && reg->listener->told)
		reg->listener->told(reg, &word, reg->user);
}

/* REQ-26: proved anew while there is time (24.229 5.1.1.5.2). */
static void shorten(ims_reg *reg, guint expires_s)
{
	gint64 now_ms = ims_clock_now_ms(ims_stack_clock(reg->stack));

	if (now_ms + (gint64)expires_s * 1000 >= reg->ends_ms)
		return;
	ims_info(reg->impu, "the network wants it proved anew, within %u s", expires_s);
	reg->granted_s = expires_s;
	reg->ends_ms = now_ms + (gint64)expires_s * 1000;
	ims_reg_again(reg, (gint64)expires_s * 500);
	ims_reg_tell_word(reg, FALSE);
}

static gboolean add_missing(GPtrArray *identities, const GPtrArray *found)
{
	gboolean added = FALSE;

	for (guint i = 0; i < found->len; i++) {
		const char *one = g_ptr_array_index(found, i);

		if (ims_identity_find(identities, one))
			continue;
		g_ptr_array_add(identities, g_strdup(one));
		added = TRUE;
	}
	return added;
}

static gboolean drop_others(GPtrArray *identities, const GPtrArray *found)
{
	gboolean dropped = FALSE;

	for (guint i = identities->len; i-- > 0;)
		if (!ims_identity_find(found, g_ptr_array_index(identities, i))) {
			g_ptr_array_remove_index(identities, i);
			dropped = TRUE;
		}
	return dropped;
}

/* Those that are registered together with ours; their order, with the default one first, is that of
 * P-Associated-URI. A network that does not list ours says nothing of the others. */
static void learn(ims_reg *reg, const ims_reginfo *known)
{
	g_autoptr(GPtrArray) found = ims_reginfo_identities(known, reg->flow_token);
	guint contacts = ims_reginfo_contacts(known, reg->impu);
	gboolean changed = contacts != reg->contacts;

	if (!ims_reg_is_active(reg) || !ims_identity_find(found, reg->impu))
		return;
	changed |= add_missing(reg->associated, found);
	changed |= drop_others(reg->associated, found);
	reg->contacts = contacts;
	if (!changed)
		return;
	ims_reg_note_outcome(reg, 200, "registered");
	ims_reg_tell_word(reg, FALSE);
}

/* Whose device has gone to another gateway is not to come back by itself, whatever the network calls it. */
static ims_reginfo_finding find(const ims_reg *reg, const ims_reginfo *news, const ims_reginfo *known)
{
	ims_reginfo_finding found = ims_reginfo_find(news, reg->impu, reg->flow_token);

	if (found.verdict >= IMS_REGINFO_DROPPED && ims_reg_strays_is_replaced(reg, known))
		found = (ims_reginfo_finding){ .verdict = IMS_REGINFO_ENDED, .event = "replaced" };
	return found;
}

void ims_reg_heed(ims_reg *reg, const ims_reginfo *news, const ims_reginfo *known)
{
	const ims_reginfo_finding found = find(reg, news, known);

	if (found.verdict != IMS_REGINFO_NOTHING) {
		ims_verb(reg->impu, "reg: the network says %s", found.event);
		ims_reg_note_outcome(reg, 480, found.event);
	}
	switch (found.verdict) {
	case IMS_REGINFO_SHORTENED:
		shorten(reg, found.expires_s);
		break;
	case IMS_REGINFO_DROPPED:
		ims_reg_handle(reg, EV_DROPPED);
		break;
	case IMS_REGINFO_PUT_OFF:
		ims_reg_note_retry_after(reg, found.retry_after_s);
		ims_reg_handle(reg, EV_PUT_OFF);
		break;
	case IMS_REGINFO_ENDED:
		ims_reg_handle(reg, EV_ENDED);
		break;
	case IMS_REGINFO_NOTHING:
	default:
		ims_reg_strays_look(reg, known);
		learn(reg, known);
		break;
	}
}

void ims_reg_listen(ims_reg *reg)
{
	if (!reg->watch || !reg->network->reg_event || reg->event)
		return;
	reg->contacts = 1; /* ours */
	reg->event = ims_reg_event_join(reg->watch, reg);
	ims_reg_strays_look(reg, ims_reg_event_known(reg->event));
}

void ims_reg_listen_no_more(ims_reg *reg)
{
	ims_reg_strays_forget(reg);
	if (reg->event)
		ims_reg_event_leave(g_steal_pointer(&reg->event), reg);
}
