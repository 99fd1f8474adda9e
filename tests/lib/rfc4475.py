"""The messages of RFC 4475 (SIP torture tests) and RFC 5118 (the same for IPv6), as the core would send them to
a user of ours, and what may become of each.

Only what has to be ours is changed: where it comes from, whom it is for, its own Call-ID and branch, and a
shorter description. What the RFC wants to hurt with stays letter for letter, as far as text can hold it."""

from sip import audio_sdp

RINGS, SILENCE = 180, None
# What a request that cannot be understood may be answered with; or nothing, when it is not even that.
BAD = {400, SILENCE}

SDP = audio_sdp("127.0.1.85", 40000)


class Torture:
    def __init__(self, name, text, may, body=SDP, own_via=True):
        self.name, self.text, self.may, self.body, self.own_via = name, text, may, body, own_via

    def __repr__(self):
        return self.name

    def to(self, uri, me, number):
        """Bytes, as `me` (an address) sends them to the user behind `uri`."""
        host_port = "%s:%d" % me
        text = self.text.strip("\n")
        if self.own_via:    # a way back for the answer
            first, _, rest = text.partition("\n")
            text = "%s\nVia: SIP/2.0/UDP %s;branch=%s\n%s" % (first, host_port, self.branch(number), rest)
        for mark, value in (("@URI@", uri), ("@USER@", uri.partition(":")[2].partition("@")[0]),
                            ("@HOST@", uri.partition("@")[2]), ("@ME@", host_port), ("@ID@", "%s-%d" % (self.name, number)),
                            ("@BRANCH@", self.branch(number)), ("@LEN@", str(len(self.body)))):
            text = text.replace(mark, value)
        return text.replace("\n", "\r\n").encode("latin-1") + b"\r\n\r\n" + self.body.encode("latin-1")

    def branch(self, number):
        return "z9hG4bKtorture%s%d" % (self.name, number)


def request(name, may, method="INVITE", uri="@URI@", more="", skip=(), **options):
    """A plain message with header lines of its own; skip: names of the plain ones to leave out."""
    rows = [("To", "<sip:zoe@scripted.example>"), ("From", "<sip:caller@scripted.example>;tag=%s" % name),
            ("Max-Forwards", "70"), ("Call-ID", "@ID@"), ("CSeq", "1 " + method), ("Contact", "<sip:caller@@ME@>")]
    if options.get("body", SDP):
        rows += [("Content-Type", "application/sdp")]
    rows += [("Content-Length", "@LEN@")]
    lines = ["%s %s SIP/2.0" % (method, uri)] + ["%s: %s" % row for row in rows if row[0] not in skip]
    return Torture(name, "\n".join(lines + more.strip("\n").splitlines()), may, **options)


