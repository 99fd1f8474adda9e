/**
 * A Janus session and its plugin handles, as promises with time limits.
 *
 * janus.js does the protocol and the PeerConnection. It reports by callbacks that may never
 * come, keeps its socket to itself and does not notice one that went silent: that is
 * what this file adds, and nothing else in the demo touches janus.js.
 */
import Janus from 'janus-gateway';
import { ImsError } from './errors.js';
import { JanusHandle } from './janus-handle.js';
import { within } from './within.js';

const ANSWER_MS = 10000;
const NO_SUCH_SESSION = 458;

/** The socket that janus.js opened last: sockets are opened inside its constructor and reconnect(). */
let opened = null;

/** The session that the next one opened takes over, of the page that was here before, and its handles. */
let heir = null;

/** Sockets that went silent. They can still close minutes later, and janus.js would blame the one after. */
const givenUp = new WeakSet();

function initJanus() {
	const usual = Janus.useDefaultDependencies({ adapter: globalThis.adapter });

	Janus.init({
		dependencies: {
			...usual,
			newWebSocket: (url, protocol) => (opened = openSocket(url, protocol)),
			httpAPICall: (url, options) => usual.httpAPICall(url, options.verb === 'GET' ? strict(options) : options),
		},
	});
}

/** Listens before janus.js does, so that it can keep the last words of a given-up socket from it. */
function openSocket(url, protocol) {
	const socket = new WebSocket(url, protocol);

	if (heir)
		inherit(socket, heir);

	for (const type of ['message', 'error', 'close'])
		socket.addEventListener(type, (event) => givenUp.has(socket) && event.stopImmediatePropagation());
	return socket;
}

function abandon(socket) {
	givenUp.add(socket);
	socket.close();
}

/** janus.js claims only what it has created itself: its `create` becomes a `claim`, its first `attach`es are done already. */
function inherit(socket, { session, handles }) {
	const send = socket.send.bind(socket);
	const answer = (json) => socket.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(json) }));
	const left = [...handles];

	socket.send = (text) => {
		const request = JSON.parse(text);
		const { janus, transaction } = request;

		if (janus === 'create')
			send(JSON.stringify({ ...request, janus: 'claim', session_id: session }));
		else if (janus === 'attach' && left.length) {
			const id = left.shift();	/* not in the microtask: two may be attached at once */

			queueMicrotask(() => answer({ janus: 'success', transaction, data: { id } }));
		} else {
			send(text);
		}
	};
}

/** janus.js polls a session that is gone without pause and for ever: make its error one. */
function strict(poll) {
	return {
		...poll,
		success: (json) => (json.janus === 'error' ? poll.error(json.error.reason, json) : poll.success(json)),
	};
}

export class JanusSession {
	#janus = null;
	#handles = [];
	#socket = null;
	#heardAt = 0;
	#watch = 0;
	#closed = false;
	#onLost;
	#options;

	/**
	 * @param {object} options
	 * @param {string} options.server ws://, wss:// or http(s)://.../janus
	 * @param {number} options.keepAliveMs Janus ends a cut session `reclaim_session_timeout`
	 *        after its last request, so this must be well below that to be able to claim it
	 * @param {() => void} onLost the connection broke; claim() or give up
	 */
	constructor(options, onLost) {
		this.#options = options;
		this.#onLost = onLost;
	}

	/** What a later page needs to take the session over, or null. @returns {{session: number, handles: number[]}|null} */
	get ids() {
		const session = this.#socket && this.#janus?.getSessionId();

		return session && this.#handles.length ? { session, handles: this.#handles.map((handle) => handle.id) } : null;
	}

