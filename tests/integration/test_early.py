"""We call, and nobody has answered yet: what comes before the answer, at a scripted core."""

import edge
from cases import case
from checks import check, contains, equal, header, lacks_text
from page import answer_of
from process import wait_until
from rtp import RtpSocket, frames, tone, ulaw
from sip import Sdp, audio_sdp
from test_authorization import Strict

FAR = "sip:+4930999@scripted.example"
EVENTS = (101, "telephone-event/8000")
PCMU, PCMA = ((0, "PCMU/8000"), EVENTS), ((8, "PCMA/8000"), EVENTS)
QOS = ["curr:qos local %s", "curr:qos remote sendrecv", "des:qos mandatory local sendrecv",
       "des:qos mandatory remote sendrecv"]


def dial(w, jsep=None, **options):
    """A page calls. -> core, page, the INVITE there"""
    core, page = w.scripted(**options)
    page.call(FAR, jsep=jsep)
    return core, page, core.expect("INVITE")


def pracked(core, rseq, tag=None):
    """The PRACK of that answer, which gets its 200."""
    prack = core.expect("PRACK")
    equal(prack.get("rack"), "%d 1 INVITE" % rseq, "RAck", prack)
    check(tag is None or prack.tag("to") == tag, "another dialog than %s" % tag, prack)
    prack.reply(200)
    return prack


def with_qos(sdp, local, *more):
    """Preconditions of who has reserved so much of his side."""
    return sdp + "".join("a=%s\r\n" % line for line in [QOS[0] % local, *QOS[1:], *more])


def descriptions(page):
    return sum(1 for m in page.handle.received if m.get("jsep"))


def end(core, page):
    page.send("hangup")
    core.expect("BYE").reply(200)
    page.wait("hangup")


@case("REQ-89")
def reliable_answers_in_order(w):
    """each is PRACKed once, in its order and dialog; what is repeated, or comes too soon, is not heeded"""
    core, page, invite = dial(w)
    header(invite, "Supported", r"\b100rel\b")
    one, two = invite.fork("one"), invite.fork("two")
    one.reliable(183, 7001)
    first = pracked(core, 7001, "one")
    two.reliable(183, 41)
    equal(pracked(core, 41, "two").cseq, first.cseq, "CSeq of the first PRACK in each dialog", first)
    one.reliable(183, 7001)
    one.reliable(180, 7003)
    core.expect_nothing("PRACK", 0.3)
    lacks_text(" ".join(page.names()), "ringing", "events")
    one.reliable(180, 7002)
    equal(pracked(core, 7002, "one").cseq, first.cseq + 1, "CSeq", first)
    page.wait("ringing")
    one.reliable(180, 7003)
    pracked(core, 7003, "one")
    one.accept(audio_sdp(core.ip, 40000))
    check(page.wait("accepted").jsep, "no answer for the page")
    lacks_text(str([m for m in page.handle.received]), "100rel")
    end(core, page)


@case("REQ-89")
def pracks_nobody_answers(w):
    """who goes on without answering them gets no more than a few; he repeats the rest once he has"""
    core, page, invite = dial(w)
    far = invite.fork("one")
    for number in range(1, 10):
        far.reliable(183, number)
    pracks = [core.expect("PRACK", match=lambda request, number=number: request.get("rack") == "%d 1 INVITE" % number)
              for number in range(1, 9)]
    core.expect_nothing("PRACK", 0.2, lambda request: request.get("rack") == "9 1 INVITE")
    for prack in pracks:
        prack.reply(200)
    far.reliable(183, 9)
    pracked(core, 9)
    far.accept(audio_sdp(core.ip, 40000))
    page.wait("accepted")
    end(core, page)


@case("REQ-89")
def prack_is_challenged(w):
    """role ue: the PRACK goes again with credentials, and the call goes on"""
    janus = w.own_janus(network={"role": "ue"})
    strict = Strict(w, once=True, janus=janus)
    strict.page.call(FAR)
    _, invite = strict.expect("INVITE")
    invite.reliable(183, 9, audio_sdp(strict.core.ip, 40000))
    first, prack = strict.expect("PRACK")
    check(first, "was not challenged", prack)
    equal(prack.get("rack"), "9 %d INVITE" % invite.cseq, "RAck", prack)
    prack.reply(200)
    check(strict.page.wait("progress").jsep, "no answer for the page")
    invite.accept(audio_sdp(strict.core.ip, 40000))
    equal(strict.page.wait("accepted").jsep, None, "JSEP of accepted")


