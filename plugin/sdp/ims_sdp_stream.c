/* ims_sdp_stream.c: what one m-line agreed on, gathered for media/. */
#include "base/ims_error.h"
#include "sdp/ims_sdp_codec.h"
#include "sdp/internal.h"
#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#define HELD_ADDRESS "0.0.0.0"

void ims_sdp_stream_init(ims_sdp_stream *stream, ims_media_kind kind, guint mline)
{
	memset(stream, 0, sizeof(*stream));
	memset(stream->to_core, -1, sizeof(stream->to_core));
	memset(stream->to_browser, -1, sizeof(stream->to_browser));
	stream->kind = kind;
	stream->mline = mline;
	stream->browser_pt = -1;
	stream->dtmf_pt = -1;
	stream->ptime_ms = 20;
}

int ims_sdp_address_family(const char *address)
{
	return strchr(address, ':') ? AF_INET6 : AF_INET;
}

static gboolean is_multicast(int family, const struct in6_addr *raw)
{
	return family == AF_INET6 ? IN6_IS_ADDR_MULTICAST(raw) : raw->s6_addr[0] >= 224;
}

static gboolean is_held(const char *address)
{
	struct in6_addr raw = { 0 };

	return inet_pton(ims_sdp_address_family(address), address, &raw) == 1 &&
	       IN6_IS_ADDR_UNSPECIFIED(&raw);
}

ims_direction ims_sdp_core_direction(const ims_sdp_media *core)
{
	if (core->address && is_held(core->address)) /* hold as in RFC 2543 */
		return core->direction & IMS_DIR_SENDONLY;
	return core->direction;
}

static gboolean refuse(GError **error, guint mline, const char *address, const char *why)
{
	g_set_error(error, IMS_ERROR, IMS_E_BAD_SDP, "m-line %u: address %s %s", mline, address, why);
	return FALSE;
}

static gboolean copy_address(char ret_address[64], const char *address, guint mline, int family,
			     GError **error)
{
	int own = ims_sdp_address_family(address);
	struct in6_addr raw = { 0 }; /* large enough for both families */

	if (inet_pton(own, address, &raw) != 1)
		return refuse(error, mline, address, "is not numeric");
	if (own == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&raw))
		return refuse(error, mline, address, "is IPv4 in disguise");
	if (is_multicast(own, &raw))
		return refuse(error, mline, address, "is multicast or broadcast");
	if (IN6_IS_ADDR_UNSPECIFIED(&raw)) {
		g_strlcpy(ret_address, HELD_ADDRESS, 64);
		return TRUE;
	}
	if (family != IMS_SDP_ANY_FAMILY && family != own)
		return refuse(error, mline, address, "is of another IP version than ours");
	inet_ntop(own, &raw, ret_address, 64);
	return TRUE;
}

/* RFC 4566 6: what a side would like to receive; odd wishes are left aside. */
guint ims_sdp_ptime_ms(const ims_sdp_media *media)
{
	const char *value = ims_sdp_attribute_value(media->attributes, "ptime");
	guint64 ptime_ms;

	if (value && g_ascii_string_to_unsigned(value, 10, 10, 60, &ptime_ms, NULL) && ptime_ms % 10 == 0)
		return (guint)ptime_ms;
	return 20;
}

guint ims_sdp_maxptime_ms(const ims_sdp_media *media)
{
	const char *value = ims_sdp_attribute_value(media->attributes, "maxptime");
	guint64 most_ms;

	if (value && g_ascii_string_to_unsigned(value, 10, 10, 1000, &most_ms, NULL))
		return (guint)most_ms;
	return 0;
}

