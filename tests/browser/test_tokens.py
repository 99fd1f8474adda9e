"""What becomes of a call while the access token behind it ends, is renewed, is revoked."""

import provider
from browser import RATE
from cases import case
from checks import check, contains, equal
from desk import CORE
from openid import OPAQUE
from provider import listen, talk, until_heard

EDGE = {"core": CORE}
TTL_S = 6               # the page hears of its end at half of it
RENEWED_TTL_S = 10      # ... and has the other half to get the next one, on a busy machine too
WINDOW_S = 0.25
QUIET = 300             # of 32767: no tone


def gaps(samples, rate):
    """-> starts of the windows, in seconds, in which the tone is missing"""
    size = int(rate * WINDOW_S)
    return [at / rate for at in range(0, len(samples) - size, size) if max(map(abs, samples[at:at + size])) < QUIET]


@case("REQ-54", "REQ-55")
def renewed_in_a_call(w):
    """two tokens later the call is the same, and not a quarter of a second of it was lost"""
    alice, bob = provider.signed_in(w, provider.trusting(w, ttl_s=RENEWED_TTL_S), "Alice", "Bob")
    talk(alice, bob)
    invites = len(w.capture.requests("INVITE"))
    listen(alice)
    samples = alice.heard(RENEWED_TTL_S + 2)
    until_heard(alice, "token_refreshed", 2)
    equal(gaps(samples, RATE), [], "gaps in what Alice hears")
    equal(alice.error(), "", "error")
    equal(len(w.capture.requests("INVITE")), invites, "INVITEs")
    alice.until_hears(bob.voice)
    alice.hang_up()


@case("REQ-68")
def provider_stops_and_comes_back(w):
    """the call goes on, the page says what is the matter; when the provider is back, the token is renewed"""
    openid = provider.trusting(w, ttl_s=30)      # the provider has half of it to come back
    alice, bob = provider.signed_in(w, openid, "Alice", "Bob")
    talk(alice, bob)
    listen(alice)
    openid.stop()
    contains(alice.until_error("provider-gone"), "You can go on")
    alice.until("in-call")
    openid.start()
    until_heard(alice, "token_refreshed")
    alice.tab.until_hidden("error")
    alice.until_hears(bob.voice)
    alice.hang_up()


@case("REQ-54")
def cannot_be_renewed(w):
    """the provider gives no further token: the page says so before the end, and the end is the token's"""
    openid = provider.trusting(w, ttl_s=TTL_S)
    alice, = provider.signed_in(w, openid, "Alice")
    openid.revoke_user(alice.account)
    contains(alice.until_error("sign-in-over"), "ends soon")
    alice.until("signed-out")
    contains(alice.until_error("sign-in-over"), "Sign in again")
    provider.sign_in(alice)


@case("REQ-61", "REQ-67")
def revoked_in_a_call(w):
    """opaque tokens: revoked at the provider, the service ends within a second or two, and the far end's call"""
    openid = provider.trusting_opaque(w)
    alice, bob = provider.signed_in(w, openid, "Alice", "Bob", resource=OPAQUE)
    talk(alice, bob)
    openid.revoke_user(alice.account)
    alice.until("signed-out")
    contains(alice.until_error("sign-in-over"), "Sign in again")
    bob.until("ready")
    check(not bob.error(), "an error at the far end")
