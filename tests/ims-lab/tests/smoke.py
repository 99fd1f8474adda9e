#!/usr/bin/python3
"""Smoke tests of the running lab.  smoke.py [-v] [NAME...]; -l lists the cases."""

import itertools
import json
import os
import random
import re
import sys
import threading
import time
import traceback
import urllib.request
import uuid
import xml.etree.ElementTree as ET

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from sipua import UA, addr_of, auth_params                             # noqa: E402
from milenage import opc_from_op                                       # noqa: E402

NET = os.environ.get("LAB_NET", "127.0.1")
REALM = os.environ.get("LAB_REALM", "ims.example")
PORT = int(os.environ.get("LAB_PORT", "5060"))
CTL = int(os.environ.get("LAB_CTL_PORT", "8868"))
P, I, S, H = (NET + n for n in (".11", ".12", ".13", ".14"))
PCSCF, ICSCF, SCSCF = (P, PORT), (I, PORT), (S, PORT)
K = bytes.fromhex("465b5ce8b199b49faa5f0a2ee238a6bc")
OPC = opc_from_op(K, bytes.fromhex("cdc202d5123e20f62b6d676ac72cb318"))

cases, open_uas, used = [], [], {}


def case(f):
    cases.append(f)
    return f


def hss(path, method="GET"):
    r = urllib.request.Request("http://%s:%d%s" % (H, CTL, path), method=method)
    with urllib.request.urlopen(r, timeout=10) as f:
        return json.load(f)


def state(impi):
    return hss("/subscribers?impi=" + impi)[0]["state"]


def ua(name, last, **kw):
    time.sleep(max(0, used.get(name, 0) + 2.2 - time.time()))
    u = UA("sip:%s@%s" % (name, REALM), "%s.%d" % (NET, last), kw.pop("proxy", PCSCF), **kw)
    open_uas.append(u)
    return u


# Nearly every case takes users nobody has used for a while: 5.6.3 is not safe
# when a user registers again within a second of deregistering (see README).
numbers = itertools.cycle(random.sample(range(10, 1001), 991))


def phone(last=31, name=None, **kw):
    n = name or "load%d" % next(numbers)
    kw.setdefault("password", (name or "load") + "-secret")
    return ua(n, last, **kw)


def trusted(name=None, last=21, **kw):
    return ua(name or "web%d" % next(numbers), last, trusted=True, proxy=ICSCF, icscf=ICSCF, **kw)


def sim(last=32, sqn=None, **kw):
    if sqn is None:                    # a USIM that is in step with the HSS
        sqn = int(hss("/subscribers?impi=001010000000001@" + REALM)[0]["sqn"], 16)
    return ua("001010000000001", last, aka={"k": K, "opc": OPC, "sqn": sqn}, **kw)


def eq(got, want, what=""):
    assert got == want, "%s: got %r, want %r" % (what or "value", got, want)


def statuses(answers):
    return [m.status for m in answers]


# ------------------------------------------------------------- registration
@case
def digest_register():
    """digest: 401, then 200 with Service-Route and P-Associated-URI"""
    u = phone(name="alice")
    a = u.register()
    eq(statuses(a), [401, 200])
    ch = auth_params(a[0].get("www-authenticate"))
    eq((ch["realm"], ch["algorithm"], ch["qop"]), (REALM, "MD5", "auth"))
    eq(u.service_route, ["<sip:orig@%s:%d;lr>" % SCSCF])
    eq(u.associated, ["sip:alice@" + REALM, "sip:+15550100@" + REALM])
    eq(state("alice@" + REALM), "registered")
    eq(statuses(u.register(expires=0)), [401, 200], "deregistration")


@case
def digest_register_plain_phone():
    """digest: a phone that sends no Authorization at first; over TCP"""
    u = phone(proto="tcp")
    eq(statuses(u.register(send_initial_auth=False)), [401, 200])
    eq(statuses(u.register(expires=0)), [401, 200])


