"""Optimizers on a bowl of two parameters: the paths they take, computed, and where Nesterov measures the slope."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field

from grader.sheets.figures import style
from grader.sheets.figures.canvas import (
    Anchor,
    Box,
    Circle,
    Look,
    Point,
    Rectangle,
    Shape,
    arrow,
    group,
    label,
    polyline,
    solid,
)
from grader.sheets.figures.parameters import Entry, Number
from grader.sheets.figures.plots import Axes
from grader.sheets.figures.problem import FigureError
from grader.sheets.figures.text import text_width

Method = Literal["gd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"]

_NAMES: dict[str, str] = {
    "gd": "gradient descent",
    "momentum": "momentum",
    "nesterov": "Nesterov",
    "adagrad": "AdaGrad",
    "rmsprop": "RMSProp",
    "adam": "Adam",
}
_RUNS = (
    Look(stroke=style.BLUE, width=1.3),
    Look(stroke=style.RED, width=1.3, dash="5 2.5"),
    Look(stroke=style.GREEN, width=1.3, dash="2 2"),
    Look(stroke=style.OCHRE, width=1.3, dash="8 3 2 3"),
)
_CONTOUR = Look(stroke="#a2a2a2", width=0.5)
_FRAME = Look(stroke=style.GREY, width=style.THIN)


class Run(Entry):
    """An optimizer, its learning rate, and how many steps of it to show."""

    method: Method
    rate: Annotated[Number, Field(gt=0)]
    steps: Annotated[int, Field(ge=1, le=200)]


Pair = Annotated[list[Number], Field(min_length=2, max_length=2)]


def walk(method: str, curvatures: Sequence[float], start: Sequence[float], rate: float, steps: int) -> list[Point]:
    """Return the places that an optimizer visits on J(θ) = ½ Σ cᵢ θᵢ², with its usual settings.

    Momentum 0.9; AdaGrad and RMSProp with ε = 1e-10 under the root, RMSProp with decay 0.9; Adam with 0.9, 0.999 and
    ε = 1e-8 outside the root (Géron 2017, eq. 11-4 to 11-8; Kingma & Ba 2015, algorithm 1).
    """
    # The parameters do not meet on such a bowl, so each walks by itself.
    xs, ys = (_walk_of_one(method, c, at, rate, steps) for c, at in zip(curvatures, start, strict=True))
    return [Point(x, y) for x, y in zip(xs, ys, strict=True)]


def _walk_of_one(method: str, curvature: float, theta: float, rate: float, steps: int) -> list[float]:
    visited, m, s = [theta], 0.0, 0.0
    for t in range(1, steps + 1):
        slope = curvature * (theta - 0.9 * m if method == "nesterov" else theta)
        if method == "gd":
            step = rate * slope
        elif method in ("momentum", "nesterov"):
            step = m = 0.9 * m + rate * slope
        elif method == "adagrad":
            s += slope * slope
            step = rate * slope / math.sqrt(s + 1e-10)
        elif method == "rmsprop":
            s = 0.9 * s + 0.1 * slope * slope
            step = rate * slope / math.sqrt(s + 1e-10)
        else:
            m, s = 0.9 * m + 0.1 * slope, 0.999 * s + 0.001 * slope * slope
            step = rate * (m / (1 - 0.9**t)) / (math.sqrt(s / (1 - 0.999**t)) + 1e-8)
        theta -= step
        visited.append(theta)
    return visited


def optimizer_paths(
    *,
    curvatures: Annotated[list[Annotated[Number, Field(gt=0)]], Field(min_length=2, max_length=2)],
    start: Pair,
    runs: Annotated[list[Run], Field(min_length=1, max_length=len(_RUNS))],
) -> Sequence[Shape]:
    """Draw the paths of optimizers on the bowl J(θ) = ½ (c₁ θ₁² + c₂ θ₂²), over its contour lines.

    Args:
        curvatures: c₁ and c₂.
        start: where all of them start.
        runs: the optimizers.
    """
    if 0 in start:
        raise FigureError(f"'start' is {start}", "start away from both axes, or a parameter has nothing to learn")
    paths = [walk(run.method, curvatures, start, run.rate, run.steps) for run in runs]
    for run, path in zip(runs, paths, strict=True):
        if any(abs(place.x) > 3 * abs(start[0]) or abs(place.y) > 3 * abs(start[1]) for place in path):
            raise FigureError(
                f"{_NAMES[run.method]} runs off, to ({path[-1].x:.3g}, {path[-1].y:.3g})",
                "take a smaller rate or fewer steps",
            )
    axes = _axes([place for path in paths for place in path] + [Point(0, 0)])
    shapes: list[Shape] = _contours(curvatures, start, axes)
    for run, path, look in zip(runs, paths, _RUNS, strict=False):
        places = [axes.at(*place) for place in path]
        dots = [
            group("iterate", [Circle(at, 1.9, solid(look.stroke or style.INK))], index=index)
            for index, at in enumerate(places)
        ]
        shapes.append(group("path", [polyline(places, look), *dots], method=run.method))
    shapes.append(group("start", [Circle(axes.at(*start), 3.4, solid())]))
    shapes.append(group("minimum", _cross(axes.at(0, 0))))
    frame = axes.frame
    shapes.append(label("$\\theta_1$", Point(frame.right + 12, frame.bottom - 4), size=14))
    shapes.append(label("$\\theta_2$", Point(frame.left, frame.top - 13), size=14))
    entries = [(f"{_NAMES[run.method]}, $\\eta = {run.rate:g}$", look) for run, look in zip(runs, _RUNS, strict=False)]
    shapes.extend(_legend(Point(frame.left, frame.bottom + 20), entries, frame.width))
    return shapes


def _axes(places: Sequence[Point]) -> Axes:
    """Return axes around the places, both to the same scale, so that a valley is as long as it is."""
    xs, ys = zip(*places, strict=True)
    width, height = max(xs) - min(xs), max(ys) - min(ys)
    space = 0.09 * max(width, height)
    low, high = Point(min(xs) - space, min(ys) - space), Point(max(xs) + space, max(ys) + space)
    scale = min(440 / (high.x - low.x), 340 / (high.y - low.y))
    return Axes(Box(0, 0, scale * (high.x - low.x), scale * (high.y - low.y)), low, high)


def _contours(curvatures: Sequence[float], start: Sequence[float], axes: Axes) -> list[Shape]:
    """Return ellipses of equal cost, evenly spaced, the sixth of them through the start, as far as they are inside."""
    size = math.hypot(*(math.sqrt(c) * at for c, at in zip(curvatures, start, strict=True)))
    shapes: list[Shape] = []
    for ring in range(1, 13):
        radius = size * ring / 6
        turn = [index / 180 * math.tau for index in range(181)]
        ring_places = [
            axes.at(radius / math.sqrt(curvatures[0]) * math.cos(a), radius / math.sqrt(curvatures[1]) * math.sin(a))
            for a in turn
        ]
        parts = [polyline(part, _CONTOUR) for part in _inside(ring_places, axes.frame)]
        if parts:
            shapes.append(group("contour", parts, radius=f"{radius:.6g}"))
    return [*shapes, Rectangle(axes.frame, _FRAME)]


def _inside(places: Sequence[Point], frame: Box) -> list[list[Point]]:
    """Return the parts of a line that lie in the frame, cut where they leave it."""
    parts: list[list[Point]] = [[]]
    for start, end in pairwise(places):
        stays = [_within(start, frame), _within(end, frame)]
        if not any(stays):
            continue
        parts[-1] += [
            start if stays[0] else _border(end, start, frame),
            end if stays[1] else _border(start, end, frame),
        ]
        if not stays[1]:
            parts.append([])
    return [part for part in parts if part]


def _within(place: Point, frame: Box) -> bool:
    return frame.left <= place.x <= frame.right and frame.top <= place.y <= frame.bottom


def _border(inner: Point, outer: Point, frame: Box) -> Point:
    """Return where the way from a place inside to one outside leaves the frame, by halving."""
    low, high = 0.0, 1.0
    for _ in range(20):
        middle = (low + high) / 2
        inside = _within(inner.moved(inner.to(outer), middle), frame)
        low, high = (middle, high) if inside else (low, middle)
    return inner.moved(inner.to(outer), low)


def _cross(at: Point) -> list[Shape]:
    heavy = Look(width=1.6)
    return [
        polyline([Point(at.x - 4, at.y - 4), Point(at.x + 4, at.y + 4)], heavy),
        polyline([Point(at.x - 4, at.y + 4), Point(at.x + 4, at.y - 4)], heavy),
    ]


def _legend(at: Point, entries: Sequence[tuple[str, Look]], width: float) -> list[Shape]:
    """Return samples of lines with their meaning, side by side as far as there is room."""
    sample, gap = 28.0, 24.0
    shapes: list[Shape] = []
    x, y = at
    for text, look in entries:
        needed = sample + 6 + text_width(text, style.SMALL)
        if x > at.x and x + needed > at.x + width:
            x, y = at.x, y + 17
        shapes.append(polyline([Point(x, y), Point(x + sample, y)], look))
        shapes.append(Circle(Point(x + sample / 2, y), 1.9, solid(look.stroke or style.INK)))
        shapes.append(label(text, Point(x + sample + 6, y), size=style.SMALL, anchor="start"))
        x += needed + gap
    return shapes


# --- Nesterov --------------------------------------------------------------------------------------------------------

_BOWL = (1.0, 4.0)
_FROM = Point(-3.0, 1.6)
_RATE = 0.2
_MOMENTUM = Point(-2.9, 2.9)


def nesterov_lookahead(*, beta: Annotated[Number, Field(ge=0.8, lt=1)] = 0.9) -> Sequence[Shape]:
    """Draw a step of regular and one of Nesterov momentum from the same place, on a bowl of curvature 1 and 4.

    Args:
        beta: the momentum β.
    """

    def slope(at: Point) -> Point:
        return Point(-_RATE * _BOWL[0] * at.x, -_RATE * _BOWL[1] * at.y)

    ahead = _FROM.moved(_MOMENTUM, -beta)
    here, there = slope(_FROM), slope(ahead)
    regular, nesterov = ahead.moved(here), ahead.moved(there)
    # 80 px a unit, both ways.
    axes = Axes(Box(0, 0, 460, 376), Point(-3.9, -2.8), Point(1.85, 1.9))
    at = {
        "theta": axes.at(*_FROM),
        "slope": axes.at(*_FROM.moved(here)),
        "ahead": axes.at(*ahead),
        "regular": axes.at(*regular),
        "nesterov": axes.at(*nesterov),
    }
    shapes = _contours(_BOWL, _FROM, axes)
    shapes.append(group("minimum", _cross(axes.at(0, 0))))
    regular_look = Look(stroke=style.BLUE, width=1.5)
    nesterov_look = Look(stroke=style.RED, width=1.5)
    shapes.append(group("step", arrow([at["theta"], at["ahead"]], Look(width=1.7)), name="momentum"))
    shapes.append(group("step", arrow([at["theta"], at["slope"]], regular_look), name="slope here"))
    copy = Look(stroke=style.BLUE, width=1.5, dash="5 3")
    shapes.append(group("step", arrow([at["ahead"], at["regular"]], copy), name="slope here, moved"))
    shapes.append(group("step", arrow([at["ahead"], at["nesterov"]], nesterov_look), name="slope ahead"))
    for name, colour in (("theta", style.INK), ("ahead", style.INK), ("regular", style.BLUE), ("nesterov", style.RED)):
        shapes.append(group("place", [Circle(at[name], 3.2, solid(colour))], name=name))
    middle = Point((at["theta"].x + at["ahead"].x) / 2, (at["theta"].y + at["ahead"].y) / 2)
    texts: tuple[tuple[str, Point, Anchor, str], ...] = (
        ("$\\theta$", Point(at["theta"].x - 8, at["theta"].y - 8), "end", style.INK),
        ("$-\\beta \\mathbf{m}$", Point(middle.x + 12, middle.y - 10), "start", style.INK),
        ("$-\\eta \\nabla_1$", Point(at["slope"].x - 20, at["slope"].y - 14), "end", style.BLUE),
        ("$-\\eta \\nabla_1$", Point(at["regular"].x - 34, at["regular"].y - 30), "end", style.BLUE),
        ("regular momentum", Point(at["regular"].x + 9, at["regular"].y), "start", style.BLUE),
        ("$-\\eta \\nabla_2$", Point(at["ahead"].x + 14, (at["ahead"].y + at["nesterov"].y) / 2), "start", style.RED),
        ("Nesterov", Point(at["nesterov"].x - 8, at["nesterov"].y - 9), "end", style.RED),
        ("$\\theta - \\beta \\mathbf{m}$", Point(at["ahead"].x + 10, at["ahead"].y + 2), "start", style.INK),
        ("minimum", Point(axes.at(0, 0).x + 9, axes.at(0, 0).y), "start", style.INK),
    )
    return [*shapes, *(label(text, place, anchor=anchor, colour=colour) for text, place, anchor, colour in texts)]
