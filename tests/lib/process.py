"""Programs that tests start, and what /proc tells about them."""

import collections
import contextlib
import ctypes
import glob
import os
import signal
import subprocess
import time
from dataclasses import dataclass, field

from patience import EVENT_S, SETTLED_S


class Process:
    """A program in a session of its own, with its output in a file."""

    def __init__(self, argv, log, env=None, cwd=None, stdin=subprocess.DEVNULL):
        self.argv, self.log = argv, log
        with open(log, "ab") as out:
            self.child = subprocess.Popen(argv, stdin=stdin, stdout=out, stderr=out,
                                          start_new_session=True, cwd=cwd,
                                          env={**os.environ, **(env or {})})
        self.pid = self.child.pid

    def alive(self):
        return self.child.poll() is None

    def stop(self, grace_s=5, late=lambda: None):
        """Asks it to end, then makes it; late() is called in between. -> exit code, negative: the
        signal that ended it."""
        if self.alive():
            self.child.send_signal(signal.SIGTERM)
        try:
            return self.child.wait(grace_s)
        except subprocess.TimeoutExpired:
            late()
            os.killpg(self.pid, signal.SIGKILL)
            return self.child.wait(EVENT_S)

    def output(self):
        with open(self.log, "rb") as f:
            return f.read().decode("utf-8", "replace")

    def tail(self, lines=15):
        return "\n".join(self.output().splitlines()[-lines:])


class Late(AssertionError):
    pass


def wait_until(condition, what, *, timeout_s=EVENT_S, pause_s=0.02):
    """For what nobody announces, such as a file that appears. -> what the condition returned."""
    end = time.monotonic() + timeout_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Late("%s: not within %.0f s" % (what, timeout_s))
        time.sleep(pause_s)


@dataclass
class Counters:
    """What a process holds. Threads of GLib's pool, which is Janus's, follow the requests under way and end when idle
    for some time, so they are counted apart and not compared."""
    threads: int
    pool: int
    descriptors: int
    udp_sockets: int
    rss_kb: int
    links: collections.Counter = field(repr=False)      # what the descriptors are

    def within(self, other):
        """Memory is not compared: allocators keep some."""
        return (self.threads <= other.threads and self.descriptors <= other.descriptors
                and self.udp_sockets <= other.udp_sockets)


def udp_inodes():
    found = set()
    for name in ("udp", "udp6"):
        with open("/proc/net/" + name) as f:
            found.update(line.split()[9] for line in f.readlines()[1:])
    return found


def open_files(pid):
    """What its descriptors are."""
    links = []
    for fd in os.listdir("/proc/%d/fd" % pid):
        with contextlib.suppress(FileNotFoundError):       # closed meanwhile
            links.append(os.readlink("/proc/%d/fd/%s" % (pid, fd)))
    return links


def wait_closed(pid, path):
    """Until the process has nothing open whose path begins so: what it wrote is whole."""
    path = os.path.realpath(path)
    wait_until(lambda: not any(link.startswith(path) for link in open_files(pid)), "the end of " + path)


def counters(pid):
    with open("/proc/%d/status" % pid) as f:
        status = dict(line.split(":", 1) for line in f)
    pool = sum(n for name, n in thread_names(pid).items() if name.startswith("pool-"))
    links, udp = open_files(pid), udp_inodes()
    return Counters(int(status["Threads"]) - pool, pool, len(links),
                    sum(link.startswith("socket:[") and link[8:-1] in udp for link in links),
                    int(status["VmRSS"].split()[0]), collections.Counter(links))


def what_is(link):
    """The link of a descriptor, and the line of /proc/net about it if it is a socket."""
    if link.startswith("socket:["):
        for kind in ("unix", "tcp", "udp", "tcp6", "udp6", "packet", "netlink", "raw"):
            with open("/proc/net/" + kind) as f:
                for line in f:
                    if link[8:-1] in line.split():
                        return "%s: %s %s" % (link, kind, " ".join(line.split()))
    return link


