"""Registration at a scripted registrar: timing, odd answers, silence."""

import edge
from cases import case
from checks import Failed, check, contains, equal, header, lacks_text
from sip import addr_of, auth_params, new_id, params


def refused(page):
    page.send("register", **page.account())
    return page.wait("registration_failed", "registered")


def refreshed_after(core, number, least_s, most_s):
    """So long after the REGISTER of that number, or after a refresh of it: a busy machine is late with one, not with all."""
    pauses = []
    for last in range(number, number + 6):
        pauses.append(core.wait_register(last + 1).at - core.wait_register(last).at)
        if least_s <= pauses[-1] <= most_s:
            return
    raise Failed("refreshed after %r s" % pauses)


@case("REQ-14", "REQ-10", "REQ-32")
def refresh_at_half(w):
    """4 s granted: a refresh after 2 s, in the same Call-ID, with everything in it again"""
    core, _ = w.scripted(challenges=True, expires_s=4)
    core.wait_register(4)
    _, second, third, fourth = core.registers[:4]
    refreshed_after(core, 2, 1.5, 2.6)
    for refresh in (third, fourth):
        equal(refresh.call_id, second.call_id, "Call-ID", refresh)
        equal(addr_of(refresh.get("contact")), addr_of(second.get("contact")), "Contact", refresh)
        equal(params(refresh.get("contact")).keys(), params(second.get("contact")).keys(),
              "Contact parameters", refresh)
        header(refresh, "Path", "^%s$" % second.get("path"))
        header(refresh, "Require", "path")
        header(refresh, "P-Charging-Vector", "icid-value")
        check(refresh.get("p-charging-vector") != second.get("p-charging-vector"), "same icid",
              refresh)
        equal(auth_params(refresh.get("authorization"))["integrity-protected"], "tls-yes",
              "integrity-protected", refresh)
    check(second.cseq < third.cseq < fourth.cseq, "CSeq", third, fourth)


@case("REQ-14")
def refresh_is_quiet(w):
    """the page hears "registered" once, not at each refresh"""
    core, page = w.scripted(expires_s=2)
    core.wait_register(4)
    equal(page.names().count("registered"), 1, "registered events")


@case("REQ-14")
def rewritten_contact(w):
    """a registrar that rewrites the Contact: Expires of the 200 counts, not an hour"""
    core = w.core(expires_s=4)
    core.contact_in = lambda request, expires_s: "<sip:other@192.0.2.9:5099;alias=1>"
    core.extra = ["Expires: 4"]
    w.registered(w.scripted_user())
    refreshed_after(core, 1, 1.5, 2.6)


@case("REQ-14")
def contact_of_another_device(w):
    """a 200 that lists other contacts first: ours decides"""
    core = w.core()
    core.contact_in = lambda request, expires_s: \
        "<sip:zoe@192.0.2.77:5060>;expires=3500, %s;expires=4" % core.named(request.get("contact"))
    page = w.registered(w.scripted_user())
    equal(page.registered["ims"]["expires"], 4, "expires")
    core.wait_register(2)


@case("REQ-11", "REQ-78")
def service_route_is_replaced(w):
    """each 200 replaces the Service-Route; an INVITE carries exactly the latest"""
    core = w.core(expires_s=2)
    page = w.registered(w.scripted_user())
    core.service_route = ["<sip:orig@127.0.1.81:5060;lr;second=2>", "<sip:far@198.51.100.7;lr>"]
    now = len(core.registers)
    core.wait_register(now + 2)
    page.call("sip:+4930999@scripted.example")
    invite = core.expect("INVITE")
    equal(invite.all("route"), core.service_route, "Route", invite)
    invite.reply(486)
    page.wait("hangup")


