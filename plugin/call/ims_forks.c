#include "call/ims_forks.h"

#include "base/ims_log.h"
#include "base/ims_random.h"
#include "call/ims_early_gate.h"

#define MAX_FORKS 16
#define MAX_TRIES 4 /* of one UPDATE that always meets one of the peer */

typedef struct {
	ims_forks *forks;
	char *tag;  /* of its dialog; NULL: it has none */
	char *said; /* its description, as it came last; NULL: none that is of use */
	ims_early_gate gate;
	gboolean binding; /* ... in a reliable answer: nothing later answers the INVITE's offer otherwise */
	gboolean rings;
	gboolean confirmed; /* it was told, or is being told, that our side is ready */
	guint tries;
	ims_timer retry;
} fork;

struct ims_forks {
	ims_offer_answer *oa;
	ims_clock *clock;
	const char *who;
	ims_invite *invite;
	GPtrArray *list; /* of fork, who spoke last is last */
	fork *heard;     /* NULL: nobody */
};

/* ---- life ---- */

static void fork_free(gpointer data)
{
	fork *f = data;

	ims_timer_stop(&f->retry);
	g_free(f->tag);
	g_free(f->said);
	g_free(f);
}

ims_forks *ims_forks_new(ims_offer_answer *oa, ims_clock *clock, const char *who)
{
	ims_forks *forks = g_new0(ims_forks, 1);

	forks->oa = oa;
	forks->clock = clock;
	forks->who = who;
	forks->list = g_ptr_array_new_with_free_func(fork_free);
	ims_offer_answer_fork(oa);
	return forks;
}

void ims_forks_start(ims_forks *forks, ims_invite *invite)
{
	forks->invite = invite;
}

void ims_forks_stop(ims_forks *forks)
{
	forks->invite = NULL;
	forks->heard = NULL;
	g_ptr_array_set_size(forks->list, 0);
}

void ims_forks_free(ims_forks *forks)
{
	if (!forks)
		return;
	g_ptr_array_unref(forks->list);
	g_free(forks);
}

static fork *find(const ims_forks *forks, const char *tag)
{
	for (guint i = 0; i < forks->list->len; i++) {
		fork *f = g_ptr_array_index(forks->list, i);

		if (g_strcmp0(f->tag, tag) == 0)
			return f;
	}
	return NULL;
}

/* ---- our side is ready (RFC 3312) ---- */

static void confirm(fork *f)
{
	ims_forks *forks = f->forks;
	g_autoptr(GError) error = NULL;
	g_autofree char *offer = NULL;

	ims_offer_answer_turn_to(forks->oa, f->tag);
	offer = ims_offer_answer_reoffer(forks->oa);
	if (ims_invite_early_offer(forks->invite, f->tag, offer, &error))
		return;
	ims_offer_answer_take_back(forks->oa);
	ims_verb(forks->who, "no UPDATE now: %s", error->message);
	if (f->tries++ < MAX_TRIES)
		ims_timer_arm(&f->retry, 1000);
}

static void on_retry(gpointer user)
{
	fork *f = user;

	if (f->forks->invite)
		confirm(f);
}

static void confirm_if_due(fork *f)
{
	if (f->confirmed || !f->binding || !ims_offer_answer_is_confirmation_due(f->forks->oa))
		return;
	f->confirmed = TRUE;
	confirm(f);
}

/* Who made the Call-ID waits longer (RFC 3261 14.1), or as long as he is asked to. */
static gint64 pause_ms(const ims_sip_news *news)
{
	if (news->status == 491)
		return 2100 + (gint64)(ims_random_u53() % 1900);
	return MAX((gint64)news->retry_after_s * 1000, 500);
}

static gboolean may_try_again(const fork *f, const ims_sip_news *news)
{
	return f->tries < MAX_TRIES &&
	       (news->status == 491 || (news->status == 500 && news->retry_after_s && !news->internal));
}

