/** The few lines of DOM help that every view needs. */

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

/** el('button', {class: 'x', onclick: f, 'data-a': 'b'}, 'text', node, ...) */
export function el(tag, attributes = {}, ...children) {
	const node = document.createElement(tag);

	for (const [name, value] of Object.entries(attributes)) {
		if (name.startsWith('on'))
			node.addEventListener(name.slice(2), value);
		else if (value !== undefined && value !== false)
			node.setAttribute(name, value === true ? '' : value);
	}
	node.append(...children);
	return node;
}

export function icon(name) {
	const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
	const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');

	use.setAttribute('href', `#i-${name}`);
	svg.setAttribute('aria-hidden', 'true');
	svg.append(use);
	return svg;
}

/** Paints a person's initials into an avatar. */
export function paint(avatar, letters, hue) {
	avatar.textContent = letters;
	avatar.style.setProperty('--hue', hue);
}
