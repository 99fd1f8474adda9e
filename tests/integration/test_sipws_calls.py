"""Calls of SIP clients on WebSockets, as they and the network see them: set-up both ways, its ends, changes, several
at a time, what happens when a side is gone."""

import edge
import sipws
from cases import case
from checks import check, contains, equal, header
from patience import EVENT_S
from process import halted_threads, wait_until
from sip import Sdp, addr_of, audio_sdp
from webrtc import CannedBrowser

IP = edge.CORE
SDP = audio_sdp(IP, 40000)
EDGE = {"sipws": {"limits": {"reclaim_s": 0}}, "sip": {"sip_t1_ms": 100}, "network": {"headers_to_client": ["Reason", "Warning"]}}
FRIEND = "sip:bob@scripted.example"


class Phone(sipws.Client):
    """A client with the SDP of a browser."""

    def __init__(self, url, impu, **how):
        super().__init__(url, impu, **how)
        self.browser = CannedBrowser()

    def dial(self, uri=FRIEND, headers=(), **replaced):
        return self.invite(uri, self.browser.offer()["sdp"], headers, **replaced)

    def take(self, invite):
        """-> dialog"""
        return invite.accept(self.browser.answer(invite.body)["sdp"])

    def offer(self, direction):
        self.browser.version += 1
        return self.browser.offer()["sdp"].replace("a=sendrecv", "a=" + direction)


def client(w, **how):
    """-> scripted core, a registered client"""
    core = w.core()
    w.janus
    phone = Phone(edge.sipws_url(), w.scripted_user().impu, **how)
    w.defer(phone.close)
    phone.register()
    return core, phone


def up_out(core, phone):
    """-> the core's dialog, the client's"""
    asked = phone.dial()
    far = core.expect("INVITE").accept(SDP)
    near = asked.dialog()
    core.expect("ACK")
    return far, near


def up_in(core, phone):
    asked = core.terminate("INVITE", phone.impu, [], SDP)
    near = phone.take(phone.expect("INVITE"))
    far = asked.dialog()
    phone.expect("ACK")
    return far, near


def direction(sdp):
    return Sdp(sdp).audio.direction


def version_of(sdp):
    return int(sdp.partition("\no=")[2].split(" ")[2])


@case("REQ-156", "REQ-152")
def calls(w):
    """INVITE, 180, 183 with a description, 200 with the same one; one To tag, one Via; BYE ends it"""
    core, phone = client(w, display="Zoë")
    asked = phone.dial(headers=["Route: <sip:127.0.0.1;transport=ws;lr>"])
    equal(asked.provisional(100).tag("to"), None, "To tag of 100", asked.provisional(100))
    invite = core.expect("INVITE")
    equal(addr_of(invite.get("p-asserted-identity")), phone.impu, "asserted", invite)
    contains(invite.get("from"), '"Zoë"')
    check(phone.host not in invite.text(), "nothing of the client's transport", invite)
    invite.ringing()
    invite.progress(SDP)
    ringing, described = asked.provisional(180), asked.provisional(183)
    invite.accept(SDP)
    near = asked.dialog()
    tags = {answer.tag("to") for answer in (ringing, described, near.answer)}
    check(len(tags) == 1 and None not in tags, "one To tag: %r" % tags, near.answer)
    equal(described.body, near.answer.body, "the description of 200", near.answer)
    header(near.answer, "Contact", r"^<sip:[0-9a-f]+\.invalid;transport=ws>$")
    equal(near.answer.all("via"), [asked.via], "Via", near.answer)
    core.expect("ACK")
    equal(near.bye(["Reason: SIP;cause=200;text=\"Enough\""]).status, 200, "BYE")
    bye = core.expect("BYE")
    contains(bye.text(), "Enough")
    bye.reply(200)


