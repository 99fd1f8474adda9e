/* sdp_samples.h: descriptions as real software writes them. Addresses are of RFC 5737. */
#pragma once

#define HEAD(address) "v=0\r\no=- 1 1 IN IP4 " address "\r\ns=-\r\nt=0 0\r\n"
#define CORE_HEAD "v=0\r\no=core 1 1 IN IP4 198.51.100.9\r\ns=-\r\nc=IN IP4 198.51.100.9\r\nt=0 0\r\n"

#define CHROMIUM_TRANSPORT                                                                                   \
	"c=IN IP4 0.0.0.0\r\n"                                                                               \
	"a=candidate:1 1 udp 2122260223 192.168.7.31 53124 typ host generation 0\r\n"                        \
	"a=candidate:2 1 udp 2122194687 5f0bbf3a-9c1c-4a5a.local 40111 typ host generation 0\r\n"            \
	"a=ice-ufrag:eKzJ\r\n"                                                                               \
	"a=ice-pwd:zRtPGkQv9HZpg3jJn+wJvSXo\r\n"                                                             \
	"a=ice-options:trickle\r\n"                                                                          \
	"a=fingerprint:sha-256 F3:55:78:15:66:3B:62:24:88:70:CA:5D:3A:B9:F9:71:41:83:79:5F:4E:FB:D5:E8:79:"  \
	"FC:ED:84:C2:17:49:B2\r\n"                                                                           \
	"a=setup:actpass\r\n"

#define CHROMIUM_HEAD                                                                                        \
	"v=0\r\n"                                                                                            \
	"o=- 8908440195182181465 2 IN IP4 127.0.0.1\r\n"                                                     \
	"s=-\r\n"                                                                                            \
	"t=0 0\r\n"                                                                                          \
	"a=group:BUNDLE 0 1 2\r\n"                                                                           \
	"a=extmap-allow-mixed\r\n"                                                                           \
	"a=msid-semantic: WMS 00be802b-4ca4-4fff-81c7-2947a0d483b1\r\n"

#define CHROMIUM_AUDIO                                                                                       \
	"m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126\r\n" CHROMIUM_TRANSPORT                         \
	"a=rtcp:9 IN IP4 0.0.0.0\r\n"                                                                        \
	"a=mid:0\r\n"                                                                                        \
	"a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n"                                         \
	"a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"           \
	"a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"                                                 \
	"a=sendrecv\r\n"                                                                                     \
	"a=msid:00be802b-4ca4-4fff-81c7-2947a0d483b1 884d4403-d164-4e7b-82b0-4a9c92e45437\r\n"               \
	"a=rtcp-mux\r\n"                                                                                     \
	"a=rtcp-rsize\r\n"                                                                                   \
	"a=rtcp-xr:rcvr-rtt=all\r\n"                                                                         \
	"a=rtpmap:111 opus/48000/2\r\n"                                                                      \
	"a=rtcp-fb:111 transport-cc\r\n"                                                                     \
	"a=fmtp:111 minptime=10;useinbandfec=1\r\n"                                                          \
	"a=rtpmap:63 red/48000/2\r\n"                                                                        \
	"a=fmtp:63 111/111\r\n"                                                                              \
	"a=rtpmap:9 G722/8000\r\n"                                                                           \
	"a=rtpmap:0 PCMU/8000\r\n"                                                                           \
	"a=rtpmap:8 PCMA/8000\r\n"                                                                           \
	"a=rtpmap:13 CN/8000\r\n"                                                                            \
	"a=rtpmap:110 telephone-event/48000\r\n"                                                             \
	"a=rtpmap:126 telephone-event/8000\r\n"                                                              \
	"a=ssrc:3639435446 cname:A/LIVqDoHlXm5dw1\r\n"

#define CHROMIUM_VIDEO                                                                                       \
	"m=video 9 UDP/TLS/RTP/SAVPF 96 97 108 109 45 98 118 119 120\r\n" CHROMIUM_TRANSPORT                 \
	"a=rtcp:9 IN IP4 0.0.0.0\r\n"                                                                        \
	"a=mid:1\r\n"                                                                                        \
	"a=extmap:13 urn:3gpp:video-orientation\r\n"                                                         \
	"a=sendrecv\r\n"                                                                                     \
	"a=rtcp-mux\r\n"                                                                                     \
	"a=rtpmap:96 VP8/90000\r\n"                                                                          \
	"a=rtcp-fb:96 goog-remb\r\n"                                                                         \
	"a=rtcp-fb:96 nack pli\r\n"                                                                          \
	"a=rtpmap:97 rtx/90000\r\n"                                                                          \
	"a=fmtp:97 apt=96\r\n"                                                                               \
	"a=rtpmap:108 H264/90000\r\n"                                                                        \
	"a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n"              \
	"a=rtpmap:109 rtx/90000\r\n"                                                                         \
	"a=fmtp:109 apt=108\r\n"                                                                             \
	"a=rtpmap:45 AV1/90000\r\n"                                                                          \
	"a=rtpmap:98 VP9/90000\r\n"                                                                          \
	"a=rtpmap:118 red/90000\r\n"                                                                         \
	"a=rtpmap:119 rtx/90000\r\n"                                                                         \
	"a=fmtp:119 apt=118\r\n"                                                                             \
	"a=rtpmap:120 ulpfec/90000\r\n"                                                                      \
	"a=rid:h send\r\n"                                                                                   \
	"a=simulcast:send h\r\n"                                                                             \
	"a=ssrc-group:FID 1536212374 2029157063\r\n"                                                         \
	"a=ssrc:1536212374 cname:A/LIVqDoHlXm5dw1\r\n"

