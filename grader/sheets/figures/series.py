"""Time series: a window of one with its shifted target, and the recurrent network that predicts it, step by step."""

import math
from collections.abc import Callable, Sequence
from typing import Annotated

from pydantic import Field

from grader.sheets.figures import style
from grader.sheets.figures.canvas import (
    SMALL_HEAD,
    Box,
    Circle,
    Look,
    Point,
    Rectangle,
    Shape,
    arrow,
    group,
    label,
    lines,
    polyline,
    solid,
    tinted,
)
from grader.sheets.figures.parameters import Number, Text
from grader.sheets.figures.plots import Axes, framed, ticks
from grader.sheets.figures.problem import FigureError
from grader.sheets.figures.text import text_width

_CURVE = Look(width=1.2)
_WINDOW = Look(stroke=style.BLUE, width=1.1, dash=style.DASHED, fill=style.BLUE, opacity=0.1)
_INPUT = solid(style.INK)
_TARGET = Look(stroke=style.BLUE, width=1.5)
_PREDICTED = Look(stroke=style.RED, width=1.5)
_FAINT = Look(stroke=style.GREY, width=0.7)


def series_value(t: float) -> float:
    """Return the course's series t·sin(t)/3 + 2·sin(5t)."""
    return t * math.sin(t) / 3 + 2 * math.sin(5 * t)


def series_window(
    *,
    start: Annotated[Number, Field(ge=0)],
    steps: Annotated[int, Field(ge=2, le=40)] = 20,
    dt: Annotated[Number, Field(gt=0)] = 0.1,
    end: Annotated[Number, Field(gt=0)] = 30.0,
    predictions: list[Number] | None = None,
) -> Sequence[Shape]:
    """Draw the course's time series with a window of it, and this window large: inputs, targets one step later.

    Args:
        start: time of the first input.
        steps: inputs in the window.
        dt: time between two values.
        end: the series is drawn from 0 to here.
        predictions: what a network predicts at each step, to be compared with the targets.
    """
    if start + steps * dt > end:
        raise FigureError(f"the window from {start:g} on ends at {start + steps * dt:g}", f"let it end by {end:g}")
    if predictions is not None and len(predictions) != steps:
        raise FigureError(f"'predictions' has {len(predictions)} numbers", f"give one for each of the {steps} steps")
    return [
        *_whole(Box(0, 0, 260, 190), start, start + steps * dt, end),
        *_enlarged(Box(302, 0, 560, 190), [start + dt * step for step in range(steps + 1)], predictions),
    ]


def _whole(frame: Box, start: float, stop: float, end: float) -> list[Shape]:
    times = [end * index / 400 for index in range(401)]
    values = [series_value(t) for t in times]
    axes = _axes(frame, 0, end, values)
    curve = polyline([axes.at(t, value) for t, value in zip(times, values, strict=True)], _CURVE)
    window = Rectangle(Box(axes.at(start, 0).x, frame.top, axes.at(stop, 0).x, frame.bottom), _WINDOW)
    return [
        *_panel(axes, "a time series", ticks(0, end, 6)),
        group("window", [window], start=f"{start:g}", stop=f"{stop:g}"),
        group("curve", [curve]),
    ]


def _enlarged(frame: Box, times: Sequence[float], predictions: Sequence[float] | None) -> list[Shape]:
    """Return inputs and targets, which are the same values but for the first and the last, and the predictions."""
    values = [series_value(t) for t in times]
    space = 0.05 * (times[-1] - times[0])
    axes = _axes(frame, times[0] - space, times[-1] + space, [*values, *(predictions or ())])
    between = [times[0] + (times[-1] - times[0]) * index / 120 for index in range(121)]
    curve = polyline([axes.at(t, series_value(t)) for t in between], _FAINT)
    shapes = [*_panel(axes, "one instance", ticks(axes.low.x, axes.high.x, 6)), group("curve", [curve])]
    places = [axes.at(t, value) for t, value in zip(times, values, strict=True)]
    shapes += [group("input", [Circle(at, 2.2, _INPUT)], step=step) for step, at in enumerate(places[:-1])]
    shapes += [group("target", _ring(at), step=step) for step, at in enumerate(places[1:])]
    entries: list[tuple[str, Callable[[Point], Sequence[Shape]]]] = [
        ("input", lambda at: [Circle(at, 2.2, _INPUT)]),
        ("target", _ring),
    ]
    if predictions is not None:
        guesses = [axes.at(t, value) for t, value in zip(times[1:], predictions, strict=True)]
        shapes += [group("prediction", _cross(at), step=step) for step, at in enumerate(guesses)]
        entries.append(("prediction", _cross))
    return [*shapes, *_legend(Point(frame.left, frame.bottom + 44), entries)]


def _axes(frame: Box, low: float, high: float, values: Sequence[float]) -> Axes:
    space = 0.08 * (max(values) - min(values))
    return Axes(frame, Point(low, min(values) - space), Point(high, max(values) + space))


def _panel(axes: Axes, title: Text, x_ticks: Sequence[float]) -> list[Shape]:
    frame = axes.frame
    return [
        *framed(axes, x_ticks, ticks(axes.low.y, axes.high.y, 6)),
        label(title, Point(frame.centre.x, frame.top - 13), bold=True),
        label("$t$", Point(frame.centre.x, frame.bottom + 25)),
    ]


