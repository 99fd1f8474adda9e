/* ims_introspection.h: the question about a token and its answer, as texts (RFC 7662). Pure. */
#pragma once
#include <jansson.h>
#include <glib.h>
#include "config/ims_config.h"

/* The form to send; with client_secret_post our client id and secret are in it. Free with ims_wipe_text. */
char *ims_introspection_form(const ims_issuer *issuer, const char *token);
/* For HTTP Basic, encoded as RFC 6749 2.3.1 wants it; NULL: not with this client_auth. Free with
 * ims_wipe_text. */
char *ims_introspection_basic(const ims_issuer *issuer, const char *client_id_or_secret);

/* status: of HTTP. What an active token says, free with json_decref. NULL with IMS_TOKEN_INVALID: not active,
 * or no bearer token (REQ-67); IMS_TOKEN_UNAVAILABLE: no answer to this question (REQ-68). */
json_t *ims_introspection_read(guint status, gconstpointer body, gsize length, GError **error);
