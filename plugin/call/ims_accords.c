/* ims_accords.c: what was agreed with each end of the core that an INVITE has reached, which of them media
 * serves, and who holds. */
#include "call/ims_offer_answer_internal.h"

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

void ims_accords_begin(ims_offer_answer *oa)
{
	oa->accords = g_ptr_array_new_with_free_func(accord_free);
	oa->now = oa->running = accord_new(NULL, 0);
	g_ptr_array_add(oa->accords, oa->now);
}

static accord *accord_of(const ims_offer_answer *oa, const char *tag)
{
	for (guint i = 0; i < oa->accords->len; i++) {
		accord *a = g_ptr_array_index(oa->accords, i);

		if (g_strcmp0(a->tag, tag) == 0)
			return a;
	}
	return NULL;
}

const ims_sdp_stream *ims_accord_stream(const ims_offer_answer *oa, guint mline)
{
	const ims_sdp_stream *stream;

	if (!oa->now->streams || mline >= oa->now->streams->len)
		return NULL;
	stream = &g_array_index(oa->now->streams, ims_sdp_stream, mline);
	return stream->used ? stream : NULL;
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

void ims_accord_apply(ims_offer_answer *oa)
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
		const ims_sdp_stream *stream = ims_accord_stream(oa, i);

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

void ims_accord_note(ims_offer_answer *oa, ims_sdp *ours, ims_sdp *theirs, GArray *streams)
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
	ims_accord_note(oa, ours, theirs, streams);
	if (oa->now == oa->running)
		ims_accord_apply(oa);
}

/* Several ends may answer */

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
		ims_accord_apply(oa);
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

/* What each side wants */

void ims_offer_answer_want(ims_offer_answer *oa, ims_direction direction)
{
	oa->wanted = direction;
	ims_accord_apply(oa);
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
		const ims_sdp_stream *stream = ims_accord_stream(oa, i);

		if (stream && (stream->wish & oa->wanted & IMS_DIR_SENDONLY))
			return TRUE;
	}
	return FALSE;
}

gboolean ims_offer_answer_hears(const ims_offer_answer *oa)
{
	for (guint i = 0; oa->now->streams && i < oa->now->streams->len; i++) {
		const ims_sdp_stream *stream = ims_accord_stream(oa, i);

		if (stream && (stream->direction & oa->wanted & IMS_DIR_RECVONLY))
			return !oa->now->peer_holds;
	}
	return FALSE;
}
