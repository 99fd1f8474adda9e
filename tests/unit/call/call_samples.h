/* call_samples.h: the descriptions that calls of the tests are made with. */
#pragma once

#define BROWSER_HEAD "v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\ns=-\r\nt=0 0\r\n"
#define BROWSER_AUDIO                                                                                        \
	"m=audio 9 UDP/TLS/RTP/SAVPF 111 0 8 126\r\nc=IN IP4 1.1.1.1\r\na=sendrecv\r\na=mid:0\r\n"           \
	"a=rtpmap:111 opus/48000/2\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"                      \
	"a=rtpmap:126 telephone-event/8000\r\n"
#define BROWSER_VIDEO                                                                                        \
	"m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 1.1.1.1\r\na=sendrecv\r\na=mid:1\r\na=rtpmap:96 "        \
	"VP8/90000\r\n"
#define BROWSER_NO_AUDIO "m=audio 0 UDP/TLS/RTP/SAVPF 8\r\nc=IN IP4 1.1.1.1\r\na=inactive\r\n"
#define BROWSER BROWSER_HEAD BROWSER_AUDIO

#define PHONE_HEAD(address)                                                                                  \
	"v=0\r\no=phone 1 1 IN IP4 " address "\r\ns=-\r\nc=IN IP4 " address "\r\nt=0 0\r\n"
#define PHONE_AUDIO(port)                                                                                    \
	"m=audio " port " RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
#define PHONE PHONE_HEAD("198.51.100.9") PHONE_AUDIO("5004")
#define OTHER_PHONE PHONE_HEAD("198.51.100.10") PHONE_AUDIO("6004")
