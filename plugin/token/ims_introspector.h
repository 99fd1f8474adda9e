/* ims_introspector.h: asks one issuer about tokens. Thread: the token thread.
 *
 * A bounded number of questions is open at a time; more are answered at once with IMS_TOKEN_UNAVAILABLE. */
#pragma once
#include <jansson.h>
#include <glib.h>
#include "base/ims_alarm.h"
#include "config/ims_config.h"
#include "token/ims_fetcher.h"

enum { IMS_QUESTIONS_MAX = 256 };

typedef struct ims_introspector ims_introspector;

ims_introspector *ims_introspector_new(const ims_issuer *issuer, ims_fetcher *fetcher, ims_alarms *alarms);
void ims_introspector_free(ims_introspector *introspector); /* after the fetcher; accepts NULL */

/* answer: what an active token says, borrowed; NULL: error says why, see ims_introspection.h. */
typedef void (*ims_introspected)(const json_t *answer, const GError *error, gpointer user);

/* done is called once, later, or before this returns when the limit is reached. */
void ims_introspector_ask(ims_introspector *introspector, const char *endpoint, const char *token,
			  ims_introspected done, gpointer user);
