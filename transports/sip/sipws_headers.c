/* What is known of header fields, once: the compact form, whether it is a list, and who judges it. Those that
 * no answer depends on are taken as they come, malformed or not (RFC 3261 8.2.2). */
#include "sip/internal.h"

#include <string.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/su_alloc.h>

enum { ELEMENTS_MAX = 1000, PARAMETERS_MAX = 200 }; /* header fields of a message, parameters of one */

typedef enum { SINGLE, LIST, TEXT } header_kind;
typedef enum { AS_IT_IS, BY_SOFIA, AS_ADDRESS, AS_CALL_ID, AS_CSEQ, AS_NUMBER, AS_HOPS } header_judge;

typedef struct {
	const char *name;
	char compact; /* 0: none */
	header_kind kind;
	header_judge judge;
	msg_hclass_t *class; /* for BY_SOFIA and AS_ADDRESS */
	const char *malformed, *twice;
} header_rule;

#define RULE(name, compact, kind, judge, class)                                                              \
	{                                                                                                    \
		name, compact, kind, judge, class, "Malformed " name, name " appears twice"                  \
	}

static const header_rule rules[] = {
	/* clang-format off */
	RULE("Via",                 'v', LIST,   BY_SOFIA,   sip_via_class),
	RULE("From",                'f', SINGLE, AS_ADDRESS, sip_from_class),
	RULE("To",                  't', SINGLE, AS_ADDRESS, sip_to_class),
	RULE("Call-ID",             'i', SINGLE, AS_CALL_ID, NULL),
	RULE("CSeq",                0,   SINGLE, AS_CSEQ,    NULL),
	RULE("Contact",             'm', LIST,   AS_ADDRESS, sip_contact_class),
	RULE("Max-Forwards",        0,   SINGLE, AS_HOPS,    NULL),
	RULE("Content-Length",      'l', SINGLE, AS_NUMBER,  NULL),
	RULE("Content-Type",        'c', SINGLE, BY_SOFIA,   sip_content_type_class),
	RULE("Expires",             0,   SINGLE, BY_SOFIA,   sip_expires_class),
	RULE("Event",               'o', SINGLE, BY_SOFIA,   sip_event_class),
	RULE("Subscription-State",  0,   SINGLE, BY_SOFIA,   sip_subscription_state_class),
	RULE("Refer-To",            'r', SINGLE, AS_ADDRESS, sip_refer_to_class),
	RULE("Referred-By",         'b', SINGLE, AS_IT_IS,   NULL),
	RULE("Replaces",            0,   SINGLE, BY_SOFIA,   sip_replaces_class),
	RULE("Session-Expires",     'x', SINGLE, BY_SOFIA,   sip_session_expires_class),
	RULE("Min-SE",              0,   SINGLE, BY_SOFIA,   sip_min_se_class),
	RULE("RAck",                0,   SINGLE, BY_SOFIA,   sip_rack_class),
	RULE("RSeq",                0,   SINGLE, BY_SOFIA,   sip_rseq_class),
	RULE("Route",               0,   LIST,   AS_ADDRESS, sip_route_class),
	RULE("Record-Route",        0,   LIST,   AS_ADDRESS, sip_record_route_class),
	RULE("Accept",              0,   LIST,   AS_IT_IS,   NULL),
	RULE("Accept-Contact",      'a', LIST,   AS_IT_IS,   NULL),
	RULE("Accept-Encoding",     0,   LIST,   AS_IT_IS,   NULL),
	RULE("Accept-Language",     0,   LIST,   AS_IT_IS,   NULL),
	RULE("Alert-Info",          0,   LIST,   AS_IT_IS,   NULL),
	RULE("Allow",               0,   LIST,   AS_IT_IS,   NULL),
	RULE("Allow-Events",        'u', LIST,   AS_IT_IS,   NULL),
	RULE("Call-Info",           0,   LIST,   AS_IT_IS,   NULL),
	RULE("Content-Encoding",    'e', LIST,   AS_IT_IS,   NULL),
	RULE("Content-Language",    0,   LIST,   AS_IT_IS,   NULL),
	RULE("Error-Info",          0,   LIST,   AS_IT_IS,   NULL),
	RULE("History-Info",        0,   LIST,   AS_IT_IS,   NULL),
	RULE("Identity",            'y', TEXT,   AS_IT_IS,   NULL),
	RULE("P-Asserted-Identity", 0,   LIST,   AS_IT_IS,   NULL),
	RULE("P-Associated-URI",    0,   LIST,   AS_IT_IS,   NULL),
	RULE("P-Preferred-Identity",0,   LIST,   AS_IT_IS,   NULL),
	RULE("Path",                0,   LIST,   AS_IT_IS,   NULL),
	RULE("Proxy-Require",       0,   LIST,   AS_IT_IS,   NULL),
	RULE("Reason",              0,   LIST,   AS_IT_IS,   NULL),
	RULE("Recv-Info",           0,   LIST,   AS_IT_IS,   NULL),
	RULE("Reject-Contact",      'j', LIST,   AS_IT_IS,   NULL),
	RULE("Request-Disposition", 'd', LIST,   AS_IT_IS,   NULL),
	RULE("Require",             0,   LIST,   AS_IT_IS,   NULL),
	RULE("Service-Route",       0,   LIST,   AS_IT_IS,   NULL),
	RULE("Subject",             's', TEXT,   AS_IT_IS,   NULL),
	RULE("Supported",           'k', LIST,   AS_IT_IS,   NULL),
	RULE("Unsupported",         0,   LIST,   AS_IT_IS,   NULL),
	RULE("Warning",             0,   LIST,   AS_IT_IS,   NULL),
	/* clang-format on */
};

