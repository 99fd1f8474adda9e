/* sipws_phrase.h: the usual reason phrases of SIP responses. Pure. */
#pragma once
#include <glib.h>

const char *sipws_phrase(guint status); /* "" for what has none */
