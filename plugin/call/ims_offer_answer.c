#include "base/ims_error.h"
#include "base/ims_random.h"
#include "call/ims_offer_answer_internal.h"
#include "sdp/ims_sdp_qos.h"

void ims_sdp_replace(ims_sdp **to, ims_sdp *sdp)
{
	ims_sdp_free(*to);
	*to = sdp;
}

static void offer_clear(offer *o)
{
	g_clear_pointer(&o->browser, ims_sdp_free);
	g_clear_pointer(&o->core, ims_sdp_free);
}

ims_offer_answer *ims_offer_answer_new(ims_media *media, const char *public_address,
				       const ims_sdp_policy *policy)
{
	ims_offer_answer *oa = g_new0(ims_offer_answer, 1);

	oa->media = media;
	oa->public_address = g_strdup(public_address);
	oa->policy = oa->network = *policy;
	oa->only_srtp_profile = g_ptr_array_new_with_free_func(g_free);
	oa->keys = ims_sdes_keys_new();
	oa->session_id = ims_random_u53();
	oa->wanted = IMS_DIR_SENDRECV;
	ims_accords_begin(oa);
	return oa;
}

void ims_offer_answer_free(ims_offer_answer *oa)
{
	if (!oa)
		return;
	offer_clear(&oa->open);
	g_ptr_array_unref(oa->accords);
	ims_sdp_free(oa->browser);
	ims_sdp_free(oa->told);
	ims_sdes_keys_free(oa->keys);
	g_ptr_array_unref(oa->only_srtp_profile);
	g_free(oa->public_address);
	g_free(oa);
}

void ims_offer_answer_set_srtp(ims_offer_answer *oa, ims_sdes_demand demand, const char *profile)
{
	g_ptr_array_set_size(oa->only_srtp_profile, 0);
	if (profile)
		g_ptr_array_add(oa->only_srtp_profile, g_strdup(profile));
	oa->policy.srtp = MAX(oa->network.srtp, demand);
	oa->policy.srtp_profiles = profile ? oa->only_srtp_profile : oa->network.srtp_profiles;
}

ims_sdes_demand ims_offer_answer_srtp_offered(const ims_offer_answer *oa)
{
	return oa->open.core ? ims_sdp_srtp_demand(oa->open.core, &oa->policy) : IMS_SDES_NONE;
}

ims_sdp_local ims_offer_answer_next_local(const ims_offer_answer *oa)
{
	return (ims_sdp_local){
		.address = oa->public_address,
		.ports = oa->ports,
		.n_ports = oa->n_ports,
		.session_id = oa->session_id,
		.session_version = oa->now->version + 1,
		.policy = &oa->policy,
		.keys = oa->keys,
	};
}

char *ims_offer_answer_tell(ims_offer_answer *oa, const ims_sdp *ours)
{
	oa->now->version++;
	return ims_sdp_print(ours);
}

gboolean ims_offer_answer_open_ports(ims_offer_answer *oa, const ims_sdp *sdp, GError **error)
{
	oa->n_ports = MAX(oa->n_ports, MIN(sdp->media->len, IMS_SDP_MAX_MEDIA));
	for (guint i = 0; i < MIN(sdp->media->len, IMS_SDP_MAX_MEDIA); i++) {
		const ims_sdp_media *media = g_ptr_array_index(sdp->media, i);

		if (oa->ports[i] || !ims_sdp_media_is_servable(media, &oa->policy))
			continue;
		if (!ims_media_open(oa->media, i, media->kind, &oa->ports[i], error))
			return FALSE;
	}
	return TRUE;
}

void ims_offer_answer_settle(ims_offer_answer *oa)
{
	for (guint i = 0; i < oa->n_ports && !oa->forking; i++) {
		if (!oa->ports[i] || ims_accord_stream(oa, i))
			continue;
		ims_media_close(oa->media, i);
		oa->ports[i] = 0;
	}
}

void ims_offer_answer_limit(const ims_offer_answer *oa, ims_sdp *ours)
{
	for (guint i = 0; i < ours->media->len; i++)
		((ims_sdp_media *)g_ptr_array_index(ours->media, i))->direction &= oa->wanted;
}

/* The browser offers */

void ims_offer_answer_put_on_table(ims_offer_answer *oa, ims_sdp **browser, ims_sdp **core)
{
	offer_clear(&oa->open);
	oa->open.browser = g_steal_pointer(browser);
	oa->open.core = g_steal_pointer(core);
}

gboolean ims_offer_answer_check(const ims_offer_answer *oa, const char *browser_offer, GError **error)
{
	g_autoptr(ims_sdp) browser = ims_sdp_parse(browser_offer, error);

	return browser && ims_sdp_check_offer(browser, &oa->policy, error);
}

char *ims_offer_answer_offer(ims_offer_answer *oa, const char *browser_offer, GError **error)
{
	g_autoptr(ims_sdp) browser = ims_sdp_parse(browser_offer, error);
	g_autoptr(ims_sdp) core = NULL;
	ims_sdp_local local;

	if (!browser || !ims_sdp_check_offer(browser, &oa->policy, error) ||
	    !ims_offer_answer_open_ports(oa, browser, error))
		return NULL;
	local = ims_offer_answer_next_local(oa);
	core = ims_sdp_offer_to_core(browser, oa->now->ours, &local, error);
	if (!core)
		return NULL;
	ims_offer_answer_limit(oa, core);
	if (oa->preconditions && !oa->now->ours)
		ims_sdp_qos_offer(core, NULL);
	ims_offer_answer_put_on_table(oa, &browser, &core);
	oa->open.version = oa->now->version + 1;
	return ims_offer_answer_tell(oa, oa->open.core);
}

