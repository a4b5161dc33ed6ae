"""Clusters of servers: machines with their devices, the tasks on them, what passes between tasks, and clients."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Annotated

from pydantic import Field

from grader.problems import suggestion
from grader.sheets.figures import style
from grader.sheets.figures.canvas import (
    SMALL_HEAD,
    Box,
    Look,
    Point,
    Rectangle,
    Shape,
    around,
    arrow,
    group,
    label,
    lines,
    polyline,
    tinted,
)
from grader.sheets.figures.parameters import Entry, Text
from grader.sheets.figures.problem import FigureError
from grader.sheets.figures.text import text_width

_NARROWEST, _PADDING = 92.0, 12.0
_APART, _MACHINES_APART = 26.0, 34.0
_TITLE, _HEAD, _LINE = 25.0, 38.0, 16.0
_DEVICE_GAP, _DEVICE_HEIGHT = 24.0, 21.0
_CLIENT_HEIGHT, _ABOVE = 27.0, 42.0

#: What fits on the page, with the drawing's margins.
_WIDEST = style.PAGE_WIDTH - 8

_MACHINE = Look(stroke=style.GREY, width=style.THIN, dash=style.DASHED, fill=style.GREY, opacity=style.PALE)
_DEVICE = Look(width=style.THIN)
_USES = Look(stroke=style.GREY, width=style.HAIR)
_CLIENT = tinted(style.GREY, 0.12)
_SESSION = Look(width=1.3)
_PASSES = Look(stroke=style.RED, width=1.2)
#: For the jobs in the order in which they come.
_JOBS = (style.BLUE, style.OCHRE, style.GREEN, style.RED)

_Number = Annotated[int, Field(ge=0, le=99)]


class Task(Entry):
    """A server: its job, its number, the port it listens on, and what of the graph runs there, line by line."""

    job: Text
    task: _Number
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    runs: Annotated[tuple[Text, ...], Field(max_length=4, strict=False)] = ()

    @property
    def name(self) -> str:
        """The task's name in TensorFlow."""
        return f"/job:{self.job}/task:{self.task}"


class Machine(Entry):
    """A computer: its name, its devices, its tasks from left to right."""

    name: Text
    tasks: Annotated[list[Task], Field(min_length=1, max_length=4)]
    devices: Annotated[tuple[Text, ...], Field(max_length=4, strict=False)] = ()


class Client(Entry):
    """A program that opens sessions: what stands in its box, and the tasks that are their masters."""

    text: Text
    opens: Annotated[list[Text], Field(min_length=1, max_length=4)]


class Transfer(Entry):
    """What one task sends to another, which stands next to it."""

    of: Text
    start: Text
    end: Text


def cluster(
    *,
    machines: Annotated[list[Machine], Field(min_length=1, max_length=4)],
    clients: Annotated[tuple[Client, ...], Field(max_length=4, strict=False)] = (),
    transfers: Annotated[tuple[Transfer, ...], Field(max_length=8, strict=False)] = (),
) -> Sequence[Shape]:
    """Draw the machines of a cluster side by side, clients above them.

    Args:
        machines: from left to right.
        clients: from left to right. Tasks are named as in "/job:ps/task:0".
        transfers: what passes between tasks that stand side by side.
    """
    tasks = [task for machine in machines for task in machine.tasks]
    _check(tasks, clients, transfers)
    places = _places(machines, transfers)
    colours = dict(zip(dict.fromkeys(task.job for task in tasks), _JOBS, strict=False))
    shapes: list[Shape] = []
    for machine in machines:
        shapes += _machine(machine, places)
    for task in tasks:
        shapes.append(_task(task, places[task.name], colours[task.job]))
    shapes += _transfers(transfers, places)
    shapes += _clients(clients, places)
    width = around(shape.bounds() for shape in shapes).width
    if width > _WIDEST:
        raise FigureError(f"the drawing is {width:.0f} px wide", f"leave out tasks or texts until it is {_WIDEST:.0f}")
    return shapes


