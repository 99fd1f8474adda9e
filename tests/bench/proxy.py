"""A Kamailio registrar and proxy: of users whose edge is a Janus, or who come to its websocket module."""

from kamailio import ADDRESS, Registrar

WORKERS = 2
WS_PORT = 8580

CONFIG = r"""
debug=1
log_stderror=yes
children=%(workers)d
tcp_children=%(workers)d
tcp_max_connections=20000
tcp_connection_lifetime=3600
tcp_accept_no_cl=yes
open_files_limit=20000
listen=udp:%(address)s:5060
listen=tcp:%(address)s:5060
listen=tcp:%(address)s:8580
alias="%(domain)s"
mpath="%(modules)s/"
loadmodule "sl.so"
loadmodule "tm.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "maxfwd.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
loadmodule "nathelper.so"
loadmodule "xhttp.so"
loadmodule "websocket.so"
modparam("usrloc", "db_mode", 0)
modparam("usrloc", "hash_size", 14)
modparam("registrar", "use_path", 1)
modparam("registrar", "path_mode", 0)
modparam("nathelper|registrar", "received_avp", "$avp(RECEIVED)")
modparam("auth", "nonce_count", 1)
request_route {
	if (is_method("OPTIONS")) {
		sl_send_reply("200", "OK");
		exit;
	}
	if (nat_uac_test("64")) {
		force_rport();
		if (is_method("REGISTER"))
			fix_nated_register();
		else
			add_contact_alias();
	}
	if (is_method("REGISTER")) {
		if (!pv_www_authenticate("%(domain)s", "secret", "0")) {
			auth_challenge("%(domain)s", "1");
			exit;
		}
		append_to_reply("Service-Route: <sip:%(address)s:5060;lr>\r\n");
		save("location");
		exit;
	}
	if (is_method("CANCEL")) {
		if (t_check_trans())
			t_relay();
		exit;
	}
	if (has_totag()) {
		if (loose_route() && $du == "")
			handle_ruri_alias();
		t_relay();
		exit;
	}
	loose_route();
	record_route();
	if (!lookup("location")) {
		sl_send_reply("404", "Not Found");
		exit;
	}
	t_on_reply("ANSWER");
	t_relay();
}
onreply_route[ANSWER] {
	if (nat_uac_test("64"))
		add_contact_alias();
}
event_route[xhttp:request] {
	if ($hdr(Upgrade) =~ "websocket" && ws_handle_handshake())
		exit;
	xhttp_reply("404", "Not Found", "", "");
}
"""


class Proxy(Registrar):
    config, workers = CONFIG, WORKERS
    url = "ws://%s:%d" % (ADDRESS, WS_PORT)
