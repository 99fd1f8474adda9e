#include "call/ims_dtmf_info.h"

#include <string.h>

#include "media/ims_dtmf.h"

#define MAX_BODY 256

static gboolean is_type(const char *content_type, const char *wanted)
{
	gsize length = strcspn(content_type, "; ");

	return length == strlen(wanted) && g_ascii_strncasecmp(content_type, wanted, length) == 0;
}

/* The key, or the number of its event (RFC 4733 3.2). */
static gboolean read_signal(const char *text, char *ret_signal)
{
	static const char of_event[] = "0123456789*#ABCD";
	guint64 event;

	if (strlen(text) == 1 && ims_dtmf_event(*text) >= 0) {
		*ret_signal = g_ascii_toupper(*text);
		return TRUE;
	}
	if (!g_ascii_string_to_unsigned(text, 10, 10, 15, &event, NULL))
		return FALSE;
	*ret_signal = of_event[event];
	return TRUE;
}

static gboolean read_relay(char *text, char *ret_signal, guint *ret_duration_ms)
{
	g_auto(GStrv) lines = g_strsplit_set(text, "\r\n", -1);
	gboolean found = FALSE;
	guint64 number;

	for (char **line = lines; *line; line++) {
		char *equals = strchr(*line, '=');

		if (!equals)
			continue;
		*equals = '\0';
		g_strstrip(equals + 1);
		if (g_ascii_strcasecmp(g_strstrip(*line), "Signal") == 0)
			found = read_signal(equals + 1, ret_signal);
		else if (g_ascii_strcasecmp(*line, "Duration") == 0 &&
			 g_ascii_string_to_unsigned(equals + 1, 10, 1, IMS_DTMF_MAX_MS, &number, NULL))
			*ret_duration_ms = (guint)number;
	}
	return found;
}

gboolean ims_dtmf_info_parse(const char *content_type, GBytes *body, char *ret_signal, guint *ret_duration_ms)
{
	gsize size = 0;
	const char *data = body ? g_bytes_get_data(body, &size) : NULL;
	g_autofree char *text = NULL;
	guint duration_ms = 0;
	gboolean found;

	if (!content_type || size == 0 || size > MAX_BODY)
		return FALSE;
	text = g_strndup(data, size);
	if (is_type(content_type, "application/dtmf-relay"))
		found = read_relay(text, ret_signal, &duration_ms);
	else
		found = is_type(content_type, "application/dtmf") &&
			read_signal(g_strstrip(text), ret_signal);
	if (found)
		*ret_duration_ms = duration_ms;
	return found;
}
