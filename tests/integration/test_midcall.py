"""Calls that change: holds, updates, the peer's own changes, calls without an offer; who hears whom afterwards."""

import random
import signal
import time

from cases import case
from checks import check, contains, equal, header, lacks_text
from page import answer_of
from process import wait_until
from rtp import RtpSocket, frames, tone, ulaw
from sip import Sdp, addr_of, audio_sdp
from test_dialogs import dial, ring, up
from test_media import Connected

EVENT = (101, "telephone-event/8000")
PCMU, PCMA = ((0, "PCMU/8000"), EVENT), ((8, "PCMA/8000"), EVENT)
PHONE = "127.0.1.85"
SDP = audio_sdp(PHONE, 40000)
VIDEO = "m=video 40010 RTP/AVP 99\r\na=rtpmap:99 H264/90000\r\na=fmtp:99 profile-level-id=42e01f;packetization-mode=1\r\n"


def reoffer(dialog, body, method="INVITE"):
    """The peer changes the call. -> its final answer; an INVITE is acknowledged"""
    answer = dialog.request(method, body=body).final()
    if method == "INVITE" and answer.status == 200:
        dialog.ack()
    return answer


def accept_change(core, body):
    """Our re-INVITE is accepted with this. -> the re-INVITE"""
    again = core.expect("INVITE")
    again.reply(200, ["Contact: <%s>" % core.contact], body)
    core.expect("ACK")
    return again


def phone_sdp(call, codecs=PCMU, **options):
    return audio_sdp(call.phone.ip, call.phone.port, codecs, **options)


# ------------------------------------------------------------------ the peer holds
@case("REQ-98", "REQ-92")
def peer_holds_and_resumes(w):
    """sendonly, inactive and the old c=0.0.0.0, by re-INVITE and by UPDATE: mirrored, and the page is told once"""
    core, page, dialog = up(w)
    holds = ((audio_sdp(PHONE, 40000, direction="sendonly"), "recvonly", "sendonly"),
             (audio_sdp(PHONE, 40000, direction="inactive"), "inactive", "inactive"),
             (audio_sdp("0.0.0.0", 40000), "recvonly", "sendonly"))
    for method in ("INVITE", "UPDATE"):
        for body, mirrored, told in holds:
            page.forget()
            for _ in range(2):
                answer = reoffer(dialog, body, method)
                equal((answer.status, answer.sdp.audio.direction), (200, mirrored), "hold", answer)
            equal(page.wait("peerholding")["direction"], told, "direction")
            check(page.status()["call"]["peer_holds"], "status does not say so")
            answer = reoffer(dialog, SDP, method)
            equal((answer.status, answer.sdp.audio.direction), (200, "sendrecv"), "resume", answer)
            page.wait("peerresuming")
    equal([n for n in page.names() if n.startswith("peer")], ["peerholding", "peerresuming"] * 6, "events")
    equal(dialog.bye().status, 200, "BYE")
    page.wait("hangup")


@case("REQ-98")
def both_hold(w):
    """each side holds and resumes while the other does: the directions stay true, and both hear each other again"""
    call = Connected(w)
    call.page.send("hold")
    accept_change(call.core, phone_sdp(call, direction="recvonly"))
    call.page.wait("holding")
    answer = reoffer(call.dialog, phone_sdp(call, direction="sendonly"))
    equal(answer.sdp.audio.direction, "inactive", "answer to a hold while we hold", answer)
    call.page.wait("peerholding")
    call.page.send("unhold")
    again = accept_change(call.core, phone_sdp(call, direction="sendonly"))
    equal(again.sdp.audio.direction, "sendrecv", "our resume", again)
    check(call.page.status()["call"]["peer_holds"], "the peer holds still")
    equal(reoffer(call.dialog, phone_sdp(call)).sdp.audio.direction, "sendrecv", "the peer's resume")
    call.page.wait("peerresuming")
    call.both_hear()


