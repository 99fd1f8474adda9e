"""The OpenID provider of tests/openid as a test sees it: starts and stops it, signs users in without a browser."""

import base64
import contextlib
import hashlib
import http.cookiejar
import json
import os
import re
import secrets
import signal
import ssl
import subprocess
import urllib.error
import urllib.request
from urllib.parse import parse_qs, urlencode, urljoin, urlparse

import lab
import leaks
import npm
import paths
from patience import EVENT_S
from process import Process, wait_until

FOLDER = os.path.join(paths.TESTS, "openid")
ADDRESS, PORT, CONTROL = lab.NET + ".61", 8443, 8444
ISSUER = "https://%s:%d" % (ADDRESS, PORT)
JWT, OPAQUE = "https://ims.example/jwt", "https://ims.example/opaque"       # audiences: what access tokens are

PAGE = "http://localhost:8080"
PAGE_CLIENT = "demo-page"               # public, with PKCE: the demo page, and tokens() here
MACHINE = ("machine", "geheim-machine-client")      # client_credentials
GATEWAY = ("gateway", "geheim-gateway-client")      # may introspect


def install():
    npm.install(FOLDER)


def program():
    """-> the command that starts it, without its configuration"""
    node = [path for arch in ("x64", "arm64")
            if os.path.exists(path := "%s/node_modules/node-linux-%s/bin/node" % (FOLDER, arch))]
    return [*node[:1], os.path.join(FOLDER, "main.js")]


def certificate(path, address=ADDRESS):
    """Key and certificate in one file; whoever trusts the certificate finds it alone in PATH.crt."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "2", "-subj", "/CN=openid of a test", "-addext", "subjectAltName=IP:" + address,
                    "-addext", "extendedKeyUsage=serverAuth", "-keyout", path, "-out", path + ".crt"],
                   check=True, capture_output=True)
    with open(path, "a") as both, open(path + ".crt") as alone:
        both.write(alone.read())
    return path


class Refused(AssertionError):
    """An answer of the provider that is not 200; .body is what it said, .error OAuth's word."""

    def __init__(self, what, status, body):
        super().__init__("%s: %d %r" % (what, status, body))
        self.status, self.body = status, body
        self.error = body.get("error") if isinstance(body, dict) else None


class OpenIdUser:
    """name and password here; impi and impus are the identities that the tokens speak of."""

    def __init__(self, name, impi, impus, password=None, **claims):
        self.name, self.password = name, password or "geheim-openid-%s-%s" % (name, secrets.token_hex(4))
        self.impi, self.impus = impi, list(impus)
        self.claims = {"impi": impi, "impu": self.impus, **claims}
        leaks.book.note("password at the provider", self.password)


def noted(tokens):
    """They may be nowhere but where they were asked for."""
    for name in ("access_token", "refresh_token", "id_token"):
        leaks.book.note(name, tokens.get(name))
    return tokens


