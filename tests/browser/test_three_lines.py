"""A page that tells its library no more than where, who and the password, as every tutorial does: the libraries prove the bare
user part then, which is a private identity where the network says so."""

from cases import case
from checks import contains, equal
from desk import CORE
from sip_desk import TRANSPORT, seat, server

EDGE = {"core": CORE, "sipws": TRANSPORT, "network": {"private_identity": "user"}}

JSSIP = """async (server, uri, password) => {
	const JsSIP = await (await import('/sip/commonjs.js')).load('jssip');
	const ua = new JsSIP.UA({ sockets: [new JsSIP.WebSocketInterface(server)], uri, password });
	const end = new Promise((resolve) => {
		ua.on('registered', () => resolve('registered'));
		ua.on('registrationFailed', ({ response, cause }) => resolve(response ? `${response.status_code} ${response.reason_phrase}` : cause));
	});

	ua.start();
	return end.finally(() => ua.stop());
}"""
SIPJS = """async (server, uri, password) => {
	const { Registerer, UserAgent } = await import('sip.js');
	const ua = new UserAgent({ transportOptions: { server }, uri: UserAgent.makeURI(uri), authorizationPassword: password });
	const registerer = new Registerer(ua);
	const end = new Promise((resolve) => registerer.stateChange.addListener((state) => state === 'Registered' && resolve('registered')));

	await ua.start();
	await registerer.register({ requestDelegate: { onReject: ({ message }) => end.then(() => message.statusCode) } });
	return end.finally(() => ua.stop());
}"""


@case("REQ-40", "REQ-156")
def three_lines(w):
    """unmodified JsSIP and SIP.js with a socket, an address and a password register with a core that knows them by the bare name"""
    page, = seat(w, Alice=("sipjs", "chromium"))
    for library in (JSSIP, SIPJS):
        user = w.lab.user_by_bare_name()
        w.impus.add(user.impu)
        equal(page.tab.run(library, server(False), user.impu, user.password), "registered", "its end")
        request = w.capture.wait_request("REGISTER", match=lambda m, user=user: user.impu in m.get("to") and "response=" in m.get("authorization", ""))
        contains(request.get("authorization"), 'username="%s"' % user.name)