@case("REQ-98")
def held_far_end_is_not_heard(w):
    """while we hold, what the far end says reaches nobody, whether or not it knows; afterwards both go on at once"""
    call = Connected(w)
    call.both_hear()
    call.page.ask("hold", "holding")
    refused = call.core.expect("INVITE")
    refused.reply(488)
    call.core.expect("ACK")
    said = frames(ulaw(tone(700, 0.5)))
    call.phone.play(said)
    check(not {p.payload for p in call.browser.rtp.received} & set(said), "the browser hears it")
    call.page.send("unhold")
    accept_change(call.core, phone_sdp(call))
    call.page.wait("resuming")
    call.both_hear()


def hold_with_a_jump(call, hold, resume, seconds):
    """Audio before; a hold of so long, in which the far end's numbers jump back and its SSRC changes; audio after."""
    call.both_hear()
    ssrc = {p.ssrc for p in call.browser.rtp.received}
    hold()
    time.sleep(seconds)
    call.phone.seq = (call.phone.seq - 20000) & 0xffff
    call.phone.timestamp = (call.phone.timestamp - 3 * 10 ** 8) & 0xffffffff
    call.phone.ssrc ^= 0x5a5a5a5a
    resume()
    call.both_hear()
    packets = list(call.browser.rtp.received)
    equal({p.ssrc for p in packets}, ssrc, "SSRC at the browser")
    steps = {(b.seq - a.seq) & 0xffff for a, b in zip(packets, packets[1:])}
    check(steps <= {1, 2}, "steps of the sequence at the browser: %r" % steps)


def holds_of(call):
    """(hold, resume) of the peer, of us, and of both"""
    def ours(request, direction):
        call.page.send(request)
        accept_change(call.core, phone_sdp(call, direction=direction))
    return {"peer": (lambda: reoffer(call.dialog, phone_sdp(call, direction="inactive")),
                     lambda: reoffer(call.dialog, phone_sdp(call))),
            "us": (lambda: ours("hold", "recvonly"), lambda: ours("unhold", "sendrecv"))}


@case("REQ-98")
def hold_and_a_jump(w):
    """after a hold the far end goes on with other numbers: the browser hears it, in one unbroken stream"""
    call = Connected(w)
    for hold, resume in holds_of(call).values():
        hold_with_a_jump(call, hold, resume, 0.5)


@case("REQ-98", timeout_s=300, long=True)
def hold_of_90_s_and_a_jump(w):
    """the same after a minute and a half, each way"""
    call = Connected(w)
    for hold, resume in holds_of(call).values():
        hold_with_a_jump(call, hold, resume, 90)


@case("REQ-92")
def peer_moves_by_update(w):
    """UPDATE with another address and port: media follows, both ways"""
    call = Connected(w)
    call.both_hear()
    moved = RtpSocket("127.0.1.88", call.phone.remote)
    w.defer(moved.close)
    answer = reoffer(call.dialog, audio_sdp(moved.ip, moved.port, version=2), "UPDATE")
    equal((answer.status, answer.sdp.audio.port), (200, call.phone.remote[1]), "answer", answer)
    header(answer, "Contact")
    call.phone = moved
    call.both_hear()


# --------------------------------------------------------------------- the page's own
@case("REQ-98")
def page_changes_its_codec(w):
    """update: a re-INVITE with what the page offers now, its answer to the page, and audio both ways in it"""
    for incoming in (True, False):
        call = Connected(w, incoming)
        call.both_hear()
        transaction = call.page.send("update", call.browser.reoffer(PCMA))
        call.page.wait("updating", transaction=transaction)
        again = accept_change(call.core, phone_sdp(call, PCMA, version=2))
        check("PCMA/8000" in again.sdp.audio.codecs and "PCMU/8000" not in again.sdp.audio.codecs,
              "codecs", again)
        equal(again.sdp.audio.port, call.phone.remote[1], "our port", again)
        updated = call.page.wait("updated", transaction=transaction)
        equal(set(answer_of(updated).audio.codecs), {"PCMA/8000", "telephone-event/8000"}, "answer", updated)
        call.browser.take_answer(updated.jsep)
        call.both_hear(pt=8)
        call.page.send("hangup")
        call.core.expect("BYE").reply(200)
        call.core.close()


