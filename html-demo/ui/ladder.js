import { $, el } from './dom.js';

/**
 * The trace as a ladder: page, gateway and network stand side by side, each message is an arrow between two of them, time
 * goes down. Arrow keys move along it, Enter or a click shows a message.
 *
 * data-testid: ladder, ladder-button, ladder-rows (each row has data-kind, data-from, data-to, data-label), ladder-message,
 * ladder-which, ladder-api, ladder-note, ladder-close.
 */
export class LadderView {
	#dialog = $('#ladder');
	#rows = $('#ladder-rows');
	#log;
	#chosen = 0;		/* id of the entry whose message is shown */
	#drawing = 0;
	#nameOf;

	/**
	 * @param {import('../client/trace.js').TraceLog} log
	 * @param {(call: string) => string} nameOf what a call is called in the choice
	 */
	constructor(log, nameOf) {
		this.#log = log;
		this.#nameOf = nameOf;
		log.addEventListener('change', () => this.#dialog.open && this.#soon());
		$('#ladder-button').addEventListener('click', () => this.open());
		$('#ladder-close').addEventListener('click', () => this.#dialog.close());
		$('#ladder-clear').addEventListener('click', () => log.clear());
		$('#ladder-copy').addEventListener('click', () => this.#copy());
		for (const id of ['#ladder-which', '#ladder-api'])
			$(id).addEventListener('change', () => this.#draw());
		this.#rows.addEventListener('click', ({ target }) => this.#choose(target.closest('button')));
		this.#rows.addEventListener('keydown', (event) => this.#keys(event));
	}

	/** Whether the gateway shows its SIP. @param {string} words '': it does */
	note(words) {
		$('#ladder-note').hidden = !words;
		$('#ladder-note').textContent = words;
	}

	open() {
		this.#chosen = 0;
		$('#ladder-message').hidden = true;
		this.#dialog.showModal();
		this.#draw();
		this.#rows.scrollTop = this.#rows.scrollHeight;
		$('button[tabindex="0"]', this.#rows)?.focus({ preventScroll: true });
	}

	close() {
		if (this.#dialog.open)
			this.#dialog.close();
	}

	/** Many messages can come at once. */
	#soon() {
		this.#drawing ||= requestAnimationFrame(() => {
			this.#drawing = 0;
			this.#draw();
		});
	}

	get #entries() {
		const which = $('#ladder-which').value;
		const api = $('#ladder-api').checked;

		return this.#log.entries.filter(({ call, kind }) => (api || kind === 'sip') && (which === '' || call === which));
	}

	#draw() {
		const atEnd = this.#rows.scrollHeight - this.#rows.scrollTop - this.#rows.clientHeight < 40;
		const focused = document.activeElement?.dataset.id;

		this.#offerCalls();
		const entries = this.#entries;

		$('#ladder-empty').hidden = entries.length > 0;
		this.#rows.replaceChildren(...entries.map((entry, i) => this.#row(entry, entries[0].at, i === entries.length - 1)));
		if (focused)
			$(`[data-id="${focused}"]`, this.#rows)?.focus({ preventScroll: true });
		if (atEnd)
			this.#rows.scrollTop = this.#rows.scrollHeight;
	}

	#offerCalls() {
		const select = $('#ladder-which');
		const calls = this.#log.calls;
		const value = calls.includes(select.value) ? select.value : '';

		if (select.options.length !== calls.length + 1 || [...select.options].some(({ value: call }, i) => i > 0 && call !== calls[i - 1]))
			select.replaceChildren(new Option('Everything', ''), ...calls.map((call) => new Option(this.#nameOf(call), call)));
		select.value = value;
	}

	#row({ id, at, from, to, kind, label, status, repeated }, start, last) {
		const time = `${((at - start) / 1000).toFixed(3)}`;
		const words = repeated ? `${label} · again` : label;

		return el('li', {}, el('button', {
			type: 'button', class: `rung ${from}-${to}`, tabindex: last ? 0 : -1, 'data-id': id, 'data-kind': kind, 'data-from': from,
			'data-to': to, 'data-label': label, 'data-class': outcome(status), 'aria-pressed': id === this.#chosen ? 'true' : 'false',
			'aria-label': `${time} seconds, ${NAMES[from]} to ${NAMES[to]}: ${words}`,
		}, el('time', {}, time), el('span', { class: 'lane' }, el('span', { class: 'arrow' }, el('b', {}, ...inParts(words))))));
	}

	#choose(button) {
		const entry = button && this.#log.entries.find(({ id }) => id === +button.dataset.id);

		if (!entry)
			return;
		this.#chosen = entry.id;
		for (const other of this.#rows.querySelectorAll('button')) {
			other.setAttribute('aria-pressed', String(other === button));
			other.tabIndex = other === button ? 0 : -1;
		}
		$('#ladder-title').textContent = entry.label;
		$('#ladder-when').textContent = `${timeOfDay(entry.at)} · ${NAMES[entry.from]} → ${NAMES[entry.to]}`;
		$('#ladder-text').textContent = entry.text || 'This one was made by the SIP library itself; its text is not seen.';
		$('#ladder-message').hidden = false;
		button.scrollIntoView({ block: 'nearest' });
	}

	#keys(event) {
		const buttons = [...this.#rows.querySelectorAll('button')];
		const at = buttons.indexOf(event.target);
		const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: buttons.length - 1 }[event.key];

		if (to === undefined || !buttons[to])
			return;
		event.preventDefault();
		buttons[to].focus();
		this.#choose(buttons[to]);
	}

	#copy() {
		navigator.clipboard?.writeText($('#ladder-text').textContent).catch(() => {});
	}
}

const NAMES = { page: 'Browser', gateway: 'Gateway', network: 'Network' };

/** With thousandths of a second. */
function timeOfDay(at) {
	const date = new Date(at);
	const parts = [date.getHours(), date.getMinutes(), date.getSeconds()].map((n) => String(n).padStart(2, '0'));

	return `${parts.join(':')}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** "180 Ringing (INVITE)": the part in brackets is the first to go where there is little room. */
function inParts(words) {
	const [, main, rest] = /^(.*?)( \([^()]*\))?$/.exec(words);

	return rest ? [main, el('i', {}, rest)] : [main];
}

function outcome(status) {
	if (status === 0)
		return 'asks';
	return status < 200 ? 'goes-on' : status < 300 ? 'good' : status < 400 ? 'elsewhere' : [401, 407].includes(status) ? 'goes-on' : 'bad';
}
