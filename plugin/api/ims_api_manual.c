/* ims_api_manual.c: the tables of api/ -> the reference in docs/api.md. A program of its own.
 *
 *   ims-api-manual FILE           writes the parts between its marks anew
 *   ims-api-manual --check FILE   fails when they are not what the tables say (make check)
 *   ims-api-manual --json         the tables as JSON, for the tests
 *
 * A mark is a line "<!-- from the tables: NAME -->"; what follows, up to a line "<!-- end -->", is ours. */
#include <stdio.h>
#include <string.h>

#include "sip/ims_subscription.h"
#include "api/ims_admin_internal.h"
#include "api/internal.h"
#include "base/ims_error.h"
#include "media/ims_forwarder.h"
#include "sdp/ims_sdp_rewrite.h"

/* One example of each kind of news: their JSON is made by the code that makes the real one. */
#define CALL .call_id = "a84b4c76e66710", .username = "sip:bob@ims.example"
#define USER .username = "sip:alice@ims.example"
#define ANSWER .sdp_type = "answer", .sdp = "v=0 ..."
#define FOCUS .focus = "sip:conf-7@focus.ims.example"
#define OFFER .sdp_type = "offer", .sdp = "v=0 ..."

static char *tags[] = { (char *)"sec-agree" };
static GPtrArray tag_list = { .pdata = (gpointer *)tags, .len = 1 };

static char *warned[] = { (char *)"370 Insufficient bandwidth" };
static const GPtrArray warnings = { .pdata = (gpointer *)warned, .len = 1 };

static const ims_sip_news bye = { .reason_header = (char *)"Normal call clearing",
				  .reason_protocol = (char *)"Q.850",
				  .reason_cause = (char *)"16",
				  .alternative = { (char *)"emergency",
						   (char *)"Emergency calls by telephone",
						   (char *)"emergency-registration" },
				  .extensions = &tag_list,
				  .retry_after_s = 120 };

static const ims_sip_news message = { .content_type = (char *)"text/plain;charset=UTF-8",
				      .in_reply_to = (char *)"c1b2a3@ims.example" };

static const ims_sip_news info = { .content_type = (char *)"application/vnd.example+json" };
static const ims_sip_header subject = { (char *)"X-Ticket", (char *)"4711" };

static char *turn_urls[] = { (char *)"turn:turn.ims.example:3478?transport=udp" };
static const GPtrArray turn_url_list = { .pdata = (gpointer *)turn_urls, .len = 1 };
static const ims_turn_offer turn = { .urls = &turn_url_list,
				     .ttl_s = 3600,
				     .credentials = { .username = (char *)"1790000000:3f2a9c0b11d5e877",
						      .credential =
							      (char *)"TQUS+7LrbLJ6nbRhPjcR62ApoFU=" } };
static const ims_bearer_news bearer = { "invalid_token", "ims", "https://login.ims.example" };

static const ims_challenge aka = { .realm = (char *)"ims.example",
				   .nonce = (char *)"xP8j1Q3bZvYxKbFe1wAAAHbnHh9c2oAAzVb6sSqF9AQ=",
				   .opaque = (char *)"5ccc069c403ebaf9",
				   .algorithm = (char *)"AKAv1-MD5",
				   .qop_auth = TRUE };
static const ims_prover_question question = {
	.text = "Digest realm=\"ims.example\", nonce=\"xP8j1Q3bZvYxKbFe1wAAAHbnHh9c2oAAzVb6sSqF9AQ=\", "
		"algorithm=AKAv1-MD5, "
		"qop=\"auth\", opaque=\"5ccc069c403ebaf9\"",
	.challenge = &aka,
	.impi = "alice@ims.example",
	.method = "INVITE",
	.uri = "sip:bob@ims.example",
	.proof = IMS_PROOF_REQUEST_TO_PROXY
};

