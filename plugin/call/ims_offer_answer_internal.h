/* ims_offer_answer_internal.h: whose turn it is to describe media, as these share it: ims_offer_answer.c
 * (both sides speak), ims_reoffer.c (the browser is not asked), ims_stand_in.c (we speak for it),
 * ims_accords.c (what came of it). */
#pragma once
#include "call/ims_offer_answer.h"
#include "sdp/ims_sdp.h"
#include "sdp/ims_sdp_rewrite.h"

/* What one side has offered, and how the other was told; up to the answer. */
typedef struct {
	ims_sdp *browser, *core;
	guint64 version; /* of `core` in o= */
} offer;

/* What was agreed last with one end of the core: the one that there is, or one of those that an INVITE has
 * reached. NULL: nothing yet. */
typedef struct {
	char *tag;              /* of its dialog; NULL: not known, or the only one */
	ims_sdp *ours, *theirs; /* as we and the core told each other */
	GArray *streams;        /* of ims_sdp_stream */
	ims_sdp *browser;       /* the browser's answer of it, until one is shown */
	ims_sdp_fit fit;        /* of the streams, to what the browser was shown */
	ims_early_media gate;   /* what the network lets through before the answer; nothing said: all */
	guint64 version;        /* of o= */
	ims_sdp *reoffer;       /* ours of what runs, unanswered */
	gboolean peer_holds, peer_sends;
} accord;

struct ims_offer_answer {
	ims_media *media;
	char *public_address;
	ims_sdp_policy policy;
	gboolean preconditions; /* in our first offer */
	guint16 ports[IMS_SDP_MAX_MEDIA];
	guint n_ports;
	guint64 session_id;
	ims_sdes_keys *keys;
	ims_sdp_policy network;       /* its policy; `policy` is that of this call */
	GPtrArray *only_srtp_profile; /* of char *: the user's choice; empty: none */

	offer open;
	GPtrArray *accords; /* of accord; never empty */
	accord *now;        /* the one that is talked about */
	accord *running;    /* the one that media serves; NULL: nobody's media passes */
	gboolean forking;   /* others may answer yet, and take what this one has refused */
	ims_sdp *browser;   /* the browser's own, offer or answer */
	ims_sdp *told;      /* the answer that it has to its last offer; NULL: none yet, or it made none */

	ims_direction wanted; /* what our user wants: less than SENDRECV is hold */
};

void ims_sdp_replace(ims_sdp **to, ims_sdp *sdp);
/* For a new description of ours: the same session, the next version (RFC 3264 8). */
ims_sdp_local ims_offer_answer_next_local(const ims_offer_answer *oa);
/* A port for each m-line that deserves one and has none yet. */
gboolean ims_offer_answer_open_ports(ims_offer_answer *oa, const ims_sdp *sdp, GError **error);
/* No more in our own description than our user wants. */
void ims_offer_answer_limit(const ims_offer_answer *oa, ims_sdp *ours);
void ims_accords_begin(
	ims_offer_answer *oa); /* with the first one, which is the one talked about, and runs */
/* What is agreed in the one talked about; NULL: that m-line is not used. */
const ims_sdp_stream *ims_accord_stream(const ims_offer_answer *oa, guint mline);
/* Agreed, and media do not hear of it yet. Takes the descriptions over; streams may be those we have. */
void ims_accord_note(ims_offer_answer *oa, ims_sdp *ours, ims_sdp *theirs, GArray *streams);
/* Media get what runs, less what our user has closed meanwhile. */
void ims_accord_apply(ims_offer_answer *oa);
/* Both, from now on. */
void ims_offer_answer_agree(ims_offer_answer *oa, ims_sdp *ours, ims_sdp *theirs, GArray *streams);
/* An open offer, or what stands for one. Takes both over. */
void ims_offer_answer_put_on_table(ims_offer_answer *oa, ims_sdp **browser, ims_sdp **core);
/* The description that goes out. One that could not be made has used no version up. */
char *ims_offer_answer_tell(ims_offer_answer *oa, const ims_sdp *ours);
