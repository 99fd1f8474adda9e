/* ims_uri.h: SIP and tel URIs as text: are they usable, what is in them. Pure. */
#pragma once
#include <glib.h>

typedef struct {
	char *scheme; /* "sip", "sips", "tel", lower case */
	char *user;   /* NULL: none; for tel the number */
	char *host;   /* NULL for tel */
	guint16 port; /* 0: none */
} ims_uri;

/* IMS_E_INVALID_ADDRESS says what is wrong: empty, over 1024 bytes, control characters or spaces, another
 * scheme than sip, sips, tel (urn is for emergency services only), no host, no number, header part. */
gboolean ims_uri_parse(const char *text, ims_uri *ret_uri, GError **error);
void ims_uri_clear(ims_uri *uri);

/* What somebody calls, as the URI to send: a number as it is dialled becomes a tel: URI, a local number is
 * given the home network `domain` as its phone-context if it has none (24.229 7.2A.10.3); sip: and sips: URIs
 * stay as they are. NULL as ims_uri_parse. Free with g_free. */
char *ims_uri_target(const char *text, const char *domain, GError **error);

/* A parameter that a client wants in the Contact that is registered for it: `name`, or `name=value` when
 * value is not
 * "". IMS_E_INVALID_ELEMENT, beginning with `field`: not of RFC 3261 25.1, longer than 256 bytes, or the
 * edge's own. */
gboolean ims_uri_check_parameter(const char *field, const char *name, const char *value, GError **error);

/* The number or service somebody dials to reach an emergency service (24.229 5.2.10): urn:service:sos and its
 * kin, or one of `numbers` as tel: or as the user part of a SIP URI. Works on any text. */
gboolean ims_uri_is_emergency(const char *text, const GPtrArray *numbers);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ims_uri, ims_uri_clear)

/* A URN (RFC 8141), without parts that go only with resolving it, and without what SIP parsers might take for
 * an end: comma and semicolon. */
gboolean ims_uri_is_urn(const char *text);
