"""A drawing as plain data: shapes that know their bounds and how they are written as SVG.

The origin is where a drawing puts it, y grows downwards, lengths are CSS px. The view box is computed from the bounds,
so nothing can fall outside. No shape has an id or refers to one: arrowheads are shapes of their own instead of
markers, curves are cut instead of clipped, and so any number of drawings share a page without meeting.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import Literal, NamedTuple

from grader.sheets.figures import style
from grader.sheets.figures.text import Run, bolder, run_shift, run_width, runs, text_width

Anchor = Literal["start", "middle", "end"]


class Point(NamedTuple):
    """A place, or the way from one place to another."""

    x: float
    y: float

    def to(self, other: "Point") -> "Point":
        """Return the way from here to there."""
        return Point(other.x - self.x, other.y - self.y)

    def moved(self, along: "Point", times: float = 1.0) -> "Point":
        """Return where one gets by going ``times`` the way ``along``."""
        return Point(self.x + along.x * times, self.y + along.y * times)

    def length(self) -> float:
        """Return the length of the way."""
        return math.hypot(self.x, self.y)

    def unit(self) -> "Point":
        """Return the way of length 1 in this direction; nowhere stays nowhere."""
        length = self.length() or 1.0
        return Point(self.x / length, self.y / length)

    def left(self) -> "Point":
        """Return the way turned a quarter to the left, as seen on the page."""
        return Point(self.y, -self.x)


class Box(NamedTuple):
    """An upright rectangle."""

    left: float
    top: float
    right: float
    bottom: float

    def grown(self, by: float) -> "Box":
        """Return the box with ``by`` px more on every side."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def overlaps(self, other: "Box") -> bool:
        """Say whether the two share more than a border."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    @property
    def centre(self) -> Point:
        """The middle."""
        return Point((self.left + self.right) / 2, (self.top + self.bottom) / 2)

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.bottom - self.top


def around(boxes: Iterable[Box]) -> Box:
    """Return the smallest box around at least one box."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))


@dataclass(frozen=True)
class Look:
    """How a shape is drawn: its line, if any, and its filling, if any."""

    stroke: str | None = style.INK
    width: float = style.LINE
    dash: str = ""
    fill: str | None = None
    opacity: float = 1.0  #: of the filling

    def attributes(self) -> str:
        """Return the look as SVG attributes."""
        parts = [f'fill="{self.fill or "none"}"']
        if self.fill and self.opacity < 1:
            parts.append(f'fill-opacity="{_number(self.opacity)}"')
        if self.stroke:
            parts.append(f'stroke="{self.stroke}" stroke-width="{_number(self.width)}"')
            if self.dash:
                parts.append(f'stroke-dasharray="{self.dash}"')
        return " ".join(parts)


def tinted(colour: str, opacity: float = style.TINT, width: float = style.LINE) -> Look:
    """Return the look of a shape with an ink border and a pale filling."""
    return Look(width=width, fill=colour, opacity=opacity)


def solid(colour: str = style.INK) -> Look:
    """Return the look of a shape that is all filling."""
    return Look(stroke=None, fill=colour)


@dataclass(frozen=True)
class Circle:
    """A circle."""

    centre: Point
    radius: float
    look: Look = field(default_factory=Look)

    def bounds(self) -> Box:
        """Return what the circle and its line cover."""
        return Box(*self.centre, *self.centre).grown(self.radius + _half(self.look))

    def svg(self) -> str:
        """Return the circle as SVG."""
        cx, cy = map(_number, self.centre)
        return f'<circle cx="{cx}" cy="{cy}" r="{_number(self.radius)}" {self.look.attributes()}/>'


@dataclass(frozen=True)
class Rectangle:
    """An upright rectangle, with rounded corners if asked."""

    box: Box
    look: Look = field(default_factory=Look)
    rounding: float = 0.0

    def bounds(self) -> Box:
        """Return what the rectangle and its line cover."""
        return self.box.grown(_half(self.look))

    def svg(self) -> str:
        """Return the rectangle as SVG."""
        x, y, width, height = map(_number, (self.box.left, self.box.top, self.box.width, self.box.height))
        rounding = f' rx="{_number(self.rounding)}"' if self.rounding else ""
        return f'<rect x="{x}" y="{y}" width="{width}" height="{height}"{rounding} {self.look.attributes()}/>'


Command = tuple[str, tuple[Point, ...]]  #: an SVG path command, one of M, L, C and Z, and its absolute points


@dataclass(frozen=True)
class Path:
    """Straight lines and cubic curves."""

    commands: tuple[Command, ...]
    look: Look = field(default_factory=Look)

    def bounds(self) -> Box:
        """Return what the path and its line cover."""
        xs, ys = zip(*flattened(self.commands), strict=True)
        return Box(min(xs), min(ys), max(xs), max(ys)).grown(_half(self.look))

    def svg(self) -> str:
        """Return the path as SVG."""
        d = "".join(
            name + " ".join(f"{_number(point.x)},{_number(point.y)}" for point in points)
            for name, points in self.commands
        )
        return f'<path d="{d}" {self.look.attributes()} stroke-linejoin="round"/>'


