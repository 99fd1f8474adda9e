#include "sip/ims_early.h"

#define NO_PLACE (-1)

static const char *const turns[] = {
#define X(name) #name,
	IMS_TURNS(X)
#undef X
};

static const char *const events[] = {
#define X(name) #name,
	IMS_TURN_EVENTS(X)
#undef X
};

/* clang-format off */
static const struct rule {
	ims_turn in;
	ims_turn_event on;
	ims_turn go;
	int verdict;
} rules[] = {
#define ROW(in, on, go, verdict) { IMS_TURN_##in, IMS_##on, IMS_TURN_##go, verdict }
	ROW(NOBODYS, WE_OFFER,    OURS,    0),
	ROW(NOBODYS, THEY_OFFER,  THEIRS,  0),

	ROW(OURS,    THEY_ANSWER, NOBODYS, 0),
	ROW(OURS,    THEY_REFUSE, NOBODYS, 0),
	ROW(OURS,    THEY_OFFER,  OURS,    IMS_TURN_GLARE),

	ROW(THEIRS,  WE_ANSWER,   NOBODYS, 0),
	ROW(THEIRS,  WE_REFUSE,   NOBODYS, 0),
	ROW(THEIRS,  THEY_OFFER,  THEIRS,  IMS_TURN_BUSY),
};
/* clang-format on */

static const struct rule *rule_for(ims_turn turn, ims_turn_event event)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rules); i++)
		if (rules[i].in == turn && rules[i].on == event)
			return &rules[i];
	return NULL;
}

int ims_early_handle(ims_early *early, ims_turn_event event)
{
	const struct rule *r = rule_for(early->turn, event);

	if (!r)
		return NO_PLACE;
	early->turn = r->go;
	return r->verdict;
}

gboolean ims_early_take(ims_early *early, guint32 rseq)
{
	if (early->rseq != 0 && rseq != early->rseq + 1)
		return FALSE;
	early->rseq = rseq;
	return TRUE;
}

char *ims_early_text(void)
{
	GString *text = g_string_new(NULL);

	for (int in = 0; in < IMS_N_TURNS; in++)
		for (int on = 0; on < IMS_N_TURN_EVENTS; on++) {
			const struct rule *r = rule_for((ims_turn)in, (ims_turn_event)on);

			g_string_append_printf(text, "%s %s -", turns[in], events[on]);
			if (r && r->verdict)
				g_string_append_printf(text, " %d", r->verdict);
			else if (r)
				g_string_append_printf(text, "> %s", turns[r->go]);
			g_string_append_c(text, '\n');
		}
	return g_string_free(text, FALSE);
}
