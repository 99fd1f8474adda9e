/* ims_redirect.h: where a 3xx wants a call of ours to go. For sip/ only. Pure.
 *
 * Nobody's word alone may lead a call away: the operator allows it (follow_redirects), and then to users of
 * the home network, by the route that was to be taken anyway. */
#pragma once
#include "config/ims_config.h"
#include "sip/internal.h"

/* The URI to call instead, the most wanted of its Contacts that may be. NULL: none may, or it is no 3xx. Free
 * with g_free. */
char *ims_redirect_target(const sip_t *sip, const ims_network *network);