@case
def reregister():
    """re-registration is challenged again and makes SAR type RE_REGISTRATION"""
    u = phone()
    eq(statuses(u.register()), [401, 200])
    eq(statuses(u.register()), [401, 200])
    sar = [t["type"] for t in hss("/trace?n=30") if t["cmd"] == "SAR" and t["impi"] == u.impi]
    # The first is REGISTRATION, except within a second or so after a
    # deregistration: 5.6.3 still counts the old contact then.
    eq(sar[-1], "RE_REGISTRATION")
    u.register(expires=0)


@case
def deregister_unknown_contact():
    """deregistration of a contact that is not there: 200, and the S-CSCF lives on"""
    a = phone(31)
    b = ua(a.impi.split("@")[0], 35, password="load-secret")
    a.register()
    eq(statuses(b.register(expires=0)), [401, 200])      # would hang 5.6.3 unguarded
    eq(state(a.impi), "registered")
    eq(statuses(a.register()), [401, 200])
    eq(statuses(a.register(expires=0)), [401, 200])
    # Nothing left: UAA 5003, unless the UAR does not say what it is for (pitfall 16).
    assert statuses(a.register(expires=0)) in ([403], [401, 200])


@case
def two_contacts():
    """one user, two phones: both in the 200, the call forks, one dereg leaves the other"""
    a, c = phone(31), phone(33)
    b = ua(a.impi.split("@")[0], 35, password="load-secret")
    a.register(), b.register(), c.register()
    eq(len(b._register_once(600, b.initial_auth()).all("contact")), 0)   # a 401
    last = b.register()[-1]
    assert a.contact in last.get("contact") or b.contact in last.get("contact"), last.get("contact")
    b.answer = 486
    m, prov, d = c.invite(a.impu)
    eq(m.status, 200)
    eq(c.in_dialog(d, "BYE").status, 200)
    assert b.calls, "second phone did not ring"
    a.register(expires=0)
    eq(state(a.impi), "registered")
    eq(c.message(a.impu, "still there").status, 200)
    eq(b.wait("MESSAGE").body, "still there")
    b.register(expires=0), c.register(expires=0)
    eq(state(a.impi), "not-registered")


@case
def wrong_password():
    """digest: wrong password gives 403, user stays unregistered"""
    u = phone(password="not-it")
    eq(statuses(u.register()), [401, 403])
    eq(state(u.impi), "not-registered")


@case
def unknown_user():
    """unknown user: 403 from the I-CSCF (UAA 5001)"""
    eq(statuses(phone(name="nobody").register()), [403])


@case
def wrong_impi():
    """known IMPI with the IMPU of another: 403 (UAA 5002)"""
    u = phone(name="alice", impi="bob@" + REALM)
    eq(statuses(u.register()), [403])


@case
def roaming_not_allowed():
    """visited network not allowed: 403 (UAA 5004)"""
    eq(statuses(phone(name="roamer").register()), [403])


@case
def aka_register():
    """IMS-AKA: AKAv1-MD5 challenge, Milenage, 200; CK and IK hidden from the UE"""
    u = sim()
    a = u.register()
    eq(statuses(a), [401, 200])
    ch = auth_params(a[0].get("www-authenticate"))
    eq(ch["algorithm"], "AKAv1-MD5")
    assert "ck" not in ch and "ik" not in ch, "P-CSCF let CK/IK through"
    eq(u.associated[-1], "sip:akira@" + REALM)
    u.register(expires=0)


@case
def aka_resync():
    """IMS-AKA: SQN of the HSS too low, AUTS, new challenge, 200"""
    ahead = int(hss("/subscribers?impi=001010000000001@" + REALM)[0]["sqn"], 16) + 0x10000
    u = sim(sqn=ahead)
    eq(statuses(u.register()), [401, 401, 200])
    assert u.sqn_ms > ahead
    eq(hss("/stats").get("resync", 0) > 0, True, "HSS resync counter")
    u.register(expires=0)


