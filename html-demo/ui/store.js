import { person } from './address.js';

/**
 * What the page remembers between visits: the last identity, and for each identity its own
 * contacts, recent calls and messages. Never a password. Works without storage, for this visit only.
 */
const PREFIX = 'janus-ims.';
const MAX_RECENTS = 50;
const MAX_MESSAGES = 500;

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

/** How the last sign-in was made: a way of ui/login.js. */
export const lastWay = {
	get: () => read('way', ''),
	set: (way) => write('way', way),
};

/** Which microphone, camera and speaker, by deviceId; what is not there is the browser's choice. */
export const devices = {
	get: () => read('devices', {}),
	set: (ids) => write('devices', ids),
};

/** What a page leaves to itself for after a reload: read once, by this tab only. */
function left(key) {
	return {
		take() {
			try {
				const text = sessionStorage.getItem(PREFIX + key);

				sessionStorage.removeItem(PREFIX + key);
				return JSON.parse(text);
			} catch {
				return null;
			}
		},
		set(value) {
			try {
				sessionStorage.setItem(PREFIX + key, JSON.stringify(value));
			} catch {
				/* no storage: the person signs in again */
			}
		},
	};
}

/** The session, and the account at the provider if there is one. */
export const parked = left('parked');

/** A sign-in that the provider has not answered yet. */
export const underWay = left('sign-in');

export const theme = {
	get: () => read('theme', ''),
	set: (name) => write('theme', name),
};

/**
 * @typedef {{name: string, uri: string, own?: boolean}} Contact
 * @typedef {{uri: string, name: string, direction: 'in'|'out', missed: boolean, elsewhere?: string, at: number, seconds: number}} Recent
 * @typedef {{uri: string, text: string, ours: boolean, at: number, state?: 'sending'|'sent'|'failed'}} Message
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

	/** @returns {{uri: string, last: Message}[]} whom messages were exchanged with, the latest first */
	get conversations() {
		const latest = new Map();

		for (const message of this.#messages.toReversed()) {
			const key = person(message.uri);

			if (!latest.has(key))
				latest.set(key, { uri: message.uri, last: message });
		}
		return [...latest.values()];
	}

	/** @returns {Message[]} the oldest first */
	messagesWith(uri) {
		return this.#messages.filter((message) => person(message.uri) === person(uri));
	}

	addMessage(message) {
		write(`messages.${this.#identity}`, [...this.#messages, message].slice(-MAX_MESSAGES));
	}

	/** What became of a message that was sent. */
	markMessage(at, state) {
		write(`messages.${this.#identity}`, this.#messages.map((one) => (one.ours && one.at === at ? { ...one, state } : one)));
	}

	get #messages() {
		return list(read(`messages.${this.#identity}`, []));
	}
}

function list(value) {
	return Array.isArray(value) ? value : [];
}
