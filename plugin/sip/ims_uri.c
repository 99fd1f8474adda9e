#include "sip/ims_uri.h"

#include <stdlib.h>
#include <string.h>

#include "base/ims_error.h"
#include "sip/internal.h"

#define MAX_URI 1024

static gboolean refuse(GError **error, const char *text, const char *why)
{
	g_autofree char *shown = g_strndup(text, 80);

	g_strcanon(
		shown,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.!~*'();:@&=+$,/?%#[]<>\" ",
		'?');
	g_set_error(error, IMS_ERROR, IMS_E_INVALID_ADDRESS, "'%s' is not a usable address: %s", shown, why);
	return FALSE;
}

static gboolean has_odd_bytes(const char *text)
{
	for (; *text; text++)
		if ((guchar)*text <= ' ' || *text == 0x7f || strchr("<>\"", *text))
			return TRUE;
	return FALSE;
}

/* The character at `at`, escaped as %XX or plain; moves `at` past it. */
static char unescaped(const char **at)
{
	const char *c = *at;

	if (c[0] == '%' && g_ascii_isxdigit(c[1]) && g_ascii_isxdigit(c[2])) {
		*at += 3;
		return (char)(g_ascii_xdigit_value(c[1]) * 16 + g_ascii_xdigit_value(c[2]));
	}
	*at += 1;
	return *c;
}

static gboolean is_tel_number(const char *number)
{
	gsize digits = 0;

	while (*number && *number != ';') {
		char c = unescaped(&number);

		if (g_ascii_isxdigit(c) || strchr("*#", c))
			digits++;
		else if (!strchr("+-.()", c))
			return FALSE;
	}
	return digits > 0 && digits <= 32;
}

/* In "a=1;b" or ";a=1;b". Not by url_has_param(): it reads past the end of a last parameter that only begins
 * with the name. */
static gboolean has_parameter(const char *at, const char *name)
{
	gsize length = strlen(name);

	for (; at; at = strchr(at, ';')) {
		at += *at == ';';
		if (g_ascii_strncasecmp(at, name, length) == 0 &&
		    (at[length] == '=' || at[length] == ';' || at[length] == '\0'))
			return TRUE;
	}
	return FALSE;
}

/* What the trust domain says about a caller, and a client may not (24.229 4.4). */
static gboolean has_owned_parameter(const url_t *url)
{
	static const char *const owned[] = { "cpc", "oli", "iotl" };
	/* A telephone number in the user part has its parameters there (RFC 3261 19.1.6). */
	const char *of_number = url->url_user ? strchr(url->url_user, ';') : NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(owned); i++)
		if (has_parameter(url->url_params, owned[i]) || has_parameter(of_number, owned[i]))
			return TRUE;
	return FALSE;
}

static gboolean is_port(const char *port)
{
	guint64 number;

	return !port || g_ascii_string_to_unsigned(port, 10, 1, 65535, &number, NULL);
}

static gboolean take_apart(const char *text, ims_uri *ret_uri, GError **error)
{
	g_autofree char *copy = g_strdup(text);
	/* Not url_user: a '#' is a digit here (RFC 3966), the parser takes it for a fragment. */
	const char *number = text + strcspn(text, ":") + 1;
	url_t url[1];

	if (url_d(url, copy) < 0)
		return refuse(error, text, "malformed");
	if (url->url_headers)
		return refuse(error, text, "headers ('?') are not allowed");
	if (url->url_password)
		return refuse(error, text, "a password is not allowed");
	if (url->url_path || (url->url_fragment && url->url_type != url_tel))
		return refuse(error, text, "'/' and '#' are not allowed behind the host");
	if (has_owned_parameter(url))
		return refuse(error, text, "its parameters cpc, oli and iotl are the network's");
	switch ((enum url_type_e)url->url_type) {
	case url_sip:
	case url_sips:
		if (!url->url_host || !*url->url_host)
			return refuse(error, text, "the host is missing");
		if (!is_port(url->url_port))
			return refuse(error, text, "a port is a number from 1 to 65535");
		if (url->url_user && !*url->url_user)
			return refuse(error, text, "the part before @ is empty");
		break;
	case url_tel:
		if (!is_tel_number(number))
			return refuse(error, text, "not a telephone number");
		break;
	default:
		return refuse(error, text, "only sip:, sips: and tel: can be called");
	}
	*ret_uri = (ims_uri){
		.scheme = g_ascii_strdown(url->url_scheme, -1),
		.user = url->url_type == url_tel ? g_strndup(number, strcspn(number, ";"))
						 : g_strdup(url->url_user),
		.host = url->url_type == url_tel ? NULL : g_ascii_strdown(url->url_host, -1),
		.port = (guint16)(url->url_port ? strtoul(url->url_port, NULL, 10) : 0),
	};
	return TRUE;
}

gboolean ims_uri_parse(const char *text, ims_uri *ret_uri, GError **error)
{
	if (!*text)
		return refuse(error, text, "it is empty");
	if (strlen(text) > MAX_URI)
		return refuse(error, text, "it is longer than 1024 bytes");
	if (has_odd_bytes(text))
		return refuse(error, text, "it holds a blank, a bracket, a quote or a control character");
	return take_apart(text, ret_uri, error);
}