@case()
def update_that_the_peer_refuses(w):
    """488: updatefailed, and the call goes on as it was; so after an answer that makes no sense"""
    call = Connected(w)
    call.page.send("update", call.browser.reoffer(PCMA))
    call.core.expect("INVITE").reply(488, reason="Not This Time")
    call.core.expect("ACK")
    event = call.page.wait("updatefailed")
    equal((event["code"], event["reason"]), (488, "Not This Time"), "event", event)
    call.both_hear()
    call.page.send("update", call.browser.reoffer(PCMA))
    accept_change(call.core, "garbage")
    equal(call.page.wait("updatefailed")["code"], 488, "code")
    again = accept_change(call.core, phone_sdp(call))       # the peer is told what really runs
    check("PCMU/8000" in again.sdp.audio.codecs, "codecs", again)
    call.both_hear()


@case()
def update_meets_a_change_of_the_peer(w):
    """glare: 491 each way, the peer's comes through, then ours"""
    core, page, dialog = up(w)
    page.send("update", page.browser.offer())
    ours = core.expect("INVITE")
    theirs = dialog.request("INVITE", body=SDP).final()
    equal(theirs.status, 491, "re-INVITE that crosses ours", theirs)
    theirs = dialog.request("UPDATE", body=SDP).final()
    equal(theirs.status, 491, "UPDATE that crosses ours", theirs)
    ours.reply(491)
    core.expect("ACK")
    while reoffer(dialog, SDP).status == 491:       # now and then ours comes again at once
        core.expect("INVITE").reply(491)
        core.expect("ACK")
    again = accept_change(core, SDP)
    equal(again.sdp.session[1].split()[1:2], ours.sdp.session[1].split()[1:2], "o= session", again)
    page.wait("updated")
    page.send("hangup")
    core.expect("BYE").reply(200)


@case("REQ-98")
def hold_and_update_at_once(w):
    """a hold in the middle of an update, an update in the middle of a hold: one after the other, none lost"""
    core, page, dialog = up(w)
    page.ask("update", "updating", jsep=page.browser.offer())
    first = core.expect("INVITE")
    page.ask("hold", "holding")
    core.expect_nothing("INVITE", 0.3)
    first.reply(200, ["Contact: <%s>" % core.contact], SDP)
    core.expect("ACK")
    page.wait("updated")
    held = core.expect("INVITE")
    equal(held.sdp.audio.direction, "sendonly", "the hold", held)
    page.ask("update", "updating", jsep=page.browser.offer())
    equal(page.handle.refused("update", jsep=page.browser.offer())[0], 447, "one more update")
    held.reply(200, ["Contact: <%s>" % core.contact], audio_sdp(PHONE, 40000, direction="recvonly"))
    core.expect("ACK")
    again = accept_change(core, audio_sdp(PHONE, 40000, direction="recvonly"))
    equal(again.sdp.audio.direction, "sendonly", "the update, still held", again)
    page.wait("updated")
    check(page.status()["call"]["held"], "not held any more")
    page.send("unhold")
    equal(accept_change(core, SDP).sdp.audio.direction, "sendrecv", "direction")
    page.send("hangup")
    core.expect("BYE").reply(200)


@case()
def update_out_of_place(w):
    """without a call, an offer of the peer, a JSEP: refused, and nothing is sent"""
    core, page = w.scripted()
    equal(page.refused("update", jsep=page.browser.offer())[0], 447, "without a call")
    core.close()
    core, page, dialog = up(w)
    answer = {"type": "answer", "sdp": page.browser.offer()["sdp"]}
    equal(page.handle.refused("update", jsep=answer)[0], 447, "answer to nothing")
    equal(page.handle.refused("update")[0], 448, "without a JSEP")
    equal(page.handle.refused("decline")[0], 447, "decline of nothing")
    core.expect_nothing("INVITE", 0.2)
    page.send("hangup")
    core.expect("BYE").reply(200)


