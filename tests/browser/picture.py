"""A camera whose picture is one colour, another each second or when it is told, and what the far side sees of it."""

import math

from checks import check
from desk import signed_in
from patience import attempts

COLOURS = {"red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255), "yellow": (255, 255, 0),
           "magenta": (255, 0, 255), "cyan": (0, 255, 255)}
IN_A_ROW = 4

# In place of the camera.
CAMERA = """(colours) => {
	const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 240 });
	const pen = canvas.getContext('2d');
	const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);

	setInterval(() => {
		pen.fillStyle = colours[window.colour ?? Math.floor(Date.now() / 1000) % colours.length];
		pen.fillRect(0, 0, canvas.width, canvas.height);
	}, 100);
	navigator.mediaDevices.getUserMedia = async (wishes) => {
		const stream = wishes.audio ? await real({ ...wishes, video: false }) : new MediaStream();

		if (wishes.video)
			stream.addTrack(canvas.captureStream(10).getVideoTracks()[0]);
		return stream;
	};
}"""

# The colours in the middle of the picture, each as often as it comes anew.
WATCH = """async (name, colours, seconds) => {
	const video = document.querySelector(`[data-testid="${name}"]`);
	const pen = Object.assign(document.createElement('canvas'), { width: 1, height: 1 })
		.getContext('2d', { willReadFrequently: true });
	const seen = [];
	const look = () => {
		if (!video.videoWidth)
			return;
		pen.drawImage(video, video.videoWidth / 2, video.videoHeight / 2, 1, 1, 0, 0, 1, 1);
		const [r, g, b] = pen.getImageData(0, 0, 1, 1).data;
		const distance = ([x, y, z]) => Math.hypot(r - x, g - y, b - z);
		const [name] = Object.keys(colours).sort((p, q) => distance(colours[p]) - distance(colours[q]));

		if (distance(colours[name]) < 100 && name !== seen.at(-1))
			seen.push(name);
	};
	const again = setInterval(look, 50);

	await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
	clearInterval(again);
	return seen;
}"""


def seated(w, *browsers):
    """Alice, and Bob if there are two browsers, with such cameras."""
    people = signed_in(w, *("Alice", "Bob")[:len(browsers)], browsers=browsers)
    for person in people:
        person.tab.run(CAMERA, list(COLOURS))
    return people


def video_call(caller, callee, answer="answer-video-button"):
    caller.tab.until_visible("dial-input")
    caller.tab.click("dial-input")
    caller.tab.type(callee.user.impi)
    caller.tab.click("video-call-button")
    callee.until("incoming")
    callee.tab.click(answer)


def both_see(one, two):
    """And hear."""
    for person, other in ((one, two), (two, one)):
        person.until_talking()
        until_sees_colours(person)
        person.until_hears(other.voice)
        person.look("video")


def in_order(seen):
    """Each follows the one before it."""
    names = list(COLOURS)
    return all(names[(names.index(one) + 1) % len(names)] == other for one, other in zip(seen, seen[1:]))


def name_of(colour):
    return min(COLOURS, key=lambda name: math.dist(colour, COLOURS[name]))


def telephone_sees_colours(person, phone):
    """The page's camera, one colour after the other, as pictures that baresip takes: the next one when it has seen this one,
    however long it takes."""
    for index, name in enumerate(list(COLOURS)[:IN_A_ROW]):
        person.tab.run("(index) => { window.colour = index; }", index)
        for again in attempts():
            seen = name_of(phone.sees())
            if seen == name:
                break
            check(again, "the telephone sees %s, not %s" % (seen, name))


def until_sees_colours(person):
    """The far camera's colours, one after the other."""
    for again in attempts():
        seen = person.tab.run(WATCH, "remote-video", COLOURS, IN_A_ROW + 0.5)
        if len(seen) >= IN_A_ROW and in_order(seen):
            print("     %s sees %s" % (person.name, " ".join(seen)), flush=True)
            return
        check(again, "%s sees %r" % (person.name, seen))
