"""What npm brings into a folder that has a lock file."""

import fcntl
import os
import subprocess
import sys


def install(folder):
    """Unless it is there. Layers that run beside each other wait for each other."""
    lock, installed = (os.path.join(folder, name) for name in ("package-lock.json", "node_modules/.package-lock.json"))
    with open(lock) as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not os.path.exists(installed) or os.path.getmtime(installed) < os.path.getmtime(lock):
            subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, check=True,
                           stdout=sys.stderr, timeout=300)
