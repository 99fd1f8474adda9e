"""Pictures of a table's figures: SVG of a few plain lines, which diff shows, on a white card, which every page shows."""

import math
import statistics
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 76, 36, 56, 64           # what the axes leave free
INK, GRID, MARK = "#24292f", "#d8dee4", "#9a6700"
COLOURS = ("#0550ae", "#cf222e", "#1a7f37", "#8250df", "#57606a", "#bc4c00")      # the first is ours, the second theirs


class Scale:
    """From values to pixels. log: powers of ten are equally far apart; every value is then above 0."""

    def __init__(self, values, first_px, last_px, log):
        self.log, self.first_px, self.last_px = log, first_px, last_px
        low, high = min(values), max(values)
        if log:
            self.low, self.high = math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9)
            self.high = max(self.high, self.low + 1)
            self.ticks = [base * 10 ** power for power in range(self.low, self.high + 1)
                          for base in ((1, 2, 5) if self.high - self.low < 2 else (1,)) if base == 1 or power < self.high]
        else:
            step = self._step(max(high, 0) - min(low, 0))
            self.low, self.high = math.floor(min(low, 0) / step) * step, math.ceil(max(high, step) / step) * step
            self.ticks = [self.low + step * n for n in range(round((self.high - self.low) / step) + 1)]

    @staticmethod
    def _step(span):
        """Of 1, 2 or 5 times a power of ten: some five of it fill the span."""
        rough = max(span, 1e-9) / 5
        power = 10 ** math.floor(math.log10(rough))
        return next(base * power for base in (1, 2, 5, 10) if base * power >= rough * 0.999)

    def px(self, value):
        at = math.log10(max(value, 10 ** self.low)) if self.log else value
        return self.first_px + (self.last_px - self.first_px) * (at - self.low) / (self.high - self.low)


class Names:
    """Places side by side, for what is no number."""

    def __init__(self, names, first_px, last_px):
        self.ticks, self.width = names, (last_px - first_px) / len(names)
        self.places = {name: first_px + self.width * (n + 0.5) for n, name in enumerate(names)}

    def px(self, name):
        return self.places[name]


def short(value):
    """A tick's number: 0.2, 50, 10,000"""
    if isinstance(value, str):
        return value
    return "{:,.0f}".format(value) if abs(value) >= 10 else "{:.4g}".format(round(value, 9))


class Plot:
    """One picture, docs/performance/NAME.svg.

    name       of the file
    title      what it shows
    x, y       what the axes are, with the unit: "users", "CPU per call, ms"
    series     {"ims": {x: [value of each run]}}: a point at the median, a whisker from lowest to highest, points joined; an
               x that is a text is a place of its own, and nothing is joined
    wanted     the target, a dashed line; None: there is none
    log_x, log_y   by powers of ten"""

    def __init__(self, name, title, x, y, series, wanted=None, log_x=False, log_y=False):
        self.name, self.title, self.x, self.y, self.series, self.wanted = name, title, x, y, series, wanted
        places = list(dict.fromkeys(place for points in series.values() for place in points))
        values = [value for points in series.values() for runs in points.values() for value in runs]
        values += [] if wanted is None else [wanted]
        self.log_y = log_y and min(values) > 0
        self.named = isinstance(places[0], str)
        self.across = (Names(places, LEFT, WIDTH - RIGHT) if self.named
                       else Scale(places, LEFT, WIDTH - RIGHT, log_x and min(places) > 0))
        self.up = Scale(values, HEIGHT - BOTTOM, TOP, self.log_y)

    def markdown(self):
        return "![%s](performance/%s.svg)" % (self.title, self.name)

    def svg(self):
        lines = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" '
                 'font-family="sans-serif" font-size="12">' % (WIDTH, HEIGHT, WIDTH, HEIGHT),
                 "<title>%s</title>" % escape(self.title),
                 '<rect width="%d" height="%d" rx="8" fill="#ffffff" stroke="%s"/>' % (WIDTH, HEIGHT, GRID),
                 _text(LEFT, 22, self.title, "start", 'font-weight="bold" font-size="14"')]
        lines += self._axes() + self._target()
        for n, (name, points) in enumerate(self.series.items()):
            lines += self._key(n, name) + self._points(n, points)
        return "\n".join(lines + ["</svg>", ""])

    def _axes(self):
        lines = []
        for tick in self.up.ticks:
            y = self.up.px(tick)
            lines += [_line(LEFT, y, WIDTH - RIGHT, y, GRID), _text(LEFT - 8, y + 4, short(tick), "end")]
        for tick in self.across.ticks:
            lines.append(_text(self.across.px(tick), HEIGHT - BOTTOM + 18, short(tick)))
        middle = (TOP + HEIGHT - BOTTOM) / 2
        return lines + [_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 20, self.x),
                        _text(18, middle, self.y, "middle", 'transform="rotate(-90 18 %.1f)"' % middle),
                        _line(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM, INK)]

    def _target(self):
        if self.wanted is None:
            return []
        y = self.up.px(self.wanted)
        return [_line(LEFT, y, WIDTH - RIGHT, y, MARK, 'stroke-dasharray="6 4"'),
                _text(WIDTH - RIGHT - 4, y - 5, "target " + short(self.wanted), "end", 'fill="%s"' % MARK)]

    def _key(self, n, name):
        room = (WIDTH - LEFT - RIGHT) / len(self.series)
        return ['<circle cx="%.1f" cy="40" r="4" fill="%s"/>' % (LEFT + 4 + n * room, _colour(n)),
                _text(LEFT + 14 + n * room, 44, name, "start")]

    def _points(self, n, points):
        """Beside those of the others, so that no whisker hides another."""
        aside = ((n - (len(self.series) - 1) / 2) * (self.across.width / (len(self.series) + 1) if self.named else 3))
        at = {place: self.across.px(place) + aside for place in points}
        lines = []
        if not self.named and len(points) > 1:
            joined = " ".join("%.1f,%.1f" % (at[place], self.up.px(statistics.median(points[place])))
                              for place in sorted(points))
            lines.append('<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>' % (joined, _colour(n)))
        for place, runs in points.items():
            x, low, high = at[place], self.up.px(min(runs)), self.up.px(max(runs))
            lines += [_line(x, low, x, high, _colour(n), 'stroke-width="1.5"'),
                      *(_line(x - 4, end, x + 4, end, _colour(n), 'stroke-width="1.5"') for end in (low, high)),
                      '<circle cx="%.1f" cy="%.1f" r="4" fill="%s"/>' % (
                          x, self.up.px(statistics.median(runs)), _colour(n))]
        return lines


def _colour(n):
    return COLOURS[n % len(COLOURS)]


def _line(x1, y1, x2, y2, colour, more=""):
    return '<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s" %s/>' % (x1, y1, x2, y2, colour, more)


def _text(x, y, text, anchor="middle", more=""):
    more = more if "fill=" in more else 'fill="%s" %s' % (INK, more)
    return '<text x="%.1f" y="%.1f" text-anchor="%s" %s>%s</text>' % (x, y, anchor, more, escape(str(text)))
