/* internal.h: what the files of bridge/ share. A request of the client goes by sipws_requests.c to the noun
 * that serves it, an event of janus.plugin.ims by sipws_news.c; both are tables. */
#pragma once
#include "base/ims_secret.h"
#include "bridge/sipws_bridge.h"
#include "janus/sipws_janus.h"
#include "sip/sipws_dialog.h"
#include "sip/sipws_transactions.h"

typedef struct sipws_account sipws_account;             /* the registration of this socket */
typedef struct sipws_guard sipws_guard;                 /* who may ask what */
typedef struct sipws_line sipws_line;                   /* a handle, good for one call */
typedef struct sipws_call sipws_call;                   /* an INVITE dialog */
typedef struct sipws_pager sipws_pager;                 /* MESSAGEs on their way */
typedef struct sipws_info sipws_info;                   /* INFOs on their way */
typedef struct sipws_subscriptions sipws_subscriptions; /* SUBSCRIBE dialogs */
typedef struct sipws_transfers sipws_transfers;         /* REFERs, either way */

struct sipws_bridge {
	sipws_bridge_outlet outlet;
	gpointer user;
	ims_clock *clock;
	sipws_config *config;
	char *peer;
	ims_secret *access_token; /* that came with the handshake; NULL: none */
	gboolean secure;
	int loop_index;   /* of the registration's handle; -1: any, and it may have a call */
	gboolean closing; /* the socket is of no use any more: nothing is done for it */
	gboolean away;    /* there is none, and the client may come back on another one */
	char *via_host;   /* random, .invalid: sent-by of our requests and host of our Contact */
	sipws_transactions *transactions;
	sipws_janus *janus;
	sipws_account *account;
	sipws_guard *guard;
	GPtrArray *lines;  /* of sipws_line *: the first is that of the registration, the others are its
			      helpers */
	guint64 master_id; /* of the registration, for helpers; 0: it does not stand */
	GPtrArray *calls;  /* of sipws_call * */
	sipws_pager *pager;
	sipws_info *info;
	sipws_subscriptions *subscriptions;
	sipws_transfers *transfers;
	GPtrArray
		*kin; /* of sipws_bridge *: those of the same socket, itself among them; NULL: it is alone */
};

/* A handle of the account's registration. */
struct sipws_line {
	sipws_bridge *bridge;
	sipws_handle *handle;
	gboolean master;  /* the registration is this handle's own */
	gboolean ready;   /* registered */
	sipws_call *call; /* NULL: idle */
};

/* ---- sipws_bridge.c ---- */
/* The Janus side, or the registration, is gone for good: calls end in SIP, then the socket is closed. */
void sipws_bridge_give_up(sipws_bridge *bridge, guint16 code, const char *reason);

/* ---- sipws_kin.c: the bridges of the same socket ---- */
void sipws_bridge_part(sipws_bridge *bridge);                  /* from the others */
sipws_bridge *sipws_bridge_kin(sipws_bridge *bridge, guint i); /* NULL: there are no more */
guint sipws_bridge_count_calls(sipws_bridge *bridge);          /* of all of them */

/* ---- sipws_requests.c ---- */
void sipws_request_came(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg); /* tx NULL: ACK */
void sipws_request_cancelled(sipws_bridge *bridge, sipws_server_tx *invite);

/* ---- sipws_guard.c: requests outside dialogs, before their nouns see them ---- */
sipws_guard *sipws_guard_new(sipws_bridge *bridge);
void sipws_guard_free(sipws_guard *guard);
/* 403, 401, ...: is this request, outside dialogs, from the identity of the socket, and does it prove itself
 * where it must? Answers it if not. The table asks; nouns need not. */
gboolean sipws_request_may(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg);
void sipws_guard_challenged(sipws_bridge *bridge, const sipws_news *news); /* `challenge` with a call_id */
/* The newer token that requests were held for: taken, or refused as an event of janus.plugin.ims says. */
void sipws_guard_token_settled(sipws_bridge *bridge, const json_t *refusal);
void sipws_guard_forget(sipws_bridge *bridge, const sipws_server_tx *tx); /* it has been cancelled */

/* ---- sipws_news.c ---- */
extern const sipws_handle_events sipws_line_events; /* user: the sipws_line */