def _ring(at: Point) -> list[Shape]:
    return [Circle(at, 4.6, _TARGET)]


def _cross(at: Point) -> list[Shape]:
    reach = 3.6
    return [
        polyline([Point(at.x - reach, at.y - reach), Point(at.x + reach, at.y + reach)], _PREDICTED),
        polyline([Point(at.x - reach, at.y + reach), Point(at.x + reach, at.y - reach)], _PREDICTED),
    ]


def _legend(at: Point, entries: Sequence[tuple[str, Callable[[Point], Sequence[Shape]]]]) -> list[Shape]:
    shapes: list[Shape] = []
    x = at.x
    for text, mark in entries:
        shapes += mark(Point(x + 5, at.y))
        shapes.append(label(text, Point(x + 15, at.y), size=style.SMALL, anchor="start"))
        x += 15 + text_width(text, style.SMALL) + 24
    return shapes


# --- the network -----------------------------------------------------------------------------------------------------

_ACROSS, _WIDTH = 104.0, 70.0
_RECURRENT = tinted(style.BLUE, 0.14)
_PROJECTION = tinted(style.OCHRE, 0.14)
_STATE = Look(stroke=style.BLUE, width=1.5)
#: The middles of the rows, from the outputs down to the inputs.
_OUT, _PROJECT, _RECUR, _IN = 0.0, 54.0, 118.0, 176.0


def unrolled_projection(
    *,
    steps: Annotated[int, Field(ge=2, le=1000)] = 20,
    neurons: Annotated[int, Field(ge=1, le=100_000)] = 100,
    shown: Annotated[int, Field(ge=1, le=3)] = 3,
) -> Sequence[Shape]:
    """Draw a recurrent layer through time, with one and the same projection to a single value at each step.

    Args:
        steps: time steps.
        neurons: recurrent neurons.
        shown: how many of the first steps are drawn; dots and the last step follow, if there are more.
    """
    numbers = list(range(min(shown, steps)))
    columns = [(number, _ACROSS * place) for place, number in enumerate(numbers)]
    if steps > shown:
        columns.append((steps - 1, _ACROSS * (len(columns) + (steps > shown + 1) * 0.75)))
    shapes: list[Shape] = []
    for place, (number, x) in enumerate(columns):
        shapes += _step(number, x, neurons)
        if place:
            before, last = columns[place - 1]
            shapes += _handed_on(before, last, number, x)
    left, right = columns[0][1] - _WIDTH / 2 - 18, columns[-1][1] + _WIDTH / 2 + 18
    for text, row in (
        (["predictions"], _OUT),
        (["projection,", "the same at", "each step"], _PROJECT),
        (["recurrent", "neurons, ReLU"], _RECUR),
        (["inputs"], _IN),
    ):
        shapes += lines(text, Point(left, row), size=style.SMALL, anchor="end")
    ends = [Point(columns[0][1] - _WIDTH / 2, _IN + 26), Point(right - 18, _IN + 26)]
    shapes += [*arrow(ends, Look(stroke=style.GREY), head=SMALL_HEAD)]
    shapes.append(label("time", Point((ends[0].x + ends[1].x) / 2, _IN + 40), size=style.SMALL))
    return shapes


def _step(number: int, x: float, neurons: int) -> list[Shape]:
    boxes = {row: Box(x - _WIDTH / 2, row - 15, x + _WIDTH / 2, row + 15) for row in (_PROJECT, _RECUR)}
    ways = [(_IN - 11, _RECUR + 15), (_RECUR - 15, _PROJECT + 15), (_PROJECT - 15, _OUT + 11)]
    return [
        *(group("way", arrow([Point(x, start), Point(x, stop)], head=SMALL_HEAD), step=number) for start, stop in ways),
        group(
            "recurrent",
            [Rectangle(boxes[_RECUR], _RECURRENT, 4.0), label(str(neurons), boxes[_RECUR].centre)],
            step=number,
        ),
        group(
            "projection",
            [Rectangle(boxes[_PROJECT], _PROJECTION, 4.0), label("1", boxes[_PROJECT].centre)],
            step=number,
        ),
        group("x", [label(f"$x_{{({number})}}$", Point(x, _IN))], step=number),
        group("y", [label(f"$\\hat{{y}}_{{({number})}}$", Point(x, _OUT))], step=number),
    ]


def _handed_on(before: int, last: float, number: int, x: float) -> list[Shape]:
    """Return the arrow of the state from one step to the next, or with dots where steps are left out."""
    start, stop = Point(last + _WIDTH / 2, _RECUR), Point(x - _WIDTH / 2, _RECUR)
    if number == before + 1:
        return [group("state", arrow([start, stop], _STATE, head=SMALL_HEAD), step=number)]
    middle = (start.x + stop.x) / 2
    dots = [Circle(Point(middle + 9 * side, _RECUR), 1.6, solid(style.BLUE)) for side in (-1, 0, 1)]
    return [
        group("state", arrow([start, Point(middle - 18, _RECUR)], _STATE, head=SMALL_HEAD), step=before + 1),
        group("dots", dots),
        group("state", arrow([Point(middle + 18, _RECUR), stop], _STATE, head=SMALL_HEAD), step=number),
    ]
