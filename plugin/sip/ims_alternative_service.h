/* ims_alternative_service.h: bodies of type application/3gpp-ims+xml: what the network wants done instead
 * (24.229 7.6).
 *
 *   <ims-3gpp><alternative-service><type>emergency</type><reason/><action/></alternative-service></ims-3gpp>
 *
 * Pure. */
#pragma once
#include <glib.h>

#define IMS_ALTERNATIVE_SERVICE "application/3gpp-ims+xml"

typedef struct {
	char *type, *reason, *action; /* NULL: not said, or longer than anybody would say it */
} ims_alternative_service;

/* All NULL for whatever else it is, also for what is no XML. */
ims_alternative_service ims_alternative_service_parse(const char *body, gsize size);
void ims_alternative_service_clear(ims_alternative_service *service);
/* The network has lost our registration, and wants a new initial one (24.229 5.1.2A, REQ-20). */
gboolean ims_alternative_service_is_restoration(const ims_alternative_service *service);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ims_alternative_service, ims_alternative_service_clear)
