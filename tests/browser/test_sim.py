"""A SIM made of numbers: the page answers IMS-AKA itself, its keys stay in it (auth delegated)."""

from cases import case
from checks import contains, equal, lacks_text
from desk import CORE, at_the_page
from lab import PCSCF
from wire import Wire

EDGE = {"core": CORE, "networks_of": {"lab": {"role": "ue", "entry_point": PCSCF, "core_addresses": []}}}

# TS 35.207, test set 1: a subscriber of tests/ims-lab/conf/subscribers.json.
NUMBER = "001010000000001"
K, OPC = "465b5ce8b199b49faa5f0a2ee238a6bc", "cd63cb71954a9f4e48a5994e37a02baf"


def at_the_card(w, k=K):
    wire = Wire(w.janus.ws_port)
    w.defer(wire.close)
    card = {"name": "Akira", "identity": "sip:%s@ims.example" % NUMBER, "k": k, "opc": OPC}
    akira, = at_the_page(w, "Akira", users=[NUMBER], gateway="ws://127.0.0.1:%d" % wire.port,
                         told={"sim": {"cards": [card]}})
    akira.tab.click("way-sim")
    return wire, akira


@case("REQ-47")
def sim_stays_in_the_page(w):
    """challenge and answer are on the WebSocket, the keys are not"""
    wire, akira = at_the_card(w)
    akira.tab.click("sim-akira")
    akira.until("ready")
    akira.look("signed-in")
    said = "\n".join(wire.texts(True) + wire.texts(False))
    contains(said, "AKAv1-MD5", '"authenticate"')
    lacks_text(said, K, OPC)


@case("REQ-45")
def another_sim(w):
    """keys that are not the subscriber's: the network does not prove itself, and nobody is signed in"""
    wire, akira = at_the_card(w, k="0" * 32)
    akira.tab.click("sim-akira")
    contains(akira.until_error("wrong-key"), "keys")
    akira.look("refused")
    lacks_text("\n".join(wire.texts(True)), "0" * 32)
    akira.tab.click("way-password")
    equal(akira.error(), "", "what was wrong with the SIM, beside the password")


@case()
def half_a_key(w):
    """is no key: the field is pointed at, nothing is sent"""
    wire, akira = at_the_card(w)
    for field, text in (("sim-identity", NUMBER), ("sim-k", "465b"), ("sim-opc", OPC)):
        akira.tab.click(field)
        akira.tab.type(text)
    akira.tab.click("sim-submit")
    akira.tab.until("sim-k", "document.activeElement === e")
    lacks_text("\n".join(wire.texts(True)), "register")
