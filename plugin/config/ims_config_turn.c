/* ims_config_turn.c: the group `turn`. */
#include "config/internal.h"

gboolean ims_config_read_turn(ims_config *config, const char *file, const config_setting_t *group,
			      GError **error)
{
	const ims_config_place place = { file, "turn", "turn" };
	ims_config_turn *turn = &config->turn;

	if (!ims_config_read_section(&ims_config_keys, &place, group, turn, error) ||
	    !ims_config_fetch_secret(&place, "secret", &turn->secret, turn->secret_file, error))
		return FALSE;
	if (turn->urls->len > 0 && !*turn->secret)
		return ims_config_refuse(error, file, "turn.urls", "[ ... ]",
					 "only with turn.secret or turn.secret_file");
	if (turn->urls->len == 0 && *turn->secret)
		return ims_config_refuse(error, file, "turn.secret", "(not shown)", "only with turn.urls");
	return TRUE;
}
