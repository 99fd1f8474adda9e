import { ImsError } from './errors.js';

const PAUSES_MS = [1000, 2000, 5000, 10000];

/** Hands the gateway a new access token before the old one ends, as long as there is one to be had. */
export class TokenKeeper {
	#renew;
	#hand;
	#trouble;
	#stopped = false;
	#busy = false;

	/**
	 * @param {object} on
	 * @param {() => Promise<string>} on.renew gets a new token; rejects with sign-in-over when there will be none
	 * @param {(token: string) => Promise<void>} on.hand gives it to the gateway
	 * @param {(error: ImsError) => void} on.trouble it did not work; unless the code is sign-in-over it is tried again
	 */
	constructor({ renew, hand, trouble }) {
		this.#renew = renew;
		this.#hand = hand;
		this.#trouble = trouble;
	}

	/** The old one ends in so many seconds. Resolves when the gateway has the new one, or when it is too late. */
	async expiring(seconds) {
		const until = Date.now() + seconds * 1000;

		if (this.#busy)
			return;
		this.#busy = true;
		for (let i = 0; !await this.#attempt() && !this.#stopped && Date.now() < until; i++)
			await new Promise((resolve) => setTimeout(resolve, PAUSES_MS[Math.min(i, PAUSES_MS.length - 1)]));
		this.#busy = false;
	}

	/** Nobody is registered any more. */
	stop() {
		this.#stopped = true;
	}

	async #attempt() {
		try {
			const token = await this.#renew();

			if (!this.#stopped)
				await this.#hand(token);
			return true;
		} catch (error) {
			if (!this.#stopped)
				this.#trouble(error instanceof ImsError ? error : new ImsError('provider-gone', { cause: error }));
			return error.code === 'sign-in-over';
		}
	}
}
