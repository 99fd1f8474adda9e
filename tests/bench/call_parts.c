#include "call_parts.h"

#include <string.h>
#include <time.h>

#include "janus_api.h"

double now(void)
{
	return seconds(CLOCK_MONOTONIC);
}

void delay_init(delay *d, guint users)
{
	g_queue_init(&d->users);
	d->due = g_new0(double, users);
}

void put_off(delay *d, guint number, double by_s)
{
	d->due[number] = now() + by_s;
	g_queue_push_tail(&d->users, GUINT_TO_POINTER(number));
}

gboolean is_due(delay *d, double at, guint *number)
{
	if (g_queue_is_empty(&d->users))
		return FALSE;
	*number = GPOINTER_TO_UINT(g_queue_peek_head(&d->users));
	if (d->due[*number] > at)
		return FALSE;
	g_queue_pop_head(&d->users);
	return TRUE;
}

#define TRANSPORT                                                                                            \
	"a=ice-ufrag:bnch\\r\\na=ice-pwd:0123456789abcdef01234567\\r\\na=ice-options:trickle\\r\\n"          \
	"a=fingerprint:sha-256 "                                                                             \
	"6B:8B:F0:65:5F:78:E2:51:3B:AC:6F:F3:3F:46:1B:35:DC:B8:5F:64:1A:24:C2:43:F0:A1:58:D0:A1:2C:19:"      \
	"08\\r\\n"

char *canned_jsep(const char *type, const char *setup, const char *mid, guint ssrc)
{
	return g_strdup_printf(
		"{\"type\":\"%s\",\"trickle\":false,\"sdp\":\""
		"v=0\\r\\no=- 4711 2 IN IP4 127.0.0.1\\r\\ns=-\\r\\nt=0 0\\r\\na=group:BUNDLE %s\\r\\n"
		"m=audio 9 UDP/TLS/RTP/SAVPF 0\\r\\nc=IN IP4 0.0.0.0\\r\\n" TRANSPORT
		"a=setup:%s\\r\\na=mid:%s\\r\\na=sendrecv\\r\\na=rtcp-mux\\r\\na=rtpmap:0 PCMU/8000\\r\\n"
		"a=ssrc:%u cname:bench\\r\\n\"}",
		type, mid, setup, mid, ssrc);
}

char *mid_in(const json_t *message)
{
	const char *sdp = json_string_value(json_object_get(json_object_get(message, "jsep"), "sdp"));
	const char *line = sdp ? strstr(sdp, "a=mid:") : NULL;

	return line ? g_strndup(line + 6, strcspn(line + 6, "\r\n")) : g_strdup("0");
}

static int by_value(const void *a, const void *b)
{
	return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

double percentile(GArray *values, double share)
{
	if (values->len == 0)
		return 0;
	g_array_sort(values, by_value);
	return g_array_index(values, double, (guint)((values->len - 1) * share));
}
