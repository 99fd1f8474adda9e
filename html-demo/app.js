/**
 * The demo telephone: ties ImsClient to the views in ui/. What it does is in phone/: signing in, calls, messages.
 *
 * Stable names for tests, as data-testid:
 *   login-identity login-password login-submit user-NAME (ready-made users, small letters) sign-out me
 *   way-password way-openid way-sim        the ways to sign in, where there is more than one
 *   openid-sign-in openid-user-NAME        to the OpenID provider, as somebody known there
 *   sim-identity sim-k sim-opc sim-submit sim-NAME
 *   state              data-state: one of ui/phrases.js' STATES
 *   dial-input call-button video-call-button contacts recents
 *   key-0 ... key-9 key-star key-hash      one pad, in the dialer or in the call
 *   incoming           visible while somebody calls; answer-button answer-video-button decline-button inside
 *   call               data-state: the state of the call
 *   peer peer-address call-state timer digits call-note         of the current call
 *   mute-button camera-button hold-button keypad-button quality-button      aria-pressed tells the state
 *   hangup-button devices-button transfer-button add-button
 *   waiting            visible while somebody else calls; waiting-name waiting-hold waiting-end waiting-decline inside
 *   others             the calls beside the current one: other-call with data-key, data-state; other-turn other-connect other-hangup inside
 *   choose             the dialog that asks for somebody; choose-input choose-rows choose-now choose-ask choose-cancel inside
 *   referral           visible while somebody wants to connect us with somebody else; referral-follow referral-refuse inside
 *   ladder-button ladder      the trace of messages, see ui/ladder.js
 *   remote-video self-view no-picture      the pictures
 *   question           visible while the other side asks for video; show-button watch-button refuse-button inside
 *   quality            data-grade: good fair poor; quality-loss quality-jitter quality-roundTrip quality-receiving inside
 *   devices            the dialog; microphone-choice camera-choice speaker-choice devices-done inside
 *   tab-messages conversations message-to thread-name bubbles message-input message-send
 *   error              visible while it has a sentence; data-code: the code of client/errors.js
 *   live               what screen readers are told
 *   remote-audio       the audio element, srcObject is the stream of the other side
 *
 * Query: ?server=ws://host:8188 (or http://host:8088/janus) instead of what /demo.json says,
 * ?user=NAME fills in a ready-made user, ?relay=only reaches the gateway through TURN servers alone. The client is window.imsClient, for tests and the curious.
 */
import { ImsClient, ImsError } from './ims-client.js';
import { TraceLog } from './client/trace.js';
import { Calls } from './phone/calls.js';
import { Letters } from './phone/letters.js';
import { SignIn } from './phone/sign-in.js';
import { $, paint } from './ui/dom.js';
import { domainOf, hue, initials, pretty, same } from './ui/address.js';
import { Book } from './ui/store.js';
import { showTheme } from './ui/theme.js';
import { STATES, stateName } from './ui/phrases.js';
import { Tones } from './ui/tones.js';
import { Notice } from './ui/notice.js';
import { Dialer } from './ui/dialer.js';
import { PeopleView } from './ui/people.js';
import { DevicesView } from './ui/devices.js';
import { LadderView } from './ui/ladder.js';
import { listenToKeys } from './ui/keys.js';

const query = new URLSearchParams(location.search);

let demo = { domain: '', users: [] };
let server = '';
let book = null;
let domain = '';

/* ---- what there is --------------------------------------------------------------------- */

const tones = new Tones();
const notice = new Notice(signedIn);
const dialer = new Dialer((uri, video) => calls.dial(uri, video), badAddress);
const people = new PeopleView({
	call: (uri, video) => calls.dial(uri, video), write: (uri) => letters.write(uri), bad: badAddress,
});
const devices = new DevicesView(useDevices);
const page = {
	client: () => signIn.client,
	book: () => book,
	domain: () => domain,
	notice, tones, people, dialer, devices,
	bad: badAddress,
	changed: showState,
	idle: () => signedIn() && focusDialer(),
};
const calls = new Calls(page);
const letters = new Letters({ ...page, nameOf: (call) => calls.nameOf(call) });
const trace = new TraceLog();
const ladder = new LadderView(trace, (id) => calls.wordsOf(id));
const signIn = new SignIn({ notice, tones, calls, newClient, in: showPhone, out: showLogin, changed: showState });

$('#sign-out').addEventListener('click', () => signIn.out());
$('#settings').addEventListener('click', () => devices.open());
addEventListener('pagehide', () => signIn.park());
addEventListener('pageshow', (event) => event.persisted && location.reload());
listenToKeys({
	call: () => calls.call,
	signedIn,
	view: calls.view,
	press: (key) => {
		calls.pad.flash(key);
		calls.press(key);
	},
	backspace: () => dialer.backspace(),
	dial: () => $('#dial-form').requestSubmit(),
	closeKeypad: () => calls.keypad(false),
});

start();

async function start() {
	showTheme($('#theme'));
	demo = { ...demo, ...await readDemo() };
	server = gateway(query.get('server') || demo.server || `ws://${location.hostname || 'localhost'}:8188`);
	$('#server-note').textContent = `Gateway ${server}`;
	$('#sip-page').hidden = !demo.sip;
	await signIn.start(demo, query.get('user'));
}

/** A path is on the page's own server. */
function gateway(address) {
	return address.startsWith('/') ? new URL(address, location.href).href.replace(/^http/, 'ws') : address;
}

/** /demo.json of ./html-demo/start; the page works without. */
async function readDemo() {
	try {
		const answer = await fetch('demo.json', { cache: 'no-store' });

		return answer.ok ? await answer.json() : {};
	} catch {
		return {};
	}
}

