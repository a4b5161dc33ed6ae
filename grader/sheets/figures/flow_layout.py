"""Where the boxes of a flow chart go: in layers along the arrows, groups kept together.

Layered drawing after Sugiyama, Tagawa and Toda 1981 ("Methods for visual understanding of hierarchical system
structures"), twice: the boxes within a group, then the groups. Layers run down, or to the right in one or more rows;
all ways of doing it are tried and the one that fits the page best is taken.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

from grader.sheets.figures.canvas import Box, Point, around

Link = tuple[str, str]
Direction = Literal["down", "right"]


class Size(NamedTuple):
    """What a box needs."""

    width: float
    height: float


@dataclass(frozen=True)
class Spacing:
    """Room between things, in px. Along is the way the arrows go, beside is across it; between is of groups."""

    along_down: float
    along_right: float
    beside: float
    between_down: float
    between_right: float
    frame: float = 16.0
    title: float = 20.0


@dataclass(frozen=True)
class Placed:
    """Where everything is."""

    boxes: Mapping[str, Box]
    frames: Mapping[str, Box]

    @property
    def bounds(self) -> Box:
        """All of it."""
        return around([*self.boxes.values(), *self.frames.values()])


#: A page's width, and the height above which a figure begins to be a nuisance.
_WIDEST, _HIGH = 575.0, 400.0

_DIRECTIONS: tuple[Direction, ...] = ("down", "right")
#: Within a group, 0: layers run down; else they run to the right, in that many rows.
_ROWS = (0, 1, 2, 3)


def arranged(
    sizes: Mapping[str, Size],
    groups: Mapping[str, str | None],
    links: Sequence[Link],
    spacing: Spacing,
    titles: Mapping[str, float],
) -> Placed:
    """Return the best arrangement found.

    Args:
        sizes: of each box, in the order to prefer.
        groups: the group each box is in, if any.
        links: the arrows.
        spacing: room between things.
        titles: how wide each group's frame must be for its name.
    """
    clusters: dict[str, list[str]] = {}
    alone = not any(groups.values())
    for name in sizes:
        # Without groups all boxes are one; with groups, a box in none stands for itself.
        clusters.setdefault("" if alone else groups[name] or f"\0{name}", []).append(name)
    insides = [
        {
            cluster: _cluster(rows, {name: sizes[name] for name in members}, links, spacing)
            for cluster, members in clusters.items()
        }
        for rows in _ROWS
    ]
    if alone:
        candidates = [Placed(inside[""], {}) for inside in insides]
    else:
        candidates = [
            _arranged(direction, inside, links, spacing, titles) for direction in _DIRECTIONS for inside in insides
        ]
    return min(candidates, key=lambda placed: _badness(placed, links))


def forward(names: Sequence[str], links: Sequence[Link]) -> list[Link]:
    """Return the links but those that lead back to a box on the way to their own start."""
    following: dict[str, list[str]] = {name: [] for name in names}
    for start, end in links:
        following[start].append(end)
    kept: list[Link] = []
    done: set[str] = set()
    on_way: list[str] = []

    def visit(name: str) -> None:
        on_way.append(name)
        for after in following[name]:
            if after in on_way:
                continue
            kept.append((name, after))
            if after not in done:
                visit(after)
        on_way.pop()
        done.add(name)

    for name in names:
        if name not in done:
            visit(name)
    return kept


def layered(names: Sequence[str], links: Sequence[Link]) -> list[list[str]]:
    """Return the names in layers so that links lead to later layers; within one, close to their neighbours."""
    onward = forward(names, links)
    depth = dict.fromkeys(names, 0)
    for _ in names:
        for start, end in onward:
            depth[end] = max(depth[end], depth[start] + 1)
    # A source moves up to what it feeds: beside the other inputs of that, not at the far end.
    fed = {start: [end for begin, end in onward if begin == start] for start, _ in onward}
    for name, ends in fed.items():
        if all(end != name for _, end in onward):
            depth[name] = min(depth[end] for end in ends) - 1
    layers: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    for name in names:
        layers[depth[name]].append(name)
    neighbours = _neighbours(names, links)
    order = {name: float(index) for layer in layers for index, name in enumerate(layer)}
    for _ in range(3):
        for layer in [*layers[1:], *reversed(layers[:-1])]:
            wanted = {name: _mean([order[other] for other in neighbours[name]] or [order[name]]) for name in layer}
            layer.sort(key=wanted.__getitem__)
            order.update({name: index - (len(layer) - 1) / 2 for index, name in enumerate(layer)})
    return [layer for layer in layers if layer]


def _neighbours(names: Sequence[str], links: Sequence[Link]) -> dict[str, list[str]]:
    """Return with whom each name is linked; links back do not count."""
    found: dict[str, list[str]] = {name: [] for name in names}
    for start, end in forward(names, links):
        found[start].append(end)
        found[end].append(start)
    return found


def _badness(placed: Placed, links: Sequence[Link]) -> float:
    """Return what an arrangement costs: too wide above all, then too high, then long arrows."""
    bounds = placed.bounds
    ways = [placed.boxes[start].centre.to(placed.boxes[end].centre) for start, end in links]
    wires = sum(abs(way.x) + abs(way.y) for way in ways)
    too_wide, too_high = max(0.0, bounds.width - _WIDEST), max(0.0, bounds.height - _HIGH)
    return 50 * too_wide + 4 * too_high + 0.8 * bounds.height + 0.2 * bounds.width + 0.6 * wires


def _arranged(
    direction: Direction,
    inside: Mapping[str, Mapping[str, Box]],
    links: Sequence[Link],
    spacing: Spacing,
    titles: Mapping[str, float],
) -> Placed:
    """Let the groups follow each other in ``direction``; ``inside`` has the boxes of each."""
    home = {name: cluster for cluster, members in inside.items() for name in members}
    extents = {cluster: _framed(boxes, spacing, titles.get(cluster)) for cluster, boxes in inside.items()}
    if not any(cluster[0] == "\0" for cluster in inside):
        extents = _even(extents, direction)
    between = [(home[start], home[end]) for start, end in links if home[start] != home[end]]
    outer = {cluster: Size(frame.width, frame.height) for cluster, frame in extents.items()}
    gaps = (spacing.between_down, spacing.between_right)
    along, beside = gaps if direction == "down" else gaps[::-1]
    corners = _in_layers(outer, between, direction, along, beside)
    boxes: dict[str, Box] = {}
    frames: dict[str, Box] = {}
    for cluster, frame in extents.items():
        shift = Point(frame.left, frame.top).to(Point(corners[cluster].left, corners[cluster].top))
        for name, box in inside[cluster].items():
            boxes[name] = _shifted(box, shift)
        if cluster[0] != "\0":
            frames[cluster] = _shifted(frame, shift)
    return Placed(boxes, frames)


def _even(frames: Mapping[str, Box], outer: Direction) -> dict[str, Box]:
    """Return frames side by side with one height, or below each other with one width."""
    higher = max(frame.height for frame in frames.values())
    wider = max(frame.width for frame in frames.values())
    found = {}
    for name, frame in frames.items():
        more = (higher - frame.height) / 2 if outer == "right" else (wider - frame.width) / 2
        x, y = (0.0, more) if outer == "right" else (more, 0.0)
        found[name] = Box(frame.left - x, frame.top - y, frame.right + x, frame.bottom + y)
    return found


def _framed(boxes: Mapping[str, Box], spacing: Spacing, title: float | None) -> Box:
    """Return the frame around a group, wide enough for its title; without a title, the boxes' bounds."""
    bounds = around(boxes.values())
    if title is None:
        return bounds
    frame = bounds.grown(spacing.frame)
    more = max(0.0, title - frame.width) / 2
    return Box(frame.left - more, frame.top - spacing.title, frame.right + more, frame.bottom)


