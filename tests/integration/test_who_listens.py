"""Who listens to a call besides its two ends: recordings, forwarders; and key frames on request."""

import os
import struct
import subprocess
import tempfile

from cases import case
from checks import check, contains, equal
from process import wait_closed, wait_until
from rtp import RtpSocket, loudest, read_wav
from test_media import TONES, Connected, heard, only
from test_video import PLI, VideoCall, has

import leaks

FOLDER = tempfile.TemporaryDirectory(prefix="ims-recordings-")
LISTENER = "127.0.3.9"
EDGE = {"media": {"recordings": FOLDER.name, "forward_to": ["127.0.3.0/24", "::1"]}}
BOTH = {"audio": True, "peer_audio": True}
FAR = "sip:+4930999@scripted.example"


def files_with(start, folder=FOLDER.name):
    return sorted(name for name in os.listdir(folder) if name.startswith(start))


def samples_of(name, folder=FOLDER.name):
    """What Janus's own tool makes of a recording, as far as it is written; none yet: []"""
    wav = os.path.join(folder, name + ".wav")
    done = subprocess.run(["janus-pp-rec", os.path.join(folder, name + ".mjr"), wav], capture_output=True)
    return read_wav(wav)[0] if done.returncode == 0 and os.path.exists(wav) else []


def wait_samples(name, seconds):
    """A recording of at least so long: it is written by a thread of its own."""
    def enough():
        samples = samples_of(name)
        return len(samples) >= 8000 * seconds and samples
    return wait_until(enough, "%s of %.1f s" % (name, seconds))


def record(page, action, **fields):
    return page.ask("recording", "recordingupdated", action=action, **fields)


# ------------------------------------------------------------------------------- recordings
@case()
def both_sides_recorded(w):
    """a file for each side, which Janus's own tool turns into sound: what each said, and nothing else"""
    call = Connected(w)
    event = record(call.page, "start", filename="both-sides", **BOTH)
    equal(event["ims"]["files"], ["both-sides-user-audio", "both-sides-peer-audio"], "files", event)
    call.talk(1.0)
    event = record(call.page, "stop", **BOTH)
    equal(event["ims"]["files"], [], "files that go on", event)
    only(loudest(wait_samples("both-sides-user-audio", 0.7), TONES), 1000, "the user's file")
    only(loudest(wait_samples("both-sides-peer-audio", 0.7), TONES), 440, "the peer's file")
    call.both_hear()


@case()
def recording_ends_with_the_call(w):
    """the hang-up closes the file; without a name it has one that tells nobody's"""
    call = Connected(w, incoming=False)
    event = record(call.page, "start", peer_audio=True)
    name, = event["ims"]["files"]
    check(name.startswith("ims-2") and name.endswith("-peer-audio"), "name", event)
    check(call.page.user.name not in name, "the name tells whose call it is", event)
    call.talk(0.5)
    call.page.hangup()
    only(loudest(wait_samples(name, 0.3), TONES), 440, "the file")


@case()
def pause_and_resume(w):
    """what is said meanwhile is not in the file; key presses are not sound"""
    call = Connected(w)
    record(call.page, "start", filename="paused", **BOTH)
    call.talk(0.4)
    record(call.page, "pause", peer_audio=True)
    call.talk(0.6)
    record(call.page, "resume", peer_audio=True)
    call.phone.send(b"\x05\x0a\x00\xa0", 101)
    call.talk(0.4)
    record(call.page, "stop", **BOTH)
    wait_closed(w.janus.pid, FOLDER.name + "/paused")
    all_of_it = len(wait_samples("paused-user-audio", 1.2))
    of_peer = recorded("paused-peer-audio")
    equal({p[1] & 0x7f for p in of_peer}, {0}, "payload types")
    check(len(of_peer) <= len(recorded("paused-user-audio")) - 20,
          "the pause: %d packets, %d samples of the user" % (len(of_peer), all_of_it))


def packets_of(mjr):
    """RTP packets of a recording (MJR00002): header, JSON, then MEET, time and length before each. Janus writes it
    while we read, so what it ends with may be a part of any of them."""
    equal(mjr[:8], b"MJR00002"[:len(mjr)], "file type")
    at = 0
    while len(mjr) >= at + 10:
        if at > 0:
            equal(mjr[at:at + 4], b"MEET", "frame")
        end = at + 10 + struct.unpack_from("!H", mjr, at + 8)[0]
        if at > 0 and len(mjr) >= end:
            yield mjr[at + 10:end]
        at = end


def recorded(name):
    """-> its packets, as far as they are written"""
    with open(os.path.join(FOLDER.name, name + ".mjr"), "rb") as file:
        return list(packets_of(file.read()))


