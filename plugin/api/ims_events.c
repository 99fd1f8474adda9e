/* ims_events.c: every event JSON, built here only. Names and fields are those of janus.plugin.sip. */
#include "api/ims_content.h"
#include "api/internal.h"
#include "auth/ims_aka.h"
#include "base/ims_error.h"
#include "sdp/ims_sdp_rewrite.h"

/* What came from the network may not be UTF-8, and JSON must be. */
static json_t *valid_text(const char *value)
{
	g_autofree char *valid = g_utf8_make_valid(value, -1);

	return json_string(valid);
}

static void set_text(json_t *object, const char *name, const char *value)
{
	if (value)
		json_object_set_new(object, name, valid_text(value));
}

static void set_hex(json_t *object, const char *name, const guint8 *bytes, gsize length)
{
	g_autoptr(GString) hex = g_string_new(NULL);

	for (gsize i = 0; i < length; i++)
		g_string_append_printf(hex, "%02x", bytes[i]);
	json_object_set_new(object, name, json_string(hex->str));
}

static json_t *list_of(const GPtrArray *texts)
{
	json_t *list = json_array();

	for (guint i = 0; texts && i < texts->len; i++)
		json_array_append_new(list, valid_text(g_ptr_array_index(texts, i)));
	return list;
}

static void add_turn(json_t *result, const ims_turn_offer *turn)
{
	json_t *servers = json_array();

	if (turn->urls->len > 0) {
		json_array_append_new(servers, json_pack("{s:o, s:s, s:s}", "urls", list_of(turn->urls),
							 "username", turn->credentials.username, "credential",
							 turn->credentials.credential));
		json_object_set_new(result, "ice_ttl", json_integer(turn->ttl_s));
	}
	json_object_set_new(result, "ice_servers", servers);
}

static void add_registered(json_t *result, const ims_session_news *news)
{
	json_t *ims = json_pack("{s:o, s:i}", "associated", list_of(news->associated), "expires",
				(int)news->expires_s);

	if (news->pub_gruu || news->temp_gruu) {
		json_t *gruu = json_object();

		set_text(gruu, "pub", news->pub_gruu);
		set_text(gruu, "temp", news->temp_gruu);
		json_object_set_new(ims, "gruu", gruu);
	}
	if (news->token_left_s)
		json_object_set_new(ims, "token_expires", json_integer(news->token_left_s));
	set_text(ims, "authentication_info", news->authentication_info);
	json_object_set_new(result, "register_sent", json_true());
	json_object_set_new(result, "master_id", json_integer((json_int_t)news->master_id));
	json_object_set_new(result, "ims", ims);
}

static void add_aka(json_t *result, const ims_challenge *challenge)
{
	ims_aka_algorithm algorithm;
	ims_aka_challenge aka;

	if (!challenge->algorithm || !ims_aka_algorithm_of(challenge->algorithm, &algorithm) ||
	    !ims_aka_challenge_parse(challenge->nonce, &aka, NULL))
		return;
	set_hex(result, "rand", aka.rand, sizeof(aka.rand));
	set_hex(result, "autn", aka.autn, sizeof(aka.autn));
}

static void add_challenge(json_t *result, const ims_prover_question *question)
{
	const ims_challenge *challenge = question->challenge;

	set_text(result, "authuser", question->impi);
	set_text(result, "scheme", "Digest");
	set_text(result, "realm", challenge->realm);
	set_text(result, "nonce", challenge->nonce);
	set_text(result, "algorithm", challenge->algorithm);
	if (challenge->qop_auth || challenge->qop_auth_int)
		set_text(result, "qop",
			 !challenge->qop_auth_int ? "auth"
			 : challenge->qop_auth    ? "auth,auth-int"
						  : "auth-int");
	set_text(result, "opaque", challenge->opaque);
	json_object_set_new(result, "stale", json_boolean(challenge->stale));
	set_text(result, "method", question->method);
	set_text(result, "uri", question->uri);
	json_object_set_new(result, "code", json_integer(ims_proof_is_to_proxy(question->proof) ? 407 : 401));
	set_text(result, "header", question->text);
	add_aka(result, challenge);
}

