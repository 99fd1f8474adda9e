/* ims_mjr.h: Janus's own recorder, as ims_gateway has it: what the Janus process exports to its plugins.
 * Thread: the recorder's. */
#pragma once
#include <glib.h>

gpointer ims_mjr_open(const char *folder, const char *name, const char *codec);
int ims_mjr_write(gpointer file, char *packet, guint length);
void ims_mjr_pause(gpointer file, gboolean pause);
void ims_mjr_close(gpointer file);
