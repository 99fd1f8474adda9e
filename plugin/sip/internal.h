/* internal.h: what the files of sip/ share. The only place that includes sofia-sip. */
#pragma once
#include <sofia-sip/su_wait.h>
#include <sofia-sip/su_log.h>
#include <sofia-sip/su_tagarg.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/nta.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_extra.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/sip_util.h>
#include <sofia-sip/sresolv.h>
#include <sofia-sip/tport_tag.h>
#include <sofia-sip/url.h>
#include "sip/ims_arrival.h"
#include "sip/ims_peers.h"
#include "sip/ims_rest.h"
#include "sip/ims_stack.h"
#include "sip/ims_traces.h"
#include "sip/ims_subscription.h"

struct ims_stack {
	ims_worker *worker;
	ims_clock clock;
	const ims_config *config;
	ims_alarms *alarms;
	const ims_stack_events *events;
	gpointer user;
	char *host_port;
	ims_resolver *resolver;
	ims_peers *peers;
	ims_traces *traces;
	ims_arrival arrival;
	ims_rest rest;

	su_root_t *root;
	nta_agent_t *agent;
	nta_leg_t *outside;        /* what our requests outside dialogs are sent from */
	GHashTable *invites;       /* set of ims_invite, to end them with the agent */
	gint invite_count;         /* the same as a number for other threads */
	GHashTable *subscriptions; /* our tag -> ims_subscription, for the same; and for forks */
	gint subscription_count;
	GHashTable *links; /* connection -> ims_link, borrowed */
};

#define IMS_ALLOW "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO, MESSAGE, NOTIFY, REFER"
/* Option tags, each as soon as it is kept (RFC 3262, RFC 6228, RFC 3312, RFC 4028, RFC 3891, RFC 4488, RFC
 * 4538). */
#define IMS_SUPPORTED "gruu, 100rel, 199, precondition, timer, replaces, norefersub, tdialog"

/* True when a request came from somebody who may send us any (REQ-143). */
gboolean ims_stack_is_core(ims_stack *stack, msg_t *message, char *ret_source, gsize source_size);
gboolean ims_stack_is_own_url(const ims_stack *stack, const url_t *url);
/* Our own Record-Route comes back with the others; in our own route set it would send us to ourselves first.
 */
sip_record_route_t *ims_stack_others_routes(const ims_stack *stack, su_home_t *home,
					    const sip_record_route_t *all);

/* ims_uas.c: messages that belong to no transaction and no dialog of ours. Takes the message over. */
int ims_uas_receive(nta_agent_magic_t *stack, nta_agent_t *agent, msg_t *message, sip_t *sip);

char *ims_url_text(const url_t *url); /* NULL of NULL; free with g_free */

/* ims_invite.c */
void ims_invite_receive(ims_stack *stack, nta_incoming_t *request, sip_t const *sip,
			const ims_sip_target *target);
void ims_invite_abandon(ims_invite *invite); /* the agent goes: no message can be sent any more */

/* ims_subscription.c */
void ims_subscription_abandon(ims_subscription *subscription);
/* A NOTIFY that belongs to no dialog of ours. Returns its status, sent already or to be sent. */
int ims_subscription_receive(ims_stack *stack, nta_incoming_t *request, const sip_t *sip);

/* ims_referral.c: a REFER outside calls. 0: it is answered later. */
int ims_referral_receive(ims_stack *stack, nta_incoming_t *request, const sip_t *sip,
			 const ims_sip_target *target);

/* ims_pager.c: a MESSAGE came in. Both have answered it, and return the status. */
int ims_pager_receive(ims_stack *stack, nta_incoming_t *request, const sip_t *sip,
		      const ims_sip_target *target);
int ims_pager_receive_inside(ims_invite *invite, nta_incoming_t *request, const sip_t *sip);

/* Whatever we send passes those who trace, so that no place forgets them (sip/ims_traces.h). */
#define nta_outgoing_tcreate(...) ims_traces_sent(nta_outgoing_tcreate(__VA_ARGS__))
#define nta_outgoing_mcreate(...) ims_traces_sent(nta_outgoing_mcreate(__VA_ARGS__))
#define nta_outgoing_tcancel(...) ims_traces_sent(nta_outgoing_tcancel(__VA_ARGS__))
#define nta_incoming_treply(request, ...)                                                                    \
	ims_traces_answered(request, nta_incoming_treply(request, __VA_ARGS__))
#define nta_reliable_treply(request, ...)                                                                    \
	ims_traces_answered_reliably(request, nta_reliable_treply(request, __VA_ARGS__))
