"""Devices that name themselves (RFC 5626: instance, reg-id): one that comes back takes the place of what it left behind, also
when nobody has missed that yet; several of one user stand beside each other."""

import delegate
from cases import case
from checks import check, contains, equal, header, lacks_text
from sip import addr_of, audio_sdp, new_id, params

SDP = audio_sdp("127.0.1.81", 40000)


def new_instance():
    return "urn:uuid:%s-0000-4000-8000-%s" % (new_id()[:8].rjust(8, "0"), "0" * 12)


def contact_of(register):
    return addr_of(register.get("contact"))


def replaced(page):
    """-> its event: it has lost its registration to itself elsewhere."""
    over = page.wait("unregistered")
    equal((over["ims"]["reason"], over["register_sent"], over["username"]), ("replaced", False, page.user.impu), "the end", over)
    equal(over.transaction, None, "transaction")
    equal(page.status()["registration"]["state"], "unregistered", "state")
    return over


def rings_only_at(core, page, silent):
    rung = silent.names().count("incomingcall")
    core.terminate("INVITE", page.user.impu, body=SDP)
    page.incoming()
    page.ask("decline", "declining")
    equal(silent.names().count("incomingcall"), rung, "calls of the other one")


# ---------------------------------------------------------------- it comes back
@case("REQ-158", "REQ-10", "REQ-157")
def with_a_password(w):
    """the same device on another connection, the old one still open: one contact, whose call ends"""
    core, instance = w.core(challenges=True), new_instance()
    old = w.page(w.scripted_user(), w.client())
    old.register(instance=instance, reg_id=1, secret=old.user.name + "-secret")
    core.terminate("INVITE", old.user.impu, body=SDP)
    old.incoming()
    new = w.page(old.user, w.client())
    new.register(instance=instance, reg_id=1, secret=old.user.name + "-secret")
    equal(old.wait("hangup")["code"], 486, "the call of the old one")
    replaced(old)
    equal(new.registered["ims"]["replaced"], old.registered["unique_id"], "whose place the new one takes")
    first, last = core.registers[0], core.registers[-1]
    header(last, "Contact", r';\+sip\.instance="<%s>";reg-id=1;' % instance)
    header(last, "Supported", r"\boutbound\b")
    header(last, "Path", r";lr;ob>$")
    equal((last.call_id, contact_of(last)), (first.call_id, contact_of(first)), "Call-ID and Contact", last)
    rings_only_at(core, new, old)
    check(not any(params(m.get("contact"))["expires"] == "0" for m in core.registers), "an end was sent", *core.registers)


@case("REQ-158")
def keeps_its_call(w):
    """... and with keep_calls its call goes on, on the handle that has it, which helps the new one; one that rings does not"""
    core, instance = w.core(challenges=True), new_instance()
    old = w.page(w.scripted_user(), w.client())
    how = {"instance": instance, "reg_id": 1, "secret": old.user.name + "-secret"}
    old.register(**how)
    rings = old.helper(w.client())
    asked = core.terminate("INVITE", old.user.impu, body=SDP)
    old.accept(old.incoming())
    dialog = asked.dialog()
    old.until_up()
    ringing = core.terminate("INVITE", old.user.impu, body=SDP)
    rings.incoming()
    new = w.page(old.user, w.client())
    new.register(**how, keep_calls=True)
    equal(old.wait("unregistered")["ims"]["reason"], "replaced", "the old one's registration")
    check(ringing.final().status >= 400, "the one that rang", ringing.final())
    core.terminate("INVITE", old.user.impu, body=SDP)
    equal(new.incoming()["ims"]["call_waiting"], True, "the new one knows of the call")
    new.ask("decline", "declining")
    equal(dialog.request("UPDATE").final().status, 200, "UPDATE")
    old.ask("hangup", "hangup")
    core.expect("BYE").reply(200)


@case("REQ-158", "REQ-33")
def who_proves_himself_to_the_network(w):
    """delegated, at a real S-CSCF: the old one is served until the network has taken the new one's answer; no second contact"""
    instance = new_instance()
    old, new = w.page(client=w.client()), None
    delegate.register(old, instance=instance, reg_id=1)
    old.forget()
    new = w.page(old.user, w.client())
    challenge = delegate.begin(new, instance=instance, reg_id=1)
    equal(old.status()["registration"]["state"], "registered", "the old one, before the proof")
    delegate.prove(new, challenge)
    event = delegate.prove_until(new, "registered")
    replaced(old)
    equal(event["ims"]["replaced"], old.registered["unique_id"], "whose place the new one takes")
    sent = w.registers(4)
    equal(len({contact_of(m) for m in sent}), 1, "Contacts", *sent)
    equal(len({m.call_id for m in sent}), 2, "Call-IDs", *sent)
    phone = w.phone()
    w.background(phone.invite, new.user.impu)
    new.incoming()
    new.ask("decline", "declining")
    delegate.prove_all(new, delegate.begin(new, refresh=True))
    new.send("unregister")
    delegate.prove_until(new, "unregistered")
    equal(w.lab.state_of(new.user), "not-registered", "HSS")


