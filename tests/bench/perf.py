"""Whose CPU a process uses, by the kernel's profiler."""

import collections
import os
import shutil
import subprocess

HZ = 2999
LIBRARIES = ("libjanus_ims.so", "libjanus_sip.so")
# What a plugin asks of the kernel on a loop of the core, which itself uses sendmsg, recvmsg and poll.
CALLS = ("sys_sendto", "sys_recvmmsg", "sys_recvfrom")
LOOKS = ("sys_epoll_wait",)
RELAY = "siprtp"                                # janus.plugin.sip's threads

# Shares of the CPU of its process. all: its code, what it asks of the kernel on the telephone's side, and its threads;
# system_calls: of that, sending and receiving.
Part = collections.namedtuple("Part", "all system_calls")


def part_of_plugin(pid, folder, seconds, work):
    """The plugin's part of the CPU that the process uses in so many seconds of work. None: there is no profiler here."""
    if not shutil.which("perf"):
        return None
    data = os.path.join(folder, "perf.%d" % pid)
    with subprocess.Popen(["perf", "record", "-q", "-e", "cpu-clock", "-F", str(HZ), "-g", "-p", str(pid), "-o", data,
                           "--", "sleep", str(seconds)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        work()
        failed = child.wait(seconds + 30)
    return None if failed else _part(data)


def _part(data):
    told = subprocess.run(["perf", "script", "-i", data, "-F", "comm,ip,sym,dso"], capture_output=True, text=True,
                          check=True).stdout
    samples = [sample.strip("\n").split("\n") for sample in told.split("\n\n") if sample.strip()]
    in_calls = sum(_asks(sample, CALLS) for sample in samples)
    beside = sum(_is_plugins(sample) and not _asks(sample, CALLS) for sample in samples)
    return Part((in_calls + beside) / len(samples), in_calls / len(samples)) if samples else None


def _asks(sample, calls):
    return any(call in line for line in sample for call in calls)


def _is_plugins(sample):
    first, *stack = sample
    if first.split()[0].startswith(RELAY) or _asks(stack, LOOKS):
        return True
    return bool(stack) and any(name in stack[0] for name in LIBRARIES)
