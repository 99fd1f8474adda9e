#include "janus/sipws_exchanges.h"

#include "base/ims_secret.h"
#include "janus/sipws_janus.h"

struct sipws_exchanges {
	ims_clock *clock;
	char *api_secret, *token;
	void (*ask)(json_t *request, gpointer user);
	gpointer user;
	guint64 named;
	GHashTable *open; /* transaction -> exchange */
};

typedef struct {
	sipws_exchanges *exchanges;
	char *transaction;
	sipws_exchanged exchanged;
	gpointer user;
	ims_timer silence;
} exchange;

static void exchange_free(gpointer data)
{
	exchange *e = data;

	ims_timer_stop(&e->silence);
	g_free(e->transaction);
	g_free(e);
}

sipws_exchanges *sipws_exchanges_new(ims_clock *clock, const char *api_secret, const char *token,
				     void (*ask)(json_t *request, gpointer user), gpointer user)
{
	sipws_exchanges *exchanges = g_new0(sipws_exchanges, 1);

	exchanges->clock = clock;
	exchanges->api_secret = g_strdup(api_secret);
	exchanges->token = g_strdup(token);
	exchanges->ask = ask;
	exchanges->user = user;
	exchanges->open = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, exchange_free);
	return exchanges;
}

void sipws_exchanges_free(sipws_exchanges *exchanges)
{
	if (!exchanges)
		return;
	g_hash_table_unref(exchanges->open);
	ims_wipe_text(exchanges->api_secret);
	ims_wipe_text(exchanges->token);
	g_free(exchanges);
}

char *sipws_exchanges_name(sipws_exchanges *exchanges)
{
	return g_strdup_printf("%" G_GUINT64_FORMAT, ++exchanges->named);
}

/* It is closed before its user hears of that, who may ask anew. */
static void end(exchange *e, const json_t *answer)
{
	sipws_exchanged exchanged = e->exchanged;
	gpointer user = e->user;

	g_hash_table_remove(e->exchanges->open, e->transaction);
	exchanged(answer, user);
}

static void on_silence(gpointer user)
{
	end(user, NULL);
}

void sipws_exchanges_ask(sipws_exchanges *exchanges, const char *transaction, json_t *request,
			 sipws_exchanged exchanged, gpointer user)
{
	json_object_set_new(request, "transaction", json_string(transaction));
	if (exchanges->api_secret)
		json_object_set_new(request, "apisecret", json_string(exchanges->api_secret));
	if (exchanges->token)
		json_object_set_new(request, "token", json_string(exchanges->token));
	if (exchanged) {
		exchange *e = g_new0(exchange, 1);

		e->exchanges = exchanges;
		e->transaction = g_strdup(transaction);
		e->exchanged = exchanged;
		e->user = user;
		ims_timer_init(&e->silence, exchanges->clock, on_silence, e);
		ims_timer_arm(&e->silence, SIPWS_ANSWER_MS);
		g_hash_table_replace(exchanges->open, e->transaction, e);
	}
	exchanges->ask(request, exchanges->user);
}

void sipws_exchanges_answer(sipws_exchanges *exchanges, const json_t *answer)
{
	const char *transaction = json_string_value(json_object_get(answer, "transaction"));
	exchange *e = transaction ? g_hash_table_lookup(exchanges->open, transaction) : NULL;

	if (e)
		end(e, answer);
}

void sipws_exchanges_forget(sipws_exchanges *exchanges, const char *transaction)
{
	g_hash_table_remove(exchanges->open, transaction);
}
