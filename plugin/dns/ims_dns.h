/* ims_dns.h: questions to name servers, on a thread of their own (c-ares).
 *
 * Nothing is remembered here: see ims_dns_cache.h. Thread: asked on any thread, answered by mail to
 * the worker named at the start. Owner: ims_resolver. */
#pragma once
#include <glib.h>
#include "base/ims_worker.h"
#include "dns/ims_dns_answer.h"

typedef struct ims_dns ims_dns;

/* On the worker given at the start, once for each question. `answer` is taken over. */
typedef void (*ims_dns_done)(ims_dns_type type, const char *name, ims_dns_answer *answer, gpointer user);

/* servers: "192.0.2.53,[2001:db8::53]:5353"; NULL: those of /etc/resolv.conf, read again whenever
 * questions begin anew. */
ims_dns *ims_dns_new(const char *servers, ims_worker *home, ims_dns_done done, gpointer user);
void ims_dns_ask(ims_dns *dns, ims_dns_type type, const char *name); /* [any thread] */
void ims_dns_close(ims_dns *dns); /* [any other thread] ends its thread; no answer is posted any more */
void ims_dns_free(ims_dns *dns);  /* after ims_dns_close, and after the last mail was read */