static char *recorded_names[] = { (char *)"call-4711-peer-audio" };
static const GPtrArray recorded = { .pdata = (gpointer *)recorded_names, .len = 1 };
static ims_forwarder_setup forwarder = { .id = 3405691582, .track = IMS_TRACK_PEER_AUDIO };
static ims_forwarder_setup *forwarders[] = { &forwarder };
static const GPtrArray forwarder_list = { .pdata = (gpointer *)forwarders, .len = 1 };
static const ims_sip_news notify = { .content_type = (char *)"application/simple-message-summary" };
static const ims_notification notification = { .event = "message-summary",
					       .state = "terminated",
					       .reason = "timeout",
					       .expires_s = 3599,
					       .sip = &notify };
static const ims_reg_word ended = { .event = "rejected", .over = TRUE };
static const ims_reg_word shortened = { .event = "shortened", .expires_s = 60, .contacts = 1 };
static const ims_trace_entry trace = { .call_id = "a84b4c76e66710",
				       .number = 7,
				       .at_ms = 1790000000123,
				       .is_out = TRUE,
				       .transport = "UDP",
				       .first = "INVITE sip:bob@ims.example SIP/2.0",
				       .text = "INVITE sip:bob@ims.example SIP/2.0\r\n...",
				       .repeated = TRUE,
				       .last = TRUE };

static const ims_quality_report quality = {
	.n = 1,
	.stream = { { .codec = "opus",
		      .from_peer = { TRUE, 1497, 3, 0.002, 4, 4.33 },
		      .to_peer = { TRUE, 1500, 0, 0, 6, 4.36 },
		      .round_trip_ms = 38 } },
};