static void add_retry(json_t *result, const ims_session_news *news)
{
	json_t *ims;

	if (!news->retry_s && !news->retry_after_s)
		return;
	ims = json_object();
	if (news->retry_s)
		json_object_set_new(ims, "retry_in", json_integer(news->retry_s));
	if (news->retry_after_s)
		json_object_set_new(ims, "retry_after", json_integer(news->retry_after_s));
	json_object_set_new(result, "ims", ims);
}

static void add_bearer(json_t *result, const ims_bearer_news *news)
{
	json_t *bearer;

	if (!news)
		return;
	bearer = json_object();
	set_text(bearer, "error", news->error);
	set_text(bearer, "scope", news->scope);
	set_text(bearer, "authz_server", news->authz_server);
	json_object_set_new(result, "bearer", bearer);
}

static void add_token(json_t *result, const ims_session_news *news)
{
	if (news->kind == IMS_NEWS_TOKEN_EXPIRING)
		json_object_set_new(result, "expires_in", json_integer(news->token_left_s));
	else if (news->token_left_s)
		json_object_set_new(result, "ims",
				    json_pack("{s:i}", "token_expires", (int)news->token_left_s));
}

static void add_missed(json_t *result, const ims_session_news *news)
{
	set_text(result, "caller", news->username);
	set_text(result, "displayname", news->display_name);
	set_text(result, "callee", news->callee);
	set_text(result, "reason", news->reason);
}

static void add_message(json_t *result, const ims_session_news *news)
{
	const char *encoding;
	g_autofree char *content = ims_content_encode(news->sip->body, &encoding);

	set_text(result, "call_id", news->call_id);
	set_text(result, "sender", news->username);
	set_text(result, "displayname", news->display_name);
	set_text(result, "callee", news->callee);
	set_text(result, "content_type", news->sip->content_type);
	set_text(result, "content", content);
	set_text(result, "encoding", encoding);
	set_text(result, "in_reply_to", news->sip->in_reply_to);
}

/* NULL: not refused, or nobody wanted it. */
static const char *refusal_name(ims_sdp_refusal refusal)
{
	switch (refusal) {
	case IMS_SDP_SERVED:
	case IMS_SDP_SWITCHED_OFF:
		return NULL;
	case IMS_SDP_UNSUPPORTED:
		return "unsupported";
	case IMS_SDP_NO_COMMON_CODEC:
		return "no_common_codec";
	case IMS_SDP_REFUSED_BY_CORE:
		return "refused_by_peer";
	case IMS_SDP_REFUSED_BY_BROWSER:
		return "refused_by_browser";
	}
	g_assert_not_reached();
}

static const char *kind_name(ims_media_kind kind)
{
	static const char *const names[] = { [IMS_MEDIA_AUDIO] = "audio",
					     [IMS_MEDIA_VIDEO] = "video",
					     [IMS_MEDIA_TEXT] = "text",
					     [IMS_MEDIA_MESSAGE] = "message",
					     [IMS_MEDIA_APPLICATION] = "application",
					     [IMS_MEDIA_OTHER] = "other" };

	return names[kind];
}

static void add_refused_media(json_t *result, const GArray *streams)
{
	json_t *list = json_array();

	for (guint i = 0; streams && i < streams->len; i++) {
		const ims_sdp_stream *stream = &g_array_index(streams, ims_sdp_stream, i);
		const char *reason = refusal_name(stream->refusal);

		if (reason)
			json_array_append_new(list,
					      json_pack("{s:i, s:s, s:s}", "mline", (int)stream->mline,
							"media", kind_name(stream->kind), "reason", reason));
	}
	if (json_array_size(list) > 0)
		json_object_set_new(result, "ims", json_pack("{s:O}", "refused_media", list));
	json_decref(list);
}

static void add_hangup(json_t *result, const ims_session_news *news)
{
	if (!news->sip)
		return;
	set_text(result, "reason_header", news->sip->reason_header);
	set_text(result, "reason_header_protocol", news->sip->reason_protocol);
	set_text(result, "reason_header_cause", news->sip->reason_cause);
}