@dataclass(frozen=True)
class Label:
    """A line of text; ``at`` is on its base line."""

    text: str
    at: Point
    size: float = style.TEXT
    anchor: Anchor = "middle"
    bold: bool = False
    colour: str = style.INK

    @property
    def runs(self) -> tuple[Run, ...]:
        """The label's letters, by kind."""
        found = runs(self.text)
        return tuple(bolder(run) for run in found) if self.bold else found

    def bounds(self) -> Box:
        """Return the box that the letters keep to in every font of the style."""
        width = sum(run_width(run) for run in self.runs) * self.size
        left = self.at.x - {"start": 0.0, "middle": width / 2, "end": width}[self.anchor]
        sizes = [(run_shift(run), style.SUBSCRIPT_SIZE if run.level else 1.0) for run in self.runs]
        top = min((shift - style.ASCENT * size for shift, size in sizes), default=0.0)
        bottom = max((shift + style.DESCENT * size for shift, size in sizes), default=0.0)
        return Box(left, self.at.y + top * self.size, left + width, self.at.y + bottom * self.size)

    def svg(self) -> str:
        """Return the label as SVG text; its size and face are inherited where they are the style's."""
        x, y = map(_number, self.at)
        attributes = [f'x="{x}" y="{y}"']
        if self.size != style.TEXT:
            attributes.append(f'font-size="{_number(self.size)}"')
        if self.anchor != "middle":
            attributes.append(f'text-anchor="{self.anchor}"')
        if self.colour != style.INK:
            attributes.append(f'fill="{self.colour}"')
        return f"<text {' '.join(attributes)}>{''.join(self._spans())}</text>"

    def _spans(self) -> Iterable[str]:
        shift = 0.0
        for run in self.runs:
            attributes = ""
            if run.level:
                attributes += f' font-size="{_number(self.size * style.SUBSCRIPT_SIZE)}"'
            if run_shift(run) != shift:
                attributes += f' dy="{_number((run_shift(run) - shift) * self.size)}"'
                shift = run_shift(run)
            if run.italic:
                attributes += ' font-style="italic"'
            if run.bold:
                attributes += ' font-weight="bold"'
            letters = escape(run.letters, quote=False)
            yield f"<tspan{attributes}>{letters}</tspan>" if attributes else letters


@dataclass(frozen=True)
class Group:
    """Shapes that are one thing, with what it is and facts about it, for style sheets and tests to find."""

    kind: str
    shapes: tuple["Shape", ...]
    facts: tuple[tuple[str, str], ...] = ()

    def bounds(self) -> Box:
        """Return what the shapes cover."""
        return around(shape.bounds() for shape in self.shapes)

    def svg(self) -> str:
        """Return the shapes as an SVG group."""
        facts = "".join(f' data-{name}="{escape(value)}"' for name, value in self.facts)
        return f'<g class="figure-{self.kind}"{facts}>{"".join(shape.svg() for shape in self.shapes)}</g>'


Shape = Circle | Rectangle | Path | Label | Group


def group(kind: str, shapes: Iterable[Shape], **facts: object) -> Group:
    """Return shapes that are one thing."""
    return Group(kind, tuple(shapes), tuple((name, str(value)) for name, value in facts.items()))


@dataclass(frozen=True)
class Drawing:
    """A finished drawing: one ``<svg>`` element of its own and its natural size in CSS px."""

    svg: str
    width: float
    height: float


def drawing(shapes: Sequence[Shape], margin: float = 3.0) -> Drawing:
    """Return the drawing of at least one shape, later ones on top of earlier ones."""
    bounds = around(shape.bounds() for shape in shapes).grown(margin)
    left, top = math.floor(bounds.left), math.floor(bounds.top)
    width, height = math.ceil(bounds.right) - left, math.ceil(bounds.bottom) - top
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left} {top} {width} {height}" width="{width}" '
        f'height="{height}" role="img" font-family="{style.FONT}" font-size="{_number(style.TEXT)}" '
        f'text-anchor="middle" fill="{style.INK}">{"".join(shape.svg() for shape in shapes)}</svg>'
    )
    return Drawing(svg, float(width), float(height))


# --- paths -----------------------------------------------------------------------------------------------------------


def polyline(points: Sequence[Point], look: Look | None = None, *, closed: bool = False) -> Path:
    """Return straight lines through ``points``."""
    commands: list[Command] = [("M", (points[0],)), *(("L", (point,)) for point in points[1:])]
    if closed:
        commands.append(("Z", ()))
    return Path(tuple(commands), look or Look())


