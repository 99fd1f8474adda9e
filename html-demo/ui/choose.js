import { $, el, paint } from './dom.js';
import { hue, initials, pretty, same, toUri } from './address.js';

/** The dialog that asks for somebody: to call beside the call, or to transfer it to. */
export class ChooseDialog {
	#dialog = $('#choose');
	#input = $('#choose-input');
	#domain = '';
	#contacts = [];
	#without = '';
	#chosen = null;		/* (uri, how) => void */
	#bad;

	/** @param {(text: string) => void} bad an address that is none */
	constructor(bad) {
		this.#bad = bad;
		$('#choose-form').addEventListener('submit', (event) => {
			event.preventDefault();
			this.#choose(event.submitter?.value || 'now');
		});
		$('#choose-cancel').addEventListener('click', () => this.close());
		this.#input.addEventListener('input', () => this.#draw());
	}

	/** @param {() => import('./store.js').Contact[]} contacts */
	use(domain, contacts) {
		this.#domain = domain;
		this.#contacts = contacts;
	}

	/**
	 * @param {object} words
	 * @param {string} words.title
	 * @param {string} words.explains
	 * @param {string} words.now what the button says
	 * @param {boolean} words.ask whether there is a way to ask first
	 * @param {string} words.without URI of whom it cannot be
	 * @param {(uri: string, how: 'now'|'ask') => void} chosen
	 */
	open({ title, explains, now, ask, without }, chosen) {
		this.#chosen = chosen;
		this.#without = without;
		$('#choose-title').textContent = title;
		$('#choose-words').textContent = explains;
		$('#choose-now').textContent = now;
		$('#choose-ask').hidden = !ask;
		this.#input.value = '';
		this.#draw();
		this.#dialog.showModal();
		this.#input.focus();
	}

	close() {
		if (this.#dialog.open)
			this.#dialog.close();
	}

	#choose(how) {
		const typed = this.#input.value.trim();
		const known = this.#possible.find(({ name }) => name.toLowerCase() === typed.toLowerCase());
		const uri = known?.uri ?? toUri(typed, this.#domain);

		if (!uri) {
			this.#input.focus();
			if (typed)
				this.#bad(typed);
			return;
		}
		this.close();
		this.#chosen(uri, how);
	}

	get #possible() {
		return this.#contacts().filter(({ uri }) => !same(uri, this.#without));
	}

	#draw() {
		const typed = this.#input.value.trim().toLowerCase();
		const fitting = this.#possible.filter(({ name, uri }) => `${name} ${uri}`.toLowerCase().includes(typed));

		$('#choose-rows').replaceChildren(...fitting.slice(0, 6).map((contact) => this.#row(contact)));
	}

	#row({ name, uri }) {
		const avatar = el('span', { class: 'avatar small', 'aria-hidden': 'true' });

		paint(avatar, initials(name), hue(uri));
		return el('li', { class: 'row' }, el('button', {
			type: 'button', class: 'row-main', 'aria-label': `Choose ${name}`, onclick: () => this.#fill(name),
		}, avatar, el('span', { class: 'text' }, el('b', {}, name), el('small', {}, pretty(uri)))));
	}

	#fill(name) {
		this.#input.value = name;
		$('#choose-now').focus();
	}
}
