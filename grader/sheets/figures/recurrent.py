"""Recurrent networks through time: cells in a grid, layers upwards and time to the right; and a cell in its wrapper.

A row of cells is one layer. States go from cell to cell to the right, outputs from layer to layer upwards. The pieces
(``_grid``, ``_cell``, ``_states``, ``_upwards``) stand alone, for any drawing of cells through time.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated

from pydantic import Field

from grader.sheets.figures import style
from grader.sheets.figures.canvas import (
    SMALL_HEAD,
    Box,
    Group,
    Label,
    Look,
    Point,
    Rectangle,
    Shape,
    around,
    arrow,
    group,
    label,
    polyline,
    tinted,
)
from grader.sheets.figures.parameters import Text
from grader.sheets.figures.problem import FigureError
from grader.sheets.figures.text import text_width

_WIDTH, _HEIGHT = 40.0, 28.0  #: of a cell
_LAYER = 68.0  #: from one layer to the next
_MOST_STEP = 76.0  #: from one time step to the next, where there is room
_BESIDE = 36.0  #: around the name of a layer, left of its cells
_AFTER = 14.0  #: right of its cells

_COLOURS = (style.BLUE, style.OCHRE, style.GREEN, style.RED, style.GREY)

Row = Sequence[Box]
Names = Annotated[list[Text], Field(max_length=6)]
Device = Annotated[str, Field(min_length=1, max_length=24)]


def deep_rnn(
    *,
    layers: Annotated[int, Field(ge=1, le=5)],
    steps: Annotated[int, Field(ge=1, le=8)],
    devices: Annotated[list[Device], Field(max_length=5)] | None = None,
    rounds: bool = False,
) -> Sequence[Shape]:
    """Draw a deep RNN unrolled through time.

    Args:
        layers: layers, the first at the bottom.
        steps: time steps.
        devices: the device of each layer, if they are to be shown; layers on one device have one colour.
        rounds: whether to write into each cell the round in which it can run, when all that it needs is there.
    """
    if devices and len(devices) != layers:
        raise FigureError(f"there are {len(devices)} devices and {layers} layers", "give one device for each layer")
    names = [(f"layer {layer}", devices[layer - 1] if devices else "") for layer in range(1, layers + 1)]
    colours = [_COLOURS[devices.index(device)] if devices else style.BLUE for _, device in names]
    beside = max(_names_width(name) for name in names) + _BESIDE
    rows = _grid(layers, steps, style.PAGE_WIDTH - beside - _AFTER - 10)
    shapes: list[Shape] = []
    for layer, (row, name, colour) in enumerate(zip(rows, names, colours, strict=True), start=1):
        shapes.append(_layer_frame(row, layer, name, colour, beside))
    for layer, row in enumerate(rows, start=1):
        shapes += _states(row, layer)
    for step in range(1, steps + 1):
        shapes += _upwards([row[step - 1] for row in rows], step)
    for layer, (row, colour) in enumerate(zip(rows, colours, strict=True), start=1):
        for step, box in enumerate(row, start=1):
            text = str(layer + step - 1) if rounds else ""
            shapes.append(_cell(box, text, colour, layer=layer, step=step))
    bottom = rows[0][0].bottom + 58
    left, right = rows[0][0].left, rows[0][-1].right
    shapes.append(group("time", arrow([Point(left, bottom), Point(right, bottom)], Look(width=style.THIN))))
    shapes.append(label("time", Point((left + right) / 2, bottom + 11), size=style.SMALL))
    return shapes


def cell_wrapper(
    *,
    name: Text,
    inner: Text,
    passes_on: Names,
    block: Text,
    wraps: Annotated[list[Annotated[list[Text], Field(min_length=2, max_length=2)]], Field(min_length=1, max_length=6)],
) -> Sequence[Shape]:
    """Draw the class of a cell's wrapper, and what each of its members gets from the cell within.

    Args:
        name: the wrapper's class.
        inner: the cell that it holds.
        passes_on: members that only pass on the cell's own.
        block: the block that the others open.
        wraps: for each of these, its name and what the cell makes when it is called from there.
    """
    row, pad = 25.0, 12.0
    members = [*passes_on, *(entry[0] for entry in wraps)]
    wide = max(text_width(name, style.TEXT, bold=True), *(text_width(text, style.TEXT) for text in members))
    outer_right = max(wide + 2 * pad, text_width(block, style.TEXT)) + 4 * pad
    inner_left = outer_right + 86
    gets = [*passes_on, *(entry[1] for entry in wraps)]
    inner_right = inner_left + max(text_width(text, style.TEXT) for text in [inner, *gets]) + 2 * pad

    y = row * 1.6
    places = []
    for member in passes_on:
        places.append((member, member, y, False))
        y += row
    frame_top = y - row * 0.3
    y = frame_top + 1.75 * row
    for member, made in wraps:
        places.append((member, made, y, True))
        y += row
    frame = Box(pad, frame_top, outer_right - pad, y - row / 2 + 4)
    outer, within = Box(0, 0, outer_right, frame.bottom + pad), Box(inner_left, 0, inner_right, frame.bottom + pad)

    shapes: list[Shape] = []
    for box, title, look, kind in (
        (outer, name, tinted(style.BLUE, 0.05), "class"),
        (within, inner, tinted(style.GREEN, style.PALE), "inner"),
    ):
        line = row * 1.05
        shapes.append(
            group(
                kind,
                [
                    Rectangle(box, look, 4.0),
                    polyline([Point(box.left, line), Point(box.right, line)], Look(width=style.THIN)),
                    label(title, Point(box.centre.x, line / 2), bold=True),
                ],
                name=title,
            )
        )
    frame_look = Look(stroke=style.OCHRE, width=1.4, dash=style.DASHED, fill=style.OCHRE, opacity=style.TINT)
    title_at = Point(frame.left + pad * 0.7, frame.top + row * 0.65)
    shapes.append(
        group("block", [Rectangle(frame, frame_look, 5.0), label(block, title_at, anchor="start")], name=block)
    )
    for member, got, at, wrapped in places:
        start = frame.left + 2 * pad if wrapped else pad
        text = label(member, Point(start, at), anchor="start")
        ends = [Point(outer.right, at), Point(within.left, at)]
        look = Look(stroke=style.OCHRE, width=1.4) if wrapped else Look()
        shapes.append(group("member", [text], name=member))
        shapes.append(group("gets", arrow(ends, look), name=member, wrapped=wrapped))
        shapes.append(group("got", [label(got, Point(within.left + pad, at), anchor="start")], name=member))
    return shapes


# --- cells through time ----------------------------------------------------------------------------------------------


def _grid(layers: int, steps: int, room: float) -> list[list[Box]]:
    """Return the places of cells: a row for each layer, the first at the bottom, in it a cell for each step.

    The rows are at most ``room`` px wide.
    """
    pitch = min(_MOST_STEP, (room - _WIDTH) / max(steps - 1, 1))
    return [
        [Box(pitch * step, -_LAYER * layer - _HEIGHT, pitch * step + _WIDTH, -_LAYER * layer) for step in range(steps)]
        for layer in range(layers)
    ]


def _cell(box: Box, text: str, colour: str, *, layer: int, step: int) -> Group:
    """Return a cell; facts count from 1."""
    shapes: list[Shape] = [Rectangle(box, tinted(colour, 0.3), 5.0)]
    if text:
        shapes.append(label(text, box.centre))
    return group("cell", shapes, layer=layer, step=step)


def _states(row: Row, layer: int) -> list[Shape]:
    """Return the arrows that carry a layer's state from each step to the next."""
    return [
        group("state", arrow([Point(one.right, one.centre.y), Point(other.left, one.centre.y)]), layer=layer, step=step)
        for step, (one, other) in enumerate(pairwise(row), start=1)
    ]


