"""baresip as the telephone: an independent SIP and RTP implementation that plays a tone and
records what it hears."""

import glob
import json
import os
import re
import shutil
import socket
import tempfile
import threading
import time

import paths        # noqa: F401
import png
from lab import NET, PCSCF
from patience import EVENT_S
from process import Process, wait_closed, wait_until
from rtp import read_wav, tone, write_wav

CONFIG = """\
poll_method epoll
sip_listen {ip}:5060
net_interface {ip}
rtp_ports 52000-52999
audio_player aubridge,nil
audio_source aufile,{tone}
audio_alert aubridge,nil
ausrc_srate {rate}
module_path {modules}
module {codecs}.so
module aufile.so
module aubridge.so
module sndfile.so
module_app account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control}
snd_path {recordings}
"""

VIDEO = """\
module avcodec.so
module fakevideo.so
module snapshot.so
video_source fakevideo,nil
video_display fakevideo,nil
video_size 352x288
video_bitrate 300000
video_fps 15
"""
TAKEN = "png: wrote snapshot-recv-"


def netstring(text):
    data = text.encode()
    return b"%d:%s," % (len(data), data)


class Baresip:
    """codec: "g711", "g722" or "opus". video: a test picture in H.264. srtp: its mediaenc, "srtp" (optional) or
    "srtp-mand". seconds: of its tone; at the end of it, it hangs up. Registers at start."""

    silent_hold = True

    def __init__(self, folder, user, ip=NET + ".33", hz=440, codec="g711", seconds=60,
                 answermode="manual", video=False, srtp=None):
        self.user, self.ip, self.hz, self.folder = user, ip, hz, folder
        self.rate, channels = {"g711": (8000, 1), "g722": (16000, 1), "opus": (48000, 2)}[codec]
        # Not in the folder: what it records to has a short path, or loses its end.
        self.recordings = tempfile.mkdtemp(prefix="ims-baresip-")
        write_wav(folder + "/tone.wav", tone(hz, 1, self.rate) * seconds, self.rate, channels)
        modules = os.path.dirname(glob.glob("/usr/lib/baresip/modules/account.so")[0])
        self.control_port = 4400 + int(ip.rsplit(".", 1)[1])
        with open(folder + "/config", "w") as f:
            f.write(CONFIG.format(ip=ip, tone=folder + "/tone.wav", rate=self.rate,
                                  modules=modules, codecs=codec, control=self.control_port,
                                  recordings=self.recordings) + (VIDEO if video else "") + ("module srtp.so\n" if srtp else ""))
        with open(folder + "/accounts", "w") as f:
            f.write('<%s>;auth_user=%s;auth_pass=%s;outbound="sip:%s;transport=udp";regint=600'
                    ";answermode=%s%s\n" % (user.impu, user.impi, user.password, PCSCF, answermode,
                                           ";mediaenc=" + srtp if srtp else ""))
        self.process, self.control = None, None
        self.events, self.responses = [], []
        self.changed = threading.Condition()

    def start(self):
        self.process = Process(["baresip", "-f", self.folder], self.folder + "/log", cwd=self.folder)
        self.control = wait_until(self._connect, "baresip up")
        threading.Thread(target=self._receive, daemon=True).start()
        wait_until(lambda: "} 200 OK" in self.process.output(), "baresip registered")
        return self

    def _connect(self):
        if not self.process.alive():
            raise AssertionError("baresip ended:\n" + self.process.tail())
        try:
            return socket.create_connection(("127.0.0.1", self.control_port), timeout=EVENT_S)
        except OSError:
            return None

    def _receive(self):
        data = b""
        self.control.settimeout(None)
        while True:
            try:
                more = self.control.recv(65536)
            except OSError:
                return
            if not more:
                return
            data += more
            while True:
                m = re.match(rb"(\d+):", data)
                end = m.end() + int(m.group(1)) if m else 0
                if not m or len(data) <= end:
                    break
                message = json.loads(data[m.end():end])
                data = data[end + 1:]
                with self.changed:
                    (self.events if "event" in message else self.responses).append(message)
                    self.changed.notify_all()

    def command(self, name, params=""):
        """-> what baresip says to it"""
        with self.changed:
            before = len(self.responses)
            self.control.sendall(netstring(json.dumps({"command": name, "params": params})))
            if not self.changed.wait_for(lambda: len(self.responses) > before, EVENT_S):
                raise AssertionError("baresip does not answer %s" % name)
            return self.responses[-1].get("data", "")

    def wait(self, kind, timeout_s=EVENT_S):
        """The next event of that type: CALL_INCOMING, CALL_RINGING,
        CALL_ESTABLISHED, CALL_CLOSED, ..."""
        end = time.monotonic() + timeout_s
        with self.changed:
            while True:
                for event in self.events:
                    if event.get("type") == kind:
                        self.events.remove(event)
                        return event
                left = end - time.monotonic()
                if left <= 0:
                    raise AssertionError("baresip: no %s in %.0f s, only %r\n%s" % (
                        kind, timeout_s, [e.get("type") for e in self.events], self.process.tail()))
                self.changed.wait(left)

    def dial(self, uri):
        self.command("dial", uri)

    def accept(self):
        self.command("accept")

    def answer(self):
        self.wait("CALL_INCOMING")
        self.accept()

    def until_talking(self):
        self.wait("CALL_ESTABLISHED")

    def press(self, digit):
        self.command("sndcode", digit)

    def until_digit(self, digit):
        got = self.wait("CALL_DTMF_START")["param"]
        if got != digit:
            raise AssertionError("baresip got the digit %r, not %r" % (got, digit))

    def hold(self):
        self.command("hold")

    def resume(self):
        self.command("resume")

    def hangup(self):
        self.command("hangup")

    def until_over(self):
        self.wait("CALL_CLOSED")

    def heard(self):
        """Recording of the last call. -> samples, rate"""
        found = sorted(glob.glob(self.recordings + "/dump-*-dec.wav"), key=os.path.getmtime)
        if not found:
            raise AssertionError("baresip recorded nothing")
        wait_closed(self.process.pid, found[-1])    # which it does after it has said that the call is over
        return read_wav(found[-1])

    def sees(self):
        """-> the colour in the middle of the picture that it gets"""
        before = self.process.output().count(TAKEN)
        self.command("snapshot")
        wait_until(lambda: self.process.output().count(TAKEN) > before, "baresip's picture")
        return png.middle(max(glob.glob(self.folder + "/snapshot-recv-*.png"), key=os.path.getmtime))

    def stop(self):
        if self.process is None:
            return
        try:
            self.command("quit")
        except (AssertionError, OSError):
            pass
        self.process.stop(3)
        shutil.rmtree(self.recordings, ignore_errors=True)
        if self.control:
            self.control.close()
