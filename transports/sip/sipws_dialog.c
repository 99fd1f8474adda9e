#include "sip/sipws_dialog.h"

#include <string.h>
#include "base/ims_random.h"

/* Name and URI: what else stands behind them, the tag too, is not the dialog's identity. */
static char *without_tag(const sipws_address *address)
{
	return sipws_address_print(address->name, address->uri, NULL);
}

static char *contact_of(const sipws_msg *msg)
{
	sipws_address contact;

	return sipws_msg_address(msg, "Contact", 0, &contact) ? g_strdup(contact.uri) : NULL;
}

void sipws_dialog_init_uas(sipws_dialog *dialog, const sipws_msg *request)
{
	sipws_address from, to;

	sipws_msg_from(request, &from);
	sipws_msg_to(request, &to);
	*dialog = (sipws_dialog){
		.call_id = g_strdup(sipws_msg_call_id(request)),
		.local_tag = ims_random_hex(8),
		.remote_tag = g_strdup(sipws_msg_from_tag(request)),
		.local = without_tag(&to),
		.remote = without_tag(&from),
		.target = contact_of(request),
		.remote_cseq = sipws_msg_cseq(request),
	};
	if (!dialog->target)
		dialog->target = g_strdup(from.uri);
}

void sipws_dialog_init_uac(sipws_dialog *dialog, const char *from, const char *to, const char *target)
{
	*dialog = (sipws_dialog){
		.call_id = ims_random_hex(16),
		.local_tag = ims_random_hex(8),
		.remote_tag = g_strdup(""),
		.local = g_strdup(from),
		.remote = g_strdup(to),
		.target = g_strdup(target),
	};
}

void sipws_dialog_learn(sipws_dialog *dialog, const sipws_msg *msg)
{
	const char *tag = sipws_msg_is_request(msg) ? sipws_msg_from_tag(msg) : sipws_msg_to_tag(msg);
	char *contact = contact_of(msg);

	if (*tag && !*dialog->remote_tag) {
		g_free(dialog->remote_tag);
		dialog->remote_tag = g_strdup(tag);
	}
	if (contact) {
		g_free(dialog->target);
		dialog->target = contact;
	}
}

void sipws_dialog_clear(sipws_dialog *dialog)
{
	g_free(dialog->call_id);
	g_free(dialog->local_tag);
	g_free(dialog->remote_tag);
	g_free(dialog->local);
	g_free(dialog->remote);
	g_free(dialog->target);
	*dialog = (sipws_dialog){ 0 };
}

gboolean sipws_dialog_matches(const sipws_dialog *dialog, const sipws_msg *request)
{
	return g_strcmp0(dialog->call_id, sipws_msg_call_id(request)) == 0 &&
	       g_strcmp0(dialog->local_tag, sipws_msg_to_tag(request)) == 0 &&
	       (!*dialog->remote_tag || strcmp(dialog->remote_tag, sipws_msg_from_tag(request)) == 0);
}

gboolean sipws_dialog_accepts(sipws_dialog *dialog, const sipws_msg *request)
{
	const char *method = sipws_msg_method(request);

	if (strcmp(method, "ACK") == 0 || strcmp(method, "CANCEL") == 0)
		return TRUE;
	if (sipws_msg_cseq(request) <= dialog->remote_cseq)
		return FALSE;
	dialog->remote_cseq = sipws_msg_cseq(request);
	return TRUE;
}

static sipws_msg *make(const sipws_dialog *dialog, const char *method, guint32 cseq, const char *contact)
{
	sipws_msg *msg = sipws_msg_new_request(method, dialog->target);

	sipws_msg_add(msg, "From", "%s;tag=%s", dialog->local, dialog->local_tag);
	sipws_msg_add(msg, "To", *dialog->remote_tag ? "%s;tag=%s" : "%s", dialog->remote,
		      dialog->remote_tag);
	sipws_msg_add(msg, "Call-ID", "%s", dialog->call_id);
	sipws_msg_add(msg, "CSeq", "%u %s", cseq, method);
	if (contact)
		sipws_msg_add(msg, "Contact", "%s", contact);
	return msg;
}

sipws_msg *sipws_dialog_request(sipws_dialog *dialog, const char *method, const char *contact)
{
	return make(dialog, method, ++dialog->local_cseq, contact);
}

sipws_msg *sipws_dialog_ack(sipws_dialog *dialog, guint32 cseq, const char *contact)
{
	return make(dialog, "ACK", cseq, contact);
}
