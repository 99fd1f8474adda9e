/* One session of Janus over its UNIX socket, for load generators: what goes wrong ends the program. */
#pragma once

#include <glib.h>
#include <jansson.h>

typedef struct {
	int socket;
	json_int_t session;
} janus_api;

void fail(const char *what);

/* A UDP or UNIX socket holds what comes while others are served. */
void make_room(int socket);

/* Connects to the socket at path and makes a session. */
janus_api janus_open(const char *path);

void janus_tell(janus_api *api, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* What has come; NULL: nothing yet. Owned by the caller. */
json_t *janus_hear(const janus_api *api);

gboolean janus_is(const json_t *message, const char *kind);

/* A handle of a plugin, waited for; what else comes meanwhile is lost. */
json_int_t janus_attach(janus_api *api, const char *package);

/* Of the plugin's event: its name, else NULL. Of an error "error". */
const char *janus_event(const json_t *message);

double seconds(clockid_t clock);
