"""Calls of SIP clients on WebSockets with real parts: Kamailio's IMS and its telephones, media, a proxy that
challenges."""

import threading
import time

import edge
import sipws
from cases import case
from checks import contains, equal
from registrar import ADDRESS, Registrar
from rtp import RtpSocket, frames, loudest, tone, ulaw, unulaw
from sip import addr_of, audio_sdp
from webrtc import CannedBrowser

EDGE = {"sipws": {}}
TONES = (440, 1000)


def of_lab(w):
    """A client of the lab's IMS, registered by Digest."""
    w.lab.start()
    w.janus
    user = w.user()
    client = sipws.Client(edge.sipws_url(), user.impu, user.password, username=user.impi, display="A " + user.name)
    w.defer(client.close)
    client.browser = CannedBrowser()
    client.register()
    return client


@case("REQ-156")
def two_clients(w):
    """two clients call each other through Kamailio, and one hangs up"""
    one, other = of_lab(w), of_lab(w)
    asked = one.invite(other.impu, one.browser.offer()["sdp"])
    invite = other.expect("INVITE")
    equal(addr_of(invite.get("from")), one.impu, "From", invite)
    contains(invite.get("from"), one.display)
    invite.ringing()
    asked.provisional(180)
    near = invite.accept(other.browser.answer(invite.body)["sdp"])
    asked.dialog()
    other.expect("ACK")
    equal(near.bye().status, 200, "BYE")
    one.expect("BYE").reply(200)


@case("REQ-156")
def a_telephone(w):
    """a telephone is called, and calls"""
    rung = threading.Event()
    client, phone = of_lab(w), w.phone(ring=rung)
    asked = client.invite(phone.impu, client.browser.offer()["sdp"])
    asked.provisional(180)
    rung.set()
    equal(asked.dialog().bye().status, 200, "BYE")
    phone.wait("BYE")
    dialog = w.background(phone.invite, client.impu)
    invite = client.expect("INVITE")
    invite.ringing()
    invite.accept(client.browser.answer(invite.body)["sdp"])
    equal(phone.in_dialog(dialog.result()[2], "BYE").status, 200, "BYE of the telephone")
    client.expect("BYE").reply(200)


def heard(packets):
    levels = loudest(unulaw(b"".join(p.payload for p in packets if p.pt == 0)), TONES)
    return max(levels, key=levels.get)


def talk(ends):
    """Each of the two plays its tone. -> what the other hears"""
    sounds = [frames(ulaw(tone(hz, 0.6))) for hz in TONES]
    start = time.monotonic()
    for i, pair in enumerate(zip(*sounds)):
        time.sleep(max(0, start + i * 0.02 - time.monotonic()))
        for end, payload in zip(ends, pair):
            end.send(payload)
    return [heard(end.wait(int(len(sounds[0]) * 0.8))) for end in ends]


@case("REQ-156", "REQ-122")
def tones(w):
    """a WebRTC end behind the client and a telephone hear each other, before and after a hold; media that end, end the call"""
    core, browser, phone = w.core(), w.webrtc(), RtpSocket(edge.CORE)
    w.defer(phone.close)
    w.janus
    client = sipws.Client(edge.sipws_url(), w.scripted_user().impu)
    w.defer(client.close)
    client.register()
    asked = client.invite("sip:bob@scripted.example", browser.offer()["sdp"])
    invite = core.expect("INVITE")
    invite.accept(audio_sdp(phone.ip, phone.port))
    near = asked.dialog()
    browser.take_answer({"type": "answer", "sdp": near.answer.body})
    browser.handle.wait("core:webrtcup")
    phone.remote = (invite.sdp.audio.address, invite.sdp.audio.port)
    equal(talk((phone, browser.rtp)), [1000, 440], "tones")
    change = near.request("INVITE", body=browser.reoffer(browser.codecs)["sdp"])
    core.expect("INVITE", match=lambda r: ";tag=" in r.get("to")).accept(audio_sdp(phone.ip, phone.port, version=2))
    equal(change.final().status, 200, "re-INVITE", change.final())
    near.ack(near.cseq)
    phone.forget()
    browser.rtp.forget()
    equal(talk((phone, browser.rtp)), [1000, 440], "tones after the change")
    browser.handle.send("hangup")
    core.expect("BYE").reply(200)
    bye = client.expect("BYE")
    contains(bye.get("reason"), "cause=503")
    bye.reply(200)


@case("REQ-104")
def challenged(w):
    """role ue: a proxy challenges the INVITE; an answer that cannot be right is refused, the right one goes through"""
    w.defer(Registrar(w.folder("registrar"), expires_s=600).stop)
    w.own_janus(network={"role": "ue"}, networks_of={"scripted": {"entry_point": ADDRESS}}, sipws={})
    clients = []
    for name in ("zoe", "yan"):
        user = w.scripted_user(name)
        clients.append(sipws.Client(edge.sipws_url(), user.impu, user.password))
        w.defer(clients[-1].close)
        clients[-1].browser = CannedBrowser()
        clients[-1].register()
    one, other = clients
    offer = one.browser.offer()["sdp"]
    lines = {"From": "<%s>;tag=f1" % one.impu, "Call_ID": "challenged-1" + w.mark.rstrip("@")}
    refused = one.invite(other.impu, offer, **lines).final()
    equal(refused.status, 407, "INVITE", refused)
    proof = one.proof(refused.get("proxy-authenticate"), "INVITE", other.impu)
    lame = one.invite(other.impu, offer, ["Proxy-Authorization: " + proof.replace("nc=00000001", "nc=1")], CSeq="2 INVITE", **lines).final()
    equal(lame.status, 400, "INVITE with a proof that none is", lame)
    asked = one.invite(other.impu, offer, ["Proxy-Authorization: " + proof], CSeq="3 INVITE", **lines)
    invite = other.expect("INVITE")
    invite.accept(other.browser.answer(invite.body)["sdp"])
    near = asked.dialog()
    near.bye()
    other.expect("BYE").reply(200)
