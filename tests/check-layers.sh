#!/bin/sh
# Keeps the include direction: glue -> api -> session -> reg, call, msg -> sip, sdp, auth, token, media,
# audit -> dns, config -> base; in transports/: glue -> server -> bridge -> sip, janus -> config -> plugin's base.
# A file may include from its own folder and from folders of a lower layer. Janus's headers belong to
# glue/, sofia-sip's to sip/. Prints every offence; exit status 1 when there is one.
set -u
cd "${1:-$(dirname "$0")/..}" || exit 2

layer() {
	case $1 in
	glue) echo 7 ;;
	api) echo 6 ;;
	session) echo 5 ;;
	reg | call | msg) echo 4 ;;
	sip | sdp | auth | token | media | audit) echo 3 ;;
	dns | config) echo 2 ;;
	base) echo 1 ;;
	*) echo 0 ;;
	esac
}

# Pure descriptions of media that media/ relays; the grants that a prover shows.
allowed() {
	case $1-$2 in
	media-sdp | auth-token) return 0 ;;
	esac
	return 1
}

bad=0
offence() {
	echo "$1: $2"
	bad=1
}
for file in $(find plugin -name '*.[ch]' | sort); do
	from=$(echo "$file" | cut -d/ -f2)
	[ "$(layer "$from")" -gt 0 ] || offence "$file" "lies in no layer"
	for to in $(sed -n 's|^#include "\([a-z]*\)/.*|\1|p' "$file"); do
		[ "$from" = "$to" ] && continue
		[ "$(layer "$from")" -gt "$(layer "$to")" ] && [ "$(layer "$to")" -gt 0 ] && continue
		allowed "$from" "$to" || offence "$file" "$from/ may not include $to/"
	done
	[ "$from" = token ] || ! grep -qE '#include "token/internal\.h"|ims_grant_new *\(' "$file" ||
		offence "$file" "only token/ makes a grant (REQ-51)"
	[ "$from" = sip ] || ! grep -q '#include <sofia-sip/' "$file" || offence "$file" "only sip/ includes sofia-sip"
	[ "$from" = glue ] || ! grep -qE '#include [<"](plugins|transports)/|#include [<"](debug|refcount)\.h' "$file" ||
		offence "$file" "only glue/ includes Janus"
done

# ---- transports/ ----

transport_layer() {
	case $1 in
	glue) echo 5 ;;
	server) echo 4 ;;
	bridge) echo 3 ;;
	sip | janus) echo 2 ;;
	config) echo 1 ;;
	*) echo 0 ;;
	esac
}
# What libims_base.la holds: the other folders of plugin/ are behind the API.
shared='auth/ims_auth_params\.h|base/|config/ims_config_keys\.h|config/ims_config_rows\.h|sip/ims_session_timer\.h|token/ims_bearer\.h|token/ims_token_error\.h'

for file in $(find transports -name '*.[ch]' | sort); do
	from=$(echo "$file" | cut -d/ -f2)
	[ "$(transport_layer "$from")" -gt 0 ] || offence "$file" "lies in no layer"
	for include in $(sed -n 's|^#include "\([a-z]*/[a-z_]*\.h\)".*|\1|p' "$file" | grep -vE "^($shared)"); do
		to=${include%%/*}
		[ "$from" = "$to" ] && continue
		[ "$(transport_layer "$from")" -gt "$(transport_layer "$to")" ] && [ "$(transport_layer "$to")" -gt 0 ] && continue
		offence "$file" "$from/ may not include $to/"
	done
	[ "$from" = sip ] || ! grep -q '#include <sofia-sip/' "$file" || offence "$file" "only sip/ includes sofia-sip"
	[ "$from" = server ] || ! grep -q '#include <libwebsockets' "$file" || offence "$file" "only server/ includes libwebsockets"
	[ "$from" = glue ] || ! grep -qE '#include [<"](plugins|transports)/|#include [<"](debug|refcount)\.h' "$file" ||
		offence "$file" "only glue/ includes Janus"
done
exit $bad
