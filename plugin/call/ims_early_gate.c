#include "call/ims_early_gate.h"

static const char *const gates[] = {
#define X(name) #name,
	IMS_EARLY_GATES(X)
#undef X
};

static const char *const events[] = {
#define X(name) #name,
	IMS_EARLY_GATE_EVENTS(X)
#undef X
};

/* A pair that is not here changes nothing. */
/* clang-format off */
static const struct {
	ims_early_gate in;
	ims_early_gate_event on;
	ims_early_gate go;
} rules[] = {
#define ROW(in, on, go) { IMS_EARLY_GATE_##in, IMS_EARLY_GATE_ON_##on, IMS_EARLY_GATE_##go }
	ROW(SHUT,    ALLOW,    ALLOWED),
	ROW(SHUT,    DENY,     DENIED),
	ROW(SHUT,    DESCRIBE, AJAR),
	ROW(AJAR,    ALLOW,    ALLOWED),
	ROW(AJAR,    DENY,     DENIED),
	ROW(AJAR,    RING,     SHUT),
	ROW(ALLOWED, DENY,     DENIED),
	ROW(DENIED,  ALLOW,    ALLOWED),
};
/* clang-format on */

ims_early_gate ims_early_gate_after(ims_early_gate gate, ims_early_gate_event event)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rules); i++)
		if (rules[i].in == gate && rules[i].on == event)
			return rules[i].go;
	return gate;
}

gboolean ims_early_gate_is_open(ims_early_gate gate)
{
	return gate == IMS_EARLY_GATE_AJAR || gate == IMS_EARLY_GATE_ALLOWED;
}

char *ims_early_gate_text(void)
{
	GString *text = g_string_new(NULL);

	for (int in = 0; in < IMS_N_EARLY_GATES; in++)
		for (int on = 0; on < IMS_N_EARLY_GATE_EVENTS; on++) {
			ims_early_gate go =
				ims_early_gate_after((ims_early_gate)in, (ims_early_gate_event)on);

			g_string_append_printf(text, "%s %s -> %s%s\n", gates[in], events[on], gates[go],
					       ims_early_gate_is_open(go) ? ", open" : "");
		}
	return g_string_free(text, FALSE);
}
