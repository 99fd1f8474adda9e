"""Registration at a real IMS core: what is on the wire, what the page is told."""

import edge
from cases import case
from checks import check, contains, equal, header, lacks, lacks_text
from lab import ICSCF, REALM
from process import wait_until
from sip import addr_of, audio_sdp, auth_params, params, uri_user

OWNED = ("Via", "Route", "Path", "Record-Route", "Authorization", "P-Asserted-Identity",
         "P-Charging-Vector", "P-Charging-Function-Addresses", "P-Visited-Network-ID",
         "P-Access-Network-Info", "Contact", "From", "To", "Call-ID", "CSeq", "Require", "v", "m")


@case("REQ-07", "REQ-31", "REQ-32", "REQ-34", "REQ-47")
def register_with_digest(w):
    """empty Authorization with the IMPI, challenge, answer; nothing says yes or no to integrity"""
    page = w.registered()
    first, second = w.registers(2)
    empty = auth_params(header(first, "Authorization", "^Digest "))
    equal(empty.get("username"), page.user.impi, "IMPI of the first REGISTER", first)
    equal((empty.get("nonce", ""), empty.get("response", "")), ("", ""), "nonce, response", first)
    check("integrity-protected" not in empty, "integrity-protected before the challenge", first)
    answer = auth_params(header(second, "Authorization"))
    equal((answer["username"], answer["realm"], answer["uri"], answer["qop"]),
          (page.user.impi, REALM, "sip:" + REALM, "auth"), "answer", second)
    equal(answer["integrity-protected"], "tls-pending", "integrity-protected", second)
    equal(first.ruri, "sip:" + REALM, "Request-URI", first)
    equal(first.call_id, second.call_id, "Call-ID")
    equal(second.cseq, first.cseq + 1, "CSeq")
    equal(first.tag("from"), second.tag("from"), "From tag")
    equal(w.lab.state_of(page.user), "registered", "HSS")


@case()
def events_of_registration(w):
    """registering, registered with username, master_id and what the network granted"""
    page = w.registered()
    equal(page.names()[:2], ["registering", "registered"], "events")
    result = page.registered.result
    equal(result["username"], page.user.impu, "username")
    equal(result["register_sent"], True, "register_sent")
    check(isinstance(result["master_id"], int) and 0 < result["master_id"] < 1 << 53, "master_id",
          page.registered)
    equal(result["ims"]["associated"], [page.user.impu], "associated")
    check(result["ims"]["expires"] > 0, "expires", page.registered)


@case("REQ-34")
def impi_defaults_to_the_impu(w):
    """without authuser the IMPI is the IMPU without its scheme"""
    page = w.page()
    page.ask("register", "registered", username=page.user.impu, secret=page.user.password)
    equal(auth_params(w.registers(2)[0].get("authorization"))["username"], page.user.impi, "IMPI")


@case("REQ-01", "REQ-03", "REQ-04", "REQ-05", "REQ-09")
def headers_of_the_edge(w):
    """Path, P-Visited-Network-ID, P-Charging-Vector; no access network is invented"""
    w.registered()
    seen = w.registers(2)
    for register in seen:
        path = addr_of(header(register, "Path", r"^<sip:[^@]+@127\.0\.1\.21:5060;lr>$"))
        check(len(uri_user(path)) >= 16, "the flow token is short", register)
        header(register, "Require", r"\bpath\b")
        header(register, "P-Visited-Network-ID", r'^"?%s"?$' % edge.VISITED)
        header(register, "P-Charging-Vector", r'icid-value="[^"]{16,}"')
        header(register, "P-Charging-Vector", r"icid-generated-at=%s(;|$)" % edge.ADDRESS)
        header(register, "P-Charging-Vector", r'orig-ioi="Type 1%s"' % edge.VISITED)
        check("term-ioi" not in register.get("p-charging-vector"), "term-ioi in a request", register)
        lacks(register, "P-Access-Network-Info", "Security-Client", "Proxy-Require")
        for name in ("Path", "P-Visited-Network-ID", "P-Charging-Vector", "Authorization"):
            equal(register.count(name), 1, name, register)
    vectors = [r.get("p-charging-vector") for r in seen]
    equal(len(set(vectors)), len(vectors), "different icid values", *vectors)


@case("REQ-01")
def each_flow_has_its_own_token(w):
    """two users, two tokens; the same one in all REGISTERs of a user"""
    for _ in range(2):
        w.registered()
    tokens = {}
    for register in w.registers(4):
        tokens.setdefault(register.get("to"), set()).add(register.get("path"))
    equal([len(paths) for paths in tokens.values()], [1, 1], "Paths of each user", tokens)
    equal(len(set().union(*tokens.values())), 2, "Paths of both", tokens)


@case("REQ-10")
def contact_has_features(w):
    """+sip.instance and the feature tags, the same in each REGISTER"""
    w.registered()
    contacts = [header(r, "Contact", r'\+sip\.instance="<urn:uuid:') for r in w.registers(2)]
    for contact in contacts:
        contains(contact, 'urn%3Aurn-7%3A3gpp-service.ims.icsi.mmtel', ";audio")
        equal(addr_of(contact).partition("@")[2].split(";")[0], "127.0.1.21:5060", "host")
    equal(params(contacts[0]), params(contacts[1]), "parameters")
    equal(addr_of(contacts[0]), addr_of(contacts[1]), "Contact URI")