def _upwards(column: Row, step: int) -> list[Shape]:
    """Return the arrows of one step, from its input through the cells to its output, both named."""
    x = column[0].centre.x
    source, target = Point(x, column[0].bottom + 36), Point(x, column[-1].top - 36)
    ends = [source.y - 11, *(y for box in column for y in (box.bottom, box.top)), target.y + 11]
    shapes: list[Shape] = [
        group("output", arrow([Point(x, start), Point(x, end)], head=SMALL_HEAD + 1), layer=layer, step=step)
        for layer, (start, end) in enumerate(zip(ends[::2], ends[1::2], strict=True))
    ]
    shapes.append(_variable("x", step, source))
    shapes.append(_variable("y", step, target))
    return shapes


def _variable(letter: str, step: int, at: Point) -> Label:
    return label(f"$\\mathbf{{{letter}}}_{{({step})}}$", at)


def _names_width(name: tuple[str, str]) -> float:
    layer, device = name
    return max(text_width(layer, style.TEXT, bold=True), text_width(device, style.SMALL))


def _layer_frame(row: Row, layer: int, name: tuple[str, str], colour: str, beside: float) -> Group:
    """Return the frame of a layer, with its name and the device that all of it is on, if there is one."""
    cells = around(row)
    title, device = name
    box = Box(cells.left - beside, cells.top - 11, cells.right + _AFTER, cells.bottom + 11)
    look = Look(stroke=colour, width=style.LINE, dash=style.DASHED, fill=colour, opacity=style.PALE)
    left = box.left + 10
    shapes: list[Shape] = [
        Rectangle(box, look, 8.0),
        label(title, Point(left, box.centre.y - (8 if device else 0)), anchor="start", bold=True),
    ]
    if device:
        shapes.append(label(device, Point(left, box.centre.y + 9), anchor="start", size=style.SMALL))
    return group("layer", shapes, number=layer, device=device)
