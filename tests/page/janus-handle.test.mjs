/* How requests of a handle reach Janus, with a handle of janus.js that answers as Janus does. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { JanusHandle } from '../../html-demo/client/janus-handle.js';

const OFFER = { type: 'offer', sdp: 'v=0\r\n' };

/** A handle whose requests get these refusals, one each, and then an ack. -> it, and what was sent */
function refusing(...refusals) {
	const sent = [];
	const handle = new JanusHandle(() => null, assert.fail, assert.fail).use({
		send({ message, success, error }) {
			sent.push(message);
			const refusal = refusals.shift();

			refusal ? error(refusal) : success();
		},
	});

	return { handle, sent };
}

test('an offer waits while Janus lets go of the PeerConnection before', async () => {
	const { handle, sent } = refusing('471 Invalid PeerConnection', '490 Unknown error');

	await handle.send({ request: 'call' }, OFFER);
	assert.equal(sent.length, 3);
});

test('an offer that Janus does not take in two seconds is refused', async () => {
	const { handle, sent } = refusing(...Array(100).fill('490 Unknown error'));

	await assert.rejects(handle.send({ request: 'call' }, OFFER), { code: 'bad-request', reason: '490 Unknown error' });
	assert.equal(sent.length, 20);
});

test('what else is refused is not asked again', async () => {
	for (const [refusal, jsep] of [['490 Unknown error', undefined], ['490 Unknown error', { ...OFFER, type: 'answer' }],
		['458 No such session', OFFER], ['4901', OFFER], ['Is the server down?', OFFER]]) {
		const { handle, sent } = refusing(refusal);

		await assert.rejects(handle.send({ request: 'call' }, jsep), { reason: refusal });
		assert.equal(sent.length, 1);
	}
});
