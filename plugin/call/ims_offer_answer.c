#include "call/ims_offer_answer.h"

#include "base/ims_error.h"
#include "base/ims_random.h"
#include "sdp/ims_sdp.h"
#include "sdp/ims_sdp_rewrite.h"

struct ims_offer_answer {
	ims_media *media;
	char *public_address;
	ims_sdp_policy policy;
	guint16 ports[IMS_SDP_MAX_MEDIA];
	guint n_ports;
	guint64 session_id, session_version;

	ims_sdp *browser_offer; /* of whoever offered */
	ims_sdp *core_offer;
	ims_sdp *last;        /* what we last told the core */
	ims_sdp *reoffer;     /* ours, unanswered */
	GArray *streams;      /* of ims_sdp_stream; NULL: nothing agreed yet */
	ims_direction wanted; /* what our user wants: less than SENDRECV is hold */
};

static void sdp_replace(ims_sdp **to, ims_sdp *sdp)
{
	ims_sdp_free(*to);
	*to = sdp;
}

ims_offer_answer *ims_offer_answer_new(ims_media *media, const char *public_address,
				       const ims_sdp_policy *policy)
{
	ims_offer_answer *oa = g_new0(ims_offer_answer, 1);

	oa->media = media;
	oa->public_address = g_strdup(public_address);
	oa->policy = *policy;
	oa->session_id = ims_random_u53();
	oa->session_version = 1;
	oa->wanted = IMS_DIR_SENDRECV;
	return oa;
}

void ims_offer_answer_free(ims_offer_answer *oa)
{
	if (!oa)
		return;
	ims_sdp_free(oa->browser_offer);
	ims_sdp_free(oa->core_offer);
	ims_sdp_free(oa->last);
	ims_sdp_free(oa->reoffer);
	g_clear_pointer(&oa->streams, g_array_unref);
	g_free(oa->public_address);
	g_free(oa);
}

static ims_sdp_local local_of(const ims_offer_answer *oa)
{
	return (ims_sdp_local){
		.address = oa->public_address,
		.ports = oa->ports,
		.n_ports = oa->n_ports,
		.session_id = oa->session_id,
		.session_version = oa->session_version,
		.policy = &oa->policy,
	};
}

/* A port for each m-line that deserves one and has none yet. */
static gboolean open_ports(ims_offer_answer *oa, const ims_sdp *sdp, GError **error)
{
	oa->n_ports = MIN(sdp->media->len, IMS_SDP_MAX_MEDIA);
	for (guint i = 0; i < oa->n_ports; i++) {
		const ims_sdp_media *media = g_ptr_array_index(sdp->media, i);

		if (oa->ports[i] || !ims_sdp_media_is_servable(media, &oa->policy))
			continue;
		if (!ims_media_open(oa->media, i, media->kind, &oa->ports[i], error))
			return FALSE;
	}
	return TRUE;
}

/* Media gets what was agreed, less what our user has closed meanwhile. */
static void apply(ims_offer_answer *oa)
{
	g_autoptr(GArray) open = g_array_copy(oa->streams);

	for (guint i = 0; i < open->len; i++)
		g_array_index(open, ims_sdp_stream, i).direction &= oa->wanted;
	ims_media_apply(oa->media, open);
}

static void agree(ims_offer_answer *oa, GArray *streams)
{
	if (oa->streams && oa->streams != streams)
		g_array_unref(oa->streams);
	oa->streams = streams;
	apply(oa);
}

/* Not before the last answer: another fork may take what one has refused. */
void ims_offer_answer_settle(ims_offer_answer *oa)
{
	for (guint i = 0; i < oa->streams->len; i++) {
		const ims_sdp_stream *stream = &g_array_index(oa->streams, ims_sdp_stream, i);

		if (stream->used || !oa->ports[stream->mline])
			continue;
		ims_media_close(oa->media, stream->mline);
		oa->ports[stream->mline] = 0;
	}
}

/* The browser calls */

char *ims_offer_answer_offer(ims_offer_answer *oa, const char *browser_offer, GError **error)
{
	g_autoptr(ims_sdp) browser = ims_sdp_parse(browser_offer, error);
	g_autoptr(ims_sdp) core = NULL;
	ims_sdp_local local;

	if (!browser || !ims_sdp_check_offer(browser, &oa->policy, error) || !open_ports(oa, browser, error))
		return NULL;
	local = local_of(oa);
	core = ims_sdp_offer_to_core(browser, NULL, &local, error);
	if (!core)
		return NULL;
	sdp_replace(&oa->browser_offer, g_steal_pointer(&browser));
	sdp_replace(&oa->last, ims_sdp_copy(core));
	sdp_replace(&oa->core_offer, g_steal_pointer(&core));
	return ims_sdp_print(oa->core_offer);
}