@case("REQ-156")
def is_called(w):
    """INVITE to the Contact that it registered, 180 when it rings, 200, BYE of the far end with its Reason"""
    core, phone = client(w)
    asked = core.terminate("INVITE", phone.impu, [], SDP)
    invite = phone.expect("INVITE")
    equal(invite.ruri, phone.contact, "Request-URI", invite)
    equal(addr_of(invite.get("from")), "sip:+4930123456@scripted.example", "From", invite)
    contains(invite.get("from"), '"Caller"')
    equal(addr_of(invite.get("to")), phone.impu, "To", invite)
    check(invite.call_id != asked.provisional(100).call_id, "a Call-ID of its own", invite)
    contains(invite.body, "a=candidate")
    check(not any(r.status == 180 for r in asked.responses), "no 180 before it rings", *asked.responses)
    invite.ringing()
    asked.provisional(180)
    phone.take(invite)
    far = asked.dialog()
    phone.expect("ACK")
    equal(far.bye(["Reason: Q.850;cause=16"]).status, 200, "BYE")
    bye = phone.expect("BYE")
    header(bye, "Reason", r"^Q\.850;cause=16$")
    bye.reply(200)


@case("REQ-156")
def cancels(w):
    """CANCEL: 487 to the client, CANCEL to the network; of a caller who gives up: CANCEL to the client with Reason"""
    core, phone = client(w)
    asked = phone.dial()
    invite = core.expect("INVITE")
    invite.ringing()
    asked.provisional(180)
    equal(asked.cancel().final().status, 200, "CANCEL")
    equal(asked.final().status, 487, "INVITE", asked.final())
    core.expect("CANCEL").reply(200)
    invite.reply(487)

    asked = core.terminate("INVITE", phone.impu, [], SDP)
    invite = phone.expect("INVITE")
    invite.ringing()
    asked.provisional(180)
    core.request("CANCEL", asked.text.split()[1], ["Max-Forwards: 70", *(
        "%s: %s" % row for row in core_rows(asked, "CANCEL")),
        "Reason: SIP;cause=200;text=\"Call completed elsewhere\""], to=asked.to, via=asked.via).final()
    cancel = phone.expect("CANCEL")
    header(cancel, "Reason", "^SIP;cause=200;text=\"Call completed elsewhere\"$")
    cancel.reply(200)
    invite.reply(487)
    equal(asked.final().status, 487, "the caller's INVITE")


def core_rows(asked, method):
    """Of the CANCEL to a request of the core's."""
    from sip import Message
    sent = Message(asked.text.encode())
    yield from (("Route", value) for name, value in sent.headers if name == "route")
    yield from (("From", sent.get("from")), ("To", sent.get("to")), ("Call-ID", sent.call_id),
                ("CSeq", "%d %s" % (sent.cseq, method)))


@case("REQ-156")
def refusals(w):
    """the network's refusal with phrase, Retry-After and Reason; the client's with its code; busy, and not registered"""
    core, phone = client(w)
    asked = phone.dial()
    core.expect("INVITE").reply(486, ["Retry-After: 30", "Reason: Q.850;cause=17",
                                      r'Warning: 399 core.example "Ask \"later\""'], reason="Busy Now")
    refusal = asked.final()
    equal((refusal.status, refusal.start.split(" ", 2)[2]), (486, "Busy Now"), "refusal", refusal)
    header(refusal, "Retry-After", "^30$")
    header(refusal, "Reason", r"^Q\.850;cause=17$")
    header(refusal, "Warning", r'^399 gateway "Ask \\"later\\""$')

    asked = core.terminate("INVITE", phone.impu, [], SDP)
    phone.expect("INVITE").reply(603)
    equal(asked.final().status, 603, "declined")

    asked = core.terminate("INVITE", phone.impu, [], SDP)
    phone.expect("INVITE").reply(302, ["Contact: <sip:carol@scripted.example>;q=1"])
    deflected = asked.final()
    equal((deflected.status, addr_of(deflected.get("contact"))), (302, "sip:carol@scripted.example"), "deflected", deflected)
    asked = core.terminate("INVITE", phone.impu, [], SDP)
    phone.expect("INVITE").reply(302, ["Contact: <http://scripted.example>"])
    equal(asked.final().status, 480, "deflected to what is nobody")

    equal(phone.invite(FRIEND, "").final().status, 488, "without an offer")
    equal(phone.dial(From="<sip:eve@scripted.example>;tag=1").final().status, 403, "another's identity")
    stranger = Phone(edge.sipws_url(), w.scripted_user("yan").impu)
    w.defer(stranger.close)
    equal(stranger.dial().final().status, 403, "not registered")


