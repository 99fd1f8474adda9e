import { $, el, paint } from '../ui/dom.js';
import { hue, initials, toIdentity } from '../ui/address.js';

/** The sign-in card: which library, where to, who, and what proves it. */
export class SignInForm {
	#form = $('#sign-in-form');
	#button = $('.primary', this.#form);
	#domain = '';
	#byToken = false;
	#provider = false;

	/** @param {(entered: object) => void} on.submit @param {() => void} on.change @param {() => void} on.fetch an access token */
	constructor(on) {
		this.#form.addEventListener('submit', (event) => {
			event.preventDefault();
			if (!this.#button.disabled && this.#form.reportValidity())
				on.submit(this.entered);
		});
		this.#form.addEventListener('input', on.change);
		for (const [id, byToken] of [['by-password', false], ['by-token', true]])
			$(`#${id}`).addEventListener('click', () => {
				this.#prove(byToken);
				on.change();
			});
		$('#fetch-token').addEventListener('click', on.fetch);
	}

	/** What the demo has ready: a click on a name signs in. */
	offer({ domain = '', users = [], openid }) {
		this.#domain = domain;
		this.#provider = Boolean(openid);
		$('#ready-made').hidden = !users.length;
		$('#ready-made .chips').replaceChildren(...users.map((user) => this.#chip(user)));
	}

	/** @returns {{library: string, server: string, identity: string, username: string, byToken: boolean, password?: string, token?: string}} */
	get entered() {
		const identity = toIdentity($('#identity').value || $('#identity').placeholder, this.#domain);
		const secret = $('#secret').value.trim();

		return {
			library: $('[name=library]:checked', this.#form).value, server: $('#server').value.trim(), identity,
			username: identity.replace(/^sips?:/, ''), byToken: this.#byToken, ...(this.#byToken ? { token: secret } : { password: secret }),
		};
	}

	/** Signs in with what is known. */
	use(identity, secret, byToken = false) {
		this.#prove(byToken);
		$('#identity').value = identity.replace(/^sip:/, '');
		$('#secret').value = secret;
		this.#form.requestSubmit();
	}

	/** What is secret does not stay in the page once it has been used. */
	forget() {
		$('#secret').value = '';
	}

	busy(on) {
		this.#button.disabled = on;
		this.#button.classList.toggle('busy', on);
	}

	choose(library, server) {
		$(`[value=${library}]`, this.#form).checked = true;
		$('#server').value = server;
	}

	#chip({ name, identity, password }) {
		const avatar = el('span', { class: 'avatar tiny', 'aria-hidden': 'true' });

		paint(avatar, initials(name), hue(identity));
		return el('button', { class: 'chip', type: 'button', 'data-testid': `user-${name.toLowerCase()}`, onclick: () => this.use(identity, password) }, avatar, name);
	}

	#prove(byToken) {
		this.#byToken = byToken;
		$('#by-password').setAttribute('aria-pressed', String(!byToken));
		$('#by-token').setAttribute('aria-pressed', String(byToken));
		$('#fetch-token').hidden = !byToken || !this.#provider;
		$('#secret').autocomplete = byToken ? 'off' : 'current-password';
		this.forget();
	}
}
