"""Whose CPU a process uses, by the kernel's profiler."""

import collections
import os
import shutil
import subprocess

HZ = 2999
LIBRARY = "libjanus_ims.so"
# What the plugin asks of the kernel on a loop of the core, which itself uses sendmsg, recvmsg and poll.
SEND_RECEIVE = ("sys_sendto", "sys_recvmmsg")
WAIT = ("sys_epoll_wait",)

# Shares of the CPU of its process. all: the plugin's code, and what it asks of the kernel on the telephone's side;
# system_calls: of that, sending and receiving.
Part = collections.namedtuple("Part", "all system_calls")


def part_of_plugin(pid, folder, seconds, work):
    """The plugin's part of the CPU that the process uses in so many seconds of work. None: there is no profiler here."""
    samples = _samples(pid, folder, seconds, work)
    return _part([stack for _, stack in samples]) if samples else None


class Profile:
    """Where threads of a process spend their CPU. samples: [(name of the thread, its stack, the innermost line first)]"""

    def __init__(self, samples):
        self.samples = samples

    def _stacks(self, thread):
        return [stack for comm, stack in self.samples if comm == thread and stack]

    def libraries_of(self, thread):
        """Shares of the kernel and of each library, the largest first."""
        places = collections.Counter(_place(stack[0]) for stack in self._stacks(thread))
        return [(place, count / places.total()) for place, count in places.most_common()]

    def share_below(self, thread, function):
        """Of what a function does, and all that it calls. None: the thread did nothing."""
        stacks = self._stacks(thread)
        return sum(_asks(stack, [function]) for stack in stacks) / len(stacks) if stacks else None


def profile(pid, folder, seconds, work):
    """None: there is no profiler here. By unwinding: Debian's libraries are built without frame pointers."""
    samples = _samples(pid, folder, seconds, work, "dwarf,16384")
    return samples and Profile(samples)


def _samples(pid, folder, seconds, work, graph="fp"):
    """As Profile has them, of so many seconds of work; None: there is no profiler here."""
    if not shutil.which("perf"):
        return None
    data = os.path.join(folder, "perf.%d" % pid)
    with subprocess.Popen(["perf", "record", "-q", "-e", "cpu-clock", "-F", str(HZ), "--call-graph", graph, "-p", str(pid),
                           "-o", data, "--", "sleep", str(seconds)], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as child:
        work()
        failed = child.wait(seconds + 30)
    if failed:
        return None
    told = subprocess.run(["perf", "script", "--no-inline", "-i", data, "-F", "comm,ip,sym,dso"], capture_output=True,
                          text=True, check=True).stdout
    samples = [sample.strip("\n").split("\n") for sample in told.split("\n\n") if sample.strip()]
    return [(comm.strip(), stack) for comm, *stack in samples]


def _place(line):
    """Of "7f00 name (/usr/lib/libc.so.6)"."""
    name = os.path.basename(line.rpartition("(")[2].rstrip(")"))
    return "the kernel" if name.startswith("[") else name.partition(".so")[0]


def _part(samples):
    in_calls = sum(_asks(stack, SEND_RECEIVE) for stack in samples)
    beside = sum(_asks(stack, WAIT) or (bool(stack) and LIBRARY in stack[0]) for stack in samples)
    return Part((in_calls + beside) / len(samples), in_calls / len(samples)) if samples else None


def _asks(stack, calls):
    return any(call in line for line in stack for call in calls)
