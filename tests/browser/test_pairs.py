"""Every pair of ends with a browser among them: who hears whom. (Two telephones do not meet here.)"""

from itertools import product

from cases import case
from desk import CORE
from ends import BROWSERS, PHONES, Browser, take_seats

EDGE = {"core": CORE}

# These stand for all in the everyday layer; Chromium with itself and with baresip is in test_talk.
EVERYDAY = {("chromium", "firefox"), ("firefox", "linphone"), ("linphone", "chromium"), ("baresip", "firefox")}


def talk(w, caller_kind, callee_kind):
    """-> the ends, in a call in which each hears the other"""
    caller, callee = take_seats(w, caller_kind, callee_kind)
    caller.call(callee.user.impu)
    callee.answer()
    for end, other in ((caller, callee), (callee, caller)):
        end.until_talking()
        end.until_hears(other.voice)
    return caller, callee


def pair(caller_kind, callee_kind):
    def calls(w):
        caller, callee = talk(w, caller_kind, callee_kind)
        caller.hang_up()
        callee.until_over()
    calls.__name__ = "%s_calls_%s" % (caller_kind, callee_kind)
    calls.__doc__ = "both hear each other; the caller hangs up"
    case(long=(caller_kind, callee_kind) not in EVERYDAY)(calls)


for kinds in product(BROWSERS + PHONES, BROWSERS + PHONES):
    if not set(kinds) <= set(PHONES):
        pair(*kinds)


def hold_and_resume(holder, other):
    """No voice passes to the holder, none back unless it is music; then both again."""
    holder.hold()
    if isinstance(holder, Browser):
        holder.until_silence()
    if isinstance(other, Browser):
        other.until_silence() if holder.silent_hold else other.until_hears(holder.voice)
    holder.resume()
    for end, far in ((holder, other), (other, holder)):
        end.until_hears(far.voice)


def keys_and_hold(caller_kind, callee_kind, everyday):
    def controls(w):
        caller, callee = talk(w, caller_kind, callee_kind)
        if callee_kind in PHONES:
            caller.press("5")
            callee.until_digit("5")
        for holder, other in ((caller, callee), (callee, caller)):
            hold_and_resume(holder, other)
        caller.hang_up()
        callee.until_over()
    controls.__name__ = "%s_and_%s_keys_and_hold" % (caller_kind, callee_kind)
    controls.__doc__ = "a key reaches the telephone; each holds the other, silence, and sound again"
    requirements = ("REQ-98", "REQ-123") if callee_kind in PHONES else ("REQ-98",)
    case(*requirements, long=not everyday)(controls)


keys_and_hold("chromium", "firefox", everyday=False)
keys_and_hold("firefox", "baresip", everyday=False)
keys_and_hold("firefox", "linphone", everyday=True)
keys_and_hold("chromium", "linphone", everyday=False)
