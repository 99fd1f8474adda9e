/**
 * Loads a CommonJS package of npm into the page, file by file as it was published, where no bundler does it: JsSIP is one.
 * A page that is built says `import JsSIP from "jssip"` instead.
 */
const ROOT = new URL('../node_modules/', import.meta.url);
const REQUIRED = /\brequire\((['"])([^'"\n]+)\1\)/g;

const sources = new Map();	/* address -> {text, needs: {name it requires: address}} */
const modules = new Map();	/* address -> module */

let earlier = Promise.resolve();

/** @param {string} name of a package @returns {Promise<any>} what it exports */
export function load(name) {
	const mine = earlier.then(() => loadAlone(name));

	earlier = mine.catch(() => {});	/* what another load has begun to collect is not whole before its end */
	return mine;
}

async function loadAlone(name) {
	const address = await resolve(name);

	await collect(address);
	return run(address);
}

/** The file and all that it requires, each once. */
async function collect(address) {
	if (sources.has(address))
		return;
	const source = { text: '', needs: {} };

	sources.set(address, source);
	try {
		source.text = await get(address);
		if (address.endsWith('.js'))
			for (const [, , name] of source.text.matchAll(REQUIRED))
				source.needs[name] = await resolve(name, address);
		await Promise.all(Object.values(source.needs).map(collect));
	} catch (error) {
		sources.delete(address);	/* whoever loads it again tries again */
		throw error;
	}
}

async function resolve(name, from) {
	if (name.startsWith('.'))
		return file(new URL(name, from));
	const folder = new URL(`${name}/`, ROOT);
	const { browser, main = 'index.js' } = JSON.parse(await get(new URL('package.json', folder)));

	return file(new URL(typeof browser === 'string' ? browser : main, folder));
}

function file({ href }) {
	if (href.endsWith('/'))
		return `${href}index.js`;
	return /\.js(on)?$/.test(href) ? href : `${href}.js`;
}

async function get(address) {
	const answer = await fetch(address);

	if (!answer.ok)
		throw new Error(`${address}: ${answer.status}`);
	return answer.text();
}

function run(address) {
	const known = modules.get(address);

	if (known)
		return known.exports;
	const { text, needs } = sources.get(address);
	const module = { exports: {} };

	modules.set(address, module);
	if (address.endsWith('.json'))
		module.exports = JSON.parse(text);
	else
		new Function('module', 'exports', 'require', `${text}\n//# sourceURL=${address}`)(module, module.exports, (name) => run(needs[name]));
	return module.exports;
}
