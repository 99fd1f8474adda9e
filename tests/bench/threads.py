"""Which threads of a process use its CPU."""

import glob

OURS = ("ims sip", "ims push")      # of janus.plugin.ims: the SIP thread, and the pool that hands events to Janus


def cpu_s(pid):
    """{"ims sip": seconds, "ims push": seconds, "others": seconds} of the threads that are alive"""
    used = dict.fromkeys(OURS + ("others",), 0.0)
    for folder in glob.glob("/proc/%d/task/*" % pid):
        try:
            with open(folder + "/comm") as comm, open(folder + "/schedstat") as stat:
                name, ns = comm.read().strip(), int(stat.read().split()[0])
        except (FileNotFoundError, ProcessLookupError):     # ended meanwhile
            continue
        used[name if name in OURS else "others"] += ns / 1e9
    return used
