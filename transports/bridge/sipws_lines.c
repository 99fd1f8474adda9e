/* sipws_lines.c: the handles of a socket. The first is that of the registration, and good for a call as well;
 * each further call at the same time has a helper of it, and one that is idle is there before it is needed: a
 * call that comes finds no handle otherwise (docs/api.md, "register": helper). Where the first one is on an
 * event loop of idle handles it is spared calls: helpers come when they are wanted, and go after the call.
 *
 * After a call a handle is of no use until its PeerConnection is gone; who calls at once calls on another. */
#include "base/ims_log.h"
#include "bridge/internal.h"

static sipws_line *line_new(sipws_bridge *bridge, gboolean master)
{
	sipws_line *line = g_new0(sipws_line, 1);

	line->bridge = bridge;
	line->master = master;
	line->handle =
		sipws_janus_attach(bridge->janus, master ? bridge->loop_index : -1, &sipws_line_events, line);
	if (!line->handle) {
		g_free(line);
		return NULL;
	}
	g_ptr_array_insert(bridge->lines, master ? 0 : -1, line);
	return line;
}

static void dismiss(sipws_line *line)
{
	g_ptr_array_remove(line->bridge->lines, line);
	sipws_handle_detach(line->handle);
	g_free(line);
}

/* It is not found any more when its call ends. */
static void lose_call(sipws_line *line, const sipws_failure *failure)
{
	g_ptr_array_remove(line->bridge->lines, line);
	if (line->call)
		sipws_call_lost(line->call, failure->text);
}

static sipws_line *master_of(const sipws_bridge *bridge)
{
	sipws_line *first = bridge->lines->len ? g_ptr_array_index(bridge->lines, 0) : NULL;

	return first && first->master ? first : NULL;
}

sipws_line *sipws_lines_master(sipws_bridge *bridge)
{
	sipws_line *master = master_of(bridge);

	return master ? master : line_new(bridge, TRUE);
}

/* ---- helpers ---- */

/* It is of no use, and another one would do no better now. */
static void helper_refused(const sipws_failure *failure, gpointer user)
{
	sipws_line *line = user;

	ims_warn(line->bridge->peer, "no further call is possible: %s", failure->text);
	lose_call(line, failure);
	dismiss(line);
}

/* Its other requests wait for this one, so it is as good as registered. */
static sipws_line *helper_new(sipws_bridge *bridge)
{
	sipws_line *line = line_new(bridge, FALSE);
	json_t *body;

	if (!line)
		return NULL;
	body = json_pack("{ss, ss, sI}", "request", "register", "type", "helper", "master_id",
			 (json_int_t)bridge->master_id);
	sipws_account_habits(body);
	sipws_handle_ask(line->handle, body, NULL, NULL, helper_refused, line);
	return line;
}

static gboolean may_grow(const sipws_bridge *bridge)
{
	return bridge->master_id && !bridge->closing && bridge->lines->len < bridge->config->calls;
}

static gboolean has_no_call(const sipws_line *line)
{
	return !line->call;
}

static gboolean is_idle(const sipws_line *line)
{
	return has_no_call(line) && sipws_handle_may_offer(line->handle);
}

/* Incoming calls go to the master, then to the oldest helper: those of the client begin at the other end. */
static sipws_line *last(const sipws_bridge *bridge, gboolean (*fits)(const sipws_line *line))
{
	for (guint i = bridge->lines->len; i > 0; i--) {
		sipws_line *line = g_ptr_array_index(bridge->lines, i - 1);

		if (fits(line))
			return line;
	}
	return NULL;
}

static guint count_idle(const sipws_bridge *bridge)
{
	guint n = 0;

	for (guint i = 0; i < bridge->lines->len; i++)
		if (is_idle(g_ptr_array_index(bridge->lines, i)))
			n++;
	return n;
}

static void keep_one_ahead(sipws_bridge *bridge)
{
	if (count_idle(bridge) == 0 && may_grow(bridge))
		helper_new(bridge);
}

static gboolean is_spared(const sipws_line *line)
{
	return line->master && line->bridge->loop_index >= 0;
}

sipws_line *sipws_lines_take(sipws_bridge *bridge, sipws_call *call)
{
	sipws_line *line = last(bridge, is_idle), *helper = NULL;

	if ((!line || is_spared(line)) && may_grow(bridge))
		helper = helper_new(bridge);
	if (helper)
		line = helper;
	if (!line)
		line = last(bridge, has_no_call); /* what it is asked waits */
	if (!line)
		return NULL;
	line->call = call;
	keep_one_ahead(bridge);
	return line;
}

void sipws_lines_wanted(sipws_bridge *bridge)
{
	if (may_grow(bridge))
		helper_new(bridge);
}

void sipws_lines_seize(sipws_line *line, sipws_call *call)
{
	line->call = call;
	keep_one_ahead(line->bridge);
}

/* Came when it was wanted; or what it would help is another socket's. */
static gboolean is_for_one_call(const sipws_line *line)
{
	return !line->master && (line->bridge->loop_index >= 0 || !line->bridge->master_id);
}

/* The last one goes: nobody calls it while another one is idle. One that was wanted is awaited by a call. */
static void keep_one_idle(sipws_bridge *bridge)
{
	if (bridge->loop_index < 0 && count_idle(bridge) > 1)
		dismiss(last(bridge, is_idle));
}

void sipws_lines_release(sipws_line *line)
{
	sipws_bridge *bridge = line->bridge;

	line->call = NULL;
	if (bridge->closing || !g_ptr_array_find(bridge->lines, line, NULL)) /* or it is being freed */
		return;
	if (is_for_one_call(line))
		dismiss(line);
	else
		keep_one_idle(bridge);
}

void sipws_lines_rest(sipws_line *line)
{
	if (!line->bridge->closing)
		keep_one_idle(line->bridge);
}

void sipws_lines_registered(sipws_bridge *bridge, guint64 master_id)
{
	sipws_line *master = master_of(bridge);

	bridge->master_id = master_id;
	if (master)
		master->ready = master_id != 0;
	keep_one_ahead(bridge);
}

void sipws_lines_gone(sipws_line *line, const sipws_failure *failure)
{
	sipws_bridge *bridge = line->bridge;

	lose_call(line, failure);
	if (line->master) {
		bridge->master_id = 0;
		sipws_account_gone(line, failure);
	} else if (line->ready) {
		keep_one_ahead(bridge);
	}
	g_free(line);
}

void sipws_lines_drop(sipws_bridge *bridge)
{
	bridge->master_id = 0;
	while (bridge->lines->len) {
		sipws_line *line = g_ptr_array_index(bridge->lines, bridge->lines->len - 1);

		if (bridge->closing) { /* they go with the session */
			g_ptr_array_remove(bridge->lines, line);
			g_free(line);
		} else {
			dismiss(line);
		}
	}
}

void sipws_lines_part(sipws_bridge *bridge)
{
	bridge->master_id = 0;
	for (guint i = bridge->lines->len; i > 0; i--) {
		sipws_line *line = g_ptr_array_index(bridge->lines, i - 1);

		line->master = FALSE;
		if (!line->call)
			dismiss(line);
	}
}
