"""Registration by access token: a real OpenID provider, the real core, which takes our word for its users."""

import base64
import json
import time

import edge
import lab
import openid
from audit import Records
from cases import case
from checks import check, contains, equal, header, lacks_text
from openid import JWT, OPAQUE, OpenIdUser
from patience import EVENT_S
from process import wait_until
from sip import addr_of, auth_params, params


def issuer(provider, resource=JWT, **more):
    """The provider in janus.plugin.ims.jcfg."""
    asks = {"client_id": openid.GATEWAY[0], "client_secret": openid.GATEWAY[1], "opaque": True,
            "introspection_s": 0} if resource == OPAQUE else {}
    return {"issuer": provider.issuer, "audience": resource, "scope": "ims", "ca_file": provider.ca, "keys_retry_s": 1,
            "timeout_s": EVENT_S, **asks, **more}


class Desk:
    """A provider, a Janus that trusts it, and pages of users who sign in there."""

    def __init__(self, w, resource=JWT, network=None, sip=None, general=None, limits=None, waf=None, networks="lab", **provider):
        self.w, self.resource = w, resource
        self.openid = w.openid(**provider)
        self.janus = w.own_janus(issuers={"waf": issuer(self.openid, resource, **(waf or {}))}, sip=sip,
                                 general=general, limits={"handle_failures_per_minute": 0, **(limits or {})},
                                 networks_of={networks: {"token_issuers": ["waf"], **(network or {})}})

    def user(self, subscriber=None, **claims):
        """-> a page, whose .login signs him in"""
        page = self.w.page(subscriber or self.w.user(), self.w.client(self.janus))
        page.login = self.openid.user(page.user, **claims)
        return page

    def token(self, page):
        return self.openid.access_token(page.login, self.resource)

    def register(self, page, token=None, **fields):
        page.token = token or self.token(page)
        page.send("register", auth="token", access_token=page.token, **fields)

    def registered(self, page=None, **fields):
        page = page or self.user()
        self.register(page, **fields)
        page.event = page.wait("registered")
        return page

    def let_in(self, page=None, until=503, **fields):
        """Registered, once the provider has what it takes: who is refused with this code comes back."""
        page = page or self.user()

        def tried():
            self.register(page, **fields)
            event = page.wait("registered", "registration_failed")
            check(event.name == "registered" or event["code"] == until, "refused", event)
            return event.name == "registered"
        wait_until(tried, "registered", pause_s=0.3)
        return page

    def refused(self, page, **fields):
        self.register(page, **fields)
        return page.wait("registration_failed")

    def sent(self, page):
        """REGISTERs of that user."""
        return [m for m in self.w.capture.requests("REGISTER", frm=edge.ADDRESS)
                if addr_of(m.get("to")) == page.user.impu]

    def wait_sent(self, page, count):
        wait_until(lambda: len(self.sent(page)) >= count, "%d REGISTERs" % count)
        return self.sent(page)


def expires(request):
    return int(params(header(request, "Contact"))["expires"])


def mw_is_silent(w, *pages):
    """Nothing about them went to the core, and no token of theirs anywhere."""
    for packet in w.capture.packets():
        for page in pages:
            lacks_text(packet.text(), page.user.name)


@case("REQ-49", "REQ-50", "REQ-51", "REQ-54")
def trusted_node(w):
    """one REGISTER with the token's IMPI and auth-done, taken by the core without a challenge and without a key"""
    desk = Desk(w, ttl_s=300)
    vectors = w.lab.hss("/stats").get("MAR", 0)
    page = desk.registered()
    equal(page.event["username"], page.user.impu, "identity without being named")
    left = page.event.result["ims"]["token_expires"]
    check(280 < left < 300, "token_expires %d" % left)
    only, = desk.sent(page)
    given = auth_params(header(only, "Authorization"))
    equal(given, {"username": page.user.impi, "realm": lab.REALM, "uri": "sip:" + lab.REALM, "nonce": "",
                  "response": "", "integrity-protected": "auth-done"}, "credentials")
    contains(header(only, "Authorization"), 'integrity-protected="auth-done"')
    check(280 < expires(only) < 300, "the registration is to outlast the token", only)
    check(page.event.result["ims"]["expires"] <= left, "expires", page.event)
    equal(w.lab.state_of(page.user), "registered", "state at the HSS")
    equal(w.lab.hss("/stats").get("MAR", 0), vectors, "authentication vectors asked for")
    equal(page.status()["registration"]["token_expires"] <= left, True, "status")


