"""The IMS lab of tests/ims-lab as a test sees it."""

import hashlib
import json
import os
import signal
import subprocess
import urllib.request

import paths
from patience import CASE_S, EVENT_S
from sipua import UA

NET, REALM = "127.0.1", "ims.example"
PCSCF, ICSCF, SCSCF, HSS = (NET + last for last in (".11", ".12", ".13", ".14"))
FIRST_LOAD_USER = 1     # load1 to load2000: "digest", password load-secret


class User:
    def __init__(self, name, password=None):
        self.name, self.password = name, password or name + "-secret"
        self.impi = "%s@%s" % (name, REALM)
        self.impu = "sip:" + self.impi

    def __repr__(self):
        return self.name


class Lab:
    def __init__(self, state, subscribers=None):
        self.environment = {"LAB_NET": NET, "LAB_REALM": REALM, "LAB_STATE": state,
                            **({"LAB_SUBSCRIBERS": subscribers} if subscribers else {})}
        self.state, self.next_user, self.next_many, self.next_sim = state, FIRST_LOAD_USER, 0, 0
        self.running = False
        self.children = []      # nodes that were killed and came back

    def _run(self, script, *args):
        done = subprocess.run([os.path.join(paths.LAB, script), *args], text=True,
                              capture_output=True, env={**os.environ, **self.environment},
                              timeout=CASE_S)
        if done.returncode:
            raise AssertionError("ims-lab/%s: %s%s" % (script, done.stdout, done.stderr))
        return done.stdout

    def start(self):
        if not self.running:
            self._run("start")
            self.running = True

    def stop(self):
        if self.running:
            self._run("stop")
            self.running = False

    def _pid_file(self, node):
        return os.path.join(self.state, "run", node + ".pid")

    def kill(self, node):
        """"icscf", "scscf" or "hss" dies, with all it knew. -> what revives it"""
        with open(self._pid_file(node)) as f:
            pid = int(f.read())
        with open("/proc/%d/cmdline" % pid) as f:
            argv = f.read().split("\0")[:-1]
        os.killpg(pid, signal.SIGKILL)      # ./start made it a group of its own
        return lambda: self._revive(node, argv)

    def _revive(self, node, argv):
        with open(os.path.join(self.state, "log", node + ".log"), "ab") as log:
            child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                                     env={**os.environ, **self.environment})
        with open(self._pid_file(node), "w") as f:
            f.write(str(child.pid))
        self.children.append(child)

    def hss(self, path, method="GET", body=None):
        request = urllib.request.Request("http://%s:8868%s" % (HSS, path), method=method,
                                         data=json.dumps(body).encode() if body else None)
        with urllib.request.urlopen(request, timeout=EVENT_S) as answer:
            return json.load(answer)

    def state_of(self, user):
        """"registered", "not-registered" or "unregistered", as the HSS knows it."""
        return self.hss("/subscribers?impi=" + user.impi)[0]["state"]

    def user(self, name=None):
        """A subscriber. Without a name one that nobody has used yet: Kamailio 5.6.3 is not safe
        when a user registers within a second of deregistering."""
        if name:
            return User(name)
        self.next_user += 1
        return User("load%d" % (self.next_user - 1), "load-secret")

    def user_of_many(self):
        """A new subscriber with an implicit registration set: .impus, of which .impu is the default."""
        self.next_many += 1
        user = User("many%d" % self.next_many)
        user.impus = [user.impu, "sip:+1555%04d@%s" % (self.next_many, REALM),
                      "sip:%s.work@%s" % (user.name, REALM)]
        self.hss("/subscribers", "POST", {"impi": user.impi, "impus": user.impus,
                                          "auth": {"type": "digest", "password": user.password}})
        return user

    def user_by_bare_name(self):
        """A new subscriber who proves himself by the user part of his identity alone; his core finds him by the identity
        (ims-lab/README.md, pitfall 12)."""
        self.next_many += 1
        user = User("bare%d" % self.next_many)
        ha1 = hashlib.md5(("%s:%s:%s" % (user.name, REALM, user.password)).encode()).hexdigest()
        self.hss("/subscribers", "POST", {"impi": user.impi, "impus": [user.impu], "auth": {"type": "digest", "ha1": ha1}})
        return user

    def user_with_sim(self, **auth):
        """A new subscriber with a USIM of random keys: .card, as `register` takes it. auth: as in
        subscribers.json, more than the keys."""
        self.next_sim += 1
        user = User("sim%d" % self.next_sim)
        user.card = {"k": os.urandom(16).hex(), "op": os.urandom(16).hex()}
        self.hss("/subscribers", "POST", {"impi": user.impi, "impus": [user.impu],
                                          "auth": {"type": "aka", **user.card, **auth}})
        return user

    def sqn(self, user, value=None):
        """-> the last sequence number that the HSS has given out; value: from now on it is this one"""
        if value is not None:
            self.hss("/sqn?impi=%s&value=%x" % (user.impi, value), "POST")
        return int(self.hss("/subscribers?impi=" + user.impi)[0]["sqn"], 16)


def phone(user, ip=NET + ".31", **options):
    """A SIP telephone behind the P-CSCF; signalling only."""
    return UA(user.impu, ip, (PCSCF, 5060), password=user.password, **options)
