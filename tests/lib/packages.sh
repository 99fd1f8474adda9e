# packages.sh: the Debian packages that each part of the project needs, and getting them. Sourced.
#
# "package@command" is not needed where the command is there already, from wherever.

BUILD=(autoconf automake libtool pkg-config make gcc libc6-dev
	janus-dev libglib2.0-dev libjansson-dev libsofia-sip-ua-dev libconfig-dev libc-ares-dev
	libssl-dev libosmocore-dev libsrtp2-dev libcurl4-openssl-dev librhonabwy-dev libxml2-dev libwebsockets-dev libev-dev)
LAB=(kamailio kamailio-ims-modules kamailio-presence-modules python3 procps)
DEMO=(janus python3 hostname ca-certificates nodejs@node npm@npm)
PHONES=(openssl qrencode)
TEST=(openssl janus-tools janus-demos libcmocka-dev python3-cryptography clang libclang-rt-dev sip-tester baresip-core baresip-ffmpeg linphone-cli kamailio-websocket-modules chromium chromium-driver firefox-esr tshark iproute2 dnsmasq-base haproxy nginx-light coturn python3 nodejs@node npm@npm node-ws)

# need_packages LIST...: installs what is missing of these lists; what apt says goes to stderr.
need_packages() {
	local missing

	mapfile -t missing < <(missing_packages "$@")
	[ ${#missing[@]} = 0 ] || install_packages "${missing[@]}"
}

# missing_packages LIST...: prints the missing ones, each once.
missing_packages() {
	local list item

	for list in "$@"; do
		local -n items=$list
		for item in "${items[@]}"; do
			have_package "$item" || echo "${item%@*}"
		done
	done | sort -u
}

have_package() {
	[[ $1 == *@* ]] && command -v "${1#*@}" >/dev/null && return
	dpkg-query -W -f '${db:Status-Status}\n' "${1%@*}" 2>/dev/null | grep -qx installed
}

install_packages() {
	local as_root=(env)

	if [ "$(id -u)" != 0 ]; then
		command -v sudo >/dev/null || {
			echo "Packages are missing. As root: apt-get install --no-install-recommends $*" >&2
			return 1
		}
		as_root=(sudo)
	fi
	(
		# Janus and Kamailio are services too, and would start at once with Debian's configuration.
		if [ ! -e /usr/sbin/policy-rc.d ]; then
			trap '"${as_root[@]}" rm -f /usr/sbin/policy-rc.d' EXIT
			printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee /usr/sbin/policy-rc.d >/dev/null
			"${as_root[@]}" chmod 755 /usr/sbin/policy-rc.d
		fi
		"${as_root[@]}" apt-get update -q >&2
		"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >&2 </dev/null
	)
}