@case("REQ-89")
def a_dialog_that_is_gone(w):
    """481 to a PRACK takes its fork out, another answers; nobody's PRACK is 481"""
    core, page, invite = dial(w)
    gone, there = invite.fork("gone"), invite.fork("there")
    gone.reliable(183, 5, audio_sdp("127.0.1.85", 41000))
    page.wait("progress")
    core.expect("PRACK").reply(481)
    stray = gone.dialog().request("PRACK", ["RAck: 1 1 INVITE"])
    equal(stray.final().status, 481, "PRACK to us", stray.final())
    there.accept(audio_sdp("127.0.1.86", 42000))
    equal(page.wait("accepted").jsep, None, "JSEP of accepted")
    end(core, page)


@case("REQ-91", "REQ-92")
def preconditions(w):
    """met here from the start; confirmed by UPDATE when asked, after the PRACK; the far end's UPDATE before it rings"""
    core, page, invite = dial(w)
    contains(invite.text(), "a=curr:qos local sendrecv", "a=curr:qos remote none",
             "a=des:qos mandatory local sendrecv", "a=des:qos optional remote sendrecv")
    header(invite, "Supported", r"\bprecondition\b")
    sdp = audio_sdp(core.ip, 40000)
    invite.reliable(183, 1, with_qos(sdp, "none", "conf:qos remote sendrecv"), ["Require: precondition"])
    prack = core.expect("PRACK")
    core.expect_nothing("UPDATE", 0.2)
    prack.reply(200)
    update = core.expect("UPDATE")
    check(update.cseq > prack.cseq, "overtakes its PRACK", update)
    contains(update.text(), "a=curr:qos local sendrecv", "a=curr:qos remote none")
    update.reply(200, ["Contact: <%s>" % core.contact], with_qos(sdp.replace("4711 1 ", "4711 2 "), "none"))
    ready = invite.dialog().request("UPDATE", body=with_qos(sdp.replace("4711 1 ", "4711 3 "), "sendrecv"))
    equal(ready.final().status, 200, "UPDATE", ready.final())
    contains(ready.final().text(), "a=curr:qos local sendrecv", "a=curr:qos remote sendrecv")
    equal(int(ready.final().sdp.lines[1].split()[2]), int(update.sdp.lines[1].split()[2]) + 1, "version of ours")
    invite.reliable(180, 2)
    pracked(core, 2)
    page.wait("ringing")
    invite.accept("")
    page.wait("accepted")
    equal(descriptions(page), 1, "descriptions for the page")
    lacks_text(str(page.handle.received), "qos")
    end(core, page)


@case("REQ-91")
def without_preconditions(w):
    """preconditions = false: none in the offer; those of the far end are met all the same"""
    janus = w.own_janus(network={"preconditions": False})
    core, page, invite = dial(w, janus=janus)
    lacks_text(invite.text(), "a=curr", "a=des")
    invite.accept(audio_sdp(core.ip, 40000))
    page.wait("accepted")
    end(core, page)


@case("REQ-92")
def updates_that_meet(w):
    """an offer while ours waits: 491; ours that met theirs is tried again; no sense: 488; no description: 200"""
    core, page, invite = dial(w)
    sdp = audio_sdp(core.ip, 40000)
    invite.progress(sdp)
    page.wait("progress")
    dialog = invite.dialog()
    early = dialog.request("UPDATE", body=sdp)
    equal(early.final().status, 491, "the INVITE's offer has no answer yet", early.final())
    equal(dialog.request("UPDATE").final().status, 200, "without an offer")
    invite.reliable(183, 1, with_qos(sdp, "none", "conf:qos remote sendrecv"))
    pracked(core, 1)
    ours = core.expect("UPDATE")
    crossing = dialog.request("UPDATE", body=sdp)
    equal(crossing.final().status, 491, "glare", crossing.final())
    ours.reply(491)
    again = core.expect("UPDATE")
    check(again.at - ours.at > 2, "who made the Call-ID waits longer", again)
    again.reply(500, ["Retry-After: 0"])
    core.expect_nothing("UPDATE", 0.3)
    for body, status in (("v=0\r\n", 488), (sdp.replace("4711 1 ", "4711 2 "), 200)):
        equal(dialog.request("UPDATE", body=body).final().status, status, "UPDATE", body)
    equal(dialog.request("UPDATE", body="hello", body_type="text/plain").final().status, 415, "no description")
    invite.accept("")
    page.wait("accepted")
    end(core, page)


