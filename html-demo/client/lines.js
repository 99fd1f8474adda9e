import { ImsError, apiError } from './errors.js';
import { Line } from './line.js';
import { Requests } from './requests.js';

const MOST_LINES = 4;
const IDLE_MS = 3000;		/* of a helper that is there for one call; the gateway offers a waiting call for 2 s */

/**
 * The lines of a telephone, and which of their calls the person is in.
 *
 * Each line is a handle of the gateway, which has one call at most. The first one registers, the others help: they share
 * its registration. There is always an idle one, so that somebody else can call while the person talks. Where the first one
 * shares an event loop of Janus with many idle ones, calls keep off it: a helper is attached when a call comes or is made,
 * and goes after it (docs/large-deployments.md).
 *
 * One call is in the foreground; the person hears no other. Who turns to another call holds the one before.
 */
export class Lines {
	#client;
	#lines = [];		/* {number, handle, requests, line, usedAt, rest}; the first is the master */
	#idleLoop;		/* of Janus, which the first one is on; undefined: as Janus likes */
	#dialing = false;
	#front = 0;		/* key of the call in the foreground; 0: none */
	#master = null;		/* {id, identity} of the registration that helpers share */
	#growing = false;
	#tracing = false;

	/**
	 * @param {object} client
	 * @param {() => boolean} client.online
	 * @param {() => import('./devices.js').Devices} client.devices
	 * @param {(loop: number|undefined, on: object) => Promise<import('./janus-handle.js').JanusHandle>} client.attach
	 * @param {(type: string, detail: object) => void} client.tell
	 * @param {(result: object, jsep: object|undefined) => void} client.heard events of the first line that are not about its call
	 * @param {(line: number) => void} client.gone the first line is
	 */
	constructor(client) {
		this.#client = client;
	}

	/* ---- lines ------------------------------------------------------------------------- */

	/**
	 * Attaches the first line.
	 *
	 * @param {number|undefined} idleLoop of Janus, for lines without calls
	 * @param {number} helpers that an earlier page has left behind it
	 */
	async open(idleLoop, helpers) {
		this.#lines = [];
		this.#idleLoop = idleLoop;
		await this.#add();
		for (let i = 0; i < helpers; i++)
			await this.#add();
	}

	/** A request of the registration, on the first line. */
	ask(body, answers, jsep) {
		const habits = this.#sparing && body.request === 'register' ? { calls_on_helpers: true } : {};

		return this.#lines[0] ? this.#lines[0].requests.ask({ ...body, ...habits }, answers, jsep)
			: Promise.reject(new ImsError('not-connected'));
	}

	/** Whether calls keep off the first line. */
	get #sparing() {
		return this.#idleLoop !== undefined;
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
	async status() {
		const [first] = await Promise.all(this.#lines.map(({ requests }) => requests.ask({ request: 'status' }, ['status'])));

		this.#lines.forEach((one) => this.#rest(one));
		return first;
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
		const number = [...Array(MOST_LINES).keys()].find((n) => !this.#lines.some((other) => other.number === n));
		const one = { number, handle: null, usedAt: 0 };	/* Janus takes a moment to end a connection: not the line that was used last */

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
		one.handle = await this.#client.attach(number === 0 ? this.#idleLoop : undefined, {
			onmessage: (data, jsep) => this.#heard(one, data, jsep),
			onremotetrack: (track, mid, on) => one.line.remoteTrack(track, on),
			connectionState: (state) => one.line.mediaState(state),
			mediaGone: (reason) => one.line.mediaGone(reason),
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

	/** One more line ahead, when all are busy. */
	async #grow() {
		if (this.#sparing || this.#growing || this.#idle())
			return;
		this.#growing = true;
		await this.#help();
		this.#growing = false;
	}

	/** One more line. A gateway that has no helpers has one. */
	async #help() {
		if (!this.#master || this.#lines.length >= MOST_LINES || !this.#client.online())
			return;
		const { id, identity } = this.#master;

		try {
			const one = await this.#add();

			if (this.#tracing)
				this.#trace(one, true).catch(() => {});	/* before the call that may wait for it */
			await one.requests.ask({ request: 'register', type: 'helper', username: identity, master_id: id },
				['registered', 'registration_failed']).catch(() => this.#giveBack(one));
			this.#rest(one);
		} catch {
			/* the connection is cut: there is another chance when it is back */
		}
	}

	#giveBack(one) {
		this.#master = null;
		this.#dismiss(one);
	}

	#dismiss(one) {
		this.#remove(one);
		one.handle.detach();
	}

	/** A helper that is there for one call goes when it has none for a while. After a cut, `status` comes first. */
	#rest(one) {
		if (!this.#sparing || one === this.#lines[0])
			return;
		clearTimeout(one.rest);
		one.rest = setTimeout(() => {
			if (this.#lines.includes(one) && !one.line.current && this.#client.online())
				this.#dismiss(one);
		}, IDLE_MS);
	}

	/** A helper that has nothing to do. The first line alone does not count: it may be the one that talks next. */
	#idle() {
		return this.#lines.slice(1).find(({ line }) => !line.current);
	}

	/** A line for the next call of ours. The first one is the last to be taken where calls are to keep off it. */
	async #free() {
		if (this.#sparing)
			await this.#help();
		const [first] = this.#lines;
		const [free] = this.#lines.filter(({ handle, line }) => handle && !line.current)
			.sort((a, b) => (this.#sparing && (a === first) - (b === first)) || a.usedAt - b.usedAt);

		if (!free)
			throw new ImsError('no-line');
		return free;
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
		if (this.#dialing || this.calls.some(({ state }) => !['up', 'incoming', 'ending'].includes(state)))
			throw new ImsError('wrong-state', { message: 'There is a call already.' });
		this.#dialing = true;
		const free = await this.#silence().then(() => this.#free()).finally(() => (this.#dialing = false));

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
		if (detail.state !== 'ended') {
			this.#grow();
			return;
		}
		this.#over(detail.key);
		this.#rest(one);
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

	#heard(one, data, jsep) {
		this.#client.tell('raw', { data, jsep, line: one.number });
		if (data.error_code !== undefined) {
			one.requests.fail(apiError(data.error_code, data.error, data.ims?.retry_after));
			return;
		}
		const result = data.result ?? {};
		const id = data.call_id ?? result.call_id ?? '';

		if (!one.line.heard(result, jsep, id)) {
			if (result.event === 'status')
				one.line.compare(result.call, jsep);
			else if (result.event === 'helper_wanted')
				this.#help();
			if (one === this.#lines[0] || result.event === 'transfer')
				this.#client.heard(result);
		}
		one.requests.heard(result);
	}
}
