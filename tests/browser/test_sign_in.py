"""Sign-in at the OpenID provider, which is on another origin, as is the gateway."""

import provider
from cases import case
from checks import check, contains, equal, header, lacks_text
from desk import CORE_OF_RETURNING
from openid import PAGE
from provider import ELSEWHERE, arrive, go_to_provider, listen, log_in, sign_in, talk, until_heard
from test_access import check_contrasts, find, roles

EDGE = {"core": CORE_OF_RETURNING}

SIM = {"cards": [{"name": "Akira", "identity": "sip:akira@ims.example", "k": "0" * 32, "opc": "0" * 32}]}
CARD = {"width": 390, "height": 844}
FOCUSED = "e === document.activeElement"    # where the provider's page wants it, once it has been drawn


@case("REQ-50", "REQ-51", "REQ-76")
def sign_in_and_call(w):
    """both sign in at the provider and hear each other; the core gets the edge's word and no token"""
    alice, bob = provider.signed_in(w, provider.trusting(w), "Alice", "Bob", browsers=("chromium", "firefox"))
    alice.look("signed-in")
    talk(alice, bob)
    alice.hang_up()
    for request in w.registers(2):
        header(request, "Authorization", 'integrity-protected="?auth-done')
        lacks_text(request.text(), "Bearer", "eyJ")


@case()
def refused_at_the_provider(w):
    """a wrong password stays there; who changes his mind is back at the card, and nothing is left in the address bar"""
    alice, = provider.at_the_page(w, w.openid(), "Alice")
    go_to_provider(alice)
    alice.tab.until("openid-name", FOCUSED)
    alice.look("provider")
    log_in(alice, "geheim-wrong-password")
    arrive(alice, "openid-error")
    contains(alice.tab.text("openid-error"), "wrong")
    alice.tab.until("openid-password", FOCUSED)
    alice.tab.click("openid-cancel")
    arrive(alice, "openid-sign-in")
    contains(alice.until_error("sign-in-cancelled"), "cancelled")
    equal(alice.tab.run("() => location.href"), alice.tab.address, "address bar")
    alice.tab.reload()
    alice.tab.until_visible("openid-sign-in")
    equal(alice.error(), "", "error after a reload")


@case()
def ways_to_sign_in(w):
    """with the keyboard, for a screen reader, on a telephone, light and dark; the last one is remembered"""
    alice, = provider.at_the_page(w, w.openid(), "Alice", window=CARD, sim=SIM)
    find(roles(alice), "group", "How to sign in")
    alice.tab.run("() => document.querySelector('#ways input').focus()")
    for way, label, button in (("password", "Password", "login-submit"), ("openid", "OpenID", "openid-sign-in"),
                               ("sim", "SIM", "sim-submit")):
        equal(alice.tab.focused(), "way-" + way, "what the arrow leads to")
        check(find(roles(alice), "radio", label)["checked"], "not chosen: " + way)
        check(alice.tab.visible(button), "no button for " + way)
        check_contrasts(alice, way)
        check(alice.tab.run("() => document.documentElement.scrollWidth <= innerWidth"), "wider than the telephone")
        alice.look(way)
        alice.tab.key("ArrowRight")
    alice.tab.click("way-openid")
    go_to_provider(alice)
    find(alice.tab.accessible(), "textbox", "User name")
    check_contrasts(alice, "the provider's page")
    alice.tab.click("openid-cancel")
    arrive(alice, "openid-sign-in")
    alice.tab.open(alice.tab.address)
    alice.tab.until_visible("openid-sign-in")


@case()
def provider_is_not_there(w):
    """the page says so; the other ways are still there"""
    openid = w.openid()
    alice, = provider.at_the_page(w, openid, "Alice")
    openid.stop()
    alice.tab.click("way-openid")
    alice.tab.click("openid-sign-in")
    contains(alice.until_error("provider-gone"), "does not answer")
    alice.tab.click("way-password")
    alice.sign_in()


@case()
def forged_answer(w):
    """a link that brings somebody else's code: nobody is signed in by it"""
    openid = w.openid()
    alice, = provider.at_the_page(w, openid, "Alice")
    alice.tab.open("%s?code=stolen&state=guessed&iss=%s" % (alice.tab.address, openid.issuer))
    contains(alice.until_error("sign-in-failed"), "did not succeed")
    equal(alice.tab.run("() => location.href"), alice.tab.address, "address bar")


@case()
def page_elsewhere(w):
    """served by a third party (WWSF): signs in where the provider knows its origin, and nowhere else"""
    openid = provider.trusting(w, pages=(PAGE, ELSEWHERE))
    alice, = provider.at_the_page(w, openid, "Alice")
    provider.serve_elsewhere(w)
    alice.tab.open(ELSEWHERE + "/")
    sign_in(alice)
    equal(alice.tab.run("() => location.origin"), ELSEWHERE, "origin")
    alice.tab.click("sign-out")
    openid.stop()
    page = openid.config["clients"][0]
    page["redirect_uris"] = [uri for uri in page["redirect_uris"] if not uri.startswith(ELSEWHERE)]
    openid.start()
    alice.tab.until_visible("openid-sign-in")
    alice.tab.click("openid-sign-in")
    arrive(alice, "openid-error")
    contains(alice.tab.text("openid-error"), "redirect_uri")
    alice.tab.open(alice.tab.address)


@case("REQ-66")
def keys_rotated(w):
    """who was signed in stays so; who comes with a token of the new keys is let in at once"""
    openid = provider.trusting(w, issuer={"keys_retry_s": 1})
    alice, bob = provider.at_the_page(w, openid, "Alice", "Bob")
    sign_in(alice)
    openid.rotate(keep=False)
    sign_in(bob)
    talk(bob, alice)
    bob.hang_up()


@case("REQ-21")
def page_loaded_again(w):
    """signed in as before, without the provider; the token is renewed, and nothing is left behind"""
    alice, = provider.signed_in(w, provider.trusting(w, ttl_s=10), "Alice")
    alice.tab.reload()
    alice.until("ready")
    listen(alice)
    until_heard(alice, "token_refreshed", 2)
    equal(alice.tab.run("() => ({ ...sessionStorage })"), {}, "what is kept")
    lacks_text(alice.tab.run("() => JSON.stringify({ ...localStorage })"), "eyJ", "oken")
    equal(alice.error(), "", "error")


@case("REQ-21")
def loaded_again_too_late(w):
    """Janus has ended the session: who is signed in at the provider is signed in again without a word"""
    alice, = provider.signed_in(w, provider.trusting(w), "Alice")
    alice.tab.open("about:blank")
    session, = w.janus.admin("list_sessions")["sessions"]
    w.janus.admin("destroy_session", session_id=session)
    alice.tab.open(alice.tab.address)
    alice.until("ready")
    equal(alice.error(), "", "error")