@case("REQ-11")
def associated_uris_are_replaced(w):
    """P-Associated-URI of a refresh replaces the stored set"""
    core = w.core(expires_s=2)
    page = w.registered(w.scripted_user())
    core.associated = lambda impu: ["sip:new@scripted.example", impu]
    now = len(core.registers)
    core.wait_register(now + 2)
    equal(page.status()["registration"]["associated"],
          ["sip:new@scripted.example", page.user.impu], "associated")


@case("REQ-12")
def charging_stays_in_the_core(w):
    """P-Charging-* of the 200 never reaches the page"""
    core = w.core()
    core.extra = ['P-Charging-Vector: icid-value="top-secret";term-ioi="home"',
                  "P-Charging-Function-Addresses: ccf=192.0.2.50"]
    page = w.registered(w.scripted_user())
    page.status()
    lacks_text(page.story(), "top-secret", "term-ioi", "192.0.2.50", "ccf")


@case("REQ-38")
def second_challenge_is_answered(w):
    """a right answer that is challenged again: answered once more"""
    core = w.core(challenges=True)
    core.script = [core.challenge, core.challenge]
    w.registered(w.scripted_user())
    equal(len(core.registers), 3, "REGISTERs")
    nonces = [auth_params(r.get("authorization")).get("nonce") for r in core.registers[1:]]
    equal(len(set(nonces)), 2, "nonces answered", nonces)


@case("REQ-38")
def third_challenge_is_a_refusal(w):
    """two answers at most, then the page hears of it"""
    core = w.core(challenges=True)
    core.script = [core.challenge] * 6
    event = refused(w.page(w.scripted_user()))
    equal((event.name, event["code"]), ("registration_failed", 401), "event", event)
    equal(len(core.registers), 3, "REGISTERs")


@case("REQ-38")
def stale_nonce(w):
    """stale=true: the same password with the new nonce"""
    core = w.core(challenges=True)
    core.script = [core.challenge, lambda r: core.challenge(r, more=",stale=true")]
    w.registered(w.scripted_user())
    equal(len(core.registers), 3, "REGISTERs")


@case()
def same_challenge_again(w):
    """the very nonce we answered comes again: our answer is wrong, no third REGISTER"""
    core = w.core(challenges=True)
    core.script = [lambda r: core.challenge(r, "same-nonce")] * 6
    event = refused(w.page(w.scripted_user()))
    equal((event.name, event["code"]), ("registration_failed", 401), "event", event)
    equal(len(core.registers), 2, "REGISTERs")


@case("REQ-17")
def refused_at_refresh(w):
    """403 to a refresh: registration_failed, nothing more is tried"""
    core, page = w.scripted(expires_s=2)
    core.script = [403] * 9
    equal(page.wait("registration_failed")["code"], 403, "code")
    count = len(core.registers)
    core.expect_nothing("INVITE", 1.5)
    equal(len(core.registers), count, "REGISTERs after the refusal")
    equal(page.status()["registration"]["state"], "unregistered", "state")


@case("REQ-15")
def interval_too_brief(w):
    """423: asked again with Min-Expires"""
    core = w.core()
    core.script = [lambda r: r.reply(423, ["Min-Expires: 7200"])]
    page = w.page(w.scripted_user())
    page.register(register_ttl=100)
    asked = [params(r.get("contact")).get("expires") or r.get("expires") for r in core.registers]
    equal(asked, ["100", "7200"], "expires asked for")


@case()
def other_refusals(w):
    """404, 420 and 500 reach the page with their code"""
    core = w.core()
    for status in (404, 420, 500):
        core.script = [lambda r, s=status: r.reply(s, ["Unsupported: path"] if s == 420 else [])]
        event = refused(w.page(w.scripted_user("u%d" % status)))
        equal((event.name, event["code"]), ("registration_failed", status), "event", event)


@case()
def silent_registrar(w):
    """nobody answers: 408 after 64*T1"""
    core = w.core()
    core.silent = True
    janus = w.own_janus(sip={"sip_t1_ms": 20})
    event = refused(w.page(w.scripted_user(), w.client(janus)))
    equal((event.name, event["code"]), ("registration_failed", 408), "event", event)


