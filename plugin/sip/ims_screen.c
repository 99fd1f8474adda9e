#include "sip/ims_screen.h"

#include "sip/ims_role.h"
#include "sip/ims_sip_read.h"

/* A P-CSCF serves it by what Privacy makes it withhold (RFC 3323 5). */
#define KNOWN_AS_PROXY "privacy, " IMS_SUPPORTED

/* Unsupported names just those that are not known, out of both headers. */
static int refuse_extensions(nta_incoming_t *request, const sip_t *sip, const ims_network *network)
{
	su_home_t home[1] = { SU_HOME_INIT(home) };
	const sip_supported_t *known = sip_supported_make(home, IMS_SUPPORTED);
	const sip_supported_t *known_as_proxy = sip_supported_make(home, KNOWN_AS_PROXY);
	const sip_unsupported_t *unknown = sip_has_unsupported(home, known, sip->sip_require);
	const sip_unsupported_t *unknown_to_proxy =
		ims_role_is_proxy(network)
			? sip_has_unsupported(home, known_as_proxy, (sip_require_t *)sip->sip_proxy_require)
			: NULL;
	int status = unknown || unknown_to_proxy ? 420 : 0;

	if (status)
		nta_incoming_treply(request, SIP_420_BAD_EXTENSION, SIPTAG_UNSUPPORTED(unknown),
				    SIPTAG_UNSUPPORTED(unknown_to_proxy), SIPTAG_SUPPORTED_STR(IMS_SUPPORTED),
				    TAG_END());
	su_home_deinit(home);
	return status;
}

static gboolean is_encoded(const sip_t *sip)
{
	const sip_content_encoding_t *encoding = sip->sip_content_encoding;

	for (gsize i = 0; encoding && encoding->k_items && encoding->k_items[i]; i++)
		if (g_ascii_strcasecmp(encoding->k_items[i], "identity") != 0)
			return TRUE;
	return FALSE;
}

int ims_screen(nta_incoming_t *request, const sip_t *sip, const ims_network *network)
{
	int refused = refuse_extensions(request, sip, network);

	if (refused || !is_encoded(sip))
		return refused;
	nta_incoming_treply(request, SIP_415_UNSUPPORTED_MEDIA, SIPTAG_ACCEPT_ENCODING_STR("identity"),
			    TAG_END());
	return 415;
}

static int refuse(nta_incoming_t *request, int status, const char *phrase)
{
	nta_incoming_treply(request, status, phrase, TAG_END());
	return status;
}

int ims_screen_body(nta_incoming_t *request, const sip_t *sip, gsize max)
{
	gsize length = sip->sip_payload ? sip->sip_payload->pl_len : 0;

	if (length > max)
		return refuse(request, SIP_413_REQUEST_TOO_LARGE);
	if (length > 0 && !sip->sip_content_type)
		return refuse(request, 400, "Content-Type is missing");
	return 0;
}

int ims_screen_refuse_method(nta_incoming_t *request, const sip_t *sip)
{
	gboolean is_known = sip->sip_request->rq_method != sip_method_unknown;
	int status = is_known ? 405 : 501;

	nta_incoming_treply(request, status, sip_status_phrase(status), SIPTAG_ALLOW_STR(IMS_ALLOW),
			    TAG_END());
	return status;
}

int ims_screen_package(nta_incoming_t *request, const sip_t *sip)
{
	if (!ims_sip_read_header(sip, "Info-Package"))
		return 0;
	nta_incoming_treply(request, 469, "Bad Info Package", SIPTAG_HEADER_STR("Recv-Info:"), TAG_END());
	return 469;
}

int ims_screen_answer_options(nta_incoming_t *request)
{
	nta_incoming_treply(request, SIP_200_OK, SIPTAG_ALLOW_STR(IMS_ALLOW),
			    SIPTAG_ACCEPT_STR("application/sdp"), SIPTAG_ACCEPT_ENCODING_STR("identity"),
			    SIPTAG_SUPPORTED_STR(IMS_SUPPORTED), TAG_END());
	return 200;
}
