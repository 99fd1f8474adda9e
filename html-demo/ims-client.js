/**
 * ImsClient: a telephone over Janus and janus.plugin.ims, without a user interface.
 *
 *     const client = new ImsClient({ server: 'ws://127.0.0.1:8188' });
 *     client.addEventListener('incoming', ({ detail }) => console.log(detail.peer, 'is calling'));
 *     client.addEventListener('media', ({ detail }) => (videoElement.srcObject = detail.remote));
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
 * webrtc-adapter and to map the module names janus-gateway and, for auth 'delegated', @noble/hashes/ and @noble/ciphers/, see index.html. No access to
 * the DOM.
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
 * @property {number} [tokenExpires] seconds, of the access token when the network told it
 * @property {ImsError} [error] why it failed or was lost
 * @property {ImsError} [trouble] why it has to be made again: the gateway goes on trying
 *
 * @typedef {object} Call
 * @property {string} id Call-ID; empty until the gateway has named it
 * @property {'in'|'out'} direction
 * @property {string} peer URI of the other side
 * @property {string} displayName of the other side, may be empty
 * @property {string} callee which of our identities was called
 * @property {CallState} state
 * @property {boolean} muted
 * @property {boolean} held by us
 * @property {boolean} heldByPeer
 * @property {boolean} media whether sound can flow at the moment
 * @property {boolean} camera whether our picture is sent
 * @property {boolean} picture whether a picture of the other side comes in
 * @property {boolean} videoOffered an incoming call wants to show a picture
 * @property {''|'no_common_codec'|'refused_by_peer'|'refused_by_browser'|'unsupported'} noVideo why wanted video does not run
 * @property {boolean} asked the other side wants to show a picture: answerChange()
 * @property {boolean} changing a change is under way
 * @property {number} startedAt when it was answered, milliseconds since 1970; 0: never
 * @property {number} [status] how it ended: SIP status
 * @property {string} [reason] how it ended, in words of the network
 * @property {''|'answered'|'declined'} elsewhere it ended because another device of ours did that
 * @property {ImsError} [error] when it ended because something went wrong
 *
 * @typedef {{session: number, handle: number, identity: string, call: Call|null}} Parked
 *
 * Events (CustomEvent, `detail` as given):
 *   connection    Connection
 *   registration  Registration
 *   challenge     {realm, algorithm, ...}                     the network asks who we are, and only a person knows: prove()
 *   incoming      Call                                        somebody calls
 *   call          Call                                        each change of a call, the last with state 'ended'
 *   missed        {caller, displayName, callee, reason}       somebody called while busy
 *   media         {remote: MediaStream|null, camera: MediaStreamTrack|null}
 *   quality       Quality, see client/quality.js              once a second in a call
 *   message       {sender, displayName, type, content, encoding}        somebody wrote; encoding utf-8 or base64
 *   raw           {data, jsep}                                every event of the plugin as it came
 */
import { ImsError, apiError } from './client/errors.js';
import { Devices, listDevices } from './client/devices.js';
import { Identity } from './client/identity.js';
import { JanusSession } from './client/janus-session.js';
import { Line, unquote } from './client/line.js';
import { Messages } from './client/messages.js';
import { Relays } from './client/relays.js';
import { Requests } from './client/requests.js';

export { ImsError, listDevices };

const RETRY_MS = [300, 700, 1500, 3000, 5000];

const DEFAULTS = {
	plugin: 'janus.plugin.ims',
	iceServers: [],
	relayOnly: false,
	keepAliveMs: 5000,
	giveUpMs: 120000,
};

