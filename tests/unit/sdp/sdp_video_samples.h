/* sdp_video_samples.h: video m-lines as real software writes them. */
#pragma once
#include "sdp_samples.h"

#define BROWSER_AUDIO HEAD("1.1.1.1") "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n"
#define BROWSER_VIDEO BROWSER_AUDIO "m=video 9 UDP/TLS/RTP/SAVPF "

#define CBP_1_PARAMETERS "profile-level-id=42e01f;packetization-mode=1"
#define CBP_0(pt) "a=fmtp:" pt " profile-level-id=42e01f;packetization-mode=0"
#define CBP_1(pt) "a=fmtp:" pt " " CBP_1_PARAMETERS

#define FEEDBACK(pt)                                                                                         \
	"a=rtcp-fb:" pt " goog-remb\r\n"                                                                     \
	"a=rtcp-fb:" pt " transport-cc\r\n"                                                                  \
	"a=rtcp-fb:" pt " ccm fir\r\n"                                                                       \
	"a=rtcp-fb:" pt " nack\r\n"                                                                          \
	"a=rtcp-fb:" pt " nack pli\r\n"

#define CHROMIUM_H264(pt, mode, profile)                                                                     \
	"a=rtpmap:" pt " H264/90000\r\n" FEEDBACK(pt) "a=fmtp:" pt                                           \
						      " level-asymmetry-allowed=1;packetization-mode=" mode  \
						      ";profile-level-id=" profile "\r\n"

/* Chromium 156, as Janus hands it on: nothing of ICE, DTLS, rtx, red, ulpfec. */
#define CHROMIUM_156                                                                                         \
	HEAD("1.1.1.1")                                                                                      \
	"m=audio 9 UDP/TLS/RTP/SAVPF 111 9 0 8 13 110 126\r\n"                                               \
	"a=mid:0\r\n"                                                                                        \
	"a=extmap:14 urn:ietf:params:rtp-hdrext:toffset\r\n"                                                 \
	"a=rtpmap:111 opus/48000/2\r\n"                                                                      \
	"a=fmtp:111 minptime=10;useinbandfec=1\r\n"                                                          \
	"a=rtpmap:110 telephone-event/48000\r\n"                                                             \
	"a=rtpmap:126 telephone-event/8000\r\n"                                                              \
	"m=video 9 UDP/TLS/RTP/SAVPF 96 103 107 109 115 117 119 45 98 100\r\n"                               \
	"c=IN IP4 1.1.1.1\r\n"                                                                               \
	"a=sendrecv\r\n"                                                                                     \
	"a=mid:1\r\n"                                                                                        \
	"a=extmap:14 urn:ietf:params:rtp-hdrext:toffset\r\n"                                                 \
	"a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time\r\n"                          \
	"a=extmap:13 urn:3gpp:video-orientation\r\n"                                                         \
	"a=extmap:4 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"           \
	"a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay\r\n"                          \
	"a=extmap:9 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"                                                 \
	"a=rtpmap:96 VP8/90000\r\n" FEEDBACK("96") CHROMIUM_H264("103", "1", "42001f")                       \
		CHROMIUM_H264("107", "0", "42001f") CHROMIUM_H264("109", "1", "42e01f")                      \
			CHROMIUM_H264("115", "0", "42e01f") CHROMIUM_H264("117", "1", "4d001f")              \
				CHROMIUM_H264("119", "1", "64001f") "a=rtpmap:45 AV1/90000\r\n" FEEDBACK(    \
					"45") "a=rtpmap:98 VP9/90000\r\n"                                    \
					      "a=fmtp:98 profile-id=0\r\n"                                   \
					      "a=rtpmap:100 VP9/90000\r\n"                                   \
					      "a=fmtp:100 profile-id=2\r\n"

/* Its answer to an offer of ours. */
#define CHROMIUM_ANSWER(pt, parameters)                                                                      \
	BROWSER_VIDEO pt "\r\n"                                                                              \
			 "a=rtpmap:" pt                                                                      \
			 " H264/90000\r\n" FEEDBACK(pt) "a=fmtp:" pt " " parameters "\r\n"                   \
							"a=extmap:13 urn:3gpp:video-orientation\r\n"

