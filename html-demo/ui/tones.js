/** Sounds of a telephone, made by WebAudio: no files. */

const DTMF = {
	1: [697, 1209], 2: [697, 1336], 3: [697, 1477],
	4: [770, 1209], 5: [770, 1336], 6: [770, 1477],
	7: [852, 1209], 8: [852, 1336], 9: [852, 1477],
	'*': [941, 1209], 0: [941, 1336], '#': [941, 1477],
};

/* [Hz, start, length, volume] in one period of so many seconds */
const PATTERNS = {
	ring: { period: 3.2, notes: [[659, 0, 0.5, 0.2], [831, 0.16, 0.5, 0.2], [988, 0.32, 0.9, 0.2], [659, 0.9, 0.5, 0.16], [831, 1.06, 0.5, 0.16], [988, 1.22, 0.9, 0.16]] },
	ringback: { period: 5, flat: true, notes: [[425, 0, 1, 0.06]] },
	waiting: { period: 4, flat: true, notes: [[425, 0, 0.15, 0.05], [425, 0.35, 0.15, 0.05]] },
	busy: { period: 1, flat: true, notes: [[425, 0, 0.5, 0.06]] },
};

export class Tones {
	#context = null;
	#playing = '';
	#timer = 0;
	#out = null;

	/** Browsers start sound only after a click or key: call this from one. */
	unlock() {
		try {
			this.#context ??= new AudioContext();
			if (this.#context.state === 'suspended')
				this.#context.resume().catch(() => {});
		} catch {
			/* no audio device: a silent telephone */
		}
	}

	/** @param {'ring'|'ringback'|'waiting'|'busy'|''} name what to play over and over; '' is silence */
	play(name) {
		if (name === this.#playing)
			return;
		this.stop();
		this.#playing = name;
		if (!name)
			return;
		this.unlock();
		if (!this.#context)
			return;
		const { period, notes, flat } = PATTERNS[name];
		const once = () => notes.forEach(([hz, at, length, volume]) => this.#note([hz], at, length, volume, flat));

		this.#out = this.#context.createGain();
		this.#out.connect(this.#context.destination);
		once();
		this.#timer = setInterval(once, period * 1000);
	}

	stop() {
		clearInterval(this.#timer);
		this.#playing = '';
		this.#out?.disconnect();
		this.#out = null;
	}

	/** Busy for a few seconds. */
	busy() {
		this.play('busy');
		setTimeout(() => this.#playing === 'busy' && this.stop(), 3000);
	}

	/** Feedback of a pressed key. */
	key(digit) {
		this.unlock();
		if (this.#context && DTMF[digit])
			this.#note(DTMF[digit], 0, 0.14, 0.05, true, this.#context.destination);
	}

	/** Two falling notes: the call is over. */
	goodbye() {
		if (!this.#context)
			return;
		this.#note([587], 0, 0.18, 0.08, false, this.#context.destination);
		this.#note([440], 0.14, 0.3, 0.08, false, this.#context.destination);
	}

	#note(frequencies, at, length, volume, flat, out = this.#out) {
		const start = this.#context.currentTime + at;
		const gain = this.#context.createGain();

		gain.gain.setValueAtTime(0, start);
		gain.gain.linearRampToValueAtTime(volume, start + 0.012);
		if (flat)
			gain.gain.setValueAtTime(volume, start + length - 0.02);
		gain.gain.exponentialRampToValueAtTime(0.0001, start + length);
		gain.connect(out);
		for (const hz of frequencies) {
			const oscillator = this.#context.createOscillator();

			oscillator.frequency.value = hz;
			oscillator.connect(gain);
			oscillator.start(start);
			oscillator.stop(start + length + 0.05);
		}
	}
}
