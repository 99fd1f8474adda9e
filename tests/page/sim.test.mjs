/* A soft SIM in the page: the test sets of TS 35.207, AKAv1 and AKAv2 answers, AUTS, a wrong MAC. The AKAv2 passwords and AUTS are those
 * of tests/unit/auth/test_ims_aka.c, computed with another Milenage and another HMAC. */
import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import test from 'node:test';
import { digestResponse } from '../../html-demo/client/digest.js';
import { f1, f2345, opcOf } from '../../html-demo/client/milenage.js';
import { SimProof } from '../../html-demo/client/sim.js';

globalThis.crypto ??= webcrypto;	/* Node 18 */

const bytes = (hex) => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (array) => Buffer.from(array).toString('hex');

/* k, rand, sqn, amf, op, opc, f1, f1*, f2, f3, f4, f5, f5*, the AKAv2 password */
const SETS = [
	['465b5ce8b199b49faa5f0a2ee238a6bc', '23553cbe9637a89d218ae64dae47bf35', 'ff9bb4d0b607', 'b9b9', 'cdc202d5123e20f62b6d676ac72cb318',
		'cd63cb71954a9f4e48a5994e37a02baf', '4a9ffac354dfafb3', '01cfaf9ec4e871e9', 'a54211d5e3ba50bf', 'b40ba9a3c58b2a05bbf0d987b21bf8cb',
		'f769bcd751044604127672711c6d3441', 'aa689c648370', '451e8beca43b', 'wpC+5dv/7kC35JEI2hluv8XcBd+vf8XcfedJBan1buk='],
	['0396eb317b6d1c36f19c1c84cd6ffd16', 'c00d603103dcee52c4478119494202e8', 'fd8eef40df7d', 'af17', 'ff53bade17df5d4e793073ce9d7579fa',
		'53c15671c60a4b731c55b4a441c0bde2', '5df5b31807e258b0', 'a8c016e51ef4a343', 'd3a628ed988620f0', '58c433ff7a7082acd424220f2b67c556',
		'21a8c1f929702adb3e738488b9f5c5da', 'c47783995f72', '30f1197061c1', 'glupm0GfvJkAmj5nc1Vi0Zi5iQkdxAaMrsEE0oniIF8='],
	['6c38a116ac280c454f59332ee35c8c4f', 'ee6466bc96202c5a557abbeff8babf63', '414b98222181', '4464', '1ba00a1a7c6700ac8c3ff3e96ad08725',
		'3803ef5363b947c6aaa225e58fae3934', '078adfb488241a57', '80246b8d0186bcf1', '16c8233f05a0ac28', '3f8c7587fe8e4b233af676aede30ba3b',
		'a7466cc1e6b2a1337d49d3b66e95d7b4', '45b0f69ab06c', '1f53cd2b1113', 'zRO0KcWCT0xPW8tPmiUDPYj7J2VUcTvjNacrLCXPBFU='],
].map(([k, rand, sqn, amf, op, opc, macA, macS, res, ck, ik, ak, akStar, v2]) =>
	({ k, rand, sqn, amf, op, opc, macA, macS, res, ck, ik, ak, akStar, v2 }));

for (const [i, set] of SETS.entries())
	test(`Milenage, set ${i + 1} (REQ-46)`, () => {
		const k = bytes(set.k), opc = bytes(set.opc), rand = bytes(set.rand);
		const macs = f1(k, opc, rand, bytes(set.sqn), bytes(set.amf));

		assert.equal(hex(opcOf(k, bytes(set.op))), set.opc);
		assert.deepEqual([hex(macs.macA), hex(macs.macS)], [set.macA, set.macS]);
		assert.deepEqual(Object.fromEntries(Object.entries(f2345(k, opc, rand)).map(([name, value]) => [name, hex(value)])),
			{ res: set.res, ak: set.ak, ck: set.ck, ik: set.ik, akStar: set.akStar });
	});

