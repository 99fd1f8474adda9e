#include "media/ims_anchor.h"

#include "base/ims_random.h"

#define CNAME_BYTES 12

static gint alive;

ims_anchor *ims_anchor_new(const ims_media_setup *setup)
{
	ims_anchor *anchor = g_new(ims_anchor, 1);

	*anchor = (ims_anchor){
		.refs = 1,
		.gateway = setup->gateway,
		.handle = setup->gateway->handle_ref(setup->handle),
		.ports = setup->ports,
		.loops = setup->loops,
		.address = g_strdup(setup->address),
		.dscp = setup->dscp,
		.strict_source = setup->strict_source,
		.owner = g_strdup(setup->owner),
		.alarms = setup->alarms,
		.cname = ims_random_hex(CNAME_BYTES),
	};
	g_atomic_int_inc(&alive);
	return anchor;
}

ims_anchor *ims_anchor_ref(ims_anchor *anchor)
{
	g_atomic_int_inc(&anchor->refs);
	return anchor;
}

void ims_anchor_unref(ims_anchor *anchor)
{
	if (!g_atomic_int_dec_and_test(&anchor->refs))
		return;
	anchor->gateway->handle_unref(anchor->handle);
	g_free(anchor->address);
	g_free(anchor->owner);
	g_free(anchor->cname);
	g_free(anchor);
	g_atomic_int_add(&alive, -1);
}

guint ims_anchor_alive(void)
{
	return (guint)g_atomic_int_get(&alive);
}
