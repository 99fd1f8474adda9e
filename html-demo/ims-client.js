/**
 * ImsClient: a telephone over Janus and janus.plugin.ims, without a user interface.
 *
 *     const client = new ImsClient({ server: 'ws://127.0.0.1:8188' });
 *     client.addEventListener('incoming', ({ detail }) => console.log(detail.peer, 'is calling'));
 *     client.addEventListener('media', ({ detail }) => (audioElement.srcObject = detail.stream));
 *     await client.connect();
 *     await client.register({ identity: 'sip:alice@ims.example', secret: '...' });
 *     await client.call('sip:bob@ims.example');
 *
 * Requests of one handle may overtake each other in Janus, so there is one at a time: the next is
 * sent when the ack and the answering event of the one before are there. That also tells
 * whom an error event concerns.
 *
 * A cut connection is repaired: the session is claimed, `status` tells what was missed, and a call
 * goes on. When Janus has ended the session by then, a new one is opened and the identity registered again.
 *
 * Every failure is an ImsError with `code` (a stable word) and `message` (a sentence). The page has to load
 * webrtc-adapter and to map the module name janus-gateway, see index.html. No access to the DOM.
 *
 * @typedef {'closed'|'connecting'|'connected'|'reconnecting'} ConnectionState
 * @typedef {'unregistered'|'registering'|'registered'|'unregistering'} RegistrationState
 * @typedef {'preparing'|'calling'|'proceeding'|'ringing'|'early'|'incoming'|'accepting'|'up'|'ending'|'ended'} CallState
 *
 * @typedef {object} Connection
 * @property {ConnectionState} state
 * @property {ImsError} [error] why it is closed or being repaired
 *
 * @typedef {object} Registration
 * @property {RegistrationState} state
 * @property {string} identity SIP URI registered
 * @property {string[]} associated the identities of the user, the default one first
 * @property {number} [expires] seconds
 * @property {ImsError} [error] why it failed or was lost
 *
 * @typedef {object} Call
 * @property {string} id Call-ID; empty until the gateway has named it
 * @property {'in'|'out'} direction
 * @property {string} peer URI of the other side
 * @property {string} displayName of the other side, may be empty
 * @property {string} callee which of our identities was called
 * @property {CallState} state
 * @property {boolean} muted
 * @property {boolean} held
 * @property {boolean} media whether sound can flow at the moment
 * @property {number} startedAt when it was answered, milliseconds since 1970; 0: never
 * @property {number} [status] how it ended: SIP status
 * @property {string} [reason] how it ended, in words of the network
 * @property {ImsError} [error] when it ended because something went wrong
 *
 * Events (CustomEvent, `detail` as given):
 *   connection    Connection
 *   registration  Registration
 *   incoming      Call                                        somebody calls
 *   call          Call                                        each change of a call, the last with state 'ended'
 *   missed        {caller, displayName, callee, reason}       somebody called while busy
 *   media         {stream: MediaStream}                       sound of the other side
 *   raw           {data, jsep}                                every event of the plugin as it came
 */
import { ImsError, apiError, hangupError, microphoneError, registrationError } from './ims-errors.js';
import { JanusSession } from './janus-session.js';

export { ImsError };

const EVENT_MS = 10000;		/* ack to answering event */
const HANGUP_GRACE_MS = 4000;	/* end of the PeerConnection to the hangup event that explains it */
const RETRY_MS = [300, 700, 1500, 3000, 5000];

const DEFAULTS = {
	plugin: 'janus.plugin.ims',
	iceServers: [],
	keepAliveMs: 5000,
	giveUpMs: 120000,
	audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
};

/* A call only goes forward through these, whatever order the news come in. */
const STAGES = ['preparing', 'calling', 'proceeding', 'ringing', 'early', 'incoming', 'accepting', 'up', 'ending', 'ended'];

const OFFLINE = Object.freeze({ state: 'unregistered', identity: '', associated: [] });

export class ImsClient extends EventTarget {
	#options;
	#session = null;
	#connection = { state: 'closed' };
	#registration = OFFLINE;
	#credentials = null;	/* for registering again after Janus lost the session */
	#registering = null;	/* {resolve, reject} of register() */
	#unregistering = null;	/* resolve of unregister() */
	#call = null;
	#stream = null;
	#queue = Promise.resolve();
	#pending = null;	/* the request whose event is awaited */

