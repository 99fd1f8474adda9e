import { $, el, paint } from './dom.js';
import { hue, initials } from './address.js';

/** The sign-in card. */
export class LoginView {
	#form = $('#login-form');
	#identity = $('#identity');
	#password = $('#password');
	#submit = $('[data-testid=login-submit]');

	/** @param {(identity: string, password: string) => void} onSubmit */
	constructor(onSubmit) {
		this.#form.addEventListener('submit', (event) => {
			event.preventDefault();
			const empty = [this.#identity, this.#password].find((input) => !input.value.trim());

			if (empty)
				empty.focus();
			else if (!this.#submit.disabled)
				onSubmit(this.#identity.value, this.#password.value);
		});
		$('#show-password').addEventListener('click', ({ currentTarget }) => {
			const shown = this.#password.type === 'text';

			this.#password.type = shown ? 'password' : 'text';
			currentTarget.setAttribute('aria-pressed', String(!shown));
		});
	}

	/** Ready-made users of the demo: one click signs in. */
	offer(users) {
		$('#ready-made').hidden = users.length === 0;
		$('#chips').replaceChildren(...users.map((user) => {
			const avatar = el('span', { class: 'avatar tiny', 'aria-hidden': 'true' });

			paint(avatar, initials(user.name), hue(user.identity));
			return el('button', {
				type: 'button', class: 'chip', 'data-testid': `user-${user.name.toLowerCase()}`,
				onclick: () => {
					this.fill(user.identity, user.password);
					this.#form.requestSubmit();
				},
			}, avatar, user.name);
		}));
	}

	fill(identity, password = '') {
		this.#identity.value = identity;
		this.#password.value = password;
	}

	/** Only where nobody has begun to type. */
	suggest(identity) {
		if (!this.#identity.value && !this.#password.value)
			this.fill(identity);
	}

	focus() {
		if (!this.#identity.value)
			this.#identity.focus();
		else if (!this.#password.value)
			this.#password.focus();
		else
			this.#submit.focus();
	}

	/** The password does not stay in the page once it has been used. */
	forget() {
		this.#password.value = '';
	}

	busy(on) {
		this.#submit.disabled = on;
		this.#submit.classList.toggle('busy', on);
		$('.label', this.#submit).textContent = on ? 'Signing in …' : 'Sign in';
		this.#form.setAttribute('aria-busy', String(on));
	}
}
