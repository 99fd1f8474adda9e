/** JsSIP as npm has it, in Node, that registers and rings. A line of JSON for each thing that happens to it. */
import { createRequire } from 'node:module';

const { modules, url, impu, impi, password } = JSON.parse(process.argv[2]);

/* Debian's Node has no WebSocket of its own. */
globalThis.WebSocket = createRequire(import.meta.url)('/usr/share/nodejs/ws');

/* It takes calls where there is one. */
globalThis.window = globalThis;
globalThis.RTCPeerConnection = class {};

const JsSIP = createRequire(modules + '/')('jssip');
const ua = new JsSIP.UA({ sockets: [new JsSIP.WebSocketInterface(url)], uri: impu, authorization_user: impi, password });
const say = (event, more) => process.stdout.write(JSON.stringify({ event, ...more }) + '\n');

for (const event of ['connected', 'disconnected', 'registered', 'unregistered', 'registrationFailed'])
	ua.on(event, ({ cause, response }) => say(event, { cause, status: response?.status_code }));
ua.on('newRTCSession', ({ originator, request }) => say('call', { originator, from: request.from.uri.toString() }));
ua.start();
