"""Pictures in a network that allows VP8."""

from cases import case
from checks import check
from desk import CORE, signed_in
from test_video import call_with_video

EDGE = {"core": CORE, "network": {"video_codecs": ["H264", "VP8"], "video_kbps": 250}}


@case("REQ-126")
def firefox_and_chromium_see_each_other(w):
    """in VP8, as one of them has no H.264; neither sends more than the network allows"""
    alice, bob = signed_in(w, "Alice", "Bob", browsers=("firefox",))
    call_with_video(alice, bob)
    bob.until("incoming")
    bob.tab.click("answer-video-button")
    for person in (alice, bob):
        person.until_talking()
        person.tab.until("remote-video", "e.checkVisibility() && e.videoWidth > 0 && !e.paused")
        person.tab.click("quality-button")      # Firefox counts no frames at the element
        person.tab.until("quality-details", "/VP8 \\d+×\\d+ [1-9]\\d*\\/s/.test(e.textContent)")
        sending = person.tab.get("quality-details", "Number(e.textContent.match(/sending (\\d+) kbit/)?.[1])")
        check(20 < sending <= 300, "%s sends %s kbit/s" % (person.name, sending))
        print("     %s sends %d kbit/s" % (person.name, sending))
    alice.hang_up()
    bob.until("ready")
