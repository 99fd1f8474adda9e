/* ims_screen.h: requests of the core that want of us what we do not know (RFC 3261 8.2.1 to 8.2.3). For sip/
 * only.
 *
 * Each returns the final status that it has sent, with the headers that tell what would have been known, or
 * 0: the request may go on. */
#pragma once
#include "config/ims_config.h"
#include "sip/internal.h"

/* 420 (Require; Proxy-Require where we are a proxy), 415 (Content-Encoding). network NULL: none is known. */
int ims_screen(nta_incoming_t *request, const sip_t *sip, const ims_network *network);
/* 405 (a method that is not for here), 501 (one that nobody knows). Never 0. */
int ims_screen_refuse_method(nta_incoming_t *request, const sip_t *sip);
/* 413 (longer than `max` bytes), 400 (no Content-Type) of a body that is for our user. */
int ims_screen_body(nta_incoming_t *request, const sip_t *sip, gsize max);
/* 469 of an INFO of a package: we have asked for none (RFC 6086 4.2.2). */
int ims_screen_package(nta_incoming_t *request, const sip_t *sip);
/* 200 to OPTIONS: what an INVITE could have (RFC 3261 11.2). Never 0. */
int ims_screen_answer_options(nta_incoming_t *request);
