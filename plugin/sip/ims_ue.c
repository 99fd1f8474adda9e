#include "sip/ims_ue.h"

char *ims_ue_register_headers(gboolean gruu)
{
	return g_strdup(gruu ? "Supported: path, gruu" : "Supported: path");
}

char *ims_ue_originating_headers(const char *preferred)
{
	return preferred ? g_strdup_printf("P-Preferred-Identity: <%s>", preferred) : NULL;
}