@case("REQ-49", "REQ-78")
def calls_by_token(w):
    """such a user calls a telephone, and is called"""
    desk = Desk(w)
    page, phone = desk.registered(), w.phone()
    page.call(phone.impu)
    page.wait("accepted")
    page.hangup()
    invite = w.background(phone.invite, page.user.impu)
    page.accept(page.incoming())
    equal(invite.result()[0].status, 200, "answer")
    page.hangup()


@case("REQ-52", "REQ-51")
def identities_of_others(w):
    """403, and nothing on Mw: an IMPU or IMPI that the token does not name"""
    desk = Desk(w)
    page, other = desk.user(), w.user()
    for fields in ({"username": other.impu}, {"authuser": other.impi},
                   {"username": page.user.impu + ".example"}, {"username": "sip:%s@%s:5099" % (page.user.name, lab.REALM)}):
        if "username" in fields and fields["username"].endswith(".example"):
            fields["network"] = "lab"
        event = desk.refused(page, **fields)
        equal(event["code"], 403, "code", event)
        check("bearer" not in event.result, "a new token is asked for", event)
    equal(w.capture.requests("REGISTER", frm=edge.ADDRESS), [], "REGISTERs")


@case("REQ-53")
def core_that_challenges(w):
    """500 and an alarm: the page has no password, and hears of no challenge"""
    desk = Desk(w, networks="scripted")
    core, page = w.core(challenges=True), desk.user(w.scripted_user())
    event = desk.refused(page, network="scripted")
    equal(event["code"], 500, "code", event)
    lacks_text(str(event), "nonce", "Digest")
    equal(len(core.registers), 1, "REGISTERs")
    desk.janus.logged("does not take this gateway's word")


@case("REQ-51")
def core_that_does_not_know_us(w):
    """the I-CSCF refuses auth-done from an address that is no trusted node's"""
    desk = Desk(w, sip={"address": lab.NET + ".71"})
    event = desk.refused(desk.user())
    equal(event["code"], 403, "code", event)


@case("REQ-54", "REQ-55")
def token_ends(w):
    """told in time; without a newer one the call ends and the registration, before the token does"""
    phone, desk = w.phone(), Desk(w, ttl_s=5)
    page = desk.registered()
    page.call(phone.impu)
    page.wait("accepted")
    event = page.wait("token_expiring")
    check(0 < event["expires_in"] <= 3, "expires_in", event)
    page.wait("hangup")
    event = page.wait("registration_failed")
    equal(event["code"], 401, "code", event)
    equal(event["bearer"], {"error": "invalid_token", "scope": "ims", "authz_server": desk.openid.issuer}, "bearer")
    last = desk.wait_sent(page, 2)[-1]
    equal(expires(last), 0, "expires", last)
    equal(auth_params(header(last, "Authorization"))["integrity-protected"], "auth-done", "integrity")
    equal(page.status()["registration"], {"state": "unregistered"}, "status")
    wait_until(lambda: w.lab.state_of(page.user) != "registered", "deregistered at the HSS")


@case("REQ-55")
def newer_tokens_during_a_call(w):
    """refresh_token, and register with refresh: call and registration outlive the first token"""
    desk = Desk(w, ttl_s=7)
    page, phone = desk.user(), w.phone()
    tokens = desk.openid.tokens(page.login)
    desk.registered(page, token=tokens["access_token"])
    page.call(phone.impu)
    page.wait("accepted")
    for again in range(2):                          # each comes after half of the life of the one before
        page.wait("token_expiring")
        tokens = desk.openid.refresh(tokens)
        request = {"request": "refresh_token"} if again else {"request": "register", "auth": "token", "refresh": True}
        event = page.ask(request.pop("request"), "token_refreshed", access_token=tokens["access_token"], **request)
        check(1 <= event.result["ims"]["token_expires"] <= 7, "token_expires", event)
    equal(page.status()["call"]["state"], "up", "call")
    sent = desk.wait_sent(page, 3)
    equal({m.call_id for m in sent}, {sent[0].call_id}, "Call-IDs")
    check(all(0 < expires(m) <= 7 for m in sent), "expires", *sent)
    page.hangup()


