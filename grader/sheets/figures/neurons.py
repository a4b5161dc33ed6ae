"""The biological neuron, and how the artificial one takes after it."""

from collections.abc import Callable, Sequence
from typing import Annotated

from pydantic import Field

from grader.sheets.figures import style
from grader.sheets.figures.canvas import (
    Circle,
    Command,
    Group,
    Look,
    Path,
    Point,
    Shape,
    arrow,
    flattened,
    group,
    label,
    lines,
    polyline,
    smooth_commands,
    solid,
    tinted,
)

#: Flesh is opaque: the cell is one outline only because each part hides the lines of those below.
_FLESH = "#dfcaa8"
_NUCLEUS = Look(width=style.LINE, fill="#ad8a5c")
_LEADER = Look(stroke=style.GREY, width=style.THIN)
_INPUT = tinted(style.BLUE)
_UNIT = tinted(style.GREEN)
_MAPPING = Look(stroke=style.BLUE, width=1.3, dash=style.DOTTED)

# A branch as its way from the root to the tip, thick at the root: ((x, y), …), width there, width at the tip.
_Branch = tuple[tuple[tuple[float, float], ...], float, float]

# The cell body is around (0, 0), the axon leaves to the right. The first eight dendrites are those away from the axon.
_DENDRITES: tuple[_Branch, ...] = (
    (((-10, -12), (-34, -44), (-62, -62), (-98, -74)), 20, 2.2),
    (((-46, -54), (-56, -76), (-74, -100)), 4.6, 1.8),
    (((-72, -66), (-90, -60), (-112, -50)), 3.2, 1.7),
    (((-14, -4), (-52, -16), (-86, -14), (-122, -20)), 18, 2.2),
    (((-72, -15), (-94, 2), (-120, 8)), 4.2, 1.8),
    (((-12, 9), (-40, 34), (-66, 44), (-102, 46)), 18, 2.2),
    (((-54, 40), (-74, 60), (-90, 84)), 4.4, 1.8),
    (((-76, 45), (-98, 60), (-118, 68)), 3, 1.7),
    (((-2, 14), (-8, 46), (-24, 72), (-34, 102)), 16, 2.0),
    (((-12, 54), (0, 78), (6, 100)), 4, 1.8),
    (((4, -14), (6, -46), (-4, -72), (-10, -104)), 16, 2.0),
    (((5, -52), (20, -76), (32, -98)), 4, 1.8),
)
_AXON: _Branch = (((10, 1), (46, 4), (110, -6), (180, 4), (258, 0)), 26, 6)
_TELODENDRIA: tuple[_Branch, ...] = (
    (((240, 1), (276, -14), (300, -40), (334, -58)), 4.8, 2.2),
    (((292, -31), (314, -38), (340, -26)), 3, 2.0),
    (((240, 1), (284, 3), (314, -2), (346, 6)), 4.4, 2.2),
    (((240, 1), (274, 20), (296, 48), (330, 66)), 4.8, 2.2),
    (((282, 29), (308, 37), (338, 38)), 3, 2.0),
)
_BODY = ((-24, -16), (-8, -25), (12, -23), (24, -10), (25, 8), (12, 23), (-8, 24), (-24, 14), (-28, -1))


def biological_neuron() -> Sequence[Shape]:
    """Draw a nerve cell with its parts named."""
    shapes: list[Shape] = [_cell(_DENDRITES, _AXON, _TELODENDRIA, _as_it_is)]
    named: tuple[tuple[str, Point, tuple[Point, ...]], ...] = (
        ("dendrites", Point(-116, -122), (Point(-68, -94), Point(-104, -56))),
        ("cell body", Point(74, -84), (Point(17, -14),)),
        ("nucleus", Point(74, 76), (Point(4, 4),)),
        ("axon", Point(150, -46), (Point(150, -2),)),
        ("telodendria", Point(238, -84), (Point(284, -24), Point(294, -34))),
        ("synaptic terminals", Point(372, -96), (Point(335, -59), Point(341, -27))),
    )
    for text, at, targets in named:
        shapes.extend(_leader(Point(at.x, at.y + (10 if target.y > at.y else -10)), target) for target in targets[:1])
        shapes.append(group("name", [label(text, at)]))
    return shapes


