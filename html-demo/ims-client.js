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
 * There can be several calls, each on a line of its own (client/lines.js): one is in the foreground, the others are held or
 * ring. What is asked without naming a call concerns the one in the foreground; `key` names another.
 *
 * A cut connection is repaired: the session is claimed, `status` tells what was missed, and a call
 * goes on. When Janus has ended the session by then, or it is another Janus, a new one is opened and the identity registered
 * again, as the same device: that takes the place of what was registered before.
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
 * @property {number} key its number in this page
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
 * @property {string} replaces Call-ID of our call whose place an incoming one takes (attended transfer): it is answered by itself
 * @property {''|'asked'|'ringing'|'done'|'failed'} transfer how far the other side has come to transferTo
 * @property {string} transferTo URI
 * @property {ImsError} [transferError] why it has not
 * @property {number} startedAt when it was answered, milliseconds since 1970; 0: never
 * @property {number} [status] how it ended: SIP status
 * @property {string} [reason] how it ended, in words of the network
 * @property {''|'answered'|'declined'} elsewhere it ended because another device of ours did that
 * @property {ImsError} [error] when it ended because something went wrong
 *
 * @typedef {{session: number, handles: number[], masterId: number, identity: string, device: string, call: Call|null}} Parked
 *
 * Events (CustomEvent, `detail` as given):
 *   connection    Connection
 *   registration  Registration
 *   challenge     {realm, algorithm, ...}                     the network asks who we are, and only a person knows: prove()
 *   incoming      Call                                        somebody calls
 *   call          Call                                        each change of a call, the last with state 'ended'
 *   front         Call|null                                   another call is in the foreground
 *   transfer      {call_id, refer_id, refer_to, referred_by}  we are asked to call somebody: follow() or refuse()
 *   missed        {caller, displayName, callee, reason}       somebody called while busy
 *   media         {key, remote: MediaStream|null, camera: MediaStreamTrack|null}        of the call with that key
 *   quality       Quality, see client/quality.js, and key     once a second in each call
 *   message       {sender, displayName, type, content, encoding}        somebody wrote; encoding utf-8 or base64
 *   asked         {body, jsep, line}                          every request as it goes; secrets in it
 *   raw           {data, jsep, line}                          every event of the plugin as it came
 */
import { ImsError } from './client/errors.js';
import { Devices, listDevices } from './client/devices.js';
import { Identity } from './client/identity.js';
import { JanusSession } from './client/janus-session.js';
import { unquote } from './client/line.js';
import { Lines } from './client/lines.js';
import { Messages } from './client/messages.js';
import { Relays } from './client/relays.js';
import { pause } from './client/within.js';

export { ImsError, listDevices };

const RETRY_MS = [300, 700, 1500, 3000, 5000];

const DEFAULTS = {
	plugin: 'janus.plugin.ims',
	iceServers: [],
	relayOnly: false,
	loopIndex: 'auto',
	keepAliveMs: 5000,
	giveUpMs: 120000,
};

