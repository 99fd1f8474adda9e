/* Access tokens in the page: kept alive, renewed once, and the ways in which a sign-in fails. */
import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import test from 'node:test';
import { ImsError } from '../../html-demo/client/errors.js';
import { OpenId } from '../../html-demo/client/openid.js';
import { TokenKeeper } from '../../html-demo/client/token.js';

globalThis.crypto ??= webcrypto;	/* Node 18 */

const PROVIDER = 'https://login.example';
const PAGE = 'https://page.example/';
const METADATA = {
	issuer: PROVIDER, authorization_endpoint: `${PROVIDER}/auth`, token_endpoint: `${PROVIDER}/token`,
	authorization_response_iss_parameter_supported: true,
};

function encoded(part) {
	return Buffer.from(JSON.stringify(part)).toString('base64url');
}

/* A provider that answers each POST with the next of these; a function makes the answer of the form. */
function provider(t, ...answers) {
	const forms = [];

	t.mock.method(globalThis, 'fetch', async (address, { body }) => {
		const answer = answers[forms.push(body) - 1];

		if (!answer)
			throw new TypeError('fetch failed');
		const { status = 200, ...json } = answer;

		return new Response(JSON.stringify(json), { status, headers: { 'content-type': 'application/json' } });
	});
	return forms;
}

function tokens(pending, claims, more = {}) {
	const now = Math.floor(Date.now() / 1000);
	const id = { iss: PROVIDER, aud: 'page', sub: 'alice', iat: now, exp: now + 60, nonce: pending.nonce, ...claims };

	return {
		access_token: 'first', token_type: 'Bearer', refresh_token: 'spend me once',
		id_token: `${encoded({ alg: 'RS256' })}.${encoded(id)}.sig`, ...more,
	};
}

function openid() {
	return new OpenId({ issuer: PROVIDER, client_id: 'page', resource: 'https://ims.example', metadata: METADATA }, PAGE);
}

function back(pending, more = { code: 'c' }) {
	return `${PAGE}?${new URLSearchParams({ state: pending.state, iss: PROVIDER, ...more })}`;
}

const fails = (promise, code) => assert.rejects(promise, (error) => error instanceof ImsError && error.code === code);

test('there: code, PKCE, state, nonce, resource; nothing secret', async () => {
	const { address, pending } = await openid().begin('alice');
	const { searchParams: sent, origin, pathname } = new URL(address);

	assert.equal(origin + pathname, METADATA.authorization_endpoint);
	assert.deepEqual([sent.get('response_type'), sent.get('code_challenge_method'), sent.get('redirect_uri'), sent.get('resource'), sent.get('login_hint')],
		['code', 'S256', PAGE, 'https://ims.example', 'alice']);
	assert.deepEqual([sent.get('state'), sent.get('nonce')], [pending.state, pending.nonce]);
	assert.ok(!address.includes(pending.verifier));
});

test('and back: an account with its identity', async (t) => {
	const { pending } = await openid().begin();
	const forms = provider(t, tokens(pending, { impu: ['sip:alice@ims.example', 'tel:+15550100'] }));
	const account = await openid().finish(back(pending), pending);

	assert.equal(account.identity, 'sip:alice@ims.example');
	assert.equal(account.accessToken, 'first');
	assert.deepEqual([forms[0].get('code_verifier'), forms[0].get('resource')], [pending.verifier, 'https://ims.example']);
});

test('an answer that is not to our question', async (t) => {
	const { pending } = await openid().begin();
	const good = tokens(pending, { impu: 'sip:alice@ims.example' });

	await fails(openid().finish(back(pending), null), 'sign-in-failed');
	await fails(openid().finish(back({ state: 'forged' }), pending), 'sign-in-failed');
	await fails(openid().finish(back(pending, { code: 'c', iss: 'https://evil.example' }), pending), 'sign-in-failed');
	await fails(openid().finish(back(pending, { error: 'access_denied' }), pending), 'sign-in-cancelled');
	assert.deepEqual(provider(t, tokens({ nonce: 'replayed' }, { impu: 'sip:alice@ims.example' }), { ...good, id_token: undefined },
		tokens(pending, {}), { status: 400, error: 'invalid_grant' }), []);
	await fails(openid().finish(back(pending), pending), 'sign-in-failed');
	await fails(openid().finish(back(pending), pending), 'sign-in-failed');
	await fails(openid().finish(back(pending), pending), 'no-identity');
	await fails(openid().finish(back(pending), pending), 'sign-in-failed');
	await fails(openid().finish(back(pending), pending), 'provider-gone');
});

test('a refresh token is spent once, even by two who ask together', async (t) => {
	const account = openid().resume({ identity: 'sip:a@b', accessToken: 'first', refreshToken: 'r1' });
	const forms = provider(t, { access_token: 'second', token_type: 'Bearer', refresh_token: 'r2' }, { access_token: 'third', token_type: 'Bearer' });

	assert.deepEqual(await Promise.all([account.renew(), account.renew()]), ['second', 'second']);
	assert.equal(await account.renew(), 'third');
	assert.deepEqual(forms.map((form) => form.get('refresh_token')), ['r1', 'r2']);
	assert.equal(account.park().refreshToken, 'r2', 'a provider that gives no new one lets the old one be used again');
});

test('renewing: over is over, silence is not', async (t) => {
	const account = openid().resume({ identity: 'sip:a@b', accessToken: 'first', refreshToken: 'r1' });

	provider(t, { status: 503, error: 'temporarily_unavailable' }, { status: 400, error: 'invalid_grant' });
	await fails(account.renew(), 'provider-gone');
	await fails(account.renew(), 'sign-in-over');
	await fails(account.renew(), 'provider-gone');
	await fails(openid().resume({ identity: 'sip:a@b', accessToken: 'x' }).renew(), 'sign-in-over');
});

test('the keeper tries again until it is over or too late', async (t) => {
	let now = 0;

	t.mock.method(Date, 'now', () => now);
	t.mock.method(globalThis, 'setTimeout', (action, ms) => {
		now += ms;
		queueMicrotask(action);
	});
	const gone = new ImsError('provider-gone');
	const troubles = [];
	const handed = [];
	let results = [gone, gone, 'new'];
	const renew = async () => {
		const result = results.shift();

		if (result instanceof Error)
			throw result;
		return result;
	};
	const keeper = new TokenKeeper({ renew, hand: async (token) => handed.push(token), trouble: ({ code }) => troubles.push(code) });
	const run = async (seconds) => {
		await Promise.all([keeper.expiring(seconds), keeper.expiring(seconds)]);		/* said twice: asked once */
	};

	await run(60);
	assert.deepEqual([troubles, handed], [['provider-gone', 'provider-gone'], ['new']]);
	results = [new ImsError('sign-in-over'), 'never asked for'];
	await run(60);
	assert.deepEqual([troubles.at(-1), handed.length, results.length], ['sign-in-over', 1, 1]);
	results = Array(50).fill(gone);
	await run(4);
	assert.ok(results.length > 45, 'asked long after the old one was over');
	keeper.stop();
	results = ['late'];
	await run(4);
	assert.deepEqual(handed, ['new']);
});