# 3.1.1: sound, although they do not look so. sofia-sip knows fewer characters in a method and takes intmeth
# for noise; its NUL is left out here, as it ends the text.
VALID = [
    Torture("wsinv", """
INVITE @URI@;unknownparam SIP/2.0
TO :
 sip:vivekg@chair-dnrc.example.com
from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>
  ;
  tag = 98asjd8
MaX-fOrWaRdS: 0068
Call-ID: @ID@
Content-Length   : @LEN@
cseq: 0009
  INVITE
Via  : SIP  /   2.0
 /UDP
    @ME@;branch=@BRANCH@
s :
NewFangledHeader:   newfangled value
 continued newfangled value
UnknownHeaderWithUnusualValue: ;;,,;;,;
Content-Type: application/sdp
v:  SIP  / 2.0  / TCP     spindle.example.com   ;
  branch  =   z9hG4bK9ikj8  ,
 SIP  /    2.0   / UDP  192.168.255.111   ; branch=
 z9hG4bK30239
m:"Quoted string \\"\\"" <sip:jdrosen@@ME@> ; newparam =
      newvalue ;
  secondparam ; q = 0.33
""", {RINGS}, own_via=False),
    Torture("intmeth", """
!interesting-Method0123456789_*+`.%indeed'~ sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@@HOST@ SIP/2.0
To: "BEL:\\\x07 DEL:\\\x7f" <sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*@example.com>
From: token1~` token2'+_ token3*%!.- <sip:mundane@example.com>;fromParam''~+*_!.-%="\xd1\x80\xd0\xb0\xd0\xb1\xd0\xbe\xd1\x82\xd0\xb0\xd1\x8e\xd1\x89\xd0\xb8\xd0\xb9";tag=_token~1'+`*%!-.
Max-Forwards: 255
Call-ID: intmeth.word%ZK-!.*_+'@word`~)(><:\\/"][?}{@ID@
CSeq: 139122385 !interesting-Method0123456789_*+`.%indeed'~
Content-Length: 0
extensionHeader-!.%*+_`'~:\xef\xbb\xbf\xe5\xa4\xa7\xe5\x81\x9c\xe9\x9b\xbb
""", {405, 501, SILENCE}, body=""),
    request("esc01", {RINGS}, more="""
P-Called-Party-ID: <sip:sips%3Auser%40example.com@example.net;l=%41>
X-Escaped: sip:%75se%72@example.com"""),
    request("escnull", {405}, "REGISTER", "sip:@HOST@", skip=("To", "From", "Contact"), body="", more="""
To: sip:null-%00-null@example.com
From: sip:null-%00-null@example.com;tag=839923423
Contact: <sip:%00@host5.example.com>
Contact: <sip:%00%00@host5.example.com>"""),
    request("esc02", {405, 501}, "RE%47IST%45R", "sip:@HOST@", body="", skip=("Contact",), more="""
Contact: <sip:alias1@host1.example.com>
Contact: <sip:alias3@host3.example.com>"""),
    request("lwsdisp", {200}, "OPTIONS", body="", skip=("From",), more="""
From: caller<sip:caller@example.com>;tag=323"""),
    request("longreq", {RINGS}, skip=("To", "From", "Call-ID"), more="""
To: "I have a user name of %s proportion" <sip:user@example.com:6000;unknownparam1=very%svalue;longparam%sname=shortvalue;very%sParameterNameWithNoValue>
F: sip:%s@example.net;tag=12%s424;unknownheaderparam%sname=unknownheaderparam%svalue;unknownValueless%sparam
Call-ID: longreq.one%sreallylongcallid.@ID@
Unknown-%s-Name: unknown-%s-value; unknown-%s-parameter-name = unknown-%s-parameter-value
Via: SIP/2.0/TCP sip33.example.com
v: SIP/2.0/TCP sip32.example.com
V: SIP/2.0/TCP sip31.example.com
%s""" % (("extreme", "long" * 20, "long" * 25, "long" * 26, "amazinglylongcallername" * 5, "982" * 50, "long" * 20,
          "long" * 15, "long" * 10) + ("really" * 20, "long" * 20, "long" * 20, "long" * 20, "long" * 20)
         + ("\n".join("v: SIP/2.0/TCP sip%d.example.com ;branch=z9hG4bK%d" % (n, n) for n in range(30, 1, -1)),))),
    Torture("dblreq", """
OPTIONS @URI@ SIP/2.0
To: sip:j.user@example.com
From: sip:j.user@example.com;tag=43251j3j324
Max-Forwards: 8
I: @ID@
Contact: sip:j.user@host.example.com
CSeq: 8 OPTIONS
Content-Length: 0
""", {200}, body="INVITE sip:joe@example.com SIP/2.0\r\nt: sip:joe@example.com\r\nFrom: sip:caller@example.net;tag=141334\r\n\r\n"),
    request("semiuri", {200}, "OPTIONS", "sip:user;par=u%40example.net@@HOST@", body=""),
    request("transports", {200}, "OPTIONS", body="", more="""
Via: SIP/2.0/UDP t1.example.com;branch=z9hG4bKkdjuw
Via: SIP/2.0/SCTP t2.example.com;branch=z9hG4bKklasjdhf
Via: SIP/2.0/TLS t3.example.com;branch=z9hG4bK2980unddj
Via: SIP/2.0/UNKNOWN t4.example.com;branch=z9hG4bKasd0f3en
Via: SIP/2.0/TCP t5.example.com;branch=z9hG4bK0a9idfnee"""),
    request("mpart01", {200, 404, 405, 415, 481}, "MESSAGE", skip=("Content-Type",), more="""
Content-Type: multipart/mixed;boundary=7a9cbec02ceef655""",
            body="--7a9cbec02ceef655\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: binary\r\n\r\nHello\r\n"
                 "--7a9cbec02ceef655\r\nContent-Type: application/octet-stream\r\n\r\n0\x82\x01R\x06\t*\x86H\x00\r\n--7a9cbec02ceef655--"),
]

