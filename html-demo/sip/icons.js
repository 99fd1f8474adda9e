/** The telephone page's symbols: they are drawn once, there. */
export async function showIcons() {
	const text = await (await fetch('../index.html')).text();

	document.body.prepend(new DOMParser().parseFromString(text, 'text/html').querySelector('svg.sprite'));
}
