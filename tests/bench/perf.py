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
    samples = [sample.strip("\n").split("\n")[1:] for sample in told.split("\n\n") if sample.strip()]
    in_calls = sum(_asks(stack, SEND_RECEIVE) for stack in samples)
    beside = sum(_asks(stack, WAIT) or (bool(stack) and LIBRARY in stack[0]) for stack in samples)
    return Part((in_calls + beside) / len(samples), in_calls / len(samples)) if samples else None


def _asks(stack, calls):
    return any(call in line for line in stack for call in calls)