#define CHROMIUM_DATA                                                                                        \
	"m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n" CHROMIUM_TRANSPORT "a=mid:2\r\n"              \
	"a=sctp-port:5000\r\n"                                                                               \
	"a=max-message-size:262144\r\n"

/* Chromium 156: audio, video, data channel. */
#define CHROMIUM CHROMIUM_HEAD CHROMIUM_AUDIO CHROMIUM_VIDEO CHROMIUM_DATA

/* Firefox: fmtp before rtpmap, G722/8000/1. */
#define FIREFOX                                                                                              \
	"v=0\r\n"                                                                                            \
	"o=mozilla...THIS_IS_SDPARTA-99.0 5115930144083302970 0 IN IP4 0.0.0.0\r\n"                          \
	"s=-\r\n"                                                                                            \
	"t=0 0\r\n"                                                                                          \
	"a=sendrecv\r\n"                                                                                     \
	"a=fingerprint:sha-256 24:67:5E:1B:9A:B9:CF:36:C5:30:8F:35:F7:B1:50:66:88:81:92:CB:29:BA:53:A5:02:"  \
	"C8:0A:A5:4E:9C:AE:D9\r\n"                                                                           \
	"a=group:BUNDLE 0 1\r\n"                                                                             \
	"a=ice-options:trickle\r\n"                                                                          \
	"a=msid-semantic:WMS *\r\n"                                                                          \
	"m=audio 9 UDP/TLS/RTP/SAVPF 109 9 0 8 101\r\n"                                                      \
	"c=IN IP4 0.0.0.0\r\n"                                                                               \
	"a=sendrecv\r\n"                                                                                     \
	"a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n"                                         \
	"a=extmap:2/recvonly urn:ietf:params:rtp-hdrext:csrc-audio-level\r\n"                                \
	"a=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1\r\n"                                       \
	"a=fmtp:101 0-15\r\n"                                                                                \
	"a=ice-pwd:b9f3911b591ae61e2d7f6af0531fd2a3\r\n"                                                     \
	"a=ice-ufrag:3edc9012\r\n"                                                                           \
	"a=mid:0\r\n"                                                                                        \
	"a=msid:{258e92fb-547c-40ca-92e9-efe0cedb4cba} {bd1fafff-bfd0-40d4-b0a3-2a87cff307ee}\r\n"           \
	"a=rtcp-mux\r\n"                                                                                     \
	"a=rtpmap:109 opus/48000/2\r\n"                                                                      \
	"a=rtpmap:9 G722/8000/1\r\n"                                                                         \
	"a=rtpmap:0 PCMU/8000\r\n"                                                                           \
	"a=rtpmap:8 PCMA/8000\r\n"                                                                           \
	"a=rtpmap:101 telephone-event/8000/1\r\n"                                                            \
	"a=setup:actpass\r\n"                                                                                \
	"a=ssrc:2121669360 cname:{387b0735-bde2-43a4-8484-7f5663b60f24}\r\n"                                 \
	"m=video 9 UDP/TLS/RTP/SAVPF 120 126\r\n"                                                            \
	"c=IN IP4 0.0.0.0\r\n"                                                                               \
	"a=recvonly\r\n"                                                                                     \
	"a=fmtp:126 profile-level-id=42e01f;level-asymmetry-allowed=1;packetization-mode=1\r\n"              \
	"a=mid:1\r\n"                                                                                        \
	"a=rtpmap:120 VP8/90000\r\n"                                                                         \
	"a=rtpmap:126 H264/90000\r\n"

/* What Janus makes of an audio offer before a plugin sees it. */
#define ANONYMIZED                                                                                           \
	"v=0\r\n"                                                                                            \
	"o=- 8908440195182181465 2 IN IP4 1.1.1.1\r\n"                                                       \
	"s=-\r\n"                                                                                            \
	"t=0 0\r\n"                                                                                          \
	"m=audio 9 UDP/TLS/RTP/SAVPF 111 0 8 126\r\n"                                                        \
	"c=IN IP4 1.1.1.1\r\n"                                                                               \
	"a=sendrecv\r\n"                                                                                     \
	"a=mid:0\r\n"                                                                                        \
	"a=rtpmap:111 opus/48000/2\r\n"                                                                      \
	"a=fmtp:111 minptime=10;useinbandfec=1\r\n"                                                          \
	"a=rtpmap:0 PCMU/8000\r\n"                                                                           \
	"a=rtpmap:8 PCMA/8000\r\n"                                                                           \
	"a=rtpmap:126 telephone-event/8000\r\n"

