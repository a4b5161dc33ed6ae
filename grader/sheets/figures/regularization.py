"""Against overfitting: neurons dropped out of a step, weights held to a length, images turned into others."""

import math
from collections.abc import Sequence
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
    polyline,
    tinted,
)
from grader.sheets.figures.parameters import Entry, Number, Text
from grader.sheets.figures.problem import FigureError

# --- dropout ---------------------------------------------------------------------------------------------------------

_RADIUS, _ACROSS, _DOWN = 13.0, 108.0, 42.0
_CONNECTION = Look(stroke=style.GREY, width=style.THIN)
_LEFT_OUT = Look(stroke=style.GREY, width=style.LINE, dash=style.DOTTED)
_CROSS = Look(stroke=style.RED, width=1.6)

_Numbers = Annotated[list[Annotated[int, Field(ge=1, le=8)]], Field(max_length=7)]


def dropped_neurons(
    *,
    layers: Annotated[list[Annotated[int, Field(ge=1, le=8)]], Field(min_length=2, max_length=5)],
    dropped: Annotated[list[_Numbers], Field(min_length=1, max_length=4)],
) -> Sequence[Shape]:
    """Draw a network during one step of training with dropout: crossed-out neurons take no part.

    Args:
        layers: neurons in each layer, inputs first.
        dropped: for each layer but the outputs, which are never dropped, the numbers of the neurons that are, from 1.
    """
    if len(dropped) != len(layers) - 1:
        raise FigureError(
            f"'dropped' has {len(dropped)} entries", f"give one for each layer but the outputs, {len(layers) - 1}"
        )
    for number, (size, named) in enumerate(zip(layers, dropped, strict=False)):
        if any(one > size for one in named) or len(set(named)) >= size:
            raise FigureError(
                f"'dropped.{number}' is {named}", f"name some neurons of the layer's {size}, and leave one or more"
            )
    columns = [
        [Point(layer * _ACROSS, (number - (size - 1) / 2) * _DOWN) for number in range(size)]
        for layer, size in enumerate(layers)
    ]
    gone = [*({one - 1 for one in numbers} for numbers in dropped), set[int]()]
    shapes: list[Shape] = []
    for layer in range(len(layers) - 1):
        for source, start in enumerate(columns[layer]):
            for target, end in enumerate(columns[layer + 1]):
                if source in gone[layer] or target in gone[layer + 1]:
                    continue
                along = start.to(end).unit()
                reach = _RADIUS + style.LINE / 2
                ends = [start.moved(along, reach), end.moved(along, -reach)]
                names = {"start": f"{layer}.{source + 1}", "end": f"{layer + 1}.{target + 1}"}
                shapes.append(group("connection", arrow(ends, _CONNECTION, head=SMALL_HEAD), **names))
    for layer, column in enumerate(columns):
        look = tinted(style.GREEN if layer else style.BLUE)
        for number, centre in enumerate(column):
            kind = "dropped" if number in gone[layer] else "neuron"
            drawn = _crossed_out(centre) if kind == "dropped" else [Circle(centre, _RADIUS, look)]
            shapes.append(group(kind, drawn, name=f"{layer}.{number + 1}"))
    bottom = max(layers) / 2 * _DOWN + 8
    for layer, column in enumerate(columns):
        name = "inputs" if layer == 0 else "outputs" if layer == len(layers) - 1 else "hidden"
        shapes.append(label(name, Point(column[0].x, bottom), size=style.SMALL))
    return shapes


def _crossed_out(centre: Point) -> list[Shape]:
    reach = _RADIUS * 0.72
    return [
        Circle(centre, _RADIUS, _LEFT_OUT),
        polyline([Point(centre.x - reach, centre.y - reach), Point(centre.x + reach, centre.y + reach)], _CROSS),
        polyline([Point(centre.x - reach, centre.y + reach), Point(centre.x + reach, centre.y - reach)], _CROSS),
    ]


# --- max-norm --------------------------------------------------------------------------------------------------------

_UNIT = 84.0  #: how long r is on the page
_SHORT = Look(stroke=style.BLUE, width=1.6)
_CUT = Look(stroke=style.RED, width=1.2, dash=style.DASHED)

Pair = Annotated[list[Number], Field(min_length=2, max_length=2)]


def constrained(weights: Sequence[float], r: float) -> Point:
    """Return a weight vector cut to the length ``r``, or as it is if it is no longer."""
    whole = Point(*weights)
    return Point(0, 0).moved(whole.unit(), r) if whole.length() > r else whole


