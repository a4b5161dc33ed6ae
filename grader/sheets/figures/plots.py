"""Plots with axes: activation functions and their derivatives, steps of gradient descent, measured curves."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field

from grader.sheets.figures import style
from grader.sheets.figures.canvas import (
    Box,
    Circle,
    Label,
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
from grader.sheets.figures.parameters import Entry, Number, Text
from grader.sheets.figures.problem import FigureError
from grader.sheets.figures.text import text_width

_GRID = Look(stroke="#a2a2a2", width=0.3)
_AXIS = Look(stroke=style.GREY, width=style.THIN)
_TICK = 4.0


# --- axes ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Axes:
    """Where a plot's values are on the page: ``frame`` holds x from ``low.x`` to ``high.x`` and y likewise."""

    frame: Box
    low: Point
    high: Point

    def at(self, x: float, y: float) -> Point:
        """Return the place of a value."""
        return Point(
            self.frame.left + (x - self.low.x) / (self.high.x - self.low.x) * self.frame.width,
            self.frame.bottom - (y - self.low.y) / (self.high.y - self.low.y) * self.frame.height,
        )


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Return round values between ``low`` and ``high``: multiples of 1, 2 or 5 times a power of ten."""
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(step for step in (power, 2 * power, 5 * power, 10 * power) if step >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [index * step for index in range(first, last + 1)]


def tick_text(value: float, step: float) -> str:
    """Return a tick's value with as many decimals as its step has."""
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return f"{value:.{decimals}f}".replace("-", "−") if abs(value) > step / 2 else "0"


def _axis_step(values: Sequence[float]) -> float:
    return values[1] - values[0] if len(values) > 1 else abs(values[0]) or 1.0


def framed(axes: Axes, x_ticks: Sequence[float], y_ticks: Sequence[float]) -> list[Shape]:
    """Return a frame with ticks outside and a fine grid inside."""
    frame = axes.frame
    shapes: list[Shape] = []
    for value in x_ticks:
        x = axes.at(value, axes.low.y).x
        if frame.left + 1 < x < frame.right - 1:
            shapes.append(polyline([Point(x, frame.top), Point(x, frame.bottom)], _GRID))
        shapes.append(polyline([Point(x, frame.bottom), Point(x, frame.bottom + _TICK)], _AXIS))
        text = tick_text(value, _axis_step(x_ticks))
        shapes.append(label(text, Point(x, frame.bottom + 12), size=style.TINY))
    for value in y_ticks:
        y = axes.at(axes.low.x, value).y
        if frame.top + 1 < y < frame.bottom - 1:
            shapes.append(polyline([Point(frame.left, y), Point(frame.right, y)], _GRID))
        shapes.append(polyline([Point(frame.left - _TICK, y), Point(frame.left, y)], _AXIS))
        text = tick_text(value, _axis_step(y_ticks))
        shapes.append(label(text, Point(frame.left - 7, y), size=style.TINY, anchor="end"))
    shapes.append(Rectangle(frame, _AXIS))
    return shapes


def _ticks_width(values: Sequence[float]) -> float:
    """Return how far the ticks' texts reach to the left of an axis."""
    step = _axis_step(values)
    return 7 + max(text_width(tick_text(value, step), style.TINY) for value in values)


# --- activation functions --------------------------------------------------------------------------------------------

FunctionName = Literal[
    "elu",
    "gelu",
    "heaviside",
    "identity",
    "leaky_relu",
    "logistic",
    "relu",
    "selu",
    "sign",
    "softplus",
    "swish",
    "tanh",
]

#: The slope of the leaky ReLU below zero; the usual 0.01 would look like 0.
LEAK = 0.1
#: Klambauer et al. 2017, "Self-normalizing neural networks", equation 2 and appendix A1.
SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805


@dataclass(frozen=True)
class Piece:
    """A function where it has no jump or kink: from ``low`` to ``high``, with its value and slope there."""

    low: float
    high: float
    value: Callable[[float], float]
    slope: Callable[[float], float]


@dataclass(frozen=True)
class Activation:
    """A function as its pieces from left to right, and what it is called."""

    title: str
    formula: str
    pieces: tuple[Piece, ...]
    at_zero: float | None = None  #: the value at a jump at 0


