#include "dns/ims_dns_answer.h"

static void record_free(gpointer data)
{
	ims_dns_record *record = data;

	g_free(record->name);
	g_free(record->service);
	g_free(record);
}

ims_dns_answer *ims_dns_answer_new(ims_dns_outcome outcome, guint ttl_s)
{
	ims_dns_answer *answer = g_new0(ims_dns_answer, 1);

	answer->outcome = outcome;
	answer->ttl_s = ttl_s;
	answer->records = g_ptr_array_new_with_free_func(record_free);
	return answer;
}

ims_dns_record *ims_dns_answer_add(ims_dns_answer *answer, const char *name)
{
	ims_dns_record *record = g_new0(ims_dns_record, 1);

	record->name = g_strdup(name);
	g_ptr_array_add(answer->records, record);
	return record;
}

void ims_dns_answer_free(ims_dns_answer *answer)
{
	if (!answer)
		return;
	g_ptr_array_unref(answer->records);
	g_free(answer);
}