@case("REQ-156")
def anonymous(w):
    """From anonymous with P-Preferred-Identity and Privacy, as JsSIP and SIP.js send them: withheld, but asserted"""
    core, phone = client(w)
    phone.dial(headers=["P-Preferred-Identity: " + phone.impu, "Privacy: id"],
               From='"Anonymous" <sip:anonymous@anonymous.invalid>;tag=x1')
    invite = core.expect("INVITE")
    equal(addr_of(invite.get("from")), "sip:anonymous@anonymous.invalid", "From", invite)
    equal(addr_of(invite.get("p-asserted-identity")), phone.impu, "asserted", invite)
    contains(invite.get("privacy"), "id")
    invite.reply(603)


@case("REQ-156")
def holds(w):
    """a re-INVITE with a=sendonly holds at the far end, UPDATE with sendrecv takes up again"""
    core, phone = client(w)
    _, near = up_out(core, phone)
    asked = near.request("INVITE", body=phone.offer("sendonly"))
    change = core.expect("INVITE")
    equal(direction(change.body), "sendonly", "direction", change)
    change.accept(SDP.replace("a=sendrecv", "a=recvonly"))
    answer = asked.final()
    equal((answer.status, direction(answer.body)), (200, "recvonly"), "answer", answer)
    near.ack(near.cseq)
    core.expect("ACK")
    version = version_of(answer.body)
    asked = near.request("UPDATE", body=phone.offer("sendrecv"))
    change = core.expect("INVITE")
    equal(direction(change.body), "sendrecv", "direction", change)
    change.accept(SDP)
    answer = asked.final()
    equal((answer.status, direction(answer.body)), (200, "sendrecv"), "answer", answer)
    check(version_of(answer.body) > version, "the version grows", answer)
    near.bye()


@case("REQ-156")
def is_held(w):
    """the far end holds, and takes up again: the client is re-INVITEd with what it has and other directions"""
    core, phone = client(w)
    far, near = up_out(core, phone)
    first, version = Sdp(near.answer.body), version_of(near.answer.body)
    for said in ("sendonly", "sendrecv", "inactive", "sendonly", "sendrecv"):
        asked = far.request("INVITE", body=audio_sdp(IP, 40000, version=version).replace(
            "a=sendrecv", "a=" + said))
        change = phone.expect("INVITE")
        now = Sdp(change.body)
        equal(direction(change.body), said, "direction", change)
        equal(version_of(change.body), version + 1, "version", change)
        equal(now.audio.attributes("ice-ufrag"), first.audio.attributes("ice-ufrag"), "ICE", change)
        version += 1
        change.accept(phone.browser.answer(change.body)["sdp"])
        phone.expect("ACK")
        equal(asked.final().status, 200, "the far end's")
        far.ack(far.cseq)
    near.bye()


def far_end_says(core, phone, far, said, version):
    """-> the re-INVITE that the client gets"""
    asked = far.request("INVITE", body=audio_sdp(IP, 40000, version=version).replace("a=sendrecv", "a=" + said))
    change = phone.expect("INVITE")
    change.accept(phone.browser.answer(change.body)["sdp"])
    phone.expect("ACK")
    equal(asked.final().status, 200, "the far end's")
    far.ack(far.cseq)
    return change


@case("REQ-156")
def both_hold(w):
    """the client changes the call while the far end holds it: when that takes up again the client hears it again"""
    core, phone = client(w)
    far, near = up_out(core, phone)
    far_end_says(core, phone, far, "sendonly", 2)
    asked = near.request("INVITE", body=phone.offer("sendonly"))
    core.expect("INVITE").accept(audio_sdp(IP, 40000, version=3).replace("a=sendrecv", "a=inactive"))
    equal(direction(asked.final().body), "inactive", "both hold", asked.final())
    near.ack(near.cseq)
    asked = near.request("INVITE", body=phone.offer("sendrecv"))
    core.expect("INVITE").accept(audio_sdp(IP, 40000, version=4).replace("a=sendrecv", "a=sendonly"))
    equal(asked.final().status, 200, "the far end holds", asked.final())
    near.ack(near.cseq)
    change = phone.expect("INVITE")     # that it may be heard is known with its answer
    equal(direction(change.body), "sendonly", "the far end holds", change)
    change.accept(phone.browser.answer(change.body)["sdp"])
    phone.expect("ACK")
    change = far_end_says(core, phone, far, "sendrecv", 5)
    equal(direction(change.body), "sendrecv", "taken up", change)
    near.bye()