@case
def aka_wrong_key():
    """IMS-AKA: the USIM has another key, so the AUTN does not verify"""
    u = ua("001010000000001", 32, aka={"k": b"\1" * 16, "opc": OPC})
    try:
        u.register()
    except AssertionError as e:
        eq(str(e), "AUTN with a wrong MAC")
    else:
        raise AssertionError("AUTN accepted with a wrong key")


@case
def trusted_register():
    """trusted node: auth-done, no challenge, 200, no MAR at the HSS"""
    before = hss("/stats").get("MAR", 0)
    u = trusted()
    a = u.register()
    eq(statuses(a), [200])
    eq(hss("/stats").get("MAR", 0), before, "MAR count")
    eq(u.service_route, ["<sip:orig@%s:%d;lr>" % SCSCF])
    eq(u.associated, [u.impu])
    eq(state(u.impi), "registered")
    eq(statuses(u.register(expires=0)), [200])
    eq(state(u.impi), "not-registered")


@case
def trusted_implicit_set():
    """trusted node: both IMPUs of the subscription come in P-Associated-URI"""
    u = trusted("trent")
    eq(statuses(u.register()), [200])
    eq(u.associated, ["sip:trent@" + REALM, "sip:trent-work@" + REALM])
    u.register(expires=0)


@case
def trusted_without_auth_done():
    """trusted node, user without a key, no auth-done: 403 (MAA 5006)"""
    u = trusted()
    u.initial_auth = lambda: 'Digest username="%s",realm="%s",uri="sip:%s",nonce="",response=""' % (
        u.impi, REALM, REALM)
    eq(statuses(u.register()), [403])


@case
def auth_done_from_phone():
    """auth-done from a phone is stripped by the P-CSCF: still challenged"""
    u = phone()
    plain = u.initial_auth()
    u.initial_auth = lambda: plain + ',integrity-protected="auth-done"'
    eq(u.register()[0].status, 401)
    u.register(expires=0)


@case
def auth_done_from_stranger():
    """auth-done from an address outside the trust domain: 403 at the I-CSCF"""
    eq(statuses(trusted(last=61).register()), [403])


@case
def missing_visited_network():
    """REGISTER without P-Visited-Network-ID: 400 from the I-CSCF"""
    u = trusted()
    real = u.request
    u.request = lambda m, r, h, *a, **k: real(
        m, r, [x for x in h if not x.startswith("P-Visited")], *a, **k)
    eq(statuses(u.register()), [400])


@case
def deregister():
    """deregistration: SAR USER_DEREG, HSS state, contact gone"""
    u = phone()
    u.register()
    eq(statuses(u.register(expires=0)), [401, 200])
    eq(state(u.impi), "not-registered")
    sar = [t["type"] for t in hss("/trace?n=10") if t["cmd"] == "SAR"]
    eq(sar[-1], "USER_DEREG")


# -------------------------------------------------------------------- calls
def call(a, b, hangup="caller"):
    m, prov, d = a.invite(b.impu)
    eq(m.status, 200, "INVITE")
    assert 180 in prov, "no 180: %r" % prov
    leg = b.calls[d["call_id"]]
    assert leg["acked"].wait(3), "callee saw no ACK"
    assert addr_of(leg["invite"].get("p-asserted-identity")) == a.impu, "P-Asserted-Identity"
    assert addr_of(leg["invite"].get("p-called-party-id")) == b.impu, "P-Called-Party-ID"
    if hangup == "caller":
        eq(a.in_dialog(d, "BYE").status, 200, "BYE")
        assert leg["ended"].wait(3), "callee saw no BYE"
    else:                                     # the callee ends it, on its own route set
        inv = leg["invite"]
        a.calls[d["call_id"]] = {"acked": threading.Event(), "ended": threading.Event()}
        back = {"target": addr_of(inv.get("contact")), "routes": inv.all("record-route"),
                "from": d["to"], "to": inv.get("from"), "call_id": d["call_id"], "cseq": 0}
        eq(b.in_dialog(back, "BYE").status, 200, "BYE")
        assert a.calls[d["call_id"]]["ended"].wait(3), "caller saw no BYE"
    return leg


