import { ImsError } from './errors.js';
import { unquote } from './line.js';

const DELIVERY_MS = 40000;	/* the network has 32 seconds to answer */

/** Texts out and in. What becomes of one that was sent is told by its Call-ID, which is chosen here. */
export class Messages {
	#ask;
	#tell;
	#onTheirWay = new Map();	/* Call-ID -> {resolve, reject} */

	/**
	 * @param {(body: object, answers: string[]) => Promise<object>} ask
	 * @param {(message: object) => void} tell one that came
	 */
	constructor(ask, tell) {
		this.#ask = ask;
		this.#tell = tell;
	}

	/** Resolves when the network has taken it. */
	async send(uri, content) {
		const id = callId();
		const delivered = new Promise((resolve, reject) => this.#onTheirWay.set(id, { resolve, reject }));
		const timer = setTimeout(() => this.delivered({ call_id: id, code: 408 }), DELIVERY_MS);

		delivered.catch(() => {});	/* heard below, unless the request itself fails */
		try {
			await this.#ask({ request: 'message', uri, content, call_id: id }, ['messagesent']);
			await delivered;
		} finally {
			clearTimeout(timer);
			this.#onTheirWay.delete(id);
		}
	}

	/** The event `messagedelivery`. */
	delivered({ call_id: id, code, reason }) {
		const waiting = this.#onTheirWay.get(id);

		if (code >= 200 && code < 300)
			waiting?.resolve();
		else
			waiting?.reject(failure(code, reason));
	}

	/** The event `message`. */
	came({ sender, displayname, content = '', content_type: type = 'text/plain', encoding = 'utf-8' }) {
		this.#tell({ sender, displayName: unquote(displayname), type: type.split(';')[0].trim().toLowerCase(), content, encoding });
	}
}

function failure(status, reason) {
	const code = { 404: 'unknown-number', 604: 'unknown-number', 480: 'offline' }[status] ?? 'message-failed';

	return new ImsError(code, { status, reason });
}

function callId() {
	return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
