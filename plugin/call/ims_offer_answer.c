#include "call/ims_offer_answer.h"

#include "base/ims_error.h"
#include "base/ims_random.h"
#include "sdp/ims_sdp.h"
#include "sdp/ims_sdp_rewrite.h"

/* What one side has offered, and how the other was told; up to the answer. */
typedef struct {
	ims_sdp *browser, *core;
} offer;

struct ims_offer_answer {
	ims_media *media;
	char *public_address;
	ims_sdp_policy policy;
	guint16 ports[IMS_SDP_MAX_MEDIA];
	guint n_ports;
	guint64 session_id, session_version;
	ims_sdes_keys *keys;

	offer open;
	ims_sdp *reoffer; /* ours of what runs, unanswered */

	/* What was agreed last; NULL: nothing yet. */
	ims_sdp *ours, *theirs; /* as we and the core told each other */
	ims_sdp *browser;       /* the browser's own, offer or answer */
	GArray *streams;        /* of ims_sdp_stream */

	ims_direction wanted; /* what our user wants: less than SENDRECV is hold */
	gboolean peer_holds;
};

static void sdp_replace(ims_sdp **to, ims_sdp *sdp)
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
	oa->policy = *policy;
	oa->keys = ims_sdes_keys_new();
	oa->session_id = ims_random_u53();
	oa->wanted = IMS_DIR_SENDRECV;
	return oa;
}

void ims_offer_answer_free(ims_offer_answer *oa)
{
	if (!oa)
		return;
	offer_clear(&oa->open);
	ims_sdp_free(oa->reoffer);
	ims_sdp_free(oa->ours);
	ims_sdp_free(oa->theirs);
	ims_sdp_free(oa->browser);
	g_clear_pointer(&oa->streams, g_array_unref);
	ims_sdes_keys_free(oa->keys);
	g_free(oa->public_address);
	g_free(oa);
}

/* For a new description of ours: the same session, the next version (RFC 3264 8). */
static ims_sdp_local next_local(const ims_offer_answer *oa)
{
	return (ims_sdp_local){
		.address = oa->public_address,
		.ports = oa->ports,
		.n_ports = oa->n_ports,
		.session_id = oa->session_id,
		.session_version = oa->session_version + 1,
		.policy = &oa->policy,
		.keys = oa->keys,
	};
}

/* The description that goes out. One that could not be made has used no version up. */
static char *tell(ims_offer_answer *oa, const ims_sdp *ours)
{
	oa->session_version++;
	return ims_sdp_print(ours);
}

/* A port for each m-line that deserves one and has none yet. */
static gboolean open_ports(ims_offer_answer *oa, const ims_sdp *sdp, GError **error)
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

static const ims_sdp_stream *stream_of(const ims_offer_answer *oa, guint mline)
{
	const ims_sdp_stream *stream;

	if (!oa->streams || mline >= oa->streams->len)
		return NULL;
	stream = &g_array_index(oa->streams, ims_sdp_stream, mline);
	return stream->used ? stream : NULL;
}

/* Not before the last answer: another fork may take what one has refused. */
void ims_offer_answer_settle(ims_offer_answer *oa)
{
	for (guint i = 0; i < oa->n_ports; i++) {
		if (!oa->ports[i] || stream_of(oa, i))
			continue;
		ims_media_close(oa->media, i);
		oa->ports[i] = 0;
	}
}

/* Media gets what was agreed, less what our user has closed meanwhile. */
static void apply(ims_offer_answer *oa)
{
	g_autoptr(GArray) open = ims_sdp_streams_copy(oa->streams);

	for (guint i = 0; i < open->len; i++)
		g_array_index(open, ims_sdp_stream, i).direction &= oa->wanted;
	ims_media_apply(oa->media, open);
}

/* A hold by the peer: of all that we would send it wants nothing. While our user holds it so that we send
 * nothing, it cannot be told from his. */
