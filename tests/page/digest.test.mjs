/* Digest in the page: vectors of RFC 7616 and RFC 2617, and what a password answers with. */
import assert from 'node:assert/strict';
import { createHash, webcrypto } from 'node:crypto';
import test from 'node:test';
import { PasswordProof, digestResponse } from '../../html-demo/client/digest.js';

globalThis.crypto ??= webcrypto;	/* Node 18 */

const MUFASA = {
	authuser: 'Mufasa', realm: 'http-auth@example.org', nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
	method: 'GET', uri: '/dir/index.html',
};
const COUNT = { qop: 'auth', nc: '00000001', cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ' };

test('RFC 7616 3.9.1: MD5 and SHA-256', () => {
	assert.equal(digestResponse({ ...MUFASA, algorithm: 'MD5' }, 'Circle of Life', COUNT), '8ca523f5e9506fed4657c9700eebdbec');
	assert.equal(digestResponse({ ...MUFASA, algorithm: 'SHA-256' }, 'Circle of Life', COUNT),
		'753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1');
});

test('RFC 2617 3.5, and RFC 2069 as corrected', () => {
	const challenge = {
		authuser: 'Mufasa', realm: 'testrealm@host.com', nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093', method: 'GET', uri: '/dir/index.html',
	};

	assert.equal(digestResponse(challenge, 'Circle Of Life', { qop: 'auth', nc: '00000001', cnonce: '0a4f113b' }), '6629fae49393a05397450978507c4ef1');
	assert.equal(digestResponse({ ...challenge, nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093' }, 'CircleOfLife', { qop: '' }), '1949323746fe6a43ef61f9606e7febea');
});

/* The RFC's own figures are those of a truncated SHA-512, which is another hash: erratum 4897. */
test('RFC 7616 3.9.2 as corrected: SHA-512-256', () => {
	const challenge = {
		authuser: 'J\u00e4s\u00f8n Doe', realm: 'api@example.org', nonce: '5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK',
		method: 'GET', uri: '/doe.json', algorithm: 'SHA-512-256',
	};

	assert.equal(digestResponse(challenge, 'Secret, or not?', { qop: 'auth', nc: '00000001', cnonce: 'NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v' }),
		'3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5');
});

const NODES = { 'MD5': 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' };

for (const [name, node] of Object.entries(NODES)) {
	const h = (...parts) => createHash(node).update(Buffer.concat(parts.flatMap((part, i) => [Buffer.from(i ? ':' : ''), Buffer.from(part)]))).digest('hex');
	const challenge = { authuser: 'J\u00e4s\u00f8n "Doe"', realm: 'a\\b:c', nonce: 'n', method: 'REGISTER', uri: 'sip:ims.example' };
	const count = { cnonce: 'cc', nc: '0000000a' };
	const password = 'geheim:\u00e4\ud83d\ude00"';

	test(`${name}: every mode beside OpenSSL's hashes`, () => {
		const ha1 = h(challenge.authuser, challenge.realm, password);
		const session = h(ha1, 'n', 'cc');

		for (const [algorithm, secret] of [[name, ha1], [`${name}-sess`, session], [name.toLowerCase(), ha1]])
			for (const qop of ['auth', 'auth-int', '']) {
				const ha2 = qop === 'auth-int' ? h('REGISTER', challenge.uri, h('')) : h('REGISTER', challenge.uri);
				const wanted = qop ? h(secret, 'n', count.nc, 'cc', qop, ha2) : h(secret, 'n', ha2);

				assert.equal(digestResponse({ ...challenge, algorithm }, password, { qop, ...count }), wanted, `${algorithm} ${qop}`);
			}
	});

	test(`${name}: a body counts with auth-int only`, () => {
		const of = (qop, body) => digestResponse({ ...challenge, algorithm: name }, password, { qop, ...count, body });

		assert.equal(of('auth', 'x'), of('auth', 'y'));
		assert.notEqual(of('auth-int', 'x'), of('auth-int', 'y'));
	});
}

const CHALLENGE = { authuser: 'alice@ims.example', realm: 'ims.example', nonce: 'n1', algorithm: 'SHA-256', qop: 'auth-int, auth', method: 'REGISTER', uri: 'sip:ims.example' };

test('a proof counts the uses of a nonce and prefers auth', () => {
	const proof = new PasswordProof('geheim-page');
	const answers = [proof.answer(CHALLENGE), proof.answer(CHALLENGE), proof.answer({ ...CHALLENGE, nonce: 'n2' })];

	assert.deepEqual(answers.map(({ nonce, nc, qop }) => [nonce, nc, qop]),
		[['n1', '00000001', 'auth'], ['n1', '00000002', 'auth'], ['n2', '00000001', 'auth']]);
	assert.match(answers[0].cnonce, /^[0-9a-f]{32}$/);
	assert.equal(answers[0].cnonce, answers[1].cnonce);
	assert.notEqual(answers[0].cnonce, answers[2].cnonce);
	for (const answer of answers)
		assert.equal(answer.response, digestResponse({ ...CHALLENGE, nonce: answer.nonce }, 'geheim-page', answer));
	assert.ok(!JSON.stringify(answers).includes('geheim'), 'the password is in the answer');
});

test('without qop there is no count, and a cnonce only for -sess', () => {
	const { qop, ...plain } = CHALLENGE;

	assert.deepEqual(Object.keys(new PasswordProof('x').answer(plain)), ['nonce', 'response']);
	assert.deepEqual(Object.keys(new PasswordProof('x').answer({ ...plain, algorithm: 'MD5-sess' })), ['nonce', 'response', 'cnonce']);
});

test('what is not here is named', () => {
	for (const [change, word] of [[{ algorithm: 'SHA3-256' }, 'SHA3-256'], [{ algorithm: 'AKAv1-MD5' }, 'AKAv1-MD5'], [{ qop: 'auth-conf' }, 'auth-conf']])
		assert.throws(() => new PasswordProof('x').answer({ ...CHALLENGE, ...change }), (error) => error.code === 'proof-unknown' && error.reason.includes(word));
});

test('the network proves that it knows the password, or does not', () => {
	const proof = new PasswordProof('geheim-page');
	const answer = proof.answer(CHALLENGE);
	const rspauth = digestResponse({ ...CHALLENGE, method: '' }, 'geheim-page', answer);

	assert.equal(proof.confirms(`qop=auth, rspauth="${rspauth}", nextnonce="n2"`), true);
	assert.equal(proof.confirms(`rspauth="${rspauth.toUpperCase()}"`), true);
	assert.equal(proof.confirms(`qop=auth,rspauth="${'0'.repeat(64)}"`), false);
	assert.equal(proof.confirms('nextnonce="n2"'), true);
	proof.answer({ ...CHALLENGE, nonce: 'n3', method: 'INVITE', uri: 'sip:bob@ims.example' });	/* between the REGISTER and its answer */
	assert.equal(proof.confirms(`rspauth="${rspauth}"`), true);
	assert.equal(proof.confirms(undefined), true);
});