def neuron_comparison(
    *, inputs: Annotated[int, Field(ge=1, le=5)] = 3, threshold: Annotated[int, Field(ge=1, le=9)] = 2
) -> Sequence[Shape]:
    """Draw a nerve cell beside a binary threshold unit, and which part stands for which.

    Args:
        inputs: of the unit.
        threshold: how many inputs must be on for the unit to fire.
    """
    middle, top = 26.0, -88.0
    shapes: list[Shape] = [_upright_cell(middle), *_synapse()]
    spacing, radius, body = (42.0, 14.0, 25.0) if inputs <= 3 else (28.0, 11.5, 25.0)
    half = (inputs - 1) / 2 * spacing
    unit = Point(226 + max(half, 36), middle)
    sources = [Point(unit.x - half + spacing * number, top) for number in range(inputs)]
    for number, source in enumerate(sources, start=1):
        along = source.to(unit).unit()
        ends = [source.moved(along, radius + style.LINE / 2), unit.moved(along, -body - style.LINE / 2)]
        name = label(f"$x_{number}$", Point(source.x, source.y - 1))
        shapes.append(group("connection", arrow(ends), start=number))
        shapes.append(group("neuron", [Circle(source, radius, _INPUT), name]))
    shapes.append(group("sum", [Circle(unit, body, _UNIT), *lines(["Σ", f"≥ {threshold}"], unit, leading=1.15)]))
    shapes.append(group("output", arrow([Point(unit.x, unit.y + body + style.LINE / 2), Point(unit.x, 124)])))
    shapes.append(label("$y$", Point(unit.x, 134)))

    level = -50.0  # of the synapse, and so of the place on a connection that stands for it
    first = sources[0]
    on_connection = first.x + (unit.x - first.x) * (level - top) / (middle - top)
    mapped = (
        ("dendrite", Point(56, top), Point(first.x - radius - 3, top)),
        ("synapse", Point(103, level), Point(on_connection - 3, level)),
        ("body", Point(29, middle), Point(unit.x - body - 3, middle)),
        ("axon", Point(9, 92), Point(unit.x - 3, 92)),
    )
    for part, start, stop in mapped:
        shapes.append(group("mapping", arrow([start, stop], _MAPPING), part=part))

    left = -92.0
    named = (
        (["dendrites"], -70.0, Point(-58, -55)),
        (["cell body"], 16.0, Point(-15, 19)),
        (["nucleus"], 48.0, Point(-5, 30)),
        (["axon"], 92.0, Point(0, 92)),
        (["telodendria"], 138.0, Point(-24, 153)),
        (["synaptic", "terminals"], 182.0, Point(-54, 190)),
    )
    for texts, y, target in named:
        shapes.append(_leader(Point(left + 5, y), target))
        shapes.append(group("name", lines(texts, Point(left, y), anchor="end", leading=1.1)))
    right = unit.x + max(half + radius, 36) + 14
    parts = (
        (["binary inputs"], top),
        (["connections"], level),
        (["sum and", "threshold"], middle),
        (["binary output"], 92.0),
    )
    for texts, y in parts:
        shapes.append(group("name", lines(texts, Point(right, y), anchor="start", leading=1.1)))
    return shapes


def _upright_cell(middle: float) -> Group:
    """Return a cell with its dendrites on top, its body at the height ``middle``."""

    def placed(place: Point) -> Point:
        return Point(-place.y * 0.8, middle + place.x * (1.0 if place.x < 0 else 0.8))

    axon: _Branch = (((10, 1), (46, 4), (90, -3), (134, 0)), 24, 6)
    nearer = tuple((tuple((x - 122, y) for x, y in places), thick, thin) for places, thick, thin in _TELODENDRIA)
    return _cell(_DENDRITES[:8], axon, nearer, placed)


def _synapse() -> tuple[Shape, ...]:
    """Return the end of another cell's axon beside the tip of a dendrite of the upright cell."""
    branch: _Branch = (((146, -14), (126, -20), (110, -36), (94, -50)), 5, 3)
    other = _cell_parts([_outline(branch, _as_it_is)], [Point(93, -50)])
    return (
        group("cell", other),
        label("synapse", Point(104, -62), anchor="start", size=style.SMALL),
        label("another cell’s axon", Point(112, -3), anchor="start", size=style.SMALL),
    )


def _as_it_is(place: Point) -> Point:
    return place


def _leader(start: Point, target: Point) -> Shape:
    """Return the line from a name to what it names."""
    return group("leader", [polyline([start, target], _LEADER), Circle(target, 1.8, solid(style.GREY))])


def _cell(
    dendrites: Sequence[_Branch], axon: _Branch, telodendria: Sequence[_Branch], placed: Callable[[Point], Point]
) -> Group:
    """Return a cell as one outline: all parts with a border first, then all of them again without."""
    branches = [_outline(branch, placed) for branch in (*dendrites, axon, *telodendria)]
    body = smooth_commands([placed(Point(*at)) for at in _BODY], closed=True)
    terminals = [placed(Point(*places[-1])) for places, _, _ in telodendria]
    shapes = _cell_parts([*branches, body], terminals)
    shapes.append(Circle(placed(Point(-1, 0)), 9.5, _NUCLEUS))
    shapes.append(Circle(placed(Point(1, -2)), 2.4, solid()))
    return group("cell", shapes)


def _cell_parts(parts: Sequence[tuple[Command, ...]], terminals: Sequence[Point]) -> list[Shape]:
    """Return parts of a cell, and the knobs that its branches end in, as one outline."""
    shapes: list[Shape] = []
    for look in (Look(width=2.2, fill=_FLESH), Look(stroke=None, fill=_FLESH)):
        shapes.extend(Path(commands, look) for commands in parts)
        shapes.extend(Circle(at, 5.5, look) for at in terminals)
    return shapes


def _outline(branch: _Branch, placed: Callable[[Point], Point]) -> tuple[Command, ...]:
    """Return the closed outline of a branch that grows thinner from root to tip, its tip round."""
    places, thick, thin = branch
    middle = flattened(smooth_commands([placed(Point(*place)) for place in places]), steps=3)
    left, right = [], []
    for index, point in enumerate(middle):
        before, after = middle[max(index - 1, 0)], middle[min(index + 1, len(middle) - 1)]
        beside = before.to(after).unit().left()
        # Most of the tapering is near the root, as in a real cell.
        part = index / (len(middle) - 1)
        half = (thin + (thick - thin) * (1 - part) ** 2.4) / 2
        left.append(point.moved(beside, half))
        right.append(point.moved(beside, -half))
    along = middle[-2].to(middle[-1]).unit()
    tip = middle[-1].moved(along, thin / 2)
    return smooth_commands([*left, tip, *reversed(right)], closed=True)