export class ImsClient extends EventTarget {
	#options;
	#devices;
	#relays;
	#session = null;
	#connection = { state: 'closed' };
	#requests = new Requests((body, jsep) => this.#online().send(body, jsep));
	#line = new Line({
		session: () => this.#online(),
		online: () => this.#connection.state === 'connected',
		ask: (body, answers, jsep) => this.#requests.ask(body, answers, jsep),
		tell: (type, detail) => this.#tell(type, detail),
		devices: () => this.#devices,
	});
	#identity = new Identity((body, answers) => this.#requests.ask(body, answers), (type, detail) => this.#tell(type, detail));
	#messages = new Messages((body, answers) => this.#requests.ask(body, answers),
		(message) => this.#tell('message', message));

	/**
	 * @param {object} options
	 * @param {string} options.server ws://, wss:// or http(s)://.../janus
	 * @param {RTCIceServer[]} [options.iceServers] beside those that the gateway gives to who is registered; none by default
	 * @param {boolean} [options.relayOnly] reach Janus through TURN servers only
	 * @param {string} [options.apiSecret] of Janus
	 * @param {string} [options.token] of Janus
	 * @param {string} [options.plugin] another plugin with the same API
	 * @param {number} [options.loopIndex] loop of Janus to attach to, where it allows that
	 * @param {number} [options.keepAliveMs] well below Janus's reclaim_session_timeout
	 * @param {number} [options.giveUpMs] how long a lost connection is repaired
	 * @param {MediaTrackConstraints} [options.audio] wishes for the microphone
	 * @param {MediaTrackConstraints} [options.video] wishes for the camera
	 */
	constructor(options) {
		super();
		this.#options = { ...DEFAULTS, ...options };
		this.#devices = new Devices(this.#options);
		this.#relays = new Relays(this.#options.iceServers, () => this.#requests.ask({ request: 'ice_servers' }, ['ice_servers']));
	}

	/** @returns {Connection} */
	get connection() {
		return this.#connection;
	}

	/** @returns {Registration} */
	get registration() {
		return this.#identity.registration;
	}

	/** The current call or null. @returns {Call|null} */
	get currentCall() {
		return this.#line.current;
	}

	/** TURN servers that new connections may use. @returns {RTCIceServer[]} */
	get iceServers() {
		return [...this.#relays.servers];
	}

	/** Opens a session and attaches the plugin. Rejects with server-gone or no-plugin. */
	async connect() {
		await this.#connect();
	}

	/**
	 * Takes over what another page has left with park(): its session, its registration, a call that still rings.
	 * Rejects with session-gone when the gateway has ended it meanwhile.
	 *
	 * @param {Parked} parked
	 */
	async resume({ session, handle, identity, call }) {
		this.#line.expect(call);
		await this.#connect({ session, handle });
		this.#identity.inherit(identity);
		try {
			const { registration } = await this.status();

			if (!['registered', 'registering'].includes(registration?.state))
				throw new ImsError('session-gone');
			this.#relays.renew();
		} catch (error) {
			this.#shut(error);
			throw error.code === 'session-gone' ? error : new ImsError('session-gone', { cause: error });
		}
	}

	/**
	 * For a page that goes away and may come back: leaves the session to resume() for as long as Janus keeps it. Ends
	 * a call that cannot go on without the page. Without such a session everything ends.
	 *
	 * @returns {Parked|null} to be kept where no other page sees it: whoever has it has the session
	 */
	park() {
		const ids = this.#connection.state === 'closed' ? null : this.#session?.ids;

		if (!ids || !this.#identity.active) {
			this.disconnect();
			return null;
		}
		const call = this.#line.abandon();

		this.#session.abandon();
		return { ...ids, identity: this.registration.identity, call };
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
	 * @param {string} [who.secret] password, which the gateway uses; kept in memory only
	 * @param {string} [who.auth] 'delegated': what is secret stays in this page, which answers the network's challenges with
	 * @param {string} [who.password] ... this
	 * @param {{k: string, opc?: string, op?: string}} [who.sim] ... or the keys of a SIM, see client/sim.js
	 * @param {string} [who.accessToken] with auth 'token': what an OpenID provider has given, see client/openid.js
	 * @param {() => Promise<string>} [who.renew] gets the next one, before this one ends and before registering again
	 * @param {string} [who.authuser] private identity (IMPI) when it is not the identity without "sip:"
	 * @param {string} [who.displayName]
	 * @param {string} [who.network] one of the gateway's networks
	 * @param {object} [who.extra] more fields of the `register` request
	 * @returns {Promise<Registration>}
	 */
	async register(who) {
		await this.#identity.register(who);
		return this.registration;
	}

	/**
	 * For a page that was loaded again: what the network's challenges are answered with, that of a `challenge` event first;
	 * or how to get the next access token.
	 *
	 * @param {{password: string}|{renew: () => Promise<string>}} who as in register()
	 */
	prove(who) {
		return this.#identity.prove(who);
	}

	/** Resolves when the network has answered or is not waited for any longer. */
	unregister() {
		return this.#identity.unregister();
	}

	/**
	 * Calls somebody. Resolves when the call is on its way; how it goes on are `call` events.
	 *
	 * @param {string} uri sip:, sips: or tel: URI
	 * @param {object} [more] fields of the `call` request: headers, call_id; and
	 * @param {boolean} [more.video] with the camera
	 * @returns {Promise<Call>}
	 */
	call(uri, { video = false, ...more } = {}) {
		return this.#line.dial(uri, video, more);
	}

	/** Answers the incoming call, to a picture with the own one or without. When the microphone is refused it goes on ringing. */
	accept({ video = false } = {}) {
		return this.#line.accept(video);
	}

	/** Refuses the incoming call. @param {number} [code] SIP status, 486 (busy) by default */
	decline(code) {
		return this.#line.decline(code);
	}

	/** Ends the call whatever its state: cancels, declines or hangs up. */
	hangup() {
		return this.#line.hangup();
	}

	/** Puts the other side on hold or takes it back. Whoever holds is not heard either, as at any telephone. */
	hold(on = true) {
		return this.#line.hold(on);
	}

	/** Switches the own microphone off or on; nobody is told. */
	mute(on = true) {
		this.#line.mute(on);
	}

	/** Switches the own camera on or off in mid-call. Resolves when the other side has agreed. */
	camera(on = true) {
		return this.#line.camera(on);
	}

	/** The other side wants to show a picture (Call.asked). @param {'show'|'watch'|'refuse'} video show: with the own one */
	answerChange(video) {
		return this.#line.answerChange(video);
	}

	/** Sends one or more digits. @param {string} digits 0-9 * # A-D @param {number} [duration] ms each */
	sendDtmf(digits, duration) {
		return this.#line.dtmf(digits, duration);
	}

	/** Sends a text. Resolves when the network has taken it. */
	sendMessage(uri, text) {
		return this.#messages.send(uri, text);
	}

	/** Devices to use from now on, in a call at once. @param {{microphone?: string, camera?: string}} ids '': the usual one */
	async useDevices(ids) {
		this.#devices.choose(ids);
		for (const which of Object.keys(ids))
			await this.#line.switchTo(which);
	}

	/** What the gateway knows; takes over what was missed. @returns {Promise<object>} result of `status` */
	status() {
		return this.#requests.ask({ request: 'status' }, ['status']);
	}

	/* ---- connection ------------------------------------------------------------------ */

	async #connect(ids) {
		if (this.#connection.state !== 'closed')
			throw new ImsError('wrong-state');
		this.#connected('connecting');
		try {
			await this.#open(ids);
			this.#connected('connected');
		} catch (error) {
			this.#shut(error);
			throw error;
		}
	}

	async #open(ids) {
		const session = new JanusSession({ ...this.#options, iceServers: this.#relays.servers }, () => this.#lost(session));

		this.#session = session;
		await session.open(ids);
		await session.attach(this.#options.plugin, this.#options.loopIndex, {
			onmessage: (data, jsep) => this.#heard(data, jsep),
			onremotetrack: (track, mid, on) => this.#line.remoteTrack(track, on),
			connectionState: (state) => this.#line.mediaState(state),
			webrtcState: (on, reason) => on || this.#line.mediaGone(reason),
			ondetached: () => {
				session.close();
				this.#lost(session);
			},
		});
	}

	#online() {
		if (this.#connection.state !== 'connected')
			throw new ImsError('not-connected');
		return this.#session;
	}

	#connected(state, error) {
		this.#connection = { state, error };
		this.#tell('connection', this.#connection);
	}

	async #lost(session) {
		if (session !== this.#session || this.#connection.state !== 'connected')
			return;
		this.#connected('reconnecting', new ImsError('server-gone'));
		this.#requests.fail(new ImsError('not-connected'));

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

		if (this.#identity.lasting && status?.registration?.state === 'unregistered')
			await this.#identity.registerAgain();
	}

	/** Janus has ended the session, and the call with it. */
	async #startOver() {
		this.#finish(new ImsError('call-lost'));
		this.#session.close();
		await this.#open();
		this.#connected('connected');
		if (this.#identity.lasting)
			await this.#identity.registerAgain();
		else
			this.#shut(new ImsError('session-gone'));
	}

	#shut(error) {
		this.#session?.close();
		this.#session = null;
		this.#relays.stop();
		this.#identity.forget();
		if (this.#connection.state !== 'closed')
			this.#connected('closed', error);
	}

	/** Nobody waits any longer, and a call ends. */
	#finish(error) {
		this.#requests.fail(new ImsError('not-connected'));
		this.#identity.drop();
		this.#line.drop(error);
	}

	/* ---- events of the plugin ---------------------------------------------------------- */

	#heard(data, jsep) {
		this.#tell('raw', { data, jsep });
		if (data.error_code !== undefined) {
			this.#requests.fail(apiError(data.error_code, data.error));
			return;
		}
		const result = data.result ?? {};
		const id = data.call_id ?? result.call_id ?? '';

		this.#relays.take(result);
		if (!this.#line.heard(result, jsep, id) && !this.#identity.heard(result) && Object.hasOwn(this.#on, result.event))
			this.#on[result.event].call(this, result, jsep);
		this.#requests.heard(result);
	}

	/** What each event means that is neither about the call nor about who is registered. */
	#on = {
		missed_call({ caller, displayname, callee, reason }) {
			this.#tell('missed', { caller, displayName: unquote(displayname), callee, reason });
		},
		message(result) {
			this.#messages.came(result);
		},
		messagedelivery(result) {
			this.#messages.delivered(result);
		},
		status({ registration, call }, jsep) {
			this.#identity.compare(registration);
			this.#line.compare(call, jsep);
		},
	};

	#tell(type, detail) {
		this.dispatchEvent(new CustomEvent(type, { detail }));
	}
}

function pause(ms) {
	return new Promise((resolve) => setTimeout(resolve, ms));
}