# 3.1.2 and 3.2: broken; 400, another refusal, or not worth an answer
BROKEN = [
    request("badinv01", BAD | {RINGS}, skip=("Contact",), more='''
Contact: "Joe" <sip:joe@example.org>;;;;'''),
    request("clerr", BAD, skip=("Content-Length",), more="Content-Length: 9999"),
    request("ncl", BAD, skip=("Content-Length",), more="Content-Length: -999"),
    request("scalar02", BAD | {405}, "REGISTER", "sip:@HOST@", body="", skip=("CSeq", "Max-Forwards", "Contact"), more="""
CSeq: 36893488147419103232 REGISTER
Max-Forwards: 300
Expires: 10000000000000000000000000
Contact: <sip:user@host129.example.com>;expires=280297596632815"""),
    request("quotbal", BAD, skip=("To",), more='''
To: "Mr. J. User <sip:j.user@example.com>'''),
    request("ltgtruri", BAD, uri="<@URI@>"),
    request("lwsruri", BAD, uri="sip:user@example.com; lr"),
    request("lwsstart", BAD | {RINGS}, "INVITE ", "@URI@ "),
    request("trws", BAD | {200}, "OPTIONS", "@URI@ ", body=""),
    request("escruri", BAD | {RINGS}, uri="@URI@?Route=%3Csip:example.com%3E"),
    request("baddate", BAD | {RINGS}, more="Date: Fri, 01 Jan 2010 16:00:00 EST"),
    request("regbadct", BAD | {405}, "REGISTER", "sip:@HOST@", body="", skip=("Contact",), more="""
Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E"""),
    request("badaspec", BAD | {200}, "OPTIONS", body="", skip=("To",), more="""
To: "Watson, Thomas" < sip:t.watson@example.org >"""),
    request("baddn", BAD | {200}, "OPTIONS", body="", skip=("From",), more="""
From: Bell, Alexander <sip:a.g.bell@example.com>;tag=43"""),
    Torture("badvers", """
OPTIONS @URI@ SIP/7.0
Via: SIP/7.0/UDP @ME@;branch=@BRANCH@
Max-Forwards: 70
From: A. Bell <sip:a.g.bell@example.com>;tag=qweoiqpe
To: T. Watson <sip:t.watson@example.org>
Call-ID: @ID@
CSeq: 1 OPTIONS
l: 0
""", {505, 400, SILENCE}, body="", own_via=False),
    request("mismatch01", BAD, "OPTIONS", body="", skip=("CSeq",), more="CSeq: 8 INVITE"),
    request("mismatch02", BAD, "NEWMETHOD", body="", skip=("CSeq",), more="CSeq: 8 INVITE"),
    Torture("badbranch", """
OPTIONS @URI@ SIP/2.0
To: sip:user@example.com
From: sip:caller@example.org;tag=33242
Max-Forwards: 3
Via: SIP/2.0/UDP @ME@;branch=z9hG4bK
Accept: application/sdp
Call-ID: @ID@
CSeq: 8 OPTIONS
l: 0
""", {200, 400, SILENCE}, body="", own_via=False),
]

# 3.3 and 3.4: sound SIP that asks for the impossible
IMPOSSIBLE = [
    Torture("insuf", """
INVITE @URI@ SIP/2.0
CSeq: 193942 INVITE
Via: SIP/2.0/UDP @ME@;branch=@BRANCH@
Content-Type: application/sdp
l: @LEN@
""", BAD, own_via=False),
    request("unkscm", {416}, "OPTIONS", "nobodyKnowsThisScheme:totallyopaquecontent", body=""),
    request("novelsc", {416}, "OPTIONS", "soap.beep://192.0.2.103:3002", body=""),
    request("unksm2", {405}, "REGISTER", "sip:@HOST@", body="", skip=("To", "From"), more="""
To: isbn:2983792873
From: <http://www.example.com>;tag=3234233"""),
    request("bext01", {420}, more="""
Require: nothingSupportsThis, nothingSupportsThisEither
Proxy-Require: noProxiesSupportThis, norDoAnyProxiesSupportThis"""),
    request("invut", {400, 415, 488}, skip=("Content-Type",), body="<audio>\r\n <pcmu port=\"443\"/>\r\n</audio>\r\n",
            more="Content-Type: application/unknownformat"),
    request("regaut01", {405}, "REGISTER", "sip:@HOST@", body="", more="""
Authorization: NoOneKnowsThisScheme opaque-data=here"""),
    request("multi01", BAD | {RINGS}, skip=("CSeq", "Max-Forwards", "From", "To"), more="""
CSeq: 59 INVITE
CSeq: 8 INVITE
From: sip:caller@example.com;tag=7
From: sip:other@example.com;tag=8
To: sip:user@example.com
To: sip:other@example.net
Max-Forwards: 70
Max-Forwards: 5
Call-ID: other"""),
    request("mcl01", BAD | {200}, "OPTIONS", body="", more="Content-Length: 5"),
    request("bcast", {RINGS}, more="Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber23"),
    request("zeromf", {200, 483}, "OPTIONS", body="", skip=("Max-Forwards",), more="Max-Forwards: 0"),
    request("cparam01", {405}, "REGISTER", "sip:@HOST@", body="", skip=("Contact",), more="""
Contact: sip:+19725552222@gw1.example.net;unknownparam"""),
    request("regescrt", {405}, "REGISTER", "sip:@HOST@", body="", skip=("Contact",), more="""
Contact: <sip:user@example.com?Route=%3Csip:sip.example.com%3E>"""),
    request("sdp01", {RINGS}, more="Accept: text/nobodyKnowsThis"),
    Torture("inv2543", """
INVITE @URI@ SIP/2.0
Via: SIP/2.0/UDP @ME@
From: <sip:bob@example.com>
To: <sip:zoe@example.com>
Call-ID: @ID@
CSeq: 1 INVITE
Content-Type: application/sdp
Content-Length: @LEN@
""", {400, SILENCE}, own_via=False),
]

