/** The pages of the provider, as texts. No script, nothing from elsewhere. */

const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text) => String(text).replace(/[&<>"']/g, (character) => escapes[character]);

const STYLE = `
	:root { color-scheme: light dark; --ground: #eef1f6; --card: #fff; --text: #17202e; --soft: #5a6678; --line: #c5cddb;
		--accent: #1f5fd0; --on-accent: #fff; --bad: #b3261e; --bad-ground: #fdecea; }
	@media (prefers-color-scheme: dark) {
		:root { --ground: #0e131b; --card: #182030; --text: #e8edf5; --soft: #a3afc2; --line: #3a475c; --accent: #8ab4ff;
			--on-accent: #0b1a33; --bad: #ffb4ab; --bad-ground: #3b1a18; }
	}
	* { box-sizing: border-box; margin: 0; }
	body { min-height: 100vh; display: grid; place-items: center; padding: 1.2rem; background: var(--ground); color: var(--text);
		font: 1rem/1.45 system-ui, sans-serif; }
	main { width: min(22rem, 100%); padding: 2rem 1.8rem; background: var(--card); border-radius: 1.2rem; box-shadow: 0 8px 40px rgb(0 0 0 / 12%); }
	h1 { font-size: 1.35rem; margin-bottom: .3rem; }
	p { color: var(--soft); margin-bottom: 1.2rem; }
	label { display: block; font-size: .9rem; margin-bottom: .9rem; }
	input { display: block; width: 100%; margin-top: .3rem; padding: .7rem .8rem; font: inherit; font-size: 1rem; color: inherit; background: transparent;
		border: 1px solid var(--line); border-radius: .7rem; }
	button { width: 100%; padding: .75rem; margin-top: .5rem; font: inherit; font-weight: 600; border-radius: .7rem; cursor: pointer;
		color: var(--on-accent); background: var(--accent); border: 0; }
	button.plain { color: var(--text); background: none; font-weight: 400; }
	:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
	[role=alert] { padding: .6rem .8rem; border-radius: .7rem; color: var(--bad); background: var(--bad-ground); }`;

function page(title, body) {
	return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>`;
}

/** Name and password. @param {{name: string, error?: string}} shown */
export function loginPage({ name, error = '' }) {
	const focus = (here) => (here ? ' autofocus' : '');

	return page('Sign in – OpenID of the lab', `<h1>Sign in</h1>
<p>OpenID provider of the laboratory</p>
${error && `<p role="alert" data-testid="openid-error">${escape(error)}</p>`}
<form method="post">
<label>User name<input name="name" data-testid="openid-name" value="${escape(name)}" autocomplete="username" autocapitalize="none" spellcheck="false" required${focus(!name)}></label>
<label>Password<input name="password" data-testid="openid-password" type="password" autocomplete="current-password" required${focus(name)}></label>
<button data-testid="openid-submit">Sign in</button>
<button class="plain" name="cancel" value="yes" formnovalidate data-testid="openid-cancel">Cancel</button>
</form>`);
}

export function errorPage(words) {
	return page('Sign-in failed', `<h1>Sign-in failed</h1>
<p role="alert" data-testid="openid-error">${escape(words)}</p>`);
}
