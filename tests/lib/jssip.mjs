/** JsSIP as npm has it, in Node, that registers and rings. A line of JSON for each thing that happens to it. */
import { createRequire } from 'node:module';

const { modules, url, impu, impi, password } = JSON.parse(process.argv[2]);

/** A socket that never opened is closed, and says so: in browsers, not in Node 20. */
globalThis.WebSocket = class extends WebSocket {
	#failed = false;

	constructor(...how) {
		super(...how);
		this.addEventListener('error', () => {
			this.#failed = super.readyState === WebSocket.CONNECTING;
			if (this.#failed)
				this.onclose?.({ code: 1006, reason: '', wasClean: false });
		});
	}

	get readyState() {
		return this.#failed ? WebSocket.CLOSED : super.readyState;
	}
};

/* It takes calls where there is one. */
globalThis.window = globalThis;
globalThis.RTCPeerConnection = class {};

const JsSIP = createRequire(modules + '/')('jssip');
const ua = new JsSIP.UA({ sockets: [new JsSIP.WebSocketInterface(url)], uri: impu, authorization_user: impi, password });
const say = (event, more) => process.stdout.write(JSON.stringify({ event, ...more }) + '\n');

for (const event of ['connected', 'disconnected', 'registered', 'unregistered', 'registrationFailed'])
	ua.on(event, ({ cause }) => say(event, { cause }));
ua.on('newRTCSession', ({ originator, request }) => say('call', { originator, from: request.from.uri.toString() }));
ua.start();
