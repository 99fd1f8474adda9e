"""As whom a user speaks: identities of his registration set, privacy, numbers."""

import itertools

import edge
from cases import case
from checks import check, contains, equal, header, lacks, lacks_text
from sip import addr_of, audio_sdp

ANONYMOUS = "sip:anonymous@anonymous.invalid"
SOMEBODY = "sip:+4930999@scripted.example"
FAR = audio_sdp("127.0.1.85", 40000)


def of_many(w, **fields):
    """-> a registered page whose user has three identities"""
    return w.registered(w.lab.user_of_many(), **fields)


def invite_of(w):
    return w.capture.wait_request("INVITE", frm=edge.ADDRESS)


def ends(page):
    page.ask("hangup", "hangup")


@case("REQ-74")
def call_as_another_identity(w):
    """identity: in From and the only one asserted; the phone sees it"""
    page, phone = of_many(w), w.phone()
    equal(page.registered["ims"]["associated"], page.user.impus, "associated", page.registered)
    for identity in reversed(page.user.impus):
        w.capture.restart()
        page.call(phone.impu, identity=identity)
        page.wait("accepted")
        invite = invite_of(w)
        equal(invite.all("p-asserted-identity"), ["<%s>" % identity], "P-Asserted-Identity", invite)
        equal(addr_of(invite.get("from")), identity, "From", invite)
        lacks(invite, "P-Preferred-Identity", "Privacy")
        equal(addr_of(phone.wait("INVITE").get("from")), identity, "From at the phone")
        ends(page)
        phone.wait("BYE")


@case("REQ-75")
def default_identity(w):
    """without identity the default one is asserted, also of who registered as another"""
    user, phone = w.lab.user_of_many(), w.phone()
    page = w.page(user)
    page.send("register", **page.account(username=user.impus[2]))
    equal(page.wait("registered")["username"], user.impus[2], "username")
    page.call(phone.impu)
    page.wait("accepted")
    invite = invite_of(w)
    equal(invite.all("p-asserted-identity"), ["<%s>" % user.impu], "P-Asserted-Identity", invite)
    equal(addr_of(invite.get("from")), user.impus[2], "From", invite)
    ends(page)


@case("REQ-74", "REQ-142")
def identity_of_somebody_else(w):
    """469 that names one's own; nothing is sent"""
    page, other = of_many(w), w.registered()
    for wrong in (other.user.impu, "sip:x@ims.example", page.user.impus[0].replace("many", "Many"),
                  "tel:+15550001", "nonsense", "<%s>" % page.user.impu):
        number, text = page.refused("message", uri="sip:bob@ims.example", content="x", identity=wrong)
        equal(number, 469, "error of %r" % wrong, text)
        contains(text, *page.user.impus)
    equal(page.refused("call", jsep=page.browser.offer(), uri="sip:bob@ims.example", identity=other.user.impu)[0],
          469, "error of a call")
    for method in ("INVITE", "MESSAGE"):
        equal(w.capture.requests(method, frm=edge.ADDRESS), [], "sent")


@case("REQ-74", "REQ-75")
def called_as_another_identity(w):
    """callee is the identity that was called, and it is the one that answers"""
    page, phone = of_many(w), w.phone()
    for identity in page.user.impus:
        w.capture.restart()
        invite = w.background(phone.invite, identity)
        event = page.incoming()
        equal((event["callee"], event["username"]), (identity, phone.impu), "parties", event)
        page.accept(event)
        equal(invite.result()[0].status, 200, "answer")
        for status in (180, 200):
            answer = w.capture.wait_response("INVITE", status, frm=edge.ADDRESS)
            equal(answer.all("p-asserted-identity"), ["<%s>" % identity], "P-Asserted-Identity", answer)
        page.hangup()
        phone.wait("BYE")
        page.connection_gone()
        equal(phone.message(identity, "hi").status, 200, "answer")
        event = page.wait("message")
        equal(event["callee"], identity, "callee", event)


