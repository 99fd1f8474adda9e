#include "sdp/ims_sdp_qos.h"

#include <string.h>

#include "sdp/internal.h"

/* "qos mandatory local sendrecv" has four words, "qos local none" three. */
#define MAX_WORDS 4

/* What one m-line says of one end, seen from who wrote it. */
typedef struct {
	gboolean there;
	const char *strength; /* "" none named */
	ims_direction current, desired;
} status;

typedef struct {
	gboolean confirm; /* we are to tell when our end is ready */
	gboolean there,
		alien; /* alien: a mandatory one that is not local or remote QoS, or of no known form */
	status local, remote;
} line_status;

static ims_direction direction_of(const char *word)
{
	if (g_ascii_strcasecmp(word, "sendrecv") == 0)
		return IMS_DIR_SENDRECV;
	if (g_ascii_strcasecmp(word, "send") == 0)
		return IMS_DIR_SENDONLY;
	return g_ascii_strcasecmp(word, "recv") == 0 ? IMS_DIR_RECVONLY : IMS_DIR_INACTIVE;
}

static const char *direction_word(ims_direction direction)
{
	static const char *const words[] = { [IMS_DIR_INACTIVE] = "none",
					     [IMS_DIR_SENDONLY] = "send",
					     [IMS_DIR_RECVONLY] = "recv",
					     [IMS_DIR_SENDRECV] = "sendrecv" };

	return words[direction];
}

/* As one of ours, so that it may be kept and written. */
static const char *strength_word(const char *word)
{
	static const char *const words[] = { "mandatory", "optional", "none", "failure", "unknown" };

	for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
		if (g_ascii_strcasecmp(word, words[i]) == 0)
			return words[i];
	return "";
}

static status *status_of(line_status *line, const char *type, const char *end)
{
	if (g_ascii_strcasecmp(type, "qos") != 0)
		return NULL;
	if (g_ascii_strcasecmp(end, "local") == 0)
		return &line->local;
	return g_ascii_strcasecmp(end, "remote") == 0 ? &line->remote : NULL;
}

static void read_current(line_status *line, char **words, guint n)
{
	status *s = n == 3 ? status_of(line, words[0], words[1]) : NULL;

	if (!s)
		return;
	s->there = TRUE;
	s->current = direction_of(words[2]);
}

static void read_desired(line_status *line, char **words, guint n)
{
	const char *strength = n > 1 ? strength_word(words[1]) : "";
	status *s = n == MAX_WORDS ? status_of(line, words[0], words[2]) : NULL;

	if (!s) {
		line->alien |= strcmp(strength, "mandatory") == 0;
		return;
	}
	s->there = TRUE;
	s->strength = strength;
	s->desired = direction_of(words[3]);
}

static void read_confirm(line_status *line, char **words, guint n)
{
	line->confirm |= n == 3 && status_of(line, words[0], words[1]) == &line->remote;
}

static void read_attribute(line_status *line, const ims_sdp_attribute *a)
{
	static const struct {
		const char *name;
		void (*read)(line_status *line, char **words, guint n);
	} kinds[] = { { "curr", read_current }, { "des", read_desired }, { "conf", read_confirm } };
	g_auto(GStrv) words = a->value ? g_strsplit(a->value, " ", MAX_WORDS) : NULL;

	for (gsize i = 0; words && i < G_N_ELEMENTS(kinds); i++)
		if (strcmp(a->name, kinds[i].name) == 0)
			kinds[i].read(line, words, g_strv_length(words));
}

static line_status read_line(const ims_sdp_media *media)
{
	line_status line = { .local = { .strength = "" }, .remote = { .strength = "" } };

	for (guint i = 0; media && i < media->attributes->len; i++)
		read_attribute(&line, media->attributes->pdata[i]);
	line.there = line.local.there || line.remote.there || line.alien;
	return line;
}

static gboolean is_pending(const line_status *line)
{
	return strcmp(line->local.strength, "mandatory") == 0 &&
	       (line->local.desired & ~line->local.current) != 0;
}

ims_sdp_qos ims_sdp_qos_of(const ims_sdp *theirs)
{
	ims_sdp_qos qos = IMS_SDP_QOS_NONE;

	for (guint i = 0; i < theirs->media->len; i++) {
		const ims_sdp_media *media = theirs->media->pdata[i];
		line_status line = read_line(media);

		if (media->port == 0 || !line.there)
			continue;
		qos = MAX(qos, line.alien          ? IMS_SDP_QOS_IMPOSSIBLE
			       : is_pending(&line) ? IMS_SDP_QOS_PENDING
						   : IMS_SDP_QOS_MET);
	}
	return qos;
}

gboolean ims_sdp_qos_wants_word(const ims_sdp *theirs)
{
	for (guint i = 0; i < theirs->media->len; i++) {
		const ims_sdp_media *media = theirs->media->pdata[i];
		line_status line = read_line(media);
		gboolean unknown = strcmp(line.remote.strength, "mandatory") == 0 &&
				   (line.remote.desired & ~line.remote.current) != 0;

		if (media->port != 0 && (line.confirm || unknown))
			return TRUE;
	}
	return FALSE;
}

static void add(ims_sdp_media *media, const char *name, const char *what, const char *direction)
{
	g_autofree char *value = g_strdup_printf("qos %s %s", what, direction);

	ims_sdp_media_add_attribute(media, name, value);
}

static void add_status(ims_sdp_media *media, ims_direction theirs, const char *their_strength)
{
	g_autofree char *remote = g_strdup_printf("%s remote", their_strength);

	add(media, "curr", "local", "sendrecv");
	add(media, "curr", "remote", direction_word(ims_direction_reverse(theirs)));
	add(media, "des", "mandatory local", "sendrecv");
	add(media, "des", remote, "sendrecv");
}

static void add_to_all(ims_sdp *ours, const ims_sdp *theirs, gboolean answers)
{
	for (guint i = 0; i < ours->media->len; i++) {
		ims_sdp_media *media = ours->media->pdata[i];
		line_status line = read_line(ims_sdp_media_at(theirs, i));

		if (media->port == 0 || !line.there)
			continue;
		add_status(media, line.local.current,
			   *line.local.strength ? line.local.strength : "optional");
		if (answers && is_pending(&line))
			add(media, "conf", "remote", "sendrecv");
	}
}

void ims_sdp_qos_answer(ims_sdp *ours, const ims_sdp *theirs)
{
	add_to_all(ours, theirs, TRUE);
}

void ims_sdp_qos_offer(ims_sdp *ours, const ims_sdp *theirs)
{
	if (theirs) {
		add_to_all(ours, theirs, FALSE);
		return;
	}
	for (guint i = 0; i < ours->media->len; i++) {
		ims_sdp_media *media = ours->media->pdata[i];

		if (media->port != 0)
			add_status(media, IMS_DIR_INACTIVE, "optional");
	}
}
