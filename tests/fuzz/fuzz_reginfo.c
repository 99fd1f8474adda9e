/* Any bytes as what the network says of registrations: two documents, split at the first NUL, one after the
 * other. */
#include <stdint.h>
#include <string.h>

#include "reg/ims_reginfo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(const ims_reginfo *info)
{
	ims_reginfo_finding found = ims_reginfo_find(info, "sip:alice@ims.example", "us");
	g_autoptr(GPtrArray) identities = ims_reginfo_identities(info, "us");

	g_assert(found.event || found.verdict == IMS_REGINFO_NOTHING);
	g_assert(found.verdict != IMS_REGINFO_SHORTENED || found.expires_s > 0);
	g_assert(identities->len <= info->registrations->len);
	g_assert(ims_reginfo_contacts(info, "sip:alice@ims.example") <= 64);
}

static void hear(ims_reginfo **known, const uint8_t *data, size_t size)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(ims_reginfo) news = ims_reginfo_parse(data, size, &error);

	g_assert((news == NULL) == (error != NULL));
	if (!news)
		return;
	look(news);
	if (ims_reginfo_merge(known, news) == IMS_REGINFO_MERGED)
		look(*known);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size > 0 ? memchr(data, 0, size) : NULL;
	size_t first = end ? (size_t)(end - data) : size;
	ims_reginfo *known = NULL;

	hear(&known, data, first);
	if (end)
		hear(&known, end + 1, size - first - 1);
	ims_reginfo_free(known);
	return 0;
}
