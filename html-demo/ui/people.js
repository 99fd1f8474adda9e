import { $, $$, el, icon, paint } from './dom.js';
import { clock, hue, initials, pretty, toUri, when } from './address.js';

const TABS = ['contacts', 'recents', 'messages'];
const KINDS = { in: 'Incoming', out: 'Outgoing', missed: 'Missed' };
const ELSEWHERE = { answered: 'Answered on another device', declined: 'Declined on another device' };

/** Contacts and recent calls, and the tabs that switch between them. */
export class PeopleView {
	#book = null;
	#ready = [];
	#domain = '';
	#on;

	/**
	 * @param {object} on
	 * @param {(uri: string, video?: boolean) => void} on.call
	 * @param {(uri: string) => void} on.write
	 * @param {(text: string) => void} on.bad an address that is none
	 */
	constructor(on) {
		this.#on = on;
		for (const button of $$('button[data-tab]'))
			button.addEventListener('click', () => this.show(button.dataset.tab));
		$('.tabs').addEventListener('keydown', (event) => this.#arrows(event));
		$('#add-contact').addEventListener('submit', (event) => {
			event.preventDefault();
			this.#add(event.target);
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

	/** Marks a list as worth a look, or as seen. @param {'recents'|'messages'} tab */
	news(tab, on) {
		const seen = !$(`#${tab}`).hidden && $(`#${tab}`).checkVisibility();

		for (const button of $$(`button[data-tab=${tab}]`)) {
			button.classList.toggle('news', on && !seen);
			button.ariaDescription = on && !seen ? 'New' : null;
		}
	}

	/** Wide pages show one list beside the keypad, narrow ones one of four things. */
	show(tab) {
		$('#phone').dataset.tab = tab;
		if (tab !== 'keypad') {
			for (const name of TABS) {
				$(`#${name}`).hidden = name !== tab;
				$(`#tab-${name}`).setAttribute('aria-selected', String(name === tab));
				$(`#tab-${name}`).tabIndex = name === tab ? 0 : -1;
			}
		}
		for (const button of $$('.tabbar button')) {
			if (button.dataset.tab === tab)
				button.setAttribute('aria-current', 'page');
			else
				button.removeAttribute('aria-current');
		}
		if (tab === 'recents' || tab === 'messages')
			this.news(tab, false);
	}

	#arrows(event) {
		const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];

		if (!step)
			return;
		const next = TABS.at((TABS.indexOf(event.target.dataset.tab) + step) % TABS.length);

		this.show(next);
		$(`#tab-${next}`).focus();
	}

	#add(form) {
		const { name, address } = form.elements;
		const uri = toUri(address.value, this.#domain);

		if (!name.value.trim())
			name.focus();
		else if (!uri)
			this.#on.bad(address.value);
		else {
			this.#book.addContact(name.value.trim(), uri);
			form.reset();
			this.refresh();
		}
	}

	#drawContacts() {
		const rows = this.contacts.map((contact) => this.#row(contact.name, contact.uri, [
			el('small', {}, pretty(contact.uri)),
		], [
			action('video', `Call ${contact.name} with video`, () => this.#on.call(contact.uri, true)),
			action('chat', `Write to ${contact.name}`, () => this.#on.write(contact.uri)),
			...(contact.own ? [action('trash', `Remove ${contact.name}`, () => {
				this.#book.removeContact(contact.uri);
				this.refresh();
			})] : []),
		]));

		$('#contact-rows').replaceChildren(...(rows.length ? rows : [empty('Nobody here yet. Add somebody below.')]));
	}

	#drawRecents() {
		const recents = this.#book.recents;
		const rows = recents.map((call) => {
			const kind = call.missed ? 'missed' : call.direction;
			const words = call.elsewhere ? ELSEWHERE[call.elsewhere] : KINDS[kind];
			const length = call.seconds > 0 ? ` · ${clock(call.seconds)}` : '';
			const mark = icon(kind);

			return this.#row(call.name || pretty(call.uri, this.#domain), call.uri, [
				el('small', { class: kind }, mark, `${words}${length}`),
			], [el('time', {}, when(call.at))], kind);
		});

		$('#recent-rows').replaceChildren(...(rows.length ? rows : [empty('Calls will be listed here.')]));
		$('#clear-recents').hidden = rows.length === 0;
	}

	/** One line that calls somebody. */
	#row(name, uri, below, extras, kind = '') {
		const avatar = el('span', { class: 'avatar', 'aria-hidden': 'true' });

		paint(avatar, initials(name), hue(uri));
		return el('li', { class: `row ${kind}` },
			el('button', {
				type: 'button', class: 'row-main', 'aria-label': `Call ${name}`, 'data-uri': uri,
				onclick: () => this.#on.call(uri),
			}, avatar, el('span', { class: 'text' }, el('b', {}, name), ...below),
			el('span', { class: 'row-call', 'aria-hidden': 'true' }, icon('phone'))),
			...extras);
	}
}

function action(name, label, onclick) {
	return el('button', { type: 'button', class: 'round-ghost', 'aria-label': label, title: label, onclick }, icon(name));
}

function empty(words) {
	return el('li', { class: 'empty' }, words);
}
