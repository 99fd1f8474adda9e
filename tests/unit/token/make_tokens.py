"""make_tokens.py: a table of access tokens, good and hostile, signed by a second library (Python's cryptography).

Prints JSON: {"jwks": the issuer's keys, "rows": [{"name", "token", "error", "says"}]}. error: name of the expected
ims_token_error_code without IMS_TOKEN_, "" when the token is good; says: a part of the sentence.
"""
import base64
import hashlib
import hmac
import json
import sys
import time
import zlib

try:
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
except ImportError:
    sys.exit(77)

ISSUER, AUDIENCE = "https://waf.example", "https://edge.example"
NOW = int(time.time())
CLAIMS = {"iss": ISSUER, "aud": AUDIENCE, "exp": NOW + 3600, "iat": NOW, "nbf": NOW, "jti": "j-1", "sub": "user-1",
          "client_id": "page", "scope": "openid ims profile", "impi": "alice@ims.example",
          "impu": ["sip:alice@ims.example", "tel:+4930123456"]}

RSA = rsa.generate_private_key(65537, 2048)
OTHER_RSA = rsa.generate_private_key(65537, 2048)
SMALL_RSA = rsa.generate_private_key(65537, 1024)
EC = ec.generate_private_key(ec.SECP256R1())
EC384 = ec.generate_private_key(ec.SECP384R1())
ED = ed25519.Ed25519PrivateKey.generate()


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value, size=None):
    return b64(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


def rsa_jwk(key, kid, **more):
    public = key.public_key().public_numbers()
    return {"kty": "RSA", "kid": kid, "n": number(public.n), "e": number(public.e), **more}


def ec_jwk(key, kid, crv, size, **more):
    public = key.public_key().public_numbers()
    return {"kty": "EC", "kid": kid, "crv": crv, "x": number(public.x, size), "y": number(public.y, size), **more}


def ed_raw(key):
    return key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def rsa_pem(key):
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


# x5u and x5c beside a good key must not be looked at, the rest must not be of use.
JWKS = {"keys": [
    rsa_jwk(RSA, "rsa", use="sig", x5u="https://keys.invalid/cert.pem", x5c=["AAAA"]),
    ec_jwk(EC, "ec", "P-256", 32, key_ops=["verify"]),
    ec_jwk(EC384, "ec384", "P-384", 48, alg="ES384"),
    {"kty": "OKP", "kid": "ed", "crv": "Ed25519", "x": b64(ed_raw(ED)), "alg": "EdDSA"},
    rsa_jwk(OTHER_RSA, "ps-only", alg="PS256"),
    rsa_jwk(OTHER_RSA, "for-encryption", use="enc"),
    rsa_jwk(SMALL_RSA, "small"),
    {"kty": "oct", "kid": "secret", "k": b64(b"geheim-symmetric-key-of-the-table")},
    {"kty": "RSA", "kid": "broken", "n": "!", "e": "AQAB"},
    {"kid": "no-type"}, "not a key",
]}


def ec_signature(key, data, hash_, size):
    r, s = decode_dss_signature(key.sign(data, ec.ECDSA(hash_)))
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


PSS = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256().digest_size)
SIGN = {
    "RS256": lambda key, data: key.sign(data, padding.PKCS1v15(), hashes.SHA256()),
    "PS256": lambda key, data: key.sign(data, PSS, hashes.SHA256()),
    "ES256": lambda key, data: ec_signature(key, data, hashes.SHA256(), 32),
    "ES384": lambda key, data: ec_signature(key, data, hashes.SHA384(), 48),
    "EdDSA": lambda key, data: key.sign(data),
    "HS256": lambda key, data: hmac.new(key, data, hashlib.sha256).digest(),
    "none": lambda key, data: b"",
}
KEYS = {"RS256": (RSA, "rsa"), "PS256": (RSA, "rsa"), "ES256": (EC, "ec"), "ES384": (EC384, "ec384"),
        "EdDSA": (ED, "ed")}


def dumps(value):
    return value if isinstance(value, (str, bytes)) else json.dumps(value, separators=(",", ":"))


def encode(part):
    text = dumps(part)
    return b64(text if isinstance(text, bytes) else text.encode())