/* ---- sipws_lines.c: handles for calls; one idle line is there before it is needed ---- */
sipws_line *sipws_lines_master(sipws_bridge *bridge); /* attached when it is not there */
sipws_line *sipws_lines_take(sipws_bridge *bridge,
			     sipws_call *call);             /* an idle one; NULL: the limit is reached */
void sipws_lines_wanted(sipws_bridge *bridge);              /* a call waits for one */
void sipws_lines_seize(sipws_line *line, sipws_call *call); /* a call has come on it */
void sipws_lines_release(
	sipws_line *line);               /* its call is over: idle again, or detached when there are enough */
void sipws_lines_rest(sipws_line *line); /* its PeerConnection is gone: the next call may come */
void sipws_lines_registered(sipws_bridge *bridge, guint64 master_id);  /* the helpers may come; 0: no more */
void sipws_lines_gone(sipws_line *line, const sipws_failure *failure); /* its handle is; freed */
void sipws_lines_drop(sipws_bridge *bridge);                           /* all of them */
/* The registration is another one's now: those with calls stay and are its helpers. */
void sipws_lines_part(sipws_bridge *bridge);

/* ---- sipws_account.c ---- */
sipws_account *sipws_account_new(sipws_bridge *bridge);
void sipws_account_free(sipws_account *account);
void sipws_account_abandon(sipws_account *account); /* it does and answers nothing any more */
void sipws_account_request(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg); /* REGISTER */
void sipws_account_news(sipws_line *line, const sipws_news *news); /* of registrations, challenges, tokens */
/* The master's handle is gone without our asking. */
void sipws_account_gone(sipws_line *line, const sipws_failure *failure);
/* What each handle asks for when it registers, master and helpers: all headers that policy shows, and that
 * the client says when it rings. */
void sipws_account_habits(json_t *registration);
gboolean sipws_account_is_registered(const sipws_account *account);
/* Its device has registered elsewhere, and not here since. */
gboolean sipws_account_is_replaced(const sipws_account *account);
/* Somebody was told so of the handle with this unique_id: if it is this one's, it need not be told itself. */
void sipws_account_yield(sipws_account *account, const char *unique_id);
const char *sipws_account_impu(const sipws_account *account); /* NULL: there is none yet */
const char *
sipws_account_contact(const sipws_account *account); /* the client's Contact URI: where to our requests go */
gboolean sipws_account_owns(const sipws_account *account,
			    const char *uri); /* one of its associated identities */

/* Role ue: the network challenges a request other than REGISTER. The account answers the client's request
 * with the 401 or 407, and whatever the client sends next with that Call-ID takes the place of its request.
 * give: the transaction that waits is not yours any more; NULL: this call_id is none of yours, or its
 * transaction has been answered (then the challenge is left alone). go_on: here is the one to answer
 * instead. */
sipws_server_tx *sipws_call_give(sipws_bridge *bridge, const char *call_id);
void sipws_call_go_on(sipws_bridge *bridge, const char *call_id, sipws_server_tx *tx);
sipws_server_tx *sipws_pager_give(sipws_bridge *bridge, const char *call_id);
void sipws_pager_go_on(sipws_bridge *bridge, const char *call_id, sipws_server_tx *tx);
sipws_server_tx *sipws_subscriptions_give(sipws_bridge *bridge, const char *call_id);
void sipws_subscriptions_go_on(sipws_bridge *bridge, const char *call_id, sipws_server_tx *tx);

/* By which it is registered; NULL: by Digest. */
const ims_secret *sipws_account_token(const sipws_account *account);
/* A newer token of the same user is looked at; sipws_guard_token_settled says what came of it. FALSE: not
 * now. */
gboolean sipws_account_renew(sipws_account *account, const ims_secret *token);

/* ---- sipws_call.c and its parts ---- */
void sipws_call_request(sipws_bridge *bridge, sipws_server_tx *tx,
			const sipws_msg *msg);                               /* INVITE outside dialogs */
