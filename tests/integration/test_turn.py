"""TURN credentials for registered users (33.203 X.5): made here, judged by a real coturn."""

import re
import time

import edge
from cases import case
from checks import check, contains, equal, lacks_text
from coturn import Coturn, credentials
from events import EventSink
from janus import ADDRESS

SECRET = "geheim-turn-b7c1e05d"
URLS = ["turn:%s:3478?transport=udp" % ADDRESS, "turns:turn.ims.example"]
EDGE = {"turn": {"urls": URLS, "secret": SECRET, "ttl_s": 60}}


def user_of(server):
    until, name = server["username"].split(":")
    return int(until), name


@case("REQ-145")
def provisioned(w):
    """who has registered gets credentials that coturn takes, and gets new ones when he asks"""
    turn = Coturn(w.folder("coturn"), SECRET)
    w.defer(turn.stop)
    core, page = w.scripted()
    now = time.time()
    server, = page.registered["ice_servers"]
    equal(server["urls"], URLS, "URLs")
    until, name = user_of(server)
    check(now + 50 < until < now + 70, "good until %d, now is %d" % (until, now))
    lacks_text(server["username"], page.user.name, page.user.impi)
    equal(page.registered["ice_ttl"], 60, "ice_ttl")
    equal(turn.allocate(server["username"], server["credential"]), 0, "coturn's answer")
    renewed, = page.ask("ice_servers", "ice_servers")["ice_servers"]
    equal(user_of(renewed)[1], name, "pseudonym of the same user")
    equal(turn.allocate(renewed["username"], renewed["credential"]), 0, "coturn's answer")
    other = w.registered(w.scripted_user("yvonne"))
    check(user_of(other.registered["ice_servers"][0])[1] != name, "two users have one pseudonym")


@case("REQ-145")
def wrong_ones(w):
    """coturn refuses what is expired, or not made with the secret"""
    turn = Coturn(w.folder("coturn"), SECRET)
    w.defer(turn.stop)
    core, page = w.scripted()
    server, = page.registered["ice_servers"]
    later = "%d:%s" % (user_of(server)[0] + 3600, user_of(server)[1])
    equal(turn.allocate(later, server["credential"]), 401, "for longer than granted")
    equal(turn.allocate(server["username"], server["credential"][::-1]), 401, "another password")
    equal(turn.allocate(*credentials("geheim-other-secret", time.time() + 60)), 401, "another secret")
    equal(turn.allocate(*credentials(SECRET, time.time() - 60)), 401, "expired")
    equal(turn.allocate(*credentials(SECRET, time.time() + 60)), 0, "right")


@case("REQ-145")
def to_janus_alone(w):
    """the sample of docs/security.md relays to Janus's media address, and to none of the core, of the host, of others"""
    turn = Coturn(w.folder("coturn"), SECRET)
    w.defer(turn.stop)
    given = credentials(SECRET, time.time() + 60)
    equal(turn.permit(*given, ADDRESS), 0, "Janus")
    for peer in ("127.0.0.1", edge.ADDRESS, "10.77.0.2", "192.0.2.1", "224.0.0.1", "169.254.169.254"):
        equal(turn.permit(*given, peer), 403, peer)


@case("REQ-145")
def only_registered(w):
    """nobody else gets any; asking is limited"""
    page = w.page(w.scripted_user())
    number, sentence = page.refused("ice_servers")
    equal(number, 447, "error", sentence)
    w.core()
    page.register()
    answers = [page.ask("ice_servers", "ice_servers", 465) for _ in range(20)]
    while answers[-1].name == "ice_servers":        # who asks slowly may ask more often
        answers.append(page.ask("ice_servers", "ice_servers", 465))
    equal({answer.name for answer in answers[:20]}, {"ice_servers"}, "the first twenty")
    check(re.search("try again in [123] s", answers[-1].data["error"]), "when to try again", answers[-1])


@case("REQ-73")
def for_the_user_alone(w):
    """event handlers hear that he is registered, and not with what he may use the TURN servers"""
    sink = EventSink()
    w.defer(sink.close)
    janus = w.own_janus(**sink.janus)
    core, page = w.scripted(janus)
    asked = page.ask("ice_servers", "ice_servers")["ice_servers"]
    page.unregister()
    sink.wait("unregistered")
    told = sink.text()
    contains(told, '"registered"', "ice_ttl")
    for server in page.registered["ice_servers"] + asked:
        lacks_text(told + janus.process.output(), server["credential"])
    lacks_text(told + janus.process.output(), SECRET)


@case("REQ-145")
def none(w):
    """without TURN servers nothing is said of them, and who asks gets an empty list"""
    core, page = w.scripted(w.own_janus(turn=None))
    equal("ice_servers" in page.registered.result, False, "ice_servers in registered")
    equal(page.ask("ice_servers", "ice_servers")["ice_servers"], [], "ice_servers")