static void add_details(json_t *result, const ims_session_news *news)
{
	if (news->kind == IMS_NEWS_MISSED_CALL) {
		add_missed(result, news);
		return;
	}
	if (news->kind == IMS_NEWS_MESSAGE) {
		add_message(result, news);
		return;
	}
	set_text(result, "username", news->username);
	set_text(result, "displayname", news->display_name);
	set_text(result, "callee", news->callee);
	set_text(result, "reason", news->reason);
	set_text(result, "call_id", news->call_id);
	if (news->code)
		json_object_set_new(result, "code", json_integer(news->code));
	if (news->kind == IMS_NEWS_CHALLENGE)
		add_challenge(result, news->question);
	if (news->kind == IMS_NEWS_REGISTERED)
		add_registered(result, news);
	if (news->turn)
		add_turn(result, news->turn);
	if (news->kind == IMS_NEWS_REGISTRATION_FAILED || news->kind == IMS_NEWS_TOKEN_REFUSED) {
		add_retry(result, news);
		add_bearer(result, news->bearer);
	}
	if (news->kind == IMS_NEWS_TOKEN_EXPIRING || news->kind == IMS_NEWS_TOKEN_REFRESHED)
		add_token(result, news);
	if (news->kind == IMS_NEWS_PROGRESS || news->kind == IMS_NEWS_ACCEPTED ||
	    news->kind == IMS_NEWS_UPDATED)
		add_refused_media(result, news->streams);
	if (news->kind == IMS_NEWS_HANGUP)
		add_hangup(result, news);
}

json_t *ims_event_of_news(const ims_session_news *news)
{
	json_t *result = json_object();
	json_t *event = json_pack("{s:s, s:o}", "sip", "event", "result", result);

	json_object_set_new(result, "event", json_string(ims_event_rows[news->kind].name));
	add_details(result, news);
	set_text(event, "call_id", news->call_id);
	return event;
}

json_t *ims_event_of_error(const GError *error)
{
	json_t *event = json_pack("{s:s, s:i}", "sip", "event", "error_code", ims_error_number(error));

	set_text(event, "error", error->message);
	return event;
}

static json_t *registration_status(const ims_session *session)
{
	const ims_reg *reg = ims_session_reg(session);
	guint token_left_s = ims_session_token_left_s(session);
	json_t *status = json_object();

	set_text(status, "state",
		 reg                                 ? ims_reg_state_name(reg)
		 : ims_session_is_verifying(session) ? "registering"
						     : "unregistered");
	if (!reg)
		return status;
	set_text(status, "username", ims_reg_impu(reg));
	json_object_set_new(status, "expires", json_integer(ims_reg_expires_s(reg)));
	json_object_set_new(status, "associated", list_of(ims_reg_associated(reg)));
	if (token_left_s)
		json_object_set_new(status, "token_expires", json_integer(token_left_s));
	return status;
}

static json_t *call_status(const ims_call *call)
{
	json_t *status;

	if (!call)
		return json_null();
	status = json_object();
	set_text(status, "call_id", ims_call_id(call));
	set_text(status, "state", ims_call_state_name(call));
	set_text(status, "direction", ims_call_is_outgoing(call) ? "out" : "in");
	set_text(status, "peer", ims_call_peer(call));
	json_object_set_new(status, "held", json_boolean(ims_call_is_held(call)));
	json_object_set_new(status, "peer_holds", json_boolean(ims_call_peer_holds(call)));
	return status;
}

json_t *ims_event_of_status(const ims_session *session)
{
	json_t *result =
		json_pack("{s:s, s:o, s:o}", "event", "status", "registration", registration_status(session),
			  "call", call_status(ims_session_ongoing(session)));

	return json_pack("{s:s, s:o}", "sip", "event", "result", result);
}

json_t *ims_event_jsep(const char *type, const char *sdp)
{
	return sdp ? json_pack("{s:s, s:s}", "type", type, "sdp", sdp) : NULL;
}
