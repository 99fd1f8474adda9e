#include "janus/sipws_failures.h"

/* The client hears nothing of the secrets and plugins of this gateway: its operator does. */
static const struct {
	int code;
	sipws_failure failure;
} of_janus[] = {
	{ 403, { 503, 0, "The gateway is not in service", 0 } }, /* our api_secret or token is wrong */
	{ 405, { 503, 0, "The gateway is not in service", 0 } }, /* ... or not good for the plugin */
	{ 460, { 503, 0, "The gateway is not in service", 0 } }, /* the plugin is not there */
	{ 461, { 503, 0, "The gateway is not in service", 0 } }, /* ... or takes nobody */
	{ 462,
	  { 503, 0, "The gateway is not in service", 0 } }, /* ... or not this handle, for now or any more */
	{ 472, { 503, 0, "The gateway takes nobody for now", 0 } },
	{ SIPWS_JANUS_NO_SESSION, { 503, 0, "The session has ended", 0 } },
	{ SIPWS_JANUS_NO_HANDLE, { 503, 0, "The session has ended", 0 } },
	{ SIPWS_JANUS_PEER_CONNECTION, { 503, 0, "Media of the call before have not ended", 0 } },
	{ SIPWS_JANUS_UNKNOWN, { 503, 0, "No media can be set up", 0 } },
	{ 464, { 488, 0, "The session description is unusable", 0 } },
	{ 465, { 488, 0, "The session description is unusable", 0 } },
	{ 469, { 488, 0, "There is no offer that this answers", 0 } },
};
static const sipws_failure janus_other = { .status = 500, .text = "Janus does not take the request" };

/* By the numbers of base/ims_error.h; what is not here is 500. */
static const struct {
	int code;
	guint status;
} of_plugin[] = {
	{ 443, 400 }, { 444, 400 }, { 446, 404 }, { 447, 480 }, { 448, 488 }, { 452, 488 },
	{ 454, 481 }, { 460, 502 }, { 461, 403 }, { 462, 488 }, { 463, 488 }, { 464, 403 },
	{ 465, 503 }, { 468, 501 }, { 469, 403 }, { 470, 403 }, { 471, 580 },
};

const sipws_failure *sipws_failure_of_janus(int code)
{
	for (guint i = 0; i < G_N_ELEMENTS(of_janus); i++)
		if (of_janus[i].code == code)
			return &of_janus[i].failure;
	return &janus_other;
}

sipws_failure sipws_failure_of_plugin(int code, const char *text)
{
	guint status = 500;

	for (guint i = 0; i < G_N_ELEMENTS(of_plugin); i++)
		if (of_plugin[i].code == code)
			status = of_plugin[i].status;
	return (sipws_failure){ .status = status, .code = code, .text = text };
}
