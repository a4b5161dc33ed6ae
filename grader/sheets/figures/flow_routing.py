"""The arrows of a flow chart: upright and level lines around the boxes, found one after the other by A* search.

The lines that arrows may run on are those through the boxes' ports and beside the boxes. A way costs its length, its
bends, its crossings of arrows already there and running close to them.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import pairwise, product

from grader.sheets.figures.canvas import Box, Point, around
from grader.sheets.figures.flow_layout import Link

#: Straight out of a box before the first bend, so that the arrowhead has a shaft.
STUB = 11.0
_CLEARANCE = 7.0  # between a line and a box it passes
_CLOSE = 7.0  # two lines nearer than this look like one
_BEND, _CROSSING, _TOUCHING, _OFF_CENTRE = 16.0, 26.0, 160.0, 5.0

Node = tuple[int, int]
Edge = tuple[Node, Node]
_STEPS = ((1, 0), (0, 1), (-1, 0), (0, -1))


@dataclass(frozen=True)
class Port:
    """Where an arrow may leave or reach a box."""

    at: Point
    out: int  #: the direction away from the box, an index into the four steps
    cost: float

    @property
    def stub(self) -> Point:
        """The place straight out from the port where bends may begin."""
        step = _STEPS[self.out]
        return self.at.moved(Point(*step), STUB)


@dataclass
class _Taken:
    """What the arrows routed so far occupy."""

    edges: set[Edge] = field(default_factory=set)
    level: set[Node] = field(default_factory=set)
    upright: set[Node] = field(default_factory=set)
    corners: set[Node] = field(default_factory=set)
    ports: set[Point] = field(default_factory=set)


def routed(
    boxes: Mapping[str, Box], links: Sequence[Link], obstacles: Sequence[Box], frames: Sequence[Box]
) -> list[list[Point]]:
    """Return the corners of each link's arrow, from the border of its first box to that of its second.

    Args:
        boxes: those that the arrows join, and go around.
        links: the arrows.
        obstacles: what else they go around.
        frames: borders that they may cross but not follow.
    """
    grid = _Grid(boxes, links, obstacles, frames)
    ports = {name: _all_ports(name, boxes, links) for name in boxes}
    taken = _Taken()
    ways: dict[int, list[Point]] = {}
    # Short arrows first: they are the ones that should be straight.
    for index in sorted(range(len(links)), key=lambda index: _distance(boxes, links[index])):
        start, end = links[index]
        ways[index] = grid.way(ports[start], ports[end], boxes[end], taken)
    return [ways[index] for index in range(len(links))]


def _distance(boxes: Mapping[str, Box], link: Link) -> float:
    """Return how far apart two boxes are; being level with each other makes an arrow short."""
    one, other = boxes[link[0]], boxes[link[1]]
    across = max(0.0, other.left - one.right, one.left - other.right)
    down = max(0.0, other.top - one.bottom, one.top - other.bottom)
    way = one.centre.to(other.centre)
    return across + down + min(abs(way.x), abs(way.y))


def _busy_sides(name: str, boxes: Mapping[str, Box], links: Sequence[Link]) -> list[int]:
    """Return how many arrows one expects at each side of a box: those to and from boxes straight across from it."""
    counts = [0, 0, 0, 0]
    here = boxes[name]
    for start, end in links:
        if name not in (start, end) or start == end:
            continue
        other = boxes[end if name == start else start]
        level = here.top < other.bottom and other.top < here.bottom
        upright = here.left < other.right and other.left < here.right
        if not level and not upright:
            continue
        gaps = (other.left - here.right, other.top - here.bottom, here.left - other.right, here.top - other.bottom)
        counts[max(range(4), key=lambda side: gaps[side])] += 1
    return counts


def _ports(box: Box, expected: Sequence[int]) -> list[Port]:
    """Return the ports of a box: on each side the middle and two beside it; an even number avoids the middle."""
    found = []
    centre = box.centre
    for out in range(4):
        upright = out in (1, 3)  # the direction; the side is level
        room = (box.width if upright else box.height) / 2
        beside = min(14.0, room - 5)
        even = expected[out] % 2 == 0 and expected[out] > 0
        offsets = [(0.0, _OFF_CENTRE if even else 0.0)]
        if beside >= 6:
            offsets += [(sign * beside, 0.0 if even else _OFF_CENTRE) for sign in (-1, 1)]
        for offset, cost in offsets:
            if upright:
                at = Point(centre.x + offset, box.bottom if out == 1 else box.top)
            else:
                at = Point(box.right if out == 0 else box.left, centre.y + offset)
            found.append(Port(at, out, cost))
    return found


def _all_ports(name: str, boxes: Mapping[str, Box], links: Sequence[Link]) -> list[Port]:
    """Return the ports of a box, with those from which a straight line leads to a box that it is linked with."""
    here = boxes[name]
    found = _ports(here, _busy_sides(name, boxes, links))
    if sum(name in link for link in links) == 1:
        found = [port for port in found if port.cost == 0]  # the middles; one arrow needs no others
    known = {port.at for port in found}
    for other in (boxes[end if start == name else start] for start, end in links if name in (start, end)):
        for place in (here.centre, other.centre):
            for port in _facing(here, other, place):
                if port.at not in known:
                    known.add(port.at)
                    found.append(port)
    return found


def _facing(here: Box, other: Box, place: Point) -> list[Port]:
    """Return the port of ``here`` on the line through ``place`` straight to ``other``, if both are wide enough."""
    margin = 7.0
    found = []
    if max(here.left, other.left) + margin <= place.x <= min(here.right, other.right) - margin:
        down = other.top > here.bottom
        found.append(Port(Point(place.x, here.bottom if down else here.top), 1 if down else 3, _OFF_CENTRE))
    if max(here.top, other.top) + margin <= place.y <= min(here.bottom, other.bottom) - margin:
        right = other.left > here.right
        found.append(Port(Point(here.right if right else here.left, place.y), 0 if right else 2, _OFF_CENTRE))
    return found


class _Grid:
    """The lines that arrows may run on, and which stretches of them are free."""

    def __init__(
        self, boxes: Mapping[str, Box], links: Sequence[Link], obstacles: Sequence[Box], frames: Sequence[Box]
    ) -> None:
        everything = [*boxes.values(), *obstacles, *frames]
        bounds = around(everything)
        across = [STUB, 2 * STUB]
        xs: set[float] = {bounds.left - away for away in across} | {bounds.right + away for away in across}
        ys: set[float] = {bounds.top - away for away in across} | {bounds.bottom + away for away in across}
        for name in boxes:
            for port in _all_ports(name, boxes, links):
                for place in (port.at, port.stub):
                    xs.add(place.x)
                    ys.add(place.y)
        for frame in frames:
            xs |= {frame.left - STUB, frame.right + STUB}
            ys |= {frame.top - STUB, frame.bottom + STUB}
        self.xs, self.ys = _with_middles(xs), _with_middles(ys)
        self._blocked = self._stretches_through([box.grown(_CLEARANCE) for box in boxes.values()], obstacles)
        self._along_frames = self._stretches_along(frames)

    def place(self, node: Node) -> Point:
        """Return where a crossing of two lines is."""
        return Point(self.xs[node[0]], self.ys[node[1]])

    def node(self, place: Point) -> Node:
        """Return the crossing of two lines at a place on both."""
        return bisect_left(self.xs, place.x - 1e-6), bisect_left(self.ys, place.y - 1e-6)

    def way(self, starts: Sequence[Port], ends: Sequence[Port], target: Box, taken: _Taken) -> list[Point]:
        """Find the cheapest way from a free port to a free port, and take it."""
        goals = {self.node(port.stub): port for port in _free(ends, taken)}
        best: dict[tuple[Node, int], float] = {}
        came: dict[tuple[Node, int], tuple[Node, int] | Port] = {}
        queue: list[tuple[float, tuple[Node, int], float]] = []
        for port in _free(starts, taken):
            state = (self.node(port.stub), port.out)
            cost = port.cost
            if cost < best.get(state, float("inf")):
                best[state], came[state] = cost, port
                heappush(queue, (cost + self._left(state[0], target), state, cost))
        done: set[tuple[Node, int]] = set()
        finish: tuple[Node, int] | None = None
        finished = float("inf")
        while queue:
            guess, state, cost = heappop(queue)
            if guess >= finished:
                break
            if state in done:
                continue
            done.add(state)
            goal = goals.get(state[0])
            if goal is not None and state[1] != goal.out:
                turn = state[1] != (goal.out + 2) % 4
                total = cost + goal.cost + (self._bend(state[0], taken) if turn else 0.0)
                if total < finished:
                    finish, finished = state, total
            for after, price in self._steps(state, taken):
                total = cost + price
                if total < best.get(after, float("inf")):
                    best[after], came[after] = total, state
                    heappush(queue, (total + self._left(after[0], target), after, total))
        if finish is None:
            # Every port taken or walled in: straight from middle to middle is still an arrow.
            return [starts[0].at, ends[0].at]
        return self._take(finish, goals[finish[0]], came, taken)

    def _steps(self, state: tuple[Node, int], taken: _Taken) -> Iterable[tuple[tuple[Node, int], float]]:
        node, direction = state
        for turn in (0, 1, 3):
            heading = (direction + turn) % 4
            step = _STEPS[heading]
            after = (node[0] + step[0], node[1] + step[1])
            if not (0 <= after[0] < len(self.xs) and 0 <= after[1] < len(self.ys)):
                continue
            edge = _edge(node, after)
            if edge in self._blocked:
                continue
            length = abs(self.xs[after[0]] - self.xs[node[0]]) + abs(self.ys[after[1]] - self.ys[node[1]])
            price = length
            if turn:
                price += self._bend(node, taken)
            if edge in taken.edges or edge in self._along_frames:
                price += _TOUCHING + 4 * length
            if after in taken.corners:
                price += _TOUCHING
            if after in (taken.upright if heading in (0, 2) else taken.level):
                price += _CROSSING
            yield (after, heading), price

    def _bend(self, node: Node, taken: _Taken) -> float:
        """Return what a bend costs; one on another arrow would look like a junction."""
        return _BEND + (_TOUCHING if node in taken.level or node in taken.upright else 0.0)

    def _left(self, node: Node, target: Box) -> float:
        """Return what it costs at least from here: the way to the nearest stub of the target, and a bend if need be."""
        x, y = self.xs[node[0]], self.ys[node[1]]
        across = max(0.0, target.left - STUB - x, x - target.right - STUB)
        down = max(0.0, target.top - STUB - y, y - target.bottom - STUB)
        return across + down + (_BEND if across and down else 0.0)

    def _take(
        self,
        finish: tuple[Node, int],
        goal: Port,
        came: Mapping[tuple[Node, int], tuple[Node, int] | Port],
        taken: _Taken,
    ) -> list[Point]:
        nodes = [finish[0]]
        state: tuple[Node, int] | Port = finish
        while not isinstance(state, Port):
            nodes.append(state[0])
            state = came[state]
        nodes.reverse()
        places = _corners([state.at, *(self.place(node) for node in nodes), goal.at])
        taken.ports |= {state.at, goal.at}
        for before, after in pairwise(places):
            self._occupy(before, after, taken)
        taken.corners |= {self.node(corner) for corner in places[1:-1]}
        return places

    def _occupy(self, before: Point, after: Point, taken: _Taken) -> None:
        """Note the stretches that a segment covers, and those too close beside it."""
        level = before.y == after.y
        mine, across = (self.ys, self.xs) if level else (self.xs, self.ys)
        line = before.y if level else before.x
        low, high = sorted((before.x, after.x) if level else (before.y, after.y))
        first, last = bisect_left(across, low - _CLOSE), bisect_left(across, high + _CLOSE)
        for index, place in enumerate(mine):
            if abs(place - line) >= _CLOSE:
                continue
            for one, other in pairwise(range(first, last)):
                nodes = ((one, index), (other, index)) if level else ((index, one), (index, other))
                taken.edges.add(nodes)
            if place == line:
                touched = taken.level if level else taken.upright
                touched |= {(at, index) if level else (index, at) for at in range(first, last)}

    def _stretches_through(self, grown: Sequence[Box], obstacles: Sequence[Box]) -> set[Edge]:
        blocked: set[Edge] = set()
        for box in [*grown, *obstacles]:
            columns = [index for index, x in enumerate(self.xs) if box.left < x < box.right]
            rows = [index for index, y in enumerate(self.ys) if box.top < y < box.bottom]
            for column, row in product(columns, rows):
                for step in _STEPS:
                    blocked.add(_edge((column, row), (column + step[0], row + step[1])))
            # A stretch may also jump right across a box that no line runs into.
            blocked |= self._across(box, rows, upright=False) | self._across(box, columns, upright=True)
        return blocked

    def _across(self, box: Box, lines: Sequence[int], *, upright: bool) -> set[Edge]:
        places = self.ys if upright else self.xs
        low, high = (box.top, box.bottom) if upright else (box.left, box.right)
        found: set[Edge] = set()
        for one, other in pairwise(range(len(places))):
            if places[one] < high and places[other] > low:
                found |= {((at, one), (at, other)) if upright else ((one, at), (other, at)) for at in lines}
        return found

    def _stretches_along(self, frames: Sequence[Box]) -> set[Edge]:
        found: set[Edge] = set()
        for frame in frames:
            for line in (frame.left, frame.right):
                found |= self._beside(line, (frame.top, frame.bottom), upright=True)
            for line in (frame.top, frame.bottom):
                found |= self._beside(line, (frame.left, frame.right), upright=False)
        return found

    def _beside(self, line: float, ends: tuple[float, float], *, upright: bool) -> set[Edge]:
        mine, across = (self.xs, self.ys) if upright else (self.ys, self.xs)
        found: set[Edge] = set()
        for index, place in enumerate(mine):
            if abs(place - line) > 4:
                continue
            for one, other in pairwise(range(len(across))):
                if across[one] < ends[1] and across[other] > ends[0]:
                    found.add(((index, one), (index, other)) if upright else ((one, index), (other, index)))
        return found


def _free(ports: Sequence[Port], taken: _Taken) -> list[Port]:
    """Return the ports not too close to one in use."""
    return [port for port in ports if all(port.at.to(other).length() >= _CLOSE for other in taken.ports)]


def _edge(one: Node, other: Node) -> Edge:
    return (one, other) if one <= other else (other, one)


def _with_middles(values: Iterable[float]) -> list[float]:
    """Return the values in order, each once, with another in the middle of each wide gap."""
    found: list[float] = []
    for value in sorted(values):
        if found and value - found[-1] < 1e-6:
            continue
        if found and value - found[-1] > 2 * _CLOSE:
            found.append((found[-1] + value) / 2)
        found.append(value)
    return found


def _corners(places: Sequence[Point]) -> list[Point]:
    """Return the places without those in the middle of a straight line."""
    found = [places[0]]
    for here, after in pairwise(places[1:]):
        before = found[-1]
        if here == before or (before.x == here.x == after.x) or (before.y == here.y == after.y):
            continue
        found.append(here)
    found.append(places[-1])
    return found