@case()
def answer_in_the_middle_of_an_update(w):
    """refused, and the update that is under way keeps its transaction"""
    core, page, dialog = up(w)
    offer = page.browser.offer()
    transaction = page.send("update", jsep=offer)
    ours = core.expect("INVITE")
    equal(page.handle.refused("update", jsep={"type": "answer", "sdp": offer["sdp"]})[0], 447, "answer to nothing")
    ours.reply(200, ["Contact: <%s>" % core.contact], SDP)
    core.expect("ACK")
    page.wait("updated", transaction=transaction)
    page.send("hangup")
    core.expect("BYE").reply(200)


@case("REQ-127", "REQ-124")
def page_adds_and_removes_video(w):
    """a second m-line in the update: a port for it, an answer for the page; refused by the peer; taken away again"""
    core, page, dialog = up(w)
    ports = set()
    for answer, live in ((SDP + "m=video 0 RTP/AVP 99\r\n", False), (SDP + VIDEO, True)):
        page.ask("update", "updating", jsep=page.browser.offer(video=True))
        again = accept_change(core, answer)
        equal([(m.kind, bool(m.port)) for m in again.sdp.media], [("audio", True), ("video", True)], "offer", again)
        ports.add(again.sdp.audio.port)
        video = answer_of(page.wait("updated")).media[1]
        equal((video.kind, bool(video.port)), ("video", live), "answer")
    equal(len(ports), 1, "our ports for audio")
    offer = page.browser.offer(video=True)
    head, tail = offer["sdp"].split("m=video 9 ")
    page.ask("update", "updating", jsep={"type": "offer", "sdp": head + "m=video 0 " + tail})
    again = accept_change(core, SDP + "m=video 0 RTP/AVP 99\r\n")
    equal([bool(m.port) for m in again.sdp.media], [True, False], "offer without video", again)
    page.wait("updated")
    page.send("hangup")
    core.expect("BYE").reply(200)


# --------------------------------------------------------------- the peer's, with the page
@case("REQ-98")
def peer_wants_another_codec(w):
    """the browser must send something else: updatingcall, update with its answer, audio both ways in it"""
    for method in ("INVITE", "UPDATE"):
        call = Connected(w)
        call.both_hear()
        change = call.dialog.request(method, body=phone_sdp(call, PCMA, version=2))
        event = call.page.wait("updatingcall")
        equal(Sdp(call.page.status().sdp).audio.lines[0], Sdp(event.sdp).audio.lines[0], "the offer in status")
        call.page.ask("update", "updated", jsep=call.browser.reanswer(event.jsep, PCMA))
        answer = change.final()
        equal((answer.status, answer.sdp.audio.port), (200, call.phone.remote[1]), "answer", answer)
        if method == "INVITE":
            call.dialog.ack()
        call.both_hear(pt=8)
        equal(call.dialog.bye().status, 200, "BYE")
        call.core.close()


@case()
def page_does_not_answer(w):
    """an updatingcall that the page leaves alone: the peer gets 488 in time, and both go on as before"""
    call = Connected(w, janus=w.own_janus(general={"update_timeout_s": 1}))
    change = call.dialog.request("INVITE", body=phone_sdp(call, PCMA, version=2))
    call.page.wait("updatingcall")
    equal(change.final().status, 488, "never answered", change.final())
    equal(call.page.wait("updatefailed")["code"], 408, "code")
    equal(call.page.handle.refused("update", jsep={"type": "answer", "sdp": call.browser.offer()["sdp"]})[0],
          447, "answered too late")
    call.both_hear()


@case()
def peer_asks_in_vain(w):
    """declined, withdrawn: the peer gets what the page says, and both go on as before"""
    call = Connected(w)
    other = phone_sdp(call, PCMA, version=2)
    change = call.dialog.request("INVITE", body=other)
    call.page.wait("updatingcall")
    equal(call.page.ask("decline", "declining")["code"], 488, "code")
    equal(change.final().status, 488, "declined", change.final())
    equal(call.page.wait("updatefailed")["code"], 488, "code")
    change = call.dialog.request("INVITE", body=other)
    call.page.wait("updatingcall")
    equal(change.cancel().final().status, 200, "CANCEL")
    equal(change.final().status, 487, "withdrawn", change.final())
    equal(call.page.wait("updatefailed")["code"], 487, "code")
    call.both_hear()


