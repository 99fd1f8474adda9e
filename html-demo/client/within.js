import { ImsError } from './errors.js';

export function pause(ms) {
	return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Promise of a callback API that is given up after a while. */
export function within(ms, code, start) {
	return new Promise((resolve, reject) => {
		const timer = setTimeout(() => reject(new ImsError(code)), ms);
		const settle = (how) => (value) => {
			clearTimeout(timer);
			how(value);
		};
		start(settle(resolve), settle(reject));
	});
}
