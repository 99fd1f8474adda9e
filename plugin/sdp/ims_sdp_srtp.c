/* ims_sdp_srtp.c: the crypto lines of our m-lines, and the keys that streams get of them (RFC 4568 5.1). */
#include <string.h>

#include "base/ims_error.h"
#include "base/ims_secret.h"
#include "sdp/internal.h"

static void add_line(ims_sdp_media *media, guint tag, const ims_srtp_key *key)
{
	ims_sdes_line line = { tag, *key };
	ims_autowipe char *value = ims_sdes_print(&line);

	ims_sdp_media_add_attribute(media, "crypto", value);
	ims_srtp_key_clear(&line.key);
}

static ims_srtp_suite suite_at(const ims_sdp_policy *policy, guint i)
{
	return ims_srtp_suite_of(policy->srtp_profiles->pdata[i]);
}

static guint n_suites(const ims_sdp_policy *policy)
{
	return policy->srtp_profiles ? policy->srtp_profiles->len : 0;
}

static gboolean refuse(GError **error, guint mline, const char *why)
{
	g_set_error(error, IMS_ERROR, IMS_E_TOO_STRICT, "m-line %u: %s", mline, why);
	return FALSE;
}

/* ---- we offer ---- */

/* The tag of a suite is its place in the list, each time. */
static void offer(ims_sdp_media *core, guint mline, ims_srtp_suite only, const ims_sdp_local *local)
{
	for (guint i = 0; local->keys && i < n_suites(local->policy); i++) {
		ims_srtp_suite suite = suite_at(local->policy, i);

		if (only == IMS_SRTP_NONE || suite == only)
			add_line(core, i + 1, ims_sdes_keys_get(local->keys, mline, suite));
	}
}

void ims_sdp_offer_srtp(ims_sdp_media *core, guint mline, const ims_sdp_local *local)
{
	if (local->policy->srtp != IMS_SDES_NONE || ims_sdes_is_secure(core))
		offer(core, mline, IMS_SRTP_NONE, local);
}

void ims_sdp_offer_srtp_again(ims_sdp_media *core, const ims_sdp_stream *stream, const ims_sdp_local *local)
{
	if (stream->ours.suite != IMS_SRTP_NONE)
		offer(core, stream->mline, stream->ours.suite, local);
}

/* The core's line that answers one of ours: its tag and its suite. */
gboolean ims_sdp_take_srtp(ims_sdp_stream *stream, const ims_sdp_media *ours, const ims_sdp_media *core,
			   GError **error)
{
	ims_sdes_line own, answer;

	for (guint suite = IMS_SRTP_NONE + 1; suite < IMS_SRTP_N_SUITES; suite++) {
		if (!ims_sdes_find(core, 0, (ims_srtp_suite)suite, &answer) ||
		    !ims_sdes_find(ours, answer.tag, (ims_srtp_suite)suite, &own))
			continue;
		stream->ours = own.key;
		stream->theirs = answer.key;
		ims_srtp_key_clear(&own.key);
		ims_srtp_key_clear(&answer.key);
		return TRUE;
	}
	ims_srtp_key_clear(&answer.key);
	if (ims_sdes_is_secure(core))
		return refuse(error, stream->mline, "SRTP, and no key in the answer that fits our offer");
	if (ims_sdes_is_secure(ours))
		return refuse(error, stream->mline, "SRTP was offered, and the answer is not encrypted");
	return TRUE;
}

/* ---- the core offers ---- */

static gboolean is_allowed(const ims_sdp_policy *policy, ims_srtp_suite suite)
{
	for (guint i = 0; i < n_suites(policy); i++)
		if (suite_at(policy, i) == suite)
			return TRUE;
	return FALSE;
}

/* Whose key we take: that of the running suite, else the first that the network allows. */
static gboolean choose(const ims_sdp_media *core, ims_srtp_suite running, const ims_sdp_policy *policy,
		       ims_sdes_line *ret_line)
{
	if (running != IMS_SRTP_NONE && ims_sdes_find(core, 0, running, ret_line))
		return TRUE;
	for (guint i = 0; i < core->attributes->len; i++) {
		const ims_sdp_attribute *a = core->attributes->pdata[i];

		if (strcmp(a->name, "crypto") == 0 && a->value && ims_sdes_parse(a->value, ret_line) &&
		    is_allowed(policy, ret_line->key.suite))
			return TRUE;
	}
	ims_srtp_key_clear(&ret_line->key);
	return FALSE;
}

static gboolean has_key(const ims_sdp_media *core, const ims_sdp_policy *policy)
{
	ims_sdes_line line;
	gboolean found = choose(core, IMS_SRTP_NONE, policy, &line);

	ims_srtp_key_clear(&line.key);
	return found;
}

gboolean ims_sdp_srtp_is_servable(const ims_sdp_media *core, const ims_sdp_policy *policy)
{
	if (policy->srtp != IMS_SDES_MANDATORY && !ims_sdes_is_secure(core))
		return TRUE;
	return has_key(core, policy);
}

gboolean ims_sdp_answer_srtp(ims_sdp_media *answer, ims_sdp_stream *stream, const ims_sdp_media *core,
			     ims_srtp_suite running, const ims_sdp_local *local, GError **error)
{
	ims_sdes_line line;

	if (local->keys && choose(core, running, local->policy, &line)) {
		stream->theirs = line.key;
		stream->ours = *ims_sdes_keys_get(local->keys, stream->mline, line.key.suite);
		add_line(answer, line.tag, &stream->ours);
		ims_srtp_key_clear(&line.key);
		return TRUE;
	}
	if (ims_sdes_is_secure(core))
		return refuse(error, stream->mline, "SRTP, and no key that can be used here");
	if (local->policy->srtp == IMS_SDES_MANDATORY)
		return refuse(error, stream->mline, "SRTP is mandatory, and the other party offers none");
	return TRUE;
}

ims_sdes_demand ims_sdp_srtp_demand(const ims_sdp *core_offer, const ims_sdp_policy *policy)
{
	ims_sdes_demand demand = IMS_SDES_NONE;

	for (guint i = 0; i < core_offer->media->len; i++) {
		const ims_sdp_media *core = core_offer->media->pdata[i];

		if (core->port == 0 || !has_key(core, policy))
			continue;
		demand = MAX(demand, ims_sdes_is_secure(core) ? IMS_SDES_MANDATORY : IMS_SDES_OPTIONAL);
	}
	return demand;
}
