/* internal.h: what the files of config/ share. */
#pragma once
#include <libconfig.h>
#include "config/ims_config.h"

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

extern const ims_config_key ims_config_keys[];
extern const gsize ims_config_key_count;

/* ims_config_check.c */
char *ims_config_check_address(const char *value);
char *ims_config_check_entry_point(const char *value);
char *ims_config_check_entry_or_none(const char *value); /* "" is allowed */
char *ims_config_check_user_or_none(const char *value);  /* the same: sip:user@host */
char *ims_config_check_server(const char *value);
char *ims_config_check_tls_proxy(const char *value); /* "" is allowed */
char *ims_config_check_domain(const char *value);
char *ims_config_check_quotable(const char *value);
char *ims_config_check_access_network_info(const char *value); /* "" is allowed */
char *ims_config_check_emergency_number(const char *value);
char *ims_config_check_feature_tag(const char *value);
char *ims_config_check_parameter_name(const char *value); /* "" is allowed */
char *ims_config_check_srtp_profile(const char *value);
char *ims_config_check_audio_codec(const char *value);
char *ims_config_check_conditional_header(const char *value);
char *ims_config_check_video_codec(const char *value);
char *ims_config_check_auth_scheme(const char *value);
char *ims_config_check_digest_algorithm(const char *value);
char *ims_config_check_log(const char *value); /* "" is allowed */
char *ims_config_check_turn_url(const char *value);
char *ims_config_check_folder(const char *value); /* "" is allowed */
char *ims_config_check_hosts(const char *value);
/* ims_config_check_issuer.c */
char *ims_config_check_algorithm(const char *value);
char *ims_config_check_client(const char *value); /* "" is allowed */
char *ims_config_check_issuer(const char *value);
char *ims_config_check_named(const char *value);
char *ims_config_check_path(const char *value); /* "" is allowed */
char *ims_config_check_pattern(const char *value);
char *ims_config_check_pool(const char *value);
char *ims_config_check_scope(const char *value);       /* "" is allowed */
char *ims_config_check_secret(const char *value);      /* "" is allowed */
char *ims_config_check_typ(const char *value);         /* lower case */
char *ims_config_check_uri_or_none(const char *value); /* "" is allowed */

/* value: "192.0.2.1", "192.0.2.1:5070", "2001:db8::1", "[2001:db8::1]:5070", "pcscf.ims.example:5060", each
 * with
 * ";transport=udp", "tcp" or "tls". host: an address in normal form, or a name; port: 0, none given. */
typedef struct {
	char *host;
	guint16 port;
	const char *transport; /* NULL: none given */
} ims_config_entry;

gboolean ims_config_split_entry_point(const char *value, ims_config_entry *ret_entry);
gboolean ims_config_is_numeric(const char *host);

/* ims_config_read.c */
typedef struct {
	const char *file;
	const char *section; /* as in the table */
	const char *path;    /* as in errors: "networks.home" */
} ims_config_place;

/* Fills target, the struct of a section, with what the group says and defaults; group NULL: it is not there.
 */
gboolean ims_config_read_section(const ims_config_place *place, const config_setting_t *group,
				 gpointer target, GError **error);
void ims_config_free_section(const char *section, gpointer target); /* the strings and lists in it */
char *ims_config_show(const config_setting_t *setting);             /* printable, short */
char *ims_config_allowed(const ims_config_key *key);
/* ims_config_issuer.c */
void ims_config_issuer_free(gpointer issuer);
/* Adds the groups of `issuers`, which may be NULL, to config. */
gboolean ims_config_read_issuers(ims_config *config, const char *file, const config_setting_t *group,
				 GError **error);
gboolean ims_config_check_token_issuers(const ims_config *config, const ims_config_place *place,
					const ims_network *network, GError **error);

/* Where a secret may stand in a file of its own, or in the environment ("env:NAME"): puts it into *secret. */
gboolean ims_config_fetch_secret(const ims_config_place *place, const char *key, char **secret,
				 const char *secret_file, GError **error);

/* "file: path = shown: allowed"; returns FALSE. */
gboolean ims_config_refuse(GError **error, const char *file, const char *path, const char *shown,
			   const char *allowed);

/* ims_config_turn.c */
gboolean ims_config_read_turn(ims_config *config, const char *file, const config_setting_t *group,
			      GError **error);