@case()
def call_ends_while_the_page_thinks(w):
    """BYE of the peer, hang-up and detach of the page while an updatingcall is open: the change gets 487, no more"""
    other = audio_sdp(PHONE, 40000, PCMA)
    for end in ("peer", "hangup", "detach"):
        core, page, dialog = up(w)
        reoffer(dialog, audio_sdp(PHONE, 40000, PCMU))
        change = dialog.request("INVITE", body=other)
        page.wait("updatingcall")
        if end == "peer":
            equal(dialog.bye().status, 200, "BYE")
        else:
            page.send("hangup") if end == "hangup" else page.detach()
            core.expect("BYE").reply(200)
        equal(change.final().status, 487, "the change", change.final())
        if end != "detach":
            page.wait("hangup")
        core.close()


@case("REQ-127")
def streams_that_come_and_go(w):
    """video of the peer: refused alone as a rule, shown to a page that said autoaccept_reinvites false"""
    core, page, dialog = up(w)
    answer = reoffer(dialog, SDP + VIDEO)
    equal([bool(m.port) for m in answer.sdp.media], [True, False], "m-lines", answer)
    lacks_text(page.story(), "updatingcall")
    page.ask("update", "updating", jsep=page.browser.offer())     # the browser knows of one line only
    again = accept_change(core, SDP + "m=video 0 RTP/AVP 99\r\n")
    equal([bool(m.port) for m in again.sdp.media], [True, False], "m-lines", again)
    equal([m.kind for m in answer_of(page.wait("updated")).media], ["audio"], "m-lines of the answer")
    equal(dialog.bye().status, 200, "BYE")
    core.close()
    core, page = w.scripted()
    invite, event = ring(core, page)
    page.ask("accept", "accepted", jsep=page.browser.answer(event.sdp), autoaccept_reinvites=False)
    dialog = invite.dialog()
    page.until_up()
    for direction, want in (("sendonly", "recvonly"), ("sendrecv", "sendrecv")):    # never a matter of the page
        answer = reoffer(dialog, audio_sdp(PHONE, 40000, direction=direction))
        equal(answer.sdp.audio.direction, want, "direction", answer)
    change = dialog.request("INVITE", body=SDP + VIDEO)
    event = page.wait("updatingcall")
    equal([m.kind for m in Sdp(event.sdp).media], ["audio", "video"], "m-lines", event)
    page.ask("update", "updated", jsep=page.browser.answer(event.sdp))
    equal([bool(m.port) for m in change.final().sdp.media], [True, False], "m-lines", change.final())
    dialog.ack()
    equal(dialog.bye().status, 200, "BYE")
    page.wait("hangup")


@case("REQ-92")
def changes_that_overlap(w):
    """a second change of the peer while one is open: 500 with Retry-After"""
    core, page, dialog = up(w)
    change = dialog.request("INVITE", body=audio_sdp(PHONE, 40000, ((9, "G722/8000"),)))
    page.wait("updatingcall")
    for method in ("INVITE", "UPDATE"):
        answer = dialog.request(method, body=SDP).final()
        equal(answer.status, 500, method, answer)
        header(answer, "Retry-After")
    page.ask("decline", "declining")
    change.final()
    equal(reoffer(dialog, SDP).status, 200, "afterwards")
    for body, kind, status in (("x", "text/plain", 415), ("garbage", "application/sdp", 488), ("v=0\r\n", "application/sdp", 488)):
        answer = dialog.request("UPDATE", body=body, body_type=kind).final()
        equal(answer.status, status, "%s as %s" % (body, kind), answer)
    dialog.bye()
    page.wait("hangup")


@case()
def change_that_is_never_acknowledged(w):
    """no ACK to our 200: the call ends with BYE (RFC 3261 14.2)"""
    janus = w.own_janus(sip={"sip_t1_ms": 50})
    core, page, dialog = up(w, janus=janus)
    equal(dialog.request("INVITE", body=SDP).final().status, 200, "re-INVITE")
    core.expect("BYE").reply(200)
    equal(page.wait("hangup")["code"], 408, "code")


MIRROR = {"sendonly": "recvonly", "recvonly": "sendonly", "inactive": "inactive", "sendrecv": "sendrecv"}


