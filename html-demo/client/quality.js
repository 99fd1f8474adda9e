const EVERY_MS = 1000;

/**
 * How well a call comes through, once a second.
 *
 * @typedef {object} Quality
 * @property {number} at milliseconds since 1970
 * @property {number|null} loss per cent of the other side's packets that were lost in this second
 * @property {number|null} jitter milliseconds, of the sound
 * @property {number|null} roundTrip milliseconds, to the gateway and back
 * @property {number} receiving kbit/s, sound and picture
 * @property {number} sending kbit/s
 * @property {string} [sound] codec that is received
 * @property {string} [picture] codec that is received
 * @property {string} [size] of the picture, "1280×720"
 * @property {number} [frames] pictures a second
 */
export class QualityMeter {
	#stats;
	#tell;
	#timer = 0;
	#last = null;

	/**
	 * @param {() => Promise<RTCStatsReport|null>} stats
	 * @param {(quality: Quality) => void} tell
	 */
	constructor(stats, tell) {
		this.#stats = stats;
		this.#tell = tell;
	}

	start() {
		if (this.#timer)
			return;
		this.#last = null;
		this.#timer = setInterval(() => this.#measure(), EVERY_MS);
	}

	stop() {
		clearInterval(this.#timer);
		this.#timer = 0;
	}

	async #measure() {
		const report = await this.#stats().catch(() => null);

		if (!report || !this.#timer)
			return;
		const now = counters(report);

		if (this.#last && now.at > this.#last.at)
			this.#tell(between(this.#last, now));
		this.#last = now;
	}
}

/** The sums that quality is the growth of. */
function counters(report) {
	const all = [...report.values()];
	const inbound = all.filter(({ type }) => type === 'inbound-rtp');
	const outbound = all.filter(({ type }) => type === 'outbound-rtp');
	const sum = (list, name) => list.reduce((total, one) => total + (one[name] ?? 0), 0);
	const pair = all.find(({ type, nominated, state }) => type === 'candidate-pair' && nominated && state === 'succeeded');
	const remote = all.find(({ type, roundTripTime }) => type === 'remote-inbound-rtp' && roundTripTime !== undefined);
	const of = (kind) => inbound.find((one) => one.kind === kind);

	return {
		at: inbound[0]?.timestamp ?? outbound[0]?.timestamp ?? 0,
		lost: sum(inbound, 'packetsLost'), received: sum(inbound, 'packetsReceived'),
		bytesIn: sum(inbound, 'bytesReceived'), bytesOut: sum(outbound, 'bytesSent'),
		decoded: of('video')?.framesDecoded ?? 0,
		jitter: of('audio')?.jitter, roundTrip: remote?.roundTripTime ?? pair?.currentRoundTripTime,
		sound: codec(report, of('audio')), picture: codec(report, of('video')),
		width: of('video')?.frameWidth, height: of('video')?.frameHeight,
	};
}

function codec(report, stream) {
	return report.get(stream?.codecId)?.mimeType.split('/')[1];
}

/** @returns {Quality} */
export function between(before, now) {
	const seconds = (now.at - before.at) / 1000;
	const lost = Math.max(0, now.lost - before.lost);
	const expected = lost + now.received - before.received;
	const kbits = (name) => Math.max(0, Math.round((now[name] - before[name]) * 8 / 1000 / seconds));
	const frames = Math.round((now.decoded - before.decoded) / seconds);

	return {
		at: Date.now(),
		loss: expected > 0 ? 100 * lost / expected : null,
		jitter: now.jitter === undefined ? null : now.jitter * 1000,
		roundTrip: now.roundTrip === undefined ? null : now.roundTrip * 1000,
		receiving: kbits('bytesIn'), sending: kbits('bytesOut'),
		sound: now.sound, picture: frames > 0 ? now.picture : undefined,
		size: frames > 0 && now.width ? `${now.width}×${now.height}` : undefined,
		frames: frames > 0 ? frames : undefined,
	};
}
