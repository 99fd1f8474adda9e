#include "api/ims_admin.h"

#include <string.h>

#include "api/ims_admin_internal.h"
#include "base/ims_error.h"
#include "base/ims_gate.h"

#define PATIENCE_S 5

static const ims_admin_row *find_row(const json_t *message, GError **error)
{
	const char *name = json_string_value(json_object_get(message, "request"));

	for (const ims_admin_row *row = ims_admin_rows; name && row->name; row++)
		if (strcmp(row->name, name) == 0)
			return row;
	g_set_error(error, IMS_ERROR, IMS_E_INVALID_REQUEST, "Unknown request '%.64s'", name ? name : "");
	return NULL;
}

/* A request that is at work on the SIP thread, and waited for on Janus's. Who is last frees it. */
typedef struct {
	gint refs;
	const ims_admin_row *row;
	ims_admin_request request;
	json_t *answer;
	GError *error;
	ims_gate done;
} job;

static void job_unref(job *j)
{
	if (!g_atomic_int_dec_and_test(&j->refs))
		return;
	json_decref((json_t *)j->request.body);
	ims_config_unref((ims_config *)j->request.config);
	json_decref(j->answer);
	g_clear_error(&j->error);
	ims_gate_clear(&j->done);
	g_free(j);
}

static void do_job(gpointer subject, gpointer args)
{
	job *j = args;

	(void)subject;
	j->answer = j->row->run(&j->request, &j->error);
	ims_gate_open(&j->done);
	job_unref(j);
}

static json_t *run_at_home(const ims_admin_row *row, const ims_admin_request *request, GError **error)
{
	job *j = g_new0(job, 1);
	json_t *answer = NULL;

	j->refs = 2;
	j->row = row;
	j->request = *request;
	j->request.body = json_deep_copy(request->body);
	j->request.config = request->config ? ims_config_ref(request->config) : NULL;
	ims_gate_init(&j->done);
	ims_worker_post(ims_service_worker(request->service), do_job, NULL, j);
	if (!ims_gate_wait_s(&j->done, PATIENCE_S)) {
		g_set_error(error, IMS_ERROR, IMS_E_UNKNOWN, "%s: not done within %d s", row->name,
			    PATIENCE_S);
	} else {
		answer = g_steal_pointer(&j->answer);
		if (!answer)
			g_propagate_error(error, g_steal_pointer(&j->error));
	}
	job_unref(j);
	return answer;
}

/* Operators are told of what they have misspelt. */
static json_t *run(const ims_admin_setup *setup, const json_t *message, GError **error)
{
	const ims_admin_row *row = find_row(message, error);
	ims_admin_request request = { setup->service, message, setup->handles, NULL };
	g_autoptr(ims_config) config = NULL;
	const char *unknown;

	if (!row || !ims_schema_check(row->name, row->fields, message, TRUE, &unknown, error))
		return NULL;
	if (row->reads_file) {
		config = ims_config_load(setup->config_path, error);
		if (!config)
			return NULL;
		request.config = config;
	}
	return row->at_home ? run_at_home(row, &request, error) : row->run(&request, error);
}

json_t *ims_admin_run(const ims_admin_setup *setup, const json_t *message)
{
	g_autoptr(GError) error = NULL;
	json_t *answer = run(setup, message, &error);

	return answer ? answer
		      : json_pack("{s:i, s:o}", "error_code", ims_error_number(error), "error",
				  ims_event_text(error->message));
}
