const AGAIN_MS = 10000;		/* to the next try after one that failed */

/**
 * The TURN servers of the moment: those that the page was given, and those that the gateway gives to who is
 * registered. Their credentials are good for a while, so new ones are asked for at half of it.
 */
export class Relays {
	#given;
	#ask;
	#timer = 0;

	/** One array for good: janus.js reads it for each new connection. @type {RTCIceServer[]} */
	servers;

	/**
	 * @param {RTCIceServer[]} given by the page
	 * @param {() => Promise<object>} ask the gateway; the answer also comes to take()
	 */
	constructor(given, ask) {
		this.#given = given;
		this.#ask = ask;
		this.servers = [...given];
	}

	/** What an event says of them. */
	take({ ice_servers: servers, ice_ttl: seconds }) {
		if (!servers)
			return;
		this.servers.splice(0, Infinity, ...this.#given, ...servers);
		this.stop();
		if (seconds)
			this.#timer = setTimeout(() => this.renew(), seconds * 500);
	}

	renew() {
		this.stop();
		this.#ask().catch(() => (this.#timer = setTimeout(() => this.renew(), AGAIN_MS)));
	}

	stop() {
		clearTimeout(this.#timer);
	}
}
