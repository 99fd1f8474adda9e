#include "bridge/sipws_description.h"

#include <string.h>

static const char *const names[] = { "inactive", "sendonly", "recvonly", "sendrecv" };

/* ---- directions ---- */

gboolean sipws_sdp_direction_parse(const char *name, sipws_sdp_direction *ret_direction)
{
	for (guint i = 0; name && i < G_N_ELEMENTS(names); i++)
		if (strcmp(name, names[i]) == 0) {
			*ret_direction = (sipws_sdp_direction)i;
			return TRUE;
		}
	return FALSE;
}

/* "a=sendonly" */
static gboolean is_direction(const char *line, sipws_sdp_direction *ret_direction)
{
	return g_str_has_prefix(line, "a=") && sipws_sdp_direction_parse(line + 2, ret_direction);
}

static char **lines_of(const char *sdp)
{
	char **lines = g_strsplit(sdp, "\n", -1);

	for (guint i = 0; lines[i]; i++)
		g_strchomp(lines[i]);
	return lines;
}

/* ---- one session, its versions ---- */

void sipws_description_clear(sipws_description *description)
{
	g_free(description->origin);
	g_free(description->source);
	g_free(description->before);
	g_free(description->said);
	g_free(description->directions);
	*description = (sipws_description){ 0 };
}

/* o=USER SESSION VERSION IN IP4 ADDRESS */
static void begin(sipws_description *description, const char *sdp)
{
	g_auto(GStrv) lines = lines_of(sdp);

	for (guint i = 0; lines[i] && !description->origin; i++) {
		g_auto(GStrv) words = g_strsplit(lines[i], " ", 4);

		if (!g_str_has_prefix(lines[i], "o=") || g_strv_length(words) < 4)
			continue;
		description->origin = g_strdup_printf("%s %s ", words[0], words[1]);
		description->version = g_ascii_strtoull(words[2], NULL, 10);
	}
	if (!description->origin)
		description->origin = g_strdup("o=- 1 ");
}

/* ---- as the client has it ---- */

typedef struct {
	const sipws_description *description;
	GString *out;
	sipws_sdp_direction most;
	gboolean offers;
	gboolean directed; /* the stream, or all of them, says how it flows */
} rendering;

static void append_origin(rendering *r, const char *line)
{
	g_auto(GStrv) words = g_strsplit(line, " ", 4);

	g_string_append_printf(r->out, "%s%" G_GUINT64_FORMAT " %s\r\n", r->description->origin,
			       r->description->version,
			       g_strv_length(words) == 4 ? words[3] : "IN IP4 0.0.0.0");
}

static void append(rendering *r, const char *line)
{
	sipws_sdp_direction direction;

	if (g_str_has_prefix(line, "o=")) {
		append_origin(r, line);
	} else if (is_direction(line, &direction)) {
		r->directed = TRUE;
		g_string_append_printf(r->out, "a=%s\r\n", names[direction & r->most]);
	} else if (r->offers && g_str_has_prefix(line, "a=setup:")) {
		g_string_append(r->out, "a=setup:actpass\r\n");
	} else if (*line) {
		g_string_append_printf(r->out, "%s\r\n", line);
	}
}

/* To say nothing means sendrecv. */
static void end_stream(rendering *r, gboolean of_session)
{
	if (!of_session && !r->directed && r->most != SIPWS_SDP_SENDRECV)
		g_string_append_printf(r->out, "a=%s\r\n", names[r->most]);
}

/* Of each stream: its own, or what is said for all. */
static char *directions(const char *sdp, sipws_sdp_direction most)
{
	g_auto(GStrv) lines = lines_of(sdp);
	GString *each = g_string_new(NULL);
	sipws_sdp_direction for_all = SIPWS_SDP_SENDRECV, direction;

	for (guint i = 0; lines[i]; i++)
		if (g_str_has_prefix(lines[i], "m="))
			g_string_append_c(each, (char)('0' + (for_all & most)));
		else if (is_direction(lines[i], &direction) && each->len)
			each->str[each->len - 1] = (char)('0' + (direction & most));
		else if (is_direction(lines[i], &direction))
			for_all = direction;
	return g_string_free(each, FALSE);
}

gboolean sipws_description_is_said(const sipws_description *description, sipws_sdp_direction most)
{
	g_autofree char *wanted = description->source ? directions(description->source, most) : NULL;

	return g_strcmp0(wanted, description->directions) == 0;
}

static const char *render(sipws_description *description, sipws_sdp_direction most, gboolean offers)
{
	rendering r = { description, g_string_new(NULL), most, offers, FALSE };
	gboolean of_session = TRUE, for_all = FALSE;
	g_auto(GStrv) lines = lines_of(description->source);

	for (guint i = 0; lines[i]; i++) {
		if (g_str_has_prefix(lines[i], "m=")) {
			end_stream(&r, of_session);
			for_all = of_session ? r.directed : for_all;
			of_session = FALSE;
			r.directed = for_all;
		}
		append(&r, lines[i]);
	}
	end_stream(&r, of_session);
	g_free(description->said);
	g_free(description->directions);
	description->directions = directions(description->source, most);
	return description->said = g_string_free(r.out, FALSE);
}

const char *sipws_description_say(sipws_description *description, const char *sdp, sipws_sdp_direction most)
{
	if (!description->origin)
		begin(description, sdp);
	else
		description->version++;
	g_free(description->before);
	description->before = g_steal_pointer(&description->source);
	description->source = g_strdup(sdp);
	return render(description, most, FALSE);
}

const char *sipws_description_offer(sipws_description *description, sipws_sdp_direction most)
{
	if (!description->source)
		return NULL;
	description->version++;
	return render(description, most, TRUE);
}

void sipws_description_take_back(sipws_description *description)
{
	if (!description->before)
		return;
	g_free(description->source);
	description->source = g_steal_pointer(&description->before);
}

void sipws_description_settle(sipws_description *description)
{
	g_clear_pointer(&description->before, g_free);
}
