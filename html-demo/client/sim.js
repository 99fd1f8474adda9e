/**
 * A SIM made of numbers (soft SIM): answers IMS-AKA challenges in the page (RFC 3310, RFC 4169), so that K stays in it.
 *
 * For laboratories: a real USIM never gives its keys away. The highest sequence number is remembered as long as the page lives;
 * after that the first challenge is taken as it comes.
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { PasswordProof } from './digest.js';
import { ImsError } from './errors.js';
import { f1, f2345, opcOf, xor } from './milenage.js';

const ALGORITHMS = { 'AKAv1-MD5': 'MD5', 'AKAv2-SHA-256': 'SHA-256' };
const V2_LABEL = 'http-digest-akav2-password';
const RESYNC_AMF = new Uint8Array(2);

/** As PasswordProof, with a password of its own for each challenge. */
export class SimProof {
	#k;
	#opc;
	#highest;	/* sequence number; null: none yet */
	#digest = null;

	/** @param {{k: string, opc?: string, op?: string, sqn?: string}} card hexadecimal digits; sqn: the highest one that was accepted */
	constructor({ k, opc, op, sqn }) {
		this.#k = hexToBytes(k);
		this.#opc = opc ? hexToBytes(opc) : opcOf(this.#k, hexToBytes(op));
		this.#highest = sqn ? numberOf(hexToBytes(sqn)) : null;
	}

	/** Fields of `authenticate`. Throws ImsError('proof-unknown') when the challenge is none for a SIM. */
	answer(challenge) {
		const algorithm = Object.keys(ALGORITHMS).find((name) => name.toLowerCase() === challenge.algorithm?.toLowerCase());

		if (!algorithm || !challenge.rand)
			throw new ImsError('proof-unknown', { reason: `algorithm ${challenge.algorithm ?? 'MD5'}` });
		const { password, auts } = this.#run(hexToBytes(challenge.rand), hexToBytes(challenge.autn), algorithm);

		const digest = new PasswordProof(password ?? '');
		const answer = digest.answer({ ...challenge, algorithm: ALGORITHMS[algorithm] });

		if (challenge.method === 'REGISTER')
			this.#digest = digest;

		return { ...answer, ...(password === null && { response: '' }), ...(auts && { auts: base64(auts) }) };
	}

	/** See PasswordProof. */
	confirms(info) {
		return this.#digest?.confirms(info) ?? true;
	}

	/** password null: the network's MAC is wrong; '' beside auts: its sequence number is not fresh. */
	#run(rand, autn, algorithm) {
		const { res, ck, ik, ak, akStar } = f2345(this.#k, this.#opc, rand);
		const sqn = xor(autn.slice(0, 6), ak);
		const { macA } = f1(this.#k, this.#opc, rand, sqn, autn.slice(6, 8));

		if (!equal(macA, autn.slice(8)))
			return { password: null };
		if (this.#highest !== null && numberOf(sqn) <= this.#highest)
			return { password: '', auts: this.#auts(rand, akStar) };
		this.#highest = numberOf(sqn);
		return { password: algorithm === 'AKAv1-MD5' ? res : base64(hmac(sha256, concatBytes(res, ik, ck), utf8ToBytes(V2_LABEL))) };
	}

	#auts(rand, akStar) {
		const highest = hexToBytes(this.#highest.toString(16).padStart(12, '0'));

		return concatBytes(xor(highest, akStar), f1(this.#k, this.#opc, rand, highest, RESYNC_AMF).macS);
	}
}

/** 48 bits fit. */
function numberOf(bytes) {
	return bytes.reduce((number, byte) => number * 256 + byte, 0);
}

function equal(a, b) {
	return a.length === b.length && a.reduce((differ, byte, i) => differ | (byte ^ b[i]), 0) === 0;
}

function base64(bytes) {
	return btoa(String.fromCharCode(...bytes));
}
