import http from 'node:http';
import { json } from 'node:stream/consumers';

/**
 * What only a test may do, on loopback:
 *   POST /users  {name: {password, claims}}   more users, or other claims for one
 *   POST /rotate {keep}                       new signing keys; keep: the old ones stay published
 *   POST /revoke {name}                       all tokens and grants of a user are over
 */
export function serveControl(port, { users, keys, store, renew }) {
	const actions = {
		'/users': (added) => {
			for (const [name, user] of Object.entries(added))
				users.set(name, user);
		},
		'/rotate': ({ keep }) => {
			keys.rotate(keep);
			renew();
		},
		'/revoke': ({ name }) => store.revokeAccount(name),
	};

	return http.createServer(async (request, response) => {
		const action = request.method === 'POST' && actions[request.url];

		if (action)
			action(await json(request));
		response.writeHead(action ? 204 : 404).end();
	}).listen(port, '127.0.0.1');
}