def _logistic(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def _logistic_slope(z: float) -> float:
    return _logistic(z) * (1 - _logistic(z))


def _tanh_slope(z: float) -> float:
    return 1 - math.tanh(z) ** 2


def _swish_slope(z: float) -> float:
    return _logistic(z) + z * _logistic_slope(z)


def _normal(z: float) -> float:
    """Return the standard normal distribution function."""
    return (1 + math.erf(z / math.sqrt(2))) / 2


def _gelu_slope(z: float) -> float:
    return _normal(z) + z * math.exp(-z * z / 2) / math.sqrt(2 * math.pi)


def _constant(value: float) -> Callable[[float], float]:
    return lambda _: value


def _line(slope: float) -> Callable[[float], float]:
    return lambda z: slope * z


def _whole(value: Callable[[float], float], slope: Callable[[float], float]) -> tuple[Piece, ...]:
    return (Piece(-math.inf, math.inf, value, slope),)


def _split(
    left: tuple[Callable[[float], float], Callable[[float], float]],
    right: tuple[Callable[[float], float], Callable[[float], float]],
) -> tuple[Piece, ...]:
    return Piece(-math.inf, 0.0, *left), Piece(0.0, math.inf, *right)


_FLAT = _constant(0.0)
_RISING = (_line(1.0), _constant(1.0))

_ACTIVATIONS: dict[str, Activation] = {
    "heaviside": Activation(
        "Heaviside", "$1$ if $z \\ge 0$, else $0$", _split((_FLAT, _FLAT), (_constant(1.0), _FLAT)), at_zero=1.0
    ),
    "sign": Activation(
        "sign", "$-1$, $0$ or $+1$", _split((_constant(-1.0), _FLAT), (_constant(1.0), _FLAT)), at_zero=0.0
    ),
    "identity": Activation("identity", "$z$", _whole(*_RISING)),
    "logistic": Activation("logistic", "$\\sigma(z) = 1/(1 + e^{-z})$", _whole(_logistic, _logistic_slope)),
    "tanh": Activation("tanh", "$2\\sigma(2z) - 1$", _whole(math.tanh, _tanh_slope)),
    "relu": Activation("ReLU", "$\\max(0, z)$", _split((_FLAT, _FLAT), _RISING)),
    "leaky_relu": Activation(
        "leaky ReLU", "$\\max(\\alpha z, z)$, $\\alpha = 0.1$", _split((_line(LEAK), _constant(LEAK)), _RISING)
    ),
    "elu": Activation("ELU", "$e^z - 1$ if $z < 0$, else $z$", _split((math.expm1, math.exp), _RISING)),
    "selu": Activation(
        "SELU",
        "scaled ELU",
        _split(
            (lambda z: SELU_SCALE * SELU_ALPHA * math.expm1(z), lambda z: SELU_SCALE * SELU_ALPHA * math.exp(z)),
            (_line(SELU_SCALE), _constant(SELU_SCALE)),
        ),
    ),
    "softplus": Activation(
        "softplus", "$\\ln(1 + e^z)$", _whole(lambda z: math.log1p(math.exp(-abs(z))) + max(z, 0.0), _logistic)
    ),
    "swish": Activation("swish", "$z\\, \\sigma(z)$", _whole(lambda z: z * _logistic(z), _swish_slope)),
    "gelu": Activation("GELU", "$z\\, \\Phi(z)$", _whole(lambda z: z * _normal(z), _gelu_slope)),
}


def curve(
    *,
    functions: Annotated[list[FunctionName], Field(min_length=1, max_length=12)],
    derivatives: bool = False,
    range: Annotated[Sequence[Number], Field(min_length=2, max_length=2)] = (-5.0, 5.0),  # noqa: A002
) -> Sequence[Shape]:
    """Draw activation functions of z, a panel each.

    Args:
        functions: their names.
        derivatives: whether to add each one's derivative, dashed.
        range: of z, from low to high.
    """
    low, high = range
    if not (low < 0 < high and high - low <= 200):
        raise FigureError(
            f"'range' is [{low:g}, {high:g}]", "give a low end below 0 and a high end above it, at most 200 apart"
        )
    columns = 2 if len(functions) in (2, 4) else min(len(functions), 3)
    across, down = _PANEL.x + 42, _PANEL.y + 76
    shapes: list[Shape] = []
    for index, name in enumerate(functions):
        left, top = index % columns * across, index // columns * down
        frame = Box(left, top, left + _PANEL.x, top + _PANEL.y)
        shapes.append(group("panel", _panel(_ACTIVATIONS[name], frame, low, high, derivatives), function=name))
    if derivatives:
        bottom = -(-len(functions) // columns) * down - 32
        middle = (columns * across - 42) / 2
        shapes.extend(_legend(Point(middle, bottom), [("function", _VALUE), ("derivative", _SLOPE)]))
    return shapes


_PANEL = Point(146.0, 110.0)
_VALUE = Look(width=1.7)
_SLOPE = Look(stroke=style.BLUE, width=1.7, dash="5 3")
_RING, _DOT = 2.6, 2.9


def _panel(activation: Activation, frame: Box, low: float, high: float, derivatives: bool) -> list[Shape]:
    samples = [_sampled(piece.value, piece, low, high) for piece in activation.pieces]
    slopes = [_sampled(piece.slope, piece, low, high) for piece in activation.pieces] if derivatives else []
    values = [y for part in (*samples, *slopes) for _, y in part] + [0.0, 1.0]
    space = 0.1 * (max(values) - min(values))
    axes = Axes(frame, Point(low, min(values) - space), Point(high, max(values) + space))
    shapes = framed(axes, ticks(low, high, 5), ticks(axes.low.y, axes.high.y, 5))
    zero = axes.at(0, 0)
    shapes.append(polyline([Point(frame.left, zero.y), Point(frame.right, zero.y)], _AXIS))
    shapes.append(polyline([Point(zero.x, frame.top), Point(zero.x, frame.bottom)], _AXIS))
    at_zero = None if activation.at_zero is None else axes.at(0, activation.at_zero)
    shapes.append(group("function", _drawn(samples, axes, _VALUE, at_zero)))
    if derivatives:
        shapes.append(group("derivative", _drawn(slopes, axes, _SLOPE, None)))
    shapes.append(label(activation.title, Point(frame.centre.x, frame.top - 26), bold=True))
    shapes.append(label(activation.formula, Point(frame.centre.x, frame.top - 10), size=style.SMALL))
    shapes.append(label("$z$", Point(frame.right + 14, frame.bottom + 11), size=style.SMALL))
    return shapes


def _sampled(value: Callable[[float], float], piece: Piece, low: float, high: float) -> list[tuple[float, float]]:
    start, end = max(low, piece.low), min(high, piece.high)
    count = 60
    places = (start + (end - start) * index / count for index in range(count + 1))
    return [(z, value(z)) for z in places]


def _drawn(parts: Sequence[Sequence[tuple[float, float]]], axes: Axes, look: Look, value: Point | None) -> list[Shape]:
    """Return a curve in parts; where it jumps, rings at the ends that do not belong to it and a dot at ``value``."""
    places = [[axes.at(*point) for point in part] for part in parts]
    marks: list[Shape] = []
    ring = replace(look, width=1.3, dash="")
    for left, right in pairwise(places):
        if left[-1].to(right[0]).length() < 1:
            continue  # a kink, not a jump
        for end in (left, right):
            at = end[-1] if end is left else end[0]
            if value is None or at.to(value).length() > 1:
                marks.append(group("open", [Circle(at, _RING, ring)]))
                # The line ends at the ring, or it would show inside.
                end[:] = [point for point in end if point.to(at).length() > _RING]
        if value is not None:
            marks.append(group("closed", [Circle(value, _DOT, solid(look.stroke or style.INK))]))
    return [*(polyline(part, look) for part in places), *marks]


def _legend(middle: Point, entries: Sequence[tuple[str, Look]]) -> list[Shape]:
    """Return samples of lines with their meaning, in a row around ``middle``."""
    sample, gap = 28.0, 26.0
    widths = [sample + 6 + text_width(text, style.SMALL) for text, _ in entries]
    left = middle.x - (sum(widths) + gap * (len(widths) - 1)) / 2
    shapes: list[Shape] = []
    for (text, look), width in zip(entries, widths, strict=True):
        shapes.append(polyline([Point(left, middle.y), Point(left + sample, middle.y)], look))
        shapes.append(label(text, Point(left + sample + 6, middle.y), size=style.SMALL, anchor="start"))
        left += width + gap
    return shapes


# --- gradient descent ------------------------------------------------------------------------------------------------


def iterates(curvature: float, start: float, learning_rate: float, steps: int) -> list[float]:
    """Return the places that gradient descent visits on J(θ) = ½ · curvature · θ², whose slope is curvature · θ."""
    visited = [start]
    for _ in range(steps):
        visited.append(visited[-1] - learning_rate * curvature * visited[-1])
    return visited


def descent(
    *,
    curvature: Annotated[Number, Field(gt=0)] = 1.0,
    start: Number = -4.0,
    learning_rate: Annotated[Number, Field(gt=0)] = 0.3,
    steps: Annotated[int, Field(ge=1, le=30)] = 6,
) -> Sequence[Shape]:
    """Draw steps of gradient descent in a bowl: each goes −η · slope sideways, then down (or up) to the curve."""
    if start == 0:
        raise FigureError("'start' is 0, the minimum", "start somewhere else")
    visited = iterates(curvature, start, learning_rate, steps)
    farthest = max(abs(theta) for theta in visited)
    if farthest > 20 * abs(start):
        raise FigureError(
            f"the steps run off: after {steps} θ is {visited[-1]:.3g}", "take fewer steps or a smaller learning rate"
        )

    def cost(theta: float) -> float:
        return curvature * theta * theta / 2

    reach = farthest * 1.15
    frame = Box(0, 0, 380, 220)
    axes = Axes(frame, Point(-reach, -0.06 * cost(reach)), Point(reach, cost(reach)))
    shapes = framed(axes, ticks(-reach, reach, 8), ticks(0, cost(reach), 6))
    bowl = [axes.at(theta, cost(theta)) for theta in (reach * (index / 40 - 1) for index in range(81))]
    shapes.append(group("curve", [polyline(bowl, _VALUE)]))

    stride = Look(stroke=style.BLUE, width=1.4)
    drop = Look(stroke=style.BLUE, width=1.0, dash=style.DOTTED)
    for before, after in pairwise(visited):
        source, corner = axes.at(before, cost(before)), axes.at(after, cost(before))
        target = axes.at(after, cost(after))
        length = source.to(corner).length()
        if corner.to(target).length() > 6:
            shapes.append(polyline([corner, target], drop))
        if length > 3:
            shapes.append(group("step", arrow([source, corner], stride, head=min(7.0, 0.6 * length))))
    first, second = (axes.at(theta, cost(start)) for theta in visited[:2])
    # On the side of the first step on which no later one runs: above, unless the steps run uphill.
    side = 11 if abs(visited[1]) > abs(start) else -11
    name = label("$-\\eta\\, J'(\\theta_0)$", Point((first.x + second.x) / 2, first.y + side), size=style.SMALL)
    if name.bounds().width < abs(second.x - first.x):
        shapes.append(name)
    taken: list[Box] = []
    for index, theta in enumerate(visited):
        at = axes.at(theta, cost(theta))
        shapes.append(group("iterate", [Circle(at, 3.2, solid(style.RED))], index=index, theta=repr(theta)))
        side = -1 if theta < 0 else 1
        name = label(f"$\\theta_{{{index}}}$", Point(at.x + side * 13, at.y + 8))
        # Only names with room: the steps get shorter and shorter near the minimum.
        if not any(name.bounds().grown(1).overlaps(other) for other in taken) and name.bounds().bottom < frame.bottom:
            taken.append(name.bounds())
            shapes.append(name)
    shapes.append(label("$\\theta$", Point(frame.right + 12, frame.bottom), size=14))
    shapes.append(label("$J(\\theta)$", Point(frame.left, frame.top - 14), size=style.TEXT))
    return shapes


# --- measured curves -------------------------------------------------------------------------------------------------


class Series(Entry):
    """A measured curve: its name and its points from left to right."""

    label: Text
    points: Annotated[
        list[Annotated[list[Number], Field(min_length=2, max_length=2)]], Field(min_length=2, max_length=200)
    ]


_SERIES = (
    Look(width=1.6),
    Look(stroke=style.BLUE, width=1.6, dash="6 3"),
    Look(stroke=style.RED, width=1.6, dash="2 2.5"),
    Look(stroke=style.GREEN, width=1.6, dash="8 3 2 3"),
    Look(stroke=style.OCHRE, width=1.6, dash="3 3"),
)


def line_plot(
    *,
    series: Annotated[list[Series], Field(min_length=1, max_length=len(_SERIES))],
    x_label: Text,
    y_label: Text,
    mark: Number | None = None,
    mark_label: Text | None = None,
) -> Sequence[Shape]:
    """Draw measured curves.

    Args:
        series: the curves.
        x_label: what runs to the right.
        y_label: what runs upwards.
        mark: a value of x to point out.
        mark_label: what is there.
    """
    for entry in series:
        if any(before[0] >= after[0] for before, after in pairwise(entry.points)):
            raise FigureError(f"the points of '{entry.label}' are out of order", "sort them by x, each x once")
    xs = [x for entry in series for x, _ in entry.points]
    ys = [y for entry in series for _, y in entry.points]
    if mark is not None and not min(xs) <= mark <= max(xs):
        raise FigureError(f"'mark' is {mark:g}", f"give an x of the curves, from {min(xs):g} to {max(xs):g}")
    if mark_label is not None and mark is None:
        raise FigureError("'mark_label' is given without 'mark'", "say at which x it is")
    frame = Box(0, 0, 330, 200)
    space = 0.04 * (max(xs) - min(xs))
    axes = Axes(frame, Point(min(xs) - space, 0), Point(max(xs) + space, 1))
    low, high = _y_range(min(ys), max(ys))
    axes = replace(axes, low=Point(axes.low.x, low), high=Point(axes.high.x, high))
    shapes = framed(axes, _x_ticks(xs, axes), ticks(low, high, 6))
    if mark is not None:
        x = axes.at(mark, low).x
        shapes.append(group("mark", [polyline([Point(x, frame.top), Point(x, frame.bottom)], _MARK)], x=f"{mark:g}"))
    middle = half = 0.0
    if mark_label is not None:
        half = text_width(mark_label, style.SMALL) / 2
        middle = min(max(x, frame.left + half), frame.right - half)
        shapes.append(label(mark_label, Point(middle, frame.top - 11), size=style.SMALL, colour=style.RED))
    for entry, look in zip(series, _SERIES, strict=False):
        places = [axes.at(*point) for point in entry.points]
        drawn: list[Shape] = [polyline(places, look)]
        if len(places) <= 30:
            drawn.extend(Circle(at, 2.6, solid(look.stroke or style.INK)) for at in places)
        shapes.append(group("series", drawn, label=entry.label))
        for at, (x, _) in zip(places, entry.points, strict=True):
            if x == mark:
                shapes.append(Circle(at, 6.5, Look(stroke=style.RED, width=1.4)))
    shapes.extend(_names_at_ends(series, axes))
    shapes.append(label(x_label, Point(frame.centre.x, frame.bottom + 30)))
    left = frame.left - _ticks_width(ticks(low, high, 6))
    name = label(y_label, Point(left, frame.top - 13), anchor="start")
    crowded = mark_label is not None and name.bounds().right + 12 > middle - half
    shapes.append(label(y_label, Point(left, frame.top - (30 if crowded else 13)), anchor="start"))
    return shapes


_MARK = Look(stroke=style.RED, width=style.LINE, dash=style.DOTTED)


def _y_range(low: float, high: float) -> tuple[float, float]:
    """Return the range of y: with some air, and from 0 where that is near."""
    if low == high:
        return low - (abs(low) or 1.0) / 2, high + (abs(high) or 1.0) / 2
    space = 0.08 * (high - low)
    return (0.0 if 0 <= low < 0.4 * high else low - space), high + space


def _x_ticks(xs: Sequence[float], axes: Axes) -> list[float]:
    """Return ticks at whole numbers where x counts something and there are few, else at round values."""
    counted = all(float(x).is_integer() for x in xs)
    if counted and max(xs) - min(xs) <= 12:
        return [float(x) for x in range(int(min(xs)), int(max(xs)) + 1)]
    return ticks(axes.low.x, axes.high.x, 7)


def _names_at_ends(series: Sequence[Series], axes: Axes) -> list[Label]:
    """Return each curve's name beside its end, moved apart where the ends are close."""
    leading = 15.0
    ends = sorted((axes.at(*entry.points[-1]).y, index) for index, entry in enumerate(series))
    heights: list[float] = []
    for y, _ in ends:
        heights.append(max(y, heights[-1] + leading) if heights else y)
    # What was pushed down below the frame goes up again, and pushes what is above it.
    for place in reversed(range(len(heights))):
        lowest = axes.frame.bottom - (len(heights) - 1 - place) * leading
        heights[place] = min(heights[place], lowest)
    return [
        label(
            series[index].label,
            Point(axes.frame.right + 8, y),
            size=style.SMALL,
            anchor="start",
            colour=_SERIES[index].stroke or style.INK,
        )
        for (_, index), y in zip(ends, heights, strict=True)
    ]
