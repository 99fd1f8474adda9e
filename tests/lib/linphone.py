"""linphonec as the telephone: a third SIP and RTP implementation, one with PRACK and UPDATE, that
plays a tone and records what it hears. Driven by what a person would type."""

import os
import re
import subprocess

from lab import NET, PCSCF, REALM
from patience import EVENT_S
from process import Process, wait_closed, wait_until
from rtp import read_wav, tone, write_wav

CONFIG = """\
[sip]
sip_port=5060
sip_tcp_port=0
sip_tls_port=0
bind_address={ip}
use_ipv6=0
guess_hostname=0
register_only_when_network_is_up=0
default_proxy=0
{srtp}{sip}
[rtp]
bind_address={ip}
[proxy_0]
reg_proxy=<sip:{pcscf}:5060;transport=udp>
reg_route=<sip:{pcscf}:5060;transport=udp;lr>
reg_identity={user.impu}
reg_expires=600
reg_sendregister=1
[auth_info_0]
username={user.name}
userid={user.impi}
passwd={user.password}
realm={realm}
domain={realm}
"""
ENDED = r"Call \d+ with .* ended"


class Linphone:
    """srtp: encryption is mandatory. Registers at start."""

    silent_hold = False     # who is held goes on hearing the tone: it is the music as well

    def __init__(self, folder, user, ip=NET + ".34", hz=880, seconds=20, srtp=False, sip=""):
        """sip: more lines of its section of that name."""
        self.folder, self.user, self.ip, self.hz = folder, user, ip, hz
        self.recording = folder + "/heard.wav"
        for name in (".local/share/linphone", ".config/linphone"):
            os.makedirs(os.path.join(folder, name), exist_ok=True)
        write_wav(folder + "/tone.wav", tone(hz, seconds, 16000), 16000)
        with open(folder + "/linphonerc", "w") as f:
            f.write(CONFIG.format(ip=ip, pcscf=PCSCF, user=user, realm=REALM, sip=sip,
                                  srtp="media_encryption=srtp\nmedia_encryption_mandatory=1\n" if srtp else ""))
        self.process, self.seen = None, 0

    def start(self):
        self.process = Process(["linphonec", "-S", "-c", self.folder + "/linphonerc", "-d", "6", "-l",
                                self.folder + "/linphone.log"], self.folder + "/console",
                               env={"HOME": self.folder}, stdin=subprocess.PIPE)
        self.wait(r"\nlinphonec> ")
        self.ask("soundcard use files", r"wav files instead")
        self.ask("play %s/tone.wav" % self.folder)
        self.ask("record " + self.recording)
        wait_until(lambda: "registered, identity" in self.ask("status register", r"regist\w+.*\n"),
                   "linphone registered", pause_s=0.1)
        return self

    def type(self, line):
        self.process.child.stdin.write((line + "\n").encode())
        self.process.child.stdin.flush()

    def ask(self, line, answer=r"\nlinphonec> "):
        """A line at its prompt, then the wanted answer. -> what it said until then"""
        self.type(line)
        return self.wait(answer)

    def wait(self, pattern, timeout_s=EVENT_S):
        """Until that is said after what was awaited before. -> what was said until then"""
        def find():
            said = self.process.output()
            match = re.compile(pattern).search(said, self.seen)
            if not match and not self.process.alive():
                raise AssertionError("linphonec ended:\n" + self.process.tail())
            if match:
                start, self.seen = self.seen, match.end()
                return said[start:match.end()]
            return None
        try:
            return wait_until(find, "linphone: %s" % pattern, timeout_s=timeout_s)
        except AssertionError as error:
            raise AssertionError("%s; it said:\n%s" % (error, self.process.tail())) from None

    def dial(self, uri):
        self.ask("call " + uri, r"assigned id \d+")

    def answer(self):
        self.wait("Receiving new incoming call")
        self.ask("answer", r"Call \d+ with .* connected")

    def until_talking(self):
        self.wait("Media streams established")

    def press(self, digit):
        self.type(digit)

    def until_digit(self, digit):
        self.wait("Receiving tone %s from" % re.escape(digit))

    def hold(self):
        self.ask("pause", "is now paused")

    def resume(self):
        self.ask("resume", "Media streams established")

    def hangup(self):
        self.type("terminate")

    def until_over(self):
        self.wait(ENDED)

    def heard(self):
        """Recording of the last call. -> samples, rate"""
        wait_closed(self.process.pid, self.recording)
        return read_wav(self.recording)

    def stop(self):
        if self.process is None:
            return
        if self.process.alive():
            self.type("quit")
        self.process.stop(3)
        self.process.child.stdin.close()
