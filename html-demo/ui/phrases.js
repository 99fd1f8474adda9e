import { spoken } from './address.js';

/** What the page calls things. Pure. */

/** The words of the chip at the top. */
export const STATES = {
	'signed-out': 'Signed out', connecting: 'Connecting', registering: 'Signing in', ready: 'Ready',
	calling: 'Calling', ringing: 'Ringing', incoming: 'Incoming call', 'in-call': 'In call',
	'on-hold': 'On hold', held: 'Put on hold', reconnecting: 'Reconnecting',
};

/** One of STATES. @param {import('../ims-client.js').ImsClient|null} client */
export function stateName(client, call) {
	if (!client || client.connection.state === 'closed')
		return 'signed-out';
	if (client.connection.state !== 'connected')
		return client.connection.state;
	if (call)
		return callStateName(call);
	return { registered: 'ready', registering: 'registering' }[client.registration.state] ?? 'signed-out';
}

function callStateName({ state, held, heldByPeer }) {
	if (state === 'up')
		return held ? 'on-hold' : heldByPeer ? 'held' : 'in-call';
	if (state === 'incoming' || state === 'accepting')
		return 'incoming';
	return state === 'ringing' || state === 'early' ? 'ringing' : 'calling';
}

const PROGRESS = {
	preparing: 'Asking for the microphone …',
	calling: 'Calling …',
	proceeding: 'Calling …',
	ringing: 'Ringing …',
	early: 'Ringing …',
	incoming: 'is calling you',
	accepting: 'Connecting …',
	up: '',
	ending: 'Hanging up …',
};

/** How a call stands, below the name. @param {import('../ims-client.js').Call} call */
export function progress(call) {
	if (['asked', 'ringing'].includes(call.transfer) && call.state === 'up')
		return `Transferring to ${call.transferName} …`;
	if (call.state === 'up')
		return call.held ? 'On hold' : call.heldByPeer ? 'The other side has put you on hold' : call.changing ? 'Waiting for the other side …' : '';
	if (call.state === 'incoming' && call.videoOffered)
		return 'is calling you with video';
	return call.state === 'ended' ? verdict(call) : PROGRESS[call.state];
}

/** How a call stands that is not in the foreground. */
export function aside({ state, held, heldByPeer, transfer, transferName }) {
	if (['asked', 'ringing'].includes(transfer))
		return `on the way to ${transferName}`;
	if (state === 'up')
		return held ? 'on hold' : heldByPeer ? 'has put you on hold' : 'connected';
	return state === 'ending' ? 'hanging up' : PROGRESS[state] ?? '';
}

/** How a call ended. */
export function verdict({ elsewhere, startedAt, error, transfer }) {
	if (transfer === 'done')
		return 'Transferred';
	if (elsewhere)
		return elsewhere === 'answered' ? 'Answered on another device' : 'Declined on another device';
	if (startedAt)
		return 'Call ended';
	return error ? 'No connection' : 'Not answered';
}

/** What a screen reader is told when a call is not any longer what it was. @param {boolean} beside it is not the one in the foreground */
export function announcement(before, now, name, beside) {
	if (before?.state !== now.state)
		return beside && now.state === 'incoming' ? `${name} is calling meanwhile` : stateWords(now, name);
	if (before.transfer !== now.transfer && now.transfer === 'asked')
		return `Transferring ${name}`;
	if (before.heldByPeer !== now.heldByPeer)
		return now.heldByPeer ? `${name} has put you on hold` : `${name} is back`;
	if (before.held !== now.held)
		return now.held ? `${name} is on hold` : `${name} is off hold`;
	if (before.asked !== now.asked && now.asked)
		return `${name} would like to turn on video`;
	if (before.picture !== now.picture)
		return now.picture ? `${name}’s video is on` : `No video from ${name}`;
	if (before.camera !== now.camera)
		return now.camera ? 'Your camera is on' : 'Your camera is off';
	if (before.muted !== now.muted)
		return now.muted ? 'Microphone off' : 'Microphone on';
	return '';
}

function stateWords(call, name) {
	switch (call.state) {
	case 'calling': return `Calling ${name}`;
	case 'ringing': return 'Ringing';
	case 'incoming': return `${name} is calling${call.videoOffered ? ' with video' : ''}. Enter answers, Escape declines.`;
	case 'up': return `Connected with ${name}`;
	case 'ended': return call.startedAt ? `Call ended after ${spoken((Date.now() - call.startedAt) / 1000)}` : verdict(call);
	default: return '';
	}
}
