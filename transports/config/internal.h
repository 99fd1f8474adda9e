/* internal.h: what the files of config/ share. */
#pragma once
#include "config/ims_config_keys.h"
#include "config/sipws_config.h"

extern const ims_config_table sipws_config_keys;

/* sipws_config_check.c: a new string in its normal form, or NULL. */
char *sipws_config_check_address_or_none(const char *value); /* "" is allowed */
char *sipws_config_check_origin(const char *value);          /* or "*" */
char *sipws_config_check_path(const char *value);            /* "" is allowed */
char *sipws_config_check_name(const char *value);            /* "" is allowed */