@case("REQ-94")
def early_media_by_the_network(w):
    """P-Early-Media decides: progress or ringing; shut, nothing passes; what it said holds when it says no more"""
    browser, phone = w.webrtc(), RtpSocket("127.0.1.85")
    w.defer(phone.close)
    core, page, invite = dial(w, jsep=browser.offer())
    equal(invite.get("p-early-media"), "supported", "P-Early-Media", invite)
    sdp = audio_sdp(phone.ip, phone.port)
    phone.remote = (invite.sdp.audio.address, invite.sdp.audio.port)

    def play(hz):
        for frame in frames(ulaw(tone(hz, 0.1))):
            phone.send(frame, 0)

    def kept_back(count):       # what comes when a gate opens was sent before all the same
        wait_until(lambda: edge.discarded(page) >= count, "%d packets kept back" % count)

    invite.progress(sdp, ["P-Early-Media: inactive"])
    equal(page.wait("proceeding").jsep, None, "JSEP")
    invite.reply(180, ["Contact: <%s>" % core.contact])
    equal(page.wait("ringing").jsep, None, "JSEP")
    invite.reply(180, ["Contact: <%s>" % core.contact, "P-Early-Media: sendonly"])
    browser.take_answer(page.wait("progress").jsep)
    browser.wait_up(page.handle)
    play(700)
    browser.rtp.wait(4)
    browser.rtp.send(frames(ulaw(tone(1000, 0.1)))[0], 0)
    kept_back(1)
    invite.reply(183, ["Contact: <%s>" % core.contact, "P-Early-Media: inactive"])
    page.wait("ringing")
    browser.rtp.forget()
    play(440)
    kept_back(1 + 5)
    invite.reply(183, ["Contact: <%s>" % core.contact, "P-Early-Media: sendrecv"])
    page.wait("progress")
    invite.reply(180, ["Contact: <%s>" % core.contact])
    page.wait("progress")
    play(1000)
    heard = browser.rtp.wait(4)
    equal({p.payload for p in heard} & set(frames(ulaw(tone(440, 0.1)))), set(), "heard behind the shut gate")
    browser.rtp.send(frames(ulaw(tone(1000, 0.1)))[0], 0)
    equal(len(phone.wait(1)), 1, "what the far end heard once it might")
    invite.accept(sdp)
    page.wait("accepted")
    equal(descriptions(page), 1, "descriptions for the page")


@case("REQ-95")
def forks_with_other_descriptions(w):
    """media follow who speaks last; numbers and address of the answer are behind the one JSEP; 199 takes one out"""
    browser = w.webrtc(codecs=((0, "PCMU/8000"), (8, "PCMA/8000"), EVENTS))
    phones = [RtpSocket("127.0.1.%d" % last) for last in (85, 86)]
    for phone in phones:
        w.defer(phone.close)
    core, page, invite = dial(w, jsep=browser.offer())
    header(invite, "Supported", r"\b199\b")
    one, two = invite.fork("one"), invite.fork("two")
    frame = frames(ulaw(tone(1000, 0.1)))[0]

    def hears(phone):
        for other in phones:
            other.remote = (invite.sdp.audio.address, invite.sdp.audio.port)
            other.forget()
        browser.rtp.send(frame, 0)
        return phone.wait(1)[0]

    two.progress(audio_sdp(phones[1].ip, phones[1].port, ((96, "PCMU/8000"), (8, "PCMA/8000"))))
    browser.take_answer(page.wait("progress").jsep)
    browser.wait_up(page.handle)
    equal(hears(phones[1]).pt, 96, "number at the second")
    one.progress(audio_sdp(phones[0].ip, phones[0].port))
    page.wait("progress")
    equal(hears(phones[0]).pt, 0, "number at the first")
    one.reply(199, ["Contact: <%s>" % core.contact])
    two.reply(182, ["Contact: <%s>" % core.contact])
    page.wait("progress")
    equal(hears(phones[1]).pt, 96, "number at the second again")
    two.accept(audio_sdp(phones[1].ip, phones[1].port, ((97, "PCMU/8000"),)))
    equal(page.wait("accepted").jsep, None, "JSEP of accepted")
    equal(hears(phones[1]).pt, 97, "number in the answer")
    equal(descriptions(page), 1, "descriptions for the page")
    end(core, page)


@case("REQ-95")
def answer_in_another_codec(w):
    """another fork answers with what the page's answer did not hold: updatingcall, and it is heard in that"""
    browser = w.webrtc(codecs=((0, "PCMU/8000"), (8, "PCMA/8000"), EVENTS))
    phone = RtpSocket("127.0.1.86")
    w.defer(phone.close)
    core, page, invite = dial(w, jsep=browser.offer())
    phone.remote = (invite.sdp.audio.address, invite.sdp.audio.port)
    invite.fork("one").progress(audio_sdp("127.0.1.85", 41000, PCMU))
    browser.take_answer(page.wait("progress").jsep)
    browser.wait_up(page.handle)
    invite.fork("two").accept(audio_sdp(phone.ip, phone.port, PCMA))
    equal(page.wait("accepted").jsep, None, "JSEP of accepted")
    event = page.wait("updatingcall")
    equal([name for name in Sdp(event.jsep["sdp"]).audio.codecs if "event" not in name], ["PCMA/8000"], "codecs")
    page.ask("update", "updated", jsep=browser.reanswer(event.jsep, PCMA))
    browser.rtp.send(b"\xd5" * 160, 8)
    equal(phone.wait(1)[0].pt, 8, "number")
    phone.send(b"\x55" * 160, 8)
    equal(browser.rtp.wait(1)[0].payload, b"\x55" * 160, "heard")
    core.expect_nothing("INVITE", 0.2)
    end(core, page)


