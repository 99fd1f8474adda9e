/* How html-demo/sip loads a package of npm that is published as CommonJS. */
import assert from 'node:assert/strict';
import test from 'node:test';

import { load } from '../../html-demo/sip/commonjs.js';

const FILES = {
	'one/package.json': '{"main": "one.js"}',
	'one/one.js': 'exports.shared = require("shared");',
	'two/package.json': '{}',
	'two/index.js': 'exports.shared = require("shared");',
	'three/package.json': '{}',
	'three/index.js': 'exports.far = require("./far");',
	'three/far.js': 'module.exports = "far";',
	'shared/package.json': '{}',
	'shared/index.js': 'globalThis.runs = (globalThis.runs ?? 0) + 1; exports.one = require("one"); exports.name = "shared";',
};
const broken = new Set();

/** Answers late, and the later the longer the name, so that loads that run at once meet. */
globalThis.fetch = async (address) => {
	const name = `${address}`.split('/node_modules/')[1];

	await new Promise((resolve) => { setTimeout(resolve, name.length); });
	return { ok: name in FILES && !broken.has(name), status: 404, text: async () => FILES[name] };
};

test('loads at once share what both require, whole, and each file runs once', async () => {
	const [one, two, again] = await Promise.all([load('one'), load('two'), load('one')]);

	assert.equal(two.shared.name, 'shared');
	assert.equal(one.shared, two.shared);
	assert.equal(one, again);
	assert.equal(two.shared.one, one);
	assert.equal(globalThis.runs, 1);
});

test('a file that does not come fails the load, and is asked for again by the next', async () => {
	broken.add('three/far.js');
	await assert.rejects(load('three'), /far\.js: 404/);
	broken.clear();
	assert.equal((await load('three')).far, 'far');
});