static const ims_session_news samples[IMS_NEWS_N_KINDS] = {
	[IMS_NEWS_CHALLENGE] = { USER, .call_id = "a84b4c76e66710", .question = &question },
	[IMS_NEWS_REGISTERED] = { USER, .unique_id = "7d444840-9dc0-41d1-b245-5ffdce74fad2",
				  .authentication_info =
					  "qop=auth, rspauth=\"6629fae49393a05397450978507c4ef1\", "
					  "cnonce=\"0a4f113b\", nc=00000001",
				  .master_id = 4823105566719231, .expires_s = 3600, .token_left_s = 3598,
				  .pub_gruu = "sip:alice@ims.example;gr=urn:uuid:f81d4fae-7dec-11d0-a765-"
					      "00a0c91e6bf6",
				  .conference_factory = "sip:conference@ims.example",
				  .temp_gruu = "sip:tgruu.7hs6j1@ims.example;gr", .strays = 1,
				  .handle_replaced = "1c0f6b7d-2a9e-43f1-9d0c-6a5be5b7c3d2", .turn = &turn },
	[IMS_NEWS_SUBSCRIBING] = { .call_id = "5b21c8d0f3e6" },
	[IMS_NEWS_SUBSCRIBED] = { .call_id = "5b21c8d0f3e6", .code = 200, .reason = "OK", .expires_s = 3600 },
	[IMS_NEWS_SUBSCRIBE_FAILED] = { .call_id = "5b21c8d0f3e6",
					.code = 489,
					.reason = "Bad Event",
					.warnings = &warnings },
	[IMS_NEWS_UNSUBSCRIBING] = { .call_id = "5b21c8d0f3e6" },
	[IMS_NEWS_NOTIFY] = { .call_id = "5b21c8d0f3e6", .notification = &notification },
	[IMS_NEWS_ICE_SERVERS] = { .turn = &turn },
	[IMS_NEWS_REGISTRATION_FAILED] = { USER, .code = 503, .reason = "Service Unavailable", .retry_s = 23,
					   .expires_s = 2410, .retry_after_s = 10, .warnings = &warnings,
					   .bearer = &bearer },
	[IMS_NEWS_TOKEN_EXPIRING] = { .token_left_s = 60 },
	[IMS_NEWS_TOKEN_REFRESHED] = { .token_left_s = 3598 },
	[IMS_NEWS_TOKEN_REFUSED] = { .code = 503,
				     .reason = "The issuer cannot be asked",
				     .retry_after_s = 10,
				     .bearer = &bearer },
	[IMS_NEWS_UNREGISTERED] = { USER, .word = &ended },
	[IMS_NEWS_REGINFO] = { USER, .word = &shortened },
	[IMS_NEWS_CALLING] = { CALL },
	[IMS_NEWS_PROCEEDING] = { CALL, .code = 183 },
	[IMS_NEWS_RINGING] = { CALL },
	[IMS_NEWS_PROGRESS] = { CALL, ANSWER, FOCUS },
	[IMS_NEWS_ACCEPTING] = { CALL },
	[IMS_NEWS_ACCEPTED] = { CALL, ANSWER, FOCUS },
	[IMS_NEWS_INCOMING_CALL] = { CALL, OFFER, FOCUS, .display_name = "Bob",
				     .callee = "sip:alice@ims.example",
				     .referred_by = "<sip:carol@ims.example>", .replaces = "b2f8e1d09c47",
				     .call_waiting = TRUE, .srtp = IMS_SDES_OPTIONAL },
	[IMS_NEWS_TRANSFERRING] = { .call_id = "a84b4c76e66710" },
	[IMS_NEWS_TRANSFER_FAILED] = { .code = 603, .reason = "Decline" },
	[IMS_NEWS_TRANSFER] = { .call_id = "a84b4c76e66710",
				.refer_id = 1357902468013579,
				.refer_to = "sip:carol@ims.example",
				.referred_by = "<sip:bob@ims.example>",
				.replaces = "b2f8e1d09c47" },
	[IMS_NEWS_MISSED_CALL] = { CALL, .display_name = "Bob", .callee = "sip:alice@ims.example",
				   .reason = "busy" },
	[IMS_NEWS_HELPER_WANTED] = { .call_id = "a84b4c76e66710" },
	[IMS_NEWS_RINGING_SENT] = { CALL },
	[IMS_NEWS_PROGRESSING] = { CALL },
	[IMS_NEWS_DECLINING] = { CALL, .code = 486, .refer_id = 1357902468013579 },
	[IMS_NEWS_HANGING_UP] = { CALL },
	[IMS_NEWS_HANGUP] = { CALL, .code = 380, .reason = "Alternative Service", .warnings = &warnings,
			      .sip = &bye },
	[IMS_NEWS_HOLDING] = { CALL },
	[IMS_NEWS_RESUMING] = { CALL },
	[IMS_NEWS_PEER_HOLDING] = { CALL, .peer_media = IMS_DIR_SENDONLY },
	[IMS_NEWS_PEER_RESUMING] = { CALL },
	[IMS_NEWS_UPDATING] = { CALL },
	[IMS_NEWS_UPDATED] = { CALL, ANSWER, FOCUS },
	[IMS_NEWS_UPDATE_FAILED] = { CALL, .code = 488, .reason = "Not Acceptable Here" },
	[IMS_NEWS_UPDATING_CALL] = { CALL, OFFER },
	[IMS_NEWS_QUALITY] = { CALL, .quality = &quality },
	[IMS_NEWS_DTMF_SENT] = { CALL },
	[IMS_NEWS_DTMF] = { CALL, .signal = "5", .duration_ms = 160 },
	[IMS_NEWS_INFO_SENT] = { CALL },
	[IMS_NEWS_INFO] = { CALL, .display_name = "Bob" },
	[IMS_NEWS_RECORDING_UPDATED] = { CALL, .files = &recorded },
	[IMS_NEWS_RECORDING_FAILED] = { CALL, .files = &recorded, .reason = "No space left on device" },
	[IMS_NEWS_KEY_FRAME_SENT] = { CALL },
	[IMS_NEWS_FORWARDED] = { CALL, .forwarders = &forwarder_list },
	[IMS_NEWS_FORWARD_STOPPED] = { CALL, .stream_id = 3405691582 },
	[IMS_NEWS_FORWARDERS] = { CALL, .forwarders = &forwarder_list },
	[IMS_NEWS_MESSAGE_SENT] = { .call_id = "d4e5f6071829" },
	[IMS_NEWS_MESSAGE_DELIVERY] = { .call_id = "d4e5f6071829",
					.code = 503,
					.reason = "Service Unavailable",
					.retry_after_s = 30,
					.warnings = &warnings },
	[IMS_NEWS_TRACING] = { .enabled = TRUE },
	[IMS_NEWS_TRACE] = { .call_id = "a84b4c76e66710", .trace = &trace },
	[IMS_NEWS_MESSAGE] = { .call_id = "07a1b2c3d4e5",
			       .username = "sip:bob@ims.example",
			       .display_name = "Bob",
			       .callee = "sip:alice@ims.example" },
};

