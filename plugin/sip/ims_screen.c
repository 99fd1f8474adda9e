#include "sip/ims_screen.h"

static int refuse(nta_incoming_t *request, int status, const char *phrase)
{
	nta_incoming_treply(request, status, phrase ? phrase : sip_status_phrase(status),
			    TAG_IF(status == 415, SIPTAG_ACCEPT_ENCODING_STR("identity")), TAG_END());
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

int ims_screen_body(nta_incoming_t *request, const sip_t *sip, gsize max)
{
	int refused = nta_check_required(request, sip, NULL, TAG_END());
	gsize length = sip->sip_payload ? sip->sip_payload->pl_len : 0;

	if (refused)
		return refused;
	if (is_encoded(sip))
		return refuse(request, 415, NULL);
	if (length > max)
		return refuse(request, 413, NULL);
	if (length > 0 && !sip->sip_content_type)
		return refuse(request, 400, "Content-Type is missing");
	return 0;
}
