#include "call/ims_silence.h"

#define LOOKS 10 /* within the limit */

static void arm(ims_silence *silence)
{
	silence->looked_ms = ims_clock_now_ms(silence->clock);
	ims_timer_arm(&silence->timer, silence->limit_ms / LOOKS);
}

static gboolean expects(const ims_silence *silence)
{
	return silence->end == IMS_SILENCE_OF_CORE ? ims_offer_answer_hears(silence->oa)
						   : ims_offer_answer_speaks(silence->oa);
}

static gint64 last_sign_us(const ims_silence *silence)
{
	ims_media_stats stats;

	ims_media_get_stats(silence->media, &stats);
	return silence->end == IMS_SILENCE_OF_CORE ? stats.last_from_core_us : stats.last_from_browser_us;
}

static void look(gpointer user)
{
	ims_silence *silence = user;
	gboolean listens = expects(silence);
	gint64 sign_us = last_sign_us(silence);

	if (sign_us == silence->sign_us && listens && silence->listens)
		silence->quiet_ms += ims_clock_now_ms(silence->clock) - silence->looked_ms;
	else
		silence->quiet_ms = 0;
	silence->listens = listens;
	silence->sign_us = sign_us;
	arm(silence);
	if (silence->quiet_ms < silence->limit_ms)
		return;
	ims_silence_stop(silence);
	silence->silent(silence->user);
}

void ims_silence_init(ims_silence *silence, ims_silence_end end, ims_clock *clock, ims_media *media,
		      const ims_offer_answer *oa, guint limit_s, void (*silent)(gpointer user), gpointer user)
{
	*silence = (ims_silence){ .end = end,
				  .clock = clock,
				  .media = media,
				  .oa = oa,
				  .limit_ms = (gint64)limit_s * 1000,
				  .silent = silent,
				  .user = user };
	ims_timer_init(&silence->timer, clock, look, silence);
}

void ims_silence_start(ims_silence *silence)
{
	if (silence->limit_ms)
		arm(silence);
}

void ims_silence_stop(ims_silence *silence)
{
	ims_timer_stop(&silence->timer);
}
