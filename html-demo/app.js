/**
 * The demo telephone: ties ImsClient to the views in ui/.
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
 *   hangup-button devices-button
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
import { $, paint } from './ui/dom.js';
import { domainOf, hue, initials, pretty, same, toIdentity } from './ui/address.js';
import { Book, lastIdentity, lastWay, parked, theme } from './ui/store.js';
import { STATES, announcement, stateName } from './ui/phrases.js';
import { Tones } from './ui/tones.js';
import { Notice } from './ui/notice.js';
import { LoginView } from './ui/login.js';
import { Trip } from './ui/trip.js';
import { Dialer, Pad } from './ui/dialer.js';
import { PeopleView } from './ui/people.js';
import { MessagesView } from './ui/messages.js';
import { CallView } from './ui/call.js';
import { DevicesView } from './ui/devices.js';
import { listenToKeys } from './ui/keys.js';

const query = new URLSearchParams(location.search);
const tones = new Tones();

let demo = { domain: '', users: [] };
let server = '';
let client = null;
let trip = null;	/* to the OpenID provider, where the demo has one */
let account = null;	/* there, of who is signed in */
let book = null;
let domain = '';
let call = null;	/* what is shown of the current call */

/* ---- views --------------------------------------------------------------------------- */

const notice = new Notice(signedIn);
const login = new LoginView({ password: byPassword, openid: atProvider, sim: bySim, change: () => notice.hide() });
const dialer = new Dialer(dial, badAddress);
const people = new PeopleView({ call: dial, write, bad: badAddress });
const messages = new MessagesView({ send, find: (text) => dialer.find(text), name: (uri) => nameOf({ peer: uri }), bad: badAddress });
const devices = new DevicesView(useDevices);
const pad = new Pad(pressKey);
const callView = new CallView({
	'answer': () => attempt(() => client.accept()),
	'answer-video': () => attempt(() => client.accept({ video: true })),
	'decline': () => attempt(() => client.decline()),
	'hangup': () => attempt(() => client.hangup()),
	'mute': () => attempt(() => client.mute(!call.muted)),
	'camera': () => attempt(() => client.camera(!call.camera)),
	'hold': () => attempt(() => client.hold(!call.held)),
	'keypad': () => toggleKeypad(!callView.keypadOpen),
	'devices-button': () => devices.open(),
	'show': () => attempt(() => client.answerChange('show')),
	'watch': () => attempt(() => client.answerChange('watch')),
	'refuse': () => attempt(() => client.answerChange('refuse')),
});

$('#sign-out').addEventListener('click', signOut);
$('#settings').addEventListener('click', () => devices.open());
$('#theme').addEventListener('click', switchTheme);
addEventListener('pagehide', park);
addEventListener('pageshow', (event) => event.persisted && location.reload());
listenToKeys({
	call: () => call,
	signedIn,
	view: callView,
	press: (key) => {
		pad.flash(key);
		pressKey(key);
	},
	backspace: () => dialer.backspace(),
	dial: () => $('#dial-form').requestSubmit(),
	closeKeypad: () => toggleKeypad(false),
});

start();

