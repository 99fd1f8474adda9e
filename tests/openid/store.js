import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** What the provider remembers: codes, tokens, grants, sign-ins under way. It survives a stop. */
export class Store {
	#file;
	#things;	/* "Model:id" -> {payload, until} */

	constructor(file) {
		this.#file = file;
		this.#things = new Map(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : []);
	}

	save() {
		writeFileSync(this.#file, JSON.stringify([...this.#things]), { mode: 0o600 });
	}

	/** What oidc-provider wants of a database, for one kind of thing. */
	adapter(model) {
		const key = (id) => `${model}:${id}`;

		return {
			upsert: async (id, payload, seconds) => {
				this.#forgetOld();
				this.#things.set(key(id), { payload, until: seconds ? Date.now() + seconds * 1000 : null });
			},
			find: async (id) => this.#live(key(id)),
			findByUid: async (uid) => this.#first(model, (payload) => payload.uid === uid),
			findByUserCode: async (code) => this.#first(model, (payload) => payload.userCode === code),
			consume: async (id) => {
				this.#things.get(key(id)).payload.consumed = Math.floor(Date.now() / 1000);
			},
			destroy: async (id) => this.#things.delete(key(id)),
			revokeByGrantId: async (grant) => this.#drop(({ payload }) => payload.grantId === grant),
		};
	}

	/** Everything of one user is over: tokens, grants, sessions. */
	revokeAccount(name) {
		this.#drop(({ payload }) => payload.accountId === name);
	}

	#live(key) {
		const thing = this.#things.get(key);

		return thing && (!thing.until || thing.until > Date.now()) ? thing.payload : undefined;
	}

	#first(model, fits) {
		for (const [key, { payload }] of this.#things)
			if (key.startsWith(`${model}:`) && fits(payload))
				return this.#live(key);
		return undefined;
	}

	#forgetOld() {
		this.#drop(({ until }) => until && until < Date.now());
	}

	#drop(fits) {
		for (const [key, thing] of this.#things)
			if (fits(thing))
				this.#things.delete(key);
	}
}