def cross(call, chance, steps):
    """Both sides hold, resume and change at random; whatever meets is refused or waits, nobody is left behind."""
    def answer(request):
        if chance.random() < 0.2:
            request.reply(491)
        else:
            request.reply(200, ["Contact: <%s>" % call.core.contact],
                          phone_sdp(call, direction=MIRROR[request.sdp.audio.direction]))

    def peer(method, body):
        final = reoffer(call.dialog, body, method)
        check(final.status in (200, 491, 500), method, final)

    def update():
        call.page.send("update", call.browser.reoffer(PCMU))
        call.browser.take_answer(call.page.wait("updated").jsep)

    call.core.handlers.update(INVITE=answer, ACK=lambda request: None)
    does = [lambda: call.page.send("hold"), lambda: call.page.send("unhold"), update,
            lambda: peer("INVITE", phone_sdp(call, direction="sendonly")), lambda: peer("UPDATE", phone_sdp(call)),
            lambda: peer("INVITE", phone_sdp(call)), lambda: peer("INVITE", "")]
    for _ in range(steps):
        chance.choice(does)()


@case("REQ-92", "REQ-98")
def changes_that_cross(w):
    """holds, updates, re-INVITEs with and without an offer, UPDATEs, in any order: afterwards both hear each other"""
    crossing(w, 5)


@case("REQ-92", "REQ-98", timeout_s=1200, long=True)
def changes_that_cross_in_many_ways(w):
    """the same in thirty orders"""
    for seed in range(100, 130):
        crossing(w, seed)


def crossing(w, seed):
    call = Connected(w)
    cross(call, random.Random(seed), 20)
    call.page.ask("unhold", "resuming")
    wait_until(lambda: reoffer(call.dialog, phone_sdp(call)).status == 200, "the last change of the peer")
    wait_until(lambda: not call.page.status()["call"]["peer_holds"], "resumed")

    def hears():
        phone, browser = call.talk(0.3, want=0)
        return len(phone) > 8 and len(browser) > 8
    wait_until(hears, "audio both ways, order %d" % seed)
    call.both_hear()
    call.page.send("hangup")
    call.core.close()
    call.browser.close()
    call.phone.close()


# ---------------------------------------------------------------------- without an offer
@case("REQ-97")
def call_without_an_offer(w):
    """the page offers as it accepts; the answer comes with the ACK: accepting, accepted, audio both ways"""
    core, page = w.scripted()
    browser, phone = w.webrtc(), RtpSocket(PHONE)
    w.defer(phone.close)
    invite = core.terminate("INVITE", page.user.impu)
    event = page.incoming()
    equal(event.jsep, None, "JSEP of incomingcall", event)
    page.ask("accept", "accepting", jsep=browser.offer())
    answer = invite.final()
    check({"PCMU/8000", "telephone-event/8000"} <= set(answer.sdp.audio.codecs), "our offer", answer)
    equal(page.handle.refused("hold")[0], 447, "hold before the call is up")
    dialog = invite.dialog(body=audio_sdp(phone.ip, phone.port))
    browser.take_answer(page.wait("accepted").jsep)
    browser.wait_up(page.handle)
    call = Connected.__new__(Connected)
    call.core, call.page, call.browser, call.phone, call.dialog = core, page, browser, phone, dialog
    call._aim(answer)
    call.both_hear()
    equal(dialog.bye().status, 200, "BYE")
    equal(page.wait("hangup")["code"], 200, "code")


@case("REQ-97")
def call_without_an_offer_or_answer(w):
    """an ACK with nothing or nonsense: BYE, and the page hears 488; changes before it get 491"""
    for body in ("", "garbage", audio_sdp(PHONE, 0)):
        core, page = w.scripted()
        invite = core.terminate("INVITE", page.user.impu)
        page.incoming()
        page.ask("accept", "accepting", jsep=page.browser.offer())
        dialog = invite.dialog(body=body)
        bye = core.expect("BYE")
        bye.reply(200)
        contains(header(bye, "Reason"), "cause=488")
        equal(page.wait("hangup")["code"], 488, "code")
        core.close()


