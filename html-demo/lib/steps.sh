# steps.sh: steps that are shown, jobs that are stopped, ports that are free. Sourced by ../start.

if [ -t 1 ]; then
	green=$'\e[32m' red=$'\e[31m' amber=$'\e[33m' bold=$'\e[1m' plain=$'\e[0m' back=$'\r\e[K'
else
	green='' red='' amber='' bold='' plain='' back=''
fi

say()  { printf '%s\n' "$*"; }
good() { printf '%s  %s✓%s %s\n' "$back" "$green" "$plain" "$*"; }
warn() { printf '%s  %s!%s %s\n' "$back" "$amber" "$plain" "$*"; }

# fail WORDS [LOG]: the last thing said; the trap of start cleans up.
fail() {
	printf '%s  %s✗%s %s\n' "$back" "$red" "$plain" "$1" >&2
	if [ -s "${2:-}" ]; then
		say "    The end of its log:" >&2
		tail -n 25 "$2" | sed 's/\x1b\[[0-9;]*m//g; s/^/    | /' >&2
	fi
	exit 1
}

# step WORDS COMMAND...: runs it in the background, so that Ctrl-C is heard meanwhile; then it is $running.
step() {
	local words=$1 log=$state/log/${2//_/-}.log
	shift

	[ -z "$back" ] || printf '  … %s' "$words"
	"$@" >"$log" 2>&1 </dev/null &
	running=$!
	wait "$running" || fail "$words" "$log"
	running=
	good "$words"
}

# begin NAME COMMAND...: a job that goes on; its process group is $begun, all are in jobs_begun.
begin() {
	local name=$1
	shift
	"$@" >"$state/log/$name.log" 2>&1 </dev/null &
	begun=$!
	jobs_begun+=("$begun")
}

alive() { kill -0 "$1" 2>/dev/null; }

# until_answers NAME PID PORT PATH: waits for the job's HTTP server; the answer is in $state/NAME.answer.
until_answers() {
	local i

	for ((i = 0; i < 150; i++)); do
		alive "$2" || fail "$1 has ended" "$state/log/$1.log"
		http_get "$3" "$4" >"$state/$1.answer" 2>/dev/null && return
		sleep 0.1
	done
	fail "$1 does not answer" "$state/log/$1.log"
}

# http_get PORT PATH: fails when nobody listens.
http_get() {
	(
		exec 3<>"/dev/tcp/127.0.0.1/$1"
		printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$2" >&3
		cat <&3
	)
}

# end PID: ends the job and what it has started (set -m gives each job a process group of its own).
end() {
	local i

	kill -TERM -- "-$1" 2>/dev/null || return 0
	for i in {1..100}; do
		kill -0 -- "-$1" 2>/dev/null || return 0
		sleep 0.1
	done
	kill -KILL -- "-$1" 2>/dev/null || true
}

# free_port FIRST [ADDRESS]: the first TCP port from there on that nobody has.
free_port() {
	/usr/bin/python3 -c '
import socket, sys
for port in range(int(sys.argv[1]), int(sys.argv[1]) + 100):
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind((sys.argv[2], port))
        except OSError:
            continue
        print(port)
        break
else:
    sys.exit(1)' "$1" "${2:-127.0.0.1}"
}

# free_net: the first three octets of a loopback network whose addresses nobody uses for SIP or Diameter.
free_net() {
	/usr/bin/python3 -c '
import socket, sys
def free(kind, address, port):
    with socket.socket(socket.AF_INET, kind) as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, kind == socket.SOCK_STREAM)
        try:
            s.bind((address, port))
        except OSError:
            return False
    return True
for n in range(1, 40):
    net = "127.0.%d" % n
    sip = all(free(kind, "%s.%d" % (net, host), 5060)
              for host in (11, 12, 13, 21) for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM))
    if sip and all(free(socket.SOCK_STREAM, net + ".14", port) for port in (3868, 8868)):
        print(net)
        break
else:
    sys.exit(1)'
}
