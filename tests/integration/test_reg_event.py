"""The network's word on registrations (RFC 3680): at a real IMS core, and at a scripted one that says more than that."""

import edge
from cases import case
from checks import check, equal, header, lacks_text
from lab import SCSCF
from patience import EVENT_S
from peer import Silence
from sip import addr_of, audio_sdp, params, uri_user

DEVICE, OTHER_DEVICE = ("urn:uuid:0d641c21-e872-4848-8b46-85a7f94eb84%d" % number for number in (8, 9))
EDGE = {"networks_of": {"scripted": {"reg_event": True}}}


class Word:
    """What the scripted core says about the contacts of one user, in the subscription that he was given."""

    def __init__(self, core, page, subscribe=None):
        self.page, self.core, self.version = page, core, 0
        self.subscribe = subscribe or heard(core)
        self.subscribe.reply(200, ["Contact: <%s>" % core.contact, "Expires: %s" % self.subscribe.get("expires")])
        self.dialog = self.subscribe.dialog()

    def contact(self, state="active", event="registered", more="", uri=None, number=1, instance=None):
        uri = uri or self.core.registrations[self.page.user.impu].contact
        named = '<unknown-param name="+sip.instance">"&lt;%s&gt;"</unknown-param>' % instance if instance else ""
        return '<contact id="c%d" state="%s" event="%s" %s><uri>%s</uri>%s</contact>' % (
            number, state, event, more, uri, named)

    def registration(self, *contacts, state="active", aor=None, number=1):
        return '<registration aor="%s" id="r%d" state="%s">%s</registration>' % (
            aor or self.page.user.impu, number, state, "".join(contacts))

    def say(self, *registrations, full=True, version=None, state="active;expires=4200", text=None, status=200):
        version = self.version if version is None else version
        self.version = version + 1
        text = text or ('<?xml version="1.0"?><reginfo xmlns="urn:ietf:params:xml:ns:reginfo" version="%d" state="%s">'
                        '%s</reginfo>' % (version, "full" if full else "partial", "".join(registrations)))
        answer = self.dialog.request("NOTIFY", ["Event: reg", "Subscription-State: " + state], text,
                                     "application/reginfo+xml").final()
        equal(answer.status, status, "NOTIFY", answer)

    def of_contact(self, state, event, more="", **options):
        self.say(self.registration(self.contact(state, event, more)), **options)


def heard(core, timeout_s=EVENT_S):
    """The next SUBSCRIBE for a user of this case."""
    return core.expect("SUBSCRIBE", timeout_s, lambda request: core.mine in request.get("to"))


def silent(core):
    try:
        heard(core, 0.2)
    except Silence:
        return True
    return False


def listening(w, **options):
    """-> core, page, Word about the page's user, who is in a call if `calling`"""
    core, page = w.scripted(**options)
    return core, page, Word(core, page)


def in_a_call(core, page):
    """-> the core's end of a call of that page"""
    page.call("sip:bob@scripted.example")
    dialog = core.expect("INVITE").accept(audio_sdp(core.ip, 40000))
    core.expect("ACK")
    page.wait("accepted")
    return dialog


def subscribed(w):
    """A user of the lab whose SUBSCRIBE has been answered with a NOTIFY. -> page, SUBSCRIBE"""
    page = w.registered()
    subscribe = w.capture.wait_request("SUBSCRIBE", frm=edge.ADDRESS)
    w.capture.wait_request("NOTIFY", to=edge.ADDRESS)
    return page, subscribe