/* A browser without H.264 wanted video. */
static GArray *sample_streams(void)
{
	GArray *streams = g_array_new(FALSE, TRUE, sizeof(ims_sdp_stream));
	ims_sdp_stream audio = { .kind = IMS_MEDIA_AUDIO,
				 .used = TRUE,
				 .ours.suite = IMS_SRTP_AES_CM_128_HMAC_SHA1_80 };
	ims_sdp_stream video = { .kind = IMS_MEDIA_VIDEO, .mline = 1, .refusal = IMS_SDP_NO_COMMON_CODEC };

	g_array_append_val(streams, audio);
	return g_array_append_val(streams, video);
}

static gboolean shows_headers(ims_news_kind kind)
{
	for (const ims_event_field *field = ims_event_rows[kind].fields; field->name; field++)
		if (strcmp(field->name, "headers") == 0)
			return TRUE;
	return FALSE;
}

/* Nothing of a session is asked here, but the linker wants it. */
static json_t *sample_event(ims_news_kind kind)
{
	ims_session_news news = samples[kind];
	g_autoptr(GBytes) body = g_bytes_new_static("Hello Alice", strlen("Hello Alice"));
	ims_sip_news said = kind == IMS_NEWS_INFO ? info : message;
	g_autoptr(GPtrArray) headers = g_ptr_array_new();
	g_autoptr(GPtrArray) associated = g_ptr_array_new();
	g_autoptr(GArray) streams = sample_streams();
	json_t *event, *jsep;

	ims_address_parse("192.0.2.5", 5002, &forwarder.to);
	g_ptr_array_add(associated, (char *)"sip:alice@ims.example");
	news.kind = kind;
	news.associated = associated;
	if (kind == IMS_NEWS_PROGRESS || kind == IMS_NEWS_ACCEPTED || kind == IMS_NEWS_UPDATED)
		news.streams = streams;
	said.body = body;
	if (kind == IMS_NEWS_MESSAGE || kind == IMS_NEWS_INFO)
		news.sip = &said;
	g_ptr_array_add(headers, (gpointer)&subject);
	if (shows_headers(kind))
		news.headers = headers;
	event = ims_event_of_news(&news);
	jsep = ims_event_jsep(news.sdp_type, news.sdp);
	return jsep ? json_pack("{s:o, s:o}", "event", event, "jsep", jsep)
		    : json_pack("{s:o}", "event", event);
}

/* Does the table say what the code does? */

static gboolean is_documented(const ims_event_row *row, const char *name)
{
	for (const ims_event_field *field = row->fields; field->name; field++)
		if (strcmp(field->name, name) == 0)
			return TRUE;
	return FALSE;
}

/* Members of objects as "ims.expires"; those of `headers` have whatever names the network gives them. */
static void collect_names(const json_t *object, const char *prefix, GPtrArray *names)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value)
	{
		g_autofree char *name = g_strconcat(prefix, key, NULL);
		g_autofree char *inner = g_strconcat(name, ".", NULL);

		if (json_is_object(value) && strcmp(key, "headers") != 0)
			collect_names(value, inner, names);
		else if (strcmp(name, "event") != 0)
			g_ptr_array_add(names, g_steal_pointer(&name));
	}
}

