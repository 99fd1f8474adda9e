# openid.sh: the OpenID provider of the demo, tests/openid with the demo's users. Sourced by ../start.

openid_audience=https://edge.ims.example	# whom access tokens are for

# openid_password USER: at the provider, another one than in the network
openid_password() { printf '%s-openid' "$1"; }

# write_openid_config FILE ISSUER ADDRESS PORT CERTIFICATE DOMAIN -- USER... -- PAGE...
#   CERTIFICATE: of https, or ''; PAGE: an origin that the page is served at
write_openid_config() (
	file=$1 issuer=$2 address=$3 port=$4 certificate=$5 domain=$6 users=
	shift 7
	while [ "$1" != -- ]; do
		users+=", \"$1\": {\"password\": \"$(openid_password "$1")\", \"claims\": {\"impi\": \"$1@$domain\", \"impu\": [\"sip:$1@$domain\"]}}"
		shift
	done
	shift
	umask 077
	cat >"$file" <<-END
		{ "issuer": "$issuer", "address": "$address", "port": $port, "certificate": "$certificate", "state": "$file.state",
		  "users": { ${users#, } },
		  "clients": [ {
			"client_id": "demo-page", "token_endpoint_auth_method": "none",
			"response_types": [ "code" ], "grant_types": [ "authorization_code", "refresh_token" ],
			"origins": [ $(quoted "$@") ], "redirect_uris": [ $(quoted "${@/%//}" "${@/%//sip/}") ] } ],
		  "resources": { "$openid_audience": { "scope": "ims", "format": "jwt", "ttl_s": 300 } } }
	END
)

quoted() {	# quoted TEXT...: as a list of JSON, without its brackets
	local text list=

	for text; do list+=", \"$text\""; done
	printf '%s' "${list#, }"
}

# openid_program FOLDER: the Node that npm has brought for this machine, and what it runs
openid_program() {
	local node

	node=$(find "$1"/node_modules/node-linux-*/bin -name node 2>/dev/null | head -n 1)
	printf '%s\n' "${node:-node}" "$1/main.js"
}

# openid_metadata ISSUER [CERTIFICATE]: what the page would ask it for; fails when it does not answer
openid_metadata() {
	/usr/bin/python3 -c '
import ssl, sys, urllib.request as u
tls = ssl.create_default_context(cafile=sys.argv[2] if len(sys.argv) > 2 else None)
opener = u.build_opener(u.ProxyHandler({}), u.HTTPSHandler(context=tls))
print(opener.open(sys.argv[1] + "/.well-known/openid-configuration", timeout=2).read().decode())' "$@" 2>/dev/null
}
