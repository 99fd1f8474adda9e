/** What the ladder shows: in the order of time, by call, without secrets. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { TraceLog } from '../../html-demo/client/trace.js';

const news = (type, detail) => Object.assign(new Event(type), { detail });

function traced() {
	const client = new EventTarget();
	const log = new TraceLog();

	log.listen(client);
	return {
		log,
		asked: (body, more = {}) => client.dispatchEvent(news('asked', { body, line: 0, ...more })),
		heard: (result, more = {}) => client.dispatchEvent(news('raw', { data: { sip: 'event', result, ...more }, line: more.line ?? 0 })),
		sip: (first, more = {}) => client.dispatchEvent(news('raw', {
			data: { result: { event: 'trace', time: Date.now(), direction: 'out', first, text: `${first}\r\nCSeq: 1 INVITE\r\n`, ...more } },
			line: 0,
		})),
	};
}

test('secrets are left out, wherever they stand', () => {
	const { log, asked, heard } = traced();

	asked({ request: 'register', username: 'sip:a@b', secret: 'geheim-1', aka: { k: 'geheim-2' }, access_token: 'geheim-3' });
	asked({ request: 'authenticate', response: 'geheim-4', cnonce: 'geheim-5', authorization: 'geheim-6' });
	heard({ event: 'registered', username: 'sip:a@b', master_id: 4711, ice_servers: [{ credential: 'geheim-7' }] });
	const text = log.entries.map((entry) => entry.text).join();

	assert.ok(!/geheim|4711/.test(text), text);
	assert.ok(text.includes('sip:a@b'));
	assert.equal(log.entries.length, 3);
});

test('a call is known by its Call-ID, its first request too', () => {
	const { log, asked, heard } = traced();

	asked({ request: 'call', uri: 'sip:x@y' }, { jsep: { type: 'offer', sdp: 'v=0\r\ns=-\r\n' } });
	heard({ event: 'calling' }, { call_id: 'c1' });
	asked({ request: 'hold' });
	heard({ event: 'hangup', code: 200 }, { call_id: 'c1' });
	asked({ request: 'status' });
	assert.deepEqual(log.entries.map(({ call }) => call), ['c1', 'c1', 'c1', 'c1', '']);
	assert.deepEqual(log.calls, ['c1']);
	assert.equal(log.entries[0].label, 'call (offer)');
	assert.ok(log.entries[0].text.includes('\n    s=-'), 'a description line by line');
});

test('SIP stands where its time says', () => {
	const { log, heard, sip } = traced();
	const now = Date.now();

	heard({ event: 'calling' }, { call_id: 'c1' });
	sip('INVITE sip:x@y SIP/2.0', { call_id: 'c1', time: now - 50 });
	sip('SIP/2.0 180 Ringing', { call_id: 'c1', time: now + 60000, direction: 'in' });
	sip('SIP/2.0 100 Trying', { call_id: 'c1', time: now - 20, direction: 'in', repeated: true });
	assert.deepEqual(log.entries.map(({ label }) => label), ['INVITE', '100 Trying (INVITE)', 'calling', '180 Ringing (INVITE)']);
	assert.deepEqual(log.entries.map(({ from, to }) => `${from}-${to}`),
		['gateway-network', 'network-gateway', 'gateway-page', 'network-gateway']);
	assert.deepEqual(log.entries.map(({ status }) => status), [0, 100, 0, 180]);
	assert.equal(log.entries[1].repeated, true);
	assert.ok(!log.entries[0].text.includes('\r'));
});

test('an event stands behind the SIP that it comes of, within a millisecond too', (t) => {
	t.mock.method(Date, 'now', () => 5000);
	const { log, asked, heard, sip } = traced();

	asked({ request: 'call' });
	heard({ event: 'ringing' }, { call_id: 'c1' });
	sip('INVITE sip:x@y SIP/2.0', { call_id: 'c1', time: 5000 });
	sip('SIP/2.0 180 Ringing', { call_id: 'c1', time: 5000, direction: 'in' });
	assert.deepEqual(log.entries.map(({ label }) => label), ['call', 'INVITE', '180 Ringing (INVITE)', 'ringing']);
});

test('odd messages are lines all the same', () => {
	const { log, heard, sip } = traced();

	sip('', { text: undefined });
	sip('SIP/2.0', { text: '' });
	heard({});
	heard(undefined, { error_code: 442, error: 'Unknown request' });
	assert.deepEqual(log.entries.map(({ label }) => label).sort(), ['', '', 'SIP/2.0', 'error 442']);
});

test('that it is asked for is not shown', () => {
	const { log, asked, heard } = traced();

	asked({ request: 'trace', enable: true });
	heard({ event: 'tracing', enabled: true });
	asked({ request: 'trace', enable: true }, { line: 1 });
	heard(undefined, { error_code: 468, error: 'Not here', line: 1 });
	asked({ request: 'status' });
	assert.deepEqual(log.entries.map(({ label }) => label), ['status']);
});

test('it does not grow for ever', () => {
	const { log, heard } = traced();

	for (let i = 0; i < 1500; i++)
		heard({ event: `e${i}` });
	assert.equal(log.entries.length, 1000);
	assert.equal(log.entries.at(-1).label, 'e1499');
	log.clear();
	assert.equal(log.entries.length, 0);
});
