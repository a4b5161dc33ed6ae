"""Convolutional layers: what their neurons see of the layer before, padding, strides, and feature maps."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field

from grader.sheets.figures import style
from grader.sheets.figures.canvas import Box, Look, Point, Rectangle, Shape, group, label, lines, polyline, tinted
from grader.sheets.figures.grids import (
    Grid,
    Window,
    below,
    beside,
    cells,
    flat,
    in_cell,
    lying,
    patch,
    prism,
    rays,
    stack,
)
from grader.sheets.figures.parameters import Entry, Text
from grader.sheets.figures.problem import FigureError
from grader.sheets.figures.text import wrapped

_INPUT = tinted(style.BLUE, style.PALE)
_LAYER = tinted(style.GREEN, style.PALE)
_ZEROS = Look(stroke=style.GREY, width=style.THIN, dash=style.DASHED)
_LEFT_OUT = Look(stroke=style.GREY, width=style.THIN, dash=style.DOTTED)
#: The first neuron of a figure and its field, and the second.
_FIELDS = (
    Look(stroke=style.BLUE, width=1.6, fill=style.BLUE, opacity=0.28),
    Look(stroke=style.RED, width=1.6, dash=style.DASHED, fill=style.RED, opacity=0.2),
)
_RAYS = (Look(stroke=style.BLUE, width=style.THIN), Look(stroke=style.RED, width=style.THIN, dash=style.DASHED))
_WHOLE = Look(stroke=style.INK, width=1.3, dash=style.DASHED)

Size = Annotated[int, Field(ge=1, le=16)]
Small = Annotated[int, Field(ge=1, le=8)]
Pair = Annotated[list[Small], Field(min_length=2, max_length=2)]
Place = Annotated[list[Annotated[int, Field(ge=0, le=15)]], Field(min_length=2, max_length=2)]


def out_and_zeros(n: int, f: int, s: int, padding: Literal["SAME", "VALID"]) -> tuple[int, int, int]:
    """Return the rows of a convolutional layer, and the rows of zeros before and after its input, as TensorFlow has it.

    Raises:
        FigureError: the field does not fit.
    """
    if padding == "VALID":
        if f > n:
            raise FigureError(f"a field of {f} does not fit into {n}", "make it smaller")
        return (n - f) // s + 1, 0, 0
    size = -(-n // s)
    zeros = max((size - 1) * s + f - n, 0)
    return size, zeros // 2, zeros - zeros // 2


# --- two layers of local fields --------------------------------------------------------------------------------------


def local_fields(
    *,
    rows: Size,
    columns: Size,
    field: Pair,
    neuron: Place,
    names: Annotated[list[Text], Field(min_length=3, max_length=3)],
) -> Sequence[Shape]:
    """Draw an input and two convolutional layers on it, and what one neuron of the second sees (stride 1, no padding).

    Args:
        rows: of the input.
        columns: of the input.
        field: height and width of the receptive fields, in both layers.
        neuron: row and column of the neuron, from 0.
        names: what to call input and layers, from below.
    """
    f_h, f_w = field
    sizes = [(rows - step * (f_h - 1), columns - step * (f_w - 1)) for step in range(3)]
    if sizes[2][0] < 1 or sizes[2][1] < 1:
        raise FigureError(f"a second layer on {rows} × {columns} inputs has no neurons", "make 'field' smaller")
    row, column = neuron
    if row >= sizes[2][0] or column >= sizes[2][1]:
        raise FigureError(
            f"'neuron' is {neuron}", f"name one of the second layer's {sizes[2][0]} rows and {sizes[2][1]} columns"
        )
    side = _fitting_side(rows, columns, 19.0)
    lift = side * 0.52 * rows + 34
    bottom = lying(Point(0, 0), rows, columns, side)
    grids = [bottom]
    for step in (1, 2):
        # A neuron stands above the middle of its field, so that all rays form upright pyramids.
        place = bottom.corner(step * (f_h - 1) / 2, step * (f_w - 1) / 2)
        grids.append(lying(Point(place.x, place.y - step * lift), *sizes[step], side))
    upper = Window(row, column, 1, 1)
    seen = Window(row, column, f_h, f_w)
    middle = Window(row + f_h // 2, column + f_w // 2, 1, 1)
    pixels = Window(middle.top, middle.left, f_h, f_w)
    whole = Window(row, column, 2 * f_h - 1, 2 * f_w - 1)
    fill, ray = _FIELDS[0], _RAYS[0]
    shapes: list[Shape] = [
        cells(grids[0], _INPUT, layer=0),
        patch(grids[0], whole, _WHOLE, layer=0, role="whole"),
        patch(grids[0], pixels, fill, layer=0, role="field"),
        rays(grids[0], pixels, grids[1], middle, ray),
        cells(grids[1], _LAYER, layer=1),
        patch(grids[1], seen, fill, layer=1, role="field"),
        patch(grids[1], middle, tinted(style.BLUE, 0.6), layer=1, role="neuron"),
        rays(grids[1], seen, grids[2], upper, ray),
        cells(grids[2], _LAYER, layer=2),
        patch(grids[2], upper, tinted(style.BLUE, 0.6), layer=2, role="neuron"),
    ]
    return [*shapes, *_named([(grid, [name]) for grid, name in zip(grids, names, strict=True)])]


def _fitting_side(rows: int, columns: int, widest: float) -> float:
    """Return how wide the cells of a grid that lies may be for it to leave room for names on the page."""
    return min(widest, 400 / (columns + rows / 2))


def _named(grids: Sequence[tuple[Grid, Sequence[str]]]) -> list[Shape]:
    """Return the names of grids that lie, one above another, in a column on their right."""
    right = max(grid.corner(0, grid.columns).x for grid, _ in grids) + 12
    shapes: list[Shape] = []
    for grid, texts in grids:
        rows = [row for text in texts for row in wrapped(text, 150, style.TEXT)]
        shapes += lines(rows, Point(right, grid.corner(grid.rows / 2, 0).y), anchor="start")
    return shapes


# --- padding and stride ----------------------------------------------------------------------------------------------


def convolution(
    *,
    rows: Size,
    columns: Size,
    field: Pair,
    stride: Pair,
    neurons: Annotated[list[Place], Field(min_length=1, max_length=2)],
    padding: Literal["SAME", "VALID"] = "SAME",
) -> Sequence[Shape]:
    """Draw a convolutional layer above its input with the zeros around it, and what one or two of its neurons see.

    At stride 1 height and width of the fields are marked, otherwise how far apart those of two neurons are.

    Args:
        rows: of the input, without zeros.
        columns: of the input, without zeros.
        field: height and width of the receptive fields.
        stride: down and to the right.
        neurons: row and column of each, from 0.
        padding: whether zeros are added.
    """
    (f_h, f_w), (s_h, s_w) = field, stride
    out_rows, above, under = out_and_zeros(rows, f_h, s_h, padding)
    out_columns, before, after = out_and_zeros(columns, f_w, s_w, padding)
    for row, column in neurons:
        if row >= out_rows or column >= out_columns:
            raise FigureError(f"'neurons' has {[row, column]}", f"the layer has {out_rows} rows, {out_columns} columns")
    side = _fitting_side(rows + above + under, columns + before + after, 23.0)
    padded = lying(Point(0, 0), rows + above + under, columns + before + after, side)
    inner = lying(padded.corner(above, before), rows, columns, side)
    lift = side * 0.52 * (padded.rows + out_rows) / 2 + 52
    corner = padded.corner((padded.rows - out_rows) / 2, (padded.columns - out_columns) / 2)
    layer = lying(Point(corner.x, corner.y - lift), out_rows, out_columns, side)
    windows = [Window(row * s_h, column * s_w, f_h, f_w) for row, column in neurons]
    shapes: list[Shape] = [cells(padded, _ZEROS, role="padded"), cells(inner, _INPUT, role="input")]
    shapes += _zeros(padded, Window(above, before, rows, columns), min(style.TINY, 0.5 * side))
    shapes += _marks(padded, windows, field)
    for window, neuron, fill, ray in zip(windows, neurons, _FIELDS, _RAYS, strict=False):
        shapes.append(patch(padded, window, fill, role="field"))
        shapes.append(rays(padded, window, layer, _only(neuron), ray))
    shapes.append(cells(layer, _LAYER, role="layer"))
    shapes += [patch(layer, _only(neuron), fill, role="neuron") for neuron, fill in zip(neurons, _FIELDS, strict=False)]
    zeros = "with zeros around it" if above + under + before + after else "without padding"
    of_input, of_layer = ["input", f"{rows} × {columns}", zeros], ["layer", f"{out_rows} × {out_columns}"]
    return [*shapes, *_named([(padded, of_input), (layer, of_layer)])]


def _zeros(padded: Grid, inside: Window, size: float) -> list[Shape]:
    """Return a 0 in each cell around the input."""
    return [
        group("zero", [in_cell(padded, row, column, "0", size=size)])
        for row in range(padded.rows)
        for column in range(padded.columns)
        if not (inside.top <= row < inside.top + inside.height and inside.left <= column < inside.left + inside.width)
    ]


def _marks(padded: Grid, windows: Sequence[Window], field: Sequence[int]) -> list[Shape]:
    """Return the marks of a field's size or, between two neurons' fields, of the stride."""
    first, last = windows[0], windows[-1]
    down, right = abs(last.top - first.top), abs(last.left - first.left)
    if len(windows) == 2 and down < first.height and right < first.width:
        upper, lower = sorted(windows, key=lambda window: window.top)
        left, other = sorted(windows, key=lambda window: window.left)
        found: list[Shape] = []
        if down:
            found.append(beside(padded, upper.top, lower.top, f"$s_h = {down:g}$", inwards=(upper.left, lower.left)))
        if right:
            under = (_rows_under(padded, left), _rows_under(padded, other))
            found.append(below(padded, left.left, other.left, f"$s_w = {right:g}$", inwards=under))
        return found
    under = (_rows_under(padded, last),) * 2
    # The space keeps f and h from melting into the one letter that the PDF's font has for the two.
    height, width = f"$f_{{\\,h}} = {field[0]}$", f"$f_w = {field[1]}$"
    return [
        beside(padded, first.top, first.top + first.height, height, inwards=(first.left, first.left)),
        below(padded, last.left, last.left + last.width, width, inwards=under),
    ]


def _only(neuron: Sequence[int]) -> Window:
    """Return the window of a single neuron."""
    return Window(neuron[0], neuron[1], 1, 1)


def _rows_under(grid: Grid, window: Window) -> float:
    return grid.rows - window.top - window.height


# --- SAME and VALID --------------------------------------------------------------------------------------------------


def padding_kinds(*, inputs: Annotated[int, Field(ge=1, le=20)], field: Small, stride: Small) -> Sequence[Shape]:
    """Draw one row of inputs with the fields that VALID and SAME padding put on it.

    Args:
        inputs: how many.
        field: inputs in a receptive field.
        stride: from one field to the next.
    """
    cells_at_most = inputs + sum(out_and_zeros(inputs, field, stride, "SAME")[1:])
    side, apart = min(25.0, 500 / cells_at_most), 112.0
    shapes: list[Shape] = []
    for number, padding in enumerate(("VALID", "SAME")):
        size, before, after = out_and_zeros(inputs, field, stride, padding)  # type: ignore[arg-type]
        row = flat(Point(-before * side, number * apart), 1, inputs + before + after, side)
        seen = (size - 1) * stride + field
        for cell in range(row.columns):
            value = cell - before + 1
            zero, left_out = not 1 <= value <= inputs, cell >= seen
            look = _ZEROS if zero else _LEFT_OUT if left_out else _INPUT
            kind = "zero" if zero else "left-out" if left_out else "input"
            drawn = [patch(row, Window(0, cell, 1, 1), look), in_cell(row, 0, cell, "0" if zero else f"{value}")]
            shapes.append(group(kind, drawn, padding=padding))
        for neuron in range(size):
            shapes.append(_over(row, Window(0, neuron * stride, 1, field), neuron, padding))
        left = min(row.origin.x, -2 * side) - 12
        shapes.append(label(padding, Point(left, row.centre(0, 0).y), anchor="end", bold=True))
        if seen < row.columns:
            middle = row.corner(1, (seen + row.columns) / 2)
            shapes.append(label("left out", Point(middle.x, middle.y + 9), size=style.SMALL))
    return shapes


def _over(row: Grid, window: Window, number: int, padding: str) -> Shape:
    """Return a neuron over its field, every other one dashed, since fields may overlap."""
    fill, ray = _FIELDS[number % 2], _RAYS[number % 2]
    middle = row.centre(0, window.left + (window.width - 1) / 2)
    top, half = row.origin.y - 46, min(9.0, 0.36 * row.across.x)
    place = Box(middle.x - half, top - half, middle.x + half, top + half)
    start, end = row.corner(0, window.left + 0.12), row.corner(0, window.left + window.width - 0.12)
    upper = Point(start.x, start.y - 5), Point(end.x, end.y - 5)
    lower = Point(start.x, start.y - 1), Point(end.x, end.y - 1)
    shapes: list[Shape] = [
        polyline([lower[0], upper[0], upper[1], lower[1]], Look(stroke=fill.stroke, width=1.6, dash=fill.dash)),
        polyline([upper[0], Point(place.left, place.bottom)], ray),
        polyline([upper[1], Point(place.right, place.bottom)], ray),
        Rectangle(place, fill),
    ]
    return group("neuron", shapes, number=number, padding=padding)


# --- feature maps ----------------------------------------------------------------------------------------------------


class Layer(Entry):
    """A layer of feature maps, or the channels of an image, each perhaps with a letter."""

    name: Text
    maps: Annotated[int, Field(ge=1, le=6)]
    letters: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=1)]], Field(max_length=6, default_factory=list)
    ]


def feature_maps(
    *, rows: Size, columns: Size, field: Pair, layers: Annotated[list[Layer], Field(min_length=2, max_length=3)]
) -> Sequence[Shape]:
    """Draw layers of feature maps side by side, and how a neuron sees all maps of the layer before.

    Args:
        rows: of every map.
        columns: of every map.
        field: height and width of the receptive fields.
        layers: from the input on.
    """
    f_h, f_w = field
    if f_h + 2 > rows or f_w + 2 > columns:
        raise FigureError(f"'field' is {field}", f"leave two rows and columns of the {rows} × {columns} free")
    for number, layer in enumerate(layers):
        if layer.letters and len(layer.letters) != layer.maps:
            raise FigureError(f"'layers.{number}.letters' has {len(layer.letters)}", f"give {layer.maps} or none")
    deepest = max(layer.maps for layer in layers)
    width = len(layers) * (columns * 11 + deepest * 14 + 58)
    scale = min(1.0, style.PAGE_WIDTH / width)
    side, away, step = 11 * scale, Point(14 * scale, -14 * scale), width * scale / len(layers)
    fronts = [flat(Point(number * step, 0), rows, columns, side) for number in range(len(layers))]
    shapes: list[Shape] = []
    for number, (front, layer) in enumerate(zip(fronts, layers, strict=True)):
        look = _LAYER if number else _INPUT
        shapes.append(stack(front, layer.maps, away, look, layer=number))
        corner = front.corners()[2]
        for depth, letter in enumerate(layer.letters):
            at = Point(corner.x + depth * away.x + 7, corner.y + depth * away.y - 7)
            shapes.append(label(letter, at, size=style.TINY))
        middle = front.corner(rows, columns / 2)
        count = "1 map" if layer.maps == 1 else f"{layer.maps} maps"
        names = [*wrapped(layer.name, step - 8, style.SMALL), count]
        top = front.corner(rows, 0).y + 8
        shapes += lines(names, Point(middle.x, top + 0.6 * style.SMALL * len(names)), size=style.SMALL)
    for number, ((front, upper), layer) in enumerate(zip(pairwise(fronts), layers, strict=False)):
        top, left = (1, 1) if number % 2 == 0 else (rows - f_h - 1, columns - f_w - 1)
        shapes += _seen_through(front, upper, layer.maps, away, Window(top, left, f_h, f_w), number % 2)
    return shapes


def _seen_through(front: Grid, upper: Grid, maps: int, away: Point, window: Window, kind: int) -> list[Shape]:
    """Return a field through all maps of a stack and the neuron of the next stack that sees it."""
    fill = _FIELDS[kind]
    neuron = Window(window.top + window.height // 2, window.left + window.width // 2, 1, 1)
    hidden = Look(stroke=fill.stroke, width=style.THIN, dash=style.DOTTED)
    far = front.moved(Point(away.x * (maps - 1), away.y * (maps - 1))).corners(window)
    target = upper.corners(neuron)
    ends = ((far[1], target[0]), (front.corners(window)[2], target[3]))
    return [
        prism(front, maps, away, window, fill, hidden),
        group("rays", [polyline(list(pair), _RAYS[kind]) for pair in ends]),
        patch(upper, neuron, fill, role="neuron"),
    ]
