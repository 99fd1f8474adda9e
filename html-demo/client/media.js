import { ImsError } from './errors.js';

const STILL_S = 2;	/* without a picture: there is none any more */

/**
 * Sound and picture of one call: what is captured here, and what comes from the other side.
 *
 * The first offer and answer go through janus.js. Later changes are made to the PeerConnection it has made: its
 * own way of changing tracks always stops the old one first.
 */
export class CallMedia {
	#handle;
	#devices;
	#changed;
	#microphone = null;
	#camera = null;
	#remote = null;
	#flows = false;		/* of the other side's picture */
	#still = 0;		/* seconds without one */
	#over = false;

	/**
	 * @param {import('./janus-handle.js').JanusHandle} handle
	 * @param {import('./devices.js').Devices} devices
	 * @param {() => void} changed a stream began, or the other side's picture came or went
	 */
	constructor(handle, devices, changed) {
		this.#handle = handle;
		this.#devices = devices;
		this.#changed = changed;
	}

	/** What the other side sends, or null. @returns {MediaStream|null} */
	get remote() {
		return this.#remote;
	}

	/** The own picture, or null. @returns {MediaStreamTrack|null} */
	get camera() {
		return this.#camera;
	}

	/** Whether a picture of the other side comes in. */
	get pictureFlows() {
		return this.#flows;
	}

	/** @param {boolean} video with the camera */
	async offer(video) {
		await this.#capture(video);
		await this.#free();
		return this.#handle.offer([sound(this.#microphone), ...(video ? [picture(this.#camera)] : [])]);
	}

	/** @param {RTCSessionDescriptionInit} offer @param {boolean} video with the own camera, else only to see the other */
	async answer(offer, video) {
		const wanted = offersVideo(offer.sdp);

		await this.#capture(video && wanted);
		await this.#free();
		return this.#handle.answer(offer, [sound(this.#microphone), ...(wanted ? [picture(this.#camera)] : [])]);
	}

	/** Takes the answer of the other side. */
	remoteAnswer(answer) {
		return this.#handle.remote(answer);
	}

	/** Whether the way to the gateway is gone for good. */
	get failed() {
		return this.#pc?.connectionState === 'failed';
	}

