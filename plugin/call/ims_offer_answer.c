#include "base/ims_error.h"
#include "base/ims_random.h"
#include "call/ims_offer_answer_internal.h"
#include "sdp/ims_sdp_qos.h"

void ims_sdp_replace(ims_sdp **to, ims_sdp *sdp)
{
	ims_sdp_free(*to);
	*to = sdp;
}

static accord *accord_new(const char *tag, guint64 version)
{
	accord *a = g_new0(accord, 1);

	a->tag = g_strdup(tag);
	a->version = version;
	return a;
}

static void accord_free(gpointer data)
{
	accord *a = data;

	g_free(a->tag);
	ims_sdp_free(a->ours);
	ims_sdp_free(a->theirs);
	ims_sdp_free(a->browser);
	ims_sdp_free(a->reoffer);
	g_clear_pointer(&a->streams, g_array_unref);
	g_free(a);
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
	oa->accords = g_ptr_array_new_with_free_func(accord_free);
	oa->now = oa->running = accord_new(NULL, 0);
	g_ptr_array_add(oa->accords, oa->now);
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

static const ims_sdp_stream *stream_of(const ims_offer_answer *oa, guint mline)
{
	const ims_sdp_stream *stream;

	if (!oa->now->streams || mline >= oa->now->streams->len)
		return NULL;
	stream = &g_array_index(oa->now->streams, ims_sdp_stream, mline);
	return stream->used ? stream : NULL;
}

void ims_offer_answer_settle(ims_offer_answer *oa)
{
	for (guint i = 0; i < oa->n_ports && !oa->forking; i++) {
		if (!oa->ports[i] || stream_of(oa, i))
			continue;
		ims_media_close(oa->media, i);
		oa->ports[i] = 0;
	}
}

/* Before the answer the network has a say. */
static ims_direction let_through(const accord *a, guint mline)
{
	if (a->gate.n == 0)
		return IMS_DIR_SENDRECV;
	return ims_direction_reverse((ims_direction)ims_early_media_of(&a->gate, mline));
}

static void apply_within(ims_offer_answer *oa, const accord *a, ims_direction limit)
{
	g_autoptr(GArray) open = ims_sdp_streams_copy(a->streams);

	for (guint i = 0; i < open->len; i++)
		g_array_index(open, ims_sdp_stream, i).direction &= limit & let_through(a, i);
	ims_media_apply(oa->media, open);
}

/* Media gets what was agreed, less what our user has closed meanwhile. */
static void apply(ims_offer_answer *oa)
{
	if (oa->running && oa->running->streams)
		apply_within(oa, oa->running, oa->wanted);
}

static ims_direction said_of(const ims_sdp *sdp, guint mline)
{
	if (!sdp || mline >= sdp->media->len)
		return IMS_DIR_INACTIVE;
	return ((const ims_sdp_media *)g_ptr_array_index(sdp->media, mline))->direction;
}

/* A hold by the peer: of all that we would send it wants nothing. While our user holds it so that we send
 * nothing, it cannot be told from his. */
static void look_for_hold(ims_offer_answer *oa)
{
	ims_direction willing = 0, passing = 0, theirs = 0;

	for (guint i = 0; i < oa->now->streams->len; i++) {
		const ims_sdp_stream *stream = stream_of(oa, i);

		if (!stream)
			continue;
		willing |= stream->allowed;
		passing |= stream->direction;
		theirs |= said_of(oa->now->theirs, i);
	}
	oa->now->peer_sends = ((passing & IMS_DIR_RECVONLY) || (theirs & IMS_DIR_SENDONLY));
	if (willing & IMS_DIR_SENDONLY)
		oa->now->peer_holds = !(passing & IMS_DIR_SENDONLY);
}

/* Takes the descriptions over; streams may be those we have. */
static void note(ims_offer_answer *oa, ims_sdp *ours, ims_sdp *theirs, GArray *streams)
{
	if (oa->now->streams && oa->now->streams != streams)
		g_array_unref(oa->now->streams);
	oa->now->streams = streams;
	ims_sdp_replace(&oa->now->ours, ours);
	ims_sdp_replace(&oa->now->theirs, theirs);
	look_for_hold(oa);
}

void ims_offer_answer_agree(ims_offer_answer *oa, ims_sdp *ours, ims_sdp *theirs, GArray *streams)
{
	note(oa, ours, theirs, streams);
	if (oa->now == oa->running)
		apply(oa);
}

static void less_than_wanted(const ims_offer_answer *oa, ims_sdp *ours)
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
	less_than_wanted(oa, core);
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
	note(oa, ims_sdp_copy(oa->open.core), g_steal_pointer(&core), streams);
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
	apply(oa);
	return text;
}

char *ims_offer_answer_answered(ims_offer_answer *oa, const char *core_answer, GError **error)
{
	if (!ims_offer_answer_take(oa, core_answer, error))
		return NULL;
	g_clear_pointer(&oa->told, ims_sdp_free);
	return ims_offer_answer_show(oa);
}

/* Several ends may answer */

