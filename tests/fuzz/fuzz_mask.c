/* Any bytes as a SIP message that a page is shown: it is text whose lines end, and has no address in a header
 * that is shown as it is. Input: whether it is for an operator; then the message. */
#include <string.h>
#include "sip/ims_mask.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

#define ADDRESS "10.9.8.7"

static gboolean continues(char c)
{
	return g_ascii_isxdigit(c) || c == '.' || c == ':';
}

/* As a whole, not as a part of a longer one. */
static gboolean has_address(const char *text)
{
	for (const char *at = strstr(text, ADDRESS); at; at = strstr(at + 1, ADDRESS))
		if ((at == text || !continues(at[-1])) && !continues(at[strlen(ADDRESS)]))
			return TRUE;
	return FALSE;
}

/* Reason and the like: any value, in its place. */
static void check_value(const guint8 *data, gsize size, const ims_mask_view *view)
{
	g_autofree char *value = g_strndup((const char *)data, size);
	g_autofree char *message =
		g_strdup_printf("SIP/2.0 200 OK\r\nReason: %s\r\n\r\n", g_strdelimit(value, "\r\n", '_'));
	g_autofree char *text = ims_mask_message(message, strlen(message), view);

	g_assert(view->for_operator || !has_address(text));
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	static char *known_uris[] = { (char *)"sip:alice@ims.example" };
	static char *own_hosts[] = { (char *)"192.0.2.1" };
	static const GPtrArray known = { .pdata = (gpointer *)known_uris, .len = 1 };
	static const GPtrArray own = { .pdata = (gpointer *)own_hosts, .len = 1 };
	static const ims_pseudonym_key key;
	ims_mask_view view = { .known = &known, .own_hosts = &own, .key = &key };
	g_autofree char *text = NULL;

	if (size == 0)
		return 0;
	view.for_operator = data[0] & 1;
	text = ims_mask_message((const char *)data + 1, size - 1, &view);
	g_assert(g_str_has_suffix(text, "\r\n"));
	check_value(data + 1, size - 1, &view);
	return 0;
}
