/**
 * The demo telephone: ties ImsClient to the views in ui/.
 *
 * Stable names for tests, as data-testid:
 *   login-identity login-password login-submit user-NAME (ready-made users, small letters) sign-out me
 *   state              data-state: signed-out connecting registering ready calling ringing incoming
 *                      in-call on-hold reconnecting
 *   dial-input call-button contacts recents
 *   key-0 ... key-9 key-star key-hash      one pad, in the dialer or in the call
 *   incoming           visible while somebody calls; answer-button decline-button inside
 *   peer peer-address timer digits         of the current call
 *   mute-button hold-button keypad-button  aria-pressed tells the state
 *   hangup-button
 *   error              visible while it has a sentence; data-code: the code of ims-errors.js
 *   live               what screen readers are told
 *   remote-audio       the audio element, srcObject is the stream of the other side
 *
 * Query: ?server=ws://host:8188 (or http://host:8088/janus) instead of what /demo.json says,
 * ?user=NAME fills in a ready-made user. The client is window.imsClient, for tests and the curious.
 */
import { ImsClient, ImsError } from './ims-client.js';
import { $, paint } from './ui/dom.js';
import { domainOf, hue, initials, pretty, same, spoken, toIdentity } from './ui/address.js';
import { Book, lastIdentity, theme } from './ui/store.js';
import { Tones } from './ui/tones.js';
import { LoginView } from './ui/login.js';
import { Dialer, Pad } from './ui/dialer.js';
import { PeopleView } from './ui/people.js';
import { CallView } from './ui/call.js';
import { listenToKeys } from './ui/keys.js';

const query = new URLSearchParams(location.search);
const tones = new Tones();

let demo = { domain: '', users: [] };
let server = '';
let client = null;
let book = null;
let domain = '';
let call = null;	/* what is shown of the current call */

/* ---- views --------------------------------------------------------------------------- */

const login = new LoginView(signIn);
const dialer = new Dialer(dial, badAddress);
const people = new PeopleView(dial, badAddress);
const pad = new Pad(pressKey);
const callView = new CallView({
	answer: () => attempt(() => client.accept()),
	decline: () => attempt(() => client.decline()),
	hangup: () => attempt(() => client.hangup()),
	mute: () => attempt(() => client.mute(!call.muted)),
	hold: () => attempt(() => client.hold(!call.held)),
	keypad: () => toggleKeypad(!callView.keypadOpen),
});