void ims_forks_reanswered(ims_forks *forks, const ims_sip_news *news)
{
	fork *f = find(forks, news->peer_tag);
	g_autoptr(GError) error = NULL;

	if (!f || !f->confirmed) /* nothing was asked */
		return;
	ims_offer_answer_turn_to(forks->oa, f->tag);
	if (news->status < 300 && news->sdp && ims_offer_answer_reanswered(forks->oa, news->sdp, &error))
		return;
	ims_offer_answer_take_back(forks->oa);
	ims_warn(forks->who, "UPDATE before the answer: %d %s", news->status,
		 error          ? error->message
		 : news->reason ? news->reason
				: "");
	if (!may_try_again(f, news))
		return;
	f->tries++;
	ims_timer_arm(&f->retry, pause_ms(news));
}

/* ---- who is heard ---- */

static fork *fork_of(ims_forks *forks, const char *tag)
{
	fork *f = find(forks, tag);
	guint at;

	if (f) { /* it speaks last now */
		g_ptr_array_find(forks->list, f, &at);
		g_ptr_array_add(forks->list, g_ptr_array_steal_index(forks->list, at));
		return f;
	}
	if (forks->list->len >= MAX_FORKS)
		return NULL;
	f = g_new0(fork, 1);
	f->forks = forks;
	f->tag = g_strdup(tag);
	ims_timer_init(&f->retry, forks->clock, on_retry, f);
	g_ptr_array_add(forks->list, f);
	return f;
}

static gboolean may_be_heard(const fork *f)
{
	if (!f->said || !ims_early_gate_is_open(f->gate))
		return FALSE;
	ims_offer_answer_turn_to(f->forks->oa, f->tag);
	return ims_offer_answer_fit(f->forks->oa) != IMS_SDP_MISFIT;
}

/* Who speaks is heard if he may; else who spoke before him. */
static char *listen(ims_forks *forks, fork *speaker)
{
	fork *next = speaker && may_be_heard(speaker) ? speaker : NULL;

	for (guint i = forks->list->len; !next && i-- > 0;)
		if (may_be_heard(g_ptr_array_index(forks->list, i)))
			next = g_ptr_array_index(forks->list, i);
	forks->heard = next;
	if (!next) {
		ims_offer_answer_hush(forks->oa);
		return NULL;
	}
	ims_offer_answer_turn_to(forks->oa, next->tag);
	return ims_offer_answer_show(forks->oa);
}

static gboolean somebody_rings(const ims_forks *forks)
{
	for (guint i = 0; i < forks->list->len; i++)
		if (((const fork *)g_ptr_array_index(forks->list, i))->rings)
			return TRUE;
	return FALSE;
}

/* ---- what they say ---- */

static void take_description(fork *f, const ims_sip_news *news)
{
	ims_forks *forks = f->forks;
	g_autoptr(GError) error = NULL;

	if (!news->sdp || f->binding)
		return;
	ims_offer_answer_turn_to(forks->oa, f->tag);
	if (g_strcmp0(f->said, news->sdp) != 0) {
		if (!ims_offer_answer_take(forks->oa, news->sdp, &error)) {
			ims_warn(forks->who, "early media not usable: %s", error->message);
			return;
		}
		g_free(f->said);
		f->said = g_strdup(news->sdp);
	}
	f->binding = news->rseq != 0;
}

static ims_early_gate_event gate_event(const fork *f, const ims_sip_news *news)
{
	for (guint i = 0; i < news->early_media.n; i++)
		if (news->early_media.directions[i] != IMS_EARLY_MEDIA_INACTIVE)
			return IMS_EARLY_GATE_ON_ALLOW;
	if (news->early_media.n)
		return IMS_EARLY_GATE_ON_DENY;
	if (news->status == 180)
		return IMS_EARLY_GATE_ON_RING;
	return news->sdp && f->said ? IMS_EARLY_GATE_ON_DESCRIBE : IMS_EARLY_GATE_ON_PROCEED;
}

static void mind_gate(fork *f, const ims_sip_news *news)
{
	f->gate = ims_early_gate_after(f->gate, gate_event(f, news));
	if (news->early_media.n == 0)
		return;
	ims_offer_answer_turn_to(f->forks->oa, f->tag);
	ims_offer_answer_set_gate(f->forks->oa, &news->early_media);
}