def thread_names(pid):
    """{"janus": 1, "ims sip": 1, ...}"""
    names = collections.Counter()
    for path in glob.glob("/proc/%d/task/*/comm" % pid):
        try:
            with open(path) as f:
                names[f.read().strip()] += 1
        except (FileNotFoundError, ProcessLookupError):     # ended meanwhile
            pass
    return names


def wait_counters(pid, want, timeout_s=SETTLED_S):
    """Until the process holds no more than `want`: some things end a moment later."""
    end = time.monotonic() + timeout_s
    while True:
        now = counters(pid)
        if now.within(want):
            return now
        if time.monotonic() > end:
            raise AssertionError("process %d holds %s, at its start %s; threads: %r; open since: %s" % (
                pid, now, want, dict(thread_names(pid)), [what_is(link) for link in now.links - want.links]))
        time.sleep(0.1)


def cpu_s(pid):
    """What a process has used with all its threads, those that have ended too; exact (the kernel's clock of it)."""
    return time.clock_gettime(~pid << 3 | 2)


ATTACH, DETACH, ANY_THREAD = 16, 17, 0x40000000         # PTRACE_ATTACH, PTRACE_DETACH, __WALL
# Calls of the kernel by which a thread waits, by machine: poll, select, epoll; sleep; futex.
LOOPS = {"x86_64": {7, 23, 232, 270, 271, 281}, "aarch64": {22, 72, 73}}
SLEEPS = {"x86_64": {35, 230}, "aarch64": {101, 115}}
FUTEX = {"x86_64": 202, "aarch64": 98}
FUTEX_WAIT, FUTEX_WAIT_BITSET, FUTEX_COMMAND = 0, 9, 0x7f
CONTENDED = 2                                           # what glibc's and GLib's mutexes wait with, unlike conditions
WITH_A_LOOP = {"ims sip", "sipws"}                      # threads that wait for something to do there only


def _ptrace(what, number):
    library = ctypes.CDLL(None, use_errno=True)
    if library.ptrace(what, number, None, None) != 0:
        raise OSError(ctypes.get_errno(), "ptrace")


def _is_at_rest(name, call, arguments):
    """Whether a thread that is in this call of the kernel waits for something to do, and not for a lock, or for a thread
    that is being made for it while it holds one, nor wakes another one while it holds one."""
    machine = os.uname().machine
    if call in LOOPS[machine]:
        return True
    if name in WITH_A_LOOP:
        return False
    if call == FUTEX[machine]:
        command, value = arguments[1] & FUTEX_COMMAND, arguments[2] & 0xffffffff
        return command == FUTEX_WAIT_BITSET or command == FUTEX_WAIT and value != CONTENDED
    return call in SLEEPS[machine]


def _halted_at_rest(pid, number, name):
    """Halts a thread, unless it has something to do just now. -> whether it stands still"""
    _ptrace(ATTACH, number)
    os.waitpid(number, ANY_THREAD)
    with open("/proc/%d/task/%d/syscall" % (pid, number)) as f:
        call, *arguments = f.read().split()
    if _is_at_rest(name, int(call), [int(one, 16) for one in arguments]):
        return True
    _ptrace(DETACH, number)
    return False


@contextlib.contextmanager
def halted_threads(pid, name):
    """The threads of a process that have this name stand still, as a debugger makes them; the others go on. They are
    halted where they wait for something to do, so with no lock in their hands."""
    numbers, halted = [], []
    for path in glob.glob("/proc/%d/task/*/comm" % pid):
        with open(path) as f:
            if f.read().strip() == name:
                numbers.append(int(path.split("/")[4]))
    try:
        for number in numbers:
            wait_until(lambda number=number: _halted_at_rest(pid, number, name), "thread %s at rest" % name)
            halted.append(number)
        yield
    finally:
        for number in halted:
            _ptrace(DETACH, number)
