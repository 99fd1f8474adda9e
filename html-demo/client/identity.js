import { ImsError, registrationError } from './errors.js';
import { TokenKeeper } from './token.js';
import { pause } from './within.js';

const OFFLINE = Object.freeze({ state: 'unregistered', identity: '', associated: [] });

/** Who is registered on the line, how he proves it to the network, and what becomes of that. */
export class Identity {
	#ask;
	#tell;
	#device = newDevice();	/* the page, to the network: who registers again elsewhere takes the place of what is left here */
	#registration = OFFLINE;
	#attempt = null;	/* of registerAgain(), the one that counts */
	#who = null;		/* what register() was given, for doing it again after Janus lost the session */
	#proof = null;		/* {answer, confirms} of what stays in this page, see digest.js */
	#challenge = null;	/* the one that waits for prove() */
	#keeper = null;		/* of the access token */
	#registering = null;	/* {resolve, reject, by, request} of register() */
	#unregistering = null;	/* resolve of unregister() */

	/**
	 * @param {(body: object, answers: string[]) => Promise<object>} ask
	 * @param {(type: string, detail: object) => void} tell `registration` and `challenge`
	 */
	constructor(ask, tell) {
		this.#ask = ask;
		this.#tell = tell;
	}

	/** @returns {import('../ims-client.js').Registration} */
	get registration() {
		return this.#registration;
	}

	get active() {
		return ['registered', 'registering'].includes(this.#registration.state);
	}

	/** Whether it is known how to register again. */
	get lasting() {
		return this.#who !== null;
	}

	/** The connection is back, and the gateway knows of nobody: it was cut before it heard, or has forgotten. */
	async unknown() {
		if (this.#registering)
			await this.#send().catch((error) => this.#registering?.reject(error));
		else if (this.lasting)
			await this.registerAgain();
	}

	/* ---- what the person does ---------------------------------------------------------- */

	/** See ImsClient.register(). */
	async register(who) {
		this.#attempt = null;
		await this.#register(who);
		this.#who = { ...who };
	}

	/**
	 * After the gateway has forgotten it, with an access token that is surely not over. Who is told to come again, as when all
	 * users of a node that died are at the next one at once, does.
	 */
	async registerAgain() {
		const attempt = (this.#attempt = {});

		for (let wait = 0; wait !== undefined; ) {
			await pause(wait * 1000);
			if (!this.#who || this.#attempt !== attempt)
				return;
			wait = await this.#tryAgain();
		}
	}

	/** @returns {Promise<number|undefined>} seconds until the next attempt; undefined: none is needed, or helps */
	async #tryAgain() {
		const { renew, ...who } = this.#who;

		try {
			await this.#register({ ...who, renew, ...(renew && { accessToken: await this.#freshToken(renew) }) });
		} catch (error) {
			if (this.#who && error.retryAfter) {
				this.#set({ ...OFFLINE, identity: who.identity, state: 'registering', trouble: error });
				return error.retryAfter;
			}
			if (this.#registration.state !== 'unregistered')
				this.#set({ ...OFFLINE, identity: who.identity, error });
		}
		return undefined;
	}

	/** The URN by which the network knows this page (RFC 5626), always the same. */
	get device() {
		return this.#device;
	}

	/** Another page has registered it, as that device. */
	inherit(identity, device = this.#device) {
		this.#device = device;
		this.#set({ ...OFFLINE, identity, state: 'registering' });
	}

	/** See ImsClient.prove(). */
	async prove(who) {
		if (who.renew) {
			this.#keepToken(who.renew);
			this.#keeper.expiring(this.#registration.tokenExpires ?? 0);	/* what was said of it meanwhile is lost */
			return;
		}
		this.#proof = await proofOf(who);
		if (this.#challenge)
			await this.#answer(this.#challenge);
	}

	async unregister() {
		this.#who = null;
		const done = new Promise((resolve) => (this.#unregistering = resolve));

		await this.#ask({ request: 'unregister' }, ['unregistering', 'unregistered']);
		await done;
	}

	/** The connection is gone: nobody waits any longer. */
	drop() {
		this.#registering?.reject(new ImsError('not-connected'));
		this.#unregistering?.();
	}

	/** Nothing secret is left. */
	forget() {
		this.#who = null;
		this.#proof = null;
		this.#challenge = null;
		this.#keeper?.stop();
		this.#keeper = null;
		if (this.#registration.state !== 'unregistered')
			this.#set(OFFLINE);
	}

	/* ---- registering ------------------------------------------------------------------- */

	/** One REGISTER dialogue to its end. */
	async #register({ identity, secret, auth, authuser, displayName, network, accessToken, renew, extra, ...who }) {
		const done = new Promise((resolve, reject) => (this.#registering = { resolve, reject, by: kindOf(auth, who) }));

		done.catch(() => {});	/* heard below, unless the request itself fails */
		this.#set({ ...OFFLINE, identity, state: 'registering' });
		try {
			this.#proof = auth === 'delegated' ? await proofOf(who) : null;
			this.#registering.request = {
				request: 'register', username: identity, secret, auth, authuser,
				algorithm: who.sim && 'AKAv2-SHA-256', display_name: displayName, network, access_token: accessToken,
				instance: this.#device, ...extra,
			};
			await this.#send();
			await done;
			this.#keepToken(renew);
		} catch (error) {
			if (this.#registration.state !== 'unregistered')
				this.#set({ ...OFFLINE, identity, error });
			throw error;
		} finally {
			this.#registering = null;
		}
	}

	/** A connection that is cut meanwhile comes back, see unknown(), or is given up, see drop(). */
	async #send() {
		try {
			await this.#ask(this.#registering.request, ['registering', 'registered', 'registration_failed']);
		} catch (error) {
			if (error.code !== 'not-connected')
				throw error;
		}
	}

	/** The network asks who we are. Without a proof a person has to say. */
	async #challenged(challenge) {
		this.#challenge = challenge;
		if (this.#proof)
			await this.#answer(challenge).catch((error) => this.#giveUp(error));
		else if (this.#registration.state === 'unregistering')
			this.#on.unregistered.call(this);	/* it ends by itself */
		else
			this.#tell('challenge', challenge);
	}

	async #answer(challenge) {
		const fields = this.#proof.answer(challenge);

		this.#challenge = null;
		await this.#ask({ request: 'authenticate', ...fields },
			['authenticating', 'registered', 'registration_failed', 'unregistered']);
	}

	/** Nobody waits for what cannot be proved. A cut connection is none of that. */
	#giveUp(error) {
		if (!['proof-unknown', 'network-unproved'].includes(error.code))
			return;
		this.#registering?.reject(error);
		this.#set({ ...OFFLINE, identity: this.#registration.identity, error });
		this.#ask({ request: 'unregister' }, ['unregistering', 'unregistered']).catch(() => {});
	}

	/* ---- access tokens ----------------------------------------------------------------- */

	/** From now on `token_expiring` is answered. */
	#keepToken(renew) {
		this.#keeper?.stop();
		this.#keeper = renew ? new TokenKeeper({
			renew,
			hand: (token) => this.#hand(token),
			trouble: (trouble) => this.#set({ ...this.#registration, trouble }),
		}) : null;
	}

	async #hand(accessToken) {
		const { event, code, reason } = await this.#ask({ request: 'refresh_token', access_token: accessToken },
			['token_refreshed', 'token_refresh_failed']);

		if (event === 'token_refresh_failed')
			throw registrationError(code, reason, 'token');
		this.#who &&= { ...this.#who, accessToken };
	}

	/** A provider that is silent for the moment need not mean that the last token is over. */
	#freshToken(renew) {
		return renew().catch((error) => {
			if (error.code === 'sign-in-over')
				throw error;
			return this.#who.accessToken;
		});
	}