@case("REQ-97")
def change_without_an_offer(w):
    """an offerless re-INVITE: our 200 offers what runs, the ACK moves the media"""
    call = Connected(w)
    call.both_hear()
    moved = RtpSocket("127.0.1.88", call.phone.remote)
    w.defer(moved.close)
    answer = call.dialog.request("INVITE").final()
    equal((answer.status, answer.sdp.audio.port, set(answer.sdp.audio.codecs)),
          (200, call.phone.remote[1], {"PCMU/8000", "telephone-event/8000"}), "our offer", answer)
    equal(call.dialog.request("UPDATE", body=phone_sdp(call)).final().status, 491, "UPDATE before the ACK")
    call.dialog.ack(call.dialog.cseq - 1, body=audio_sdp(moved.ip, moved.port, version=2))
    call.phone = moved
    word, = frames(ulaw(tone(1000, 0.02)))      # nothing else tells that the ACK has been read
    wait_until(lambda: call.browser.rtp.send(word) or moved.wait(0), "sound where the ACK wants it")
    call.both_hear()
    answer = call.dialog.request("INVITE").final()
    call.dialog.ack()       # no answer: all stays
    call.both_hear()
    equal(call.dialog.bye().status, 200, "BYE")


# --------------------------------------------------------------------------- loss
@case("REQ-113")
def silence_of_the_far_end(w):
    """no RTP and RTCP for rtp_timeout_s: BYE with a Reason; not while somebody holds, nor while it talks"""
    janus = w.own_janus(network={"rtp_timeout_s": 2})
    call = Connected(w, janus=janus, direction="inactive")      # on hold, until it is connected
    reoffer(call.dialog, phone_sdp(call))
    call.phone.play(frames(ulaw(tone(440, 3))))     # longer than the limit
    equal(call.page.status()["call"]["state"], "up", "state while it talks")
    reoffer(call.dialog, phone_sdp(call, direction="inactive"))
    time.sleep(3)
    equal(call.page.status()["call"]["state"], "up", "state on hold")
    reoffer(call.dialog, phone_sdp(call))
    bye = call.core.expect("BYE")
    bye.reply(200)
    contains(header(bye, "Reason"), "cause=408")
    event = call.page.wait("hangup")
    equal(event["code"], 408, "code", event)


@case("REQ-102")
def silence_of_the_browser(w):
    """a browser that is cut off without a word, which Janus does not tell: BYE with a Reason; not while it talks"""
    janus = w.own_janus(media={"browser_timeout_s": 3})
    call = Connected(w, janus=janus)
    reoffer(call.dialog, phone_sdp(call, direction="inactive"))     # a hold by the peer does not reach it
    call.browser.rtp.play(frames(ulaw(tone(440, 4))))               # longer than the limit
    equal(call.page.status()["call"]["state"], "up", "state while it talks")
    browser = w.run.gateway().process.child
    browser.send_signal(signal.SIGSTOP)
    w.defer(browser.send_signal, signal.SIGCONT)
    bye = call.core.expect("BYE")
    bye.reply(200)
    contains(header(bye, "Reason"), "cause=503")
    equal(call.page.wait("hangup")["code"], 503, "code")


@case("REQ-102")
def page_is_lost_in_each_state(w):
    """calling, ringing, rung at, changing: CANCEL, 480 or BYE at once, with its reason"""
    core, page = w.scripted()
    invite = dial(core, page)
    page.detach()
    invite.reply(100)
    lost(core, "CANCEL")
    core.close()
    core, page = w.scripted()
    dial(core, page).ringing()
    page.wait("ringing")
    page.detach()
    lost(core, "CANCEL")
    core.close()
    core, page = w.scripted()
    invite, _ = ring(core, page)
    page.detach()
    equal(invite.final().status, 480, "answer", invite.final())
    core.close()
    core, page, _ = up(w)
    page.ask("hold", "holding")
    core.expect("INVITE")
    page.detach()
    lost(core, "BYE")


def lost(core, method):
    request = core.expect(method)
    request.reply(200)
    contains(header(request, "Reason"), "cause=503")
