/**
 * What the page asks of a SIP library. jssip.js and sipjs.js make a Phone and a Call each of what their library has.
 *
 *     start()                  connects and registers
 *     prove(token)             from now on by this access token in place of the one before, beginning with a REGISTER
 *     stop()                   deregisters and disconnects; pending until the registrar has said so
 *     call(address)            'call' tells of the Call that begins
 *     write(address, text)     a message; rejects when it was not taken
 *
 * Events: 'change' of state, 'call' (detail: a Call, which came or goes out), 'message' (detail: {from, text}).
 */
export class Phone extends EventTarget {
	/** 'signed-out' 'connecting' 'registering' 'ready' 'reconnecting' 'refused' */
	state = 'signed-out';
	/** Why, in the words of who said so. */
	reason = '';

	/** @protected */
	become(state, reason = '') {
		Object.assign(this, { state, reason });
		this.dispatchEvent(new Event('change'));
	}

	/** @protected */
	tell(name, detail) {
		this.dispatchEvent(new CustomEvent(name, { detail }));
	}
}

/**
 * One call:
 *
 *     answer() hangUp() hold(on) press(key)
 *     transfer(address)        the other side is asked to call somebody else
 *     connect(call)            the other side is asked to talk to who is in another call of ours
 *     referral.follow(), referral.refuse()     where the other side asks us to call somebody else
 *
 * Event: 'change' of any of its fields.
 */
export class Call extends EventTarget {
	/** 'calling' 'ringing' 'incoming' 'up' 'ended' */
	state = 'calling';
	/** URI and display name of the other side. */
	peer = '';
	name = '';
	held = false;
	/** The other side holds us. */
	waits = false;
	/** '' 'asked' 'ringing' 'done' 'failed' */
	transferred = '';
	/** @type {{to: string, follow: () => void, refuse: () => void}|null} */
	referral = null;
	/** What the other side sends, as soon as there is something. @type {MediaStream|null} */
	stream = null;
	/** How it ended, in the words of who ended it. */
	reason = '';

	constructor(peer, name, state) {
		super();
		Object.assign(this, { peer, name, state });
	}

	/** @protected */
	become(fields) {
		if (this.state === 'ended')
			return;
		Object.assign(this, fields);
		this.dispatchEvent(new Event('change'));
	}

	/** @protected @param {RTCPeerConnection} connection */
	hear(connection) {
		connection.addEventListener('track', ({ track, streams }) => this.become({ stream: streams[0] ?? new MediaStream([track]) }));
	}
}

/** The status line of a response and the text of its Warning (RFC 3261 20.43), for people. */
export function words(code, reason, warning) {
	const text = /"((?:[^"\\]|\\.)*)"\s*$/.exec(warning ?? '');

	return `${code} ${reason}${text ? `: ${text[1]}` : ''}`;
}
