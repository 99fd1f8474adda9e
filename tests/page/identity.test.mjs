/* What the client does with the network's challenges: with a password, and without one after the page was loaded again. */
import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import test from 'node:test';
import { Identity } from '../../html-demo/client/identity.js';
import { ImsError, apiError } from '../../html-demo/client/errors.js';
import { digestResponse } from '../../html-demo/client/digest.js';

globalThis.crypto ??= webcrypto;	/* Node 18 */

const CHALLENGE = {
	event: 'challenge', authuser: 'alice@ims.example', realm: 'ims.example', nonce: 'n1', algorithm: 'SHA-256', qop: 'auth',
	method: 'REGISTER', uri: 'sip:ims.example',
};
const REGISTERED = { event: 'registered', username: 'sip:alice@ims.example', ims: { expires: 600 } };
const ALICE = { identity: 'sip:alice@ims.example', auth: 'delegated', password: 'geheim-page' };

/** A gateway that takes every request, or answers as told; what it was asked, and what the page is told. */
function bench(answers = {}) {
	const asked = [], told = [];
	const identity = new Identity(async (body) => {
		asked.push(body);
		return answers[body.request]?.() ?? { event: 'as wanted' };
	}, (type, detail) => told.push([type, detail]));

	return { identity, asked, told, last: () => asked.at(-1), heard: (result) => identity.heard(result) };
}

/** Until what was begun has gone as far as it can. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

/** What timers bring comes when it does; if not within 30 s, never. */
async function until(condition) {
	const end = Date.now() + 30000;

	while (!condition()) {
		assert.ok(Date.now() < end, 'it never comes');
		await settled();
	}
}

async function registered(b) {
	const done = b.identity.register(ALICE);

	await settled();
	b.heard(CHALLENGE);
	await settled();
	b.heard(REGISTERED);
	await done;
}

test('a challenge is answered with the password, which is in no request', async () => {
	const b = bench();

	await registered(b);
	assert.deepEqual(b.asked.map(({ request }) => request), ['register', 'authenticate']);
	assert.equal(b.last().response, digestResponse(CHALLENGE, 'geheim-page', b.last()));
	assert.ok(!JSON.stringify(b.asked).includes('geheim'), 'the password is in a request');
	assert.equal(b.identity.registration.state, 'registered');
	b.heard({ ...CHALLENGE, nonce: 'n2' });
	await settled();
	assert.equal(b.last().nonce, 'n2');
});

test('a page is one device, however often it registers and whoever goes on with it', async () => {
	const [first, other, heir] = [bench(), bench(), bench()];
	const instance = (b) => b.asked.find(({ request }) => request === 'register').instance;

	for (const b of [first, other])
		await registered(b);
	assert.match(instance(first), /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
	assert.notEqual(instance(first), instance(other));
	const again = first.identity.registerAgain();

	await settled();
	assert.equal(first.last().instance, instance(first));
	first.heard(REGISTERED);
	await again;
	heir.identity.inherit(ALICE.identity, first.identity.device);
	await registered(heir);
	assert.equal(instance(heir), instance(first));
	heir.identity.inherit(ALICE.identity);
	assert.equal(heir.identity.device, instance(first));
});

test('who comes back and is told to come again does, until he is in, signs out or somebody else signs in', async (t) => {
	const b = bench({ register: () => (full ? Promise.reject(apiError(465, 'full', 0.001)) : { event: 'registering' }) });
	const registers = () => b.asked.filter(({ request }) => request === 'register').length;
	let full = false;

	t.after(() => b.identity.forget());	/* else it would go on when this test has failed */
	await registered(b);
	full = true;
	const back = b.identity.registerAgain();

	await until(() => registers() > 2);
	assert.equal(b.identity.registration.state, 'registering');
	assert.equal(b.identity.registration.trouble.code, 'limit');
	full = false;
	const refused = registers();

	await until(() => registers() > refused);
	b.heard(CHALLENGE);
	await settled();
	b.heard(REGISTERED);
	await back;
	assert.equal(b.identity.registration.state, 'registered');

	full = true;
	const given_up = b.identity.registerAgain();

	await settled();
	b.identity.forget();
	await given_up;
	const tried = registers();

	await settled();
	assert.equal(registers(), tried);
});

test('a network that proves wrongly is left', async () => {
	const b = bench();
	const done = b.identity.register(ALICE);

	await settled();
	b.heard(CHALLENGE);
	await settled();
	b.heard({ ...REGISTERED, ims: { authentication_info: `rspauth="${'0'.repeat(64)}"` } });
	await assert.rejects(done, { code: 'network-unproved' });
	assert.equal(b.last().request, 'unregister');
	assert.equal(b.identity.registration.error.code, 'network-unproved');
});

test('what cannot be answered is not waited for', async () => {
	const b = bench();
	const done = b.identity.register(ALICE);

	await settled();
	b.heard({ ...CHALLENGE, algorithm: 'SHA3-256' });
	await assert.rejects(done, { code: 'proof-unknown' });
	assert.equal(b.last().request, 'unregister');
});

test('without a password the page is asked, and prove() answers', async () => {
	const b = bench();

	b.identity.inherit('sip:alice@ims.example');
	b.heard(CHALLENGE);
	await settled();
	assert.deepEqual(b.told.at(-1), ['challenge', CHALLENGE]);
	assert.deepEqual(b.asked, []);
	await b.identity.prove({ password: 'geheim-page' });
	assert.equal(b.last().response, digestResponse(CHALLENGE, 'geheim-page', b.last()));
});

test('without a password the end is not waited for', async () => {
	const b = bench();

	b.identity.inherit('sip:alice@ims.example');
	b.heard(REGISTERED);
	const done = b.identity.unregister();

	b.heard({ event: 'unregistering' });
	b.heard(CHALLENGE);
	await done;
	assert.equal(b.identity.registration.state, 'unregistered');
	assert.equal(b.last().request, 'unregister');
});

test('a cut before the gateway has heard is not the end', async () => {
	const told = [], cut = new ImsError('not-connected');
	const asked = [() => Promise.reject(cut), () => Promise.resolve({ event: 'registering' })];
	const identity = new Identity(() => asked.shift()(), (type, { state }) => told.push(state));
	const done = identity.register(ALICE);

	await settled();
	assert.equal(identity.registration.state, 'registering');
	await identity.unknown();
	identity.heard(REGISTERED);
	await done;
	assert.deepEqual([asked, told], [[], ['registering', 'registered']]);
});

test('... unless the connection does not come back', async () => {
	const identity = new Identity(() => Promise.reject(new ImsError('not-connected')), () => {});
	const done = identity.register(ALICE);

	await settled();
	identity.drop();
	await assert.rejects(done, { code: 'not-connected' });
	assert.equal(identity.registration.state, 'unregistered');
});
