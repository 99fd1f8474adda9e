/* ims_reoffer.c: what runs is described anew, by the core or by us, and the browser is not asked. */
#include "base/ims_error.h"
#include "call/ims_offer_answer_internal.h"
#include "sdp/ims_sdp_qos.h"

/* An offer has at least the lines that there were (RFC 3264 8). */
static ims_sdp *parse_reoffer(const ims_offer_answer *oa, const char *core_offer, GError **error)
{
	g_autoptr(ims_sdp) core = ims_sdp_parse(core_offer, error);

	if (!core)
		return NULL;
	if (core->media->len < oa->now->ours->media->len) {
		g_set_error(error, IMS_ERROR, IMS_E_BAD_SDP, "%u m-lines where there were %u",
			    core->media->len, oa->now->ours->media->len);
		return NULL;
	}
	return g_steal_pointer(&core);
}

gboolean ims_offer_answer_compare(const ims_offer_answer *oa, const char *core_offer,
				  ims_sdp_change *ret_change, GError **error)
{
	g_autoptr(ims_sdp) core = parse_reoffer(oa, core_offer, error);

	if (core)
		*ret_change = ims_sdp_compare(core, oa->now->theirs, oa->now->streams, &oa->policy);
	return core != NULL;
}

char *ims_offer_answer_reoffered(ims_offer_answer *oa, const char *core_offer, GError **error)
{
	g_autoptr(ims_sdp) core = parse_reoffer(oa, core_offer, error);
	ims_sdp *answer;
	ims_sdp_local local;

	if (!core)
		return NULL;
	local = ims_offer_answer_next_local(oa);
	answer = ims_sdp_answer_reoffer(core, oa->now->ours, &local, oa->now->streams, error);
	if (!answer)
		return NULL;
	ims_offer_answer_limit(oa, answer);
	ims_sdp_qos_answer(answer, core);
	oa->now->fit = IMS_SDP_FITS;
	ims_offer_answer_agree(oa, answer, g_steal_pointer(&core), oa->now->streams);
	ims_offer_answer_settle(oa);
	return ims_offer_answer_tell(oa, oa->now->ours);
}

/* Before the browser has heard of any answer, another codec of its offer is as good. */
char *ims_offer_answer_reoffered_early(ims_offer_answer *oa, const char *core_offer, GError **error)
{
	g_autoptr(ims_sdp) core = oa->told ? NULL : ims_sdp_parse(core_offer, NULL);
	GArray *streams = NULL;
	ims_sdp *browser;

	if (core)
		browser = ims_sdp_answer_to_browser(oa->open.browser, oa->now->ours, core, &streams, NULL);
	else
		browser = NULL;
	if (browser) {
		ims_sdp_replace(&oa->now->browser, browser);
		g_array_unref(oa->now->streams);
		oa->now->streams = streams;
	}
	return ims_offer_answer_reoffered(oa, core_offer, error);
}

char *ims_offer_answer_reoffer(ims_offer_answer *oa)
{
	ims_sdp_local local = ims_offer_answer_next_local(oa);

	ims_sdp_replace(&oa->now->reoffer,
			ims_sdp_reoffer(oa->now->ours, oa->now->streams, oa->wanted, &local));
	ims_sdp_qos_offer(oa->now->reoffer, oa->now->theirs);
	return ims_offer_answer_tell(oa, oa->now->reoffer);
}

gboolean ims_offer_answer_reanswered(ims_offer_answer *oa, const char *core_answer, GError **error)
{
	g_autoptr(ims_sdp) answer = ims_sdp_parse(core_answer, error);

	if (!answer)
		return FALSE;
	if (!oa->now->reoffer) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_WRONG_STATE, "Nothing was offered any more");
		return FALSE;
	}
	if (!ims_sdp_take_answer(oa->now->reoffer, answer, oa->now->streams, error))
		return FALSE;
	oa->now->fit = IMS_SDP_FITS;
	ims_offer_answer_agree(oa, g_steal_pointer(&oa->now->reoffer), g_steal_pointer(&answer),
			       oa->now->streams);
	ims_offer_answer_settle(oa);
	return TRUE;
}

char *ims_offer_answer_repeat(const ims_offer_answer *oa)
{
	return ims_sdp_print(oa->now->ours);
}

/* Some count their version up although nothing is new. */
static char *without_version(const ims_sdp *sdp)
{
	g_autoptr(ims_sdp) copy = ims_sdp_copy(sdp);

	g_free(copy->session_version);
	copy->session_version = g_strdup("0");
	return ims_sdp_print(copy);
}

gboolean ims_offer_answer_is_repeated(const ims_offer_answer *oa, const char *core_answer)
{
	g_autoptr(ims_sdp) core = ims_sdp_parse(core_answer, NULL);
	g_autofree char *before = without_version(oa->now->theirs);
	g_autofree char *now = core ? without_version(core) : NULL;

	return g_strcmp0(before, now) == 0;
}

gboolean ims_offer_answer_is_offering(const ims_offer_answer *oa)
{
	return oa->now->reoffer != NULL;
}

void ims_offer_answer_take_back(ims_offer_answer *oa)
{
	g_clear_pointer(&oa->now->reoffer, ims_sdp_free);
}
