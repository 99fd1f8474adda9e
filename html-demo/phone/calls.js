import { ImsError } from '../ims-client.js';
import { $ } from '../ui/dom.js';
import { pretty, same } from '../ui/address.js';
import { announcement } from '../ui/phrases.js';
import { CallView } from '../ui/call.js';
import { ChooseDialog } from '../ui/choose.js';
import { OthersView } from '../ui/others.js';
import { Pad } from '../ui/dialer.js';
import { Referral } from '../ui/referral.js';

/**
 * The calls of the page: what is shown of them, what sounds, what the person does with them. One is shown large, the
 * others beside it; a call that has ended is shown until its last word has been read.
 */
export class Calls {
	#page;
	#calls = new Map();	/* key -> what was told last of it */
	#media = new Map();	/* key -> {remote, camera} */
	#names = new Map();	/* Call-ID -> what the call is called */
	#shown = 0;		/* key of the large one; 0: none */
	#view;
	#others;
	#choose;
	#referral;

	/** Keys for the dialer and for the call. */
	pad;

	/**
	 * @param {object} page
	 * @param {() => import('../ims-client.js').ImsClient|null} page.client
	 * @param {() => string} page.domain
	 * @param {import('../ui/notice.js').Notice} page.notice
	 * @param {import('../ui/tones.js').Tones} page.tones
	 * @param {import('../ui/people.js').PeopleView} page.people
	 * @param {import('../ui/dialer.js').Dialer} page.dialer
	 * @param {import('../ui/devices.js').DevicesView} page.devices
	 * @param {() => import('../ui/store.js').Book} page.book
	 * @param {() => void} page.changed the state of the page may be another
	 * @param {() => void} page.idle the last call is gone
	 * @param {(text: string) => void} page.bad an address that is none
	 */
	constructor(page) {
		const client = page.client;

		this.#page = page;
		this.pad = new Pad((key) => this.press(key));
		this.#choose = new ChooseDialog(page.bad);
		this.#referral = new Referral({
			follow: (asked) => this.attempt(() => client().follow(asked)),
			refuse: (asked) => this.attempt(() => client().refuse(asked)),
		});
		this.#view = new CallView({
			'answer': () => this.attempt(() => client().accept({ key: this.#shown })),
			'answer-video': () => this.attempt(() => client().accept({ video: true, key: this.#shown })),
			'decline': () => this.attempt(() => client().decline(undefined, this.#shown)),
			'hangup': () => this.attempt(() => client().hangup(this.#shown)),
			'mute': () => this.attempt(() => client().mute(!this.call.muted)),
			'camera': () => this.attempt(() => client().camera(!this.call.camera)),
			'hold': () => this.attempt(() => client().hold(!this.call.held)),
			'keypad': () => this.keypad(!this.#view.keypadOpen),
			'devices-button': () => page.devices.open(),
			'transfer': () => this.#askWhereTo(),
			'add': () => this.#askWhom(),
			'show': () => this.attempt(() => client().answerChange('show')),
			'watch': () => this.attempt(() => client().answerChange('watch')),
			'refuse': () => this.attempt(() => client().answerChange('refuse')),
		});
		this.#others = new OthersView({
			hold: (key) => this.attempt(() => client().accept({ key })),
			end: (key) => this.attempt(async () => {
				await client().hangup();
				await client().accept({ key });
			}),
			decline: (key) => this.attempt(() => client().decline(undefined, key)),
			turn: (key) => this.attempt(() => client().hold(false, key)),
			connect: (key) => this.attempt(() => client().connectCalls(key, this.#shown)),
			hangup: (key) => this.attempt(() => client().hangup(key)),
		});
	}

	/** The one that is shown large, or null; not when it is over. @returns {import('../ims-client.js').Call|null} */
	get call() {
		const call = this.#calls.get(this.#shown);

		return call && call.state !== 'ended' ? call : null;
	}

	get view() {
		return this.#view;
	}

	/** Who is signed in, and whom he knows. */
	use(domain, contacts) {
		this.#choose.use(domain, contacts);
	}

	nameOf({ peer, displayName }) {
		return this.#page.people.contacts.find((contact) => same(contact.uri, peer))?.name || displayName
			|| pretty(peer, this.#page.domain());
	}

	/** What a call is called, by its Call-ID. */
	wordsOf(id) {
		return this.#names.get(id) ?? 'Registration and messages';
	}

	/* ---- what the client tells ---------------------------------------------------------------- */

	/** @param {import('../ims-client.js').ImsClient} client */
	listen(on) {
		on('call', (news) => this.#changed(news));
		on('front', (call) => this.#turnedTo(call));
		on('missed', (call) => this.#missed(call));
		on('media', (media) => this.#mediaChanged(media));
		on('quality', (quality) => quality.key === this.#shown && this.#view.quality(quality));
		on('transfer', (asked) => this.#referred(asked));
	}

	#changed(told) {
		const before = this.#calls.get(told.key);
		const news = told.transferTo ? { ...told, transferName: this.nameOf({ peer: told.transferTo }) } : told;
		const front = this.#page.client().currentCall?.key;

		this.#calls.set(news.key, news);
		if (news.id)
			this.#names.set(news.id, `${news.direction === 'in' ? 'From' : 'To'} ${this.nameOf(news)}`);
		if (!before)
			this.#page.notice.hide();
		if (news.key !== this.#shown && news.state !== 'ended' && (!this.call || (!before && news.key === front)))
			this.#show(news);
		if (news.state === 'ended')
			this.#ends(news, before);
		else if (news.key === this.#shown)
			this.#view.update(news);
		if (news.transfer === 'failed' && before?.transfer !== 'failed')
			this.#page.notice.show(news.transferError, this.nameOf(news));
		this.#drawOthers();
		this.#sound(news);
		this.#page.changed();
		this.#page.notice.say(announcement(before, news, this.nameOf(news), news.key !== this.#shown));
	}

	/** Another call is in the foreground. */
	#turnedTo(call) {
		if (!call || call.key === this.#shown)
			return;
		this.#show(this.#calls.get(call.key) ?? call);
		this.#view.update(this.call);
		this.#drawOthers();
		this.#sound(this.call);
		this.#page.changed();
	}

	#show(call) {
		this.keypad(false);
		this.#shown = call.key;
		this.#forget();
		this.#view.begin(this.nameOf(call), pretty(call.peer), call.peer);
		this.#mediaShown();
		$('#call').focus({ preventScroll: true });
	}

	#ends(ended, before) {
		const { startedAt, direction, error, elsewhere, peer } = ended;
		const seconds = startedAt ? (Date.now() - startedAt) / 1000 : 0;

		this.remember({
			uri: peer, name: this.nameOf(ended), direction, at: startedAt || Date.now(), seconds: Math.round(seconds), elsewhere,
			missed: direction === 'in' && !startedAt && !elsewhere && before?.state !== 'ending',
		});
		this.#media.delete(ended.key);
		if (ended.key === this.#shown)
			this.#shownEnds(ended);
		else
			this.#calls.delete(ended.key);
		if (error && error.code !== 'cancelled')
			this.#page.notice.show(error, error.status ? this.nameOf(ended) : '');
		else if (this.#page.notice.code === 'change-refused')
			this.#page.notice.hide();
	}

	#shownEnds(ended) {
		$('#remote-audio').srcObject = null;
		this.#choose.close();
		this.pad.moveTo('dial');
		this.#view.end(ended, () => this.gone());
	}

	/** The last word of a call has been read. */
	gone() {
		if (this.call && this.#page.client())
			return;		/* the next one is there already */
		this.#forget();
		this.#calls.delete(this.#shown);
		this.#shown = 0;
		this.#page.tones.stop();
		this.#view.hide();
		this.pad.moveTo('dial');
		this.#page.idle();
	}

	/** Nobody is signed in any more. */
	clear() {
		this.#calls.clear();
		this.#media.clear();
		this.#referral.hide();
		this.#choose.close();
		$('#remote-audio').srcObject = null;
		this.gone();
		this.#drawOthers();
	}

	/** Calls that are over and not shown. */
	#forget() {
		for (const [key, { state }] of this.#calls)
			if (state === 'ended' && key !== this.#shown)
				this.#calls.delete(key);
	}

	#missed({ caller, displayName }) {
		const name = this.nameOf({ peer: caller, displayName });

		this.remember({ uri: caller, name, direction: 'in', missed: true, at: Date.now(), seconds: 0 });
		this.#page.notice.say(`Missed call from ${name}`);
	}

	remember(recent) {
		this.#page.book().addRecent(recent);
		this.#page.people.refresh();
		if (recent.missed)
			this.#page.people.news('recents', true);
	}

	#mediaChanged({ key, remote, camera }) {
		this.#media.set(key, { remote, camera });
		if (key === this.#shown)
			this.#mediaShown();
	}

	#mediaShown() {
		const media = this.#media.get(this.#shown) ?? { remote: null, camera: null };
		const audio = $('#remote-audio');

		this.#view.media(media);
		if (audio.srcObject === media.remote)
			return;
		audio.srcObject = media.remote;
		audio.play().catch(() => {});	/* a click has allowed it; autoplay does the rest */
	}

	#referred(asked) {
		const by = this.nameOf({ peer: asked.referred_by ?? this.call?.peer ?? '' });

		this.#referral.ask(asked, by || 'The other side', this.nameOf({ peer: asked.refer_to }));
	}

	#drawOthers() {
		const others = [...this.#calls.values()].filter(({ key, state }) => key !== this.#shown && state !== 'ended');

		this.#others.update(this.call, others, (call) => this.nameOf(call));
	}

	#sound({ startedAt, error, state, key }) {
		const tones = this.#page.tones;
		const shown = this.call?.state;
		const waiting = [...this.#calls.values()].some((call) => call.state === 'incoming' && call.key !== this.#shown);

		if (shown === 'incoming')
			tones.play('ring');
		else if (waiting)
			tones.play('waiting');
		else if (shown === 'ringing')
			tones.play('ringback');
		else if (error?.code === 'busy' && key === this.#shown)
			tones.busy();
		else
			tones.stop();
		if (state === 'ended' && startedAt)
			tones.goodbye();
	}

	/* ---- what the person does ------------------------------------------------------------------- */

	dial(uri, video = false) {
		const { tones, dialer, people, notice, client } = this.#page;

		if (this.call)
			return;
		tones.unlock();
		dialer.clear();
		people.show('keypad');
		client().call(uri, { video }).catch((error) => {
			// While the connection is being brought back, the notice says so already.
			if (error.code === 'not-connected' && client().connection.state !== 'reconnecting')
				notice.show(error);
		});
	}

	#askWhom() {
		this.#choose.open({
			title: 'Call somebody else', explains: `${this.nameOf(this.call)} is put on hold meanwhile.`, now: 'Call', ask: false, without: this.call.peer,
		}, (uri) => this.attempt(() => this.#page.client().call(uri)));
	}

	/** At once, or after a word with the one who is to take over. */
	#askWhereTo() {
		const { key } = this.call;
		const name = this.nameOf(this.call);

		this.#choose.open({
			title: `Transfer ${name}`, explains: `To whom? “Ask first” puts ${name} on hold and calls; then connect the two.`,
			now: 'Transfer now', ask: true, without: this.call.peer,
		}, (uri, how) => this.attempt(() => (how === 'ask' ? this.#page.client().call(uri) : this.#transfer(key, uri))));
	}

	/** Who is transferred is on hold meanwhile. */
	async #transfer(key, uri) {
		const client = this.#page.client();

		await client.hold(true, key);
		await client.transfer(uri, { key });
	}

	press(key) {
		const call = this.call;

		this.#page.tones.key(key);
		if (call?.state === 'up' || call?.state === 'early') {
			this.#view.digit(key);
			this.attempt(() => this.#page.client().sendDtmf(key));
		} else if (!call) {
			this.#page.dialer.type(key);
		}
	}

	keypad(open) {
		if (open)
			this.pad.moveTo('call');
		this.#view.keypad(open);
		if (!open)
			this.pad.moveTo('dial');
	}

	async attempt(action) {
		this.#page.tones.unlock();
		try {
			await action();
		} catch (error) {
			if (error.code !== 'cancelled' && error.code !== 'transfer-failed' && !(error.code === 'wrong-state' && !this.call))
				this.#page.notice.show(error);
		}
	}

	/** The connection of its sound went with the page before. */
	didNotSurvive(lost) {
		const name = this.nameOf(lost);

		this.remember({
			uri: lost.peer, name, direction: lost.direction, at: lost.startedAt || Date.now(), missed: lost.state === 'incoming',
			seconds: lost.startedAt ? Math.round((Date.now() - lost.startedAt) / 1000) : 0,
		});
		this.#page.notice.show(new ImsError('page-reloaded'), name);
	}
}
