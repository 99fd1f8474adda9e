/* ims_reg_credentials.c: what is proved in the user's other requests (RFC 3261 22.2, 22.3). */
#include "base/ims_log.h"
#include "reg/internal.h"
#include "sip/ims_headers.h"
#include "sip/ims_role.h"

/* A far end behind the network can challenge as well as the network. The password belongs to the realm in
 * which it was registered, or, when nobody asked then, to the network's own; nothing is made of it for
 * another. */
static const char *own_realm(const ims_reg *reg)
{
	const ims_challenge *registered = reg->proof.claim.challenge;

	return registered ? registered->realm : reg->network->domain;
}

static gboolean note(ims_reg *reg, const ims_credentials_ask *ask)
{
	g_autofree char *why = NULL;
	ims_challenge *challenge;

	if (ask->answers >= reg->network->max_answers)
		return FALSE;
	challenge = ims_reg_claim_choose(ask->challenges, own_realm(reg), &why);
	if (challenge)
		return ims_reg_claim_keep(&reg->claims[ask->proxy ? 1 : 0], challenge, ask->answers);
	ims_warn(reg->impu, "%s challenged, and not answered: %s", ask->method, why ? why : "no challenge");
	return FALSE;
}

static char *line_of(ims_reg *reg, guint proxy, const ims_credentials_ask *ask)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *value = NULL;

	if (!reg->claims[proxy].challenge)
		return NULL;
	value = ims_reg_claim_answer(&reg->claims[proxy], reg, ask->method, ask->uri, &error);
	if (value)
		return g_strdup_printf("%sAuthorization: %s", proxy ? "Proxy-" : "", value);
	ims_warn(reg->impu, "%s cannot be proved: %s", ask->method, error->message);
	return NULL;
}

static char *authorize(const ims_credentials_ask *ask, gpointer user)
{
	ims_reg *reg = user;
	g_autofree char *to_server = NULL, *to_proxy = NULL;

	if (ask->challenges && !note(reg, ask))
		return NULL;
	to_server = line_of(reg, 0, ask);
	to_proxy = line_of(reg, 1, ask);
	return ims_header_join(to_server, to_proxy);
}

void ims_reg_credentials_init(ims_reg *reg)
{
	if (ims_role_proves_requests(reg->network))
		reg->credentials = ims_credentials_new(authorize, reg);
}

void ims_reg_credentials_clear(ims_reg *reg)
{
	ims_credentials_revoke(reg->credentials);
	ims_credentials_unref(g_steal_pointer(&reg->credentials));
}

void ims_reg_credentials_forget(ims_reg *reg)
{
	for (guint i = 0; i < G_N_ELEMENTS(reg->claims); i++)
		ims_reg_claim_clear(&reg->claims[i]);
}

ims_credentials *ims_reg_credentials(const ims_reg *reg)
{
	return reg->credentials;
}
