import { $, el } from './dom.js';
import { pretty, same, toUri } from './address.js';

const KEYS = [
	['1', ''], ['2', 'ABC'], ['3', 'DEF'],
	['4', 'GHI'], ['5', 'JKL'], ['6', 'MNO'],
	['7', 'PQRS'], ['8', 'TUV'], ['9', 'WXYZ'],
	['*', ''], ['0', '+'], ['#', ''],
];
const NAMES = { '*': 'star', '#': 'hash' };
const LONG_MS = 550;

/** The twelve keys. There is one pad; it moves between dialer and call. */
export class Pad {
	#pad = $('#pad');
	#places = { dial: $('#dial-pad-place'), call: $('#call-pad-place') };

	/** @param {(key: string) => void} onKey 0-9 * # and + for a long 0 */
	constructor(onKey) {
		this.#pad.append(...KEYS.map(([digit, letters]) => this.#key(digit, letters, onKey)));
	}

	moveTo(place) {
		if (this.#pad.parentNode !== this.#places[place])
			this.#places[place].append(this.#pad);
	}

	/** Shows a key as pressed for a moment, when it came from the keyboard. */
	flash(digit) {
		const key = $(`[data-digit="${digit}"]`, this.#pad);

		key?.classList.add('pressed');
		setTimeout(() => key?.classList.remove('pressed'), 130);
	}

	#key(digit, letters, onKey) {
		const key = el('button', {
			type: 'button', class: 'key', 'data-digit': digit, 'data-testid': `key-${NAMES[digit] ?? digit}`,
			'aria-label': NAMES[digit] ?? digit,
		}, el('b', {}, digit), el('small', { 'aria-hidden': 'true' }, letters));

		key.addEventListener('click', () => {
			if (!key.wasLong)
				onKey(digit);
			key.wasLong = false;
		});
		if (digit === '0')
			onLongPress(key, () => onKey('+'));
		return key;
	}
}

function onLongPress(key, action) {
	let timer;

	key.addEventListener('pointerdown', () => {
		key.wasLong = false;
		timer = setTimeout(() => {
			key.wasLong = true;
			action();
		}, LONG_MS);
	});
	for (const end of ['pointerup', 'pointerleave', 'pointercancel'])
		key.addEventListener(end, () => clearTimeout(timer));
}

/** The line where a number, an address or a name is typed. */
export class Dialer {
	#input = $('#dial-input');
	#hint = $('#dial-hint');
	#contacts = () => [];
	#domain = '';

	/** @param {(uri: string, video: boolean) => void} onCall @param {(text: string) => void} onBad */
	constructor(onCall, onBad) {
		this.#input.addEventListener('input', () => this.#suggest());
		$('#backspace').addEventListener('click', () => this.backspace());
		$('#dial-form').addEventListener('submit', (event) => {
			event.preventDefault();
			const uri = this.find(this.#input.value);

			if (uri)
				onCall(uri, event.submitter?.value === 'video');
			else if (this.#input.value.trim())
				onBad(this.#input.value);
			else
				this.#input.focus();
		});
	}

	/** @param {string} domain home network @param {() => import('./store.js').Contact[]} contacts */
	use(domain, contacts) {
		this.#domain = domain;
		this.#contacts = contacts;
		this.clear();
	}

	type(key) {
		const at = this.#input.selectionStart ?? this.#input.value.length;

		this.#input.setRangeText(key, at, this.#input.selectionEnd ?? at, 'end');
		this.#suggest();
	}

	backspace() {
		this.#input.value = this.#input.value.slice(0, -1);
		this.#suggest();
	}

	clear() {
		this.#input.value = '';
		this.#suggest();
	}

	/** Whom Enter would call, said below the line. */
	#suggest() {
		const text = this.#input.value.trim();
		const contact = this.#match(text);
		const uri = this.find(text);

		$('.dialer').classList.toggle('typed', text !== '');
		this.#input.classList.toggle('long', text.length > 14);
		if (contact)
			this.#hint.replaceChildren(el('b', {}, contact.name), ` · ${pretty(contact.uri)}`);
		else
			this.#hint.textContent = uri && !/^[\d+*#\s]+$/.test(text) ? pretty(uri) : '';
	}

	/** The URI of a contact's name or of an address, '' when it is none. */
	find(typed) {
		const text = typed.trim();

		return this.#match(text)?.uri ?? (text ? toUri(text, this.#domain) : '');
	}

	/** A name that fits entirely, or the only one that begins so. */
	#match(text) {
		const wanted = text.toLowerCase();

		if (!wanted)
			return undefined;
		const contacts = this.#contacts();
		const uri = toUri(text, this.#domain);
		const begins = contacts.filter(({ name }) => name.toLowerCase().startsWith(wanted));

		return contacts.find(({ name }) => name.toLowerCase() === wanted)
			?? contacts.find((contact) => uri && same(contact.uri, uri))
			?? (begins.length === 1 ? begins[0] : undefined);
	}
}
