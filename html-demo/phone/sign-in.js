import { ImsError } from '../ims-client.js';
import { pretty, toIdentity } from '../ui/address.js';
import { LoginView } from '../ui/login.js';
import { lastIdentity, lastWay, parked } from '../ui/store.js';
import { Trip } from '../ui/trip.js';

/**
 * Signing in and out: by password, at the OpenID provider, by a SIM; and going on where the page was before it was
 * loaded again. Whoever is signed in has a client.
 */
export class SignIn {
	#page;
	#login;
	#demo = { domain: '', users: [] };
	#trip = null;		/* to the OpenID provider, where the demo has one */
	#account = null;	/* there, of who is signed in */

	/** @returns {import('../ims-client.js').ImsClient|null} of who is signed in, or about to be */
	client = null;

	/**
	 * @param {object} page
	 * @param {() => import('../ims-client.js').ImsClient} page.newClient
	 * @param {import('../ui/notice.js').Notice} page.notice
	 * @param {import('../ui/tones.js').Tones} page.tones
	 * @param {import('./calls.js').Calls} page.calls
	 * @param {(identity: string) => void} page.in
	 * @param {() => void} page.out
	 * @param {() => void} page.changed
	 */
	constructor(page) {
		this.#page = page;
		this.#login = new LoginView({
			password: (typed, password) => this.#byPassword(typed, password),
			openid: (user) => this.#atProvider(user),
			sim: (card) => this.#bySim(card),
			change: () => page.notice.hide(),
		});
	}

	/** @param {object} demo what /demo.json says @param {string} wanted name of a ready-made user */
	async start(demo, wanted) {
		this.#demo = demo;
		this.#trip = demo.openid ? new Trip(demo.openid) : null;
		this.#login.offer(demo);
		const user = demo.users.find(({ name }) => name.toLowerCase() === wanted?.toLowerCase());

		if (user)
			this.#login.fill(pretty(user.identity), user.password);
		else
			this.#login.suggest(lastIdentity.get());
		this.#login.choose(user ? 'password' : lastWay.get());
		this.#login.focus();
		if (this.#trip?.back)
			await this.#attempt(async () => this.#byAccount(await this.#trip.arrive()));
		else
			await this.#resume(parked.take());
	}

	show() {
		this.#login.fill(lastIdentity.get());
		this.#login.focus();
	}

	/* ---- in ------------------------------------------------------------------------------------ */

	/** The password stays in the page where the gateway lets it. */
	#byPassword(typed, password) {
		const who = this.#demo.delegated ? { auth: 'delegated', password } : { secret: password };

		this.#attempt(() => ({ identity: toIdentity(typed, this.#demo.domain), ...who }));
	}

	/** Its keys stay in the page, as a card keeps them. */
	#bySim({ identity, ...sim }) {
		this.#attempt(() => ({ identity: toIdentity(identity, this.#demo.domain), auth: 'delegated', sim }));
	}

	/** Leaves the page; it goes on in start(). */
	async #atProvider(user) {
		this.#page.notice.hide();
		this.#login.busy(true);
		lastWay.set('openid');
		try {
			await this.#trip.leave(user);
		} catch (error) {
			this.#login.busy(false);
			this.#page.notice.show(error);
		}
	}

	/** With a token that the provider has given. */
	#byAccount(signedIn) {
		this.#account = signedIn;
		const account = signedIn;

		return { identity: account.identity, auth: 'token', accessToken: account.accessToken, renew: () => account.renew() };
	}

	/** @param {() => object|Promise<object>} proof what ImsClient.register() takes */
	async #attempt(proof) {
		this.#page.tones.unlock();
		this.#page.notice.hide();
		this.#login.busy(true);
		try {
			const who = await proof();

			this.client = this.#page.newClient();
			await this.client.connect();
			await this.client.register(who);
			lastIdentity.set(pretty(who.identity));
			lastWay.set(this.#login.way);
			this.#login.forget();
			this.#page.in(who.identity);
		} catch (error) {
			this.#drop();
			this.#page.notice.show(error);
		}
		this.#login.busy(false);
	}

	/** Goes on where the page was before it was loaded again. @param {import('../ims-client.js').Parked|null} left */
	async #resume(left) {
		if (!left)
			return;
		this.#login.busy(true);
		this.#page.in(left.identity);
		this.client = this.#page.newClient();
		try {
			await this.client.resume(left);
			if (left.account && this.#trip)
				await this.client.prove(this.#byAccount(this.#trip.resume(left.account)));
			if (left.call && left.call.id !== this.client.currentCall?.id)
				this.#page.calls.didNotSurvive(left.call);
		} catch (error) {
			this.thrownOut(error);
			if (error.code === 'session-gone' && left.account && this.#trip)
				await this.#attempt(() => this.#bySame(left.account));
		}
		this.#login.busy(false);
	}

	/** The session is gone, who signed in at the provider is not. */
	async #bySame(left) {
		const same = this.#trip.resume(left);

		await same.renew();
		return this.#byAccount(same);
	}

	/* ---- out ----------------------------------------------------------------------------------- */

	park() {
		const left = this.client?.park();

		this.client = null;
		if (left)
			parked.set({ account: this.#account?.park(), ...left });
	}

	async out() {
		const leaving = this.client;

		this.client = null;	/* nothing it says concerns the page any more */
		this.#leaveAccount();
		this.#page.out();
		for (const { key } of leaving.calls)
			await leaving.hangup(key).catch(() => {});
		await leaving.unregister().catch(() => {});
		leaving.disconnect();
	}

	/** The page was loaded again and knows no password. A call goes on for as long as the network lets it. */
	passwordNeeded() {
		if (!this.#page.calls.call)
			this.thrownOut(new ImsError('password-needed'));
	}

	/** Back to the sign-in card because the gateway or the network ended it. */
	thrownOut(error) {
		this.#drop();
		this.#page.out();
		this.#page.notice.show(error);
	}

	#drop() {
		const gone = this.client;

		this.client = null;
		gone?.disconnect();
		this.#leaveAccount();
		this.#page.changed();
	}

	/** What the provider has given is of use to nobody any more. */
	#leaveAccount() {
		this.#account?.end().catch(() => {});
		this.#account = null;
	}
}
