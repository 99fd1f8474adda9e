/* ims_config_rows.h: how the rows of a table are written; for the files that are one. */
#pragma once
#include "config/ims_config_keys.h"

#define KEY(section_, type_, field) .section = section_, .name = #field, .at = offsetof(type_, field)
#define BOOLEAN(fallback_) .type = IMS_KEY_BOOLEAN, .fallback = fallback_
#define NUMBER(min_, max_, fallback_) .type = IMS_KEY_NUMBER, .min = min_, .max = max_, .fallback = fallback_
#define PORT(min_, fallback_) .type = IMS_KEY_PORT, .min = min_, .max = 65535, .fallback = fallback_
#define CHOICE(choices_, fallback_) .type = IMS_KEY_CHOICE, .choices = choices_, .fallback = fallback_
#define STRING_AS(check_, allowed_) .type = IMS_KEY_STRING, .check = check_, .allowed = allowed_
#define LIST_AS(check_, allowed_) .type = IMS_KEY_LIST, .check = check_, .allowed = allowed_
#define MANDATORY .mandatory = TRUE
