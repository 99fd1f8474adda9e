"""Access tokens that must let nobody in: each gets its error, and the core hears nothing."""

import json
import os
import subprocess
import sys

import edge
import paths
from cases import case
from checks import check, equal, lacks_text
from issuer import Issuer
from sip import addr_of

CODES = {"MALFORMED": 400, "INVALID": 401, "EXPIRED": 401, "INSUFFICIENT_SCOPE": 401, "NOT_PERMITTED": 403}
TABLE = os.path.join(paths.TESTS, "unit", "token", "make_tokens.py")
LONGEST = 16384             # of a field; beyond, and empty, it is no request


def made():
    """-> {"issuer", "jwks", "rows": [{"name", "token", "error", "says"}]}"""
    return json.loads(subprocess.run([sys.executable, TABLE], capture_output=True, check=True, text=True).stdout)


def expected(row):
    return CODES[row["error"]] if 0 < len(row["token"].encode()) <= LONGEST else 444


def show(page, token):
    """-> the code of the failure, the number of the error, or the event's name; the event"""
    page.send("register", auth="token", access_token=token)
    event = page.wait("registered", "registration_failed", 444)
    return event["code"] if event.name == "registration_failed" else event.name, event


@case("REQ-62", "REQ-63", "REQ-64", "REQ-65", "REQ-70", "REQ-59", "REQ-52", timeout_s=60)
def hostile_tokens(w):
    """a table made with a second library: alg none, confusions of keys, jku, crit, claims of every wrong kind, ..."""
    table = made()
    served = Issuer(w.folder("issuer"))
    w.defer(served.stop)
    served.keys = table["jwks"]["keys"]
    janus = w.own_janus(general={"handle_failures_per_minute": 0, "failures_per_minute": 0}, issuers={
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
