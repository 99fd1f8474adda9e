"""Video in a network that allows VP8 as well, which is what Firefox has here."""

from cases import case
from checks import contains
from desk import CORE
from picture import both_see, seated, video_call

EDGE = {"core": CORE, "network": {"video_codecs": ["H264", "VP8"]}}


def sees(caller_kind, callee_kind, everyday):
    def both(w):
        caller, callee = seated(w, caller_kind, callee_kind)
        video_call(caller, callee)
        both_see(caller, callee)
        contains(str(w.capture.wait_response("INVITE", 200).sdp.media[1].codecs), "VP8")
        caller.hang_up()
        callee.until("ready")
    both.__name__ = "%s_sees_%s" % (caller_kind, callee_kind)
    both.__doc__ = "VP8, both ways"
    case(long=not everyday)(both)


sees("firefox", "chromium", everyday=True)
sees("chromium", "firefox", everyday=False)
sees("firefox", "firefox", everyday=False)