@case("REQ-23")
def subscribes_after_registering(w):
    """one SUBSCRIBE for the default identity, by Service-Route, as the edge itself, for longer than the registration"""
    page, subscribe = subscribed(w)
    equal(subscribe.ruri, page.user.impu, "Request-URI", subscribe)
    header(subscribe, "Event", "^reg$")
    header(subscribe, "Accept", r"^application/reginfo\+xml$")
    header(subscribe, "Route", "^<sip:orig@%s" % SCSCF)
    header(subscribe, "P-Asserted-Identity", "^<sip:[^@]+@%s:5060>$" % edge.ADDRESS)
    header(subscribe, "P-Charging-Vector", "icid-value=")
    check(int(header(subscribe, "Expires")) > page.registered["ims"]["expires"], "Expires", subscribe)
    page.ask("register", "registered", refresh=True, username=page.user.impu, secret=page.user.password)
    equal(len(w.capture.requests("SUBSCRIBE", frm=edge.ADDRESS)), 1, "SUBSCRIBEs, after a refresh too")
    page.unregister()
    last = w.capture.wait_request("SUBSCRIBE", frm=edge.ADDRESS, count=2)
    header(last, "Expires", "^0$")


@case("REQ-24")
def ended_by_the_network(w):
    """RTR of the HSS: the call and the registration are over, the page is told, and nobody registers again"""
    page, _ = subscribed(w)
    known = len(w.registers(2))     # Kamailio challenges a right answer now and then
    phone = w.phone()
    page.call(phone.impu)
    page.wait("accepted")
    w.lab.hss("/rtr?impi=" + page.user.impi, "POST")
    over = page.wait("unregistered")
    equal(over["ims"]["reason"], "terminated", "reason", over)
    page.wait("hangup")
    equal(page.status()["registration"]["state"], "unregistered", "state")
    equal(w.lab.state_of(page.user), "not-registered", "at the HSS")
    equal(len(w.registers()), known, "REGISTERs")
    page.register()     # if its user wants to


@case("REQ-24")
def rejected_and_unregistered(w):
    """both end it, with the call, without a REGISTER; the page hears why"""
    for event in ("rejected", "unregistered"):
        core, page, word = listening(w)
        in_a_call(core, page)
        word.of_contact("terminated", event)
        equal(page.wait("unregistered")["ims"]["reason"], event, "reason")
        last = heard(core)
        header(last, "Expires", "^0$")              # nobody listens any more
        last.reply(200)                             # or the next core hears it again
        core.expect("BYE").reply(200)
        equal(len(core.registers), 1, "REGISTERs")
        page.detach()
        core.close()


@case("REQ-25")
def deactivated(w):
    """the call ends, a new initial registration is made and told, and listened to again"""
    core, page, word = listening(w)
    in_a_call(core, page)
    word.of_contact("terminated", "deactivated")
    told = page.wait("reginfo")
    equal((told["ims"]["reason"], told["ims"]["expires"]), ("deactivated", 0), "reginfo", told)
    core.expect("BYE").reply(200)
    core.wait_register(2)
    page.wait("registered")
    again = core.expect("SUBSCRIBE", match=lambda r: core.mine in r.get("to") and r.get("expires") != "0")
    Word(core, page, again).of_contact("terminated", "expired")
    page.wait("reginfo")
    core.wait_register(3)


@case("REQ-25")
def probation(w):
    """tried again when the network allows it, not before"""
    core, page, word = listening(w)
    word.of_contact("terminated", "probation", 'retry-after="2"')
    failed = page.wait("registration_failed")
    equal((failed["reason"], failed["ims"]["retry_in"]), ("probation", 2), "failed", failed)
    equal(len(core.registers), 1, "REGISTERs before")
    page.wait("registered")


@case("REQ-26")
def shortened(w):
    """proved anew before the new expiry: a challenge is answered, the registration and its call go on"""
    core, page, word = listening(w, challenges=True)
    in_a_call(core, page)
    before = len(core.registers)
    word.of_contact("active", "shortened", 'expires="2"')
    told = page.wait("reginfo")
    equal((told["ims"]["reason"], told["ims"]["expires"]), ("shortened", 2), "reginfo", told)
    core.wait_register(before + 1)
    word.of_contact("active", "refreshed", 'expires="3600"')
    equal(page.status()["call"]["state"], "up", "call")
    page.hangup()


