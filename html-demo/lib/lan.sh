# lan.sh: what the telephones of the network need: an address, a certificate, a picture to scan. Sourced by ../start.

# lan_address: the address of this machine that its network reaches it at. Nothing is sent.
lan_address() {
	/usr/bin/python3 -c '
import socket
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    s.connect(("192.0.2.1", 9))
    print(s.getsockname()[0])' 2>/dev/null || hostname -I | tr ' ' '\n' | grep -m 1 -F .
}

# make_certificate FILE ADDRESS: key and certificate for a week, made on the spot and trusted by nobody yet.
make_certificate() (
	umask 077
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 7 -subj "/CN=janus-ims demo" \
		-addext "subjectAltName=IP:$2" -addext "basicConstraints=critical,CA:FALSE" \
		-addext "extendedKeyUsage=serverAuth" -keyout "$1" -out "$1.crt" 2>&1 &&
		cat "$1.crt" >>"$1"
)

show_code() {	# show_code TEXT: as a QR code of letters
	qrencode -t UTF8 -m 2 -- "$1" | sed 's/^/      /'
}
