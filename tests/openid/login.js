import { timingSafeEqual, createHash } from 'node:crypto';
import { loginPage, errorPage } from './pages.js';

const MAX_FORM = 4096;

/** The provider's own pages: who is there? /interaction/UID, and what the form there sends. */
export class LoginPages {
	#users;

	constructor(users) {
		this.#users = users;
	}

	async answer(provider, request, response) {
		try {
			const interaction = await provider.interactionDetails(request, response);

			if (request.method === 'POST')
				await this.#submitted(provider, request, response, await form(request));
			else
				show(response, 200, loginPage({ name: interaction.params.login_hint ?? '' }));
		} catch (error) {
			console.log(`sign-in failed: ${error.message}`);
			show(response, 400, errorPage('This sign-in is no longer possible. Go back to the page that you came from.'));
		}
	}

	async #submitted(provider, request, response, fields) {
		const name = (fields.get('name') ?? '').trim().toLowerCase();

		if (fields.has('cancel'))
			await provider.interactionFinished(request, response, { error: 'access_denied', error_description: 'cancelled by the user' });
		else if (this.#knows(name, fields.get('password') ?? ''))
			await provider.interactionFinished(request, response, { login: { accountId: name, remember: false } });
		else
			show(response, 401, loginPage({ name, error: 'User name or password is wrong.' }));
	}

	#knows(name, password) {
		const user = this.#users.get(name);

		return timingSafeEqual(digest(password), digest(user?.password ?? '')) && user !== undefined;
	}
}

function digest(text) {
	return createHash('sha256').update(text).digest();
}

async function form(request) {
	let text = '';

	for await (const part of request.setEncoding('utf8')) {
		text += part;
		if (text.length > MAX_FORM)
			throw new Error('form too long');
	}
	return new URLSearchParams(text);
}

function show(response, status, html) {
	response.writeHead(status, {
		'Content-Type': 'text/html; charset=utf-8',
		'Cache-Control': 'no-store',
		'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
		'X-Content-Type-Options': 'nosniff',
		'Referrer-Policy': 'no-referrer',
	});
	response.end(html);
}
