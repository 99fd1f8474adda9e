"""A Janus of our own, with a configuration made for the test and nothing installed touched."""

import collections
import contextlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import time

import leaks
import paths
from client import Client, PfunixConnection, Unexpected, WebSocketConnection
from patience import EVENT_S, SETTLED_S
from process import Late, Process, thread_names, wait_until

ADDRESS = "10.77.0.1"     # not loopback: lib/netns
ADDRESSES = "10.77."      # where ICE may be: that one, and those of lib/host.py
ADMIN_SECRET = "admin"


def jcfg(value, indent=0):
    """A Python value in the syntax of libconfig."""
    tabs = "\t" * indent
    if isinstance(value, dict):
        rows = []
        for key, item in value.items():
            if isinstance(item, dict):
                rows.append("%s%s: {\n%s%s}\n" % (tabs, key, jcfg(item, indent + 1), tabs))
            else:
                rows.append("%s%s = %s\n" % (tabs, key, jcfg(item)))
        return "".join(rows)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "[ %s ]" % ", ".join(map(jcfg, value))
    return json.dumps(value)


SANITIZERS = {
    "asan": (("libasan.so", "libubsan.so"),
             {"G_SLICE": "always-malloc", "ASAN_OPTIONS": "fast_unwind_on_malloc=0:detect_leaks=1",
              "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=0"}),
    "tsan": (("libtsan.so",),
             {"TSAN_OPTIONS": "ignore_noninstrumented_modules=1:exitcode=0:history_size=6"})}


def sanitizer_environment(name):
    """Runs an uninstrumented Janus with instrumented plugins. asan: a leak is reported at the end."""
    libraries, options = SANITIZERS[name]
    paths_of = [subprocess.check_output(["gcc", "-print-file-name=" + library], text=True).strip()
                for library in libraries]
    return {"LD_PRELOAD": " ".join(paths_of), **options}


