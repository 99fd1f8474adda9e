/* ims_config_keys.h: a configuration file, key by key, as a table says. What both shared objects read theirs
 * with.
 *
 * Pure but for the file itself and the files that secrets are in. Every error is IMS_E_CONFIG and says file,
 * key, value (not of secrets) and what is allowed. */
#pragma once
#include <glib.h>
#include <libconfig.h>

typedef enum {
	IMS_KEY_BOOLEAN, /* gboolean */
	IMS_KEY_NUMBER,  /* guint */
	IMS_KEY_PORT,    /* guint16 */
	IMS_KEY_CHOICE,  /* an enum: index in choices */
	IMS_KEY_STRING,  /* char * */
	IMS_KEY_LIST,    /* GPtrArray of char * */
} ims_config_type;

/* A new string, normalised where there is a normal form; NULL: not allowed. */
typedef char *(*ims_config_check)(const char *value);

typedef struct {
	const char *section, *name;
	gsize at; /* offset in the struct of the section */
	ims_config_type type;
	const char *fallback; /* default, as the file would write it; NULL: none, or taken from another key */
	gboolean mandatory;
	gboolean secret;            /* errors do not show the value */
	guint min, max;             /* of numbers and ports; min also of the elements of a list */
	const char *const *choices; /* NULL-terminated */
	ims_config_check check;     /* of strings and elements of lists */
	const char *allowed;        /* what check accepts, for the error text */
	const char *doc;
} ims_config_key;

typedef struct {
	const ims_config_key *rows;
	gsize count;
} ims_config_table;

/* ---- ims_config_read.c: one group ---- */

typedef struct {
	const char *file;
	const char *section; /* as in the table */
	const char *path;    /* as in errors: "networks.home" */
} ims_config_place;

/* Fills target, the struct of a section, with what the group says and defaults; group NULL: it is not there.
 */
gboolean ims_config_read_section(const ims_config_table *table, const ims_config_place *place,
				 const config_setting_t *group, gpointer target, GError **error);
/* The strings and lists in it. */
void ims_config_free_section(const ims_config_table *table, const char *section, gpointer target);
char *ims_config_show(const config_setting_t *setting); /* printable, short */
char *ims_config_allowed(const ims_config_key *key);
/* "file: path = shown: allowed"; returns FALSE. */
gboolean ims_config_refuse(GError **error, const char *file, const char *path, const char *shown,
			   const char *allowed);

/* The same of a string that stands at place->path.key. */
gboolean ims_config_refuse_text(const ims_config_place *place, const char *key, const char *value,
				const char *allowed, GError **error);

/* ---- ims_config_file.c: the whole ---- */

/* What becomes of the root of the file. */
typedef gboolean ims_config_root_reader(gpointer target, const char *file, const config_setting_t *root,
					GError **error);

gboolean ims_config_read_file(const char *path, ims_config_root_reader *read, gpointer target,
			      GError **error);
gboolean ims_config_read_text(const char *text, const char *name_for_errors, ims_config_root_reader *read,
			      gpointer target, GError **error);
/* names: NULL-terminated; ret_groups: one for each, NULL when the file does not have it. */
gboolean ims_config_find_sections(const config_setting_t *root, const char *file, const char *const *names,
				  const config_setting_t **ret_groups, GError **error);

/* ---- ims_config_forms.c: forms of strings that more than one file knows ---- */

#define IMS_CONFIG_ADDRESS "the numeric IPv4 or IPv6 address of one host"
#define IMS_CONFIG_SECRET                                                                                    \
	"up to 1024 printable ASCII characters, or \"env:NAME\", a variable of the environment of Janus"

/* The normal form, so that addresses can be compared as text. */
char *ims_config_check_address(const char *value);
char *ims_config_check_path(const char *value);   /* "" is allowed */
char *ims_config_check_secret(const char *value); /* "" is allowed */

/* Where a secret may stand in a file of its own, or in the environment ("env:NAME"): puts it into *secret. */
gboolean ims_config_fetch_secret(const ims_config_place *place, const char *key, char **secret,
				 const char *secret_file, GError **error);