@case("REQ-156")
def signs_of_life(w):
    """Session-Expires: 90 as JsSIP asks for is answered here, and its UPDATE too; below 90 it is too brief"""
    core, phone = client(w)
    equal(phone.dial(headers=["Session-Expires: 30"]).final().get("min-se"), "90", "Min-SE")
    asked = phone.dial(headers=["Session-Expires: 90"])
    core.expect("INVITE").accept(SDP)
    near = asked.dialog()
    core.expect("ACK")
    header(near.answer, "Session-Expires", "^90;refresher=uac$")
    sign = near.request("UPDATE", ["Supported: timer", "Session-Expires: 90;refresher=uac"]).final()
    equal(sign.status, 200, "UPDATE", sign)
    header(sign, "Session-Expires", "^90;refresher=uac$")
    core.expect_nothing("UPDATE", 0.2)
    near.bye()


def unchanged(message):
    """Its description, less what a new offer of the same must have anew."""
    return [line for line in message.body.splitlines() if not line.startswith(("o=", "a=setup:"))]


@case("REQ-156", long=True)
def signs_of_ours(w):
    """who leaves the signs to us gets them in half the time: UPDATE, or a re-INVITE; who answers none is hung up on"""
    core, phone = client(w)
    calls = []
    for allow in (["Allow: UPDATE"], [], ["Allow: UPDATE"]):
        asked = phone.ask("INVITE", FRIEND, ["Supported: timer", "Session-Expires: 90;refresher=uas", *allow],
                          phone.browser.offer()["sdp"], "application/sdp")
        far = core.expect("INVITE").accept(SDP)
        calls.append((far, asked.dialog()))
        core.expect("ACK")
        header(calls[-1][1].answer, "Session-Expires", "^90;refresher=uas$")
    for number, method in enumerate(("UPDATE", "INVITE")):
        near = calls[number][1]
        sign = phone.expect(method, timeout_s=60 + EVENT_S, match=lambda r, near=near: r.call_id == near.call_id)
        header(sign, "Session-Expires", "^90;refresher=uac$")
        if method == "UPDATE":
            equal(sign.body, "", "body of the UPDATE", sign)
            sign.reply(200, ["Session-Expires: 90;refresher=uac", "Require: timer"])
        else:
            equal(unchanged(sign), unchanged(near.answer), "what was last said", sign)
            sign.accept(phone.browser.answer(sign.body)["sdp"])
    far, near = calls[2]
    bye = core.expect("BYE", timeout_s=60 + EVENT_S)
    equal(bye.call_id, far.call_id, "whose BYE", bye)
    contains(bye.text(), "SIP;cause=408")
    bye.reply(200)
    for far, near in calls[:2]:
        near.bye()


@case("REQ-156")
def three_calls(w):
    """three calls of one client at a time, two of its own; each ends by itself"""
    core, phone = client(w)
    ends = [up_out(core, phone), up_in(core, phone), up_out(core, phone)]
    for number, (far, near) in enumerate(ends):
        if number % 2:
            far.bye()
            phone.expect("BYE").reply(200)
        else:
            near.bye()
            core.expect("BYE").reply(200)
    up_out(core, phone)[1].bye()


@case("REQ-156", "REQ-100")
def two_call_in_one_moment(w):
    """the second one's call waits for the handle that is attached for it"""
    core, phone = client(w)
    with halted_threads(w.last_janus.pid, "sipws"):         # who would attach it as the first one's call comes
        asked = [core.terminate("INVITE", phone.impu, [], SDP) for _ in range(2)]
        wait_until(lambda: edge.ask(w.last_janus, "list", what="handles", username=phone.impu)["handles"][0].get("call_id"),
                   "the first call")
    for _ in asked:
        phone.take(phone.expect("INVITE"))
    for one in asked:
        one.dialog().bye()
        phone.expect("BYE").reply(200)


