"""Where things are."""

import glob
import os
import sys

LIB = os.path.dirname(os.path.realpath(__file__))
TESTS = os.path.dirname(LIB)
TOP = os.path.dirname(TESTS)
LAB = os.path.join(TESTS, "ims-lab")
BUILD = os.path.abspath(os.environ.get("IMS_TEST_BUILD") or os.path.join(TOP, "build", "test"))

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(LAB, "tests"))      # sipua


def built(name, build=None):
    """A shared object of the build tree, wherever libtool has put it. build: None, BUILD, as it is now."""
    build = build or BUILD
    for path in (os.path.join(build, name), os.path.join(build, ".libs", name)):
        if os.path.exists(path):
            return os.path.realpath(path)
    raise AssertionError("%s is not in %s: build it, or set IMS_TEST_BUILD" % (name, build))


def janus_folder(kind):
    """Debian's folder of plugins, transports, ..."""
    found = glob.glob("/usr/lib/*/janus/" + kind)
    if not found:
        raise AssertionError("Janus is not installed: package janus")
    return found[0]