def token(claims=None, alg="RS256", header=None, key=None, sign=None):
    """A token; claims and header are changes to the usual ones (None removes), or a whole text."""
    usual = {"alg": alg, "typ": "at+jwt", "kid": KEYS.get(alg, (None, "rsa"))[1]}
    data = "%s.%s" % (encode(changed(usual, header)), encode(changed(CLAIMS, claims)))
    signature = (sign or SIGN[alg])(key or KEYS[alg][0], data.encode())
    return data + "." + b64(signature)


def changed(usual, change):
    if isinstance(change, (str, bytes)):
        return change
    both = {**usual, **(change or {})}
    return {name: value for name, value in both.items() if value is not None}


def raw(claims, old, new):
    """The usual claims as text, with a piece of it replaced."""
    text = dumps({**CLAIMS, **claims})
    assert old in text
    return text.replace(old, new, 1)


def der(key, data):
    return key.sign(data, ec.ECDSA(hashes.SHA256()))


def longer(key, data):
    """r and s with zeros before them, as long as P-384 has them."""
    signature = ec_signature(key, data, hashes.SHA256(), 32)
    return bytes(16) + signature[:32] + bytes(16) + signature[32:]


def deflated():
    compress = zlib.compressobj(wbits=-9)
    return compress.compress(dumps(CLAIMS).encode()) + compress.flush()


def flip(text, at):
    return text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1:]


good = token()
parts = good.split(".")
BEARER = token(alg="ES256")
JWK_OF_OTHER = rsa_jwk(OTHER_RSA, "rsa")
SIGNATURE, KEY = "signature", "no key of its issuer"
FORM, JSON = "three parts", "not JSON objects"
BYTES = "bytes that no token has"