@case("REQ-156")
def calls_as_it_is_called(w):
    """a call that comes as the client calls finds it busy; the client's own goes on"""
    core, phone = client(w)
    phone.handlers["INVITE"] = lambda invite: invite.reply(486)     # if its own was first
    with halted_threads(w.last_janus.pid, "ims sip"):
        asked = core.terminate("INVITE", phone.impu, [], SDP)
        own = phone.dial()
        own.provisional(100)
    core.expect("INVITE").accept(SDP)
    own.dialog().bye()
    core.expect("ACK")
    core.expect("BYE").reply(200)
    equal(asked.final().status, 486, "the other one's call", asked.final())


@case("REQ-156")
def called_before_its_ack(w):
    """the far end answers, hangs up and calls back before the client's ACK is here: it rings"""
    core, phone = client(w)
    own = phone.dial()
    far = core.expect("INVITE").accept(SDP)
    equal(own.final().status, 200, "the client's call")
    core.expect("ACK")
    equal(far.bye().status, 200, "BYE")
    asked = core.terminate("INVITE", phone.impu, [], SDP)
    phone.take(phone.expect("INVITE"))
    dialog = asked.dialog()
    phone.expect("ACK")
    own.dialog()
    phone.expect("BYE", match=lambda r: r.call_id == own.final().call_id).reply(200)
    equal(dialog.bye().status, 200, "BYE of the second")
    phone.expect("BYE").reply(200)


@case("REQ-156")
def both_hang_up_and_another_calls(w):
    """the client's BYE is for the call that it has just lost, and not for the one that has come meanwhile"""
    core, phone = client(w)
    far, near = up_out(core, phone)
    with halted_threads(w.last_janus.pid, "sipws"):         # which looks at the last first
        equal(far.bye().status, 200, "the far end's BYE")
        asked = core.terminate("INVITE", phone.impu, [], SDP)
        wait_until(lambda: any(row.get("call_id", "none") in asked.text for row in edge.ask(
            w.last_janus, "list", what="handles", username=phone.impu)["handles"]), "the next call")
        late = near.request("BYE")
    check(late.final().status in (200, 481), "the client's BYE", late.final())
    phone.take(phone.expect("INVITE"))
    asked.dialog().bye()
    phone.expect("ACK")
    phone.expect("BYE").reply(200)


@case("REQ-156")
def calls_again_at_once(w):
    """Janus closes the PeerConnection of a call up to a second after it: not that of the call that follows at once"""
    core, phone = client(w)
    up_in(core, phone)[0].bye()
    phone.expect("BYE").reply(200)
    for _ in range(2):
        near = up_out(core, phone)[1]
        core.expect_nothing("BYE", 1.2)
        near.bye()
        core.expect("BYE").reply(200)


@case("REQ-156")
def offerless(w):
    """a caller without an offer: the client makes it in its 200, and has the answer in the ACK"""
    core, phone = client(w)
    asked = core.terminate("INVITE", phone.impu)
    invite = phone.expect("INVITE")
    equal(invite.body, "", "body", invite)
    invite.accept(phone.browser.offer()["sdp"])
    far = asked.dialog(body=SDP)
    ack = phone.expect("ACK")
    contains(ack.body, "m=audio")
    far.bye()
    phone.expect("BYE").reply(200)


@case("REQ-156")
def cut(w):
    """with reclaim_s = 0 a socket that is cut in mid-call and while it rings is the end: the far ends hear of it"""
    core, phone = client(w)
    up_out(core, phone)
    asked = core.terminate("INVITE", phone.impu, [], SDP)
    phone.expect("INVITE").ringing()
    asked.provisional(180)
    phone.close()
    core.expect("BYE").reply(200)
    check(asked.final().status >= 400, "refused", asked.final())


@case("REQ-156")
def bodies(w):
    """bodies that are no session descriptions, and SDP that makes no sense, are refused with what is wrong"""
    core, phone = client(w)
    wrong = phone.ask("INVITE", FRIEND, body="hello", body_type="text/plain").final()
    equal((wrong.status, wrong.get("accept")), (415, "application/sdp"), "text", wrong)
    wrong = phone.invite(FRIEND, "v=0\r\nnonsense\r\n").final()
    check(400 <= wrong.status < 500, "nonsense", wrong)
    up_out(core, phone)[1].bye()
