/* ims_config_table.c: every key of the file, once. conf/janus.plugin.ims.jcfg.sample says the same
 * to operators; a unit test holds the two together. */
#include "config/ims_config_rows.h"
#include "config/internal.h"

G_STATIC_ASSERT(sizeof(ims_role) == sizeof(guint) && sizeof(ims_w2) == sizeof(guint) &&
		sizeof(ims_transport) == sizeof(guint) && sizeof(ims_client_auth) == sizeof(guint) &&
		sizeof(ims_token_mode) == sizeof(guint) && sizeof(ims_rtp_source) == sizeof(guint) &&
		sizeof(ims_srtp_rule) == sizeof(guint) && sizeof(ims_impi_form) == sizeof(guint));

static const char *const roles[] = { [IMS_ROLE_EDGE] = "edge", [IMS_ROLE_UE] = "ue", NULL };
static const char *const impi_forms[] = {
	[IMS_IMPI_BY_ROLE] = "auto", [IMS_IMPI_OF_IDENTITY] = "identity", [IMS_IMPI_OF_USER] = "user", NULL
};
static const char *const transports[] = {
	[IMS_TRANSPORT_AUTO] = "auto", [IMS_TRANSPORT_UDP] = "udp", [IMS_TRANSPORT_TCP] = "tcp", NULL
};
static const char *const w2s[] = { [IMS_W2_TLS] = "tls", [IMS_W2_PLAIN_LAB] = "plain-lab", NULL };

static const char *const client_auths[] = { [IMS_CLIENT_SECRET_BASIC] = "client_secret_basic",
					    [IMS_CLIENT_SECRET_POST] = "client_secret_post",
					    NULL };

static const char *const token_modes[] = {
	[IMS_TOKEN_MODE_TRUSTED_NODE] = "trusted-node", [IMS_TOKEN_MODE_BEARER] = "bearer", NULL
};

static const char *const srtp_rules[] = { [IMS_SRTP_UNLESS_ASKED] = "none",
					  [IMS_SRTP_IF_TAKEN] = "sdes_optional",
					  [IMS_SRTP_ALWAYS] = "sdes_mandatory",
					  NULL };
static const char *const rtp_sources[] = { [IMS_RTP_LATCH] = "latch", [IMS_RTP_STRICT] = "strict", NULL };

#define ADDRESS IMS_CONFIG_ADDRESS
#define SERVER "a numeric address or address:port, IPv6 with port as [address]:port"
#define QUOTABLE "1 to 255 printable ASCII characters without \" and \\"

#define URI "an https URI without user, query and fragment, http only in a laboratory (general.lab = true)"
#define NAMED "1 to 255 characters, no spaces"
#define CONDITIONAL "\"Alert-Info\", \"Call-Info\", \"History-Info\", \"Reason\" or \"Warning\""
#define SECRET IMS_CONFIG_SECRET
#define PATTERN "a public or private identity, with * for any characters"

#define SRTP_PROFILES                                                                                        \
	"\"AEAD_AES_256_GCM\", \"AEAD_AES_128_GCM\", \"AES_256_CM_HMAC_SHA1_80\", "                          \
	"\"AES_CM_128_HMAC_SHA1_80\", \"AES_256_CM_HMAC_SHA1_32\" or \"AES_CM_128_HMAC_SHA1_32\""

#define GENERAL(field) KEY("general", ims_config, field)
#define LIMITS(field) KEY("limits", ims_config_limits, field)
#define SIP(field) KEY("sip", ims_config_sip, field)
#define MEDIA(field) KEY("media", ims_config_media, field)
#define TURN(field) KEY("turn", ims_config_turn, field)
#define ISSUER(field) KEY("issuers", ims_issuer, field)
#define NETWORK(field) KEY("networks", ims_network, field)

#define STRING(check_, allowed_) STRING_AS(ims_config_check_##check_, allowed_)
#define LIST(check_, allowed_) LIST_AS(ims_config_check_##check_, allowed_)

