import { $ } from '../ui/dom.js';
import { CallCard } from './call-card.js';

const LINGER_MS = 4000;

/** The calls of the telephone, a card each. One is talked to at a time. */
export class Calls {
	#cards = new Map();
	#page;

	/** @param {{nameOf: Function, shown: Function, addressOf: Function}} page see call-card.js */
	constructor(page) {
		this.#page = { ...page, answer: (call) => this.#answer(call), otherThan: (call) => this.#up.find((other) => other !== call) };
	}

	add(call) {
		const card = new CallCard(call, this.#page);

		this.#cards.set(call, card);
		$('#calls').append(card.root);
		call.addEventListener('change', () => this.#changed(call, card));
		this.#show();
	}

	/** Whoever is talked to waits for the next one. */
	holdOthers(talking) {
		for (const call of this.#up)
			if (call !== talking && !call.held)
				call.hold(true);
	}

	get #up() {
		return [...this.#cards.keys()].filter((call) => call.state === 'up');
	}

	#answer(call) {
		this.holdOthers(call);
		call.answer();
	}

	#changed(call, card) {
		if (call.state === 'ended' && this.#cards.delete(call))
			setTimeout(() => {
				card.root.remove();
				this.#show();
			}, LINGER_MS);
		for (const other of this.#cards.values())
			other.show();
	}

	#show() {
		$('#no-calls').hidden = $('#calls').childElementCount > 0;
	}
}
