/**
 * An OpenID provider for the tests and the demo: main.js CONFIG.json, until SIGTERM.
 *
 *   issuer        its address as everybody sees it
 *   address port  where it listens; certificate: PEM file with key and certificate, without it http
 *   control       port on 127.0.0.1 for what only a test may do, see control.js; none without it
 *   state         folder for its keys and tokens: whoever starts there again is the same provider
 *   users         {name: {password, claims: {impi, impu: [...]}}}
 *   clients       as OpenID Connect registers them, and `origins`: pages that may ask for tokens;
 *                 `claims`: what the client's own tokens say
 *   resources     {audience: {scope, format: jwt | opaque, alg, ttl_s}}: whom access tokens are for
 *   ttl_s         {refresh_token, ...} in seconds
 */
import { mkdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { serveControl } from './control.js';
import { KeyRing } from './keys.js';
import { LoginPages } from './login.js';
import { makeProvider, withoutSession } from './provider.js';
import { Store } from './store.js';

const config = JSON.parse(readFileSync(process.argv[2], 'utf8'));

mkdirSync(config.state, { recursive: true, mode: 0o700 });

const users = new Map(Object.entries(config.users));
const keys = new KeyRing(`${config.state}/keys.json`);
const store = new Store(`${config.state}/store.json`);
const pages = new LoginPages(users);
let provider, serve;

/** The running provider knows the keys that it was made with: new keys, new provider, same tokens. */
function renew() {
	provider = makeProvider(config, users, keys, store);
	serve = provider.callback();
}

function answer(request, response) {
	if (request.url.startsWith('/interaction/'))
		return pages.answer(provider, request, response);
	if (/^\/auth([/?]|$)/.test(request.url))
		withoutSession(request);
	return serve(request, response);
}

function listen() {
	if (!config.certificate)
		return http.createServer(answer);
	const pem = readFileSync(config.certificate);

	return https.createServer({ key: pem, cert: pem }, answer);
}

renew();
const servers = [listen().listen(config.port, config.address, () => console.log(`serves ${config.issuer}`))];

if (config.control)
	servers.push(serveControl(config.control, { users, keys, store, renew }));

for (const signal of ['SIGTERM', 'SIGINT'])
	process.on(signal, () => {
		store.save();
		for (const server of servers) {
			server.close();
			server.closeAllConnections();
		}
	});
