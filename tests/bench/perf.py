"""Whose CPU a process uses, by the kernel's profiler."""

import os
import shutil
import subprocess

HZ = 997
LIBRARIES = ("libjanus_ims.so", "libjanus_sip.so")
# What a plugin asks of the kernel on a loop of the core, which itself uses sendmsg, recvmsg and poll.
CALLS = ("sys_sendto", "sys_recvmmsg")
RELAY = "siprtp"                                # janus.plugin.sip's threads


def share_of_plugin(pid, folder, seconds, work):
    """The plugin's share of the CPU that the process uses meanwhile: its own code, what it reads and sends on the
    telephone's side, and its own threads. None: there is no profiler here. -> share, what work() returned"""
    if not shutil.which("perf"):
        return None, work()
    data = os.path.join(folder, "perf.%d" % pid)
    with subprocess.Popen(["perf", "record", "-q", "-e", "cpu-clock", "-F", str(HZ), "-g", "-p", str(pid), "-o", data,
                           "--", "sleep", str(seconds)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        done = work()
        failed = child.wait(seconds + 30)
    if failed:
        return None, done
    told = subprocess.run(["perf", "script", "-i", data, "-F", "comm,ip,sym,dso"], capture_output=True, text=True,
                          check=True).stdout
    samples = [sample for sample in told.split("\n\n") if sample.strip()]
    return sum(map(_is_plugins, samples)) / max(len(samples), 1), done


def _is_plugins(sample):
    first, *stack = sample.strip("\n").split("\n")
    if first.split()[0].startswith(RELAY):
        return True
    return bool(stack) and (any(name in stack[0] for name in LIBRARIES)
                            or any(call in line for line in stack for call in CALLS))