@case
def call_phone_to_phone():
    """call: phone to phone, orig, LIR, term, 180/200/ACK/BYE from either side"""
    a, b = phone(31), phone(33)
    a.register(), b.register()
    before = hss("/stats").get("LIR", 0)
    leg = call(a, b)
    eq(hss("/stats")["LIR"], before + 1, "LIR count")
    rr = leg["invite"].all("record-route")
    eq(len(rr), 4, "Record-Route entries (P, S term, S orig, P)")
    call(b, a, hangup="callee")
    a.register(expires=0), b.register(expires=0)


@case
def call_tcp_phone():
    """call: to and from a phone that is on TCP"""
    a, b = phone(31, proto="tcp"), phone(33)
    a.register(), b.register()
    call(a, b)
    call(b, a)
    a.register(expires=0), b.register(expires=0)


@case
def call_trusted_to_phone():
    """call: trusted node user to phone and back, through S-CSCF and Path"""
    a, b = trusted(), phone(33)
    a.register(), b.register()
    call(a, b)
    leg = call(b, a, hangup="callee")
    # The request came to the address in Path, for the contact in the Request-URI.
    eq(leg["invite"].ruri, a.contact)
    a.register(expires=0), b.register(expires=0)


@case
def call_by_number():
    """call: to a number, as sip: and as tel:"""
    a, b = phone(31, "alice"), phone(33)
    a.register(), b.register()
    for target in ("sip:+15550100@" + REALM, "tel:+15550100"):
        m, prov, d = b.invite(target)
        eq(m.status, 200, target)
        eq(b.in_dialog(d, "BYE").status, 200)
    a.register(expires=0), b.register(expires=0)


@case
def call_cancel():
    """call: CANCEL while ringing reaches the callee, caller gets 487"""
    a, b = phone(31), phone(33)
    a.register(), b.register()
    b.answer = 0                              # rings for ever
    done = []
    cid, tag = uuid.uuid4().hex, "c1"
    branch = {}
    real_via = a.via

    def via():
        br, line = real_via()
        branch.setdefault("line", line)
        return br, line
    a.via = via
    t = threading.Thread(target=lambda: done.append(a._out_of_dialog(
        "INVITE", b.impu, call_id=cid, tag=tag, timeout=10)))
    t.start()
    inv = b.wait("INVITE")
    time.sleep(0.2)
    h = ["CANCEL %s SIP/2.0" % b.impu, branch["line"], "Max-Forwards: 70",
         "Route: <sip:%s:%d;lr>" % PCSCF] + ["Route: " + r for r in a.service_route] + [
         "From: <%s>;tag=%s" % (a.impu, tag), "To: <%s>" % b.impu, "Call-ID: " + cid,
         "CSeq: 1 CANCEL", "Content-Length: 0"]
    a._send("\r\n".join(h) + "\r\n\r\n")
    b.wait("CANCEL")
    b.reply(inv, 487, PCSCF, "Request Terminated")
    t.join(5)
    eq(statuses(done), [487])
    a.register(expires=0), b.register(expires=0)


@case
def call_busy():
    """call: 486 of the callee reaches the caller"""
    a, b = phone(31), phone(33)
    a.register(), b.register()
    b.answer = 486
    eq(a.invite(b.impu)[0].status, 486)
    a.register(expires=0), b.register(expires=0)


@case
def call_unregistered():
    """call to a known user who is not registered: 480 (LIA 5003)"""
    a = phone()
    a.register()
    eq(a.invite("sip:bob@" + REALM)[0].status, 480)
    a.register(expires=0)


@case
def call_unknown():
    """call to a user the HSS does not know: 604 (LIA 5001)"""
    a = phone()
    a.register()
    eq(a.invite("sip:nobody@" + REALM)[0].status, 604)
    a.register(expires=0)


@case
def call_not_registered_caller():
    """call from a phone that is not registered: 403 from the P-CSCF"""
    eq(phone().invite("sip:bob@" + REALM)[0].status, 403)