static gboolean check_event(const ims_event_row *row, const json_t *event)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	gboolean good = TRUE;

	collect_names(json_object_get(event, "result"), "", names);
	for (guint i = 0; i < names->len; i++)
		if (!is_documented(row, g_ptr_array_index(names, i))) {
			fprintf(stderr, "event %s: field '%s' is not in ims_event_table.c\n", row->name,
				(char *)g_ptr_array_index(names, i));
			good = FALSE;
		}
	for (const ims_event_field *field = row->fields; field->name; field++)
		if (!row->example &&
		    !g_ptr_array_find_with_equal_func(names, field->name, g_str_equal, NULL)) {
			fprintf(stderr, "event %s: field '%s' is not in the sample of ims_api_manual.c\n",
				row->name, field->name);
			good = FALSE;
		}
	return good;
}

static gboolean check_events(void)
{
	gboolean good = TRUE;

	for (int kind = 0; kind < IMS_NEWS_N_KINDS; kind++) {
		const ims_event_row *row = &ims_event_rows[kind];
		json_t *sample = sample_event((ims_news_kind)kind);

		good &= check_event(row, json_object_get(sample, "event"));
		json_decref(sample);
	}
	return good;
}

/* Markdown: "sip:<domain>" must not be taken for a tag. */

static char *escaped(const char *text)
{
	g_auto(GStrv) parts = g_strsplit(text, "<", -1);

	return g_strjoinv("&lt;", parts);
}

static const char *const type_names[] = {
	[IMS_FIELD_STRING] = "string",
	[IMS_FIELD_SECRET] = "string",
	[IMS_FIELD_TEXT] = "string",
	[IMS_FIELD_INTEGER] = "integer",
	[IMS_FIELD_BOOLEAN] = "boolean",
	[IMS_FIELD_HEADERS] = "object of strings",
	[IMS_FIELD_OBJECT] = "object",
	[IMS_FIELD_URN] = "URN",
	[IMS_FIELD_HEX] = "hexadecimal digits",
	[IMS_FIELD_STRINGS] = "array of strings",
	[IMS_FIELD_PARAMS] = "object of strings",
	[IMS_FIELD_OBJECTS] = "objects",
};

/* "string, 1 to 1024 bytes", "integer, 40 to 6000", "`sendonly`, `inactive`" */
static char *range_of(const ims_field *field)
{
	const char *type = type_names[field->type];
	const char *unit = field->type == IMS_FIELD_INTEGER ? "" : " bytes";

	if (field->allowed) {
		g_auto(GStrv) values = g_strsplit(field->allowed, "|", -1);
		g_autofree char *listed = g_strjoinv("`, `", values);

		return g_strdup_printf("`%s`", listed);
	}
	if (!field->max)
		return g_strdup(type);
	if (field->type == IMS_FIELD_OBJECTS)
		return g_strdup_printf("list of %" JSON_INTEGER_FORMAT " to %" JSON_INTEGER_FORMAT " %s",
				       field->min, field->max, type);
	if (field->type == IMS_FIELD_HEX)
		return g_strdup_printf("%" JSON_INTEGER_FORMAT " %s", field->max, type);
	return g_strdup_printf("%s, %" JSON_INTEGER_FORMAT " to %" JSON_INTEGER_FORMAT "%s", type, field->min,
			       field->max, unit);
}

static void print_json(GString *out, const json_t *value)
{
	g_autofree char *text = json_dumps(value, JSON_ENSURE_ASCII);

	g_string_append_printf(out, "    %s\n", text);
}