/* By the long or the compact form; NULL: nobody here knows it. */
static const header_rule *rule_of(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rules); i++)
		if (g_ascii_strcasecmp(rules[i].name, name) == 0 ||
		    (name[0] && !name[1] && rules[i].compact == g_ascii_tolower(name[0])))
			return &rules[i];
	return NULL;
}

/* ---- judging ---- */

static gboolean sofia_takes(msg_hclass_t *class, const char *value)
{
	su_home_t home[1] = { SU_HOME_INIT(home) };
	gboolean takes;

	takes = msg_header_make(home, class, value) != NULL;
	su_home_deinit(home);
	return takes;
}

/* CSeq: up to 2**31 - 1 (RFC 3261 8.1.1.5), and a method */
static gboolean is_cseq(const char *value)
{
	const gsize digits = strspn(value, "0123456789"), space = strspn(value + digits, " \t");
	const char *method = value + digits + space;

	return digits > 0 && space > 0 && g_ascii_strtoull(value, NULL, 10) < G_MAXINT32 + 1ull &&
	       sipws_is_token(method, strlen(method));
}

static gboolean is_number_up_to(const char *value, guint64 max)
{
	return *value && value[strspn(value, "0123456789")] == '\0' &&
	       g_ascii_strtoull(value, NULL, 10) <= max;
}

static gboolean is_call_id(const char *value)
{
	for (const char *at = value; *at; at++)
		if (!g_ascii_isgraph(*at))
			return FALSE;
	return *value != '\0';
}

static guint count_of(const char *value, char wanted)
{
	guint count = 0;

	for (; *value; value++)
		count += *value == wanted;
	return count;
}

static gboolean is_sound(const header_rule *rule, const char *value)
{
	switch (rule->judge) {
	case AS_IT_IS:
		return TRUE;
	case BY_SOFIA:
		return sofia_takes(rule->class, value);
	case AS_ADDRESS:
		return sipws_address_read(value, NULL, NULL) && sofia_takes(rule->class, value);
	case AS_CALL_ID:
		return is_call_id(value);
	case AS_CSEQ:
		return is_cseq(value);
	case AS_NUMBER:
		return is_number_up_to(value, G_MAXUINT32);
	case AS_HOPS:
		return is_number_up_to(value, 255);
	}
	return FALSE;
}

/* sofia's time for a list of parameters grows with the square of its length. */
static void judge(sipws_msg *msg, const header_rule *rule, const char *value)
{
	if (rule->judge != AS_IT_IS && (count_of(value, ';') > PARAMETERS_MAX || !is_sound(rule, value)))
		sipws_msg_blame(msg, 400, rule->malformed);
}

/* ---- reading ---- */

static void put(sipws_msg *msg, const char *name, const char *value)
{
	if (msg->headers->len < ELEMENTS_MAX)
		sipws_msg_put(msg, name, value);
	else
		sipws_msg_blame(msg, 400, "Too many header fields");
}

/* Behind the element: at the ',' or the end. Commas in quotes and angle brackets separate nothing. */
static const char *element_end(const char *at)
{
	gboolean quoted = FALSE, within = FALSE;

	for (; *at && (quoted || within || *at != ','); at++) {
		if (quoted && *at == '\\' && at[1])
			at++;
		else if (*at == '"' && !within)
			quoted = !quoted;
		else if (!quoted && (*at == '<' || *at == '>'))
			within = *at == '<';
	}
	return at;
}

static void read_list(sipws_msg *msg, const header_rule *rule, const char *value)
{
	gboolean any = FALSE;

	while (*value) {
		const char *end = element_end(value);
		g_autofree char *element = g_strstrip(g_strndup(value, (gsize)(end - value)));

		if (*element) {
			judge(msg, rule, element);
			put(msg, rule->name, element);
			any = TRUE;
		}
		value = *end ? end + 1 : end;
	}
	if (!any)
		judge(msg, rule, "");
}

void sipws_header_read(sipws_msg *msg, const char *name, const char *value)
{
	const header_rule *rule = rule_of(name);

	if (!rule) {
		put(msg, name, value);
		return;
	}
	if (rule->kind == LIST) {
		read_list(msg, rule, value);
		return;
	}
	if (rule->kind == SINGLE && sipws_msg_header(msg, rule->name, 0))
		sipws_msg_blame(msg, 400, rule->twice);
	judge(msg, rule, value);
	put(msg, rule->name, value);
}
