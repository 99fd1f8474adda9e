/** JsSIP, as npm has it. It reconnects and registers again by itself. */
import { load } from './commonjs.js';
import { Call, Phone, words } from './phone.js';

const JsSIP = await load('jssip');
const AUDIO = { mediaConstraints: { audio: true, video: false } };

export const version = JsSIP.version;

/** All that it has to know. */
function configuration({ server, identity, username, password, token }) {
	return {
		sockets: [new JsSIP.WebSocketInterface(server)],
		uri: identity,
		...(token ? { authorization_jwt: `Bearer ${token}` } : { authorization_user: username, password }),
	};
}

/** The same as one would write it down. */
export const lines = ({ server, identity, username, byToken }) => `const socket = new JsSIP.WebSocketInterface("${server}");
const ua = new JsSIP.UA({
	sockets: [socket],
	uri: "${identity}",
${byToken ? '	authorization_jwt: "Bearer …",' : `	authorization_user: "${username}",
	password: "…",`}
});
ua.start();`;

export class LibraryPhone extends Phone {
	/** @type {JsSIP.UA} */
	library;
	#gone = Promise.withResolvers();

	constructor(settings) {
		super();
		this.library = new JsSIP.UA(configuration(settings));
		this.#listen({
			connecting: ({ attempts }) => this.become(attempts ? 'reconnecting' : 'connecting'),
			connected: () => this.become('registering'),
			registered: () => this.become('ready'),
			registrationFailed: (failure) => this.become('refused', cause(failure)),
			unregistered: ({ response, cause: why }) => this.#left(response, why),
			disconnected: ({ error }) => error ? this.become('reconnecting') : this.#gone.resolve(),
			newRTCSession: ({ session, originator }) => this.tell('call', new LibraryCall(session, originator === 'remote')),
			newMessage: ({ originator, request }) => originator === 'remote'
				&& this.tell('message', { from: request.from.uri.toString(), text: request.body }),
		});
	}

	start() {
		this.library.start();
	}

	prove(token) {
		this.library.set('authorization_jwt', `Bearer ${token}`);
		this.library.register();
	}

	async stop() {
		this.library.stop();
		await this.#gone.promise;
		this.become('signed-out');
	}

	call(address) {
		this.library.call(address, AUDIO);
	}

	write(address, text) {
		return new Promise((succeeded, reject) => {
			this.library.sendMessage(address, text, { eventHandlers: { succeeded, failed: (failure) => reject(new Error(cause(failure))) } });
		});
	}

	/** Of a socket that is gone nobody has to be told here: 'disconnected' does. */
	#left(response, why) {
		if (response && why)
			this.become('refused', cause({ response, cause: why }));
	}

	#listen(events) {
		for (const [name, listener] of Object.entries(events))
			this.library.on(name, listener);
	}
}

class LibraryCall extends Call {
	#session;

	constructor(session, came) {
		super(session.remote_identity.uri.toString(), session.remote_identity.display_name ?? '', came ? 'incoming' : 'calling');
		this.#session = session;
		session.data.call = this;
		const events = {
			progress: ({ originator }) => originator === 'remote' && this.become({ state: 'ringing' }),
			confirmed: () => this.become({ state: 'up' }),
			hold: ({ originator }) => originator === 'remote' && this.become({ waits: true }),
			unhold: ({ originator }) => originator === 'remote' && this.become({ waits: false }),
			ended: (end) => this.become({ state: 'ended', reason: cause(end) }),
			failed: (end) => this.become({ state: 'ended', reason: cause(end) }),
			peerconnection: ({ peerconnection }) => this.hear(peerconnection),
			refer: (referral) => this.#asked(referral),
			replaces: ({ accept }) => accept((replacing) => queueMicrotask(() => replacing.answer(AUDIO))),
		};

		for (const [name, listener] of Object.entries(events))
			session.on(name, listener);
		if (session.connection)
			this.hear(session.connection);
	}

	answer() {
		this.#session.answer(AUDIO);
	}

	hangUp() {
		this.#session.terminate();
	}

	hold(on) {
		this.#session[on ? 'hold' : 'unhold']({}, () => this.become({ held: on }));
	}

	press(key) {
		this.#session.sendDTMF(key, { interToneGap: 70 });
	}

	transfer(address) {
		this.#refer(address);
	}

	connect(call) {
		this.#refer(call.#session.remote_identity.uri, { replaces: call.#session });
	}

	#refer(target, options = {}) {
		this.become({ transferred: 'asked' });
		this.#session.refer(target, { ...options, eventHandlers: {
			progress: () => this.become({ transferred: 'ringing' }),
			accepted: () => {
				this.become({ transferred: 'done' });
				this.hangUp();
			},
			failed: () => this.become({ transferred: 'failed' }),
			requestFailed: () => this.become({ transferred: 'failed' }),
		} });
	}

	#asked({ request, accept, reject }) {
		const settle = (done) => () => {
			this.become({ referral: null });
			done();
		};

		this.become({ referral: { to: request.refer_to.uri.toString(), follow: settle(() => accept(() => {}, AUDIO)), refuse: settle(reject) } });
	}
}

/** What a failure or an end of JsSIP says. */
function cause({ response, message, cause: why }) {
	const answer = response ?? message;

	return answer?.status_code ? words(answer.status_code, answer.reason_phrase, answer.getHeader('Warning')) : why ?? '';
}
