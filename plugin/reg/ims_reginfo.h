/* ims_reginfo.h: what the network says about registrations (RFC 3680): its XML, and all of it that is known.
 *
 * Pure. The XML is the network's, so it is read as anything from outside: no entities, no DTD, bounds on
 * everything. */
#pragma once
#include <glib.h>

typedef enum {
	IMS_REGINFO_INIT,
	IMS_REGINFO_ACTIVE,
	IMS_REGINFO_TERMINATED,
} ims_reginfo_state;

typedef struct {
	char *id;
	char *uri;
	gboolean active;     /* else terminated */
	char *event;         /* what made it so: "registered", "shortened", "rejected", ... */
	guint expires_s;     /* 0: not said */
	guint retry_after_s; /* 0: not said */
	char *instance;      /* URN of the device (RFC 5626); NULL: not said */
	guint reg_id;        /* which of its flows, 1 when nothing is said */
} ims_reginfo_contact;

typedef struct {
	char *id;
	char *aor; /* an IMPU */
	ims_reginfo_state state;
	GPtrArray *contacts; /* of ims_reginfo_contact */
} ims_reginfo_registration;

typedef struct {
	gboolean full;            /* all there is, not only what has changed */
	guint version;            /* counts up within a subscription */
	GPtrArray *registrations; /* of ims_reginfo_registration */
} ims_reginfo;

/* Parameter of our Contact's URI that says which of its device's flows it is, unless it is the first. */
#define IMS_REGINFO_FLOW ";flow="

/* NULL with IMS_E_SIP: why. */
ims_reginfo *ims_reginfo_parse(const void *xml, gsize size, GError **error);
void ims_reginfo_free(ims_reginfo *info); /* accepts NULL */

typedef enum {
	IMS_REGINFO_MERGED,
	IMS_REGINFO_OLD, /* known already: it is not to be heeded */
	IMS_REGINFO_GAP, /* something between is missing: ask for all of it (REQ-27) */
} ims_reginfo_merging;

/* Adds what is new to what is known (NULL in *known: nothing yet); `news` goes over. What has terminated is
 * not kept. */
ims_reginfo_merging ims_reginfo_merge(ims_reginfo **known, const ims_reginfo *news);

/* What a document means for one contact of one identity (24.229 5.1.1.7, 5.1.1.5.2, 5.2.5). */
typedef enum {
	IMS_REGINFO_NOTHING,   /* nothing is said of it, or nothing new */
	IMS_REGINFO_SHORTENED, /* it ends after expires_s unless it is proved anew (REQ-26) */
	IMS_REGINFO_DROPPED,   /* it is gone, and is to be made anew (REQ-25) */
	IMS_REGINFO_PUT_OFF,   /* ... after retry_after_s */
	IMS_REGINFO_ENDED,     /* it is gone for good (REQ-24) */
} ims_reginfo_verdict;

typedef struct {
	ims_reginfo_verdict verdict;
	const char
		*event; /* borrowed from the document; "terminated" when no contact is named; NULL: nothing */
	guint expires_s, retry_after_s;
} ims_reginfo_finding;

/* contact_user: the user part of our Contact. */
ims_reginfo_finding ims_reginfo_find(const ims_reginfo *info, const char *impu, const char *contact_user);
/* The identities that are registered with our Contact, of char *: borrowed from `info`, unlike the list. */
GPtrArray *ims_reginfo_identities(const ims_reginfo *info, const char *contact_user);
/* Contacts registered for this identity. */
guint ims_reginfo_contacts(const ims_reginfo *info, const char *impu);
gboolean ims_reginfo_lists(const ims_reginfo *info, const char *impu, const char *contact_user);
/* Those beside contact_user's that are active and that the same flow of the same device has registered (RFC
 * 5626), of ims_reginfo_contact: borrowed from `info`, unlike the list. */
GPtrArray *ims_reginfo_twins(const ims_reginfo *info, const char *impu, const char *contact_user,
			     const char *instance, guint reg_id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ims_reginfo, ims_reginfo_free)
