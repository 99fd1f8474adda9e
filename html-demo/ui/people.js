import { $, $$, el, icon, paint } from './dom.js';
import { clock, hue, initials, pretty, toUri, when } from './address.js';

/** Contacts and recent calls, and the tabs that switch between them. */
export class PeopleView {
	#book = null;
	#ready = [];
	#domain = '';
	#onCall;

	/** @param {(uri: string) => void} onCall @param {(text: string) => void} onBad */
	constructor(onCall, onBad) {
		this.#onCall = onCall;
		for (const button of $$('button[data-tab]'))
			button.addEventListener('click', () => this.show(button.dataset.tab));
		$('.tabs').addEventListener('keydown', (event) => this.#arrows(event));
		$('#add-contact').addEventListener('submit', (event) => {
			event.preventDefault();
			this.#add(event.target, onBad);
		});
		$('#clear-recents').addEventListener('click', () => {
			this.#book.clearRecents();
			this.refresh();
		});
		setInterval(() => this.#book && document.visibilityState === 'visible' && this.#drawRecents(), 60000);
	}

	/** @param {import('./store.js').Book} book @param {import('./store.js').Contact[]} ready contacts of the demo */
	use(book, ready, domain) {
		this.#book = book;
		this.#ready = ready;
		this.#domain = domain;
		this.refresh();
	}

	/** All contacts, the ready-made ones first. */
	get contacts() {
		const own = this.#book?.contacts ?? [];

		return [...this.#ready.filter((r) => !own.some((o) => o.uri === r.uri)), ...own];
	}

	refresh() {
		this.#drawContacts();
		this.#drawRecents();
	}

	/** Marks the recent calls as worth a look. */
	news(on) {
		for (const button of $$('button[data-tab=recents]'))
			button.classList.toggle('news', on && $('#phone').dataset.tab !== 'recents');
	}

	/** Wide pages show one list beside the keypad, narrow ones one of three. */
	show(tab) {
		const list = tab === 'recents' ? 'recents' : 'contacts';

		$('#phone').dataset.tab = tab;
		if (tab === 'recents')
			this.news(false);
		if (tab !== 'keypad') {
			for (const name of ['contacts', 'recents']) {
				$(`#${name}`).hidden = name !== list;
				$(`#tab-${name}`).setAttribute('aria-selected', String(name === list));
				$(`#tab-${name}`).tabIndex = name === list ? 0 : -1;
			}
		}
		for (const button of $$('.tabbar button'))
			button.toggleAttribute('aria-current', button.dataset.tab === tab);
	}

	#arrows(event) {
		if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight')
			return;
		const other = event.target.dataset.tab === 'contacts' ? 'recents' : 'contacts';

		this.show(other);
		$(`#tab-${other}`).focus();
	}

	#add(form, onBad) {
		const { name, address } = form.elements;
		const uri = toUri(address.value, this.#domain);

		if (!name.value.trim())
			name.focus();
		else if (!uri)
			onBad(address.value);
		else {
			this.#book.addContact(name.value.trim(), uri);
			form.reset();
			this.refresh();
		}
	}

	#drawContacts() {
		const rows = this.contacts.map((contact) => this.#row(contact.name, contact.uri, [
			el('small', {}, pretty(contact.uri)),
		], contact.own && el('button', {
			type: 'button', class: 'round-ghost', 'aria-label': `Remove ${contact.name}`,
			onclick: () => {
				this.#book.removeContact(contact.uri);
				this.refresh();
			},
		}, icon('trash'))));

		$('#contact-rows').replaceChildren(...(rows.length ? rows : [empty('Nobody here yet. Add somebody below.')]));
	}

	#drawRecents() {
		const recents = this.#book.recents;
		const rows = recents.map((call) => {
			const kind = call.missed ? 'missed' : call.direction;
			const words = { in: 'Incoming', out: 'Outgoing', missed: 'Missed' }[kind];
			const length = call.seconds > 0 ? ` · ${clock(call.seconds)}` : '';
			const mark = icon(kind);

			return this.#row(call.name || pretty(call.uri, this.#domain), call.uri, [
				el('small', { class: kind }, mark, `${words}${length}`),
			], el('time', {}, when(call.at)), kind);
		});

		$('#recent-rows').replaceChildren(...(rows.length ? rows : [empty('Calls will be listed here.')]));
		$('#clear-recents').hidden = rows.length === 0;
	}

	/** One line that calls somebody. */
	#row(name, uri, below, extra, kind = '') {
		const avatar = el('span', { class: 'avatar', 'aria-hidden': 'true' });

		paint(avatar, initials(name), hue(uri));
		return el('li', { class: `row ${kind}` },
			el('button', {
				type: 'button', class: 'row-main', 'aria-label': `Call ${name}`, 'data-uri': uri,
				onclick: () => this.#onCall(uri),
			}, avatar, el('span', { class: 'text' }, el('b', {}, name), ...below),
			el('span', { class: 'row-call', 'aria-hidden': 'true' }, icon('phone'))),
			...(extra ? [extra] : []));
	}
}

function empty(words) {
	return el('li', { class: 'empty' }, words);
}
