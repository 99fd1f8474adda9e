#include "sdp/ims_amr.h"

#include <string.h>

#include "sdp/internal.h"

#define MAX_MODES 16

gboolean ims_amr_is(const char *name)
{
	return g_ascii_strcasecmp(name, "AMR") == 0 || g_ascii_strcasecmp(name, "AMR-WB") == 0 ||
	       g_ascii_strcasecmp(name, "EVS") == 0;
}

static gboolean flag(const char *fmtp, const char *name)
{
	g_autofree char *value = ims_sdp_fmtp_get(fmtp, name);

	return value && strcmp(value, "1") == 0;
}

/* These alone imply octet-align (RFC 4867 8.1). interleaving has a value of its own, which both must name. */
static gboolean is_octet_aligned(const char *fmtp)
{
	g_autofree char *interleaving = ims_sdp_fmtp_get(fmtp, "interleaving");

	return interleaving || flag(fmtp, "octet-align") || flag(fmtp, "crc") || flag(fmtp, "robust-sorting");
}

static gboolean has_same_value(const char *a, const char *b, const char *name)
{
	g_autofree char *of_a = ims_sdp_fmtp_get(a, name), *of_b = ims_sdp_fmtp_get(b, name);

	return g_strcmp0(of_a, of_b) == 0;
}

/* As a set of bits; FALSE: not a list of numbers. */
static gboolean read_modes(const char *text, guint *ret_modes)
{
	g_auto(GStrv) words = g_strsplit(text, ",", MAX_MODES + 1);
	guint64 mode;

	*ret_modes = 0;
	for (char **word = words; *word; word++) {
		if (!g_ascii_string_to_unsigned(g_strstrip(*word), 10, 0, MAX_MODES - 1, &mode, NULL))
			return FALSE;
		*ret_modes |= 1u << mode;
	}
	return *ret_modes != 0;
}

/* Who names none takes what the other names (RFC 4867 8.3.1). */
static gboolean has_same_modes(const char *a, const char *b)
{
	g_autofree char *of_a = ims_sdp_fmtp_get(a, "mode-set"), *of_b = ims_sdp_fmtp_get(b, "mode-set");
	guint modes_a, modes_b;

	if (!of_a || !of_b)
		return TRUE;
	return read_modes(of_a, &modes_a) && read_modes(of_b, &modes_b) && modes_a == modes_b;
}

gboolean ims_amr_is_same(const char *fmtp, const char *other_fmtp)
{
	static const char *const flags[] = { "crc", "robust-sorting", "hf-only" };

	for (gsize i = 0; i < G_N_ELEMENTS(flags); i++)
		if (flag(fmtp, flags[i]) != flag(other_fmtp, flags[i]))
			return FALSE;
	return is_octet_aligned(fmtp) == is_octet_aligned(other_fmtp) &&
	       has_same_value(fmtp, other_fmtp, "interleaving") && has_same_modes(fmtp, other_fmtp);
}