sipws_call *sipws_call_find(sipws_bridge *bridge, const sipws_msg *msg);     /* by its dialog */
sipws_call *sipws_call_of(sipws_bridge *bridge, const char *call_id);        /* the API's */
sipws_call *sipws_call_of_socket(sipws_bridge *bridge, const char *call_id); /* the same, of all its kin */
void sipws_call_inside(sipws_call *call, sipws_server_tx *tx,
		       const sipws_msg *msg); /* INVITE, UPDATE, BYE, ACK, ... */
/* CANCEL was answered. The call finds its transaction's INVITE by sipws_server_tx_set_data(tx, call). */
void sipws_call_cancelled(sipws_call *call, sipws_server_tx *invite);
void sipws_call_news(sipws_line *line, const sipws_news *news);
void sipws_call_lost(sipws_call *call, const char *reason); /* no handle any more: 503, or BYE; then freed */
void sipws_call_cut(sipws_call *call); /* the client is away: over, unless it is up; then freed */
gboolean sipws_call_is_up(const sipws_call *call);
void sipws_call_free(sipws_call *call); /* without a word to anybody; out of bridge->calls, its line let go */
sipws_dialog *sipws_call_dialog(sipws_call *call);
sipws_line *sipws_call_line(sipws_call *call);
const char *sipws_call_id(const sipws_call *call); /* the API's call_id */
/* The request is for this call: it may come to the plugin when the handle has another one already. */
void sipws_call_name(const sipws_call *call, json_t *body);

/* ---- sipws_pager.c: MESSAGE; sipws_info.c: INFO, keys; sipws_subscriptions.c; sipws_transfers.c: REFER ----
 */
sipws_pager *sipws_pager_new(sipws_bridge *bridge);
void sipws_pager_free(sipws_pager *pager);
void sipws_pager_request(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg,
			 sipws_call *call); /* call NULL: outside */
void sipws_pager_news(sipws_line *line, const sipws_news *news);
sipws_info *sipws_info_new(sipws_bridge *bridge);
void sipws_info_free(sipws_info *info);
void sipws_info_request(sipws_call *call, sipws_server_tx *tx, const sipws_msg *msg);
void sipws_info_news(sipws_line *line, const sipws_news *news);
sipws_subscriptions *sipws_subscriptions_new(sipws_bridge *bridge);
void sipws_subscriptions_free(sipws_subscriptions *subscriptions);
void sipws_subscriptions_request(sipws_bridge *bridge, sipws_server_tx *tx,
				 const sipws_msg *msg); /* SUBSCRIBE */
void sipws_subscriptions_news(sipws_line *line, const sipws_news *news);
void sipws_subscriptions_end(sipws_bridge *bridge); /* the registration is over, and they with it */
sipws_transfers *sipws_transfers_new(sipws_bridge *bridge);
void sipws_transfers_free(sipws_transfers *transfers);
void sipws_transfers_request(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg,
			     sipws_call *call); /* REFER */
void sipws_transfers_notify(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg,
			    sipws_call *call); /* the client's own NOTIFY */
void sipws_transfers_news(sipws_line *line, const sipws_news *news);
void sipws_transfers_call_over(sipws_bridge *bridge, const char *call_id); /* the API's; may be NULL */
/* The number of the transfer that asks our client for a call to this URI; 0: none does. */
guint64 sipws_transfers_refer_id(sipws_transfers *transfers, const char *uri);

/* ---- sipws_warnings.c: of an event that refuses something: `ims.warnings` ---- */
void sipws_warnings_from_api(sipws_msg *refusal, const json_t *result);

/* ---- sipws_words.c: headers both ways by policy, phrases, Reason ---- */
json_t *sipws_headers_to_api(const sipws_msg *msg); /* {"X-...": "..."}; NULL: none */
/* What the message has already stays as it is. */
void sipws_headers_from_api(sipws_msg *msg, const json_t *headers);
/* identity, privacy, display_name and headers of a request, from who asks for it. */
void sipws_speaker_to_api(json_t *body, const sipws_msg *msg);
/* Values of From and To in our requests, from an event; free with g_free. uri_field: where its URI is. */
char *sipws_far_end(const sipws_bridge *bridge, const json_t *result, const char *uri_field);
char *sipws_near_end(const sipws_bridge *bridge, const json_t *result);
/* "<sip:3f2a9c.invalid;transport=ws>" */
char *sipws_contact(const sipws_bridge *bridge);
