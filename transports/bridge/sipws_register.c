#include "bridge/sipws_register.h"

#include <string.h>
#include "bridge/sipws_identity.h"
#include "token/ims_bearer.h"

static gboolean find_fault(sipws_fault *ret_fault, guint status, const char *reason)
{
	*ret_fault = (sipws_fault){ status, reason };
	return FALSE;
}

/* ---- credentials ---- */

static const char *skip_quoted(const char *at)
{
	for (at++; *at && *at != '"'; at++)
		if (*at == '\\' && at[1])
			at++;
	return *at ? at + 1 : at;
}

static char *unquoted(const char *text, gsize length)
{
	GString *plain = g_string_new(NULL);

	if (length < 2 || *text != '"') {
		g_string_append_len(plain, text, (gssize)length);
		return g_strchomp(g_string_free(plain, FALSE));
	}
	for (gsize i = 1; i + 1 < length; i++) {
		if (text[i] == '\\' && i + 2 < length)
			i++;
		g_string_append_c(plain, text[i]);
	}
	return g_string_free(plain, FALSE);
}

/* Of the list behind the scheme: a=b, c="d, e". NULL: not there. */
static char *list_parameter(const char *at, const char *name)
{
	gsize length = strlen(name);

	while (*at) {
		const char *value;

		at += strspn(at, " \t,");
		value = at + strcspn(at, "=,");
		if (*value == ',') {
			at = value;
			continue;
		}
		if (*value)
			value += 1 + strspn(value + 1, " \t");
		const char *end = *value == '"' ? skip_quoted(value) : value + strcspn(value, ",");
		if (g_ascii_strncasecmp(at, name, length) == 0 && strchr("= \t", at[length]) && at[length])
			return unquoted(value, (gsize)(end - value));
		at = end + strcspn(end, ",");
	}
	return NULL;
}

static gboolean is_scheme(const char *value, const char *scheme)
{
	gsize length = strlen(scheme);

	return g_ascii_strncasecmp(value, scheme, length) == 0 &&
	       (value[length] == ' ' || value[length] == '\t');
}

gboolean sipws_credentials_read(sipws_credentials *ret, const sipws_msg *msg, const char *header,
				sipws_fault *ret_fault)
{
	const char *value = sipws_msg_header(msg, header, 0);
	char *token;

	*ret = (sipws_credentials){ 0 };
	if (!value)
		return TRUE;
	if (is_scheme(value, "Digest")) {
		const char *list = value + strlen("Digest");

		ret->digest = g_strdup(value);
		ret->username = list_parameter(list, "username");
		ret->nonce = list_parameter(list, "nonce");
		ret->algorithm = list_parameter(list, "algorithm");
		return TRUE;
	}
	if (!is_scheme(value, "Bearer"))
		return find_fault(ret_fault, 400, "Authorization is neither Digest nor Bearer");
	if (!(token = ims_bearer_parse(value, NULL)))
		return find_fault(ret_fault, 400, "Authorization holds no access token");
	ret->token = ims_secret_take_text(token);
	return TRUE;
}

void sipws_credentials_clear(sipws_credentials *credentials)
{
	g_free(credentials->digest);
	g_free(credentials->username);
	g_free(credentials->nonce);
	g_free(credentials->algorithm);
	ims_secret_unref(credentials->token);
	*credentials = (sipws_credentials){ 0 };
}

/* ---- whom it is about ---- */

static gboolean read_identity(sipws_register *r, const sipws_msg *msg, sipws_fault *ret_fault)
{
	sipws_address from, to;

	sipws_msg_from(msg, &from);
	sipws_msg_to(msg, &to);
	r->impu = g_strdup(to.uri);
	r->display_name = g_strdup(*to.name ? to.name : from.name);
	return sipws_identity_equal(from.uri, to.uri) ||
	       find_fault(ret_fault, 403, "From is not To: nobody registers for others here");
}

/* ---- the contact ---- */

/* The others are the registrar's to say. */
static gboolean is_of_the_registrar(const char *parameter)
{
	static const char *const names[] = { "expires", "pub-gruu", "temp-gruu", "received" };
	gsize length = strcspn(parameter, "= \t");

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		if (strlen(names[i]) == length && g_ascii_strncasecmp(parameter, names[i], length) == 0)
			return TRUE;
	return FALSE;
}

