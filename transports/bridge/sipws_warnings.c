/* sipws_warnings.c: what a network warns of when it refuses (RFC 3261 20.43), in this gateway's name. */
#include "bridge/internal.h"

#include <string.h>

#define AGENT "gateway"
#define MAX_WARNINGS 8

/* "370 Insufficient bandwidth" */
static char *value_of(const char *warning)
{
	g_autofree char *text = NULL;

	if (!warning || strspn(warning, "0123456789") != 3 || warning[3] != ' ')
		return NULL;
	text = sipws_quote(warning + 4);
	return g_strdup_printf("%.3s " AGENT " %s", warning, text);
}

void sipws_warnings_from_api(sipws_msg *refusal, const json_t *result)
{
	const json_t *warnings = json_object_get(json_object_get(result, "ims"), "warnings");

	for (size_t i = 0; i < MIN(json_array_size(warnings), MAX_WARNINGS); i++) {
		g_autofree char *value = value_of(json_string_value(json_array_get(warnings, i)));

		if (value)
			sipws_msg_add(refusal, "Warning", "%s", value);
	}
}
