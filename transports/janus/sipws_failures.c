#include "janus/sipws_failures.h"

/* The client hears nothing of the secrets and plugins of this gateway: its operator does. */
static const struct {
	int code;
	sipws_failure failure;
} of_janus[] = {
	{ 403, { 503, 0, "The gateway is not in service" } }, /* our api_secret or token is wrong */
	{ 405, { 503, 0, "The gateway is not in service" } }, /* ... or not good for the plugin */
	{ 460, { 503, 0, "The gateway is not in service" } }, /* the plugin is not there */
	{ 461, { 503, 0, "The gateway is not in service" } }, /* ... or takes nobody */
	{ 462, { 503, 0, "The gateway is not in service" } }, /* ... or not this handle any more */
	{ 472, { 503, 0, "The gateway takes nobody for now" } },
	{ SIPWS_JANUS_NO_SESSION, { 503, 0, "The session has ended" } },
	{ SIPWS_JANUS_NO_HANDLE, { 503, 0, "The session has ended" } },
	{ SIPWS_JANUS_PEER_CONNECTION, { 503, 0, "Media of the call before have not ended" } },
	{ SIPWS_JANUS_UNKNOWN, { 503, 0, "No media can be set up" } },
	{ 464, { 488, 0, "The session description is unusable" } },
	{ 465, { 488, 0, "The session description is unusable" } },
	{ 469, { 488, 0, "There is no offer that this answers" } },
};
static const sipws_failure janus_other = { 500, 0, "Janus does not take the request" };

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
	for (guint i = 0; i < G_N_ELEMENTS(of_plugin); i++)
		if (of_plugin[i].code == code)
			return (sipws_failure){ of_plugin[i].status, code, text };
	return (sipws_failure){ 500, code, text };
}