static void look_for_hold(ims_offer_answer *oa)
{
	ims_direction willing = 0, passing = 0;

	for (guint i = 0; i < oa->streams->len; i++) {
		const ims_sdp_stream *stream = stream_of(oa, i);

		if (!stream)
			continue;
		willing |= stream->allowed;
		passing |= stream->direction;
	}
	if (willing & IMS_DIR_SENDONLY)
		oa->peer_holds = !(passing & IMS_DIR_SENDONLY);
}

/* From now on. Takes the descriptions over; streams may be those we have. */
static void agree(ims_offer_answer *oa, ims_sdp *ours, ims_sdp *theirs, GArray *streams)
{
	if (oa->streams && oa->streams != streams)
		g_array_unref(oa->streams);
	oa->streams = streams;
	sdp_replace(&oa->ours, ours);
	sdp_replace(&oa->theirs, theirs);
	apply(oa);
	look_for_hold(oa);
}

static void less_than_wanted(const ims_offer_answer *oa, ims_sdp *ours)
{
	for (guint i = 0; i < ours->media->len; i++)
		((ims_sdp_media *)g_ptr_array_index(ours->media, i))->direction &= oa->wanted;
}

/* The browser offers */

static void put_on_table(ims_offer_answer *oa, ims_sdp **browser, ims_sdp **core)
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

	if (!browser || !ims_sdp_check_offer(browser, &oa->policy, error) || !open_ports(oa, browser, error))
		return NULL;
	local = next_local(oa);
	core = ims_sdp_offer_to_core(browser, oa->ours, &local, error);
	if (!core)
		return NULL;
	less_than_wanted(oa, core);
	put_on_table(oa, &browser, &core);
	return tell(oa, oa->open.core);
}

char *ims_offer_answer_answered(ims_offer_answer *oa, const char *core_answer, GError **error)
{
	g_autoptr(ims_sdp) core = ims_sdp_parse(core_answer, error);
	g_autoptr(ims_sdp) browser = NULL;
	GArray *streams = NULL;

	if (!core)
		return NULL;
	browser = ims_sdp_answer_to_browser(oa->open.browser, oa->open.core, core, &streams, error);
	if (!browser)
		return NULL;
	sdp_replace(&oa->browser, ims_sdp_copy(oa->open.browser));
	agree(oa, ims_sdp_copy(oa->open.core), g_steal_pointer(&core), streams);
	return ims_sdp_print(browser);
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
	put_on_table(oa, &browser, &core);
	return ims_sdp_print(oa->open.browser);
}

char *ims_offer_answer_accept(ims_offer_answer *oa, const char *browser_answer, GError **error)
{
	g_autoptr(ims_sdp) browser = ims_sdp_parse(browser_answer, error);
	g_autoptr(ims_sdp) core = NULL;
	GArray *streams = NULL;
	ims_sdp_local local;

	if (!browser || !open_ports(oa, oa->open.core, error))
		return NULL;
	local = next_local(oa);
	core = ims_sdp_answer_to_core(oa->open.core, oa->open.browser, browser, &local, &streams, error);
	if (!core)
		return NULL;
	less_than_wanted(oa, core);
	sdp_replace(&oa->browser, g_steal_pointer(&browser));
	agree(oa, g_steal_pointer(&core), g_steal_pointer(&oa->open.core), streams);
	ims_offer_answer_settle(oa);
	return tell(oa, oa->ours);
}

/* Without the browser */

/* An offer has at least the lines that there were (RFC 3264 8). */
static ims_sdp *parse_reoffer(const ims_offer_answer *oa, const char *core_offer, GError **error)
{
	g_autoptr(ims_sdp) core = ims_sdp_parse(core_offer, error);

	if (!core)
		return NULL;
	if (core->media->len < oa->ours->media->len) {
		g_set_error(error, IMS_ERROR, IMS_E_BAD_SDP, "%u m-lines where there were %u",
			    core->media->len, oa->ours->media->len);
		return NULL;
	}
	return g_steal_pointer(&core);
}

