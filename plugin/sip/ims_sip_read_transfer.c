/* ims_sip_read_transfer.c: what a request says of a transfer: Refer-To, Replaces, Referred-By, Target-Dialog.
 */
#include "sip/ims_refer_to.h"
#include "sip/ims_sip_read.h"

/* It is there more often than once, or malformed: the parser keeps what it does not take apart. */
static gboolean is_odd(const sip_t *sip, msg_hclass_t *header)
{
	for (const sip_error_t *e = sip->sip_error; e; e = e->er_next)
		if (e->er_common->h_class == header ||
		    (e->er_common->h_class == sip_error_class && e->er_name &&
		     g_ascii_strcasecmp(e->er_name, header->hc_name) == 0))
			return TRUE;
	return FALSE;
}

/* Refer-To without what is in its URI beyond the URI itself, which is told apart. */
static void read_refer_to(const sip_t *sip, ims_sip_news *news)
{
	const sip_refer_to_t *refer_to = sip->sip_refer_to;
	char method[32];
	url_t url;

	if (!refer_to || is_odd(sip, sip_refer_to_class)) /* exactly one (RFC 3515 2.1) */
		return;
	url = *refer_to->r_url;
	if (url.url_headers)
		news->replaces = ims_refer_to_header(url.url_headers, "Replaces");
	if (url.url_params && url_param(url.url_params, "method", method, sizeof(method)) > 0 &&
	    g_ascii_strcasecmp(method, "INVITE") != 0)
		news->refer_method = g_strdup(method);
	url.url_headers = NULL;
	news->refer_to = ims_url_text(&url);
}

/* Of several none is meant (RFC 3891 3). */
static char *replaces_of(const sip_t *sip)
{
	return is_odd(sip, sip_replaces_class) ? g_strdup("") : ims_sip_header_text(sip->sip_replaces);
}

void ims_sip_read_transfer(const sip_t *sip, ims_sip_news *news)
{
	news->referred_by = ims_sip_header_text(sip->sip_referred_by);
	news->target_dialog = g_strdup(ims_sip_read_header(sip, "Target-Dialog"));
	if (sip->sip_request->rq_method == sip_method_invite)
		news->replaces = replaces_of(sip);
	else if (sip->sip_request->rq_method == sip_method_refer)
		read_refer_to(sip, news);
}
