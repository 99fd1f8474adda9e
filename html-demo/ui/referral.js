import { $ } from './dom.js';

/** Somebody wants to connect the person with somebody else: a question that waits. */
export class Referral {
	#box = $('#referral');
	#asked = null;

	/** @param {{follow: (asked: object) => void, refuse: (asked: object) => void}} on */
	constructor(on) {
		for (const what of ['follow', 'refuse'])
			$(`#referral-${what}`).addEventListener('click', () => {
				const asked = this.#asked;

				this.hide();
				on[what](asked);
			});
	}

	/** @param {object} asked as the client told it @param {string} by @param {string} to */
	ask(asked, by, to) {
		this.#asked = asked;
		$('#referral-words').textContent = `${by} would like to connect you with ${to}`;
		$('#referral-follow').textContent = `Call ${to}`;
		this.#box.hidden = false;
		$('#referral-follow').focus({ preventScroll: true });
	}

	hide() {
		this.#asked = null;
		this.#box.hidden = true;
	}
}