# RFC 5118
V6 = [
    request("ipv6-good", {405}, "REGISTER", "sip:[2001:db8::10]", body="", skip=("To", "Contact"), more="""
To: sip:user@example.com
Contact: "Caller" <sip:caller@[2001:db8::1]>"""),
    request("ipv6-bad", BAD | {405}, "REGISTER", "sip:2001:db8::10", body="", skip=("Contact",), more="""
Contact: sip:caller@[2001:db8::1]"""),
    request("port-ambiguous", {405}, "REGISTER", "sip:[2001:db8::10:5070]", body=""),
    request("port-unambiguous", {405}, "REGISTER", "sip:[2001:db8::10]:5070", body=""),
    request("via-received-param-with-delim", {200}, "OPTIONS", body="",
            more="Via: SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKas3-111"),
    request("via-received-param-no-delim", {200}, "OPTIONS", body="",
            more="Via: SIP/2.0/UDP [2001:db8::9:1];received=2001:db8::9:255;branch=z9hG4bKas3"),
    request("ipv6-in-sdp", {RINGS, 488}, skip=("Contact",), more="Contact: <sip:caller@[2001:db8::20]>",
            body="v=0\r\no=- 1 1 IN IP6 2001:db8::20\r\ns=-\r\nt=0 0\r\nm=audio 16142 RTP/AVP 0\r\nc=IN IP6 2001:db8::20\r\n"),
    request("mult-ip-in-sdp", {RINGS, 488},
            body="v=0\r\no=- 1 1 IN IP4 127.0.1.85\r\ns=-\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\nc=IN IP4 127.0.1.85\r\n"
                 "m=audio 6000 RTP/AVP 0\r\nc=IN IP6 2001:db8::1\r\n"),
    request("ipv4-mapped-ipv6", {RINGS, 488}, skip=("Contact",), more="Contact: <sip:caller@[::ffff:192.0.2.10]:19823>",
            body="v=0\r\no=- 1 1 IN IP6 ::ffff:192.0.2.2\r\ns=-\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\nc=IN IP6 ::ffff:192.0.2.2\r\n"),
    request("ipv6-bug-abnf-3-colons", BAD | {200}, "OPTIONS", "sip:user@[2001:db8:::192.0.2.1]", body=""),
    request("unescaped-zone", BAD | {200}, "OPTIONS", "sip:user@[fe80::1%25eth0]", body=""),
]

# Answers to nothing: 3.1.1.12, 3.1.1.13, 3.1.2.19, 3.3.16 and worse
ANSWERS = [Torture(name, """
SIP/2.0 %s
Via: SIP/2.0/UDP @HOST@;branch=z9hG4bK1324923
Call-ID: @ID@
CSeq: 35 INVITE
From: <sip:user@example.com>;tag=11141343
To: <sip:user@example.edu>;tag=2229
Content-Length: @LEN@
Content-Type: application/sdp
Contact: <sip:user@host198.example.com>
""" % status, {SILENCE}, own_via=False) for name, status in (
    ("unreason", "200 = 2**3 * 5**2 \xd0\xbd\xd0\xbe \xd1\x81\xd1\x82\xd0\xbe"), ("noreason", "100 "),
    ("bigcode", "4294967301 better not break the receiver"), ("smallcode", "1 one"), ("zerocode", "0 nothing"),
    ("scalarlg", "503 Service Unavailable\nRetry-After: 949302838503028349304023988\nWarning: 1812 overture \"In Progress\""))]

ALL = VALID + BROKEN + IMPOSSIBLE + V6 + ANSWERS