static char *kept_parameters(const char *parameters)
{
	GString *kept = g_string_new(NULL);

	while (*parameters == ';') {
		const char *at = parameters + 1 + strspn(parameters + 1, " \t");
		const char *end = at;

		while (*end && *end != ';')
			end = *end == '"' ? skip_quoted(end) : end + 1;
		if (end > at && !is_of_the_registrar(at)) {
			g_string_append_c(kept, ';');
			g_string_append_len(kept, at, end - at);
		}
		parameters = end;
	}
	return g_string_free(kept, FALSE);
}

/* What is too large is as much as there can be (RFC 4475 3.1.2.4). */
static gboolean read_number(const char *text, guint *ret)
{
	g_autoptr(GError) error = NULL;
	guint64 number = 0;

	if (!text)
		return FALSE;
	g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT32, &number, &error);
	if (g_error_matches(error, G_NUMBER_PARSER_ERROR, G_NUMBER_PARSER_ERROR_INVALID))
		return FALSE;
	*ret = error ? G_MAXUINT32 : (guint)number;
	return TRUE;
}

/* RFC 5626 4.2.1: reg-id counts with an instance only. */
static gboolean read_instance(sipws_register *r, const char *parameters, sipws_fault *ret_fault)
{
	g_autofree char *instance = sipws_parameter(parameters, "+sip.instance");
	g_autofree char *reg_id = sipws_parameter(parameters, "reg-id");
	gsize length = instance ? strlen(instance) : 0;

	if (length < 3 || instance[0] != '<' || instance[length - 1] != '>')
		return !instance || find_fault(ret_fault, 400, "Contact: +sip.instance is no \"<URN>\"");
	r->instance = g_strndup(instance + 1, length - 2);
	if (reg_id && (!read_number(reg_id, &r->reg_id) || r->reg_id == 0 || r->reg_id > G_MAXINT32))
		return find_fault(ret_fault, 400, "Contact: reg-id is no number from 1 to 2147483647");
	return TRUE;
}

static gboolean read_one_contact(sipws_register *r, const sipws_address *contact, sipws_fault *ret_fault)
{
	g_autofree char *expires = sipws_parameter(contact->parameters, "expires");

	r->contact = g_strdup(contact->uri);
	r->contact_name = g_strdup(contact->name);
	r->contact_parameters = kept_parameters(contact->parameters);
	if (expires && !read_number(expires, &r->expires_s))
		return find_fault(ret_fault, 400, "Contact: expires is no number");
	r->leaves = r->expires_s == 0;
	return read_instance(r, contact->parameters, ret_fault);
}

static gboolean read_contact(sipws_register *r, const sipws_msg *msg, sipws_fault *ret_fault)
{
	const char *header = sipws_msg_header(msg, "Expires", 0);
	sipws_address contact, another;

	if (header && !read_number(header, &r->expires_s))
		return find_fault(ret_fault, 400, "Expires is no number");
	if (!sipws_msg_address(msg, "Contact", 0, &contact))
		return TRUE;
	if (sipws_msg_address(msg, "Contact", 1, &another))
		return find_fault(ret_fault, 400, "Contact: one socket has one contact");
	if (strcmp(contact.uri, "*") != 0)
		return read_one_contact(r, &contact, ret_fault);
	r->leaves = TRUE;
	return (header && r->expires_s == 0) || find_fault(ret_fault, 400, "Contact: * without Expires: 0");
}

sipws_register *sipws_register_read(const sipws_msg *msg, const sipws_config *config, sipws_fault *ret_fault)
{
	g_autoptr(sipws_register) r = g_new0(sipws_register, 1);

	r->expires_s = config->expires_max_s;
	r->outbound = sipws_msg_has_token(msg, "Supported", "outbound");
	r->gruu = sipws_msg_has_token(msg, "Supported", "gruu");
	if (!read_identity(r, msg, ret_fault) || !read_contact(r, msg, ret_fault) ||
	    !sipws_credentials_read(&r->credentials, msg, "Authorization", ret_fault))
		return NULL;
	if (r->contact && !r->leaves && r->expires_s < config->expires_min_s) {
		find_fault(ret_fault, 423, "Interval Too Brief");
		return NULL;
	}
	return g_steal_pointer(&r);
}

void sipws_register_free(sipws_register *r)
{
	if (!r)
		return;
	sipws_credentials_clear(&r->credentials);
	g_free(r->impu);
	g_free(r->display_name);
	g_free(r->contact);
	g_free(r->contact_name);
	g_free(r->contact_parameters);
	g_free(r->instance);
	g_free(r);
}
