/** Addresses as people write and read them. Pure. */

const NUMBER = /^\+?[\d\s().\-/*#]*\d[\d\s().\-/*#]*$/;

/**
 * What somebody typed as a URI: "bob", "bob@ims.example", "+1 555 0100", "sip:..." or "tel:...".
 * Returns '' when it cannot be one.
 */
export function toUri(text, domain) {
	const typed = text.trim();

	if (/^(sips?|tel|urn):\S+$/i.test(typed))
		return typed;
	if (NUMBER.test(typed) || /^[*#\d]+$/.test(typed))
		return numberUri(typed.replace(/[^\d+*#]/g, ''), domain);
	if (/^[^\s@<>"]+@[^\s@<>"]+$/.test(typed))
		return `sip:${typed}`;
	if (/^[^\s@<>"]+$/.test(typed))
		return `sip:${typed}@${domain}`;
	return '';
}

/** A global number has a URI of its own; a local one means something in its network only. */
function numberUri(digits, domain) {
	if (digits.startsWith('+'))
		return `tel:${digits}`;
	return `sip:${encodeURIComponent(digits)}@${domain}`;
}

/** The identity somebody signs in with, as a SIP URI. */
export function toIdentity(text, domain) {
	const typed = text.trim();

	if (/^sips?:/i.test(typed))
		return typed;
	return typed.includes('@') ? `sip:${typed}` : `sip:${typed}@${domain}`;
}

/** A URI without what is the same for everybody here. */
export function pretty(uri, domain) {
	const bare = unescape(uri.replace(/^(sips?|tel):/i, '').replace(/[;?].*$/, ''));

	return bare.endsWith(`@${domain}`) ? bare.slice(0, -domain.length - 1) : bare;
}

function unescape(text) {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

/** What is the same in all URIs of a person. */
export function person(uri) {
	return uri.toLowerCase().replace(/^sips?:/, '').replace(/[;?].*$/, '');
}

/** Two URIs that mean the same person. */
export function same(a, b) {
	return person(a) === person(b);
}

export function domainOf(uri) {
	return uri.replace(/[;?].*$/, '').split('@')[1] ?? '';
}

export function initials(name) {
	const words = name.replace(/^[^\p{L}\p{N}+]+/u, '').split(/[\s._-]+/).filter(Boolean);

	if (!words.length || /^[+\d]/.test(words[0]))
		return '#';
	return (words[0][0] + (words.length > 1 ? words.at(-1)[0] : '')).toUpperCase();
}

/** A hue per person, the same in every window. */
export function hue(text) {
	let sum = 7;

	for (const letter of text.toLowerCase())
		sum = (sum * 31 + letter.codePointAt(0)) % 3600;
	return sum % 360;
}

/** 75 -> "01:15", 3675 -> "1:01:15". */
export function clock(seconds) {
	const two = (n) => String(n).padStart(2, '0');
	const s = Math.max(0, Math.floor(seconds));
	const hours = Math.floor(s / 3600);

	return `${hours ? `${hours}:` : ''}${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}

/** 75 -> "1 minute 15 seconds", for screen readers. */
export function spoken(seconds) {
	const s = Math.floor(seconds);
	const many = (n, word) => (n ? `${n} ${word}${n === 1 ? '' : 's'}` : '');
	const parts = [many(Math.floor(s / 3600), 'hour'), many(Math.floor(s / 60) % 60, 'minute'), many(s % 60, 'second')];

	return parts.filter(Boolean).join(' ') || '0 seconds';
}

/** When something was, short: "14:05", "Tue 14:05", "3 Mar". */
export function when(time, now = Date.now()) {
	const day = 86400000;
	const date = new Date(time);
	const hm = date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });

	if (date.toDateString() === new Date(now).toDateString())
		return hm;
	if (now - time < 6 * day)
		return `${date.toLocaleDateString([], { weekday: 'short' })} ${hm}`;
	return date.toLocaleDateString([], { day: 'numeric', month: 'short' });
}
