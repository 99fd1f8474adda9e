"""What the person does, what the other side does and what the gateway says, each in the moment of another."""

from cases import case
from checks import equal
from desk import CORE_OF_RETURNING, VOICES, Person
from wire import Wire

EDGE = {"core": CORE_OF_RETURNING}


def wired_to_a_core(w, last_word=None):
    """-> a scripted core, the way to the gateway, which is cut at that word of the page, and who signs in on it"""
    wire = Wire(w.janus.ws_port)
    w.defer(wire.close)
    if last_word:
        wire.cut_at(*last_word)
    core, user = w.core(), w.scripted_user()
    w.run.serve({"Zoe": user}, "ws://127.0.0.1:%d" % wire.port)
    zoe = Person(w, "Zoe", user, VOICES[0])
    zoe.tab.click(zoe.chip)
    return core, wire, zoe


@case("REQ-21")
def loaded_again_twice(w):
    """... before the first of the two pages has its session: the second is signed in"""
    core, wire, zoe = wired_to_a_core(w)
    zoe.until("ready")
    wire.hush_at('"claim"', by_page=True)
    zoe.tab.reload()
    wire.until_hushed()
    zoe.tab.reload()
    wire.let_go()
    zoe.until("ready")
    equal((zoe.tab.text("me"), zoe.error()), ("Zoe", ""), "who is signed in, and an error")
    core.wait_register(1)
