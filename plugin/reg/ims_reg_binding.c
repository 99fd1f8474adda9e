/* ims_reg_binding.c: what the network has granted, and who we are to it. */
#include <string.h>

#include "reg/internal.h"
#include "sip/ims_role.h"

static void take_over(GPtrArray *to, const GPtrArray *from)
{
	g_ptr_array_set_size(to, 0);
	for (guint i = 0; i < from->len; i++)
		g_ptr_array_add(to, g_strdup(g_ptr_array_index(from, i)));
}

/* uri NULL: none any more. */
static void admit(ims_reg *reg, const char *uri)
{
	char *before = reg->admitted;

	reg->admitted = g_strdup(uri);
	if (uri)
		ims_stack_admit(reg->stack, uri);
	if (before)
		ims_stack_dismiss(reg->stack, before);
	g_free(before);
}

/* All that a 2xx says replaces what the last one said (REQ-11). */
void ims_reg_binding_note(ims_reg *reg, const ims_register_answer *answer)
{
	reg->granted_s =
		MIN(answer->expires_s > 0 ? answer->expires_s : reg->sent_s, ims_reg_proof_left_s(reg));
	reg->ends_ms = ims_clock_now_ms(ims_stack_clock(reg->stack)) + (gint64)reg->granted_s * 1000;
	reg->outbound = answer->outbound && reg->reg_id;
	g_ptr_array_unref(reg->route);
	reg->route = ims_role_route(reg->network, ims_next_hops_current(&reg->hops), answer->service_route);
	admit(reg, reg->route->len ? ims_role_way(reg->network, g_ptr_array_index(reg->route, 0)) : NULL);
	ims_reg_link_follow(reg, answer->link);
	g_free(reg->pub_gruu);
	reg->pub_gruu = reg->network->gruu ? g_strdup(answer->pub_gruu) : NULL;
	g_free(reg->temp_gruu);
	reg->temp_gruu = reg->network->gruu ? g_strdup(answer->temp_gruu) : NULL;
	take_over(reg->associated, answer->associated);
	if (reg->associated->len == 0)
		g_ptr_array_add(reg->associated, g_strdup(reg->impu));
}

void ims_reg_binding_of_guest(ims_reg *reg)
{
	g_autoptr(GPtrArray) none = g_ptr_array_new();

	g_ptr_array_unref(reg->route);
	reg->route = ims_role_route(reg->network, reg->network->entry_uri, none);
	g_ptr_array_set_size(reg->associated, 0);
	g_ptr_array_add(reg->associated, g_strdup(reg->impu));
}

void ims_reg_binding_forget(ims_reg *reg)
{
	admit(reg, NULL);
}

/* Outside */

const char *ims_reg_impu(const ims_reg *reg)
{
	return reg->impu;
}

ims_prover *ims_reg_prover(const ims_reg *reg)
{
	return reg->prover;
}

const char *ims_reg_call_id(const ims_reg *reg)
{
	return reg->call_id;
}

const char *ims_reg_flow_token(const ims_reg *reg)
{
	return reg->flow_token;
}

const ims_network *ims_reg_network(const ims_reg *reg)
{
	return reg->network;
}

const GPtrArray *ims_reg_route(const ims_reg *reg)
{
	return reg->route;
}

const char *ims_reg_icid(const ims_reg *reg)
{
	return reg->icid;
}

const char *ims_reg_pub_gruu(const ims_reg *reg)
{
	return reg->pub_gruu;
}

const char *ims_reg_temp_gruu(const ims_reg *reg)
{
	return reg->temp_gruu;
}

const GPtrArray *ims_reg_associated(const ims_reg *reg)
{
	return reg->associated;
}

gboolean ims_reg_is_guest(const ims_reg *reg)
{
	return reg->guest;
}

guint ims_reg_retry_after_s(const ims_reg *reg)
{
	return reg->retry_after_s;
}

const GPtrArray *ims_reg_warnings(const ims_reg *reg)
{
	return reg->warnings;
}

gboolean ims_reg_is_outbound(const ims_reg *reg)
{
	return reg->outbound;
}

guint ims_reg_expires_s(const ims_reg *reg)
{
	return reg->granted_s;
}

gboolean ims_reg_is_proved_by(const ims_reg *reg, const ims_reg_setup *s)
{
	return strcmp(reg->network->name, s->network->name) == 0 && reg->guest == s->guest &&
	       strcmp(reg->impu, s->impu) == 0 && ims_prover_is_same(reg->prover, s->prover);
}
