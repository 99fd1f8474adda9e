import { $, $$, el, paint } from './dom.js';
import { hue, initials } from './address.js';

/** The sign-in card: with a password, at an OpenID provider, with a SIM. */
export class LoginView {
	#ways = { password: new PasswordForm(), openid: new OpenIdForm(), sim: new SimForm() };

	/** @param {{password: Function, openid: Function, sim: Function, change: Function}} on what the person has entered, see each form; another way */
	constructor(on) {
		for (const [name, way] of Object.entries(this.#ways))
			way.onSubmit = on[name];
		for (const choice of $$('#ways input'))
			choice.addEventListener('change', () => {
				this.#show(choice.value);
				on.change();
			});
	}

	/** What the demo has ready. `openid` and `sim` are ways only where they are given. */
	offer({ users = [], openid, sim }) {
		this.#ways.password.offer(users);
		this.#ways.openid.offer(openid);
		this.#ways.sim.offer(sim);
		$('#way-openid').hidden = !openid;
		$('#way-sim').hidden = !sim;
		$('#ways').hidden = !openid && !sim;
	}

	/** Shows one of the ways, if it is one. */
	choose(name) {
		const choice = $(`#ways input[value="${name}"]`);

		if (!choice || choice.closest('[hidden]'))
			return;
		choice.checked = true;
		this.#show(name);
	}

	get way() {
		return $('#ways :checked').value;
	}

	#show(name) {
		for (const [other, way] of Object.entries(this.#ways))
			way.form.hidden = other !== name;
	}

	/** Fills in the password's form. */
	fill(identity, password = '') {
		this.#ways.password.fill(identity, password);
	}

	/** Only where nobody has begun to type. */
	suggest(identity) {
		this.#ways.password.suggest(identity);
	}

	focus() {
		this.#ways[this.way].focus();
	}

	/** What is secret does not stay in the page once it has been used. */
	forget() {
		for (const way of Object.values(this.#ways))
			way.forget();
	}

	busy(on) {
		for (const way of Object.values(this.#ways))
			way.busy(on);
	}
}

/** What the forms have in common: one button, people to try it as. */
class Form {
	onSubmit = () => {};
	#button;
	#label;

	constructor(id) {
		this.form = $(id);
		this.#button = $('.primary', this.form);
		this.#label = $('.label', this.#button).textContent;
		this.form.addEventListener('submit', (event) => {
			event.preventDefault();
			const wrong = $$('input', this.form).find((input) => !input.value.trim() || !input.checkValidity());

			if (wrong)
				this.complain(wrong);
			else if (!this.#button.disabled)
				this.submit();
		});
	}

	complain(input) {
		input.focus();
	}

	/** @param {{name: string, identity: string}[]} people @param {string} prefix of data-testid */
	chips(people, prefix, onclick) {
		$('.ready-made', this.form).hidden = people.length === 0;
		$('.chips', this.form).replaceChildren(...people.map((person) => {
			const avatar = el('span', { class: 'avatar tiny', 'aria-hidden': 'true' });

			paint(avatar, initials(person.name), hue(person.identity));
			return el('button', {
				type: 'button', class: 'chip', 'data-testid': `${prefix}-${person.name.toLowerCase()}`, onclick: () => onclick(person),
			}, avatar, person.name);
		}));
	}

	focus() {
		const [empty] = $$('input', this.form).filter((input) => !input.value);

		(empty ?? this.#button).focus();
	}

	forget() {
		for (const input of $$('input[type=password]', this.form))
			input.value = '';
	}

	busy(on) {
		this.#button.disabled = on;
		this.#button.classList.toggle('busy', on);
		$('.label', this.#button).textContent = on ? 'Signing in …' : this.#label;
		this.form.setAttribute('aria-busy', String(on));
	}
}

/** onSubmit(identity, password) */
class PasswordForm extends Form {
	#identity = $('#identity');
	#password = $('#password');

	constructor() {
		super('#login-form');
		$('#show-password').addEventListener('click', ({ currentTarget }) => {
			const shown = this.#password.type === 'text';

			this.#password.type = shown ? 'password' : 'text';
			currentTarget.setAttribute('aria-pressed', String(!shown));
		});
	}

	/** One click signs in. */
	offer(users) {
		this.chips(users, 'user', (user) => {
			this.fill(user.identity, user.password);
			this.form.requestSubmit();
		});
	}

	submit() {
		this.onSubmit(this.#identity.value, this.#password.value);
	}

	fill(identity, password) {
		this.#identity.value = identity;
		this.#password.value = password;
	}

	suggest(identity) {
		if (!this.#identity.value && !this.#password.value)
			this.#identity.value = identity;
	}

	forget() {
		this.#password.value = '';	/* shown or not */
	}
}

/** onSubmit(name of the user there, or nothing) */
class OpenIdForm extends Form {
	constructor() {
		super('#openid-form');
	}

	offer(openid) {
		if (!openid)
			return;
		$('#openid-place').textContent = openid.name ?? new URL(openid.issuer).host;
		this.chips(openid.users ?? [], 'openid-user', (user) => this.onSubmit(user.login));
	}

	submit() {
		this.onSubmit();
	}
}

/** onSubmit({identity, k, opc}) */
class SimForm extends Form {
	#identity = $('#sim-identity');
	#k = $('#sim-k');
	#opc = $('#sim-opc');

	constructor() {
		super('#sim-form');
	}

	offer(sim) {
		this.chips(sim?.cards ?? [], 'sim', ({ identity, k, opc }) => {
			this.#identity.value = identity;
			this.#k.value = k;
			this.#opc.value = opc;
			this.form.requestSubmit();
		});
	}

	complain(input) {
		input.reportValidity();
		super.complain(input);
	}

	submit() {
		this.onSubmit({ identity: this.#identity.value, k: this.#k.value, opc: this.#opc.value });
	}
}
