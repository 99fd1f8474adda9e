import { MessagesView } from '../ui/messages.js';

/** Messages of the page: sent, received, kept in the book. */
export class Letters {
	#page;
	#view;

	/**
	 * @param {object} page as Calls has it
	 * @param {(call: {peer: string, displayName?: string}) => string} page.nameOf
	 */
	constructor(page) {
		this.#page = page;
		this.#view = new MessagesView({
			send: (uri, text) => this.#send(uri, text),
			find: (text) => page.dialer.find(text),
			name: (uri) => page.nameOf({ peer: uri }),
			bad: page.bad,
		});
	}

	use(book) {
		this.#view.use(book);
	}

	listen(on) {
		on('message', (message) => this.#came(message));
	}

	write(uri) {
		this.#page.people.show('messages');
		this.#view.open(uri);
	}

	#came({ sender, displayName, type, content, encoding }) {
		const text = encoding === 'utf-8' && type === 'text/plain' ? content : `(${type}: cannot be shown here)`;

		if (type === 'message/imdn+xml')
			return;		/* a report about a message of ours */
		this.#page.book().addMessage({ uri: sender, text, ours: false, at: Date.now() });
		this.#view.refresh();
		if (!this.#view.reads(sender))
			this.#page.people.news('messages', true);
		this.#page.notice.say(`Message from ${this.#page.nameOf({ peer: sender, displayName })}: ${text}`);
	}

	async #send(uri, text) {
		const { book, client, notice, nameOf } = this.#page;
		const at = Date.now();

		book().addMessage({ uri, text, ours: true, at, state: 'sending' });
		this.#view.refresh();
		try {
			await client().sendMessage(uri, text);
			book().markMessage(at, 'sent');
		} catch (error) {
			book().markMessage(at, 'failed');
			notice.show(error, nameOf({ peer: uri }));
		}
		this.#view.refresh();
	}
}
