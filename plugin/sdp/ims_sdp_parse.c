/* ims_sdp_parse.c: text to values, one reader for each type of line.
 *
 * Strict where a mistake would change who sends what where (o=, c=, m=, rtpmap, rtcp), deaf to what
 * it does not know. Text we may print again later can hold no control characters, and is UTF-8:
 * a hidden CR could be a line end for the next one who reads it, and JSON takes nothing else. */
#include "base/ims_error.h"
#include "sdp/internal.h"
#include <string.h>

#define MAX_TOKEN 64

typedef struct {
	ims_sdp *sdp;
	ims_sdp_media *media;    /* the m-line being read; NULL: still at session level */
	ims_direction direction; /* of the session */
	guint line;              /* counted from 1 */
	gboolean version_seen;
} parser;

static gboolean bad(const parser *p, GError **error, const char *what)
{
	g_set_error(error, IMS_ERROR, IMS_E_BAD_SDP, "SDP line %u: %s", p->line, what);
	return FALSE;
}

/* A word we may repeat to others: printable ASCII, not endless. */
static gboolean is_token(const char *word)
{
	gsize length = strnlen(word, MAX_TOKEN + 1);

	for (gsize i = 0; i < length; i++) {
		if (!g_ascii_isgraph(word[i]))
			return FALSE;
	}
	return length > 0 && length <= MAX_TOKEN;
}

/* In place: words that one separator is between, so that some may be empty; what is beyond `most` stays with
 * the last one. -> how many there are */
static guint cut(char *text, char separator, char **ret_words, guint most)
{
	guint count = 0;

	while (text && (count > 0 || *text) && count < most) {
		ret_words[count++] = text;
		text = strchr(text, separator);
		if (text && count < most)
			*text++ = '\0';
	}
	return count;
}

static gboolean read_number(const char *word, guint min, guint max, guint *ret_number)
{
	guint64 number;

	if (!g_ascii_string_to_unsigned(word, 10, min, max, &number, NULL))
		return FALSE;
	*ret_number = (guint)number;
	return TRUE;
}

static void replace(char **member, const char *value)
{
	g_free(*member);
	*member = g_strdup(value);
}

static gboolean read_version(parser *p, char *value, GError **error)
{
	if (strcmp(value, "0") != 0)
		return bad(p, error, "v= is not 0");
	p->version_seen = TRUE;
	return TRUE;
}

static gboolean read_origin(parser *p, char *value, GError **error)
{
	char *word[7];
	ims_sdp *sdp = p->sdp;

	if (sdp->username)
		return bad(p, error, "a second o=");
	if (cut(value, ' ', word, G_N_ELEMENTS(word)) != 6)
		return bad(p, error, "o= needs six words");
	for (guint i = 0; i < 6; i++) {
		if (*word[i] == '\0')
			return bad(p, error, "o= has an empty word");
	}
	sdp->username = g_strdup(word[0]);
	sdp->session_id = g_strdup(word[1]);
	sdp->session_version = g_strdup(word[2]);
	sdp->origin_address = g_strdup(word[5]);
	return TRUE;
}

static gboolean read_name(parser *p, char *value, GError **error G_GNUC_UNUSED)
{
	replace(&p->sdp->name, *value ? value : "-"); /* "s= " is legal and says nothing */
	return TRUE;
}

static gboolean read_connection(parser *p, char *value, GError **error)
{
	char *word[4];

	if (cut(value, ' ', word, G_N_ELEMENTS(word)) != 3 || !is_token(word[2]))
		return bad(p, error, "c= needs three words");
	if (g_ascii_strcasecmp(word[0], "IN") != 0)
		return bad(p, error, "c= is not of the Internet");
	replace(p->media ? &p->media->address : &p->sdp->address, word[2]);
	return TRUE;
}

static gboolean read_bandwidth(parser *p, char *value, GError **error G_GNUC_UNUSED)
{
	if (p->media)
		g_ptr_array_add(p->media->bandwidths, g_strdup(value));
	return TRUE;
}

static ims_media_kind kind_of(const char *media)
{
	static const char *const words[] = { [IMS_MEDIA_AUDIO] = "audio",
					     [IMS_MEDIA_VIDEO] = "video",
					     [IMS_MEDIA_TEXT] = "text",
					     [IMS_MEDIA_MESSAGE] = "message",
					     [IMS_MEDIA_APPLICATION] = "application" };

	for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
		if (g_ascii_strcasecmp(media, words[i]) == 0)
			return (ims_media_kind)i;
	}
	return IMS_MEDIA_OTHER;
}

static ims_sdp_codec *find_pt(const ims_sdp_media *media, guint pt)
{
	for (guint i = 0; i < media->codecs->len; i++) {
		ims_sdp_codec *codec = media->codecs->pdata[i];

		if (codec->pt == pt)
			return codec;
	}
	return NULL;
}