def _check(tasks: Sequence[Task], clients: Sequence[Client], transfers: Sequence[Transfer]) -> None:
    names = [task.name for task in tasks]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise FigureError(f"there are two tasks '{twice}'", "give each task of a job a number of its own")
    if len({task.job for task in tasks}) > len(_JOBS):
        raise FigureError("there are too many jobs", f"draw at most {len(_JOBS)}")
    named = [name for client in clients for name in client.opens]
    named += [name for transfer in transfers for name in (transfer.start, transfer.end)]
    unknown = next((name for name in named if name not in names), None)
    if unknown is not None:
        raise FigureError(f"no machine has the task '{unknown}'", suggestion(unknown, names))
    for transfer in transfers:
        if abs(names.index(transfer.start) - names.index(transfer.end)) != 1:
            what = f"'{transfer.start}' and '{transfer.end}' do not stand side by side"
            raise FigureError(what, "order the tasks so that what passes goes to a neighbour")


# --- machines and tasks ----------------------------------------------------------------------------------------------


def _places(machines: Sequence[Machine], transfers: Sequence[Transfer]) -> dict[str, Box]:
    """Return the box of each task by its name; between two of them there is room for what they send each other."""
    height = _HEAD + _LINE * max(len(task.runs) for machine in machines for task in machine.tasks)
    height += 12 if height > _HEAD else 0
    room = _room(transfers)
    found: dict[str, Box] = {}
    before, right = "", 0.0  # the last task, and where its machine's inside ends
    for machine in machines:
        gaps = [max(_APART, room.get(frozenset((a.name, b.name)), 0.0)) for a, b in pairwise(machine.tasks)]
        width = sum(map(_width, machine.tasks)) + sum(gaps)
        inside = max(width, _narrowest(machine))
        if before:
            apart = room.get(frozenset((before, machine.tasks[0].name)), 0.0)
            right += max(_MACHINES_APART + 2 * _PADDING, apart)
        left = right + (inside - width) / 2
        for task, gap in zip(machine.tasks, [*gaps, 0.0], strict=True):
            found[task.name] = Box(left, 0, left + _width(task), height)
            left += _width(task) + gap
        before, right = machine.tasks[-1].name, right + inside
    return found


def _room(transfers: Sequence[Transfer]) -> dict[frozenset[str], float]:
    """Return how far apart two tasks must stand for what is written between them."""
    found: dict[frozenset[str], float] = {}
    for transfer in transfers:
        pair = frozenset((transfer.start, transfer.end))
        found[pair] = max(found.get(pair, 0.0), text_width(transfer.of, style.SMALL) + 30)
    return found


def _narrowest(machine: Machine) -> float:
    """Return how wide a machine is at least, for its name and its devices."""
    devices = sum(_device_width(name) + 8 for name in machine.devices)
    return max(text_width(machine.name, style.TEXT, bold=True), devices - 8)


def _width(task: Task) -> float:
    texts = [text_width(task.name, style.SMALL, bold=True), *(text_width(each, style.SMALL) for each in task.runs)]
    return max(_NARROWEST, max(texts) + 18)


def _task(task: Task, box: Box, colour: str) -> Shape:
    shapes: list[Shape] = [
        Rectangle(box, tinted(colour), 4.0),
        label(
            task.name,
            Point(box.centre.x, box.top + (_HEAD / 2 if task.port is None else 13)),
            size=style.SMALL,
            bold=True,
        ),
    ]
    if task.port is not None:
        shapes.append(label(f"port {task.port}", Point(box.centre.x, box.top + 28), size=style.SMALL))
    if task.runs:
        rule = box.top + _HEAD
        shapes.append(polyline([Point(box.left, rule), Point(box.right, rule)], Look(width=style.HAIR)))
        middle = Point(box.centre.x, (rule + box.bottom) / 2)
        shapes += lines(task.runs, middle, size=style.SMALL, leading=_LINE / style.SMALL)
    return group("task", shapes, name=task.name)


def _machine(machine: Machine, places: Mapping[str, Box]) -> Iterator[Shape]:
    """Yield a machine's frame, its devices, and a line from each task to each device that it may use."""
    tasks = [places[task.name] for task in machine.tasks]
    inner = around(tasks)
    spare = max(0.0, _narrowest(machine) - inner.width) / 2
    inner = Box(inner.left - spare, inner.top, inner.right + spare, inner.bottom)
    below = _DEVICE_GAP + _DEVICE_HEIGHT if machine.devices else 0.0
    frame = Box(inner.left - _PADDING, inner.top - _PADDING, inner.right + _PADDING, inner.bottom + below + _TITLE)
    title = label(machine.name, Point(frame.centre.x, frame.bottom - 12), bold=True)
    yield group("machine", [Rectangle(frame, _MACHINE, 8.0), title], name=machine.name)
    devices = _row(machine.devices, inner, inner.bottom + _DEVICE_GAP)
    for task in tasks:
        for device in devices.values():
            ends = [Point(task.centre.x, task.bottom), Point(device.centre.x, device.top)]
            yield group("uses", [polyline(ends, _USES)])
    for name, box in devices.items():
        content: list[Shape] = [Rectangle(box, _DEVICE), label(name, box.centre, size=style.SMALL)]
        yield group("device", content, machine=machine.name, name=name)


