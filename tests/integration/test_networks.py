"""A Janus whose links to the core and to browsers are lossy, slow, and cut."""

import time

import edge
from capture import SIP_START
from cases import case
from checks import check, equal
from patience import EVENT_S
from rtp import frames, loudest, loudest_recorded, tone, ulaw, unulaw

PAGE_HZ, PHONE_HZ = TONES = 700, 440
TALK = frames(ulaw(tone(PAGE_HZ, 1.0)))


def only(levels, hz, who):
    """That tone, well above the other; lost packets leave gaps in it."""
    check(levels[hz] > 0.2 and all(20 * level < levels[hz] for f, level in levels.items() if f != hz),
          "%s hears %r, %d Hz wanted" % (who, levels, hz))


class Call:
    """A page with a real WebRTC end, and baresip, which answers by itself."""

    def __init__(self, w, answermode="auto", **settings):
        self.w = w
        self.host = w.janus_apart(**settings)
        self.page, self.browser = None, w.webrtc()
        self.phone = w.baresip(hz=PHONE_HZ, seconds=200, answermode=answermode)
        self.base = edge.objects(w.janus)

    def register(self):
        self.page = self.w.registered()

    def dial(self):
        self.page.call(self.phone.user.impu, jsep=self.browser.offer())

    def until_up(self, timeout_s=EVENT_S):
        self.browser.take_answer(self.page.wait("accepted", timeout_s=timeout_s).jsep)
        self.browser.wait_up(self.page.handle)

    def page_hears(self, share=0.5, timeout_s=EVENT_S):
        """The telephone's tone, at least in that part of the packets of a second."""
        self.browser.rtp.forget()
        got = self.browser.rtp.wait(int(50 * share), timeout_s)
        only(loudest(unulaw(b"".join(p.payload for p in got if p.pt == 0)), TONES), PHONE_HZ, "page")

    def speak(self):
        self.browser.rtp.play(TALK)

    def phone_heard(self):
        """Once the call is over."""
        samples, rate = self.phone.heard()
        only(loudest_recorded(samples, TONES, rate), PAGE_HZ, "telephone")

    def leave(self):
        """Nothing is left behind."""
        self.page.unregister()
        self.page.detach()
        edge.wait_objects(self.w.janus, self.base)


def sip_but_no_100(payload):
    """Who sends a 100 sends it again only when asked again."""
    return SIP_START.match(payload) and not payload.startswith(b"SIP/2.0 100")


@case()
def every_message_is_lost_once(w):
    """registration, a call in each direction, deregistration: all of it works, and everything is told once"""
    call = Call(w, sip={"sip_t1_ms": 200}, network={"transport": "udp"})     # what is lost are datagrams
    call.host.core.lose_first(sip_but_no_100)
    call.register()
    call.dial()
    call.until_up()
    w.capture.wait_request("ACK", frm=edge.ADDRESS, count=2, again=True)
    call.page.hangup()
    w.capture.wait_request("BYE", frm=edge.ADDRESS, count=2, again=True)
    equal([call.page.names().count(name) for name in ("calling", "accepted", "hangup")], [1, 1, 1], "events")
    for method in ("REGISTER", "INVITE", "ACK", "BYE"):
        sent = w.capture.requests(method, frm=edge.ADDRESS, again=True)
        check(any(p.again for p in sent), "%s was not sent again" % method, *sent)
    call.phone.dial(call.page.user.impu)
    event = call.page.incoming()
    call.browser = w.webrtc()
    call.page.ask("accept", "accepted", jsep=call.browser.answer(event.jsep))
    call.page.until_up()
    call.phone.hangup()
    equal(call.page.wait("hangup")["code"], 200, "code of the hangup")
    equal([call.page.names().count(name) for name in ("incomingcall", "accepted", "hangup")], [1, 2, 2],
          "events")
    call.leave()


@case()
def short_cut_of_the_core_in_a_call(w):
    """three seconds without the core: the call survives, and sound is back"""
    call = Call(w)
    call.register()
    call.dial()
    call.until_up()
    call.page_hears()
    call.host.core.cut()
    time.sleep(3)
    call.host.core.mend()
    check(call.host.core.lost > 100, "the cut hit nothing")
    call.page_hears()
    call.speak()
    equal(call.page.status()["call"]["state"], "up", "state of the call")
    call.page.hangup()
    call.phone.until_over()
    call.phone_heard()
    call.leave()


@case("REQ-122", long=True)
def five_per_cent_lost_and_late(w):
    """both links lose 5 % and are 200 ms late, give or take 50: registration and calls each way work"""
    call = Call(w)
    for link in (call.host.core, call.host.access):
        link.lose(0.05)
        link.delay(0.2, 0.05)
    call.register()
    for _ in range(5):
        call.browser = w.webrtc()
        call.dial()
        call.until_up(30)
        call.page_hears()
        call.speak()
        call.page.hangup()
        call.phone.until_over()
        call.phone_heard()
    check(call.host.core.lost > 20 and call.host.access.lost > 20, "nothing was lost")
    call.leave()


@case(long=True)
def cut_while_registering(w):
    """three seconds: it takes so much longer; forty: 408, and once the link is mended all is well"""
    call = Call(w)
    call.page = w.page()
    call.host.core.cut()
    call.page.send("register", **call.page.account())
    time.sleep(3)
    call.host.core.mend()
    call.page.wait("registered")
    call.page.unregister()
    call.host.core.cut()
    call.page.send("register", **call.page.account())
    equal(call.page.wait("registration_failed", timeout_s=45)["code"], 408, "code")
    call.host.core.mend()
    call.page.register()
    call.leave()


def ringing(w, cut_s):
    """A call that the telephone answers while the core cannot be reached."""
    call = Call(w, answermode="manual")
    call.register()
    call.dial()
    call.page.wait("ringing")
    call.host.core.cut()
    call.phone.answer()
    time.sleep(cut_s)
    call.host.core.mend()
    return call


@case(long=True)
def short_cut_while_it_rings(w):
    """three seconds, in which the telephone answers: the call comes up"""
    call = ringing(w, 3)
    call.until_up(20)
    call.page_hears()
    call.page.hangup()
    call.phone.until_over()
    call.leave()


@case(long=True)
def long_cut_while_it_rings(w):
    """forty seconds, in which the telephone answers and gives up: it rings on until the caller hangs up, at once"""
    call = ringing(w, 40)
    equal(call.page.status()["call"]["state"], "ringing", "state of the call")
    call.page.hangup()
    call.leave()


@case(long=True)
def long_cut_of_the_core_in_a_call(w):
    """forty seconds without the core: the call is up all the time, sound is back, and it ends as ever"""
    call = Call(w)
    call.register()
    call.dial()
    call.until_up()
    call.host.core.cut()
    time.sleep(40)
    call.host.core.mend()
    equal(call.page.status()["call"]["state"], "up", "state of the call")
    call.page_hears()
    call.page.hangup()
    call.phone.until_over()
    call.leave()


@case(long=True)
def hang_up_without_the_core(w):
    """the caller is free at once; what the core still owes us is not waited for beyond 32 s"""
    call = Call(w)
    call.register()
    call.dial()
    call.until_up()
    call.host.core.cut()
    equal(call.page.hangup()["code"], 200, "code of the hangup")
    equal(call.page.status()["call"], None, "call")
    call.page.ask("unregister", "unregistered", timeout_s=40)
    call.page.detach()
    edge.wait_objects(w.janus, call.base)