async function start() {
	applyTheme(theme.get());
	demo = { ...demo, ...await readDemo() };
	server = gateway(query.get('server') || demo.server || `ws://${location.hostname || 'localhost'}:8188`);
	$('#server-note').textContent = `Gateway ${server}`;
	trip = demo.openid ? new Trip(demo.openid) : null;
	login.offer(demo);
	const wanted = demo.users.find((user) => user.name.toLowerCase() === query.get('user')?.toLowerCase());

	if (wanted)
		login.fill(pretty(wanted.identity), wanted.password);
	else
		login.suggest(lastIdentity.get());
	login.choose(wanted ? 'password' : lastWay.get());
	login.focus();
	if (trip?.back)
		await attemptSignIn(async () => byAccount(await trip.arrive()));
	else
		await resume(parked.take());
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

/* ---- signing in and out ----------------------------------------------------------------- */

/** The password stays in the page where the gateway lets it. */
function byPassword(typed, password) {
	const who = demo.delegated ? { auth: 'delegated', password } : { secret: password };

	attemptSignIn(() => ({ identity: toIdentity(typed, demo.domain), ...who }));
}

/** Its keys stay in the page, as a card keeps them. */
function bySim({ identity, ...sim }) {
	attemptSignIn(() => ({ identity: toIdentity(identity, demo.domain), auth: 'delegated', sim }));
}

/** Leaves the page; it goes on in start(). */
async function atProvider(user) {
	notice.hide();
	login.busy(true);
	lastWay.set('openid');
	try {
		await trip.leave(user);
	} catch (error) {
		login.busy(false);
		notice.show(error);
	}
}

/** With a token that the provider has given. */
function byAccount(signedIn) {
	account = signedIn;
	return { identity: account.identity, auth: 'token', accessToken: account.accessToken, renew: () => account.renew() };
}

/** @param {() => object|Promise<object>} proof what ImsClient.register() takes */
async function attemptSignIn(proof) {
	tones.unlock();
	notice.hide();
	login.busy(true);
	try {
		const who = await proof();

		client = newClient();
		await client.connect();
		await client.register(who);
		lastIdentity.set(pretty(who.identity));
		lastWay.set(login.way);
		login.forget();
		showPhone(who.identity);
	} catch (error) {
		dropClient();
		notice.show(error);
	}
	login.busy(false);
}

/** Goes on where the page was before it was loaded again. @param {import('./ims-client.js').Parked|null} left */
async function resume(left) {
	if (!left)
		return;
	login.busy(true);
	showPhone(left.identity);
	client = newClient();
	try {
		await client.resume(left);
		if (left.account && trip)
			await client.prove(byAccount(trip.resume(left.account)));
		if (left.call && left.call.id !== client.currentCall?.id)
			callDidNotSurvive(left.call);
	} catch (error) {
		thrownOut(error);
		if (error.code === 'session-gone' && left.account && trip)
			await attemptSignIn(() => bySame(left.account));
	}
	login.busy(false);
}

/** The session is gone, who signed in at the provider is not. */
async function bySame(left) {
	const same = trip.resume(left);

	await same.renew();
	return byAccount(same);
}

/** The connection of its sound went with the page before. */
function callDidNotSurvive(lost) {
	const name = nameOf(lost);

	remember({
		uri: lost.peer, name, direction: lost.direction, at: lost.startedAt || Date.now(), missed: lost.state === 'incoming',
		seconds: lost.startedAt ? Math.round((Date.now() - lost.startedAt) / 1000) : 0,
	});
	notice.show(new ImsError('page-reloaded'), name);
}

function park() {
	const left = client?.park();

	client = null;
	if (left)
		parked.set({ ...left, account: account?.park() });
}

function newClient() {
	const fresh = new ImsClient({ server, relayOnly: query.get('relay') === 'only' });
	const on = (type, action) => fresh.addEventListener(type, ({ detail }) => fresh === client && action(detail));

	on('connection', connectionChanged);
	on('registration', registrationChanged);
	on('challenge', passwordNeeded);
	on('call', callChanged);
	on('missed', missed);
	on('media', mediaChanged);
	on('quality', (quality) => callView.quality(quality));
	on('message', messageCame);
	fresh.useDevices(devices.chosen);
	useSpeaker(devices.chosen.speaker);
	window.imsClient = fresh;
	return fresh;
}

async function signOut() {
	const leaving = client;

	client = null;	/* nothing it says concerns the page any more */
	leaveAccount();
	showLogin();
	if (call)
		await leaving.hangup().catch(() => {});
	callGone();
	await leaving.unregister().catch(() => {});
	leaving.disconnect();
}

/** The page was loaded again and knows no password. A call goes on for as long as the network lets it. */
function passwordNeeded() {
	if (!call)
		thrownOut(new ImsError('password-needed'));
}

/** What the provider has given is of use to nobody any more. */
function leaveAccount() {
	account?.end().catch(() => {});
	account = null;
}

/** Back to the sign-in card because the gateway or the network ended it. */
function thrownOut(error) {
	dropClient();
	showLogin();
	callGone();
	notice.show(error);
}

function dropClient() {
	const gone = client;

	client = null;
	gone?.disconnect();
	leaveAccount();
	showState();
}

function showPhone(identity) {
	const name = neighbours(identity).find((user) => same(user.identity, identity))?.name ?? pretty(identity).split('@')[0];

	domain = domainOf(identity);
	book = new Book(identity);
	document.body.dataset.view = 'phone';
	$('#login').hidden = true;
	$('#phone').hidden = false;
	$('.me').hidden = $('#sign-out').hidden = $('#settings').hidden = false;
	$('#me-name').textContent = name;
	$('.me').title = identity;
	paint($('#me-avatar'), initials(name), hue(identity));
	people.use(book, readyContacts(identity), domain);
	messages.use(book);
	people.show('contacts');
	people.show('keypad');
	dialer.use(domain, () => people.contacts);
	offerSecondWindow(identity);
	focusDialer();
	showState();
	notice.say(`Signed in as ${name}`);
}

function showLogin() {
	document.body.dataset.view = 'login';
	$('#login').hidden = false;
	$('#phone').hidden = true;
	$('.me').hidden = $('#sign-out').hidden = $('#settings').hidden = true;
	login.fill(lastIdentity.get());
	login.focus();
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

/* ---- what the client tells ------------------------------------------------------------ */

function connectionChanged({ state, error }) {
	if (state === 'reconnecting')
		notice.show(new ImsError('server-gone', { message: 'The connection to the gateway was lost. Trying to get it back …' }));
	else if (state === 'connected' && notice.code === 'server-gone')
		notice.hide();
	else if (state === 'closed' && signedIn())
		thrownOut(error);
	showState();
}

/** What goes on nevertheless. */
const TROUBLE = {
	'network': 'The network does not serve you for now. Trying again …',
	'provider-gone': 'The sign-in service does not answer. You can go on; it is asked again …',
	'sign-in-over': 'Your sign-in ends soon and cannot be extended. Then sign in again.',
	'sign-in-refused': 'The network does not accept your extended sign-in. It ends soon, then sign in again.',
};

function registrationChanged({ state, error, trouble }) {
	if (error && signedIn())
		thrownOut(error);
	else if (trouble)
		notice.show(new ImsError(trouble.code, { ...trouble, message: TROUBLE[trouble.code] ?? TROUBLE.network }));
	else if (state === 'registered' && ['network-trouble', 'network-silent', 'provider-gone', 'sign-in-over'].includes(notice.code))
		notice.hide();
	showState();
}

function callChanged(news) {
	const before = call;

	call = news;
	if (!before)
		callBegins(news);
	if (news.state === 'ended')
		callEnds(news, before);
	else
		callView.update(news);
	sound(news);
	showState();
	notice.say(announcement(before, news, nameOf(news)));
}

function callBegins(news) {
	notice.hide();
	callView.begin(nameOf(news), pretty(news.peer), news.peer);
	$('#call').focus({ preventScroll: true });
}

function callEnds(ended, before) {
	const { startedAt, direction, error, elsewhere, peer } = ended;
	const seconds = startedAt ? (Date.now() - startedAt) / 1000 : 0;

	remember({
		uri: peer, name: nameOf(ended), direction, at: startedAt || Date.now(), seconds: Math.round(seconds), elsewhere,
		missed: direction === 'in' && !startedAt && !elsewhere && before?.state !== 'ending',
	});
	call = null;
	$('#remote-audio').srcObject = null;
	pad.moveTo('dial');
	callView.end(ended, callGone);
	if (error && error.code !== 'cancelled')
		notice.show(error, error.status ? nameOf(ended) : '');
	else if (notice.code === 'change-refused')
		notice.hide();
}

/** The last word of a call has been read. */
function callGone() {
	if (call && client)
		return;		/* the next one is there already */
	call = null;
	tones.stop();
	callView.hide();
	pad.moveTo('dial');
	if (signedIn())
		focusDialer();
}

function missed({ caller, displayName }) {
	const name = nameOf({ peer: caller, displayName });

	remember({ uri: caller, name, direction: 'in', missed: true, at: Date.now(), seconds: 0 });
	notice.say(`Missed call from ${name}`);
}

function remember(recent) {
	book.addRecent(recent);
	people.refresh();
	if (recent.missed)
		people.news('recents', true);
}

function mediaChanged(media) {
	const audio = $('#remote-audio');

	callView.media(media);
	if (!media.remote || audio.srcObject === media.remote)
		return;
	audio.srcObject = media.remote;
	audio.play().catch(() => {});	/* a click has allowed it; autoplay does the rest */
}

function messageCame({ sender, displayName, type, content, encoding }) {
	const text = encoding === 'utf-8' && type === 'text/plain' ? content : `(${type}: cannot be shown here)`;

	if (type === 'message/imdn+xml')
		return;		/* a report about a message of ours */
	book.addMessage({ uri: sender, text, ours: false, at: Date.now() });
	messages.refresh();
	if (!messages.reads(sender))
		people.news('messages', true);
	notice.say(`Message from ${nameOf({ peer: sender, displayName })}: ${text}`);
}

/* ---- what the person does ----------------------------------------------------------- */

function dial(uri, video = false) {
	if (call)
		return;
	tones.unlock();
	dialer.clear();
	people.show('keypad');
	client.call(uri, { video }).catch((error) => {
		// While the connection is being brought back, the notice says so already.
		if (error.code === 'not-connected' && client.connection.state !== 'reconnecting')
			notice.show(error);
	});
}

function write(uri) {
	people.show('messages');
	messages.open(uri);
}

async function send(uri, text) {
	const at = Date.now();

	book.addMessage({ uri, text, ours: true, at, state: 'sending' });
	messages.refresh();
	try {
		await client.sendMessage(uri, text);
		book.markMessage(at, 'sent');
	} catch (error) {
		book.markMessage(at, 'failed');
		notice.show(error, nameOf({ peer: uri }));
	}
	messages.refresh();
}

function pressKey(key) {
	tones.key(key);
	if (call?.state === 'up' || call?.state === 'early') {
		callView.digit(key);
		attempt(() => client.sendDtmf(key));
	} else if (!call) {
		dialer.type(key);
	}
}

function toggleKeypad(open) {
	if (open)
		pad.moveTo('call');
	callView.keypad(open);
	if (!open)
		pad.moveTo('dial');
}

function useDevices({ speaker, ...ids }) {
	if (client)
		attempt(() => client.useDevices(ids));
	useSpeaker(speaker);
}

function useSpeaker(id) {
	if (id !== undefined)
		$('#remote-audio').setSinkId?.(id).catch(() => {});	/* one that is gone: the usual one */
}

async function attempt(action) {
	tones.unlock();
	try {
		await action();
	} catch (error) {
		if (error.code !== 'cancelled' && !(error.code === 'wrong-state' && !call))
			notice.show(error);
	}
}

function badAddress(text) {
	notice.show(new ImsError('bad-address', { message: `“${text.trim()}” is not an address that can be called.` }));
}

/* ---- showing ---------------------------------------------------------------------------- */

function showState() {
	const name = stateName(client, call);

	$('.status').dataset.state = name;
	$('.status span').textContent = STATES[name];
	document.title = call?.state === 'incoming' ? `☎ ${nameOf(call)} is calling` : 'Janus IMS telephone';
}

function sound({ state, startedAt, error }) {
	if (state === 'incoming')
		tones.play('ring');
	else if (state === 'ringing')
		tones.play('ringback');
	else if (error?.code === 'busy')
		tones.busy();
	else
		tones.stop();
	if (state === 'ended' && startedAt)
		tones.goodbye();
}

function nameOf({ peer, displayName }) {
	return people.contacts.find((contact) => same(contact.uri, peer))?.name || displayName || pretty(peer, domain);
}

function signedIn() {
	return document.body.dataset.view === 'phone';
}

/** Where there is a keyboard on the screen, it should not jump up by itself. */
function focusDialer() {
	if (matchMedia('(pointer: fine)').matches)
		$('#dial-input').focus({ preventScroll: true });
}

function applyTheme(name) {
	if (name)
		document.documentElement.dataset.theme = name;
}

function switchTheme() {
	const dark = getComputedStyle(document.documentElement).colorScheme === 'dark'
		|| (!document.documentElement.dataset.theme && matchMedia('(prefers-color-scheme: dark)').matches);

	applyTheme(dark ? 'light' : 'dark');
	theme.set(dark ? 'light' : 'dark');
}
