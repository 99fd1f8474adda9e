import { $, el } from './dom.js';

const SECONDS = 60;
const WIDTH = 120;
const HEIGHT = 34;

/* floor: the smallest top of the scale, so that good figures look calm */
const FIGURES = [
	{ name: 'loss', title: 'Packet loss', unit: '%', digits: 1, floor: 5, fair: 1, poor: 4 },
	{ name: 'jitter', title: 'Jitter', unit: 'ms', digits: 0, floor: 40, fair: 25, poor: 50 },
	{ name: 'roundTrip', title: 'Round trip', unit: 'ms', digits: 0, floor: 100, fair: 200, poor: 400 },
	{ name: 'receiving', title: 'Received', unit: 'kbit/s', digits: 0, floor: 64 },
];
const GRADES = ['Good', 'Fair', 'Poor'];

/** How well the call comes through: four figures of the last minute, each with its plot. */
export class QualityView {
	#root = $('#quality');
	#past = [];
	#tiles = FIGURES.map((figure) => tile(figure));
	#grade = el('p', { class: 'grade', 'data-testid': 'grade' });
	#details = el('p', { class: 'details', 'data-testid': 'quality-details' });

	constructor() {
		this.#root.append(this.#grade, ...this.#tiles.map(({ root }) => root), this.#details);
	}

	get open() {
		return !this.#root.hidden;
	}

	show(on) {
		this.#root.hidden = !on;
		if (on)
			this.#draw();
	}

	clear() {
		this.#past = [];
		this.#draw();
	}

	/** @param {import('../client/quality.js').Quality} quality */
	add(quality) {
		this.#past = [...this.#past, quality].slice(-SECONDS);
		if (this.open)
			this.#draw();
	}

	#draw() {
		const now = this.#past.at(-1);
		const grade = now ? grades(this.#past.slice(-5)) : 0;

		this.#root.dataset.grade = now ? GRADES[grade].toLowerCase() : '';
		this.#grade.textContent = now ? `${GRADES[grade]} connection` : 'Measuring …';
		this.#details.textContent = now ? details(now) : '';
		for (const { figure, value, line } of this.#tiles) {
			value.textContent = now ? words(figure, now[figure.name]) : '–';
			line.setAttribute('points', points(figure, this.#past));
		}
	}
}

function tile(figure) {
	const value = el('b', { 'data-testid': `quality-${figure.name}` }, '–');
	const line = svg('polyline', {});
	const plot = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: 'plot', preserveAspectRatio: 'none', 'aria-hidden': 'true' });

	plot.append(line);
	return { figure, value, line, root: el('div', { class: 'figure' }, el('span', {}, figure.title), value, plot) };
}

function svg(tag, attributes) {
	const node = document.createElementNS('http://www.w3.org/2000/svg', tag);

	for (const [name, value] of Object.entries(attributes))
		node.setAttribute(name, value);
	return node;
}

function words({ unit, digits }, value) {
	return value === null || value === undefined ? '–' : `${value.toFixed(digits)} ${unit}`;
}

/** The newest at the right edge. */
function points({ name, floor }, past) {
	const top = Math.max(floor, ...past.map((one) => one[name] ?? 0));

	return past.map((one, i) => [
		WIDTH - (past.length - 1 - i) * WIDTH / (SECONDS - 1),
		HEIGHT - 1.5 - (one[name] ?? 0) / top * (HEIGHT - 3),
	].map((n) => n.toFixed(1)).join(',')).join(' ');
}

/** 0 good, 1 fair, 2 poor: the worst figure of a few seconds' mean. */
function grades(recent) {
	return Math.max(...FIGURES.filter(({ fair }) => fair).map(({ name, fair, poor }) => {
		const known = recent.map((one) => one[name]).filter((value) => value !== null && value !== undefined);
		const mean = known.reduce((sum, value) => sum + value, 0) / (known.length || 1);

		return mean > poor ? 2 : mean > fair ? 1 : 0;
	}));
}

function details({ sound, picture, size, frames, sending }) {
	return [sound, picture && [picture, size, frames && `${frames}/s`].filter(Boolean).join(' '), `sending ${sending} kbit/s`]
		.filter(Boolean).join(' · ');
}
