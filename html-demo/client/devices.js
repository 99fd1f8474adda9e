import { ImsError } from './errors.js';

const SOUND = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const PICTURE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } };

/**
 * Microphone and camera as they are wished for. An empty id is the browser's own choice; a wished-for device
 * that is no longer there is passed over.
 */
export class Devices {
	#wishes;
	#ids = { microphone: '', camera: '' };

	/** @param {{audio?: MediaTrackConstraints, video?: MediaTrackConstraints}} wishes */
	constructor({ audio = SOUND, video = PICTURE }) {
		this.#wishes = { audio, video };
	}

	/** @param {{microphone?: string, camera?: string}} ids deviceId of each */
	choose(ids) {
		Object.assign(this.#ids, ids);
	}

	/** @returns {Promise<MediaStreamTrack>} */
	microphone() {
		return capture('audio', 'microphone', this.#wishes.audio, this.#ids.microphone);
	}

	/** @returns {Promise<MediaStreamTrack>} */
	camera() {
		return capture('video', 'camera', this.#wishes.video, this.#ids.camera);
	}
}

/** What can be chosen from. Names are empty until the person has allowed the use of one. */
export async function listDevices() {
	const all = await navigator.mediaDevices?.enumerateDevices() ?? [];
	const of = (kind) => all.filter((device) => device.kind === kind && device.deviceId);

	return { microphones: of('audioinput'), cameras: of('videoinput'), speakers: of('audiooutput') };
}

async function capture(kind, name, wishes, id) {
	if (!navigator.mediaDevices?.getUserMedia)
		throw new ImsError(`${name}-insecure`);
	try {
		const constraints = id ? { ...wishes, deviceId: { exact: id } } : wishes;
		const stream = await navigator.mediaDevices.getUserMedia({ [kind]: constraints });

		return stream.getTracks()[0];
	} catch (cause) {
		if (id && ['OverconstrainedError', 'NotFoundError'].includes(cause.name))
			return capture(kind, name, wishes, '');
		throw new ImsError(FAILURES[cause?.name] ? `${name}-${FAILURES[cause.name]}` : 'media-failed', { cause });
	}
}

/** What getUserMedia throws. */
const FAILURES = {
	NotAllowedError: 'denied',
	SecurityError: 'denied',
	NotFoundError: 'missing',
	OverconstrainedError: 'missing',
	NotReadableError: 'busy',
	AbortError: 'busy',
};
