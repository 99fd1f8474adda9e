/* What went wrong, in words that lead to the remedy. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { apiError, registrationError } from '../../html-demo/client/errors.js';

test('a limit of failed attempts is no full gateway', () => {
	assert.equal(apiError(465, 'register: too many attempts have failed; try again in 12 s').code, 'too-many-attempts');
	assert.equal(apiError(465, 'register: this gateway serves no more registrations').code, 'limit');
});

test('a challenge that nobody here answers is no wrong secret', () => {
	const reason = "challenge: algorithm 'AKAv1-MD5' is for a laboratory, in role ue";

	for (const by of ['sim', 'password'])
		assert.equal(registrationError(401, reason, by).code, 'proof-unknown');
	assert.equal(registrationError(401, 'Unauthorized', 'sim').code, 'wrong-key');
	assert.equal(registrationError(401, 'Unauthorized').code, 'wrong-password');
});
