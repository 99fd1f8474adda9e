/**
 * The keyboard: digits dial or send tones, Enter calls or answers, Escape declines, cancels or
 * closes the keypad, M mutes, H holds, V is the camera, T transfers, A calls somebody else. A call that is up is never ended by a stray key.
 */
const STEADY_MS = 700;	/* an Enter meant for something else must not answer a call that just came */

const CLICKS = { m: 'mute', h: 'hold', v: 'camera', t: 'transfer', a: 'add' };

export function listenToKeys(page) {
	document.addEventListener('keydown', (event) => {
		if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !page.signedIn())
			return;
		if (event.target.closest('dialog'))
			return;
		if (page.call() ? inCall(event, page) : idle(event, page))
			event.preventDefault();
	});
}

function idle({ key, target }, page) {
	if (target.matches('input'))
		return key === 'Escape' && clear(target);
	if (/^[0-9*#+]$/.test(key))
		page.press(key);
	else if (key === 'Backspace')
		page.backspace();
	else if (key === 'Enter' && !target.matches('button, a, [role=log]'))
		page.dial();
	else
		return false;
	return true;
}

function inCall({ key, target, timeStamp, repeat }, page) {
	const call = page.call();

	if (target.matches('input') || repeat)
		return false;
	if (key === 'Escape')
		return escape(call, page);
	if (call.state === 'incoming')
		return key === 'Enter' && !target.matches('button, a') && timeStamp - page.view.since > STEADY_MS && click('answer');
	if (/^[0-9*#]$/.test(key))
		page.press(key);
	else if (CLICKS[key.toLowerCase()])
		click(CLICKS[key.toLowerCase()]);
	else
		return false;
	return true;
}

function escape(call, page) {
	if (page.view.keypadOpen)
		page.closeKeypad();
	else if (call.state === 'incoming')
		click('decline');
	else if (call.state !== 'up')
		click('hangup');
	return true;
}

function clear(input) {
	input.value = '';
	input.dispatchEvent(new Event('input'));
	return true;
}

function click(id) {
	document.getElementById(id).click();
	return true;
}
