import { ImsError } from './errors.js';

const EVENT_MS = 10000;		/* ack to answering event */

/**
 * The requests of one handle, one at a time: in Janus they may overtake each other. The next is sent when the
 * ack and the answering event of the one before are there. That also tells whom an error event concerns.
 */
export class Requests {
	#send;
	#queue = Promise.resolve();
	#pending = null;	/* the request whose event is awaited */

	/** @param {(body: object, jsep?: object) => Promise<void>} send resolves with the ack */
	constructor(send) {
		this.#send = send;
	}

	/**
	 * Resolves with the result of the first event that is one of the answers.
	 *
	 * @param {object|(() => object|null)} body or what makes it when its turn comes; null: it is not wanted any more, rejects with cancelled
	 */
	ask(body, answers, jsep) {
		const turn = this.#queue.then(() => {
			const wanted = typeof body === 'function' ? body() : body;

			if (!wanted)
				throw new ImsError('cancelled');
			return this.#exchange(wanted, answers, jsep);
		});

		this.#queue = turn.catch(() => {});
		return turn;
	}

	/** An event came. */
	heard(result) {
		if (this.#pending?.answers.includes(result.event))
			this.#pending.resolve(result);
	}

	/** The request in flight gets no answer, or this one. */
	fail(error) {
		this.#pending?.reject(error);
	}

	async #exchange(body, answers, jsep) {
		let timer;
		const answered = new Promise((resolve, reject) => {
			this.#pending = { answers, resolve, reject };	/* an event can come before its ack */
			timer = setTimeout(() => reject(new ImsError('no-answer')), EVENT_MS);
		});

		try {
			const [, result] = await Promise.all([this.#send(body, jsep), answered]);

			return result;
		} finally {
			clearTimeout(timer);
			this.#pending = null;
		}
	}
}
