"""Flow charts: boxes in groups and the arrows between them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Annotated

from pydantic import Field

from grader.problems import suggestion
from grader.sheets.figures import style
from grader.sheets.figures.canvas import (
    Box,
    Label,
    Look,
    Point,
    Rectangle,
    Shape,
    arrow,
    group,
    label,
    lines,
    tinted,
)
from grader.sheets.figures.flow_layout import Link, Placed, Size, Spacing, arranged, forward
from grader.sheets.figures.flow_routing import routed
from grader.sheets.figures.parameters import Entry, Remark, Text
from grader.sheets.figures.problem import FigureError
from grader.sheets.figures.text import text_width, wrapped

_SIZE = 12.0
_LEADING = 1.25

#: Room is left beside the boxes for arrows that go around them.
_WIDEST = style.PAGE_WIDTH - 30

_BOX = tinted(style.BLUE, 0.12)
_FRAME = Look(stroke=style.GREY, width=style.THIN, dash=style.DASHED, fill=style.GREY, opacity=style.PALE)


class FlowBox(Entry):
    """A box: its name among the arrows, what stands in it, the group it belongs to."""

    id: Text
    text: Text
    group: Text | None = None


def flow(
    *,
    boxes: Annotated[list[FlowBox], Field(min_length=1, max_length=16)],
    arrows: Annotated[list[Annotated[list[Remark], Field(min_length=2, max_length=3)]], Field(max_length=32)],
) -> Sequence[Shape]:
    """Draw a flow chart.

    Args:
        boxes: in the order in which they are read.
        arrows: from the box with one id to that with another, and what to write beside it, if anything.
    """
    _check(boxes, arrows)
    links = [(entry[0], entry[1]) for entry in arrows]
    remarks = [entry[2] if len(entry) > 2 else "" for entry in arrows]
    # Each plan gives what is written beside the arrows more room, or makes the boxes narrower to fit the page. Made one
    # by one, since the first is mostly good enough.
    tried: list[_Plan] = []
    best: tuple[float, Sequence[Shape]] | None = None
    for wrap, room in product((112.0, 84.0), (0.0, 16.0, 32.0)):
        plan = _plan(boxes, links, remarks, wrap, room)
        tried.append(plan)
        if plan.placed.bounds.width > _WIDEST:
            continue
        shapes, overlap = _drawn(plan, links, remarks)
        if overlap == 0:
            return shapes
        if best is None or overlap < best[0]:
            best = (overlap, shapes)
    return best[1] if best else _drawn(min(tried, key=lambda plan: plan.placed.bounds.width), links, remarks)[0]


@dataclass(frozen=True)
class _Plan:
    """Where the boxes go, and their texts in lines."""

    texts: dict[str, list[str]]
    placed: Placed


def _plan(boxes: Sequence[FlowBox], links: Sequence[Link], remarks: Sequence[str], wrap: float, room: float) -> _Plan:
    """Return a plan with texts wrapped at ``wrap`` px, and ``room`` more px in and between the boxes than usual."""
    texts = {box.id: wrapped(box.text, wrap, _SIZE) for box in boxes}
    groups = {box.id: box.group for box in boxes}
    sizes = {name: _size(rows, room) for name, rows in texts.items()}
    titles = {name: text_width(name, style.SMALL, bold=True) + 16 for name in groups.values() if name}
    return _Plan(texts, arranged(sizes, groups, links, _spacing(groups, links, remarks, room), titles))


def _drawn(plan: _Plan, links: Sequence[Link], remarks: Sequence[str]) -> tuple[list[Shape], float]:
    """Return the chart, and how much of what is written beside the arrows meets something else."""
    placed = plan.placed
    titles = [
        label(name, Point(frame.left + 8, frame.top + 12), size=style.SMALL, anchor="start", bold=True)
        for name, frame in placed.frames.items()
    ]
    ways = routed(placed.boxes, links, [title.bounds().grown(3) for title in titles], list(placed.frames.values()))
    shapes: list[Shape] = [
        group("frame", [Rectangle(frame, _FRAME, 8.0), title], name=name)
        for (name, frame), title in zip(placed.frames.items(), titles, strict=True)
    ]
    for (start, end), way in zip(links, ways, strict=True):
        shapes.append(group("arrow", arrow(way, rounding=6.0), start=start, end=end))
    for name, box in placed.boxes.items():
        content = lines(plan.texts[name], box.centre, size=_SIZE, leading=_LEADING)
        shapes.append(group("box", [Rectangle(box, _BOX, 5.0), *content], name=name))
    taken = [*placed.boxes.values(), *(title.bounds() for title in titles), *_borders(placed.frames.values())]
    written, overlap = _remarks(remarks, ways, taken)
    return [*shapes, *written], overlap


def _spacing(groups: Mapping[str, str | None], links: Sequence[Link], remarks: Sequence[str], room: float) -> Spacing:
    """Return the gaps: those to the right wide enough for what is written beside the arrows that run ahead there."""
    onward = set(forward(list(groups), links))
    widths = {True: 0.0, False: 0.0}
    for (start, end), remark in zip(links, remarks, strict=True):
        if remark and (start, end) in onward:
            within = groups[start] == groups[end]
            widths[within] = max(widths[within], text_width(remark, style.SMALL) + 22)
    return Spacing(
        along_down=(36.0 if any(remarks) else 30.0) + room / 4,
        along_right=max(34.0, widths[True]) + room / 2,
        beside=22.0 + room / 2,  # an arrow half-way between two boxes may turn into either
        between_down=40.0 + room / 2,
        between_right=max(40.0, widths[False]) + room / 2,
    )


def _check(boxes: Sequence[FlowBox], arrows: Sequence[Sequence[str]]) -> None:
    ids = [box.id for box in boxes]
    twice = next((name for name in ids if ids.count(name) > 1), None)
    if twice is not None:
        raise FigureError(f"two boxes have the id '{twice}'", "give each box an id of its own")
    for name in (name for entry in arrows for name in entry[:2]):
        if name not in ids:
            raise FigureError(f"an arrow names the box '{name}', which is not there", suggestion(name, ids))
    loop = next((entry[0] for entry in arrows if entry[0] == entry[1]), None)
    if loop is not None:
        raise FigureError(f"an arrow leads from '{loop}' to itself", "lead it to another box")


def _size(rows: Sequence[str], room: float) -> Size:
    width = max(text_width(row, _SIZE) for row in rows)
    return Size(max(44.0, width + 18) + room, len(rows) * _SIZE * _LEADING + 13)


def _remarks(
    remarks: Sequence[str], ways: Sequence[Sequence[Point]], taken: Sequence[Box]
) -> tuple[list[Label], float]:
    """Return what is written beside the arrows, where it meets neither a box nor an arrow nor another remark.

    Where that cannot be, it stands where it meets least, and the area it has in common with others is returned, too.
    """
    occupied = [*taken, *(_segment_box(*ends).grown(1.5) for way in ways for ends in pairwise(way))]
    found: list[Label] = []
    overlap = 0.0
    for remark, way in zip(remarks, ways, strict=True):
        if not remark:
            continue
        place, box, met = _freest(_beside(remark, way), occupied)
        overlap += met
        occupied.append(box.grown(2))
        found.append(place)
    return found, overlap


def _freest(places: Iterable[Label], occupied: Sequence[Box]) -> tuple[Label, Box, float]:
    """Return the first place that meets nothing, or else the one that meets least; its box; and how much it meets."""
    best: tuple[Label, Box, float] | None = None
    for place in places:
        box = place.bounds()
        met = _overlap(box, occupied)
        if best is None or met < best[2]:
            best = (place, box, met)
        if met == 0:
            break
    assert best is not None
    return best


def _borders(frames: Iterable[Box]) -> list[Box]:
    """Return the four sides of each frame."""
    sides = []
    for left, top, right, bottom in frames:
        sides += [Box(left, top, right, top), Box(left, bottom, right, bottom)]
        sides += [Box(left, top, left, bottom), Box(right, top, right, bottom)]
    return [side.grown(1.5) for side in sides]


def _beside(remark: str, way: Sequence[Point]) -> Iterator[Label]:
    """Yield places for a remark along an arrow, the middle of its longest part first."""
    for start, end in sorted(pairwise(way), key=lambda ends: -ends[0].to(ends[1]).length()):
        for part in (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8):
            at = start.moved(start.to(end), part)
            if start.y == end.y:
                yield label(remark, Point(at.x, at.y - 9), size=style.SMALL)
                yield label(remark, Point(at.x, at.y + 10), size=style.SMALL)
            else:
                yield label(remark, Point(at.x + 6, at.y), size=style.SMALL, anchor="start")
                yield label(remark, Point(at.x - 6, at.y), size=style.SMALL, anchor="end")


def _segment_box(start: Point, end: Point) -> Box:
    return Box(min(start.x, end.x), min(start.y, end.y), max(start.x, end.x), max(start.y, end.y))


def _overlap(box: Box, others: Sequence[Box]) -> float:
    return sum(
        (min(box.right, other.right) - max(box.left, other.left))
        * (min(box.bottom, other.bottom) - max(box.top, other.top))
        for other in others
        if box.overlaps(other)
    )
