"""Access tokens that must let nobody in: each gets its error, and the core hears nothing."""

import base64
import json
import os
import subprocess
import sys
import time

import edge
import issuer
import paths
from cases import case
from checks import check, equal, lacks_text
from issuer import Issuer
from sip import addr_of

CODES = {"MALFORMED": 400, "INVALID": 401, "EXPIRED": 401, "INSUFFICIENT_SCOPE": 401, "NOT_PERMITTED": 403}
TABLE = os.path.join(paths.TESTS, "unit", "token", "make_tokens.py")
SECRET = "geheim-of-the-edge-4711"
LONGEST = 16384             # of a field; beyond, and empty, it is no request


def made():
    """-> {"issuer", "jwks", "rows": [{"name", "token", "error", "says"}]}"""
    return json.loads(subprocess.run([sys.executable, TABLE], capture_output=True, check=True, text=True).stdout)


def expected(row):
    return CODES[row["error"]] if 0 < len(row["token"].encode()) <= LONGEST else 444


def show(page, token, **fields):
    """-> the code of the failure, the number of the error, or the event's name; the event"""
    page.send("register", auth="token", access_token=token, **fields)
    event = page.wait("registered", "registration_failed", 444)
    return event["code"] if event.name == "registration_failed" else event.name, event


@case("REQ-62", "REQ-63", "REQ-64", "REQ-65", "REQ-70", "REQ-59", "REQ-52")
def hostile_tokens(w):
    """a table made with a second library: alg none, confusions of keys, jku, crit, claims of every wrong kind, ..."""
    table = made()
    served = Issuer(w.folder("issuer"))
    w.defer(served.stop)
    served.keys = table["jwks"]["keys"]
    janus = w.own_janus(limits={"handle_failures_per_minute": 0, "failures_per_minute": 0}, issuers={
        "waf": {"issuer": table["issuer"], "audience": "https://edge.example", "jwks_uri": served.uri + "/jwks",
                "ca_file": served.ca_file, "keys_retry_s": 3600, "clients": ["page", "shop"],
                "identities": ["*@ims.example", "tel:+4930*"], "pool": ["shop *shop-*@ims.example"]}},
        networks_of={"lab": {"token_issuers": ["waf"]}})
    page = w.page(w.user("alice"), w.ws_client(janus))
    good = next(row["token"] for row in table["rows"] if not row["error"])
    bad = [row for row in table["rows"] if row["error"] and len(row["token"]) < 100000]
    check(len(bad) > 80, "%d rows" % len(bad))
    equal(show(page, good)[0], "registered", "a good one")
    page.unregister()
    before = len(w.registers(2))
    for row in bad:
        code, event = show(page, row["token"])
        equal(code, expected(row), "%s: code" % row["name"], event)
        challenged = "bearer" in event.result if code != 444 else False
        equal(challenged, code == 401, "%s: whether another token is asked for" % row["name"], event)
        if row["token"].count(".") == 2 and len(row["token"]) > 100:
            lacks_text(str(event), *[part for part in row["token"].split(".")[1:] if len(part) > 20])
    equal(show(page, good)[0], "registered", "a good one afterwards")
    page.unregister()
    mine = [m for m in w.capture.requests("REGISTER", frm=edge.ADDRESS) if "ims.example" in addr_of(m.get("to"))]
    equal(len(mine), before + 2, "REGISTERs", *mine)
    equal({path for path, _, _ in served.asked}, {"/jwks"}, "what anybody was asked")
    log = janus.process.output()
    for row in bad:
        lacks_text(log, *[part for part in row["token"].split(".") if len(part) > 40])


@case("REQ-67", "REQ-68")
def issuer_without_manners(w):
    """503 while it hangs, fails, talks rubbish or is gone; 401 once it says no; our secret is told to it alone"""
    served = Issuer(w.folder("issuer"))
    w.defer(served.stop)
    waf = {"issuer": "https://waf.example", "audience": "https://edge.example", "ca_file": served.ca_file,
           "jwks_uri": served.uri + "/jwks", "introspection_endpoint": served.uri + "/introspect", "timeout_s": 30,
           "opaque": True, "introspection_s": 0, "client_id": "edge", "client_secret": SECRET}
    janus = w.own_janus(issuers={"waf": waf, "hangs": {**waf, "issuer": "https://hangs.example", "timeout_s": 1}},
                        networks_of={"lab": {"token_issuers": ["waf"]}, "scripted": {"token_issuers": ["hangs"]}})
    page, token = w.page(w.user(), w.client(janus)), "geheim-opaque-77"
    served.manners = issuer.HANGS
    equal(show(page, token, network="scripted")[0], 503, served.manners)
    for manners in (issuer.FAILS, issuer.RUBBISH):
        served.manners = manners
        equal(show(page, token, network="lab")[0], 503, manners)
    served.manners = issuer.SERVES
    code, event = show(page, token, network="lab")
    equal((code, event["bearer"]["error"]), (401, "invalid_token"), "not active", event)
    served.stop()
    equal(show(page, token, network="lab")[0], 503, "gone")
    served.start()
    equal(w.capture.requests("REGISTER", frm=edge.ADDRESS), [], "REGISTERs")
    served.introspect = lambda asked: {
        "active": asked == token, "aud": "https://edge.example", "scope": "ims", "exp": time.time() + 60,
        "impi": page.user.impi, "impu": page.user.impu}
    equal(show(page, token, network="lab")[0], "registered", "active")
    _, form, authorization = served.asked[-1]
    equal(form, "token=%s&token_type_hint=access_token" % token, "question")
    equal(base64.b64decode(authorization.split()[1]).decode(), "edge:" + SECRET, "credentials")
    lacks_text(janus.process.output(), SECRET, token)
