#include "bridge/sipws_register.h"

#include <string.h>
#include "auth/ims_auth_params.h"
#include "bridge/sipws_identity.h"
#include "token/ims_bearer.h"

static gboolean find_fault(sipws_fault *ret_fault, guint status, const char *reason)
{
	*ret_fault = (sipws_fault){ status, reason };
	return FALSE;
}

/* ---- credentials ---- */

static gboolean is_scheme(const char *value, const char *scheme)
{
	gsize length = strlen(scheme);

	return g_ascii_strncasecmp(value, scheme, length) == 0 &&
	       (value[length] == ' ' || value[length] == '\t');
}

static gboolean read_digest(sipws_credentials *ret, const char *value)
{
	g_autoptr(GHashTable) said = ims_auth_params_parse("Authorization", "Digest", value, NULL);

	if (!said)
		return FALSE;
	ret->digest = g_strdup(value);
	ret->username = g_strdup(g_hash_table_lookup(said, "username"));
	ret->nonce = g_strdup(g_hash_table_lookup(said, "nonce"));
	ret->algorithm = g_strdup(g_hash_table_lookup(said, "algorithm"));
	return TRUE;
}

gboolean sipws_credentials_read(sipws_credentials *ret, const sipws_msg *msg, const char *header,
				sipws_fault *ret_fault)
{
	const char *value = sipws_msg_header(msg, header, 0);
	char *token;

	*ret = (sipws_credentials){ 0 };
	if (!value)
		return TRUE;
	if (is_scheme(value, "Digest"))
		return read_digest(ret, value) ||
		       find_fault(ret_fault, 400, "Authorization is no well-formed Digest");
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

/* What the registrar says of a contact. */
static const char *const of_the_registrar[] = { "expires", "pub-gruu", "temp-gruu", "received", NULL };

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

/* What libraries make at random where they do not know their address, and keep (RFC 7118 5). */
static gboolean is_random(const char *uri)
{
	g_autofree char *host = sipws_identity_host(uri);

	return g_str_has_suffix(host, ".invalid");
}

/* The name of a device that has none: RFC 4122 4.3, of its Contact. */
static char *instance_of_contact(const char *uri)
{
	static const guint8 of_urls[] = { 0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1,
					  0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8 };
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA1);
	GString *urn = g_string_new("urn:uuid:");
	guint8 digest[20];
	gsize length = sizeof(digest);

	g_checksum_update(sum, of_urls, sizeof(of_urls));
	g_checksum_update(sum, (const guint8 *)uri, (gssize)strlen(uri));
	g_checksum_get_digest(sum, digest, &length);
	g_checksum_free(sum);
	digest[6] = (guint8)((digest[6] & 0x0f) | 0x50);
	digest[8] = (guint8)((digest[8] & 0x3f) | 0x80);
	for (guint i = 0; i < 16; i++)
		g_string_append_printf(urn, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
				       digest[i]);
	return g_string_free(urn, FALSE);
}

/* RFC 5626 4.2.1: reg-id counts with an instance only. */
static gboolean read_instance(sipws_register *r, const char *parameters, sipws_fault *ret_fault)
{
	g_autofree char *instance = sipws_parameter(parameters, "+sip.instance");
	g_autofree char *reg_id = sipws_parameter(parameters, "reg-id");
	gsize length = instance ? strlen(instance) : 0;

	if (!instance) {
		r->instance = is_random(r->contact) ? instance_of_contact(r->contact) : NULL;
		return TRUE;
	}
	if (length < 3 || instance[0] != '<' || instance[length - 1] != '>')
		return find_fault(ret_fault, 400, "Contact: +sip.instance is no \"<URN>\"");
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
	r->contact_parameters = sipws_parameters_without(contact->parameters, of_the_registrar);
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