export class ImsClient extends EventTarget {
	#options;
	#devices;
	#relays;
	#session = null;
	#heritage = null;	/* what resume() has not taken over yet */
	#connection = { state: 'closed' };
	#lines = new Lines({
		online: () => this.#connection.state === 'connected',
		devices: () => this.#devices,
		attach: (loopIndex, on) => this.#session.attach(this.#options.plugin, loopIndex, on),
		tell: (type, detail) => this.#tell(type, detail),
		heard: (result) => this.#heard(result),
		gone: () => this.#gone(),
	});
	#ask = (body, answers) => this.#lines.ask(body, answers);
	#identity = new Identity(this.#ask, (type, detail) => this.#tell(type, detail));
	#messages = new Messages(this.#ask, (message) => this.#tell('message', message));

	/**
	 * @param {object} options
	 * @param {string} options.server ws://, wss:// or http(s)://.../janus
	 * @param {RTCIceServer[]} [options.iceServers] beside those that the gateway gives to who is registered; none by default
	 * @param {boolean} [options.relayOnly] reach Janus through TURN servers only
	 * @param {string} [options.apiSecret] of Janus
	 * @param {string} [options.token] of Janus
	 * @param {string} [options.plugin] another plugin with the same API
	 * @param {number|'auto'|null} [options.loopIndex] which of Janus's event loops the handle of the registration is to have, where
	 *        there are several and Janus lets us choose: calls have handles on others then, attached for each. auto: 0; null: none
	 * @param {number} [options.keepAliveMs] well below Janus's reclaim_session_timeout
	 * @param {number} [options.giveUpMs] how long a lost connection is repaired
	 * @param {MediaTrackConstraints} [options.audio] wishes for the microphone
	 * @param {MediaTrackConstraints} [options.video] wishes for the camera
	 */
	constructor(options) {
		super();
		this.#options = { ...DEFAULTS, ...options };
		this.#devices = new Devices(this.#options);
		this.#relays = new Relays(this.#options.iceServers, () => this.#ask({ request: 'ice_servers' }, ['ice_servers']));
	}

	/** @returns {Connection} */
	get connection() {
		return this.#connection;
	}

	/** @returns {Registration} */
	get registration() {
		return this.#identity.registration;
	}

	/** The call in the foreground, or null. @returns {Call|null} */
	get currentCall() {
		return this.#lines.current;
	}

	/** All calls, the one in the foreground first. @returns {Call[]} */
	get calls() {
		return this.#lines.calls;
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
	async resume(parked) {
		this.#heritage = parked;
		await this.#takeOver(parked).finally(() => (this.#heritage = null));
	}

	async #takeOver({ session, handles, masterId, identity, device, call }) {
		await this.#connect({ session, handles }, call);
		this.#identity.inherit(identity, device);
		try {
			const { registration } = await this.status();

			if (!['registered', 'registering'].includes(registration?.state))
				throw new ImsError('session-gone');
			this.#lines.registered(masterId, identity);
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
		if (this.#heritage) {
			this.#session?.abandon();
			return this.#heritage;
		}
		const ids = this.#connection.state === 'closed' ? null : this.#session?.ids;

		if (!ids || !this.#identity.active) {
			this.disconnect();
			return null;
		}
		const call = this.#lines.abandon();

		this.#session.abandon();
		return { ...ids, masterId: this.#lines.masterId, identity: this.registration.identity, device: this.#identity.device, call };
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
	 * @param {object} [who.extra] more fields of the `register` request; `instance` for a device that outlives this page
	 * @returns {Promise<Registration>}
	 */
	async register(who) {
		if (this.#connection.state === 'closed')
			throw new ImsError('not-connected');
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
	 * Calls somebody; a call that runs is held. Resolves when the call is on its way; how it goes on are `call` events.
	 *
	 * @param {string} uri sip:, sips: or tel: URI
	 * @param {object} [more] fields of the `call` request: headers, call_id; and
	 * @param {boolean} [more.video] with the camera
	 * @returns {Promise<Call>}
	 */
	call(uri, { video = false, ...more } = {}) {
		return this.#lines.dial(uri, video, more);
	}

	/**
	 * Answers an incoming call, to a picture with the own one or without; a call that runs is held. When the microphone is
	 * refused it goes on ringing.
	 */
	accept({ video = false, key } = {}) {
		return this.#lines.accept(video, key);
	}

	/** Refuses an incoming call. @param {number} [code] SIP status, 486 (busy) by default */
	async decline(code, key) {
		await this.#lines.of(key).decline(code);
	}

	/** Ends a call whatever its state: cancels, declines or hangs up. The next one comes to the foreground, held. */
	async hangup(key) {
		if (key !== undefined || this.currentCall)
			await this.#lines.of(key).hangup();
	}

	/**
	 * Puts the other side on hold or takes it back, then any other call is held. Whoever holds is not heard either, as at any
	 * telephone.
	 */
	async hold(on = true, key) {
		await (on ? this.#lines.of(key).hold(true) : this.#lines.resume(key));
	}

	/**
	 * Sends the other side to somebody else, or with `replace` into another call of ours. Call.transfer tells how that goes on.
	 *
	 * @param {string} uri
	 * @param {object} [which]
	 * @param {number} [which.key] the call that is sent
	 * @param {number} [which.into] the call with uri that it is to replace, see connect()
	 */
	async transfer(uri, { key, into } = {}) {
		const replaced = into && this.calls.find((call) => call.key === into);

		await this.#lines.of(key).transfer(uri, replaced?.id);
	}

	/** Connects the other sides of two of our calls with each other, and leaves both. */
	async connectCalls(key, into) {
		const target = this.calls.find((call) => call.key === into);

		if (!target)
			throw new ImsError('wrong-state');
		await this.transfer(target.peer, { key, into });
	}

	/** Calls whom a `transfer` event names. */
	follow({ refer_id, refer_to }) {
		return this.#lines.dial(refer_to, false, { refer_id });
	}

	/** ... or does not. */
	refuse({ refer_id }) {
		return this.#ask({ request: 'decline', refer_id }, ['declining']);
	}

	/** Switches the own microphone off or on; nobody is told. */
	mute(on = true) {
		this.#lines.of().mute(on);
	}

	/** Switches the own camera on or off in mid-call. Resolves when the other side has agreed. */
	async camera(on = true) {
		await this.#lines.of().camera(on);
	}

	/** The other side wants to show a picture (Call.asked). @param {'show'|'watch'|'refuse'} video show: with the own one */
	async answerChange(video) {
		await this.#lines.of().answerChange(video);
	}

	/** Sends one or more digits. @param {string} digits 0-9 * # A-D @param {number} [duration] ms each */
	async sendDtmf(digits, duration) {
		await this.#lines.of().dtmf(digits, duration);
	}

	/** Sends a text. Resolves when the network has taken it. */
	sendMessage(uri, text) {
		return this.#messages.send(uri, text);
	}

	/** Devices to use from now on, in a call at once. @param {{microphone?: string, camera?: string}} ids '': the usual one */
	async useDevices(ids) {
		this.#devices.choose(ids);
		for (const which of Object.keys(ids))
			await this.#lines.switchTo(which);
	}

	/**
	 * Whether the gateway shows the SIP messages of our registration and calls, as `trace` among the `raw` events. Rejects when
	 * its operator does not want that.
	 */
	trace(on = true) {
		return this.#lines.trace(on);
	}

	/** What the gateway knows; takes over what was missed. @returns {Promise<object>} result of `status` */
	status() {
		return this.#lines.status();
	}

	/* ---- connection ------------------------------------------------------------------ */

	/** @param {Call|null} [call] that may still ring on one of the lines that are taken over */
	async #connect(ids, call = null) {
		if (this.#connection.state !== 'closed')
			throw new ImsError('wrong-state');
		this.#connected('connecting');
		try {
			await (ids ? this.#reopen(ids) : this.#open());
			this.#lines.expect(call);
			this.#connected('connected');
		} catch (error) {
			this.#shut(error);
			throw error;
		}
	}

	/** The connection that was cut when the page was loaded again can still be away. */
	async #reopen(ids) {
		for (const wait of RETRY_MS) {
			try {
				return await this.#open(ids);
			} catch (error) {
				if (error.code !== 'server-gone' || this.#connection.state !== 'connecting')
					throw error;
			}
			await pause(wait);
		}
		return this.#open(ids);
	}

	async #open(ids) {
		const session = new JanusSession({ ...this.#options, iceServers: this.#relays.servers }, () => this.#lost(session));

		this.#session = session;
		try {
			await session.open(ids);
			await this.#lines.open(await session.idleLoop(this.#options.loopIndex), ids ? ids.handles.length - 1 : 0);
		} catch (error) {
			session.close();	/* one without lines is not to be claimed later */
			throw error;
		}
	}

	/** Janus has ended the first line. */
	#gone() {
		const session = this.#session;

		session.close();
		this.#lost(session);
	}

	#connected(state, error) {
		this.#connection = { state, error };
		this.#tell('connection', this.#connection);
	}

	async #lost(session) {
		if (session !== this.#session || this.#connection.state !== 'connected')
			return;
		this.#connected('reconnecting', new ImsError('server-gone'));
		this.#lines.fail(new ImsError('not-connected'));

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

		if (status?.registration?.state === 'unregistered')
			await this.#identity.unknown();
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
		this.#lines.fail(new ImsError('not-connected'));
		this.#identity.drop();
		this.#lines.drop(error);
	}

	/* ---- events of the plugin ---------------------------------------------------------- */

	/** One that is not about a call. */
	#heard(result) {
		this.#relays.take(result);
		if (!this.#identity.heard(result) && Object.hasOwn(this.#on, result.event))
			this.#on[result.event].call(this, result);
		if (result.event === 'registered')
			this.#lines.registered(result.master_id, result.username);
		else if (result.event === 'unregistered')
			this.#lines.unregistered();
	}

	/** What each event means that is not about who is registered either. */
	#on = {
		missed_call({ caller, displayname, callee, reason }) {
			this.#tell('missed', { caller, displayName: unquote(displayname), callee, reason });
		},
		transfer(result) {
			this.#tell('transfer', { ...result, referred_by: /<([^>]*)>/.exec(result.referred_by)?.[1] ?? result.referred_by });
		},
		message(result) {
			this.#messages.came(result);
		},
		messagedelivery(result) {
			this.#messages.delivered(result);
		},
		status({ registration }) {
			this.#identity.compare(registration);
		},
	};

	#tell(type, detail) {
		this.dispatchEvent(new CustomEvent(type, { detail }));
	}
}