/* An IMS handset with preconditions, EVS first (26.114 annex T). */
#define HANDSET                                                                                              \
	"v=0\r\n"                                                                                            \
	"o=- 1424239045 1424239045 IN IP4 198.51.100.77\r\n"                                                 \
	"s=-\r\n"                                                                                            \
	"c=IN IP4 198.51.100.77\r\n"                                                                         \
	"b=AS:65\r\n"                                                                                        \
	"t=0 0\r\n"                                                                                          \
	"m=audio 50010 RTP/AVP 96 104 102 100 97\r\n"                                                        \
	"b=AS:65\r\n"                                                                                        \
	"b=RS:0\r\n"                                                                                         \
	"b=RR:2000\r\n"                                                                                      \
	"a=rtpmap:96 EVS/16000/1\r\n"                                                                        \
	"a=fmtp:96 br=5.9-24.4; bw=nb-swb; max-red=220\r\n"                                                  \
	"a=rtpmap:104 AMR-WB/16000/1\r\n"                                                                    \
	"a=fmtp:104 mode-change-capability=2; max-red=220\r\n"                                               \
	"a=rtpmap:102 AMR/8000/1\r\n"                                                                        \
	"a=fmtp:102 mode-change-capability=2; max-red=220\r\n"                                               \
	"a=rtpmap:100 telephone-event/16000\r\n"                                                             \
	"a=fmtp:100 0-15\r\n"                                                                                \
	"a=rtpmap:97 telephone-event/8000\r\n"                                                               \
	"a=fmtp:97 0-15\r\n"                                                                                 \
	"a=curr:qos local none\r\n"                                                                          \
	"a=curr:qos remote none\r\n"                                                                         \
	"a=des:qos mandatory local sendrecv\r\n"                                                             \
	"a=des:qos optional remote sendrecv\r\n"                                                             \
	"a=ptime:20\r\n"                                                                                     \
	"a=maxptime:240\r\n"                                                                                 \
	"a=sendrecv\r\n"

/* baresip 1.0.0 */
#define BARESIP                                                                                              \
	"v=0\r\n"                                                                                            \
	"o=- 2223967613 317781006 IN IP4 198.51.100.2\r\n"                                                   \
	"s=-\r\n"                                                                                            \
	"c=IN IP4 198.51.100.2\r\n"                                                                          \
	"t=0 0\r\n"                                                                                          \
	"a=tool:baresip 1.0.0\r\n"                                                                           \
	"m=audio 13572 RTP/AVP 96 9 0 8 101\r\n"                                                             \
	"a=rtpmap:96 opus/48000/2\r\n"                                                                       \
	"a=fmtp:96 stereo=1;sprop-stereo=1\r\n"                                                              \
	"a=rtpmap:9 G722/8000\r\n"                                                                           \
	"a=rtpmap:0 PCMU/8000\r\n"                                                                           \
	"a=rtpmap:8 PCMA/8000\r\n"                                                                           \
	"a=rtpmap:101 telephone-event/8000\r\n"                                                              \
	"a=fmtp:101 0-15\r\n"                                                                                \
	"a=sendrecv\r\n"                                                                                     \
	"a=label:1\r\n"                                                                                      \
	"a=rtcp-rsize\r\n"                                                                                   \
	"a=ssrc:2378110666 cname:sip:bob@198.51.100.2\r\n"                                                   \
	"a=minptime:20\r\n"                                                                                  \
	"a=ptime:20\r\n"

/* linphone: AVPF off, static types without rtpmap, several telephone-events, video. */
#define LINPHONE                                                                                             \
	"v=0\r\n"                                                                                            \
	"o=bob 3747 2345 IN IP4 198.51.100.3\r\n"                                                            \
	"s=Talk\r\n"                                                                                         \
	"c=IN IP4 198.51.100.3\r\n"                                                                          \
	"b=AS:1024\r\n"                                                                                      \
	"t=0 0\r\n"                                                                                          \
	"a=rtcp-xr:rcvr-rtt=all:10000 stat-summary=loss,dup,jitt,TTL voip-metrics\r\n"                       \
	"a=record:off\r\n"                                                                                   \
	"m=audio 7078 RTP/AVP 96 97 98 0 8 18 101 99 100\r\n"                                                \
	"a=rtpmap:96 opus/48000/2\r\n"                                                                       \
	"a=fmtp:96 useinbandfec=1\r\n"                                                                       \
	"a=rtpmap:97 speex/16000\r\n"                                                                        \
	"a=fmtp:97 vbr=on\r\n"                                                                               \
	"a=rtpmap:98 speex/8000\r\n"                                                                         \
	"a=fmtp:18 annexb=yes\r\n"                                                                           \
	"a=rtpmap:101 telephone-event/48000\r\n"                                                             \
	"a=rtpmap:99 telephone-event/16000\r\n"                                                              \
	"a=rtpmap:100 telephone-event/8000\r\n"                                                              \
	"a=rtcp:7079\r\n"                                                                                    \
	"m=video 9078 RTP/AVP 96\r\n"                                                                        \
	"a=rtpmap:96 VP8/90000\r\n"                                                                          \
	"a=rtcp-fb:* ccm fir\r\n"
