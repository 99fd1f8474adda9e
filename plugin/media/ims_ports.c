#include "media/ims_ports.h"

#include "base/ims_lock.h"

struct ims_ports {
	guint first; /* port of pair 0 */
	guint n_pairs;
	ims_lock lock;    /* for all below */
	char **owners;    /* one for each pair, NULL: free */
	guint16 *waiting; /* a ring of the free pairs */
	guint head, n_waiting;
};

ims_ports *ims_ports_new(guint16 port_min, guint16 port_max)
{
	ims_ports *ports = g_new0(ims_ports, 1);

	ports->first = MAX((port_min + 1u) & ~1u, 2);
	if (ports->first < port_max)
		ports->n_pairs = (port_max + 1u - ports->first) / 2;
	ims_lock_init(&ports->lock);
	ports->owners = g_new0(char *, ports->n_pairs);
	ports->waiting = g_new(guint16, ports->n_pairs);
	for (guint i = 0; i < ports->n_pairs; i++)
		ports->waiting[i] = (guint16)i;
	ports->n_waiting = ports->n_pairs;
	return ports;
}

void ims_ports_free(ims_ports *ports)
{
	if (!ports)
		return;
	g_assert(ports->n_waiting == ports->n_pairs);
	ims_lock_clear(&ports->lock);
	g_free(ports->owners);
	g_free(ports->waiting);
	g_free(ports);
}

guint16 ims_ports_take(ims_ports *ports, const char *owner)
{
	g_auto(ims_locked) held = ims_lock_hold(&ports->lock);
	guint pair;

	if (ports->n_waiting == 0)
		return 0;
	pair = ports->waiting[ports->head];
	ports->head = (ports->head + 1) % ports->n_pairs;
	ports->n_waiting--;
	ports->owners[pair] = g_strdup(owner ? owner : "");
	return (guint16)(ports->first + 2 * pair);
}

static guint pair_of(const ims_ports *ports, guint16 port)
{
	g_assert(port >= ports->first && port % 2 == 0);
	g_assert((port - ports->first) / 2 < ports->n_pairs);
	return (port - ports->first) / 2;
}

void ims_ports_give_back(ims_ports *ports, guint16 port)
{
	guint pair = pair_of(ports, port);
	g_auto(ims_locked) held = ims_lock_hold(&ports->lock);

	g_assert(ports->owners[pair]);
	g_clear_pointer(&ports->owners[pair], g_free);
	ports->waiting[(ports->head + ports->n_waiting) % ports->n_pairs] = (guint16)pair;
	ports->n_waiting++;
}

guint ims_ports_in_use(ims_ports *ports)
{
	g_auto(ims_locked) held = ims_lock_hold(&ports->lock);

	return ports->n_pairs - ports->n_waiting;
}

guint ims_ports_left(ims_ports *ports)
{
	g_auto(ims_locked) held = ims_lock_hold(&ports->lock);

	return ports->n_waiting;
}

char *ims_ports_owner(ims_ports *ports, guint16 port)
{
	g_auto(ims_locked) held = ims_lock_hold(&ports->lock);
	guint pair = (port - ports->first) / 2;

	/* A port below the first gives a huge pair number. */
	return pair < ports->n_pairs ? g_strdup(ports->owners[pair]) : NULL;
}
