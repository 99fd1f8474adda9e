/* sipws_failures.h: what a failure of Janus or of the plugin is in SIP. Two tables. Pure. */
#pragma once
#include "janus/sipws_janus.h"

/* code: error.code of Janus (apierror.h); static. */
const sipws_failure *sipws_failure_of_janus(int code);
/* code, text: error_code and error of the plugin (docs/api.md); text is borrowed. */
sipws_failure sipws_failure_of_plugin(int code, const char *text);

enum { /* of Janus, that mean something to us */
       SIPWS_JANUS_NO_SESSION = 458,
       SIPWS_JANUS_NO_HANDLE = 459,
       SIPWS_JANUS_PEER_CONNECTION = 471, /* the one before is still there */
       SIPWS_JANUS_UNKNOWN = 490,         /* among others: it was going in that moment */
};
