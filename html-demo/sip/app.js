/**
 * The same telephone with either of two libraries, which are used as npm has them: jssip.js and sipjs.js are all that knows them.
 *
 * Names for tests, as data-testid: server identity secret by-password by-token library-jssip library-sipjs sign-in-submit user-NAME lines version
 *   state        data-state: of a Phone, see phone.js; its title is the reason
 *   fetch-token  at the OpenID provider, where the demo has one
 *   me sign-out dial-input call-button calls people bubbles message-input message-send error
 * Within `calls` see call-card.js. The Phone is window.phone, the library's own object window.phone.library.
 *
 * Query: ?server=wss://... in place of what demo.json says, ?library=sipjs
 */
import { $, el, paint } from '../ui/dom.js';
import { hue, initials, pretty, same, toUri } from '../ui/address.js';
import { showTheme } from '../ui/theme.js';
import { Trip } from '../ui/trip.js';
import { Calls } from './calls.js';
import { showIcons } from './icons.js';
import { Renewal } from './renewal.js';
import { SignInForm } from './sign-in.js';

const STATES = {
	'signed-out': 'Signed out', connecting: 'Connecting', registering: 'Registering', ready: 'Ready', reconnecting: 'Connection lost', refused: 'Refused',
};
const NAMES = { jssip: 'JsSIP', sipjs: 'SIP.js' };
const query = new URLSearchParams(location.search);

let demo = { domain: '', users: [] };
let phone = null;
let identity = '';
let trip = null;
let account = null;	/* at the OpenID provider */
let renewal = null;

const form = new SignInForm({ submit: signIn, change: showLines, fetch: fetchToken });
const calls = new Calls({ nameOf: (call) => call.name || shown(call.peer), shown, addressOf });

/* ---- signing in and out ------------------------------------------------------------------ */

async function signIn(entered) {
	hideError();
	showLines();
	showState('connecting');
	form.busy(true);
	try {
		const { LibraryPhone } = await import(`./${entered.library}.js`);

		({ identity } = entered);
		follow(new LibraryPhone(entered));
		renewal?.stop();
		renewal = account && entered.token === account.accessToken ? new Renewal(account, phone) : null;
		phone.start();
	} catch (error) {
		form.busy(false);
		showError(error.message);
	}
}

/** Away from this page, and back to it with a token. */
async function fetchToken() {
	history.replaceState(null, '', `?${new URLSearchParams({ library: form.entered.library, server: form.entered.server })}`);
	await trip.leave().catch((error) => showError(error.message));
}

function follow(started) {
	window.phone = phone = started;
	started.addEventListener('change', () => started === phone && changed(started));
	started.addEventListener('call', ({ detail }) => calls.add(detail));
	started.addEventListener('message', ({ detail: { from, text } }) => addBubble('theirs', shown(from), text));
}

async function signOut() {
	const leaving = phone;

	renewal?.stop();
	await leaving.stop();
	if (phone === leaving)
		showSignIn();
}

function changed({ state, reason }) {
	showState(state, reason);
	if (state === 'ready')
		showTelephone();
	if (state === 'refused') {
		showError(reason);
		form.busy(false);
	}
}

function showState(state, reason = '') {
	const box = $('.status');

	box.dataset.state = state;
	box.title = reason;
	$('span', box).textContent = STATES[state];
}

/* ---- calls and messages ------------------------------------------------------------------- */

function dial(event) {
	const address = addressOf($('#address').value);

	event.preventDefault();
	hideError();
	if (!address)
		return showError('This is no address.');
	calls.holdOthers();
	phone.call(address);
}

async function write(event) {
	const address = addressOf($('#address').value);
	const field = event.target.elements.text;
	const text = field.value;

	event.preventDefault();
	hideError();
	if (!address)
		return showError('Whom to? Type a name or number above.');
	field.value = '';
	const bubble = addBubble('ours', shown(address), text);

	try {
		await phone.write(address, text);
		bubble.dataset.state = 'sent';
	} catch (error) {
		bubble.dataset.state = 'failed';
		showError(error.message);
	}
}

function addBubble(whose, who, text) {
	const bubble = el('li', { class: `bubble ${whose}`, 'data-state': whose === 'ours' ? 'sending' : 'came' }, el('small', {}, who), el('span', {}, text));

	$('#bubbles').append(bubble);
	bubble.scrollIntoView({ block: 'nearest' });
	return bubble;
}

/* ---- names ---------------------------------------------------------------------------------- */

function addressOf(text) {
	return people().find(({ name }) => name.toLowerCase() === text.trim().toLowerCase())?.identity ?? toUri(text, demo.domain);
}

function shown(uri) {
	return demo.users.find((user) => same(user.identity, uri))?.name ?? pretty(uri, demo.domain);
}

function people() {
	return demo.users.filter((user) => user.identity !== identity);
}

/* ---- what is to be seen ----------------------------------------------------------------------- */

function show(view) {
	const signedIn = view === 'telephone';

	document.body.dataset.view = view;
	$('#sign-in').hidden = signedIn;
	for (const part of ['#telephone', '#words', '#sign-out', '.me'])
		$(part).hidden = !signedIn;
}

function showSignIn() {
	form.busy(false);
	show('sign-in');
}

function showTelephone() {
	if (document.body.dataset.view === 'telephone')
		return;
	form.busy(false);
	form.forget();
	show('telephone');
	$('#me-name').textContent = shown(identity);
	paint($('#me-avatar'), initials(shown(identity)), hue(identity));
	$('#people').replaceChildren(...people().map(({ name, identity: other }) => el('li', {}, chip(name, other))));
	$('#address').focus();
}

function chip(name, uri) {
	const avatar = el('span', { class: 'avatar tiny', 'aria-hidden': 'true' });

	paint(avatar, initials(name), hue(uri));
	return el('button', { type: 'button', class: 'chip', onclick: () => ($('#address').value = name) }, avatar, name);
}

async function showLines() {
	const { library } = form.entered;
	const { lines, version } = await import(`./${library}.js`);
	const now = form.entered;

	if (now.library !== library)
		return;
	$('#lines').textContent = lines(now);
	$('#version').textContent = `${NAMES[library]} ${version}`;
}

function showError(text) {
	$('#error p').textContent = text;
	$('#error').hidden = false;
}

function hideError() {
	$('#error').hidden = true;
}

async function start() {
	showTheme($('#theme'));
	await showIcons();
	demo = await (await fetch('../demo.json')).json().catch(() => demo);
	form.offer(demo);
	trip = demo.openid ? new Trip(demo.openid) : null;
	try {
		account = trip?.back ? await trip.arrive() : null;

		choose(new URLSearchParams(location.search));
		if (account)
			form.use(account.identity, account.accessToken, true);
	} catch (error) {
		choose(query);
		showError(error.message);
	}
}

function choose(wished) {
	const server = wished.get('server') ?? demo.sip?.server ?? '';

	form.choose(wished.get('library') ?? 'jssip', server && new URL(server, location.href).href.replace(/^http/, 'ws').replace(/\/$/, ''));
	showLines();
}

$('#sign-out').addEventListener('click', signOut);
$('#dial').addEventListener('submit', dial);
$('#write').addEventListener('submit', write);
$('#error button').addEventListener('click', hideError);
await start();
