/* ims_invite_request.c: requests of ours inside the call that change nothing about it. */
#include "sip/ims_headers.h"
#include "sip/ims_invite_internal.h"

void ims_invite_info(ims_invite *invite, const char *content_type, GBytes *body, const char *headers)
{
	g_autofree char *lines = ims_header_join(headers, invite->later_headers);

	if (invite->confirmed && !invite->over)
		ims_inside_tell(invite->confirmed, &(ims_inside_request){ .method = "INFO",
									  .contact = invite->contact,
									  .headers = lines,
									  .content_type = content_type,
									  .body = body });
}
