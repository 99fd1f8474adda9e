import { theme } from './store.js';

/** Light or dark as it was left, and a button that changes it. */
export function showTheme(button) {
	apply(theme.get());
	button.addEventListener('click', change);
}

function apply(name) {
	if (name)
		document.documentElement.dataset.theme = name;
}

function change() {
	const dark = getComputedStyle(document.documentElement).colorScheme === 'dark'
		|| (!document.documentElement.dataset.theme && matchMedia('(prefers-color-scheme: dark)').matches);

	apply(dark ? 'light' : 'dark');
	theme.set(dark ? 'light' : 'dark');
}