def _row(names: Sequence[str], within: Box, top: float) -> dict[str, Box]:
    """Return the boxes of devices, spread evenly."""
    widths = [_device_width(name) for name in names]
    gap = (within.width - sum(widths)) / (len(names) + 1) if names else 0.0
    found: dict[str, Box] = {}
    left = within.left + gap
    for name, width in zip(names, widths, strict=True):
        found[name] = Box(left, top, left + width, top + _DEVICE_HEIGHT)
        left += width + gap
    return found


def _device_width(name: str) -> float:
    return text_width(name, style.SMALL) + 14


# --- what passes between them ----------------------------------------------------------------------------------------


def _transfers(transfers: Sequence[Transfer], places: Mapping[str, Box]) -> Iterator[Shape]:
    """Yield the arrows between neighbours, those of two that send each other something one below the other."""
    taken: dict[frozenset[str], int] = {}
    for transfer in transfers:
        pair = frozenset((transfer.start, transfer.end))
        lane = taken[pair] = taken.get(pair, -1) + 1
        start, end = places[transfer.start], places[transfer.end]
        y = start.top + _HEAD - 6 + 25 * lane
        rightwards = start.left < end.left
        ends = [Point(start.right if rightwards else start.left, y), Point(end.left if rightwards else end.right, y)]
        yield group("transfer", arrow(ends, _PASSES), start=transfer.start, end=transfer.end)
        middle = Point((max(start.left, end.left) + min(start.right, end.right)) / 2, y - 9)
        yield label(transfer.of, middle, size=style.SMALL)


def _clients(clients: Sequence[Client], places: Mapping[str, Box]) -> Iterator[Shape]:
    """Yield the clients, each above its masters as far as the others leave room, and an arrow for each session."""
    bottom = -_PADDING - _ABOVE
    boxes: list[Box] = []
    for client in clients:
        middle = sum(places[name].centre.x for name in client.opens) / len(client.opens)
        half = (text_width(client.text, style.TEXT) + 24) / 2
        boxes.append(Box(middle - half, bottom - _CLIENT_HEIGHT, middle + half, bottom))
    sessions = [name for client in clients for name in client.opens]
    arrived: list[str] = []
    for client, box in zip(clients, _side_by_side(boxes), strict=True):
        content: list[Shape] = [Rectangle(box, _CLIENT, _CLIENT_HEIGHT / 2), label(client.text, box.centre)]
        yield group("client", content, name=client.text)
        for number, name in enumerate(client.opens, start=1):
            arrived.append(name)
            part = arrived.count(name) / (sessions.count(name) + 1)
            start = Point(box.left + box.width * number / (len(client.opens) + 1), box.bottom)
            end = Point(places[name].left + places[name].width * part, places[name].top)
            yield group("session", arrow([start, end], _SESSION, head=SMALL_HEAD + 1), client=client.text, task=name)
            if len(arrived) == 1:  # said once; the other arrows are the same
                beside = start.moved(start.to(end), 0.4)
                yield label("session", Point(beside.x - 8, beside.y - 4), size=style.SMALL, anchor="end")


def _side_by_side(boxes: Sequence[Box]) -> list[Box]:
    """Return the boxes moved apart where they would meet, as little as can be to either side."""
    rows: list[list[Box]] = []
    for box in boxes:
        rows.append([box])
        while len(rows) > 1 and _spread(rows[-2])[-1].right + 20 > _spread(rows[-1])[0].left:
            last = rows.pop()
            rows[-1] += last
    return [box for row in rows for box in _spread(row)]


def _spread(row: Sequence[Box]) -> list[Box]:
    """Return the boxes side by side, all together where they want to be on average."""
    left = sum(box.centre.x for box in row) / len(row) - (sum(box.width + 20 for box in row) - 20) / 2
    placed = []
    for box in row:
        placed.append(Box(left, box.top, left + box.width, box.bottom))
        left += box.width + 20
    return placed