@case("REQ-27")
def partial_state_is_merged(w):
    """a second device comes and goes by partial documents; one that is missing is asked for; old ones do not count"""
    core, page, word = listening(w)
    word.of_contact("active", "registered")
    other = word.contact(uri="sip:other@192.0.2.9", number=2)
    word.say(word.registration(other), full=False)
    equal(page.wait("reginfo")["ims"]["contacts"], 2, "contacts")
    word.say(word.registration(word.contact("terminated", "rejected")), full=False, version=1)      # old
    word.say(word.registration(word.contact("terminated", "rejected")), full=False, version=7)      # too new
    asked = heard(core)
    equal(asked.tag("to"), word.subscribe.to_tag, "in the dialog", asked)
    asked.reply(200, ["Contact: <%s>" % core.contact, "Expires: 4200"])
    word.say(word.registration(word.contact()), version=8)
    equal(page.wait("reginfo")["ims"]["contacts"], 1, "contacts")
    equal(page.status()["registration"]["state"], "registered", "state")


@case("REQ-23", "REQ-11")
def identities_are_learnt(w):
    """those that the network registers together with ours may be used from then on"""
    core, page, word = listening(w)
    second = page.user.impu.replace("sip:", "sip:second.")
    word.say(word.registration(word.contact()), word.registration(word.contact(), aor=second, number=2))
    equal(page.wait("reginfo")["ims"]["associated"], [page.user.impu, second], "associated")
    page.ask("message", "messagesent", uri="sip:bob@scripted.example", content="x", identity=second)
    header(core.expect("MESSAGE"), "P-Asserted-Identity", second)


@case("REQ-28")
def refused_or_dropped(w):
    """what becomes of the subscription is no matter of the registration: it is made again"""
    core, page = w.scripted()
    heard(core).reply(500, ["Retry-After: 1"])
    equal(page.status()["registration"]["state"], "registered", "after a refusal")
    page.unregister()
    core.close()
    core, page, word = listening(w)
    word.say(text="<none/>", state="terminated;reason=deactivated")
    again = core.expect("SUBSCRIBE", match=lambda r: page.user.name in r.get("to"))
    equal(again.tag("to"), None, "a new one", again)
    equal(page.status()["registration"]["state"], "registered", "after its end")


@case("REQ-27")
def hostile_documents(w):
    """DTD, entities, depth, size, rubbish: nothing happens, and a good one is heard afterwards"""
    core, page, word = listening(w)
    ours = word.registration(word.contact("terminated", "rejected"))
    root = '<reginfo xmlns="urn:ietf:params:xml:ns:reginfo" version="0" state="full">'
    laughs = "".join('<!ENTITY l%d "%s">' % (n, "&l%d;" % (n - 1) * 10) for n in range(1, 9))
    for text in ("<", "\x00" * 100, "&" * 30000, "<a>" * 3000,
                 '<!DOCTYPE reginfo [<!ENTITY l0 "ha">%s]>%s%s&l8;</reginfo>' % (laughs, root, ours),
                 '<!DOCTYPE reginfo SYSTEM "file:///etc/passwd">%s%s</reginfo>' % (root, ours),
                 root.replace("reginfo\"", "other\"") + ours + "</reginfo>", root + ours):
        word.say(text=text)
    word.say(word.registration(*[word.contact(uri="sip:c%d@192.0.2.1" % n, number=n) for n in range(200)]))
    equal(page.status()["registration"]["state"], "registered", "state")
    word.of_contact("terminated", "rejected")
    page.wait("unregistered")


