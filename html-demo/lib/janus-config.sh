# janus-config.sh: a private configuration of Janus that loads our plugin and transport, and of others what the page needs. Sourced by ../start.

# write_janus_config DIRECTORY PLUGINS TRANSPORT WS_PORT HTTP_PORT SIP_PORT LAB_NET SIM_NET ISSUER AUDIENCE CA
#   TRANSPORT: janus.transport.sipws; LAB_NET, SIM_NET: of the two cores; ISSUER, AUDIENCE: of access tokens; CA: file with the certificate of an https issuer, or ''
write_janus_config() {
	local dir=$1 plugins=$2 transport=$3 ws_port=$4 http_port=$5 sip_port=$6 net=$7 sim_net=$8 issuer=$9 audience=${10} ca=${11} name

	mkdir -p "$dir"/{transports,none}
	for name in websockets http; do
		ln -s /usr/lib/*/janus/transports/libjanus_$name.so "$dir/transports/"
	done
	ln -s "$transport" "$dir/transports/"

	cat >"$dir/janus.jcfg" <<-END
		general: {
			configs_folder = "$dir"
			plugins_folder = "$plugins"
			transports_folder = "$dir/transports"
			events_folder = "$dir/none"
			loggers_folder = "$dir/none"
			debug_level = 4
			debug_timestamps = true
			session_timeout = 60
			# A browser whose connection breaks has ten seconds to come back; its call goes on.
			reclaim_session_timeout = 10
		}
		media: { rtp_port_range = "30000-39999" }
		nat: { full_trickle = true }
	END
	cat >"$dir/janus.transport.websockets.jcfg" <<-END
		general: { json = "compact"; ws = true; ws_port = $ws_port; ws_ip = "127.0.0.1"; wss = false }
	END
	cat >"$dir/janus.transport.http.jcfg" <<-END
		general: { json = "compact"; base_path = "/janus"; http = true; port = $http_port; ip = "127.0.0.1"; https = false }
		admin: { admin_http = false }
	END
	# Whoever reaches this address may use it: it is loopback's, the page's own server leads others here.
	cat >"$dir/janus.transport.sipws.jcfg" <<-END
		general: { enabled = true; lab = true; address = "127.0.0.1"; ws_port = $sip_port; wss_port = 0; origins = [ "*" ] }
	END
	cat >"$dir/janus.plugin.ims.jcfg" <<-END
		general: { lab = true; w2 = "plain-lab"; allow_plain_aka = true; allow_client_trace = true }
		sip: { address = "$net.21" }
		media: { address = "$net.21" }
		issuers: {
			openid: { issuer = "$issuer"; audience = "$audience"; ca_file = "$ca" }
		}
		networks: {
			lab: {
				domain = "ims.example"; entry_point = "$net.12:5060"; core_addresses = [ "$net.13" ]
				auth_schemes = [ "digest", "delegated", "token", "aka" ]
				token_issuers = [ "openid" ]
			}
			sim: { domain = "sim.example"; role = "ue"; entry_point = "$sim_net.11:5060"; auth_schemes = [ "aka", "delegated" ] }
		}
	END
}
