#include "sip/ims_alternative_service.h"

#include "base/ims_xml.h"

#define MAX_TEXT 256

static char *text_in(const xmlNode *service, const char *name)
{
	return ims_xml_text(ims_xml_child(service, name), MAX_TEXT);
}

ims_alternative_service ims_alternative_service_parse(const char *body, gsize size)
{
	g_autoptr(xmlDoc) doc = ims_xml_parse(body, size);
	const xmlNode *root = ims_xml_child((const xmlNode *)doc, "ims-3gpp");
	const xmlNode *service = ims_xml_child(root, "alternative-service");

	return (ims_alternative_service){ text_in(service, "type"), text_in(service, "reason"),
					  text_in(service, "action") };
}

void ims_alternative_service_clear(ims_alternative_service *service)
{
	g_clear_pointer(&service->type, g_free);
	g_clear_pointer(&service->reason, g_free);
	g_clear_pointer(&service->action, g_free);
}

gboolean ims_alternative_service_is_restoration(const ims_alternative_service *service)
{
	return g_strcmp0(service->type, "restoration") == 0 &&
	       g_strcmp0(service->action, "initial-registration") == 0;
}