@case()
def silent_at_the_end(w):
    """unregister is answered to the page even if the network says nothing"""
    janus = w.own_janus(sip={"sip_t1_ms": 50})
    core, page = w.scripted(janus)
    core.silent = True
    page.send("unregister")
    page.wait("unregistered")


@case()
def challenges_from_hell(w):
    """unusable challenges: an error, never a crash, never an endless loop"""
    core = w.core(challenges=True)
    for i, challenge in enumerate((
            "Digest", "Basic realm=\"x\"", "Digest realm=\"scripted.example\"",
            'Digest realm="scripted.example",nonce="n",algorithm=FOO',
            'Digest realm="scripted.example",nonce="n",qop="auth-int"',
            'Digest realm="scripted.example,nonce="n', "Digest " + "x" * 8000,
            'Digest realm="%s",nonce="n"' % ("r" * 4000), 'Bearer realm="x"', "",
            'Digest realm="scripted.example",nonce="n\\",stale=true')):
        core.script = [lambda r, c=challenge: r.reply(401, ["WWW-Authenticate: " + c])] * 6
        before = len(core.registers)
        event = refused(w.page(w.scripted_user("hell%d" % i)))
        equal(event.name, "registration_failed", "event for %.60s" % challenge, event)
        check(len(core.registers) - before <= 3, "REGISTERs for %.60s" % challenge)


@case()
def register_ttl(w):
    """register_ttl is what the network is asked for"""
    core = w.core()
    page = w.page(w.scripted_user())
    page.register(register_ttl=1234)
    register = core.registers[0]
    equal(params(register.get("contact")).get("expires") or register.get("expires"), "1234",
          "expires asked for", register)


@case("REQ-142")
def one_identity_two_handles(w):
    """each has a flow and a contact of its own; a call reaches the one it is aimed at"""
    core, one = w.scripted()
    two = w.registered(w.scripted_user())
    first, second = (addr_of(r.get("contact")) for r in core.registers[:2])
    check(first != second, "both have the Contact " + first)
    from sip import audio_sdp
    invite = core.terminate("INVITE", two.user.impu, body=audio_sdp("127.0.1.85", 40000))
    two.incoming()
    lacks_text(one.story(), "incomingcall")
    two.ask("decline", "declining")
    equal(invite.final().status, 486, "answer")


@case()
def unknown_fields_are_named_once(w):
    """unknown fields are ignored; with strict_api they are refused by name"""
    w.core()
    page = w.page(w.scripted_user())
    page.register(colour="blue")
    w.janus.logged("colour")
    janus = w.own_janus(general={"strict_api": True})
    strict = w.page(w.scripted_user(), w.client(janus))
    number, text = strict.refused("register", **strict.account(colour="blue"))
    equal(number, 444, "error", text)
    contains(text, "colour")


@case("REQ-143")
def strangers_are_not_heard(w):
    """SIP from an address that is no core peer gets no answer and reaches nobody"""
    core, page = w.scripted()
    stranger = w.peer("127.0.1.99")
    binding = core.registrations[page.user.impu]
    for method, target in (("OPTIONS", "sip:127.0.1.21:5060"), ("INVITE", binding.contact),
                           ("MESSAGE", binding.contact)):
        stranger.request(method, target, [
            "Max-Forwards: 70", *("Route: " + path for path in binding.paths),
            "From: <sip:x@127.0.1.99>;tag=1", "To: <%s>" % page.user.impu, "Call-ID: " + new_id(),
            "CSeq: 1 " + method, "Contact: <sip:x@127.0.1.99>"], to=(edge.ADDRESS, edge.PORT))
    core.expect_nothing("ACK", 1)
    equal(w.capture.sip(to="127.0.1.99", frm=edge.ADDRESS), [], "answers to the stranger")
    lacks_text(page.story(), "incomingcall")
