"""SIP Digest (RFC 7616, RFC 8760; RFC 2617) from the registrar's side."""

import hashlib
import re

HASHES = {"MD5": "md5", "SHA-256": "sha256", "SHA-512-256": "sha512_256"}
ALGORITHMS = [name + suffix for name in HASHES for suffix in ("", "-sess")]


def parse(value):
    """-> {parameter: value} of credentials or a challenge, quotes and escapes undone; {}: it is no Digest"""
    if not value.lower().startswith("digest "):
        return {}
    return parse_list(value.split(" ", 1)[1])


def parse_list(value):
    """The same of a header without a scheme, such as Authentication-Info."""
    return {name.lower(): re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else token for name, quoted, token in
            (m.groups() for m in re.finditer(r'([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))', value))}


def digest_of(algorithm, *parts):
    """The parts, text or bytes, with ":" between them, hashed, in hex."""
    text = b":".join(part if isinstance(part, bytes) else part.encode() for part in parts)
    return hashlib.new(HASHES[algorithm], text).hexdigest()


def ha1(algorithm, username, realm, password):
    return digest_of(algorithm, username, realm, password)


def expected(digest, password, method, body=b"", qop=None):
    """The response that these credentials must have. qop: another than theirs."""
    name, sess, _ = (digest.get("algorithm") or "MD5").partition("-sess")
    a1 = ha1(name, digest["username"], digest["realm"], password)
    if sess:
        a1 = digest_of(name, a1, digest["nonce"], digest["cnonce"])
    qop = qop or digest.get("qop")
    a2 = [method, digest["uri"]] + ([digest_of(name, body)] if qop == "auth-int" else [])
    middle = [digest["nc"], digest["cnonce"], qop] if qop else []
    return digest_of(name, a1, digest["nonce"], *middle, digest_of(name, *a2))


def fits(digest, password, method, body=b""):
    try:
        return digest["response"] == expected(digest, password, method, body)
    except KeyError:
        return False


def info(digest, password, body=b""):
    """The Authentication-Info that proves us to whoever sent these credentials (RFC 7616 3.5)."""
    rows = ['rspauth="%s"' % expected(digest, password, "", body)]
    if "qop" in digest:
        rows += ["qop=" + digest["qop"], 'cnonce="%s"' % digest["cnonce"], "nc=" + digest["nc"]]
    return ", ".join(rows)
