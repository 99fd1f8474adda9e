/* ims_config_check.c: the forms a string of the file may have. Pure. */
#include "config/internal.h"

#include <gio/gio.h>
#include <string.h>

enum { QUOTABLE_MAX = 255, NUMBER_MAX = 20 };

/* ---- addresses ---- */

static gboolean parse_port(const char *text, guint16 *ret_port)
{
	guint64 port;

	if (!g_ascii_string_to_unsigned(text, 10, 1, G_MAXUINT16, &port, NULL))
		return FALSE;
	*ret_port = (guint16)port;
	return TRUE;
}

/* ---- names ---- */

static gboolean is_label(const char *label)
{
	gsize length = strlen(label);

	if (length == 0 || length > 63 || label[0] == '-' || label[length - 1] == '-')
		return FALSE;
	return strspn(label, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == length;
}

/* The normal form, as of an address. */
char *ims_config_check_domain(const char *value)
{
	g_auto(GStrv) labels = g_strsplit(value, ".", -1);

	if (!*labels || strlen(value) > 253)
		return NULL;
	for (char **label = labels; *label; label++)
		if (!is_label(*label))
			return NULL;
	return g_ascii_strdown(value, -1);
}

/* ---- hosts ---- */

gboolean ims_config_is_numeric(const char *host)
{
	g_autofree char *address = ims_config_check_address(host);

	return address != NULL;
}

/* A name that ends in a number would be an address written wrongly (RFC 3696 2). */
static char *check_name(const char *host)
{
	const char *last = strrchr(host, '.');

	if (strspn(last ? last + 1 : host, "0123456789") == strlen(last ? last + 1 : host))
		return NULL;
	return ims_config_check_domain(host);
}

/* What stands before port and parameters; ret_rest: "" or ":port". */
static char *take_host(const char *value, const char **ret_rest)
{
	g_autofree char *host = NULL;
	const char *colon = strchr(value, ':');

	*ret_rest = "";
	if (*value == '[') {
		const char *close = strchr(value, ']');

		host = close ? g_strndup(value + 1, (gsize)(close - value - 1)) : NULL;
		*ret_rest = close ? close + 1 : "";
		return host && strchr(host, ':') ? ims_config_check_address(host) : NULL;
	}
	if (colon && !strchr(colon + 1, ':'))
		*ret_rest = colon;
	host = g_strndup(value, strlen(value) - strlen(*ret_rest));
	if (strspn(host, "0123456789.") == strlen(host) || strchr(host, ':'))
		return ims_config_check_address(host);
	return check_name(host);
}

static gboolean take_transport(char *value, const char **ret_transport)
{
	static const char *const known[] = { "udp", "tcp", "tls" };
	char *parameter = strchr(value, ';');

	*ret_transport = NULL;
	if (!parameter)
		return TRUE;
	*parameter++ = '\0';
	for (gsize i = 0; g_str_has_prefix(parameter, "transport=") && i < G_N_ELEMENTS(known); i++)
		if (strcmp(parameter + strlen("transport="), known[i]) == 0)
			*ret_transport = known[i];
	return *ret_transport != NULL;
}

gboolean ims_config_split_entry_point(const char *value, ims_config_entry *ret_entry)
{
	g_autofree char *text = g_strdup(value);
	g_autofree char *host = NULL;
	const char *transport, *rest;
	guint16 port = 0;

	if (!take_transport(text, &transport))
		return FALSE;
	host = take_host(text, &rest);
	if (!host || (*rest && (*rest != ':' || !parse_port(rest + 1, &port))))
		return FALSE;
	*ret_entry = (ims_config_entry){ g_steal_pointer(&host), port, transport };
	return TRUE;
}

char *ims_config_check_entry_point(const char *value)
{
	ims_config_entry entry;

	if (!ims_config_split_entry_point(value, &entry))
		return NULL;
	g_free(entry.host);
	return g_strdup(value);
}

char *ims_config_check_entry_or_none(const char *value)
{
	return *value ? ims_config_check_entry_point(value) : g_strdup(value);
}

char *ims_config_check_user_or_none(const char *value)
{
	const char *at = strchr(value, '@');
	g_autofree char *host = at ? ims_config_check_domain(at + 1) : NULL;
	gsize user;

	if (!*value)
		return g_strdup(value);
	if (!host || !g_str_has_prefix(value, "sip:"))
		return NULL;
	user = strspn(value + strlen("sip:"),
		      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.!~*'()+%");
	return user > 0 && value + strlen("sip:") + user == at ? g_strdup(value) : NULL;
}

/* A name server. */
char *ims_config_check_server(const char *value)
{
	g_autofree char *kept = ims_config_check_entry_point(value);
	const char *rest;
	g_autofree char *host = kept && !strchr(value, ';') ? take_host(value, &rest) : NULL;

	return host && ims_config_is_numeric(host) ? g_steal_pointer(&kept) : NULL;
}

char *ims_config_check_tls_proxy(const char *value)
{
	g_autofree char *kept = ims_config_check_server(value);
	ims_config_entry entry = { 0 };

	if (!*value)
		return g_strdup(value);
	if (!kept || !ims_config_split_entry_point(kept, &entry))
		return NULL;
	g_free(entry.host);
	return entry.port ? g_steal_pointer(&kept) : NULL;
}

char *ims_config_check_quotable(const char *value)
{
	gsize length = strlen(value);

	if (length == 0 || length > QUOTABLE_MAX)
		return NULL;
	for (const char *at = value; *at; at++)
		if (!g_ascii_isprint(*at) || *at == '"' || *at == '\\')
			return NULL;
	return g_strdup(value);
}

char *ims_config_check_emergency_number(const char *value)
{
	gsize length = strlen(value);

	if (length == 0 || length > NUMBER_MAX || strspn(value, "0123456789*#") != length)
		return NULL;
	return g_strdup(value);
}

/* One of the names, as it is written there. */
static char *one_of(const char *value, const char *const *names)
{
	for (; *names; names++)
		if (g_ascii_strcasecmp(value, *names) == 0)
			return g_strdup(*names);
	return NULL;
}

/* As SDP writes it. */
char *ims_config_check_conditional_header(const char *value)
{
	static const char *const headers[] = { IMS_CONDITIONAL_HEADERS };

	for (gsize i = 0; i < G_N_ELEMENTS(headers); i++)
		if (g_ascii_strcasecmp(headers[i], value) == 0)
			return g_strdup(headers[i]);
	return NULL;
}

char *ims_config_check_video_codec(const char *value)
{
	return one_of(value, (const char *const[]){ "H264", "VP8", NULL });
}

char *ims_config_check_srtp_profile(const char *value)
{
	return one_of(value,
		      (const char *const[]){ "AEAD_AES_256_GCM", "AEAD_AES_128_GCM",
					     "AES_256_CM_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_80",
					     "AES_256_CM_HMAC_SHA1_32", "AES_CM_128_HMAC_SHA1_32", NULL });
}

char *ims_config_check_audio_codec(const char *value)
{
	return one_of(value,
		      (const char *const[]){ "opus", "EVS", "AMR-WB", "G722", "AMR", "PCMU", "PCMA", NULL });
}

/* As `auth` of register has it. */
char *ims_config_check_auth_scheme(const char *value)
{
	return one_of(value, (const char *const[]){ "digest", "aka", "token", "delegated", NULL });
}

/* As a challenge has it, without -sess. */
char *ims_config_check_digest_algorithm(const char *value)
{
	return one_of(value, (const char *const[]){ "SHA-512-256", "SHA-256", "MD5", NULL });
}

/* ---- header parameters (RFC 3261 25.1); each skip returns where it stopped, NULL: wrong ---- */

static const char *skip_token(const char *at)
{
	const char *start = at;

	while (g_ascii_isalnum(*at) || (*at && strchr("-.!%*_+`'~", *at)))
		at++;
	return at > start ? at : NULL;
}

static const char *skip_quoted(const char *at)
{
	for (at++; *at != '"'; at++) {
		if (*at == '\\')
			at++;
		if ((guchar)*at < 0x20 || *at == 0x7f)
			return NULL;
	}
	return at + 1;
}

static const char *skip_parameter(const char *at)
{
	at = skip_token(at);
	if (!at || *at != '=')
		return at;
	at++;
	return *at == '"' ? skip_quoted(at) : skip_token(at);
}

static gboolean has_name(const char *parameter, const char *name)
{
	const char *end = skip_token(parameter);

	return end && (gsize)(end - parameter) == strlen(name) &&
	       g_ascii_strncasecmp(parameter, name, strlen(name)) == 0;
}

char *ims_config_check_feature_tag(const char *value)
{
	static const char *const ours[] = { "+sip.instance", "reg-id", "expires", "q" };
	const char *end = skip_parameter(value);

	if (!end || *end)
		return NULL;
	for (gsize i = 0; i < G_N_ELEMENTS(ours); i++)
		if (has_name(value, ours[i]))
			return NULL;
	return g_strdup(value);
}

/* What Digest means by a name is the prover's to say. */
char *ims_config_check_parameter_name(const char *value)
{
	static const char *const taken[] = { "username", "realm",     "nonce",  "uri",
					     "response", "algorithm", "opaque", "qop",
					     "cnonce",   "nc",        "auts",   "integrity-protected" };
	const char *end = *value ? skip_token(value) : value;

	if (!end || *end)
		return NULL;
	for (gsize i = 0; i < G_N_ELEMENTS(taken); i++)
		if (g_ascii_strcasecmp(value, taken[i]) == 0)
			return NULL;
	return g_strdup(value);
}

/* network-provided is for the edge alone to say (REQ-08). */
char *ims_config_check_access_network_info(const char *value)
{
	const char *at;

	if (!*value)
		return g_strdup(value);
	at = skip_token(value);
	while (at && *at == ';') {
		if (has_name(at + 1, "network-provided"))
			return NULL;
		at = skip_parameter(at + 1);
	}
	return at && !*at ? g_strdup(value) : NULL;
}

/* ---- files and servers beside us ---- */

char *ims_config_check_log(const char *value)
{
	return !*value || g_path_is_absolute(value) ? g_strdup(value) : NULL;
}

char *ims_config_check_folder(const char *value)
{
	return !*value || g_path_is_absolute(value) ? g_strdup(value) : NULL;
}

char *ims_config_check_hosts(const char *value)
{
	g_autoptr(GInetAddressMask) mask = g_inet_address_mask_new_from_string(value, NULL);

	return mask ? g_inet_address_mask_to_string(mask) : NULL;
}

/* RFC 7065: turn:host, with :port and ?transport=udp or tcp where wanted. */
char *ims_config_check_turn_url(const char *value)
{
	gboolean plain = g_str_has_prefix(value, "turn:"), tls = g_str_has_prefix(value, "turns:");
	g_autofree char *server = plain || tls ? g_strdup(strchr(value, ':') + 1) : g_strdup("");
	char *query = strchr(server, '?');
	g_autofree char *kept = NULL;

	if (query && strcmp(query, "?transport=udp") != 0 && strcmp(query, "?transport=tcp") != 0)
		return NULL;
	if (query)
		*query = '\0';
	kept = strchr(server, ';') ? NULL : ims_config_check_entry_point(server);
	return kept ? g_strdup(value) : NULL;
}