@case
def call_wrong_identity():
    """a phone cannot use another From: the P-CSCF asserts its own identity"""
    a, b = phone(31), phone(33)
    a.register(), b.register()
    own, a.impu = a.impu, "sip:dave@" + REALM
    m = a.message(b.impu, "who am I")
    eq(m.status, 200)
    eq(addr_of(b.wait("MESSAGE").get("p-asserted-identity")), own)
    a.impu = own
    a.register(expires=0), b.register(expires=0)


# ------------------------------------------------------------ MESSAGE, events
@case
def message():
    """MESSAGE: phone to phone, trusted to phone and back"""
    a, b, c = phone(31), phone(33), trusted()
    for u in (a, b, c):
        u.register()
    for x, y in ((a, b), (c, b), (b, c)):
        text = "from %s" % x.impu
        eq(x.message(y.impu, text).status, 200, text)
        eq(y.wait("MESSAGE").body, text)
    for u in (a, b, c):
        u.register(expires=0)


@case
def message_to_implicit_identity():
    """MESSAGE to the second IMPU of an implicit registration set"""
    a, c = phone(31, "alice"), trusted("trent")
    a.register(), c.register()
    eq(a.message("sip:trent-work@" + REALM, "hi").status, 200)
    eq(c.wait("MESSAGE").body, "hi")
    a.register(expires=0), c.register(expires=0)


def reginfo(m):
    ns = "{urn:ietf:params:xml:ns:reginfo}"
    root = ET.fromstring(m.body)
    return root.get("state"), {
        r.get("aor"): (r.get("state"), [(c.get("state"), c.get("event"))
                                        for c in r.findall(ns + "contact")])
        for r in root.findall(ns + "registration")}


def reg_event(u):
    u.register()
    m = u.subscribe_reg()
    eq(m.status, 200, "SUBSCRIBE")
    n = u.wait("NOTIFY")
    assert n.get("subscription-state", "").startswith("active"), n.get("subscription-state")
    full, regs = reginfo(n)
    eq(full, "full")
    eq(regs[u.impu][0], "active")
    eq(regs[u.impu][1][0][0], "active")
    return regs


@case
def reg_event_phone():
    """reg event: phone subscribes, NOTIFY full/active for the whole implicit set"""
    u = phone(name="alice")
    regs = reg_event(u)
    assert "sip:+15550100@" + REALM in regs, regs
    eq(u.unsubscribe_reg().status, 200, "SUBSCRIBE Expires: 0")
    # RFC 6665 wants a last NOTIFY here; 5.6.3 sends none.
    u.register(expires=0)


@case
def reg_event_trusted():
    """reg event: trusted node subscribes for its user, and unsubscribes"""
    u = trusted()
    reg_event(u)
    eq(u.unsubscribe_reg().status, 200, "SUBSCRIBE Expires: 0")
    u.register(expires=0)


@case
def reg_event_after_deregistration():
    """reg event: deregistration by the user brings a NOTIFY with terminated"""
    u = phone()
    reg_event(u)
    u.register(expires=0)
    n = u.wait("NOTIFY", 6, lambda m: "terminated" in m.body)
    reg, contacts = reginfo(n)[1][u.impu]
    eq(reg, "terminated")
    # RFC 3680 wants event "unregistered"; 5.6.3 says that or "expired".
    assert contacts and {c[0] for c in contacts} == {"terminated"}, contacts


@case
def reg_event_foreign():
    """reg event: subscribing to somebody else gives 403"""
    a, b = phone(31), phone(33)
    a.register(), b.register()
    m = a._out_of_dialog("SUBSCRIBE", b.impu, ["Event: reg", "Expires: 60"])
    eq(m.status, 403)
    a.register(expires=0), b.register(expires=0)


