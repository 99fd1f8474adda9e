/**
 * What the page remembers between visits: the last identity, and for each identity its own
 * contacts and recent calls. Never a password. Works without storage, for this visit only.
 */
const PREFIX = 'janus-ims.';
const MAX_RECENTS = 50;

const memory = new Map();

function read(key, fallback) {
	try {
		const text = localStorage.getItem(PREFIX + key);

		return text === null ? fallback : JSON.parse(text);
	} catch {
		return memory.get(key) ?? fallback;
	}
}

function write(key, value) {
	memory.set(key, value);
	try {
		localStorage.setItem(PREFIX + key, JSON.stringify(value));
	} catch {
		/* private window or full: memory has it */
	}
}

export const lastIdentity = {
	get: () => read('identity', ''),
	set: (identity) => write('identity', identity),
};

export const theme = {
	get: () => read('theme', ''),
	set: (name) => write('theme', name),
};

/**
 * @typedef {{name: string, uri: string, own?: boolean}} Contact
 * @typedef {{uri: string, name: string, direction: 'in'|'out', missed: boolean, at: number, seconds: number}} Recent
 */
export class Book {
	#identity;

	constructor(identity) {
		this.#identity = identity;
	}

	/** @returns {Contact[]} */
	get contacts() {
		return list(read(`contacts.${this.#identity}`, []));
	}

	addContact(name, uri) {
		const rest = this.contacts.filter((c) => c.uri !== uri);

		write(`contacts.${this.#identity}`, [...rest, { name, uri, own: true }]);
	}

	removeContact(uri) {
		write(`contacts.${this.#identity}`, this.contacts.filter((c) => c.uri !== uri));
	}

	/** @returns {Recent[]} the newest first */
	get recents() {
		return list(read(`recents.${this.#identity}`, []));
	}

	addRecent(recent) {
		write(`recents.${this.#identity}`, [recent, ...this.recents].slice(0, MAX_RECENTS));
	}

	clearRecents() {
		write(`recents.${this.#identity}`, []);
	}
}

function list(value) {
	return Array.isArray(value) ? value : [];
}
