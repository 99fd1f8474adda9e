/* sipws_dialog.h: a dialog with the client (RFC 3261 12): whose it is, what its next request looks like.
 * Pure. */
#pragma once
#include <glib.h>
#include "sip/sipws_msg.h"

typedef struct {
	char *call_id, *local_tag, *remote_tag; /* remote_tag "": not known yet */
	char *local, *remote;                   /* whole values of From and To in our requests, without tag */
	char *target;                           /* the client's Contact: Request-URI of our requests */
	guint32 local_cseq, remote_cseq;        /* of the last request; 0: there was none */
} sipws_dialog;

/* The client asked for it. local_tag is made. */
void sipws_dialog_init_uas(sipws_dialog *dialog, const sipws_msg *request);
/* We ask for it; Call-ID and tag are made (nothing of the network's shows). from, to: as sipws_address_print
 * has them. */
void sipws_dialog_init_uac(sipws_dialog *dialog, const char *from, const char *to, const char *target);
/* The client's answer to what began it, or a target refresh (re-INVITE, UPDATE, 2xx to ours): takes its tag
 * and Contact. */
void sipws_dialog_learn(sipws_dialog *dialog, const sipws_msg *msg);
void sipws_dialog_clear(sipws_dialog *dialog);

/* Is it this dialog that the request is within? */
gboolean sipws_dialog_matches(const sipws_dialog *dialog, const sipws_msg *request);
/* Next in line: FALSE when its CSeq is not above the last (RFC 3261 12.2.2: answer 500). ACK and CANCEL
 * excepted. */
gboolean sipws_dialog_accepts(sipws_dialog *dialog, const sipws_msg *request);

/* From, To, Call-ID, CSeq and Contact are there. contact: our Contact, "<sip:...>"; NULL: none (MESSAGE). ACK
 * takes cseq, others count on. */
sipws_msg *sipws_dialog_request(sipws_dialog *dialog, const char *method, const char *contact);
sipws_msg *sipws_dialog_ack(sipws_dialog *dialog, guint32 cseq, const char *contact);