gboolean ims_sdp_stream_set_remote(ims_sdp_stream *stream, const ims_sdp_media *core, int family,
				   GError **error)
{
	const char *rtcp_address = core->rtcp_address ? core->rtcp_address : core->address;

	if (!core->address) {
		g_set_error(error, IMS_ERROR, IMS_E_BAD_SDP, "m-line %u: no c= for it", stream->mline);
		return FALSE;
	}
	if (core->port == 0 || core->rtcp_port == 0) {
		g_set_error(error, IMS_ERROR, IMS_E_BAD_SDP, "m-line %u: no port for RTCP", stream->mline);
		return FALSE;
	}
	if (!copy_address(stream->address, core->address, stream->mline, family, error) ||
	    !copy_address(stream->rtcp_address, rtcp_address, stream->mline, family, error))
		return FALSE;
	stream->port = (guint16)core->port;
	stream->rtcp_port = (guint16)core->rtcp_port;
	stream->ptime_ms = ims_sdp_ptime_ms(core);
	stream->rtcp_bps = ims_sdp_rtcp_bps(core);
	return TRUE;
}

/* The core's codec, as numbered in its own description, and the browser's number for it. */
void ims_sdp_stream_add_codec(ims_sdp_stream *stream, const ims_sdp_codec *codec, guint8 browser_pt)
{
	stream->to_core[browser_pt] = codec->pt;
	if (stream->clock_hz != 0 || !ims_sdp_codec_is_relayed(codec))
		return;
	stream->clock_hz = codec->clock_hz;
	stream->browser_pt = browser_pt;
	g_strlcpy(stream->codec, codec->name, sizeof(stream->codec));
}

/* After the codecs: an event at the clock of the audio is best, the first of the others will do. */
void ims_sdp_stream_offer_dtmf(ims_sdp_stream *stream, const ims_sdp_codec *event)
{
	gboolean better = event->clock_hz == stream->clock_hz && stream->dtmf_clock_hz != stream->clock_hz;

	if (stream->dtmf_pt >= 0 && !better)
		return;
	stream->dtmf_pt = event->pt;
	stream->dtmf_clock_hz = event->clock_hz;
}

/* The browser's event at the clock of its audio, else any; -1: it has none. */
static gint16 browser_event(const ims_sdp_stream *stream)
{
	gint16 found = -1;

	for (gint16 pt = 0; pt < 128; pt++) {
		if (stream->browser_event_khz[pt] * 1000u == stream->clock_hz)
			return pt;
		if (stream->browser_event_khz[pt] > 0 && found < 0)
			found = pt;
	}
	return found;
}

void ims_sdp_stream_bridge_events(ims_sdp_stream *stream)
{
	gint16 to = browser_event(stream);

	for (guint pt = 0; pt < 128; pt++) {
		if (stream->browser_event_khz[pt] > 0 && stream->to_core[pt] < 0)
			stream->to_core[pt] = stream->dtmf_pt;
		if (stream->core_event_khz[pt] > 0 && stream->to_browser[pt] < 0)
			stream->to_browser[pt] = to;
	}
}

static void clear_keys(gpointer data)
{
	ims_sdp_stream *stream = data;

	ims_srtp_key_clear(&stream->ours);
	ims_srtp_key_clear(&stream->theirs);
}

GArray *ims_sdp_streams_new(void)
{
	GArray *streams = g_array_new(FALSE, FALSE, sizeof(ims_sdp_stream));

	g_array_set_clear_func(streams, clear_keys);
	return streams;
}

GArray *ims_sdp_streams_copy(const GArray *streams)
{
	GArray *copy = ims_sdp_streams_new();

	return g_array_append_vals(copy, streams->data, streams->len);
}

gboolean ims_sdp_streams_check(const GArray *streams, const ims_sdp *theirs, GError **error)
{
	for (guint i = 0; i < streams->len; i++) {
		if (g_array_index(streams, ims_sdp_stream, i).used)
			return TRUE;
	}
	ims_sdp_say_nothing_left(theirs, error);
	return FALSE;
}

/* We receive under the numbers of our own offer, yet some phones send under those of their answer
 * when these differ: known too, where that is not ambiguous. */
void ims_sdp_stream_add_answered(ims_sdp_stream *stream)
{
	for (gint16 pt = 0; pt < 128; pt++) {
		gint16 answered = stream->to_core[pt];

		if (answered >= 0 && stream->to_browser[answered] < 0)
			stream->to_browser[answered] = pt;
	}
}