/* Firefox ESR 140 on Debian. */
#define FIREFOX_NO_H264                                                                                      \
	HEAD("1.1.1.1")                                                                                      \
	"m=audio 9 UDP/TLS/RTP/SAVPF 109 9 0 8 101\r\n"                                                      \
	"a=rtpmap:109 opus/48000/2\r\n"                                                                      \
	"a=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1\r\n"                                       \
	"a=rtpmap:101 telephone-event/8000/1\r\n"                                                            \
	"m=video 9 UDP/TLS/RTP/SAVPF 120 121 123\r\n"                                                        \
	"a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"                                                 \
	"a=extmap:4 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time\r\n"                          \
	"a=extmap:7 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"           \
	"a=fmtp:120 max-fs=12288;max-fr=60\r\n"                                                              \
	"a=fmtp:121 max-fs=12288;max-fr=60\r\n"                                                              \
	"a=rtcp-fb:120 nack\r\n"                                                                             \
	"a=rtcp-fb:120 nack pli\r\n"                                                                         \
	"a=rtcp-fb:120 ccm fir\r\n"                                                                          \
	"a=rtcp-fb:120 goog-remb\r\n"                                                                        \
	"a=rtcp-fb:120 transport-cc\r\n"                                                                     \
	"a=rtpmap:120 VP8/90000\r\n"                                                                         \
	"a=rtpmap:121 VP9/90000\r\n"                                                                         \
	"a=rtpmap:123 AV1/90000\r\n"

/* 3GPP TS 26.114 annex A.4, with the audio of a fixed phone. */
#define HANDSET_VIDEO                                                                                        \
	CORE_AUDIO "0\r\n"                                                                                   \
		   "m=video 49154 RTP/AVP 99\r\n"                                                            \
		   "b=AS:315\r\n"                                                                            \
		   "b=RS:0\r\n"                                                                              \
		   "b=RR:2500\r\n"                                                                           \
		   "a=tcap:1 RTP/AVPF\r\n"                                                                   \
		   "a=pcfg:1 t=1\r\n"                                                                        \
		   "a=rtpmap:99 H264/90000\r\n"                                                              \
		   "a=fmtp:99 packetization-mode=0; profile-level-id=42c00c; "                               \
		   "sprop-parameter-sets=J0LgDJWgUH6Af1A=,KM46gA==\r\n"                                      \
		   "a=imageattr:99 send [x=176,y=144] [x=224,y=176]\r\n"                                     \
		   "a=rtcp-fb:* trr-int 5000\r\n"                                                            \
		   "a=rtcp-fb:* nack\r\n"                                                                    \
		   "a=rtcp-fb:* nack pli\r\n"                                                                \
		   "a=rtcp-fb:* ccm fir\r\n"                                                                 \
		   "a=rtcp-fb:* ccm tmmbr\r\n"                                                               \
		   "a=extmap:4 urn:3gpp:video-orientation\r\n"

/* baresip 1.0.0 with baresip-ffmpeg */
#define BARESIP_VIDEO                                                                                        \
	BARESIP                                                                                              \
	"m=video 13574 RTP/AVP 97 98 99\r\n"                                                                 \
	"a=rtpmap:97 H264/90000\r\n"                                                                         \
	"a=fmtp:97 packetization-mode=0;profile-level-id=42801f\r\n"                                         \
	"a=rtpmap:98 H264/90000\r\n"                                                                         \
	"a=fmtp:98 packetization-mode=1;profile-level-id=42801f\r\n"                                         \
	"a=rtpmap:99 VP8/90000\r\n"                                                                          \
	"a=fmtp:99 max-fs=3600\r\n"                                                                          \
	"a=sendrecv\r\n"                                                                                     \
	"a=label:2\r\n"                                                                                      \
	"a=framerate:30.00\r\n"
