/* ims_xml.h: XML of strangers: libxml2 without what can be turned against us. Pure.
 *
 * No DTD, so no entities; nothing is fetched; depth and sizes as libxml2 limits them. */
#pragma once
#include <glib.h>
#include <libxml/tree.h>

#define IMS_XML_MAX_BYTES 65536

/* NULL: it is not well-formed, too long, or has a DTD. Free with xmlFreeDoc. */
xmlDoc *ims_xml_parse(const void *text, gsize size);

/* The first element of that name among the children of `parent` (NULL: none has one), whatever its namespace;
 * NULL: there is none. */
const xmlNode *ims_xml_child(const xmlNode *parent, const char *name);
/* What is written in it, without blanks at the ends; NULL: nothing, or more than `max` bytes. node may be
 * NULL. Free with g_free. */
char *ims_xml_text(const xmlNode *node, gsize max);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlDoc, xmlFreeDoc)
