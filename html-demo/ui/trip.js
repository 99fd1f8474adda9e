import { OpenId } from '../client/openid.js';
import { underWay } from './store.js';

/** The way to the OpenID provider and back, in this tab. */
export class Trip {
	#openid;
	#back;

	/** @param {import('../client/openid.js').Settings} settings */
	constructor(settings) {
		this.#openid = new OpenId(settings, location.origin + location.pathname);
		this.#back = OpenId.comesBack(location.href) ? location.href : '';
	}

	/** Whether the page was loaded because the provider has led back to it. */
	get back() {
		return this.#back !== '';
	}

	/** Off to the provider. @param {string} [user] name there */
	async leave(user) {
		const { address, pending } = await this.#openid.begin(user);

		underWay.set({ pending, search: location.search });
		location.assign(address);
	}

	/** Takes the answer out of the address bar, whatever it was. @returns {Promise<import('../client/openid.js').Account>} */
	arrive() {
		const { pending, search = '' } = underWay.take() ?? {};

		history.replaceState(null, '', location.pathname + search);
		return this.#openid.finish(this.#back, pending);
	}

	/** Somebody who had signed in before the page was loaded again. */
	resume(parked) {
		return this.#openid.resume(parked);
	}
}
