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
    return [*shapes, *_clients(clients, places)]


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
    widest = [text_width(transfer.of, style.SMALL) for transfer in transfers]
    room = max(widest) + 30 if widest else 0.0
    found: dict[str, Box] = {}
    left = 0.0
    for machine in machines:
        start = left
        for task in machine.tasks:
            found[task.name] = Box(left, 0, left + _width(task), height)
            left += _width(task) + max(_APART, room)
        left = max(found[machine.tasks[-1].name].right, start + _narrowest(machine))
        left += max(_MACHINES_APART + 2 * _PADDING, room)
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
        label(task.name, Point(box.centre.x, box.top + 13), size=style.SMALL, bold=True),
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
    inner = Box(inner.left, inner.top, max(inner.right, inner.left + _narrowest(machine)), inner.bottom)
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
    for client, box in zip(clients, _side_by_side(boxes), strict=True):
        content: list[Shape] = [Rectangle(box, _CLIENT, _CLIENT_HEIGHT / 2), label(client.text, box.centre)]
        yield group("client", content, name=client.text)
        for number, name in enumerate(client.opens, start=1):
            start = Point(box.left + box.width * number / (len(client.opens) + 1), box.bottom)
            end = Point(places[name].centre.x, places[name].top)
            yield group("session", arrow([start, end], _SESSION, head=SMALL_HEAD + 1), client=client.text, task=name)
            beside = start.moved(start.to(end), 0.35)
            yield label("session", Point(beside.x + 7, beside.y), size=style.SMALL, anchor="start")


def _side_by_side(boxes: Sequence[Box]) -> list[Box]:
    """Return the boxes moved to the right where they would meet the one before."""
    placed = list(boxes[:1])
    for _, box in pairwise(boxes):
        by = max(0.0, placed[-1].right + 20 - box.left)
        placed.append(Box(box.left + by, box.top, box.right + by, box.bottom))
    return placed