@case
def network_deregistration():
    """RTR: the HSS deregisters; NOTIFY terminated, later calls get 480"""
    u, b = trusted(), phone(33)
    reg_event(u)
    b.register()
    eq(hss("/rtr?impi=" + u.impi, "POST"), {"result": "2001"})
    n = u.wait("NOTIFY", 6, lambda m: "terminated" in m.body)
    # RFC 3680 wants a contact with event "deactivated"; 5.6.3 lists none.
    eq(reginfo(n)[1][u.impu][0], "terminated")
    eq(state(u.impi), "not-registered")
    eq(b.message(u.impu, "gone?").status, 480)
    b.register(expires=0)


# ---------------------------------------------------------- ISC and failures
@case
def application_server():
    """ISC: third-party REGISTER and an originating MESSAGE at the AS of erin"""
    asx = ua("as", 41, port=5060, proxy=SCSCF)
    e, b = phone(34, "erin"), phone(33)
    b.register()
    eq(statuses(e.register()), [401, 200])
    r = asx.wait("REGISTER", 3)
    eq(addr_of(r.get("to")), e.impu, "third-party REGISTER")
    asx.inbox.queue.clear()
    eq(e.message(b.impu, "via the AS").status, 200)
    m = asx.wait("MESSAGE", 3)
    assert "iscmark" in m.get("route", ""), m.get("route")
    assert "sescase=orig" in m.get("p-served-user", ""), m.get("p-served-user")
    e.register(expires=0), b.register(expires=0)


@case
def hss_slow():
    """HSS slower than the transaction timeout: REGISTER fails cleanly, lab recovers"""
    u = trusted()
    hss("/delay?value=7", "POST")
    try:
        m = u._register_once(60, u.initial_auth(), timeout=12)
    finally:
        hss("/delay?value=0", "POST")
    assert m.status in (408, 480, 500, 504), m
    time.sleep(3)
    eq(statuses(u.register()), [200])
    u.register(expires=0)


@case
def expiry():
    """a contact that is not refreshed expires at the S-CSCF: calls get 480"""
    u, a = trusted(), phone(33)
    a.register()
    eq(statuses(u.register(expires=6)), [200])
    eq(a.message(u.impu, "x").status, 200)
    time.sleep(5.5)
    end = time.time() + 10
    while time.time() < end and a.message(u.impu, "x").status == 200:
        time.sleep(0.5)
    eq(a.message(u.impu, "x").status, 480)
    # 5.6.3 sends no SAR on expiry: for the HSS the user stays registered.
    eq(state(u.impi), "registered")
    eq(statuses(u.register()), [200])
    eq(statuses(u.register(expires=0)), [200])
    eq(state(u.impi), "not-registered")
    a.register(expires=0)


def main():
    args = [a for a in sys.argv[1:] if not a.startswith("-")]
    if "-l" in sys.argv:
        for f in cases:
            print("%-32s %s" % (f.__name__, f.__doc__))
        return 0
    unknown = set(args) - {f.__name__ for f in cases}
    if unknown:
        print("no such case:", *unknown)
        return 2
    bad = 0
    for f in cases:
        if args and f.__name__ not in args:
            continue
        t0 = time.time()
        try:
            f()
            print("ok   %5.2f s  %-30s %s" % (time.time() - t0, f.__name__, f.__doc__), flush=True)
        except Exception as e:
            bad += 1
            print("FAIL %5.2f s  %-30s %s\n     %s: %s" % (
                time.time() - t0, f.__name__, f.__doc__, type(e).__name__, e), flush=True)
            if "-v" in sys.argv:
                traceback.print_exc()
                for u in open_uas:
                    for d, text in u.trace:
                        print("     %s %s %s" % (u.impu, d, text.replace("\r\n", "\n       ")))
        finally:
            # Leave nothing behind for the next case.
            for u in open_uas:
                try:
                    if u.reg_dialog:
                        u.unsubscribe_reg()
                    if u.service_route and state(u.impi) == "registered":
                        u.register(expires=0)
                except Exception:
                    pass
                u.close()
                used[u.impi.split("@")[0]] = time.time()
            open_uas.clear()
    if UA.repeated:
        print("note: %d registrations repeated, their 200 had no Contact" % UA.repeated)
    print("%s" % ("all passed" if not bad else "%d failed" % bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
