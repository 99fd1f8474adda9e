import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const KINDS = {
	RS256: ['rsa', { modulusLength: 2048 }],
	ES256: ['ec', { namedCurve: 'P-256' }],
	EdDSA: ['ed25519', {}],
};

/** The signing keys, newest first: one of each kind signs, the older ones are only published. */
export class KeyRing {
	#file;

	constructor(file) {
		this.#file = file;
		if (existsSync(file))
			this.jwks = JSON.parse(readFileSync(file, 'utf8'));
		else
			this.rotate(false);
	}

	/** New keys. @param {boolean} keep whether tokens signed with the old ones remain good */
	rotate(keep) {
		const fresh = Object.entries(KINDS).map(([alg, [type, options]]) => {
			const { privateKey } = generateKeyPairSync(type, options);

			return { ...privateKey.export({ format: 'jwk' }), alg, use: 'sig', kid: randomUUID() };
		});

		this.jwks = { keys: [...fresh, ...(keep ? this.jwks.keys : [])] };
		writeFileSync(this.#file, JSON.stringify(this.jwks), { mode: 0o600 });
	}
}
