"""sipp: scenarios in XML, for load and for odd peers."""

import os
import subprocess

import paths
from lab import PCSCF, REALM
from patience import SETTLED_S
from process import Process

SCENARIOS = os.path.join(paths.LAB, "tests", "sipp")


class Sipp:
    """Runs one scenario of the lab; wait() says whether all its calls went well.
    rows: lines of the injection file, taken in turn; calls: as many, unless said otherwise."""

    def __init__(self, folder, scenario, rows, ip="127.0.1.51", port=5071, target=PCSCF,
                 calls=None, at_a_time=None, rate=10, expires=600):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        with open(folder + "/rows.csv", "w") as f:
            f.write("SEQUENTIAL\n" + "".join(row + ";\n" for row in rows))
        self.process = Process(
            ["sipp", target + ":5060", "-nostdin", "-trace_err", "-i", ip, "-p", str(port),
             "-sf", os.path.join(SCENARIOS, scenario), "-inf", folder + "/rows.csv",
             "-m", str(calls or len(rows)), "-r", str(rate), "-s", REALM,
             "-key", "expires", str(expires), *(["-l", str(at_a_time)] if at_a_time else [])],
            folder + "/out", env={"TERM": "dumb"}, cwd=folder)

    @staticmethod
    def credentials(user):
        """A row of register.xml."""
        return "%s;[authentication username=%s password=%s]" % (user.name, user.impi, user.password)

    def wait(self, timeout_s=SETTLED_S):
        try:
            code = self.process.child.wait(timeout_s)
        except subprocess.TimeoutExpired:
            code = "no end in %.0f s" % timeout_s
        if code:
            raise AssertionError("sipp: %s\n%s" % (code, self.errors()))

    def errors(self):
        texts = []
        for name in sorted(os.listdir(self.folder)):
            if name.endswith("_errors.log"):
                with open(os.path.join(self.folder, name)) as f:
                    texts.append(f.read())
        return "\n".join(texts)[:4000]

    def stop(self):
        self.process.stop(2)