	/* ---- what the gateway tells -------------------------------------------------------- */

	/** true: the event concerned who is registered and nothing else. */
	heard(result) {
		const known = Object.hasOwn(this.#on, result.event);

		if (known)
			this.#on[result.event].call(this, result);
		return known;
	}

	/** What became of it while nobody listened: `registration` of the event `status`. */
	compare(registration) {
		if (registration?.state === 'registered' && this.#registration.state !== 'registered')
			this.#on.registered.call(this, { ...registration, ims: registration });
		if (registration?.token_expires)
			this.#keeper?.expiring(registration.token_expires);	/* what was said of it meanwhile is lost */
	}

	#on = {
		registering() {
			this.#set({ ...this.#registration, state: 'registering', error: undefined, trouble: undefined });
		},
		challenge(challenge) {
			this.#challenged(challenge);
		},
		registered({ username, ims = {} }) {
			if (this.#proof && !this.#proof.confirms(ims.authentication_info)) {
				this.#giveUp(new ImsError('network-unproved'));
				return;
			}
			this.#set({
				state: 'registered', identity: username, associated: ims.associated ?? [username],
				expires: ims.expires, tokenExpires: ims.token_expires,
			});
			this.#registering?.resolve();
		},
		token_expiring({ expires_in: seconds }) {
			this.#keeper?.expiring(seconds);
		},
		token_refreshed({ ims }) {
			this.#set({ ...this.#registration, tokenExpires: ims?.token_expires, trouble: undefined });
		},
		registration_failed({ code, reason, ims }) {
			const by = this.#registering?.by ?? (this.#keeper ? 'token' : kindOf(this.#who?.auth, this.#who ?? {}));

			if (ims?.retry_in && !this.#registering) {
				this.#set({ ...this.#registration, state: 'registering', trouble: registrationError(code, reason, by) });
				return;
			}
			const lost = this.#registration.state === 'registered';
			const error = lost ? new ImsError(by === 'token' ? 'sign-in-over' : 'registration-lost', { status: code, reason })
				: registrationError(code, reason, by, ims?.retry_after);

			this.#set({ ...OFFLINE, identity: this.#registration.identity, error });
			this.#registering?.reject(error);
		},
		unregistering() {
			this.#set({ ...this.#registration, state: 'unregistering' });
		},
		unregistered() {
			this.#set(OFFLINE);
			this.#unregistering?.();
		},
	};

	#set(registration) {
		this.#registration = Object.freeze(registration);
		this.#tell('registration', this.#registration);
	}
}

/** A random UUID as a URN (RFC 9562 5.4); crypto.randomUUID is not there on every page. */
function newDevice() {
	const bytes = crypto.getRandomValues(new Uint8Array(16));

	bytes[6] = (bytes[6] & 0x0f) | 0x40;
	bytes[8] = (bytes[8] & 0x3f) | 0x80;
	const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

	return `urn:uuid:${digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}`;
}

/** What somebody proves himself with. @returns {'token'|'sim'|'password'} */
function kindOf(auth, { sim }) {
	return auth === 'token' ? 'token' : sim || auth === 'aka' ? 'sim' : 'password';
}

/** What proves who we are, loaded by pages that use it. */
async function proofOf({ password, sim }) {
	if (sim) {
		const { SimProof } = await import('./sim.js');

		return new SimProof(sim);
	}
	const { PasswordProof } = await import('./digest.js');

	return new PasswordProof(password);
}