class Janus:
    """plugins: paths of shared objects; configs: {"janus.plugin.ims": {...} or text};
    general, media: additions to janus.jcfg; ws_port: also a WebSocket server; handlers, transports: paths of
    event handlers, and of transports beside Janus's own; descriptors: how many the process may have; environment: added to it; host: where it
    runs, with `enter`, the command that goes there, and `address`."""

    def __init__(self, folder, plugins, configs=None, general=None, media=None, ws_port=8188,
                 rtp_ports="30000-31999", full_trickle=True, sanitizer=None, debug_level=5, handlers=(),
                 transports=(), descriptors=None, environment=None, host=None):
        self.folder, self.ws_port, self.descriptors = folder, ws_port, descriptors
        self.enter, self.address = (host.enter, host.address) if host else ([], "127.0.0.1")
        # Under ThreadSanitizer a new thread runs before the flag is set that the UNIX socket transport of
        # Janus 1.1.2 looks at: it ends at once.
        self.by_web = sanitizer == "tsan"
        self.environment = {**(sanitizer_environment(sanitizer) if sanitizer else {}), **(environment or {})}
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder + "/loggers")
        # Not in the folder: a UNIX socket's path is short.
        self.sockets = tempfile.mkdtemp(prefix="ims-janus-")
        self.api_path, self.admin_path = self.sockets + "/api", self.sockets + "/admin"
        self.log = folder + ("/janus-debug.log" if debug_level > 5 else "/janus.log")
        self._link("plugins", plugins)
        self._link("events", handlers)
        self.has_handlers = len(handlers) > 0
        own = paths.janus_folder("transports")
        self._link("transports", [own + "/libjanus_pfunix.so", *transports]
                   + ([own + "/libjanus_websockets.so"] if ws_port else []))
        self.configs = self._configs(configs or {}, {"debug_level": debug_level, **(general or {})},
                                     {"rtp_port_range": rtp_ports, **(media or {})}, full_trickle)
        self._write()
        self.process = None

    def _link(self, kind, objects):
        os.makedirs(os.path.join(self.folder, kind))
        for path in objects:
            os.symlink(os.path.realpath(path),
                       os.path.join(self.folder, kind, os.path.basename(path)))

    def _configs(self, configs, general, media, full_trickle):
        folders = {kind + "_folder": os.path.join(self.folder, kind)
                   for kind in ("configs", "plugins", "transports", "events", "loggers")}
        files = {
            "janus": {
                "general": {**folders, "debug_timestamps": True, "debug_colors": False,
                            "admin_secret": ADMIN_SECRET, "session_timeout": 0, **general},
                "media": media, "events": {"broadcast": bool(self.has_handlers)},
                "nat": {"full_trickle": full_trickle, "ice_enforce_list": ADDRESSES}},
            "janus.transport.pfunix": {
                "general": {"enabled": True, "json": "compact", "path": self.api_path,
                            "type": "SOCK_SEQPACKET"},
                "admin": {"admin_enabled": True, "admin_path": self.admin_path,
                          "admin_type": "SOCK_SEQPACKET"}}}
        if self.ws_port:
            files["janus.transport.websockets"] = {
                "general": {"json": "compact", "ws": True, "ws_port": self.ws_port, "wss": False},
                "admin": {"admin_ws": self.by_web, "admin_ws_port": self.ws_port + 1, "admin_wss": False}}
        return {**files, **configs}

    def _write(self):
        os.makedirs(self.folder + "/configs")
        for name, content in self.configs.items():
            self.configure(name, content)

    def configure(self, name, content):
        """Writes a configuration file, while it runs too."""
        with open("%s/configs/%s.jcfg" % (self.folder, name), "w") as f:
            f.write(content if isinstance(content, str) else jcfg(content))

    def start(self, tries=12):
        """Now and then the thread of Janus 1.1.2's UNIX socket transport runs before a flag of its
        is set, and ends at once, and Janus too if it has no other: then another try. On a loaded machine four were
        not enough."""
        try:
            return self._started(tries)
        except BaseException:       # the case's time is over, for one: the next case needs its address
            if self.alive():
                self.process.stop()
            raise

    def _started(self, tries):
        for _ in range(tries):
            up, seen = self._run()
            if up:
                return self._loaded()
            ended = not self.process.alive()
            code = self.process.stop()
            if ended and not self._has_no_socket(seen):
                raise AssertionError("Janus ended with %d\n%s" % (code, self.process.tail()))
        raise AssertionError("Janus serves no UNIX socket\n" + self.process.tail())

    def _loaded(self):
        """Janus runs without a plugin or transport that it cannot load; tests do not."""
        wait_until(lambda: self._has_all() or self._complaints() or not self.alive(), "all that Janus loads")
        complaints = self._complaints()
        if complaints or not self.alive():
            self.process.stop()
            raise AssertionError("\n".join(complaints) or self.process.tail())
        return self

    def _has_all(self):
        """Whether it knows as many plugins and transports as it was given: the first transport serves before the last
        one is loaded, and the log is written a moment later."""
        with contextlib.suppress(OSError, Unexpected), contextlib.closing(self.client()) as client:
            info = client.ask({"janus": "info"}, timeout_s=2)
            return all(len(info[kind]) == len(os.listdir(os.path.join(self.folder, kind)))
                       for kind in ("plugins", "transports"))
        return False

    def _complaints(self):
        return [line for line in self.process.output().splitlines()
                if "Couldn't load " in line or "could not be initialized" in line]

    NO_SOCKET = ("Unix Sockets thread ended", "No Janus API transport is available")

    def _has_no_socket(self, seen):
        """The first is said at debug level 4 only. Where it is said, nobody has to guess from threads."""
        if self.by_web:
            return False
        said = any(text in self.process.output()[seen:] for text in self.NO_SOCKET)
        return said or self.configs["janus"]["general"]["debug_level"] < 4 and self._nobody_listens()

    def _nobody_listens(self):
        """The other transport runs, this one does not, nor a moment later."""
        for pause_s in (1, 0):
            names = thread_names(self.process.pid)
            if "ws thread" not in names or "pfunix thread" in names:
                return False
            time.sleep(pause_s)
        return True

    def _run(self):
        """-> whether it serves, and where its output begins in the log"""
        configs = self.folder + "/configs"
        limit = ["prlimit", "--nofile=%d" % self.descriptors] if self.descriptors else []
        seen, up = len(self.process.output()) if self.process else 0, False
        self.process = Process(self.enter + limit + ["janus", "-F", configs, "-C", configs + "/janus.jcfg", "-o"],
                               self.log, self.environment)

        def has_begun():
            nonlocal up
            failed = not self.process.alive() or self._has_no_socket(seen)
            up = not failed and self._answers()
            return failed or up
        with contextlib.suppress(Late):
            wait_until(has_begun, "Janus up", timeout_s=SETTLED_S)
        return up, seen

    def _answers(self):
        try:
            client = self.client()
        except OSError:
            return False
        try:
            return client.ask({"janus": "ping"}, timeout_s=2)["janus"] == "pong"
        except (OSError, Unexpected):
            return False
        finally:
            client.close()

    @property
    def pid(self):
        return self.process.pid

    def alive(self):
        return self.process is not None and self.process.alive()

    def client(self):
        return self.ws_client() if self.by_web else self._own(Client.pfunix(self.api_path))

    def ws_client(self):
        """For messages of more than 8 KB, which the other transport does not take."""
        return self._own(Client.websocket(self.address, self.ws_port))

    def _own(self, client):
        client.janus = self
        return client

    def logged(self, *parts):
        """Until its log, which a thread of its own writes, has all of these. -> the log"""
        def whole():
            log = self.process.output()
            return all(part in log for part in parts) and log
        return wait_until(whole, "%s in the log" % (parts,))

    def tells_of_agents(self):
        """Whether its log does."""
        return self.configs["janus"]["general"]["debug_level"] >= 5

    def agents_gone(self, handle):
        """How many ICE agents of the handle of that number are no more."""
        return self.process.output().count("[%d] Disposing nice agent" % handle)

    def agents_lost(self):
        """How many ICE agents it holds for ever, with a descriptor each. Told that one is closed, Janus 1.1.2
        lets go of the one that its handle has now, which may be the next call's."""
        told = re.findall(r"(Closing|Disposing) nice agent (\S+)", self.process.output())
        closed, gone = (collections.Counter(agent for word, agent in told if word == which)
                        for which in ("Closing", "Disposing"))
        return (closed - gone).total()

    def admin(self, what, **fields):
        """One request of the Admin API -> its answer."""
        connection = (WebSocketConnection(self.address, self.ws_port + 1, "janus-admin-protocol")
                      if self.by_web else PfunixConnection(self.admin_path))
        with contextlib.closing(connection):
            connection.socket.settimeout(EVENT_S)
            connection.send(json.dumps({"janus": what, "transaction": "admin",
                                        "admin_secret": ADMIN_SECRET, **fields}).encode())
            answer = connection.receive()
        leaks.book.look("admin", what, answer)
        return json.loads(answer)

    def stop(self, grace_s=2 * EVENT_S):
        """-> exit code."""
        if self.process is None:
            return 0
        with contextlib.suppress(Late):
            wait_until(self._calm, "Janus calm", timeout_s=3, pause_s=0.05)
        try:
            code = self.process.stop(grace_s, self._stacks)
        finally:
            shutil.rmtree(self.sockets, ignore_errors=True)
        return code

    def _calm(self):
        """Janus 1.1.2 can hang or crash when it is ended while handles are going: its signal
        handler takes the lock of the log, and exit() does not wait for their threads. So they go
        first, and the log rests."""
        if not self.alive():
            return True
        size = os.path.getsize(self.log)
        busy = [name for name in thread_names(self.pid)
                if name.startswith("hloop ") and len(name) > len("hloop 999")]
        time.sleep(0.1)
        return not busy and os.path.getsize(self.log) == size

    def _stacks(self):
        """A Janus that does not end shows why, where there is a debugger."""
        if shutil.which("gdb"):
            with open(self.log, "ab") as log:
                subprocess.run(["gdb", "-p", str(self.pid), "-batch", "-ex", "thread apply all bt 12"],
                               stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=60, check=False)

    def sanitizer_reports(self, ours=("libjanus_ims", "libjanus_sipws")):
        """What the sanitizers found with a frame of ours in its stack."""
        output = self.process.output()
        blocks = [block for block in output.split("\n\n")
                  if "ERROR: AddressSanitizer" in block or "runtime error" in block or "leak of" in block]
        blocks += [block for block in output.split("=" * 18 + "\n") if "WARNING: ThreadSanitizer" in block]
        return [block for block in blocks if any(name in block for name in ours)]
