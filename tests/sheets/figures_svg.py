"""Read a drawing's SVG back: what stands where, by arithmetic of its own."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from math import hypot

from grader.sheets.figures.style import ASCENT, DESCENT, letters_width

NAMESPACE = "{http://www.w3.org/2000/svg}"

Place = tuple[float, float]


@dataclass(frozen=True)
class Area:
    """An upright rectangle, as left, top, right, bottom."""

    left: float
    top: float
    right: float
    bottom: float

    def within(self, other: "Area", by: float = 0.0) -> bool:
        return (
            self.left >= other.left - by
            and self.top >= other.top - by
            and self.right <= other.right + by
            and self.bottom <= other.bottom + by
        )

    def meets(self, other: "Area", by: float = 0.0) -> bool:
        """Say whether the two have more in common than ``by`` px."""
        return (
            min(self.right, other.right) - max(self.left, other.left) > by
            and min(self.bottom, other.bottom) - max(self.top, other.top) > by
        )

    def shrunk(self, by: float) -> "Area":
        return Area(self.left + by, self.top + by, self.right - by, self.bottom - by)


@dataclass(frozen=True)
class Item:
    """A shape or a text with the groups it is in, from the outermost, and their facts."""

    element: ET.Element
    area: Area
    groups: tuple[str, ...]
    facts: dict[str, str] = field(hash=False)

    @property
    def tag(self) -> str:
        return self.element.tag.removeprefix(NAMESPACE)

    @property
    def text(self) -> str:
        return "".join(self.element.itertext())

    @property
    def places(self) -> list[Place]:
        """The points of a path, curves as points along them."""
        return path_places(self.element.attrib["d"])


@dataclass(frozen=True)
class Parsed:
    root: ET.Element
    page: Area
    items: tuple[Item, ...]

    def texts(self) -> list[Item]:
        return [item for item in self.items if item.tag == "text"]

    def of(self, kind: str) -> list[Item]:
        return [item for item in self.items if kind in item.groups]

    def groups(self, kind: str) -> list[ET.Element]:
        return [each for each in self.root.iter(f"{NAMESPACE}g") if each.attrib["class"] == f"figure-{kind}"]


def parsed(svg: str) -> Parsed:
    root = ET.fromstring(svg)
    left, top, width, height = map(float, root.attrib["viewBox"].split())
    page = Area(left, top, left + width, top + height)
    return Parsed(root, page, tuple(_items(root, (), {}, float(root.attrib["font-size"]))))


def _items(parent: ET.Element, groups: tuple[str, ...], facts: dict[str, str], size: float) -> Iterator[Item]:
    for element in parent:
        tag = element.tag.removeprefix(NAMESPACE)
        if tag == "g":
            kind = element.attrib["class"].removeprefix("figure-")
            more = {key.removeprefix("data-"): value for key, value in element.attrib.items() if key != "class"}
            yield from _items(element, (*groups, kind), {**facts, **more}, size)
        else:
            yield Item(element, _area(element, tag, size), groups, facts)


def _area(element: ET.Element, tag: str, size: float) -> Area:
    number = {key: float(value) for key, value in element.attrib.items() if re.fullmatch(r"-?[\d.]+", value)}
    half = number.get("stroke-width", 0.0) / 2
    if tag == "circle":
        reach = number["r"] + half
        return Area(number["cx"] - reach, number["cy"] - reach, number["cx"] + reach, number["cy"] + reach)
    if tag == "rect":
        left, top = number["x"] - half, number["y"] - half
        return Area(left, top, left + number["width"] + 2 * half, top + number["height"] + 2 * half)
    if tag == "path":
        xs, ys = zip(*path_places(element.attrib["d"]), strict=True)
        return Area(min(xs) - half, min(ys) - half, max(xs) + half, max(ys) + half)
    if tag == "text":
        return _text_area(element, number.get("font-size", size))
    raise AssertionError(f"unexpected <{tag}>")


def _text_area(element: ET.Element, size: float) -> Area:
    x, base = float(element.attrib["x"]), float(element.attrib["y"])
    runs = [(element.text or "", size, 0.0, False)]
    shift = 0.0
    for span in element:
        shift += float(span.attrib.get("dy", 0))
        inner = float(span.attrib.get("font-size", size))
        runs.append((span.text or "", inner, shift, span.attrib.get("font-weight") == "bold"))
        runs.append((span.tail or "", size, shift, False))
    runs = [run for run in runs if run[0]]
    width = sum(letters_width(letters, bold=bold) * inner for letters, inner, _, bold in runs)
    left = x - {"start": 0.0, "middle": width / 2, "end": width}[element.attrib.get("text-anchor", "middle")]
    top = min(base + lower - ASCENT * inner for _, inner, lower, _ in runs)
    bottom = max(base + lower + DESCENT * inner for _, inner, lower, _ in runs)
    return Area(left, top, left + width, bottom)


def path_places(d: str) -> list[Place]:
    """Return points along a path of absolute M, L, C and Z."""
    places: list[Place] = []
    for command, rest in re.findall(r"([MLCZ])([^MLCZ]*)", d):
        points = [tuple(map(float, point.split(","))) for point in rest.split()]
        if command == "C":
            start = places[-1]
            for step in range(1, 13):
                t = step / 12
                weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
                corners = [start, *points]
                places.append(
                    tuple(sum(w * p[axis] for w, p in zip(weights, corners, strict=True)) for axis in (0, 1))  # type: ignore[arg-type]
                )
        else:
            places.extend(points)  # type: ignore[arg-type]
    return places


def distance_to_segment(place: Place, start: Place, end: Place) -> float:
    """Return how far a place is from a straight line."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = dx * dx + dy * dy
    along = 0.0 if length == 0 else ((place[0] - start[0]) * dx + (place[1] - start[1]) * dy) / length
    along = max(0.0, min(1.0, along))
    return hypot(place[0] - start[0] - along * dx, place[1] - start[1] - along * dy)


def crosses(area: Area, places: list[Place]) -> bool:
    """Say whether lines through ``places`` run through an area."""
    for (x, y), (after_x, after_y) in pairwise(places):
        for step in range(33):
            t = step / 32
            at = (x + t * (after_x - x), y + t * (after_y - y))
            if area.left < at[0] < area.right and area.top < at[1] < area.bottom:
                return True
    return False
