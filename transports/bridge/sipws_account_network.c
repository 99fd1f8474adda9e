/* sipws_account_network.c: what the network says of the registration. */
#include "bridge/account.h"

enum { SHORT_GRANTS = 3 }; /* the network may ask a moment later, or not at all */

static json_int_t number_at(const json_t *result, const char *name)
{
	return json_integer_value(json_object_get(json_object_get(result, "ims"), name));
}

static void set_text(char **at, const json_t *text)
{
	g_free(*at);
	*at = g_strdup(json_string_value(text));
}

static gint64 in_ms(const sipws_account *account, json_int_t seconds)
{
	return ims_clock_now_ms(account->bridge->clock) + (gint64)seconds * 1000;
}

/* 24.229 5.1.1.4.1: so does the gateway. */
static void learn_expiry(sipws_account *account, json_int_t expires_s)
{
	account->until_ms = in_ms(account, expires_s);
	account->due_ms = in_ms(account, expires_s > 1200 ? expires_s - 600 : expires_s / 2);
}

static void learn_associated(sipws_account *account, const json_t *uris)
{
	gsize i;
	json_t *uri;

	if (!json_is_array(uris))
		return;
	g_ptr_array_set_size(account->associated, 0);
	json_array_foreach((json_t *)uris, i, uri)
		g_ptr_array_add(account->associated, g_strdup(json_string_value(uri)));
}

void sipws_account_learn_token(sipws_account *account, const json_t *result)
{
	json_int_t left_s = number_at(result, "token_expires");

	account->token_until_ms = left_s ? in_ms(account, left_s) : 0;
	if (!account->next_token)
		return;
	ims_secret_unref(account->token);
	account->token = g_steal_pointer(&account->next_token);
}

void sipws_account_learn(sipws_account *account, const json_t *result)
{
	const json_t *ims = json_object_get(result, "ims");
	const json_t *gruu = json_object_get(ims, "gruu");

	account->stands = TRUE;
	sipws_account_forget_challenge(account);
	if (json_is_string(json_object_get(result, "username")))
		set_text(&account->impu, json_object_get(result, "username"));
	learn_expiry(account, number_at(result, "expires"));
	account->short_grants = number_at(result, "strays") > 0 ? SHORT_GRANTS : 0;
	learn_associated(account, json_object_get(ims, "associated"));
	set_text(&account->pub_gruu, json_object_get(gruu, "pub"));
	set_text(&account->temp_gruu, json_object_get(gruu, "temp"));
	set_text(&account->authentication_info, json_object_get(ims, "authentication_info"));
	set_text(&account->unique_id, json_object_get(result, "unique_id"));
	set_text(&account->predecessor, json_object_get(ims, "replaced"));
	sipws_account_learn_token(account, result);
}

void sipws_account_learn_challenge(sipws_account *account, const json_t *result)
{
	set_text(&account->challenge, json_object_get(result, "header"));
	set_text(&account->nonce, json_object_get(result, "nonce"));
}

void sipws_account_call_stale(sipws_account *account)
{
	g_autoptr(GRegex) said = g_regex_new("\\bstale *= *\"?[a-z]+\"?", G_REGEX_CASELESS, 0, NULL);
	char *challenge =
		g_regex_match(said, account->challenge, 0, NULL)
			? g_regex_replace_literal(said, account->challenge, -1, 0, "stale=true", 0, NULL)
			: g_strconcat(account->challenge, ", stale=true", NULL);

	g_free(account->challenge);
	account->challenge = challenge;
}

void sipws_account_learn_word(sipws_account *account, const json_t *result)
{
	learn_associated(account, json_object_get(json_object_get(result, "ims"), "associated"));
	learn_expiry(account, number_at(result, "expires"));
}

void sipws_account_forget_challenge(sipws_account *account)
{
	g_clear_pointer(&account->challenge, g_free);
	g_clear_pointer(&account->nonce, g_free);
}

void sipws_account_forget(sipws_account *account)
{
	account->stands = FALSE;
	account->until_ms = account->due_ms = account->token_until_ms = 0;
	ims_timer_stop(&account->lapse);
	g_ptr_array_set_size(account->associated, 0);
	sipws_account_forget_challenge(account);
	g_clear_pointer(&account->granted, sipws_register_free);
	g_clear_pointer(&account->impu, g_free);
	g_clear_pointer(&account->pub_gruu, g_free);
	g_clear_pointer(&account->temp_gruu, g_free);
	g_clear_pointer(&account->authentication_info, g_free);
	g_clear_pointer(&account->unique_id, g_free);
	g_clear_pointer(&account->predecessor, g_free);
	g_clear_pointer(&account->token, ims_secret_unref);
	g_clear_pointer(&account->next_token, ims_secret_unref);
}
