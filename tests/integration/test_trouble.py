"""What the network may answer a REGISTER besides yes and no; a core whose parts die and come back."""

import edge
from cases import case
from checks import check, equal
from process import wait_until
from sip import auth_params

TARGET = "sip:+4930999@scripted.example"
EDGE = {"sip": {"sip_t1_ms": 50}}
RESTORATION = ('<?xml version="1.0" encoding="UTF-8"?><ims-3gpp version="1"><alternative-service><type>restoration</type>'
               "<reason>restart</reason><action>initial-registration</action></alternative-service></ims-3gpp>")


def refused(page):
    """-> the event registration_failed"""
    page.send("register", **page.account())
    return page.wait("registration_failed")


def forgotten(request):
    request.reply(504, body=RESTORATION, body_type="application/3gpp-ims+xml")


def assert_initial(register):
    """It proves nothing, and starts from who we are."""
    credentials = auth_params(register.get("authorization"))
    equal((credentials.get("nonce"), credentials.get("integrity-protected")), ("", None),
          "nonce, integrity-protected", register)


@case("REQ-16")
def registrar_without_path(w):
    """420 for path: one line for the operator, no second REGISTER, and the page knows"""
    core = w.core()
    core.script = [lambda r: r.reply(420, ["Unsupported: path"])]
    page = w.page(w.scripted_user())
    event = refused(page)
    equal((event["code"], "ims" in event.result), (420, False), "code; whether it is tried again", event)
    core.expect_nothing("INVITE", 1)
    equal(len(core.registers), 1, "REGISTERs")
    log = w.janus.logged(page.user.impu + ": the registrar does not support 'path'")
    lines = [line for line in log.splitlines() if page.user.impu in line and "[ERR]" in line]
    equal(len(lines), 1, "lines for the operator", *lines)


@case("REQ-19")
def retry_after(w):
    """503 with Retry-After: the page hears of it once, the gateway waits that long, and then he is registered"""
    core = w.core(challenges=True)
    core.script = [lambda r: r.reply(503, ["Retry-After: 2"]), lambda r: r.reply(503, ["Retry-After: 1"])]
    page = w.page(w.scripted_user())
    event = refused(page)
    equal((event["code"], event["ims"]["retry_in"]), (503, 2), "code, seconds to the next attempt", event)
    equal(page.status()["registration"]["state"], "registering", "state")
    page.wait("registered")
    equal(page.names().count("registration_failed"), 1, "registration_failed events")
    at = [r.at for r in core.registers]
    check(at[1] - at[0] >= 2 and at[2] - at[1] >= 1, "seconds between REGISTERs: %r" % (at,))


@case("REQ-18")
def back_off(w):
    """500: the next attempt comes in 15 to 30 s, unless the page does not wait; unregister ends it at once"""
    core = w.core()
    core.script = [500, 480]
    page = w.page(w.scripted_user())
    event = refused(page)
    check(event["code"] == 500 and 15 <= event["ims"]["retry_in"] <= 30, "code, seconds to the next attempt", event)
    equal(refused(page)["code"], 480, "code when the page asks again")
    page.ask("unregister", "unregistered")
    equal(len(core.registers), 2, "REGISTERs")
    page.register()


@case("REQ-18")
def detached_while_waiting(w):
    """the page leaves while the gateway waits for its next attempt: nothing is left"""
    before = edge.objects(w.janus)
    core = w.core()
    core.script = [503]
    page = w.page(w.scripted_user())
    refused(page)
    page.detach()
    edge.wait_objects(w.janus, before)


@case("REQ-20")
def forgotten_by_the_network(w):
    """504 with a restoration body, to a call and to a refresh: a new initial registration; the page hears of its call,
    and of nothing else"""
    core = w.core(challenges=True, expires_s=600)
    page = w.registered(w.scripted_user())
    page.call(TARGET)
    forgotten(core.expect("INVITE"))
    equal(page.wait("hangup")["code"], 504, "code")
    core.wait_register(4)
    assert_initial(core.registers[2])
    page.call(TARGET)
    core.expect("INVITE").reply(486)
    page.wait("hangup")
    core.script = [forgotten]
    page.send("register", refresh=True, **page.account())
    page.wait("registered")
    assert_initial(core.registers[5])
    equal(page.names().count("registered"), 2, "registered events: the first, and the refresh's")
    equal(page.names().count("registration_failed"), 0, "registration_failed events")


