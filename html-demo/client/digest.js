/**
 * Answers Digest challenges in the page (RFC 7616, RFC 3261 22.4), so that the password stays in it.
 *
 * A challenge is the `challenge` event of the plugin, an answer is what goes into its `authenticate` request.
 */
import { md5 } from '@noble/hashes/legacy.js';
import { sha256, sha512_256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, randomBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { ImsError } from './errors.js';

const HASHES = { 'MD5': md5, 'SHA-256': sha256, 'SHA-512-256': sha512_256 };
const CNONCE_BYTES = 16;

/**
 * The value of `response`; with method '' that of `rspauth`. Pure.
 *
 * @param {object} challenge authuser, realm, nonce, method, uri, and algorithm (MD5 when there is none)
 * @param {string|Uint8Array} password
 * @param {object} count
 * @param {''|'auth'|'auth-int'} count.qop '': none (RFC 2069)
 * @param {string} [count.cnonce]
 * @param {string} [count.nc] eight hex digits
 * @param {string} [count.body] of the message, for auth-int
 */
export function digestResponse({ authuser, realm, nonce, method, uri, algorithm }, password, { qop, cnonce, nc, body = '' }) {
	const hash = hashOf(algorithm);
	const secret = hash(authuser, realm, password);
	const ha1 = isSession(algorithm) ? hash(secret, nonce, cnonce) : secret;
	const ha2 = qop === 'auth-int' ? hash(method, uri, hash(body)) : hash(method, uri);

	return qop ? hash(ha1, nonce, nc, cnonce, qop, ha2) : hash(ha1, nonce, ha2);
}

/** A person's password, for as long as it is registered with. */
export class PasswordProof {
	#password;
	#nonce = '';
	#cnonce = '';
	#count = 0;
	#last = null;

	/** @param {string} password */
	constructor(password) {
		this.#password = password;
	}

	/** Fields of `authenticate`. Throws ImsError('proof-unknown') when the challenge asks for what is not here. */
	answer(challenge) {
		const qop = chooseQop(challenge.qop);

		if (challenge.nonce !== this.#nonce) {
			this.#nonce = challenge.nonce;
			this.#cnonce = bytesToHex(randomBytes(CNONCE_BYTES));	/* one for a nonce: -sess hashes the first */
			this.#count = 0;
		}
		const count = { qop, cnonce: this.#cnonce, nc: (++this.#count).toString(16).padStart(8, '0') };
		const response = digestResponse(challenge, this.#password, count);

		if (challenge.method === 'REGISTER')	/* the network proves itself to those */
			this.#last = { challenge, count };
		return { nonce: challenge.nonce, response, ...(qop ? count : isSession(challenge.algorithm) ? { cnonce: count.cnonce } : {}) };
	}

	/** false: whoever answered does not know the password. One that says nothing of it may. @param {string} [info] Authentication-Info */
	confirms(info = '') {
		const [, said] = /(?:^|[,\s])rspauth\s*=\s*"?([0-9a-f]+)/i.exec(info) ?? [];

		return !said || !this.#last ||
			said.toLowerCase() === digestResponse({ ...this.#last.challenge, method: '' }, this.#password, this.#last.count);
	}
}

function isSession(algorithm = '') {
	return /-sess$/i.test(algorithm);
}

/** Hashes its parts with ':' between them, in hex. */
function hashOf(algorithm = 'MD5') {
	const hash = HASHES[algorithm.toUpperCase().replace(/-SESS$/, '')];

	if (!hash)
		throw new ImsError('proof-unknown', { reason: `algorithm ${algorithm}` });
	return (...parts) => bytesToHex(hash(joined(parts)));
}

function joined(parts) {
	return concatBytes(...parts.flatMap((part, i) => [
		utf8ToBytes(i ? ':' : ''),
		typeof part === 'string' ? utf8ToBytes(part) : part,
	]));
}

/** auth when there is a choice; '' when the challenge names none (RFC 2069). */
function chooseQop(offered = '') {
	const offers = offered.split(',').map((offer) => offer.trim().toLowerCase()).filter(Boolean);
	const chosen = ['auth', 'auth-int'].find((qop) => offers.includes(qop));

	if (offers.length && !chosen)
		throw new ImsError('proof-unknown', { reason: `qop ${offered}` });
	return chosen ?? '';
}
