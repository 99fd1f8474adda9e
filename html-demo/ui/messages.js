import { $, el, paint } from './dom.js';
import { hue, initials, same, when } from './address.js';

const MARKS = { sending: 'Sending …', sent: '', failed: 'Not delivered' };

/** Text messages: all conversations, or one of them. */
export class MessagesView {
	#book = null;
	#peer = '';		/* of the conversation that is open */
	#on;

	/**
	 * @param {object} on
	 * @param {(uri: string, text: string) => void} on.send
	 * @param {(text: string) => string} on.find URI of a name or an address, '' when it is none
	 * @param {(uri: string) => string} on.name
	 * @param {(text: string) => void} on.bad
	 */
	constructor(on) {
		this.#on = on;
		$('#thread-back').addEventListener('click', () => this.close());
		$('#new-message').addEventListener('submit', (event) => this.#begin(event));
		$('#write').addEventListener('submit', (event) => this.#send(event));
	}

	/** @param {import('./store.js').Book} book */
	use(book) {
		this.#book = book;
		this.close();
	}

	/** Whether the person looks at what somebody has written. */
	reads(uri) {
		return this.#peer !== '' && same(uri, this.#peer) && $('#thread').checkVisibility();
	}

	open(uri) {
		this.#peer = uri;
		$('#thread-name').textContent = this.#on.name(uri);
		this.#show();
		$('#write').elements.text.focus();
	}

	close() {
		const back = this.#peer !== '' && $('#thread').checkVisibility();

		this.#peer = '';
		this.#show();
		if (back)
			$('#new-message').elements.address.focus();
	}

	refresh() {
		this.#show();
	}

	#show() {
		$('#thread').hidden = !this.#peer;
		$('#conversations').hidden = Boolean(this.#peer);
		if (this.#peer)
			this.#drawThread();
		else
			this.#drawConversations();
	}

	#drawConversations() {
		const rows = this.#book.conversations.map(({ uri, last }) => {
			const name = this.#on.name(uri);
			const avatar = el('span', { class: 'avatar', 'aria-hidden': 'true' });

			paint(avatar, initials(name), hue(uri));
			return el('li', { class: 'row' }, el('button', {
				type: 'button', class: 'row-main', 'aria-label': `Messages with ${name}`, 'data-uri': uri,
				onclick: () => this.open(uri),
			}, avatar, el('span', { class: 'text' }, el('b', {}, name), el('small', {}, last.text))), el('time', {}, when(last.at)));
		});

		$('#conversation-rows').replaceChildren(...(rows.length ? rows
			: [el('li', { class: 'empty' }, 'Nothing written yet. Choose somebody below.')]));
	}

	#drawThread() {
		const list = $('#bubbles');

		list.replaceChildren(...this.#book.messagesWith(this.#peer).map(({ text, ours, at, state }) => el('li', {
			class: `bubble ${ours ? 'ours' : 'theirs'}`, 'data-state': state ?? 'sent',
		}, el('span', { class: 'visually-hidden' }, ours ? 'You: ' : `${this.#on.name(this.#peer)}: `),
		el('p', { dir: 'auto' }, text), el('small', {}, MARKS[state] || when(at)))));
		list.scrollTop = list.scrollHeight;
	}

	#begin(event) {
		event.preventDefault();
		const { address } = event.target.elements;
		const uri = this.#on.find(address.value);

		if (uri) {
			event.target.reset();
			this.open(uri);
		} else if (address.value.trim()) {
			this.#on.bad(address.value);
		}
	}

	#send(event) {
		event.preventDefault();
		const { text } = event.target.elements;

		if (!text.value.trim())
			return;
		this.#on.send(this.#peer, text.value.trim());
		event.target.reset();
	}
}
