"""Whether texts of the page can be read, light and dark."""

from browser import STILL
from checks import check

# Of every text that is seen, on grounds of one colour: [text, contrast], as WCAG 2.2 counts it.
CONTRASTS = """(within) => {
	const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
	const rgba = (colour) => {
		canvas.clearRect(0, 0, 1, 1);
		canvas.fillStyle = colour;
		canvas.fillRect(0, 0, 1, 1);
		const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
		return [r, g, b, a / 255];
	};
	const over = (top, ground) => ground.map((value, i) => top[i] * top[3] + value * (1 - top[3]));
	const light = (colour) => colour.map((v) => v / 255)
		.map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
		.reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
	const ground = (e) => {
		const own = rgba(getComputedStyle(e).backgroundColor);
		return own[3] === 1 || !e.parentElement ? over(own, [255, 255, 255]) : over(own, ground(e.parentElement));
	};
	const found = [];
	const texts = document.createTreeWalker(document.querySelector(within), NodeFilter.SHOW_TEXT);
	while (texts.nextNode()) {
		const e = texts.currentNode.parentElement;
		const text = texts.currentNode.textContent.trim();
		if (!text || e.closest('.visually-hidden') || !e.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
			continue;
		const below = ground(e);
		const [bright, dark] = [light(over(rgba(getComputedStyle(e).color), below)), light(below)].sort((a, b) => b - a);
		found.push([text, (bright + 0.05) / (dark + 0.05)]);
	}
	return found;
}"""
READABLE = 4.5      # WCAG 2.2 AA, text of any size


def check_contrasts(person, moment, within="body", least=5):
    """within: CSS of what is looked at; least: how many texts there are at least"""
    for theme in ("light", "dark"):
        person.tab.run("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
        person.tab.run(STILL)
        found = person.tab.run(CONTRASTS, within)
        check(len(found) >= least, "texts looked at: %d" % len(found))
        bad = [(text, round(contrast, 2)) for text, contrast in found if contrast < READABLE]
        check(not bad, "%s, %s: hard to read: %r" % (moment, theme, bad))
