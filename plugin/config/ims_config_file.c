/* ims_config_file.c: from a file, or a text, to the root of what libconfig makes of it. */
#include "config/ims_config_keys.h"

#include <string.h>
#include "base/ims_error.h"
#include "base/ims_secret.h"

enum { FILE_MAX = 1024 * 1024 };

gboolean ims_config_find_sections(const config_setting_t *root, const char *file, const char *const *names,
				  const config_setting_t **ret_groups, GError **error)
{
	g_autofree char *known = g_strjoinv(", ", (char **)names);

	for (int i = 0; i < config_setting_length(root); i++) {
		const config_setting_t *setting = config_setting_get_elem(root, (unsigned int)i);
		gsize at = 0;

		while (names[at] && !g_str_equal(names[at], config_setting_name(setting)))
			at++;
		if (!names[at] || !config_setting_is_group(setting)) {
			g_set_error(error, IMS_ERROR, IMS_E_CONFIG, "%s: %s: the file has the groups %s",
				    file, config_setting_name(setting), known);
			return FALSE;
		}
		ret_groups[at] = setting;
	}
	return TRUE;
}

/* The number itself is not shown: it may be a secret without quotes. */
static guint line_of(const char *text, const GMatchInfo *match)
{
	guint line = 1;
	int at = 0;

	g_match_info_fetch_pos(match, 0, &at, NULL);
	for (int i = 0; i < at; i++)
		line += text[i] == '\n' ? 1 : 0;
	return line;
}

/* libconfig 1.5 cuts numbers to 32 bits without a word: 4294967306 would be read as 10. So they are looked
 * at before, past strings, comments and names; not in files that @include adds. */
static gboolean check_numbers(const char *text, const char *file, GError **error)
{
	g_autoptr(GRegex) tokens =
		g_regex_new("\"(?:\\\\.|[^\"\\\\])*+\"|#.*|//.*|/\\*(?s:.*?)\\*/|[A-Za-z][\\w*-]*+|"
			    "(0[xX][[:xdigit:]]++|\\d++)(?!L)",
			    G_REGEX_RAW, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;

	g_regex_match(tokens, text, 0, &match);
	for (; g_match_info_matches(match); g_match_info_next(match, NULL)) {
		g_autofree char *number = g_match_info_fetch(match, 1);
		gboolean hex = number && (number[0] == '0' && g_ascii_tolower(number[1]) == 'x');

		if (number && g_ascii_strtoull(number, NULL, hex ? 16 : 10) > G_MAXINT) {
			g_set_error(error, IMS_ERROR, IMS_E_CONFIG, "%s: line %u: too large a number", file,
				    line_of(text, match));
			return FALSE;
		}
	}
	return TRUE;
}

/* include_dir: where @include looks; NULL: the working directory. */
static gboolean parse(const char *text, const char *file, const char *include_dir,
		      ims_config_root_reader *read, gpointer target, GError **error)
{
	gboolean good = FALSE;
	config_t parsed;

	if (!check_numbers(text, file, error))
		return FALSE;
	config_init(&parsed);
	if (include_dir)
		config_set_include_dir(&parsed, include_dir);
	if (config_read_string(&parsed, text))
		good = read(target, file, config_root_setting(&parsed), error);
	else
		g_set_error(error, IMS_ERROR, IMS_E_CONFIG, "%s: line %d: %s",
			    config_error_file(&parsed) ? config_error_file(&parsed) : file,
			    config_error_line(&parsed), config_error_text(&parsed));
	config_destroy(&parsed);
	return good;
}

gboolean ims_config_read_text(const char *text, const char *name_for_errors, ims_config_root_reader *read,
			      gpointer target, GError **error)
{
	return parse(text, name_for_errors, NULL, read, target, error);
}

gboolean ims_config_read_file(const char *path, ims_config_root_reader *read, gpointer target, GError **error)
{
	g_autofree char *directory = g_path_get_dirname(path);
	ims_autowipe char *text = NULL; /* it may hold secrets */
	g_autoptr(GError) cause = NULL;
	gsize length;

	if (!g_file_get_contents(path, &text, &length, &cause)) {
		g_set_error(error, IMS_ERROR, IMS_E_CONFIG, "%s: cannot be read (%s)", path, cause->message);
		return FALSE;
	}
	if (length > FILE_MAX || strlen(text) != length) {
		g_set_error(error, IMS_ERROR, IMS_E_CONFIG, "%s: not a text file of up to %d bytes", path,
			    FILE_MAX);
		return FALSE;
	}
	return parse(text, path, directory, read, target, error);
}
