/**
 * What is said about registration and calls, message by message: between page and gateway (requests and events of the
 * API), and between gateway and network (SIP, as far as the gateway shows it).
 *
 * What is secret is left out here. Bounded: the oldest is forgotten.
 *
 * @typedef {object} Entry
 * @property {number} id
 * @property {number} at milliseconds since 1970
 * @property {string} call SIP Call-ID by which messages belong together; '': of none
 * @property {'page'|'gateway'|'network'} from
 * @property {'page'|'gateway'|'network'} to
 * @property {'request'|'event'|'sip'} kind
 * @property {string} label what a line of the ladder says
 * @property {number} status of a SIP answer; 0: a request, or an event
 * @property {string} text the message; '': not shown
 * @property {boolean} repeated
 */
const MOST = 1000;
const SECRET = new Set(['secret', 'ha1_secret', 'access_token', 'aka', 'authorization', 'response', 'cnonce', 'credential', 'ice_servers', 'master_id']);
const HIDDEN = '(not shown)';

export class TraceLog extends EventTarget {
	#entries = [];
	#last = 0;
	#open = new Map();	/* line -> its request that no Call-ID is known of yet */
	#own = new Set();	/* lines whose answer to `trace` is to come: it is nobody else's business */
	#calls = new Map();	/* line -> Call-ID of its call */

	/** @param {EventTarget} client an ImsClient @returns {() => void} to end it */
	listen(client) {
		const asked = ({ detail }) => this.#asked(detail);
		const heard = ({ detail }) => this.#heard(detail);

		client.addEventListener('asked', asked);
		client.addEventListener('raw', heard);
		return () => {
			client.removeEventListener('asked', asked);
			client.removeEventListener('raw', heard);
		};
	}

	/** @returns {Entry[]} in the order of their time */
	get entries() {
		return this.#entries;
	}

	/** Call-IDs, the one that came last first. */
	get calls() {
		return [...new Set(this.#entries.map(({ call }) => call).filter(Boolean))].reverse();
	}

	clear() {
		this.#entries = [];
		this.dispatchEvent(new Event('change'));
	}

	#asked({ body, jsep, line }) {
		if (body.request === 'trace') {
			this.#own.add(line);
			return;
		}
		const entry = this.#add({
			at: Date.now(), call: OF_CALLS.has(body.request) ? this.#calls.get(line) ?? '' : '', from: 'page', to: 'gateway',
			kind: 'request', label: body.request + (jsep ? ` (${jsep.type})` : ''), status: 0, text: written({ body, jsep }),
		});

		if (body.request === 'call')
			this.#open.set(line, entry);
	}

	#heard({ data, jsep, line }) {
		const result = data.result ?? {};

		if (result.event === 'trace')
			this.#sip(result);
		else if ((result.event === 'tracing' || data.error_code) && this.#own.delete(line))
			return;
		else
			this.#event(data, result, jsep, line);
	}

	#event(data, result, jsep, line) {
		const call = data.call_id ?? result.call_id ?? '';

		if (call)
			this.#named(line, call);
		this.#add({
			at: Date.now(), call, from: 'gateway', to: 'page', kind: 'event',
			label: (data.error_code ? `error ${data.error_code}` : result.event ?? '') + (jsep ? ` (${jsep.type})` : ''),
			status: data.error_code ? 400 : 0, text: written({ ...data, jsep }),
		});
		if (result.event === 'hangup')
			this.#calls.delete(line);
	}

	/** The call of this line is called so: its `call` request too. */
	#named(line, call) {
		const request = this.#open.get(line);

		this.#calls.set(line, call);
		this.#open.delete(line);
		if (request)
			request.call = call;
	}

	#sip({ call_id: call = '', time, direction, first = '', text = '', repeated = false }) {
		const [, status, reason] = /^SIP\/2\.0 (\d{3}) ?(.*)/.exec(first) ?? [];
		const method = /^CSeq: *\d+ +(\w+)/mi.exec(text)?.[1];
		const out = direction === 'out';

		this.#add({
			at: time, call, from: out ? 'gateway' : 'network', to: out ? 'network' : 'gateway', kind: 'sip',
			label: status ? `${status} ${reason}${method ? ` (${method})` : ''}` : first.split(' ')[0], status: +(status ?? 0),
			text: text.replace(/\r\n/g, '\n'), repeated,
		});
	}

	/** SIP is told a moment after it went: it goes where its time says, and before events of the same millisecond, which come of it. */
	#add(entry) {
		const made = { repeated: false, ...entry, id: ++this.#last };
		const goesBefore = (other) => other.at > made.at || (other.at === made.at && other.kind === 'event' && made.kind === 'sip');
		let at = this.#entries.length;

		while (at > 0 && goesBefore(this.#entries[at - 1]))
			at--;
		this.#entries.splice(at, 0, made);
		if (this.#entries.length > MOST)
			this.#entries.shift();
		this.dispatchEvent(new Event('change'));
		return made;
	}
}

const OF_CALLS = new Set(['call', 'accept', 'decline', 'hangup', 'hold', 'unhold', 'update', 'dtmf_info', 'transfer']);

/** A request or event as people read it: without secrets, descriptions line by line. */
function written(message) {
	return JSON.stringify(message, (name, value) => (SECRET.has(name) && value !== undefined ? HIDDEN : value), 2)
		.replace(/\\r\\n/g, '\n    ');
}
