"""IMS-AKA with a soft SIM: role ue, AKAv1-MD5, against the lab's S-CSCF and HSS; role edge, AKAv2-SHA-256, against
a registrar that was written from RFC 4169 alone."""

import edge
from aka_registrar import ANSWER, FIRST, REFRESH, REJECTS, RESYNC, AkaRegistrar
from cases import case
from checks import check, contains, equal
from lab import PCSCF
from sip import addr_of, auth_params

EDGE = {"general": {"reclaim_s": 60},       # who comes back is in time, however late the machine
        "networks_of": {"lab": {"role": "ue", "entry_point": PCSCF, "core_addresses": []}}}

# TS 35.207, test set 1: a subscriber of tests/ims-lab/conf/subscribers.json.
PUBLISHED = {"k": "465b5ce8b199b49faa5f0a2ee238a6bc", "opc": "cd63cb71954a9f4e48a5994e37a02baf"}


def soft_sim(page, card, **fields):
    """The fields of his register."""
    return {"username": page.user.impu, "authuser": page.user.impi, "auth": "aka", "aka": card, **fields}


def registers(page, card, **fields):
    page.send("register", **soft_sim(page, card, **fields))
    event = page.wait("registered", "registration_failed")
    equal(event.name, "registered", "event", event)
    return event


def fails(page, card, **fields):
    """-> registration_failed"""
    page.send("register", **soft_sim(page, card, **fields))
    event = page.wait("registered", "registration_failed")
    equal(event.name, "registration_failed", "event", event)
    return event


def sim_page(w, **auth):
    """-> a page of a new subscriber of the lab, and his card"""
    user = w.lab.user_with_sim(**auth)
    w.impus.add(user.impu)
    return w.page(user), user.card


def credentials(w, page, method="REGISTER"):
    """-> of each of his REGISTERs, in order"""
    sent = w.capture.requests(method, frm=edge.ADDRESS, match=lambda m: addr_of(m.get("to")) == page.user.impu)
    return [auth_params(m.get("authorization")) for m in sent]


# ------------------------------------------------------------------------------ the lab: role ue, AKAv1-MD5

@case("REQ-47")
def soft_sim_registers_and_leaves(w):
    """AKAv1-MD5 through the P-CSCF: challenge, RES, 200; the end is proved too"""
    page, card = sim_page(w)
    registers(page, card)
    first, answer = credentials(w, page)[:2]
    equal((first["nonce"], first["response"], first["algorithm"]), ("", "", "AKAv2-SHA-256"), "the first REGISTER")
    equal((answer["algorithm"], len(answer["response"])), ("AKAv1-MD5", 32), "the answer")
    check("integrity-protected" not in answer, "integrity-protected in role ue: %r" % answer)
    equal(w.lab.state_of(page.user), "registered", "at the HSS")
    page.unregister()
    equal(w.lab.state_of(page.user), "not-registered", "at the HSS")
    equal(len({m.call_id for m in w.capture.requests("REGISTER", frm=edge.ADDRESS)}), 1, "Call-IDs")


@case("REQ-46")
def published_keys(w):
    """test set 1, with its OPc, in upper case; an AMF that the HSS uses"""
    page = w.page(w.user("001010000000001"))
    registers(page, {name: value.upper() for name, value in PUBLISHED.items()})
    other, card = sim_page(w, amf="b9b9")
    registers(other, {**card, "amf": "b9b9"})


@case("REQ-45")
def lab_resynchronises(w):
    """the HSS falls behind a USIM that registered: AUTS to the refresh, the HSS follows, 200"""
    page, card = sim_page(w, sqn="000000010000")
    registers(page, card)
    before = w.lab.sqn(page.user)
    w.lab.sqn(page.user, 32)
    w.capture.restart()
    registers(page, card, refresh=True)
    equal([bool(digest.get("auts")) for digest in credentials(w, page)], [False, True, False], "AUTS")
    equal(w.lab.sqn(page.user), before + 32, "SQN of the HSS")


@case("REQ-45")
def client_names_its_sqn(w):
    """a USIM that is ahead of the HSS by what the client says"""
    page, card = sim_page(w)
    registers(page, {**card, "sqn": "000000012340"})
    equal([bool(digest.get("auts")) for digest in credentials(w, page)], [False, True, False], "AUTS")
    equal(w.lab.sqn(page.user), 0x12340 + 32, "SQN of the HSS")


def check_unproved(w, page, card):
    """The page is told, and the core gets neither response nor AUTS."""
    event = fails(page, card)
    contains(event["reason"], "MAC")
    given = credentials(w, page)
    equal([(digest["response"], "auts" in digest) for digest in given], [("", False)] * len(given), "given away")
    equal(w.lab.state_of(page.user), "not-registered", "at the HSS")