@case()
def names_of_recordings(w):
    """paths and odd names are refused, another recording is not overwritten, nothing appears elsewhere"""
    call = Connected(w)
    before = files_with("")
    for name in ("../there", "/tmp/there", "a/b", ".hidden", "..", "a b", "a\\b", "x" * 117, "%s%n", "\u00fc"):
        number, sentence = call.page.refused("recording", action="start", audio=True, filename=name)
        equal(number, 444, "number for %r: %s" % (name, sentence))
        contains(sentence, "filename")
    equal(files_with(""), before, "files")
    record(call.page, "start", audio=True, filename="x" * 116)
    wait_until(lambda: files_with("xxx"), "the longest name")

    record(call.page, "start", peer_audio=True, filename="mine")
    call.talk(0.4)
    record(call.page, "stop", peer_audio=True)
    wait_samples("mine-peer-audio", 0.2)
    wait_closed(w.janus.pid, FOLDER.name + "/mine")
    size = os.path.getsize(os.path.join(FOLDER.name, "mine-peer-audio.mjr"))
    record(call.page, "start", peer_audio=True, filename="mine")
    event = call.page.wait("recordingfailed")
    equal(event["ims"]["files"], ["mine-peer-audio"], "files", event)
    contains(event["reason"], "exists")
    equal(os.path.getsize(os.path.join(FOLDER.name, "mine-peer-audio.mjr")), size, "size of the first")
    call.both_hear()


@case()
def recordings_refused(w):
    """without a call, a wish or something that runs"""
    call = Connected(w)
    equal(call.page.refused("recording", action="start")[0], 451, "nothing wanted")
    equal(call.page.refused("recording", action="start", video=True)[0], 451, "no video runs")
    record(call.page, "start", filename="once", **BOTH)
    equal(call.page.refused("recording", action="start", **BOTH)[0], 451, "all is recorded")
    record(call.page, "stop", video=True)       # as the SIP plugin: nothing to stop is no error
    call.page.hangup()
    equal(call.page.refused("recording", action="start", audio=True)[0], 447, "no call")


@case()
def recordings_are_off_by_default(w):
    """nothing is recorded where the operator has set no folder"""
    call = Connected(w, janus=w.own_janus(media={"recordings": ""}))
    equal(call.page.refused("recording", action="start", audio=True)[0], 470, "no folder")


@case()
def disk_full(w):
    """a full disk is told once, ends the recording, and the call goes on"""
    small = w.folder("small-disk")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", small], check=True)
    w.defer(subprocess.run, ["umount", "-l", small])
    call = Connected(w, janus=w.own_janus(media={"recordings": small}))
    record(call.page, "start", filename="full", **BOTH)
    call.talk(2.0)
    event = call.page.wait("recordingfailed")
    contains(event["reason"], "No space left")
    call.both_hear()
    call.page.hangup()


# ------------------------------------------------------------------------------- key frames
@case("REQ-125")
def key_frames_on_request(w):
    """keyframe asks the phone, the browser, or both"""
    call = VideoCall(w)
    call.show(call.camera, call.browser.video)
    call.camera.wait_control(match=has(PLI))        # a new source is asked at once
    call.camera.forget()
    call.page.ask("keyframe", "keyframesent", peer=True)
    call.camera.wait_control(match=has(PLI))
    call.browser.video.forget()
    call.page.ask("keyframe", "keyframesent", user=True)
    call.browser.video.wait_control(match=has(PLI))
    call.page.ask("keyframe", "keyframesent")
    call.dialog.bye()
    call.page.wait("hangup")
    equal(call.page.refused("keyframe", user=True)[0], 447, "after the call")


@case()
def video_recorded(w):
    """frames of the other party in a file; the request for it asks for a key frame"""
    call = VideoCall(w)
    call.show(call.camera, call.browser.video)
    call.camera.wait_control(match=has(PLI))
    call.camera.forget()
    record(call.page, "start", filename="film", peer_video=True, video=True)
    call.camera.wait_control(match=has(PLI))
    call.browser.video.forget()
    sent = call.show(call.camera, call.browser.video)
    call.show(call.browser.video, call.camera)
    record(call.page, "stop", peer_video=True, video=True)
    wait_until(lambda: {p.payload for p in sent} <= {p[12:] for p in recorded("film-peer-video")}, "frames of the peer")
    wait_until(lambda: len(recorded("film-user-video")) >= 10, "frames of the user")
    call.dialog.bye()


# ------------------------------------------------------------------------------- forwarders
def listener(w, ip=LISTENER):
    socket = RtpSocket(ip)
    w.defer(socket.close)
    return socket


def forward(page, *streams, **fields):
    return page.ask("rtp_forward", "rtp_forward", streams=list(streams), **fields)


def stream(socket, kind, **fields):
    return {"type": kind, "host": socket.ip, "port": socket.port, **fields}


