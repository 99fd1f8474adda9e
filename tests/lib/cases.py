"""Cases: Python functions that get a World, and what runs them.

    @case("REQ-01", "REQ-03")
    def register_path(w):
        \"\"\"REGISTER carries Path and P-Visited-Network-ID\"\"\"
"""

import argparse
import contextlib
import fcntl
import glob
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
import traceback

import edge
import leaks
import paths
from patience import CASE_S, EVENT_S
from world import Run, World


SLOWEST = 15


class Case:
    def __init__(self, function, requirements, timeout_s, long=False):
        self.function, self.requirements, self.timeout_s = function, requirements, timeout_s
        self.long = long
        self.name, self.module = function.__name__, function.__module__
        self.title = (function.__doc__ or "").strip().split("\n")[0]
        self.ok, self.details, self.ms = None, "", 0


_found = []


def case(*requirements, timeout_s=CASE_S, long=False):
    """long: takes more time than the everyday layers have; runs when named, and in the long layer."""
    def mark(function):
        _found.append(Case(function, requirements, timeout_s, long))
        return function
    return mark


class OutOfTime(BaseException):
    """Not an Exception, so that no case swallows it."""


@contextlib.contextmanager
def time_limit(seconds):
    def ring(*_):
        raise OutOfTime("not finished in %d s" % seconds)
    signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


def where_in(function, error):
    """Lines of the case and its helpers that led to the error, without the harness."""
    rows = [f for f in traceback.extract_tb(error.__traceback__)
            if os.path.dirname(os.path.realpath(f.filename)) != paths.LIB]
    return "\n".join("    %s:%d: %s" % (os.path.basename(f.filename), f.lineno, f.line)
                     for f in rows)


def run_case(one, run, settings):
    world = World(run, settings, one.name)
    start = time.monotonic()
    try:
        with time_limit(one.timeout_s):
            one.function(world)
            world.check_alive()
            world.check_documented()
        one.ok = True
    except (Exception, OutOfTime) as error:
        one.ok = False
        one.details = "    %s: %s\n%s\n%s" % (type(error).__name__, error,
                                             where_in(one.function, error), world.evidence())
    one.ms = int((time.monotonic() - start) * 1000)
    with contextlib.suppress(OutOfTime):
        with time_limit(2 * EVENT_S):
            world.close(failed=not one.ok)
    if world.found:
        one.ok, one.details = False, "\n\n".join([one.details, *world.found[:5]])


def show(one):
    line = "%-4s %-44s (%d ms) %s\n" % ("ok" if one.ok else "FAIL", one.name, one.ms, " ".join(one.requirements))
    sys.stdout.write(line if one.ok else line + one.details + "\n")     # at once: several may write beside each other
    sys.stdout.flush()


