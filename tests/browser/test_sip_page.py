"""How the page for SIP libraries looks: light and dark, wide and on a telephone."""

from cases import case
from checks import check, contains, equal
from contrast import check_contrasts
from desk import CORE
from lab import REALM
from sip_desk import TRANSPORT, seat

EDGE = {"core": CORE, "sipws": TRANSPORT}


def seen(person, moment):
    person.looks(moment)
    check_contrasts(person, moment)


@case()
def texts_of_the_sip_page_can_be_read(w):
    """the contrast of every text, light and dark: signing in, refused, in front of the telephone; of a call, whose card has no ground of
    one colour, there are pictures"""
    alice, bob = seat(w, Alice=("jssip", "chromium"), Bob=("sipjs", "chromium"))
    seen(alice, "sign-in")
    alice.sign_in_with(alice.user, "wrong")
    alice.until_refused()
    seen(alice, "refused")
    for person in (alice, bob):
        person.sign_in()
    seen(alice, "telephone")
    alice.call(bob)
    bob.rung_by(alice)
    bob.looks("incoming")
    bob.answer()
    alice.until_talking()
    alice.hold()
    alice.looks("on-hold")
    bob.hang_up()
    nobody = "nobody@" + REALM
    alice.dial(nobody)
    contains(alice.end_of_call(nobody), "604")
    alice.looks("ended")


@case("REQ-156")
def double_click_signs_in_once(w):
    """one telephone, not two of the same person that both ring"""
    alice, = seat(w, Alice=("jssip", "chromium"))
    alice.tab.get(alice.chip, "e.click() ?? e.click()")
    check(alice.signed_in(), "not signed in: " + alice.reason())
    alice.sign_out()
    equal(len({request.call_id for request in w.registers()}), 1, "registrations")


QUESTION = """async () => {
	const [{ CallCard }, { Call }] = await Promise.all([import('/sip/call-card.js'), import('/sip/phone.js')]);
	const call = new Call('sip:bob@ims.example', 'Bob', 'up');
	const { root } = new CallCard(call, { nameOf: () => 'Bob', shown: () => 'Carol', otherThan: () => undefined });
	const question = root.querySelector('.question');
	const hidden = [question.hidden];

	call.become({ referral: { to: 'sip:carol@ims.example', follow() {}, refuse() {} } });
	const button = root.querySelector('.follow');

	call.become({ waits: true });
	hidden.push(question.hidden);
	const same = button === root.querySelector('.follow');

	call.become({ referral: null });
	return [same, ...hidden, question.hidden];
}"""


@case()
def question_stays_as_it_is(w):
    """where a call is to go: its buttons are the same while something else about the call changes, so that no click is lost"""
    alice, = seat(w, Alice=("jssip", "chromium"))
    equal(alice.tab.run(QUESTION), [True, True, False, True], "the same button; hidden before, while it is asked, and after")