def smooth_commands(points: Sequence[Point], *, closed: bool = False) -> tuple[Command, ...]:
    """Return the commands of a curve through ``points``: a Catmull-Rom spline written as cubic Béziers."""
    ring = [points[-1], *points, points[0], points[1]] if closed else [points[0], *points, points[-1]]
    commands: list[Command] = [("M", (points[0],))]
    for before, start, end, after in zip(ring, ring[1:], ring[2:], ring[3:], strict=False):
        reach = start.to(end).length() / 3
        # Handles a third of the chord long keep the curve from looping where the points are unevenly spaced.
        first = start.moved(before.to(end).unit(), reach)
        second = end.moved(start.to(after).unit(), -reach)
        commands.append(("C", (first, second, end)))
    if closed:
        commands.append(("Z", ()))
    return tuple(commands)


def rounded(points: Sequence[Point], radius: float) -> tuple[Command, ...]:
    """Return the commands of straight lines through ``points`` with rounded corners."""
    commands: list[Command] = [("M", (points[0],))]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        arriving, leaving = before.to(corner), corner.to(after)
        reach = min(radius, arriving.length() / 2, leaving.length() / 2)
        start, end = corner.moved(arriving.unit(), -reach), corner.moved(leaving.unit(), reach)
        # 0.45 of the way back to the corner is where the handles of a quarter circle are.
        handles = (start.moved(start.to(corner), 0.55), end.moved(end.to(corner), 0.55))
        commands += [("L", (start,)), ("C", (*handles, end))]
    commands.append(("L", (points[-1],)))
    return tuple(commands)


def flattened(commands: Iterable[Command], steps: int = 6) -> list[Point]:
    """Return points along a path, close enough together to measure it by."""
    found: list[Point] = []
    for name, points in commands:
        if name == "C":
            start = found[-1]
            found.extend(_on_cubic((start, *points), step / steps) for step in range(1, steps + 1))
        else:
            found.extend(points)
    return found


def _on_cubic(corners: Sequence[Point], t: float) -> Point:
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
    return Point(
        sum(weight * corner.x for weight, corner in zip(weights, corners, strict=True)),
        sum(weight * corner.y for weight, corner in zip(weights, corners, strict=True)),
    )


# --- arrows ----------------------------------------------------------------------------------------------------------

HEAD = 7.0  #: length of an arrowhead
SMALL_HEAD = 5.0


def arrow(
    points: Sequence[Point], look: Look | None = None, *, head: float = HEAD, rounding: float = 0.0
) -> tuple[Shape, ...]:
    """Return an arrow along straight lines, its tip at the last point."""
    look = look or Look()
    *shaft, before, tip = points
    shaft += [before, _before(before, tip, head)]
    line = Path(rounded(shaft, rounding), look) if rounding else polyline(shaft, look)
    return line, _head(before, tip, head, look)


def _before(origin: Point, tip: Point, head: float) -> Point:
    """Return where the shaft ends: inside the head, so that its blunt end does not show beside the tip."""
    return tip.moved(origin.to(tip).unit(), -0.75 * head)


def _head(origin: Point, tip: Point, length: float, look: Look) -> Path:
    along = origin.to(tip).unit()
    back, notch = tip.moved(along, -length), tip.moved(along, -0.75 * length)
    half = 0.36 * length
    return polyline(
        [tip, back.moved(along.left(), half), notch, back.moved(along.left(), -half)],
        solid(look.stroke or style.INK),
        closed=True,
    )


def dashed(look: Look) -> Look:
    """Return the look with a dashed line."""
    return replace(look, dash=style.DASHED)


# --- labels ----------------------------------------------------------------------------------------------------------


def label(
    text: str,
    at: Point,
    *,
    size: float = style.TEXT,
    anchor: Anchor = "middle",
    bold: bool = False,
    colour: str = style.INK,
) -> Label:
    """Return a label whose middle line, not base line, is at ``at``."""
    return Label(text, Point(at.x, at.y + style.MIDDLE * size), size, anchor, bold, colour)


def lines(
    texts: Sequence[str],
    at: Point,
    *,
    size: float = style.TEXT,
    anchor: Anchor = "middle",
    bold: bool = False,
    colour: str = style.INK,
    leading: float = 1.2,
) -> tuple[Label, ...]:
    """Return lines of text whose block has its middle at ``at``."""
    top = at.y - (len(texts) - 1) / 2 * leading * size
    return tuple(
        label(text, Point(at.x, top + row * leading * size), size=size, anchor=anchor, bold=bold, colour=colour)
        for row, text in enumerate(texts)
    )


def fitting(text: str, width: float, size: float = style.TEXT, smallest: float = style.TINY) -> float:
    """Return the size, from ``size`` down to ``smallest``, at which the text is at most ``width`` px wide."""
    needed = text_width(text, size)
    return size if needed <= width else max(smallest, size * width / needed)


def _half(look: Look) -> float:
    return look.width / 2 if look.stroke else 0.0


def _number(value: float) -> str:
    """Return a length with two decimals at most; rounding also makes the text the same on every machine."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
