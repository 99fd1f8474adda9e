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

static void append_origin(GString *out, const sipws_description *description, const char *line)
{
	g_auto(GStrv) words = g_strsplit(line, " ", 4);

	g_string_append_printf(out, "%s%" G_GUINT64_FORMAT " %s\r\n", description->origin,
			       description->version, g_strv_length(words) == 4 ? words[3] : "IN IP4 0.0.0.0");
}

const char *sipws_description_say(sipws_description *description, const char *sdp)
{
	g_autoptr(GString) out = g_string_new(NULL);
	g_auto(GStrv) lines = g_strsplit(sdp, "\r\n", -1);

	if (!description->origin)
		begin(description, sdp);
	else if (g_strcmp0(description->source, sdp) != 0)
		description->version++;
	for (guint i = 0; lines[i]; i++)
		if (g_str_has_prefix(lines[i], "o="))
			append_origin(out, description, lines[i]);
		else
			g_string_append_printf(out, "%s%s", lines[i], lines[i + 1] ? "\r\n" : "");
	g_free(description->before);
	description->before = g_steal_pointer(&description->source);
	description->source = g_strdup(sdp);
	g_free(description->said);
	return description->said = g_string_free(g_steal_pointer(&out), FALSE);
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

/* ---- once more, as an offer ---- */

typedef struct {
	GString *out;
	sipws_sdp_direction most;
	gboolean said; /* the direction of the stream, or of all */
} offering;

/* At the end of a stream: sendrecv is what it means to say nothing. */
static void end_stream(offering *offer, gboolean of_session)
{
	if (!of_session && !offer->said)
		g_string_append_printf(offer->out, "a=%s\r\n", names[offer->most]);
}

static void append_offered(offering *offer, const char *line)
{
	sipws_sdp_direction direction;

	if (is_direction(line, &direction)) {
		offer->said = TRUE;
		g_string_append_printf(offer->out, "a=%s\r\n", names[direction & offer->most]);
	} else if (g_str_has_prefix(line, "a=setup:")) {
		g_string_append(offer->out, "a=setup:actpass\r\n");
	} else {
		g_string_append_printf(offer->out, "%s\r\n", line);
	}
}

const char *sipws_description_offer(sipws_description *description, sipws_sdp_direction most)
{
	offering offer = { .most = most };
	gboolean of_session = TRUE, for_all = FALSE;
	g_auto(GStrv) lines = NULL;

	if (!description->source)
		return NULL;
	offer.out = g_string_new(NULL);
	lines = lines_of(description->source);
	description->version++;
	for (guint i = 0; lines[i]; i++) {
		if (g_str_has_prefix(lines[i], "m=")) {
			end_stream(&offer, of_session);
			for_all = of_session ? offer.said : for_all;
			of_session = FALSE;
			offer.said = for_all;
		}
		if (g_str_has_prefix(lines[i], "o="))
			append_origin(offer.out, description, lines[i]);
		else if (*lines[i])
			append_offered(&offer, lines[i]);
	}
	end_stream(&offer, of_session);
	g_free(description->said);
	return description->said = g_string_free(offer.out, FALSE);
}
