"""HTTP Digest (RFC 2617, MD5) from the registrar's side."""

from sip import auth_params, md5


def parse(value):
    return auth_params(value) if value.lower().startswith("digest ") else {}


def expected(digest, password, method):
    a1 = md5("%s:%s:%s" % (digest["username"], digest["realm"], password))
    a2 = md5("%s:%s" % (method, digest["uri"]))
    if "qop" in digest:
        return md5(":".join((a1, digest["nonce"], digest["nc"], digest["cnonce"], digest["qop"], a2)))
    return md5(":".join((a1, digest["nonce"], a2)))


def fits(digest, password, method):
    try:
        return digest["response"] == expected(digest, password, method)
    except KeyError:
        return False
