/* ims_stand_in.c: what the core is told in place of the browser, before that may be asked. */
#include <string.h>

#include "call/ims_offer_answer_internal.h"

ims_sdp_qos ims_offer_answer_reserved(const ims_offer_answer *oa)
{
	return ims_sdp_qos_of(oa->open.core);
}

/* What the open description of the core comes to when the browser says this. */
static ims_sdp *answer_as(const ims_offer_answer *oa, const ims_sdp *browser, GArray **ret_streams,
			  GError **error)
{
	ims_sdp_local local = ims_offer_answer_next_local(oa);
	ims_sdp *core =
		ims_sdp_answer_to_core(oa->open.core, oa->open.browser, browser, &local, ret_streams, error);

	if (core)
		ims_sdp_qos_answer(core, oa->open.core);
	return core;
}

char *ims_offer_answer_stand_in(ims_offer_answer *oa, GError **error)
{
	GArray *streams = NULL;
	ims_sdp *core;

	if (!ims_offer_answer_open_ports(oa, oa->open.core, error))
		return NULL;
	core = answer_as(oa, oa->open.browser, &streams, error);
	if (!core)
		return NULL;
	ims_offer_answer_agree(oa, core, ims_sdp_copy(oa->open.core), streams);
	return ims_offer_answer_tell(oa, oa->now->ours);
}

char *ims_offer_answer_stand_in_offer(ims_offer_answer *oa, GError **error)
{
	static const char browser[] = "v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
				      "m=audio 9 UDP/TLS/RTP/SAVPF 111 9 0 8\r\nc=IN IP4 0.0.0.0\r\n"
				      "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n"
				      "a=rtpmap:9 G722/8000\r\na=rtpmap:0 PCMU/8000\r\n"
				      "a=rtpmap:8 PCMA/8000\r\na=sendrecv\r\n";

	return ims_offer_answer_offer(oa, browser, error);
}

char *ims_offer_answer_stand_in_answered(ims_offer_answer *oa, const char *core_answer, GError **error)
{
	g_autoptr(ims_sdp) core = ims_sdp_parse(core_answer, error);
	g_autoptr(ims_sdp) browser = NULL;

	if (!core || !ims_offer_answer_take(oa, core_answer, error))
		return NULL;
	browser = ims_sdp_offer_to_browser(core, NULL, &oa->policy, error);
	if (!browser)
		return NULL;
	ims_offer_answer_put_on_table(oa, &browser, &core);
	return ims_sdp_print(oa->open.browser);
}

char *ims_offer_answer_stand_in_again(ims_offer_answer *oa, const char *core_offer, GError **error)
{
	char *answer = ims_offer_answer_reoffered(oa, core_offer, error);

	if (answer)
		ims_sdp_replace(&oa->open.core, ims_sdp_copy(oa->now->theirs));
	return answer;
}

static gboolean says_the_same(const ims_sdp *one, const ims_sdp *other)
{
	g_autofree char *text = ims_sdp_print(one);
	g_autofree char *other_text = ims_sdp_print(other);

	return strcmp(text, other_text) == 0;
}

gboolean ims_offer_answer_stand_down(ims_offer_answer *oa, const char *browser_answer, gboolean *ret_owed,
				     GError **error)
{
	g_autoptr(ims_sdp) browser = ims_sdp_parse(browser_answer, error);
	g_autoptr(ims_sdp) core = NULL, said = NULL;
	g_autoptr(GArray) streams = NULL, unused = NULL;

	if (!browser)
		return FALSE;
	core = answer_as(oa, browser, &streams, error);
	said = answer_as(oa, oa->open.browser, &unused, error);
	if (!core || !said)
		return FALSE;
	*ret_owed = !says_the_same(core, said);
	ims_sdp_replace(&oa->browser, g_steal_pointer(&browser));
	ims_offer_answer_agree(oa, ims_sdp_copy(oa->now->ours), g_steal_pointer(&oa->open.core),
			       g_steal_pointer(&streams));
	ims_offer_answer_settle(oa);
	return TRUE;
}
