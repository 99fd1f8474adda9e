"""The handle ends in every state of a call: the far end hears of it, and nothing is left."""

import edge
from cases import case
from checks import check, equal, header
from peer import Silence
from process import counters, wait_counters
from sip import audio_sdp

SDP = audio_sdp("127.0.1.85", 40000)
LOST = "^SIP;cause=503;text="       # 24.229 5.2.8: why the edge ends it


def ways_to_go(page):
    """All of them are the same to the plugin."""
    return {"detach": page.detach, "destroy": page.handle.session.destroy,
            "lost connection": page.handle.client.close}


def each_way(w, state):
    """Runs state(core, page, proceed), which brings a call into a state and says afterwards what
    the core must see; once for each end of a handle."""
    for way in ("detach", "destroy", "lost connection"):
        core, page = w.scripted()
        binding = core.registrations[page.user.impu]
        before = w.janus.pid
        state(core, page, ways_to_go(page)[way])
        equal(w.janus.pid, before, "pid of Janus")
        core.close()
        check(binding is not None, "no binding")


def outgoing(core, page):
    page.call("sip:+4930999@scripted.example")
    return core.expect("INVITE")


def incoming(core, page):
    invite = core.terminate("INVITE", page.user.impu, body=SDP)
    return invite, page.incoming()


@case("REQ-102")
def detach_before_any_answer(w):
    """calling: CANCEL follows as soon as the first provisional answer allows it"""
    def state(core, page, leave):
        invite = outgoing(core, page)
        leave()
        invite.reply(180)
        cancel = core.expect("CANCEL")
        header(cancel, "Reason", LOST)
        cancel.reply(200)
        invite.reply(487)
        core.expect("ACK")
    each_way(w, state)


@case("REQ-102")
def detach_while_ringing_out(w):
    """ringing: CANCEL"""
    def state(core, page, leave):
        invite = outgoing(core, page)
        invite.ringing()
        page.wait("ringing")
        leave()
        cancel = core.expect("CANCEL")
        header(cancel, "Reason", LOST)
        cancel.reply(200)
        invite.reply(487)
        core.expect("ACK")
    each_way(w, state)


@case("REQ-102")
def detach_in_early_media(w):
    """progress: CANCEL"""
    def state(core, page, leave):
        invite = outgoing(core, page)
        invite.progress(SDP)
        page.wait("progress")
        leave()
        cancel = core.expect("CANCEL")
        header(cancel, "Reason", LOST)
        cancel.reply(200)
        invite.reply(487)
        core.expect("ACK")
    each_way(w, state)


@case("REQ-102")
def detach_when_answered(w):
    """200 crosses the end: ACK and BYE"""
    def state(core, page, leave):
        invite = outgoing(core, page)
        invite.ringing()
        page.wait("ringing")
        leave()
        core.expect("CANCEL").reply(200)
        invite.accept(SDP)
        core.expect("ACK")
        core.expect("BYE").reply(200)
    each_way(w, state)


@case("REQ-102")
def detach_while_ringing_in(w):
    """incoming: the caller gets a final answer"""
    def state(core, page, leave):
        invite, _ = incoming(core, page)
        leave()
        final = invite.final()
        check(final.status in (480, 486, 487), "answer", final)
    each_way(w, state)


@case("REQ-102")
def detach_in_a_call(w):
    """up: BYE"""
    def state(core, page, leave):
        invite, event = incoming(core, page)
        page.accept(event)
        invite.dialog()
        leave()
        bye = core.expect("BYE")
        header(bye, "Reason", LOST)
        bye.reply(200)
    each_way(w, state)


@case("REQ-102")
def detach_while_hanging_up(w):
    """ending: one BYE, no more"""
    def state(core, page, leave):
        invite, event = incoming(core, page)
        page.accept(event)
        invite.dialog()
        page.send("hangup")
        leave()
        core.expect("BYE").reply(200)
        try:
            second = core.expect("BYE", 0.7)
        except Silence:
            return
        raise AssertionError("a second BYE\n" + second.text())
    each_way(w, state)


@case("REQ-102")
def detach_before_the_ack(w):
    """accepted, the caller's ACK not there yet: BYE after it"""
    def state(core, page, leave):
        invite, event = incoming(core, page)
        page.accept(event)
        invite.final()
        leave()
        invite.dialog()
        core.expect("BYE").reply(200)
    each_way(w, state)


@case("REQ-102", "REQ-101")
def connection_closed(w):
    """the page closes its PeerConnection, and keeps its handle: CANCEL or BYE with a Reason; the page hears why"""
    core, page = w.scripted()
    invite = outgoing(core, page)
    invite.ringing()
    page.wait("ringing")
    page.handle.close_connection()
    cancel = core.expect("CANCEL")
    header(cancel, "Reason", LOST)
    cancel.reply(200)
    invite.reply(487)
    check("media" in page.wait("hangup")["reason"], "the page does not hear why")
    page.connection_gone()
    invite, event = incoming(core, page)
    page.accept(event)
    invite.dialog()
    page.until_up()
    page.handle.close_connection()
    bye = core.expect("BYE")
    header(bye, "Reason", LOST)
    bye.reply(200)
    equal(page.wait("hangup")["code"], 503, "code")


@case("REQ-101")
def hung_up_with_its_connection_closed(w):
    """the page closes its PeerConnection and hangs up; Janus tells of the former first: it has hung up, nothing was lost"""
    core, page = w.scripted()
    invite, event = incoming(core, page)
    page.accept(event)
    invite.dialog()
    page.until_up()
    page.handle.close_connection()
    page.wait("core:hangup")
    equal(page.hangup()["code"], 200, "code")
    bye = core.expect("BYE")
    header(bye, "Reason", "^Q.850;cause=16")
    bye.reply(200)


@case()
def nothing_is_left(w):
    """threads, descriptors and UDP sockets after all of it as before"""
    core, page = w.scripted()
    page.detach()

    def one_of_each():
        called = w.registered(w.scripted_user())
        invite, event = incoming(core, called)
        called.accept(event)
        invite.dialog()
        called.handle.client.close()
        core.expect("BYE").reply(200)
        calling = w.registered(w.scripted_user("yan"))
        invite = outgoing(core, calling)
        invite.ringing()
        calling.wait("ringing")
        calling.handle.client.close()
        core.expect("CANCEL").reply(200)
        invite.reply(487)
        core.expect("ACK")

    one_of_each()       # what is started once for all
    start, alive = counters(w.janus.pid), {**edge.objects(w.janus), "invites": 0, "media": 0, "ports": 0}
    for _ in range(5):
        one_of_each()
    wait_counters(w.janus.pid, start)
    edge.wait_objects(w.janus, alive)
