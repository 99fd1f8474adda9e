/* ims_invite_request.c: requests of ours inside the call that change nothing about it. */
#include "sip/ims_headers.h"
#include "sip/ims_invite_internal.h"

void ims_invite_info(ims_invite *invite, const char *content_type, const char *body, const char *headers)
{
	g_autofree char *lines = ims_header_join(headers, invite->later_headers);

	if (invite->confirmed && !invite->over)
		ims_dialog_send(invite->confirmed, NULL, SIP_METHOD_INFO, invite->contact, content_type, body,
				lines);
}
