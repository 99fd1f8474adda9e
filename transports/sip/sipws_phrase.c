#include "sip/sipws_phrase.h"

#include <sofia-sip/sip_status.h>

const char *sipws_phrase(guint status)
{
	const char *phrase = sip_status_phrase((int)status);

	return phrase ? phrase : "";
}
