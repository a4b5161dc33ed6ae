"""Grids of cells, such as images and feature maps: flat on the page, lying in perspective, or stacked.

A grid is placed by its first corner and by the ways to the next column and to the next row, so that everything on it
(windows, arrows, marks) is drawn alike whichever way it lies.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from grader.sheets.figures import style
from grader.sheets.figures.canvas import (
    SMALL_HEAD,
    Anchor,
    Group,
    Look,
    Point,
    Shape,
    arrow,
    group,
    label,
    polyline,
)

_OUTLINE = Look(width=style.LINE)
_INNER = Look(stroke=style.GREY, width=style.HAIR)
_RAY = Look(stroke=style.GREY, width=style.THIN)
_EXTENSION = Look(width=0.9, dash="1.5 2")


class Window(NamedTuple):
    """A rectangle of a grid's cells: its first row and column, and how many there are."""

    top: float
    left: float
    height: float
    width: float


@dataclass(frozen=True)
class Grid:
    """Where the cells of a grid are: row 0, column 0 at ``origin``."""

    origin: Point
    rows: int
    columns: int
    across: Point  #: from a column to the next
    down: Point  #: from a row to the next

    def corner(self, row: float, column: float) -> Point:
        """Return the first corner of a cell; halves and numbers outside the grid are places, too."""
        return self.origin.moved(self.across, column).moved(self.down, row)

    def centre(self, row: float, column: float) -> Point:
        """Return the middle of a cell."""
        return self.corner(row + 0.5, column + 0.5)

    def corners(self, window: Window | None = None) -> list[Point]:
        """Return the four corners of a window, or of the grid: first, along the first row, opposite, along the last."""
        top, left, height, width = window or Window(0, 0, self.rows, self.columns)
        bottom, right = top + height, left + width
        return [self.corner(top, left), self.corner(top, right), self.corner(bottom, right), self.corner(bottom, left)]

    def moved(self, along: Point) -> "Grid":
        """Return the grid moved as a whole."""
        return Grid(self.origin.moved(along), self.rows, self.columns, self.across, self.down)


def flat(origin: Point, rows: int, columns: int, side: float) -> Grid:
    """Return a grid of squares that faces the reader."""
    return Grid(origin, rows, columns, Point(side, 0), Point(0, side))


def lying(origin: Point, rows: int, columns: int, side: float) -> Grid:
    """Return a grid that lies on the ground: later rows are nearer, further down and further left."""
    return Grid(origin, rows, columns, Point(side, 0), Point(-0.5 * side, 0.52 * side))


def cells(grid: Grid, look: Look | None = None, **facts: object) -> Group:
    """Return the grid's outline and the lines between its cells."""
    shapes: list[Shape] = [polyline(grid.corners(), look or _OUTLINE, closed=True)]
    for row in range(1, grid.rows):
        shapes.append(polyline([grid.corner(row, 0), grid.corner(row, grid.columns)], _INNER))
    for column in range(1, grid.columns):
        shapes.append(polyline([grid.corner(0, column), grid.corner(grid.rows, column)], _INNER))
    return group("grid", shapes, rows=grid.rows, columns=grid.columns, **facts)


def patch(grid: Grid, window: Window, look: Look, **facts: object) -> Group:
    """Return a window of the grid, filled or framed."""
    named = {name: f"{value:g}" for name, value in window._asdict().items()}
    return group("window", [polyline(grid.corners(window), look, closed=True)], **named, **facts)


def rays(grid: Grid, window: Window, above: Grid, neuron: Window, look: Look | None = None) -> Group:
    """Return a line from each corner of a window to that of the neuron, in another grid, that sees it."""
    ends = zip(grid.corners(window), above.corners(neuron), strict=True)
    return group("rays", [polyline([start, end], look or _RAY) for start, end in ends])


def in_cell(grid: Grid, row: int, column: int, text: str, *, size: float = style.TINY) -> Shape:
    """Return a text in the middle of a cell."""
    return label(text, grid.centre(row, column), size=size)


def beside(
    grid: Grid, start: float, end: float, text: str, *, reach: float = 0.75, inwards: tuple[float, float] = (0, 0)
) -> Group:
    """Return a mark of the rows from ``start`` to ``end``, left of the grid.

    Args:
        grid: the grid.
        start: the first row.
        end: the row that follows the last.
        text: what the mark says.
        reach: how many columns it stands away.
        inwards: how many columns its two thin lines run into the grid.
    """
    ends = [grid.corner(start, -reach), grid.corner(end, -reach)]
    rows = zip((start, end), inwards, strict=True)
    thin = [[grid.corner(row, -reach - 0.2), grid.corner(row, inside)] for row, inside in rows]
    middle = grid.corner((start + end) / 2, -reach)
    return _mark(ends, thin, text, Point(middle.x - 8, middle.y), "end")


def below(
    grid: Grid, start: float, end: float, text: str, *, reach: float = 0.75, inwards: tuple[float, float] = (0, 0)
) -> Group:
    """Return a mark of the columns from ``start`` to ``end``, below the grid, as ``beside`` does for rows."""
    bottom = grid.rows + reach
    ends = [grid.corner(bottom, start), grid.corner(bottom, end)]
    columns = zip((start, end), inwards, strict=True)
    thin = [[grid.corner(bottom + 0.25, column), grid.corner(grid.rows - inside, column)] for column, inside in columns]
    middle = grid.corner(bottom, (start + end) / 2)
    return _mark(ends, thin, text, Point(middle.x, middle.y + 11), "middle")


def _mark(ends: list[Point], thin: Sequence[list[Point]], text: str, at: Point, anchor: Anchor) -> Group:
    look = Look(width=style.THIN)
    middle = ends[0].moved(ends[0].to(ends[1]), 0.5)
    shapes: list[Shape] = [polyline(line, _EXTENSION) for line in thin]
    for end in ends:
        shapes += arrow([middle, end], look, head=SMALL_HEAD)
    return group("mark", [*shapes, label(text, at, anchor=anchor)], text=text)


# --- stacks ----------------------------------------------------------------------------------------------------------


def stack(front: Grid, maps: int, away: Point, look: Look, **facts: object) -> Group:
    """Return a flat grid and what is seen of those behind it, each ``away`` (to the right and up) from the one before.

    What is hidden is left out rather than covered, since drawings have no paper of their own to cover it with.
    """
    shapes: list[Shape] = []
    for number in range(maps - 1, 0, -1):
        hidden, seen = front.moved(_times(away, number - 1)).corners(), front.moved(_times(away, number)).corners()
        edge = [
            Point(hidden[0].x + away.x, hidden[0].y),  # where it comes out above the map in front of it
            *seen[:3],
            Point(hidden[2].x, hidden[2].y + away.y),  # and right of it
            hidden[1],
        ]
        shapes.append(group("map", [polyline(edge, look, closed=True)], number=number))
    return group("stack", [*shapes, group("map", [cells(front, look)], number=0)], maps=maps, **facts)


def prism(front: Grid, maps: int, away: Point, window: Window, look: Look, hidden: Look) -> Group:
    """Return a window that goes through all maps of a stack: its front filled, the rest as hidden lines."""
    near, far = front.corners(window), front.moved(_times(away, maps - 1)).corners(window)
    shapes: list[Shape] = [polyline(far, hidden, closed=True)]
    shapes += [polyline([start, end], hidden) for start, end in zip(near, far, strict=True)]
    return group("prism", [*shapes, patch(front, window, look)], maps=maps)


def _times(way: Point, times: float) -> Point:
    return Point(way.x * times, way.y * times)
