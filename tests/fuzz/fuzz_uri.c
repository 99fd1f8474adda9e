/* Any text as an address: refused with a reason, or it stands in a To header as what it is and nothing
 * else; an emergency number is one however it is written. */
#include "base/ims_error.h"
#include "sip/ims_uri.h"
#include "sip/internal.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

/* As ims_invite writes it. */
static void check_in_header(const char *text)
{
	su_home_t home[1] = { SU_HOME_INIT(home) };
	sip_to_t *to = sip_to_format(home, "<%s>", text);

	g_assert_nonnull(to);
	g_assert(!to->a_params || !to->a_params[0]);
	g_assert(!to->a_display || !*to->a_display);
	su_home_deinit(home);
}

static void check_address(const char *text)
{
	g_autoptr(GError) error = NULL;
	g_auto(ims_uri) uri = { 0 };

	if (!ims_uri_parse(text, &uri, &error)) {
		g_assert(error->domain == IMS_ERROR && error->code == IMS_E_INVALID_ADDRESS);
		g_assert(strlen(error->message) < 300 && g_utf8_validate(error->message, -1, NULL));
		return;
	}
	g_assert_no_error(error);
	g_assert(strcmp(uri.scheme, "sip") == 0 || strcmp(uri.scheme, "sips") == 0 ||
		 strcmp(uri.scheme, "tel") == 0);
	g_assert((strcmp(uri.scheme, "tel") == 0) == (uri.host == NULL));
	g_assert(!uri.host || *uri.host);
	check_in_header(text);
}

static void check_emergency(const char *text)
{
	g_autoptr(GPtrArray) numbers = g_ptr_array_new();
	g_autofree char *separated = g_strdup_printf("<tel:1-(1%%32;%s", text);

	g_ptr_array_add(numbers, (char *)"112");
	ims_uri_is_emergency(text, numbers);
	g_assert_true(ims_uri_is_emergency(separated, numbers));
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	g_autofree char *text = g_strndup((const char *)data, size);

	check_address(text);
	check_emergency(text);
	return 0;
}