	/** Opens a new session, or takes over that of an earlier page. @param {{session: number, handles: number[]}} [ids] */
	open(ids = null) {
		initJanus();
		heir = ids;
		const { server, iceServers, relayOnly, apiSecret, token, keepAliveMs } = this.#options;

		return within(ANSWER_MS, 'server-gone', (resolve, reject) => {
			this.#janus = new Janus({
				server, iceServers, token, apisecret: apiSecret,
				iceTransportPolicy: relayOnly ? 'relay' : 'all',
				keepAlivePeriod: keepAliveMs,
				destroyOnUnload: false,
				success: () => {
					this.#listen();
					resolve();
				},
				error: (reason) => {
					const gone = ids && /^No such session/.test(reason);

					reject(new ImsError(gone ? 'session-gone' : 'server-gone', { reason: String(reason) }));
					this.#lost();
				},
			});
			heir = null;
			this.#adopt();
		});
	}

	/** Takes the session over on a new connection; false when the gateway has ended it meanwhile. */
	async claim() {
		if (this.#closed || !this.#janus?.getSessionId?.())
			return false;
		return within(ANSWER_MS, 'server-gone', (resolve, reject) => {
			this.#janus.reconnect({
				success: () => {
					this.#listen();
					resolve(true);
				},
				error: (reason) => {
					if (/^No such session/.test(reason))
						resolve(false);
					else
						reject(new ImsError('server-gone', { reason: String(reason) }));
				},
			});
			this.#adopt();
		});
	}

	/**
	 * Which of Janus's event loops handles without calls are to have.
	 *
	 * @param {number|'auto'|null} wish
	 * @returns {Promise<number|undefined>} undefined where Janus has not several loops, or does not let a client choose
	 */
	async idleLoop(wish) {
		if (wish === null || wish === undefined)
			return undefined;
		const info = await within(ANSWER_MS, 'no-answer', (resolve, reject) => this.#janus.getInfo({
			success: resolve,
			error: (reason) => reject(new ImsError('server-gone', { reason: String(reason) })),
		}));

		if (!info['loop-indication'] || info['static-event-loops'] < 2)
			return undefined;
		return wish === 'auto' ? 0 : wish;
	}

	/**
	 * Attaches a handle.
	 *
	 * @param {object} on callbacks of janus.js; and
	 * @param {(reason: string) => void} on.mediaGone Janus has ended the PeerConnection before we did
	 * @returns {Promise<JanusHandle>}
	 */
	async attach(plugin, loopIndex, on) {
		const forget = () => (this.#handles = this.#handles.filter((other) => other !== handle));
		const handle = new JanusHandle(() => this.#socket, (socket) => this.#giveUp(socket), forget);

		await within(ANSWER_MS, 'no-answer', (resolve, reject) => {
			this.#janus.attach({
				...on, plugin, loopIndex,
				onmessage: (data, jsep) => {
					on.onmessage(data, jsep);
					if (jsep)
						handle.mediaCame();
				},
				webrtcState: (up, reason) => up || handle.mediaWent() || on.mediaGone(reason),
				ondetached: () => {
					forget();
					on.ondetached();
				},
				success: (made) => resolve(handle.use(made)),
				error: (reason) => reject(new ImsError('no-plugin', { reason: String(reason) })),
			});
		});
		this.#handles.push(handle);
		return handle;
	}

	/** Leaves the session alone, so that it can be taken over. */
	abandon() {
		this.#closed = true;
		this.#deaf();
	}

	/** Ends the session, the gateway is told. */
	close() {
		if (this.#closed)
			return;
		this.#closed = true;
		for (const handle of this.#handles)
			handle.closeMedia();
		this.#deaf();
		if (this.#janus?.isConnected?.())
			this.#janus.destroy({ notifyDestroyed: false, unload: !this.#socket });	/* a beacon survives the page */
		else
			this.#socket?.close();
	}

	#adopt() {
		if (this.#socket && this.#socket !== opened)
			abandon(this.#socket);
		this.#socket = opened;
		opened = null;
	}

	/** Watches for silence: each keep-alive is answered. Who ended the session need not have told us: then they are refused. */
	#listen() {
		const limit = 3 * this.#options.keepAliveMs;

		this.#deaf();
		if (!this.#socket)
			return;
		this.#heardAt = Date.now();
		this.#socket.addEventListener('message', ({ currentTarget, data }) => {
			this.#heardAt = Date.now();
			if (!this.#closed && isSessionGone(JSON.parse(data)))
				this.#giveUp(currentTarget);
		});
		this.#watch = setInterval(() => {
			if (Date.now() - this.#heardAt > limit)
				this.#giveUp(this.#socket);
		}, this.#options.keepAliveMs);
	}

	/** What was asked on a connection before tells nothing of this one. Long polls notice by themselves. */
	#giveUp(socket) {
		if (!socket || socket !== this.#socket)
			return;
		abandon(socket);
		this.#lost();
	}

	#deaf() {
		clearInterval(this.#watch);
	}

	#lost() {
		this.#deaf();
		this.#onLost();
	}
}

function isSessionGone({ janus, error }) {
	return janus === 'error' && error?.code === NO_SUCH_SESSION;
}
