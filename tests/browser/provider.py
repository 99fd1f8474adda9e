"""People at the demo page who sign in at the OpenID provider, which is on another origin."""

from bidi import Refused
from desk import ADDRESS, VOICES, Person
from openid import JWT, PAGE_CLIENT
from process import wait_until


def settings(openid, resource=JWT, users=()):
    """What the page is told of the provider."""
    return {"issuer": openid.issuer, "client_id": PAGE_CLIENT, "resource": resource, "scope": "openid ims",
            "users": [{"name": name, "identity": user.impus[0], "login": user.name} for name, user in users]}


def at_the_page(w, openid, *people, resource=JWT, users=(), address=ADDRESS):
    """-> Persons in front of the sign-in card, each with an .account at the provider. users: their names in the lab."""
    lab_names = list(users) + [None] * len(people)
    names = {name: w.user(lab_name) for name, lab_name in zip(people, lab_names)}
    w.run.lab.start()
    accounts = {name: openid.user(user) for name, user in names.items()}
    w.run.serve(names, "ws://%s:%d" % (w.janus.address, w.janus.ws_port),
                openid=settings(openid, resource, accounts.items()))
    found = [Person(w, name, user, voice, address=address) for (name, user), voice in zip(names.items(), VOICES)]
    for person in found:
        person.account = accounts[person.name]
    return found


def arrive(person, name):
    """Until that element is there: the page of before is going, or another one has come."""
    def seen():
        try:
            return person.tab.visible(name)
        except Refused:         # between two pages, or the element is not on this one
            return False
    wait_until(seen, "%s at %s" % (name, person.name), pause_s=0.1)


def go_to_provider(person):
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
    person.until("ready", 20)