	/**
	 * @param {object} options
	 * @param {string} options.server ws://, wss:// or http(s)://.../janus
	 * @param {RTCIceServer[]} [options.iceServers] none by default: Janus is reached directly
	 * @param {string} [options.apiSecret] of Janus
	 * @param {string} [options.token] of Janus
	 * @param {string} [options.plugin] another plugin with the same API
	 * @param {number} [options.loopIndex] loop of Janus to attach to, where it allows that
	 * @param {number} [options.keepAliveMs] well below Janus's reclaim_session_timeout
	 * @param {number} [options.giveUpMs] how long a lost connection is repaired
	 * @param {MediaTrackConstraints} [options.audio] wishes for the microphone
	 */
	constructor(options) {
		super();
		this.#options = { ...DEFAULTS, ...options };
	}

	/** @returns {Connection} */
	get connection() {
		return this.#connection;
	}

	/** @returns {Registration} */
	get registration() {
		return this.#registration;
	}

	/** The current call or null. @returns {Call|null} */
	get currentCall() {
		return this.#call && snapshot(this.#call);
	}

	/** Opens a session and attaches the plugin. Rejects with server-gone or no-plugin. */
	async connect() {
		if (this.#connection.state !== 'closed')
			throw new ImsError('wrong-state');
		this.#connected('connecting');
		try {
			await this.#open();
			this.#connected('connected');
		} catch (error) {
			this.#shut(error);
			throw error;
		}
	}

	/** Ends everything at once; call unregister() before to leave the network politely. */
	disconnect() {
		this.#finish(new ImsError('not-connected'));
		this.#shut();
	}

	/**
	 * Registers an identity and keeps it registered. Resolves when the network has confirmed.
	 *
	 * @param {object} who
	 * @param {string} who.identity SIP URI (IMPU)
	 * @param {string} who.secret password; kept in memory only
	 * @param {string} [who.authuser] private identity (IMPI) when it is not the identity without "sip:"
	 * @param {string} [who.displayName]
	 * @param {string} [who.network] one of the gateway's networks
	 * @param {object} [who.extra] more fields of the `register` request
	 * @returns {Promise<Registration>}
	 */
	async register(who) {
		await this.#register(who);
		this.#credentials = { ...who };
		return this.#registration;
	}

	/** Resolves when the network has answered or is not waited for any longer. */
	async unregister() {
		this.#credentials = null;
		const done = new Promise((resolve) => (this.#unregistering = resolve));

		await this.#ask({ request: 'unregister' }, ['unregistering', 'unregistered']);
		await done;
	}

	/**
	 * Calls somebody. Resolves when the call is on its way; how it goes on are `call` events.
	 *
	 * @param {string} uri sip:, sips: or tel: URI
	 * @param {object} [more] more fields of the `call` request: headers, call_id
	 * @returns {Promise<Call>}
	 */
	async call(uri, more = {}) {
		if (this.#call)
			throw new ImsError('wrong-state', { message: 'There is a call already.' });
		const call = this.#begin({ direction: 'out', peer: uri, state: 'preparing' });

		try {
			const offer = await this.#session.offer(await this.#microphone(call));

			this.#stillMine(call);
			const { event, code, reason } =
				await this.#ask({ request: 'call', uri, ...more }, ['calling', 'hangup'], offer);

			if (event === 'hangup')
				this.#end(call, { status: code, reason });
			return snapshot(call);
		} catch (error) {
			this.#end(call, { error });
			throw error;
		}
	}

	/** Answers the incoming call. When the microphone is refused it goes on ringing. */
	async accept() {
		const call = this.#need('incoming');

		this.#change(call, { state: 'accepting' });
		try {
			const answer = await this.#session.answer(call.offer, await this.#microphone(call));

			this.#stillMine(call);
			await this.#ask({ request: 'accept' }, ['accepted', 'hangup'], answer);
		} catch (error) {
			if (this.#call === call && call.state === 'accepting') {
				this.#session?.stopMedia();
				this.#change(call, { state: 'incoming' });
			}
			throw error;
		}
	}

	/** Refuses the incoming call. @param {number} [code] SIP status, 486 (busy) by default */
	async decline(code) {
		this.#need('incoming', 'accepting');
		await this.#leave({ request: 'decline', code }, ['declining', 'hangup']);
	}

	/** Ends the call whatever its state: cancels, declines or hangs up. */
	async hangup() {
		const call = this.#call;

		if (!call || call.state === 'ending')
			return;
		if (call.state === 'preparing')
			this.#end(call, { status: 487, reason: 'Cancelled' });
		else if (call.state === 'incoming')
			await this.decline();
		else
			await this.#leave({ request: 'hangup' }, ['hangingup', 'hangup']);
	}

	/** Puts the other side on hold or takes it back. Whoever holds is not heard either, as at any telephone. */
	async hold(on = true) {
		const call = this.#need('up');

		await this.#ask({ request: on ? 'hold' : 'unhold' }, [on ? 'holding' : 'resuming']);
		this.#session.mute(on || call.muted);
	}

	/** Switches the own microphone off or on; nobody is told. */
	mute(on = true) {
		const call = this.#need('up', 'early', 'calling', 'proceeding', 'ringing');

		this.#session.mute(on || call.held);
		this.#change(call, { muted: on });
	}

	/** Sends one or more digits. @param {string} digits 0-9 * # A-D @param {number} [duration] ms each */
	async sendDtmf(digits, duration) {
		this.#need('up', 'early');
		for (const digit of digits)
			await this.#ask({ request: 'dtmf_info', digit, duration }, ['dtmfsent']);
	}

	/** What the gateway knows; takes over what was missed. @returns {Promise<object>} result of `status` */
	async status() {
		return this.#ask({ request: 'status' }, ['status']);
	}

	/* ---- connection ------------------------------------------------------------------ */

	async #open() {
		const session = new JanusSession(this.#options, () => this.#lost(session));

		this.#session = session;
		await session.open();
		await session.attach(this.#options.plugin, this.#options.loopIndex, {
			onmessage: (data, jsep) => this.#heard(data, jsep),
			onremotetrack: (track, mid, on, why) => this.#remoteTrack(track, on, why),
			connectionState: (state) => this.#mediaState(state),
			webrtcState: (on, reason) => on || this.#mediaGone(reason),
			ondetached: () => {
				session.close();
				this.#lost(session);
			},
		});
	}

	#connected(state, error) {
		this.#connection = { state, error };
		this.#tell('connection', this.#connection);
	}

	async #lost(session) {
		if (session !== this.#session || this.#connection.state !== 'connected')
			return;
		this.#connected('reconnecting', new ImsError('server-gone'));
		this.#pending?.reject(new ImsError('not-connected'));

		const until = Date.now() + this.#options.giveUpMs;

		for (let i = 0; this.#connection.state === 'reconnecting'; i++) {
			await pause(RETRY_MS[Math.min(i, RETRY_MS.length - 1)]);
			if (this.#connection.state !== 'reconnecting' || await this.#repair())
				return;
			if (Date.now() > until) {
				this.#finish(new ImsError('call-lost'));
				this.#shut(new ImsError('server-gone'));
			}
		}
	}

	/** One attempt; true when it worked. */
	async #repair() {
		try {
			if (await this.#session.claim()) {
				this.#connected('connected');
				await this.#catchUp();
			} else {
				await this.#startOver();
			}
			return true;
		} catch {
			return false;
		}
	}

	/** What happened while nobody listened. */
	async #catchUp() {
		const status = await this.status().catch(() => null);
		const lostRegistration = this.#credentials && status?.registration?.state === 'unregistered';

		if (lostRegistration)
			await this.#register(this.#credentials).catch(() => {});
	}

	/** Janus has ended the session, and the call with it. */
	async #startOver() {
		this.#finish(new ImsError('call-lost'));
		this.#session.close();
		await this.#open();
		this.#connected('connected');
		if (this.#credentials)
			await this.#register(this.#credentials).catch(() => {});
	}

	#shut(error) {
		this.#session?.close();
		this.#session = null;
		this.#credentials = null;
		if (this.#registration.state !== 'unregistered')
			this.#registered(OFFLINE);
		if (this.#connection.state !== 'closed')
			this.#connected('closed', error);
	}

	/** Nobody waits any longer, and a call ends. */
	#finish(error) {
		this.#pending?.reject(new ImsError('not-connected'));
		this.#registering?.reject(new ImsError('not-connected'));
		this.#unregistering?.();
		if (this.#call)
			this.#end(this.#call, { error });
	}

	/* ---- requests -------------------------------------------------------------------- */

	#ask(body, answers, jsep) {
		const turn = this.#queue.then(() => this.#exchange(body, answers, jsep));

		this.#queue = turn.catch(() => {});
		return turn;
	}

	async #exchange(body, answers, jsep) {
		if (this.#connection.state !== 'connected')
			throw new ImsError('not-connected');
		let timer;
		const answered = new Promise((resolve, reject) => {
			this.#pending = { answers, resolve, reject };	/* an event can come before its ack */
			timer = setTimeout(() => reject(new ImsError('no-answer')), EVENT_MS);
		});

		try {
			const [, result] = await Promise.all([this.#session.send(body, jsep), answered]);

			return result;
		} finally {
			clearTimeout(timer);
			this.#pending = null;
		}
	}

	/** One REGISTER dialogue to its end. */
	async #register({ identity, secret, authuser, displayName, network, extra }) {
		const done = new Promise((resolve, reject) => (this.#registering = { resolve, reject }));

		done.catch(() => {});	/* heard below, unless the request itself fails */
		this.#registered({ ...OFFLINE, identity, state: 'registering' });
		try {
			await this.#ask({
				request: 'register', username: identity, secret, authuser,
				display_name: displayName, network, ...extra,
			}, ['registering', 'registered', 'registration_failed']);
			await done;
		} catch (error) {
			if (this.#registration.state !== 'unregistered')
				this.#registered({ ...OFFLINE, identity, error });
			throw error;
		} finally {
			this.#registering = null;
		}
	}

	/** Ends the call; when the gateway knows no such call or is silent, it is over here all the same. */
	async #leave(body, answers) {
		const call = this.#call;

		this.#change(call, { state: 'ending' });
		try {
			await this.#ask(body, answers);
		} catch {
			this.#end(call, { status: 487 });
		}
	}

	/* ---- events of the plugin ---------------------------------------------------------- */

	#heard(data, jsep) {
		this.#tell('raw', { data, jsep });
		if (data.error_code !== undefined) {
			this.#pending?.reject(apiError(data.error_code, data.error));
			return;
		}
		const result = data.result ?? {};
		const id = data.call_id ?? result.call_id ?? '';

		if (Object.hasOwn(this.#on, result.event) && !this.#belongsToAnother(result.event, id))
			this.#on[result.event].call(this, result, jsep, id);
		if (this.#pending?.answers.includes(result.event))
			this.#pending.resolve(result);
	}

	/** The last words of a call can come when the next one has begun. */
	#belongsToAnother(event, id) {
		if (!id || !this.#call || ['calling', 'incomingcall', 'missed_call', 'status'].includes(event))
			return false;
		return this.#call.state === 'preparing' || (this.#call.id !== '' && this.#call.id !== id);
	}

	/** What each event means. */
	#on = {
		registering() {
			this.#registered({ ...this.#registration, state: 'registering', error: undefined });
		},
		registered({ username, ims = {} }) {
			this.#registered({
				state: 'registered', identity: username,
				associated: ims.associated ?? [username], expires: ims.expires,
			});
			this.#registering?.resolve();
		},
		registration_failed({ code, reason }) {
			const lost = this.#registration.state === 'registered';
			const error = lost ? new ImsError('registration-lost', { status: code, reason })
				: registrationError(code, reason);

			this.#registered({ ...OFFLINE, identity: this.#registration.identity, error });
			this.#registering?.reject(error);
		},
		unregistering() {
			this.#registered({ ...this.#registration, state: 'unregistering' });
		},
		unregistered() {
			this.#registered(OFFLINE);
			this.#unregistering?.();
		},

		calling(result, jsep, id) {
			this.#progress({ state: 'calling', id });
		},
		proceeding() {
			this.#progress({ state: 'proceeding' });
		},
		ringing() {
			this.#progress({ state: 'ringing' });
		},
		progress(result, jsep) {
			this.#progress({ state: 'early' }, jsep);
		},
		accepted(result, jsep) {
			this.#progress({ state: 'up', startedAt: Date.now() }, jsep);
		},
		incomingcall({ username, displayname, callee }, jsep, id) {
			this.#ring({ id, peer: username, displayName: unquote(displayname), callee: callee ?? '' }, jsep);
		},
		missed_call({ caller, displayname, callee, reason }) {
			this.#tell('missed', { caller, displayName: unquote(displayname), callee, reason });
		},
		holding() {
			this.#progress({ held: true });
		},
		resuming() {
			this.#progress({ held: false });
		},
		hangup({ code, reason }) {
			if (this.#call)
				this.#end(this.#call, { status: code, reason });
		},
		status(result, jsep) {
			this.#compare(result, jsep);
		},
	};

	#registered(registration) {
		this.#registration = Object.freeze(registration);
		this.#tell('registration', this.#registration);
	}

	/** `status` against what we believe, after a gap. */
	#compare({ registration, call }, jsep) {
		const ours = this.#call;

		if (registration?.state === 'registered' && this.#registration.state !== 'registered')
			this.#on.registered.call(this, { ...registration, ims: registration });
		if (ours && ours.id && ours.id !== call?.call_id)
			this.#end(ours, { error: new ImsError('call-lost') });
		if (call?.state === 'incoming' && !this.#call && jsep)
			this.#ring({ id: call.call_id, peer: call.peer, displayName: '', callee: '' }, jsep);
		else if (call?.state === 'up' && this.#call && this.#call.state !== 'up')
			this.#missedAnswer(this.#call);
		else if (call && this.#call)
			this.#change(this.#call, { held: Boolean(call.held) });
	}

	/** The answer came in the gap. Without its media description there is no sound, unless it had come early. */
	#missedAnswer(call) {
		if (call.described)
			this.#change(call, { state: 'up', startedAt: Date.now() });
		else
			this.hangup().finally(() => this.#end(call, { error: new ImsError('call-lost') }));
	}

	/* ---- the call ---------------------------------------------------------------------- */

	#begin(call) {
		this.#call = {
			id: '', displayName: '', callee: '', muted: false, held: false, media: false, startedAt: 0,
			...call,
		};
		this.#tell('call', snapshot(this.#call));
		return this.#call;
	}

	#ring(call, offer) {
		if (this.#call)
			return;
		this.#begin({ ...call, direction: 'in', state: 'incoming', offer });
		this.#tell('incoming', snapshot(this.#call));
	}

	#change(call, news) {
		if (call !== this.#call)
			return;
		Object.assign(call, news);
		this.#tell('call', snapshot(call));
	}

	/** News of the network about the call; once we are leaving it, only the hangup counts. */
	#progress(news, jsep) {
		const call = this.#call;

		if (!call || call.state === 'ending')
			return;
		if (jsep) {
			call.described = true;
			this.#session.remote(jsep).catch((error) => this.#fail(call, error));
		}
		const back = STAGES.indexOf(news.state ?? call.state) < STAGES.indexOf(call.state);

		this.#change(call, back ? {} : news);
	}

	#end(call, { status, reason, error }) {
		if (call !== this.#call)
			return;
		const fine = call.startedAt > 0 || call.direction === 'in';

		clearTimeout(call.grace);
		this.#session?.stopMedia();
		this.#stream = null;
		Object.assign(call, {
			state: 'ended', media: false, status, reason,
			error: error ?? call.error ?? (fine ? undefined : hangupError(status, reason) ?? undefined),
		});
		this.#call = null;
		this.#tell('call', snapshot(call));
	}

	/** Something broke on our side: leave the call and say why. */
	async #fail(call, error) {
		if (call !== this.#call)
			return;
		call.error = error;
		await this.#leave({ request: 'hangup' }, ['hangingup', 'hangup']);
		this.#end(call, { error });
	}

	#need(...states) {
		if (!this.#call || !states.includes(this.#call.state))
			throw new ImsError('wrong-state');
		return this.#call;
	}

	/** Throws when the call ended while something else was awaited. */
	#stillMine(call) {
		if (call !== this.#call)
			throw new ImsError('cancelled');
	}

	/* ---- media ------------------------------------------------------------------------- */

	async #microphone(call) {
		if (this.#connection.state !== 'connected')
			throw new ImsError('not-connected');
		if (!navigator.mediaDevices?.getUserMedia)
			throw new ImsError('microphone-insecure');
		const stream = await navigator.mediaDevices.getUserMedia({ audio: this.#options.audio })
			.catch((cause) => Promise.reject(microphoneError(cause)));
		const [track] = stream.getAudioTracks();

		if (call !== this.#call) {
			track.stop();
			throw new ImsError('cancelled');
		}
		return track;
	}

	#remoteTrack(track, on, why) {
		if (!on || why?.reason === 'unmute' || !this.#call)
			return;		/* silence (hold) is not the end of the track */
		this.#stream ??= new MediaStream();
		this.#stream.addTrack(track);
		this.#tell('media', { stream: this.#stream });
	}

	#mediaState(state) {
		if (this.#call)
			this.#change(this.#call, { media: state === 'connected' });
	}

	/** Janus closed the PeerConnection. The hangup event that says why is normally near. */
	#mediaGone(reason) {
		const call = this.#call;

		if (!call || call.state === 'ending')
			return;
		call.grace = setTimeout(() => this.#fail(call, new ImsError('media-failed', { reason })), HANGUP_GRACE_MS);
	}

	#tell(type, detail) {
		this.dispatchEvent(new CustomEvent(type, { detail }));
	}
}

/** What others may see of a call. */
function snapshot({ offer, described, grace, ...call }) {
	return Object.freeze(call);
}

/** The plugin passes display names as they stood in the header. */
function unquote(name) {
	return (name ?? '').replace(/^"(.*)"$/, '$1').replace(/\\(.)/g, '$1');
}

function pause(ms) {
	return new Promise((resolve) => setTimeout(resolve, ms));
}