@case("REQ-45")
def wrong_keys(w):
    """another K, another OPc, an AMF that the HSS does not use: the network's MAC does not fit, nothing is
    answered, the page is told"""
    page, card = sim_page(w)
    other = w.lab.user_with_sim().card
    for wrong in ({**card, "k": other["k"]}, {"k": card["k"], "opc": card["op"]}, {**card, "amf": "b9b9"}):
        check_unproved(w, page, wrong)


@case()
def keys_stay_here(w):
    """a key that is refused, or wrong, is in no event, in no log line and in no message to the core"""
    page, right = sim_page(w)
    card = w.lab.user_with_sim().card
    registers(page, right)
    page.unregister()
    fails(page, card)
    for wrong, number in (({**card, "opc": card["op"]}, 444), ({"k": card["k"]}, 443), ({"op": card["op"]}, 443),
                          ({**card, "k": card["k"] + "0"}, 444), ({**card, "sqn": "-00000000001"}, 444)):
        equal(page.handle.refused("register", **soft_sim(page, wrong))[0], number, "error for %s" % sorted(wrong))
    with open(w.janus.log) as log:
        seen = log.read() + repr(page.handle.received) + "".join(m.text() for m in w.capture.sip())
    check(not [key for key in (*card.values(), *right.values()) if key in seen.lower()], "a key got out")


# -------------------------------------------------------------------- a registrar of RFC 4169: role edge, AKAv2

def at_registrar(w, **options):
    """-> registrar, page, card of the one subscriber"""
    core = w.core(kind=AkaRegistrar)
    page = w.page(w.scripted_user())
    home = core.subscribe(page.user.impi, **options)
    return core, page, {"k": home.k.hex(), "op": home.op.hex()}


def kinds(core):
    return [seen.kind for seen in core.seen]


@case("REQ-40", "REQ-43")
def v2_registers_and_leaves(w):
    """AKAv2-SHA-256 and tls-connected from the first REGISTER to the last; rspauth is verified"""
    core, page, card = at_registrar(w)
    registers(page, card)
    page.unregister()
    equal(kinds(core), [FIRST, ANSWER, REFRESH, ANSWER], "REGISTERs", *core.seen)
    equal({seen.algorithm for seen in core.seen}, {"AKAv2-SHA-256"}, "algorithms", *core.seen)
    equal({seen.integrity_protected for seen in core.seen}, {"tls-connected"}, "integrity-protected", *core.seen)
    equal(len({seen.call_id for seen in core.seen}), 1, "Call-IDs", *core.seen)
    for seen in core.seen:
        check(seen.request.get("security-client") is None, "Security-Client", seen)


@case("REQ-40")
def v2_refreshes(w):
    """each refresh is challenged anew, or, where the S-CSCF trusts the flow, not at all"""
    core, page, card = at_registrar(w)
    registers(page, card)
    registers(page, card, refresh=True)
    core.trusts = True
    registers(page, card, refresh=True)
    equal(kinds(core), [FIRST, ANSWER, REFRESH, ANSWER, REFRESH], "REGISTERs", *core.seen)


@case("REQ-44")
def v2_before_v1(w):
    """of AKAv1 and AKAv2 the latter; AKAv1 alone is not answered in role edge, and the page is told why"""
    core, page, card = at_registrar(w)
    core.algorithms = ("AKAv1-MD5", "AKAv2-SHA-256")
    registers(page, card)
    equal(core.seen[1].algorithm, "AKAv2-SHA-256", "answered", *core.seen)
    page.unregister()
    core.algorithms, core.seen = ("AKAv1-MD5",), []
    contains(fails(page, card)["reason"], "AKAv1-MD5", "laboratory")
    equal(kinds(core), [FIRST], "REGISTERs", *core.seen)


@case("REQ-42", "REQ-43")
def v2_in_all_forms(w):
    """with opaque, data of the server, auth-int, no qop, ik and ck: none of these keys goes anywhere"""
    core, page, card = at_registrar(w)
    core.opaque, core.server_data = "op/aque==", b"server\0data"
    for qop in ("auth,auth-int", "auth-int", None):
        core.qop, core.seen = qop, []
        registers(page, card)
        page.unregister()
        equal(kinds(core), [FIRST, ANSWER, REFRESH, ANSWER], "REGISTERs, qop %s" % qop, *core.seen)
    for seen in core.seen:
        check("ik" not in seen.digest and "ck" not in seen.digest, "ik, ck", seen)


@case("REQ-45")
def v2_resynchronises(w):
    """AUTS with the response of an empty password, then the answer to a fresh vector"""
    core, page, card = at_registrar(w, sqn=64)
    registers(page, {**card, "sqn": "0000000f0020"})
    equal(kinds(core), [FIRST, RESYNC, ANSWER], "REGISTERs", *core.seen)
    equal(core.homes[page.user.impi].sqn >> 5, (0xf0020 >> 5) + 1, "SEQ of the home")