@case("REQ-20")
def forgotten_with_a_message(w):
    """... to a MESSAGE too"""
    core, page = w.scripted(challenges=True)
    page.send("message", content="hello", uri=TARGET)
    forgotten(core.expect("MESSAGE"))
    equal(page.wait("messagedelivery")["code"], 504, "code")
    core.wait_register(3)
    assert_initial(core.registers[2])


@case("REQ-20")
def not_every_504_is_one(w):
    """504 without that body, or with another: nothing is registered anew"""
    core, page = w.scripted(challenges=True)
    for body, kind in (("", ""), (RESTORATION, "text/xml"), ("<ims-3gpp/>", "application/3gpp-ims+xml"),
                       (RESTORATION[:-5], "application/3gpp-ims+xml")):
        page.call(TARGET)
        core.expect("INVITE").reply(504, body=body, body_type=kind)
        page.wait("hangup")
    core.expect_nothing("INVITE", 0.3)
    equal(len(core.registers), 2, "REGISTERs")


@case()
def moved_to_another_edge(w):
    """305: nobody follows it, the page hears of it"""
    core = w.core()
    core.script = [lambda r: r.reply(305, ["Contact: <sip:127.0.1.99>"])]
    event = refused(w.page(w.scripted_user()))
    equal((event["code"], "ims" in event.result), (305, False), "code; whether it is tried again", event)
    equal(len(core.registers), 1, "REGISTERs")


@case("REQ-29")
def two_pages_of_one_user(w):
    """two contacts at a real core: both ring, the one that answers has the call; one unregisters, the other stays"""
    one = w.registered()
    two = w.registered(one.user)
    caller = w.registered()
    caller.call(one.user.impu)
    ringing = one.incoming()
    two.incoming()
    one.accept(ringing)
    caller.wait("accepted")
    equal(two.wait("hangup")["code"], 487, "code of the other one")
    caller.hangup()
    one.wait("hangup")
    one.unregister()
    equal(w.lab.state_of(two.user), "registered", "HSS")
    caller.call(two.user.impu)
    two.incoming()
    two.ask("decline", "declining")
    equal(caller.wait("hangup")["code"], 486, "code")
    check(one.names().count("incomingcall") == 1, "the one that left still rings")


@case("REQ-18", "REQ-20", long=True, timeout_s=240)
def s_cscf_dies_and_returns(w):
    """users of an S-CSCF that lost everything are served again, and new ones too; no page does anything"""
    core_dies(w, "scscf")


@case("REQ-18", long=True, timeout_s=240)
def hss_dies_and_returns(w):
    """the same of the HSS"""
    core_dies(w, "hss")


@case("REQ-18", long=True, timeout_s=240)
def i_cscf_dies_and_returns(w):
    """the same of the I-CSCF"""
    core_dies(w, "icscf")


def core_dies(w, node):
    page, peer = w.registered(register_ttl=60), w.registered()
    revive = w.lab.kill(node)
    newcomer = w.page()
    newcomer.send("register", **newcomer.account())     # in mid-registration
    event = newcomer.wait("registration_failed", timeout_s=60)
    check("retry_in" in event.result.get("ims", {}), "final, though the core may return", event)
    revive()
    newcomer.wait("registered", timeout_s=120)

    def served():
        peer.call(page.user.impu)
        try:
            page.incoming(3)
        except AssertionError:
            return False
        finally:
            if peer.status()["call"]:
                peer.send("hangup")
            peer.wait("hangup")
        page.wait("hangup")
        return True
    wait_until(served, "a call to a user who was registered before", timeout_s=120, pause_s=3)
    equal([name for name in page.names() if name.startswith("regist")][0:2], ["registering", "registered"],
          "how it began")
