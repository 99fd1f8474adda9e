/* ims_session_recording.c: what of a session's call is recorded, and key frames for its pictures. */
#include "base/ims_error.h"
#include "base/ims_random.h"
#include "session/internal.h"

#define RANDOM_BYTES 6
#define SUFFIX_MAX 12 /* "-peer-audio" */

static const char *const suffixes[IMS_N_TRACKS] = { [IMS_TRACK_AUDIO] = "-user-audio",
						    [IMS_TRACK_VIDEO] = "-user-video",
						    [IMS_TRACK_PEER_AUDIO] = "-peer-audio",
						    [IMS_TRACK_PEER_VIDEO] = "-peer-video" };

static void stop(ims_session *session, ims_track track)
{
	ims_recording *recording = g_steal_pointer(&session->recordings[track]);

	if (!recording)
		return;
	ims_media_untap(ims_call_media(session->call), recording);
	ims_recording_stop(recording);
}

void ims_session_stop_recordings(ims_session *session)
{
	for (ims_track track = 0; track < IMS_N_TRACKS; track++)
		stop(session, track);
}

static void on_failed(ims_recording *recording, const char *why, gpointer user)
{
	ims_session *session = user;
	g_autoptr(GPtrArray) files = g_ptr_array_new();

	g_ptr_array_add(files, (char *)ims_recording_name(recording));
	ims_session_tell_in_call(
		session,
		(ims_session_news){ .kind = IMS_NEWS_RECORDING_FAILED, .files = files, .reason = why });
	for (ims_track track = 0; track < IMS_N_TRACKS; track++)
		if (session->recordings[track] == recording)
			stop(session, track);
}

/* Whoever it is that is recorded: his name is for those who may read the folder to find elsewhere. */
static char *make_name(void)
{
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();
	g_autofree char *time = g_date_time_format(now, "%Y%m%dT%H%M%SZ");
	g_autofree char *random = ims_random_hex(RANDOM_BYTES);

	return g_strdup_printf("ims-%s-%s", time, random);
}

static gboolean check_name(const char *name, GError **error)
{
	if (ims_recorder_check_name(name) && strlen(name) + SUFFIX_MAX <= IMS_RECORDER_NAME_MAX)
		return TRUE;
	g_set_error(error, IMS_ERROR, IMS_E_INVALID_ELEMENT,
		    "recording: 'filename' is a name, not a path: up to %d letters, digits and . _ -, the "
		    "first no dot",
		    IMS_RECORDER_NAME_MAX - SUFFIX_MAX);
	return FALSE;
}

/* FALSE: this one cannot be recorded: nothing runs there, or in a codec that Janus's recorder does not know.
 */
static gboolean start(ims_session *session, ims_track track, const char *base)
{
	ims_media *media = ims_call_media(session->call);
	char codec[IMS_SDP_CODEC_NAME];
	g_autofree char *name = g_strconcat(base, suffixes[track], NULL);
	ims_recording *recording;

	if (!ims_media_codec(media, track, codec) || !ims_recorder_takes(codec))
		return FALSE;
	recording = ims_recording_start(
		session->service->recorder,
		&(ims_recording_setup){ .name = name, .codec = codec, .failed = on_failed, .user = session });
	if (!ims_media_tap(media, track, &ims_recording_tap, recording)) {
		ims_recording_stop(recording);
		return FALSE;
	}
	session->recordings[track] = recording;
	return TRUE;
}

void ims_session_want_picture(ims_session *session, ims_track track)
{
	if (track == IMS_TRACK_VIDEO)
		ims_media_want_key_frame(ims_call_media(session->call));
	else if (track == IMS_TRACK_PEER_VIDEO)
		ims_media_want_peer_key_frame(ims_call_media(session->call));
}

/* A picture begins with its next key frame. */
static void want_pictures(ims_session *session, const gboolean tracks[IMS_N_TRACKS])
{
	for (ims_track track = 0; track < IMS_N_TRACKS; track++)
		if (tracks[track])
			ims_session_want_picture(session, track);
}

static gboolean start_all(ims_session *session, const ims_record_params *p, GError **error)
{
	g_autofree char *base = p->filename ? g_strdup(p->filename) : make_name();
	guint started = 0;

	if (!session->service->recorder)
		return ims_session_refuse(error, IMS_E_NOT_ALLOWED, "recording: nothing is recorded here");
	if (!check_name(base, error))
		return FALSE;
	for (ims_track track = 0; track < IMS_N_TRACKS; track++)
		if (p->tracks[track] && !session->recordings[track])
			started += start(session, track, base) ? 1 : 0;
	if (started == 0)
		return ims_session_refuse(
			error, IMS_E_RECORDING,
			"recording: of what is asked for nothing runs, or all is recorded already");
	want_pictures(session, p->tracks);
	return TRUE;
}

static void change(ims_session *session, const ims_record_params *p)
{
	for (ims_track track = 0; track < IMS_N_TRACKS; track++) {
		if (!p->tracks[track] || !session->recordings[track])
			continue;
		if (p->action == IMS_RECORD_STOP)
			stop(session, track);
		else
			ims_recording_pause(session->recordings[track], p->action == IMS_RECORD_PAUSE);
	}
	if (p->action == IMS_RECORD_RESUME)
		want_pictures(session, p->tracks);
}

static gboolean wants_any(const ims_record_params *p)
{
	for (ims_track track = 0; track < IMS_N_TRACKS; track++)
		if (p->tracks[track])
			return TRUE;
	return FALSE;
}

static void tell_updated(ims_session *session, const char *transaction)
{
	g_autoptr(GPtrArray) files = g_ptr_array_new();

	for (ims_track track = 0; track < IMS_N_TRACKS; track++)
		if (session->recordings[track])
			g_ptr_array_add(files, (char *)ims_recording_name(session->recordings[track]));
	ims_session_tell_in_call(session, (ims_session_news){ .kind = IMS_NEWS_RECORDING_UPDATED,
							      .transaction = transaction,
							      .files = files });
}

gboolean ims_session_record(ims_session *session, const ims_record_params *p, const char *transaction,
			    GError **error)
{
	if (!session->call)
		return ims_session_refuse(error, IMS_E_WRONG_STATE, "recording: there is no call");
	if (!wants_any(p))
		return ims_session_refuse(
			error, IMS_E_RECORDING,
			"recording: one of 'audio', 'video', 'peer_audio' and 'peer_video' must be true");
	if (p->action == IMS_RECORD_START && !start_all(session, p, error))
		return FALSE;
	if (p->action != IMS_RECORD_START)
		change(session, p);
	tell_updated(session, transaction);
	return TRUE;
}

gboolean ims_session_key_frame(ims_session *session, gboolean user, gboolean peer, const char *transaction,
			       GError **error)
{
	if (!session->call || !ims_call_dialog(session->call))
		return ims_session_refuse(error, IMS_E_WRONG_STATE, "keyframe: no call is up");
	want_pictures(session,
		      (gboolean[IMS_N_TRACKS]){ [IMS_TRACK_VIDEO] = user, [IMS_TRACK_PEER_VIDEO] = peer });
	ims_session_tell_in_call(
		session, (ims_session_news){ .kind = IMS_NEWS_KEY_FRAME_SENT, .transaction = transaction });
	return TRUE;
}