/* As it comes from a keypad or an address book: "+49 30 12-34", "(030) 1234", "*21#". */
static gboolean is_dialled(const char *text)
{
	const char *rest = text + (*text == '+');

	return strspn(rest, "0123456789*#-.() ") == strlen(rest) && strpbrk(rest, "0123456789*#");
}

/* tel:, with neither separators nor a bare '#', which would begin a fragment. */
static char *tel_of(const char *number, const char *rest)
{
	GString *uri = g_string_new("tel:");

	for (; number < rest; number++) {
		if (*number == '#')
			g_string_append(uri, "%23");
		else if (!strchr("-.() ", *number))
			g_string_append_c(uri, *number);
	}
	g_string_append(uri, rest);
	return g_string_free(uri, FALSE);
}

/* A local number means something within its context only: here that is the home network. */
static char *with_context(const char *tel, const char *domain)
{
	const char *number = tel + strlen("tel:");

	return *number == '+' || has_parameter(strchr(tel, ';'), "phone-context")
		       ? g_strdup(tel)
		       : g_strdup_printf("%s;phone-context=%s", tel, domain);
}

char *ims_uri_target(const char *text, const char *domain, GError **error)
{
	gboolean dialled = is_dialled(text);
	g_auto(ims_uri) uri = { 0 };
	g_autofree char *tel = dialled ? tel_of(text, text + strlen(text)) : NULL;

	if (!ims_uri_parse(tel ? tel : text, &uri, error))
		return NULL;
	if (strcmp(uri.scheme, "tel") != 0)
		return g_strdup(text);
	if (!tel)
		tel = tel_of(text + strlen("tel:"), text + strcspn(text, ";"));
	return with_context(tel, domain);
}

#define PARAMETER_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.!~*'()[]/:&+$%"
#define MAX_PARAMETER 256

static gboolean is_parameter_text(const char *text)
{
	for (const char *at = text; *at; at++)
		if (*at == '%' && (!g_ascii_isxdigit(at[1]) || !g_ascii_isxdigit(at[2])))
			return FALSE;
	return strspn(text, PARAMETER_CHARS) == strlen(text);
}

gboolean ims_uri_check_parameter(const char *field, const char *name, const char *value, GError **error)
{
	static const char *const owned[] = { "transport", "user", "method", "maddr", "ttl",  "lr",  "comp",
					     "gr",        "ob",   "cpc",    "oli",   "iotl", "sip", NULL };
	g_autofree char *lower = g_ascii_strdown(name, -1);
	const char *why = NULL;

	if (!*name || !is_parameter_text(name) || !is_parameter_text(value))
		why = "is no parameter of a SIP URI";
	else if (strlen(name) + strlen(value) > MAX_PARAMETER)
		why = "is longer than 256 bytes";
	else if (g_strv_contains(owned, lower))
		why = "is set by the gateway, not by clients";
	if (why)
		g_set_error(error, IMS_ERROR, IMS_E_INVALID_ELEMENT, "%s: '%.64s' %s", field, name, why);
	return !why;
}

void ims_uri_clear(ims_uri *uri)
{
	g_free(uri->scheme);
	g_free(uri->user);
	g_free(uri->host);
	memset(uri, 0, sizeof(*uri));
}

/* Digits as dialled: visual separators and everything after the number itself are dropped. */
static char *dialled_number(const char *text)
{
	const char *at = strchr(text, ':');
	GString *number = g_string_new(NULL);

	for (at = at ? at + 1 : text; *at && !strchr("@;?>", *at);) {
		char c = unescaped(&at);

		if (!strchr("-.() ", c))
			g_string_append_c(number, c);
	}
	return g_string_free(number, FALSE);
}

gboolean ims_uri_is_emergency(const char *text, const GPtrArray *numbers)
{
	static const char *const services[] = { "urn:service:sos", "urn:service:test.sos" };
	g_autofree char *number = NULL;

	while (*text && strchr(" \t<", *text))
		text++;
	for (gsize i = 0; i < G_N_ELEMENTS(services); i++) {
		gsize length = strlen(services[i]);

		if (g_ascii_strncasecmp(text, services[i], length) == 0 &&
		    (text[length] == '\0' || text[length] == '.' || text[length] == '>'))
			return TRUE;
	}
	number = dialled_number(text);
	for (guint i = 0; i < numbers->len; i++)
		if (strcmp(number, g_ptr_array_index(numbers, i)) == 0)
			return TRUE;
	return FALSE;
}

#define URN_NAMESPACE_MAX 32

gboolean ims_uri_is_urn(const char *text)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%!$&'()*+=:@/";
	const char *space = text + strlen("urn:"), *colon;

	if (g_ascii_strncasecmp(text, "urn:", strlen("urn:")) != 0 || strspn(text, letters) != strlen(text))
		return FALSE;
	colon = strchr(space, ':');
	return colon && colon - space >= 2 && colon - space <= URN_NAMESPACE_MAX && g_ascii_isalnum(*space) &&
	       g_ascii_isalnum(colon[-1]) &&
	       strspn(space, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-") ==
		       (gsize)(colon - space) &&
	       colon[1];
}
