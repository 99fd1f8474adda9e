import { ImsError, hangupError } from './errors.js';
import { CallMedia, offersVideo, refusesVideo } from './media.js';
import { QualityMeter } from './quality.js';

const HANGUP_GRACE_MS = 4000;	/* end of the PeerConnection to the hangup event that explains it */
const ASK_MS = 20000;		/* for the person to agree to a change that the other side wants */

const HANG_UP = [{ request: 'hangup' }, 'hangingup'];

/* A call only goes forward through these, whatever order the news come in. */
const STAGES = ['preparing', 'calling', 'proceeding', 'ringing', 'early', 'incoming', 'accepting', 'up', 'ending', 'ended'];

const FRESH = Object.freeze({
	id: '', displayName: '', callee: '', muted: false, held: false, heldByPeer: false, media: false,
	camera: false, picture: false, videoOffered: false, noVideo: '', asked: false, changing: false, elsewhere: '',
	startedAt: 0, replaces: '', transfer: '', transferTo: '',
});

let calls = 0;	/* that ever were, on all lines */

/**
 * One line of a telephone: the call on it, from the first word to the last.
 *
 * What a call carries is changed one step at a time: while one is under way, the next is refused. What the other
 * side asks for waits for the person.
 */
export class Line {
	#client;
	#call = null;
	#media = null;
	#meter = new QualityMeter(() => this.#media.stats(), (quality) => {
		this.#media.sawFrames(quality.frames ?? 0);
		this.#client.tell('quality', { ...quality, key: this.#call?.key });
	});
	#change = null;		/* {resolve, reject} of our own change */
	#request = null;	/* {offer, timer} of the other side's */
	#before = null;		/* the call as the page before knew it */
	#doubt = null;		/* waits for word whether the gateway calls */

	/**
	 * @param {object} client
	 * @param {() => import('./janus-handle.js').JanusHandle} client.handle throws when there is none
	 * @param {() => boolean} client.online
	 * @param {() => import('./devices.js').Devices} client.devices
	 * @param {(body: () => object|null, answers: string[], jsep?: object) => Promise<object>} client.ask see Requests
	 * @param {(type: string, detail: object) => void} client.tell
	 */
	constructor(client) {
		this.#client = client;
	}

	/** @returns {import('../ims-client.js').Call|null} */
	get current() {
		return this.#call && snapshot(this.#call);
	}

	/* ---- what the person does ---------------------------------------------------------- */

	async dial(uri, video, more) {
		if (this.#call)
			throw new ImsError('wrong-state', { message: 'There is a call already.' });
		const call = this.#begin({ direction: 'out', peer: uri, state: 'preparing' });

		try {
			const offer = await this.#media.offer(video);

			this.#stillMine(call);
			call.sent = true;
			const { event, code, reason } = await this.#ask(call,
				{ request: 'call', uri, autoaccept_reinvites: false, ...more }, ['calling', 'hangup'], offer)
				.catch((error) => this.#inDoubt(call, error));

			if (event === 'hangup')
				this.#end(call, { status: code, reason });
			return snapshot(call);
		} catch (error) {
			const why = this.#because(call, error);

			this.#end(call, { error });
			throw why;
		}
	}

	/** Cut off before the gateway has said that it calls: it may do so all the same, which `status` tells when the connection is back. */
	async #inDoubt(call, error) {
		if (error.code !== 'not-connected' || this.#client.online() || call !== this.#call)
			throw error;
		if (!await new Promise((resolve) => (this.#doubt = resolve)))
			throw error;
		return { event: 'calling' };
	}

	/** @param {object|null} call what the gateway has on this line */
	#endDoubt(call) {
		if (!this.#doubt)
			return;
		if (call?.direction === 'out' && call.state !== 'ending') {
			this.#update(this.#call, { id: call.call_id, state: call.state === 'up' ? 'calling' : call.state });
			this.#doubt(true);
			this.#doubt = null;
		} else {
			this.#end(this.#call, { error: new ImsError('not-connected') });
		}
	}

	/** When the microphone or the camera is refused it goes on ringing. */
	async accept(video) {
		const call = this.#need('incoming');

		this.#update(call, { state: 'accepting' });
		try {
			const jsep = await (call.offer ? this.#media.answer(call.offer, video) : this.#media.offer(video));

			this.#stillMine(call);
			await this.#ask(call, { request: 'accept', autoaccept_reinvites: false }, ['accepted', 'accepting'], jsep);
		} catch (error) {
			if (this.#call === call && call.state === 'accepting') {
				this.#media.release();
				this.#media = this.#newMedia(call);
				this.#update(call, { state: 'incoming', camera: false });
			}
			throw this.#because(call, error);
		}
	}

	async decline(code) {
		this.#need('incoming', 'accepting');
		await this.#leave({ request: 'decline', code }, 'declining');
	}

	async hangup() {
		const call = this.#call;

		if (!call || call.state === 'ending')
			return;
		if (call.state === 'preparing' && !call.sent)
			this.#end(call, { status: 487, reason: 'Cancelled' });
		else if (call.state === 'incoming')
			await this.decline();
		else
			await this.#leave(...HANG_UP);
	}

	async hold(on) {
		const call = this.#need('up');

		await this.#ask(call, { request: on ? 'hold' : 'unhold' }, [on ? 'holding' : 'resuming']);
		this.#stillMine(call);
		this.#media.mute(on || call.muted);
		this.#media.hide(on);
	}

	mute(on) {
		const call = this.#need('up', 'early', 'calling', 'proceeding', 'ringing');

		this.#media.mute(on || call.held);
		this.#update(call, { muted: on });
	}

	/** Camera on or off in mid-call. Resolves when the other side has agreed. */
	async camera(on) {
		const call = this.#need('up');

		if (call.changing || call.asked)
			throw new ImsError('wrong-state');
		this.#update(call, { changing: true, noVideo: '' });
		try {
			const offer = await this.#media.offerCamera(on);

			this.#stillMine(call);
			const done = new Promise((resolve, reject) => (this.#change = { resolve, reject }));

			done.catch(() => {});	/* heard below, unless the request itself fails */
			await this.#ask(call, { request: 'update' }, ['updating', 'updated', 'updatefailed', 'hangup'], offer);
			await done;
		} catch (error) {
			if (this.#call === call)
				await this.#media.takeBack(on);
			throw this.#because(call, error);
		} finally {
			this.#change = null;
			this.#update(call, { changing: false });
		}
	}

	/** Answers what the other side asked for. When the camera is refused, the question stays. */
	async answerChange(video) {
		const call = this.#need('up');
		const request = this.#request;

		if (!request)
			throw new ImsError('wrong-state');
		try {
			this.#update(call, { asked: false, changing: true });
			const answer = video === 'refuse' ? null : await this.#media.answerChange(request.offer, video);

			this.#stillMine(call);
			this.#forgetRequest();
			if (answer)
				await this.#ask(call, { request: 'update' }, ['updated', 'updatefailed', 'hangup'], answer);
			else
				await this.#ask(call, { request: 'decline' }, ['declining', 'updatefailed', 'hangup']);
		} finally {
			this.#update(call, { changing: false, asked: this.#request !== null });
		}
	}

	async dtmf(digits, duration) {
		const call = this.#need('up', 'early');

		for (const digit of digits)
			await this.#ask(call, { request: 'dtmf_info', digit, duration }, ['dtmfsent']);
	}

	/**
	 * Sends the other party to somebody else, or into another call of ours. How that goes on is in Call.transfer; when they
	 * are connected this call is over.
	 *
	 * @param {string} uri @param {string} [replace] Call-ID of the call that theirs is to take the place of
	 */
	async transfer(uri, replace) {
		const call = this.#need('up');

		if (['asked', 'ringing'].includes(call.transfer))
			throw new ImsError('wrong-state');
		this.#update(call, { transfer: 'asked', transferTo: uri, transferError: undefined });
		try {
			await this.#ask(call, { request: 'transfer', uri, replace }, ['transferring', 'transferfailed', 'hangup']);
		} catch (error) {
			this.#update(call, { transfer: 'failed', transferError: error });
			throw error;
		}
	}

	/** Goes on with the device that is wished for now. */
	async switchTo(which) {
		await this.#media?.switchTo(which);
	}

	/* ---- what the connection tells ------------------------------------------------------- */

	/** The call is over because of something on our side. */
	drop(error) {
		if (this.#call)
			this.#end(this.#call, { error });
	}

	/** The page goes away: a call that only rings waits for the next one, any other is over. */
	abandon() {
		const call = this.#call;

		if (call && call.state !== 'incoming')
			this.#media.stop();
		return call && snapshot(call);
	}

	/** @param {import('../ims-client.js').Call|null} call that may still ring: what `status` does not know of it */
	expect(call) {
		this.#before = call;
	}

	remoteTrack(track, on) {
		if (on)
			this.#media?.remoteTrack(track);
	}

	mediaState(state) {
		if (this.#call)
			this.#update(this.#call, { media: state === 'connected' });
		this.#endWhenCutOff();
	}

	/** After a long cut or in another network nothing will flow any more. Without the gateway it waits: the call may be over then. */
	#endWhenCutOff() {
		if (this.#call?.state === 'up' && this.#media.failed && this.#client.online())
			this.#fail(this.#call, new ImsError('call-lost'));
	}

	/** Janus closed the PeerConnection. The hangup event that says why is normally near. */
	mediaGone(reason) {
		const call = this.#call;

		if (!call || call.state === 'ending')
			return;
		call.grace = setTimeout(() => this.#fail(call, new ImsError('media-failed', { reason })), HANGUP_GRACE_MS);
	}

	/** `status` against what we believe, after a gap. Of a call that is not ours the PeerConnection is gone. */
	compare(call, jsep) {
		const ours = this.#call;

		if (ours?.id && ours.id !== call?.call_id)
			this.#end(ours, ours.state === 'ending' ? { status: 487 } : { error: new ImsError('call-lost') });
		this.#endDoubt(call);
		if (!call)
			return;
		if (call.state === 'incoming' && this.#call?.id !== call.call_id)
			this.#ring({ ...this.#known(call.call_id), id: call.call_id, peer: call.peer }, jsep);
		else if (!this.#call && call.state !== 'ending')
			this.#ask(null, { request: 'hangup', call_id: call.call_id }, ['hangingup']).catch(() => {});
		else if (call.state === 'up' && this.#call && STAGES.indexOf(this.#call.state) < STAGES.indexOf('up'))
			this.#missedAnswer(this.#call);
		else if (this.#call)
			this.#caughtUp(call, jsep);
	}

	#known(id) {
		const { displayName, callee } = this.#before?.id === id ? this.#before : FRESH;

		return { displayName, callee };
	}

	#caughtUp({ held, peer_holds: heldByPeer }, jsep) {
		this.#update(this.#call, { held: Boolean(held), heldByPeer: Boolean(heldByPeer) });
		if (jsep && this.#call.state === 'up')
			this.#asked(jsep);
		this.#endWhenCutOff();
	}

	/** The answer came in the gap. Without its media description there is no sound, unless it had come early. */
	#missedAnswer(call) {
		if (call.described)
			this.#update(call, { state: 'up', startedAt: Date.now() });
		else
			this.hangup().finally(() => this.#end(call, { error: new ImsError('call-lost') }));
	}

	/* ---- events of the plugin ------------------------------------------------------------ */

	/** @returns {boolean} whether the event was one of a call */
	heard(result, jsep, id) {
		if (!Object.hasOwn(this.#on, result.event))
			return false;
		if (!this.#belongsToAnother(result.event, id))
			this.#on[result.event](result, jsep, id);
		return true;
	}

	/** The last words of a call can come when the next one has begun. */
	#belongsToAnother(event, id) {
		if (!id || !this.#call || ['calling', 'incomingcall'].includes(event))
			return false;
		return this.#call.state === 'preparing' || (this.#call.id !== '' && this.#call.id !== id);
	}

	/** What each event means. */
	#on = {
		calling: (result, jsep, id) => this.#begun(id),
		proceeding: () => this.#progress({ state: 'proceeding' }),
		ringing: () => this.#progress({ state: 'ringing' }),
		progress: ({ ims }, jsep) => this.#progress({ state: 'early', ...refusals(ims) }, jsep),
		accepted: ({ ims }, jsep) => this.#progress({ state: 'up', startedAt: Date.now(), ...refusals(ims) }, jsep),
		incomingcall: ({ username, displayname, callee, replaces }, jsep, id) =>
			this.#ring({ id, peer: username, displayName: unquote(displayname), callee: callee ?? '', replaces: replaces ?? '' }, jsep),
		holding: () => this.#progress({ held: true }),
		resuming: () => this.#progress({ held: false }),
		peerholding: () => this.#progress({ heldByPeer: true }),
		peerresuming: () => this.#progress({ heldByPeer: false }),
		updatingcall: (result, jsep) => this.#asked(jsep),
		updated: ({ ims }, jsep) => this.#updated(jsep, refusals(ims)),
		updatefailed: (result) => this.#notUpdated(result),
		transferfailed: ({ code, reason }) => this.#notTransferred(code, reason),
		notify: (result) => this.#transferGoesOn(result),
		hangup: (result) => this.#over(result),
	};

	/** Who has hung up already does so by its name. */
	#begun(id) {
		if (this.#call)
			this.#call.id ||= id;
		this.#progress({ state: 'calling' });
	}

	#over({ code, reason, reason_header_cause: cause }) {
		const call = this.#call;
		const rang = call && ['incoming', 'accepting'].includes(call.state);

		if (call)
			this.#end(call, { status: code, reason, elsewhere: rang ? ELSEWHERE[cause] ?? '' : '' });
	}

	/** The other party tells how its new call goes: the status line of the last answer. */
	#transferGoesOn({ notify, content, substate }) {
		const [, status, reason] = /^SIP\/2\.0 (\d{3}) ?([^\r\n]*)/.exec(content ?? '') ?? [];

		if (notify !== 'refer' || !this.#call)
			return;
		if (status >= 300)
			this.#notTransferred(+status, reason);
		else if (status >= 200)
			this.#transferred(this.#call);
		else if (substate === 'terminated')
			this.#notTransferred(0, '');
		else if (status > 100)
			this.#update(this.#call, { transfer: 'ringing' });
	}

	#transferred(call) {
		this.#update(call, { transfer: 'done' });
		this.hangup().catch(() => {});
	}

	#notTransferred(status, reason) {
		if (this.#call && ['asked', 'ringing'].includes(this.#call.transfer))
			this.#update(this.#call, { transfer: 'failed', transferError: new ImsError('transfer-failed', { status, reason }) });
	}

	async #updated(jsep, refused) {
		try {
			if (jsep)
				await this.#described(this.#call, jsep);
			if (this.#call)
				this.#update(this.#call, refused);
			this.#change?.resolve();
		} catch (error) {
			this.#change?.reject(error);
		}
	}

	/** Our change was refused, or the other side's came to nothing. */
	#notUpdated({ code, reason }) {
		this.#change?.reject(new ImsError('change-refused', { status: code, reason }));
		if (!this.#request)
			return;
		this.#forgetRequest();
		if (this.#call)
			this.#update(this.#call, { asked: false });
	}

	#forgetRequest() {
		clearTimeout(this.#request?.timer);
		this.#request = null;
	}

	/** The other side wants to change what the call carries. A new picture is for the person to decide. */
	#asked(offer) {
		const call = this.#call;

		if (!call || offer?.type !== 'offer')
			return;
		const adds = offersVideo(offer.sdp) && !call.picture && !call.camera;

		this.#forgetRequest();
		this.#request = { offer, timer: 0 };
		if (!adds) {
			this.answerChange('keep').catch(() => {});
			return;
		}
		this.#request.timer = setTimeout(() => this.answerChange('refuse').catch(() => {}), ASK_MS);
		this.#update(call, { asked: true });
	}

	/* ---- the call ---------------------------------------------------------------------- */

	#begin(news) {
		const handle = this.#client.handle();

		this.#call = { ...FRESH, ...news, key: ++calls };
		this.#media = this.#newMedia(this.#call, handle);
		this.#client.tell('call', snapshot(this.#call));
		return this.#call;
	}

	#newMedia(call, handle = this.#client.handle()) {
		const media = new CallMedia(handle, this.#client.devices(), () => {
			this.#client.tell('media', { key: call.key, remote: media.remote, camera: media.camera });
			this.#update(call, { camera: media.camera !== null, picture: media.pictureFlows });
		});

		return media;
	}

	/** Where the gateway has given the line to somebody who calls, a call of ours that it has not begun comes to nothing. */
	#ring(call, offer) {
		if (this.#call?.state === 'preparing')
			this.#end(this.#call, { error: new ImsError('cancelled') });
		if (this.#call)
			return;
		this.#begin({ ...call, direction: 'in', state: 'incoming', offer, videoOffered: offersVideo(offer?.sdp ?? '') });
		this.#client.tell('incoming', snapshot(this.#call));
	}

	#update(call, news) {
		if (call !== this.#call)
			return;
		Object.assign(call, news);
		if (news.state === 'up')
			this.#meter.start();
		this.#client.tell('call', snapshot(call));
	}

	/** News of the network about the call; once we are leaving it, only the hangup counts. */
	#progress(news, jsep) {
		const call = this.#call;

		if (!call || call.state === 'ending')
			return;
		if (jsep)
			this.#described(call, jsep).catch((error) => this.#fail(call, error));
		const back = STAGES.indexOf(news.state ?? call.state) < STAGES.indexOf(call.state);

		this.#update(call, back ? {} : news);
	}

	/** Takes the other side's answer. */
	async #described(call, jsep) {
		call.described = true;
		await this.#media.remoteAnswer(jsep);
		if (call.camera && refusesVideo(jsep.sdp))
			this.#media.releaseCamera();
	}

	#end(call, { status, reason, error, elsewhere = '' }) {
		if (call !== this.#call)
			return;
		const fine = call.startedAt > 0 || call.direction === 'in';

		clearTimeout(call.grace);
		this.#forgetRequest();
		this.#doubt?.(false);
		this.#doubt = null;
		this.#change?.reject(new ImsError('cancelled'));
		this.#meter.stop();
		this.#media.stop();
		this.#media = null;
		Object.assign(call, {
			state: 'ended', media: false, asked: false, changing: false, status, reason, elsewhere,
			error: error ?? call.error ?? (fine ? undefined : hangupError(status, reason) ?? undefined),
		});
		this.#call = null;
		this.#client.tell('call', snapshot(call));
	}

	/** Ends the call; when the gateway knows no such call or is silent, it is over here all the same. */
	async #leave(body, answer) {
		const call = this.#call;

		this.#update(call, { state: 'ending' });
		try {
			await this.#ask(call, body, [answer]);
		} catch {
			this.#end(call, { status: 487 });
		}
	}

	/** Something broke on our side: leave the call and say why. */
	async #fail(call, error) {
		if (call !== this.#call)
			return;
		call.error = error;
		await this.#leave(...HANG_UP);
		this.#end(call, { error });
	}

	#need(...states) {
		if (!this.#call || !states.includes(this.#call.state))
			throw new ImsError('wrong-state');
		return this.#call;
	}

	/** Throws when the call ended while something else was awaited. */
	#stillMine(call) {
		if (call !== this.#call)
			throw new ImsError('cancelled');
	}

	/** Why something failed: what the end of the call has broken is no failure. */
	#because(call, error) {
		return call === this.#call ? error : new ImsError('cancelled', { cause: error });
	}

	/** A request about the call, by its name; null: about one that is not ours. Nothing is asked when there is another one by then. */
	#ask(call, body, answers, jsep) {
		return this.#client.ask(() => (this.#call === call ? { ...(call?.id && { call_id: call.id }), ...body } : null), answers, jsep);
	}
}

/** Why there is no picture, of `ims.refused_media`. */
function refusals(ims) {
	const video = ims?.refused_media?.find(({ media }) => media === 'video');

	return video ? { noVideo: video.reason } : {};
}

/** RFC 3326: why a call that was ringing here was taken back. */
const ELSEWHERE = { 200: 'answered', 600: 'declined', 603: 'declined' };

/** What others may see of a call. */
function snapshot({ offer, described, grace, sent, ...call }) {
	return Object.freeze(call);
}

/** The plugin passes display names as they stood in the header. */
export function unquote(name) {
	return (name ?? '').replace(/^"(.*)"$/, '$1').replace(/\\(.)/g, '$1');
}
