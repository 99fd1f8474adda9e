"""The OpenID provider that the other cases take tokens from: it is what they think it is."""

import base64
import json

from cases import case
from checks import check, equal
from lab import User
from openid import JWT, OPAQUE, Refused

CAROL = User("carol")


def parts(token):
    """-> header and claims of a JWT"""
    return [json.loads(base64.urlsafe_b64decode(part + "==")) for part in token.split(".")[:2]]


def refused(error, action, *arguments, **options):
    try:
        action(*arguments, **options)
    except Refused as refusal:
        return equal(refusal.error, error, "error")
    raise AssertionError("not refused: %s" % error)


@case()
def openid_signs_users_in(w):
    """by name and password; at+jwt for one audience, opaque for another; refreshed once each; revoked"""
    openid = w.openid(ttl_s=77)
    carol = openid.user(CAROL)
    tokens = openid.tokens(carol)
    header, claims = parts(tokens["access_token"])
    equal(header["typ"], "at+jwt", "typ")
    equal([claims[name] for name in ("iss", "aud", "scope", "impi", "impu", "client_id")],
          [openid.issuer, JWT, "ims", CAROL.impi, [CAROL.impu], "demo-page"], "claims")
    equal(claims["exp"] - claims["iat"], 77, "life")
    check(openid.refresh(tokens)["access_token"] != tokens["access_token"], "the same token again")
    refused("invalid_grant", openid.refresh, tokens)
    refused("login", openid.tokens, carol, password="geheim-wrong-password")
    opaque = openid.access_token(carol, OPAQUE)
    equal(openid.introspect(opaque)["impi"], CAROL.impi, "impi of the opaque token")
    refused("invalid_client", openid.introspect, opaque, ("gateway", "geheim-wrong-secret"))
    openid.revoke(opaque)
    equal(openid.introspect(opaque), {"active": False}, "after revocation")
    equal(parts(openid.machine_token())[1]["sub"], "machine", "a client's own token")


@case()
def openid_rotates_and_comes_back(w):
    """new keys beside the old ones or in their place; after a stop keys, tokens and users are as before"""
    openid = w.openid()
    tokens = openid.tokens(openid.user(CAROL))

    def kids():
        return [key["kid"] for key in openid.jwks()["keys"]]

    before = kids()
    openid.rotate()
    equal(kids()[len(before):], before, "the old keys")
    tokens = openid.refresh(tokens)
    check(parts(tokens["access_token"])[0]["kid"] not in before, "signed with an old key")
    openid.rotate(keep=False)
    after = kids()
    equal(len(after), len(before), "keys without the old ones")
    openid.stop()
    openid.start()
    equal(kids(), after, "keys after a stop")
    openid.refresh(tokens)


@case()
def openid_two_windows_of_one_browser(w):
    """two people sign in with the same cookies: the second is asked, and the first goes on"""
    openid = w.openid()
    browser, carol, dave = openid.browser(), openid.user(CAROL), openid.user(User("dave"))
    first = openid.tokens(carol, browser=browser)
    equal(parts(openid.tokens(dave, browser=browser)["access_token"])[1]["impi"], dave.impi, "impi of the second")
    equal(parts(openid.refresh(first)["access_token"])[1]["impi"], carol.impi, "impi of the first, later")
