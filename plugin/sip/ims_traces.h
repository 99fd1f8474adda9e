/* ims_traces.h: all traces of a stack, and what they are shown. For sip/ only.
 *
 * What comes in is seen as it is parsed, by a message class of our own, which every message of the agent has
 * and by which its traces are found; what goes out where it is sent: internal.h puts these functions around
 * those of the library. */
#pragma once
#include <sofia-sip/nta.h>
#include "sip/ims_trace.h"

typedef struct ims_traces ims_traces;

ims_traces *ims_traces_new(const ims_config *config);
void ims_traces_free(ims_traces *traces);                       /* after the agent; accepts NULL */
const msg_mclass_t *ims_traces_class(const ims_traces *traces); /* for the agent */
void ims_traces_finish(ims_traces *traces); /* now and then: messages may have come whole since they began */

/* All three: what they are given, back. */
nta_outgoing_t *ims_traces_sent(nta_outgoing_t *request);
int ims_traces_answered(nta_incoming_t *request, int result);
nta_reliable_t *ims_traces_answered_reliably(nta_incoming_t *request, nta_reliable_t *reliable);