@case("REQ-45")
def v2_remembers_sqn(w):
    """what a USIM has accepted is remembered when its registration is gone, and its handle"""
    core, page, card = at_registrar(w, sqn=0xf0020)
    registers(page, card)
    page.unregister()
    page.detach()
    core.homes[page.user.impi].sqn, core.seen = 32, []
    registers(w.page(page.user), card)
    equal(kinds(core), [FIRST, RESYNC, ANSWER], "REGISTERs", *core.seen)


@case("REQ-45")
def v2_never_in_step(w):
    """a network that does not resynchronise: AUTS once, then the page is told"""
    core, page, card = at_registrar(w)
    core.vectors = [lambda home: home.vector_of(32), lambda home: home.vector_of(64)]
    contains(fails(page, {**card, "sqn": "0000000f0020"})["reason"], "sequence number")
    equal(kinds(core), [FIRST, RESYNC], "REGISTERs", *core.seen)


@case("REQ-45")
def v2_wrong_mac(w):
    """no response and no AUTS to a wrong MAC; a right one then is answered, a second wrong one is the end"""
    core, page, card = at_registrar(w)
    forged = lambda home: home.vector().with_wrong_mac()
    core.vectors = [forged]
    registers(page, card)
    equal(kinds(core), [FIRST, REJECTS, ANSWER], "REGISTERs", *core.seen)
    page.unregister()
    core.seen, core.vectors = [], [forged, forged]
    contains(fails(page, card)["reason"], "MAC")
    equal(kinds(core), [FIRST, REJECTS], "REGISTERs", *core.seen)
    check("auts" not in core.seen[1].digest, "AUTS", core.seen[1])


@case("REQ-45")
def v2_vectors_in_any_order(w):
    """vectors of other nodes come late and are taken once, by the last 5 bits of SQN (33.102 annex C)"""
    core, page, card = at_registrar(w)
    fields = {}
    for number, kind in ((9 << 5 | 1, ANSWER), (5 << 5 | 2, ANSWER), (5 << 5 | 3, ANSWER), (8 << 5 | 1, RESYNC)):
        core.seen, core.vectors = [], [lambda home, sqn=number: home.vector_of(sqn)]
        registers(page, card, **fields)
        equal(kinds(core)[1], kind, "to SQN %x" % number, *core.seen)
        fields = {"refresh": True}


@case("REQ-35")
def v2_wrong_rspauth(w):
    """a registrar whose rspauth is not made of RES is not believed"""
    core, page, card = at_registrar(w)
    core.proves = "wrong"
    contains(fails(page, card)["reason"], "rspauth")


@case()
def v2_accepted_without_proof(w):
    """a network that is content with the answer to a wrong MAC has proved nothing: not registered"""
    core, page, card = at_registrar(w)
    core.vectors = [lambda home: home.vector().with_wrong_mac()]
    core._rejects = lambda seen, impi: True
    contains(fails(page, card)["reason"], "did not prove itself")


def comes_back(w, page, card):
    page.detach()
    again = w.page(page.user)
    registers(again, card)
    return again


@case()
def taken_over_with_the_same_keys(w):
    """who comes back with the keys has his registration; who has others makes a new one"""
    core, page, card = at_registrar(w)
    registers(page, card)
    again = comes_back(w, page, card)
    equal(len({seen.call_id for seen in core.seen}), 1, "Call-IDs", *core.seen)
    other = core.subscribe(page.user.impi)
    comes_back(w, again, {"k": other.k.hex(), "opc": other.opc.hex()})
    equal(len({seen.call_id for seen in core.seen}), 2, "Call-IDs", *core.seen)


# ---------------------------------------------------------------------------------------------- who may use it

def without_encryption(w, **general):
    """-> page and card of a user of a gateway whose access is not encrypted"""
    janus = w.own_janus(general={"w2": "plain-lab", **general})
    core = w.core(kind=AkaRegistrar)
    user = w.scripted_user()
    home = core.subscribe(user.impi)
    return core, w.page(user, w.client(janus)), {"k": home.k.hex(), "opc": home.opc.hex()}


@case("REQ-41")
def needs_encrypted_access(w):
    """w2 plain-lab: no keys of USIMs are taken, and nothing is sent"""
    core, page, card = without_encryption(w)
    number, sentence = page.handle.refused("register", **soft_sim(page, card))
    equal(number, 468, "error")
    contains(sentence, "w2")
    equal(kinds(core), [], "REGISTERs")


@case()
def lab_without_encryption(w):
    """allow_plain_aka lifts that"""
    core, page, card = without_encryption(w, allow_plain_aka=True)
    registers(page, card)
    equal(kinds(core), [FIRST, ANSWER], "REGISTERs", *core.seen)
