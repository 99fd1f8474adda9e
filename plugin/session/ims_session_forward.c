/* ims_session_forward.c: where the RTP of a session's call is sent besides, as far as the operator allows it.
 */
#include <gio/gio.h>
#include <string.h>

#include "base/ims_error.h"
#include "base/ims_random.h"
#include "base/ims_secret.h"
#include "session/internal.h"

#define MAX_FORWARDERS 8 /* of a call */

/* What is allowed */

static gboolean is_key(const char *key, const char *given)
{
	gsize length = strlen(key);

	return given && strlen(given) == length && ims_bytes_equal(key, given, length);
}

static gboolean may_ask(const ims_session *session, const char *request, const char *key, GError **error)
{
	const char *wanted = session->service->config->admin_key;

	if (!session->call || !ims_call_dialog(session->call)) {
		g_set_error(error, IMS_ERROR, IMS_E_WRONG_STATE, "%s: no call is up", request);
		return FALSE;
	}
	if (!*wanted || is_key(wanted, key))
		return TRUE;
	g_set_error(error, IMS_ERROR, IMS_E_NOT_ALLOWED, "%s: 'admin_key' is %s", request,
		    key ? "not the right one" : "missing");
	return FALSE;
}

/* IPv4 in disguise would pass by the rules for IPv4. */
static gboolean is_disguised(const ims_address *to)
{
	return to->any.sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&to->v6.sin6_addr);
}

static gboolean is_allowed(const GPtrArray *masks, const char *host)
{
	g_autoptr(GInetAddress) address = g_inet_address_new_from_string(host);

	for (guint i = 0; address && i < masks->len; i++) {
		g_autoptr(GInetAddressMask) mask = g_inet_address_mask_new_from_string(masks->pdata[i], NULL);

		if (mask && g_inet_address_mask_matches(mask, address))
			return TRUE;
	}
	return FALSE;
}

static gboolean check_target(const ims_session *session, const ims_forward_params *p, ims_address *ret_to,
			     GError **error)
{
	if (!ims_address_parse(p->host, p->port, ret_to) || !ims_address_is_unicast(ret_to) ||
	    is_disguised(ret_to)) {
		g_set_error(error, IMS_ERROR, IMS_E_INVALID_ELEMENT,
			    "rtp_forward: 'streams.host' must be a numeric address, not '%.64s'", p->host);
		return FALSE;
	}
	if (is_allowed(session->service->config->media.forward_to, p->host))
		return TRUE;
	g_set_error(error, IMS_ERROR, IMS_E_NOT_ALLOWED, "rtp_forward: nothing is sent to %s from here",
		    p->host);
	return FALSE;
}

/* AES-CM with a key of 128 bits, as in SDES (RFC 4568 6.2). */
static gboolean read_key(const ims_forward_params *p, ims_srtp_key *ret_key, GError **error)
{
	static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	ims_srtp_suite suite =
		p->srtp_suite == 32 ? IMS_SRTP_AES_CM_128_HMAC_SHA1_32 : IMS_SRTP_AES_CM_128_HMAC_SHA1_80;
	gsize length = ims_srtp_key_length(suite), digits = length / 3 * 4;
	g_autofree guint8 *bytes = NULL;

	*ret_key = (ims_srtp_key){ .suite = IMS_SRTP_NONE };
	if (!p->srtp_suite && !p->srtp_crypto)
		return TRUE;
	if ((p->srtp_suite != 32 && p->srtp_suite != 80) || !p->srtp_crypto ||
	    strlen(p->srtp_crypto) != digits || strspn(p->srtp_crypto, base64) != digits) {
		g_set_error(error, IMS_ERROR, IMS_E_INVALID_ELEMENT,
			    "rtp_forward: 'streams.srtp_crypto' must be %zu digits of base64, beside a "
			    "'streams.srtp_suite' of 32 or 80",
			    digits);
		return FALSE;
	}
	bytes = g_base64_decode(p->srtp_crypto, &length);
	ret_key->suite = suite;
	memcpy(ret_key->bytes, bytes, length);
	explicit_bzero(bytes, length);
	return TRUE;
}

/* Forwarders */

static void stop(ims_session *session, guint i)
{
	ims_media_untap(ims_call_media(session->call), g_ptr_array_index(session->forwarders, i));
	g_ptr_array_remove_index(session->forwarders, i);
}

