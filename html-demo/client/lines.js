import { ImsError, apiError } from './errors.js';
import { Line } from './line.js';
import { Requests } from './requests.js';

const MOST_LINES = 4;

/**
 * The lines of a telephone, and which of their calls the person is in.
 *
 * Each line is a handle of the gateway, which has one call at most. The first one registers, the others help: they share
 * its registration. There is always an idle one, so that somebody else can call while the person talks.
 *
 * One call is in the foreground; the person hears no other. Who turns to another call holds the one before.
 */
export class Lines {
	#client;
	#lines = [];		/* {handle, requests, line, usedAt}; the first is the master */
	#front = 0;		/* key of the call in the foreground; 0: none */
	#master = null;		/* {id, identity} of the registration that helpers share */
	#growing = false;
	#tracing = false;

	/**
	 * @param {object} client
	 * @param {() => boolean} client.online
	 * @param {() => import('./devices.js').Devices} client.devices
	 * @param {(on: object) => Promise<import('./janus-handle.js').JanusHandle>} client.attach
	 * @param {(type: string, detail: object) => void} client.tell
	 * @param {(result: object, jsep: object|undefined) => void} client.heard events of the first line that are not about its call
	 * @param {(line: number) => void} client.gone the first line is
	 */
	constructor(client) {
		this.#client = client;
	}

	/* ---- lines ------------------------------------------------------------------------- */

	/** Attaches the first line. @param {number} [helpers] that an earlier page has left behind it */
	async open(helpers = 0) {
		this.#lines = [];
		await this.#add();
		for (let i = 0; i < helpers; i++)
			await this.#add();
	}

	/** A request of the registration, on the first line. */
	ask(body, answers, jsep) {
		return this.#lines[0] ? this.#lines[0].requests.ask(body, answers, jsep) : Promise.reject(new ImsError('not-connected'));
	}

	/** How many there are besides the first. */
	get helpers() {
		return Math.max(0, this.#lines.length - 1);
	}

	get masterId() {
		return this.#master?.id;
	}

	/** The first line is registered, as `registered` says it or as an earlier page has left it. */
	registered(id, identity) {
		if (id)
			this.#master = { id, identity };
		this.#grow();
	}

	/** Nobody is registered any more: what helped does not. */
	unregistered() {
		this.#master = null;
	}

	/** What happened while nobody listened. */
	status() {
		return Promise.all(this.#lines.map(({ requests }) => requests.ask({ request: 'status' }, ['status'])))
			.then(([first]) => first);
	}

	/** Whether the gateway shows the SIP of our calls. Rejects when its operator does not want that. */
	async trace(on) {
		for (const one of this.#lines)
			await this.#trace(one, on);
		this.#tracing = on;
	}

	#trace({ requests }, enable) {
		return requests.ask({ request: 'trace', enable }, ['tracing']);
	}

	/** The connection is cut. */
	fail(error) {
		for (const { requests } of this.#lines)
			requests.fail(error);
	}

	/** ... for good: calls are over. */
	drop(error) {
		for (const { line } of this.#lines)
			line.drop(error);
	}

	async #add() {
		const number = this.#lines.length;
		const one = { handle: null, usedAt: 0 };	/* Janus takes a moment to end a connection: not the line that was used last */

		one.requests = new Requests((body, jsep) => {
			this.#client.tell('asked', { body, jsep, line: number });
			return this.#online(one).send(body, jsep);
		});
		one.line = new Line({
			handle: () => this.#online(one),
			online: this.#client.online,
			devices: this.#client.devices,
			ask: (body, answers, jsep) => one.requests.ask(body, answers, jsep),
			tell: (type, detail) => this.#told(one, type, detail),
		});
		this.#lines.push(one);
		one.handle = await this.#client.attach({
			onmessage: (data, jsep) => this.#heard(one, number, data, jsep),
			onremotetrack: (track, mid, on) => one.line.remoteTrack(track, on),
			connectionState: (state) => one.line.mediaState(state),
			webrtcState: (on, reason) => on || one.line.mediaGone(reason),
			ondetached: () => this.#detached(one),
		}).catch((error) => {
			this.#remove(one);
			throw error;
		});
		return one;
	}

	#online(one) {
		if (!this.#client.online() || !one.handle)
			throw new ImsError('not-connected');
		return one.handle;
	}

	#remove(one) {
		this.#lines = this.#lines.filter((other) => other !== one);
	}

