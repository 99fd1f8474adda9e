#include "sdp/ims_sdes.h"

#include <string.h>

#include "base/ims_secret.h"

#define MAX_TAG 999999999
#define MAX_LINE 512 /* the longest of ours takes a fifth of it */

static const struct {
	const char *name;
	guint8 key, salt;
} suites[] = {
#define X(name, key, salt) [IMS_SRTP_##name] = { #name, key, salt },
	IMS_SRTP_SUITES(X)
#undef X
};

ims_srtp_suite ims_srtp_suite_of(const char *name)
{
	for (guint i = IMS_SRTP_NONE + 1; i < IMS_SRTP_N_SUITES; i++)
		if (g_ascii_strcasecmp(suites[i].name, name) == 0)
			return (ims_srtp_suite)i;
	return IMS_SRTP_NONE;
}

const char *ims_srtp_suite_name(ims_srtp_suite suite)
{
	return suites[suite].name;
}

gsize ims_srtp_key_length(ims_srtp_suite suite)
{
	return (gsize)suites[suite].key + suites[suite].salt;
}

gboolean ims_srtp_key_equal(const ims_srtp_key *a, const ims_srtp_key *b)
{
	return a->suite == b->suite && ims_bytes_equal(a->bytes, b->bytes, ims_srtp_key_length(a->suite));
}

void ims_srtp_key_clear(ims_srtp_key *key)
{
	explicit_bzero(key, sizeof(*key));
}

/* ---- a line ---- */

static gboolean is_base64(const char *text)
{
	gsize length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

	return length + strspn(text + length, "=") == strlen(text);
}

static gboolean read_key(const char *text, ims_srtp_key *key)
{
	gsize wanted = ims_srtp_key_length(key->suite), length = 0;
	guchar *bytes;
	gboolean fits;

	if (strlen(text) != (wanted + 2) / 3 * 4 || !is_base64(text))
		return FALSE;
	bytes = g_base64_decode(text, &length);
	fits = length == wanted;
	if (fits)
		memcpy(key->bytes, bytes, length);
	explicit_bzero(bytes, length);
	g_free(bytes);
	return fits;
}

/* "2^31" or a number of packets: at most 2^48 (RFC 4568 6.1). */
static gboolean is_lifetime(const char *text)
{
	gboolean power = g_str_has_prefix(text, "2^");

	return g_ascii_string_to_unsigned(power ? text + 2 : text, 10, 1,
					  power ? 48 : G_GUINT64_CONSTANT(1) << 48, NULL, NULL);
}

/* "inline:KEY", "inline:KEY|LIFETIME". What follows would be an MKI, or another key. */
static gboolean read_key_parameters(char *text, ims_srtp_key *key)
{
	char *lifetime;

	if (g_ascii_strncasecmp(text, "inline:", 7) != 0)
		return FALSE;
	text += 7;
	lifetime = strchr(text, '|');
	if (lifetime)
		*lifetime++ = '\0';
	return (!lifetime || is_lifetime(lifetime)) && read_key(text, key);
}

/* A hint may be left aside, and so may what says so by its "-" (RFC 4568 6.3.7). */
static gboolean is_hint(const char *parameter)
{
	return *parameter == '-' || g_ascii_strncasecmp(parameter, "WSH=", 4) == 0;
}

static gboolean read_line(char *text, ims_sdes_line *line)
{
	char *rest = text, *word[3] = { NULL };
	guint64 tag;

	for (guint i = 0; i < G_N_ELEMENTS(word); i++) {
		rest += strspn(rest, " ");
		word[i] = rest;
		rest += strcspn(rest, " ");
		if (*rest)
			*rest++ = '\0';
	}
	if (!g_ascii_string_to_unsigned(word[0], 10, 0, MAX_TAG, &tag, NULL))
		return FALSE;
	line->tag = (guint)tag;
	line->key.suite = ims_srtp_suite_of(word[1]);
	for (char *parameter = rest; parameter && *parameter; parameter = strchr(parameter, ' ')) {
		parameter += strspn(parameter, " ");
		if (*parameter && !is_hint(parameter))
			return FALSE;
	}
	return line->key.suite != IMS_SRTP_NONE && read_key_parameters(word[2], &line->key);
}

gboolean ims_sdes_parse(const char *value, ims_sdes_line *ret_line)
{
	ims_autowipe char *text = g_strndup(value, MAX_LINE);

	*ret_line = (ims_sdes_line){ 0 };
	if (strlen(value) < MAX_LINE && read_line(text, ret_line))
		return TRUE;
	ims_srtp_key_clear(&ret_line->key);
	return FALSE;
}

char *ims_sdes_print(const ims_sdes_line *line)
{
	ims_autowipe char *key = g_base64_encode(line->key.bytes, ims_srtp_key_length(line->key.suite));

	return g_strdup_printf("%u %s inline:%s", line->tag, suites[line->key.suite].name, key);
}

/* ---- an m-line ---- */

gboolean ims_sdes_find(const ims_sdp_media *media, guint tag, ims_srtp_suite suite, ims_sdes_line *ret_line)
{
	for (guint i = 0; i < media->attributes->len; i++) {
		const ims_sdp_attribute *a = media->attributes->pdata[i];

		if (strcmp(a->name, "crypto") == 0 && a->value && ims_sdes_parse(a->value, ret_line) &&
		    (tag == 0 || tag == ret_line->tag) &&
		    (suite == IMS_SRTP_NONE || suite == ret_line->key.suite))
			return TRUE;
	}
	ims_srtp_key_clear(&ret_line->key);
	return FALSE;
}

gboolean ims_sdes_is_secure(const ims_sdp_media *media)
{
	return g_ascii_strcasecmp(media->proto, "RTP/SAVP") == 0 ||
	       g_ascii_strcasecmp(media->proto, "RTP/SAVPF") == 0;
}
