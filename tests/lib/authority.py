"""Certificates, by openssl."""

import ssl
import subprocess


class Authority:
    """One that signs certificates of servers."""

    def __init__(self, folder, name):
        self.folder, self.pem, self.key = folder, "%s/%s.pem" % (folder, name), "%s/%s.key" % (folder, name)
        self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                      "-subj", "/CN=" + name, "-keyout", self.key, "-out", self.pem, "-days", "2")

    @staticmethod
    def _openssl(*args):
        subprocess.run(["openssl", *args], check=True, capture_output=True)

    def certify(self, host, days=2):
        """-> a file with a certificate and its key, as HAProxy wants it"""
        base = "%s/%s" % (self.folder, host)
        with open(base + ".ext", "w") as f:
            f.write("subjectAltName=DNS:%s\n" % host)
        self._openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                      "/CN=" + host, "-keyout", base + ".key", "-out", base + ".csr")
        self._openssl("x509", "-req", "-in", base + ".csr", "-CA", self.pem, "-CAkey", self.key,
                      "-CAcreateserial", "-days", str(days), "-extfile", base + ".ext", "-out",
                      base + ".pem")
        with open(base + ".pem", "a") as both, open(base + ".key") as key:
            both.write(key.read())
        return base + ".pem"

    def issue(self, host, **options):
        """-> a context for a server; it keeps the names that clients ask for in .asked"""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certify(host, **options))
        context.asked = []
        context.sni_callback = lambda _, name, __: context.asked.append(name)
        return context


def self_signed(path, name="phone.example", key=None, passphrase=None):
    """-> path, of a file with a certificate of that name and 127.0.0.1, and its key, unless that is to be in a file of
    its own, with a passphrase if there is one."""
    secret = ["-passout", "pass:" + passphrase] if passphrase else ["-nodes"]
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", *secret,
                    "-days", "2", "-subj", "/CN=" + name, "-addext", "subjectAltName=DNS:%s,IP:127.0.0.1" % name,
                    "-keyout", key or path + ".key", "-out", path], check=True, capture_output=True)
    if not key:
        with open(path, "a") as both, open(path + ".key") as alone:
            both.write(alone.read())
    return path