def load(path):
    """Cases of one file."""
    spec = importlib.util.spec_from_file_location(os.path.basename(path)[:-3], path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    first = len(_found)
    spec.loader.exec_module(module)
    return module, _found[first:]


def run_file(module, cases, run):
    """One Janus for the file; its end is a case as well."""
    settings = getattr(module, "EDGE", {})
    for one in cases:
        run_case(one, run, settings)
        show(one)
    last = Case(lambda w: run.end_janus(), (), CASE_S)
    last.name = module.__name__ + "_janus_ends"
    run_case(last, run, settings)
    kept = Case(lambda w: leaks.book.check(run), ("REQ-73",), CASE_S)
    kept.name = module.__name__ + "_keeps_secrets"
    run_case(kept, run, settings)
    if not kept.ok:
        show(kept)
    if not last.ok or run.sanitizer:
        show(last)
        return cases + [last, kept]
    return cases + [kept]


def chosen(module, cases, names, long):
    """Those of the file that are as long as asked for, and whoever is named."""
    whole = not names or module.__name__ in names or module.__name__.replace("test_", "", 1) in names
    return [c for c in cases if c.name in names or whole and c.long == long]


def write_report(path, cases):
    lines = sorted({"%s %s %s" % (requirement, "ok" if c.ok else "FAIL", c.name)
                    for c in cases for requirement in c.requirements},
                   key=lambda line: (int(line.split()[0].split("-")[1]), line))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.writelines(line + "\n" for line in lines)


def write_times(path, rows):
    """rows: (milliseconds, case or file)"""
    with open(path, "w") as f:
        f.writelines("%d %s\n" % row for row in rows)


def show_slowest(state):
    """Where the time of a whole layer went; of a few cases everybody sees it."""
    for kind in ("cases", "files"):
        rows = []
        for path in glob.glob("%s/**/%s.times" % (state, kind), recursive=True):
            with open(path) as f:
                rows += [line.split() for line in f]
        if len(rows) > SLOWEST:
            rows.sort(key=lambda row: -int(row[0]))
            print("slowest %s: %s" % (kind, ", ".join("%s %.1f s" % (name, int(ms) / 1000)
                                                      for ms, name in rows[:SLOWEST])))


def list_cases(files):
    for module, cases in files:
        for c in cases:
            print("%-24s %-44s %s%s" % (module.__name__, c.name, "(long) " if c.long else "", c.title))


def lock(path):
    """One run at a time in a build folder."""
    held = open(path, "w")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        print("waiting for another run in %s" % paths.BUILD, file=sys.stderr)
        fcntl.flock(held, fcntl.LOCK_EX)
    return held


def arguments(layer):
    parser = argparse.ArgumentParser(prog="run")
    parser.add_argument("-l", "--list", action="store_true", help="list the cases")
    parser.add_argument("--asan", dest="sanitizer", action="store_const", const="asan",
                        help="Janus under ASan and UBSan")
    parser.add_argument("--tsan", dest="sanitizer", action="store_const", const="tsan",
                        help="Janus under ThreadSanitizer")
    parser.add_argument("--long", action="store_true", help="the long cases in place of the others")
    parser.add_argument("--report", default=os.path.join(paths.BUILD, layer, "report.txt"))
    parser.add_argument("--together", type=int, default=1, metavar="N",
                        help="N files at a time, each with a namespace, core and Janus of its own")
    parser.add_argument("--worker", help=argparse.SUPPRESS)     # which of those this one is
    parser.add_argument("names", nargs="*", help="cases or files; none: all")
    return parser.parse_args()


def prepare_outside(prepare):
    """What has to be fetched is fetched before: from the namespace nothing can leave."""
    try:
        paths.built(edge.OBJECT)
        prepare()
    except (AssertionError, subprocess.SubprocessError) as error:
        sys.exit(str(error))


def enter_namespace(prepare):
    prepare_outside(prepare)
    netns = os.path.join(paths.LIB, "netns")
    os.execv(netns, [netns, sys.executable] + sys.argv)


def run_files(files, args, run):
    """-> the cases that ran"""
    done, times = [], []
    try:
        for module, cases in files:
            mine = chosen(module, cases, args.names, args.long)
            if mine:
                start = time.monotonic()
                done += run_file(module, mine, run)
                times.append(((time.monotonic() - start) * 1000, module.__name__))
    finally:
        run.close()
    write_times(run.state + "/cases.times", [(c.ms, c.name) for c in done])
    write_times(run.state + "/files.times", times)
    return done


def largest_first(files):
    """With the most cases; so it is short ones that are left for the end, when there are none for the other workers."""
    return sorted(files, key=lambda file: -len(file[1]))


def taken(files, queue):
    """Those files, of a queue that several workers share, that come to this one."""
    with open(queue, "r+") as f:
        for index, file in enumerate(files):
            fcntl.flock(f, fcntl.LOCK_EX)
            f.seek(0)
            mine = int(f.read()) == index
            if mine:
                f.seek(0)
                f.write("%d" % (index + 1))
                f.flush()
            fcntl.flock(f, fcntl.LOCK_UN)
            if mine:
                yield file


def run_together(args, state, prepare):
    """-> exit code. Each worker is a run of its own."""
    prepare_outside(prepare)
    with open(state + "/queue", "w") as f:
        f.write("0")
    netns = os.path.join(paths.LIB, "netns")
    reports = ["%s/%d.txt" % (state, k) for k in range(args.together)]
    workers = [subprocess.Popen([netns, sys.executable] + sys.argv + ["--worker=%d" % k, "--report=" + report])
               for k, report in enumerate(reports)]
    try:
        codes = [worker.wait() for worker in workers]
    except BaseException:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait()
        raise
    with open(args.report, "w") as out:
        for report in filter(os.path.exists, reports):
            with open(report) as f:
                out.write(f.read())
    return max(codes)


def run_worker(files, args, make_run, state):
    """-> exit code"""
    os.makedirs(state, exist_ok=True)
    done = run_files(files, args, make_run(state, args.sanitizer))
    write_report(args.report, done)
    bad = [c for c in done if not c.ok]
    if not done and not args.worker:
        sys.exit("no such case; -l lists them")
    for c in bad:
        print("FAIL %s" % c.name)
    print("%d passed, %d failed" % (len(done) - len(bad), len(bad)))
    return 1 if bad else 0


def main(folder, layer="integration", make_run=Run, prepare=lambda: None):
    """layer: names the state folder in the build tree; make_run: what its cases share; prepare: before the
    namespace is entered."""
    args = arguments(layer)
    files = [load(os.path.join(folder, name)) for name in sorted(os.listdir(folder))
             if name.startswith("test_") and name.endswith(".py")]
    if args.list:
        return list_cases(files)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    state = os.path.join(paths.BUILD, layer)
    if args.worker:
        return run_worker(taken(largest_first(files), state + "/queue"), args, make_run, os.path.join(state, args.worker))
    if args.together == 1 and "IMS_TEST_NETNS" not in os.environ:
        enter_namespace(prepare)
    alone = lock(state + ".lock")       # held until the end
    shutil.rmtree(state, ignore_errors=True)
    os.makedirs(state)
    if args.together > 1:
        code = run_together(args, state, prepare)
    else:
        code = run_worker(files, args, make_run, state)
    show_slowest(state)
    alone.close()
    return code
