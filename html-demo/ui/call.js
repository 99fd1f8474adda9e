import { $, paint } from './dom.js';
import { clock, hue, initials } from './address.js';
import { progress } from './phrases.js';
import { QualityView } from './quality.js';
import { Stage } from './stage.js';

const LINGER_MS = 1800;
const SETTLE_MS = 3000;		/* after the answer, before a silent connection is worth a word */

const BUTTONS = ['answer', 'answer-video', 'decline', 'hangup', 'mute', 'camera', 'hold', 'keypad', 'devices-button', 'transfer', 'add',
	'show', 'watch', 'refuse'];
const LAST = ['hangup', 'decline'];	/* another call is shown after these: the second click of a double one is not meant for it */

/** The view of one call, from the first ring to the last word. */
export class CallView {
	#root = $('#call');
	#stage = new Stage();
	#quality = new QualityView();
	#timer = 0;
	#linger = 0;
	#startedAt = 0;
	#name = '';

	/** When the call came into view, as performance.now(). */
	since = 0;

	/** @param {Record<string, () => void>} on one for each of BUTTONS */
	constructor(on) {
		for (const name of BUTTONS)
			$(`#${name}`).addEventListener('click', ({ detail }) => (detail > 1 && LAST.includes(name)) || on[name]());
		$('#quality-button').addEventListener('click', () => this.#showQuality(!this.#quality.open));
	}

	/** A new call. @param {string} name @param {string} address */
	begin(name, address, uri) {
		clearTimeout(this.#linger);
		this.#startedAt = 0;
		this.#name = name;
		this.since = performance.now();
		$('#peer').textContent = name;
		$('#peer-address').textContent = address === name ? '' : address;
		$('#question-words').textContent = `${name} would like to turn on video`;
		for (const avatar of ['#peer-avatar', '#stage-avatar'])
			paint($(avatar), initials(name), hue(uri));
		$('#digits').textContent = '';
		$('#timer').textContent = clock(0);
		this.keypad(false);
		this.#quality.clear();
		this.#showQuality(false);
		this.#show(true);
	}

	/** @param {import('../ims-client.js').Call} call */
	update(call) {
		const up = call.state === 'up';

		this.#root.dataset.state = call.state;
		$('#call-state').textContent = progress(call);
		this.#buttons(call);
		this.#stage.update(call, this.#name);
		this.#note(note(call));
		if (call.startedAt && call.state !== 'ended')
			this.#run(call.startedAt);
		if (!up)
			this.#showQuality(false);
	}

	media(media) {
		this.#stage.media(media);
	}

	quality(quality) {
		this.#quality.add(quality);
	}

	/** Says how it ended, then goes away. */
	end(call, gone) {
		clearInterval(this.#timer);
		this.keypad(false);
		this.update(call);
		this.#stage.clear();
		this.#linger = setTimeout(gone, (call.error || !call.startedAt) && !call.elsewhere ? LINGER_MS / 2 : LINGER_MS);
	}

	hide() {
		clearTimeout(this.#linger);
		clearInterval(this.#timer);
		this.#show(false);
	}

	get keypadOpen() {
		return this.#root.classList.contains('with-pad');
	}

	keypad(open) {
		this.#root.classList.toggle('with-pad', open);
		$('#call-pad-place').hidden = !open;
		press('keypad', open, 'Keypad', 'Hide keys');
		if (open)
			this.#showQuality(false);
	}

	digit(digit) {
		$('#digits').textContent += digit;
	}

	#buttons({ state, muted, held, camera, videoOffered, asked, changing, transfer }) {
		const up = state === 'up';
		const rings = ['incoming', 'accepting'].includes(state);

		$('#incoming').hidden = !rings;
		$('#answer-video').hidden = !videoOffered;
		$('#answer').disabled = $('#answer-video').disabled = state === 'accepting';
		$('#hangup').hidden = $('#controls').hidden = rings || state === 'ended';
		$('#mute').disabled = ['preparing', 'ending'].includes(state);
		$('#hold').disabled = $('#quality-button').disabled = !up;
		$('#camera').disabled = !up || changing || asked || held;
		$('#keypad').disabled = !up && state !== 'early';
		$('#transfer').disabled = !up || ['asked', 'ringing'].includes(transfer);
		$('#add').disabled = !up;
		press('mute', muted, 'Mute', 'Unmute');
		press('hold', held, 'Hold', 'Resume');
		press('camera', camera, 'Camera', 'Stop camera');
		this.#ask(asked);
	}

	/** The question takes the keyboard, and gives it back. */
	#ask(asked) {
		const box = $('#question');

		if (box.hidden !== asked)
			return;
		const within = box.contains(document.activeElement);

		box.hidden = !asked;
		this.#root.classList.toggle('with-question', asked);
		if (asked)
			$('#watch').focus({ preventScroll: true });
		else if (within)
			this.#root.focus({ preventScroll: true });
	}

	#showQuality(on) {
		if (on)
			this.keypad(false);
		this.#root.classList.toggle('with-quality', on);
		this.#quality.show(on);
		press('quality-button', on, 'Quality', 'Quality');
	}

	#run(startedAt) {
		if (this.#startedAt === startedAt)
			return;
		this.#startedAt = startedAt;
		clearInterval(this.#timer);
		const tick = () => ($('#timer').textContent = clock((Date.now() - startedAt) / 1000));

		tick();
		$('#timer').hidden = false;
		this.#timer = setInterval(tick, 500);
	}

	#show(on) {
		this.#root.hidden = !on;
		$('#dialer').hidden = on;
		$('#timer').hidden = true;
		document.body.classList.toggle('in-call', on);
	}

	#note(words) {
		$('#call-note').hidden = !words;
		$('#call-note').textContent = words;
	}
}

const NO_VIDEO = {
	no_common_codec: 'Video is not possible with this network: no common codec.',
	refused_by_peer: 'The other side does not take video.',
	refused_by_browser: 'This browser does not take the video of the other side.',
	unsupported: 'Video is not possible in this call.',
};

/** What is not as it should be. */
function note({ state, startedAt, media, noVideo, muted }) {
	if (state !== 'up')
		return '';
	if (!media && Date.now() - startedAt > SETTLE_MS)
		return 'The sound is interrupted …';
	if (noVideo)
		return NO_VIDEO[noVideo];
	return muted ? 'Your microphone is off' : '';
}

function press(id, on, off, word) {
	const button = $(`#${id}`);

	button.setAttribute('aria-pressed', String(on));
	$('.caption', button).textContent = on ? word : off;
}