void ims_session_stop_forwarders(ims_session *session)
{
	while (session->forwarders && session->forwarders->len > 0)
		stop(session, session->forwarders->len - 1);
	g_clear_pointer(&session->forwarders, g_ptr_array_unref);
}

static guint32 make_id(void)
{
	guint32 id;

	do {
		ims_random_bytes(&id, sizeof(id));
	} while (id == 0);
	return id;
}

/* Adds one to the session's. */
static gboolean start(ims_session *session, const ims_forward_params *p, GError **error)
{
	ims_forwarder_setup setup = { .id = make_id(), .track = p->track, .ssrc = p->ssrc, .pt = p->pt };
	ims_media *media = ims_call_media(session->call);
	g_autoptr(ims_forwarder) forwarder = NULL;

	if (!check_target(session, p, &setup.to, error) || !read_key(p, &setup.key, error))
		return FALSE;
	forwarder = ims_forwarder_new(&setup, error);
	ims_srtp_key_clear(&setup.key);
	if (!forwarder)
		return FALSE;
	if (!ims_media_tap(media, p->track, &ims_forwarder_tap, forwarder)) {
		g_set_error(error, IMS_ERROR, IMS_E_WRONG_STATE, "rtp_forward: no '%s' runs in this call",
			    ims_track_name(p->track));
		return FALSE;
	}
	g_ptr_array_add(session->forwarders, g_steal_pointer(&forwarder));
	return TRUE;
}

static void tell_forwarders(ims_session *session, ims_news_kind kind, guint from, const char *transaction)
{
	g_autoptr(GPtrArray) told = g_ptr_array_new();

	for (guint i = from; session->forwarders && i < session->forwarders->len; i++)
		g_ptr_array_add(told,
				(gpointer)ims_forwarder_what(g_ptr_array_index(session->forwarders, i)));
	ims_session_tell_in_call(
		session, (ims_session_news){ .kind = kind, .transaction = transaction, .forwarders = told });
}

gboolean ims_session_forward(ims_session *session, const GArray *streams, const char *key,
			     const char *transaction, GError **error)
{
	guint before;

	if (!may_ask(session, "rtp_forward", key, error))
		return FALSE;
	if (!session->forwarders)
		session->forwarders = g_ptr_array_new_with_free_func((GDestroyNotify)ims_forwarder_unref);
	before = session->forwarders->len;
	if (before + streams->len > MAX_FORWARDERS) {
		g_set_error(error, IMS_ERROR, IMS_E_LIMIT, "rtp_forward: a call has %d forwarders at most",
			    MAX_FORWARDERS);
		return FALSE;
	}
	for (guint i = 0; i < streams->len; i++) {
		if (start(session, &g_array_index(streams, ims_forward_params, i), error))
			continue;
		while (session->forwarders->len > before)
			stop(session, session->forwarders->len - 1);
		return FALSE;
	}
	for (guint i = 0; i < streams->len; i++)
		ims_session_want_picture(session, g_array_index(streams, ims_forward_params, i).track);
	tell_forwarders(session, IMS_NEWS_FORWARDED, before, transaction);
	return TRUE;
}

gboolean ims_session_stop_forward(ims_session *session, guint32 stream_id, const char *key,
				  const char *transaction, GError **error)
{
	if (!may_ask(session, "stop_rtp_forward", key, error))
		return FALSE;
	for (guint i = 0; session->forwarders && i < session->forwarders->len; i++) {
		if (ims_forwarder_what(g_ptr_array_index(session->forwarders, i))->id != stream_id)
			continue;
		stop(session, i);
		ims_session_tell_in_call(session, (ims_session_news){ .kind = IMS_NEWS_FORWARD_STOPPED,
								      .transaction = transaction,
								      .stream_id = stream_id });
		return TRUE;
	}
	g_set_error(error, IMS_ERROR, IMS_E_NO_SUCH_STREAM,
		    "stop_rtp_forward: no forwarder has the number %u", stream_id);
	return FALSE;
}

gboolean ims_session_list_forwarders(ims_session *session, const char *key, const char *transaction,
				     GError **error)
{
	if (!may_ask(session, "listforwarders", key, error))
		return FALSE;
	tell_forwarders(session, IMS_NEWS_FORWARDERS, 0, transaction);
	return TRUE;
}