@case("REQ-74", "REQ-77")
def message_as_another_identity(w):
    """identity and privacy of a message; inside a call they are the call's"""
    page, phone = of_many(w), w.phone()
    identity = page.user.impus[1]
    page.send("message", uri=phone.impu, content="x", identity=identity)
    equal(page.wait("messagedelivery")["code"], 200, "code")
    equal(addr_of(phone.wait("MESSAGE").get("from")), identity, "From")
    page.send("message", uri=phone.impu, content="x", identity=identity, privacy="id")
    equal(page.wait("messagedelivery")["code"], 200, "code")
    equal(addr_of(phone.wait("MESSAGE").get("from")), ANONYMOUS, "From")
    for message in w.capture.requests("MESSAGE", frm=edge.ADDRESS):
        equal(message.all("p-asserted-identity"), ["<%s>" % identity], "P-Asserted-Identity", message)
    page.call(phone.impu)
    page.wait("accepted")
    for field in ({"identity": identity}, {"privacy": "id"}, {"display_name": "Zoe"}):
        equal(page.refused("message", content="x", **field)[0], 447, "error")
    ends(page)


@case("REQ-77")
def anonymous_call(w):
    """privacy id: asserted on Mw, nothing of the caller at the page that is called"""
    caller = w.registered(display_name="Carla Secret")
    called = w.registered()
    caller.call(called.user.impu, privacy="id")
    event = called.incoming()
    equal((event["username"], event.get("displayname")), (ANONYMOUS, None), "caller", event)
    called.accept(event)
    caller.wait("accepted")
    caller.ask("hangup", "hangup")
    called.wait("hangup")
    lacks_text(called.story(), caller.user.name + "@", caller.user.name + ">", "Carla")
    invite = invite_of(w)
    equal(invite.all("p-asserted-identity"), ["<%s>" % caller.user.impu], "P-Asserted-Identity", invite)
    equal(invite.get("privacy"), "id", "Privacy", invite)
    header(invite, "From", '^"Anonymous" <%s>;tag=' % ANONYMOUS)
    for message in w.capture.sip(frm=edge.ADDRESS, match=lambda p: p.call_id == invite.call_id):
        for name in ("from", "contact", "record-route"):
            lacks_text(message.get(name, ""), caller.user.name + "@")


@case("REQ-77")
def name_of_one_request(w):
    """display_name: in From of this call, message or subscription alone; empty: none; withheld with privacy"""
    core, page = w.core(), w.page(w.scripted_user())
    page.register(display_name="Zoe Registered")
    requests = (("INVITE", lambda **more: page.call(SOMEBODY, **more), "hangup", {}),
                ("MESSAGE", lambda **more: page.send("message", uri=SOMEBODY, content="x", **more), "messagedelivery", {}),
                ("SUBSCRIBE", lambda **more: page.send("subscribe", event="presence", to=SOMEBODY, **more), "subscribe_failed", {}))
    for method, ask, over, _ in requests:
        for fields, name in (({"display_name": 'Dr. "Z" \\ M\u00fcller'}, '"Dr. \\"Z\\" \\\\ M\u00fcller" '), ({"display_name": ""}, ""),
                             ({}, '"Zoe Registered" '), ({"display_name": "Zoe Secret", "privacy": "id"}, '"Anonymous" ')):
            ask(**fields)
            request = core.expect(method)
            sender = ANONYMOUS if "privacy" in fields else page.user.impu
            equal(request.get("from").partition(";")[0], "%s<%s>" % (name, sender), "From", request)
            lacks_text(request.text(), "Zoe Secret")
            request.reply(486)
            page.wait(over)


@case("REQ-77")
def what_privacy_does(w):
    """which values keep From quiet; all are told the core as they are"""
    core, page = w.scripted()
    for privacy, sender in (("none", page.user.impu), ("id", ANONYMOUS), ("header;id;critical", ANONYMOUS),
                            ("user", ANONYMOUS), ("session", page.user.impu), ("history", page.user.impu)):
        page.call(SOMEBODY, privacy=privacy)
        invite = core.expect("INVITE")
        equal((addr_of(invite.get("from")), invite.get("privacy")), (sender, privacy), "From, Privacy", invite)
        equal(addr_of(invite.get("p-asserted-identity")), page.user.impu, "P-Asserted-Identity", invite)
        invite.reply(486)
        page.wait("hangup")
    w.capture.restart()
    for privacy in ("", "ID", "none;id", "id;", "id,user", "secret", "id\r\nRoute: x", 7):
        number, text = page.refused("message", uri=SOMEBODY, content="x", privacy=privacy)
        equal(number, 444, "error of %r" % privacy, text)
        contains(text, "privacy")
    equal(page.refused("call", jsep=page.browser.offer(), uri=SOMEBODY, privacy="ID")[0], 444, "error of a call")
    for method in ("INVITE", "MESSAGE"):
        equal(w.capture.requests(method, frm=edge.ADDRESS), [], "sent")


