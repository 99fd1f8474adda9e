import { randomBytes } from 'node:crypto';
import Provider, { errors } from 'oidc-provider';
import { errorPage } from './pages.js';

const DAY_S = 86400;

/** Single sign-on is not wanted: two windows of one browser are two people, and none of them signs the other out. */
export function withoutSession(request) {
	const others = (request.headers.cookie ?? '').split(';').filter((cookie) => !/^\s*_session/.test(cookie));

	request.headers.cookie = others.join(';');
}

/** @returns {Provider} with these keys */
export function makeProvider(config, users, keys, store) {
	const provider = new Provider(config.issuer, {
		adapter: (model) => store.adapter(model),
		jwks: keys.jwks,
		cookies: { keys: [randomBytes(32).toString('hex')] },
		enabledJWA: { idTokenSigningAlgValues: ['RS256', 'ES256', 'EdDSA'] },
		clients: config.clients,
		extraClientMetadata: { properties: ['origins', 'claims'] },
		clientBasedCORS: (ctx, origin, client) => (client.origins ?? []).includes(origin),
		scopes: ['openid', 'offline_access'],
		claims: { openid: ['sub', 'name'], ims: ['impi', 'impu'] },
		conformIdTokenClaims: false,	/* the page learns whom it will be from the ID token */
		findAccount: (ctx, name) => account(users, name),
		extraTokenClaims: (ctx, token) => tokenClaims(users, token),
		features: {
			devInteractions: { enabled: false },
			clientCredentials: { enabled: true },
			introspection: { enabled: true, allowedPolicy: (ctx, client) => client.clientAuthMethod !== 'none' },
			revocation: { enabled: true, allowedPolicy: (ctx, client, token) => token.clientId === client.clientId },
			resourceIndicators: {
				enabled: true,
				useGrantedResource: () => true,
				getResourceServerInfo: (ctx, audience) => resourceServer(config.resources, audience),
			},
		},
		interactions: { url: (ctx, { uid }) => `/interaction/${uid}` },
		loadExistingGrant: (ctx) => grantAll(ctx, config.resources),
		issueRefreshToken: (ctx, client) => client.grantTypeAllowed('refresh_token'),
		expiresWithSession: () => false,
		pkce: { required: () => true },
		renderError: (ctx, out) => {
			ctx.type = 'html';
			ctx.body = errorPage(out.error_description ?? out.error);
		},
		ttl: {
			AccessToken: (ctx, token) => token.resourceServer?.accessTokenTTL ?? 300,
			ClientCredentials: (ctx, token) => token.resourceServer?.accessTokenTTL ?? 300,
			AuthorizationCode: 60, IdToken: 300, Interaction: 600, Session: DAY_S, Grant: 14 * DAY_S,
			RefreshToken: config.ttl_s?.refresh_token ?? DAY_S,
		},
	});

	provider.proxy = true;	/* the issuer's scheme and host, whatever leads here */
	provider.on('server_error', (ctx, error) => console.error(error));
	provider.on('grant.error', (ctx, error) => console.log(`token refused: ${error.message} ${error.error_detail ?? ''}`));
	provider.on('authorization.error', (ctx, error) => console.log(`sign-in refused: ${error.message}`));
	return provider;
}

function account(users, name) {
	return users.has(name)
		? { accountId: name, claims: () => ({ sub: name, name, ...users.get(name).claims }) }
		: undefined;
}

/** What an access token says beyond the standard's claims: of its user, or of the client itself. */
function tokenClaims(users, { accountId, client }) {
	return accountId ? users.get(accountId)?.claims : client.claims;
}

function resourceServer(resources, audience) {
	const { scope = 'ims', format = 'jwt', alg = 'ES256', ttl_s: ttl = 300 } = resources[audience] ?? {};

	if (!resources[audience])
		throw new errors.InvalidTarget();
	return { audience, scope, accessTokenFormat: format, accessTokenTTL: ttl, jwt: { sign: { alg } } };
}

/** Nobody is asked for consent: the lab's clients are the lab's own. */
async function grantAll({ oidc }, resources) {
	const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });

	grant.addOIDCScope(oidc.params.scope);
	for (const [audience, { scope = 'ims' }] of Object.entries(resources))
		grant.addResourceScope(audience, scope);
	await grant.save();
	return grant;
}
