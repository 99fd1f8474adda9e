"""Calls through a TURN server, with the credentials that the gateway gives its users (33.203 X.5)."""

import json
import re
import time

from cases import case
from checks import check, contains, equal
from coturn import ADDRESS, PORTS, Coturn, credentials
from desk import CORE, PHONE_VOICE, signed_in

SECRET = "geheim-turn-relay-20c4"
URL = "turn:%s:3478?transport=udp" % ADDRESS
EDGE = {"core": CORE, "turn": {"urls": [URL], "secret": SECRET, "ttl_s": 60}}

GATHER = """async (urls, username, credential) => {
    const pc = new RTCPeerConnection({ iceServers: [{ urls, username, credential }], iceTransportPolicy: 'relay' });
    const seen = [];
    pc.onicecandidateerror = ({ errorCode }) => seen.push(errorCode);
    pc.onicecandidate = ({ candidate }) => candidate?.candidate && seen.push(candidate.type);
    const done = new Promise((resolve) => (pc.onicegatheringstatechange = () => pc.iceGatheringState === 'complete' && resolve()));
    pc.createDataChannel('x');
    await pc.setLocalDescription();
    await done;
    pc.close();
    return seen;
}"""


def pairs(janus):
    """The candidate pairs that Janus's PeerConnections use."""
    found = []
    for session in janus.admin("list_sessions")["sessions"]:
        for handle in janus.admin("list_handles", session_id=session)["handles"]:
            info = janus.admin("handle_info", session_id=session, handle_id=handle)["info"]
            found += [line.partition('"')[2] for line in json.dumps(info).split('"selected-pair": ')[1:]]
    return found


@case("REQ-145")
def relayed(w):
    """a page that may use TURN alone: both hear each other, by way of coturn"""
    turn = Coturn(w.folder("coturn"), SECRET)
    w.defer(turn.stop)
    phone = w.baresip(hz=PHONE_VOICE, seconds=200, answermode="auto")
    alice, = signed_in(w, "Alice", query="?relay=only")
    alice.call(phone)
    alice.until_talking()
    alice.until_hears(PHONE_VOICE)
    pair, = pairs(w.janus)      # of type relay or, where coturn's packet overtakes the candidate, prflx
    check(int(re.search(r":(\d+) \[", pair.split("<->")[1]).group(1)) in PORTS, "not by way of coturn: " + pair)
    alice.hang_up()
    phone.until_over()
    contains(turn.output(), alice.tab.run("() => imsClient.iceServers[0].username"))


@case("REQ-145")
def refused(w):
    """coturn has no address for a browser with credentials that are wrong or have expired"""
    turn = Coturn(w.folder("coturn"), SECRET)
    w.defer(turn.stop)
    alice, = signed_in(w, "Alice")
    given, = alice.tab.run("() => imsClient.iceServers")
    equal(given["urls"], [URL], "URLs")
    for username, password in ((given["username"], "x" + given["credential"]), credentials(SECRET, time.time() - 60)):
        seen = alice.tab.run(GATHER, URL, username, password)
        check(401 in seen and "relay" not in seen, "what the browser got: %r" % seen)
    contains(json.dumps(alice.tab.run(GATHER, URL, given["username"], given["credential"])), "relay")


@case("REQ-145", long=True)
def renewed(w):
    """before its credentials end the page has asked for new ones"""
    turn = Coturn(w.folder("coturn"), SECRET)
    w.defer(turn.stop)
    alice, = signed_in(w, "Alice")
    first, = alice.tab.run("() => imsClient.iceServers")
    alice.tab.until("state", "imsClient.iceServers[0].username !== '%s'" % first["username"], 45)
    check(time.time() < int(first["username"].split(":")[0]), "the first ones had ended")
    renewed, = alice.tab.run("() => imsClient.iceServers")
    contains(json.dumps(alice.tab.run(GATHER, URL, renewed["username"], renewed["credential"])), "relay")