def _cluster(rows: int, sizes: Mapping[str, Size], links: Sequence[Link], spacing: Spacing) -> dict[str, Box]:
    """Lay out the boxes of one group."""
    within = [(start, end) for start, end in links if start in sizes and end in sizes]
    if rows == 0:
        width = max(size.width for size in sizes.values())
        even = {name: Size(width, size.height) for name, size in sizes.items()}
        return _in_layers(even, within, "down", spacing.along_down, spacing.beside)
    height = max(size.height for size in sizes.values())
    even = {name: Size(size.width, height) for name, size in sizes.items()}
    layers = layered(list(sizes), within)
    if rows == 1 or len(layers) < len(sizes):
        return _in_layers(even, within, "right", spacing.along_right, spacing.beside)
    return _in_rows(even, [layer[0] for layer in layers], rows, spacing)


def _in_layers(
    sizes: Mapping[str, Size],
    links: Sequence[Link],
    direction: Direction,
    along: float,
    beside: float,
) -> dict[str, Box]:
    """Place layer after layer; across them, boxes stand level with their neighbours where there is room."""
    layers = layered(list(sizes), links)
    down = direction == "down"
    breadth = {name: size.width if down else size.height for name, size in sizes.items()}
    length = {name: size.height if down else size.width for name, size in sizes.items()}
    middle = _levelled(layers, _neighbours(list(sizes), links), breadth, beside)
    boxes: dict[str, Box] = {}
    start = 0.0
    for layer in layers:
        deepest = max(length[name] for name in layer)
        for name in layer:
            across = (middle[name] - breadth[name] / 2, middle[name] + breadth[name] / 2)
            centre = start + deepest / 2
            ahead = (centre - length[name] / 2, centre + length[name] / 2)
            boxes[name] = (
                Box(across[0], ahead[0], across[1], ahead[1]) if down else Box(ahead[0], across[0], ahead[1], across[1])
            )
        start += deepest + along
    return boxes