@case("REQ-95")
def answer_that_the_page_does_not_take(w):
    """... and declines: the far end is asked for the page's codec by re-INVITE; if it cannot either, the call ends"""
    for status in (200, 488):
        core, page, invite = dial(w)
        invite.fork("one").progress(audio_sdp("127.0.1.85", 41000, PCMU))
        page.wait("progress")
        invite.fork("two").accept(audio_sdp("127.0.1.86", 42000, PCMA))
        core.expect("ACK")
        page.wait("updatingcall")
        page.ask("decline", "declining")
        again = core.expect("INVITE")
        contains(again.text(), "PCMU/8000")
        lacks_text(again.text(), "PCMA/8000")
        if status == 200:
            again.accept(audio_sdp("127.0.1.86", 42000, PCMU, version=2))
            core.expect("ACK")
            page.until_up()
            end(core, page)
        else:
            again.reply(status)
            core.expect("BYE").reply(200)
            equal(page.wait("hangup")["code"], 488, "code")
        core.close()


@case("REQ-95")
def answer_with_video_too(w):
    """the page was refused video by one fork; who answers with video hears by re-INVITE that there is none"""
    core, page = w.scripted()
    page.call(FAR, jsep=page.browser.offer(video=True))
    invite = core.expect("INVITE")
    check(invite.sdp.video.port, "no video in the offer", invite)
    video = ("m=video 42002 RTP/AVP 103\r\na=rtpmap:103 H264/90000\r\n"
             "a=fmtp:103 packetization-mode=1;profile-level-id=42e01f\r\n")
    invite.fork("one").progress(audio_sdp("127.0.1.85", 41000) + "m=video 0 RTP/AVP 99\r\n")
    check(not answer_of(page.wait("progress")).video.port, "video for the page")
    invite.fork("two").accept(audio_sdp("127.0.1.86", 42000) + video)
    page.wait("accepted")
    again = core.expect("INVITE")
    equal([bool(m.port) for m in again.sdp.media], [True, False], "what is left", again)
    again.accept(audio_sdp("127.0.1.86", 42000, version=2) + "m=video 0 RTP/AVP 99\r\n")
    core.expect("ACK")
    end(core, page)


@case("REQ-96")
def surplus_answer_of_a_pracked_fork(w):
    """two forks with PRACK, both answer: the second 200 gets ACK and BYE in its dialog; the first call stands"""
    core, page, invite = dial(w)
    one, two = invite.fork("one"), invite.fork("two")
    for rseq, fork in ((11, one), (12, two)):
        fork.reliable(183, rseq, audio_sdp("127.0.1.85", 40000 + rseq))
        pracked(core, rseq, fork.to_tag)
    two.accept("")
    page.wait("accepted")
    equal(core.expect("ACK").tag("to"), "two", "To tag of the ACK")
    one.accept("")
    core.expect("ACK", match=lambda m: m.tag("to") == "one")
    bye = core.expect("BYE")
    bye.reply(200)
    equal(bye.tag("to"), "one", "To tag of the BYE", bye)
    equal(page.status()["call"]["state"], "up", "state")
    end(core, page)


@case("REQ-92", "REQ-95")
def odd_forks(w):
    """more forks than are kept, descriptions that are none, 199 of nobody, BYE of each: the last one answers"""
    core, page, invite = dial(w)
    for number in range(40):
        invite.fork("fork%d" % number).progress("hello" if number % 3 else audio_sdp("127.0.1.85", 41000 + number))
    invite.fork("nobody").reply(199)
    for number in range(16):
        bye = invite.fork("fork%d" % number).dialog().request("BYE")
        equal(bye.final().status, 200, "BYE of a fork", bye.final())
    last = invite.fork("last")
    last.reliable(180, 3)
    pracked(core, 3, "last")
    last.accept(audio_sdp("127.0.1.85", 43000))
    page.wait("accepted")
    end(core, page)


@case("REQ-89")
def linphone_with_prack(w):
    """a real telephone that knows PRACK rings and, once that has come, answers through the lab"""
    page, phone = w.registered(), w.linphone(sip="100rel_support_level=2\nincoming_calls_early_media=1")
    page.call(phone.user.impu)
    prack = w.capture.wait_request("PRACK", frm=edge.ADDRESS)
    header(prack, "RAck", r"^\d+ \d+ INVITE$")
    w.capture.wait_response("PRACK", 200, to=edge.ADDRESS)
    phone.answer()
    page.wait("accepted")
    page.hangup()
    phone.until_over()