ROWS = [
    # What must be let in, so that the table is not about a verifier that says no to everything.
    ("RS256", good, "", ""),
    ("PS256", token(alg="PS256"), "", ""),
    ("PS256 with the key that is for it alone", token(alg="PS256", key=OTHER_RSA, header={"kid": "ps-only"}), "", ""),
    ("ES256", token(alg="ES256"), "", ""),
    ("EdDSA", token(alg="EdDSA"), "", ""),
    ("application/at+jwt", token(header={"typ": "application/AT+JWT"}), "", ""),
    ("no kid, one key fits", token(alg="ES256", header={"kid": None}), "", ""),
    ("us among other audiences", token({"aud": ["https://a.example", AUDIENCE]}), "", ""),
    ("one public identity, as a text", token({"impu": "SIP:alice@IMS.example;user=phone"}), "", ""),
    ("exp with a fraction", token({"exp": NOW + 3600.5}), "", ""),
    ("no nbf, iat, jti, sub", token({"nbf": None, "iat": None, "jti": None, "sub": None}), "", ""),
    ("letters beyond ASCII where they do no harm", token({"sub": "Jürgen", "name": "𝔘"}), "", ""),
    ("its clock is 50 s ahead", token({"iat": NOW + 50, "nbf": NOW + 50}), "", ""),

    # Algorithms (REQ-62).
    ("alg none", token(alg="none", key=RSA), "INVALID", "not signed"),
    ("alg None", token(alg="none", key=RSA, header={"alg": "None"}), "INVALID", "not signed"),
    ("alg none with a signature", token(header={"alg": "none"}), "INVALID", "algorithm"),
    ("HS256 with the public key in PEM", token(alg="HS256", key=rsa_pem(RSA)), "INVALID", "algorithm"),
    ("HS256 with the modulus", token(alg="HS256", key=JWKS["keys"][0]["n"].encode()), "INVALID", "algorithm"),
    ("HS256 with a symmetric key of the set", token(alg="HS256", key=b"geheim-symmetric-key-of-the-table",
                                                    header={"kid": "secret"}), "INVALID", "algorithm"),
    ("ES384, not on the list", token(alg="ES384"), "INVALID", "algorithm"),
    ("alg in lower case", token(header={"alg": "rs256"}), "INVALID", "algorithm"),
    ("alg with a space behind", token(header={"alg": "RS256 "}), "INVALID", "algorithm"),
    ("alg a list", token(header={"alg": ["RS256"]}), "MALFORMED", "no alg"),
    ("alg missing", token(header={"alg": None}), "MALFORMED", "no alg"),
    ("RS256 says it is PS256", token(header={"alg": "PS256"}), "INVALID", SIGNATURE),
    ("RS256 says it is ES256", token(header={"alg": "ES256"}), "INVALID", KEY),
    ("RS256 with the kid of an EC key", token(header={"kid": "ec"}), "INVALID", KEY),
    ("ES256 with the kid of an RSA key", token(alg="ES256", header={"kid": "rsa"}), "INVALID", KEY),
    ("ES256 with the kid of a P-384 key", token(alg="ES256", header={"kid": "ec384"}), "INVALID", KEY),
    ("EdDSA with the kid of an RSA key", token(alg="EdDSA", header={"kid": "rsa"}), "INVALID", KEY),
    ("RS256 with a key for PS256 alone", token(key=OTHER_RSA, header={"kid": "ps-only"}), "INVALID", KEY),
    ("a key for encryption", token(key=OTHER_RSA, header={"kid": "for-encryption"}), "INVALID", KEY),
    ("an RSA key of 1024 bits", token(key=SMALL_RSA, header={"kid": "small"}), "INVALID", KEY),

    # Keys (REQ-65).
    ("unknown kid", token(header={"kid": "nobody"}), "INVALID", KEY),
    ("kid a path", token(header={"kid": "../../../../etc/passwd"}), "INVALID", KEY),
    ("kid an injection", token(header={"kid": "rsa' OR '1'='1"}), "INVALID", KEY),
    ("kid empty", token(header={"kid": ""}), "INVALID", KEY),
    ("kid with a NUL", token('{"alg":"RS256"}', header='{"alg":"RS256","typ":"at+jwt","kid":"rsa\\u0000"}'),
     "INVALID", "not a JWT"),
    ("kid a number", token(header={"kid": 1}), "MALFORMED", "kid"),
    ("kid an object", token(header={"kid": {"a": "rsa"}}), "MALFORMED", "kid"),
    ("no kid, two keys fit", token(alg="PS256", header={"kid": None}), "INVALID", KEY),
    ("somebody else's key", token(key=OTHER_RSA), "INVALID", SIGNATURE),
    ("somebody else's key in jwk", token(key=OTHER_RSA, header={"jwk": JWK_OF_OTHER}), "INVALID", SIGNATURE),
    ("somebody else's key in jwk, no kid", token(key=OTHER_RSA, header={"jwk": JWK_OF_OTHER, "kid": None}),
     "INVALID", SIGNATURE),
    ("jku", token(key=OTHER_RSA, header={"jku": "https://127.0.0.1:1/jwks"}), "INVALID", SIGNATURE),
    ("x5u", token(key=OTHER_RSA, header={"x5u": "https://127.0.0.1:1/cert"}), "INVALID", SIGNATURE),
    ("x5c", token(key=OTHER_RSA, header={"x5c": ["AAAA"]}), "INVALID", SIGNATURE),
    ("jku, x5u and jwk beside a good signature", token(header={
        "jku": "https://127.0.0.1:1/jwks", "x5u": "https://127.0.0.1:1/cert", "jwk": JWK_OF_OTHER}), "", ""),
    ("crit", token(header={"crit": ["exp"], "exp": NOW}), "INVALID", "critical"),
    ("crit empty", token(header={"crit": []}), "INVALID", "critical"),
    ("crit b64", token(header={"crit": ["b64"], "b64": False}), "INVALID", "critical"),
    ("zip", token(deflated(), header={"zip": "DEF"}), "MALFORMED", JSON),
    ("zip beside plain claims", token(header={"zip": "DEF"}), "INVALID", "compressed"),

    # Signatures.
    ("signature stripped", parts[0] + "." + parts[1] + ".", "INVALID", "not signed"),
    ("signature of another token", parts[0] + "." + token({"jti": "j-2"}).split(".")[1] + "." + parts[2], "INVALID",
     SIGNATURE),
    ("one bit of the signature", flip(good, len(good) - 20), "INVALID", SIGNATURE),
    ("claims changed", parts[0] + "." + encode({**CLAIMS, "impu": "sip:bob@ims.example"}) + "." + parts[2], "INVALID",
     SIGNATURE),
    ("signature not base64url", parts[0] + "." + parts[1] + ".AA~~", "INVALID", SIGNATURE),
    ("signature with stray bits", good[:-1] + chr(ord(good[-1]) + 1), "INVALID", SIGNATURE),
    ("signature padded", good + "==", "INVALID", SIGNATURE),
    ("signature of zeros, ES256", ".".join(BEARER.split(".")[:2]) + "." + b64(bytes(64)), "INVALID", SIGNATURE),
    ("signature in DER, ES256", token(alg="ES256", sign=der), "INVALID", SIGNATURE),
    ("signature as long as P-384's, ES256", token(alg="ES256", sign=longer), "INVALID", SIGNATURE),
    ("signature of an EC key, RS256", parts[0] + "." + parts[1] + "." + BEARER.split(".")[2], "INVALID", SIGNATURE),

    # Type (REQ-64).
    ("an ID token", token(header={"typ": "JWT"}), "INVALID", "typ"),
    ("no typ", token(header={"typ": None}), "INVALID", "typ"),
    ("typ a number", token(header={"typ": 1}), "INVALID", "typ"),
    ("typ text/at+jwt", token(header={"typ": "text/at+jwt"}), "INVALID", "typ"),
    ("typ a logout token", token(header={"typ": "logout+jwt"}), "INVALID", "typ"),

    # Form.
    ("empty", "", "MALFORMED", "empty"),
    ("dots", "..", "INVALID", "not a JWT"),
    ("equals signs", "==", "MALFORMED", BYTES),
    ("a word", "letmein", "INVALID", "not a JWT"),
    ("two parts", parts[0] + "." + parts[1], "INVALID", "not a JWT"),
    ("four parts", good + ".AAAA", "INVALID", "not a JWT"),
    ("encrypted", encode({"alg": "RSA-OAEP", "enc": "A256GCM"}) + ".AAAA.AAAA.AAAA.AAAA", "MALFORMED", FORM),
    ("truncated in the claims", good[:len(parts[0]) + 20], "INVALID", "not a JWT"),
    ("truncated in the header", good[10:], "INVALID", "not a JWT"),
    ("16385 bytes", "A" * 16385, "MALFORMED", "longer"),
    ("a good one of 17 KB", token({"filler": "x" * 12000}), "MALFORMED", "longer"),
    ("a megabyte", "A" * 1048576, "MALFORMED", "longer"),
    ("a space in it", good[:30] + " " + good[30:], "MALFORMED", BYTES),
    ("a line break behind", good + "\r\nAuthorization: Basic AAAA", "MALFORMED", BYTES),
    ("a homoglyph of the dot", parts[0] + "\u2024" + parts[1] + "." + parts[2], "MALFORMED", BYTES),
    ("fullwidth letters", "\uff25\uff39" + good[2:], "MALFORMED", BYTES),
    ("a zero-width space in it", good[:9] + "\u200b" + good[9:], "MALFORMED", BYTES),
    ("standard base64", parts[0] + "." + parts[1] + "+/.AAAA", "MALFORMED", JSON),
    ("claims a list", token('["iss"]'), "MALFORMED", JSON),
    ("claims a text", token('"iss"'), "MALFORMED", JSON),
    ("claims cut off", token(dumps(CLAIMS)[:-1]), "MALFORMED", JSON),
    ("claims and something behind", token(dumps(CLAIMS) + "{}"), "MALFORMED", JSON),
    ("claims not UTF-8", token(dumps(CLAIMS).encode().replace(b"user-1", b"user-\xff")), "MALFORMED", JSON),
    ("claims in UTF-16", token(dumps(CLAIMS).encode("utf-16")), "MALFORMED", JSON),
    ("claims nested 5000 deep", token('{"a":' + "[" * 5000 + "]" * 5000 + "}"), "MALFORMED", JSON),
    ("a lone surrogate", token(raw({}, '"user-1"', '"\\ud800"')), "MALFORMED", JSON),
    ("NaN", token(raw({}, str(NOW + 3600), "NaN")), "MALFORMED", JSON),
    ("header nothing but a number", encode("1") + "." + parts[1] + "." + parts[2], "INVALID", "not a JWT"),
    ("iss twice", token(raw({}, '{"iss"', '{"iss":"https://evil.example","iss"')), "MALFORMED", JSON),
    ("iss twice, once in escapes", token(raw({}, '{"iss"', '{"\\u0069ss":"https://evil.example","iss"')),
     "MALFORMED", JSON),
    ("alg twice", token(header='{"alg":"none","alg":"RS256","typ":"at+jwt","kid":"rsa"}'), "INVALID", "not a JWT"),
    ("aud twice, deep inside", token(raw({}, '{"iss"', '{"x":{"a":1,"a":2},"iss"')), "MALFORMED", JSON),

    # Who made it, for whom (REQ-63).
    ("another issuer", token({"iss": "https://evil.example"}), "INVALID", "iss"),
    ("issuer of another network", token({"iss": "https://third.example"}), "INVALID", "iss"),
    ("issuer with a slash behind", token({"iss": ISSUER + "/"}), "INVALID", "iss"),
    ("issuer in capitals", token({"iss": "https://WAF.example"}), "INVALID", "iss"),
    ("issuer with a homoglyph", token({"iss": "https://w\u0430f.example"}), "INVALID", "iss"),
    ("issuer missing", token({"iss": None}), "INVALID", "iss"),
    ("issuer a list", token({"iss": [ISSUER]}), "INVALID", "iss"),
    ("another audience", token({"aud": "https://other.example"}), "INVALID", "aud"),
    ("audience missing", token({"aud": None}), "INVALID", "aud"),
    ("audience an empty list", token({"aud": []}), "INVALID", "aud"),
    ("audience nested", token({"aud": [[AUDIENCE]]}), "INVALID", "aud"),
    ("audience among numbers", token({"aud": [1, AUDIENCE]}), "INVALID", "aud"),
    ("audience an object", token({"aud": {AUDIENCE: True}}), "INVALID", "aud"),
    ("audience with more behind", token({"aud": AUDIENCE + ".evil.example"}), "INVALID", "aud"),
    ("audience with a NUL behind", token(raw({}, AUDIENCE, AUDIENCE + "\\u0000")), "MALFORMED", JSON),

    # When.
    ("expired", token({"exp": NOW - 1}), "EXPIRED", "expired"),
    ("expired in 1970", token({"exp": 0}), "EXPIRED", "expired"),
    ("exp missing", token({"exp": None}), "INVALID", "exp"),
    ("exp a text", token({"exp": str(NOW + 3600)}), "INVALID", "exp"),
    ("exp true", token({"exp": True}), "INVALID", "exp"),
    ("exp null", token(raw({}, str(NOW + 3600), "null")), "INVALID", "exp"),
    ("exp in milliseconds", token({"exp": NOW * 1000}), "INVALID", "exp"),
    ("exp 1e300", token(raw({}, str(NOW + 3600), "1e300")), "INVALID", "exp"),
    ("exp of 40 digits", token(raw({}, str(NOW + 3600), "9" * 40)), "MALFORMED", JSON),
    ("exp negative", token({"exp": -1}), "INVALID", "exp"),
    ("not valid yet", token({"nbf": NOW + 300}), "INVALID", "nbf"),
    ("nbf a text", token({"nbf": "now"}), "INVALID", "nbf"),
    ("made in the future", token({"iat": NOW + 300}), "INVALID", "iat"),

    # What for, who (REQ-70, 52, 59).
    ("scope missing", token({"scope": None}), "INSUFFICIENT_SCOPE", "scope ims"),
    ("scope empty", token({"scope": ""}), "INSUFFICIENT_SCOPE", "scope ims"),
    ("scope that begins alike", token({"scope": "imsx xims openid"}), "INSUFFICIENT_SCOPE", "scope ims"),
    ("scope a list", token({"scope": ["ims"]}), "INVALID", "scope"),
    ("bound to a key", token({"cnf": {"jkt": "AAAA"}}), "INVALID", "cnf"),
    ("a page that is not served", token({"client_id": "evil"}), "NOT_PERMITTED", "client_id"),
    ("no page", token({"client_id": None}), "NOT_PERMITTED", "client_id"),
    ("page a list", token({"client_id": ["page"]}), "INVALID", "client_id"),
    ("jti with a line break", token({"jti": "a\nWARN all is well"}), "INVALID", "jti"),
    ("sub of 256 bytes", token({"sub": "x" * 256}), "INVALID", "sub"),
    ("private identity missing", token({"impi": None}), "INVALID", "impi"),
    ("private identities, two", token({"impi": ["alice@ims.example", "bob@ims.example"]}), "INVALID", "impi"),
    ("private identity with quotes", token({"impi": 'alice"@ims.example'}), "INVALID", "impi"),
    ("private identity with a line break", token({"impi": "alice@ims.example\r\nX: y"}), "INVALID", "impi"),
    ("private identity with a homoglyph", token({"impi": "\u0430lice@ims.example"}), "INVALID", "impi"),
    ("private identity elsewhere", token({"impi": "alice@evil.example"}), "NOT_PERMITTED", "impi"),
    ("public identity missing", token({"impu": None}), "INVALID", "impu"),
    ("public identities, none", token({"impu": []}), "INVALID", "impu"),
    ("public identities nested", token({"impu": [["sip:alice@ims.example"]]}), "INVALID", "impu"),
    ("public identities, 33", token({"impu": ["sip:a%d@ims.example" % n for n in range(33)]}), "INVALID", "impu"),
    ("public identity a wildcard", token({"impu": "sip:*"}), "INVALID", "impu"),
    ("public identity with a header", token({"impu": "sip:alice@ims.example?Subject=x"}), "INVALID", "impu"),
    ("public identity with two hosts", token({"impu": "sip:bob@evil.example@ims.example"}), "INVALID", "impu"),
    ("public identity in angle brackets", token({"impu": "<sip:alice@ims.example>"}), "INVALID", "impu"),
    ("public identity http", token({"impu": "https://ims.example/alice"}), "INVALID", "impu"),
    ("public identity with a homoglyph", token({"impu": "sip:\u0430lice@ims.example"}), "INVALID", "impu"),
    ("public identity elsewhere", token({"impu": ["sip:alice@ims.example", "sip:alice@evil.example"]}),
     "NOT_PERMITTED", "impu"),
    ("public identity elsewhere, with our name in it", token({"impu": "sip:@ims.example@evil.example"}), "INVALID",
     "impu"),
    ("pool: one of it", token({"client_id": "shop", "impi": "shop-1@ims.example", "impu": "sip:shop-1@ims.example"}),
     "", ""),
    ("pool: somebody who is not of it", token({"client_id": "shop", "impi": "shop-1@ims.example"}), "NOT_PERMITTED",
     "pool"),
    ("pool: a private identity that is not of it", token({"client_id": "shop", "impu": "sip:shop-1@ims.example"}),
     "NOT_PERMITTED", "pool"),
    ("pool: another page wants one of it", token({"impu": "sip:shop-1@ims.example"}), "NOT_PERMITTED", "pool"),
    ("pool: ... written otherwise", token({"impu": "sip:%73hop%2D1@ims.example"}), "NOT_PERMITTED", "pool"),
    ("pool: ... in capitals", token({"impi": "SHOP-1@ims.example"}), "NOT_PERMITTED", "pool"),
    ("pool: ... with a port", token({"impu": "sip:shop-1@ims.example:5060"}), "INVALID", "impu"),
    ("pool: ... with a dot", token({"impi": "shop-1@ims.example."}), "INVALID", "impi"),
    ("pool: nobody's", token({"client_id": "shop", "impi": "shop-1@ims.example", "impu": "sip:shop-1@ims.example",
                              "sub": None, "jti": None}), "INVALID", "sub, jti"),
]

json.dump({"issuer": ISSUER, "jwks": JWKS,
           "rows": [dict(zip(("name", "token", "error", "says"), row)) for row in ROWS]}, sys.stdout)
