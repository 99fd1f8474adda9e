/* ims_screen.h: requests that bring something for our user, before anything is done with it. For sip/ only.
 */
#pragma once
#include "sip/internal.h"

/* 0: it can be taken. Else it is refused, with this status: it requires what we cannot, or its body is
 * encoded, longer than `max` bytes, or of no type. */
int ims_screen_body(nta_incoming_t *request, const sip_t *sip, gsize max);