@case("REQ-09")
def configured_access_network(w):
    """P-Access-Network-Info only as configured, and marked network-provided"""
    janus = w.own_janus(network={"access_network_info": "IEEE-802.11"})
    w.registered(client=w.client(janus))
    header(w.registers(2)[0], "P-Access-Network-Info", "^IEEE-802.11;network-provided$")


@case("REQ-11")
def implicit_registration_set(w):
    """all IMPUs of P-Associated-URI reach the page, the default one first"""
    page = w.registered(w.user("alice"))
    equal(page.registered["ims"]["associated"], ["sip:alice@" + REALM, "sip:+15550100@" + REALM],
          "associated")


@case("REQ-17")
def wrong_password_is_final(w):
    """403: said once, and not tried again"""
    user = w.user()
    user.password = "not-it"
    page = w.page(user)
    page.send("register", **page.account())
    failed = page.wait("registration_failed")
    equal(failed["code"], 403, "code", failed)
    w.capture.wait_response("REGISTER", 403, to=edge.ADDRESS)
    equal(page.status()["registration"]["state"], "unregistered", "state")
    page.detach()
    equal(len(w.registers(2)), 2, "REGISTERs")
    lacks_text(page.story(), "not-it")


@case("REQ-17")
def unknown_user(w):
    """nobody@: 403 of the I-CSCF"""
    page = w.page(w.user("nobody"))
    page.send("register", **page.account())
    equal(page.wait("registration_failed")["code"], 403, "code")


@case()
def impu_of_somebody_else(w):
    """IMPI and IMPU that do not belong together: 403"""
    page = w.page(w.user("alice"))
    page.send("register", username="sip:bob@" + REALM, authuser="alice@" + REALM,
              secret="alice-secret")
    equal(page.wait("registration_failed")["code"], 403, "code")


@case("REQ-21", "REQ-32")
def unregister(w):
    """expires=0 for the same contact, protected as a refresh is; the HSS forgets"""
    page = w.registered()
    before = w.registers(2)[-1]
    page.unregister()
    equal(page.names()[-2:], ["unregistering", "unregistered"], "events")
    last = w.registers(3)[-1]
    equal(params(last.get("contact"))["expires"], "0", "expires", last)
    equal(addr_of(last.get("contact")), addr_of(before.get("contact")), "Contact", last)
    equal(last.call_id, before.call_id, "Call-ID", last)
    check(last.cseq > before.cseq, "CSeq", last)
    equal(auth_params(last.get("authorization")).get("integrity-protected"), "tls-yes",
          "integrity-protected", last)
    equal(w.lab.state_of(page.user), "not-registered", "HSS")


@case("REQ-21")
def unregister_without_registration(w):
    """idempotent, or an error; never silence"""
    page = w.page()
    event = page.ask("unregister")
    check(event.name in ("unregistering", "unregistered", 447), "answer", event)


@case("REQ-22", "REQ-86")
def detached_handle_is_deregistered(w):
    """after reclaim_s; meanwhile calls get 480"""
    page, caller = w.registered(), w.phone()
    page.detach()
    equal(w.lab.state_of(page.user), "registered", "HSS within reclaim_s")
    final = caller.invite(page.user.impu)[0]
    check(final.status in (480, 430), "call within reclaim_s", final)
    wait_until(lambda: w.lab.state_of(page.user) == "not-registered", "deregistered", pause_s=0.1)


@case()
def reclaimed_registration(w):
    """the same user with the same password takes the binding over: no second contact"""
    client = w.client(w.own_janus(general={"reclaim_s": 20}))
    page = w.registered(client=client)
    old = w.registers(2)[-1]
    page.detach()
    again = w.registered(page.user, client)
    new = w.registers(3)[-1]
    equal(new.call_id, old.call_id, "Call-ID", new)
    check(new.cseq > old.cseq, "CSeq", new)
    equal(addr_of(new.get("contact")), addr_of(old.get("contact")), "Contact", new)
    equal(params(new.get("contact"))["+sip.instance"], params(old.get("contact"))["+sip.instance"],
          "instance", new)
    equal(again.status()["registration"]["state"], "registered", "state")
    caller = w.phone()
    w.background(caller.invite, page.user.impu)
    again.incoming()
    again.ask("decline", "declining")


@case()
def reclaim_needs_the_password(w):
    """another password does not get the binding"""
    page = w.registered()
    page.detach()
    thief = w.page(page.user)
    thief.send("register", **thief.account(secret="guess"))
    equal(thief.wait("registration_failed", "registered").name, "registration_failed", "event")


@case("REQ-21")
def shutdown_deregisters(w):
    """the end of Janus deregisters everybody, within a bound"""
    janus = w.own_janus()
    client = w.client(janus)
    pages = [w.registered(client=client) for _ in range(5)]
    w.run.end(janus)
    for page in pages:
        equal(w.lab.state_of(page.user), "not-registered", "HSS about " + page.user.name)