@case("REQ-55", "REQ-60")
def refresh_with_the_wrong_token(w):
    """of somebody else 403, none at all 400; the registration goes on"""
    desk = Desk(w)
    page, other = desk.registered(), desk.user()
    same = desk.openid.add(OpenIdUser("twin-of-" + page.user.name, page.user.impi, [page.user.impu]))
    for token, code in ((desk.token(other), 403), (desk.openid.access_token(same), 403), ("geheim", 401),
                        ("geheim token", 400)):
        event = page.ask("refresh_token", "token_refresh_failed", access_token=token)
        equal(event["code"], code, "code", event)
        equal("bearer" in event.result, code == 401, "whether a new one is asked for", event)
    equal(page.status()["registration"]["state"], "registered", "state")
    equal(len(desk.sent(page)), 1, "REGISTERs")
    equal(w.page(client=w.clients[0]).refused("refresh_token", access_token="geheim")[0], 447, "without registration")


@case("REQ-144")
def too_many_wrong_tokens(w):
    """a handle that brings one bad token after another waits, and its issuer hears no more of them; it stays
    registered"""
    desk = Desk(w, OPAQUE, limits={"handle_failures_per_minute": 3})
    page = desk.registered()
    for number in range(3):
        event = page.ask("refresh_token", "token_refresh_failed", access_token="geheim-guess-%d" % number)
        equal(event["code"], 401, "code", event)
    number, sentence = page.refused("refresh_token", access_token=desk.token(page))
    equal(number, 465, "number", sentence)
    contains(sentence, "refresh_token: too many attempts have failed; try again in ")
    equal(page.status()["registration"]["state"], "registered", "state")


@case("REQ-61", "REQ-67")
def revoked_at_the_issuer(w):
    """an opaque token, asked about again every second: call and registration end"""
    desk = Desk(w, OPAQUE, network={"token_recheck_s": 1})
    page, phone = desk.registered(), w.phone()
    page.call(phone.impu)
    page.wait("accepted")
    desk.openid.revoke(page.token)
    page.wait("hangup")
    event = page.wait("registration_failed")
    equal((event["code"], event["bearer"]["error"]), (401, "invalid_token"), "code, error", event)
    equal(expires(desk.wait_sent(page, 2)[-1]), 0, "expires")
    equal(desk.refused(page, token=page.token)["code"], 401, "code of the same token again")


@case("REQ-61")
def revoked_by_the_administration(w):
    """at once, by subject; whoever has another token is not touched; the token does not register again"""
    desk = Desk(w)
    page, other = desk.registered(), desk.registered()

    def revoke(**fields):
        return edge.ask(w.last_janus, "revoke", **fields)

    equal(revoke()["error_code"], 443, "answer to nothing")
    for wrong in ({"issuer": "waf"}, {"issuer": "other", "jti": "x"}, {"issuer": "waf", "jti": "x", "subject": "y"},
                  {"issuer": 1, "jti": 2}):
        equal(revoke(**wrong)["error_code"], 444, "answer to %r" % wrong)
    equal(revoke(issuer="waf", subject=page.login.name), {"revoked": True}, "answer")
    event = page.wait("registration_failed")
    equal((event["code"], event["bearer"]["error"]), (401, "invalid_token"), "code, error", event)
    equal(expires(desk.wait_sent(page, 2)[-1]), 0, "expires")
    equal(desk.refused(page, token=page.token)["code"], 401, "code of the same token again")
    equal(other.status()["registration"]["state"], "registered", "state of the other")


@case("REQ-68", "REQ-66")
def dead_provider(w):
    """whose token must be asked about is not let in, and nobody else waits; a known key serves on"""
    desk = Desk(w, OPAQUE, waf={"timeout_s": 1, "keys_retry_s": 7})
    desk.let_in()                                    # a second may be too short for the provider, too
    waiting, stranger = desk.user(), w.page(client=w.client(desk.janus))
    token = desk.token(waiting)
    desk.openid.freeze()
    desk.register(waiting, token=token)
    waiting.wait("registering")
    stranger.register()                             # by password
    event = waiting.wait("registration_failed")
    equal((event["code"], event.result["ims"]), (503, {"retry_after": 7}), "code, when to try again", event)
    equal(desk.sent(waiting), [], "REGISTERs")
    desk.openid.thaw()
    desk.let_in(waiting, token=token)


@case("REQ-66")
def provider_stopped_and_back(w):
    """keys that are known serve on; a new one is fetched once it is back"""
    desk = Desk(w)
    first, second = desk.registered(), desk.user()
    token = desk.token(second)
    desk.openid.stop()
    desk.registered(second, token=token)
    desk.openid.start()
    desk.openid.rotate(keep=False)                  # another key, at once
    desk.let_in(until=401)                          # keys are fetched once a second at most
    equal(first.status()["registration"]["state"], "registered", "state of the first")


