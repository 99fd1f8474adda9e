import { TokenKeeper } from '../client/token.js';

/** A telephone whose user has signed in at an OpenID provider gets the next access token when half of the one before is over. */
export class Renewal {
	#account;
	#keeper;
	#timer = 0;

	/** @param {import('../client/openid.js').Account} account @param {import('./phone.js').Phone} phone */
	constructor(account, phone) {
		this.#account = account;
		this.#keeper = new TokenKeeper({
			renew: () => account.renew(),
			hand: async (token) => {
				phone.prove(token);
				this.#wait();
			},
			trouble: () => {},	/* the registrar says what comes of it */
		});
		this.#wait();
	}

	stop() {
		clearTimeout(this.#timer);
		this.#keeper.stop();
	}

	#wait() {
		const half = this.#account.lifetime / 2;

		if (half)
			this.#timer = setTimeout(() => this.#keeper.expiring(half), half * 1000);
	}
}