/* ---- the client ------------------------------------------------------------------------- */

function newClient() {
	const fresh = new ImsClient({ server, relayOnly: query.get('relay') === 'only' });
	const on = (type, action) => fresh.addEventListener(type, ({ detail }) => fresh === signIn.client && action(detail));

	on('connection', connectionChanged);
	on('registration', registrationChanged);
	on('challenge', () => signIn.passwordNeeded());
	calls.listen(on);
	letters.listen(on);
	trace.clear();
	trace.listen(fresh);
	on('connection', ({ state }) => state === 'connected' && traceSip(fresh));
	fresh.useDevices(devices.chosen);
	useSpeaker(devices.chosen.speaker);
	window.imsClient = fresh;
	return fresh;
}

/** What the gateway and the network say to each other, where the operator lets pages see that. */
function traceSip(client) {
	client.trace().then(() => ladder.note(''), ({ code }) => code !== 'not-connected'
		&& ladder.note('Only the browser’s side: this gateway does not show what it says to the network.'));
}

function connectionChanged({ state, error }) {
	if (state === 'reconnecting')
		notice.show(new ImsError('server-gone', { message: 'The connection to the gateway was lost. Trying to get it back …' }));
	else if (state === 'connected' && notice.code === 'server-gone')
		notice.hide();
	else if (state === 'closed' && signedIn())
		signIn.thrownOut(error);
	showState();
}

/** What goes on nevertheless. */
const TROUBLE = {
	'network': 'The network does not serve you for now. Trying again …',
	'limit': 'The gateway has no room for you yet. Trying again …',
	'provider-gone': 'The sign-in service does not answer. You can go on; it is asked again …',
	'sign-in-over': 'Your sign-in ends soon and cannot be extended. Then sign in again.',
	'sign-in-refused': 'The network does not accept your extended sign-in. It ends soon, then sign in again.',
};

function registrationChanged({ state, error, trouble }) {
	if (error && signedIn())
		signIn.thrownOut(error);
	else if (trouble)
		notice.show(new ImsError(trouble.code, { ...trouble, message: TROUBLE[trouble.code] ?? TROUBLE.network }));
	else if (state === 'registered' && ['limit', 'network-trouble', 'network-silent', 'provider-gone', 'sign-in-over'].includes(notice.code))
		notice.hide();
	showState();
}

function useDevices({ speaker, ...ids }) {
	if (signIn.client)
		calls.attempt(() => signIn.client.useDevices(ids));
	useSpeaker(speaker);
}

function useSpeaker(id) {
	if (id !== undefined)
		$('#remote-audio').setSinkId?.(id).catch(() => {});	/* one that is gone: the usual one */
}

function badAddress(text) {
	notice.show(new ImsError('bad-address', { message: `“${text.trim()}” is not an address that can be called.` }));
}

/* ---- showing ---------------------------------------------------------------------------- */

function showPhone(identity) {
	const name = neighbours(identity).find((user) => same(user.identity, identity))?.name ?? pretty(identity).split('@')[0];

	domain = domainOf(identity);
	book = new Book(identity);
	document.body.dataset.view = 'phone';
	$('#login').hidden = true;
	$('#phone').hidden = false;
	$('.me').hidden = $('#sign-out').hidden = $('#settings').hidden = $('#ladder-button').hidden = false;
	$('#me-name').textContent = name;
	$('.me').title = identity;
	paint($('#me-avatar'), initials(name), hue(identity));
	people.use(book, readyContacts(identity), domain);
	letters.use(book);
	people.show('contacts');
	people.show('keypad');
	dialer.use(domain, () => people.contacts);
	calls.use(domain, () => people.contacts);
	offerSecondWindow(identity);
	focusDialer();
	showState();
	notice.say(`Signed in as ${name}`);
}

function showLogin() {
	document.body.dataset.view = 'login';
	$('#login').hidden = false;
	$('#phone').hidden = true;
	$('.me').hidden = $('#sign-out').hidden = $('#settings').hidden = $('#ladder-button').hidden = true;
	ladder.close();
	calls.clear();
	signIn.show();
	notice.hide();
	showState();
}

/** The ready-made people of the same network. */
function neighbours(identity) {
	return [...demo.users, ...demo.sim?.cards ?? []].filter((user) => domainOf(user.identity) === domainOf(identity));
}

function readyContacts(identity) {
	return neighbours(identity).filter((user) => !same(user.identity, identity))
		.map((user) => ({ name: user.name, uri: user.identity }));
}

/** A telephone alone is no fun: the demo offers a second one. */
function offerSecondWindow(identity) {
	const other = neighbours(identity).find((user) => user.password && !same(user.identity, identity));

	$('#second-window').hidden = !other;
	if (!other)
		return;
	const link = new URLSearchParams(query);

	link.set('user', other.name.toLowerCase());
	$('#second-window').href = `?${link}`;
	$('#second-window span').textContent = `Open a second window as ${other.name} and call each other`;
}

function showState() {
	const call = calls.call;
	const name = stateName(signIn.client, call);

	$('.status').dataset.state = name;
	$('.status span').textContent = STATES[name];
	document.title = call?.state === 'incoming' ? `☎ ${calls.nameOf(call)} is calling` : 'Janus IMS telephone';
}

function signedIn() {
	return document.body.dataset.view === 'phone';
}

/** Where there is a keyboard on the screen, it should not jump up by itself. */
function focusDialer() {
	if (matchMedia('(pointer: fine)').matches)
		$('#dial-input').focus({ preventScroll: true });
}
