"""What the person does, what the other side does and what the gateway says, each in the moment of another."""

from cases import case
from checks import equal
from desk import CORE_OF_RETURNING, VOICES, Person
from process import wait_until
from wire import Wire

EDGE = {"core": CORE_OF_RETURNING}
YAN = "sip:yan@scripted.example"

# Calls one address after another, as fast as each says that it comes to nothing. -> codes of their errors
CALL_EACH = """async (uris) => {
	const ends = [];
	const told = ({ detail }) => detail.state === 'ended' && ends.push(detail.error?.code);

	imsClient.addEventListener('call', told);
	for (const uri of uris)
		await imsClient.call(uri).catch(() => {});
	imsClient.removeEventListener('call', told);
	return ends;
}"""


def wired_to_a_core(w, last_word=None):
    """-> a scripted core, the way to the gateway, which is cut at that word of the page, and who signs in on it"""
    wire = Wire(w.janus.ws_port)
    w.defer(wire.close)
    if last_word:
        wire.cut_at(*last_word)
    core, user = w.core(), w.scripted_user()
    w.run.serve({"Zoe": user}, "ws://127.0.0.1:%d" % wire.port)
    zoe = Person(w, "Zoe", user, VOICES[0])
    zoe.tab.click(zoe.chip)
    return core, wire, zoe


@case("REQ-97")
def called_again_at_once(w):
    """addresses that are none and a number that is busy, one after the other within a second: each is told as what it is"""
    core, wire, zoe = wired_to_a_core(w)
    zoe.until("ready")
    core.handlers["INVITE"] = lambda request: request.reply(486)
    equal(zoe.tab.run(CALL_EACH, ["sip:"] * 6), ["bad-address"] * 6, "ends of calls")
    zoe.dial(YAN)
    zoe.until_error("busy")


@case("REQ-21")
def loaded_again_twice(w):
    """... before the first of the two pages has its session: the second is signed in"""
    core, wire, zoe = wired_to_a_core(w)
    zoe.until("ready")
    wire.hush_at('"claim"', by_page=True)
    zoe.tab.reload()
    wire.until_hushed()
    zoe.tab.reload()
    wire.let_go()
    zoe.until("ready")
    equal((zoe.tab.text("me"), zoe.error()), ("Zoe", ""), "who is signed in, and an error")
    core.wait_register(1)


@case("REQ-102", long=True)
def asked_before_the_cut(w):
    """what the gateway could not answer because of a cut is not held against the connection after it"""
    core, wire, zoe = wired_to_a_core(w)
    zoe.until("ready")
    wire.cut_at('"request":"call"', by_page=True)
    zoe.dial(YAN)
    zoe.until("reconnecting")
    wire.mend()
    zoe.until("ready")
    connections, signs = len(wire.said[True]), keep_alives(wire)
    wait_until(lambda: keep_alives(wire) >= signs + 3, "signs of life for longer than an answer is waited for")
    equal(len(wire.said[True]), connections, "connections")


def keep_alives(wire):
    return sum('"keepalive"' in text for text in wire.texts(by_page=True))


@case("REQ-102", long=True)
def cut_while_it_begins_anew(w):
    """the session is gone, and the connection as well before the next one has a line: there is a telephone in the end"""
    before = sessions(w)
    core, wire, zoe = wired_to_a_core(w)
    zoe.until("ready")
    session, = sessions(w) - before
    wire.cut()
    w.janus.admin("destroy_session", session_id=session)
    wire.cut_at('"attach"', by_page=True)
    wire.mend()
    wait_until(lambda: not wire.whole, "the cut")
    wire.mend()
    zoe.until("ready")
    core.wait_register(2)
    zoe.dial(YAN)
    core.expect("INVITE").reply(486)
    zoe.until_error("busy")


def sessions(w):
    return set(w.janus.admin("list_sessions")["sessions"])
