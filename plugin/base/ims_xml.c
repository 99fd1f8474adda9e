#include "base/ims_xml.h"

#include <string.h>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#define OPTIONS (XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA)

static void refuse_dtd(void *parser, const xmlChar *name, const xmlChar *id, const xmlChar *system)
{
	(void)name;
	(void)id;
	(void)system;
	xmlStopParser(parser);
}

xmlDoc *ims_xml_parse(const void *text, gsize size)
{
	xmlParserCtxt *parser;
	xmlDoc *doc;

	if (size == 0 || size > IMS_XML_MAX_BYTES)
		return NULL;
	parser = xmlNewParserCtxt();
	parser->sax->internalSubset = refuse_dtd;
	doc = xmlCtxtReadMemory(parser, text, (int)size, NULL, NULL, OPTIONS);
	if (doc && !parser->wellFormed)
		g_clear_pointer(&doc, xmlFreeDoc);
	xmlFreeParserCtxt(parser);
	return doc;
}

const xmlNode *ims_xml_child(const xmlNode *parent, const char *name)
{
	for (const xmlNode *at = parent ? parent->children : NULL; at; at = at->next)
		if (at->type == XML_ELEMENT_NODE && strcmp((const char *)at->name, name) == 0)
			return at;
	return NULL;
}

char *ims_xml_text(const xmlNode *node, gsize max)
{
	xmlChar *content = node ? xmlNodeGetContent(node) : NULL;
	char *text = content ? g_strstrip(g_strdup((const char *)content)) : NULL;

	xmlFree(content);
	if (text && (!*text || strlen(text) > max))
		g_clear_pointer(&text, g_free);
	return text;
}
