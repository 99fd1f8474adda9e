/* ims_mail.h: what Janus's threads tell the SIP thread about a handle.
 *
 * Each piece of mail keeps its handle until it has been read, in the order it was sent; after the end of the
 * handle's client it means nothing. Thread: any. */
#pragma once
#include "glue/ims_handles.h"
#include "session/ims_service.h"

void ims_mail_open(ims_service *service, ims_handle *handle, const ims_api_outlet *outlet);
/* Is there room for one more? TRUE: for one, which has to come now. FALSE: too many of this handle wait. */
gboolean ims_mail_may_request(ims_service *service, ims_handle *handle);
void ims_mail_request(ims_service *service, ims_handle *handle, ims_api_request *request); /* takes it over */
void ims_mail_picture_wanted(ims_service *service, ims_handle *handle);
void ims_mail_key_pressed(ims_service *service, ims_handle *handle, char signal, guint duration_ms);
void ims_mail_media_gone(ims_service *service, ims_handle *handle);
/* call_id: that has no PeerConnection; NULL: none. */
void ims_mail_media_failed(ims_service *service, ims_handle *handle, const char *call_id);
void ims_mail_close(ims_service *service, ims_handle *handle);