def _levelled(
    layers: Sequence[Sequence[str]], neighbours: Mapping[str, Sequence[str]], breadth: Mapping[str, float], gap: float
) -> dict[str, float]:
    """Return each box's middle across the layers: as near to those of its neighbours as the gaps allow."""
    middle: dict[str, float] = {}
    for layer in layers:
        middle.update(_apart([0.0] * len(layer), [1] * len(layer), layer, breadth, gap))
    for _ in range(150):
        moved = 0.0
        for layer in layers:
            wanted = [_mean([middle[other] for other in neighbours[name]] or [middle[name]]) for name in layer]
            # By the number of neighbours, or a box with one would pull as hard as a box with three.
            weights = [max(1, len(neighbours[name])) for name in layer]
            for name, place in _apart(wanted, weights, layer, breadth, gap).items():
                moved = max(moved, abs(place - middle[name]))
                middle[name] = place
        if moved < 0.02:
            break
    # Whole pixels, so that what is level within a hair is level.
    return {name: float(round(place)) for name, place in middle.items()}


def _apart(
    wanted: Sequence[float], weights: Sequence[int], layer: Sequence[str], breadth: Mapping[str, float], gap: float
) -> dict[str, float]:
    """Return the middles nearest to those wanted that keep the order and the gaps: pooling adjacent violators."""
    offsets = [0.0]
    for left, right in pairwise(layer):
        offsets.append(offsets[-1] + (breadth[left] + breadth[right]) / 2 + gap)
    pools: list[list[float]] = []  # each a place, its weight and how many boxes stand there
    for want, weight, offset in zip(wanted, weights, offsets, strict=True):
        pools.append([want - offset, weight, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            place, mass, count = pools.pop()
            above = pools[-1]
            total = above[1] + mass
            pools[-1] = [(above[0] * above[1] + place * mass) / total, total, above[2] + count]
    places = [place for place, _, count in pools for _ in range(int(count))]
    return {name: place + offset for name, place, offset in zip(layer, places, offsets, strict=True)}


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _in_rows(sizes: Mapping[str, Size], chain: Sequence[str], rows: int, spacing: Spacing) -> dict[str, Box]:
    """Place a chain in rows, every other one from right to left, so that one row ends where the next begins."""
    per_row = -(-len(chain) // rows)
    columns = {}
    for index, name in enumerate(chain):
        row, column = divmod(index, per_row)
        columns[name] = (row, column if row % 2 == 0 else per_row - 1 - column)
    widths = [
        max((sizes[name].width for name, (_, at) in columns.items() if at == column), default=0.0)
        for column in range(per_row)
    ]
    boxes: dict[str, Box] = {}
    for name, (row, column) in columns.items():
        size = sizes[name]
        left = sum(widths[:column]) + column * spacing.along_right + (widths[column] - size.width) / 2
        top = row * (size.height + spacing.along_down)
        boxes[name] = Box(left, top, left + size.width, top + size.height)
    return boxes


def _shifted(box: Box, by: Point) -> Box:
    return Box(box.left + by.x, box.top + by.y, box.right + by.x, box.bottom + by.y)
