import { $, el, icon, paint } from '../ui/dom.js';
import { hue, initials } from '../ui/address.js';

const STATES = { calling: 'Calling …', ringing: 'Ringing …', incoming: 'is calling you', up: 'Connected', ended: 'Ended' };
const TRANSFERS = { asked: 'Transferring …', ringing: 'It rings there …', done: 'Transferred', failed: 'The transfer failed' };
const KEYS = '123456789*0#';

/**
 * The card of one call, with data-state, data-peer, data-held, data-waits and data-transferred of its Call (phone.js). Tests find what is
 * in it by class: answer decline hang-up hold keys-button key[data-key] digits transfer transfer-to connect follow refuse, and audio.
 */
export class CallCard {
	root = el('li', { class: 'call-card' });
	#call;
	#page;
	#line = el('p', { class: 'line', 'aria-live': 'polite' });
	#buttons = el('div', { class: 'buttons' });
	#said = '';
	#pad = el('div', { class: 'keys', role: 'group', 'aria-label': 'Keys', hidden: true });
	#digits = el('output', { class: 'digits' });
	#transfer = el('form', { class: 'one-line transfer-form', autocomplete: 'off', hidden: true });
	#question = el('div', { class: 'question', role: 'group', hidden: true });
	#asked = null;
	#audio = el('audio', { autoplay: true, playsinline: true });

	/**
	 * @param {import('./phone.js').Call} call
	 * @param {object} page
	 * @param {(call: Call) => string} page.nameOf
	 * @param {(call: Call) => void} page.answer
	 * @param {(text: string) => string} page.addressOf what somebody typed
	 * @param {(call: Call) => Call|undefined} page.otherThan one that is up
	 */
	constructor(call, page) {
		this.#call = call;
		this.#page = page;
		this.#build(page.nameOf(call));
		call.addEventListener('change', () => this.show());
		this.show();
	}

	show() {
		const { state, peer, held, waits, transferred, stream, reason } = this.#call;

		Object.assign(this.root.dataset, { state, peer, held, waits, transferred });
		this.#line.textContent = reason && state === 'ended' ? reason : TRANSFERS[transferred] ?? (held ? 'On hold' : waits ? 'Holds you' : STATES[state]);
		this.#offer(this.#offered());
		if (state !== 'up')
			this.#pad.hidden = this.#transfer.hidden = true;
		this.#ask();
		if (this.#audio.srcObject !== stream)
			this.#audio.srcObject = stream;
	}

	/** Buttons stay while they say the same, so that a click is not lost to another one in their place. */
	#offer(offered) {
		const said = JSON.stringify(offered);

		if (said !== this.#said)
			this.#buttons.replaceChildren(...offered.map((button) => this.#button(...button)));
		this.#said = said;
	}

	#build(name) {
		const avatar = el('span', { class: 'avatar', 'aria-hidden': 'true' });
		const to = el('input', { class: 'transfer-to', 'aria-label': 'Whom to call instead', placeholder: 'Whom to call instead', required: true });

		paint(avatar, initials(name), hue(this.#call.peer));
		this.#transfer.append(to, el('button', { type: 'submit', class: 'round-ghost', 'aria-label': 'Transfer' }, icon('transfer')));
		this.#transfer.addEventListener('submit', (event) => {
			event.preventDefault();
			this.#transfer.hidden = true;
			this.#call.transfer(this.#page.addressOf(to.value));
		});
		this.#pad.append(this.#digits, ...[...KEYS].map((key) => el('button', { type: 'button', class: 'key', 'data-key': key, onclick: () => this.#press(key) }, key)));
		this.root.append(el('div', { class: 'head' }, avatar, el('div', {}, el('b', {}, name), this.#line), this.#buttons),
			this.#question, this.#transfer, this.#pad, this.#audio);
	}

	/** [class, symbol, words, what it does, pressed] of each button */
	#offered() {
		const call = this.#call;
		const other = this.#page.otherThan(call);

		if (call.state === 'incoming')
			return [['decline red', 'hangup', 'Decline', () => call.hangUp()], ['answer green', 'phone', 'Answer', () => this.#page.answer(call)]];
		if (call.state === 'ended')
			return [];
		const end = ['hang-up red', 'hangup', 'Hang up', () => call.hangUp()];

		if (call.state !== 'up')
			return [end];
		return [
			['hold', 'pause', call.held ? 'Resume' : 'Hold', () => call.hold(!call.held), call.held],
			['keys-button', 'pad', 'Keys', () => this.#open(this.#pad), !this.#pad.hidden],
			['transfer', 'transfer', 'Transfer', () => this.#open(this.#transfer), !this.#transfer.hidden],
			...(other ? [['connect', 'connect', `Connect with ${this.#page.nameOf(other)}`, () => call.connect(other)]] : []),
			end,
		];
	}

	#button(kind, symbol, words, act, pressed) {
		return el('button', { type: 'button', class: `act ${kind}`, 'aria-label': words, title: words, onclick: act,
			'aria-pressed': pressed === undefined ? undefined : String(pressed) }, icon(symbol));
	}

	#open(part) {
		const open = part.hidden;

		this.#pad.hidden = this.#transfer.hidden = true;
		part.hidden = !open;
		this.show();
		$('input', part)?.focus();
	}

	#press(key) {
		this.#digits.textContent += key;
		this.#call.press(key);
	}

	/** Whether to follow where the other side sends us. Its buttons stay, too, for as long as the question is the same. */
	#ask() {
		const { referral } = this.#call;

		if (referral === this.#asked)
			return;
		this.#asked = referral;
		this.#question.hidden = !referral;
		if (!referral)
			return;
		this.#question.replaceChildren(el('p', {}, `Call ${this.#page.shown(referral.to)} instead?`), el('div', {},
			el('button', { type: 'button', class: 'follow', onclick: referral.follow }, 'Call'),
			el('button', { type: 'button', class: 'refuse', onclick: referral.refuse }, 'No, thanks')));
	}
}
