#include "janus/sipws_candidates.h"

#include <string.h>

/* Of a connection; more interfaces and relays than that are none of a peer's business. */
#define MAX_CANDIDATES 64

void sipws_candidates_clear(sipws_candidates *candidates)
{
	g_clear_pointer(&candidates->lines, g_ptr_array_unref);
	g_clear_pointer(&candidates->mid, g_free);
	candidates->all = FALSE;
}

/* With nat_1_1_mapping Janus tells of candidates of the other family as empty ones. */
static gboolean is_good(const char *line)
{
	return line && g_str_has_prefix(line, "candidate:") && line[strlen("candidate:")] != '\0' &&
	       !strpbrk(line, "\r\n");
}

static gboolean is_new(const sipws_candidates *candidates, const char *line)
{
	return candidates->lines->len < MAX_CANDIDATES &&
	       !g_ptr_array_find_with_equal_func(candidates->lines, line, g_str_equal, NULL);
}

void sipws_candidates_take(sipws_candidates *candidates, const json_t *candidate)
{
	const char *line = json_string_value(json_object_get(candidate, "candidate"));
	const char *mid = json_string_value(json_object_get(candidate, "sdpMid"));

	if (json_is_true(json_object_get(candidate, "completed")))
		candidates->all = TRUE;
	if (!is_good(line))
		return;
	if (!candidates->lines)
		candidates->lines = g_ptr_array_new_with_free_func(g_free);
	if (is_new(candidates, line))
		g_ptr_array_add(candidates->lines, g_strdup(line));
	if (mid && !candidates->mid)
		candidates->mid = g_strdup(mid);
}

gboolean sipws_candidates_are_in(const char *sdp)
{
	return strstr(sdp, "\na=end-of-candidates") || strstr(sdp, "\na=candidate:");
}

/* The m-line's part of the description, from "m=" to the next one: everything of it that is not yet behind
 * begin. NULL: there is no further one. */
static const char *next_part(const char *begin)
{
	const char *part = strstr(begin, "\nm=");

	return part ? part + 1 : NULL;
}

static gboolean has_mid(const char *part, gsize length, const char *mid)
{
	g_autofree char *text = g_strndup(part, length);
	g_autofree char *line = g_strdup_printf("\na=mid:%s\r\n", mid);

	return strstr(text, line) != NULL;
}

/* Where the part ends to which they belong. */
static gsize place(const sipws_candidates *candidates, const char *sdp)
{
	const char *first = NULL, *part = next_part(sdp);

	while (part) {
		const char *next = next_part(part);
		const char *end = next ? next : part + strlen(part);

		if (!first)
			first = end;
		if (candidates->mid && has_mid(part, (gsize)(end - part), candidates->mid))
			return (gsize)(end - sdp);
		part = next;
	}
	return first ? (gsize)(first - sdp) : strlen(sdp);
}

char *sipws_candidates_put(const sipws_candidates *candidates, const char *sdp)
{
	GString *whole = g_string_new(NULL);
	gsize at = place(candidates, sdp);

	g_string_append_len(whole, sdp, (gssize)at);
	for (guint i = 0; candidates->lines && i < candidates->lines->len; i++)
		g_string_append_printf(whole, "a=%s\r\n",
				       (const char *)g_ptr_array_index(candidates->lines, i));
	g_string_append(whole, "a=end-of-candidates\r\n");
	g_string_append(whole, sdp + at);
	return g_string_free(whole, FALSE);
}
