import { $ } from './dom.js';
import { ImsError } from '../ims-client.js';

/** The one message box of the page, and the words that only screen readers get. */
export class Notice {
	#box = $('#error');
	#login;

	/** @param {() => boolean} signedIn whether it belongs above the telephone or into the sign-in card */
	constructor(signedIn) {
		this.#login = () => !signedIn();
		$('button', this.#box).addEventListener('click', () => this.hide());
	}

	/** The code of what it shows, or ''. */
	get code() {
		return this.#box.dataset.code ?? '';
	}

	/** @param {Error} error @param {string} [about] whom or what it concerns */
	show(error, about = '') {
		if (!(error instanceof ImsError))
			console.error(error);
		this.#box.dataset.code = error.code ?? 'unexpected';
		this.#box.title = [error.status, error.reason].filter(Boolean).join(' ');
		$('p', this.#box).textContent = `${about ? `${about}: ` : ''}${error.message}`;
		(this.#login() ? $('#login-error') : document.body).append(this.#box);
		this.#box.hidden = false;
	}

	hide() {
		this.#box.hidden = true;
		this.#box.dataset.code = '';
		$('p', this.#box).textContent = '';
	}

	/** For screen readers. */
	say(words) {
		if (words)
			$('#live').textContent = words;
	}
}