gboolean ims_offer_answer_compare(const ims_offer_answer *oa, const char *core_offer,
				  ims_sdp_change *ret_change, GError **error)
{
	g_autoptr(ims_sdp) core = parse_reoffer(oa, core_offer, error);

	if (core)
		*ret_change = ims_sdp_compare(core, oa->theirs, oa->streams, &oa->policy);
	return core != NULL;
}

char *ims_offer_answer_reoffered(ims_offer_answer *oa, const char *core_offer, GError **error)
{
	g_autoptr(ims_sdp) core = parse_reoffer(oa, core_offer, error);
	ims_sdp *answer;
	ims_sdp_local local;

	if (!core)
		return NULL;
	local = next_local(oa);
	answer = ims_sdp_answer_reoffer(core, oa->ours, &local, oa->streams, error);
	if (!answer)
		return NULL;
	less_than_wanted(oa, answer);
	agree(oa, answer, g_steal_pointer(&core), oa->streams);
	ims_offer_answer_settle(oa);
	return tell(oa, oa->ours);
}

char *ims_offer_answer_reoffer(ims_offer_answer *oa)
{
	ims_sdp_local local = next_local(oa);

	sdp_replace(&oa->reoffer, ims_sdp_reoffer(oa->ours, oa->streams, oa->wanted, &local));
	return tell(oa, oa->reoffer);
}

gboolean ims_offer_answer_reanswered(ims_offer_answer *oa, const char *core_answer, GError **error)
{
	g_autoptr(ims_sdp) answer = ims_sdp_parse(core_answer, error);

	if (!answer || !ims_sdp_take_answer(oa->reoffer, answer, oa->streams, error))
		return FALSE;
	agree(oa, g_steal_pointer(&oa->reoffer), g_steal_pointer(&answer), oa->streams);
	ims_offer_answer_settle(oa);
	return TRUE;
}

char *ims_offer_answer_repeat(const ims_offer_answer *oa)
{
	return ims_sdp_print(oa->ours);
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
	g_autofree char *before = without_version(oa->theirs);
	g_autofree char *now = core ? without_version(core) : NULL;

	return g_strcmp0(before, now) == 0;
}

gboolean ims_offer_answer_is_offering(const ims_offer_answer *oa)
{
	return oa->reoffer != NULL;
}

void ims_offer_answer_withdraw(ims_offer_answer *oa)
{
	g_clear_pointer(&oa->reoffer, ims_sdp_free);
	offer_clear(&oa->open);
	ims_offer_answer_settle(oa);
}

/* What our user wants */

void ims_offer_answer_want(ims_offer_answer *oa, ims_direction direction)
{
	oa->wanted = direction;
	if (oa->streams)
		apply(oa);
}

const GArray *ims_offer_answer_streams(const ims_offer_answer *oa)
{
	return oa->streams;
}

gboolean ims_offer_answer_is_held(const ims_offer_answer *oa)
{
	return !(oa->wanted & IMS_DIR_RECVONLY);
}

gboolean ims_offer_answer_peer_holds(const ims_offer_answer *oa)
{
	return oa->peer_holds;
}

gboolean ims_offer_answer_speaks(const ims_offer_answer *oa)
{
	for (guint i = 0; oa->streams && i < oa->streams->len; i++) {
		const ims_sdp_stream *stream = stream_of(oa, i);

		if (stream && (stream->wish & oa->wanted & IMS_DIR_SENDONLY))
			return TRUE;
	}
	return FALSE;
}

gboolean ims_offer_answer_hears(const ims_offer_answer *oa)
{
	for (guint i = 0; oa->streams && i < oa->streams->len; i++) {
		const ims_sdp_stream *stream = stream_of(oa, i);

		if (stream && (stream->direction & oa->wanted & IMS_DIR_RECVONLY))
			return !oa->peer_holds;
	}
	return FALSE;
}
