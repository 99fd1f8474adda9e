#include "session/ims_holders.h"

/* One identity that is held now. */
typedef struct {
	char *impi, *issuer, *subject;
	guint times;
} holder;

struct ims_holders {
	GHashTable *by_impi; /* char * -> holder, owns it */
};

struct ims_hold {
	ims_holders *holders;
	holder *of;
};

static void holder_free(gpointer data)
{
	holder *h = data;

	g_free(h->impi);
	g_free(h->issuer);
	g_free(h->subject);
	g_free(h);
}

ims_holders *ims_holders_new(void)
{
	ims_holders *holders = g_new0(ims_holders, 1);

	holders->by_impi = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, holder_free);
	return holders;
}

void ims_holders_free(ims_holders *holders)
{
	if (!holders)
		return;
	g_assert(g_hash_table_size(holders->by_impi) == 0);
	g_hash_table_unref(holders->by_impi);
	g_free(holders);
}

static holder *holder_new(const char *impi, const char *issuer, const char *subject)
{
	holder *h = g_new0(holder, 1);

	h->impi = g_strdup(impi);
	h->issuer = g_strdup(issuer);
	h->subject = g_strdup(subject);
	return h;
}

ims_hold *ims_holders_take(ims_holders *holders, const char *impi, const char *issuer, const char *subject)
{
	g_autofree char *name = g_ascii_strdown(impi, -1); /* some cores take both cases for one */
	holder *h = g_hash_table_lookup(holders->by_impi, name);
	ims_hold *hold;

	if (h && (!g_str_equal(h->issuer, issuer) || !g_str_equal(h->subject, subject)))
		return NULL;
	if (!h) {
		h = holder_new(name, issuer, subject);
		g_hash_table_insert(holders->by_impi, h->impi, h);
	}
	h->times++;
	hold = g_new(ims_hold, 1);
	*hold = (ims_hold){ holders, h };
	return hold;
}

void ims_hold_free(ims_hold *hold)
{
	if (!hold)
		return;
	if (--hold->of->times == 0)
		g_hash_table_remove(hold->holders->by_impi, hold->of->impi);
	g_free(hold);
}
