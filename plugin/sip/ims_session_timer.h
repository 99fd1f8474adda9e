/* ims_session_timer.h: how long a call lives without a sign of its other side, and who gives it (RFC 4028).
 *
 * Each re-INVITE or UPDATE that succeeds, of either side, is such a sign. One side has promised to give one
 * in half of the time; the other ends the call shortly before the time is over. Pure: values in, values and
 * header lines out ("Name: value", CRLF between lines; free with g_free). */
#pragma once
#include <glib.h>

/* Who gives the sign, by his part in the transaction that says so. */
typedef enum {
	IMS_REFRESHER_OPEN, /* not said */
	IMS_REFRESHER_UAC,
	IMS_REFRESHER_UAS,
} ims_refresher;

/* What one message says. */
typedef struct {
	guint32 expires_s; /* Session-Expires; 0: none */
	ims_refresher refresher;
	guint32 min_s;      /* Min-SE; 0: none */
	gboolean supported; /* who sent it knows session timers */
} ims_session_terms;

typedef struct {
	guint wanted_s; /* what we ask for; 0: we do not ask */
	guint min_s;    /* the least that we take */

	guint interval_s; /* agreed; 0: the call may last without signs */
	gboolean ours;    /* we give them */
	guint least_s;    /* what the other side, or a proxy, has asked us not to go below; 0: nothing */
	guint moments;    /* of the interval that are over */
	guint refused;    /* in a row, as too brief */
} ims_session_timer;

void ims_session_timer_init(ims_session_timer *timer, guint wanted_s, guint min_s);

/* Our INVITE, re-INVITE or UPDATE. NULL: it says nothing. */
char *ims_session_timer_ask(const ims_session_timer *timer);
/* ... its 2xx: the time begins anew. */
void ims_session_timer_answered(ims_session_timer *timer, const ims_session_terms *terms);
/* ... 422: TRUE: it may be sent again, and says more now. */
gboolean ims_session_timer_refused(ims_session_timer *timer, const ims_session_terms *terms);

/* The peer's. TRUE: it asks for less than we take; refuse it with 422 and these lines. */
gboolean ims_session_timer_refuses(const ims_session_timer *timer, const ims_session_terms *terms,
				   char **ret_lines);
/* ... lines of our 2xx: the time begins anew. NULL: it says nothing. */
char *ims_session_timer_answer(ims_session_timer *timer, const ims_session_terms *terms);

typedef enum {
	IMS_SESSION_REFRESH, /* give a sign now, unless one is under way */
	IMS_SESSION_EXPIRE,  /* the other side is gone: end the call */
} ims_session_moment;

/* To the next moment; -1: there is none. Then what it is. */
gint64 ims_session_timer_wait_ms(const ims_session_timer *timer);
ims_session_moment ims_session_timer_pass(ims_session_timer *timer);