char *ims_offer_answer_answered(ims_offer_answer *oa, const char *core_answer, GError **error)
{
	g_autoptr(ims_sdp) core = ims_sdp_parse(core_answer, error);
	g_autoptr(ims_sdp) browser = NULL;
	GArray *streams = NULL;

	if (!core)
		return NULL;
	browser = ims_sdp_answer_to_browser(oa->browser_offer, oa->core_offer, core, &streams, error);
	if (!browser)
		return NULL;
	agree(oa, streams);
	return ims_sdp_print(browser);
}

/* The core calls */

char *ims_offer_answer_offered(ims_offer_answer *oa, const char *core_offer, GError **error)
{
	g_autoptr(ims_sdp) core = ims_sdp_parse(core_offer, error);
	g_autoptr(ims_sdp) browser = NULL;

	if (!core || !ims_sdp_check_offer(core, &oa->policy, error))
		return NULL;
	browser = ims_sdp_offer_to_browser(core, NULL, &oa->policy, error);
	if (!browser)
		return NULL;
	sdp_replace(&oa->core_offer, g_steal_pointer(&core));
	sdp_replace(&oa->browser_offer, g_steal_pointer(&browser));
	return ims_sdp_print(oa->browser_offer);
}

char *ims_offer_answer_accept(ims_offer_answer *oa, const char *browser_answer, GError **error)
{
	g_autoptr(ims_sdp) browser = ims_sdp_parse(browser_answer, error);
	g_autoptr(ims_sdp) core = NULL;
	GArray *streams = NULL;
	ims_sdp_local local;

	if (!browser || !open_ports(oa, oa->core_offer, error))
		return NULL;
	local = local_of(oa);
	core = ims_sdp_answer_to_core(oa->core_offer, oa->browser_offer, browser, &local, &streams, error);
	if (!core)
		return NULL;
	agree(oa, streams);
	ims_offer_answer_settle(oa);
	sdp_replace(&oa->last, g_steal_pointer(&core));
	return ims_sdp_print(oa->last);
}

/* Later */

char *ims_offer_answer_reoffered(ims_offer_answer *oa, const char *core_offer, GError **error)
{
	g_autoptr(ims_sdp) core = ims_sdp_parse(core_offer, error);
	g_autoptr(ims_sdp) answer = NULL;
	ims_sdp_local local;

	if (!core)
		return NULL;
	oa->session_version++;
	local = local_of(oa);
	answer = ims_sdp_answer_reoffer(core, oa->last, &local, oa->streams, error);
	if (!answer)
		return NULL;
	for (guint i = 0; i < answer->media->len; i++)
		((ims_sdp_media *)g_ptr_array_index(answer->media, i))->direction &= oa->wanted;
	agree(oa, oa->streams);
	ims_offer_answer_settle(oa);
	sdp_replace(&oa->last, g_steal_pointer(&answer));
	return ims_sdp_print(oa->last);
}

char *ims_offer_answer_reoffer(ims_offer_answer *oa, ims_direction direction)
{
	ims_sdp_local local;

	oa->wanted = direction;
	apply(oa);
	oa->session_version++;
	local = local_of(oa);
	sdp_replace(&oa->reoffer, ims_sdp_reoffer(oa->last, oa->streams, direction, &local));
	return ims_sdp_print(oa->reoffer);
}

gboolean ims_offer_answer_reanswered(ims_offer_answer *oa, const char *core_answer, GError **error)
{
	g_autoptr(ims_sdp) answer = ims_sdp_parse(core_answer, error);

	if (!answer || !ims_sdp_take_answer(oa->reoffer, answer, oa->streams, error))
		return FALSE;
	agree(oa, oa->streams);
	ims_offer_answer_settle(oa);
	sdp_replace(&oa->last, g_steal_pointer(&oa->reoffer));
	return TRUE;
}

void ims_offer_answer_withdraw(ims_offer_answer *oa)
{
	g_clear_pointer(&oa->reoffer, ims_sdp_free);
}

void ims_offer_answer_undo(ims_offer_answer *oa, ims_direction direction)
{
	ims_offer_answer_withdraw(oa);
	oa->wanted = direction;
	apply(oa);
}

ims_direction ims_offer_answer_wanted(const ims_offer_answer *oa)
{
	return oa->wanted;
}

gboolean ims_offer_answer_is_held(const ims_offer_answer *oa)
{
	return !(oa->wanted & IMS_DIR_RECVONLY);
}