@case("REQ-06", "REQ-08")
def headers_of_a_client(w):
    """a client's own headers pass; the edge's and broken ones are refused, and nothing is sent"""
    page = w.page()
    for name in OWNED:
        number, text = page.refused("register", **page.account(headers={name: "client-was-here"}))
        equal(number, 444, "error of " + name, text)
        contains(text, name)
    for name, value in (("X-Good", "a\r\nPath: <sip:evil@127.0.0.9;lr>"), ("X-Good", "a\nb"),
                        ("X-Good", "a\rb"), ("X\r\nPath", "a"), ("X Good", "a"),
                        ("", "a"), ("X:", "a")):
        equal(page.refused("register", **page.account(headers={name: value}))[0], 444,
              "error of %r: %r" % (name, value))
    equal(w.capture.requests("REGISTER", frm=edge.ADDRESS,
                             match=lambda r: page.user.impu in r.get("to")), [], "REGISTERs")
    page.register(headers={"X-Good": "yes"})
    for register in w.registers(2):
        header(register, "X-Good", "^yes$")


@case()
def network_is_not_the_clients_choice(w):
    """proxy must be a configured entry point or sip:domain; the error names the allowed ones"""
    page = w.page()
    for field in ("proxy", "outbound_proxy"):
        for value in ("sip:127.0.0.9", "sip:evil.example", "sip:127.0.1.12:5999"):
            number, text = page.refused("register", **page.account(**{field: value}))
            equal(number, 461, "error of %s %s" % (field, value), text)
            contains(text, REALM)
    number, text = page.refused("register", **page.account(network="nowhere"))
    equal(number, 461, "error of network", text)
    page.register(proxy="sip:" + ICSCF, outbound_proxy="sip:" + REALM)


@case()
def register_twice(w):
    """a second register is refused; refresh registers again"""
    page = w.registered()
    equal(page.refused("register", **page.account())[0], 445, "error")
    page.ask("register", "registered", **page.account(refresh=True))
    equal(len({r.call_id for r in w.registers(3)}), 1, "Call-IDs")


@case()
def refresh_without_credentials(w):
    """refresh is about the registration that runs: no other field is needed; before one runs it is an ordinary register"""
    page = w.page()
    equal(page.refused("register", refresh=True)[0], 443, "error")
    page.register(refresh=True)
    page.ask("register", "registered", refresh=True)
    equal(page.refused("register", refresh=True, username="sip:somebody@else.example")[0], 447, "error")
    equal(len({r.call_id for r in w.registers(3)}), 1, "Call-IDs")


@case("REQ-18")
def refresh_that_fails(w):
    """told to who asked, with what is left of the registration: calls go on, and registered follows"""
    core, page = w.scripted()
    invite = core.terminate("INVITE", page.user.impu, body=audio_sdp("127.0.1.81", 40000))
    page.accept(page.incoming())
    invite.final()
    core.script = [lambda request: request.reply(503, ["Retry-After: 1"])]
    transaction = page.send("register", refresh=True)
    failed = page.wait("registration_failed")
    equal((failed.transaction, failed["code"]), (transaction, 503), "the refusal", failed)
    check(3500 < failed["ims"]["expires"] <= 3600 and failed["ims"]["retry_in"] == 1, "expires, retry_in", failed)
    equal(page.status()["registration"]["state"], "registered", "state")
    page.wait("registered")
    check("hangup" not in page.names(), "the call ended", page)
    core.script = [403]
    failed = page.ask("register", "registration_failed", refresh=True)
    check("ims" not in failed.result, "something is left", failed)
    page.wait("hangup")


@case()
def status_tells_the_registration(w):
    """status before, during and after"""
    page = w.page()
    equal(page.status()["registration"]["state"], "unregistered", "before")
    page.register()
    registration = page.status()["registration"]
    equal((registration["state"], registration["username"], registration["associated"]),
          ("registered", page.user.impu, [page.user.impu]), "registration")
    check(0 < registration["expires"] <= 600000, "expires", registration)
    page.unregister()
    equal(page.status()["registration"]["state"], "unregistered", "after")


@case()
def secrets_stay_out_of_the_log(w):
    """neither the password nor a digest response is in Janus's log"""
    user = w.user()
    page = w.registered(user)
    responses = [auth_params(r.get("authorization")).get("response") for r in w.registers(2)]
    page.unregister()
    log = w.janus.process.output()
    # Janus itself logs requests at a higher level than ours; only lines of the plugin count.
    ours = "\n".join(line for line in log.splitlines() if "[ims]" in line)
    lacks_text(ours, user.password, *filter(None, responses))


@case("REQ-81", "REQ-12")
def page_learns_nothing_of_the_core(w):
    """no address, route or charging value of the core in any event"""
    page = w.registered()
    page.unregister()
    lacks_text(page.story(), "127.0.1.", "icid", "orig-ioi", "Service-Route", "Path", ";lr")