def max_norm_disc(
    *,
    r: Annotated[Number, Field(gt=0)],
    weights: Annotated[list[Pair], Field(min_length=1, max_length=6)],
) -> Sequence[Shape]:
    """Draw weight vectors of neurons with two inputs, and what max-norm leaves of those that are too long.

    Args:
        r: the longest that a vector may be.
        weights: each neuron's two incoming weights.
    """
    longest = max(math.hypot(*each) for each in weights)
    if min(math.hypot(*each) for each in weights) < 0.1 * r or longest > 2.2 * r:
        raise FigureError(
            f"the lengths of 'weights' are from {min(math.hypot(*each) for each in weights):.3g} to {longest:.3g}",
            f"keep them between a tenth of r, {r / 10:g}, and 2.2 times r, {2.2 * r:g}",
        )
    reach = max(1.25, 1.12 * longest / r) * _UNIT
    axis = Look(stroke=style.GREY, width=style.THIN)
    shapes: list[Shape] = [
        group("axis", arrow([Point(-reach, 0), Point(reach, 0)], axis, head=SMALL_HEAD)),
        group("axis", arrow([Point(0, reach), Point(0, -reach)], axis, head=SMALL_HEAD)),
        label("$w_1$", Point(reach + 11, 0)),
        label("$w_2$", Point(0, -reach - 9)),
        group("disc", [Circle(Point(0, 0), _UNIT, tinted(style.GREEN, style.PALE))]),
    ]

    def place(weight: Point) -> Point:
        return Point(weight.x / r * _UNIT, -weight.y / r * _UNIT)

    for number, weight in enumerate(weights, start=1):
        kept, whole = constrained(weight, r), Point(*weight)
        if math.hypot(*weight) > r:
            shapes.append(group("cut", arrow([place(kept), place(whole)], _CUT, head=6.0), number=number))
        shapes.append(group("weights", arrow([Point(0, 0), place(kept)], _SHORT), number=number))
        end = place(whole)
        beyond = end.moved(end.unit(), 11)
        shapes.append(label(f"$\\mathbf{{w}}_{number}$", beyond))
    corner = math.sqrt(0.5) * _UNIT
    shapes.append(label("$‖\\mathbf{w}‖ = r$", Point(corner + 12, corner + 12), size=style.SMALL, anchor="start"))
    return shapes


# --- data augmentation -----------------------------------------------------------------------------------------------

Pixels = list[list[float]]


class Variant(Entry):
    """What is done to the image, in this order: moved, mirrored, turned, made lighter or darker."""

    label: Text
    down: Annotated[int, Field(ge=-8, le=8)] = 0
    right: Annotated[int, Field(ge=-8, le=8)] = 0
    mirror: bool = False
    degrees: Annotated[Number, Field(ge=-45, le=45)] = 0.0
    ink: Annotated[Number, Field(ge=-1, le=1)] = 0.0


_PANEL = 88.0


def image_variants(
    *,
    rows: Annotated[list[Annotated[str, Field(pattern=r"^[0-9]{4,12}$")]], Field(min_length=4, max_length=12)],
    variants: Annotated[list[Variant], Field(min_length=1, max_length=10)],
) -> Sequence[Shape]:
    """Draw variants of a small image, as data augmentation makes them.

    Args:
        rows: the image, a digit a pixel from 0, the paper, to 9, full ink; as many rows as columns.
        variants: what to make of it; what comes in from outside is paper.
    """
    if any(len(row) != len(rows) for row in rows):
        raise FigureError("'rows' is not square", f"give {len(rows)} digits in each of the {len(rows)} rows")
    image = [[int(digit) / 9 for digit in row] for row in rows]
    shapes: list[Shape] = []
    columns = min(len(variants), 5)
    for index, variant in enumerate(variants):
        left, top = index % columns * (_PANEL + 22), index // columns * (_PANEL + 34)
        frame = Box(left, top, left + _PANEL, top + _PANEL)
        drawn = [*_ink(varied(image, variant), frame), Rectangle(frame, Look(stroke=style.GREY, width=style.THIN))]
        shapes.append(group("image", drawn, name=variant.label))
        shapes.append(label(variant.label, Point(frame.centre.x, frame.bottom + 13), size=style.SMALL))
    return shapes


def varied(image: Pixels, variant: Variant) -> Pixels:
    """Return the image as ``variant`` makes it."""
    size = len(image)
    middle = (size - 1) / 2
    angle = math.radians(variant.degrees)

    def ink(row: int, column: int) -> float:
        # Backwards from the result: turned, mirrored, moved.
        x, y = column - middle, row - middle
        x, y = x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle)
        source_row, source_column = round(y + middle), round(x + middle)
        if variant.mirror:
            source_column = size - 1 - source_column
        source_row, source_column = source_row - variant.down, source_column - variant.right
        inside = 0 <= source_row < size and 0 <= source_column < size
        return min(max((image[source_row][source_column] if inside else 0.0) + variant.ink, 0.0), 1.0)

    return [[ink(row, column) for column in range(size)] for row in range(size)]


def _ink(pixels: Pixels, frame: Box) -> list[Shape]:
    """Return a square for each pixel that has ink."""
    side = frame.width / len(pixels)
    found: list[Shape] = []
    for row, line in enumerate(pixels):
        for column, ink in enumerate(line):
            if ink > 0:
                left, top = frame.left + column * side, frame.top + row * side
                look = Look(stroke=None, fill=style.INK, opacity=ink)
                found.append(Rectangle(Box(left, top, left + side, top + side), look))
    return found
