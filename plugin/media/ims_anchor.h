/* ims_anchor.h: what all legs of one call share, for as long as any of them lives: the Janus
 * handle and a reference on it, where to bind, the RTCP name. Nothing in it ever changes.
 *
 * Thread: any. Owner: counted. */
#pragma once
#include "media/ims_media.h"

typedef struct {
	gint refs;
	const ims_gateway *gateway;
	gpointer handle;
	ims_ports *ports;
	ims_loops *loops;
	char *address;
	guint dscp;
	gboolean strict_source;
	char *owner;
	ims_alarms *alarms;
	char *cname; /* random for each call (RFC 7022): says nothing about the user */
} ims_anchor;

ims_anchor *ims_anchor_new(const ims_media_setup *setup);
ims_anchor *ims_anchor_ref(ims_anchor *anchor);
void ims_anchor_unref(ims_anchor *anchor);
guint ims_anchor_alive(void);
