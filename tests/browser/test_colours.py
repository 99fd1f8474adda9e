"""Video in a network as it is by default: the colours of one camera are seen in order at the other side."""

import edge
from cases import case
from checks import check, equal
from desk import CORE, PHONE_VOICE
from picture import both_see, seated, telephone_sees_colours, video_call

EDGE = {"core": CORE}


@case("REQ-116", "REQ-124", "REQ-126")
def chromium_sees_chromium(w):
    """H.264, both ways, and nothing else offered"""
    alice, bob = seated(w, "chromium", "chromium")
    video_call(alice, bob)
    both_see(alice, bob)
    offer = w.capture.wait_request("INVITE", frm=edge.ADDRESS)
    _, video = offer.sdp.media
    check(all(name.startswith("H264/") for name in video.codecs), "other video than H.264 in", offer)
    equal(offer.text().count("b=AS:"), 2, "m-lines with b=AS", offer)
    alice.hang_up()
    bob.until("ready")


@case("REQ-124")
def baresip_sees_chromium(w):
    """H.264 to a telephone, while its own picture is on the page"""
    alice, = seated(w, "chromium")
    phone = w.baresip(hz=PHONE_VOICE, video=True)
    phone.dial(alice.user.impu)
    alice.until("incoming")
    alice.tab.click("answer-video-button")
    alice.until_talking()
    telephone_sees_colours(alice, phone)
    alice.tab.until("remote-video", "e.videoWidth === 352 && e.getVideoPlaybackQuality().totalVideoFrames > 0")
    alice.hang_up()
    phone.until_over()
