"""What the person does, what the other side does and what the gateway says, each in the moment of another."""

from cases import case
from checks import equal
from desk import CORE_OF_RETURNING, VOICES, Person
from process import wait_until
from sip import audio_sdp
from wire import Wire

EDGE = {"core": CORE_OF_RETURNING}
YAN = "sip:yan@scripted.example"

# The person is asked whether the page may use the microphone, until allow() is called.
ASKS_FIRST = """() => {
	const devices = navigator.mediaDevices;
	const real = devices.getUserMedia.bind(devices);
	const allowed = new Promise((resolve) => (window.allow = resolve));

	devices.getUserMedia = (wishes) => allowed.then(() => real(wishes));
}"""

# From now on window.described tells that the page has made an offer or an answer.
TELLS = """() => {
	const real = RTCPeerConnection.prototype.setLocalDescription;

	RTCPeerConnection.prototype.setLocalDescription = async function (...what) {
		await real.apply(this, what);
		window.described = true;
	};
}"""

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


def called(core, zoe):
    """-> the INVITE of somebody who calls, which rings"""
    invite = core.terminate("INVITE", zoe.user.impu, body=audio_sdp(core.ip, 4000))
    invite.provisional(180)
    return invite


def talks_to(core, zoe):
    """-> the dialog of somebody who has called, and talks"""
    invite = called(core, zoe)
    zoe.tab.click("answer-button")
    dialog = invite.dialog()
    zoe.until("in-call")
    return dialog


@case("REQ-97")
def hung_up_before_it_was_called(w):
    """who hangs up before the gateway has said that it calls does not leave a telephone ringing"""
    core, wire, zoe = wired_to_a_core(w)
    zoe.until("ready")
    wire.hush_at('"calling"', by_page=False)
    zoe.dial(YAN)
    invite = core.expect("INVITE")
    invite.ringing()
    zoe.tab.click("hangup-button")
    wire.let_go()
    core.expect("CANCEL").reply(200)
    invite.reply(487)
    zoe.until("ready")
    equal(zoe.error(), "", "error")


@case("REQ-100")
def called_while_asked_for_the_microphone(w):
    """both calls are there: the one that comes waits"""
    core, wire, zoe = wired_to_a_core(w)
    zoe.until("ready")
    zoe.tab.run(ASKS_FIRST)
    zoe.dial(YAN)
    zoe.until("calling")
    waits = called(core, zoe)
    zoe.tab.until_visible("waiting")
    zoe.tab.run("() => allow()")
    invite = core.expect("INVITE")
    zoe.tab.click("waiting-decline")
    equal(waits.final().status, 486, "answer to who waits")
    invite.reply(486)
    zoe.until_error("busy")
    zoe.until("ready")


@case("REQ-97")
def called_again_at_once(w):
    """addresses that are none and a number that is busy, one after the other within a second: each is told as what it is"""
    core, wire, zoe = wired_to_a_core(w)
    zoe.until("ready")
    core.handlers["INVITE"] = lambda request: request.reply(486)
    equal(zoe.tab.run(CALL_EACH, ["sip:"] * 6), ["bad-address"] * 6, "ends of calls")
    zoe.dial(YAN)
    zoe.until_error("busy")


def about_to_hold(w):
    """-> who signed in talks; somebody calls, and the gateway does not hear yet that the call is to be held for him"""
    core, wire, zoe = wired_to_a_core(w)
    zoe.until("ready")
    talks = talks_to(core, zoe)
    waits = called(core, zoe)
    zoe.tab.until_visible("waiting")
    wire.hush_at('"request":"hold"', by_page=True)
    zoe.tab.click("waiting-hold")
    wire.until_hushed()
    return core, wire, zoe, talks, waits


@case("REQ-100")
def gives_up_while_the_other_is_held(w):
    """who waits has hung up before the call for him was held: that one is in the foreground, and can be resumed"""
    core, wire, zoe, _, waits = about_to_hold(w)
    waits.cancel()
    zoe.tab.until_hidden("waiting")
    wire.let_go()
    hold = core.expect("INVITE")
    hold.accept(audio_sdp(core.ip, 4000))
    zoe.until("on-hold")
    zoe.tab.click("hold-button")
    core.expect("INVITE").accept(audio_sdp(core.ip, 4000))
    zoe.until("in-call")
    equal(zoe.error(), "", "error")


@case("REQ-100")
def hangs_up_while_held(w):
    """who is to be held has hung up before: the one who waits is answered, once, however often that was clicked"""
    _, wire, zoe, talks, waits = about_to_hold(w)
    zoe.tab.click("waiting-hold")
    equal(talks.bye().status, 200, "answer to who hangs up")
    zoe.tab.until_hidden("waiting")
    wire.let_go()
    waits.dialog()
    zoe.until("in-call")
    equal(zoe.error(), "", "error")


@case("REQ-97")
def both_hang_up(w):
    """what the page says of a call that has ended meanwhile refuses nobody who calls then, nor does the refusal of that keep him from being
    answered"""
    core, wire, zoe = wired_to_a_core(w)
    zoe.until("ready")
    talks = talks_to(core, zoe)
    zoe.tab.run(TELLS)
    wire.hush_at('"request":"hangup"', by_page=True)
    zoe.tab.click("hangup-button")
    wire.until_hushed()
    equal(talks.bye().status, 200, "answer to who hangs up")
    second = called(core, zoe)
    zoe.until("incoming")
    zoe.tab.click("answer-button")
    zoe.tab.until("call", "window.described", what="an answer that waits")
    wire.let_go()
    second.dialog()
    zoe.until("in-call")
    equal(zoe.error(), "", "error")


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


@case("REQ-21", "REQ-102")
def loaded_again_while_cut(w):
    """who loads the page again because nothing goes is signed in when it is back"""
    core, wire, zoe = wired_to_a_core(w)
    zoe.until("ready")
    wire.cut()
    zoe.until("reconnecting")
    refused = wire.refused
    zoe.tab.reload()
    wait_until(lambda: wire.refused > refused, "a try of the next page")
    wire.mend()
    zoe.until("ready")
    equal((zoe.tab.text("me"), zoe.error(), len(core.registers)), ("Zoe", "", 1), "who is signed in, an error, and REGISTERs")


@case("REQ-100", "REQ-102")
def cut_while_a_line_is_added(w):
    """neither the gateway nor the page knows afterwards whether there is a second line: there is, and takes the second call"""
    for last_word in (('"type":"helper"', True), ('"helper":true', False)):
        core, wire, zoe = wired_to_a_core(w, last_word)
        zoe.until("reconnecting")
        wire.mend()
        zoe.until("ready")
        wire.until_said('"helper":true')
        for _ in range(2):
            called(core, zoe)
        zoe.tab.until_visible("waiting")
        zoe.tab.click("waiting-decline")
        zoe.tab.until_hidden("waiting")
        core.retire()
        zoe.tab.close()


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