static accord *accord_of(const ims_offer_answer *oa, const char *tag)
{
	for (guint i = 0; i < oa->accords->len; i++) {
		accord *a = g_ptr_array_index(oa->accords, i);

		if (g_strcmp0(a->tag, tag) == 0)
			return a;
	}
	return NULL;
}

void ims_offer_answer_offer_preconditions(ims_offer_answer *oa)
{
	oa->preconditions = TRUE;
}

void ims_offer_answer_fork(ims_offer_answer *oa)
{
	oa->forking = TRUE;
	oa->running = NULL;
}

void ims_offer_answer_turn_to(ims_offer_answer *oa, const char *tag)
{
	accord *a = accord_of(oa, tag);

	if (!a) {
		a = accord_new(tag, oa->open.version);
		g_ptr_array_add(oa->accords, a);
	}
	oa->now = a;
}

void ims_offer_answer_set_gate(ims_offer_answer *oa, const ims_early_media *gate)
{
	oa->now->gate = *gate;
	if (oa->now == oa->running)
		apply(oa);
}

void ims_offer_answer_hush(ims_offer_answer *oa)
{
	if (oa->running && oa->running->streams)
		apply_within(oa, oa->running, IMS_DIR_INACTIVE);
	oa->running = NULL;
}

/* The first one stays, for there is always one. */
void ims_offer_answer_forget(ims_offer_answer *oa, const char *tag)
{
	accord *a = accord_of(oa, tag);

	if (!a)
		return;
	if (a == oa->running)
		ims_offer_answer_hush(oa);
	if (a == g_ptr_array_index(oa->accords, 0))
		return;
	if (a == oa->now)
		oa->now = g_ptr_array_index(oa->accords, 0);
	g_ptr_array_remove(oa->accords, a);
}

void ims_offer_answer_keep(ims_offer_answer *oa)
{
	oa->now->gate = (ims_early_media){ 0 };
	oa->forking = FALSE;
	if (oa->running != oa->now)
		oa->running = NULL;
	for (guint i = oa->accords->len; i-- > 0;)
		if (g_ptr_array_index(oa->accords, i) != oa->now)
			g_ptr_array_remove_index(oa->accords, i);
}

gboolean ims_offer_answer_is_confirmation_due(const ims_offer_answer *oa)
{
	return oa->now->theirs && ims_sdp_qos_wants_word(oa->now->theirs);
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
	less_than_wanted(oa, core);
	ims_sdp_qos_answer(core, oa->open.core);
	ims_sdp_replace(&oa->browser, g_steal_pointer(&browser));
	oa->now->fit = IMS_SDP_FITS;
	ims_offer_answer_agree(oa, g_steal_pointer(&core), g_steal_pointer(&oa->open.core), streams);
	ims_offer_answer_settle(oa);
	return ims_offer_answer_tell(oa, oa->now->ours);
}

/* Without the browser */

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
	less_than_wanted(oa, answer);
	ims_sdp_qos_answer(answer, core);
	oa->now->fit = IMS_SDP_FITS;
	ims_offer_answer_agree(oa, answer, g_steal_pointer(&core), oa->now->streams);
	ims_offer_answer_settle(oa);
	return ims_offer_answer_tell(oa, oa->now->ours);
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

void ims_offer_answer_withdraw(ims_offer_answer *oa)
{
	ims_offer_answer_take_back(oa);
	offer_clear(&oa->open);
	ims_offer_answer_settle(oa);
}

/* What our user wants */

void ims_offer_answer_want(ims_offer_answer *oa, ims_direction direction)
{
	oa->wanted = direction;
	apply(oa);
}

const GArray *ims_offer_answer_streams(const ims_offer_answer *oa)
{
	return oa->now->streams;
}

gboolean ims_offer_answer_is_held(const ims_offer_answer *oa)
{
	return !(oa->wanted & IMS_DIR_RECVONLY);
}

gboolean ims_offer_answer_peer_holds(const ims_offer_answer *oa)
{
	return oa->now->peer_holds;
}

ims_direction ims_offer_answer_peer_media(const ims_offer_answer *oa)
{
	if (!oa->now->peer_holds)
		return IMS_DIR_SENDRECV;
	return oa->now->peer_sends ? IMS_DIR_SENDONLY : IMS_DIR_INACTIVE;
}

gboolean ims_offer_answer_speaks(const ims_offer_answer *oa)
{
	for (guint i = 0; oa->now->streams && i < oa->now->streams->len; i++) {
		const ims_sdp_stream *stream = stream_of(oa, i);

		if (stream && (stream->wish & oa->wanted & IMS_DIR_SENDONLY))
			return TRUE;
	}
	return FALSE;
}

gboolean ims_offer_answer_hears(const ims_offer_answer *oa)
{
	for (guint i = 0; oa->now->streams && i < oa->now->streams->len; i++) {
		const ims_sdp_stream *stream = stream_of(oa, i);

		if (stream && (stream->direction & oa->wanted & IMS_DIR_RECVONLY))
			return !oa->now->peer_holds;
	}
	return FALSE;
}