	/** Camera on or off in mid-call. @returns {Promise<RTCSessionDescriptionInit>} the offer */
	async offerCamera(on) {
		if (on)
			await this.#startCamera();
		else
			this.releaseCamera();
		const line = videoOf(this.#pc) ?? this.#pc.addTransceiver('video');

		await line.sender.replaceTrack(this.#camera);
		line.direction = on ? 'sendrecv' : 'recvonly';
		return this.#handle.offer([]);
	}

	/** The change that was offered is not to be. @param {boolean} on what it was */
	async takeBack(on) {
		if (this.#pc?.signalingState === 'have-local-offer')
			await this.#pc.setLocalDescription({ type: 'rollback' });
		if (on)
			this.releaseCamera();
	}

	/** Nobody looks at the own picture. */
	releaseCamera() {
		this.#stopCamera();
		this.#changed();
	}

	/**
	 * Answers a change that the other side wants.
	 * @param {RTCSessionDescriptionInit} offer
	 * @param {'keep'|'watch'|'show'} video keep: nothing of ours is different
	 */
	async answerChange(offer, video) {
		if (video === 'keep')
			return this.#handle.answer(offer, []);
		if (video === 'watch')
			return this.#handle.answer(offer, [picture(null)]);
		await this.#startCamera();
		return this.#handle.answer(offer, [{ ...picture(this.#camera), replace: true }]);
	}

	mute(on) {
		if (this.#microphone)
			this.#microphone.enabled = !on;
	}

	/** On hold nobody is seen either. */
	hide(on) {
		if (this.#camera)
			this.#camera.enabled = !on;
	}

	/** Goes on with the device that is wished for now. @param {'microphone'|'camera'} which */
	async switchTo(which) {
		const old = which === 'camera' ? this.#camera : this.#microphone;

		if (!old)
			return;
		const fresh = await this.#other(which, old);
		const sender = this.#pc?.getSenders().find((one) => one.track === old);

		if (this.#over || !sender) {
			fresh.stop();
			return;
		}
		fresh.enabled = old.enabled;
		await sender.replaceTrack(fresh);
		old.stop();
		if (which === 'camera')
			this.#camera = fresh;
		else
			this.#microphone = fresh;
		this.#changed();
	}

	/** Many telephones have no two cameras open at once. */
	#other(which, old) {
		return this.#devices[which]().catch((error) => {
			if (error.code !== `${which}-busy`)
				throw error;
			old.stop();
			return this.#devices[which]();
		});
	}

	/** A track of the other side began. */
	remoteTrack(track) {
		if (this.#over)
			return;
		this.#remote ??= new MediaStream();
		if (this.#remote.getTracks().includes(track))
			return;
		this.#remote.addTrack(track);
		for (const type of ['mute', 'unmute', 'ended'])
			track.addEventListener(type, () => this.#look());
		this.#changed();
		this.#look();
	}

	/** Browsers do not tell of a picture that stops without a word: once a second, the pictures that came in it. */
	sawFrames(count) {
		this.#still = count > 0 ? 0 : this.#still + 1;
		this.#look();
	}

	/** Figures of the PeerConnection, or null. @returns {Promise<RTCStatsReport|null>} */
	async stats() {
		return await this.#pc?.getStats() ?? null;
	}

	/** The call is over. */
	stop() {
		this.#handle.leaveMedia();
		this.release();
	}

	/** Closes the PeerConnection and lets the devices go. */
	release() {
		this.#over = true;
		this.#handle.closeMedia();
		this.#microphone?.stop();
		this.#stopCamera();
		this.#remote = null;
		this.#flows = false;
	}

	get #pc() {
		return this.#handle.pc;
	}

	#look() {
		const video = this.#remote?.getVideoTracks() ?? [];

		const flows = this.#still < STILL_S && video.some((track) => track.readyState === 'live' && !track.muted);

		if (flows === this.#flows)
			return;
		this.#flows = flows;
		this.#changed();
	}

	async #capture(video) {
		this.#microphone ??= this.#kept(await this.#devices.microphone());
		if (video)
			await this.#startCamera();
	}

	async #startCamera() {
		this.#camera ??= this.#kept(await this.#devices.camera());
		this.#changed();
	}

	#stopCamera() {
		this.#camera?.stop();
		this.#camera = null;
	}

	/** The call can be over when the person has allowed the device ... */
	#kept(track) {
		if (this.#over)
			track.stop();
		this.#goesOn();
		return track;
	}

	/** ... or when the call before has left the line. */
	async #free() {
		await this.#handle.free;
		this.#goesOn();
	}

	#goesOn() {
		if (this.#over)
			throw new ImsError('cancelled');
	}
}

/** Whether a description has a picture to send. */
export function offersVideo(sdp) {
	return videoSections(sdp).some((lines) => !/^m=video 0 /.test(lines) && !/^a=(recvonly|inactive)\r?$/m.test(lines));
}

/** Whether a description has refused all pictures. */
export function refusesVideo(sdp) {
	const sections = videoSections(sdp);

	return sections.length > 0 && sections.every((lines) => /^m=video 0 /.test(lines));
}

function videoSections(sdp) {
	return sdp.split(/^(?=m=)/m).filter((lines) => lines.startsWith('m=video '));
}

function videoOf(pc) {
	return pc.getTransceivers().find((one) => one.receiver.track.kind === 'video' && one.currentDirection !== 'stopped');
}

function sound(track) {
	return { type: 'audio', capture: track, recv: true };
}

function picture(track) {
	return { type: 'video', capture: track ?? false, recv: true };
}
