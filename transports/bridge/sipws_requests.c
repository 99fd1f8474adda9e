/* sipws_requests.c: what the client may ask, and who serves it: a table. */
#include <string.h>
#include "bridge/internal.h"

/* What this side of the gateway understands when a client insists on it (Require, Proxy-Require). */
static const char *const extensions[] = {
	"outbound", "path", "gruu", "timer", "replaces", "norefersub", NULL
};

#define ALLOW "INVITE, ACK, CANCEL, BYE, UPDATE, MESSAGE, OPTIONS, REFER, INFO, NOTIFY, SUBSCRIBE, REGISTER"
#define SUPPORTED "outbound, path, gruu, timer, replaces"

typedef void (*serve)(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg, sipws_call *call);

/* ---- who serves it ---- */

static void to_account(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg, sipws_call *call)
{
	(void)call;
	sipws_account_request(bridge, tx, msg);
}

static void to_new_call(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg, sipws_call *call)
{
	(void)call;
	sipws_call_request(bridge, tx, msg);
}

static void to_call(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg, sipws_call *call)
{
	(void)bridge;
	sipws_call_inside(call, tx, msg);
}

static void to_info(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg, sipws_call *call)
{
	(void)bridge;
	sipws_info_request(call, tx, msg);
}

static void to_subscriptions(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg,
			     sipws_call *call)
{
	(void)call;
	sipws_subscriptions_request(bridge, tx, msg);
}

static void tell_options(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg, sipws_call *call)
{
	sipws_msg *ok = sipws_msg_new_response(msg, 200, NULL, bridge->via_host);

	(void)call;
	sipws_msg_add(ok, "Allow", "%s", ALLOW);
	sipws_msg_add(ok, "Supported", "%s", SUPPORTED);
	sipws_msg_add(ok, "Accept", "application/sdp, text/plain, message/sipfrag");
	sipws_server_tx_reply(tx, ok);
}

static void allow_not(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg, sipws_call *call)
{
	sipws_msg *refusal = sipws_msg_new_response(msg, 405, NULL, bridge->via_host);

	(void)call;
	sipws_msg_add(refusal, "Allow", "%s", ALLOW);
	sipws_server_tx_reply(tx, refusal);
}

/* A method that stands here is known; what is not served in its place is not allowed there (405). */
static const struct row {
	const char *method;
	serve outside, inside; /* of dialogs; NULL: 405 */
	gboolean of_anybody;   /* also of who is not registered */
	gboolean may_be_alone; /* inside: of a dialog that is not a call's */
} rows[] = {
	/* clang-format off */
	/* method       outside                    inside                   anybody  alone */
	{ "REGISTER",   to_account,                NULL,                    TRUE,    FALSE },
	{ "OPTIONS",    tell_options,              tell_options,            TRUE,    FALSE },
	{ "INVITE",     to_new_call,               to_call,                 FALSE,   FALSE },
	{ "BYE",        NULL,                      to_call,                 FALSE,   FALSE },
	{ "UPDATE",     NULL,                      to_call,                 FALSE,   FALSE },
	{ "INFO",       NULL,                      to_info,                 FALSE,   FALSE },
	{ "MESSAGE",    sipws_pager_request,       sipws_pager_request,     FALSE,   FALSE },
	{ "SUBSCRIBE",  to_subscriptions,          to_subscriptions,        FALSE,   TRUE  },
	{ "REFER",      sipws_transfers_request,   sipws_transfers_request, FALSE,   FALSE },
	{ "NOTIFY",     NULL,                      sipws_transfers_notify,  FALSE,   TRUE  },
	{ "PRACK",      NULL,                      NULL,                    FALSE,   FALSE },
	{ "PUBLISH",    NULL,                      NULL,                    FALSE,   FALSE },
	/* clang-format on */
};

static const struct row *row_of(const char *method)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		if (strcmp(rows[i].method, method) == 0)
			return &rows[i];
	return NULL;
}

/* ---- what is wrong with it ---- */

static gboolean is_known(const char *extension)
{
	for (gsize i = 0; extensions[i]; i++)
		if (g_ascii_strcasecmp(extensions[i], extension) == 0)
			return TRUE;
	return FALSE;
}

/* RFC 3261 8.2.2.3: all that is not understood in one answer. */
static gboolean refuses_extensions(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg)
{
	static const char *const names[] = { "Require", "Proxy-Require" };
	g_autoptr(GString) unknown = g_string_new(NULL);
	const char *extension;
	sipws_msg *refusal;

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		for (guint n = 0; (extension = sipws_msg_header(msg, names[i], n)); n++)
			if (!is_known(extension))
				g_string_append_printf(unknown, "%s%s", unknown->len ? ", " : "", extension);
	if (!unknown->len)
		return FALSE;
	refusal = sipws_msg_new_response(msg, 420, NULL, bridge->via_host);
	sipws_msg_add(refusal, "Unsupported", "%s", unknown->str);
	sipws_server_tx_reply(tx, refusal);
	return TRUE;
}

static gboolean is_at_its_end(const sipws_msg *msg)
{
	const char *hops = sipws_msg_header(msg, "Max-Forwards", 0);

	return hops && strcmp(hops, "0") == 0;
}

static gboolean is_wrong(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg)
{
	if (is_at_its_end(msg) && strcmp(sipws_msg_method(msg), "OPTIONS") != 0 &&
	    strcmp(sipws_msg_method(msg), "REGISTER") != 0)
		sipws_server_tx_refuse(tx, 483, NULL);
	else
		return refuses_extensions(bridge, tx, msg);
	return TRUE;
}

/* ---- where it goes ---- */

static void serve_inside(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg,
			 const struct row *row)
{
	sipws_call *call = sipws_call_find(bridge, msg);

	if (!row->inside)
		allow_not(bridge, tx, msg, call);
	else if (!call && !row->may_be_alone)
		sipws_server_tx_refuse(tx, 481, NULL);
	else if (call && !sipws_dialog_accepts(sipws_call_dialog(call), msg)) /* RFC 3261 12.2.2 */
		sipws_server_tx_refuse(tx, 500, "CSeq is too low");
	else
		row->inside(bridge, tx, msg, call);
}

static void serve_outside(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg,
			  const struct row *row)
{
	if (!row->outside)
		allow_not(bridge, tx, msg, NULL);
	else if (row->of_anybody || sipws_request_may(bridge, tx, msg))
		row->outside(bridge, tx, msg, NULL);
}

static void serve_ack(sipws_bridge *bridge, const sipws_msg *ack)
{
	sipws_call *call = sipws_call_find(bridge, ack);

	if (call)
		sipws_call_inside(call, NULL, ack);
}

void sipws_request_came(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg)
{
	const struct row *row;

	if (!tx)
		serve_ack(bridge, msg);
	else if (is_wrong(bridge, tx, msg))
		return;
	else if (!(row = row_of(sipws_msg_method(msg))))
		sipws_server_tx_refuse(tx, 501, NULL);
	else if (*sipws_msg_to_tag(msg))
		serve_inside(bridge, tx, msg, row);
	else
		serve_outside(bridge, tx, msg, row);
}

void sipws_request_cancelled(sipws_bridge *bridge, sipws_server_tx *invite)
{
	sipws_call *call = sipws_server_tx_data(invite);

	if (call) {
		sipws_call_cancelled(call, invite);
		return;
	}
	sipws_guard_forget(bridge, invite);
	sipws_server_tx_refuse(invite, 487, NULL);
}