@case("REQ-51", "REQ-22")
def gone_while_verifying(w):
    """unregister and detach: what the issuer says then registers nobody"""
    desk = Desk(w, OPAQUE)
    one, two = desk.user(), desk.user()
    tokens = [desk.token(page) for page in (one, two)]
    desk.openid.freeze()
    for page, token in zip((one, two), tokens):
        desk.register(page, token=token)
        page.wait("registering")
        equal(page.status()["registration"], {"state": "registering"}, "status")
    equal(one.refused("register", auth="token", access_token=tokens[0])[0], 445, "a second register")
    one.unregister()
    equal(one.status()["registration"], {"state": "unregistered"}, "status")
    two.detach()
    desk.openid.thaw()
    desk.registered(desk.user())                    # the provider answers again
    equal(desk.sent(one) + desk.sent(two), [], "REGISTERs")


@case("REQ-68")
def janus_ends_meanwhile(w):
    """Janus ends while a provider is silent: it waits for no answer, and deregisters whom it has"""
    desk = Desk(w, OPAQUE)
    page, waiting = desk.registered(), desk.user()
    token = desk.token(waiting)
    desk.openid.freeze()
    desk.register(waiting, token=token)
    waiting.wait("registering")
    w.run.end(desk.janus)
    equal(w.lab.state_of(page.user), "not-registered", "state at the HSS")
    equal(desk.sent(waiting), [], "REGISTERs")


@case("REQ-22", "REQ-60")
def reclaimed_by_a_newer_token(w):
    """after a reload: the same contact with another token of the same subject, a new one for another subject"""
    desk = Desk(w, general={"reclaim_s": 20})
    page = desk.registered()
    twin = desk.openid.add(OpenIdUser("twin-of-" + page.user.name, page.user.impi, [page.user.impu]))
    first, = desk.sent(page)
    page.detach()
    again = w.page(page.user, w.client(desk.janus))
    again.login = page.login
    desk.registered(again)
    equal(desk.wait_sent(page, 2)[1].call_id, first.call_id, "Call-ID after the reload")
    again.detach()
    other = w.page(page.user, w.client(desk.janus))
    desk.registered(other, token=desk.openid.access_token(twin))
    check(desk.wait_sent(page, 3)[2].call_id != first.call_id, "somebody else took the registration over")


@case("REQ-59", "REQ-60")
def pool(w):
    """lent identities: one visitor at a time, given back when he goes; nothing outside of the pool"""
    desk = Desk(w, general={"reclaim_s": 20}, waf={"pool": ["demo-page *load*@" + lab.REALM]})
    page = desk.registered()
    visitor = OpenIdUser("visitor-of-" + page.user.name, page.user.impi, [page.user.impu])
    desk.openid.add(visitor)
    next_one = w.page(page.user, w.client(desk.janus))
    event = desk.refused(next_one, token=desk.openid.access_token(visitor))
    equal(event["code"], 403, "code while the first is there", event)
    equal(len(desk.sent(page)), 1, "REGISTERs")
    page.detach()
    equal(expires(desk.wait_sent(page, 2)[1]), 0, "expires: no grace")
    wait_until(lambda: w.lab.state_of(page.user) != "registered", "deregistered at the HSS")
    time.sleep(1.2)                                 # Kamailio 5.6.3 is not safe sooner (ims-lab, pitfall 8)
    desk.registered(next_one, token=desk.openid.access_token(visitor))
    check(desk.wait_sent(page, 3)[2].call_id != desk.sent(page)[0].call_id, "the contact of the one before")
    outside = desk.openid.add(OpenIdUser("outside", "alice@" + lab.REALM, ["sip:alice@" + lab.REALM]))
    equal(desk.refused(w.page(w.user("alice"), w.client(desk.janus)), token=desk.openid.access_token(outside))["code"],
          403, "code outside of the pool")


@case("REQ-55")
def refreshed_on_request(w):
    """register with refresh: another REGISTER with auth-done"""
    desk = Desk(w)
    page = desk.registered()
    desk.registered(page, token=page.token, refresh=True)
    second = desk.wait_sent(page, 2)[1]
    equal(auth_params(header(second, "Authorization"))["integrity-protected"], "auth-done", "integrity")
    equal(second.call_id, desk.sent(page)[0].call_id, "Call-ID")


@case("REQ-55")
def newer_token_of_a_registration_that_is_no_more(w):
    """a token is being looked at while its user registers anew, with his password: it renews nothing"""
    desk = Desk(w, OPAQUE, networks="scripted")
    core, page = w.core(), desk.user(w.scripted_user())
    core.script = [503]
    event = desk.refused(page)
    check("retry_in" in event.result["ims"], "it is not tried again", event)
    newer = desk.token(page)
    desk.openid.freeze()
    page.send("refresh_token", access_token=newer)
    page.register()
    desk.openid.thaw()
    desk.registered(desk.user(w.scripted_user("yan")))      # the provider answers again
    equal(page.status()["registration"]["state"], "registered", "state")
    check("token_refreshed" not in page.names(), "a token was taken for it")


