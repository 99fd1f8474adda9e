#include "sip/ims_ue.h"

char *ims_ue_register_headers(const char *supported)
{
	return g_strdup_printf("Supported: %s", supported);
}

char *ims_ue_originating_headers(const char *preferred)
{
	return preferred ? g_strdup_printf("P-Preferred-Identity: <%s>", preferred) : NULL;
}
