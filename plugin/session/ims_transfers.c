#include "session/ims_transfers.h"

#include "base/ims_random.h"

struct ims_transfers {
	ims_clock *clock;
	GPtrArray *all; /* of ims_transfer, owns them */
};

static void transfer_free(gpointer data)
{
	ims_transfer *transfer = data;

	ims_timer_stop(&transfer->patience);
	ims_referral_release(transfer->referral);
	g_free(transfer->replaces);
	g_free(transfer->referred_by);
	g_free(transfer);
}

ims_transfers *ims_transfers_new(ims_clock *clock)
{
	ims_transfers *transfers = g_new0(ims_transfers, 1);

	transfers->clock = clock;
	transfers->all = g_ptr_array_new_with_free_func(transfer_free);
	return transfers;
}

void ims_transfers_free(ims_transfers *transfers)
{
	if (!transfers)
		return;
	g_ptr_array_unref(transfers->all);
	g_free(transfers);
}

static void on_patience_over(gpointer user)
{
	ims_transfer_report(user, 408, NULL);
}

ims_transfer *ims_transfers_add(ims_transfers *transfers, ims_referral *referral, const char *replaces,
				const char *referred_by)
{
	ims_transfer *transfer;

	if (transfers->all->len >= IMS_TRANSFERS_MAX)
		return NULL;
	transfer = g_new0(ims_transfer, 1);
	transfer->list = transfers;
	transfer->id = ims_random_u53();
	transfer->referral = referral;
	transfer->replaces = g_strdup(replaces);
	transfer->referred_by = g_strdup(referred_by);
	ims_timer_init(&transfer->patience, transfers->clock, on_patience_over, transfer);
	ims_timer_arm(&transfer->patience, (gint64)IMS_TRANSFERS_PATIENCE_S * 1000);
	g_ptr_array_add(transfers->all, transfer);
	return transfer;
}

ims_transfer *ims_transfers_find(ims_transfers *transfers, guint64 id)
{
	for (guint i = 0; transfers && i < transfers->all->len; i++) {
		ims_transfer *transfer = g_ptr_array_index(transfers->all, i);

		if (transfer->id == id && !transfer->followed)
			return transfer;
	}
	return NULL;
}

void ims_transfer_follow(ims_transfer *transfer)
{
	ims_timer_stop(&transfer->patience);
	transfer->followed = TRUE;
}

void ims_transfer_report(ims_transfer *transfer, int status, const char *reason)
{
	ims_referral_report(transfer->referral, status, reason);
	if (status >= 200)
		g_ptr_array_remove(transfer->list->all, transfer);
}
