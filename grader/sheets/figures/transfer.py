"""Transfer learning: a trained network, the layers of it that a new one reuses, the frozen ones, and their cache."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated

from pydantic import Field

from grader.sheets.figures import style
from grader.sheets.figures.canvas import (
    Box,
    Look,
    Path,
    Point,
    Rectangle,
    Shape,
    arrow,
    group,
    label,
    lines,
    solid,
    tinted,
)
from grader.sheets.figures.problem import FigureError

_WIDTH, _HEIGHT, _GAP = 112.0, 27.0, 17.0
_APART = 92.0
_CACHE_WIDTH = 96.0

_OLD = tinted(style.GREY, 0.12)
_REUSED = tinted(style.BLUE, 0.14)
_NEW = Look(stroke=style.OCHRE, width=1.6, dash="5 2.5", fill=style.OCHRE, opacity=0.1)
_COPY = Look(stroke=style.BLUE, width=1.2)
_ONCE = Look(stroke=style.GREEN, width=1.3)
_SKIPPED = Look(stroke=style.GREY, width=style.THIN, dash=style.DOTTED)

Hidden = Annotated[int, Field(ge=1, le=8)]


def transfer(
    *,
    old_hidden: Hidden,
    new_hidden: Hidden,
    reused: Annotated[int, Field(ge=1)],
    frozen: Annotated[int, Field(ge=0)] = 0,
    cache: bool = False,
) -> Sequence[Shape]:
    """Draw a trained network A and a new network B that reuses its lower layers.

    Args:
        old_hidden: hidden layers of A.
        new_hidden: hidden layers of B.
        reused: how many of them, from below, B takes over.
        frozen: how many of these are frozen.
        cache: whether to show the cache of what the topmost frozen layer puts out.
    """
    if reused > min(old_hidden, new_hidden):
        raise FigureError(f"'reused' is {reused}", f"reuse at most {min(old_hidden, new_hidden)} hidden layers")
    if frozen > reused:
        raise FigureError(f"'frozen' is {frozen}", f"freeze at most the {reused} that are reused")
    if cache and not frozen:
        raise FigureError("'cache' is set and nothing is frozen", "freeze at least one layer")
    old = _stack(0, old_hidden)
    new = _stack(_WIDTH + _APART, new_hidden)
    shapes: list[Shape] = []
    shapes += _upwards(old, skipped=None)
    shapes += _upwards(new, skipped=frozen if cache else None)
    for number, box in enumerate(old):
        shapes.append(_layer(box, _name(number, old_hidden), _OLD, network="A", number=number))
    for number, box in enumerate(new):
        look = _OLD if number == 0 else _REUSED if number <= reused else _NEW
        shapes.append(_layer(box, _name(number, new_hidden), look, network="B", number=number))
        if 1 <= number <= frozen:
            shapes.append(group("lock", _lock(Point(box.right - 13, box.centre.y)), number=number))
        if 1 <= number <= reused:
            ends = [Point(old[number].right, box.centre.y), Point(box.left, box.centre.y)]
            shapes.append(group("copy", arrow(ends, _COPY), number=number))
            shapes.append(label("copy", Point((ends[0].x + ends[1].x) / 2, box.centre.y - 9), size=style.SMALL))
    if cache:
        shapes += _cache(new[frozen], new[frozen + 1])
    for stack, text in ((old, "A, trained"), (new, "B, new task")):
        top = stack[-1]
        shapes.append(label(text, Point(top.centre.x, top.top - 15), bold=True))
    return [*shapes, *_legend(Point(0, old[0].bottom + 24), with_lock=frozen > 0)]


def _stack(left: float, hidden: int) -> list[Box]:
    """Return the places of input, hidden layers and output, from below."""
    step = _HEIGHT + _GAP
    return [Box(left, -step * n - _HEIGHT, left + _WIDTH, -step * n) for n in range(hidden + 2)]


def _name(number: int, hidden: int) -> str:
    return "input" if number == 0 else "output" if number == hidden + 1 else f"hidden {number}"


def _layer(box: Box, text: str, look: Look, *, network: str, number: int) -> Shape:
    shapes: list[Shape] = [Rectangle(box, look, 4.0), label(text, Point(box.left + 46, box.centre.y))]
    return group("layer", shapes, network=network, number=number)


def _upwards(stack: Sequence[Box], skipped: int | None) -> list[Shape]:
    """Return the arrows from each layer to the next; the one out of layer ``skipped`` is not used in training."""
    shapes: list[Shape] = []
    for number, (below, above) in enumerate(pairwise(stack)):
        ends = [Point(below.left + 46, below.top), Point(above.left + 46, above.bottom)]
        unused = number == skipped
        look = _SKIPPED if unused else Look()
        shapes.append(group("skipped" if unused else "forward", arrow(ends, look, head=5.0)))
    return shapes


def _cache(frozen: Box, fed: Box) -> list[Shape]:
    """Return the cache beside two layers: filled once by the lower one, feeding the upper one."""
    left = frozen.right + 64
    box = Box(left, fed.top - 4, left + _CACHE_WIDTH, frozen.bottom + 4)
    fill = [Point(frozen.right, frozen.centre.y), Point(box.left, frozen.centre.y)]
    feed = [Point(box.left, fed.centre.y), Point(fed.right, fed.centre.y)]
    middle = (frozen.right + left) / 2
    return [
        group(
            "cache",
            [
                Rectangle(box, Look(stroke=style.GREEN, dash=style.DASHED, fill=style.GREEN, opacity=0.08), 6.0),
                *lines(["cache", "outputs for", "all instances"], box.centre, size=style.SMALL, leading=1.25),
            ],
        ),
        group("arrow", arrow(fill, _ONCE), name="fill"),
        group("arrow", arrow(feed, _ONCE), name="feed"),
        label("once", Point(middle, frozen.centre.y - 9), size=style.SMALL),
        label("batches", Point(middle, fed.centre.y - 9), size=style.SMALL),
    ]


def _lock(at: Point) -> list[Shape]:
    """Return a padlock about 9 px wide."""
    body = Box(at.x - 4.5, at.y - 1.5, at.x + 4.5, at.y + 6)
    shackle = Path(
        (
            ("M", (Point(at.x - 3, body.top),)),
            ("L", (Point(at.x - 3, at.y - 3.5),)),
            ("C", (Point(at.x - 3, at.y - 8), Point(at.x + 3, at.y - 8), Point(at.x + 3, at.y - 3.5))),
            ("L", (Point(at.x + 3, body.top),)),
        ),
        Look(width=1.3),
    )
    return [shackle, Rectangle(body, solid(), 1.0)]


def _legend(at: Point, *, with_lock: bool) -> list[Shape]:
    entries: list[tuple[str, Look | None]] = [("reused, trained on", _REUSED)]
    if with_lock:
        entries.append(("reused, frozen", None))
    entries.append(("new", _NEW))
    shapes: list[Shape] = []
    x = at.x
    for text, look in entries:
        box = Box(x, at.y - 9, x + 26, at.y + 9)
        shapes.append(Rectangle(box, look or _REUSED, 3.0))
        if look is None:
            shapes += _lock(Point(box.centre.x, at.y + 0.5))
        name = label(text, Point(box.right + 6, at.y), size=style.SMALL, anchor="start")
        shapes.append(name)
        x = name.bounds().right + 22
    return shapes
