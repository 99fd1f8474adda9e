/** SIP.js, as npm has it. Reconnecting is up to its user: here, every two seconds. */
import { Inviter, Messager, Registerer, SessionState, UserAgent, version as its } from 'sip.js';
import { Call, Phone, words } from './phone.js';

const AGAIN_MS = 2000;
const CONSTRAINTS = { constraints: { audio: true, video: false } };
const audio = () => ({ sessionDescriptionHandlerOptions: CONSTRAINTS });	/* anew each time: SIP.js writes into it */

export const version = its;

/** All that it has to know. A token goes with the REGISTER. */
function configuration({ server, identity, username, password, token }) {
	return {
		transportOptions: { server },
		uri: UserAgent.makeURI(identity),
		...(token ? {} : { authorizationUsername: username, authorizationPassword: password }),
	};
}

const shows = (token) => ({ extraHeaders: [`Authorization: Bearer ${token}`] });

/** The same as one would write it down. */
export const lines = ({ server, identity, username, byToken }) => `const ua = new UserAgent({
	transportOptions: { server: "${server}" },
	uri: UserAgent.makeURI("${identity}"),
${byToken ? '});' : `	authorizationUsername: "${username}",
	authorizationPassword: "…",
});`}
await ua.start();
await new Registerer(ua${byToken ? `, {
	extraHeaders: ["Authorization: Bearer …"],
}` : ''}).register();`;

export class LibraryPhone extends Phone {
	/** @type {UserAgent} */
	library;
	#registerer;
	#again = 0;

	constructor(settings) {
		super();
		this.library = new UserAgent({ ...configuration(settings), logLevel: 'error', delegate: {
			onConnect: () => {
				this.become('registering');
				this.#register();
			},
			onDisconnect: (error) => error && this.#reconnect(),
			onInvite: (invitation) => this.tell('call', new LibraryCall(this, invitation, 'incoming')),
			onMessage: (message) => this.#read(message),
		} });
		this.#registerer = new Registerer(this.library, settings.token ? shows(settings.token) : {});
	}

	start() {
		this.become('connecting');
		this.library.start().catch(() => this.#reconnect());
	}

	prove(token) {
		this.#register({ requestOptions: shows(token) });
	}

	async stop() {
		clearTimeout(this.#again);
		await new Promise((resolve) => this.#registerer.unregister({ requestDelegate: { onAccept: resolve, onReject: resolve } }).catch(resolve));
		await this.library.stop();
		this.become('signed-out');
	}

	call(address) {
		const inviter = new Inviter(this.library, target(address), audio());

		this.follow(inviter);
	}

	/** An INVITE that we send, whoever wished it. */
	follow(inviter) {
		const call = new LibraryCall(this, inviter, 'calling');

		this.tell('call', call);
		call.invite();
	}

	write(address, text) {
		return new Promise((onAccept, reject) => {
			new Messager(this.library, target(address), text).message({ requestDelegate: { onAccept, onReject: (answer) => reject(new Error(said(answer))) } });
		});
	}

	#register(options = {}) {
		this.#registerer.register({ ...options, requestDelegate: {
			onAccept: () => this.become('ready'),
			onReject: (answer) => this.become('refused', said(answer)),
		} }).catch((error) => this.become('refused', error.message));
	}

	#reconnect() {
		this.become('reconnecting');
		clearTimeout(this.#again);
		this.#again = setTimeout(() => this.library.reconnect().catch(() => this.#reconnect()), AGAIN_MS);
	}

	#read(message) {
		message.accept();
		this.tell('message', { from: message.request.from.uri.toString(), text: message.request.body });
	}
}

class LibraryCall extends Call {
	#phone;
	#session;

	constructor(phone, session, state) {
		super(session.remoteIdentity.uri.toString(), session.remoteIdentity.displayName ?? '', state);
		this.#phone = phone;
		this.#session = session;
		session.delegate = {
			onSessionDescriptionHandler: ({ peerConnection }) => this.hear(peerConnection),
			onInvite: ({ body }) => body && this.become({ waits: /^a=(sendonly|inactive)/m.test(body) }),
			onRefer: (referral) => this.#asked(referral),
			onBye: (bye) => {
				this.become({ state: 'ended', reason: 'Terminated' });
				bye.accept();
			},
		};
		session.stateChange.addListener((now) => this.#moved(now));
	}

	invite() {
		this.#session.invite({ requestDelegate: {
			onProgress: () => this.become({ state: 'ringing' }),
			onReject: (answer) => this.become({ state: 'ended', reason: said(answer) }),
		} }).catch((error) => this.become({ state: 'ended', reason: error.message }));
	}

	answer() {
		this.#session.accept(audio());
	}

	hangUp() {
		const session = this.#session;

		if (session.state === SessionState.Established)
			session.bye();
		else
			session[this.state === 'incoming' ? 'reject' : 'cancel']();
	}

	hold(on) {
		const session = this.#session;

		session.sessionDescriptionHandlerOptionsReInvite = { ...CONSTRAINTS, hold: on };
		session.invite({ requestDelegate: { onAccept: () => this.#holds(on), onReject: () => this.become({}) } });
	}

	press(key) {
		this.#session.info({ requestOptions: { body: {
			contentDisposition: 'render', contentType: 'application/dtmf-relay', content: `Signal=${key}\r\nDuration=160`,
		} } });
	}

	transfer(address) {
		this.#refer(target(address));
	}

	connect(call) {
		this.#refer(call.#session);
	}

	#refer(to) {
		this.become({ transferred: 'asked' });
		this.#session.refer(to, {
			requestDelegate: { onReject: () => this.become({ transferred: 'failed' }) },
			onNotify: (notification) => {
				notification.accept();
				this.#told(Number(/^SIP\/2\.0 (\d{3})/.exec(notification.request.body)?.[1]));
			},
		});
	}

	/** How the call is going that the other side was asked to make. */
	#told(status) {
		if (status >= 300)
			this.become({ transferred: 'failed' });
		else if (status > 100 && status < 200)
			this.become({ transferred: 'ringing' });
		else if (status >= 200) {
			this.become({ transferred: 'done' });
			this.hangUp();
		}
	}

	#asked(referral) {
		const settle = (done) => async () => {
			this.become({ referral: null });
			await done();
		};

		this.become({ referral: {
			to: referral.referTo.uri.toString(),
			follow: settle(async () => {
				await referral.accept();
				this.#phone.follow(referral.makeInviter(audio()));
			}),
			refuse: settle(() => referral.reject()),
		} });
	}

	#moved(now) {
		if (now === SessionState.Established)
			this.become({ state: 'up' });
		else if (now === SessionState.Terminated)	/* why it was refused is told a moment later */
			queueMicrotask(() => this.become({ state: 'ended' }));
	}

	/** Our voice goes nowhere, as with JsSIP. */
	#holds(on) {
		for (const { track } of this.#session.sessionDescriptionHandler.peerConnection.getSenders())
			if (track)
				track.enabled = !on;
		this.become({ held: on });
	}
}

function target(address) {
	const uri = UserAgent.makeURI(address);

	if (!uri)
		throw new Error(`Not an address: ${address}`);
	return uri;
}

function said({ message }) {
	return words(message.statusCode, message.reasonPhrase, message.getHeader('Warning'));
}
