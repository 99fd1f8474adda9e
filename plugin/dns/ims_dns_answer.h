/* ims_dns_answer.h: what name servers say. Pure. */
#pragma once
#include <glib.h>

typedef enum {
	IMS_DNS_NAPTR,
	IMS_DNS_SRV,
	IMS_DNS_ADDRESS, /* A and AAAA, and the hosts file */
} ims_dns_type;

typedef enum {
	IMS_DNS_FOUND,
	IMS_DNS_NONE,   /* the name, or records of that type, do not exist */
	IMS_DNS_FAILED, /* no server answered, or none knew */
} ims_dns_outcome;

typedef struct {
	char *name;    /* NAPTR: replacement; SRV: target; address: numeric */
	guint16 first; /* NAPTR: order; SRV: priority */
	guint16 then;  /* NAPTR: preference; SRV: weight */
	guint16 port;  /* SRV */
	char *service; /* NAPTR, lower case: "sip+d2u" */
	char flag;     /* NAPTR, lower case: 's', 'a' */
} ims_dns_record;

/* What came back, or what is remembered of it. */
typedef struct {
	ims_dns_outcome outcome;
	guint ttl_s; /* the shortest of its records, or of the SOA that says there are none; 0: unknown */
	GPtrArray *records; /* of ims_dns_record; empty unless FOUND */
} ims_dns_answer;

ims_dns_answer *ims_dns_answer_new(ims_dns_outcome outcome, guint ttl_s);
/* The record, filled with zeros, belongs to the answer. */
ims_dns_record *ims_dns_answer_add(ims_dns_answer *answer, const char *name);
void ims_dns_answer_free(ims_dns_answer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ims_dns_answer, ims_dns_answer_free)