$('#sign-out').addEventListener('click', signOut);
$('#error button').addEventListener('click', hideError);
$('#theme').addEventListener('click', switchTheme);
addEventListener('pagehide', dropClient);
addEventListener('pageshow', (event) => event.persisted && location.reload());
listenToKeys({
	call: () => call,
	signedIn: () => document.body.dataset.view === 'phone',
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
	server = query.get('server') || demo.server || `ws://${location.hostname || 'localhost'}:8188`;
	$('#server-note').textContent = `Gateway ${server}`;
	login.offer(demo.users);
	const wanted = demo.users.find((user) => user.name.toLowerCase() === query.get('user')?.toLowerCase());

	if (wanted)
		login.fill(pretty(wanted.identity), wanted.password);
	else
		login.suggest(lastIdentity.get());
	login.focus();
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

async function signIn(typed, secret) {
	const identity = toIdentity(typed, demo.domain);

	tones.unlock();
	hideError();
	login.busy(true);
	client = newClient();
	try {
		await client.connect();
		await client.register({ identity, secret });
		lastIdentity.set(pretty(identity));
		login.forget();
		showPhone(identity);
	} catch (error) {
		dropClient();
		showError(error);
	}
	login.busy(false);
}

function newClient() {
	const fresh = new ImsClient({ server });
	const on = (type, action) => fresh.addEventListener(type, ({ detail }) => fresh === client && action(detail));

	on('connection', connectionChanged);
	on('registration', registrationChanged);
	on('call', callChanged);
	on('missed', missed);
	on('media', ({ stream }) => play(stream));
	window.imsClient = fresh;
	return fresh;
}

async function signOut() {
	const leaving = client;

	client = null;	/* nothing it says concerns the page any more */
	showLogin();
	if (call)
		await leaving.hangup().catch(() => {});
	callGone();
	await leaving.unregister().catch(() => {});
	leaving.disconnect();
}

/** Back to the sign-in card because the gateway or the network ended it. */
function thrownOut(error) {
	dropClient();
	showLogin();
	callGone();
	showError(error);
}

function dropClient() {
	const gone = client;

	client = null;
	gone?.disconnect();
	showState();
}

function showPhone(identity) {
	const name = demo.users.find((user) => same(user.identity, identity))?.name ?? pretty(identity).split('@')[0];

	domain = domainOf(identity);
	book = new Book(identity);
	document.body.dataset.view = 'phone';
	$('#login').hidden = true;
	$('#phone').hidden = false;
	$('.me').hidden = $('#sign-out').hidden = false;
	$('#me-name').textContent = name;
	$('.me').title = identity;
	paint($('#me-avatar'), initials(name), hue(identity));
	people.use(book, readyContacts(identity), domain);
	people.show('contacts');
	people.show('keypad');
	dialer.use(domain, () => people.contacts);
	offerSecondWindow(identity);
	focusDialer();
	showState();
	say(`Signed in as ${name}`);
}

function showLogin() {
	document.body.dataset.view = 'login';
	$('#login').hidden = false;
	$('#phone').hidden = true;
	$('.me').hidden = $('#sign-out').hidden = true;
	login.fill(lastIdentity.get());
	login.focus();
	hideError();
	showState();
}

function readyContacts(identity) {
	return demo.users.filter((user) => !same(user.identity, identity))
		.map((user) => ({ name: user.name, uri: user.identity }));
}

/** A telephone alone is no fun: the demo offers a second one. */
function offerSecondWindow(identity) {
	const other = demo.users.find((user) => !same(user.identity, identity));

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
		showError(new ImsError('server-gone', { message: 'The connection to the gateway was lost. Trying to get it back …' }));
	else if (state === 'connected' && $('#error').dataset.code === 'server-gone')
		hideError();
	else if (state === 'closed' && signedIn())
		thrownOut(error);
	showState();
}

function registrationChanged({ error }) {
	if (error && signedIn())
		thrownOut(error);
	else
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
	if (before?.state !== news.state)
		say(announcement(news));
}

function callBegins(news) {
	hideError();
	callView.begin(nameOf(news), pretty(news.peer), news.peer);
	$('#call').focus({ preventScroll: true });
}

function callEnds(ended, before) {
	const { startedAt, direction, error, peer } = ended;
	const seconds = startedAt ? (Date.now() - startedAt) / 1000 : 0;

	remember({
		uri: peer, name: nameOf(ended), direction, at: startedAt || Date.now(), seconds: Math.round(seconds),
		missed: direction === 'in' && !startedAt && before?.state !== 'ending',
	});
	call = null;
	$('#remote-audio').srcObject = null;
	pad.moveTo('dial');
	callView.end(ended, callGone);
	if (error && error.code !== 'cancelled')
		showError(error, error.status ? nameOf(ended) : '');
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
	say(`Missed call from ${name}`);
}

function remember(recent) {
	book.addRecent(recent);
	people.refresh();
	if (recent.missed)
		people.news(true);
}

function play(stream) {
	const audio = $('#remote-audio');

	audio.srcObject = stream;
	audio.play().catch(() => {});	/* a click has allowed it; autoplay does the rest */
}

/* ---- what the person does ----------------------------------------------------------- */

function dial(uri) {
	if (call)
		return;
	tones.unlock();
	dialer.clear();
	people.show('keypad');
	client.call(uri).catch(() => {});	/* the call event tells how it ended */
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

async function attempt(action) {
	tones.unlock();
	try {
		await action();
	} catch (error) {
		if (error.code !== 'cancelled' && !(error.code === 'wrong-state' && !call))
			showError(error);
	}
}

function badAddress(text) {
	showError(new ImsError('bad-address', { message: `“${text.trim()}” is not an address that can be called.` }));
}

/* ---- showing ---------------------------------------------------------------------------- */

const STATES = {
	'signed-out': 'Signed out', connecting: 'Connecting', registering: 'Signing in', ready: 'Ready',
	calling: 'Calling', ringing: 'Ringing', incoming: 'Incoming call', 'in-call': 'In call',
	'on-hold': 'On hold', reconnecting: 'Reconnecting',
};

function stateName() {
	if (!client || client.connection.state === 'closed')
		return 'signed-out';
	if (client.connection.state !== 'connected')
		return client.connection.state;
	if (call)
		return callStateName(call);
	return { registered: 'ready', registering: 'registering' }[client.registration.state] ?? 'signed-out';
}

function callStateName({ state, held }) {
	if (state === 'up')
		return held ? 'on-hold' : 'in-call';
	if (state === 'incoming' || state === 'accepting')
		return 'incoming';
	return state === 'ringing' || state === 'early' ? 'ringing' : 'calling';
}

function showState() {
	const name = stateName();

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

function announcement(news) {
	const name = nameOf(news);

	switch (news.state) {
	case 'calling': return `Calling ${name}`;
	case 'ringing': return 'Ringing';
	case 'incoming': return `${name} is calling. Enter answers, Escape declines.`;
	case 'up': return `Connected with ${name}`;
	case 'ended': return news.startedAt ? `Call ended after ${spoken((Date.now() - news.startedAt) / 1000)}` : 'No connection';
	default: return '';
	}
}

function nameOf({ peer, displayName }) {
	return people.contacts.find((contact) => same(contact.uri, peer))?.name || displayName || pretty(peer, domain);
}

function signedIn() {
	return document.body.dataset.view === 'phone';
}

function say(words) {
	if (words)
		$('#live').textContent = words;
}

function showError(error, about = '') {
	const box = $('#error');

	if (!(error instanceof ImsError))
		console.error(error);
	box.dataset.code = error.code ?? 'unexpected';
	box.title = [error.status, error.reason].filter(Boolean).join(' ');
	$('p', box).textContent = `${about ? `${about}: ` : ''}${error.message}`;
	(signedIn() ? document.body : $('#login-error')).append(box);
	box.hidden = false;
}

function hideError() {
	$('#error').hidden = true;
	$('#error').dataset.code = '';
	$('#error p').textContent = '';
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
