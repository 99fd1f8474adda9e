#!/usr/bin/python3
"""Asks each part of a running demo whether it answers: check.py PAGE_ADDRESS [CERTIFICATE]

The pages and their modules, demo.json, Janus over HTTP, over WebSocket and by SIP, the OpenID provider.
Prints one line for each; exit code 1 when one does not.
"""
import base64
import json
import os
import socket
import ssl
import sys
import urllib.request
from urllib.parse import urlencode, urljoin, urlparse

PLUGIN = "janus.plugin.ims"
page = sys.argv[1]
tls = ssl.create_default_context(cafile=sys.argv[2] if len(sys.argv) > 2 else None)
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=tls),
                                     urllib.request.HTTPCookieProcessor())


def get(address):
    with opener.open(address, timeout=5) as answer:
        return answer.headers.get_content_type(), answer.read().decode()


def check_page():
    for address, mark in [(page, "login-submit"), (f"{page}/sip/", "sign-in-submit")]:
        kind, text = get(address)
        assert kind == "text/html" and f'data-testid="{mark}"' in text, f"{address} is not the page"
    return "the telephone, the telephone for SIP libraries"


def check_modules():
    files = ["app.js", "ims-client.js", "node_modules/janus-gateway/npm/dist/janus.es.js",
             "node_modules/webrtc-adapter/out/adapter.js", "node_modules/oauth4webapi/build/index.js", "node_modules/@noble/hashes/esm/sha2.js",
             "sip/app.js", "node_modules/jssip/lib/JsSIP.js", "node_modules/sip.js/lib/index.js"]
    for file in files:
        kind, _ = get(f"{page}/{file}")
        assert kind == "text/javascript", f"{file} is {kind}"
    return f"{len(files)} of {len(files)}"


def demo():
    return json.loads(get(page + "/demo.json")[1])


def check_demo_json():
    users = [user["name"] for user in demo()["users"]]
    assert users, "no users"
    return ", ".join(users)


def check_info():
    info = json.loads(get(demo()["http"] + "/info")[1])
    plugin = info["plugins"].get(PLUGIN)
    assert plugin, f"{PLUGIN} is not among {sorted(info['plugins'])}"
    return f"Janus {info['version_string']}, {PLUGIN} {plugin['version_string']}"


def handshake(server, protocol):
    """-> the socket's address, when the other end speaks the protocol"""
    server = urljoin(page + "/", server)
    address = urlparse(server)
    key = base64.b64encode(os.urandom(16)).decode()
    with socket.create_connection((address.hostname, address.port), timeout=5) as s:
        if address.scheme == "https":
            s = tls.wrap_socket(s, server_hostname=address.hostname)
        s.sendall(f"GET {address.path or '/'} HTTP/1.1\r\nHost: {address.netloc}\r\nUpgrade: websocket\r\n"
                  f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
                  f"Origin: {page}\r\nSec-WebSocket-Protocol: {protocol}\r\n\r\n".encode())
        head = s.recv(4096).decode().lower()
        s.close()
    assert " 101 " in head and f"sec-websocket-protocol: {protocol}\r\n" in head, head
    return server


def check_websocket():
    return handshake(demo()["server"], "janus-protocol")


def check_sip():
    return handshake(demo()["sip"]["server"], "sip")


def check_openid():
    """The page's metadata are the provider's own, and its sign-in page can be reached."""
    openid = demo()["openid"]
    told = json.loads(get(openid["issuer"] + "/.well-known/openid-configuration")[1])
    assert told == openid["metadata"] and told["issuer"] == openid["issuer"], "other metadata than demo.json says"
    query = {"client_id": openid["client_id"], "response_type": "code", "scope": "openid ims", "state": "check",
             "redirect_uri": page.replace("127.0.0.1", "localhost") + "/", "resource": openid["resource"],
             "code_challenge": "x" * 43, "code_challenge_method": "S256"}
    kind, text = get(f"{told['authorization_endpoint']}?{urlencode(query)}")
    assert 'data-testid="openid-submit"' in text, f"no sign-in page: {text[:200]}"
    return openid["issuer"]


failed = False
for name, check in [("page", check_page), ("modules", check_modules), ("demo.json", check_demo_json),
                    ("Janus info", check_info), ("Janus WebSocket", check_websocket), ("SIP over WebSocket", check_sip),
                    ("OpenID", check_openid)]:
    try:
        print(f"ok    {name}: {check()}")
    except Exception as error:
        failed = True
        print(f"FAIL  {name}: {error}")
sys.exit(failed)
