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
	#lines = [];		/* {number, handle, requests, line, role, rest}; the first is the master */
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
		const lines = this.#lines.filter(({ handle }) => handle);
		const states = await Promise.all(lines.map(({ requests }) => requests.ask({ request: 'status' }, ['status'])));

		lines.forEach((one, i) => {
			if (one.role !== 'master')
				one.role = states[i].registration?.state === 'registered' ? 'helper' : 'spare';
			this.#rest(one);
		});
		if (states[0]?.registration?.state === 'registered')
			this.#grow();
		return states[0];
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
		const one = { number, handle: null, role: number === 0 ? 'master' : 'new' };

		one.requests = new Requests((body, jsep) => {
			this.#client.tell('asked', { body, jsep, line: number });
			return this.#online(one).send(body, jsep);
		});
		one.line = new Line({
			handle: () => this.#online(one),
			online: this.#client.online,
			devices: this.#client.devices,
			ask: (...what) => one.requests.ask(...what),
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

	/** One more line ahead, when all are busy: two at least, so that a call that comes and one of ours do not meet. */
	async #grow() {
		const serve = this.#lines.filter(({ role }) => role !== 'spare');

		if (this.#sparing || this.#growing || (serve.length > 1 && serve.some(({ line }) => !line.current)))
			return;
		this.#growing = true;
		await this.#help();
		this.#growing = false;
	}

	/** One more line: one that a cut has kept from helping, or a new one. */
	async #help() {
		const spare = this.#lines.find(({ role }) => role === 'spare');
		const master = this.#master;

		if (!master || !(spare || this.#lines.length < MOST_LINES) || !this.#client.online())
			return;
		try {
			const one = spare ?? await this.#add();

			one.role = 'new';
			if (this.#tracing)
				this.#trace(one, true).catch(() => {});	/* before the call that may wait for it */
			await this.#join(one, master);
			this.#rest(one);
		} catch {
			/* the connection is cut: there is another chance when it is back */
		}
	}

	/** Who was cut off does not know whether it helps: `status` will say so. A gateway that has no helpers has one line. */
	async #join(one, { id, identity }) {
		try {
			await one.requests.ask({ request: 'register', type: 'helper', username: identity, master_id: id }, ['registered', 'registration_failed']);
			one.role = 'helper';
		} catch (error) {
			if (!this.#client.online())
				throw error;
			this.#master = null;
			this.#dismiss(one);
		}
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

	/**
	 * A line for the next call of ours. The gateway gives a call that comes to the first that is idle: we take the last, so that the
	 * two do not meet. One whose last connection is still being ended would have to wait.
	 */
	async #free() {
		if (this.#sparing)
			await this.#help();
		const [free] = this.#lines.filter(({ handle, line, role }) => handle && role !== 'spare' && !line.current).reverse()
			.sort((a, b) => a.handle.closing - b.handle.closing);

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

		await this.#turnTo(key);
		if (line.current.state === 'incoming')	/* nobody has clicked twice */
			await line.accept(video);
	}

	/** Back to a call: any other is held. */
	async resume(key = this.#front) {
		const line = this.of(key);

		await this.#turnTo(key);
		if (line.current.held)
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

	/** Holds the others. Whoever it is for can be gone by then. */
	async #turnTo(key) {
		await this.#silence(key);
		if (!this.calls.some((call) => call.key === key))
			throw new ImsError('cancelled');
		this.#show(key);
	}

	/** Nobody else is heard: every other call that is up is held. One that ends meanwhile is not heard either. */
	async #silence(key = 0) {
		for (const { line } of this.#lines) {
			const { key: other, state, held } = line.current ?? {};

			if (state === 'up' && other !== key && !held)
				await line.hold(true).catch((error) => {
					if (line.current?.key === other && line.current.state === 'up')
						throw error;
				});
		}
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
