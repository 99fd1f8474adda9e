"""How many Digest challenges one core answers, which is what proving costs a registration."""

import json
import subprocess

import built
import report

SIZES = {"full": (5, 1.0), "quick": (3, 0.3), "tiny": (1, 0.01)}       # runs, seconds of CPU for each row
TEXT = ("Digest challenges answered, each from the header value of the 401 to that of the next REGISTER: read, chosen, hashed, "
        "written. Per second of CPU of one core; what a registration takes in all is above.")


def measure(_state, size):
    count, seconds = SIZES[size]
    runs = [json.loads(subprocess.check_output([built.path("digest_load"), str(seconds)])) for _ in range(count)]
    each_us = [{name: 1e6 / rate for name, rate in run.items()} for run in runs]
    rows = [[name, report.spread(runs, name, 0), report.spread(each_us, name, 1)] for name in runs[0]]
    return report.Table("Digest", TEXT, ["algorithm", "per second and core", "us of CPU each"], rows, [])