/* One codec for each payload type; names come later, with a=rtpmap or from RFC 3551. */
static gboolean read_payload_types(parser *p, GError **error)
{
	g_auto(GStrv) word = g_strsplit(p->media->formats, " ", -1);
	GPtrArray *codecs = p->media->codecs;

	for (guint i = 0; word[i]; i++) {
		guint pt;

		if (*word[i] == '\0')
			continue;
		if (!read_number(word[i], 0, 127, &pt)) {
			if (p->media->port == 0)
				continue; /* refused: some write anything here */
			return bad(p, error, "a payload type is not a number from 0 to 127");
		}
		if (find_pt(p->media, pt))
			continue;
		if (codecs->len == IMS_SDP_MAX_CODECS)
			return bad(p, error, "too many payload types");
		g_ptr_array_add(codecs, ims_sdp_codec_new((guint8)pt, NULL, 0, 0, NULL));
	}
	return TRUE;
}

/* The m-line read so far is complete: what still has no name is of no use to anybody. */
static void finish_media(parser *p)
{
	ims_sdp_media *media = p->media;

	if (!media)
		return;
	for (guint i = media->codecs->len; i > 0; i--) {
		ims_sdp_codec *codec = media->codecs->pdata[i - 1];

		if (!codec->name && !ims_sdp_codec_fill_static(codec, media->kind))
			g_ptr_array_remove_index(media->codecs, i - 1);
	}
	if (media->port == 0) {
		media->rtcp_port = 0;
		g_clear_pointer(&media->rtcp_address, g_free);
	} else if (media->rtcp_port == 0 && media->port < 65535) {
		media->rtcp_port = media->port + 1;
	}
}

static gboolean read_media(parser *p, char *value, GError **error)
{
	char *word[4];
	guint words = cut(value, ' ', word, G_N_ELEMENTS(word)), port;
	ims_sdp_media *media;

	if (words < 3 || !is_token(word[0]) || !is_token(word[2]))
		return bad(p, error, "m= needs media, port, protocol and formats");
	word[1][strcspn(word[1], "/")] = '\0'; /* "5004/2": a number of ports means nothing in RTP */
	if (!read_number(word[1], 0, 65535, &port))
		return bad(p, error, "m= has no port from 0 to 65535");
	if (p->sdp->media->len == IMS_SDP_MAX_MEDIA)
		return bad(p, error, "too many m= lines");

	finish_media(p);
	media = p->media = ims_sdp_media_new(kind_of(word[0]), word[0], word[2]);
	g_ptr_array_add(p->sdp->media, media);
	media->port = port;
	media->direction = p->direction;
	media->address = g_strdup(p->sdp->address);
	media->formats = g_strdup(words > 3 ? g_strstrip(word[3]) : "");
	if (*media->formats == '\0') {
		if (port != 0)
			return bad(p, error, "m= has no formats");
		replace(&media->formats, ims_sdp_media_is_rtp(media) ? "0" : "*");
	}
	return !ims_sdp_media_is_rtp(media) || read_payload_types(p, error);
}

/* "96 opus/48000/2" */
static gboolean read_rtpmap(parser *p, char *value, GError **error)
{
	char *word[3], *part[4];
	guint words = cut(value, ' ', word, G_N_ELEMENTS(word));
	guint parts = words > 1 ? cut(word[1], '/', part, G_N_ELEMENTS(part)) : 0;
	ims_sdp_codec *codec;
	guint pt, clock_hz, channels = 1;

	if (words == 0 || !read_number(word[0], 0, 127, &pt) || !(codec = find_pt(p->media, pt)))
		return TRUE;
	if (codec->name)
		return TRUE; /* said twice: the first counts */
	if (parts < 2 || !is_token(part[0]))
		return bad(p, error, "a=rtpmap needs name and clock rate");
	if (!read_number(part[1], 1, 10 * 1000 * 1000, &clock_hz))
		return bad(p, error, "a=rtpmap has no usable clock rate");
	if (parts > 2 && !read_number(part[2], 1, 255, &channels))
		return bad(p, error, "a=rtpmap has no usable number of channels");
	codec->name = g_strdup(part[0]);
	codec->clock_hz = clock_hz;
	codec->channels = channels;
	return TRUE;
}

/* "111 minptime=10;useinbandfec=1" */
static gboolean read_fmtp(parser *p, char *value, GError **error G_GNUC_UNUSED)
{
	char *parameters = strchr(value, ' ');
	ims_sdp_codec *codec;
	guint pt;

	if (!parameters)
		return TRUE;
	*parameters++ = '\0';
	if (!read_number(value, 0, 127, &pt) || !(codec = find_pt(p->media, pt)))
		return TRUE;
	g_strstrip(parameters);
	if (!codec->fmtp && *parameters)
		codec->fmtp = g_strdup(parameters);
	return TRUE;
}

/* "53020" or "53020 IN IP4 126.16.64.4" (RFC 3605) */
static gboolean read_rtcp(parser *p, char *value, GError **error)
{
	char *word[5];
	guint words = cut(value, ' ', word, G_N_ELEMENTS(word));
	guint port;

	if ((words != 1 && words != 4) || !read_number(word[0], 1, 65535, &port))
		return bad(p, error, "a=rtcp has no usable port");
	if (words == 4 && !is_token(word[3]))
		return bad(p, error, "a=rtcp has no usable address");
	p->media->rtcp_port = port;
	if (words == 4)
		replace(&p->media->rtcp_address, word[3]);
	return TRUE;
}