ims_forks_told ims_forks_heard(ims_forks *forks, const ims_sip_news *news, char **ret_browser_answer)
{
	fork *f = fork_of(forks, news->peer_tag);
	gboolean heard_before = forks->heard != NULL;

	if (!f)
		return IMS_FORKS_PROCEEDING;
	take_description(f, news);
	mind_gate(f, news);
	f->rings |= news->status == 180;
	*ret_browser_answer = listen(forks, f);
	confirm_if_due(f);
	if (forks->heard == f)
		return IMS_FORKS_PROGRESS;
	if (!forks->heard && (news->status == 180 || (heard_before && somebody_rings(forks))))
		return IMS_FORKS_RINGING;
	return IMS_FORKS_PROCEEDING;
}

/* One voice for another is no news. */
static ims_forks_told what_changed(const ims_forks *forks, gboolean heard_before)
{
	if (forks->heard)
		return heard_before ? IMS_FORKS_NOTHING : IMS_FORKS_PROGRESS;
	return heard_before && somebody_rings(forks) ? IMS_FORKS_RINGING : IMS_FORKS_NOTHING;
}

ims_forks_told ims_forks_offered(ims_forks *forks, const ims_sip_news *news, char **ret_browser_answer)
{
	fork *f = find(forks, news->peer_tag);
	gboolean heard_before = forks->heard != NULL;
	g_autoptr(GError) error = NULL;
	g_autofree char *answer = NULL;

	if (!f || !f->said) { /* it has not even answered the INVITE's */
		ims_invite_early_answer(forks->invite, news->peer_tag, 488, NULL);
		return IMS_FORKS_NOTHING;
	}
	ims_offer_answer_turn_to(forks->oa, f->tag);
	answer = ims_offer_answer_reoffered_early(forks->oa, news->sdp, &error);
	if (!answer)
		ims_warn(forks->who, "UPDATE before the answer refused: %s", error->message);
	ims_invite_early_answer(forks->invite, f->tag, answer ? 200 : 488, answer);
	if (!answer)
		return IMS_FORKS_NOTHING;
	if (news->early_media.n)
		mind_gate(f, news);
	*ret_browser_answer = listen(forks, f);
	return what_changed(forks, heard_before);
}

ims_forks_told ims_forks_ended(ims_forks *forks, const ims_sip_news *news)
{
	fork *f = find(forks, news->peer_tag);
	gboolean heard_before = forks->heard != NULL;

	if (!f)
		return IMS_FORKS_NOTHING;
	ims_offer_answer_forget(forks->oa, f->tag);
	g_ptr_array_remove(forks->list, f);
	g_free(listen(forks, NULL)); /* the browser has its answer from the first that was heard */
	return what_changed(forks, heard_before);
}

/* ---- one of them answers ---- */

/* Without a description it stands by what it said before. */
static gboolean take_answer(ims_forks *forks, const ims_sip_news *news, GError **error)
{
	const fork *f = find(forks, news->peer_tag);

	ims_offer_answer_turn_to(forks->oa, news->peer_tag);
	if (f && f->said && (f->binding || !news->sdp))
		return TRUE;
	return ims_offer_answer_take(forks->oa, news->sdp ? news->sdp : "", error);
}

gboolean ims_forks_answered(ims_forks *forks, const ims_sip_news *news, char **ret_browser_answer,
			    GError **error)
{
	if (!take_answer(forks, news, error))
		return FALSE;
	for (guint i = forks->list->len; i-- > 0;) {
		fork *f = g_ptr_array_index(forks->list, i);

		ims_timer_stop(&f->retry);
		if (g_strcmp0(f->tag, news->peer_tag) !=
		    0) /* the other may wait for the answer to its UPDATE */
			g_ptr_array_remove_index(forks->list, i);
	}
	forks->heard = NULL;
	ims_offer_answer_keep(forks->oa);
	*ret_browser_answer = ims_offer_answer_show(forks->oa);
	return TRUE;
}
