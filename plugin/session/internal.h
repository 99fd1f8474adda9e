/* internal.h: what the files of session/ share. */
#pragma once
#include "session/ims_service.h"
#include "session/ims_session.h"

struct ims_service {
	const ims_config *config;
	const ims_gateway *gateway;
	ims_stack *stack;
	ims_flows *flows;
	ims_ports *ports;
	gboolean closing; /* no new registrations or calls */

	/* The same as numbers for other threads. */
	gint n_sessions, n_calls;

	GMutex lock; /* of drained: the thread that frees waits for the SIP thread, once */
	GCond changed;
	gboolean drained;
};

/* ims_session.c: an INVITE for this session's user. FALSE: refused with ret_status. */
gboolean ims_session_receive(ims_session *session, ims_invite *invite, const ims_sip_news *news,
			     int *ret_status);
