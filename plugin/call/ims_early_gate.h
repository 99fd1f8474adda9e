/* ims_early_gate.h: whether media of one end may be heard before it has answered, and what our user is told.
 *
 * The network says so in P-Early-Media (RFC 5009), and what it has said once holds. Where it says nothing,
 * 183 with a description brings media, and 180 asks for a ringback tone of our own (RFC 3960). Pure. */
#pragma once
#include <glib.h>

/* clang-format off */
#define IMS_EARLY_GATES(X)                                                   \
	X(SHUT)    /* nothing is said, nothing is to be heard */            \
	X(AJAR)    /* nothing is said; a description came */                \
	X(ALLOWED) /* by the network */                                     \
	X(DENIED)

#define IMS_EARLY_GATE_EVENTS(X)                                             \
	X(ALLOW) X(DENY)  /* the network says so, in whatever message */    \
	X(RING)           /* 180, of which it says nothing */               \
	X(DESCRIBE)       /* another provisional answer, with a description, of which it says nothing */ \
	X(PROCEED)        /* ... without one */
/* clang-format on */

typedef enum {
#define X(name) IMS_EARLY_GATE_##name,
	IMS_EARLY_GATES(X)
#undef X
		IMS_N_EARLY_GATES
} ims_early_gate;

typedef enum {
#define X(name) IMS_EARLY_GATE_ON_##name,
	IMS_EARLY_GATE_EVENTS(X)
#undef X
		IMS_N_EARLY_GATE_EVENTS
} ims_early_gate_event;

ims_early_gate ims_early_gate_after(ims_early_gate gate, ims_early_gate_event event);
gboolean ims_early_gate_is_open(ims_early_gate gate);
char *ims_early_gate_text(void); /* as text, for review and its golden test */