@case("REQ-158")
def left_behind(w):
    """the old one's handle has ended: it comes back within reclaim_s, and no end of it is sent but that of the new one"""
    janus = w.own_janus(general={"reclaim_s": 60})
    core, instance, client = w.core(challenges=True), new_instance(), w.client(janus)
    old = w.page(w.scripted_user(), client)
    delegate.register(old, instance=instance)
    first = core.registers[0]
    old.detach()
    new = w.page(old.user, client)
    delegate.register(new, instance=instance)
    check("+sip.instance" in first.get("contact") and "reg-id" not in first.get("contact"), "reg-id unasked", first)
    rings_only_at(core, new, old)
    core.challenges = False
    w.run.end(janus)            # which ends all that it still has
    equal([contact_of(m) for m in core.registers], [contact_of(first)] * 5, "Contacts")
    equal([params(m.get("contact"))["expires"] == "0" for m in core.registers], [False] * 4 + [True], "ends")


@case("REQ-157", "REQ-22")
def nobody_there(w):
    """while the flow of a device waits to be taken up again: 430, so that a network that manages flows may try another one; else 480"""
    core, client, outbound = w.core(), w.client(w.own_janus(general={"reclaim_s": 30})), ["Require: outbound"]
    for number, (more, fields, status) in enumerate(((outbound, {"instance": new_instance(), "reg_id": 1}, 430),
                                                     ([], {"instance": new_instance(), "reg_id": 1}, 480), (outbound, {}, 480))):
        core.extra = more
        page = w.page(w.scripted_user("z%d" % number), client)
        page.register(**fields)
        page.detach()
        equal(core.terminate("INVITE", page.user.impu, body=SDP).final().status, status, "INVITE")
        equal(core.terminate("MESSAGE", page.user.impu, body="x", body_type="text/plain").final().status, status, "MESSAGE")


# ---------------------------------------------------------------- it is another one
@case("REQ-142", "REQ-158")
def who_does_not_prove_himself(w):
    """a wrong password, a wrong answer, no answer: refused, and the device that is registered hears nothing of it"""
    core, instance = w.core(challenges=True), new_instance()
    old = w.page(w.scripted_user(), w.client())
    old.register(instance=instance, reg_id=1, secret=old.user.name + "-secret")
    thief = w.page(old.user, w.client())
    thief.send("register", **thief.account(instance=instance, reg_id=1, secret="geheim-geraten"))
    equal(thief.wait("registration_failed")["code"], 403, "code")
    challenge = delegate.begin(thief, instance=instance, reg_id=1)
    thief.ask("authenticate", "authenticating", **{**delegate.parts(challenge, "geheim-geraten")})
    equal(thief.wait("registration_failed")["code"], 403, "code")
    delegate.begin(thief, instance=instance, reg_id=1)
    thief.unregister()
    thief.detach()
    equal(old.names(), ["registering", "registered"], "events of the device")
    check(not any(params(m.get("contact"))["expires"] == "0" for m in core.registers), "an end was sent", *core.registers)
    rings_only_at(core, old, thief)
    lacks_text(old.story(), "geheim-geraten")


@case("REQ-29", "REQ-142")
def beside_each_other(w):
    """another instance, another reg-id, another identity with the same instance: contacts of their own"""
    core, instance = w.core(), new_instance()
    user, other = w.scripted_user(), w.scripted_user("yan")
    pages = [w.registered(user, instance=instance, reg_id=1), w.registered(user, instance=new_instance(), reg_id=1),
             w.registered(user, instance=instance, reg_id=2), w.registered(user), w.registered(other, instance=instance, reg_id=1)]
    equal(len({contact_of(m) for m in core.registers}), len(pages), "Contacts", *core.registers)
    for page in pages:
        equal(page.names(), ["registering", "registered"], "events")


@case("REQ-29")
def both_ring(w):
    """two devices of one user at a real S-CSCF: a call rings at both; the one that answers has it, the other is told that it is over"""
    user = w.user()
    one, two = (w.registered(user, w.client(), instance=new_instance(), reg_id=1) for _ in range(2))
    phone = w.phone()
    w.background(phone.invite, user.impu)
    event = one.incoming()
    two.incoming()
    one.accept(event)
    check(two.wait("hangup")["code"] >= 400, "the call of the other one", two)
    one.until_up()
    one.hangup()
    two.unregister()
    one.connection_gone()
    w.background(phone.invite, user.impu)
    one.incoming()
    one.ask("decline", "declining")


@case("REQ-157")
def first_hop_without_flows(w):
    """439: registered without reg-id and without outbound"""
    core = w.core()
    core.script = [439]
    w.registered(w.scripted_user(), instance=new_instance(), reg_id=1)
    first, second = core.wait_register(1), core.wait_register(2)
    check("reg-id" in first.get("contact") and "reg-id" not in second.get("contact"), "reg-id", first, second)
    check("outbound" not in second.get("supported"), "outbound", second)


@case()
def a_way_needs_its_device(w):
    """reg_id without instance is refused with a sentence"""
    page = w.page()
    number, sentence = page.refused("register", **page.account(reg_id=1))
    equal(number, 443, "error", sentence)
    contains(sentence, "instance")
