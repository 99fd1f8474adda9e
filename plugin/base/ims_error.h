/* ims_error.h: every error a user may hear: its code, its wire number, its general sentence.
 *
 * A function that can fail for such a reason takes a GError ** last; the message says what and
 * where. api/ turns it into JSON once. The numbers 440 to 499 are those of janus.plugin.sip, as
 * pages written for it compare them; ours start at 460. */
#pragma once
#include <glib.h>

/* clang-format off */
#define IMS_ERRORS(X)                                                                  \
	X(IMS_E_UNKNOWN,            499, "Unknown error")                              \
	X(IMS_E_NO_MESSAGE,         440, "No message")                                 \
	X(IMS_E_INVALID_JSON,       441, "The message is not a JSON object")           \
	X(IMS_E_INVALID_REQUEST,    442, "Unknown request")                            \
	X(IMS_E_MISSING_ELEMENT,    443, "A mandatory element is missing")             \
	X(IMS_E_INVALID_ELEMENT,    444, "An element has the wrong form")              \
	X(IMS_E_ALREADY_REGISTERED, 445, "Already registered")                         \
	X(IMS_E_INVALID_ADDRESS,    446, "Not a usable address")                       \
	X(IMS_E_WRONG_STATE,        447, "Not possible in the current state")          \
	X(IMS_E_MISSING_SDP,        448, "A session description is missing")           \
	X(IMS_E_SIP,                449, "The SIP stack failed")                       \
	X(IMS_E_IO,                 450, "Input or output failed")                     \
	X(IMS_E_RECORDING,          451, "This cannot be recorded")                    \
	X(IMS_E_TOO_STRICT,         452, "SRTP is mandatory, and there is none")      \
	X(IMS_E_HELPER,             453, "Not possible for a helper")                  \
	X(IMS_E_NO_SUCH_CALL_ID,    454, "No such call")                               \
	X(IMS_E_NO_SUCH_STREAM,     455, "No such stream")                             \
	X(IMS_E_BAD_CHALLENGE,      460, "The network's challenge is unusable")        \
	X(IMS_E_NETWORK_REFUSED,    461, "The client may not choose this network")     \
	X(IMS_E_BAD_SDP,            462, "The session description is unusable")        \
	X(IMS_E_NO_COMMON_MEDIA,    463, "No common codec")                            \
	X(IMS_E_EMERGENCY,          464, "Emergency calls are not served here")        \
	X(IMS_E_LIMIT,              465, "A limit of this gateway is reached")         \
	X(IMS_E_CONFIG,             466, "The configuration is wrong")                 \
	X(IMS_E_BAD_TOKEN,          467, "The flow token is not ours")                 \
	X(IMS_E_UNSUPPORTED,        468, "Not supported")                              \
	X(IMS_E_IDENTITY_REFUSED,   469, "Not an identity of this user")               \
	X(IMS_E_NOT_ALLOWED,        470, "The operator of this gateway does not allow it") \
	X(IMS_E_PRECONDITION,       471, "What the caller insists on cannot be met")
/* clang-format on */

typedef enum {
#define X(code, number, text) code,
	IMS_ERRORS(X)
#undef X
} ims_error_code;

#define IMS_ERROR ims_error_quark()
GQuark ims_error_quark(void);

int ims_error_number(const GError *error);       /* wire number; 499 for foreign domains */
const char *ims_error_text(ims_error_code code); /* the general sentence */
