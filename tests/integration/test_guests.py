"""Guests: who calls in a network of role ue without being registered, where the operator lets him."""

import auth
from cases import case
from checks import check, equal, header
from sip import addr_of, audio_sdp, new_id

EDGE = {"general": {"allow_guest": True}, "network": {"role": "ue"}}

SDP = audio_sdp("127.0.1.85", 40000)
FAR = "sip:+4930999@scripted.example"


def guest(w, core, **fields):
    """-> his page, as the core's network does not know him"""
    user = w.scripted_user("visitor")
    page = w.page(user)
    event = page.ask("register", "registered", **{"type": "guest", "username": user.impu, **fields})
    equal((event["username"], event["register_sent"]), (user.impu, False), "registered", event)
    equal(core.registers, [], "REGISTERs")
    return page


def challenge(core, request):
    request.reply(407, ['Proxy-Authenticate: Digest realm="%s",nonce="%s",algorithm=MD5,qop="auth"'
                        % (core.realm, new_id())])


@case("REQ-85")
def guest_calls(w):
    """straight to the entry point, as who he says he is; without a password a challenge is the end of it"""
    core = w.core()
    page = guest(w, core, display_name="Visitor", user_agent="kiosk/1.0")
    page.call(FAR)
    invite = core.expect("INVITE")
    equal((addr_of(invite.get("from")), invite.all("route")), (page.user.impu, ["<sip:127.0.1.81;lr>"]),
          "From and Route", invite)
    header(invite, "User-Agent", "^kiosk/1.0$")
    dialog = invite.accept(SDP)
    core.expect("ACK")
    page.wait("accepted")
    dialog.bye()
    page.wait("hangup")
    core.handlers["INVITE"] = lambda request: challenge(core, request)
    page.call(FAR)
    equal(page.wait("hangup")["code"], 407, "code of a call that is challenged")
    event = page.ask("unregister", "unregistered")
    equal(event["register_sent"], False, "register_sent", event)
    equal(core.registers, [], "REGISTERs")
    equal(page.refused("call", jsep=page.browser.offer(), uri=FAR)[0], 447, "call afterwards")


@case()
def guest_proves_a_call(w):
    """secret and authuser of call answer its challenge, and those of later calls"""
    core = w.core()
    page = guest(w, core)
    secret = "geheim-guest-" + new_id()[:8]
    for fields in ({"secret": secret, "authuser": "kiosk"}, {}):
        page.call(FAR, **fields)
        invite = core.expect("INVITE")
        digest = auth.parse(invite.get("proxy-authorization", ""))
        if not digest:
            challenge(core, invite)
            core.expect("ACK")
            invite = core.expect("INVITE")
            digest = auth.parse(invite.get("proxy-authorization", ""))
        equal(digest["username"], "kiosk", "username", invite)
        check(auth.fits(digest, secret, "INVITE"), "wrong response", invite)
        invite.reply(486)
        page.wait("hangup")


@case("REQ-144")
def guest_guesses(w):
    """wrong passwords of calls are counted as those of registrations are"""
    core = w.core()
    page = guest(w, core)
    for number in range(6):
        page.connection_gone()
        page.connection = True
        event = page.with_offer(lambda: page.ask("call", "calling", 465, jsep=page.browser.offer(), uri=FAR,
                                                 secret="geheim-%d" % number))
        if event.name == 465:
            break
        core.expect("INVITE").reply(403)
        equal(page.wait("hangup")["code"], 403, "code")
    equal((event.name, number), (465, 5), "the sixth guess")


@case()
def who_may_be_a_guest(w):
    """send_register false is the same, true a contradiction; a registered user is no guest"""
    core = w.core()
    user = w.scripted_user("visitor")
    page = w.page(user)
    equal(page.refused("register", type="guest", username=user.impu, send_register=True)[0], 444, "contradiction")
    equal(page.refused("register", type="guest")[0], 443, "without a name")
    event = page.ask("register", "registered", username=user.impu, send_register=False)
    equal(event["register_sent"], False, "register_sent", event)
    equal(page.refused("register", **page.account())[0], 445, "a registration beside it")
    page.unregister()
    page.register()
    equal(page.registered["register_sent"], True, "register_sent", page.registered)
    core.wait_register()
    equal(page.unregister()["register_sent"], True, "register_sent of the end")


@case()
def guests_are_not_allowed(w):
    """neither where the operator does not say so, nor at an edge"""
    for settings in ({"general": {}, "network": {"role": "ue"}},
                     {"general": {"allow_guest": True}, "network": {"role": "edge"}}):
        janus = w.own_janus(**settings)
        page = w.page(w.scripted_user("visitor"), w.client(janus))
        number, text = page.refused("register", type="guest", username=page.user.impu)
        equal(number, 468, "error", text)
        check("guest" in text, "sentence", text)
        page.handle.client.close()
        w._end_own(janus)