static void print_fields(GString *out, const ims_field *fields)
{
	if (!fields->name)
		return;
	g_string_append(out, "| field | | |\n|---|---|---|\n");
	for (const ims_field *field = fields; field->name; field++) {
		g_autofree char *range = range_of(field);
		g_autofree char *text = escaped(field->text);
		const char *bold = field->presence == IMS_REQUIRED ? "**" : "";

		g_string_append_printf(out, "| %s`%s`%s | %s | %s |\n", bold, field->name, bold, range, text);
	}
	g_string_append_c(out, '\n');
}

static void print_request(GString *out, const ims_api_row *row)
{
	g_string_append_printf(out, "### `%s`\n\n%s. ", row->name, row->text);
	if (row->jsep)
		g_string_append_printf(out, "With a JSEP %s. ", row->jsep);
	g_string_append_printf(out, "Answered by %s.\n\n    %s\n\n", row->answered_by, row->example);
	print_fields(out, row->fields);
}

static void print_requests(GString *out)
{
	for (const ims_api_row *row = ims_api_rows; row->name; row++)
		print_request(out, row);
}

static void print_event(GString *out, const ims_event_row *row, const json_t *sample)
{
	const json_t *jsep = json_object_get(sample, "jsep");

	g_string_append_printf(out, "### `%s`\n\n%s%s%s%s\n\n", row->name, row->text,
			       row->jsep ? " With a JSEP " : "", row->jsep ? row->jsep : "",
			       row->jsep ? "." : "");
	print_json(out, json_object_get(sample, "event"));
	if (jsep)
		print_json(out, jsep);
	g_string_append_c(out, '\n');
	if (!row->fields->name)
		return;
	g_string_append(out, "| field of `result` | |\n|---|---|\n");
	for (const ims_event_field *field = row->fields; field->name; field++)
		g_string_append_printf(out, "| `%s` | %s |\n", field->name, field->text);
	g_string_append_c(out, '\n');
}

static void print_events(GString *out)
{
	json_t *status = json_pack("{s:o}", "event", json_loads(ims_event_status_row.example, 0, NULL));

	for (int kind = 0; kind < IMS_NEWS_N_KINDS; kind++) {
		json_t *sample = sample_event((ims_news_kind)kind);

		print_event(out, &ims_event_rows[kind], sample);
		json_decref(sample);
	}
	print_event(out, &ims_event_status_row, status);
	json_decref(status);
}

static void print_admin(GString *out)
{
	for (const ims_admin_row *row = ims_admin_rows; row->name; row++) {
		g_string_append_printf(out, "### Admin: `%s`\n\n%s.\n\n    %s\n    %s\n\n", row->name,
				       row->text, row->example, row->answer);
		print_fields(out, row->fields);
	}
}

static void print_alarms(GString *out)
{
	g_string_append(out, "| alarm | |\n|---|---|\n");
	for (ims_alarm_cause cause = 0; cause < IMS_ALARM_N_CAUSES; cause++)
		g_string_append_printf(out, "| `%s` | %s |\n", ims_alarm_name(cause), ims_alarm_text(cause));
}

static void print_errors(GString *out)
{
	static const struct {
		int number;
		const char *text;
	} errors[] = {
#define X(code, number, text) { number, text },
		IMS_ERRORS(X)
#undef X
	};

	g_string_append(out, "| number | |\n|---|---|\n");
	for (gsize i = 0; i < G_N_ELEMENTS(errors); i++)
		g_string_append_printf(out, "| %d | %s |\n", errors[i].number, errors[i].text);
}

/* The file */

static const struct {
	const char *name;
	void (*print)(GString *out);
} parts[] = {
	{ "requests", print_requests },    { "events", print_events }, { "errors", print_errors },
	{ "admin requests", print_admin }, { "alarms", print_alarms },
};

#define END_MARK "<!-- end -->"