	#detached(one) {
		if (one === this.#lines[0]) {
			this.#client.gone();
			return;
		}
		one.line.drop(new ImsError('call-lost'));
		one.requests.fail(new ImsError('not-connected'));
		this.#remove(one);
	}

	/** One more line, when all are busy. A gateway that has no helpers has one line. */
	async #grow() {
		if (this.#growing || !this.#master || this.#idle() || this.#lines.length >= MOST_LINES || !this.#client.online())
			return;
		const { id, identity } = this.#master;

		this.#growing = true;
		try {
			const one = await this.#add();

			await one.requests.ask({ request: 'register', type: 'helper', username: identity, master_id: id },
				['registered', 'registration_failed']).catch(() => this.#giveBack(one));
			if (this.#tracing)
				await this.#trace(one, true);
		} catch {
			/* the connection is cut: there is another chance when it is back */
		}
		this.#growing = false;
	}

	#giveBack(one) {
		this.#master = null;
		this.#remove(one);
		one.handle.detach();
	}

	/** A helper that has nothing to do. The first line alone does not count: it may be the one that talks next. */
	#idle() {
		return this.#lines.slice(1).find(({ line }) => !line.current);
	}

	/* ---- calls -------------------------------------------------------------------------- */

	/** All calls, the one in the foreground first. @returns {import('../ims-client.js').Call[]} */
	get calls() {
		return this.#lines.map(({ line }) => line.current).filter(Boolean)
			.sort((a, b) => (b.key === this.#front) - (a.key === this.#front) || a.key - b.key);
	}

	/** The call in the foreground, or null. @returns {import('../ims-client.js').Call|null} */
	get current() {
		return this.calls.find(({ key }) => key === this.#front) ?? null;
	}

	/** The line of a call; of the one in the foreground. */
	of(key = this.#front) {
		const found = this.#lines.find(({ line }) => line.current?.key === key);

		if (!found)
			throw new ImsError('wrong-state');
		return found.line;
	}

	async dial(uri, video, more) {
		if (this.calls.some(({ state }) => !['up', 'incoming', 'ending'].includes(state)))
			throw new ImsError('wrong-state', { message: 'There is a call already.' });
		await this.#silence();
		const [free] = this.#lines.filter(({ line }) => !line.current).sort((a, b) => a.usedAt - b.usedAt);

		if (!free)
			throw new ImsError('no-line');
		this.#front = 0;
		return free.line.dial(uri, video, more);
	}

	async accept(video, key = this.#front) {
		const line = this.of(key);

		await this.#silence(key);
		this.#show(key);
		await line.accept(video);
	}

	/** Back to a call: any other is held. */
	async resume(key = this.#front) {
		const line = this.of(key);

		await this.#silence(key);
		this.#show(key);
		if (line.current?.held)
			await line.hold(false);
	}

	/** Takes on what an earlier page knew of a call that still rings. */
	expect(call) {
		this.#lines.forEach(({ line }) => line.expect(call));
	}

	/** The page goes away. -> the call that may still ring when the next one is here */
	abandon() {
		const left = this.#lines.map(({ line }) => line.abandon()).filter(Boolean);

		return left.find(({ state }) => state === 'incoming') ?? left[0] ?? null;
	}

	async switchTo(which) {
		for (const { line } of this.#lines)
			await line.switchTo(which);
	}

	/** Nobody else is heard: every other call that is up is held. */
	async #silence(key = 0) {
		for (const { line } of this.#lines)
			if (line.current?.state === 'up' && line.current.key !== key && !line.current.held)
				await line.hold(true);
	}

	#show(key) {
		if (this.#front === key)
			return;
		this.#front = key;
		this.#client.tell('front', this.current);
	}

	/** Somebody rings while the person talks: not in the foreground. Who has hung up turns to whoever is left. */
	#told(one, type, detail) {
		if (type !== 'call') {
			this.#client.tell(type, detail);
			return;
		}
		one.usedAt = Date.now();
		if (this.#front === 0 && detail.state !== 'ended')
			this.#front = detail.key;
		this.#client.tell('call', detail);
		if (detail.state === 'incoming' && this.#takesPlace(detail))
			this.#change(one.line, detail.key);
		if (detail.state === 'ended')
			this.#over(detail.key);
		else
			this.#grow();
	}

	/** The one whom the person talks to has sent somebody else in his place. */
	#takesPlace({ replaces }) {
		return replaces !== '' && this.calls.some(({ id, state }) => id === replaces && state === 'up');
	}

	#change(line, key) {
		this.#show(key);
		line.accept(false).catch(() => {});	/* it goes on ringing */
	}

	#over(key) {
		if (this.#front !== key)
			return;
		const [next] = this.calls.sort((a, b) => (b.state === 'up') - (a.state === 'up'));

		this.#front = 0;
		if (next)
			this.#show(next.key);
	}

	/* ---- events of the plugin ------------------------------------------------------------- */

	#heard(one, number, data, jsep) {
		this.#client.tell('raw', { data, jsep, line: number });
		if (data.error_code !== undefined) {
			one.requests.fail(apiError(data.error_code, data.error));
			return;
		}
		const result = data.result ?? {};
		const id = data.call_id ?? result.call_id ?? '';

		if (!one.line.heard(result, jsep, id)) {
			if (result.event === 'status')
				one.line.compare(result.call, jsep);
			if (one === this.#lines[0] || result.event === 'transfer')
				this.#client.heard(result);
		}
		one.requests.heard(result);
	}
}
