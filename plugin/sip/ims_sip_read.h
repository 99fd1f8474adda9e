/* ims_sip_read.h: parsed sofia messages -> plain values. Pure; for sip/ only. */
#pragma once
#include "sip/internal.h"
#include "sip/ims_credentials.h"
#include "sip/ims_session_timer.h"
#include "sip/ims_sip_news.h"
#include "sip/ims_ua.h"

void ims_sip_read_news(const sip_t *sip, ims_sip_news *ret_news);
/* Parts of it, of a request: ims_sip_read_parties.c, ims_sip_read_transfer.c. */
void ims_sip_read_parties(const sip_t *sip, ims_sip_news *news);
void ims_sip_read_transfer(const sip_t *sip, ims_sip_news *news);
ims_session_terms ims_sip_read_terms(const sip_t *sip);

/* ims_sip_read_register.c. contact_user: the user part by which our own Contact is known again. */
void ims_sip_read_register(const sip_t *sip, const char *contact_user, ims_register_answer *ret_answer);
/* Warning of a response: of char *, code and text, without the host that says so. NULL: none. */
GPtrArray *ims_sip_read_warnings(const sip_t *sip);
void ims_register_answer_clear(ims_register_answer *answer);

/* GIVEN: the final answer, 401 or 407, asks for credentials, and the request is to be sent again with the
 * lines of its authorization; ASKED: perhaps later. sip NULL: there is none. */
ims_credentials_verdict ims_sip_heed_challenge(const sip_t *sip, ims_authorization *authorization,
					       const char *uri);
/* 504 with a body that says so (24.229 5.1.2A). */
gboolean ims_sip_asks_restoration(const sip_t *sip);
/* Refer-Sub: false (RFC 4488): who refers, or is referred, wants no subscription. */
gboolean ims_sip_refuses_subscription(const sip_t *sip);
/* Value of a header the parser does not know by name, NULL: not there. Borrowed from the message. */
const char *ims_sip_read_header(const sip_t *sip, const char *name);
/* Value of a parsed header, free with g_free; NULL of NULL, and of one longer than any message. */
char *ims_sip_header_text(const void *header);
/* Adds WWW-Authenticate values, or, TRUE, Proxy-Authenticate values, as char *. */
gboolean ims_sip_read_challenges(const sip_t *sip, GPtrArray *challenges);
/* A token, or a quoted string without its quotes and escapes. NULL of NULL. */
char *ims_sip_unquoted(const char *text);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ims_register_answer, ims_register_answer_clear)