/* What stands between the mark and the end; FALSE: the file has no such marks. */
static gboolean replace_part(GString *text, const char *name, const char *fresh)
{
	g_autofree char *mark = g_strdup_printf("<!-- from the tables: %s -->\n", name);
	char *begin = strstr(text->str, mark);
	char *end = begin ? strstr(begin, END_MARK) : NULL;
	gssize at;

	if (!end) {
		fprintf(stderr, "no marks around '%s'\n", name);
		return FALSE;
	}
	at = begin - text->str + (gssize)strlen(mark);
	g_string_erase(text, at, end - text->str - at);
	g_string_insert(text, at, fresh);
	return TRUE;
}

static char *renewed(const char *old)
{
	GString *text = g_string_new(old);
	gboolean good = TRUE;

	for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
		g_autoptr(GString) fresh = g_string_new("\n");

		parts[i].print(fresh);
		good &= replace_part(text, parts[i].name, fresh->str);
	}
	return g_string_free(text, !good);
}

static int manual(const char *path, gboolean check_only)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *old = NULL, *fresh = NULL;

	if (!check_events())
		return 1;
	if (!g_file_get_contents(path, &old, NULL, &error)) {
		fprintf(stderr, "%s\n", error->message);
		return 1;
	}
	fresh = renewed(old);
	if (!fresh)
		return 1;
	if (strcmp(old, fresh) == 0)
		return 0;
	if (check_only) {
		fprintf(stderr, "%s is not what the tables say: make docs\n", path);
		return 1;
	}
	return g_file_set_contents(path, fresh, -1, NULL) ? 0 : 1;
}

/* For the tests */

static json_t *json_of_fields(const ims_field *rows)
{
	json_t *fields = json_object();

	for (const ims_field *field = rows; field->name; field++)
		json_object_set_new(fields, field->name,
				    json_pack("{s:s, s:b, s:I, s:I, s:s?}", "type", type_names[field->type],
					      "required", field->presence == IMS_REQUIRED, "min", field->min,
					      "max", field->max, "allowed", field->allowed));
	return fields;
}

static json_t *json_of_request(const ims_api_row *row)
{
	return json_pack("{s:s?, s:o, s:o}", "jsep", row->jsep, "example", json_loads(row->example, 0, NULL),
			 "fields", json_of_fields(row->fields));
}

static json_t *json_of_event(const ims_event_row *row)
{
	json_t *fields = json_array();

	for (const ims_event_field *field = row->fields; field->name; field++)
		json_array_append_new(fields, json_string(field->name));
	return json_pack("{s:s?, s:o}", "jsep", row->jsep, "fields", fields);
}

static json_t *json_of_admin(void)
{
	json_t *requests = json_object();

	for (const ims_admin_row *row = ims_admin_rows; row->name; row++)
		json_object_set_new(requests, row->name,
				    json_pack("{s:o, s:o}", "example", json_loads(row->example, 0, NULL),
					      "fields", json_of_fields(row->fields)));
	return requests;
}

static int print_tables(void)
{
	json_t *requests = json_object(), *events = json_object(), *all;

	for (const ims_api_row *row = ims_api_rows; row->name; row++)
		json_object_set_new(requests, row->name, json_of_request(row));
	for (int kind = 0; kind < IMS_NEWS_N_KINDS; kind++)
		json_object_set_new(events, ims_event_rows[kind].name, json_of_event(&ims_event_rows[kind]));
	json_object_set_new(events, ims_event_status_row.name, json_of_event(&ims_event_status_row));
	all = json_pack("{s:o, s:o, s:o}", "requests", requests, "events", events, "admin", json_of_admin());
	json_dumpf(all, stdout, JSON_INDENT(1));
	json_decref(all);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--json") == 0)
		return print_tables();
	if (argc == 3 && strcmp(argv[1], "--check") == 0)
		return manual(argv[2], TRUE);
	if (argc == 2 && argv[1][0] != '-')
		return manual(argv[1], FALSE);
	fprintf(stderr, "usage: ims-api-manual [--check] FILE | --json\n");
	return 2;
}
