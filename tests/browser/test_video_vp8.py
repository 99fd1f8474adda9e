"""Pictures in a network that allows VP8."""

from cases import case
from desk import CORE, signed_in
from test_video import call_with_video

EDGE = {"core": CORE, "network": {"video_codecs": ["H264", "VP8"], "video_kbps": 250}}
SECONDS = 5         # an encoder that has begun holds to its limit in the mean of a few; without one it would send twice as much

MEAN = """(seconds) => {
	const kbits = [];

	window.sending = 0;
	imsClient.addEventListener('quality', ({ detail }) => {
		kbits.push(detail.sending);
		if (kbits.length >= seconds)
			window.sending = kbits.slice(-seconds).reduce((sum, one) => sum + one) / seconds;
	});
}"""


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
        person.tab.run(MEAN, SECONDS)
    for person in (alice, bob):
        sending = person.tab.until("state", "sending > 20 && sending <= 300 && sending", what="no more than the network allows")
        print("     %s sends %d kbit/s" % (person.name, sending))
    alice.hang_up()
    bob.until("ready")
