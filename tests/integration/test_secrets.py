"""What is secret stays so at the highest debug level; and that the search for secrets, which follows each file of
cases, finds them."""

import os

import edge
from audit import Audit
from capture import Packet
from cases import case
from checks import contains, equal, lacks_text
from events import EventSink
from leaks import Book

@case("REQ-73")
def at_the_highest_debug_level(w):
    """a user whom the core challenges registers, refreshes, calls, is asked about by the Admin API, and leaves; another
    one fails"""
    sink = EventSink()
    w.defer(sink.close)
    user = w.scripted_user()
    audit, core = Audit(w, debug_level=7, **sink.janus), w.core(challenges=True)
    page = w.registered(user, audit.client)
    page.send("register", **page.account(refresh=True))
    page.wait("registered")
    page.call("sip:+4930999@scripted.example")
    core.expect("INVITE").reply(486)
    page.wait("hangup")
    number = page.handle.session.number
    audit.janus.admin("handle_info", session_id=number, handle_id=page.handle.number)
    equal(set(edge.objects(audit.janus)), {"handles", "sessions", "registrations", "subscriptions", "calls", "invites", "media",
                                            "ports"},
          "counters")
    page.unregister()
    fails = w.page(w.scripted_user("mallory"), audit.client)
    fails.send("register", **fails.account(secret="geheim-wrong-guess-6620"))
    fails.wait("registration_failed")
    audit.wait("registered", "ended", "failed")
    sink.wait('"failed"')
    log = audit.janus.logged(user.impu + ": registered for", user.impu + ": deregistered")
    ours = "\n".join(line for line in log.splitlines() if "[ims]" in line)
    for text in (ours, sink.text()):
        lacks_text(text, user.password, "geheim")


@case("REQ-73")
def typing_errors(w):
    """what an operator mistypes in the configuration is not read to the log"""
    for turn in ({"secrt": "geheim-mistyped-41"}, {"secret": 4142434445}, {"secret": "geheim-for-no-url"},
                 {"urls": ["turn:192.0.2.1"], "secret": ["geheim-in-a-list"]}):
        try:
            w.own_janus(turn=turn)
        except AssertionError as error:
            contains(str(error), "could not be initialized")
        else:
            raise AssertionError("taken: %r" % turn)
        with open(w.folder("own-janus") + "/janus.log") as f:
            log = f.read()
        contains(log, "cannot start")
        lacks_text(log, "geheim", "4142434445")


def packet(text):
    return Packet(0, ("127.0.1.21", 5060), ("127.0.1.81", 5060), text.encode())


class Silent:
    """A sniffer that saw this."""

    def __init__(self, *packets):
        self.packets = list(packets)
        self.changed = open(os.devnull)

    def sync(self):
        pass


@case("REQ-73")
def the_search_finds(w):
    """a password, its hash, a token, a key and a credential, wherever they are; and nothing else"""
    folder = w.folder("leaky")
    book = Book()
    book.note_request({"request": "register", "username": "sip:zoe@scripted.example", "secret": "geheim-zoe-1"})
    book.note_request({"request": "register", "access_token": "eyJ.geheim.token", "aka": {"k": "0f" * 16}})
    book.note_configuration({"turn": {"secret": "geheim-turn-2"}, "issuers": {"a": {"client_secret": "geheim-cs-3"}}})
    book.note_event({"ice_servers": [{"credential": "geheim-credential-4"}]})
    ha1 = "e3cf7daf0a7b7a14fc9d6f3c0b2e8d29"
    for place, text, found in (
            ("log", "password is geheim-zoe-1.", 1), ("log", "zoe geheim-zoe-", 0), ("log", "eyJ.geheim.token", 1),
            ("log", ("0f" * 16).upper(), 1), ("handlers", "geheim-turn-2", 1), ("admin", "geheim-cs-3", 1),
            ("events", "geheim-credential-4", 0), ("log", "geheim-credential-4", 1), ("log", ha1, 0)):
        book.look(place, "x", text)
        equal(len(book.found), found, "found in %r" % text, *book.found)
        book.found.clear()
    with open(folder + "/janus.log", "w") as f:
        f.write("a line\n[ims] sip:zoe: geheim-zoe-1\nanother\n")
    with open(folder + "/janus-debug.log", "w") as f:
        f.write("{\"secret\": \"geheim-zoe-1\"}\n[ims] sip:zoe: geheim-turn-2\n")
    book.look_at_logs(folder)
    equal(len(book.found), 2, "found in logs", *book.found)
    contains("".join(book.found), "janus.log: password", "janus-debug.log: configured secret")
    book.found.clear()
    bearer = packet("REGISTER sip:x SIP/2.0\r\nAuthorization: Bearer eyJ.geheim.token\r\n\r\n")
    plain = packet("INVITE sip:x SIP/2.0\r\nX-Odd: eyJ.geheim.token\r\n\r\n")
    for packets, shown, found in ((bearer, True, 0), (bearer, False, 1), (plain, True, 1)):
        book.shown, book.packets = shown, 0
        book.look_at_sip(Silent(packets))
        equal(len(book.found), found, "found in SIP", *book.found)
        book.found.clear()
