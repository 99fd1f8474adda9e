/* ims_address.h: an IPv4 or IPv6 address with a port, as a value.
 *
 * Pure: numeric texts only, nothing is ever looked up. Thread: any. */
#pragma once
#include <netinet/in.h>
#include <sys/socket.h>
#include <glib.h>

typedef struct {
	socklen_t length; /* 0: none */
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	};
} ims_address;

#define IMS_ADDRESS_TEXT 64 /* room for "[address]:port" */

gboolean ims_address_parse(const char *numeric, guint16 port, ims_address *ret_address);
gboolean ims_address_equal(const ims_address *a, const ims_address *b);     /* address and port */
gboolean ims_address_same_host(const ims_address *a, const ims_address *b); /* address only */
gboolean
ims_address_is_unicast(const ims_address *address);   /* something one can send to: a host and a port */
guint16 ims_address_port(const ims_address *address); /* 0: none */
const char *ims_address_host(const ims_address *address,
			     char ret_text[IMS_ADDRESS_TEXT]); /* without the port */
const char *ims_address_text(const ims_address *address,
			     char ret_text[IMS_ADDRESS_TEXT]); /* returns ret_text */