/* clang-format off */
static const ims_config_key rows[] = {
	{ GENERAL(lab), BOOLEAN("false"),
	  .doc = "This is a laboratory: settings that must never meet the public are allowed." },
	{ GENERAL(w2), CHOICE(w2s, "\"tls\""),
	  .doc = "How browsers reach Janus, which does not tell its plugins: \"tls\" when its transports are https and "
		 "wss only, else \"plain-lab\", which needs lab = true." },
	{ GENERAL(strict_api), BOOLEAN("false"),
	  .doc = "Refuse requests with unknown fields; else the first of them is named in the log." },
	{ GENERAL(allow_client_proxy), BOOLEAN("false"),
	  .doc = "Let a client send SIP through any proxy it names; needs lab = true." },
	{ GENERAL(allow_guest), BOOLEAN("false"),
	  .doc = "Let clients call in networks of role \"ue\" without being registered (type \"guest\"), as whoever they say they are." },
	{ GENERAL(allow_client_trace), BOOLEAN("false"),
	  .doc = "Let a client see the SIP messages of its registration and calls (request \"trace\"), without secrets, the "
		 "identities of others, and addresses of the network." },
	{ GENERAL(allow_plain_aka), BOOLEAN("false"),
	  .doc = "Take keys of USIMs (auth \"aka\") although w2 is \"plain-lab\"; needs lab = true." },
	{ GENERAL(events), BOOLEAN("true"),
	  .doc = "Send registration and call events to Janus event handlers." },
	{ GENERAL(reclaim_s), NUMBER(0, 3600, "10"),
	  .doc = "Seconds that a registration outlives its Janus handle, waiting for the user to come back." },
	{ GENERAL(challenge_timeout_s), NUMBER(1, 240, "30"),
	  .doc = "Seconds that a client may take to answer a challenge of the network, when he does that himself; the network "
		 "waits for 4 minutes." },
	{ GENERAL(ring_timeout_s), NUMBER(10, 600, "180"),
	  .doc = "Seconds after which a call that nobody answers ends, whoever calls." },
	{ GENERAL(update_timeout_s), NUMBER(1, 30, "20"),
	  .doc = "Seconds that a browser may take to answer a change of its call by the other party, which is then refused." },
	{ GENERAL(shutdown_s), NUMBER(0, 60, "5"),
	  .doc = "Seconds that the end of Janus may wait until everybody is deregistered." },
	{ GENERAL(audit_log), STRING(log, "an absolute path, or \"\""), .fallback = "\"\"",
	  .doc = "File to which a line of JSON is added for each registration that begins, is refused or ends. With \"\" there "
		 "is none; event handlers are told all the same." },
	{ GENERAL(admin_key), STRING(secret, SECRET), .fallback = "\"\"", .secret = TRUE,
	  .doc = "What rtp_forward, stop_rtp_forward and listforwarders have to bring as admin_key. With \"\" nothing: then every client "
		 "may have its own call forwarded, to where media.forward_to allows." },
	{ GENERAL(admin_key_file), STRING(path, "the path of a file, or \"\""), .fallback = "\"\"",
	  .doc = "A file whose first line is the key, instead of admin_key." },
	{ GENERAL(gateway_threads), NUMBER(1, 256, "16"),
	  .doc = "Threads that hand events to Janus; an event with a session description holds one of them until "
		 "candidates are gathered." },
	{ GENERAL(dns_servers), LIST(server, SERVER), .fallback = "[ ]",
	  .doc = "Name servers to ask. Default: those of /etc/resolv.conf." },

	{ LIMITS(max_registrations), NUMBER(0, 10000000, "0"),
	  .doc = "Registrations at a time; 0 is no limit." },
	{ LIMITS(max_calls), NUMBER(0, 10000000, "0"),
	  .doc = "Calls at a time; 0 is no limit." },
	{ LIMITS(registrations_per_second), NUMBER(0, 1000000, "0"),
	  .doc = "Registrations that may begin in a second, refreshes not counted; 0 is no limit." },
	{ LIMITS(calls_per_second), NUMBER(0, 1000000, "0"),
	  .doc = "Calls that may begin in a second, both ways together; 0 is no limit." },
	{ LIMITS(overload_lag_ms), NUMBER(0, 10000, "250"),
	  .doc = "Milliseconds that requests and SIP messages may wait for the gateway, all of them and for a while, before fewer new "
		 "registrations and calls are let in. Keep it below sip.sip_t1_ms, after which the network repeats itself. 0: all are let in." },
	{ LIMITS(spare_descriptors), NUMBER(0, 1000000, "200"),
	  .doc = "Descriptors that new calls leave to the rest of Janus, of those that the process may open (LimitNOFILE). 0: none." },
	{ LIMITS(retry_after_s), NUMBER(1, 3600, "10"),
	  .doc = "Seconds after which who is refused by one of these may come again: each is told another time, from half of it to half "
		 "as much again." },
	{ LIMITS(messages_per_minute), NUMBER(0, 1000000, "120"),
	  .doc = "Messages that one user may send in a minute, and as many that he may get; 0 is no limit." },
	{ LIMITS(handle_failures_per_minute), NUMBER(0, 1000000, "5"),
	  .doc = "Registrations of one Janus handle that may fail in a minute because the user did not prove who he is, and "
		 "newer tokens that are not good; then it has to wait. 0 is no limit." },
	{ LIMITS(identity_failures_per_minute), NUMBER(0, 1000000, "10"),
	  .doc = "The same of one private identity, whatever handles they come from; who registered with the same secret "
		 "before is let through. 0 is no limit." },
	{ LIMITS(failures_per_minute), NUMBER(0, 1000000, "1000"),
	  .doc = "The same of everybody together. 0 is no limit." },

	{ SIP(address), STRING(address, ADDRESS), MANDATORY,
	  .doc = "Local address for SIP towards the core." },
	{ SIP(port), PORT(1, "5060"),
	  .doc = "Local port for SIP, UDP and TCP." },
	{ SIP(public_address), STRING(address, ADDRESS),
	  .doc = "Address that Via, Contact and Path show. Default: address." },
	{ SIP(sip_t1_ms), NUMBER(10, 10000, "500"),
	  .doc = "Timer T1 of RFC 3261 in milliseconds: the estimated round-trip time to the core." },
	{ SIP(keepalive_s), NUMBER(1, 3600, "30"),
	  .doc = "Seconds between the OPTIONS that tell whether a TCP connection by which somebody registered lives." },

	{ MEDIA(address), STRING(address, ADDRESS),
	  .doc = "Local address for RTP towards the core. Default: sip.address." },
	{ MEDIA(public_address), STRING(address, ADDRESS),
	  .doc = "Address that session descriptions show to the core. Default: address." },
	{ MEDIA(port_min), PORT(1024, "20000"),
	  .doc = "First port for RTP, even; the next is for its RTCP. Keep clear of rtp_port_range of Janus." },
	{ MEDIA(port_max), PORT(1024, "29999"),
	  .doc = "Last port for RTP and RTCP. Each audio or video stream of a call takes two." },
	{ MEDIA(browser_timeout_s), NUMBER(0, 86400, "60"),
	  .doc = "Seconds without RTP and RTCP of the browser after which a call ends, unless its user holds it: Janus "
		 "does not tell when a browser is cut off. 0 is never." },
	{ MEDIA(recordings), STRING(folder, "an absolute path, or \"\""), .fallback = "\"\"",
	  .doc = "Folder that clients may record their calls into (Janus's .mjr files); it must be there, and Janus able to "
		 "write into it. With \"\" nothing is recorded." },
	{ MEDIA(forward_to), LIST(hosts, "a numeric address, or a prefix such as \"10.1.0.0/16\""), .fallback = "[ ]",
	  .doc = "Where clients may have the RTP of their calls forwarded to (rtp_forward). With [ ] nowhere." },

	{ TURN(urls), LIST(turn_url, "a URL such as \"turn:turn.ims.example:3478?transport=udp\" or \"turns:turn.ims.example\""),
	  .fallback = "[ ]",
	  .doc = "TURN servers that registered users are given credentials for. With [ ] there are none." },
	{ TURN(secret), STRING(secret, SECRET), .fallback = "\"\"", .secret = TRUE,
	  .doc = "The secret that we share with them: static-auth-secret of coturn." },
	{ TURN(secret_file), STRING(path, "the path of a file, or \"\""), .fallback = "\"\"",
	  .doc = "A file whose first line is the secret, instead of secret." },
	{ TURN(ttl_s), NUMBER(60, 86400, "3600"),
	  .doc = "Seconds that credentials are good; a page asks for new ones by ice_servers." },

	{ ISSUER(issuer), STRING(issuer, URI), MANDATORY,
	  .doc = "Issuer identifier: what iss of its tokens, and its metadata, say letter by letter." },
	{ ISSUER(audience), STRING(named, NAMED), MANDATORY,
	  .doc = "Who we are to it: what aud of a token must be, or have among others." },
	{ ISSUER(scope), STRING(scope, "one scope without spaces, or \"\""), .fallback = "\"ims\"",
	  .doc = "The scope that a token must have; with \"\" none is asked for." },
	{ ISSUER(metadata), STRING(uri_or_none, URI ", or \"\""), .fallback = "\"\"",
	  .doc = "Where its metadata are. With \"\": /.well-known/openid-configuration behind the issuer, else where RFC 8414 "
		 "puts them." },
	{ ISSUER(jwks_uri), STRING(uri_or_none, URI ", or \"\""), .fallback = "\"\"",
	  .doc = "Where its public keys are. With \"\": where its metadata say." },
	{ ISSUER(introspection_endpoint), STRING(uri_or_none, URI ", or \"\""), .fallback = "\"\"",
	  .doc = "Where it is asked about a token (RFC 7662), once we have a client_id. With \"\": where its metadata say." },
	{ ISSUER(client_id), STRING(client, "up to 255 printable ASCII characters"), .fallback = "\"\"",
	  .doc = "Our client id at its introspection endpoint. With \"\" it is never asked: opaque tokens are refused, and "
		 "revoked JWTs are good until they expire." },
	{ ISSUER(client_secret), STRING(secret, SECRET), .fallback = "\"\"", .secret = TRUE,
	  .doc = "The secret that goes with client_id." },
	{ ISSUER(client_secret_file), STRING(path, "the path of a file, or \"\""), .fallback = "\"\"",
	  .doc = "A file whose first line is the secret, instead of client_secret." },
	{ ISSUER(client_auth), CHOICE(client_auths, "\"client_secret_basic\""),
	  .doc = "How client_id and its secret are sent (RFC 6749 2.3.1)." },
	{ ISSUER(opaque), BOOLEAN("false"),
	  .doc = "Tokens that are not JWTs are this issuer's. Of a network's issuers one at most; needs client_id." },
	{ ISSUER(typ), LIST(typ, "a media type such as \"at+jwt\", without \"application/\""), .fallback = "[ \"at+jwt\" ]",
	  .doc = "What typ of a JWT may be. Adding \"jwt\" lets tokens in that may have been made for something else." },
	{ ISSUER(algorithms), LIST(algorithm, "\"RS256\", \"PS256\", \"ES256\", their 384 and 512, or \"EdDSA\""),
	  .fallback = "[ \"RS256\", \"PS256\", \"ES256\", \"EdDSA\" ]",
	  .doc = "What a JWT may be signed with." },
	{ ISSUER(claim_impi), STRING(named, NAMED), .fallback = "\"impi\"",
	  .doc = "The claim that has the private identity." },
	{ ISSUER(claim_impu), STRING(named, NAMED), .fallback = "\"impu\"",
	  .doc = "The claim that has the public identity, or a list of them." },
	{ ISSUER(claim_wwsf), STRING(named, NAMED), .fallback = "\"client_id\"",
	  .doc = "The claim that names the web page's server (WWSF)." },
	{ ISSUER(clients), LIST(named, NAMED), .fallback = "[ ]",
	  .doc = "WWSFs whose users are let in, by the value of that claim; with [ ] all that this issuer serves." },
	{ ISSUER(identities), LIST(pattern, PATTERN), .fallback = "[ ]",
	  .doc = "What this issuer may speak for: each private and public identity in a token must match one of these. With [ ] "
		 "it is trusted with everybody of the network." },
	{ ISSUER(pool), LIST(pool, "\"CLIENT PATTERN\": a WWSF, a space, and " PATTERN), .fallback = "[ ]",
	  .doc = "WWSFs that hand out identities of a pool, and what belongs to it: their tokens may name nothing else." },
	{ ISSUER(skew_s), NUMBER(0, 60, "60"),
	  .doc = "Seconds that its clock and ours may differ." },
	{ ISSUER(timeout_s), NUMBER(1, 30, "5"),
	  .doc = "Seconds that it may take to answer." },
	{ ISSUER(keys_lifetime_s), NUMBER(60, 86400, "3600"),
	  .doc = "Seconds after which its keys are fetched anew." },
	{ ISSUER(keys_retry_s), NUMBER(1, 3600, "30"),
	  .doc = "Least seconds between two fetches of keys: after a failure, or when a token names a key that is not known. What a page hears as retry_after while its issuer cannot be asked." },
	{ ISSUER(keys_outage_s), NUMBER(0, 2592000, "86400"),
	  .doc = "Seconds that keys serve beyond their lifetime while it cannot be reached." },
	{ ISSUER(introspection_s), NUMBER(0, 300, "10"),
	  .doc = "Seconds that its word about a token serves; then it is asked again." },
	{ ISSUER(ca_file), STRING(path, "the path of a file, or \"\""), .fallback = "\"\"",
	  .doc = "Certificate authorities, in PEM, that may vouch for its servers. With \"\" those of this host." },

	{ NETWORK(domain), STRING(domain, "a domain name such as \"ims.example\""), MANDATORY,
	  .doc = "Home network domain name: REGISTER goes to sip:domain." },
	{ NETWORK(role), CHOICE(roles, "\"edge\""),
	  .doc = "How we stand to this network: \"edge\" is an eP-CSCF on Mw, \"ue\" a user agent towards a P-CSCF or any "
		 "registrar." },
	{ NETWORK(transport), CHOICE(transports, "\"auto\""),
	  .doc = "Transport where the core's URIs name none: \"auto\" is UDP, and TCP for requests over 1300 bytes; \"udp\" "
		 "is UDP for all; with \"tcp\" our Contact, Path and Record-Route say so too. Choose one of these where a "
		 "P-CSCF knows its users by port and transport, too, and says 403 to long INVITEs." },
	{ NETWORK(entry_point), STRING(entry_point, "a name or an address, with :port and ;transport=udp, tcp or tls where "
	  "wanted, IPv6 with port as [address]:port"),
	  .doc = "The I-CSCF, or in role \"ue\" the P-CSCF, outbound proxy or registrar, by name or address. A name without "
		 "port is looked up as RFC 3263 says (NAPTR, SRV, A, AAAA), one with a port by its addresses alone. Default: "
		 "domain." },
	{ NETWORK(tls_proxy), STRING(tls_proxy, "a numeric address:port, IPv6 as [address]:port, or \"\""), .fallback = "\"\"",
	  .doc = "A proxy beside us that takes our TCP and carries it to the core over TLS, see docs/tls-to-the-core.md: "
		 "everything for this network goes there. With \"\" the core is reached without TLS." },
	{ NETWORK(core_addresses), LIST(address, ADDRESS), .fallback = "[ ]",
	  .doc = "Addresses that may send us SIP; the entry point always may, and the S-CSCFs that registrations are given." },
	{ NETWORK(visited_network_id), STRING(quotable, QUOTABLE),
	  .doc = "P-Visited-Network-ID, on which the core decides about roaming and trust. Default: domain." },
	{ NETWORK(visited_network_name), STRING(quotable, QUOTABLE),
	  .doc = "Name of our network in orig-ioi, behind \"Type 1\". Default: visited_network_id." },
	{ NETWORK(access_network_info), STRING(access_network_info,
	  "an access type with parameters but without network-provided, such as \"IEEE-802.11\", or \"\""), .fallback = "\"\"",
	  .doc = "P-Access-Network-Info, to which network-provided is added. With \"\" none is sent: there is no "
		 "value for WebRTC." },
	{ NETWORK(integrity_quoted), BOOLEAN("true"),
	  .doc = "Write integrity-protected=\"tls-yes\"; false is for cores that expect the value without quotes." },
	{ NETWORK(private_identity), CHOICE(impi_forms, "\"auto\""),
	  .doc = "The private identity of a user who names none: \"identity\" is his identity without sip:, as an IMS has it, "
		 "\"user\" the user part of that, which is what SIP libraries answer challenges by when only address and password are set; "
		 "\"auto\" is \"identity\" in role \"edge\" and \"user\" in role \"ue\"." },
	{ NETWORK(auth_schemes), LIST(auth_scheme, "\"digest\", \"aka\", \"token\" or \"delegated\""), .min = 1,
	  .fallback = "[ \"digest\", \"delegated\" ]",
	  .doc = "How users may prove who they are: with a password that we are told (\"digest\"), the key of a USIM (\"aka\"), an "
		 "access token (\"token\", of token_issuers), or an answer that only they can compute (\"delegated\"). 33.203 N.1 forbids digest "
		 "on 3GPP access." },
	{ NETWORK(digest_algorithms), LIST(digest_algorithm, "\"SHA-512-256\", \"SHA-256\" or \"MD5\""), .min = 1,
	  .fallback = "[ \"SHA-512-256\", \"SHA-256\", \"MD5\" ]",
	  .doc = "Which Digest challenges are answered, by us or by a client who is asked (\"delegated\"), the preferred first; "
		 "each stands for its -sess, too. Without \"MD5\" nobody can bring us down to it; with [ \"MD5\" ] clients "
		 "that know nothing else are served." },
	{ NETWORK(register_expires_s), NUMBER(60, 600000, "600000"),
	  .doc = "Seconds of registration to ask for." },
	{ NETWORK(emergency_numbers), LIST(emergency_number, "1 to 20 digits, * or #"),
	  .fallback = "[ \"112\", \"911\", \"999\", \"110\", \"118\", \"119\", \"000\", \"08\" ]",
	  .doc = "Dialled numbers that are emergency calls: refused at once, with the advice to use a telephone, unless there is an e_cscf." },
	{ NETWORK(follow_redirects), BOOLEAN("false"),
	  .doc = "When the core answers a call with 300, 301 or 302 call whom it names instead, once, if that is a user of the "
		 "domain, and by the same route. Otherwise the call ends with that code." },
	{ NETWORK(headers_to_client), LIST(conditional_header, CONDITIONAL), .fallback = "[ \"Alert-Info\", \"Call-Info\", \"Reason\" ]",
	  .doc = "Of \"Alert-Info\", \"Call-Info\", \"History-Info\", \"Reason\" and \"Warning\", which say something about a "
		 "call, those that clients may see. Of other headers, those of SIP itself and of the trust domain are never "
		 "shown, and the rest to clients that ask for it (incoming_header_prefixes). Warning names a host of the core." },
	{ NETWORK(headers_from_client), LIST(conditional_header, CONDITIONAL), .fallback = "[ \"Alert-Info\", \"Call-Info\", \"Reason\" ]",
	  .doc = "The same of what clients send." },
	{ NETWORK(reg_event), BOOLEAN("true"),
	  .doc = "Subscribe to what the network knows of each registration (RFC 3680), as 24.229 says in both roles: so it can "
		 "end one, or ask for a new proof; false is for registrars that do not know the event." },
	{ NETWORK(e_cscf), STRING(entry_or_none, "as entry_point, or \"\""), .fallback = "\"\"",
	  .doc = "Where emergency calls of registered users go instead: the E-CSCF, by name or address as entry_point, with Priority "
		 "and without the Service-Route, and with the caller's Geolocation if his page sends one. With \"\" they are refused." },
	{ NETWORK(conference_factory), STRING(user_or_none, "sip:user@host, or \"\""), .fallback = "\"\"",
	  .doc = "Whom a user calls to open a conference (24.147); his page is told when he registers. With \"\" nobody is told." },
	{ NETWORK(gruu), BOOLEAN("true"),
	  .doc = "Ask the registrar for GRUUs (RFC 5627) and use them as Contact of calls; false is for registrars that give "
		 "some and do not find them again." },
	{ NETWORK(feature_tags), LIST(feature_tag,
	  "a Contact parameter, token, token=token or token=\"text\", that the edge does not set itself"),
	  .fallback = "[ \"+g.3gpp.icsi-ref=\\\"urn%3Aurn-7%3A3gpp-service.ims.icsi.mmtel\\\"\", \"audio\", \"video\" ]",
	  .doc = "Parameters of the registered Contact, as they stand on the wire." },
	{ NETWORK(codecs), LIST(audio_codec, "\"opus\", \"EVS\", \"AMR-WB\", \"G722\", \"AMR\", \"PCMU\" or \"PCMA\""),
	  .fallback = "[ ]",
	  .doc = "Audio codecs that may cross the edge, in the order of our offers to core and browser. Nothing is transcoded, "
		 "both ends must know one; browsers as they come do not know EVS and AMR. With [ ] those may cross that browsers "
		 "know, in the order of who offers." },
	{ NETWORK(video_codecs), LIST(video_codec, "\"H264\" or \"VP8\""), .fallback = "[ \"H264\" ]",
	  .doc = "Video codecs that may cross the edge, in the order of offers to the core. Handsets have H264; VP8 is for "
		 "cores whose phones are known to have it. With [ ] calls are audio only." },
	{ NETWORK(video_kbps), NUMBER(64, 20000, "1500"),
	  .doc = "Bandwidth of a video stream in kbit/s: b=AS towards the core, and the most a browser may send." },
	{ NETWORK(preconditions), BOOLEAN("true"),
	  .doc = "Offer preconditions in calls to the network (RFC 3312): they say that our side has its media ready, and let "
		 "a handset wait for its radio before it rings. Those that the network offers are met either way." },
	{ NETWORK(session_expires_s), NUMBER(0, 86400, "1800"),
	  .doc = "Seconds that a call may last without a sign of its far end (session timer, RFC 4028): one side refreshes it in "
		 "half of them. 0: we do not ask for that, but give it to who does." },
	{ NETWORK(min_se_s), NUMBER(1, 86400, "90"),
	  .doc = "The least of it that we accept; below 90 only in a laboratory (general.lab = true)." },
	{ NETWORK(srtp), CHOICE(srtp_rules, "\"none\""),
	  .doc = "SRTP towards this network, with keys in the session description (SDES, RFC 4568), which is as secret as the SIP "
		 "that carries it: \"sdes_optional\" offers keys beside RTP/AVP, \"sdes_mandatory\" offers RTP/SAVP and takes no plain "
		 "RTP. A client may ask for more than is said here. Keys that the network offers are taken in any case." },
	{ NETWORK(srtp_profiles), LIST(srtp_profile, SRTP_PROFILES), .min = 1,
	  .fallback = "[ \"AEAD_AES_256_GCM\", \"AEAD_AES_128_GCM\", \"AES_CM_128_HMAC_SHA1_80\", \"AES_CM_128_HMAC_SHA1_32\" ]",
	  .doc = "Crypto suites that may be used, the preferred first." },
	{ NETWORK(rtp_source), CHOICE(rtp_sources, "\"latch\""),
	  .doc = "Whose RTP is the far end's: \"latch\" takes the source of the first valid packet, as far ends behind NAT "
		 "need it; \"strict\" takes the address and port of its session description alone." },
	{ NETWORK(dscp), NUMBER(0, 63, "46"),
	  .doc = "DSCP of RTP towards this network; 46 is expedited forwarding, 0 best effort." },
	{ NETWORK(quality_s), NUMBER(0, 3600, "30"),
	  .doc = "Seconds between `quality` events of a call, which tell loss, jitter, round trip and an estimate of how good it "
		 "sounds; another comes at its end. 0 is never." },
	{ NETWORK(rtp_timeout_s), NUMBER(0, 86400, "300"),
	  .doc = "Seconds without RTP and RTCP of the far end after which a call ends, unless somebody holds it; 0 is "
		 "never." },
	{ NETWORK(token_issuers), LIST(named, "the name of a group in issuers"), .fallback = "[ ]",
	  .doc = "Issuers whose access tokens are taken, where auth_schemes has \"token\". With [ ] nobody registers with a token, except where token_mode = "
		 "\"bearer\" leaves it all to the network." },
	{ NETWORK(token_mode), CHOICE(token_modes, "\"trusted-node\""),
	  .doc = "What becomes of an access token: \"trusted-node\" verifies it here and registers its user on our word "
		 "(integrity-protected=\"auth-done\"), in role \"edge\"; \"bearer\" sends it to a network that verifies it itself "
		 "(RFC 8898), and needs tls_proxy. With token_issuers it is verified here as well." },
	{ NETWORK(wwsf_parameter), STRING(parameter_name, "a token such as \"authorization-entity\", no parameter of Digest, or \"\""),
	  .fallback = "\"\"",
	  .doc = "Name of a parameter of Authorization that tells the core, in mode \"trusted-node\", which web page's server (WWSF) "
		 "vouches for the user (33.203 X.3). With \"\" none is sent: no specification that we know fixes it." },
	{ NETWORK(token_expiring_s), NUMBER(0, 86400, "60"),
	  .doc = "Seconds before the end of its access token at which a client hears that a new one is wanted, or half of a "
		 "token's life if that is less; 0 is never." },
	{ NETWORK(token_recheck_s), NUMBER(0, 86400, "300"),
	  .doc = "Seconds after which the issuer of a registered user's token is asked whether it is still good, where it has an "
		 "introspection endpoint for us: so long may a revoked one serve. 0 is never." },
};
/* clang-format on */

const ims_config_table ims_config_keys = { rows, G_N_ELEMENTS(rows) };