@case("REQ-77")
def call_of_somebody_anonymous(w):
    """what comes with Privacy: no event names the caller, nor does missed_call"""
    core, page = w.scripted()
    caller = "sip:+493077777@scripted.example"
    for privacy in ("id", "user;id", "header"):
        invite = core.terminate("INVITE", page.user.impu, ["Privacy: " + privacy], FAR, caller=caller)
        event = page.incoming()
        equal((event["username"], event.get("displayname")), (ANONYMOUS, None), "caller", event)
        second = core.terminate("INVITE", page.user.impu, ["Privacy: " + privacy], FAR, caller=caller)
        equal(page.wait("missed_call")["caller"], ANONYMOUS, "caller")
        equal(second.final().status, 486, "answer")
        equal(page.status()["call"]["peer"], ANONYMOUS, "peer")
        page.ask("decline", "declining")
        page.wait("hangup")
        equal(invite.final().status, 486, "answer")
        page.connection_gone()
    lacks_text(page.story(), "3077777", "Caller")


@case("REQ-87")
def numbers_as_they_are_dialled(w):
    """a number becomes a tel: URI, a local one with the home network as its context; calls and messages"""
    core, page = w.scripted()
    for dialled, target in (("+4930999", "tel:+4930999"), ("+49 (30) 99-9", "tel:+4930999"),
                            ("tel:+49-30-999", "tel:+4930999"), ("7042", "tel:7042;phone-context=scripted.example"),
                            ("tel:7042", "tel:7042;phone-context=scripted.example"),
                            ("tel:7042;phone-context=+4930", "tel:7042;phone-context=+4930"),
                            ("*21#", "tel:*21%23;phone-context=scripted.example"),
                            ("sip:7042;phone-context=x.example@scripted.example;user=phone",) * 2):
        equal(page.call(dialled)["username"], target, "username")
        invite = core.expect("INVITE")
        equal((invite.ruri, addr_of(invite.get("to"))), (target, target), "target", invite)
        invite.reply(404)
        page.wait("hangup")
        page.send("message", uri=dialled, content="x")
        message = core.expect("MESSAGE")
        equal(message.ruri, target, "target", message)
        message.reply(200)
        equal(page.wait("messagedelivery")["code"], 200, "code")
    for wrong in ("+", "12a", "12/34", "12;x=y", "++49", "1" * 40):
        equal(page.refused("message", uri=wrong, content="x")[0], 446, "error of %r" % wrong)
    for emergency in ("112", "1 1 2", "1-1-2", "(911)"):
        equal(page.refused("message", uri=emergency, content="x")[0], 464, "error of %r" % emergency)


@case("REQ-87")
def dialled_number_through_the_core(w):
    """a dialled number rings at the subscriber who has it"""
    page, owner = w.registered(), w.lab.user_of_many()
    phone = w.phone(owner)
    number = owner.impus[1][len("sip:"):].partition("@")[0]
    page.call("%s %s" % (number[:5], number[5:]))
    page.wait("accepted")
    check(phone.calls, "no call at the phone")
    ends(page)


def with_gruus(core):
    """From now on the core gives GRUUs, a new temporary one each time."""
    numbers = itertools.count(1)

    def contact_in(request, expires_s):
        return '%s;expires=%d;pub-gruu="%s;gr=urn:uuid:1";temp-gruu="sip:t%d@%s;gr"' % (
            core.named(request.get("contact")), expires_s, addr_of(request.get("to")), next(numbers),
            core.realm)
    core.contact_in = contact_in


@case("REQ-88")
def gruu_as_contact(w):
    """told in registered; Contact of calls both ways, the temporary one with privacy; found again by it"""
    core, user = w.core(), w.scripted_user()
    with_gruus(core)
    page = w.registered(user)
    header(core.registers[0], "Supported", r"\bgruu\b")
    gruu = page.registered["ims"]["gruu"]
    equal(gruu["pub"], user.impu + ";gr=urn:uuid:1", "public GRUU", page.registered)
    check(gruu["temp"].startswith("sip:t"), "temporary GRUU", page.registered)
    for fields, contact in (({}, gruu["pub"]), ({"privacy": "none"}, gruu["pub"]), ({"privacy": "id"}, gruu["temp"])):
        page.call(SOMEBODY, **fields)
        invite = core.expect("INVITE")
        equal(addr_of(invite.get("contact")), contact, "Contact", invite)
        dialog = invite.accept(FAR)
        page.wait("accepted")
        equal(dialog.target, contact, "target")
        equal(dialog.bye().status, 200, "BYE to the GRUU, by the route recorded")
        page.wait("hangup")
    page.connection_gone()
    invite = core.terminate("INVITE", user.impu, body=FAR)
    page.accept(page.incoming())
    equal(addr_of(invite.final().get("contact")), gruu["pub"], "Contact of the answer")
    invite.dialog().bye()
    page.wait("hangup")