@case()
def forwarded_streams(w):
    """each side's tone reaches its listener, under the SSRC and payload type asked for; it ends when told"""
    call, user, peer = Connected(w), listener(w), listener(w)
    event = forward(call.page, stream(user, "audio", ssrc=4711, pt=96), stream(peer, "peer_audio"))
    first, second = event["forwarders"]
    equal((first["type"], first["host"], first["port"], first["media"], first["ssrc"], first["pt"]),
          ("audio", user.ip, user.port, "audio", 4711, 96), "the first forwarder", event)
    check(first["stream_id"] != second["stream_id"], "numbers", event)
    equal(call.page.ask("listforwarders", "forwarders")["rtp_forwarders"], event["forwarders"], "list")
    call.talk(0.6)
    only(heard(user.wait(20), pt=96), 1000, "the user's listener")
    equal({(p.ssrc, p.pt) for p in user.received}, {(4711, 96)}, "SSRC and payload type")
    only(heard(peer.wait(20)), 440, "the peer's listener")

    equal(call.page.ask("stop_rtp_forward", "stop_rtp_forward", stream_id=first["stream_id"])["stream_id"],
          first["stream_id"], "number")
    equal(call.page.refused("stop_rtp_forward", stream_id=first["stream_id"])[0], 455, "stopped twice")
    user.forget(), peer.forget()
    call.talk(0.4)
    peer.wait(10)
    equal(user.received, [], "after the stop")
    call.page.hangup()
    equal(call.page.refused("listforwarders")[0], 447, "after the call")


@case()
def forwarded_as_srtp(w):
    """encrypted under the key that the client brings: so long, and nothing that can be heard"""
    call, there, key = Connected(w), listener(w), "cXdlcnR6dWlvcGFzZGZnaGprbHl4Y3Zibm0xMjM0"
    leaks.book.note("srtp_crypto", key)
    event = forward(call.page, stream(there, "peer_audio", srtp_suite=80, srtp_crypto=key))
    equal(event["forwarders"][0]["srtp"], True, "srtp", event)
    call.talk(0.4)
    packets = there.wait(10)
    equal({len(p.payload) for p in packets}, {160 + 10}, "length")
    check(heard(packets)[440] < 0.2, "the tone is heard")


@case()
def forwarded_over_ipv6(w):
    """to an IPv6 address that is allowed"""
    call, there = Connected(w), listener(w, "::1")
    forward(call.page, stream(there, "peer_audio", host_family="ipv6"))
    call.talk(0.4)
    only(heard(there.wait(10)), 440, "the listener")


@case()
def forwarding_refused(w):
    """to anywhere but where the operator allows, to names, to many; all streams or none"""
    call, there = Connected(w), listener(w)
    good = stream(there, "audio")
    for host, number in (("127.0.1.85", 470), ("10.77.0.1", 470), ("::2", 470), ("localhost", 444),
                         ("::ffff:127.0.3.9", 444), ("224.0.0.1", 444), ("0.0.0.0", 444),
                         ("127.0.3.9 ", 444), ("127.0.3", 444)):
        equal(call.page.refused("rtp_forward", streams=[good, {**good, "host": host}])[0], number, host)
    equal(call.page.refused("rtp_forward", streams=[{**good, "host_family": "ipv6"}])[0], 444, "family")
    equal(call.page.refused("rtp_forward", streams=[good, stream(there, "video")])[0], 447, "no video")
    for odd in ({"srtp_suite": 80}, {"srtp_crypto": "A" * 40}, {"srtp_suite": 64, "srtp_crypto": "A" * 40},
                {"srtp_suite": 32, "srtp_crypto": "A" * 39 + "="}):
        number, sentence = call.page.refused("rtp_forward", streams=[{**good, **odd}])
        equal(number, 444, "%r: %s" % (odd, sentence))
        contains(sentence, "srtp_crypto")
    equal(call.page.refused("rtp_forward", streams=[good] * 9)[0], 444, "nine at once")
    equal(call.page.ask("listforwarders", "forwarders")["rtp_forwarders"], [], "left over")
    forward(call.page, *[good] * 8)
    equal(call.page.refused("rtp_forward", streams=[good])[0], 465, "the ninth")


@case()
def forwarding_needs_the_key(w):
    """where the operator has set one"""
    key = "geheim-forward-key"
    leaks.book.note("admin_key", key)
    call = Connected(w, janus=w.own_janus(general={"admin_key": key}))
    there = listener(w)
    for request, fields in (("rtp_forward", {"streams": [stream(there, "audio")]}), ("listforwarders", {}),
                            ("stop_rtp_forward", {"stream_id": 1})):
        for wrong in ({}, {"admin_key": "geheim-forward"}, {"admin_key": key + "y"}, {"admin_key": "x"}):
            number, sentence = call.page.refused(request, **fields, **wrong)
            equal(number, 470, "%s with %r" % (request, wrong))
            contains(sentence, "admin_key")
    forward(call.page, stream(there, "audio"), admin_key=key)
    equal(len(call.page.ask("listforwarders", "forwarders", admin_key=key)["rtp_forwarders"]), 1, "forwarders")


@case()
def forwarding_is_off_by_default(w):
    """nothing is forwarded where the operator allows nothing"""
    call, there = Connected(w, janus=w.own_janus(media={"forward_to": []})), listener(w)
    equal(call.page.refused("rtp_forward", streams=[stream(there, "audio")])[0], 470, "nowhere allowed")