/** What the network sends. */
function challenge(set, algorithm, damage = 0) {
	const sqn = bytes(set.sqn).map((byte, i) => byte ^ bytes(set.ak)[i]);
	const autn = Uint8Array.from([...sqn, ...bytes(set.amf), ...bytes(set.macA)]);

	autn[15] ^= damage;
	return {
		authuser: 'alice@ims.example', realm: 'ims.example', method: 'REGISTER', uri: 'sip:ims.example', qop: 'auth', algorithm,
		nonce: Buffer.from([...bytes(set.rand), ...autn]).toString('base64'), rand: set.rand, autn: hex(autn),
	};
}

for (const [i, set] of SETS.entries()) {
	test(`set ${i + 1}: AKAv2-SHA-256 (REQ-43)`, () => {
		const asked = challenge(set, 'AKAv2-SHA-256');
		const answer = new SimProof({ k: set.k, opc: set.opc }).answer(asked);

		assert.equal(answer.response, digestResponse({ ...asked, algorithm: 'SHA-256' }, set.v2, answer));
		assert.equal(answer.auts, undefined);
	});

	test(`set ${i + 1}: AKAv1-MD5, from OP`, () => {
		const asked = challenge(set, 'AKAv1-MD5');
		const answer = new SimProof({ k: set.k, op: set.op }).answer(asked);

		assert.equal(answer.response, digestResponse({ ...asked, algorithm: 'MD5' }, bytes(set.res), answer));
	});

	test(`set ${i + 1}: a number that is not fresh gets AUTS, with the empty password (REQ-45)`, () => {
		const asked = challenge(set, 'AKAv2-SHA-256');
		const used = new SimProof({ k: set.k, opc: set.opc });

		used.answer(asked);
		const again = used.answer(asked);

		assert.equal(again.response, digestResponse({ ...asked, algorithm: 'SHA-256' }, '', again));
		assert.equal(Buffer.from(again.auts, 'base64').length, 14);
	});
}

test('AUTS of a SIM that is ahead of the network', () => {
	const [set] = SETS;
	const answer = new SimProof({ k: set.k, opc: set.opc, sqn: set.sqn }).answer(challenge(set, 'AKAv2-SHA-256'));

	assert.equal(Buffer.from(answer.auts, 'base64').toString('hex'), 'ba853f3c123ccf44e93596e355c6');
});

test('a wrong MAC gets no response, and uses up no number (REQ-45)', () => {
	const [set] = SETS;
	const proof = new SimProof({ k: set.k, opc: set.opc });
	const wrong = proof.answer(challenge(set, 'AKAv2-SHA-256', 1));

	assert.equal(wrong.response, '');
	assert.equal(wrong.auts, undefined);
	assert.equal(wrong.qop, 'auth');
	assert.match(proof.answer(challenge(set, 'AKAv2-SHA-256')).response, /^[0-9a-f]{64}$/);
});

test('the network proves itself as to a password', () => {
	const [set] = SETS;
	const asked = challenge(set, 'AKAv2-SHA-256');
	const proof = new SimProof({ k: set.k, opc: set.opc });
	const answer = proof.answer(asked);

	assert.equal(proof.confirms(`rspauth="${digestResponse({ ...asked, algorithm: 'SHA-256', method: '' }, set.v2, answer)}"`), true);
	assert.equal(proof.confirms(`rspauth="${'0'.repeat(64)}"`), false);
});

test('no SIM answers a password’s challenge, and no key is in an answer', () => {
	const [set] = SETS;
	const proof = new SimProof({ k: set.k, opc: set.opc });

	assert.throws(() => proof.answer({ ...challenge(set, 'MD5') }), { code: 'proof-unknown' });
	const said = JSON.stringify(proof.answer(challenge(set, 'AKAv1-MD5')));

	for (const secret of [set.k, set.opc, set.res, set.ck, set.ik])
		assert.ok(!said.includes(secret));
});