gboolean ims_offer_answer_take(ims_offer_answer *oa, const char *core_answer, GError **error)
{
	g_autoptr(ims_sdp) core = ims_sdp_parse(core_answer, error);
	ims_sdp *browser;
	GArray *streams = NULL;

	if (!core)
		return FALSE;
	browser = ims_sdp_answer_to_browser(oa->open.browser, oa->open.core, core, &streams, error);
	if (!browser)
		return FALSE;
	ims_sdp_replace(&oa->now->browser, browser);
	oa->now->fit = IMS_SDP_FITS;
	ims_accord_note(oa, ims_sdp_copy(oa->open.core), g_steal_pointer(&core), streams);
	return TRUE;
}

static void fit_to_browser(ims_offer_answer *oa)
{
	accord *a = oa->now;
	ims_sdp_fit fit;

	if (!oa->told || !a->streams)
		return;
	fit = ims_sdp_fit_browser(a->streams, oa->told, a->ours);
	a->fit = MAX(a->fit, fit); /* what was found once is not to be seen any more */
}

ims_sdp_fit ims_offer_answer_fit(ims_offer_answer *oa)
{
	if (oa->forking)
		fit_to_browser(oa);
	return oa->now->fit;
}

char *ims_offer_answer_show(ims_offer_answer *oa)
{
	char *text = NULL;

	if (oa->told) {
		fit_to_browser(oa);
	} else {
		oa->told = g_steal_pointer(&oa->now->browser);
		text = ims_sdp_print(oa->told);
		ims_sdp_replace(&oa->browser, ims_sdp_copy(oa->open.browser));
	}
	oa->running = oa->now;
	ims_accord_apply(oa);
	return text;
}

char *ims_offer_answer_answered(ims_offer_answer *oa, const char *core_answer, GError **error)
{
	if (!ims_offer_answer_take(oa, core_answer, error))
		return NULL;
	g_clear_pointer(&oa->told, ims_sdp_free);
	return ims_offer_answer_show(oa);
}

void ims_offer_answer_offer_preconditions(ims_offer_answer *oa)
{
	oa->preconditions = TRUE;
}

gboolean ims_offer_answer_is_confirmation_due(const ims_offer_answer *oa)
{
	return oa->now->theirs && ims_sdp_qos_wants_word(oa->now->theirs);
}

/* The browser is asked to change */

char *ims_offer_answer_refit(ims_offer_answer *oa, GError **error)
{
	ims_sdp *asked = ims_sdp_offer_to_browser(oa->now->theirs, oa->browser, &oa->policy, error);

	if (!asked)
		return NULL;
	ims_sdp_replace(&oa->open.browser, asked);
	return ims_sdp_print(asked);
}

gboolean ims_offer_answer_refitted(ims_offer_answer *oa, const char *browser_answer, GError **error)
{
	g_autoptr(ims_sdp) answer = ims_sdp_parse(browser_answer, error);
	g_autoptr(ims_sdp) unused = NULL;
	g_autoptr(GArray) streams = NULL;
	ims_sdp_fit fit;

	if (!answer)
		return FALSE;
	unused = ims_sdp_answer_to_browser(oa->browser, oa->now->ours, oa->now->theirs, &streams, error);
	if (!unused)
		return FALSE;
	fit = ims_sdp_fit_browser(streams, answer, oa->now->ours);
	if (fit == IMS_SDP_MISFIT) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_NO_COMMON_MEDIA,
				    "The answer has nothing of what the other end takes");
		return FALSE;
	}
	oa->now->fit = fit;
	ims_sdp_replace(&oa->told, ims_sdp_copy(answer));
	ims_sdp_replace(&oa->browser, g_steal_pointer(&answer));
	ims_offer_answer_agree(oa, ims_sdp_copy(oa->now->ours), ims_sdp_copy(oa->now->theirs),
			       g_steal_pointer(&streams));
	return TRUE;
}

/* The core offers */

char *ims_offer_answer_offered(ims_offer_answer *oa, const char *core_offer, GError **error)
{
	g_autoptr(ims_sdp) core = ims_sdp_parse(core_offer, error);
	g_autoptr(ims_sdp) browser = NULL;

	if (!core || !ims_sdp_check_offer(core, &oa->policy, error))
		return NULL;
	browser = ims_sdp_offer_to_browser(core, oa->browser, &oa->policy, error);
	if (!browser)
		return NULL;
	ims_offer_answer_put_on_table(oa, &browser, &core);
	return ims_sdp_print(oa->open.browser);
}

char *ims_offer_answer_accept(ims_offer_answer *oa, const char *browser_answer, GError **error)
{
	g_autoptr(ims_sdp) browser = ims_sdp_parse(browser_answer, error);
	g_autoptr(ims_sdp) core = NULL;
	GArray *streams = NULL;
	ims_sdp_local local;

	if (!browser || !ims_offer_answer_open_ports(oa, oa->open.core, error))
		return NULL;
	local = ims_offer_answer_next_local(oa);
	core = ims_sdp_answer_to_core(oa->open.core, oa->open.browser, browser, &local, &streams, error);
	if (!core)
		return NULL;
	ims_offer_answer_limit(oa, core);
	ims_sdp_qos_answer(core, oa->open.core);
	ims_sdp_replace(&oa->browser, g_steal_pointer(&browser));
	oa->now->fit = IMS_SDP_FITS;
	ims_offer_answer_agree(oa, g_steal_pointer(&core), g_steal_pointer(&oa->open.core), streams);
	ims_offer_answer_settle(oa);
	return ims_offer_answer_tell(oa, oa->now->ours);
}

void ims_offer_answer_withdraw(ims_offer_answer *oa)
{
	ims_offer_answer_take_back(oa);
	offer_clear(&oa->open);
	ims_offer_answer_settle(oa);
}
