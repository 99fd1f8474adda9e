import { $, el } from './dom.js';
import { listDevices } from '../ims-client.js';
import { devices as stored } from './store.js';

const CHOICES = [
	{ which: 'microphone', select: $('#microphone'), list: 'microphones', usual: 'The usual microphone' },
	{ which: 'camera', select: $('#camera-choice'), list: 'cameras', usual: 'The usual camera' },
	{ which: 'speaker', select: $('#speaker'), list: 'speakers', usual: 'The usual speaker' },
];

/** Which microphone, camera and speaker: remembered, and changed in mid-call. */
export class DevicesView {
	#dialog = $('#devices');

	/** @param {(ids: {microphone?: string, camera?: string, speaker?: string}) => void} onChoice */
	constructor(onChoice) {
		for (const { which, select } of CHOICES) {
			select.addEventListener('change', () => {
				stored.set({ ...stored.get(), [which]: select.value });
				onChoice({ [which]: select.value });
			});
		}
		this.#dialog.addEventListener('click', (event) => event.target === this.#dialog && this.#dialog.close());
		navigator.mediaDevices?.addEventListener('devicechange', () => this.#dialog.open && this.#fill());
	}

	/** @returns {{microphone?: string, camera?: string, speaker?: string}} what was chosen last */
	get chosen() {
		return stored.get();
	}

	async open() {
		await this.#fill();
		this.#dialog.showModal();
	}

	async #fill() {
		const lists = await listDevices();
		const chosen = stored.get();

		for (const { which, select, list, usual } of CHOICES) {
			const found = lists[list].filter(({ deviceId }) => deviceId !== 'default');
			const options = found.map(({ deviceId, label }, i) =>
				el('option', { value: deviceId }, label || `${usual.split(' ').at(-1)} ${i + 1}`));

			select.replaceChildren(el('option', { value: '' }, usual), ...options);
			select.value = found.some(({ deviceId }) => deviceId === chosen[which]) ? chosen[which] : '';
			select.closest('label').hidden = which === 'speaker' && !('setSinkId' in HTMLMediaElement.prototype);
		}
		$('#devices-hint').hidden = lists.microphones.every(({ label }) => label);
	}
}