@case("REQ-51", "REQ-62")
def verified_twice(w):
    """token_mode bearer with issuers: what we refuse the network does not see, the rest it gets as it is"""
    desk = Desk(w, networks="scripted", network={"token_mode": "bearer"})
    core, page = w.core(), desk.user(w.scripted_user())
    equal(desk.refused(page, token="geheim.no.token")["code"], 401, "code")
    equal(core.registers, [], "REGISTERs")
    desk.registered(page)
    first = core.wait_register()
    equal(header(first, "Authorization"), "Bearer " + page.token, "credentials")
    check(expires(first) <= page.event.result["ims"]["token_expires"] + 1, "it is to outlast the token", first)


@case("REQ-50", "REQ-73")
def token_is_told_to_nobody(w):
    """it is in no message to the core, no event, no log line, no answer to the administration"""
    desk = Desk(w)
    page, phone = desk.registered(), w.phone()
    newer = desk.token(page)
    page.ask("refresh_token", "token_refreshed", access_token=newer)
    desk.wait_sent(page, 2)
    page.call(phone.impu)
    page.wait("accepted")
    page.hangup()
    page.unregister()
    for token in (page.token, newer):
        for part in (token, *token.split(".")[1:]):
            for packet in w.capture.requests("REGISTER", frm=edge.ADDRESS) + w.capture.requests("INVITE", frm=edge.ADDRESS):
                lacks_text(packet.text(), part, "Bearer")
            lacks_text(str(page.story()), part)
            lacks_text(w.last_janus.process.output(), part)


@case()
def networks_without_tokens(w):
    """468 with the network's name; a password as ever"""
    page = w.page()
    number, sentence = page.refused("register", auth="token", access_token="geheim", network="lab")
    equal(number, 468, "number")
    contains(sentence, "'lab' takes no access tokens")
    equal(page.refused("register", auth="token", username=page.user.impu)[0], 443, "without access_token")
    equal(page.refused("register", username=page.user.impu)[0], 443, "without secret")
    equal(page.refused("register", secret="geheim")[0], 443, "without username")
    page.register()


def claims_of(token):
    middle = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))


@case("REQ-147")
def audited(w):
    """the audit names the issuer, the WWSF and the token of each registration, when it is replaced, too, and no token"""
    records = Records(w)
    desk = Desk(w, general=records.general)
    page = desk.registered()
    newer = desk.token(page)
    page.ask("refresh_token", "token_refreshed", access_token=newer)
    page.ask("refresh_token", "token_refresh_failed", access_token=newer[:-8] + "AAAAAAAA")
    page.unregister()
    came, renewed, refused, went = records.wait("registered", "token_renewed", "token_refused", "ended")
    for record, token in ((came, page.token), (renewed, newer)):
        equal([record[name] for name in ("scheme", "issuer", "client", "jti", "impi", "impu")],
              ["token", "waf", openid.PAGE_CLIENT, claims_of(token)["jti"], page.user.impi, page.user.impu], "record")
    equal({r["flow"] for r in (came, renewed, refused, went)}, {came["flow"]}, "flow")
    equal(refused["code"], 401, "code")
    equal(went["reason"], "Its user deregistered", "end")
    for token in (page.token, newer):
        lacks_text(json.dumps(records.read()), token, token.split(".")[2])


@case("REQ-158", "REQ-53")
def a_device_comes_back(w):
    """with a newer token of its user, the old connection still open: its registration goes on, at the new one"""
    desk, instance = Desk(w), "urn:uuid:0d641c21-e872-4848-8b46-85a7f94eb848"
    old = desk.registered(instance=instance, reg_id=1)
    new = w.page(old.user, w.client(desk.janus))
    new.login = old.login
    desk.registered(new, instance=instance, reg_id=1)
    over = old.wait("unregistered")
    equal((over["ims"]["reason"], over["register_sent"]), ("replaced", False), "the end of the old one", over)
    first, last = desk.wait_sent(new, 2)[:2]
    equal((last.call_id, addr_of(last.get("contact"))), (first.call_id, addr_of(first.get("contact"))), "Call-ID, Contact", last)
    check(new.event["ims"]["token_expires"] > 0, "token_expires", new.event)
