#include "media/ims_address.h"

#include <arpa/inet.h>
#include <string.h>

gboolean ims_address_parse(const char *numeric, guint16 port, ims_address *ret_address)
{
	ims_address parsed = { .length = 0 };

	if (inet_pton(AF_INET, numeric, &parsed.v4.sin_addr) == 1) {
		parsed.length = sizeof(parsed.v4);
		parsed.v4.sin_family = AF_INET;
		parsed.v4.sin_port = htons(port);
	} else if (inet_pton(AF_INET6, numeric, &parsed.v6.sin6_addr) == 1) {
		parsed.length = sizeof(parsed.v6);
		parsed.v6.sin6_family = AF_INET6;
		parsed.v6.sin6_port = htons(port);
	} else {
		return FALSE;
	}
	*ret_address = parsed;
	return TRUE;
}

guint16 ims_address_port(const ims_address *address)
{
	if (address->length == 0)
		return 0;
	return ntohs(address->any.sa_family == AF_INET ? address->v4.sin_port : address->v6.sin6_port);
}

gboolean ims_address_same_host(const ims_address *a, const ims_address *b)
{
	if (a->length == 0 || b->length == 0 || a->any.sa_family != b->any.sa_family)
		return FALSE;
	if (a->any.sa_family == AF_INET)
		return a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
	return memcmp(&a->v6.sin6_addr, &b->v6.sin6_addr, sizeof(a->v6.sin6_addr)) == 0;
}

gboolean ims_address_equal(const ims_address *a, const ims_address *b)
{
	return ims_address_same_host(a, b) && ims_address_port(a) == ims_address_port(b);
}

gboolean ims_address_is_unicast(const ims_address *address)
{
	if (ims_address_port(address) == 0)
		return FALSE;
	if (address->any.sa_family == AF_INET) {
		guint32 host = ntohl(address->v4.sin_addr.s_addr);

		return host != INADDR_ANY && host != INADDR_BROADCAST && !IN_MULTICAST(host);
	}
	return !IN6_IS_ADDR_UNSPECIFIED(&address->v6.sin6_addr) &&
	       !IN6_IS_ADDR_MULTICAST(&address->v6.sin6_addr);
}

const char *ims_address_host(const ims_address *address, char ret_text[IMS_ADDRESS_TEXT])
{
	if (address->length == 0)
		*ret_text = '\0';
	else if (address->any.sa_family == AF_INET)
		inet_ntop(AF_INET, &address->v4.sin_addr, ret_text, IMS_ADDRESS_TEXT);
	else
		inet_ntop(AF_INET6, &address->v6.sin6_addr, ret_text, IMS_ADDRESS_TEXT);
	return ret_text;
}

const char *ims_address_text(const ims_address *address, char ret_text[IMS_ADDRESS_TEXT])
{
	char host[IMS_ADDRESS_TEXT];

	ims_address_host(address, host);
	if (address->length == 0)
		g_strlcpy(ret_text, "nowhere", IMS_ADDRESS_TEXT);
	else if (address->any.sa_family == AF_INET)
		g_snprintf(ret_text, IMS_ADDRESS_TEXT, "%.45s:%u", host, ims_address_port(address));
	else
		g_snprintf(ret_text, IMS_ADDRESS_TEXT, "[%.45s]:%u", host, ims_address_port(address));
	return ret_text;
}
