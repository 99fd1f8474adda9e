/* ims_janus.h: Janus's headers, in the one way that compiles everywhere. For glue/ only. */
#pragma once
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#include <jansson.h>
#include <plugins/plugin.h>
#include <debug.h>
#pragma GCC diagnostic pop
