/* internal.h: what the files of config/ share. */
#pragma once
#include "config/ims_config.h"
#include "config/ims_config_keys.h"

extern const ims_config_table ims_config_keys;

/* ims_config_check.c */
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
char *ims_config_check_pattern(const char *value);
char *ims_config_check_pool(const char *value);
char *ims_config_check_scope(const char *value);       /* "" is allowed */
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

/* ims_config_issuer.c */
void ims_config_issuer_free(gpointer issuer);
/* Adds the groups of `issuers`, which may be NULL, to config. */
gboolean ims_config_read_issuers(ims_config *config, const char *file, const config_setting_t *group,
				 GError **error);
gboolean ims_config_check_token_issuers(const ims_config *config, const ims_config_place *place,
					const ims_network *network, GError **error);

/* ims_config_turn.c */
gboolean ims_config_read_turn(ims_config *config, const char *file, const config_setting_t *group,
			      GError **error);