@case("REQ-23")
def one_for_each_impi(w):
    """two pages of one user share the subscription; when the first one goes the other speaks"""
    core, page, word = listening(w)
    other = w.page(page.user)
    other.register()
    check(silent(core), "a second SUBSCRIBE")
    page.unregister()
    left = heard(core)
    equal((left.get("expires"), left.tag("to")), ("0", word.subscribe.to_tag), "the first one's end", left)
    left.reply(200)
    again = heard(core)
    equal(again.tag("to"), None, "a new one", again)
    lacks_text(again.text(), uri_user(addr_of(word.subscribe.get("contact"))))


@case("REQ-24", "REQ-29")
def one_of_two_devices(w):
    """two devices of one user, each its own contact: the network ends the one, whose page hears why, and the other goes on"""
    core, page, word = listening(w)
    other = w.page(page.user)
    other.register(instance=DEVICE, reg_id=1)
    contacts = [addr_of(register.get("contact")) for register in core.registers]
    both = [word.contact(uri=uri, number=number) for number, uri in enumerate(contacts)]
    word.say(word.registration(*both))
    for each in (page, other):
        equal(each.wait("reginfo")["ims"]["contacts"], 2, "contacts")
    word.say(word.registration(both[0], word.contact("terminated", "rejected", uri=contacts[1], number=1)), full=False)
    equal(other.wait("unregistered")["ims"]["reason"], "rejected", "reason")
    equal(page.wait("reginfo")["ims"]["contacts"], 1, "contacts left")
    equal(page.status()["registration"]["state"], "registered", "state of the other one")
    equal(len(core.registers), 2, "REGISTERs")


# ---------------------------------------------------------------- a gateway that is gone
def of_a_device(w, **fields):
    """-> core that challenges, page of DEVICE, Word"""
    core = w.core(challenges=True)
    page = w.registered(w.scripted_user(), w.client(), instance=DEVICE, reg_id=1, **fields)
    return core, page, Word(core, page)


@case("REQ-158", "REQ-23")
def left_at_a_dead_gateway(w):
    """what the same device has registered at another gateway is removed, with proof, in mid-call; another device's is not"""
    core, page, word = of_a_device(w)
    in_a_call(core, page)
    before = len(core.registers)
    dead, alive = "sip:left@192.0.2.7:5060", "sip:other@192.0.2.8:5060"
    word.say(word.registration(word.contact(instance=DEVICE), word.contact(uri=dead, number=2, instance=DEVICE),
                               word.contact(uri=alive, number=3, instance=OTHER_DEVICE)))
    equal(page.wait("reginfo")["ims"]["contacts"], 3, "contacts")
    proved = core.wait_register(before + 1)
    equal(proved.get("contact"), "<%s>;expires=0" % dead, "Contact", proved)
    header(proved, "Authorization", "response=")
    equal(proved.call_id, core.registers[0].call_id, "Call-ID", proved)
    word.say(word.registration(word.contact(instance=DEVICE), word.contact(uri=alive, number=3, instance=OTHER_DEVICE)))
    equal(page.wait("reginfo")["ims"]["contacts"], 2, "contacts left")
    equal(len(core.registers), before + 1, "REGISTERs")
    equal(page.status()["registration"]["state"], "registered", "state")
    page.hangup()
    core.expect("BYE").reply(200)


@case("REQ-158", "REQ-25")
def gone_to_another_gateway(w):
    """the older of two does not fight: who comes later with its instance is let be, and its end is no reason to come back"""
    core, page, word = of_a_device(w)
    ours, newer = word.contact(instance=DEVICE), word.contact(uri="sip:new@192.0.2.7", number=2, instance=DEVICE)
    word.say(word.registration(ours))
    word.say(word.registration(ours, newer))
    equal(page.wait("reginfo")["ims"]["contacts"], 2, "contacts")
    before = len(core.registers)
    word.say(word.registration(word.contact("terminated", "expired"), newer))
    over = page.wait("unregistered")
    equal((over["ims"]["reason"], over["register_sent"]), ("replaced", True), "the end", over)
    equal([params(m.get("contact"))["expires"] for m in core.registers[before:]], [], "REGISTERs")
