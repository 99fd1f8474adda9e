/**
 * What can go wrong, as Error objects with a stable code and a sentence for people.
 * Pure: numbers and names in, ImsError out.
 */

/** Every error that ImsClient throws or reports. */
export class ImsError extends Error {
	/**
	 * @param {string} code stable word for programs, one of the keys of SENTENCES
	 * @param {object} [detail]
	 * @param {number} [detail.status] SIP status or API error number behind it
	 * @param {string} [detail.reason] what the network or the gateway said
	 * @param {number} [detail.retryAfter] seconds after which it may be tried again, when somebody said so
	 * @param {string} [detail.message] another sentence than the usual one
	 * @param {*} [detail.cause]
	 */
	constructor(code, { status, reason, retryAfter, message, cause } = {}) {
		super(message ?? sentence(code, status, reason), { cause });
		this.name = 'ImsError';
		this.code = code;
		this.status = status;
		this.reason = reason;
		this.retryAfter = retryAfter;
	}
}

const SENTENCES = {
	'wrong-password': 'The password is wrong.',
	'wrong-key': 'SIM and network do not know each other: the keys are wrong.',
	'unknown-user': 'The network does not know this identity.',
	'refused': 'The network refused to sign you in. Check identity and password.',
	'registration-failed': 'The network did not register you.',
	'network-silent': 'The network does not answer. Try again in a moment.',
	'network-trouble': 'The network has a problem. Try again later.',
	'proof-unknown': 'The network asks for a proof of identity that this page cannot give.',
	'password-needed': 'The network wants to see your password again. Sign in again.',
	'network-unproved': 'The network could not prove that it knows the password. Do not sign in here.',
	'registration-lost': 'The network ended your registration. Sign in again.',

	'sign-in-cancelled': 'You have cancelled the sign-in.',
	'sign-in-failed': 'The sign-in did not succeed. Try again.',
	'sign-in-refused': 'The network does not accept this sign-in.',
	'sign-in-over': 'Your sign-in has ended. Sign in again.',
	'no-identity': 'This account has no telephone. Ask whoever manages it.',
	'provider-gone': 'The sign-in service does not answer. Try again in a moment.',

	'busy': 'The line is busy. Try again in a moment.',
	'offline': 'Not reachable: signed out or offline.',
	'unknown-number': 'Nobody has this number or address.',
	'not-answered': 'Nobody answered.',
	'declined': 'The call was declined.',
	'cancelled': 'The call was cancelled.',
	'not-allowed': 'The network does not allow this call.',
	'no-codec': 'The two sides have no audio format in common.',
	'call-failed': 'The call failed.',
	'transfer-failed': 'The call could not be transferred.',
	'no-line': 'You have as many calls as this telephone can hold.',
	'call-lost': 'The call was lost because the connection was interrupted.',
	'message-failed': 'The message was not delivered.',
	'emergency': 'Emergency calls are not possible here. Please use a telephone.',

	'microphone-denied': 'The microphone is blocked. Allow it in the browser’s address bar and try again.',
	'microphone-missing': 'No microphone was found. Plug one in and try again.',
	'microphone-busy': 'The microphone is used by another program.',
	'microphone-insecure': 'Browsers give the microphone only to https pages and to localhost.',
	'camera-denied': 'The camera is blocked. Allow it in the browser’s address bar and try again.',
	'camera-missing': 'No camera was found. Plug one in and try again.',
	'camera-busy': 'The camera is used by another program.',
	'camera-insecure': 'Browsers give the camera only to https pages and to localhost.',
	'change-refused': 'The other side did not agree. The call goes on as it was.',
	'media-failed': 'The sound connection could not be set up.',

	'server-gone': 'The gateway does not answer. Is it running?',
	'page-reloaded': 'The call has ended because the page was loaded again.',
	'session-gone': 'You were away for too long. Sign in again.',
	'no-plugin': 'The gateway has no IMS plugin.',
	'no-answer': 'The gateway took too long to answer.',
	'not-connected': 'There is no connection to the gateway.',
	'wrong-state': 'That is not possible right now.',
	'bad-address': 'This is not an address that can be called.',
	'network-unknown': 'The gateway does not serve this network.',
	'limit': 'The gateway is full. Try again later.',
	'too-many-attempts': 'Too many attempts have failed. Wait a minute, then try again.',
	'bad-request': 'The gateway did not understand the request.',
};

/** Sentences that say too little without the words of the network. */
const VAGUE = ['sign-in-failed', 'registration-failed', 'network-trouble', 'call-failed', 'message-failed', 'bad-request'];

function sentence(code, status, reason) {
	const said = [status, reason].filter(Boolean).join(' ');
	const vague = VAGUE.includes(code);

	return SENTENCES[code] + (vague && said ? ` (${said})` : '');
}

/** Numbers of `error_code`, see docs/api.md. */
const API = {
	440: 'bad-request', 441: 'bad-request', 442: 'bad-request', 443: 'bad-request', 444: 'bad-request',
	445: 'wrong-state', 446: 'bad-address', 447: 'wrong-state', 448: 'media-failed', 454: 'wrong-state',
	461: 'network-unknown', 462: 'media-failed', 463: 'no-codec', 464: 'emergency', 465: 'limit',
	468: 'bad-request',
};

/** An error event of the plugin. */
export function apiError(number, text, retryAfter) {
	const detail = { status: number, reason: text, retryAfter };

	if (number === 465 && /attempts have failed/.test(text))
		return new ImsError('too-many-attempts', detail);
	return new ImsError(API[number] ?? 'network-trouble', detail);
}

/**
 * registration_failed. A home network says 403 both to a wrong password and to somebody it
 * does not know; only the words tell. An access token is
 * not a password, and 503 is its issuer's, see docs/api.md. A challenge that is not to be answered says nothing of the secret.
 */
export function registrationError(status, reason = '', by = 'password', retryAfter = undefined) {
	const detail = { status, reason, retryAfter };

	if (by === 'token' && [400, 401, 403].includes(status))
		return new ImsError('sign-in-refused', detail);
	if (by === 'token' && status === 503)
		return new ImsError('provider-gone', detail);
	if (/^challenge: /.test(reason))
		return new ImsError('proof-unknown', detail);
	if (status === 404 || status === 604 || /unknown|not found/i.test(reason))
		return new ImsError('unknown-user', detail);
	if (status === 401 || status === 407 || /authentication|password|credential/i.test(reason))
		return new ImsError(by === 'sim' ? 'wrong-key' : 'wrong-password', detail);
	if (status === 408 || status === 504)
		return new ImsError('network-silent', detail);
	if (status === 403)
		return new ImsError('refused', detail);
	if (status < 500 || status >= 600)
		return new ImsError('registration-failed', detail);
	return new ImsError('network-trouble', detail);
}

const HANGUP = {
	403: 'not-allowed', 404: 'unknown-number', 408: 'not-answered', 410: 'unknown-number',
	415: 'no-codec', 463: 'no-codec', 464: 'emergency', 480: 'offline', 484: 'unknown-number',
	486: 'busy', 487: 'cancelled', 488: 'no-codec', 600: 'busy', 603: 'declined',
	604: 'unknown-number', 606: 'no-codec',
};

/** The `hangup` of a call that never was up; null when nothing went wrong. */
export function hangupError(status, reason) {
	if (!status || status < 300)
		return null;
	const code = HANGUP[status] ?? (status >= 500 && status < 600 ? 'network-trouble' : 'call-failed');

	return new ImsError(code, { status, reason });
}
