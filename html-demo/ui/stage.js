import { $ } from './dom.js';

/** The pictures of a call: the other side's fills the stage, the own one sits in a corner of it. */
export class Stage {
	#call = $('#call');
	#remote = $('#remote-video');
	#self = $('#self-view');

	/** @param {{remote: MediaStream|null, camera: MediaStreamTrack|null}} media */
	media({ remote, camera }) {
		attach(this.#remote, remote);
		if (this.#self.srcObject?.getVideoTracks()[0] !== camera)
			attach(this.#self, camera && new MediaStream([camera]));
	}

	/** @param {import('../ims-client.js').Call} call @param {string} name of the other side */
	update({ state, camera, picture, held, heldByPeer }, name) {
		const on = (camera || picture) && state !== 'ended';
		const seen = picture && !held && !heldByPeer;

		this.#call.classList.toggle('with-video', on);
		$('#stage').hidden = !on;
		this.#remote.hidden = !seen;
		this.#self.hidden = !camera || held;
		$('#no-picture').hidden = seen;
		$('#no-picture p').textContent = why(state === 'up', held || heldByPeer, name);
	}

	clear() {
		attach(this.#remote, null);
		attach(this.#self, null);
	}
}

function why(up, paused, name) {
	if (!up)
		return '';
	return paused ? 'Video is paused' : `No video from ${name}`;
}

function attach(video, stream) {
	if (video.srcObject === stream)
		return;
	video.srcObject = stream;
	video.play().catch(() => {});	/* autoplay does it; without a stream there is nothing to play */
}
