import { ImsError } from './errors.js';
import { pause, within } from './within.js';

const ANSWER_MS = 10000;
const CLOSING_MS = 3000;	/* Janus takes up to one second */
const OFFER_TRIES = 20;
const OFFER_PAUSE_MS = 100;

/**
 * One handle of a plugin, and its PeerConnection. Made by JanusSession.attach().
 *
 * Janus ends its side of a PeerConnection some time after we have. What is negotiated before that it takes for a change of the old one,
 * and ends it, too: so the next one waits.
 */
export class JanusHandle {
	#handle = null;
	#socket;
	#dead;
	#left;
	#open = false;		/* Janus has a PeerConnection */
	#gone = Promise.resolve();	/* the one that we have left, from Janus, too */
	#went = null;		/* resolves that; null: it is gone */
	#patience = 0;

	/**
	 * @param {() => WebSocket|null} socket of the moment
	 * @param {(socket: WebSocket|null) => void} dead the gateway does not answer: that one is of no use, whatever it says
	 * @param {() => void} left it is detached
	 */
	constructor(socket, dead, left) {
		this.#socket = socket;
		this.#dead = dead;
		this.#left = left;
	}

	/** @param {object} handle of janus.js */
	use(handle) {
		this.#handle = handle;
		return this;
	}

	get id() {
		return this.#handle.getId();
	}

	/** The PeerConnection of the moment, or null. @returns {RTCPeerConnection|null} */
	get pc() {
		return this.#handle.webrtcStuff.pc ?? null;
	}

	/** Whether Janus still has a PeerConnection that we have left. */
	get closing() {
		return this.#went !== null;
	}

	/** Until there can be a new one. */
	get free() {
		return this.#gone;
	}

	/**
	 * Sends one request; resolves with the ack. Janus says that a PeerConnection is over a moment before it takes an offer for the next
	 * one: it is asked again.
	 */
	async send(message, jsep) {
		this.#open ||= Boolean(jsep);
		for (let tries = 1; ; tries++)
			try {
				return await this.#ask(message, jsep);
			} catch (error) {
				if (jsep?.type !== 'offer' || !isStillClosing(error) || tries === OFFER_TRIES)
					throw error;
				await pause(OFFER_PAUSE_MS);
			}
	}

	/** Offer; `tracks` as janus.js describes them, none: as they are. */
	offer(tracks) {
		return this.#negotiate('createOffer', { tracks });
	}

	/** Answer to `jsep`. */
	answer(jsep, tracks) {
		return this.#negotiate('createAnswer', { jsep: this.#aligned(jsep), tracks });
	}

	/** Applies the answer of the other side. */
	remote(jsep) {
		return this.#negotiate('handleRemoteJsep', { jsep: this.#aligned(jsep) });
	}

	/** Closes the PeerConnection here. In Janus it goes on: what it has offered can still be answered. */
	closeMedia() {
		this.#handle.hangup();
	}

	/** The plugin ends it in Janus. */
	leaveMedia() {
		if (!this.#open || this.closing)
			return;
		this.#gone = new Promise((resolve) => (this.#went = resolve));
		this.#patience = setTimeout(() => this.#settle(), CLOSING_MS);
	}

	/** Janus has offered or answered something: the one before, if any, is gone. */
	mediaCame() {
		this.#open = true;
		this.#settle();
	}

	/** Janus has ended its PeerConnection. @returns {boolean} whether we had left it */
	mediaWent() {
		const left = this.closing;

		this.#open = false;
		this.#settle();
		return left;
	}

	#ask(message, jsep) {
		const socket = this.#socket();

		return within(ANSWER_MS, 'no-answer', (resolve, reject) => {
			this.#handle.send({
				message, jsep,
				success: resolve,
				error: (reason) => reject(new ImsError(/^\d/.test(reason) ? 'bad-request' : 'not-connected', { reason: String(reason) })),
			});
		}).catch((error) => {
			if (error.code === 'no-answer')
				this.#dead(socket);
			throw error;
		});
	}

	#settle() {
		clearTimeout(this.#patience);
		this.#went?.();
		this.#went = null;
	}

	detach() {
		this.#left();
		this.#handle.detach({});
	}

	#aligned(jsep) {
		const own = this.pc?.localDescription?.sdp;

		return own ? { ...jsep, sdp: withMidsOf(own, jsep.sdp) } : jsep;
	}

	#negotiate(verb, parameters) {
		return new Promise((resolve, reject) => {
			this.#handle[verb]({
				...parameters,
				success: resolve,
				error: (cause) => reject(new ImsError('media-failed', { reason: String(cause), cause })),
			});
		});
	}
}

/** Both numbers: what Janus answers while it lets go of the one before. */
function isStillClosing(error) {
	return /^(471|490)\b/.test(error.reason);
}

/** For Janus an m-line has the mid that it had first; a browser that uses a refused one again gives it a new one. */
function withMidsOf(own, sdp) {
	const mids = own.match(/^a=mid:.*$/gm) ?? [];
	const [head, ...sections] = sdp.split(/^(?=m=)/m);
	const renamed = new Map();
	const aligned = sections.map((lines, i) => lines.replace(/^a=mid:(.*)$/m, (line, mid) => {
		renamed.set(mid.trim(), (mids[i] ?? line).slice('a=mid:'.length).trim());
		return `a=mid:${renamed.get(mid.trim())}`;
	}));
	const bundle = (line, list) => `a=group:BUNDLE ${list.trim().split(' ').map((mid) => renamed.get(mid) ?? mid).join(' ')}`;

	return [head.replace(/^a=group:BUNDLE (.*)$/m, bundle), ...aligned].join('');
}