@case("REQ-88", "REQ-11")
def gruus_are_renewed(w):
    """a refresh brings new ones, or none any more"""
    core, user = w.core(), w.scripted_user()
    with_gruus(core)
    page = w.registered(user)
    first = page.registered["ims"]["gruu"]
    second = page.ask("register", "registered", refresh=True, **page.account())["ims"]["gruu"]
    equal(second["pub"], first["pub"], "public GRUU")
    check(second["temp"] != first["temp"], "the temporary GRUU is the old one")
    core.contact_in = lambda request, expires_s: "%s;expires=%d" % (core.named(request.get("contact")), expires_s)
    third = page.ask("register", "registered", refresh=True, **page.account())
    equal(third["ims"].get("gruu"), None, "GRUU", third)
    page.call(SOMEBODY)
    invite = core.expect("INVITE")
    contains(invite.get("contact"), "@%s:5060" % edge.ADDRESS)
    invite.reply(486)
    page.wait("hangup")


@case("REQ-88", "REQ-74")
def gruu_of_another_identity(w):
    """a GRUU that names an identity is no Contact beside another one"""
    core, user = w.core(), w.scripted_user()
    other = "sip:+4930777@scripted.example"
    core.associated = lambda impu: [other, impu]
    with_gruus(core)
    page = w.registered(user)
    for fields, own in (({"identity": other}, True), ({"identity": user.impu}, False), ({}, False)):
        page.call(SOMEBODY, **fields)
        invite = core.expect("INVITE")
        equal(user.impu not in invite.get("contact"), own, "Contact is our own URI", invite)
        invite.reply(486)
        page.wait("hangup")


@case("REQ-88")
def gruus_not_wanted(w):
    """gruu = false: not asked for, and none is used"""
    janus = w.own_janus(network={"gruu": False})
    core, user = w.core(), w.scripted_user()
    with_gruus(core)
    page = w.registered(user, w.client(janus))
    equal(core.registers[0].get("supported"), "path", "Supported")
    equal(page.registered["ims"].get("gruu"), None, "GRUU", page.registered)


@case("REQ-83")
def telephony_says_so(w):
    """P-Preferred-Service, Accept-Contact and the feature tags of Contact; what the page asks for comes first"""
    mmtel = '+g.3gpp.icsi-ref="urn%3Aurn-7%3A3gpp-service.ims.icsi.mmtel"'
    page, phone = w.registered(), w.phone()
    for headers, wanted in (({}, "*;" + mmtel), ({"Accept-Contact": "*;video;require"}, "*;video;require")):
        w.capture.restart()
        page.call(phone.impu, headers=headers)
        page.wait("accepted")
        invite = invite_of(w)
        equal(invite.get("p-preferred-service"), "urn:urn-7:3gpp-service.ims.icsi.mmtel", "P-Preferred-Service", invite)
        equal(invite.all("accept-contact"), [wanted], "Accept-Contact", invite)
        contains(invite.get("contact"), ">;" + mmtel + ";audio")
        ends(page)
        phone.wait("BYE")
    page.connection_gone()
    call = w.background(phone.invite, page.user.impu)
    page.accept(page.incoming())
    contains(call.result()[0].get("contact"), mmtel)
    ends(page)


@case("REQ-76")
def name_of_either_identity(w):
    """P-Asserted-Identity with a SIP and a tel URI: the first is the caller, either may have the name"""
    core, page = w.scripted()
    for values, caller, name in (
            (["<tel:+4930123456>", '"Robert, Rob" <sip:robert@scripted.example>'], "tel:+4930123456", "Robert, Rob"),
            (['"Rob" <sip:robert@scripted.example>, <tel:+4930123456>'], "sip:robert@scripted.example", "Rob")):
        for method in ("MESSAGE", "INVITE"):
            core.terminate(method, page.user.impu, body=FAR if method == "INVITE" else "x", asserted=values,
                           body_type="application/sdp" if method == "INVITE" else "text/plain")
            event = page.wait("message") if method == "MESSAGE" else page.incoming()
            equal((event.get("sender") or event.get("username"), event["displayname"]), (caller, name),
                  "caller", event)
        page.ask("decline", "declining")
        page.wait("hangup")
        page.connection_gone()
