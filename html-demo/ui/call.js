import { $, paint } from './dom.js';
import { clock, hue, initials } from './address.js';

const WORDS = {
	preparing: 'Asking for the microphone …',
	calling: 'Calling …',
	proceeding: 'Calling …',
	ringing: 'Ringing …',
	early: 'Ringing …',
	incoming: 'is calling you',
	accepting: 'Connecting …',
	up: '',
	ending: 'Hanging up …',
	ended: 'Call ended',
};

/** @param {import('../ims-client.js').Call} call */
function words(call) {
	if (call.state === 'up' && call.held)
		return 'On hold';
	if (call.state === 'ended' && !call.startedAt)
		return call.error ? 'No connection' : 'Not answered';
	return WORDS[call.state];
}

const LINGER_MS = 1800;

/** The view of one call, from the first ring to the last word. */
export class CallView {
	#root = $('#call');
	#timer = 0;
	#linger = 0;
	#startedAt = 0;

	/** When the call came into view, as performance.now(). */
	since = 0;

	/** @param {Record<string, () => void>} on answer, decline, hangup, mute, hold, keypad */
	constructor(on) {
		for (const name of ['answer', 'decline', 'hangup', 'mute', 'hold', 'keypad'])
			$(`#${name}`).addEventListener('click', () => on[name]());
	}

	/** A new call. @param {string} name @param {string} address */
	begin(name, address, uri) {
		clearTimeout(this.#linger);
		this.#startedAt = 0;
		this.since = performance.now();
		$('#peer').textContent = name;
		$('#peer-address').textContent = address === name ? '' : address;
		paint($('#peer-avatar'), initials(name), hue(uri));
		$('#digits').textContent = '';
		$('#timer').textContent = clock(0);
		this.keypad(false);
		this.#show(true);
	}

	/** @param {import('../ims-client.js').Call} call */
	update(call) {
		this.#root.dataset.state = call.state;
		const up = call.state === 'up';

		$('#call-state').textContent = words(call);
		$('#incoming').hidden = !['incoming', 'accepting'].includes(call.state);
		$('#hangup').hidden = ['incoming', 'accepting', 'ended'].includes(call.state);
		$('#answer').disabled = call.state === 'accepting';
		$('#controls').hidden = ['incoming', 'accepting', 'ended'].includes(call.state);
		$('#mute').disabled = ['preparing', 'ending'].includes(call.state);
		$('#hold').disabled = !up;
		$('#keypad').disabled = !up && call.state !== 'early';
		press('mute', call.muted, 'Mute', 'Unmute');
		press('hold', call.held, 'Hold', 'Resume');
		this.#note(up && call.startedAt && !call.media && Date.now() - call.startedAt > 3000
			? 'The sound is interrupted …' : '');
		if (call.startedAt && call.state !== 'ended')
			this.#run(call.startedAt);
	}

	/** Says how it ended, then goes away. */
	end(call, gone) {
		clearInterval(this.#timer);
		this.keypad(false);
		this.update(call);
		this.#linger = setTimeout(gone, call.error || !call.startedAt ? LINGER_MS / 2 : LINGER_MS);
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
	}

	digit(digit) {
		$('#digits').textContent += digit;
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

function press(id, on, off, word) {
	const button = $(`#${id}`);

	button.setAttribute('aria-pressed', String(on));
	$('.caption', button).textContent = on ? word : off;
}
