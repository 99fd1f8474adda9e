import { $, el, icon, paint } from './dom.js';
import { hue, initials } from './address.js';
import { aside } from './phrases.js';

/**
 * The calls beside the one in the foreground: somebody who rings meanwhile, and those who are held.
 */
export class OthersView {
	#on;
	#ringing = 0;		/* key of the one that is shown as waiting */
	#drawn = '';

	/**
	 * @param {object} on each gets the key of a call
	 * @param {(key: number) => void} on.hold answers it, the call in the foreground is held
	 * @param {(key: number) => void} on.end ... is ended
	 * @param {(key: number) => void} on.decline
	 * @param {(key: number) => void} on.turn turns to a call that is held
	 * @param {(key: number) => void} on.connect connects it with the one in the foreground
	 * @param {(key: number) => void} on.hangup
	 */
	constructor(on) {
		this.#on = on;
		for (const what of ['hold', 'end', 'decline'])
			$(`#waiting-${what}`).addEventListener('click', () => on[what](this.#ringing));
	}

	/**
	 * @param {import('../ims-client.js').Call|null} shown in the foreground
	 * @param {import('../ims-client.js').Call[]} others
	 * @param {(call: import('../ims-client.js').Call) => string} nameOf
	 */
	update(shown, others, nameOf) {
		const waiting = others.find(({ state }) => ['incoming', 'accepting'].includes(state));

		$('#call').classList.toggle('has-others', others.length > 0);
		this.#wait(waiting, shown, waiting && nameOf(waiting));
		this.#list(shown, others.filter((call) => call !== waiting), nameOf);
	}

	#wait(call, shown, name) {
		const box = $('#waiting');

		box.hidden = !call;
		if (!call) {
			this.#ringing = 0;
			return;
		}
		$('#waiting-hold').textContent = shown?.state === 'up' ? 'Hold & answer' : 'Answer';
		$('#waiting-hold').disabled = call.state === 'accepting' || (shown && shown.state !== 'up' && shown.state !== 'ended');
		$('#waiting-end').disabled = call.state === 'accepting';
		$('#waiting-end').hidden = !shown;
		if (call.key === this.#ringing)
			return;
		this.#ringing = call.key;
		$('#waiting-name').textContent = name;
		paint($('#waiting-avatar'), initials(name), hue(call.peer));
	}

	/** Drawn anew only when it looks otherwise: a focus stays where it is. */
	#list(shown, calls, nameOf) {
		const state = JSON.stringify([shown?.key, shown?.state, calls.map((call) => [call.key, nameOf(call), aside(call)])]);

		$('#others').hidden = calls.length === 0;
		if (state === this.#drawn)
			return;
		this.#drawn = state;
		$('#others').replaceChildren(...calls.map((call) => this.#row(call, nameOf(call), shown, shown && nameOf(shown))));
	}

	#row(call, name, shown, front) {
		const avatar = el('span', { class: 'avatar small', 'aria-hidden': 'true' });
		const both = shown?.state === 'up' && call.state === 'up' && !['asked', 'ringing'].includes(call.transfer);

		paint(avatar, initials(name), hue(call.peer));
		return el('li', { 'data-testid': 'other-call', 'data-key': call.key, 'data-state': call.state },
			avatar, el('p', {}, el('b', {}, name), el('span', {}, aside(call))),
			...(both ? [this.#button('connect', 'Connect', `Connect ${name} with ${front}`, call.key, 'connect')] : []),
			...(call.state === 'up' ? [this.#button('swap', 'Turn to', shown ? `Turn to ${name}, hold ${front}` : `Turn to ${name}`, call.key, 'turn')] : []),
			this.#button('hangup', 'Hang up', `Hang up on ${name}`, call.key, 'hangup'));
	}

	#button(name, word, label, key, what) {
		return el('button', {
			type: 'button', class: name, 'data-testid': `other-${what}`, 'aria-label': label, title: label, onclick: () => this.#on[what](key),
		}, el('span', { class: 'disc' }, icon(name)), el('span', { 'aria-hidden': 'true' }, word));
	}
}