static gboolean read_mid(parser *p, char *value, GError **error)
{
	if (!is_token(value))
		return bad(p, error, "a=mid is not a token");
	replace(&p->media->mid, value);
	return TRUE;
}

static gboolean read_direction(parser *p, const char *name)
{
	static const struct {
		const char *name;
		ims_direction direction;
	} words[] = { { "sendrecv", IMS_DIR_SENDRECV },
		      { "sendonly", IMS_DIR_SENDONLY },
		      { "recvonly", IMS_DIR_RECVONLY },
		      { "inactive", IMS_DIR_INACTIVE } };

	for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
		if (strcmp(name, words[i].name) != 0)
			continue;
		*(p->media ? &p->media->direction : &p->direction) = words[i].direction;
		return TRUE;
	}
	return FALSE;
}

static gboolean read_attribute(parser *p, char *name, GError **error)
{
	static const struct {
		const char *name;
		gboolean rtp_only;
		gboolean (*read)(parser *p, char *value, GError **error);
	} known[] = { { "rtpmap", TRUE, read_rtpmap },
		      { "fmtp", TRUE, read_fmtp },
		      { "rtcp", TRUE, read_rtcp },
		      { "mid", FALSE, read_mid } };
	char *value = strchr(name, ':');

	if (value)
		*value++ = '\0';
	if (!is_token(name))
		return bad(p, error, "a= has no usable name");
	if (!value && read_direction(p, name))
		return TRUE;
	for (gsize i = 0; p->media && i < G_N_ELEMENTS(known); i++) {
		if (strcmp(name, known[i].name) != 0 ||
		    (known[i].rtp_only && !ims_sdp_media_is_rtp(p->media)))
			continue;
		return value ? known[i].read(p, value, error) : bad(p, error, "this a= needs a value");
	}
	ims_sdp_attribute_add(p->media ? p->media->attributes : p->sdp->attributes, name, value);
	return TRUE;
}

static gboolean read_line(parser *p, char *text, GError **error)
{
	static const struct {
		char type;
		gboolean (*read)(parser *p, char *value, GError **error);
	} readers[] = { { 'v', read_version },    { 'o', read_origin },    { 's', read_name },
			{ 'c', read_connection }, { 'b', read_bandwidth }, { 'm', read_media },
			{ 'a', read_attribute } };

	if (text[0] == '\0')
		return TRUE;
	if (!g_ascii_isalpha(text[0]) || text[1] != '=')
		return bad(p, error, "not of the form x=");
	if (!p->version_seen && text[0] != 'v')
		return bad(p, error, "v=0 must come first");
	for (gsize i = 0; i < G_N_ELEMENTS(readers); i++) {
		if (text[0] == readers[i].type)
			return readers[i].read(p, g_strchomp(text + 2), error);
	}
	return TRUE;
}

static gboolean check_line(const parser *p, char *text, GError **error)
{
	gsize length = strlen(text);

	if (length > 0 && text[length - 1] == '\r')
		text[--length] = '\0';
	for (gsize i = 0; i < length; i++) {
		if (g_ascii_iscntrl(text[i]) && text[i] != '\t')
			return bad(p, error, "a control character");
	}
	return TRUE;
}

static gboolean check_text(const char *text, GError **error)
{
	gsize length = strnlen(text, IMS_SDP_MAX_BYTES + 1);

	if (length > IMS_SDP_MAX_BYTES) {
		g_set_error(error, IMS_ERROR, IMS_E_BAD_SDP, "SDP is over %d bytes", IMS_SDP_MAX_BYTES);
		return FALSE;
	}
	if (!g_utf8_validate(text, (gssize)length, NULL)) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_BAD_SDP, "SDP is not UTF-8");
		return FALSE;
	}
	return TRUE;
}

ims_sdp *ims_sdp_parse(const char *text, GError **error)
{
	g_autoptr(ims_sdp) sdp = ims_sdp_new();
	parser p = { .sdp = sdp, .direction = IMS_DIR_SENDRECV };
	g_autofree char *copy = NULL;

	if (!check_text(text, error))
		return NULL;
	copy = g_strdup(text);
	for (char *line = copy, *end; line; line = end ? end + 1 : NULL) {
		end = strchr(line, '\n');
		if (end)
			*end = '\0';
		if (++p.line > IMS_SDP_MAX_LINES && *line) {
			bad(&p, error, "too many lines");
			return NULL;
		}
		if (!check_line(&p, line, error) || !read_line(&p, line, error))
			return NULL;
	}
	finish_media(&p);
	if (!sdp->username) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_BAD_SDP, "SDP has no o= line");
		return NULL;
	}
	if (!sdp->name)
		sdp->name = g_strdup("-");
	return g_steal_pointer(&sdp);
}
