"""Sign-in at the OpenID provider, which is on another origin, as is the gateway."""

import provider
from cases import case
from checks import contains, equal
from desk import CORE
from provider import arrive, go_to_provider, log_in

EDGE = {"core": CORE}


@case()
def refused_at_the_provider(w):
    """a wrong password stays there; who changes his mind is back at the card, and nothing is left in the address bar"""
    alice, = provider.at_the_page(w, w.openid(), "Alice")
    go_to_provider(alice)
    equal(alice.tab.focused(), "openid-name", "focus")
    alice.look("provider")
    log_in(alice, "geheim-wrong-password")
    arrive(alice, "openid-error")
    contains(alice.tab.text("openid-error"), "wrong")
    equal(alice.tab.focused(), "openid-password", "focus")
    alice.tab.click("openid-cancel")
    arrive(alice, "openid-sign-in")
    contains(alice.until_error("sign-in-cancelled"), "cancelled")
    equal(alice.tab.run("() => location.href"), alice.tab.address, "address bar")
    alice.tab.reload()
    equal(alice.error(), "", "error after a reload")


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
