"""What the bench runs: the plugin as it is shipped, its load generators, and programs made of its parts."""

import os
import subprocess

import paths

HERE = os.path.dirname(os.path.realpath(__file__))
# Their sources and what they link.
GENERATORS = {"api_load": (["api_load", "janus_api"], "glib-2.0 jansson"), "rtp_load": (["rtp_load"], "glib-2.0"), "floor": (["floor"], "glib-2.0"),
              "exchange": (["exchange"], "glib-2.0"),
              "call_load": (["call_load", "call_parts", "far_end", "janus_api"], "glib-2.0 jansson"),
              "offer_load": (["offer_load", "call_parts", "far_end", "janus_api"], "glib-2.0 jansson")}


def path(name):
    return os.path.join(paths.BUILD, name)


def _generator(name, parts, modules):
    sources = [os.path.join(HERE, part + ".c") for part in parts]
    if os.path.exists(path(name)) and os.path.getmtime(path(name)) > max(map(os.path.getmtime, sources)):
        return
    flags = subprocess.check_output(["pkg-config", "--cflags", "--libs"] + modules.split(), text=True).split()
    subprocess.run(["gcc", "-std=gnu11", "-D_GNU_SOURCE", "-O2", "-Wall", *sources, "-o", path(name)] + flags, check=True)


def _plugin():
    if not os.path.exists(os.path.join(paths.TOP, "configure")):
        subprocess.run(["autoreconf", "-i"], cwd=paths.TOP, check=True)
    if not os.path.exists(path("Makefile")):
        subprocess.run([os.path.join(paths.TOP, "configure"), "-q", "CFLAGS=-g -O2"], cwd=paths.BUILD, check=True)
    subprocess.run(["make", "-s", "-j%d" % (os.cpu_count() or 1), "libjanus_ims.la", "libjanus_sipws.la"], cwd=paths.BUILD, check=True,
                   stdout=subprocess.DEVNULL)


def _of_parts(name):
    """A program that links what libims.la is made of."""
    modules = ["gio-2.0", "glib-2.0", "jansson", "libconfig", "libcrypto", "libcurl", "librhonabwy"]
    flags = subprocess.check_output(["pkg-config", "--cflags", "--libs"] + modules, text=True).split()
    subprocess.run(["gcc", "-std=gnu11", "-D_GNU_SOURCE", "-O2", "-Wall", "-I" + os.path.join(paths.TOP, "plugin"),
                    os.path.join(HERE, name + ".c"), path(".libs/libims.a"), "-o", path(name)] + flags, check=True)


def everything():
    os.makedirs(paths.BUILD, exist_ok=True)
    for name, (parts, modules) in GENERATORS.items():
        _generator(name, parts, modules)
    if "IMS_TEST_OBJECT" not in os.environ:
        _plugin()
        _of_parts("digest_load")
        _of_parts("token_load")
