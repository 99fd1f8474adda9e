"""RFC 8898: a network that takes access tokens itself. The gateway hands them on, and tells what the network says."""

import edge
from cases import case
from checks import check, contains, equal, header, lacks, lacks_text
from sip import addr_of

EDGE = {"networks_of": {"scripted": {"token_mode": "bearer"}}}
TOKEN, NEWER = "geheim-bearer-9f31.of-zoe~1+/==", "geheim-bearer-77ab.of-zoe"
REFUSAL = ('WWW-Authenticate: Bearer realm="scripted.example", scope="ims telephony", '
           'authz_server="https://waf.scripted.example/as", error="invalid_token"')


def bearer(w, janus=None, **options):
    """-> the scripted core, and a page of one of its users"""
    return w.core(**options), w.page(w.scripted_user(), w.client(janus))


def register(page, token=TOKEN, **fields):
    page.send("register", auth="token", username=page.user.impu, access_token=token, **fields)


@case()
def token_goes_to_the_network(w):
    """Authorization: Bearer as it is, without Digest and integrity-protected; refreshed and ended with it"""
    core, page = bearer(w)
    register(page)
    event = page.wait("registered")
    check("token_expires" not in event.result["ims"], "the gateway knows when it ends", event)
    first = core.wait_register()
    equal(header(first, "Authorization"), "Bearer " + TOKEN, "credentials")
    contains(header(first, "Path"), edge.ADDRESS)
    page.unregister()
    equal(header(core.wait_register(2), "Authorization"), "Bearer " + TOKEN, "credentials of the deregistration")


@case("REQ-69", "REQ-70")
def network_refuses_a_token(w):
    """its Bearer challenge is told, and nothing answers it"""
    core, page = bearer(w)
    core.script = [lambda request: request.reply(401, ['WWW-Authenticate: Digest realm="x",nonce="n"', REFUSAL])]
    register(page)
    event = page.wait("registration_failed")
    equal(event["code"], 401, "code", event)
    equal(event["bearer"], {"error": "invalid_token", "scope": "ims telephony",
                            "authz_server": "https://waf.scripted.example/as"}, "bearer")
    check("ims" not in event.result, "it is tried again", event)
    equal(len(core.registers), 1, "REGISTERs")
    register(page, NEWER)                           # another one helps
    page.wait("registered")
    equal(header(core.wait_register(2), "Authorization"), "Bearer " + NEWER, "credentials")


@case("REQ-53")
def network_wants_a_password(w):
    """a Digest challenge is no use, and not passed on"""
    core, page = bearer(w, challenges=True)
    register(page)
    event = page.wait("registration_failed")
    equal(event["code"], 401, "code", event)
    contains(event["reason"], "does not take access tokens")
    check("bearer" not in event.result, "a bearer challenge", event)


@case("REQ-55")
def newer_token(w):
    """refresh_token: the next REGISTER, at once, has the newer one; its refusal ends the registration"""
    core, page = bearer(w)
    register(page)
    page.wait("registered")
    page.ask("refresh_token", "token_refreshed", access_token=NEWER)
    second = core.wait_register(2)
    equal(header(second, "Authorization"), "Bearer " + NEWER, "credentials")
    equal(second.call_id, core.registers[0].call_id, "Call-ID")
    core.script = [lambda request: request.reply(401, [REFUSAL])]
    page.ask("refresh_token", "token_refreshed", access_token=TOKEN)
    equal(page.wait("registration_failed")["bearer"]["error"], "invalid_token", "error")


def far_end_asks(w, role):
    core, page = bearer(w, w.own_janus(network={"role": role}))
    core.handlers["INVITE"] = lambda request: request.reply(407, [
        'Proxy-Authenticate: Bearer realm="far.example", authz_server="https://far.example"'])
    register(page)
    page.wait("registered")
    page.call("sip:far@scripted.example")
    equal(page.wait("hangup")["code"], 407, "code")
    sent = w.capture.requests("INVITE", frm=edge.ADDRESS) + w.capture.requests("ACK", frm=edge.ADDRESS)
    equal(len(sent), 2, "messages")
    for message in sent:
        lacks(message, "Authorization", "Proxy-Authorization")
        lacks_text(message.text(), TOKEN)


@case("REQ-73")
def far_end_asks_the_edge_for_the_token(w):
    """a Bearer challenge to a call: the token is in REGISTERs alone"""
    far_end_asks(w, "edge")


@case("REQ-73")
def far_end_asks_the_user_agent_for_the_token(w):
    """... in role ue, too, where Digest challenges are answered"""
    far_end_asks(w, "ue")


@case("REQ-73", "REQ-06")
def what_is_no_token(w):
    """400, or an error that names the field; the network hears nothing"""
    page = w.page(w.scripted_user(), w.ws_client())     # the other transport takes no more than 8 KB
    for text in ("geheim token", "geheim\r\nRoute: <sip:x>", "geheim\u00e9", "=", "geheim=x", "a" * 16385):
        register(page, text)
        event = page.wait("registration_failed", 444)
        check(event.name == 444 or event["code"] == 400, "code", event)
        lacks_text(str(event), "geheim")
    equal([m for m in w.capture.requests("REGISTER", frm=edge.ADDRESS) if addr_of(m.get("to")) == page.user.impu], [],
          "REGISTERs")
    equal(page.refused("register", auth="token", access_token=TOKEN, network="scripted")[0], 443, "without username")
    equal(page.refused("register", auth="token", username=page.user.impu)[0], 443, "without access_token")


@case("REQ-73")
def token_is_told_to_nobody(w):
    """it is in no event, and not in the log at its most talkative"""
    core, page = bearer(w)
    register(page)
    page.wait("registered")
    core.wait_register()
    page.unregister()
    lacks_text(str(page.story()), "geheim")
    lacks_text(w.last_janus.process.output(), "geheim")
