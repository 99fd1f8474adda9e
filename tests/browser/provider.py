"""People at the demo page who sign in at the OpenID provider. Page, provider and gateway have an origin each."""

import socket
import sys

from bidi import Refused
from desk import DEMO, VOICES, Person
from openid import JWT, OPAQUE, PAGE, PAGE_CLIENT
from process import Process, wait_until

ELSEWHERE = "http://localhost:8090"     # where another web server has the page


def trusting(w, ttl_s=300, pages=(PAGE,), issuer=None, **network):
    """-> a provider, trusted by a Janus of this case; issuer, network: more of the plugin's configuration"""
    openid = w.openid(ttl_s=ttl_s, pages=pages)
    w.run.janus = w.own_janus(issuers={"openid": openid.as_issuer(**(issuer or {}))},
                              networks_of={"lab": {"token_issuers": ["openid"], **network}})
    return openid


def trusting_opaque(w, **network):
    """-> a provider that is asked about each token again every second"""
    return trusting(w, issuer={"resource": OPAQUE, "opaque": True, "client_id": "gateway",
                               "client_secret": "geheim-gateway-client", "introspection_s": 0},
                    token_recheck_s=1, **network)


def settings(openid, resource, accounts):
    """What the page is told of the provider."""
    return {"issuer": openid.issuer, "client_id": PAGE_CLIENT, "resource": resource, "scope": "openid ims",
            "users": [{"name": name, "identity": user.impus[0], "login": user.name} for name, user in accounts.items()]}


def at_the_page(w, openid, *people, resource=JWT, window=None, browsers=(), **more):
    """-> Persons in front of the sign-in card, each with an .account at the provider; browsers: the kind
    of each, "chromium" if nothing is said; more: of what the page is told"""
    names = {name: w.user() for name in people}
    accounts = {name: openid.user(user) for name, user in names.items()}
    w.run.lab.start()
    w.run.serve(names, "ws://%s:%d" % (w.janus.address, w.janus.ws_port),
                openid=settings(openid, resource, accounts), **more)
    kinds = list(browsers) + ["chromium"] * len(people)
    found = [Person(w, name, user, voice, window, kind)
             for (name, user), voice, kind in zip(names.items(), VOICES, kinds)]
    for person in found:
        person.account = accounts[person.name]
    return found


def signed_in(w, openid, *people, **options):
    found = at_the_page(w, openid, *people, **options)
    for person in found:
        sign_in(person)
    return found


def serve_elsewhere(w):
    """The same page, as another web server has it."""
    port = int(ELSEWHERE.rpartition(":")[2])
    server = Process([sys.executable, "-B", DEMO + "/lib/serve.py", str(port), DEMO, w.run.users],
                     w.run.state + "/elsewhere.log")
    w.defer(server.stop)

    def serves():
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", port)) == 0
    wait_until(serves, "page served elsewhere")


# ------------------------------------------------------------------- what a person does
def arrive(person, name):
    """Until that element is there: the page of before is going, or another one has come."""
    def seen():
        try:
            return person.tab.visible(name)
        except Refused:         # between two pages, or the element is not on this one
            return False
    wait_until(seen, "%s at %s" % (name, person.name), pause_s=0.1)


def go_to_provider(person):
    person.tab.until_visible("way-openid")
    person.tab.click("way-openid")
    person.tab.click("openid-sign-in")
    arrive(person, "openid-submit")


def log_in(person, password=None):
    """At the provider's page."""
    for field, text in (("openid-name", person.account.name), ("openid-password", password or person.account.password)):
        person.tab.run("(name) => { document.querySelector(`[data-testid='${name}']`).value = ''; }", field)
        person.tab.click(field)
        person.tab.type(text)
    person.tab.click("openid-submit")


def sign_in(person):
    """From the card to the provider and back: signed in."""
    go_to_provider(person)
    log_in(person)
    arrive(person, "sign-out")
    person.until("ready")


def talk(one, two):
    """One calls the other, and each hears the other."""
    one.call(two)
    two.answer()
    for person, other in ((one, two), (two, one)):
        person.until_talking()
        person.until_hears(other.voice)


# ------------------------------------------------------------------- what the page heard
HEARD = """() => {
	window.heardEvents = [];
	imsClient.addEventListener('raw', ({ detail }) => heardEvents.push(detail.data.result?.event ?? detail.data.error_code));
}"""


def listen(person):
    """Notes the events of the plugin from now on."""
    person.tab.run(HEARD)


def until_heard(person, event, count=1):
    person.tab.until("state", "heardEvents.filter((one) => one === '%s').length >= %d" % (event, count), what=event)
