"""A camera whose picture is one colour, another when it is told, and what the far side sees of it."""

import math

from checks import check
from desk import signed_in
from patience import EVENT_S, attempts

COLOURS = {"red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255), "yellow": (255, 255, 0),
           "magenta": (255, 0, 255), "cyan": (0, 255, 255)}
IN_A_ROW = 4

# In place of the camera.
CAMERA = """(colours) => {
	const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 240 });
	const pen = canvas.getContext('2d');
	const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);

	setInterval(() => {
		pen.fillStyle = colours[window.colour ?? 0];
		pen.fillRect(0, 0, canvas.width, canvas.height);
	}, 100);
	navigator.mediaDevices.getUserMedia = async (wishes) => {
		const stream = wishes.audio ? await real({ ...wishes, video: false }) : new MediaStream();

		if (wishes.video)
			stream.addTrack(canvas.captureStream(10).getVideoTracks()[0]);
		return stream;
	};
}"""

# Until that colour is in the middle of the picture.
SEE = """async (name, colour, ms) => {
	const video = document.querySelector(`[data-testid="${name}"]`);
	const pen = Object.assign(document.createElement('canvas'), { width: 1, height: 1 })
		.getContext('2d', { willReadFrequently: true });
	let seen = null;

	for (const end = Date.now() + ms; Date.now() < end; await new Promise((resume) => setTimeout(resume, 50))) {
		if (!video.videoWidth)
			continue;
		pen.drawImage(video, video.videoWidth / 2, video.videoHeight / 2, 1, 1, 0, 0, 1, 1);
		seen = [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
		if (Math.hypot(...seen.map((value, i) => value - colour[i])) < 100)
			return '';
	}
	return `${seen ?? 'nothing'}`;
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
        page_sees_colours(other, person)
        person.until_hears(other.voice)
        person.look("video")


def name_of(colour):
    return min(COLOURS, key=lambda name: math.dist(colour, COLOURS[name]))


def shows_colours(person):
    """The camera's colours, each when the one before has been seen, however long that takes."""
    for index, name in enumerate(list(COLOURS)[:IN_A_ROW]):
        person.tab.run("(index) => { window.colour = index; }", index)
        yield name


def telephone_sees_colours(person, phone):
    """The page's camera, as pictures that baresip takes."""
    for name in shows_colours(person):
        for again in attempts():
            seen = name_of(phone.sees())
            if seen == name:
                break
            check(again, "the telephone sees %s, not %s" % (seen, name))


def page_sees_colours(person, viewer):
    """One page's camera, at another."""
    for name in shows_colours(person):
        seen = viewer.tab.run(SEE, "remote-video", COLOURS[name], EVENT_S * 1000)
        check(not seen, "%s sees %s, not %s" % (viewer.name, seen, name))
    print("     %s sees %s" % (viewer.name, " ".join(list(COLOURS)[:IN_A_ROW])), flush=True)