class OpenId:
    """One provider. ttl_s: life of an access token; pages: origins that the demo page is served at; alg: signs
    the access tokens, of ES256, RS256, EdDSA; clients, resources: more of them, as tests/openid/main.js says."""

    def __init__(self, folder, ttl_s=300, pages=(PAGE,), clients=(), resources=None, alg="ES256", port=PORT):
        os.makedirs(folder, exist_ok=True)
        self.folder, self.port, self.process = folder, port, None
        self.issuer = "https://%s:%d" % (ADDRESS, port)
        self.control = "http://127.0.0.1:%d" % (port + CONTROL - PORT)
        self.config = {
            "issuer": self.issuer, "address": ADDRESS, "port": port, "control": port + CONTROL - PORT,
            "certificate": certificate(folder + "/openid.pem"), "state": folder + "/state", "users": {},
            "clients": [page_client(pages), machine_client(), gateway_client(), *clients],
            "resources": {JWT: {"format": "jwt", "alg": alg, "ttl_s": ttl_s},
                          OPAQUE: {"format": "opaque", "ttl_s": ttl_s}, **(resources or {})}}
        self.ca = folder + "/openid.pem.crt"        # what a client has to trust
        self.tls = ssl.create_default_context(cafile=self.ca)

    # ---------------------------------------------------------------- running
    def start(self):
        """Also after stop(): at the same place, with the same keys, tokens and users."""
        install()
        path = self.folder + "/openid.json"
        with open(path, "w") as f:
            json.dump(self.config, f)
        self.process = Process(program() + [path], self.folder + "/openid.log")
        wait_until(self._answers, "OpenID provider up")
        return self

    def _answers(self):
        if not self.process.alive():
            raise AssertionError("OpenID provider ended\n" + self.process.tail())
        with contextlib.suppress(OSError):
            return self.metadata()
        return None

    def stop(self):
        if self.process and self.process.alive():
            self.thaw()
            self.process.stop()

    def freeze(self):
        """It takes connections and says nothing any more."""
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self):
        os.kill(self.process.pid, signal.SIGCONT)

    def rotate(self, keep=True):
        """New signing keys. keep: the old ones stay published."""
        self._control("rotate", {"keep": keep})

    def revoke_user(self, user):
        """All that he was given is over: tokens and grants."""
        self._control("revoke", {"name": user.name})

    def add(self, user):
        """A user who can sign in from now on. -> the same"""
        self.config["users"][user.name] = {"password": user.password, "claims": user.claims}
        if self.process and self.process.alive():
            self._control("users", {user.name: self.config["users"][user.name]})
        return user

    def user(self, subscriber, **claims):
        """One who is that subscriber of the lab."""
        impus = getattr(subscriber, "impus", [subscriber.impu])
        return self.add(OpenIdUser(subscriber.name, subscriber.impi, impus, **claims))

    def _control(self, what, body):
        request = urllib.request.Request("%s/%s" % (self.control, what), json.dumps(body).encode())
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=EVENT_S):
            pass

    # ---------------------------------------------------------------- what it serves
    def browser(self):
        return Browser(self.tls)

    def metadata(self):
        return Browser(self.tls).get(self.issuer + "/.well-known/openid-configuration")

    def jwks(self):
        return Browser(self.tls).get(self.issuer + "/jwks")

    def tokens(self, user, resource=JWT, scope="openid ims", password=None, browser=None):
        """Authorization code with PKCE, as a browser does it, in one with cookies or in a fresh one. -> what its end
        gets, with access_token, refresh_token, id_token, expires_in"""
        redirect = self.config["clients"][0]["redirect_uris"][0]
        verifier, state = secrets.token_urlsafe(32), secrets.token_urlsafe(16)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        browser = browser or self.browser()
        address, _ = browser.follow(self.issuer + "/auth?" + urlencode({
            "client_id": PAGE_CLIENT, "redirect_uri": redirect, "response_type": "code", "scope": scope,
            "resource": resource, "state": state, "nonce": secrets.token_urlsafe(16),
            "code_challenge": challenge, "code_challenge_method": "S256"}))
        address, page = browser.follow(address, {"name": user.name, "password": password or user.password}, redirect)
        answer = parse_qs(urlparse(address).query)
        if not address.startswith(redirect):
            said = re.search(r'role="alert"[^>]*>([^<]*)', page)
            raise Refused("signing in %s" % user.name, 401, {"error": "login", "said": said and said.group(1)})
        if "code" not in answer or answer["state"] != [state]:
            raise Refused("signing in %s" % user.name, 400, {k: v[0] for k, v in answer.items()})
        return noted(browser.post(self.issuer + "/token", {
            "grant_type": "authorization_code", "client_id": PAGE_CLIENT, "code": answer["code"][0],
            "redirect_uri": redirect, "code_verifier": verifier, "resource": resource}))

    def access_token(self, user, resource=JWT, **more):
        return self.tokens(user, resource, **more)["access_token"]

    def refresh(self, tokens, resource=JWT):
        """-> the next tokens; the refresh token used is spent"""
        return noted(Browser(self.tls).post(self.issuer + "/token", {
            "grant_type": "refresh_token", "client_id": PAGE_CLIENT, "refresh_token": tokens["refresh_token"],
            "resource": resource}))

    def as_issuer(self, resource=JWT, **fields):
        """What the configuration of the plugin says of it: a group of `issuers`."""
        return {"issuer": self.issuer, "audience": resource, "ca_file": self.ca, **fields}

    def machine_token(self, resource=JWT, client=MACHINE):
        """A client's own, by client_credentials."""
        return Browser(self.tls, client).post(self.issuer + "/token", {
            "grant_type": "client_credentials", "scope": "ims", "resource": resource})["access_token"]

    def introspect(self, token, client=GATEWAY):
        """Opaque tokens only: this provider keeps no record of the others."""
        return Browser(self.tls, client).post(self.issuer + "/token/introspection", {"token": token})

    def revoke(self, token):
        Browser(self.tls).post(self.issuer + "/token/revocation", {"token": token, "client_id": PAGE_CLIENT})


def page_client(origins):
    return {"client_id": PAGE_CLIENT, "token_endpoint_auth_method": "none", "response_types": ["code"],
            "grant_types": ["authorization_code", "refresh_token"], "origins": list(origins),
            "redirect_uris": [origin + page for origin in origins for page in ("/", "/sip/")]}


def machine_client(credentials=MACHINE, **claims):
    name, secret = credentials
    claims = claims or {"impi": "web1000@" + lab.REALM, "impu": ["sip:web1000@" + lab.REALM]}
    return {"client_id": name, "client_secret": secret, "grant_types": ["client_credentials"],
            "response_types": [], "redirect_uris": [], "claims": claims}


def gateway_client(credentials=GATEWAY):
    name, secret = credentials
    return {"client_id": name, "client_secret": secret, "grant_types": [], "response_types": [], "redirect_uris": []}


class Browser:
    """HTTP with cookies, one answer at a time; or, with a client's credentials, that client."""

    class _Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    def __init__(self, tls, credentials=None):
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=tls), self._Stay,
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        if credentials:
            basic = base64.b64encode(":".join(credentials).encode()).decode()
            self.opener.addheaders = [("Authorization", "Basic " + basic)]

    def _ask(self, address, form=None):
        data = urlencode(form).encode() if form else None
        try:
            with self.opener.open(address, data, timeout=EVENT_S) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read().decode()

    def get(self, address):
        return self._json(address)

    def post(self, address, form):
        return self._json(address, form)

    def _json(self, address, form=None):
        status, headers, text = self._ask(address, form)
        body = json.loads(text) if "json" in headers.get("Content-Type", "") else text
        if status != 200:
            raise Refused(address, status, body)
        return body

    def follow(self, address, form=None, until=None):
        """Through redirections, to a page or to an address that begins so. -> address, page"""
        for _ in range(10):
            if until and address.startswith(until):
                return address, ""
            status, headers, text = self._ask(address, form)
            if status not in (302, 303):
                return address, text
            address, form = urljoin(address, headers["Location"]), None
        raise AssertionError("no end of redirections: " + address.partition("?")[0])
