/**
 * Signs in at an OpenID provider, which may be on any other origin: the page leaves for it and comes back with a code, which it
 * changes for tokens (OpenID Connect Core 3.1 with PKCE, state, nonce and RFC 9207; RFC 9700). The password is typed at the provider.
 *
 *     const openid = new OpenId(settings, location.origin + location.pathname);
 *     const { address, pending } = await openid.begin();          // keep `pending` for this tab, then go to `address`
 *     const account = await openid.finish(location.href, pending);  // on the page that the provider leads back to
 *     await client.register({ identity: account.identity, auth: 'token', accessToken: account.accessToken, renew: () => account.renew() });
 *
 * Tokens are in memory only. No access to the DOM; the page maps the module name oauth4webapi.
 *
 * @typedef {object} Settings
 * @property {string} issuer
 * @property {string} client_id of this page, a public client
 * @property {string} [scope] 'openid ims'
 * @property {string} [resource] whom the access token is for (RFC 8707)
 * @property {object} [metadata] of the provider (RFC 8414), where the page cannot ask for it
 */
import * as oauth from 'oauth4webapi';
import { ImsError } from './errors.js';

const ANSWER_MS = 10000;
const SKEW_S = 60;	/* of this computer's clock */

export class OpenId {
	#settings;
	#redirect;
	#client;
	#server = null;

	/** @param {Settings} settings @param {string} redirect address of this page as the provider knows it */
	constructor(settings, redirect) {
		this.#settings = { scope: 'openid ims', ...settings };
		this.#redirect = redirect;
		this.#client = { client_id: settings.client_id, [oauth.clockTolerance]: SKEW_S };
	}

	/** Whether the address is one that a provider has led back to. */
	static comesBack(address) {
		const { searchParams } = new URL(address);

		return searchParams.has('state') && (searchParams.has('code') || searchParams.has('error'));
	}

	/**
	 * Where to go. `pending` is secret and of use only once: keep it where this tab alone finds it.
	 *
	 * @param {string} [hint] name of the user, if the page knows it
	 * @returns {Promise<{address: string, pending: {verifier: string, state: string, nonce: string}}>}
	 */
	async begin(hint) {
		const server = await this.#metadata();
		const pending = {
			verifier: oauth.generateRandomCodeVerifier(), state: oauth.generateRandomState(), nonce: oauth.generateRandomNonce(),
		};
		const address = new URL(server.authorization_endpoint);
		const { client_id, scope, resource } = this.#settings;

		address.search = new URLSearchParams({
			client_id, scope, ...(resource && { resource }), ...(hint && { login_hint: hint }),
			redirect_uri: this.#redirect, response_type: 'code', state: pending.state, nonce: pending.nonce,
			code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier), code_challenge_method: 'S256',
			prompt: 'login',	/* a telephone asks who is there */
		});
		return { address: address.href, pending };
	}

	/** The way back. Rejects with sign-in-cancelled, sign-in-failed, no-identity or provider-gone. @returns {Promise<Account>} */
	async finish(address, pending) {
		if (!pending)
			throw new ImsError('sign-in-failed', { reason: 'not begun on this page' });
		const server = await this.#metadata();
		const answer = await asked(async () => oauth.processAuthorizationCodeResponse(server, this.#client,
			await oauth.authorizationCodeGrantRequest(server, this.#client, oauth.None(),
				oauth.validateAuthResponse(server, this.#client, new URL(address), pending.state),
				this.#redirect, pending.verifier, { ...this.#options(), additionalParameters: this.#resource() }),
			{ expectedNonce: pending.nonce, requireIdToken: true }));
		const { impu, name } = oauth.getValidatedIdTokenClaims(answer);
		const identity = Array.isArray(impu) ? impu[0] : impu;

		if (typeof identity !== 'string')
			throw new ImsError('no-identity');
		return new Account(this, { identity, name, ...tokensOf(answer) });
	}

	/** For a page that was loaded again. @param {object} parked of Account.park() */
	resume(parked) {
		return new Account(this, parked);
	}

	/** The next tokens; the refresh token is spent. */
	async refresh(token) {
		const server = await this.#metadata();

		return tokensOf(await asked(async () => oauth.processRefreshTokenResponse(server, this.#client,
			await oauth.refreshTokenGrantRequest(server, this.#client, oauth.None(), token,
				{ ...this.#options(), additionalParameters: this.#resource() }))));
	}

	/** Tells the provider that the token is not needed any more. */
	async revoke(token) {
		const server = await this.#metadata();

		if (server.revocation_endpoint)
			await oauth.revocationRequest(server, this.#client, oauth.None(), token, this.#options());
	}

	async #metadata() {
		const { issuer, metadata } = this.#settings;

		if (!this.#server && metadata)
			this.#server = metadata;
		else if (!this.#server)
			this.#server = await asked(async () => oauth.processDiscoveryResponse(new URL(issuer),
				await oauth.discoveryRequest(new URL(issuer), this.#options())));
		return this.#server;
	}

	#options() {
		return {
			signal: () => AbortSignal.timeout(ANSWER_MS),
			[oauth.allowInsecureRequests]: this.#settings.issuer.startsWith('http://'),	/* a provider on this machine */
		};
	}

	#resource() {
		return this.#settings.resource ? { resource: this.#settings.resource } : undefined;
	}
}

/** Somebody who has signed in. */
export class Account {
	#openid;
	#tokens;
	#renewing = null;

	constructor(openid, { identity, name, ...tokens }) {
		this.#openid = openid;
		this.#tokens = tokens;
		this.identity = identity;
		this.name = name;
	}

	get accessToken() {
		return this.#tokens.accessToken;
	}

	/** Seconds that the access token had when it came; undefined where the provider does not say. */
	get lifetime() {
		return this.#tokens.lifetime;
	}

	/** A new access token. Rejects with sign-in-over when the provider gives none, with provider-gone when it is silent. */
	renew() {
		this.#renewing ??= this.#renew().finally(() => (this.#renewing = null));	/* a refresh token is good for once */
		return this.#renewing;
	}

	async #renew() {
		if (!this.#tokens.refreshToken)
			throw new ImsError('sign-in-over');
		this.#tokens = { ...this.#tokens, ...await this.#openid.refresh(this.#tokens.refreshToken).catch(over) };
		return this.#tokens.accessToken;
	}

	/** For the next page of this tab: to be kept where no other page sees it. */
	park() {
		return { identity: this.identity, name: this.name, ...this.#tokens };
	}

	/** Signs out: nothing can be renewed any more. */
	async end() {
		await this.#openid.revoke(this.#tokens.refreshToken ?? this.#tokens.accessToken);
	}
}

function tokensOf({ access_token: accessToken, refresh_token: refreshToken, expires_in: lifetime }) {
	return { accessToken, lifetime, ...(refreshToken && { refreshToken }) };
}

function over(error) {
	throw error.code === 'sign-in-failed' ? new ImsError('sign-in-over', { cause: error }) : error;
}

/** What a provider can say, as ImsError. */
async function asked(action) {
	try {
		return await action();
	} catch (error) {
		const silent = error.code === undefined || error.name === 'TimeoutError';		/* of fetch, not of oauth4webapi */
		const gone = silent || (error.status ?? error.cause?.status) >= 500;
		const code = gone ? 'provider-gone' : error.error === 'access_denied' ? 'sign-in-cancelled' : 'sign-in-failed';

		throw new ImsError(code, { reason: error.error_description ?? error.error ?? error.code, cause: error });
	}
}
