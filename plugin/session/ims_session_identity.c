/* ims_session_identity.c: as whom a session's user speaks to the core (REQ-74, REQ-75, REQ-77). */
#include "base/ims_error.h"
#include "session/internal.h"
#include "sip/ims_identity.h"
#include "sip/ims_privacy.h"

static ims_role_user user_as(const ims_session *session, const char *identity)
{
	const ims_reg *reg = session->flow->reg;

	return (ims_role_user){ .network = ims_reg_network(reg),
				.host_port = ims_stack_host_port(session->service->stack),
				.flow_token = ims_reg_flow_token(reg),
				.identity = identity,
				.credentials = ims_reg_credentials(reg) };
}

static const char *default_identity(const ims_session *session)
{
	return g_ptr_array_index(ims_reg_associated(session->flow->reg), 0);
}

/* A page that asks for what is not its user's hears of it; silence would show others the wrong number. */
static const char *choose(const ims_session *session, const char *request, const char *wanted, GError **error)
{
	const GPtrArray *associated = ims_reg_associated(session->flow->reg);
	const char *found = ims_identity_find(associated, wanted);
	g_autoptr(GString) names = g_string_new(NULL);

	if (found)
		return found;
	for (guint i = 0; i < associated->len; i++)
		g_string_append_printf(names, "%s%s", i ? ", " : "",
				       (char *)g_ptr_array_index(associated, i));
	g_set_error(error, IMS_ERROR, IMS_E_IDENTITY_REFUSED,
		    "%s: 'identity' must be one that the network registered for this user: %s", request,
		    names->str);
	return NULL;
}

static const char *name_of(const ims_session *session, const ims_speak_params *p)
{
	if (!p->name)
		return session->display_name;
	return *p->name ? p->name : NULL;
}

/* A GRUU belongs to one identity, and would give it away beside another (REQ-88). */
static const char *gruu_of(const ims_session *session, const char *identity)
{
	const char *gruu = ims_reg_pub_gruu(session->flow->reg);

	return gruu && ims_identity_equal(gruu, identity) ? gruu : NULL;
}

gboolean ims_session_speak(const ims_session *session, const char *request, const ims_speak_params *p,
			   ims_speaker *ret_speaker, GError **error)
{
	gboolean hidden = ims_privacy_hides_identity(p->privacy);
	const char *chosen = NULL;

	if (p->privacy && !ims_privacy_check(request, p->privacy, error))
		return FALSE;
	if (p->identity && !(chosen = choose(session, request, p->identity, error)))
		return FALSE;
	*ret_speaker = (ims_speaker){
		.user = user_as(session, chosen ? chosen : default_identity(session)),
		.from = hidden   ? IMS_ANONYMOUS
			: chosen ? chosen
				 : ims_reg_impu(session->flow->reg),
		.from_name = hidden ? IMS_ANONYMOUS_NAME : name_of(session, p),
	};
	ret_speaker->user.chosen = chosen != NULL;
	ret_speaker->user.privacy = p->privacy;
	ret_speaker->user.gruu =
		hidden ? ims_reg_temp_gruu(session->flow->reg) : gruu_of(session, ret_speaker->from);
	return TRUE;
}

ims_role_user ims_session_called(const ims_session *session, const char *callee)
{
	const char *called =
		callee ? ims_identity_find(ims_reg_associated(session->flow->reg), callee) : NULL;
	ims_role_user user = user_as(session, called ? called : default_identity(session));

	user.gruu = gruu_of(session, user.identity);
	return user;
}
